//! Preset parameters and scan headers.

use super::fault::{cut_short, damaged};
use crate::{Error, Format};

/// How components are put together (ILV).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Interleaving {
    None,
    Line,
    Sample,
}

/// Preset parameters (section C.2.4.1.1), 0 where the default holds.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Presets {
    pub(super) largest: i32,
    pub(super) thresholds: [i32; 3],
    pub(super) reset: i32,
}

pub(super) fn read_presets(segment: &[u8]) -> Result<Presets, Error> {
    match segment {
        [1, numbers @ ..] => {
            let mut numbers = numbers
                .as_chunks::<2>()
                .0
                .iter()
                .map(|&pair| i32::from(u16::from_be_bytes(pair)));
            let mut next = || numbers.next().ok_or_else(cut_short);
            Ok(Presets {
                largest: next()?,
                thresholds: [next()?, next()?, next()?],
                reset: next()?,
            })
        }
        _ => Err(Error::unsupported(
            Format::Dicom,
            "JPEG-LS with a table of colours or sizes beyond 65535",
        )),
    }
}

/// Places of the components in a pixel, the largest error, and how components are put together.
pub(super) fn read_scan(
    segment: &[u8],
    identities: &[u8],
) -> Result<(Vec<usize>, i32, Interleaving), Error> {
    let wrong = || damaged("a scan header is wrong");
    let (&count, rest) = segment.split_first().ok_or_else(wrong)?;
    let (selectors, rest) = rest
        .split_at_checked(2 * usize::from(count))
        .ok_or_else(wrong)?;
    let &[near, interleaving, transform] = rest else {
        return Err(wrong());
    };
    let parts: Vec<usize> = selectors
        .as_chunks::<2>()
        .0
        .iter()
        .map(|&[id, _]| identities.iter().position(|&other| other == id))
        .collect::<Option<_>>()
        .ok_or_else(wrong)?;
    let mut distinct = parts.clone();
    distinct.sort_unstable();
    distinct.dedup();
    let interleaving = match interleaving {
        0 if parts.len() == 1 => Interleaving::None,
        1 => Interleaving::Line,
        2 => Interleaving::Sample,
        _ => return Err(wrong()),
    };
    if parts.is_empty() || distinct.len() != parts.len() {
        return Err(wrong());
    }
    if transform & 15 != 0 {
        return Err(Error::unsupported(
            Format::Dicom,
            "JPEG-LS with low bits left out",
        ));
    }
    Ok((parts, i32::from(near), interleaving))
}

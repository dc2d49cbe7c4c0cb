//! Frame and scan headers.

use super::decode::Expected;
use super::fault::damaged;
use crate::{Error, Format};

/// Frame header (section B.2.2).
pub(super) struct Frame {
    pub(super) precision: u8,
    pub(super) rows: usize,
    pub(super) columns: usize,
    pub(super) lossless: bool,
    pub(super) components: Vec<Component>,
}

pub(super) struct Component {
    pub(super) id: u8,
    /// Sampling factors, 1 to 4.
    pub(super) horizontal: usize,
    pub(super) vertical: usize,
    pub(super) quantisation: usize,
}

/// What one scan says of a component: its place in the frame and its tables.
pub(super) struct ScanComponent {
    pub(super) index: usize,
    pub(super) dc_table: usize,
    pub(super) ac_table: usize,
}

/// Scan header (section B.2.3).
pub(super) struct Scan {
    pub(super) components: Vec<ScanComponent>,
    /// The predictor of lossless scans, the first coefficient of progressive ones.
    pub(super) selection: u8,
    /// The last coefficient of progressive scans.
    last: u8,
    /// The bit before that of a progressive scan that refines; 0 of one that does not.
    pub(super) high: u8,
    /// Low bits left out by lossless and progressive scans.
    pub(super) point_transform: u8,
}

impl Frame {
    pub(super) fn read(segment: &[u8], lossless: bool, expected: &Expected) -> Result<Self, Error> {
        let &[precision, r1, r0, c1, c0, count, ref rest @ ..] = segment else {
            return Err(damaged("its frame header is cut short"));
        };
        let rows = usize::from(u16::from_be_bytes([r1, r0]));
        let columns = usize::from(u16::from_be_bytes([c1, c0]));
        if (rows, columns, usize::from(count))
            != (expected.rows, expected.columns, expected.components)
        {
            return Err(damaged("its size differs from that of the image"));
        }
        let allowed = if lossless {
            (2..=16).contains(&precision)
        } else {
            matches!(precision, 8 | 12)
        };
        if !allowed || precision > expected.bits {
            return Err(damaged("its samples have a depth that the image has not"));
        }
        let components: Vec<Component> = rest
            .as_chunks::<3>()
            .0
            .iter()
            .map(|&[id, sampling, quantisation]| Component {
                id,
                horizontal: usize::from(sampling >> 4),
                vertical: usize::from(sampling & 15),
                quantisation: usize::from(quantisation),
            })
            .collect();
        let is_sane = components.len() == usize::from(count)
            && components
                .iter()
                .all(|part| (1..=4).contains(&part.horizontal) && (1..=4).contains(&part.vertical));
        if !is_sane {
            return Err(damaged("its frame header is wrong"));
        }
        let is_subsampled = components.iter().any(|part| {
            components
                .first()
                .map(|first| (first.horizontal, first.vertical))
                != Some((part.horizontal, part.vertical))
        });
        if lossless && is_subsampled {
            return Err(Error::unsupported(
                Format::Jpeg,
                "lossless JPEG with halved chroma",
            ));
        }
        Ok(Self {
            precision,
            rows,
            columns,
            lossless,
            components,
        })
    }
}

impl Scan {
    pub(super) fn read(segment: &[u8], frame: &Frame) -> Result<Self, Error> {
        let wrong = || damaged("a scan header is wrong");
        let (&count, rest) = segment.split_first().ok_or_else(wrong)?;
        let (selectors, rest) = rest
            .split_at_checked(2 * usize::from(count))
            .ok_or_else(wrong)?;
        let &[selection, last, approximation] = rest else {
            return Err(wrong());
        };
        let components: Vec<ScanComponent> = selectors
            .as_chunks::<2>()
            .0
            .iter()
            .map(|&[id, table]| {
                let index = frame.components.iter().position(|part| part.id == id)?;
                Some(ScanComponent {
                    index,
                    dc_table: usize::from(table >> 4),
                    ac_table: usize::from(table & 15),
                })
            })
            .collect::<Option<_>>()
            .ok_or_else(wrong)?;
        let is_repeated = components.iter().enumerate().any(|(place, part)| {
            components
                .iter()
                .take(place)
                .any(|other| other.index == part.index)
        });
        if components.is_empty() || is_repeated {
            return Err(wrong());
        }
        Ok(Self {
            components,
            selection,
            last,
            high: approximation >> 4,
            point_transform: approximation & 15,
        })
    }

    /// First and last coefficient of a progressive scan, in zigzag order (section G.1.1.1.1).
    pub(super) fn band(&self) -> Result<(usize, usize), Error> {
        let (first, last) = (usize::from(self.selection), usize::from(self.last));
        let is_right = if first == 0 {
            last == 0
        } else {
            last < 64 && first <= last && self.components.len() == 1
        };
        if is_right && self.point_transform < 14 {
            Ok((first, last))
        } else {
            Err(damaged("a scan header is wrong"))
        }
    }
}

//! FreeSurfer's MGH (surfer.nmr.mgh.harvard.edu/fswiki/FsTutorial/MghFormat); MGZ is the same under gzip.

use super::header::{GridHeader, Packing, affine};
use crate::{Error, Format, SampleType};

const FORMAT: Format = Format::Mgh;
/// Length of the header, most of it unused.
const HEADER: usize = 284;
/// No side and no number of frames is larger.
const MAX_SIZE: u32 = 1 << 16;

fn long(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn float(bytes: &[u8], at: usize) -> f64 {
    long(bytes, at).map_or(0.0, |bits| f64::from(f32::from_bits(bits)))
}

fn sample_type(code: u32) -> Option<SampleType> {
    match code {
        0 => Some(SampleType::Uint8),
        1 => Some(SampleType::Int32),
        3 => Some(SampleType::Float32),
        4 => Some(SampleType::Int16),
        10 => Some(SampleType::Uint16),
        _ => None,
    }
}

/// Whether a file begins as MGH does: version 1, sizes that can be, a type that exists.
pub(super) fn is_mgh(bytes: &[u8]) -> bool {
    bytes.len() >= HEADER
        && long(bytes, 0) == Some(1)
        && [4, 8, 12, 16]
            .iter()
            .all(|&at| long(bytes, at).is_some_and(|size| (1..=MAX_SIZE).contains(&size)))
        && long(bytes, 20).is_some_and(|code| code <= 10)
}

pub(super) fn header(bytes: &[u8]) -> Result<GridHeader, Error> {
    let cut = || Error::truncated(FORMAT, bytes);
    let size = |at: usize| long(bytes, at).map(u64::from).ok_or_else(cut);
    let code = long(bytes, 20).ok_or_else(cut)?;
    let sample_type = sample_type(code)
        .ok_or_else(|| Error::unsupported(FORMAT, format!("samples of type {code}")))?;
    let sizes = [size(4)?, size(8)?, size(12)?];
    let mut notes = Vec::new();
    let is_placed = bytes.get(28..30).is_some_and(|flag| flag != [0, 0]);
    let vector = |at: usize| [float(bytes, at), float(bytes, at + 4), float(bytes, at + 8)];
    let (spacing, directions, centre) = if is_placed {
        (vector(30), [vector(42), vector(54), vector(66)], vector(78))
    } else {
        notes.push(
            "The header does not say how the patient lies; it was taken to be coronal as FreeSurfer does, but left and right may be the other way round."
                .to_owned(),
        );
        (
            [1.0; 3],
            [[-1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]],
            [0.0; 3],
        )
    };
    let mut along = directions;
    for (vector, size) in along.iter_mut().zip(spacing) {
        vector.iter_mut().for_each(|part| *part *= size);
    }
    // The centre is that of the voxel at half of each size.
    let mut origin = centre;
    for (vector, size) in along.iter().zip(sizes) {
        for (start, part) in origin.iter_mut().zip(vector) {
            *start -= part * (size as f64 / 2.0);
        }
    }
    Ok(GridHeader {
        format: FORMAT,
        sample_type,
        big_endian: true,
        sizes,
        components: 1,
        times: size(16)?,
        is_colour: false,
        packing: Packing::None,
        affine: Some(affine(along, origin, [1.0; 3])),
        notes,
        start: Some(HEADER as u64),
        data_file: None,
    })
}

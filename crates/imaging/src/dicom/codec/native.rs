//! Uncompressed samples (PS3.5 section 8.1).

use crate::dicom::data_set::Encoding;
use crate::dicom::image_pixel::{ImagePixel, Photometric, SampleKind};

/// One frame of whole numbers, interleaved; `None` where the bytes end early.
pub(super) fn decode(
    bytes: &[u8],
    frame: usize,
    pixel: &ImagePixel,
    encoding: Encoding,
) -> Option<Vec<i32>> {
    if matches!(
        pixel.photometric,
        Photometric::YbrFull422 | Photometric::YbrPartial422
    ) {
        return halved_chroma(bytes, frame, pixel);
    }
    let count = pixel.samples();
    let stored: Vec<i32> = match pixel.bits_allocated {
        // Frames of single bits follow each other without padding.
        1 => {
            let first = count.checked_mul(frame)?;
            let last = first.checked_add(count)?;
            let packed = bytes.get(..last.div_ceil(8))?;
            (first..last)
                .map(|bit| {
                    packed
                        .get(bit / 8)
                        .map_or(0, |byte| i32::from(byte >> (bit % 8) & 1))
                })
                .collect()
        }
        8 => slice(bytes, frame, count)?
            .iter()
            .map(|&byte| interpret(u32::from(byte), pixel))
            .collect(),
        16 => slice(bytes, frame, count.checked_mul(2)?)?
            .as_chunks::<2>()
            .0
            .iter()
            .map(|&pair| interpret(u32::from(encoding.u16(pair)), pixel))
            .collect(),
        _ => slice(bytes, frame, count.checked_mul(4)?)?
            .as_chunks::<4>()
            .0
            .iter()
            .map(|&quad| interpret(encoding.u32(quad), pixel))
            .collect(),
    };
    Some(if pixel.planar {
        interleave(&stored, pixel.samples_per_pixel)
    } else {
        stored
    })
}

/// One frame of floating-point numbers.
pub(super) fn decode_float(
    bytes: &[u8],
    frame: usize,
    pixel: &ImagePixel,
    encoding: Encoding,
) -> Option<Vec<f32>> {
    let count = pixel.samples();
    Some(if pixel.kind == SampleKind::Float32 {
        slice(bytes, frame, count.checked_mul(4)?)?
            .as_chunks::<4>()
            .0
            .iter()
            .map(|&quad| f32::from_bits(encoding.u32(quad)))
            .collect()
    } else {
        slice(bytes, frame, count.checked_mul(8)?)?
            .as_chunks::<8>()
            .0
            .iter()
            .map(|&octet| f64::from_bits(encoding.u64(octet)) as f32)
            .collect()
    })
}

fn slice(bytes: &[u8], frame: usize, length: usize) -> Option<&[u8]> {
    let start = frame.checked_mul(length)?;
    bytes.get(start..start.checked_add(length)?)
}

/// The sample in the bits that belong to it: old files keep overlays in the others.
pub(super) fn interpret(word: u32, pixel: &ImagePixel) -> i32 {
    sign_extend(word >> pixel.shift.min(31), pixel.bits_stored, pixel.signed)
}

/// The low `bits` of a word as a number, in two's complement where `signed`.
pub(super) fn sign_extend(word: u32, bits: u8, signed: bool) -> i32 {
    let unused = 32 - u32::from(bits.clamp(1, 32));
    let top = (word << unused).cast_signed();
    if signed {
        top >> unused
    } else {
        (top.cast_unsigned() >> unused).cast_signed()
    }
}

/// From colour by colour to pixel by pixel.
fn interleave(planar: &[i32], samples_per_pixel: usize) -> Vec<i32> {
    let pixels = planar.len() / samples_per_pixel.max(1);
    (0..pixels)
        .flat_map(|pixel| {
            (0..samples_per_pixel)
                .map(move |sample| planar.get(sample * pixels + pixel).copied().unwrap_or(0))
        })
        .collect()
}

/// Two luma samples and a pair of chroma samples for two pixels (PS3.3 section C.7.6.3.1.2).
fn halved_chroma(bytes: &[u8], frame: usize, pixel: &ImagePixel) -> Option<Vec<i32>> {
    let packed = slice(bytes, frame, pixel.pixels().checked_mul(2)?)?;
    let mut samples = Vec::with_capacity(pixel.samples());
    for &[first, second, blue, red] in packed.as_chunks::<4>().0 {
        for luma in [first, second] {
            samples.extend([luma, blue, red].map(i32::from));
        }
    }
    Some(samples)
}

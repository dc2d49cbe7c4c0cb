//! RLE (PS3.5 annex G): byte planes, each packed as in TIFF's PackBits.

use super::native::interpret;
use crate::dicom::image_pixel::ImagePixel;
use crate::memory::allocate;
use crate::{Error, Format};

const HEADER: usize = 64;

pub(super) fn decode(stream: &[u8], pixel: &ImagePixel) -> Result<Vec<i32>, Error> {
    let damaged = |detail: &str| Error::damaged(Format::Dicom, detail);
    let header = stream
        .get(..HEADER)
        .ok_or_else(|| damaged("the header of its run lengths is cut short"))?;
    let mut numbers = header
        .as_chunks::<4>()
        .0
        .iter()
        .map(|&quad| u32::from_le_bytes(quad));
    let bytes_per_sample = usize::from(pixel.bits_allocated.div_ceil(8));
    let segments = pixel.samples_per_pixel * bytes_per_sample;
    if numbers.next() != Some(segments as u32) || pixel.bits_allocated == 1 {
        return Err(damaged(
            "it has not one segment of run lengths for each byte of a pixel",
        ));
    }
    let offsets: Vec<usize> = numbers
        .take(segments)
        .map(|offset| offset as usize)
        .collect();

    let pixels = pixel.pixels();
    let mut words = allocate(pixel.samples(), 0_u32)?;
    for (segment, &start) in offsets.iter().enumerate() {
        let end = offsets.get(segment + 1).copied().unwrap_or(stream.len());
        let packed = stream
            .get(start..end)
            .ok_or_else(|| damaged("a segment of run lengths lies outside the frame"))?;
        // The most significant byte comes first.
        let shift = 8 * (bytes_per_sample - 1 - segment % bytes_per_sample);
        let sample = segment / bytes_per_sample;
        let mut target = words
            .iter_mut()
            .skip(sample)
            .step_by(pixel.samples_per_pixel);
        let written = unpack(packed, |byte| match target.next() {
            Some(word) => {
                *word |= u32::from(byte) << shift;
                true
            }
            None => false,
        });
        if written != pixels {
            return Err(damaged("its run lengths end before the image is complete"));
        }
    }
    Ok(words
        .into_iter()
        .map(|word| interpret(word, pixel))
        .collect())
}

/// Hands bytes on until `put` has room for no more; says how many found room.
fn unpack(packed: &[u8], mut put: impl FnMut(u8) -> bool) -> usize {
    let mut written = 0;
    let mut rest = packed;
    while let Some((&control, after)) = rest.split_first() {
        let control = control.cast_signed();
        let run: usize;
        if control >= 0 {
            run = control as usize + 1;
            let literal = after.get(..run.min(after.len())).unwrap_or_default();
            for &byte in literal {
                if !put(byte) {
                    return written;
                }
                written += 1;
            }
            rest = after.get(run..).unwrap_or_default();
        } else {
            rest = after;
            // -128 is no operation.
            if control != i8::MIN {
                let Some((&byte, after)) = after.split_first() else {
                    return written;
                };
                rest = after;
                run = 1 + usize::from(control.unsigned_abs());
                for _ in 0..run {
                    if !put(byte) {
                        return written;
                    }
                    written += 1;
                }
            }
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::unpack;

    fn unpacked(packed: &[u8], room: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        let written = unpack(packed, |byte| {
            let fits = bytes.len() < room;
            if fits {
                bytes.push(byte);
            }
            fits
        });
        assert_eq!(written, bytes.len());
        bytes
    }

    #[test]
    fn runs_literals_and_no_operations() {
        assert_eq!(
            unpacked(&[2, 1, 2, 3, 0x80, 0xFE, 9], 100),
            [1, 2, 3, 9, 9, 9]
        );
        assert_eq!(unpacked(&[0x81, 7], 5), [7; 5]);
    }

    #[test]
    fn a_cut_stream_ends_early() {
        assert_eq!(unpacked(&[5, 1, 2], 100), [1, 2]);
        assert!(unpacked(&[0xFE], 100).is_empty());
        assert!(unpacked(&[], 100).is_empty());
    }
}

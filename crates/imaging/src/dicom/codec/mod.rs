//! From a frame's bytes to its samples.
//!
//! Every decoder gives whole numbers as `i32`, pixel after pixel, the samples of one pixel side by side. Unsigned 32-bit
//! samples keep their bits and are read back by [`FrameSamples`].

mod jpeg;
mod jpeg2000;
mod native;
mod run_length;

use std::borrow::Cow;

use dicom_core::VR;
use dicom_dictionary_std::tags;

use super::colour;
use super::image_pixel::{ImagePixel, Photometric, SampleKind};
use super::part10::Part10;
use super::reader::{DataSet, Encoding, Value};
use super::transfer_syntax::Coding;
use crate::{Error, Format};

/// One frame: `[rows, columns, samples]`.
#[derive(Debug)]
pub(super) enum FrameSamples {
    Signed(Vec<i32>),
    /// Bits of `u32` numbers.
    Unsigned(Vec<i32>),
    Float(Vec<f32>),
}

/// What JPEG's own markers say of its colours; DICOM's Photometric Interpretation is often wrong about them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CodedColour {
    /// As Photometric Interpretation says.
    AsDescribed,
    Rgb,
    Ybr,
}

/// The frames of one file.
pub(super) struct Frames<'a> {
    file: &'a [u8],
    coding: Coding,
    pixel: ImagePixel,
    encoding: Encoding,
    data: FrameData<'a>,
}

enum FrameData<'a> {
    Native(Cow<'a, [u8]>),
    /// The fragments of each frame.
    Encapsulated(Vec<Vec<&'a [u8]>>),
}

impl<'a> Frames<'a> {
    /// Finds the frames of a data set; `file` is the whole file.
    pub(super) fn find(
        file: &'a [u8],
        part10: &Part10<'a>,
        data_set: &DataSet<'a>,
        pixel: ImagePixel,
    ) -> Result<Self, Error> {
        let tag = match pixel.kind {
            SampleKind::Integer => tags::PIXEL_DATA,
            SampleKind::Float32 => tags::FLOAT_PIXEL_DATA,
            SampleKind::Float64 => tags::DOUBLE_FLOAT_PIXEL_DATA,
        };
        let coding = part10.transfer_syntax.coding;
        let data = match (data_set.get(tag).map(|element| &element.value), coding) {
            (Some(Value::Bytes(bytes)), Coding::Native) => {
                let words = data_set
                    .get(tag)
                    .is_some_and(|element| element.vr == VR::OW);
                FrameData::Native(
                    if part10.encoding.big_endian && words && pixel.bits_allocated <= 8 {
                        // Bytes in words: the second comes first.
                        let pairs = bytes.as_chunks::<2>().0.iter();
                        pairs.flat_map(|&[high, low]| [low, high]).collect()
                    } else {
                        Cow::Borrowed(bytes)
                    },
                )
            }
            (
                Some(Value::Fragments(fragments)),
                Coding::RunLength | Coding::Jpeg | Coding::Jpeg2000,
            ) if pixel.kind == SampleKind::Integer => {
                FrameData::Encapsulated(frames_of(file, data_set, fragments, pixel.frames)?)
            }
            (_, Coding::Unsupported { name, remedy }) => {
                return Err(Error::Compression { name, remedy });
            }
            _ => {
                return Err(Error::damaged(
                    Format::Dicom,
                    "its pixel data is not coded as its transfer syntax says",
                ));
            }
        };
        Ok(Self {
            file,
            coding,
            pixel,
            encoding: part10.encoding,
            data,
        })
    }

    /// Decodes one frame, counted from 0; colours come out as RGB, palettes as indices.
    pub(super) fn decode(&self, frame: usize) -> Result<FrameSamples, Error> {
        let pixel = &self.pixel;
        let truncated = || Error::truncated(Format::Dicom, self.file);
        let (mut samples, colour) = match &self.data {
            FrameData::Native(bytes) => match pixel.kind {
                SampleKind::Float32 | SampleKind::Float64 => {
                    return native::decode_float(bytes, frame, pixel, self.encoding)
                        .ok_or_else(truncated)
                        .map(FrameSamples::Float);
                }
                SampleKind::Integer => (
                    native::decode(bytes, frame, pixel, self.encoding).ok_or_else(truncated)?,
                    CodedColour::AsDescribed,
                ),
            },
            FrameData::Encapsulated(frames) => {
                let fragments = frames.get(frame).ok_or_else(truncated)?;
                let stream = match fragments.as_slice() {
                    [whole] => Cow::Borrowed(*whole),
                    parts => Cow::Owned(parts.concat()),
                };
                match self.coding {
                    Coding::RunLength => (
                        run_length::decode(&stream, pixel)?,
                        CodedColour::AsDescribed,
                    ),
                    Coding::Jpeg => jpeg::decode(&stream, pixel)?,
                    _ => (jpeg2000::decode(&stream, pixel)?, CodedColour::AsDescribed),
                }
            }
        };
        if samples.len() != pixel.samples() {
            return Err(Error::damaged(
                Format::Dicom,
                "the number of samples does not fit the image's size",
            ));
        }
        match (pixel.photometric, colour) {
            (_, CodedColour::Rgb) | (Photometric::Rgb, CodedColour::AsDescribed) => {}
            (Photometric::YbrPartial422, CodedColour::AsDescribed) => {
                colour::ybr_partial_to_rgb(&mut samples);
            }
            (Photometric::YbrFull | Photometric::YbrFull422, CodedColour::AsDescribed)
            | (_, CodedColour::Ybr) => colour::ybr_full_to_rgb(&mut samples, pixel.bits_stored),
            // JPEG 2000 has undone it already; elsewhere it is only another name for YBR_FULL.
            (Photometric::YbrJpeg2000, CodedColour::AsDescribed) => {
                if self.coding != Coding::Jpeg2000 {
                    colour::ybr_full_to_rgb(&mut samples, pixel.bits_stored);
                }
            }
            (
                Photometric::Monochrome1 | Photometric::Monochrome2 | Photometric::Palette,
                CodedColour::AsDescribed,
            ) => {}
        }
        Ok(if pixel.signed {
            FrameSamples::Signed(samples)
        } else {
            FrameSamples::Unsigned(samples)
        })
    }
}

/// Sorts fragments into frames (PS3.5 section A.4): one each, or all of a single frame, or by an offset table, or by the
/// marker that begins a code stream.
fn frames_of<'a>(
    file: &[u8],
    data_set: &DataSet<'a>,
    fragments: &[&'a [u8]],
    count: usize,
) -> Result<Vec<Vec<&'a [u8]>>, Error> {
    let (table, fragments) = fragments
        .split_first()
        .ok_or_else(|| Error::truncated(Format::Dicom, file))?;
    if count == 1 {
        return Ok(vec![fragments.to_vec()]);
    }
    if fragments.len() == count {
        return Ok(fragments.iter().map(|&fragment| vec![fragment]).collect());
    }
    if fragments.len() < count {
        return Err(Error::truncated(Format::Dicom, file));
    }
    let offsets: Vec<u64> = match data_set.bytes(tags::EXTENDED_OFFSET_TABLE) {
        Some(extended) => {
            let octets = extended.as_chunks::<8>().0.iter();
            octets.map(|&octet| u64::from_le_bytes(octet)).collect()
        }
        None => {
            let quads = table.as_chunks::<4>().0.iter();
            quads
                .map(|&quad| u64::from(u32::from_le_bytes(quad)))
                .collect()
        }
    };
    let mut frames: Vec<Vec<&[u8]>> = Vec::new();
    let mut position = 0_u64;
    for fragment in fragments {
        let begins = if offsets.len() == count {
            offsets.get(frames.len()) == Some(&position)
        } else {
            fragment.starts_with(&[0xFF, 0xD8]) || fragment.starts_with(&[0xFF, 0x4F, 0xFF, 0x51])
        };
        match frames.last_mut() {
            Some(frame) if !begins => frame.push(fragment),
            _ => frames.push(vec![fragment]),
        }
        // Offsets count the items' headers too.
        position += 8 + fragment.len() as u64;
    }
    if frames.len() != count {
        return Err(Error::damaged(
            Format::Dicom,
            format!("it has {count} frames, but data for {}", frames.len()),
        ));
    }
    Ok(frames)
}

//! From a frame's bytes to its samples.
//!
//! Every decoder gives whole numbers as `i32`, pixel after pixel, the samples of one pixel side by side. Unsigned 32-bit
//! samples keep their bits and are read back by [`FrameSamples`].

use std::borrow::Cow;

use dicom_core::VR;
use dicom_dictionary_std::tags;

use super::coded_colour::CodedColour;
use super::fragments::frames_of;
use super::{jpeg, jpeg_ls, jpeg2000, native, run_length};
use crate::byte_order::ByteOrder;
use crate::dicom::colour;
use crate::dicom::data_set::{DataSet, Encoding, Value};
use crate::dicom::image_pixel::{ImagePixel, Photometric, SampleKind};
use crate::dicom::part10::Part10;
use crate::dicom::transfer_syntax::Coding;
use crate::{Error, Format};

/// One frame: `[rows, columns, samples]`.
#[derive(Debug)]
pub(in crate::dicom) enum FrameSamples {
    Signed(Vec<i32>),
    /// Bits of `u32` numbers.
    Unsigned(Vec<i32>),
    Float(Vec<f32>),
}

/// The frames of one file.
pub(in crate::dicom) struct Frames<'a> {
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
    pub(in crate::dicom) fn find(
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
                    if part10.encoding.byte_order == ByteOrder::BigEndian
                        && words
                        && pixel.bits_allocated <= 8
                    {
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
                Coding::RunLength | Coding::Jpeg | Coding::JpegLs | Coding::Jpeg2000,
            ) if pixel.kind == SampleKind::Integer => {
                FrameData::Encapsulated(frames_of(file, data_set, fragments, pixel.frames)?)
            }
            (_, Coding::Unsupported { name, remedy }) => {
                return Err(Error::Compression { name, remedy });
            }
            (
                Some(Value::Bytes(_) | Value::Items(_) | Value::Fragments(_)) | None,
                Coding::Native
                | Coding::RunLength
                | Coding::Jpeg
                | Coding::JpegLs
                | Coding::Jpeg2000,
            ) => return Err(contradiction()),
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
    pub(in crate::dicom) fn decode(&self, frame: usize) -> Result<FrameSamples, Error> {
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
                let samples = match self.coding {
                    Coding::Jpeg => None,
                    Coding::RunLength => Some(run_length::decode(&stream, pixel)?),
                    Coding::JpegLs => Some(jpeg_ls::decode(&stream, pixel)?),
                    Coding::Jpeg2000 => Some(jpeg2000::decode(&stream, pixel)?),
                    // Frames of neither kind are found in fragments.
                    Coding::Native | Coding::Unsupported { .. } => return Err(contradiction()),
                };
                match samples {
                    Some(samples) => (samples, CodedColour::AsDescribed),
                    None => jpeg::decode(&stream, pixel)?,
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

fn contradiction() -> Error {
    Error::damaged(
        Format::Dicom,
        "its pixel data is not coded as its transfer syntax says",
    )
}

//! JPEG, where Photometric Interpretation has a say in the colours too.

use super::coded_colour::CodedColour;
use super::native::sign_extend;
use crate::dicom::image_pixel::ImagePixel;
use crate::jpeg::{self, Expected};
use crate::{Error, Format};

pub(super) fn decode(stream: &[u8], pixel: &ImagePixel) -> Result<(Vec<i32>, CodedColour), Error> {
    let expected = Expected {
        rows: pixel.rows,
        columns: pixel.columns,
        components: pixel.samples_per_pixel,
        bits: pixel.bits_allocated,
    };
    let decoded = jpeg::decode(stream, &expected).map_err(of_dicom)?;
    let colour = match decoded.adobe {
        _ if pixel.samples_per_pixel != 3 => CodedColour::AsDescribed,
        Some(0) => CodedColour::Rgb,
        Some(_) => CodedColour::Ybr,
        None if decoded.is_named_rgb => CodedColour::Rgb,
        None if decoded.is_jfif && !decoded.is_lossless => CodedColour::Ybr,
        None => CodedColour::AsDescribed,
    };
    let mut samples = decoded.samples;
    // Bits above the stored ones are no part of the image (PS3.5 section 8.1.1): old files keep overlays there.
    if decoded.precision > pixel.bits_stored || pixel.signed {
        for sample in &mut samples {
            *sample = sign_extend(sample.cast_unsigned(), pixel.bits_stored, pixel.signed);
        }
    }
    Ok((samples, colour))
}

/// An error of the stream as one of the file that it is in.
fn of_dicom(error: Error) -> Error {
    match error {
        Error::Damaged { detail, .. } => {
            Error::damaged(Format::Dicom, format!("its JPEG data: {detail}"))
        }
        Error::Unsupported { what, .. } => Error::unsupported(Format::Dicom, what),
        other => other,
    }
}

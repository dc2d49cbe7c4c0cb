//! DICOM (PS3.3, PS3.5, PS3.10): images, multi-frame images and series.
//!
//! Read are explicit and implicit, little- and big-endian and deflated data sets, with or without preamble; pixels
//! uncompressed, run-length coded, JPEG (baseline, extended with 12 bits, lossless) and JPEG 2000; whole numbers of 1 to
//! 32 bits and floating-point numbers; grey, colour and palette images. JPEG-LS, JPEG XL, High-Throughput JPEG 2000 and
//! video are refused by name.
//!
//! Voxels are values after the modality transformation (Hounsfield units for CT); the window, if there is one, becomes
//! the range to show. MONOCHROME1 images are inverted, unless their values are quantities with a unit. Overlays are not
//! drawn. See `placement` for how planes become volumes.

mod attributes;
mod codec;
mod colour;
mod decode;
mod image_pixel;
mod lookup;
mod modality;
mod part10;
mod placement;
mod reader;
mod retain;
mod scan;
mod source;
mod stack;
mod transfer_syntax;

pub(crate) use decode::decode;
pub(crate) use part10::is_dicom;
pub(crate) use scan::{ScannedFile, scan};
pub use source::{SourcePlane, SourceSeries};
pub(crate) use stack::{Stack, stacks};

use crate::{Error, Format, Limits, Volume};

/// Opens one file. Where it holds several volumes, the one with the most planes is taken, and a note says so.
pub(crate) fn open(bytes: &[u8], limits: &Limits) -> Result<Volume, Error> {
    let file = scan(0, bytes, limits)?;
    let mut stacks = stacks(&[file]);
    let count = stacks.len();
    let mut chosen: Option<Result<Stack, Error>> = None;
    for stack in stacks.drain(..) {
        let planes =
            |stack: &Result<Stack, Error>| stack.as_ref().map_or(0, |stack| stack.shape[0]);
        if chosen
            .as_ref()
            .is_none_or(|chosen| planes(&stack) > planes(chosen))
        {
            chosen = Some(stack);
        }
    }
    let mut stack = chosen.ok_or_else(|| Error::damaged(Format::Dicom, "it holds no image"))??;
    if count > 1 {
        stack.notes.push(format!(
            "The file holds {count} volumes; the one with the most planes is shown."
        ));
    }
    decode(&stack, &[bytes], limits)
}

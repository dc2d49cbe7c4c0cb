//! From a stack of planes to a volume.

use super::codec::{FrameSamples, Frames};
use super::image_pixel::ImagePixel;
use super::modality::{self, Modality};
use super::mosaic::Mosaic;
use super::part10::Part10;
use super::segments;
use super::stack::Stack;
use super::volume_builder::VolumeBuilder;
use crate::{Error, Format, Limits, Volume};

/// Decodes the planes of a stack; `files` are the bytes of the files by the numbers that the stack has.
pub(crate) fn decode(stack: &Stack, files: &[&[u8]], limits: &Limits) -> Result<Volume, Error> {
    let gone = || Error::damaged(Format::Dicom, "a file of the series is missing");
    if let Some(layout) = &stack.labels {
        let file = stack.planes.first().and_then(|plane| files.get(plane.file));
        return segments::decode(stack, layout, file.copied().ok_or_else(gone)?, limits);
    }
    let mut builder: Option<VolumeBuilder<'_>> = None;
    let mut planes = stack.planes.as_slice();
    while let Some(first) = planes.first() {
        let count = planes
            .iter()
            .take_while(|plane| plane.file == first.file)
            .count();
        let (of_file, rest) = planes.split_at(count);
        planes = rest;
        let bytes = files.get(first.file).copied().ok_or_else(gone)?;
        let part10 = Part10::read(bytes, limits)?;
        let data_set = part10.data_set(bytes)?;
        let stored = ImagePixel::read(&data_set, &part10.transfer_syntax, limits)?;
        let mosaic = Mosaic::read(&data_set, &stored);
        let pixel = mosaic.map_or(stored, |mosaic| mosaic.tile(&stored));
        let builder = match &mut builder {
            Some(builder) => builder,
            empty => empty.insert(VolumeBuilder::new(stack, &data_set, pixel, limits)?),
        };
        if !builder.pixel.is_like(&pixel) {
            return Err(Error::damaged(
                Format::Dicom,
                "the images of the series differ in kind",
            ));
        }
        builder.widen(&pixel)?;
        builder.use_palette(&data_set)?;
        let table = modality::table(&data_set, &pixel)?;
        let frames = Frames::find(bytes, &part10, &data_set, stored)?;
        let picture = mosaic.map(|_| frames.decode(0)).transpose()?;
        for plane in of_file {
            let modality = Modality::read(&data_set, plane.frame, &pixel, table.as_ref());
            if builder.plane == stack.planes.len() / 2 {
                builder.window = modality.window(&data_set, plane.frame, &pixel);
            }
            let samples = match (mosaic, &picture) {
                (Some(mosaic), Some(picture)) => cut(&mosaic, picture, &stored, plane.frame),
                (Some(_), None) | (None, Some(_) | None) => frames.decode(plane.frame)?,
            };
            builder.add(samples, &pixel, &modality)?;
        }
    }
    builder.ok_or_else(gone)?.finish()
}

/// One tile of a mosaic.
fn cut(mosaic: &Mosaic, picture: &FrameSamples, pixel: &ImagePixel, tile: usize) -> FrameSamples {
    match picture {
        FrameSamples::Signed(samples) => FrameSamples::Signed(mosaic.cut(samples, pixel, tile)),
        FrameSamples::Unsigned(samples) => FrameSamples::Unsigned(mosaic.cut(samples, pixel, tile)),
        FrameSamples::Float(samples) => FrameSamples::Float(mosaic.cut(samples, pixel, tile)),
    }
}

//! What a DICOM Segmentation (PS3.3 section A.51) says of its segments.

use dicom_dictionary_std::tags;

use super::data_set::DataSet;
use super::frame_attributes::FrameAttributes;
use super::image_pixel::ImagePixel;
use super::write::rgb_of_cielab;
use crate::provenance::SegmentLabel;

const SEGMENTATION_STORAGE: &str = "1.2.840.10008.5.1.4.1.1.66.4";
/// Segments of a file; numbers have 16 bits.
pub(super) const MAX_SEGMENTS: usize = 1 << 16;

/// What a file says of its segments.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Segmentation {
    pub labels: Vec<SegmentLabel>,
    /// The segment of each frame.
    pub(super) numbers: Vec<u16>,
    /// Spacing Between Slices or else Slice Thickness.
    pub(super) step: Option<f64>,
}

impl Segmentation {
    /// Reads a data set's segments; `None` for anything but binary segments.
    pub(super) fn read(data_set: &DataSet<'_>, pixel: &ImagePixel) -> Option<Self> {
        let is_binary = data_set
            .text(tags::SEGMENTATION_TYPE)
            .is_none_or(|kind| kind == "BINARY");
        if data_set.text(tags::SOP_CLASS_UID) != Some(SEGMENTATION_STORAGE)
            || !is_binary
            || pixel.samples_per_pixel != 1
        {
            return None;
        }
        let labels = data_set
            .items(tags::SEGMENT_SEQUENCE)
            .iter()
            .take(MAX_SEGMENTS)
            .filter_map(|item| {
                let number = u16::try_from(item.unsigned(tags::SEGMENT_NUMBER)?).ok()?;
                let name = item
                    .bytes(tags::SEGMENT_LABEL)
                    .map(|bytes| {
                        String::from_utf8_lossy(bytes)
                            .trim_matches([' ', '\0'])
                            .to_owned()
                    })
                    .filter(|name| !name.is_empty())
                    .unwrap_or_else(|| format!("segment {number}"));
                let colour = item
                    .words(tags::RECOMMENDED_DISPLAY_CIE_LAB_VALUE)
                    .and_then(|words| words.try_into().ok())
                    .map(rgb_of_cielab);
                Some(SegmentLabel {
                    number,
                    name,
                    colour,
                })
            })
            .collect();
        let numbers = (0..pixel.frames)
            .map(|frame| {
                let attributes = FrameAttributes::of(data_set, frame);
                attributes
                    .group(
                        tags::SEGMENT_IDENTIFICATION_SEQUENCE,
                        tags::REFERENCED_SEGMENT_NUMBER,
                    )
                    .and_then(|group| group.unsigned(tags::REFERENCED_SEGMENT_NUMBER))
                    .and_then(|number| u16::try_from(number).ok())
                    .filter(|&number| number > 0)
            })
            .collect::<Option<Vec<u16>>>()?;
        let measures = FrameAttributes::of(data_set, 0);
        let step = [tags::SPACING_BETWEEN_SLICES, tags::SLICE_THICKNESS]
            .into_iter()
            .find_map(|tag| {
                let holder = measures.group(tags::PIXEL_MEASURES_SEQUENCE, tag)?;
                holder.number(tag).map(f64::abs).filter(|&step| step > 0.0)
            });
        Some(Self {
            labels,
            numbers,
            step,
        })
    }
}

/// Frames in a volume of labels.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct LabelLayout {
    pub(super) segmentation: Segmentation,
    /// The plane of each of the stack's own planes, which are frames.
    pub(super) places: Vec<usize>,
}

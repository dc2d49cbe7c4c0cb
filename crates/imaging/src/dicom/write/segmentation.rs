//! DICOM Segmentation.

use dicom_core::VR;
use dicom_dictionary_std::{tags, uids};
use dicom_object::InMemDicomObject;

use super::colour;
use super::data_set::Write as _;
use super::description::{AlgorithmType, Code, Creator, Segment};
use super::file::{Kind, begin, finish, write_size};
use super::frames::Planes;
use super::referenced_series::ReferencedSeries;
use crate::dicom::SourceSeries;
use crate::memory::allocate;
use crate::{Error, Geometry};

const KIND: Kind = Kind {
    sop_class: uids::SEGMENTATION_STORAGE,
    modality: "SEG",
    name: "segmentation",
    series: 1,
};

/// A mask as a DICOM Segmentation (PS3.3 section A.51): binary, one segment for each foreground class, one frame for
/// each plane of a segment that is not empty, in the transfer syntax Explicit VR Little Endian.
///
/// `mask` is `[planes, rows, columns]` on the grid of the source series, 0 is background; `geometry` is the source's own.
/// Segments are numbered from 1 in the order of `segments`. An entirely empty mask keeps the frames of the first
/// segment, because an object needs at least one. Without a frame of reference or an affine the frames have no place in
/// the patient and refer to their source images only.
///
/// # Errors
/// [`Error::WrongLength`] if mask, shape and source differ in size; [`Error::NoSegment`] for a value of the mask that
/// is no segment's; [`Error::Segments`] for segments that cannot be told apart; [`Error::MissingAttribute`] if the
/// source lacks what must be referred to; [`Error::OffGrid`] if `geometry` is not the source's; [`Error::Encode`] if
/// the object would be too large.
pub fn segmentation(
    source: &SourceSeries,
    geometry: &Geometry,
    mask: &[u8],
    shape: [usize; 3],
    segments: &[Segment],
    creator: &Creator,
) -> Result<Vec<u8>, Error> {
    let [planes, rows, columns] = shape;
    let expected = planes.saturating_mul(rows).saturating_mul(columns);
    if mask.len() != expected || mask.is_empty() {
        return Err(Error::WrongLength {
            what: "the mask",
            found: mask.len(),
            expected: expected.max(1),
        });
    }
    check(segments, mask)?;
    let source = ReferencedSeries::new(source, planes)?;
    let placed = Planes::new(source, geometry)?;
    let by = segments
        .iter()
        .map(|segment| segment.algorithm_type)
        .find(|kind| *kind != AlgorithmType::default())
        .unwrap_or_default();
    let frames = frames(mask, rows * columns, segments);

    let codes: Vec<&Code> = segments
        .iter()
        .flat_map(|segment| [&segment.category, &segment.property_type])
        .collect();
    let mut object = begin(&KIND, &source, creator, &codes);
    write_size(&mut object, [frames.len(), rows, columns], 1)?;
    object.texts(tags::IMAGE_TYPE, VR::CS, &["DERIVED", "PRIMARY"]);
    object.shorts(tags::SAMPLES_PER_PIXEL, &[1]);
    object.text(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "MONOCHROME2");
    object.shorts(tags::BITS_ALLOCATED, &[1]);
    object.shorts(tags::BITS_STORED, &[1]);
    object.shorts(tags::HIGH_BIT, &[0]);
    object.shorts(tags::PIXEL_REPRESENTATION, &[0]);
    object.text(tags::SEGMENTATION_TYPE, VR::CS, "BINARY");
    object.text(tags::SEGMENTS_OVERLAP, VR::CS, "NO");
    object.text(tags::CONTENT_LABEL, VR::CS, "SEGMENTATION");
    object.text(
        tags::CONTENT_DESCRIPTION,
        VR::LO,
        &format!("{} {}", by.words(), creator.model),
    );
    let described = (1..)
        .zip(segments)
        .map(|(number, segment)| describe(number, segment, creator));
    object.items(tags::SEGMENT_SEQUENCE, described.collect());

    let number = (
        tags::REFERENCED_SEGMENT_NUMBER,
        tags::SEGMENT_IDENTIFICATION_SEQUENCE,
    );
    placed.write_dimensions(&mut object, &[number]);
    object.item(tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE, |shared| {
        placed.write_shared(shared)
    });
    let derivation = Code::new("113076", "DCM", "Segmentation");
    let groups = frames.iter().map(|frame| {
        let mut group = placed.frame(frame.plane, &[u32::from(frame.number)], &derivation);
        group.item(tags::SEGMENT_IDENTIFICATION_SEQUENCE, |item| {
            item.shorts(tags::REFERENCED_SEGMENT_NUMBER, &[frame.number]);
        });
        group
    });
    object.items(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE, groups.collect());
    let pixel_data = pack(mask, rows * columns, &frames)?;
    finish(object, (tags::PIXEL_DATA, VR::OB), pixel_data, creator)
}

/// One plane of one segment.
struct Frame {
    /// Number of the segment, from 1.
    number: u16,
    /// Its value in the mask.
    id: u8,
    plane: usize,
}

/// Every class has its segment, and no two segments are the same.
fn check(segments: &[Segment], mask: &[u8]) -> Result<(), Error> {
    let mut described = [false; 256];
    for segment in segments {
        match described.get_mut(usize::from(segment.id)) {
            Some(seen) if !*seen && segment.id > 0 => *seen = true,
            _ => return Err(Error::Segments { id: segment.id }),
        }
    }
    if segments.is_empty() {
        return Err(Error::NoSegment { id: 1 });
    }
    let unknown = mask
        .iter()
        .find(|&&id| id > 0 && described.get(usize::from(id)) != Some(&true));
    unknown.map_or(Ok(()), |&id| Err(Error::NoSegment { id }))
}

/// The frames that are not empty, by segment and then by plane.
fn frames(mask: &[u8], pixels: usize, segments: &[Segment]) -> Vec<Frame> {
    let present: Vec<[bool; 256]> = mask
        .chunks_exact(pixels)
        .map(|plane| {
            let mut present = [false; 256];
            for &id in plane {
                if let Some(flag) = present.get_mut(usize::from(id)) {
                    *flag = true;
                }
            }
            present
        })
        .collect();
    let numbered = || {
        (1..)
            .zip(segments)
            .map(|(number, segment)| (number, segment.id))
    };
    let all = numbered()
        .flat_map(|(number, id)| (0..present.len()).map(move |plane| Frame { number, id, plane }));
    let filled: Vec<Frame> = all
        .filter(|frame| {
            present
                .get(frame.plane)
                .and_then(|plane| plane.get(usize::from(frame.id)))
                == Some(&true)
        })
        .collect();
    if filled.is_empty() {
        let first = numbered().take(1);
        return first
            .flat_map(|(number, id)| {
                (0..present.len()).map(move |plane| Frame { number, id, plane })
            })
            .collect();
    }
    filled
}

/// One bit for each pixel, the first pixel in the least significant bit. A frame begins at the bit after the one
/// before, not at the next byte (PS3.5 section 8.1.1 and annex D).
fn pack(mask: &[u8], pixels: usize, frames: &[Frame]) -> Result<Vec<u8>, Error> {
    // Bits are counted in 64 bits: there are more of them than a 32-bit target can count.
    let bits = frames.len() as u64 * pixels as u64;
    let mut packed = allocate(bits.div_ceil(8) as usize, 0_u8)?;
    for (index, frame) in (0..).zip(frames) {
        let plane = mask
            .chunks_exact(pixels)
            .nth(frame.plane)
            .unwrap_or_default();
        let first = index * pixels as u64;
        for (bit, _) in (first..).zip(plane).filter(|&(_, &id)| id == frame.id) {
            if let Some(byte) = packed.get_mut((bit / 8) as usize) {
                *byte |= 1 << (bit % 8);
            }
        }
    }
    Ok(packed)
}

/// An item of the Segment Sequence (PS3.3 section C.8.20.4).
fn describe(number: u16, segment: &Segment, creator: &Creator) -> InMemDicomObject {
    let mut item = InMemDicomObject::new_empty();
    item.shorts(tags::SEGMENT_NUMBER, &[number]);
    let label = if segment.label.trim().is_empty() {
        &segment.property_type.meaning
    } else {
        &segment.label
    };
    item.text(tags::SEGMENT_LABEL, VR::LO, label);
    item.code(
        tags::SEGMENTED_PROPERTY_CATEGORY_CODE_SEQUENCE,
        &segment.category,
    );
    item.code(
        tags::SEGMENTED_PROPERTY_TYPE_CODE_SEQUENCE,
        &segment.property_type,
    );
    item.text(
        tags::SEGMENT_ALGORITHM_TYPE,
        VR::CS,
        segment.algorithm_type.code(),
    );
    item.text(tags::SEGMENT_ALGORITHM_NAME, VR::LO, &creator.model);
    item.item(
        tags::SEGMENTATION_ALGORITHM_IDENTIFICATION_SEQUENCE,
        |algorithm| {
            let family = Code::new("123110", "DCM", "Artificial Intelligence");
            algorithm.code(tags::ALGORITHM_FAMILY_CODE_SEQUENCE, &family);
            algorithm.text(tags::ALGORITHM_NAME, VR::LO, &creator.model);
            algorithm.text(tags::ALGORITHM_VERSION, VR::LO, &creator.model_version);
        },
    );
    item.shorts(
        tags::RECOMMENDED_DISPLAY_CIE_LAB_VALUE,
        &colour::cielab(segment.colour),
    );
    item
}

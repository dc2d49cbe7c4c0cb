//! What a file says of its images, without decoding them.

use dicom_core::Tag;
use dicom_dictionary_std::tags;

use super::data_set::{DataSet, is_pixel_data};
use super::discriminators::discriminators;
use super::frame_attributes::FrameAttributes;
use super::image_pixel::ImagePixel;
use super::mosaic::Mosaic;
use super::part10::Part10;
use super::plane::{Plane, PlaneGeometry, normal};
use super::scanned_file::ScannedFile;
use super::segmentation::Segmentation;
use super::transfer_syntax::Coding;
use crate::{Error, Format, Limits};

/// Reads a file's header.
///
/// # Errors
/// Every fault of the file, objects without pixels and compressions unknown here.
pub(crate) fn scan(file: usize, bytes: &[u8], limits: &Limits) -> Result<ScannedFile, Error> {
    let part10 = Part10::read(bytes, limits)?;
    let data_set = part10.data_set(bytes)?;
    let has_pixels = data_set
        .elements
        .iter()
        .any(|element| is_pixel_data(element.tag));
    let sop_class_uid = data_set.text(tags::SOP_CLASS_UID).unwrap_or_default();
    if !has_pixels {
        return Err(without_pixels(&data_set, sop_class_uid, bytes));
    }
    if let Coding::Unsupported { name, remedy } = part10.transfer_syntax.coding {
        return Err(Error::Compression { name, remedy });
    }
    let pixel = ImagePixel::read(&data_set, &part10.transfer_syntax, limits)?;
    let text = |tag: Tag| data_set.text(tag).unwrap_or_default().to_owned();
    let segmentation = Segmentation::read(&data_set, &pixel);
    let mosaic = Mosaic::read(&data_set, &pixel);
    let mut notes = notes(&data_set, &pixel);
    let (planes, pixel) = match mosaic {
        Some(mosaic) => {
            notes.push(mosaic.note());
            let geometry = plane_geometry(&FrameAttributes::of(&data_set, 0));
            let planes = mosaic.planes(&data_set, &geometry, &pixel);
            (planes, mosaic.tile(&pixel))
        }
        None => (planes(&data_set, &pixel, &mut notes)?, pixel),
    };
    Ok(ScannedFile {
        file,
        series_uid: text(tags::SERIES_INSTANCE_UID),
        frame_of_reference: text(tags::FRAME_OF_REFERENCE_UID),
        modality: modality(&data_set),
        series_number: data_set.unsigned(tags::SERIES_NUMBER),
        is_localiser: data_set.texts(tags::IMAGE_TYPE).nth(2) == Some("LOCALIZER"),
        sop_class_uid: sop_class_uid.to_owned(),
        sop_instance_uid: text(tags::SOP_INSTANCE_UID),
        pixel,
        planes,
        fingerprint: sample_of(bytes),
        notes,
        segmentation,
    })
}

/// What there is to say of a file that opens all the same.
fn notes(data_set: &DataSet<'_>, pixel: &ImagePixel) -> Vec<String> {
    let mut notes: Vec<String> = data_set
        .irregularities
        .iter()
        .map(|irregularity| irregularity.note().to_owned())
        .collect();
    if pixel.has_odd_bits {
        notes.push(
            "Bits Stored or High Bit contradict Bits Allocated; the low bits of each sample were taken."
                .to_owned(),
        );
    }
    let placing = [
        tags::PIXEL_SPACING,
        tags::IMAGE_POSITION_PATIENT,
        tags::IMAGE_ORIENTATION_PATIENT,
        tags::SLICE_THICKNESS,
        tags::SPACING_BETWEEN_SLICES,
    ];
    if placing
        .into_iter()
        .any(|tag| data_set.texts(tag).any(|text| text.contains(',')))
    {
        notes.push(
            "Positions or sizes are written with a decimal comma, which was read as a point."
                .to_owned(),
        );
    }
    notes
}

/// FNV-1a of the length and of bytes spread over the file.
fn sample_of(bytes: &[u8]) -> u64 {
    let step = (bytes.len() / 4096).max(1);
    let start = 0xCBF2_9CE4_8422_2325 ^ bytes.len() as u64;
    bytes.iter().step_by(step).fold(start, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
    })
}

fn modality(data_set: &DataSet<'_>) -> Option<String> {
    let text = data_set.text(tags::MODALITY)?;
    let is_plain =
        (2..=8).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_uppercase());
    is_plain.then(|| text.to_owned())
}

/// What an object without pixels is, by its class (PS3.4 section B.5) or its modality.
fn without_pixels(data_set: &DataSet<'_>, sop_class_uid: &str, bytes: &[u8]) -> Error {
    let class = sop_class_uid
        .strip_prefix("1.2.840.10008.")
        .unwrap_or_default();
    let what = match (class, data_set.text(tags::MODALITY)) {
        ("1.3.10", _) => "a directory of other files (DICOMDIR)",
        ("5.1.4.1.1.481.3", _) | (_, Some("RTSTRUCT")) => "a set of radiotherapy structures",
        ("5.1.4.1.1.481.5" | "5.1.4.1.1.481.8", _) | (_, Some("RTPLAN")) => "a radiotherapy plan",
        ("5.1.4.1.1.66.1" | "5.1.4.1.1.66.3", _) | (_, Some("REG")) => "a spatial registration",
        ("5.1.4.1.1.66.5", _) => "a surface segmentation",
        ("5.1.4.1.1.104.1", _) => "a PDF document",
        (class, _) if class.starts_with("5.1.4.1.1.88.") => "a structured report",
        (class, _) if class.starts_with("5.1.4.1.1.11.") => "a presentation state",
        (class, _) if class.starts_with("5.1.4.1.1.9.") => "a waveform",
        (_, Some("SR")) => "a structured report",
        (_, Some("PR")) => "a presentation state",
        (_, Some("KO")) => "a selection of key objects",
        (_, Some("ECG")) => "a waveform",
        // A directory has no class of its own in its data set.
        _ if !data_set.items(tags::DIRECTORY_RECORD_SEQUENCE).is_empty() => {
            "a directory of other files (DICOMDIR)"
        }
        _ if data_set.get(tags::ROWS).is_some() => return Error::truncated(Format::Dicom, bytes),
        _ => "an object without pixels",
    };
    Error::NotAnImage {
        what: what.to_owned(),
    }
}

fn planes(
    data_set: &DataSet<'_>,
    pixel: &ImagePixel,
    notes: &mut Vec<String>,
) -> Result<Vec<Plane>, Error> {
    let mut planes = crate::memory::reserve(pixel.frames)?;
    let offsets = frame_offsets(data_set, pixel.frames, notes);
    for frame in 0..pixel.frames {
        let attributes = FrameAttributes::of(data_set, frame);
        let mut geometry = plane_geometry(&attributes);
        let has_own_position = attributes
            .group(tags::PLANE_POSITION_SEQUENCE, tags::IMAGE_POSITION_PATIENT)
            .is_some();
        if pixel.frames > 1 && !has_own_position {
            geometry.position = offsets
                .as_ref()
                .and_then(|offsets| moved(&geometry, *offsets.get(frame)?));
        }
        planes.push(Plane {
            frame,
            is_multi_frame: pixel.frames > 1,
            is_tile: false,
            geometry,
            instance_number: data_set.unsigned(tags::INSTANCE_NUMBER),
            discriminators: discriminators(data_set, &attributes, pixel.frames > 1),
        });
    }
    Ok(planes)
}

fn plane_geometry(attributes: &FrameAttributes<'_, '_>) -> PlaneGeometry {
    let detector = attributes
        .data_set
        .first_item(tags::DETECTOR_INFORMATION_SEQUENCE);
    let position = attributes
        .holder(tags::PLANE_POSITION_SEQUENCE, tags::IMAGE_POSITION_PATIENT)
        .or(detector)
        .and_then(|holder| holder.vector(tags::IMAGE_POSITION_PATIENT));
    let orientation = attributes
        .holder(
            tags::PLANE_ORIENTATION_SEQUENCE,
            tags::IMAGE_ORIENTATION_PATIENT,
        )
        .or(detector)
        .and_then(|holder| holder.vector(tags::IMAGE_ORIENTATION_PATIENT))
        .map(|[a, b, c, d, e, f]| [[a, b, c], [d, e, f]]);
    let spacing = attributes
        .holder(tags::PIXEL_MEASURES_SEQUENCE, tags::PIXEL_SPACING)
        .and_then(|holder| holder.vector(tags::PIXEL_SPACING))
        .filter(|spacing| spacing.iter().all(|&size| size > 0.0));
    let measure = |tag: Tag| {
        attributes
            .holder(tags::PIXEL_MEASURES_SEQUENCE, tag)
            .and_then(|holder| holder.number(tag))
            .map(f64::abs)
            .filter(|&size| size > 0.0)
    };
    PlaneGeometry {
        position,
        orientation,
        spacing,
        thickness: measure(tags::SLICE_THICKNESS).or_else(|| measure(tags::SPACING_BETWEEN_SLICES)),
    }
}

/// How far each frame lies from the position of a multi-frame image without functional groups, along its normal:
/// doses have a list (PS3.3 section C.8.8.3.2), nuclear medicine a constant step (C.8.4.15).
fn frame_offsets(
    data_set: &DataSet<'_>,
    frames: usize,
    notes: &mut Vec<String>,
) -> Option<Vec<f64>> {
    let listed = data_set.numbers(tags::GRID_FRAME_OFFSET_VECTOR);
    if listed.len() == frames && listed.iter().all(|offset| offset.is_finite()) {
        // Lists that do not begin with 0 give positions in the patient; their differences are the same.
        let first = listed.first().copied().unwrap_or(0.0);
        return Some(listed.into_iter().map(|offset| offset - first).collect());
    }
    let is_placed = data_set.get(tags::IMAGE_POSITION_PATIENT).is_some()
        || data_set
            .first_item(tags::DETECTOR_INFORMATION_SEQUENCE)
            .is_some();
    // Frames that follow each other in time stay where the first one is.
    let is_cine =
        data_set.get(tags::FRAME_TIME).is_some() || data_set.get(tags::FRAME_TIME_VECTOR).is_some();
    if frames < 2 || !is_placed || is_cine {
        return None;
    }
    let step = data_set
        .number(tags::SPACING_BETWEEN_SLICES)
        .filter(|&step| step != 0.0)?;
    if data_set.text(tags::MODALITY) != Some("NM") {
        notes.push("Only the first frame has a position; the others were placed by Spacing Between Slices.".to_owned());
    }
    Some((0..frames).map(|frame| frame as f64 * step).collect())
}

fn moved(geometry: &PlaneGeometry, offset: f64) -> Option<[f64; 3]> {
    let position = geometry.position?;
    let normal = normal(&geometry.orientation?);
    Some(std::array::from_fn(|axis| {
        position.get(axis).copied().unwrap_or(0.0)
            + offset * normal.get(axis).copied().unwrap_or(0.0)
    }))
}

//! Segmentations (PS3.3 section A.51) as labels: all binary segments of a file in one volume of their numbers.
//!
//! Frames lie where their positions say; planes that no frame shows are background, because writers leave empty frames
//! out. Where segments overlap, the one of the higher number is kept, and a note names them.

use std::collections::{BTreeMap, BTreeSet};

use super::codec::{FrameSamples, Frames};
use super::image_pixel::ImagePixel;
use super::part10::Part10;
use super::plane::normal;
use super::scanned_file::ScannedFile;
use super::segmentation::{LabelLayout, MAX_SEGMENTS};
use super::stack::{Stack, StackPlane};
use crate::choice::Parts;
use crate::geometry::{Affine, Grid};
use crate::memory::allocate;
use crate::provenance::SegmentLabel;
use crate::stored_values::StoredValues;
use crate::{
    Colour, Error, Format, Geometry, GeometrySource, Limits, Provenance, SampleType, Volume,
};

/// Positions within this share of a step belong to the plane.
const ON_PLANE: f64 = 0.1;
/// Names in a note.
const MAX_NAMED: usize = 8;

/// The frames of a segmentation as one volume; `None` where they do not lie on a common grid.
pub(super) fn stack(file: &ScannedFile) -> Option<Stack> {
    let segmentation = file.segmentation.as_ref()?;
    let first = file.planes.first()?;
    let orientation = first.geometry.orientation?;
    let [between_rows, between_columns] = first.geometry.spacing?;
    let normal = normal(&orientation);
    let dot = |a: [f64; 3], b: [f64; 3]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let is_parallel = |other: [[f64; 3]; 2]| {
        other
            .iter()
            .flatten()
            .zip(orientation.iter().flatten())
            .all(|(a, b)| (a - b).abs() < 1e-3)
    };
    let depths: Vec<(f64, [f64; 3])> = file
        .planes
        .iter()
        .map(|plane| {
            let position = plane.geometry.position?;
            plane
                .geometry
                .orientation
                .is_some_and(is_parallel)
                .then(|| (dot(position, normal), position))
        })
        .collect::<Option<_>>()?;
    let mut sorted: Vec<f64> = depths.iter().map(|(depth, _)| *depth).collect();
    sorted.sort_by(f64::total_cmp);
    let (lowest, highest) = (*sorted.first()?, *sorted.last()?);
    let smallest = sorted
        .windows(2)
        .filter_map(|pair| match pair {
            [a, b] if b - a > 0.01 => Some(b - a),
            _ => None,
        })
        .fold(f64::INFINITY, f64::min);
    // The stated step holds if the frames lie on it; else that of the frames does.
    let fits = |step: f64| {
        sorted.iter().all(|depth| {
            let steps = (depth - lowest) / step;
            (steps - steps.round()).abs() <= ON_PLANE
        })
    };
    let step = match (segmentation.step.filter(|&step| fits(step)), smallest) {
        (Some(step), smallest) if step <= smallest * (1.0 + ON_PLANE) => step,
        (_, smallest) if smallest.is_finite() && fits(smallest) => smallest,
        (Some(step), _) => step,
        (None, smallest) if smallest.is_infinite() => segmentation.step.unwrap_or(1.0),
        _ => return None,
    };
    let planes = ((highest - lowest) / step).round() as usize + 1;
    if planes > MAX_SEGMENTS {
        return None;
    }
    let (_, origin) = *depths.iter().min_by(|(a, _), (b, _)| a.total_cmp(b))?;
    let [along_row, along_column] = orientation;
    // LPS+ to RAS+.
    let row = |axis: usize, sign: f64| -> Option<[f64; 4]> {
        Some([
            sign * along_row.get(axis)? * between_columns + 0.0,
            sign * along_column.get(axis)? * between_rows + 0.0,
            sign * normal.get(axis)? * step + 0.0,
            sign * origin.get(axis)? + 0.0,
        ])
    };
    let affine: Affine = [
        row(0, -1.0)?,
        row(1, -1.0)?,
        row(2, 1.0)?,
        [0.0, 0.0, 0.0, 1.0],
    ];
    let shape = [planes, file.pixel.rows, file.pixel.columns];
    Grid::new(shape, affine).ok()?;
    let mut notes = file.notes.clone();
    notes.push(segments_note(&segmentation.labels));
    Some(Stack {
        modality: file.modality.clone(),
        series_number: file.series_number,
        is_localiser: false,
        shape,
        planes: file
            .planes
            .iter()
            .map(|plane| StackPlane {
                file: file.file,
                frame: plane.frame,
                is_multi_frame: true,
                position: plane.geometry.position,
                sop_class_uid: file.sop_class_uid.as_str().into(),
                sop_instance_uid: file.sop_instance_uid.as_str().into(),
            })
            .collect(),
        resampling: None,
        spacing: None,
        alternative: None,
        labels: Some(LabelLayout {
            segmentation: segmentation.clone(),
            places: depths
                .iter()
                .map(|(depth, _)| ((depth - lowest) / step).round() as usize)
                .collect(),
        }),
        affine: Some(affine),
        normal: Some(normal),
        notes,
    })
}

fn segments_note(labels: &[SegmentLabel]) -> String {
    let named: Vec<String> = labels
        .iter()
        .take(MAX_NAMED)
        .map(|label| format!("{} {}", label.number, label.name))
        .collect();
    let more = labels.len().saturating_sub(MAX_NAMED);
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    format!(
        "It is a segmentation; its labels are {}{more}.",
        named.join(", ")
    )
}

/// Decodes the frames of a segmentation to a volume of segment numbers.
pub(super) fn decode(
    stack: &Stack,
    layout: &LabelLayout,
    bytes: &[u8],
    limits: &Limits,
) -> Result<Volume, Error> {
    let [planes, rows, columns] = stack.shape;
    limits.check(
        Format::Dicom,
        [planes as u64, rows as u64, columns as u64],
        4,
    )?;
    let part10 = Part10::read(bytes, limits)?;
    let data_set = part10.data_set(bytes)?;
    let pixel = ImagePixel::read(&data_set, &part10.transfer_syntax, limits)?;
    let frames = Frames::find(bytes, &part10, &data_set, pixel)?;
    let mut voxels = allocate(planes * rows * columns, 0.0_f32)?;
    let mut overlaps: BTreeMap<(u16, u16), usize> = BTreeMap::new();
    let segmentation = &layout.segmentation;
    for (plane, &place) in stack.planes.iter().zip(&layout.places) {
        let number = segmentation
            .numbers
            .get(plane.frame)
            .copied()
            .ok_or_else(|| Error::damaged(Format::Dicom, "a frame has no segment"))?;
        let (FrameSamples::Signed(samples) | FrameSamples::Unsigned(samples)) =
            frames.decode(plane.frame)?
        else {
            return Err(Error::damaged(
                Format::Dicom,
                "its segments are no whole numbers",
            ));
        };
        let target = voxels
            .chunks_exact_mut(rows * columns)
            .nth(place)
            .unwrap_or_default();
        for (voxel, _) in target
            .iter_mut()
            .zip(&samples)
            .filter(|(_, sample)| **sample != 0)
        {
            let before = *voxel as u16;
            if before != 0 && before != number {
                *overlaps
                    .entry((before.min(number), before.max(number)))
                    .or_default() += 1;
            }
            *voxel = f32::from(before.max(number));
        }
    }
    let mut notes = stack.notes.clone();
    notes.extend(overlap_note(&overlaps, &segmentation.labels));
    let largest = segmentation.numbers.iter().copied().max().unwrap_or(0);
    let sample_type = if largest > u16::from(u8::MAX) {
        SampleType::Uint16
    } else {
        SampleType::Uint8
    };
    Ok(Volume {
        channels: 1,
        shape: stack.shape,
        voxels,
        geometry: Geometry {
            affine: stack.affine,
            source: stack.affine.map(|_| GeometrySource::Dicom),
            spacing: None,
        },
        provenance: Provenance {
            format: Format::Dicom,
            sample_type,
            bits: 8 * sample_type.bytes() as u8,
            colour: Colour::Grey,
            inverted_from: None,
            notes,
            display_range: [0.0, f32::from(largest.max(1))],
            stored: StoredValues::Voxels,
            parts: Parts::default(),
            segments: segmentation.labels.clone(),
        },
        source: None,
    })
}

/// Which segments overlap, and in how many voxels.
fn overlap_note(overlaps: &BTreeMap<(u16, u16), usize>, labels: &[SegmentLabel]) -> Option<String> {
    if overlaps.is_empty() {
        return None;
    }
    let voxels: usize = overlaps.values().sum();
    let numbers: BTreeSet<u16> = overlaps.keys().flat_map(|&(a, b)| [a, b]).collect();
    let names: Vec<String> = numbers
        .iter()
        .take(MAX_NAMED)
        .map(|number| {
            let label = labels.iter().find(|label| label.number == *number);
            label.map_or_else(|| format!("segment {number}"), |label| label.name.clone())
        })
        .collect();
    Some(format!(
        "Segments overlap in {voxels} voxels ({}); there the one with the higher number is kept.",
        names.join(", ")
    ))
}

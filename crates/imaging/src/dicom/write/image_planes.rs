//! Where planes lie in the patient.

use dicom_dictionary_std::tags;

use super::referenced_series::ReferencedSeries;
use crate::Error;

/// Largest difference between two direction cosines that count as equal, and largest cosine of a right angle.
const COSINE_TOLERANCE: f64 = 1e-3;
/// Largest difference of the cosine between a stated direction and that of the affine from 1 (half a degree).
const DIRECTION_TOLERANCE: f64 = 4e-5;
/// Largest share of a voxel's side by which two positions that count as equal differ.
const POSITION_TOLERANCE: f64 = 0.01;

/// Where planes lie, in millimetres, LPS+.
pub(super) struct ImagePlanes<'a> {
    /// Frame of Reference UID.
    pub(super) frame_of_reference: &'a str,
    /// Image Position (Patient) of each plane.
    pub(super) positions: Vec<[f64; 3]>,
    /// Image Orientation (Patient): direction of a row, then of a column.
    pub(super) orientation: [[f64; 3]; 2],
    /// Pixel Spacing: between rows, then between columns.
    pub(super) spacing: [f64; 2],
    /// Distance from plane to plane, if there is one for all.
    pub(super) between: Option<f64>,
    /// Slice Thickness of the source, else the distance.
    pub(super) thickness: Option<f64>,
}

impl<'a> ImagePlanes<'a> {
    /// From the source's frame of reference and affine.
    pub(super) fn new(
        source: &ReferencedSeries<'_>,
        frame_of_reference: &'a str,
        affine: &[[f64; 4]; 4],
    ) -> Result<Self, Error> {
        let [column_step, row_step, plane_step, origin] =
            [0, 1, 2, 3].map(|axis| to_lps(affine, axis));
        let (Some(along_row), Some(along_column)) = (unit(column_step), unit(row_step)) else {
            return Err(off_grid("its voxels have no extent"));
        };
        if dot(along_row, along_column).abs() > COSINE_TOLERANCE {
            return Err(off_grid("its rows and columns do not meet at right angles"));
        }
        let spacing = [length(row_step), length(column_step)];
        let orientation = [along_row, along_column];
        if let Some(stated) = source.numbers(tags::IMAGE_ORIENTATION_PATIENT) {
            // Stated directions may be rounded, so that they are neither of unit length nor quite at right angles.
            let agrees = |stated: &[f64], own: [f64; 3]| {
                let stated = stated.first_chunk().copied().and_then(unit);
                stated.is_some_and(|stated| dot(stated, own) > 1.0 - DIRECTION_TOLERANCE)
            };
            let agree = stated.len() == 6
                && agrees(&stated, along_row)
                && stated
                    .get(3..)
                    .is_some_and(|stated| agrees(stated, along_column));
            if !agree {
                return Err(off_grid("its rows and columns run in other directions"));
            }
        }
        let computed = |plane: usize| add(origin, scale(plane_step, plane as f64));
        let positions: Vec<[f64; 3]> = source
            .planes()
            .iter()
            .enumerate()
            .map(|(plane, source)| source.image_position.unwrap_or_else(|| computed(plane)))
            .collect();
        let shift = positions
            .first()
            .map_or(0.0, |&first| length(subtract(first, origin)));
        if shift > POSITION_TOLERANCE * spacing.into_iter().fold(f64::INFINITY, f64::min) {
            return Err(off_grid("its first voxel lies elsewhere"));
        }
        let normal = cross(along_row, along_column);
        let between = even_distance(&positions, normal);
        let thickness = source
            .number(tags::SLICE_THICKNESS)
            .filter(|thickness| thickness.is_finite() && *thickness > 0.0)
            .or(between);
        Ok(Self {
            frame_of_reference,
            positions,
            orientation,
            spacing,
            between,
            thickness,
        })
    }
}

/// The distance between neighbours along the normal, where all neighbours have the same.
fn even_distance(positions: &[[f64; 3]], normal: [f64; 3]) -> Option<f64> {
    let depths: Vec<f64> = positions
        .iter()
        .map(|&position| dot(position, normal))
        .collect();
    let (first, last) = (depths.first()?, depths.last()?);
    let mean = (last - first) / depths.len().checked_sub(1).filter(|&steps| steps > 0)? as f64;
    let even = depths
        .windows(2)
        .all(|pair| matches!(pair, [one, next] if (next - one - mean).abs() <= POSITION_TOLERANCE * mean.abs()));
    (even && mean != 0.0).then_some(mean.abs())
}

/// A column of an affine in RAS+, as a vector in LPS+.
fn to_lps(affine: &[[f64; 4]; 4], axis: usize) -> [f64; 3] {
    let [x, y, z, _] = affine.map(|row| row.get(axis).copied().unwrap_or(0.0));
    [-x, -y, z]
}

fn dot(left: [f64; 3], right: [f64; 3]) -> f64 {
    left.iter().zip(right).map(|(a, b)| a * b).sum()
}

fn cross([a, b, c]: [f64; 3], [x, y, z]: [f64; 3]) -> [f64; 3] {
    [b * z - c * y, c * x - a * z, a * y - b * x]
}

fn add([a, b, c]: [f64; 3], [x, y, z]: [f64; 3]) -> [f64; 3] {
    [a + x, b + y, c + z]
}

fn subtract(left: [f64; 3], right: [f64; 3]) -> [f64; 3] {
    add(left, scale(right, -1.0))
}

fn scale(vector: [f64; 3], factor: f64) -> [f64; 3] {
    vector.map(|component| component * factor)
}

fn length(vector: [f64; 3]) -> f64 {
    dot(vector, vector).sqrt()
}

fn unit(vector: [f64; 3]) -> Option<[f64; 3]> {
    let length = length(vector);
    (length.is_finite() && length > 0.0).then(|| scale(vector, 1.0 / length))
}

fn off_grid(detail: &'static str) -> Error {
    Error::OffGrid { detail }
}

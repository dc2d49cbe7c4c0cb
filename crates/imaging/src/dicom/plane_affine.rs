//! From the directions, sizes and positions of images to a matrix (PS3.3 section C.7.6.2.1.1).

use super::plane::normal;
use super::plane_gaps::step;
use super::plane_image::Image;
use super::plane_order::position;
use super::vector::{Vector, dot, length, zip};
use crate::Limits;
use crate::geometry::{Affine, Grid, RightAngles};

/// A stack whose step is less along the normal leans (a quarter of a degree).
const LEANING_COSINE: f64 = 0.999_99;
/// Direction cosines that differ by more from exact ones are said to be rounded.
const ROUNDED_COSINE: f64 = 1e-3;

/// Two directions of unit length, the second at a right angle to the first.
fn at_right_angles([first, second]: [Vector; 2]) -> [Vector; 2] {
    let unit = |vector: Vector| {
        let length = length(vector);
        vector.map(|part| part / length)
    };
    let first = unit(first);
    let along = dot(first, second);
    let second = unit(zip(second, first, |second, first| second - along * first));
    [first, second]
}

/// From voxel (column, row, plane) to millimetres in RAS+; `None` where directions or sizes are missing or make no grid.
pub(super) fn affine(images: &[Image<'_>], notes: &mut Vec<String>) -> Option<Affine> {
    let first = images.first()?;
    let geometry = first.geometry();
    let ([along_row, along_column], [between_rows, between_columns]) =
        (geometry.orientation?, geometry.spacing?);
    let stated = [along_row, along_column];
    // Direction cosines as written have six digits or so.
    let is_unit = |vector: Vector| (length(vector) - 1.0).abs() < 1e-2;
    if !is_unit(along_row) || !is_unit(along_column) || dot(along_row, along_column).abs() > 1e-2 {
        return None;
    }
    let [along_row, along_column] = at_right_angles(stated);
    let is_rounded = stated
        .iter()
        .flatten()
        .zip([along_row, along_column].iter().flatten())
        .any(|(stated, exact)| (stated - exact).abs() > ROUNDED_COSINE);
    let [along_row, along_column] = if is_rounded {
        notes.push(
            "The directions of rows and columns are rounded; they were brought to unit length and a right angle."
                .to_owned(),
        );
        [along_row, along_column]
    } else {
        stated
    };
    let mut leaning = 1.0_f64;
    let plane_step = if images.len() > 1 {
        let step = step(images);
        let normal = normal(&[along_row, along_column]);
        leaning = dot(step, normal).abs() / length(step);
        step
    } else {
        let thickness = geometry.thickness.unwrap_or_else(|| {
            notes.push("The thickness of the image is not given; 1 mm is assumed.".to_owned());
            1.0
        });
        normal(&[along_row, along_column]).map(|part| part * thickness)
    };
    // LPS+ to RAS+.
    let row = |axis: usize, sign: f64| -> Option<[f64; 4]> {
        Some([
            sign * along_row.get(axis)? * between_columns,
            sign * along_column.get(axis)? * between_rows,
            sign * plane_step.get(axis)?,
            sign * position(first).get(axis)?,
        ])
    };
    let affine = [
        row(0, -1.0)?,
        row(1, -1.0)?,
        row(2, 1.0)?,
        [0.0, 0.0, 0.0, 1.0],
    ];
    // -0 would look odd wherever the matrix is shown.
    let affine = affine.map(|row| row.map(|value| value + 0.0));
    let rows_and_columns = first.file.pixel;
    let shape = [
        images.len(),
        rows_and_columns.rows,
        rows_and_columns.columns,
    ];
    let grid = Grid::new(shape, affine).ok()?;
    if leaning < LEANING_COSINE {
        let as_nifti = match RightAngles::plan(&grid, &Limits::default()) {
            Ok(Some(way)) => format!(
                "a mask saved as NIfTI is brought to right angles, up to {:.2} mm from where it was; ",
                way.largest_displacement()
            ),
            Ok(None) | Err(_) => String::new(),
        };
        notes.push(format!(
            "The stack leans by {:.1} degrees, as with a tilted gantry; {as_nifti}saved as NRRD it keeps the image's own voxels.",
            leaning.acos().to_degrees()
        ));
    }
    Some(affine)
}

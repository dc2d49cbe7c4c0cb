//! The corrected mask in pixels of a plane: filled, with an outline, and only as much of it as has changed.

use protocol::{BoundingBox, ClassInfo};

use crate::view::slice_plane::SlicePlane;

/// Opacity of an outline: the line is what is judged.
const LINE: u8 = 255;
/// Opacity of errors.
const ERROR: u8 = 235;

/// A rectangle of pixels of a plane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patch {
    /// First row and column.
    pub first: [usize; 2],
    /// Rows and columns.
    pub size: [usize; 2],
}

impl Patch {
    /// All of a plane.
    #[must_use]
    pub const fn whole(size: [usize; 2]) -> Self {
        Self {
            first: [0, 0],
            size,
        }
    }

    /// What has to be drawn anew on a slice when voxels in a box have changed: their pixels and those around them, whose
    /// outline may have changed; none where the slice is not touched.
    #[must_use]
    pub fn of(
        area: &BoundingBox,
        plane: &SlicePlane,
        shape: [usize; 3],
        slice: usize,
    ) -> Option<Self> {
        let (from, to) = (plane.slice(area.first), plane.slice(area.last));
        if !(from..=to).contains(&slice) {
            return None;
        }
        let (one, other) = (
            plane.pixel(shape, area.first),
            plane.pixel(shape, area.last),
        );
        let size = plane.size(shape);
        let ends = |axis: usize| {
            let of = |pair: [usize; 2]| pair.get(axis).copied().unwrap_or(0);
            let low = of(one).min(of(other)).saturating_sub(1);
            let high = (of(one).max(of(other)) + 2).min(of(size));
            (low, high.saturating_sub(low))
        };
        let ((top, height), (left, width)) = (ends(0), ends(1));
        (height > 0 && width > 0).then_some(Self {
            first: [top, left],
            size: [height, width],
        })
    }
}

/// What a layer is drawn from.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// Class identifiers, `[planes, rows, columns]`.
    pub mask: &'a [u8],
    /// True labels of the same shape, where mistakes are to be shown.
    pub labels: Option<&'a [u8]>,
    /// Planes, rows and columns.
    pub shape: [usize; 3],
    /// The classes with their colours.
    pub classes: &'a [ClassInfo],
    /// Opacity inside of the outline, 0 to 1.
    pub fill: f32,
}

/// The pixels of a patch, RGBA: transparent background, classes filled in their colours with an opaque outline of one
/// pixel, and, with labels, mistakes in the colours of errors.
#[must_use]
pub fn pixels(source: &Source<'_>, plane: &SlicePlane, slice: usize, patch: &Patch) -> Vec<u8> {
    let Source { mask, shape, .. } = *source;
    let [rows, columns] = plane.size(shape);
    let strides = [1, shape[2], shape[1] * shape[2]];
    let origin = plane.voxel(shape, slice, [0, 0]);
    let start: usize = origin
        .iter()
        .zip(strides)
        .map(|(at, stride)| at * stride)
        .sum();
    // A reversed axis is walked backwards from the origin.
    let step = |direction: crate::view::slice_plane::AxisDirection| {
        let stride = direction.axis.of(strides) as isize;
        if direction.reversed { -stride } else { stride }
    };
    let (down, across) = (step(plane.down), step(plane.across));
    let index = |row: usize, column: usize| {
        start.wrapping_add_signed(row as isize * down + column as isize * across)
    };
    let class_at = |row: usize, column: usize| mask.get(index(row, column)).copied().unwrap_or(0);
    let mut colours = [[255_u8; 3]; 256];
    for class in source.classes {
        if let Some(colour) = colours.get_mut(usize::from(class.id)) {
            *colour = class.colour;
        }
    }
    let fill = (source.fill.clamp(0.0, 1.0) * 255.0).round() as u8;
    let [top, left] = patch.first;
    let [height, width] = patch.size;
    let mut rgba = Vec::with_capacity(4 * height * width);
    for row in top..top + height {
        for column in left..left + width {
            let class = class_at(row, column);
            let wrong = source.labels.and_then(|labels| {
                let label = labels.get(index(row, column)).copied()?;
                error_colour(class, label, row, column)
            });
            if let Some([red, green, blue]) = wrong {
                rgba.extend([red, green, blue, ERROR]);
            } else if class == 0 {
                rgba.extend([0; 4]);
            } else {
                let beside = |row: usize, column: usize| {
                    row < rows && column < columns && class_at(row, column) != class
                };
                let is_line = (row > 0 && beside(row - 1, column))
                    || beside(row + 1, column)
                    || (column > 0 && beside(row, column - 1))
                    || beside(row, column + 1);
                let [red, green, blue] =
                    colours.get(usize::from(class)).copied().unwrap_or([255; 3]);
                rgba.extend([red, green, blue, if is_line { LINE } else { fill }]);
            }
        }
    }
    rgba
}

/// The colour of a mistake: solid where the mask says too much or another class, chequered where it misses.
fn error_colour(class: u8, label: u8, row: usize, column: usize) -> Option<[u8; 3]> {
    use crate::view::compose::{FIELD, MISSED, WRONG};
    match (class, (row / FIELD + column / FIELD).is_multiple_of(2)) {
        (class, _) if class == label => None,
        (0, true) => Some(MISSED),
        (0, false) => None,
        _ => Some(WRONG),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;
    use crate::results::outcome::tests::model;
    use crate::view::slice_plane::{Axis, AxisDirection};

    const SHAPE: [usize; 3] = [3, 5, 6];

    fn views() -> Vec<SlicePlane> {
        let along = |axis, reversed| AxisDirection { axis, reversed };
        vec![
            SlicePlane::STORED,
            SlicePlane {
                through: Axis::Row,
                across: along(Axis::Column, true),
                down: along(Axis::Plane, true),
            },
            SlicePlane {
                through: Axis::Column,
                across: along(Axis::Row, true),
                down: along(Axis::Plane, false),
            },
        ]
    }

    fn source<'a>(
        mask: &'a [u8],
        classes: &'a [ClassInfo],
        labels: Option<&'a [u8]>,
    ) -> Source<'a> {
        Source {
            mask,
            labels,
            shape: SHAPE,
            classes,
            fill: 0.4,
        }
    }

    #[test]
    fn a_patch_shows_the_voxels_that_its_plane_says() {
        let mask: Vec<u8> = (0..90).map(|index| u8::from(index % 7 < 3)).collect();
        let classes = model().classes;
        for plane in views() {
            let size = plane.size(SHAPE);
            for slice in 0..plane.slices(SHAPE) {
                let found = pixels(
                    &source(&mask, &classes, None),
                    &plane,
                    slice,
                    &Patch::whole(size),
                );
                let expected = plane.extract(&mask, SHAPE, slice);
                let drawn: Vec<u8> = found
                    .chunks_exact(4)
                    .map(|pixel| u8::from(pixel[3] > 0))
                    .collect();
                assert_eq!(drawn, expected, "{plane:?} {slice}");
            }
        }
    }

    #[test]
    fn what_is_drawn_in_patches_is_what_is_drawn_as_a_whole() {
        // Every change of one voxel: the whole drawn before, with the patch over it, is the whole drawn after.
        let classes = model().classes;
        let before: Vec<u8> = (0..90).map(|index| u8::from(index % 5 < 3)).collect();
        for plane in views() {
            let size = plane.size(SHAPE);
            for slice in 0..plane.slices(SHAPE) {
                for changed in 0..90 {
                    let mut after = before.clone();
                    after[changed] = 1 - after[changed];
                    let voxel = [changed % 6, changed / 6 % 5, changed / 30];
                    let area = BoundingBox {
                        first: voxel,
                        last: voxel,
                    };
                    let whole = Patch::whole(size);
                    let mut shown = pixels(&source(&before, &classes, None), &plane, slice, &whole);
                    if let Some(patch) = Patch::of(&area, &plane, SHAPE, slice) {
                        let part = pixels(&source(&after, &classes, None), &plane, slice, &patch);
                        for (row, line) in part.chunks_exact(4 * patch.size[1]).enumerate() {
                            let at = 4 * ((patch.first[0] + row) * size[1] + patch.first[1]);
                            shown[at..at + line.len()].copy_from_slice(line);
                        }
                    }
                    let expected = pixels(&source(&after, &classes, None), &plane, slice, &whole);
                    assert_eq!(shown, expected, "{plane:?} {slice} {changed}");
                }
            }
        }
    }

    #[test]
    fn objects_are_filled_within_an_opaque_line_and_mistakes_stand_out() {
        let mut mask = vec![0; 90];
        for row in 1..4 {
            for column in 1..4 {
                mask[row * 6 + column] = 1;
            }
        }
        let classes = model().classes;
        let whole = Patch::whole([5, 6]);
        let drawn = pixels(
            &source(&mask, &classes, None),
            &SlicePlane::STORED,
            0,
            &whole,
        );
        let pixel = |drawn: &[u8], at: usize| {
            [
                drawn[4 * at],
                drawn[4 * at + 1],
                drawn[4 * at + 2],
                drawn[4 * at + 3],
            ]
        };
        assert_eq!(pixel(&drawn, 14), [230, 159, 0, 102]);
        assert_eq!(pixel(&drawn, 7), [230, 159, 0, 255]);
        assert_eq!(pixel(&drawn, 0)[3], 0);
        let mut labels = mask.clone();
        (labels[14], labels[0]) = (0, 1);
        let drawn = pixels(
            &source(&mask, &classes, Some(&labels)),
            &SlicePlane::STORED,
            0,
            &whole,
        );
        assert_eq!(pixel(&drawn, 14)[..3], [0xd8, 0x1b, 0x60]);
        assert_eq!(pixel(&drawn, 0)[..3], [0x1e, 0x88, 0xe5]);
    }
}

//! From a place on the screen to one in the image, and back.

use crate::view::slice_plane::{Axis, AxisDirection, SlicePlane};
use crate::view::zoom::{Extent, View};

/// Row and column of a plane at a canvas position, with pixel centres at whole numbers; outside of the image too.
#[must_use]
pub fn on_plane(view: View, extent: &Extent, at: [f64; 2]) -> [f64; 2] {
    let [width, height] = view.pixel_size(extent);
    [
        (at[1] - view.top) / height - 0.5,
        (at[0] - view.left) / width - 0.5,
    ]
}

/// Canvas position of a row and a column of a plane.
#[must_use]
pub fn on_canvas(view: View, extent: &Extent, [row, column]: [f64; 2]) -> [f64; 2] {
    let [width, height] = view.pixel_size(extent);
    [
        view.left + (column + 0.5) * width,
        view.top + (row + 0.5) * height,
    ]
}

/// Plane, row and column of the image at a row and a column of a view's slice.
#[must_use]
pub fn in_image(
    plane: &SlicePlane,
    [planes, rows, columns]: [usize; 3],
    slice: usize,
    [row, column]: [f64; 2],
) -> [f64; 3] {
    let lengths = [columns, rows, planes];
    let walked = |direction: AxisDirection, step: f64| {
        if direction.reversed {
            direction.axis.of(lengths) as f64 - 1.0 - step
        } else {
            step
        }
    };
    let of = |axis: Axis| {
        if axis == plane.through {
            slice as f64
        } else if axis == plane.down.axis {
            walked(plane.down, row)
        } else {
            walked(plane.across, column)
        }
    };
    [of(Axis::Plane), of(Axis::Row), of(Axis::Column)]
}

/// The two axes of a slice that a lasso is drawn on, in the order of a shape, from a place in the image.
#[must_use]
pub const fn on_axes(plane: &SlicePlane, [at, row, column]: [f64; 3]) -> [f64; 2] {
    match plane.through {
        Axis::Plane => [row, column],
        Axis::Row => [at, column],
        Axis::Column => [at, row],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: [usize; 3] = [3, 5, 7];

    #[test]
    fn places_agree_with_the_voxels_that_a_plane_shows() {
        for (through, down, across) in [
            (Axis::Plane, Axis::Row, Axis::Column),
            (Axis::Row, Axis::Plane, Axis::Column),
            (Axis::Column, Axis::Plane, Axis::Row),
        ] {
            for (reversed_down, reversed_across) in [(false, true), (true, false)] {
                let direction = |axis, reversed| AxisDirection { axis, reversed };
                let plane = SlicePlane {
                    through,
                    down: direction(down, reversed_down),
                    across: direction(across, reversed_across),
                };
                let [column, row, at] = plane.voxel(SHAPE, 2, [1, 2]);
                let found = in_image(&plane, SHAPE, 2, [1.0, 2.0]);
                assert_eq!(found, [at, row, column].map(|at| at as f64));
            }
        }
    }

    #[test]
    fn the_canvas_and_the_plane_agree() {
        let extent = Extent {
            size: [5, 7],
            stretch: [1.0, 2.0],
            canvas: [140.0, 200.0],
        };
        let view = View::fit(&extent);
        let centre = view.centre([3, 4], &extent);
        assert_eq!(on_plane(view, &extent, centre), [3.0, 4.0]);
        assert_eq!(on_canvas(view, &extent, [3.0, 4.0]), centre);
    }
}

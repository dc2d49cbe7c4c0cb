//! Sheared grids brought to right angles, for programs that know no others.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use imaging::geometry::{Affine, RightAngles};
use imaging::{Grid, Limits};
use proptest::prelude::*;

const LAST: [f64; 4] = [0.0, 0.0, 0.0, 1.0];

/// Planes 2 mm apart that are shifted by `lean` mm along the rows from one to the next.
fn leaning(lean: f64) -> Affine {
    [
        [-0.5, 0.0, 0.0, 10.0],
        [0.0, -0.5, lean, 20.0],
        [0.0, 0.0, 2.0, -30.0],
        LAST,
    ]
}

fn plan(shape: [usize; 3], affine: Affine) -> Option<RightAngles> {
    let grid = Grid::new(shape, affine).unwrap();
    RightAngles::plan(&grid, &Limits::default()).unwrap()
}

#[test]
fn what_is_at_right_angles_stays() {
    assert!(plan([4, 5, 6], leaning(0.0)).is_none());
}

#[test]
fn a_leaning_stack_keeps_its_planes_and_columns() {
    // Two rows' width from plane to plane: every centre stays on a centre.
    let way = plan([3, 4, 5], leaning(1.0)).unwrap();
    let to = way.to_grid();
    assert_eq!(to.shape(), [3, 4 + 4, 5]);
    assert_eq!(to.spacing(), [2.0, 0.5, 0.5]);
    assert_eq!(way.largest_displacement(), 0.0);
    let labels: Vec<u8> = (1..=60).collect();
    let turned = way.apply(&labels, 0).unwrap();
    assert_eq!(turned.iter().filter(|&&label| label > 0).count(), 60);
    for (index, label) in turned.iter().enumerate().filter(|(_, label)| **label > 0) {
        let own = usize::from(*label) - 1;
        let place = |grid: &Grid, index: usize| {
            let [_, rows, columns] = grid.shape();
            let voxel = [
                index % columns,
                index / columns % rows,
                index / columns / rows,
            ];
            grid.to_patient(voxel.map(|place| place as f64))
        };
        let from = Grid::new([3, 4, 5], leaning(1.0)).unwrap();
        let distance: f64 = place(to, index)
            .iter()
            .zip(place(&from, own))
            .map(|(a, b)| (a - b).abs())
            .sum();
        assert!(distance < 1e-9, "{index}: {distance}");
    }
}

#[test]
fn between_rows_the_nearest_is_taken_and_half_a_row_is_the_most() {
    let way = plan([10, 40, 5], leaning(0.3)).unwrap();
    assert!((way.largest_displacement() - 0.25).abs() < 1e-9);
}

#[test]
fn where_voxels_hardly_move_they_all_stay() {
    // Over three steps a tenth of a millimetre, half of it to either side of the middle.
    let way = plan([4, 5, 6], leaning(0.1 / 3.0)).unwrap();
    assert_eq!(way.to_grid().shape(), [4, 5, 6]);
    assert!((way.largest_displacement() - 0.05).abs() < 1e-9);
    let values: Vec<u16> = (0..120).collect();
    assert_eq!(way.apply(&values, 7).unwrap(), values);
    way.apply(&values[1..], 7).unwrap_err();
}

proptest! {
    /// Whatever the shear: the axes are at right angles, every voxel of the source has a place, and no value comes from
    /// farther away than is said.
    #[test]
    fn any_shear_is_covered(
        shears in [-0.8_f64..0.8, -0.8..0.8, -0.8..0.8],
        sizes in [0.3_f64..3.0, 0.3..3.0, 0.3..3.0],
        angle in 0.0_f64..6.0,
        shape in [1_usize..7, 1..7, 1..7],
    ) {
        let [a, b, c] = shears;
        let (sine, cosine) = angle.sin_cos();
        let columns = [cosine, sine, 0.0].map(|part| part * sizes[0]);
        let rows = [-sine + a * cosine, cosine + a * sine, 0.0].map(|part| part * sizes[1]);
        let planes = [b * cosine - c * sine, b * sine + c * cosine, -1.0].map(|part| part * sizes[2]);
        let row = |axis: usize| [columns[axis], rows[axis], planes[axis], 5.0];
        let from = Grid::new(shape, [row(0), row(1), row(2), LAST]).unwrap();
        let Some(way) = RightAngles::plan(&from, &Limits::default()).unwrap() else {
            return Ok(());
        };
        let to = way.to_grid();
        let affine = to.affine();
        let column = |axis: usize| [affine[0][axis], affine[1][axis], affine[2][axis]];
        let dot = |a: [f64; 3], b: [f64; 3]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        for (first, second) in [(0, 1), (0, 2), (1, 2)] {
            prop_assert!(dot(column(first), column(second)).abs() < 1e-9);
        }
        let ids: Vec<u32> = (1..=from.voxels() as u32).collect();
        let turned = way.apply(&ids, 0).unwrap();
        let voxel = |shape: [usize; 3], index: usize| {
            let [_, rows, columns] = shape;
            [index % columns, index / columns % rows, index / columns / rows].map(|at| at as f64)
        };
        for (index, &id) in turned.iter().enumerate().filter(|(_, id)| **id > 0) {
            let here = to.to_patient(voxel(to.shape(), index));
            let there = from.to_patient(voxel(shape, id as usize - 1));
            let offset: [f64; 3] = std::array::from_fn(|axis| here[axis] - there[axis]);
            let distance = dot(offset, offset).sqrt();
            prop_assert!(distance <= way.largest_displacement() + 1e-6, "{distance}");
        }
        if to.shape() == shape {
            return Ok(());
        }
        // The box holds every centre, give or take a thousandth of a voxel.
        for index in 0..from.voxels() {
            let place = to.to_voxel(from.to_patient(voxel(shape, index)));
            let [planes, rows, columns] = to.shape().map(|length| length as f64);
            for (at, length) in place.into_iter().zip([columns, rows, planes]) {
                prop_assert!((-0.01..=length - 0.99).contains(&at), "{at} of {length}");
            }
        }
    }
}

//! Grids, axes turned round, voxel sizes changed: there, where other programs go, and back.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod grid_to_grid;
mod refusals;

use imaging::geometry::{
    Affine, AxisCodes, Reorientation, Resampling, labels_to_grid, resample_linear,
    resample_nearest, resample_to_grid,
};
use imaging::{Error, Grid, Limits};
use proptest::prelude::*;

/// The small volume of the tables below: `a = (numpy.arange(60) * 7 % 23).astype(numpy.float32).reshape(3, 4, 5)`.
fn small() -> Vec<f32> {
    (0..60_u8)
        .map(|index| f32::from(index) * 7.0 % 23.0)
        .collect()
}

fn assert_close(found: &[f32], expected: &[f32], tolerance: f32) {
    assert_eq!(found.len(), expected.len());
    for (index, (a, b)) in found.iter().zip(expected).enumerate() {
        assert!(
            (a - b).abs() <= tolerance,
            "value {index}: {a}, expected {b}"
        );
    }
}

/// Rotation by Euler angles (degrees) after zooms, optionally sheared and mirrored.
fn affine(angles: [f64; 3], zooms: [f64; 3], shear: f64, mirrored: bool) -> Affine {
    let [a, b, c] = angles.map(f64::to_radians);
    let (ca, sa, cb, sb, cc, sc) = (a.cos(), a.sin(), b.cos(), b.sin(), c.cos(), c.sin());
    let rotation = [
        [cb * cc, sa * sb * cc - ca * sc, ca * sb * cc + sa * sc],
        [cb * sc, sa * sb * sc + ca * cc, ca * sb * sc - sa * cc],
        [-sb, sa * cb, ca * cb],
    ];
    let sign = if mirrored { -1.0 } else { 1.0 };
    let mut result = [[0.0; 4]; 4];
    for (row, values) in rotation.iter().enumerate() {
        result[row][0] = sign * values[0] * zooms[0];
        result[row][1] = (values[1] + shear * values[0]) * zooms[1];
        result[row][2] = (values[2] + shear * values[1]) * zooms[2];
        result[row][3] = [-31.5, 12.25, 700.0][row];
    }
    result[3][3] = 1.0;
    result
}

fn any_affine() -> impl Strategy<Value = Affine> {
    (
        [-180.0..180.0, -180.0..180.0, -180.0..180.0],
        [0.3..4.0, 0.3..4.0, 0.3..9.0],
        prop_oneof![Just(0.0), -0.8..0.8],
        any::<bool>(),
    )
        .prop_map(|(angles, zooms, shear, mirrored)| affine(angles, zooms, shear, mirrored))
}

#[test]
fn all_48_orientations_there_and_back_are_exact() {
    let values: Vec<u16> = (0..2 * 3 * 4 * 5).collect();
    let affines = [
        affine([0.0; 3], [2.0, 3.0, 4.0], 0.0, false),
        affine([0.0; 3], [2.0, 3.0, 4.0], 0.0, true),
        affine([20.0, -35.0, 110.0], [0.5, 0.7, 3.0], 0.0, true),
        affine([-70.0, 10.0, 60.0], [1.0, 1.0, 5.0], 0.3, false),
    ];
    for affine in affines {
        let grid = Grid::new([3, 4, 5], affine).unwrap();
        for wanted in AxisCodes::all() {
            let way = Reorientation::to(&grid, wanted);
            assert_eq!(way.to_grid().orientation(), wanted);
            let turned = way.apply(&values).unwrap();
            assert_eq!(way.undo(&turned).unwrap(), values, "{wanted}");
            assert_eq!(way.is_identity(), grid.orientation() == wanted);
            // Every voxel is still where it was in the patient.
            let [planes, rows, columns] = way.to_grid().shape();
            for plane in 0..planes {
                for row in 0..rows {
                    for column in 0..columns {
                        let value = turned[(plane * rows + row) * columns + column];
                        let (old_plane, old_row, old_column) =
                            (value / 20, value / 5 % 4, value % 5);
                        let new = [column, row, plane].map(|index| index as f64);
                        let old = [old_column, old_row, old_plane].map(f64::from);
                        let (new, old) = (way.to_grid().to_patient(new), grid.to_patient(old));
                        for (a, b) in new.iter().zip(old) {
                            assert!((a - b).abs() < 1e-9, "{wanted}: {new:?} {old:?}");
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn one_slice_volumes_turn_in_every_direction() {
    for shape in [[1, 4, 5], [3, 1, 5], [3, 4, 1], [1, 1, 1]] {
        let values: Vec<u8> = (0..shape.iter().product::<usize>() as u8).collect();
        let grid = Grid::axis_aligned(shape, [2.0, 1.0, 1.0]).unwrap();
        for wanted in AxisCodes::all() {
            let way = Reorientation::to(&grid, wanted);
            assert_eq!(way.undo(&way.apply(&values).unwrap()).unwrap(), values);
        }
        let resampling = Resampling::plan(&grid, [1.0; 3], &Limits::default()).unwrap();
        assert_eq!(resampling.to_grid().shape()[0], 2 * shape[0]);
        let back = resampling
            .backward_nearest(&resampling.forward_nearest(&values).unwrap())
            .unwrap();
        assert_eq!(back, values);
        let onto = labels_to_grid(&values, &grid, resampling.to_grid(), 99).unwrap();
        assert_eq!(onto, resampling.forward_nearest(&values).unwrap());
    }
}

/// `skimage.transform.resize(a, (2, 6, 3), order=1, mode="edge", anti_aliasing=False, clip=False)`
#[test]
fn linear_resampling_equals_scikit_image() {
    let expected = [
        2.833333, 14.5, 8.916667, 8.833333, 9.0, 12.041667, 13.0, 5.5, 14.291667, 5.666666, 13.5,
        10.791667, 9.833333, 10.0, 13.041667, 15.833333, 4.5, 16.166666, 5.833334, 17.5, 6.166666,
        8.958333, 12.0, 12.166667, 11.208333, 8.5, 16.333334, 7.708334, 16.5, 9.0, 9.958333, 13.0,
        13.166667, 13.083333, 7.5, 19.166666,
    ];
    let found = resample_linear(&small(), [3, 4, 5], [2, 6, 3]).unwrap();
    assert_close(&found, &expected, 3e-6);
    // Two channels are two volumes.
    let twice = resample_linear(&small().repeat(2), [3, 4, 5], [2, 6, 3]).unwrap();
    assert_eq!(twice, found.repeat(2));
}

/// As above with `order=0`.
#[test]
fn nearest_resampling_equals_scikit_image() {
    let expected: [u8; 36] = [
        0, 14, 5, 12, 3, 17, 12, 3, 17, 1, 15, 6, 13, 4, 18, 13, 4, 18, 4, 18, 9, 16, 7, 21, 16, 7,
        21, 5, 19, 10, 17, 8, 22, 17, 8, 22,
    ];
    let labels: Vec<u8> = small().iter().map(|&value| value as u8).collect();
    assert_eq!(
        resample_nearest(&labels, [3, 4, 5], [2, 6, 3]).unwrap(),
        expected
    );
}

/// nnU-Net's way with a coarse axis:
/// ```text
/// s = numpy.stack([resize(x, (6, 3), order=1, mode="edge", anti_aliasing=False, clip=False) for x in a])
/// g = numpy.mgrid[:7, :6, :3].astype(float)
/// b = scipy.ndimage.map_coordinates(s, [3 / 7 * (g[0] + .5) - .5, g[1], g[2]], order=0, mode="nearest")
/// b[:, ::3], b.sum()
/// ```
#[test]
fn a_coarse_axis_is_not_interpolated_across() {
    let grid = Grid::axis_aligned([3, 4, 5], [7.0, 1.5, 0.6]).unwrap();
    let way = Resampling::plan(&grid, [3.0, 1.0, 1.0], &Limits::default()).unwrap();
    assert_eq!(
        (way.to_grid().shape(), way.coarse_axis()),
        ([7, 6, 3], Some(0))
    );
    let found = way.forward(&small()).unwrap();
    let first = [2.333333, 14.0, 10.333333, 5.166666, 13.0, 11.888889];
    let second = [4.333334, 16.0, 4.666666, 7.166666, 15.0, 7.5];
    let third = [6.333334, 18.0, 6.666666, 7.888889, 17.0, 9.5];
    let expected = [first, first, second, second, second, third, third].concat();
    let rows: Vec<f32> = found
        .chunks_exact(3)
        .step_by(3)
        .flatten()
        .copied()
        .collect();
    assert_close(&rows, &expected, 3e-6);
    assert!((found.iter().sum::<f32>() - 1386.0).abs() < 0.01);
}

#[test]
fn a_plan_keeps_the_field_of_view() {
    let affine = affine([20.0, -35.0, 110.0], [0.5, 0.7, 1.4], 0.0, true);
    let grid = Grid::new([10, 33, 41], affine).unwrap();
    let way = Resampling::plan(&grid, [1.0, 1.0, 1.0], &Limits::default()).unwrap();
    // round(10 * 1.4 / 1), round(33 * 0.7 / 1), round(41 * 0.5 / 1): 20.5 rounds to even.
    assert_eq!(way.to_grid().shape(), [14, 23, 20]);
    assert_eq!(way.to_grid().orientation(), grid.orientation());
    for (new, expected) in
        way.to_grid()
            .spacing()
            .iter()
            .zip([1.0, 0.7 * 33.0 / 23.0, 0.5 * 41.0 / 20.0])
    {
        assert!((new - expected).abs() < 1e-12);
    }
    for corner in [[-0.5, -0.5, -0.5], [40.5, 32.5, 9.5]] {
        let place = grid.to_patient(corner);
        let new = way.to_grid().to_voxel(place);
        let expected = if corner[0] < 0.0 {
            corner
        } else {
            [19.5, 22.5, 13.5]
        };
        for (a, b) in new.iter().zip(expected) {
            assert!((a - b).abs() < 1e-9, "{new:?}");
        }
    }
    // Through the patient's coordinates it is the same.
    let values: Vec<f32> = (0..grid.voxels())
        .map(|index| (index % 97) as f32)
        .collect();
    let onto = resample_to_grid(&values, &grid, way.to_grid(), -1.0).unwrap();
    assert_close(&way.forward(&values).unwrap(), &onto, 1e-3);
}

#[test]
fn anisotropy_is_handled_as_by_nnu_net() {
    for (old, new, expected) in [
        ([1.0, 1.0, 1.0], [1.0, 1.0, 1.0], None),
        ([3.0, 1.0, 1.0], [1.0, 1.0, 1.0], None),
        ([3.1, 1.0, 1.0], [1.0, 1.0, 1.0], Some(0)),
        ([1.0, 1.0, 1.0], [1.0, 5.0, 1.0], Some(1)),
        ([1.0, 1.0, 4.0], [9.0, 1.0, 1.0], Some(2)),
        // Two coarse axes: everything is interpolated, and the new spacing is not asked.
        ([0.24, 1.25, 1.25], [9.0, 1.0, 1.0], None),
    ] {
        let grid = Grid::axis_aligned([4, 4, 4], old).unwrap();
        let way = Resampling::plan(&grid, new, &Limits::default()).unwrap();
        assert_eq!(way.coarse_axis(), expected, "{old:?} {new:?}");
    }
}

#[test]
fn values_that_are_not_finite_stay_where_they_are() {
    let values = [1.0, f32::NAN, 3.0, f32::INFINITY, 5.0];
    let same = resample_linear(&values, [1, 1, 5], [1, 1, 5]).unwrap();
    assert!(same[1].is_nan() && same[0] == 1.0 && same[3] == f32::INFINITY);
    let tripled = resample_linear(&values, [1, 1, 5], [1, 1, 15]).unwrap();
    assert_eq!((tripled[1], tripled[7], tripled[13]), (1.0, 3.0, 5.0));
    let grid = Grid::axis_aligned([1, 1, 5], [1.0; 3]).unwrap();
    let same = resample_to_grid(&values, &grid, &grid, 0.0).unwrap();
    assert_eq!((same[0], same[2], same[4]), (1.0, 3.0, 5.0));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn places_and_voxels_are_each_others_inverse(affine in any_affine(), voxel in [-50.0..50.0, -50.0..50.0, -50.0..50.0]) {
        let grid = Grid::new([2, 3, 4], affine).unwrap();
        let back = grid.to_voxel(grid.to_patient(voxel));
        for (a, b) in back.iter().zip(voxel) {
            prop_assert!((a - b).abs() < 1e-6, "{back:?} {voxel:?}");
        }
    }

    #[test]
    fn any_orientation_of_any_grid_is_undone_without_loss(
        affine in any_affine(),
        shape in [1..6_usize, 1..6_usize, 1..6_usize],
        wanted in 0..48_usize,
        channels in 0..4_usize,
    ) {
        let grid = Grid::new(shape, affine).unwrap();
        let wanted = AxisCodes::all().nth(wanted).unwrap();
        let way = Reorientation::to(&grid, wanted);
        let values: Vec<u32> = (0..(channels * grid.voxels()) as u32).collect();
        let turned = way.apply(&values).unwrap();
        prop_assert_eq!(way.undo(&turned).unwrap(), values);
        prop_assert_eq!(way.to_grid().orientation(), wanted);
        let again = Reorientation::to(way.to_grid(), grid.orientation());
        prop_assert!(again.to_grid().is_close_to(&grid));
    }

    /// A ramp along each axis: after there and back no value is off by more than what half a voxel of the coarser grid
    /// makes. Along a coarse axis, where the nearest voxel is taken both times, half a voxel of each grid.
    #[test]
    fn there_and_back_is_the_identity_within_half_a_voxel(
        shape in [1..14_usize, 1..14_usize, 1..14_usize],
        old in [0.4..4.0, 0.4..4.0, 0.4..4.0],
        new in [0.4..4.0, 0.4..4.0, 0.4..4.0],
        slope in [-3.0..3.0_f64, -3.0..3.0_f64, -3.0..3.0_f64],
    ) {
        let grid = Grid::axis_aligned(shape, old).unwrap();
        let way = Resampling::plan(&grid, new, &Limits::default()).unwrap();
        let [_, rows, columns] = shape;
        let field: Vec<f32> = (0..grid.voxels())
            .map(|index| {
                let place = [index / (rows * columns), index / columns % rows, index % columns];
                // Per millimetre.
                (0..3).map(|axis| slope[axis] * old[axis] * place[axis] as f64).sum::<f64>() as f32
            })
            .collect();
        let back = way.backward(&way.forward(&field).unwrap()).unwrap();
        let reached = way.to_grid().spacing();
        let allowed: f64 = (0..3)
            .map(|axis| {
                let distance = if way.coarse_axis() == Some(axis) {
                    old[axis] + reached[axis]
                } else {
                    old[axis].max(reached[axis])
                };
                slope[axis].abs() * distance / 2.0
            })
            .sum();
        for (a, b) in back.iter().zip(&field) {
            prop_assert!(f64::from((a - b).abs()) <= allowed + 1e-4, "{a} {b} {allowed}");
        }
        // Finer and back, labels are kept voxel for voxel.
        let labels: Vec<u32> = (0..grid.voxels() as u32).collect();
        if way.to_grid().shape().iter().zip(shape).all(|(&new, old)| new >= old) {
            let back = way.backward_nearest(&way.forward_nearest(&labels).unwrap()).unwrap();
            prop_assert_eq!(back, labels);
        }
    }

    /// Onto a finer, turned grid and back each label is the one it was.
    #[test]
    fn labels_survive_the_way_over_any_finer_grid(affine in any_affine(), codes in 0..48_usize) {
        let grid = Grid::new([4, 5, 6], affine).unwrap();
        let turned = Reorientation::to(&grid, AxisCodes::all().nth(codes).unwrap());
        let finer = turned.to_grid().spacing().map(|size| size / 3.0);
        let fine = *Resampling::plan(turned.to_grid(), finer, &Limits::default()).unwrap().to_grid();
        let labels: Vec<u8> = (0..120).collect();
        let there = labels_to_grid(&labels, &grid, &fine, 255).unwrap();
        prop_assert!(!there.contains(&255));
        prop_assert_eq!(labels_to_grid(&there, &fine, &grid, 255).unwrap(), labels);
    }
}

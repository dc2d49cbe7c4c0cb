//! Images and labels on another grid, through the patient.

use imaging::geometry::*;

use super::*;

/// The two oblique grids of the next tests.
fn two_grids() -> (Grid, Grid) {
    let from = [
        [1.8794, 0.684, 0.1, -3.0],
        [-0.684, 1.8794, 0.0, 2.0],
        [0.0, 0.2, -3.0, 4.0],
        [0.0, 0.0, 0.0, 1.0],
    ];
    let to = [
        [-1.5, 0.0, 0.0, 5.0],
        [0.0, 1.2, 0.3, -1.0],
        [0.0, 0.0, 2.5, -2.5],
        [0.0, 0.0, 0.0, 1.0],
    ];
    (
        Grid::new([3, 4, 5], from).unwrap(),
        Grid::new([3, 5, 4], to).unwrap(),
    )
}

/// ```text
/// k, j, i = numpy.mgrid[:3, :5, :4]; p = numpy.einsum("ab,bkji->akji", inv(from) @ to, numpy.stack([i, j, k, 1 + 0 * i]))
/// scipy.ndimage.map_coordinates(a, [p[2], p[1], p[0]], order=1, mode="nearest")   # -1 outside the outer faces
/// ```
#[test]
fn an_image_comes_onto_an_oblique_grid_as_with_scipy() {
    let expected = [
        9.0, 5.263906, -1.0, -1.0, 14.558974, 6.556672, 9.114626, 16.959544, 18.767917, 11.866059,
        10.826483, 12.439358, 11.124212, 10.276506, 8.852435, 4.795652, 7.487134, 9.005413,
        14.482531, 6.480229, 8.595082, 3.818194, 4.613852, -1.0, 15.082852, 7.04639, 8.189021,
        15.5206, 15.801236, 12.430867, 9.123581, 11.715593, 8.232621, 8.050196, 9.027649, 9.72113,
        8.236284, 8.17828, 15.343076, 11.574211, 8.809425, 8.533307, 11.963302, -1.0, 15.33959,
        10.94541, 11.103151, 13.603474, 13.268041, 11.188502, 7.435289, 11.09246, 8.542703,
        10.278653, 9.256445, 13.327163, 11.070809, 11.020338, 15.348099, 12.451087,
    ];
    let (from, to) = two_grids();
    let found = resample_to_grid(&small(), &from, &to, -1.0).unwrap();
    assert_close(&found, &expected, 5e-6);
}

/// As above with `floor(p + 1/2)` in place of interpolation, and 255 outside.
#[test]
fn labels_come_onto_an_oblique_grid_as_with_scipy() {
    let expected: [u8; 60] = [
        9, 2, 255, 255, 9, 2, 2, 18, 21, 14, 7, 18, 10, 14, 7, 0, 3, 3, 19, 0, 7, 0, 0, 255, 19, 0,
        0, 16, 19, 12, 5, 16, 8, 1, 5, 21, 1, 1, 17, 10, 7, 21, 21, 255, 19, 12, 0, 16, 19, 12, 5,
        5, 8, 1, 5, 21, 1, 1, 17, 10,
    ];
    let (from, to) = two_grids();
    let labels: Vec<u8> = small().iter().map(|&value| value as u8).collect();
    assert_eq!(labels_to_grid(&labels, &from, &to, 255).unwrap(), expected);
}

#[test]
fn close_grids_are_told_from_shifted_ones() {
    let base = affine([20.0, 30.0, 40.0], [1.0, 1.0, 3.0], 0.0, false);
    let grid = Grid::new([10, 20, 30], base).unwrap();
    let moved = |by: f64| {
        let mut affine = base;
        affine[0][3] += by;
        Grid::new([10, 20, 30], affine).unwrap()
    };
    assert!(grid.is_close_to(&grid) && grid.is_close_to(&moved(0.001)));
    assert!(!grid.is_close_to(&moved(0.02)));
    assert!(!grid.is_close_to(&Grid::new([10, 20, 31], base).unwrap()));
    // The first voxel agrees, the last ones do not.
    let wider = Grid::new(
        [10, 20, 30],
        affine([20.0, 30.0, 40.0], [1.01, 1.0, 3.0], 0.0, false),
    );
    assert!(!grid.is_close_to(&wider.unwrap()));
}

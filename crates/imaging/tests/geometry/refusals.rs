//! What no grid and no plan can be.

use super::*;

#[test]
fn grids_that_no_volume_can_have_are_refused() {
    let good = affine([0.0; 3], [1.0; 3], 0.0, false);
    let with = |row: usize, column: usize, value: f64| {
        let mut changed = good;
        changed[row][column] = value;
        Grid::new([2, 3, 4], changed)
    };
    for result in [
        Grid::new([0, 3, 4], good),
        Grid::new([usize::MAX, 3, 4], good),
        Grid::new([usize::MAX / 32, 1, 4], good),
        with(0, 0, f64::NAN),
        with(1, 3, f64::INFINITY),
        with(0, 0, 0.0),
        with(2, 2, 1e-9),
        with(2, 2, 1e9),
        with(2, 3, 1e12),
        with(3, 3, 2.0),
        with(3, 0, 0.1),
    ] {
        assert!(matches!(result, Err(Error::Geometry { .. })), "{result:?}");
    }
    let mut flat = good;
    (flat[1][2], flat[2][2]) = (1.0, 0.0);
    assert_eq!(
        Grid::new([2, 3, 4], flat).unwrap_err().to_string(),
        "the geometry cannot be used (axes that lie in one plane); export the image again with its position and voxel sizes"
    );
}

#[test]
fn plans_beyond_the_limits_are_refused() {
    let grid = Grid::axis_aligned([100, 100, 100], [1.0; 3]).unwrap();
    let limits = Limits::default();
    for spacing in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e-7] {
        assert!(matches!(
            Resampling::plan(&grid, [1.0, spacing, 1.0], &limits),
            Err(Error::VoxelSize { .. })
        ));
    }
    assert_eq!(
        Resampling::plan(&grid, [0.01, 0.01, 0.1], &limits),
        Err(Error::TooFine {
            planes: 10_000,
            rows: 10_000,
            columns: 1000,
            limit: limits.max_pixels
        })
    );
    assert!(matches!(
        Resampling::plan(&grid, [1e-6; 3], &limits),
        Err(Error::TooFine { .. })
    ));
}

#[test]
fn arrays_that_do_not_fit_are_refused() {
    let grid = Grid::axis_aligned([2, 3, 4], [1.0; 3]).unwrap();
    let values = [0.0_f32; 25];
    let way = Reorientation::to(&grid, AxisCodes::LPS);
    let plan = Resampling::plan(&grid, [2.0; 3], &Limits::default()).unwrap();
    for result in [
        way.apply(&values),
        way.undo(&values),
        plan.forward(&values),
        plan.backward_nearest(&values),
        resample_linear(&values, [2, 3, 4], [2, 3, 4]),
        resample_linear(&[], [0, 3, 4], [2, 3, 4]),
        resample_linear(&values[..24], [2, 3, 4], [2, 0, 4]),
        resample_nearest(&values[..24], [2, 3, 4], [usize::MAX, 2, 4]),
        resample_to_grid(&values, &grid, &grid, 0.0),
        labels_to_grid(&values, &grid, &grid, 0.0),
    ] {
        assert!(
            matches!(result, Err(Error::WrongLength { .. })),
            "{result:?}"
        );
    }
    assert!(matches!(
        resample_nearest(&values[..24], [2, 3, 4], [usize::MAX / 2, 2, 1]),
        Err(Error::OutOfMemory { .. } | Error::WrongLength { .. })
    ));
}

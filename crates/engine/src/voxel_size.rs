//! How large an image's voxels are.

use imaging::{Grid, Volume};
use vocabulary::VoxelSize;

use crate::Error;

/// How large a voxel is, where the image says so: millilitres in a volume, square millimetres in a single plane.
///
/// # Errors
/// Those of a geometry that cannot be used.
pub fn voxel_size(volume: &Volume) -> Result<VoxelSize, Error> {
    Ok(match volume.grid()? {
        None => VoxelSize::Unknown,
        Some(grid) if volume.shape[0] > 1 => VoxelSize::Millilitres(voxel_millilitres(&grid)),
        Some(grid) => {
            let [_, rows, columns] = grid.spacing();
            VoxelSize::SquareMillimetres(rows * columns)
        }
    })
}

/// Distances between planes, rows and columns: in millimetres where the image says how large its voxels are, else in voxels.
pub(crate) fn distances(volume: &Volume) -> Result<[f64; 3], Error> {
    Ok(volume.grid()?.map_or([1.0; 3], |grid| grid.spacing()))
}

/// Volume of a voxel: the determinant of the affine's linear part, so that sheared grids count right too.
pub(crate) fn voxel_millilitres(grid: &Grid) -> f64 {
    let [[a, b, c, _], [d, e, f, _], [g, h, i, _], _] = grid.affine();
    let determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
    determinant.abs() / 1000.0
}

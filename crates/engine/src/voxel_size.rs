//! How large an image's voxels are.

use imaging::{Grid, Volume};
use vocabulary::VoxelSize;

use crate::Error;

/// How large a voxel is, where the image says so: millilitres in a volume, square millimetres in a single plane.
///
/// # Errors
/// Those of a geometry that cannot be used.
pub fn voxel_size(volume: &Volume) -> Result<VoxelSize, Error> {
    Ok(match (volume.spacing()?, voxel_millilitres(volume)?) {
        (Some(_), Some(millilitres)) if volume.shape[0] > 1 => VoxelSize::Millilitres(millilitres),
        (Some([_, rows, columns]), _) => VoxelSize::SquareMillimetres(rows * columns),
        (None, _) => VoxelSize::Unknown,
    })
}

/// Distances between planes, rows and columns: in millimetres where the image says how large its voxels are, else in voxels.
pub(crate) fn distances(volume: &Volume) -> Result<[f64; 3], Error> {
    Ok(volume.spacing()?.unwrap_or([1.0; 3]))
}

/// Volume of a voxel, where the image says how large it is: the determinant of the affine's linear part, so that sheared
/// grids count right too.
pub(crate) fn voxel_millilitres(volume: &Volume) -> Result<Option<f64>, Error> {
    Ok(match (volume.grid()?, volume.geometry.spacing) {
        (Some(grid), _) => Some(of_grid(&grid)),
        (None, Some([planes, rows, columns])) => Some(planes * rows * columns / 1000.0),
        (None, None) => None,
    })
}

fn of_grid(grid: &Grid) -> f64 {
    let [[a, b, c, _], [d, e, f, _], [g, h, i, _], _] = grid.affine();
    let determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
    determinant.abs() / 1000.0
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use vocabulary::VoxelSize;

    use super::{distances, voxel_size};
    use crate::test_support::blobs;

    #[test]
    fn sizes_without_directions_count_like_others() {
        let mut volume = blobs([4, 6, 5]);
        volume.geometry.affine = None;
        assert_eq!(voxel_size(&volume).unwrap(), VoxelSize::Unknown);
        volume.geometry.spacing = Some([2.0, 0.5, 0.25]);
        assert_eq!(
            voxel_size(&volume).unwrap(),
            VoxelSize::Millilitres(0.000_25)
        );
        assert_eq!(distances(&volume).unwrap(), [2.0, 0.5, 0.25]);
        let mut picture = blobs([1, 6, 5]);
        picture.geometry.affine = None;
        picture.geometry.spacing = volume.geometry.spacing;
        assert_eq!(
            voxel_size(&picture).unwrap(),
            VoxelSize::SquareMillimetres(0.125)
        );
    }
}

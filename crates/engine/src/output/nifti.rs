//! Masks, maps and probabilities as NIfTI files.
//!
//! Programs built on ITK refuse NIfTI files whose axes are not at right angles, such as those of a stack from a tilted
//! gantry; results on such a grid are brought to right angles. Those of an image that is such a NIfTI file itself keep
//! its grid, because whoever reads the one reads the other.

use imaging::encode::{Space, nifti_channels, nifti_map, nifti_mask};
use imaging::geometry::RightAngles;
use imaging::{Format, Limits, Volume};

use crate::Error;

/// What classes outside the image's own grid are: background.
const OUTSIDE: u8 = 0;

/// The mask's labels as a file.
pub(super) fn mask(volume: &Volume, labels: &[u8]) -> Result<Vec<u8>, Error> {
    Ok(match right_angles(volume)? {
        Some(way) => nifti_mask(&way.apply(labels, OUTSIDE)?, &space(&way))?,
        None => nifti_mask(labels, &Space::of(volume))?,
    })
}

/// A map as a file, 0 outside the image's own grid.
pub(super) fn map(volume: &Volume, values: &[f32]) -> Result<Vec<u8>, Error> {
    Ok(match right_angles(volume)? {
        Some(way) => nifti_map(&way.apply(values, 0.0)?, &space(&way))?,
        None => nifti_map(values, &Space::of(volume))?,
    })
}

/// The probabilities of all classes, background first; outside the image's own grid all is background.
pub(super) fn probabilities(
    volume: &Volume,
    values: &[f32],
    classes: usize,
) -> Result<Vec<u8>, Error> {
    let Some(way) = right_angles(volume)? else {
        return Ok(nifti_channels(values, classes, &Space::of(volume))?);
    };
    let mut resampled = Vec::new();
    let voxels = volume.voxels_per_channel().max(1);
    for (class, channel) in values.chunks_exact(voxels).enumerate() {
        let outside = if class == usize::from(OUTSIDE) {
            1.0
        } else {
            0.0
        };
        resampled.extend(way.apply(channel, outside)?);
    }
    Ok(nifti_channels(&resampled, classes, &space(&way))?)
}

fn right_angles(volume: &Volume) -> Result<Option<RightAngles>, Error> {
    match volume.grid()? {
        Some(grid) if volume.provenance.format != Format::Nifti => {
            Ok(RightAngles::plan(&grid, &Limits::default())?)
        }
        Some(_) | None => Ok(None),
    }
}

fn space(way: &RightAngles) -> Space<'static> {
    Space {
        shape: way.to_grid().shape(),
        affine: Some(way.to_grid().affine()),
        spacing: None,
        header: None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use imaging::{Format, Limits, Volume};

    use super::{map, mask, probabilities};
    use crate::test_support::blobs;

    /// A stack that leans by two rows from plane to plane, voxels of 3, 1 and 1.5 mm, as read from `format`.
    fn leaning(format: Format) -> Volume {
        let mut volume = blobs([4, 6, 5]);
        volume.provenance.format = format;
        volume.geometry.affine = Some([
            [-1.5, 0.0, 0.0, 7.0],
            [0.0, -1.0, 2.0, 8.0],
            [0.0, 0.0, 3.0, 9.0],
            [0.0, 0.0, 0.0, 1.0],
        ]);
        volume
    }

    fn open(file: &[u8]) -> Volume {
        imaging::open(file, "result.nii.gz", &Limits::default()).unwrap()
    }

    #[test]
    fn results_on_a_leaning_stack_are_brought_to_right_angles() {
        let volume = leaning(Format::Dicom);
        let labels: Vec<u8> = (0..120).map(|voxel| voxel % 3).collect();
        let saved = open(&mask(&volume, &labels).unwrap());
        let grid = saved.grid().unwrap().unwrap();
        // Three steps of two rows more, and nothing of the shear left.
        assert_eq!(grid.shape(), [4, 12, 5]);
        assert_eq!(grid.spacing(), [3.0, 1.0, 1.5]);
        let along_planes = grid.affine().map(|row| row[2]);
        assert_eq!(along_planes, [0.0, 0.0, 3.0, 0.0]);
        // No label is lost, because rows fall on rows, and each stays where it was.
        let own = volume.grid().unwrap().unwrap();
        for (index, &label) in labels.iter().enumerate() {
            let voxel = [index % 5, index / 5 % 6, index / 30].map(|place| place as f64);
            let [column, row, plane] = grid
                .to_voxel(own.to_patient(voxel))
                .map(|place| place.round() as usize);
            let found = saved.voxels[(plane * 12 + row) * 5 + column];
            assert_eq!(found, f32::from(label), "{voxel:?}");
        }

        let values: Vec<f32> = (1..=120_u8).map(f32::from).collect();
        let saved = open(&map(&volume, &values).unwrap());
        assert_eq!(saved.shape, [4, 12, 5]);
        assert_eq!(
            saved.voxels.iter().filter(|&&value| value > 0.0).count(),
            120
        );

        let both = [vec![0.25; 120], vec![0.75; 120]].concat();
        let saved = open(&probabilities(&volume, &both, 2).unwrap());
        let background = |value: f32| saved.voxels.iter().filter(|&&found| found == value).count();
        assert_eq!((background(0.25), background(1.0)), (120, 120));
    }

    #[test]
    fn an_image_that_is_a_sheared_nifti_file_keeps_its_grid() {
        let volume = leaning(Format::Nifti);
        let saved = open(&mask(&volume, &[1; 120]).unwrap());
        assert_eq!(saved.shape, [4, 6, 5]);
        assert_eq!(saved.geometry.affine, volume.geometry.affine);
    }

    #[test]
    fn sizes_without_directions_are_kept() {
        let mut volume = blobs([4, 6, 5]);
        volume.provenance.format = Format::Tiff;
        volume.geometry.affine = None;
        volume.geometry.spacing = Some([0.5, 0.25, 0.125]);
        let saved = open(&mask(&volume, &[1; 120]).unwrap());
        assert_eq!(saved.spacing().unwrap(), Some([0.5, 0.25, 0.125]));
        assert_eq!(
            saved.geometry.source,
            Some(imaging::GeometrySource::VoxelSizes)
        );
    }
}

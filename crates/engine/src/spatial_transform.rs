//! From the image's grid to the model's, and back.

use imaging::geometry::{Grid, Reorientation, Resampling};
use imaging::{Limits, Volume};

use crate::voxel_size::distances;
use crate::{Error, Preprocessing};

/// The way from an image's own grid to the one that the model was trained on, planned before any voxel moves: axes
/// permuted and flipped first, then another voxel size, or pictures of another size. An image without a matrix is
/// not turned, and one that does not say how large its voxels are is not brought to a spacing.
#[derive(Debug, Clone)]
pub struct SpatialTransform {
    image: [usize; 3],
    reorientation: Option<Reorientation>,
    resampling: Option<Resampling>,
    notes: Vec<String>,
}

impl SpatialTransform {
    /// Plans the way for an image, as a model's preprocessing says.
    ///
    /// # Errors
    /// Those of an unusable geometry, and [`Error::Field`] for an orientation or spacing that is none.
    pub fn new(volume: &Volume, preprocessing: &Preprocessing) -> Result<Self, Error> {
        let wanted = preprocessing.axis_codes()?;
        let mut transform = Self {
            image: volume.shape,
            reorientation: None,
            resampling: None,
            notes: Vec::new(),
        };
        // How large the result may be is for the plan of memory to say, which knows what it is for.
        let limits = Limits {
            max_pixels: u64::MAX,
            ..Limits::default()
        };
        let own = volume.grid()?;
        let mut grid = match own {
            Some(grid) => grid,
            None => Grid::axis_aligned(volume.shape, distances(volume)?)?,
        };
        match (wanted, own) {
            (Some(wanted), Some(_)) => {
                let reorientation = Reorientation::to(&grid, wanted);
                if !reorientation.is_identity() {
                    grid = *reorientation.to_grid();
                    transform.reorientation = Some(reorientation);
                }
            }
            (Some(wanted), None) => transform.notes.push(format!(
                "The image does not say which way it lies, so it was taken to lie as the model expects ({wanted})."
            )),
            (None, _) => {}
        }
        let spacing = preprocessing.spacing_along_axes(grid.spacing())?;
        let resampling = match (preprocessing.longest_side, spacing) {
            (Some(side), _) => Some(Resampling::plan_longest_side(&grid, side, &limits)?),
            (None, Some(spacing)) if volume.spacing()?.is_some() => {
                Some(Resampling::plan(&grid, spacing, &limits)?)
            }
            _ => None,
        };
        transform.resampling =
            resampling.filter(|resampling| resampling.to_grid().shape() != grid.shape());
        if let (Some(_), Some(resampling)) = (preprocessing.longest_side, &transform.resampling) {
            let [_, rows, columns] = resampling.to_grid().shape();
            transform.notes.push(format!(
                "The network sees every picture at one size, this one at {columns} x {rows} pixels."
            ));
        }
        Ok(transform)
    }

    /// Planes, rows, columns as the network sees them.
    #[must_use]
    pub fn grid(&self) -> [usize; 3] {
        match (&self.resampling, &self.reorientation) {
            (Some(resampling), _) => resampling.to_grid().shape(),
            (None, Some(reorientation)) => reorientation.to_grid().shape(),
            (None, None) => self.image,
        }
    }

    /// What a reader of the result should know.
    pub(crate) fn notes(&self) -> Vec<String> {
        self.notes.clone()
    }

    /// Brings an image to the model's grid: `[channels, planes, rows, columns]` of either.
    ///
    /// # Errors
    /// [`Error::Image`] where the values do not fit the image or memory runs out.
    pub fn prepare(&self, image: Vec<f32>, channels: usize) -> Result<Vec<f32>, Error> {
        each_channel(image, channels, |channel| {
            let channel = match &self.reorientation {
                Some(reorientation) => reorientation.apply(&channel)?,
                None => channel,
            };
            Ok(match &self.resampling {
                Some(resampling) => resampling.forward(&channel)?,
                None => channel,
            })
        })
    }

    /// Brings labels to the model's grid, by nearest neighbours where the voxel size differs: for training.
    ///
    /// # Errors
    /// As [`prepare`](Self::prepare).
    pub fn prepare_labels(&self, labels: Vec<u8>) -> Result<Vec<u8>, Error> {
        let labels = match &self.reorientation {
            Some(reorientation) => reorientation.apply(&labels)?,
            None => labels,
        };
        Ok(match &self.resampling {
            Some(resampling) => resampling.forward_nearest(&labels)?,
            None => labels,
        })
    }

    /// Brings maps back to the image's own grid, linearly where the voxel size differs: `[channels, planes, rows,
    /// columns]` of either.
    pub(crate) fn restore(&self, maps: Vec<f32>, channels: usize) -> Result<Vec<f32>, Error> {
        if self.resampling.is_none() && self.reorientation.is_none() {
            return Ok(maps);
        }
        each_channel(maps, channels, |channel| {
            let channel = match &self.resampling {
                Some(resampling) => resampling.backward(&channel)?,
                None => channel,
            };
            Ok(match &self.reorientation {
                Some(reorientation) => reorientation.undo(&channel)?,
                None => channel,
            })
        })
    }

    /// Brings labels back to the image's own grid, by nearest neighbours where the voxel size differs.
    pub(crate) fn restore_labels(&self, labels: Vec<u8>) -> Result<Vec<u8>, Error> {
        let labels = match &self.resampling {
            Some(resampling) => resampling.backward_nearest(&labels)?,
            None => labels,
        };
        Ok(match &self.reorientation {
            Some(reorientation) => reorientation.undo(&labels)?,
            None => labels,
        })
    }
}

/// Changes channels one after the other, so that no more than one is on its way at a time.
fn each_channel(
    values: Vec<f32>,
    channels: usize,
    change: impl Fn(Vec<f32>) -> Result<Vec<f32>, Error>,
) -> Result<Vec<f32>, Error> {
    if channels <= 1 {
        return change(values);
    }
    let length = values.len().checked_div(channels).unwrap_or(0).max(1);
    let mut output = Vec::new();
    for channel in values.chunks_exact(length) {
        let mut changed = change(channel.to_vec())?;
        output.reserve_exact(changed.len() * channels - output.len());
        output.append(&mut changed);
    }
    Ok(output)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use imaging::geometry::AxisCodes;
    use proptest::prelude::*;

    use super::SpatialTransform;
    use crate::test_support::{blobs, manifest};

    /// A volume of `shape` whose axes run as `codes` say, with voxels of 3, 1 and 1.5 mm along planes, rows and columns.
    fn lying(shape: [usize; 3], codes: AxisCodes) -> imaging::Volume {
        let mut volume = blobs(shape);
        let mut affine = [[0.0; 4]; 4];
        affine[3][3] = 1.0;
        for (axis, direction) in codes.directions().into_iter().enumerate() {
            let sign = if direction.is_positive() { 1.0 } else { -1.0 };
            affine[direction.axis()][axis] = sign * [1.5, 1.0, 3.0][axis];
        }
        volume.geometry.affine = Some(affine);
        volume
    }

    fn axis_codes() -> impl Strategy<Value = AxisCodes> {
        proptest::sample::select(AxisCodes::all().collect::<Vec<_>>())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn turned_there_and_back_is_the_identity(
            shape in [1_usize..6, 1_usize..7, 1_usize..8],
            from in axis_codes(),
            to in axis_codes(),
        ) {
            let volume = lying(shape, from);
            let mut preprocessing = manifest(&[32, 32, 32], 2).preprocessing;
            preprocessing.orientation = Some(to.to_string());
            let transform = SpatialTransform::new(&volume, &preprocessing).unwrap();
            let there = transform.prepare(volume.voxels.repeat(2), 2).unwrap();
            prop_assert_eq!(there.len(), 2 * volume.voxels.len());
            prop_assert_eq!(transform.restore(there, 2).unwrap(), volume.voxels.repeat(2));
            let labels: Vec<u8> = (0..volume.voxels.len()).map(|voxel| voxel as u8).collect();
            let there = transform.prepare_labels(labels.clone()).unwrap();
            prop_assert_eq!(transform.restore_labels(there).unwrap(), labels);
        }

        #[test]
        fn another_spacing_keeps_the_image_where_it_is(
            from in axis_codes(),
            to in axis_codes(),
        ) {
            let volume = lying([12, 24, 18], from);
            let mut preprocessing = manifest(&[32, 32, 32], 2).preprocessing;
            preprocessing.orientation = Some(to.to_string());
            preprocessing.spacing = Some(vec![0.75; 3]);
            let transform = SpatialTransform::new(&volume, &preprocessing).unwrap();
            let grid = transform.grid();
            prop_assert!(grid.iter().all(|&length| length > 18), "{:?}", grid);
            let there = transform.prepare(volume.voxels.clone(), 1).unwrap();
            prop_assert_eq!(there.len(), grid.iter().product::<usize>());
            let back = transform.restore(there, 1).unwrap();
            // Finer voxels there, so that only the blur of two linear interpolations is lost.
            let squares = back.iter().zip(&volume.voxels).map(|(a, b)| (a - b).powi(2));
            let error = (squares.sum::<f32>() / back.len() as f32).sqrt();
            prop_assert!(error < 0.6, "{}", error);
        }
    }

    #[test]
    fn an_image_without_geometry_stays_as_it_is_stored_and_that_is_said() {
        let volume = blobs([4, 5, 6]);
        let mut preprocessing = manifest(&[32, 32, 32], 2).preprocessing;
        preprocessing.orientation = Some("LPS".to_owned());
        preprocessing.spacing = Some(vec![2.0; 3]);
        let transform = SpatialTransform::new(&volume, &preprocessing).unwrap();
        assert_eq!(transform.grid(), [4, 5, 6]);
        assert!(transform.notes()[0].contains("LPS"));
        let there = transform.prepare(volume.voxels.clone(), 1).unwrap();
        assert_eq!(there, volume.voxels);
    }

    #[test]
    fn pictures_are_brought_to_one_size_and_back() {
        let mut preprocessing = manifest(&[32, 32], 2).preprocessing;
        preprocessing.longest_side = Some(32);
        for (rows, columns, grid) in [
            (96, 128, [2, 24, 32]),
            (20, 10, [2, 32, 16]),
            (32, 32, [2, 32, 32]),
            (1, 500, [2, 1, 32]),
        ] {
            let volume = blobs([2, rows, columns]);
            let transform = SpatialTransform::new(&volume, &preprocessing).unwrap();
            assert_eq!(transform.grid(), grid);
            let there = transform.prepare(volume.voxels.clone(), 1).unwrap();
            assert_eq!(there.len(), grid.iter().product::<usize>());
            let mean = |values: &[f32]| values.iter().sum::<f32>() / values.len() as f32;
            if rows > 32 {
                // Each pixel is a mean of nine or so.
                assert!((mean(&there) - mean(&volume.voxels)).abs() < 1e-3);
            }
            let back = transform.restore(there, 1).unwrap();
            assert_eq!(back.len(), volume.voxels.len());
            let labels = vec![1; volume.voxels.len()];
            let labels = transform.prepare_labels(labels).unwrap();
            assert_eq!(transform.restore_labels(labels).unwrap().len(), back.len());
        }
        // A picture that says where it lies is brought to that size, too.
        let volume = lying([1, 64, 48], "RAS".parse().unwrap());
        let transform = SpatialTransform::new(&volume, &preprocessing).unwrap();
        assert_eq!(transform.grid(), [1, 32, 24]);
        assert!(transform.notes()[0].contains("24 x 32 pixels"));
    }
}

//! From the image's grid to the model's, and back.

use imaging::geometry::{AxisCodes, Grid, Reorientation, Resampling};
use imaging::{Limits, Volume};

use crate::{Error, Preprocessing};

/// The way from an image's own grid to the one that the model was trained on, planned before any voxel moves: axes
/// permuted and flipped first, then another voxel size, or pictures of another size. An image without geometry is
/// neither turned nor brought to a spacing.
#[derive(Debug, Clone)]
pub struct Placement {
    image: [usize; 3],
    reorientation: Option<Reorientation>,
    resampling: Option<Resampling>,
    notes: Vec<String>,
}

impl Placement {
    /// Plans the way for an image, as a model's preprocessing says.
    ///
    /// # Errors
    /// Those of an unusable geometry, and [`Error::Field`] for an orientation or spacing that is none.
    pub fn new(volume: &Volume, preprocessing: &Preprocessing) -> Result<Self, Error> {
        let wanted = preprocessing.axis_codes()?;
        let mut placement = Self {
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
            None => Grid::axis_aligned(volume.shape, [1.0; 3])?,
        };
        match (wanted, own) {
            (Some(wanted), Some(_)) => {
                let reorientation = Reorientation::to(&grid, wanted);
                if !reorientation.is_identity() {
                    grid = *reorientation.to_grid();
                    placement.reorientation = Some(reorientation);
                }
            }
            (Some(wanted), None) => placement.notes.push(format!(
                "The image does not say which way it lies, so it was taken to lie as the model expects ({wanted})."
            )),
            (None, _) => {}
        }
        let spacing = preprocessing.spacing_along_axes(grid.spacing())?;
        let resampling = match (preprocessing.longest_side, spacing) {
            (Some(side), _) => Some(Resampling::plan_longest_side(&grid, side, &limits)?),
            (None, Some(spacing)) if own.is_some() => {
                Some(Resampling::plan(&grid, spacing, &limits)?)
            }
            _ => None,
        };
        placement.resampling =
            resampling.filter(|resampling| resampling.to_grid().shape() != grid.shape());
        if let (Some(_), Some(resampling)) = (preprocessing.longest_side, &placement.resampling) {
            let [_, rows, columns] = resampling.to_grid().shape();
            placement.notes.push(format!(
                "The network sees every picture at one size, this one at {columns} x {rows} pixels."
            ));
        }
        Ok(placement)
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

impl Preprocessing {
    /// What [`longest_side`](Self::longest_side) may be.
    pub const LONGEST_SIDES: std::ops::RangeInclusive<usize> = 16..=4096;

    /// The orientation as axis codes.
    pub(crate) fn axis_codes(&self) -> Result<Option<AxisCodes>, Error> {
        self.orientation
            .as_deref()
            .map(|text| {
                text.parse().map_err(|_| Error::Field {
                    field: "preprocessing.orientation",
                    value: format!("\"{text}\""),
                    requirement: "three axis codes such as RAS",
                })
            })
            .transpose()
    }

    /// A longest side is for pictures, and instead of a spacing.
    pub(crate) fn check_longest_side(&self, spatial_dims: usize) -> Result<(), Error> {
        match self.longest_side {
            Some(side)
                if spatial_dims != 2
                    || self.spacing.is_some()
                    || !Self::LONGEST_SIDES.contains(&side) =>
            {
                Err(Error::Field {
                    field: "preprocessing.longest_side",
                    value: side.to_string(),
                    requirement: "16 to 4096 pixels, for a model of pictures without a spacing",
                })
            }
            _ => Ok(()),
        }
    }

    /// The spacing between planes, rows and columns that an image with the spacing `own` is brought to. A model for
    /// pictures names rows and columns only.
    pub(crate) fn spacing_along_axes(&self, own: [f64; 3]) -> Result<Option<[f64; 3]>, Error> {
        let Some(spacing) = self.spacing.as_deref() else {
            return Ok(None);
        };
        let sound = |size: &f64| size.is_finite() && *size > 0.0;
        match *spacing {
            [planes, rows, columns] if spacing.iter().all(sound) => {
                Ok(Some([planes, rows, columns]))
            }
            [rows, columns] if spacing.iter().all(sound) => Ok(Some([own[0], rows, columns])),
            _ => Err(Error::Field {
                field: "preprocessing.spacing",
                value: format!("{spacing:?}"),
                requirement: "a size in millimetres for planes, rows and columns",
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use imaging::geometry::AxisCodes;
    use proptest::prelude::*;

    use super::Placement;
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
            let placement = Placement::new(&volume, &preprocessing).unwrap();
            let there = placement.prepare(volume.voxels.repeat(2), 2).unwrap();
            prop_assert_eq!(there.len(), 2 * volume.voxels.len());
            prop_assert_eq!(placement.restore(there, 2).unwrap(), volume.voxels.repeat(2));
            let labels: Vec<u8> = (0..volume.voxels.len()).map(|voxel| voxel as u8).collect();
            let there = placement.prepare_labels(labels.clone()).unwrap();
            prop_assert_eq!(placement.restore_labels(there).unwrap(), labels);
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
            let placement = Placement::new(&volume, &preprocessing).unwrap();
            let grid = placement.grid();
            prop_assert!(grid.iter().all(|&length| length > 18), "{:?}", grid);
            let there = placement.prepare(volume.voxels.clone(), 1).unwrap();
            prop_assert_eq!(there.len(), grid.iter().product::<usize>());
            let back = placement.restore(there, 1).unwrap();
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
        let placement = Placement::new(&volume, &preprocessing).unwrap();
        assert_eq!(placement.grid(), [4, 5, 6]);
        assert!(placement.notes()[0].contains("LPS"));
        let there = placement.prepare(volume.voxels.clone(), 1).unwrap();
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
            let placement = Placement::new(&volume, &preprocessing).unwrap();
            assert_eq!(placement.grid(), grid);
            let there = placement.prepare(volume.voxels.clone(), 1).unwrap();
            assert_eq!(there.len(), grid.iter().product::<usize>());
            let mean = |values: &[f32]| values.iter().sum::<f32>() / values.len() as f32;
            if rows > 32 {
                // Each pixel is a mean of nine or so.
                assert!((mean(&there) - mean(&volume.voxels)).abs() < 1e-3);
            }
            let back = placement.restore(there, 1).unwrap();
            assert_eq!(back.len(), volume.voxels.len());
            let labels = vec![1; volume.voxels.len()];
            let labels = placement.prepare_labels(labels).unwrap();
            assert_eq!(placement.restore_labels(labels).unwrap().len(), back.len());
        }
        // A picture that says where it lies is brought to that size, too.
        let volume = lying([1, 64, 48], "RAS".parse().unwrap());
        let placement = Placement::new(&volume, &preprocessing).unwrap();
        assert_eq!(placement.grid(), [1, 32, 24]);
        assert!(placement.notes()[0].contains("24 x 32 pixels"));
    }

    #[test]
    fn a_longest_side_is_for_pictures_and_instead_of_a_spacing() {
        let mut preprocessing = manifest(&[32, 32], 2).preprocessing;
        assert!(preprocessing.check_longest_side(3).is_ok());
        preprocessing.longest_side = Some(256);
        assert!(preprocessing.check_longest_side(2).is_ok());
        let fault = preprocessing.check_longest_side(3).unwrap_err().to_string();
        assert!(
            fault.contains("preprocessing.longest_side") && fault.contains("256"),
            "{fault}"
        );
        preprocessing.spacing = Some(vec![1.0, 1.0]);
        assert!(preprocessing.check_longest_side(2).is_err());
        preprocessing.spacing = None;
        for side in [0, 15, 4097, usize::MAX] {
            preprocessing.longest_side = Some(side);
            assert!(preprocessing.check_longest_side(2).is_err(), "{side}");
        }
    }

    #[test]
    fn orientations_and_spacings_that_are_none_are_named() {
        let mut preprocessing = manifest(&[32, 32, 32], 2).preprocessing;
        preprocessing.orientation = Some("RAR".to_owned());
        let text = preprocessing.axis_codes().unwrap_err().to_string();
        assert!(
            text.contains("preprocessing.orientation") && text.contains("RAR"),
            "{text}"
        );
        for spacing in [vec![1.0], vec![1.0, 0.0, 1.0], vec![f64::NAN; 3]] {
            preprocessing.spacing = Some(spacing);
            let error = preprocessing.spacing_along_axes([1.0; 3]).unwrap_err();
            assert!(
                error.to_string().contains("preprocessing.spacing"),
                "{error}"
            );
        }
        preprocessing.spacing = Some(vec![0.5, 0.25]);
        let planar = preprocessing.spacing_along_axes([7.0, 1.0, 1.0]).unwrap();
        assert_eq!(planar, Some([7.0, 0.5, 0.25]));
    }
}

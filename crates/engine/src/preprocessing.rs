//! What is done to an image before the network sees it.

use std::ops::RangeInclusive;

use imaging::geometry::AxisCodes;
use imaging::normalise::Normalisation;
use serde::{Deserialize, Serialize};

use crate::Error;

/// From an image to the network's input.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Preprocessing {
    /// Directions of columns, rows and planes that volumes are brought to, such as `RAS`; none for pictures.
    pub orientation: Option<String>,
    /// Spacing of planes, rows and columns (rows and columns only, for a model of pictures) that volumes are brought to,
    /// in millimetres; none where it is left as it is.
    pub spacing: Option<Vec<f64>>,
    /// Pixels that the longer side of every picture is brought to, the other in proportion, where pictures say nothing
    /// of their pixels' size; none where they stay as they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub longest_side: Option<usize>,
    /// Intensity normalisation.
    pub normalisation: Normalisation,
    /// Window that the network runs on, in voxels, multiples of 16.
    pub patch: Vec<usize>,
    /// Share of a window that its neighbour repeats.
    pub overlap: f64,
}

impl Preprocessing {
    /// What [`longest_side`](Self::longest_side) may be.
    pub const LONGEST_SIDES: RangeInclusive<usize> = 16..=4096;

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
    use crate::test_support::manifest;

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

//! An opened image and what was found in it, as the worker hands them over.

use protocol::{ImageInfo, ModelInfo, ResultInfo, Scores};

use crate::errors::Error;

/// An opened image.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    /// Name of the file, for the visitor and for the names of saved files only.
    pub name: String,
    /// What it is.
    pub info: ImageInfo,
    /// `[channels, planes, rows, columns]`, in the file's own units.
    pub voxels: Vec<f32>,
    /// Smallest and largest finite value.
    pub extent: [f32; 2],
}

/// A finished segmentation.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// What it is.
    pub info: ResultInfo,
    /// The model that made it.
    pub model: ModelInfo,
    /// Class identifiers, `[planes, rows, columns]`.
    pub mask: Vec<u8>,
    /// Tempered probability of the mask's class, 0..=1.
    pub probability: Vec<f32>,
    /// One array for each of `info.maps`.
    pub maps: Vec<Vec<f32>>,
}

/// A comparison with true labels.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// Agreement.
    pub scores: Scores,
    /// 1 where mask and label differ, `[planes, rows, columns]`.
    pub errors: Vec<u8>,
}

/// Number of pixels of a shape; `usize::MAX` when it cannot be counted, which no array will match.
#[must_use]
pub fn pixels(shape: [usize; 3]) -> usize {
    shape
        .iter()
        .try_fold(1_usize, |product, length| product.checked_mul(*length))
        .unwrap_or(usize::MAX)
}

fn check(what: &str, found: usize, expected: usize) -> Result<(), Error> {
    if found == expected {
        Ok(())
    } else {
        Err(Error::Length {
            what: what.to_owned(),
            found,
            expected,
        })
    }
}

impl Picture {
    /// Takes over an image.
    ///
    /// # Errors
    /// [`Error::Length`] when the values do not fill the shape.
    pub fn new(name: String, info: ImageInfo, voxels: Vec<f32>) -> Result<Self, Error> {
        check(
            "image",
            voxels.len(),
            pixels(info.shape).saturating_mul(info.channels),
        )?;
        let mut extent = [f32::INFINITY, f32::NEG_INFINITY];
        for value in voxels.iter().copied().filter(|value| value.is_finite()) {
            extent = [extent[0].min(value), extent[1].max(value)];
        }
        if extent[0] > extent[1] {
            extent = [0.0, 0.0];
        }
        Ok(Self {
            name,
            info,
            voxels,
            extent,
        })
    }

    /// Rows and columns.
    #[must_use]
    pub fn size(&self) -> [usize; 2] {
        let [_, rows, columns] = self.info.shape;
        [rows, columns]
    }

    /// One plane of every channel, `[channels, rows, columns]`. Empty for a plane that does not exist.
    #[must_use]
    pub fn plane(&self, plane: usize) -> Vec<f32> {
        let [planes, rows, columns] = self.info.shape;
        let size = rows * columns;
        if plane >= planes {
            return Vec::new();
        }
        let channels = self.voxels.chunks_exact((planes * size).max(1));
        channels
            .filter_map(|channel| channel.get(plane * size..(plane + 1) * size))
            .flatten()
            .copied()
            .collect()
    }

    /// The value of every channel at a pixel.
    #[must_use]
    pub fn values(&self, plane: usize, row: usize, column: usize) -> Vec<f32> {
        let Some(index) = index(self.info.shape, plane, row, column) else {
            return Vec::new();
        };
        self.voxels
            .chunks_exact(pixels(self.info.shape).max(1))
            .filter_map(|channel| channel.get(index).copied())
            .collect()
    }
}

impl Outcome {
    /// Takes over a segmentation.
    ///
    /// # Errors
    /// [`Error::Length`] when an array does not fill the shape.
    pub fn new(
        info: ResultInfo,
        model: ModelInfo,
        mask: Vec<u8>,
        probability: Vec<f32>,
        maps: Vec<Vec<f32>>,
    ) -> Result<Self, Error> {
        let expected = pixels(info.shape);
        check("mask", mask.len(), expected)?;
        check("probability", probability.len(), expected)?;
        check("list of maps", maps.len(), info.maps.len())?;
        for (map, values) in info.maps.iter().zip(&maps) {
            check(&map.name, values.len(), expected)?;
        }
        Ok(Self {
            info,
            model,
            mask,
            probability,
            maps,
        })
    }

    /// The values of a map, by name.
    #[must_use]
    pub fn map(&self, name: &str) -> Option<(&protocol::MapInfo, &[f32])> {
        self.info
            .maps
            .iter()
            .zip(&self.maps)
            .find(|(map, _)| map.name == name)
            .map(|(map, values)| (map, values.as_slice()))
    }
}

impl Comparison {
    /// Takes over a comparison with labels.
    ///
    /// # Errors
    /// [`Error::Length`] when the errors do not fill the shape.
    pub fn new(shape: [usize; 3], scores: Scores, errors: Vec<u8>) -> Result<Self, Error> {
        check("comparison", errors.len(), pixels(shape))?;
        Ok(Self { scores, errors })
    }
}

/// One plane of an array `[planes, rows, columns]`; empty for a plane that does not exist.
#[must_use]
pub fn plane<T>(values: &[T], shape: [usize; 3], plane: usize) -> &[T] {
    let [_, rows, columns] = shape;
    let size = rows * columns;
    values
        .get(plane * size..(plane + 1) * size)
        .unwrap_or_default()
}

/// Index of a pixel in an array `[planes, rows, columns]`.
#[must_use]
pub fn index(shape: [usize; 3], plane: usize, row: usize, column: usize) -> Option<usize> {
    let [planes, rows, columns] = shape;
    (plane < planes && row < rows && column < columns)
        .then(|| (plane * rows + row) * columns + column)
}

#[cfg(test)]
pub(crate) mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use protocol::{ClassInfo, CurvePoint, MapInfo};

    use super::*;

    pub(crate) fn model() -> ModelInfo {
        let class = |id, name: &str, colour| ClassInfo {
            id,
            name: name.into(),
            colour,
        };
        ModelInfo {
            id: "nuclei".into(),
            title: "Nuclei".into(),
            modality: "light microscopy".into(),
            classes: vec![
                class(0, "background", [0, 0, 0]),
                class(1, "nucleus", [230, 159, 0]),
            ],
            licence: "CC0-1.0".into(),
            source: "source".into(),
            citation: "citation".into(),
            weights_sha256: "00".into(),
            patch: vec![256, 256],
            validation_curve: vec![
                CurvePoint {
                    coverage: 0.5,
                    risk: 0.01,
                },
                CurvePoint {
                    coverage: 0.9,
                    risk: 0.03,
                },
                CurvePoint {
                    coverage: 1.0,
                    risk: 0.08,
                },
            ],
            test_metrics: vec![],
        }
    }

    pub(crate) fn picture(channels: usize, planes: usize) -> Picture {
        let shape = [planes, 2, 3];
        let voxels = (0..channels * pixels(shape))
            .map(|value| value as f32)
            .collect();
        let info = ImageInfo {
            shape,
            channels,
            format: "PNG, 8-bit grey".into(),
            display_range: [0.0, 255.0],
            notes: vec![],
            spacing: None,
            affine: None,
            geometry_source: None,
            series: vec![],
            chosen: 0,
            exports: vec![],
        };
        Picture::new("cell.png".into(), info, voxels).unwrap()
    }

    pub(crate) fn outcome(mask: Vec<u8>, ranking: Vec<f32>) -> Outcome {
        let pixels = mask.len();
        let info = ResultInfo {
            shape: [1, 2, pixels / 2],
            maps: vec![MapInfo {
                name: "ranking".into(),
                minimum: 0.0,
                maximum: 1.0,
            }],
            class_pixels: vec![0, 0],
            windows: 1,
            elapsed_ms: 1.0,
            report: "{}".into(),
            slices: vec![],
            regions: vec![],
            image_score: None,
        };
        Outcome::new(info, model(), mask, vec![0.75; pixels], vec![ranking]).unwrap()
    }

    #[test]
    fn planes_and_pixels_are_found() {
        let picture = picture(3, 2);
        assert_eq!(
            picture.plane(1)[..7],
            [6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 18.0]
        );
        assert_eq!(picture.values(1, 0, 2), [8.0, 20.0, 32.0]);
        assert!(picture.plane(2).is_empty() && picture.values(0, 2, 0).is_empty());
        assert_eq!(picture.extent, [0.0, 35.0]);
    }

    #[test]
    fn arrays_that_do_not_fit_are_refused() {
        let good = picture(1, 1);
        let fault = Picture::new("x".into(), good.info, vec![0.0; 5])
            .unwrap_err()
            .to_string();
        assert!(fault.contains('5') && fault.contains('6'), "{fault}");
        let found = outcome(vec![0; 6], vec![0.0; 6]);
        let fault = Outcome::new(
            found.info,
            model(),
            vec![0; 6],
            vec![0.0; 6],
            vec![vec![0.0; 4]],
        )
        .unwrap_err();
        assert!(fault.to_string().contains("ranking"), "{fault}");
    }
}

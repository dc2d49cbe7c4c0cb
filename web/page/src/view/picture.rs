//! An opened image, as the worker hands it over.

use protocol::ImageInfo;

use super::intensity_window;
use super::shape::{Voxel, check, index, voxel_count};
use super::slice_plane::SlicePlane;
use crate::errors::Error;

/// Share of the values that may be drawn plain black or white when a scan opens.
const SHARE_CLIPPED: f64 = 0.01;

/// An opened image.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    /// Name of the file or of the folder, for the visitor and for the names of saved files only.
    pub name: String,
    /// What it is.
    pub info: ImageInfo,
    /// `[channels, planes, rows, columns]`, in the file's own units.
    pub voxels: Vec<f32>,
    /// Smallest and largest finite value.
    pub extent: [f32; 2],
    /// The values between which all but one in a hundred lie.
    pub usual: [f32; 2],
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
            voxel_count(info.shape).saturating_mul(info.channels),
        )?;
        let mut extent = [f32::INFINITY, f32::NEG_INFINITY];
        for value in voxels.iter().copied().filter(|value| value.is_finite()) {
            extent = [extent[0].min(value), extent[1].max(value)];
        }
        if extent[0] > extent[1] {
            extent = [0.0, 0.0];
        }
        let usual = intensity_window::usual(&voxels, SHARE_CLIPPED).unwrap_or(extent);
        Ok(Self {
            name,
            info,
            voxels,
            extent,
            usual,
        })
    }

    /// Whether it is more than one plane.
    #[must_use]
    pub fn is_volume(&self) -> bool {
        self.info.shape.iter().all(|length| *length > 1)
    }

    /// The modality that the file names, such as `MR`, by its two letters in DICOM.
    #[must_use]
    pub fn modality(&self) -> Option<&str> {
        modality(&self.info)
    }

    /// The window on which it opens.
    #[must_use]
    pub fn window(&self) -> [f32; 2] {
        let display = self.info.display_range;
        if self.info.affine.is_some() || self.is_volume() {
            intensity_window::opened(display, self.usual, self.extent)
        } else {
            intensity_window::initial(display, self.extent)
        }
    }

    /// One plane of every channel, `[channels, rows, columns]` of the screen. Empty for a plane that does not exist.
    #[must_use]
    pub fn plane(&self, slice_plane: &SlicePlane, slice: usize) -> Vec<f32> {
        let channels = self
            .voxels
            .chunks_exact(voxel_count(self.info.shape).max(1));
        channels
            .flat_map(|channel| slice_plane.extract(channel, self.info.shape, slice))
            .collect()
    }

    /// The value of every channel at a voxel.
    #[must_use]
    pub fn values(&self, voxel: Voxel) -> Vec<f32> {
        let Some(index) = index(self.info.shape, voxel) else {
            return Vec::new();
        };
        self.voxels
            .chunks_exact(voxel_count(self.info.shape).max(1))
            .filter_map(|channel| channel.get(index).copied())
            .collect()
    }
}

/// The modality of an image by its two letters in DICOM (PS3.3, C.7.3.1.1.1), where its series names one.
#[must_use]
pub fn modality(info: &ImageInfo) -> Option<&str> {
    let series = info.series.get(usize::try_from(info.chosen).ok()?)?;
    let word = series
        .description
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .next()?;
    let code = word.len() == 2 && word.bytes().all(|letter| letter.is_ascii_uppercase());
    code.then_some(word)
}

#[cfg(test)]
pub(crate) mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    pub(crate) fn picture(channels: usize, planes: usize) -> Picture {
        sized(channels, [planes, 2, 3])
    }

    pub(crate) fn sized(channels: usize, shape: [usize; 3]) -> Picture {
        let voxels = (0..channels * voxel_count(shape))
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
            part: protocol::PartInfo::default(),
            exports: vec![],
        };
        Picture::new("cell.png".into(), info, voxels).unwrap()
    }

    #[test]
    fn planes_and_pixels_are_found() {
        let stack = picture(3, 2);
        assert_eq!(
            stack.plane(&SlicePlane::STORED, 1)[..7],
            [6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 18.0]
        );
        assert_eq!(stack.values([2, 0, 1]), [8.0, 20.0, 32.0]);
        assert!(stack.plane(&SlicePlane::STORED, 2).is_empty());
        assert!(stack.values([0, 2, 0]).is_empty());
        assert_eq!((stack.extent, stack.usual), ([0.0, 35.0], [0.0, 35.0]));
        assert!(stack.is_volume() && !picture(3, 1).is_volume());
    }

    #[test]
    fn the_modality_is_that_of_the_chosen_series() {
        let series = |description: &str| protocol::SeriesInfo {
            description: description.into(),
            shape: [1, 2, 3],
        };
        let mut info = picture(1, 1).info;
        info.series = vec![series("MR, 41 images"), series("CT; 20 images"), series("")];
        for (chosen, expected) in [(0, Some("MR")), (1, Some("CT")), (2, None), (3, None)] {
            info.chosen = chosen;
            assert_eq!(modality(&info), expected);
        }
        info.series = vec![series("NIfTI, 3 planes")];
        info.chosen = 0;
        assert_eq!(modality(&info), None);
    }

    #[test]
    fn an_array_that_does_not_fit_is_refused() {
        let good = picture(1, 1);
        let fault = Picture::new("x".into(), good.info, vec![0.0; 5])
            .unwrap_err()
            .details()
            .unwrap();
        assert!(fault.contains('5') && fault.contains('6'), "{fault}");
    }
}

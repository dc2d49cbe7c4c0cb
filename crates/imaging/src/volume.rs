//! The picture as numbers.

use crate::geometry::{Geometry, Grid};
use crate::{Error, Provenance, SourceHeader};

/// A picture or a volume, decoded.
#[derive(Debug, Clone, PartialEq)]
pub struct Volume {
    /// 1 (grey) or 3 (RGB). An alpha channel is dropped and said so in [`Provenance::notes`].
    pub channels: usize,
    /// Planes, rows and columns; one plane for a picture.
    pub shape: [usize; 3],
    /// Channel first, `[channels, planes, rows, columns]`, in the file's own units: 0 to 255 for 8 bits, 0 to 65535 for
    /// 16 bits, 0 to 2^bits - 1 for fewer bits, palette colours 0 to 255, floats as they are (also not-a-number).
    pub voxels: Vec<f32>,
    /// Where the voxels lie.
    pub geometry: Geometry,
    /// Where the voxels come from.
    pub provenance: Provenance,
    /// What the file's own format needs to refer to it; `None` for plain pictures.
    pub source: Option<SourceHeader>,
}

impl Volume {
    /// Voxels of one channel: planes x rows x columns.
    pub fn voxels_per_channel(&self) -> usize {
        self.shape.iter().product()
    }

    /// Shape and affine matrix together; `None` for a picture without geometry.
    ///
    /// # Errors
    /// [`Error::Geometry`] where the matrix cannot be used; the decoders of this crate give none such.
    pub fn grid(&self) -> Result<Option<Grid>, Error> {
        self.geometry
            .affine
            .map(|affine| Grid::new(self.shape, affine))
            .transpose()
    }

    /// Millimetres between planes, rows and columns, where the file says so: of the matrix, or stated by themselves.
    ///
    /// # Errors
    /// As [`Volume::grid`].
    pub fn spacing(&self) -> Result<Option<[f64; 3]>, Error> {
        let grid = self.grid()?;
        Ok(grid.map(|grid| grid.spacing()).or(self.geometry.spacing))
    }

    /// The voxels with `wanted` channels, channel first.
    ///
    /// Grey becomes RGB by repetition; RGB becomes grey by the luma of ITU-R Rec. 601, `0.299 R + 0.587 G + 0.114 B`.
    ///
    /// # Errors
    /// [`Error::Channels`] unless `wanted` is the volume's own number of channels, or one is 1 and the other 3;
    /// [`Error::WrongLength`] if [`Volume::voxels`] does not fit the shape.
    pub fn to_channels(&self, wanted: usize) -> Result<Vec<f32>, Error> {
        let count = self.voxels_per_channel();
        let expected = count.saturating_mul(self.channels);
        if self.voxels.len() != expected {
            return Err(Error::WrongLength {
                what: "the volume",
                found: self.voxels.len(),
                expected,
            });
        }
        match (self.channels, wanted) {
            (found, wanted) if found == wanted => Ok(self.voxels.clone()),
            (1, 3) => Ok(self.voxels.repeat(3)),
            (3, 1) => {
                let (red, rest) = self.voxels.split_at(count);
                let (green, blue) = rest.split_at(count);
                Ok(red
                    .iter()
                    .zip(green)
                    .zip(blue)
                    .map(|((&r, &g), &b)| luma(r, g, b))
                    .collect())
            }
            (found, wanted) => Err(Error::Channels { wanted, found }),
        }
    }
}

/// Luma of ITU-R Rec. 601, computed in 64 bits and rounded once, so that equal channels give exactly their value.
fn luma(red: f32, green: f32, blue: f32) -> f32 {
    (0.299 * f64::from(red) + 0.587 * f64::from(green) + 0.114 * f64::from(blue)) as f32
}

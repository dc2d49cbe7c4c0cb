//! Configuration of the backbone.

use burn::config::Config;

use crate::Error;

/// DynUNet with a residual encoder: five levels, kernel 3, strides 1, 2, 2, 2, 2 (MONAI's `DynUNet` with
/// `res_block=True`).
#[derive(Config, Debug, PartialEq)]
pub struct DynUNetConfig {
    /// Spatial axes: 2 or 3.
    pub spatial_dims: usize,
    /// Channels of the image.
    pub in_channels: usize,
    /// Classes, background included; at least 2.
    pub num_classes: usize,
    /// Channels of the five levels, full size first. See [`DynUNetConfig::default_filters`].
    pub filters: [usize; 5],
    /// Probability with which a channel of the deep levels is dropped in training and in stochastic passes, 0 to under 1.
    /// See [`super::DynUNet::forward_stochastic`].
    #[config(default = 0.0)]
    pub dropout: f64,
}

impl DynUNetConfig {
    /// Every spatial size must be a multiple of this (four strides of 2).
    pub const SIZE_MULTIPLE: usize = 16;

    /// MONAI's filters where none are given: `min(2^(5 + level), cap)`, cap 512 in 2D and 320 in 3D.
    #[must_use]
    pub const fn default_filters(spatial_dims: usize) -> [usize; 5] {
        if spatial_dims == 3 {
            [32, 64, 128, 256, 320]
        } else {
            [32, 64, 128, 256, 512]
        }
    }

    /// Checks that such a network can exist with tensors of rank `rank` (spatial axes + 2).
    ///
    /// # Errors
    /// [`Error::Config`] names the field that does not fit.
    pub fn check(&self, rank: usize) -> Result<(), Error> {
        let fault = |field, value: String, requirement| {
            Err(Error::Config {
                field,
                value,
                requirement,
            })
        };
        if !matches!(self.spatial_dims, 2 | 3) || self.spatial_dims + 2 != rank {
            return fault(
                "spatial_dims",
                self.spatial_dims.to_string(),
                "2 for images and 3 for volumes",
            );
        }
        if self.in_channels == 0 || self.in_channels > 64 {
            return fault(
                "in_channels",
                self.in_channels.to_string(),
                "between 1 and 64",
            );
        }
        if self.num_classes < 2 || self.num_classes > 255 {
            return fault(
                "num_classes",
                self.num_classes.to_string(),
                "between 2 and 255",
            );
        }
        if self.filters.iter().any(|&count| count == 0 || count > 4096) {
            return fault(
                "filters",
                format!("{:?}", self.filters),
                "five numbers between 1 and 4096",
            );
        }
        if !(0.0..1.0).contains(&self.dropout) {
            return fault("dropout", self.dropout.to_string(), "0 to under 1");
        }
        Ok(())
    }

    /// Channels of the three taps: before the second and third decoder block, and before the output.
    #[must_use]
    pub const fn tap_channels(&self) -> [usize; 3] {
        [2 * self.filters[2], 2 * self.filters[1], self.filters[0]]
    }
}

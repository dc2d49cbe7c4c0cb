//! Configuration of the uncertainty head.

use burn::config::Config;

use crate::Error;

/// The SegWithU head: fusion of the taps, rank-1 probes, maps.
#[derive(Config, Debug, PartialEq)]
pub struct HeadConfig {
    /// Channels of the taps, in tap order. A single tap that already has `feature_channels` channels is used without fusion when `fusion` is false.
    pub tap_channels: Vec<usize>,
    /// Channels of the fused features.
    pub feature_channels: usize,
    /// Classes, background included.
    pub num_classes: usize,
    /// Probes, that is the rank of the perturbation; 2 to 64.
    #[config(default = 8)]
    pub num_probes: usize,
    /// Whether there is an aleatoric branch.
    #[config(default = true)]
    pub use_aleatoric: bool,
    /// Whether the taps are fused; without fusion the last tap is the features.
    #[config(default = true)]
    pub fusion: bool,
}

impl HeadConfig {
    /// Checks that such a head can exist.
    ///
    /// # Errors
    /// [`Error::Config`] names the field that does not fit.
    pub fn check(&self) -> Result<(), Error> {
        let fault = |field, value: String, requirement| {
            Err(Error::Config {
                field,
                value,
                requirement,
            })
        };
        if self.tap_channels.is_empty() || self.tap_channels.contains(&0) {
            return fault(
                "tap_channels",
                format!("{:?}", self.tap_channels),
                "at least one positive number",
            );
        }
        if self.feature_channels == 0 {
            return fault(
                "feature_channels",
                self.feature_channels.to_string(),
                "at least 1",
            );
        }
        if !self.fusion && self.tap_channels.last() != Some(&self.feature_channels) {
            return fault(
                "fusion",
                "false".to_owned(),
                "true unless the last tap has `feature_channels` channels",
            );
        }
        if self.num_classes < 2 || self.num_classes > 255 {
            return fault(
                "num_classes",
                self.num_classes.to_string(),
                "between 2 and 255",
            );
        }
        if self.num_probes < 2 || self.num_probes > 64 {
            return fault(
                "num_probes",
                self.num_probes.to_string(),
                "between 2 and 64",
            );
        }
        Ok(())
    }
}

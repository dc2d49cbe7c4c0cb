//! Backbone and head together.

use burn::config::Config;
use burn::module::Module;
use burn::tensor::{Device, Tensor};

use crate::Error;
use crate::backbone::{DynUNet, DynUNetConfig};
use crate::head::{Head, HeadConfig, Maps};
use crate::inference;

/// A segmentation network with its uncertainty head.
#[derive(Config, Debug, PartialEq)]
pub struct SegWithUConfig {
    /// The backbone.
    pub backbone: DynUNetConfig,
    /// Probes of the head.
    #[config(default = 8)]
    pub num_probes: usize,
    /// Whether the head has an aleatoric branch.
    #[config(default = true)]
    pub use_aleatoric: bool,
}

/// Backbone and head. Parameter paths are the PyTorch reference's names.
#[derive(Module, Debug)]
pub struct SegWithU<const D: usize> {
    /// The frozen segmentation network.
    pub backbone: DynUNet<D>,
    /// The uncertainty head.
    pub head: Head<D>,
}

/// Logits and maps of one pass.
#[derive(Debug, Clone)]
pub struct SegWithUOutput<const D: usize> {
    /// Raw logits, `[batch, classes, size..]`.
    pub logits: Tensor<D>,
    /// All maps.
    pub maps: Maps<D>,
}

impl SegWithUConfig {
    /// The head's own configuration: the three taps of the backbone, as wide as its full-size level.
    #[must_use]
    pub fn head(&self) -> HeadConfig {
        HeadConfig::new(
            self.backbone.tap_channels().to_vec(),
            self.backbone.filters[0],
            self.backbone.num_classes,
        )
        .with_num_probes(self.num_probes)
        .with_use_aleatoric(self.use_aleatoric)
    }

    /// A network with random weights.
    ///
    /// # Errors
    /// [`Error::Config`] where the configuration does not describe a network of rank `D`.
    pub fn init<const D: usize>(&self, device: &Device) -> Result<SegWithU<D>, Error> {
        Ok(SegWithU {
            backbone: self.backbone.init(device)?,
            head: self.head().init(device)?,
        })
    }
}

impl<const D: usize> SegWithU<D> {
    /// Logits and maps in one pass. `image` `[batch, channels, size..]`, every size a multiple of 16.
    ///
    /// # Errors
    /// [`Error::InputShape`] where the sizes do not fit.
    pub fn forward(&self, image: Tensor<D>) -> Result<SegWithUOutput<D>, Error> {
        if inference::applies(&image, &self.head.unc_head.alpha.val())
            && self.backbone.runs_on_kernels(&image)
        {
            self.backbone.check_input(&image.dims())?;
            return inference::run_network(self, image);
        }
        let output = self.backbone.forward(image)?;
        let maps = self.head.forward(output.logits.clone(), &output.taps)?;
        Ok(SegWithUOutput {
            logits: output.logits,
            maps,
        })
    }
}

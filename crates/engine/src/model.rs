//! A model on a device.

use std::ops::ControlFlow;

use burn::tensor::Device;
use imaging::Volume;
use segwithu::weights::Weights;

use crate::memory::MemoryPlan;
use crate::network::{Network, WindowInput};
use crate::progress::Progress;
use crate::run::{Options, RunPlan, segment};
use crate::{Bundle, Error, Manifest, Segmentation};

/// A model on a device.
#[derive(Debug)]
pub struct Engine {
    manifest: Manifest,
    network: Network,
    device: Device,
}

impl Engine {
    /// Puts a model on a device.
    ///
    /// # Errors
    /// The faults of the weights, each naming the tensor.
    pub fn new(bundle: &Bundle, device: &Device) -> Result<Self, Error> {
        let manifest = bundle.manifest.clone();
        let config = manifest
            .architecture
            .config_with_classes(manifest.classes.len());
        let weights = Weights::from_bytes(bundle.weights())?;
        let network = if manifest.architecture.spatial_dims == 3 {
            Network::Spatial(Box::new(weights.load(config.init(device)?, "", device)?))
        } else {
            Network::Planar(Box::new(weights.load(config.init(device)?, "", device)?))
        };
        Ok(Self {
            manifest,
            network,
            device: device.clone(),
        })
    }

    /// The model's description.
    #[must_use]
    pub const fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The device.
    #[must_use]
    pub const fn device(&self) -> &Device {
        &self.device
    }

    pub(crate) const fn network(&self) -> &Network {
        &self.network
    }

    /// What a run over an image would take.
    ///
    /// # Errors
    /// As [`Engine::segment`] before it starts.
    pub fn memory(&self, volume: &Volume, options: &Options) -> Result<MemoryPlan, Error> {
        Ok(RunPlan::new(&self.manifest, volume, options)?.memory)
    }

    /// Segments an image. Before the first and after every window `progress` is awaited; where it breaks, the work ends.
    ///
    /// A model for pictures runs over a volume plane by plane, of the volume as it is stored or in the orientation that
    /// the bundle names. Logits and maps come back to the image's own grid, voxel for voxel: flips and exchanged axes are
    /// undone exactly, another spacing linearly, and the mask is the largest logit there.
    ///
    /// # Errors
    /// [`Error::SinglePlane`], [`Error::TooSmall`] and [`Error::Constant`] for images that the model cannot take,
    /// [`Error::Memory`] and [`Error::Buffer`] for what cannot fit, [`Error::Cancelled`] where `progress` broke,
    /// [`Error::NotFinite`] and those of the network where the device fails.
    pub async fn segment(
        &self,
        volume: &Volume,
        options: &Options,
        progress: impl AsyncFnMut(Progress<'_>) -> ControlFlow<()>,
    ) -> Result<Segmentation, Error> {
        let network = async |input: WindowInput<'_>| self.network.window(input, &self.device).await;
        segment(&self.manifest, volume, options, network, progress).await
    }

    /// As [`Engine::segment`], but every window is a sample of Monte-Carlo dropout
    /// ([`segwithu::backbone::DynUNet::forward_stochastic`]): logits and mask, and no map. Seed the device for a run that
    /// can be repeated; see [`Engine::with_dropout`].
    ///
    /// # Errors
    /// Those of [`Engine::segment`].
    pub async fn segment_stochastic(
        &self,
        volume: &Volume,
        options: &Options,
        progress: impl AsyncFnMut(Progress<'_>) -> ControlFlow<()>,
    ) -> Result<Segmentation, Error> {
        let network = async |input: WindowInput<'_>| {
            self.network.stochastic_window(input, &self.device).await
        };
        segment(&self.manifest, volume, options, network, progress).await
    }

    /// The same model, whose stochastic runs drop channels with the given probability, 0 to under 1: that with which the
    /// backbone was trained.
    #[must_use]
    pub fn with_dropout(mut self, dropout: f64) -> Self {
        match &mut self.network {
            Network::Planar(network) => {
                network.backbone = network.backbone.clone().with_dropout(dropout);
            }
            Network::Spatial(network) => {
                network.backbone = network.backbone.clone().with_dropout(dropout);
            }
        }
        self
    }
}

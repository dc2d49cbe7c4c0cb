//! The backbone: MONAI's DynUNet with a residual encoder (Isensee et al., nnU-Net, Nature Methods 18, 2021).

mod blocks;
mod config;

pub use blocks::{Convolution, Kernel, Norm, OutputBlock, PlainBlock, ResidualBlock, UpBlock};
pub use config::DynUNetConfig;

pub(crate) use blocks::{NORM_EPSILON, SLOPE, kernel_shape};

use burn::module::Module;
use burn::tensor::{Device, Distribution, Tensor};

use crate::Error;
use crate::inference;
use crate::ops::resize_nearest;

/// The segmentation network. Field names are the PyTorch reference's.
#[derive(Module, Debug)]
pub struct DynUNet<const D: usize> {
    /// Level 0, full size.
    pub input_block: ResidualBlock<D>,
    /// Levels 1 to 3, each half the size of the one before.
    pub downsamples: Vec<ResidualBlock<D>>,
    /// Level 4, 1/16 of the size.
    pub bottleneck: ResidualBlock<D>,
    /// Decoder, deepest first.
    pub upsamples: Vec<UpBlock<D>>,
    /// 1x1 convolution to the logits.
    pub output_block: OutputBlock<D>,
    /// Auxiliary outputs at 1/2 and 1/4 of the size, for training.
    pub deep_supervision_heads: Vec<OutputBlock<D>>,
    #[module(skip)]
    dropout: f64,
}

/// Blocks of the decoder, from the deepest on, whose outputs dropout reaches.
const DROPPED_BLOCKS: usize = 2;

/// What one pass through the backbone gives.
#[derive(Debug, Clone)]
pub struct BackboneOutput<const D: usize> {
    /// `[batch, classes, size..]`.
    pub logits: Tensor<D>,
    /// Inputs of `upsamples.1.conv_block`, `upsamples.2.conv_block` and `output_block`: what the uncertainty head reads.
    pub taps: Vec<Tensor<D>>,
    /// Outputs of the auxiliary heads, `[batch, classes, size / 2..]` and `[batch, classes, size / 4..]`.
    pub deep: Vec<Tensor<D>>,
}

impl DynUNetConfig {
    /// A network with random weights.
    ///
    /// # Errors
    /// [`Error::Config`] where the configuration does not describe a network of rank `D`.
    pub fn init<const D: usize>(&self, device: &Device) -> Result<DynUNet<D>, Error> {
        self.check(D)?;
        let filters = self.filters;
        Ok(DynUNet {
            input_block: ResidualBlock::new(self.in_channels, filters[0], 1, device),
            downsamples: (0..3)
                .map(|level| ResidualBlock::new(filters[level], filters[level + 1], 2, device))
                .collect(),
            bottleneck: ResidualBlock::new(filters[3], filters[4], 2, device),
            upsamples: (0..4)
                .map(|step| UpBlock::new(filters[4 - step], filters[3 - step], device))
                .collect(),
            output_block: OutputBlock::new(filters[0], self.num_classes, device),
            deep_supervision_heads: (1..3)
                .map(|level| OutputBlock::new(filters[level], self.num_classes, device))
                .collect(),
            dropout: self.dropout,
        })
    }
}

impl<const D: usize> DynUNet<D> {
    /// Logits and taps. `image` `[batch, channels, size..]`, every size a multiple of 16 and not all 16.
    ///
    /// # Errors
    /// [`Error::InputShape`] where the sizes do not fit.
    pub fn forward(&self, image: Tensor<D>) -> Result<BackboneOutput<D>, Error> {
        if self.runs_on_kernels(&image) {
            self.check_input(&image.dims())?;
            return inference::run_backbone(self, image);
        }
        self.run(image, false, 0.0)
    }

    /// As [`forward`](Self::forward), with the outputs of the auxiliary heads.
    ///
    /// # Errors
    /// [`Error::InputShape`] where the sizes do not fit.
    pub fn forward_deep(&self, image: Tensor<D>) -> Result<BackboneOutput<D>, Error> {
        self.run(image, true, 0.0)
    }

    /// As [`forward`](Self::forward), with channels of the deep levels dropped at random: one sample of Monte-Carlo
    /// dropout (Gal and Ghahramani, ICML 2016; channels, not single voxels, after Tompson et al., CVPR 2015).
    ///
    /// Dropped are, with probability [`DynUNetConfig::dropout`] each, channels of the outputs of the bottleneck and of the
    /// two deepest blocks of the decoder; what is kept is scaled by 1 / (1 - dropout). The device draws: seed it with
    /// `Device::seed` for passes that can be repeated.
    ///
    /// # Errors
    /// [`Error::InputShape`] where the sizes do not fit.
    pub fn forward_stochastic(&self, image: Tensor<D>) -> Result<BackboneOutput<D>, Error> {
        self.run(image, false, self.dropout)
    }

    /// The same weights with another probability of [`forward_stochastic`](Self::forward_stochastic).
    #[must_use]
    pub fn with_dropout(mut self, dropout: f64) -> Self {
        self.dropout = dropout.clamp(0.0, 1.0 - f64::EPSILON);
        self
    }

    /// Whether [`inference`] can take a pass without dropout.
    pub(crate) fn runs_on_kernels(&self, image: &Tensor<D>) -> bool {
        inference::applies(image, &self.input_block.conv1.conv.weight.val())
    }

    pub(crate) fn check_input(&self, dims: &[usize]) -> Result<(), Error> {
        check_input(dims, self.input_block.conv1.conv.weight.dims()[1])
    }

    fn run(
        &self,
        image: Tensor<D>,
        deep_wanted: bool,
        dropout: f64,
    ) -> Result<BackboneOutput<D>, Error> {
        self.check_input(&image.dims())?;
        let mut skips = vec![self.input_block.forward(image)];
        let mut hidden = skips[0].clone();
        for block in &self.downsamples {
            hidden = block.forward(hidden);
            skips.push(hidden.clone());
        }
        hidden = drop_channels(self.bottleneck.forward(hidden), dropout);
        let (mut taps, mut deep) = (Vec::new(), Vec::new());
        for (step, block) in self.upsamples.iter().enumerate() {
            let Some(skip) = skips.pop() else { break };
            let (joined, mut output) = block.forward(hidden, skip);
            if step < DROPPED_BLOCKS {
                output = drop_channels(output, dropout);
            }
            if step == 1 || step == 2 {
                taps.push(joined);
            }
            // Head 1 reads the output at 1/4, head 0 the one at 1/2; the reference lists head 0 first.
            if deep_wanted
                && let Some(head) = 2_usize
                    .checked_sub(step)
                    .and_then(|i| self.deep_supervision_heads.get(i))
            {
                deep.insert(0, head.forward(output.clone()));
            }
            hidden = output;
        }
        taps.push(hidden.clone());
        Ok(BackboneOutput {
            logits: self.output_block.forward(hidden),
            taps,
            deep,
        })
    }

    /// Logits of the main output and of the auxiliary heads, all at full size (nearest), for deep supervision. Channels of
    /// the deep levels are dropped as in [`forward_stochastic`](Self::forward_stochastic).
    ///
    /// # Errors
    /// [`Error::InputShape`] where the sizes do not fit.
    pub fn forward_supervised(&self, image: Tensor<D>) -> Result<Vec<Tensor<D>>, Error> {
        let output = self.run(image, true, self.dropout)?;
        let size = output.logits.dims()[2..].to_vec();
        let mut all = vec![output.logits];
        all.extend(
            output
                .deep
                .into_iter()
                .map(|logits| resize_nearest(logits, &size)),
        );
        Ok(all)
    }
}

/// Sets channels of `[batch, channels, size..]` to zero with the given probability and scales the others, so that the mean
/// stays.
fn drop_channels<const D: usize>(input: Tensor<D>, probability: f64) -> Tensor<D> {
    if probability <= 0.0 {
        return input;
    }
    let kept = 1.0 - probability;
    let mut shape = [1; D];
    shape[..2].copy_from_slice(&input.dims()[..2]);
    let mask = Tensor::<D>::random(shape, Distribution::Bernoulli(kept), &input.device());
    input * (mask * (1.0 / kept))
}

fn check_input(dims: &[usize], channels: usize) -> Result<(), Error> {
    let multiple = DynUNetConfig::SIZE_MULTIPLE;
    let spatial = &dims[2..];
    let requirement = if dims[1] != channels {
        format!("the network takes {channels} channels")
    } else if spatial
        .iter()
        .any(|size| size % multiple != 0 || *size == 0)
    {
        format!("every size must be a multiple of {multiple}")
    } else if spatial.iter().all(|&size| size == multiple) {
        // Instance normalisation of a single voxel would always give 0.
        format!("one size must be larger than {multiple}")
    } else {
        return Ok(());
    };
    Err(Error::InputShape {
        shape: dims.to_vec(),
        requirement,
    })
}

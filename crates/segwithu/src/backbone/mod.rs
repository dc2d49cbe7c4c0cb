//! The backbone: MONAI's DynUNet with a residual encoder (Isensee et al., nnU-Net, Nature Methods 18, 2021).

mod blocks;
mod config;

pub use blocks::{Convolution, Kernel, Norm, OutputBlock, PlainBlock, ResidualBlock, UpBlock};
pub use config::DynUNetConfig;

pub(crate) use blocks::kernel_shape;

use burn::module::Module;
use burn::tensor::{Device, Tensor};

use crate::Error;
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
}

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
        })
    }
}

impl<const D: usize> DynUNet<D> {
    /// Logits and taps. `image` `[batch, channels, size..]`, every size a multiple of 16 and not all 16.
    ///
    /// # Errors
    /// [`Error::InputShape`] where the sizes do not fit.
    pub fn forward(&self, image: Tensor<D>) -> Result<BackboneOutput<D>, Error> {
        self.run(image, false)
    }

    /// As [`forward`](Self::forward), with the outputs of the auxiliary heads.
    ///
    /// # Errors
    /// [`Error::InputShape`] where the sizes do not fit.
    pub fn forward_deep(&self, image: Tensor<D>) -> Result<BackboneOutput<D>, Error> {
        self.run(image, true)
    }

    fn run(&self, image: Tensor<D>, deep_wanted: bool) -> Result<BackboneOutput<D>, Error> {
        check_input(&image.dims(), self.input_block.conv1.conv.weight.dims()[1])?;
        let mut skips = vec![self.input_block.forward(image)];
        let mut hidden = skips[0].clone();
        for block in &self.downsamples {
            hidden = block.forward(hidden);
            skips.push(hidden.clone());
        }
        hidden = self.bottleneck.forward(hidden);
        let (mut taps, mut deep) = (Vec::new(), Vec::new());
        for (step, block) in self.upsamples.iter().enumerate() {
            let Some(skip) = skips.pop() else { break };
            let (joined, output) = block.forward(hidden, skip);
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

    /// Logits of the main output and of the auxiliary heads, all at full size (nearest), for deep supervision.
    ///
    /// # Errors
    /// [`Error::InputShape`] where the sizes do not fit.
    pub fn forward_supervised(&self, image: Tensor<D>) -> Result<Vec<Tensor<D>>, Error> {
        let output = self.forward_deep(image)?;
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

//! Fusion of the taps into one feature map.

use burn::module::Module;
use burn::tensor::{Device, Tensor};

use super::init::uniform_kernel;
use crate::backbone::{Kernel, Norm};
use crate::ops::{ConvolutionShape, convolve, gelu, resize_linear};

/// Projects every tap to the same channels, brings them to the largest tap's size and mixes them.
#[derive(Module, Debug)]
pub struct Fusion<const D: usize> {
    /// A 1x1 convolution per tap, `[features, tap, 1..]`.
    pub projections: Vec<Kernel<D>>,
    /// The mixing convolutions.
    pub fusion_block: FusionBlock<D>,
}

/// Two rounds of convolution, instance normalisation and GELU. In the reference a sequence of modules, in which these
/// have the numbers 0, 1, 3 and 4.
#[derive(Module, Debug)]
pub struct FusionBlock<const D: usize> {
    /// Number 0, kernel 3, `[features, taps * features, 3..]`.
    pub conv0: Kernel<D>,
    /// Number 1.
    pub norm1: Norm,
    /// Number 3, kernel 3, `[features, features, 3..]`.
    pub conv3: Kernel<D>,
    /// Number 4.
    pub norm4: Norm,
}

impl<const D: usize> Fusion<D> {
    pub(super) fn new(tap_channels: &[usize], features: usize, device: &Device) -> Self {
        Self {
            projections: tap_channels
                .iter()
                .map(|&channels| uniform_kernel(features, channels, 1, false, device))
                .collect(),
            fusion_block: FusionBlock {
                conv0: uniform_kernel(features, features * tap_channels.len(), 3, false, device),
                norm1: Norm::new(features, device),
                conv3: uniform_kernel(features, features, 3, false, device),
                norm4: Norm::new(features, device),
            },
        }
    }

    /// Taps `[batch, tap, size..]` to features `[batch, features, largest size..]`.
    pub fn forward(&self, taps: &[Tensor<D>]) -> Tensor<D> {
        let voxels = |tap: &Tensor<D>| tap.dims()[2..].iter().product::<usize>();
        // The first of the largest, as in the reference: `max_by_key` would take the last.
        let mut size: Vec<usize> = Vec::new();
        for tap in taps {
            if size.is_empty() || voxels(tap) > size.iter().product() {
                size = tap.dims()[2..].to_vec();
            }
        }
        let point = ConvolutionShape {
            stride: 1,
            padding: 0,
        };
        // Projecting first is equal to resizing first (both are linear, the projection acts on channels only) and far
        // cheaper.
        let projected = taps
            .iter()
            .zip(&self.projections)
            .map(|(tap, kernel)| {
                resize_linear(
                    convolve(tap.clone(), kernel.weight.val(), None, point),
                    &size,
                )
            })
            .collect();
        self.fusion_block.forward(Tensor::cat(projected, 1))
    }
}

impl<const D: usize> FusionBlock<D> {
    fn forward(&self, input: Tensor<D>) -> Tensor<D> {
        let same = ConvolutionShape {
            stride: 1,
            padding: 1,
        };
        let hidden = gelu(
            self.norm1
                .forward(convolve(input, self.conv0.weight.val(), None, same)),
        );
        gelu(
            self.norm4
                .forward(convolve(hidden, self.conv3.weight.val(), None, same)),
        )
    }
}

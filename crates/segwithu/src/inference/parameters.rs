//! The kernels' network from the modules' parameters.

use burn::module::Param;
use burn::tensor::Tensor;
use kernels::network::{Backbone, Fusion, Head, ResidualBlock, UpBlock};
use kernels::{Convolution, Normalisation, ProbeHead, TransposedConvolution};

use crate::Error;
use crate::backbone::{self, DynUNet, Kernel, NORM_EPSILON, Norm, SLOPE};
use crate::head::{self, MARGIN_STEEPNESS, SCALE_FLOOR, UncertaintyHead, sign_patterns};
use crate::ops::read_back_blocking;

fn values<const D: usize>(parameter: &Param<Tensor<D>>) -> Result<Vec<f32>, Error> {
    read_back_blocking(parameter.val())
}

fn convolution<const D: usize>(kernel: &Kernel<D>) -> Result<Convolution, Error> {
    let dims = kernel.weight.dims();
    let bias = kernel.bias.as_ref().map(values).transpose()?;
    let taps = dims[2..].iter().product();
    Ok(Convolution::new(
        &values(&kernel.weight)?,
        dims[0],
        dims[1],
        taps,
        bias,
    ))
}

fn transposed<const D: usize>(kernel: &Kernel<D>) -> Result<TransposedConvolution, Error> {
    let dims = kernel.weight.dims();
    let taps = dims[2..].iter().product();
    Ok(TransposedConvolution::new(
        &values(&kernel.weight)?,
        dims[0],
        dims[1],
        taps,
    ))
}

fn normalisation(norm: &Norm) -> Result<Normalisation, Error> {
    Ok(Normalisation {
        scale: values(&norm.weight)?,
        shift: values(&norm.bias)?,
        epsilon: NORM_EPSILON,
    })
}

fn residual_block<const D: usize>(
    block: &backbone::ResidualBlock<D>,
) -> Result<ResidualBlock, Error> {
    let shortcut = match (&block.conv3, &block.norm3) {
        (Some(convolution_3), Some(norm)) => {
            Some((convolution(&convolution_3.conv)?, normalisation(norm)?))
        }
        _ => None,
    };
    Ok(ResidualBlock {
        conv1: convolution(&block.conv1.conv)?,
        norm1: normalisation(&block.norm1)?,
        conv2: convolution(&block.conv2.conv)?,
        norm2: normalisation(&block.norm2)?,
        shortcut,
        stride: block.stride(),
    })
}

fn up_block<const D: usize>(block: &backbone::UpBlock<D>) -> Result<UpBlock, Error> {
    let pair = &block.conv_block;
    Ok(UpBlock {
        transposed: transposed(&block.transp_conv.conv)?,
        conv1: convolution(&pair.conv1.conv)?,
        norm1: normalisation(&pair.norm1)?,
        conv2: convolution(&pair.conv2.conv)?,
        norm2: normalisation(&pair.norm2)?,
    })
}

pub(super) fn backbone<const D: usize>(network: &DynUNet<D>) -> Result<Backbone, Error> {
    let encoder = std::iter::once(&network.input_block)
        .chain(&network.downsamples)
        .chain(std::iter::once(&network.bottleneck));
    Ok(Backbone {
        encoder: encoder.map(residual_block).collect::<Result<_, _>>()?,
        decoder: network
            .upsamples
            .iter()
            .map(up_block)
            .collect::<Result<_, _>>()?,
        output: convolution(&network.output_block.conv.conv)?,
        slope: SLOPE as f32,
    })
}

fn fusion<const D: usize>(fusion: &head::Fusion<D>) -> Result<Fusion, Error> {
    let block = &fusion.fusion_block;
    Ok(Fusion {
        projections: fusion
            .projections
            .iter()
            .map(convolution)
            .collect::<Result<_, _>>()?,
        mixing: vec![
            (convolution(&block.conv0)?, normalisation(&block.norm1)?),
            (convolution(&block.conv3)?, normalisation(&block.norm4)?),
        ],
    })
}

pub(super) fn head<const D: usize>(head: &head::Head<D>) -> Result<Head, Error> {
    Ok(Head {
        fusion: head.fusion.as_ref().map(fusion).transpose()?,
        probes: probe_head(&head.unc_head)?,
    })
}

/// A parameter of one number.
fn number(parameter: &Param<Tensor<1>>) -> Result<f32, Error> {
    Ok(values(parameter)?.first().copied().unwrap_or(0.0))
}

fn softplus(x: f32) -> f32 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

fn probe_head<const D: usize>(head: &UncertaintyHead<D>) -> Result<ProbeHead, Error> {
    let [classes, probes] = [head.probe_to_class.weight.dims()[0], head.alpha.dims()[0]];
    let scales = values(&head.alpha)?
        .into_iter()
        .map(|alpha| softplus(alpha) + SCALE_FLOOR as f32)
        .collect::<Vec<_>>();
    let mut loading = values(&head.probe_to_class.weight)?;
    for row in loading.chunks_exact_mut(probes.max(1)) {
        for (value, scale) in row.iter_mut().zip(&scales) {
            *value *= scale;
        }
    }
    let with_bias = |kernel: &Kernel<D>| {
        let bias = kernel.bias.as_ref().map(number).transpose()?;
        Ok::<_, Error>((values(&kernel.weight)?, bias.unwrap_or(0.0)))
    };
    Ok(ProbeHead {
        classes,
        features: head.probe_conv.weight.dims()[1],
        probes: values(&head.probe_conv.weight)?,
        loading,
        patterns: sign_patterns(probes).concat(),
        aleatoric: head.ale_head.as_ref().map(with_bias).transpose()?,
        calibration: with_bias(&head.calibration_head)?,
        steepness: MARGIN_STEEPNESS as f32,
        ranking: [
            1.0 + 0.1 * number(&head.err_a)?.tanh(),
            number(&head.err_b)?,
            softplus(number(&head.err_c)?),
        ],
    })
}

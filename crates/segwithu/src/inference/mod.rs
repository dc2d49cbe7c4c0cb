//! A pass on the CPU without gradients: the kernels' own network, filled from the modules' parameters.
//!
//! The modules describe the network by tensor operations, which every device and automatic differentiation understand. On the
//! CPU half of the time of such a pass goes into handing whole images from one operation to the next, so where nothing
//! but the result is wanted the crate `penumbra-kernels` runs it, with the same parameters and the same numbers up to the order of
//! sums.

mod parameters;

use burn::tensor::{DType, Device, Tensor, TensorData};
use kernels::network::BackboneValues;
use kernels::{Grid, MapValues, Planes};

use crate::backbone::{BackboneOutput, DynUNet};
use crate::head::{Head, Maps};
use crate::ops::read_back_blocking;
use crate::{Error, SegWithU, SegWithUOutput};

/// Whether a pass from this tensor with these parameters can be run here: on the CPU, in 32-bit floats, and without a
/// gradient that somebody might ask for.
pub(crate) fn applies<const D: usize, const E: usize>(
    input: &Tensor<D>,
    parameter: &Tensor<E>,
) -> bool {
    let plain = |device: &Device, dtype: DType| {
        *device == Device::flex() && !device.is_autodiff() && dtype == DType::F32
    };
    matches!(D, 4 | 5)
        && plain(&input.device(), input.dtype())
        && plain(&parameter.device(), parameter.dtype())
}

/// The spatial axes of a shape, and whether there are only two.
fn grid(dims: &[usize]) -> Grid {
    match dims {
        [_, _, depth, height, width] => Grid::new([*depth, *height, *width], false),
        [_, _, height, width] => Grid::new([1, *height, *width], true),
        _ => Grid::new([1; 3], true),
    }
}

/// Values `[channels, spatial..]` as a tensor `[1, channels, spatial..]`, the size taken from `like`.
fn tensor<const D: usize>(values: Vec<f32>, like: &[usize; D], device: &Device) -> Tensor<D> {
    let voxels = like[2..].iter().product::<usize>();
    let mut dims = *like;
    dims[0] = 1;
    dims[1] = values.len() / voxels.max(1);
    Tensor::from_data(TensorData::new(values, dims), device)
}

fn planes_tensor<const D: usize>(planes: &Planes, device: &Device) -> Tensor<D> {
    let [depth, height, width] = planes.grid().size();
    let mut dims = [1; D];
    dims[D - 2..].copy_from_slice(&[height, width]);
    if D == 5 {
        dims[2] = depth;
    }
    tensor(planes.to_image(0..planes.channels()), &dims, device)
}

/// Samples of a batch, `[1, channels, spatial..]` each, as values.
fn samples<const D: usize>(batch: Tensor<D>) -> Result<Vec<Vec<f32>>, Error> {
    let count = batch.dims()[0];
    let values = read_back_blocking(batch)?;
    if count == 1 {
        return Ok(vec![values]);
    }
    let length = values.len() / count.max(1);
    Ok(values
        .chunks_exact(length.max(1))
        .map(<[f32]>::to_vec)
        .collect())
}

/// Tensors of single samples as a batch.
fn batch<const D: usize>(mut samples: Vec<Tensor<D>>) -> Result<Tensor<D>, Error> {
    match samples.len() {
        0 => Err(Error::InputShape {
            shape: vec![0],
            requirement: "a batch needs at least one sample".to_owned(),
        }),
        1 => Ok(samples.remove(0)),
        _ => Ok(Tensor::cat(samples, 0)),
    }
}

/// Logits and taps, see [`DynUNet::forward`].
pub(crate) fn run_backbone<const D: usize>(
    network: &DynUNet<D>,
    image: Tensor<D>,
) -> Result<BackboneOutput<D>, Error> {
    let (device, dims) = (image.device(), image.dims());
    let backbone = parameters::backbone(network)?;
    let (mut logits, mut taps) = (Vec::new(), Vec::new());
    for sample in samples(image)? {
        let pass = backbone.run(&sample, grid(&dims));
        logits.push(planes_tensor(&pass.logits, &device));
        taps.resize_with(pass.taps.len(), Vec::new);
        for (all, tap) in taps.iter_mut().zip(&pass.taps) {
            all.push(planes_tensor(tap, &device));
        }
    }
    Ok(BackboneOutput {
        logits: batch(logits)?,
        taps: taps.into_iter().map(batch).collect::<Result<_, _>>()?,
        deep: Vec::new(),
    })
}

/// All maps, see [`Head::forward`]; taps are not empty.
pub(crate) fn run_head<const D: usize>(
    head: &Head<D>,
    logits: Tensor<D>,
    taps: &[Tensor<D>],
) -> Result<Maps<D>, Error> {
    let (device, dims) = (logits.device(), logits.dims());
    let parameters = parameters::head(head)?;
    let planes = |tensor: Tensor<D>| {
        let grid = grid(&tensor.dims());
        Ok::<_, Error>(
            samples(tensor)?
                .iter()
                .map(|sample| Planes::from_image(grid, sample))
                .collect::<Vec<_>>(),
        )
    };
    let mut of_samples: Vec<BackboneValues> = planes(logits)?
        .into_iter()
        .map(|logits| BackboneValues {
            logits,
            taps: Vec::new(),
        })
        .collect();
    for tap in taps {
        for (pass, tap) in of_samples.iter_mut().zip(planes(tap.clone())?) {
            pass.taps.push(tap);
        }
    }
    let maps = of_samples.iter().filter_map(|pass| parameters.run(pass));
    maps_tensors(maps.collect(), &dims, &device)
}

/// Logits and maps in one pass, see [`SegWithU::forward`].
pub(crate) fn run_network<const D: usize>(
    network: &SegWithU<D>,
    image: Tensor<D>,
) -> Result<SegWithUOutput<D>, Error> {
    let (device, dims) = (image.device(), image.dims());
    let backbone = parameters::backbone(&network.backbone)?;
    let head = parameters::head(&network.head)?;
    let (mut logits, mut maps) = (Vec::new(), Vec::new());
    for sample in samples(image)? {
        let pass = backbone.run(&sample, grid(&dims));
        maps.extend(head.run(&pass));
        logits.push(planes_tensor(&pass.logits, &device));
    }
    Ok(SegWithUOutput {
        logits: batch(logits)?,
        maps: maps_tensors(maps, &dims, &device)?,
    })
}

fn maps_tensors<const D: usize>(
    samples: Vec<MapValues>,
    dims: &[usize; D],
    device: &Device,
) -> Result<Maps<D>, Error> {
    let mut columns: [Vec<Tensor<D>>; 11] = std::array::from_fn(|_| Vec::new());
    let mut aleatoric = Vec::new();
    for sample in samples {
        let values = [
            sample.v,
            sample.delta,
            sample.ranking,
            sample.calibration,
            sample.epistemic,
            sample.residual,
            sample.entropy,
            sample.margin,
            sample.weight,
            sample.anchor,
            sample.probe,
        ];
        for (column, values) in columns.iter_mut().zip(values) {
            column.push(tensor(values, dims, device));
        }
        aleatoric.extend(sample.aleatoric.map(|values| tensor(values, dims, device)));
    }
    let [
        v,
        delta,
        ranking,
        calibration,
        epistemic,
        residual,
        entropy,
        margin,
        weight,
        anchor,
        probe,
    ] = columns.map(batch);
    Ok(Maps {
        v: v?,
        delta: delta?,
        ranking: ranking?,
        calibration: calibration?,
        epistemic: epistemic?,
        aleatoric: (!aleatoric.is_empty())
            .then(|| batch(aleatoric))
            .transpose()?,
        residual: residual?,
        entropy: entropy?,
        margin: margin?,
        weight: weight?,
        anchor: anchor?,
        probe: probe?,
    })
}

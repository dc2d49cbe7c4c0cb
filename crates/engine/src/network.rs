//! The network of a model, fed with one window after the other.

use burn::tensor::{Device, Tensor, TensorData};
use segwithu::SegWithU;
use segwithu::head::MapKind;
use segwithu::ops::read_back;

use crate::Error;

/// A network in 2D or in 3D.
#[derive(Debug)]
pub enum Network {
    /// For pictures, and for volumes plane by plane.
    Planar(Box<SegWithU<4>>),
    /// For volumes.
    Spatial(Box<SegWithU<5>>),
}

/// What the network is asked to do.
#[derive(Debug)]
pub(crate) struct WindowInput<'a> {
    /// The normalised image, `[channels, window..]`.
    pub values: Vec<f32>,
    /// Size of the window along the network's axes.
    pub size: &'a [usize],
    /// Maps that are wanted.
    pub maps: &'a [MapKind],
}

/// What one window gives: logits and maps, one after the other, `[outputs, window..]`.
#[derive(Debug)]
pub(crate) struct WindowOutput {
    pub values: Vec<f32>,
    /// Maps in the order of their channels behind the logits.
    pub kinds: Vec<MapKind>,
}

impl Network {
    /// Logits and maps of one window, read back.
    pub(crate) async fn window(
        &self,
        input: WindowInput<'_>,
        device: &Device,
    ) -> Result<WindowOutput, Error> {
        match self {
            Self::Planar(network) => pass(network, input, device).await,
            Self::Spatial(network) => pass(network, input, device).await,
        }
    }

    /// The logits alone of a pass that drops channels at random, read back.
    pub(crate) async fn stochastic_window(
        &self,
        input: WindowInput<'_>,
        device: &Device,
    ) -> Result<WindowOutput, Error> {
        match self {
            Self::Planar(network) => stochastic_pass(network, input, device).await,
            Self::Spatial(network) => stochastic_pass(network, input, device).await,
        }
    }
}

/// The window on the device, `[1, channels, window..]`.
fn image<const D: usize>(input: &mut WindowInput<'_>, device: &Device) -> Result<Tensor<D>, Error> {
    let window = || input.size.iter().copied();
    let channels = input.values.len() / window().product::<usize>().max(1);
    let shape: Vec<usize> = [1, channels].into_iter().chain(window()).collect();
    let dims = <[usize; D]>::try_from(shape).map_err(|shape| segwithu::Error::InputShape {
        shape,
        requirement: format!("the network takes {} spatial axes", D - 2),
    })?;
    let values = std::mem::take(&mut input.values);
    Ok(Tensor::from_data(TensorData::new(values, dims), device))
}

async fn stochastic_pass<const D: usize>(
    network: &SegWithU<D>,
    mut input: WindowInput<'_>,
    device: &Device,
) -> Result<WindowOutput, Error> {
    let output = network
        .backbone
        .forward_stochastic(image(&mut input, device)?)?;
    Ok(WindowOutput {
        values: read_back(output.logits).await?,
        kinds: Vec::new(),
    })
}

async fn pass<const D: usize>(
    network: &SegWithU<D>,
    mut input: WindowInput<'_>,
    device: &Device,
) -> Result<WindowOutput, Error> {
    let output = network.forward(image(&mut input, device)?)?;
    let mut kinds = Vec::new();
    let mut tensors = vec![output.logits];
    for kind in MapKind::ALL {
        if let Some(map) = output.maps.get(kind)
            && input.maps.contains(&kind)
        {
            kinds.push(kind);
            tensors.push(map.clone());
        }
    }
    // Only what is read back stays alive while it is put together.
    drop(output.maps);
    // One tensor, so that a window costs one transfer.
    let values = read_back(Tensor::cat(tensors, 1)).await?;
    Ok(WindowOutput { values, kinds })
}

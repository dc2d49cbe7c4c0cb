//! Running a model over an image: prepare, window by window, restore.

use std::ops::ControlFlow;

use burn::tensor::{Device, Tensor, TensorData};
use imaging::Volume;
use segwithu::SegWithU;
use segwithu::head::MapKind;
use segwithu::ops::read_back;
use segwithu::sliding_window::{WindowAggregator, WindowGrid};
use segwithu::weights::Weights;
use vocabulary::WindowSize;

use crate::memory::{MemoryLimits, MemoryPlan, Sizes};
use crate::placement::Placement;
use crate::progress::Progress;
use crate::segmentation::check_finite;
use crate::window::patch;
use crate::{Bundle, Error, Manifest, MapResult, Segmentation};

/// Fewest rows and columns of a picture. In fewer pixels there is no object for the network to see, only padding.
const LEAST_SIDE: usize = 8;

/// A network in 2D or in 3D.
#[derive(Debug)]
pub enum Network {
    /// For pictures, and for volumes plane by plane.
    Planar(Box<SegWithU<4>>),
    /// For volumes.
    Spatial(Box<SegWithU<5>>),
}

/// How a run is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// The window that the network runs on.
    pub window: WindowSize,
    /// What the run may use.
    pub memory: MemoryLimits,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            window: WindowSize::Model,
            memory: MemoryLimits::UNLIMITED,
        }
    }
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
    async fn stochastic_window(
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
        Ok(Setup::new(&self.manifest, volume, options)?.memory)
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

/// Everything that is decided before anything is allocated.
struct Setup {
    placement: Placement,
    memory: MemoryPlan,
    windows: WindowGrid,
    /// Size of a window along the network's own axes.
    patch: Vec<usize>,
}

impl Setup {
    fn new(manifest: &Manifest, volume: &Volume, options: &Options) -> Result<Self, Error> {
        let spatial = manifest.architecture.spatial_dims == 3;
        if spatial && volume.shape.contains(&1) {
            return Err(Error::SinglePlane);
        }
        let placement = Placement::new(volume, &manifest.preprocessing)?;
        let grid = placement.grid();
        let mut sides = if spatial {
            grid
        } else {
            [usize::MAX, grid[1], grid[2]]
        };
        sides.sort_unstable();
        // Of a volume one axis may be short: a few planes are enough.
        let side = if spatial { sides[1] } else { sides[0] };
        if side < LEAST_SIDE {
            let [planes, rows, columns] = volume.shape;
            return Err(Error::TooSmall {
                size: if planes == 1 {
                    format!("{columns} x {rows} pixels")
                } else {
                    format!("{columns} x {rows} x {planes} voxels")
                },
                least: LEAST_SIDE,
            });
        }
        let sizes = Sizes {
            image: volume.shape,
            channels: volume.channels,
            grid,
        };
        let memory = MemoryPlan::choose(manifest, sizes, options.window, &options.memory)?;
        let patch = patch(manifest, options.window);
        // A plane is a window of depth 1; its Gaussian weight along the planes is 1.
        let window = match patch[..] {
            [rows, columns] => vec![1, rows, columns],
            _ => patch.clone(),
        };
        let windows = WindowGrid::new(&grid, &window, manifest.preprocessing.overlap)?;
        Ok(Self {
            placement,
            memory,
            windows,
            patch,
        })
    }
}

/// [`Engine::segment`] with any network.
pub(crate) async fn segment(
    manifest: &Manifest,
    volume: &Volume,
    options: &Options,
    mut network: impl AsyncFnMut(WindowInput<'_>) -> Result<WindowOutput, Error>,
    mut progress: impl AsyncFnMut(Progress<'_>) -> ControlFlow<()>,
) -> Result<Segmentation, Error> {
    let setup = Setup::new(manifest, volume, options)?;
    let image = prepared(manifest, volume, &setup.placement)?;
    let classes = manifest.classes.len();
    let positions = setup.windows.positions();
    let total = positions.len();
    if progress(Progress::start(total)).await.is_break() {
        return Err(Error::Cancelled);
    }
    let mut aggregator: Option<(WindowAggregator, Vec<MapKind>)> = None;
    for (index, position) in positions.iter().enumerate() {
        let output = network(WindowInput {
            values: setup.windows.extract(&image, position),
            size: &setup.patch,
            maps: &setup.memory.maps,
        })
        .await?;
        let (aggregator, _) = aggregator.get_or_insert_with(|| {
            let mut groups = vec![1; 1 + output.kinds.len()];
            groups[0] = classes;
            (
                WindowAggregator::new(&setup.windows, &groups),
                output.kinds.clone(),
            )
        });
        aggregator.add(position, &output.values);
        drop(output);
        let step = Progress::new(index + 1, total, classes, aggregator, &setup.placement);
        if progress(step).await.is_break() {
            return Err(Error::Cancelled);
        }
    }
    drop(image);
    let Some((aggregator, kinds)) = aggregator else {
        return Err(Error::Constant);
    };
    let mut groups = aggregator.finish().into_iter();
    let logits = setup
        .placement
        .restore(groups.next().unwrap_or_default(), classes)?;
    check_finite(&logits)?;
    let mut maps = Vec::with_capacity(kinds.len());
    for (kind, values) in kinds.into_iter().zip(groups) {
        let values = setup.placement.restore(values, 1)?;
        check_finite(&values)?;
        maps.push(MapResult { kind, values });
    }
    let mut notes = setup.placement.notes();
    if setup.memory.maps.len() < MapKind::ALL.len() {
        let names: Vec<_> = setup.memory.maps.iter().map(|map| map.name()).collect();
        notes.push(format!(
            "Memory is short for an image of this size, so only these maps were made: {}.",
            names.join(", ")
        ));
    }
    Ok(Segmentation::new(
        volume.shape,
        classes,
        logits,
        maps,
        total,
        notes,
    ))
}

/// The image as the network takes it, `[channels, grid..]`.
fn prepared(
    manifest: &Manifest,
    volume: &Volume,
    placement: &Placement,
) -> Result<Vec<f32>, Error> {
    let channels = manifest.architecture.in_channels;
    let image = volume.to_channels(channels)?;
    let mut finite = image.iter().filter(|value| value.is_finite());
    let first = finite.next();
    if volume.voxels_per_channel() > 1 && finite.all(|value| Some(value) == first) {
        return Err(Error::Constant);
    }
    let mut image = placement.prepare(image, channels)?;
    manifest.preprocessing.normalisation.apply(&mut image);
    Ok(image)
}

#[cfg(test)]
mod tests;

//! Running a model over an image.

use std::ops::ControlFlow;

use burn::tensor::{Device, Tensor, TensorData};
use imaging::Volume;
use segwithu::SegWithU;
use segwithu::head::MapKind;
use segwithu::sliding::{Blender, WindowPlan};
use segwithu::weights::Weights;

use crate::{Bundle, Error, Manifest, MapResult, Segmentation};

/// Most voxels of an image. Stitching holds about sixteen 32-bit numbers per voxel, together 1 GiB.
const MOST_VOXELS: usize = 16 << 20;

/// Fewest rows and columns of an image. In fewer pixels there is no object for the network to see, only padding.
const LEAST_SIDE: usize = 8;

/// A network in 2D or in 3D.
#[derive(Debug)]
pub enum Network {
    /// For pictures.
    Planar(Box<SegWithU<4>>),
    /// For volumes.
    Spatial(Box<SegWithU<5>>),
}

/// What one window gives: logits and maps, one after the other, `[outputs, window..]`.
pub(crate) struct WindowOutput {
    pub values: Vec<f32>,
    /// Maps in the order of their channels behind the logits.
    pub kinds: Vec<MapKind>,
}

impl Network {
    /// Logits and maps of one window, `[channels, window..]`, read back.
    pub(crate) async fn window(
        &self,
        values: Vec<f32>,
        window: &[usize],
        device: &Device,
    ) -> Result<WindowOutput, Error> {
        let window_shape = || window.iter().copied();
        let channels = values.len() / window_shape().product::<usize>().max(1);
        let shape: Vec<usize> = [1, channels].into_iter().chain(window_shape()).collect();
        match self {
            Self::Planar(network) => pass(network, values, shape, device).await,
            Self::Spatial(network) => pass(network, values, shape, device).await,
        }
    }
}

async fn pass<const D: usize>(
    network: &SegWithU<D>,
    values: Vec<f32>,
    shape: Vec<usize>,
    device: &Device,
) -> Result<WindowOutput, Error> {
    let dims = <[usize; D]>::try_from(shape).map_err(|shape| segwithu::Error::InputShape {
        shape,
        requirement: format!("the network takes {} spatial axes", D - 2),
    })?;
    let image = Tensor::<D>::from_data(TensorData::new(values, dims), device);
    let output = network.forward(image)?;
    let mut kinds = Vec::new();
    let mut tensors = vec![output.logits];
    for kind in MapKind::ALL {
        if let Some(map) = output.maps.get(kind) {
            kinds.push(kind);
            tensors.push(map.clone());
        }
    }
    // One tensor, so that a window costs one transfer.
    let values = segwithu::conformance::values(Tensor::cat(tensors, 1)).await?;
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

    /// Segments an image. After every window `progress(done, all)` is awaited; where it breaks, the work ends.
    ///
    /// # Errors
    /// [`Error::Planes`], [`Error::TooLarge`] and [`Error::Constant`] for images that the model cannot take,
    /// [`Error::Cancelled`] where `progress` broke, [`Error::NotFinite`] and those of the network where the device fails.
    pub async fn segment(
        &self,
        volume: &Volume,
        mut progress: impl AsyncFnMut(usize, usize) -> ControlFlow<()>,
    ) -> Result<Segmentation, Error> {
        let [planes, rows, columns] = volume.shape;
        let size = match self.manifest.architecture.spatial_dims {
            3 => vec![planes, rows, columns],
            _ if planes == 1 => vec![rows, columns],
            _ => return Err(Error::Planes(planes)),
        };
        if rows.min(columns) < LEAST_SIDE {
            return Err(Error::TooSmall {
                columns,
                rows,
                least: LEAST_SIDE,
            });
        }
        let voxels = volume.voxels_per_channel();
        if voxels > MOST_VOXELS {
            return Err(Error::TooLarge {
                columns,
                rows,
                limit: MOST_VOXELS,
            });
        }
        let mut image = volume.to_channels(self.manifest.architecture.in_channels)?;
        let first = image.first().copied();
        if voxels > 1 && image.iter().all(|&value| Some(value) == first) {
            return Err(Error::Constant);
        }
        let preprocessing = &self.manifest.preprocessing;
        preprocessing.normalisation.apply(&mut image);

        let plan = WindowPlan::new(&size, &preprocessing.patch, preprocessing.overlap)?;
        let all = plan.positions().len();
        let classes = self.manifest.classes.len();
        let mut blender: Option<(Blender, Vec<MapKind>)> = None;
        if progress(0, all).await.is_break() {
            return Err(Error::Cancelled);
        }
        for (index, position) in plan.positions().iter().enumerate() {
            let patch = plan.extract(&image, position);
            let output = self
                .network
                .window(patch, &preprocessing.patch, &self.device)
                .await?;
            let (blender, _) = blender.get_or_insert_with(|| {
                (
                    Blender::new(&plan, classes + output.kinds.len()),
                    output.kinds.clone(),
                )
            });
            blender.add(position, &output.values);
            if progress(index + 1, all).await.is_break() {
                return Err(Error::Cancelled);
            }
        }
        let Some((blender, kinds)) = blender else {
            return Err(Error::Constant);
        };
        let mut logits = blender.finish();
        // A wrong answer is worse than none: a device that fails often leaves values that are not numbers.
        if logits.iter().any(|value| !value.is_finite()) {
            return Err(Error::NotFinite);
        }
        let mut rest = logits.split_off(classes * voxels);
        let mut maps = Vec::with_capacity(kinds.len());
        for kind in kinds {
            let tail = rest.split_off(voxels.min(rest.len()));
            maps.push(MapResult {
                kind,
                values: std::mem::replace(&mut rest, tail),
            });
        }
        Ok(Segmentation::new(volume.shape, classes, logits, maps, all))
    }
}

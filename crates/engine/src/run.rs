//! Running a network over an image: prepare, window by window, restore.

use std::ops::ControlFlow;

use imaging::Volume;
use segwithu::head::MapKind;
use segwithu::sliding_window::{WindowAggregator, WindowGrid};
use vocabulary::WindowSize;

use crate::memory::{MemoryLimits, MemoryPlan, Sizes};
use crate::network::{WindowInput, WindowOutput};
use crate::progress::Progress;
use crate::segmentation::check_finite;
use crate::spatial_transform::SpatialTransform;
use crate::text::size_text;
use crate::window::patch;
use crate::{Error, Manifest, MapResult, Segmentation};

/// Fewest rows and columns of a picture. In fewer pixels there is no object for the network to see, only padding.
const MIN_SIDE: usize = 8;

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

/// Everything that is decided before anything is allocated.
pub(crate) struct RunPlan {
    transform: SpatialTransform,
    pub memory: MemoryPlan,
    windows: WindowGrid,
    /// Size of a window along the network's own axes.
    patch: Vec<usize>,
}

impl RunPlan {
    pub fn new(manifest: &Manifest, volume: &Volume, options: &Options) -> Result<Self, Error> {
        if volume.shape.contains(&0) {
            return Err(too_small(volume));
        }
        let spatial = manifest.architecture.spatial_dims == 3;
        if spatial && volume.shape.contains(&1) {
            return Err(Error::SinglePlane);
        }
        let transform = SpatialTransform::new(volume, &manifest.preprocessing)?;
        let grid = transform.grid();
        let mut sides = if spatial {
            grid
        } else {
            [usize::MAX, grid[1], grid[2]]
        };
        sides.sort_unstable();
        // Of a volume one axis may be short: a few planes are enough.
        let side = if spatial { sides[1] } else { sides[0] };
        if side < MIN_SIDE {
            return Err(too_small(volume));
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
            transform,
            memory,
            windows,
            patch,
        })
    }
}

/// [`crate::Engine::segment`] with any network.
pub(crate) async fn segment(
    manifest: &Manifest,
    volume: &Volume,
    options: &Options,
    mut network: impl AsyncFnMut(WindowInput<'_>) -> Result<WindowOutput, Error>,
    mut progress: impl AsyncFnMut(Progress<'_>) -> ControlFlow<()>,
) -> Result<Segmentation, Error> {
    let plan = RunPlan::new(manifest, volume, options)?;
    let image = prepared(manifest, volume, &plan.transform)?;
    let classes = manifest.classes.len();
    let positions = plan.windows.positions();
    let total = positions.len();
    if progress(Progress::start(total)).await.is_break() {
        return Err(Error::Cancelled);
    }
    let mut aggregator: Option<(WindowAggregator, Vec<MapKind>)> = None;
    for (index, position) in positions.iter().enumerate() {
        let output = network(WindowInput {
            values: plan.windows.extract(&image, position),
            size: &plan.patch,
            maps: &plan.memory.maps,
        })
        .await?;
        let (aggregator, _) = aggregator.get_or_insert_with(|| {
            let mut groups = vec![classes];
            groups.extend(output.kinds.iter().map(|_| 1));
            (
                WindowAggregator::new(&plan.windows, &groups),
                output.kinds.clone(),
            )
        });
        aggregator.add(position, &output.values);
        drop(output);
        let step = Progress::new(index + 1, total, classes, aggregator, &plan.transform);
        if progress(step).await.is_break() {
            return Err(Error::Cancelled);
        }
    }
    drop(image);
    let Some((aggregator, kinds)) = aggregator else {
        // Only a grid without voxels has no windows.
        return Err(too_small(volume));
    };
    let mut groups = aggregator.finish().into_iter();
    let logits = plan
        .transform
        .restore(groups.next().unwrap_or_default(), classes)?;
    check_finite(&logits)?;
    let mut maps = Vec::with_capacity(kinds.len());
    for (kind, values) in kinds.into_iter().zip(groups) {
        let values = plan.transform.restore(values, 1)?;
        check_finite(&values)?;
        maps.push(MapResult { kind, values });
    }
    let mut notes = plan.transform.notes();
    if plan.memory.maps.len() < MapKind::ALL.len() {
        let names: Vec<_> = plan.memory.maps.iter().map(|map| map.name()).collect();
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

fn too_small(volume: &Volume) -> Error {
    Error::TooSmall {
        size: size_text(volume.shape),
        least: MIN_SIDE,
    }
}

/// The image as the network takes it, `[channels, grid..]`.
fn prepared(
    manifest: &Manifest,
    volume: &Volume,
    transform: &SpatialTransform,
) -> Result<Vec<f32>, Error> {
    let channels = manifest.architecture.in_channels;
    let image = volume.to_channels(channels)?;
    let mut finite = image.iter().filter(|value| value.is_finite());
    let first = finite.next();
    if volume.voxels_per_channel() > 1 && finite.all(|value| Some(value) == first) {
        return Err(Error::Constant);
    }
    let mut image = transform.prepare(image, channels)?;
    manifest.preprocessing.normalisation.apply(&mut image);
    Ok(image)
}

#[cfg(test)]
mod tests;

//! Memory, planned before anything is allocated.
//!
//! In a browser an allocation that fails ends the worker, and a buffer above the adapter's limits gives a wrong result
//! without a word. So what a run will take is summed up beforehand, and a run that cannot fit is refused in a sentence
//! that says how it could.

use segwithu::SegWithUConfig;
use segwithu::head::MapKind;
use vocabulary::WindowSize;

use crate::window::patch;
use crate::{Error, Manifest};

/// Bytes of a number.
const FLOAT: u64 = size_of::<f32>() as u64;
/// Bytes per voxel that looking for doubtful regions takes: marks, sorted scores and a queue.
const ANALYSIS: u64 = 12;
/// The maps that nothing can do without: the ranking, the temperature, and the entropy that tells unusual images.
const ESSENTIAL_MAPS: [MapKind; 3] = [MapKind::Ranking, MapKind::Calibration, MapKind::Entropy];

/// What a run may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemoryLimits {
    /// Main memory, in bytes.
    pub main: u64,
    /// Largest buffer of the device, in bytes: the smaller of WebGPU's `maxStorageBufferBindingSize` and
    /// `maxBufferSize`. None where the network runs on the CPU, in main memory.
    pub buffer: Option<u64>,
}

impl MemoryLimits {
    /// WebGPU's default `maxStorageBufferBindingSize`, which every adapter allows.
    pub const DEFAULT_BUFFER: u64 = 128 << 20;

    /// No limits but that of the numbers.
    pub const UNLIMITED: Self = Self {
        main: u64::MAX,
        buffer: None,
    };
}

/// What one run will take, in bytes of main memory unless said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemoryPlan {
    /// The decoded image and its copies on the way to the network.
    pub preparing: u64,
    /// Image, prepared image, stitched logits and maps, one window's input and output.
    pub running: u64,
    /// Image, logits and maps on the model's grid and on the image's own.
    pub restoring: u64,
    /// Image and result, probabilities of all classes, and what looking for doubtful regions takes.
    pub analysing: u64,
    /// Intermediate results of one pass of the network, wherever it runs. On the CPU they are part of `running`.
    pub network: u64,
    /// The largest buffer of the device.
    pub largest_buffer: u64,
    /// Maps that are stitched.
    pub maps: Vec<MapKind>,
}

/// The sizes that a plan is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sizes {
    /// Planes, rows, columns of the image.
    pub image: [usize; 3],
    /// The image's channels.
    pub channels: usize,
    /// Planes, rows, columns as the network sees them.
    pub grid: [usize; 3],
}

impl MemoryPlan {
    /// Most main memory at any time.
    #[must_use]
    pub fn peak(&self) -> u64 {
        self.preparing
            .max(self.running)
            .max(self.restoring)
            .max(self.analysing)
    }

    /// The plan for an image, with all maps where they fit, else with those that nothing can do without.
    ///
    /// # Errors
    /// [`Error::Buffer`] where the window needs a buffer above the device's limit, [`Error::Memory`] where main memory
    /// is short; both say what would fit.
    pub(crate) fn choose(
        manifest: &Manifest,
        sizes: Sizes,
        window: WindowSize,
        limits: &MemoryLimits,
    ) -> Result<Self, Error> {
        let whole = Self::new(manifest, sizes, window, limits, &MapKind::ALL);
        if let Some(limit) = limits.buffer.filter(|&limit| whole.largest_buffer > limit) {
            let smaller = Self::new(manifest, sizes, WindowSize::Small, limits, &MapKind::ALL);
            return Err(Error::Buffer {
                window: product_text(&patch(manifest, window)),
                needed: bytes_text(whole.largest_buffer),
                limit: bytes_text(limit),
                way_out: if smaller.largest_buffer <= limit {
                    "choose the smaller window, or the CPU"
                } else {
                    "choose the CPU"
                },
            });
        }
        if whole.peak() <= limits.main {
            return Ok(whole);
        }
        let least = Self::new(manifest, sizes, window, limits, &ESSENTIAL_MAPS);
        if least.peak() <= limits.main {
            return Ok(least);
        }
        let smaller = Self::new(manifest, sizes, WindowSize::Small, limits, &ESSENTIAL_MAPS);
        let [planes, rows, columns] = sizes.image;
        Err(Error::Memory {
            image: product_text(&[columns, rows, planes]),
            needed: bytes_text(least.peak()),
            limit: bytes_text(limits.main),
            way_out: if smaller.peak() <= limits.main {
                "choose the smaller window".to_owned()
            } else {
                let voxels = product(&sizes.image);
                let per_voxel = least.peak() as f64 / voxels.max(1) as f64;
                let most = (limits.main as f64 / per_voxel / 1e5).floor() / 10.0;
                format!(
                    "crop it to at most {most:.1} million voxels, or run `penumbra predict` on a computer with more memory"
                )
            },
        })
    }

    fn new(
        manifest: &Manifest,
        sizes: Sizes,
        window: WindowSize,
        limits: &MemoryLimits,
        maps: &[MapKind],
    ) -> Self {
        let sum = |terms: &[u64]| {
            terms
                .iter()
                .fold(0_u64, |sum, &term| sum.saturating_add(term))
        };
        let floats = |channels: usize, voxels: u64| {
            voxels.saturating_mul(FLOAT.saturating_mul(channels as u64))
        };
        let patch = patch(manifest, window);
        let classes = manifest.classes.len();
        let architecture = &manifest.architecture;
        let outputs = classes + maps.len();
        let all_outputs = classes + MapKind::ALL.len();
        let [image, grid] = [sizes.image, sizes.grid].map(|shape| product(&shape));
        let larger = image.max(grid);
        let in_window = product(&patch);
        let config: SegWithUConfig = architecture.config_with_classes(classes);
        let footprint = config.footprint(&patch);

        let volume = floats(sizes.channels, image);
        let prepared = floats(architecture.in_channels, grid);
        // Windows overlap by their plan, so one input, one output and the weights are alive.
        let one_window = floats(architecture.in_channels + 1 + 2 * all_outputs, in_window);
        let on_cpu = if limits.buffer.is_none() {
            footprint.peak
        } else {
            0
        };
        let result = sum(&[floats(outputs + 1, image), image]);
        Self {
            // The network's channels before and after, and one on its way: turned, then resampled axis by axis.
            preparing: sum(&[volume, floats(2 * architecture.in_channels + 2, larger)]),
            // The mask so far takes a byte per voxel on either grid.
            running: sum(&[
                volume,
                grid,
                image,
                prepared,
                floats(outputs + 1, grid),
                one_window,
                on_cpu,
            ]),
            // One array after the other: what is restored already, what is not yet, and one on its way.
            restoring: sum(&[volume, floats(outputs + 3, larger), floats(classes, image)]),
            analysing: sum(&[
                volume,
                result,
                floats(classes, image),
                image.saturating_mul(ANALYSIS),
            ]),
            network: footprint.peak,
            largest_buffer: footprint.largest_tensor,
            maps: maps.to_vec(),
        }
    }
}

/// Product of sizes; saturates.
fn product(sizes: &[usize]) -> u64 {
    sizes.iter().fold(1, |product, &size| {
        product.saturating_mul(u64::try_from(size).unwrap_or(u64::MAX))
    })
}

/// `512 x 512 x 300`.
fn product_text(sizes: &[usize]) -> String {
    let words: Vec<String> = sizes.iter().map(ToString::to_string).collect();
    words.join(" x ")
}

/// `1.5 GiB` or `128 MiB`.
fn bytes_text(bytes: u64) -> String {
    let mebibytes = bytes as f64 / f64::from(1 << 20);
    if mebibytes >= 1024.0 {
        format!("{:.1} GiB", mebibytes / 1024.0)
    } else {
        format!("{mebibytes:.0} MiB")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use vocabulary::WindowSize;

    use super::{MemoryLimits, MemoryPlan, Sizes};
    use crate::test_support::manifest;
    use crate::{Error, Manifest};

    const GIB: u64 = 1 << 30;

    fn sizes(shape: [usize; 3]) -> Sizes {
        Sizes {
            image: shape,
            channels: 1,
            grid: shape,
        }
    }

    /// A model with three classes as wide as MONAI makes them where nothing is said.
    fn wide(patch: [usize; 3]) -> Manifest {
        let mut manifest = manifest(&patch, 3);
        manifest.architecture.filters = [32, 64, 128, 256, 320];
        manifest
    }

    fn sentence(manifest: &Manifest, shape: [usize; 3], limits: MemoryLimits) -> String {
        MemoryPlan::choose(manifest, sizes(shape), WindowSize::Model, &limits)
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn a_volume_of_256_x_256_x_160_stays_under_one_and_a_half_gibibytes() {
        for buffer in [None, Some(MemoryLimits::DEFAULT_BUFFER)] {
            let limits = MemoryLimits {
                main: 3 * GIB / 2,
                buffer,
            };
            let plan = MemoryPlan::choose(
                &wide([64, 64, 64]),
                sizes([160, 256, 256]),
                WindowSize::Model,
                &limits,
            )
            .unwrap();
            assert_eq!(plan.maps.len(), 10);
            assert!(plan.peak() > GIB / 2);
        }
    }

    #[test]
    fn a_window_above_the_buffer_limit_is_refused_with_the_way_out() {
        let limits = MemoryLimits {
            main: 2 * GIB,
            buffer: Some(MemoryLimits::DEFAULT_BUFFER),
        };
        let text = sentence(&wide([96, 96, 96]), [160, 256, 256], limits);
        assert_eq!(
            text,
            "the model's window of 96 x 96 x 96 needs a buffer of 324 MiB, more than the 128 MiB that this graphics device \
             allows; choose the smaller window, or the CPU"
        );
        let text = sentence(&wide([192, 192, 192]), [160, 256, 256], limits);
        assert!(text.ends_with("; choose the CPU"), "{text}");
        let small = MemoryPlan::choose(
            &wide([96, 96, 96]),
            sizes([160, 256, 256]),
            WindowSize::Small,
            &limits,
        );
        assert!(small.unwrap().largest_buffer <= MemoryLimits::DEFAULT_BUFFER);
    }

    #[test]
    fn a_volume_that_cannot_fit_is_refused_with_numbers_and_a_size_that_would() {
        let limits = MemoryLimits {
            main: 2 * GIB,
            buffer: Some(MemoryLimits::DEFAULT_BUFFER),
        };
        let manifest = wide([64, 64, 64]);
        let text = sentence(&manifest, [600, 512, 512], limits);
        assert!(
            text.starts_with("an image of 512 x 512 x 600 voxels needs about")
                && text.contains("more than the 2.0 GiB")
                && text.contains("million voxels")
                && text.contains("`penumbra predict`"),
            "{text}"
        );
        // What it says would fit does fit.
        let millions: f64 = text
            .split("at most ")
            .nth(1)
            .and_then(|rest| rest.split(' ').next())
            .unwrap()
            .parse()
            .unwrap();
        let planes = (millions * 1e6 / (512.0 * 512.0)) as usize;
        assert!(planes > 50, "{planes}");
        MemoryPlan::choose(
            &manifest,
            sizes([planes, 512, 512]),
            WindowSize::Model,
            &limits,
        )
        .unwrap();
    }

    #[test]
    fn where_the_window_is_what_is_too_large_the_smaller_one_is_offered() {
        let limits = MemoryLimits {
            main: GIB,
            buffer: None,
        };
        let text = sentence(&wide([128, 128, 128]), [64, 128, 128], limits);
        assert!(text.ends_with("; choose the smaller window"), "{text}");
    }

    #[test]
    fn sizes_beyond_all_memory_are_refused_without_overflow() {
        let limits = MemoryLimits {
            main: u64::MAX - 1,
            buffer: None,
        };
        let error = MemoryPlan::choose(
            &wide([64, 64, 64]),
            sizes([usize::MAX; 3]),
            WindowSize::Model,
            &limits,
        );
        assert!(matches!(error, Err(Error::Memory { .. })));
    }
}

//! The known-answer test: a wrong answer is worse than none.
//!
//! In a browser an invalid shader is only logged and its output is whatever the buffer held before. So the real network
//! runs on a small fixed input before any image does, and sums of every output must agree with those that the CPU gave
//! when the model was packed.

use segwithu::head::MapKind;

use crate::network::WindowInput;
use crate::{Engine, Error, KnownAnswer, Sum};

/// Largest difference of a sum, relative to the sum of absolute values, that passes.
pub const SELF_TEST_TOLERANCE: f64 = 1e-3;

/// Outcome of the known-answer test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SelfTestReport {
    /// Largest difference of a sum, relative to the output's sum of absolute values; infinite where an output is missing.
    pub largest_difference: f64,
}

impl SelfTestReport {
    /// Whether the device may be used.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.largest_difference <= SELF_TEST_TOLERANCE
    }
}

/// The fixed input, `[channels, size..]`: smooth blobs of different sizes, about as bright as a normalised image.
fn fixed_input(channels: usize, size: &[usize]) -> Vec<f32> {
    let voxels = size.iter().product::<usize>();
    let mut values = Vec::with_capacity(channels * voxels);
    for channel in 0..channels {
        for voxel in 0..voxels {
            let (mut rest, mut value) = (voxel, 0.0_f64);
            for (axis, &length) in size.iter().enumerate().rev() {
                let at = (rest % length) as f64 + 0.3 * channel as f64;
                rest /= length;
                value += (at * (0.21 + 0.13 * axis as f64)).sin()
                    + 0.6 * (at * (0.07 + 0.03 * axis as f64)).cos();
            }
            values.push(value as f32);
        }
    }
    values
}

/// Size of the fixed input: small, but every level of the network works on more than one voxel.
fn fixed_size(axes: usize) -> Vec<usize> {
    if axes == 3 {
        vec![32, 32, 32]
    } else {
        vec![64, 64]
    }
}

impl Engine {
    /// Runs the network on the fixed input and sums its outputs.
    ///
    /// # Errors
    /// Those of the network.
    async fn known_sums(&self) -> Result<KnownAnswer, Error> {
        let manifest = self.manifest();
        let size = fixed_size(manifest.architecture.spatial_dims);
        let voxels = size.iter().product::<usize>();
        let input = fixed_input(manifest.architecture.in_channels, &size);
        let input = WindowInput {
            values: input,
            size: &size,
            maps: &MapKind::ALL,
        };
        let output = self.network().window(input, self.device()).await?;
        let (logits, maps) = output
            .values
            .split_at((manifest.classes.len() * voxels).min(output.values.len()));
        let mut sums = vec![sum_of("logits", logits)];
        sums.extend(
            output
                .kinds
                .iter()
                .zip(maps.chunks_exact(voxels))
                .map(|(kind, map)| sum_of(kind.name(), map)),
        );
        Ok(KnownAnswer { sums })
    }

    /// Runs the known-answer test on the engine's device. It also compiles every shader, so that the first image does
    /// not wait for that.
    ///
    /// # Errors
    /// Those of the network.
    pub async fn self_test(&self) -> Result<SelfTestReport, Error> {
        let found = self.known_sums().await?;
        let mut largest_difference: f64 = 0.0;
        for expected in &self.manifest().known_answer.sums {
            let difference = found
                .sums
                .iter()
                .find(|sum| sum.output == expected.output)
                .map(|sum| {
                    let scale = expected.absolute.max(f64::MIN_POSITIVE);
                    ((sum.sum - expected.sum).abs() / scale)
                        .max((sum.weighted - expected.weighted).abs() / scale)
                });
            match difference {
                Some(difference) if difference.is_finite() => {
                    largest_difference = largest_difference.max(difference)
                }
                _ => largest_difference = f64::INFINITY,
            }
        }
        if self.manifest().known_answer.sums.is_empty() {
            largest_difference = f64::INFINITY;
        }
        Ok(SelfTestReport { largest_difference })
    }
}

/// The known answer of a bundle that is being packed, from an engine on the CPU.
///
/// # Errors
/// Those of the network.
pub async fn known_answer(engine: &Engine) -> Result<KnownAnswer, Error> {
    engine.known_sums().await
}

fn sum_of(output: &str, values: &[f32]) -> Sum {
    debug_assert!(
        output == "logits" || MapKind::from_name(output).is_some(),
        "an output's name"
    );
    let mut sums = Sum {
        output: output.to_owned(),
        sum: 0.0,
        weighted: 0.0,
        absolute: 0.0,
    };
    for (index, &value) in values.iter().enumerate() {
        let value = f64::from(value);
        sums.sum += value;
        // A sequence that does not repeat with rows or planes.
        sums.weighted += value
            * ((index as f64) * 0.618_033_988_75)
                .fract()
                .mul_add(2.0, -1.0);
        sums.absolute += value.abs();
    }
    sums
}

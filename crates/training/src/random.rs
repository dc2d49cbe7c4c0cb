//! Random numbers that are a function of what they are for.
//!
//! Every draw has its own generator, keyed by the run's seed, the purpose and a counter. Nothing has to be carried from
//! step to step, so a resumed run draws what an uninterrupted one would.

use rand::rngs::ChaCha8Rng;
use rand::{RngExt as _, SeedableRng as _};

/// What random numbers are for. Streams of different purposes are independent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Order of the cases in a round.
    Order,
    /// Place and changes of a training patch.
    Patch,
    /// Order of the cases of validation patches.
    ValidationOrder,
    /// Place of a validation patch.
    ValidationPatch,
    /// Pairs of a training step.
    Pairs,
    /// Pairs of a validation batch.
    ValidationPairs,
    /// Initial weights and dropout.
    Network,
    /// Which cases belong together in a fold.
    Folds,
}

/// The generator of one draw.
pub fn generator(seed: u64, part: u64, purpose: Purpose, counter: u64) -> ChaCha8Rng {
    let mut key = [0; 32];
    for (bytes, number) in key
        .chunks_exact_mut(8)
        .zip([seed, part, purpose as u64, counter])
    {
        bytes.copy_from_slice(&number.to_le_bytes());
    }
    ChaCha8Rng::from_seed(key)
}

/// The numbers 0 to under `count` in random order (Fisher and Yates).
pub fn shuffled(count: usize, random: &mut ChaCha8Rng) -> Vec<usize> {
    let mut order = (0..count).collect::<Vec<_>>();
    for last in (1..count).rev() {
        order.swap(last, random.random_range(0..=last));
    }
    order
}

/// An even number from `low` to `high`.
pub fn between(low: f64, high: f64, random: &mut ChaCha8Rng) -> f64 {
    low + (high - low) * random.random::<f64>()
}

/// A standard normal number (Box and Muller, Annals of Mathematical Statistics 29, 1958).
pub fn gaussian(random: &mut ChaCha8Rng) -> f64 {
    let radius = (-2.0 * (1.0 - random.random::<f64>()).ln()).sqrt();
    radius * (std::f64::consts::TAU * random.random::<f64>()).cos()
}

#[cfg(test)]
mod tests {
    use super::{Purpose, gaussian, generator, shuffled};
    use rand::RngExt as _;

    #[test]
    fn a_draw_depends_on_every_part_of_its_key_and_on_nothing_else() {
        let first =
            |seed, part, purpose, counter| generator(seed, part, purpose, counter).random::<u64>();
        let base = first(1, 2, Purpose::Patch, 3);
        assert_eq!(base, first(1, 2, Purpose::Patch, 3));
        for other in [
            first(2, 2, Purpose::Patch, 3),
            first(1, 1, Purpose::Patch, 3),
            first(1, 2, Purpose::Pairs, 3),
            first(1, 2, Purpose::Patch, 4),
        ] {
            assert_ne!(base, other);
        }
    }

    #[test]
    fn a_shuffle_holds_every_number_once() {
        let mut order = shuffled(50, &mut generator(1, 0, Purpose::Order, 0));
        assert_ne!(order, (0..50).collect::<Vec<_>>());
        order.sort_unstable();
        assert_eq!(order, (0..50).collect::<Vec<_>>());
    }

    #[test]
    fn normal_numbers_have_mean_0_and_deviation_1() {
        let mut random = generator(7, 0, Purpose::Patch, 0);
        let values = (0..20_000)
            .map(|_| gaussian(&mut random))
            .collect::<Vec<_>>();
        let mean = values.iter().sum::<f64>() / 20_000.0;
        let variance = values.iter().map(|value| value * value).sum::<f64>() / 20_000.0;
        assert!(
            mean.abs() < 0.03 && (variance - 1.0).abs() < 0.04,
            "{mean} {variance}"
        );
    }
}

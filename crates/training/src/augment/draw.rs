//! Which changes happen to a patch, and how strongly.

use rand::RngExt as _;
use rand::rngs::ChaCha8Rng;

use crate::augment::intensity;
use crate::augment::spatial::PatchTransform;
use crate::config::{Augmentation, Chance};
use crate::random::between;

/// Whether it happens, and how strongly.
fn strength(chance: Option<Chance>, random: &mut ChaCha8Rng) -> Option<Chance> {
    chance.filter(|chance| random.random_bool(chance.probability.clamp(0.0, 1.0)))
}

/// A strength drawn evenly from the range.
fn even(chance: Chance, random: &mut ChaCha8Rng) -> f64 {
    let [low, high] = chance.range;
    between(low, high, random)
}

/// A factor: below and above 1 equally often where the range has both.
fn factor(chance: Chance, random: &mut ChaCha8Rng) -> f64 {
    let [low, high] = chance.range;
    if low < 1.0 && 1.0 < high {
        if random.random_bool(0.5) {
            between(low, 1.0, random)
        } else {
            between(1.0, high, random)
        }
    } else {
        between(low, high, random)
    }
}

/// Where the voxels of a patch come from: its start on the image, and flip, rotation and scale if they happen.
pub fn draw_transform(
    start: [isize; 3],
    patch: [usize; 3],
    settings: &Augmentation,
    random: &mut ChaCha8Rng,
) -> PatchTransform {
    let mut transform = PatchTransform::new(start, patch);
    let flip = settings.flip.unwrap_or_default();
    for (axis, probability) in [flip.planes, flip.rows, flip.columns]
        .into_iter()
        .enumerate()
    {
        if probability > 0.0 && random.random_bool(probability.min(1.0)) {
            transform.flip(axis);
        }
    }
    if let Some(rotation) = settings.rotation
        && random.random_bool(rotation.probability.clamp(0.0, 1.0))
    {
        let most = rotation.degrees.to_radians();
        // Pictures turn in their plane, volumes about all three axes.
        let axes = if patch[0] == 1 { 0..1 } else { 0..3 };
        for axis in axes {
            transform.rotate(axis, between(-most, most, random));
        }
    }
    if let Some(chance) = strength(settings.scale, random) {
        transform.enlarge(factor(chance, random));
    }
    transform
}

/// Changes the values of a patch, `[channels, planes, rows, columns]`. Whether a change happens is drawn once for the
/// patch, how strongly for every channel.
pub fn augment_intensities(
    values: &mut [f32],
    patch: [usize; 3],
    settings: &Augmentation,
    random: &mut ChaCha8Rng,
) {
    let voxels = patch.iter().product::<usize>().max(1);
    let mut each = |chance: Option<Chance>,
                    random: &mut ChaCha8Rng,
                    change: &dyn Fn(&mut [f32], Chance, &mut ChaCha8Rng)| {
        if let Some(chance) = strength(chance, random) {
            for channel in values.chunks_exact_mut(voxels) {
                change(channel, chance, random);
            }
        }
    };
    each(settings.noise, random, &|channel, chance, random| {
        intensity::add_noise(channel, even(chance, random), random);
    });
    each(settings.blur, random, &|channel, chance, random| {
        intensity::blur(channel, patch, even(chance, random));
    });
    each(settings.brightness, random, &|channel, chance, random| {
        intensity::multiply(channel, factor(chance, random));
    });
    each(settings.contrast, random, &|channel, chance, random| {
        intensity::scale_contrast(channel, factor(chance, random));
    });
    each(
        settings.low_resolution,
        random,
        &|channel, chance, random| {
            intensity::lower_resolution(channel, patch, even(chance, random));
        },
    );
    each(
        settings.inverted_gamma,
        random,
        &|channel, chance, random| {
            intensity::apply_gamma(channel, factor(chance, random), true);
        },
    );
    each(settings.gamma, random, &|channel, chance, random| {
        intensity::apply_gamma(channel, factor(chance, random), false);
    });
}

#[cfg(test)]
mod tests {
    use super::{augment_intensities, draw_transform};
    use crate::augment::{resample_labels, resample_values};
    use crate::config::{Augmentation, Chance, Flip, Rotation};
    use crate::random::{Purpose, generator};

    fn everything() -> Augmentation {
        let chance = |low, high| {
            Some(Chance {
                probability: 1.0,
                range: [low, high],
            })
        };
        Augmentation {
            flip: Some(Flip {
                planes: 0.5,
                rows: 0.5,
                columns: 0.5,
            }),
            rotation: Some(Rotation {
                probability: 1.0,
                degrees: 180.0,
            }),
            scale: chance(0.7, 1.4),
            noise: chance(0.0, 0.3),
            blur: chance(0.5, 1.0),
            brightness: chance(0.75, 1.25),
            contrast: chance(0.75, 1.25),
            low_resolution: chance(0.5, 1.0),
            inverted_gamma: chance(0.7, 1.5),
            gamma: chance(0.7, 1.5),
        }
    }

    fn changed(size: [usize; 3], counter: u64) -> (Vec<f32>, Vec<u8>) {
        let voxels = size.iter().product::<usize>();
        let image = (0..2 * voxels)
            .map(|voxel| ((voxel * 37 % 101) as f32) / 50.0 - 1.0)
            .collect::<Vec<_>>();
        let labels = (0..voxels)
            .map(|voxel| (voxel / 7 % 3) as u8 * 2)
            .collect::<Vec<_>>();
        let settings = everything();
        let mut random = generator(5, 0, Purpose::Patch, counter);
        let transform = draw_transform([0; 3], size, &settings, &mut random);
        let mut values = Vec::new();
        for channel in image.chunks_exact(voxels) {
            resample_values(channel, size, &transform, &mut values);
        }
        let mut ids = Vec::new();
        resample_labels(&labels, size, &transform, &mut ids);
        augment_intensities(&mut values, size, &settings, &mut random);
        (values, ids)
    }

    #[test]
    fn everything_at_once_is_finite_repeatable_and_different_each_time() {
        for size in [[1, 24, 16], [8, 12, 10]] {
            let (values, ids) = changed(size, 3);
            let (voxels, length) = (size.iter().product::<usize>(), values.len());
            assert_eq!((length, ids.len()), (2 * voxels, voxels));
            assert!(values.iter().all(|value| value.is_finite()));
            assert_eq!(changed(size, 3), (values.clone(), ids));
            assert_ne!(changed(size, 4).0, values);
        }
    }

    #[test]
    fn labels_stay_ids() {
        for counter in 0..20 {
            let (_, ids) = changed([12, 14, 13], counter);
            assert!(ids.iter().all(|id| [0, 2, 4].contains(id)));
            assert!(ids.contains(&2) && ids.contains(&4));
        }
    }

    #[test]
    fn without_settings_nothing_changes() {
        let size = [3, 5, 4];
        let image = (0..60).map(|voxel| voxel as f32).collect::<Vec<_>>();
        let settings = Augmentation::default();
        let mut random = generator(1, 0, Purpose::Patch, 0);
        let transform = draw_transform([0; 3], size, &settings, &mut random);
        let mut values = Vec::new();
        resample_values(&image, size, &transform, &mut values);
        augment_intensities(&mut values, size, &settings, &mut random);
        assert_eq!(values, image);
    }
}

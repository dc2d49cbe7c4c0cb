//! Changes of a channel's values.

use rand::rngs::ChaCha8Rng;

use crate::random::gaussian;

/// Adds Gaussian noise.
pub fn add_noise(values: &mut [f32], deviation: f64, random: &mut ChaCha8Rng) {
    for value in values {
        *value += (deviation * gaussian(random)) as f32;
    }
}

/// Multiplies all values.
pub fn multiply(values: &mut [f32], factor: f64) {
    for value in values {
        *value *= factor as f32;
    }
}

/// Multiplies the distances from the mean; what would leave the range of the values stops at its end.
pub fn scale_contrast(values: &mut [f32], factor: f64) {
    let (mean, _) = moments(values);
    let (least, most) = extremes(values);
    for value in values {
        let changed = (mean + (f64::from(*value) - mean) * factor) as f32;
        *value = changed.max(least).min(most);
    }
}

/// Raises the values, brought to 0 to 1, to a power, and gives them their old mean and deviation; of the negative image
/// where `inverted`.
pub fn apply_gamma(values: &mut [f32], exponent: f64, inverted: bool) {
    let (mean, deviation) = moments(values);
    let (least, most) = extremes(values);
    let range = f64::from(most - least);
    if range < 1e-7 {
        return;
    }
    for value in &mut *values {
        let share = f64::from(if inverted {
            most - *value
        } else {
            *value - least
        }) / range;
        let raised = share.clamp(0.0, 1.0).powf(exponent);
        *value = (if inverted { 1.0 - raised } else { raised }) as f32;
    }
    let (new_mean, new_deviation) = moments(values);
    let factor = deviation / new_deviation.max(1e-8);
    for value in values {
        *value = (mean + (f64::from(*value) - new_mean) * factor) as f32;
    }
}

/// Gaussian blur along every axis longer than 1, cut off at three deviations, mirrored at the borders.
pub fn blur(values: &mut [f32], size: [usize; 3], deviation: f64) {
    if deviation <= 0.0 {
        return;
    }
    let radius = (3.0 * deviation).ceil() as isize;
    let weights = (-radius..=radius)
        .map(|offset| (-((offset * offset) as f64) / (2.0 * deviation * deviation)).exp())
        .collect::<Vec<_>>();
    let total = weights.iter().sum::<f64>();
    let weights = weights
        .iter()
        .map(|weight| (weight / total) as f32)
        .collect::<Vec<_>>();
    along_axes(values, size, |line, output| {
        let length = line.len() as isize;
        for (place, output) in output.iter_mut().enumerate() {
            let mut sum = 0.0;
            for (weight, offset) in weights.iter().zip(-radius..) {
                let at = mirrored(place as isize + offset, length);
                sum += weight * line.get(at).copied().unwrap_or(0.0);
            }
            *output = sum;
        }
    });
}

/// Samples every axis longer than 1 at a share of its voxels (nearest) and goes back to the old size (linear).
pub fn lower_resolution(values: &mut [f32], size: [usize; 3], share: f64) {
    along_axes(values, size, |line, output| {
        let length = line.len();
        let few = ((length as f64 * share).round() as usize).clamp(1, length);
        let sampled = (0..few)
            .map(|place| {
                let source = (place as f64 + 0.5) * length as f64 / few as f64;
                line.get(source as usize).copied().unwrap_or(0.0)
            })
            .collect::<Vec<_>>();
        for (place, output) in output.iter_mut().enumerate() {
            let at = ((place as f64 + 0.5) * few as f64 / length as f64 - 0.5).max(0.0);
            let low = (at as usize).min(few - 1);
            let high = (low + 1).min(few - 1);
            let upper = (at - low as f64) as f32;
            *output = sampled[low] * (1.0 - upper) + sampled[high] * upper;
        }
    });
}

/// Applies `change(line, output)` to every line along every axis longer than 1.
fn along_axes(values: &mut [f32], size: [usize; 3], mut change: impl FnMut(&[f32], &mut [f32])) {
    let mut stride = 1;
    for &length in size.iter().rev() {
        if length > 1 {
            let (mut line, mut output) = (vec![0.0; length], vec![0.0; length]);
            // Lines start at every voxel whose index along the axis is 0.
            let starts = (0..values.len()).filter(|start| start / stride % length == 0);
            for start in starts {
                let places = || (start..).step_by(stride).take(length);
                for (value, place) in line.iter_mut().zip(places()) {
                    *value = values[place];
                }
                change(&line, &mut output);
                for (value, place) in output.iter().zip(places()) {
                    values[place] = *value;
                }
            }
        }
        stride *= length;
    }
}

/// The place that a mirror at both ends shows: -1 is 0, `length` is `length - 1`.
fn mirrored(place: isize, length: isize) -> usize {
    let period = 2 * length;
    let place = place.rem_euclid(period);
    place.min(period - 1 - place) as usize
}

/// Mean and population deviation.
fn moments(values: &[f32]) -> (f64, f64) {
    let count = values.len().max(1) as f64;
    let mean = values.iter().map(|&value| f64::from(value)).sum::<f64>() / count;
    let squares = values
        .iter()
        .map(|&value| (f64::from(value) - mean).powi(2));
    (mean, (squares.sum::<f64>() / count).sqrt())
}

fn extremes(values: &[f32]) -> (f32, f32) {
    values.iter().fold(
        (f32::INFINITY, f32::NEG_INFINITY),
        |(least, most), &value| (least.min(value), most.max(value)),
    )
}

#[cfg(test)]
mod tests {
    use super::{
        add_noise, apply_gamma, blur, extremes, lower_resolution, moments, multiply, scale_contrast,
    };
    use crate::random::{Purpose, generator};

    fn values() -> Vec<f32> {
        (0..60)
            .map(|voxel| ((voxel * 17 % 23) as f32) / 7.0 - 1.0)
            .collect()
    }

    #[test]
    fn noise_has_its_deviation() {
        let mut noisy = vec![2.0; 10_000];
        add_noise(&mut noisy, 0.3, &mut generator(1, 0, Purpose::Patch, 0));
        let (mean, deviation) = moments(&noisy);
        assert!((mean - 2.0).abs() < 0.02 && (deviation - 0.3).abs() < 0.02);
    }

    #[test]
    fn brightness_multiplies() {
        let mut changed = values();
        multiply(&mut changed, 1.5);
        assert!(
            changed
                .iter()
                .zip(values())
                .all(|(new, old)| (new - 1.5 * old).abs() < 1e-6)
        );
    }

    #[test]
    fn contrast_keeps_the_range_and_less_of_it_shrinks_the_deviation() {
        let (mut more, mut less) = (values(), values());
        scale_contrast(&mut more, 1.4);
        scale_contrast(&mut less, 0.6);
        assert_eq!(extremes(&more), extremes(&values()));
        assert!((moments(&less).1 / moments(&values()).1 - 0.6).abs() < 1e-5);
        assert!((moments(&less).0 - moments(&values()).0).abs() < 1e-5);
    }

    #[test]
    fn gamma_keeps_mean_deviation_and_order() {
        for inverted in [false, true] {
            let mut changed = values();
            apply_gamma(&mut changed, 1.7, inverted);
            let (old, new) = (moments(&values()), moments(&changed));
            assert!((old.0 - new.0).abs() < 1e-5 && (old.1 - new.1).abs() < 1e-5);
            assert!(changed != values());
            let ordered =
                |a: usize, b: usize| (values()[a] < values()[b]) == (changed[a] < changed[b]);
            assert!((1..60).all(|voxel| ordered(0, voxel)));
        }
        let mut same = values();
        apply_gamma(&mut same, 1.0, false);
        assert!(
            same.iter()
                .zip(values())
                .all(|(new, old)| (new - old).abs() < 1e-5)
        );
        let mut flat = vec![3.0; 8];
        apply_gamma(&mut flat, 0.5, false);
        assert_eq!(flat, [3.0; 8]);
    }

    #[test]
    fn blur_keeps_a_constant_and_spreads_a_point_evenly() {
        let mut flat = vec![1.5; 24];
        blur(&mut flat, [2, 3, 4], 1.0);
        assert!(flat.iter().all(|value| (value - 1.5).abs() < 1e-5));
        let mut point = vec![0.0; 121];
        point[60] = 1.0;
        blur(&mut point, [1, 11, 11], 0.8);
        assert!((point.iter().sum::<f32>() - 1.0).abs() < 1e-5);
        assert!((point[59] - point[61]).abs() < 1e-7 && (point[49] - point[71]).abs() < 1e-7);
        assert!(point[60] > point[61] && point[61] > point[62]);
    }

    #[test]
    fn a_lower_resolution_keeps_a_constant_and_loses_detail() {
        let mut flat = vec![-0.5; 24];
        lower_resolution(&mut flat, [2, 3, 4], 0.5);
        assert_eq!(flat, [-0.5; 24]);
        let mut stripes = (0..64).map(|voxel| (voxel % 2) as f32).collect::<Vec<_>>();
        lower_resolution(&mut stripes, [1, 8, 8], 0.5);
        assert!(moments(&stripes).1 < 0.1);
        let mut same = values();
        lower_resolution(&mut same, [3, 4, 5], 1.0);
        assert!(
            same.iter()
                .zip(values())
                .all(|(new, old)| (new - old).abs() < 1e-6)
        );
    }
}

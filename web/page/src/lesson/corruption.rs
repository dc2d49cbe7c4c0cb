//! Figure *corrupt*: an image made worse on purpose, in the ways in which scans and photographs go wrong.
//!
//! Pure functions of voxels `[channels, planes, rows, columns]`; the same seed gives the same image. Noise, blur, bias field,
//! gamma and ghosting after TorchIO (Pérez-García et al., Computer Methods and Programs in Biomedicine 208, 2021).

/// A way in which an image goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Corruption {
    /// Gaussian noise, up to 30 % of the range.
    Noise,
    /// Out of focus: a Gaussian in each plane, up to 6 pixels wide (standard deviation).
    Blur,
    /// Uneven brightness, as of a coil or a lamp at one side: up to a factor of e^1.2 each way.
    BiasField,
    /// Middle tones darkened: values in 0..=1 to a power of up to 4.
    Gamma,
    /// Periodic movement during a scan: three copies, each a quarter of the height further, up to a third as strong.
    Ghosting,
    /// Left and right changed over. Strength does nothing.
    Flip,
}

impl Corruption {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 6] = [
        Self::Noise,
        Self::Blur,
        Self::BiasField,
        Self::Gamma,
        Self::Ghosting,
        Self::Flip,
    ];

    /// Its name in file names and in the words of a lesson.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Noise => "noise",
            Self::Blur => "blur",
            Self::BiasField => "bias",
            Self::Gamma => "gamma",
            Self::Ghosting => "ghosting",
            Self::Flip => "flip",
        }
    }
}

/// An image of `shape` (planes, rows, columns) made worse. `range` holds the values that black and white have; the result stays
/// between them. `strength` is 0 (nothing changes, but for a flip) to 1.
#[must_use]
pub fn corrupt(
    voxels: &[f32],
    shape: [usize; 3],
    range: [f32; 2],
    corruption: Corruption,
    strength: f64,
    seed: u64,
) -> Vec<f32> {
    let [_, rows, columns] = shape;
    let area = rows.saturating_mul(columns);
    let [low, high] = range;
    let width = f64::from(high - low);
    let strength = strength.clamp(0.0, 1.0);
    if area == 0 || !voxels.len().is_multiple_of(area) || width <= 0.0 || !width.is_finite() {
        return voxels.to_vec();
    }
    let mut state = seed;
    let planes = voxels.chunks_exact(area);
    let found: Vec<f32> = match corruption {
        Corruption::Noise => {
            let deviation = 0.3 * strength * width;
            let noisy = voxels
                .iter()
                .map(|value| (f64::from(*value) + deviation * normal(&mut state)) as f32);
            noisy.collect()
        }
        Corruption::Blur => planes
            .flat_map(|plane| blurred(plane, columns, 6.0 * strength))
            .collect(),
        Corruption::BiasField => {
            let field = field(rows, columns, &mut state);
            let lit = planes.flat_map(|plane| {
                let pairs = plane.iter().zip(&field);
                pairs.map(|(value, field)| {
                    let light = (1.2 * strength * field).exp();
                    low + ((f64::from(value - low)) * light) as f32
                })
            });
            lit.collect()
        }
        Corruption::Gamma => {
            let power = 4.0_f64.powf(strength);
            let toned = voxels.iter().map(|value| {
                let share = (f64::from(value - low) / width).clamp(0.0, 1.0);
                low + (share.powf(power) * width) as f32
            });
            toned.collect()
        }
        Corruption::Ghosting => planes
            .flat_map(|plane| ghosted(plane, rows, columns, low, 0.25 * strength))
            .collect(),
        Corruption::Flip => planes.flat_map(|plane| flipped(plane, columns)).collect(),
    };
    // What is no number stays none, so that it is said when the image is opened.
    found
        .into_iter()
        .map(|value| {
            if value.is_nan() {
                value
            } else {
                value.clamp(low, high)
            }
        })
        .collect()
}

/// Left and right changed over, in every row.
#[must_use]
pub fn flipped<T: Copy>(values: &[T], columns: usize) -> Vec<T> {
    let lines = values.chunks(columns.max(1));
    lines.flat_map(|line| line.iter().rev().copied()).collect()
}

/// The next number of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
pub(super) fn random(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// A number from 0 to below 1.
fn uniform(state: &mut u64) -> f64 {
    (random(state) >> 11) as f64 / (1_u64 << 53) as f64
}

/// A number of the standard normal distribution (Box and Muller, 1958).
fn normal(state: &mut u64) -> f64 {
    let radius = (-2.0 * (1.0 - uniform(state)).ln()).sqrt();
    radius * (std::f64::consts::TAU * uniform(state)).cos()
}

/// A plane blurred by a Gaussian; its border goes on as it ends.
fn blurred(plane: &[f32], columns: usize, deviation: f64) -> Vec<f32> {
    if deviation < 0.05 {
        return plane.to_vec();
    }
    let reach = (3.0 * deviation).ceil() as isize;
    let weights: Vec<f64> = (-reach..=reach)
        .map(|step| (-(step * step) as f64 / (2.0 * deviation * deviation)).exp())
        .collect();
    let total: f64 = weights.iter().sum();
    let along = |line: &[f32]| -> Vec<f32> {
        let last = line.len() as isize - 1;
        let smooth = (0..=last).map(|place| {
            let steps = (-reach..=reach).zip(&weights);
            let sum: f64 = steps
                .map(|(step, weight)| {
                    let at = (place + step).clamp(0, last) as usize;
                    weight * f64::from(line.get(at).copied().unwrap_or_default())
                })
                .sum();
            (sum / total) as f32
        });
        smooth.collect()
    };
    let wide: Vec<f32> = plane.chunks(columns).flat_map(along).collect();
    let down: Vec<Vec<f32>> = (0..columns)
        .map(|column| {
            along(
                &wide
                    .iter()
                    .skip(column)
                    .step_by(columns)
                    .copied()
                    .collect::<Vec<_>>(),
            )
        })
        .collect();
    let rows = plane.len() / columns;
    let turned = (0..rows).flat_map(|row| {
        down.iter()
            .map(move |line| line.get(row).copied().unwrap_or_default())
    });
    turned.collect()
}

/// A smooth field between about -1 and 1: a slope in a random direction and a hump at a random place.
fn field(rows: usize, columns: usize, state: &mut u64) -> Vec<f64> {
    let angle = std::f64::consts::TAU * uniform(state);
    let (across, down) = (angle.cos(), angle.sin());
    let (left, top) = (2.0 * uniform(state) - 1.0, 2.0 * uniform(state) - 1.0);
    let place = |index: usize, length: usize| 2.0 * (index as f64 + 0.5) / length as f64 - 1.0;
    let values = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
    values
        .map(|(row, column)| {
            let (x, y) = (place(column, columns), place(row, rows));
            let hump = (-((x - left).powi(2) + (y - top).powi(2))).exp();
            (0.7 * (across * x + down * y) + 0.6 * hump - 0.3).clamp(-1.0, 1.0)
        })
        .collect()
}

/// A plane whose every fourth line of k-space is weaker by four times `strength`: the image times `1 - strength`, less
/// `strength` times its copies a quarter, a half and three quarters of the height away. Shown is the magnitude.
fn ghosted(plane: &[f32], rows: usize, columns: usize, low: f32, strength: f64) -> Vec<f32> {
    let value = |row: usize, column: usize| {
        let at = (row % rows.max(1)) * columns + column;
        f64::from(plane.get(at).copied().unwrap_or(low) - low)
    };
    let pixels = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
    pixels
        .map(|(row, column)| {
            let quarters = (1..4).map(|quarter| value(row + quarter * rows / 4, column));
            let ghosts: f64 = quarters.sum();
            low + (value(row, column) * (1.0 - strength) - strength * ghosts).abs() as f32
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    const SHAPE: [usize; 3] = [2, 16, 24];
    const RANGE: [f32; 2] = [0.0, 255.0];

    fn image() -> Vec<f32> {
        let mut state = 3;
        (0..2 * 16 * 24)
            .map(|_| (255.0 * uniform(&mut state)) as f32)
            .collect()
    }

    fn of(corruption: Corruption, strength: f64) -> Vec<f32> {
        corrupt(&image(), SHAPE, RANGE, corruption, strength, 1)
    }

    fn distance(one: &[f32], other: &[f32]) -> f64 {
        let pairs = one.iter().zip(other);
        pairs.map(|(a, b)| f64::from((a - b).abs())).sum::<f64>() / one.len() as f64
    }

    #[test]
    fn no_strength_changes_nothing_and_more_changes_more() {
        for corruption in Corruption::ALL
            .into_iter()
            .filter(|kind| *kind != Corruption::Flip)
        {
            let [none, some, all] =
                [0.0, 0.4, 1.0].map(|strength| distance(&of(corruption, strength), &image()));
            assert!(none < 1e-3, "{corruption:?}: {none}");
            assert!(some > 1.0 && all > some, "{corruption:?}: {some} {all}");
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_image_within_the_range() {
        for corruption in Corruption::ALL {
            let worse = of(corruption, 1.0);
            assert_eq!(worse, of(corruption, 1.0));
            assert_eq!(worse.len(), image().len());
            assert!(
                worse.iter().all(|value| (0.0..=255.0).contains(value)),
                "{corruption:?}"
            );
        }
        let other = corrupt(&image(), SHAPE, RANGE, Corruption::Noise, 1.0, 2);
        assert_ne!(other, of(Corruption::Noise, 1.0));
    }

    #[test]
    fn a_blur_keeps_the_mean_and_a_flip_twice_is_nothing() {
        let flat = vec![100.0; 16 * 24];
        assert!(distance(&blurred(&flat, 24, 4.0), &flat) < 1e-3);
        let twice = flipped(&of(Corruption::Flip, 0.0), 24);
        assert_eq!(twice, image());
        assert_eq!(flipped(&[1, 2, 3, 4, 5, 6], 3), [3, 2, 1, 6, 5, 4]);
    }

    #[test]
    fn noise_has_the_spread_that_it_says() {
        let grey = vec![0.5; 40_000];
        let noisy = corrupt(&grey, [1, 200, 200], [-1e6, 1e6], Corruption::Noise, 0.5, 9);
        let variance = noisy
            .iter()
            .map(|value| f64::from(value - 0.5).powi(2))
            .sum::<f64>()
            / 40_000.0;
        let expected = 0.3 * 0.5 * 2e6;
        assert!(
            (variance.sqrt() / expected - 1.0).abs() < 0.02,
            "{}",
            variance.sqrt()
        );
    }

    #[test]
    fn what_does_not_fit_or_is_no_number_does_no_harm() {
        assert_eq!(
            corrupt(&[1.0; 5], [1, 2, 3], RANGE, Corruption::Blur, 1.0, 0),
            [1.0; 5]
        );
        assert!(corrupt(&[], [1, 0, 3], RANGE, Corruption::Ghosting, 1.0, 0).is_empty());
        let worse = corrupt(&[f32::NAN; 6], [1, 2, 3], RANGE, Corruption::Gamma, 1.0, 0);
        assert!(
            worse
                .iter()
                .all(|value| value.is_nan() || RANGE.contains(value))
        );
        assert_eq!(
            corrupt(&[3.0; 6], [1, 2, 3], [3.0, 3.0], Corruption::Gamma, 1.0, 0),
            [3.0; 6]
        );
    }
}

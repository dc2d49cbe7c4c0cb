//! The fused operators against the plain ones and against the definitions in 64 bits.

use proptest::prelude::*;

use crate::maps::{MapValues, ProbeHead};
use crate::normalise::{Activation, Normalisation, Shortcut, close_residual_block};
use crate::operators::{self, Sizes};
use crate::planes::{Grid, Phases, Planes};
use crate::resize::{linear_point, resize_linear};
use crate::{Convolution, TransposedConvolution};

/// Planes of zeros.
fn zeros(grid: Grid, channels: usize) -> Planes {
    Planes::from_image(grid, &vec![0.0; channels * grid.voxels()])
}

/// Numbers between -1 and 1 that look random.
fn numbers(length: usize, seed: u32) -> Vec<f32> {
    (0..length as u32)
        .map(|index| {
            let mixed = (index.wrapping_add(seed.wrapping_mul(7919))).wrapping_mul(2_654_435_761);
            (mixed >> 8) as f32 / 8_388_608.0 - 1.0
        })
        .collect()
}

fn assert_close(found: &[f32], expected: &[f32], bound: f32) {
    assert_eq!(found.len(), expected.len());
    for (index, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert!(
            (found - expected).abs() <= bound * expected.abs().max(1.0),
            "{found} instead of {expected} at {index}"
        );
    }
}

/// Grids at sizes that fit no vector, in 2D and 3D.
fn grids() -> impl Strategy<Value = Grid> {
    ([1..5_usize, 1..9, 1..40], any::<bool>()).prop_map(|([depth, height, width], planar)| {
        Grid::new([if planar { 1 } else { depth }, height, width], planar)
    })
}

/// The shape of a tensor on a grid.
fn shape(grid: Grid, first: usize, second: usize) -> Vec<usize> {
    let [depth, height, width] = grid.size();
    if grid.planar() {
        vec![first, second, height, width]
    } else {
        vec![first, second, depth, height, width]
    }
}

fn kernel_shape(planar: bool, first: usize, second: usize, size: usize) -> Vec<usize> {
    let axes = if planar { 2 } else { 3 };
    [first, second]
        .into_iter()
        .chain(std::iter::repeat_n(size, axes))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn convolution_on_planes_is_the_plain_one(
        grid in grids(),
        channels_in in 1..7_usize,
        channels_out in 1..10_usize,
        three in any::<bool>(),
        halve in any::<bool>(),
    ) {
        let size = if three { 3 } else { 1 };
        let image = numbers(channels_in * grid.voxels(), 1);
        let weight_shape = kernel_shape(grid.planar(), channels_out, channels_in, size);
        let weight = numbers(weight_shape.iter().product(), 2);
        let stride = if halve { 2 } else { 1 };
        let sizes = Sizes::new(&shape(grid, 1, channels_in), &weight_shape, stride, size / 2);
        let expected = operators::convolve(&image, &weight, &sizes);

        let taps = weight_shape[2..].iter().product();
        let convolution = Convolution::new(&weight, channels_out, channels_in, taps, None);
        // An unread channel before, an unwritten one before and behind.
        let mut padded = numbers(grid.voxels(), 3);
        padded.extend(&image);
        let input = Planes::from_image(grid, &padded);
        let found = if halve {
            let phases = Phases::new(&input, 1..channels_in + 1);
            let mut output = zeros(grid.halved(), channels_out);
            convolution.run_halving(&phases, &mut output);
            output.to_image(0..channels_out)
        } else {
            let mut output = zeros(grid, channels_out + 2);
            convolution.run(&input, 1, &mut output, 1);
            prop_assert!(output.to_image(0..1).iter().all(|&value| value == 0.0));
            prop_assert!(output.to_image(channels_out + 1..channels_out + 2).iter().all(|&value| value == 0.0));
            output.to_image(1..channels_out + 1)
        };
        assert_close(&found, &expected, 1e-6);
    }

    #[test]
    fn transposed_convolution_paints_squares_and_cubes(
        grid in grids(),
        channels_in in 1..5_usize,
        channels_out in 1..6_usize,
    ) {
        let [depth, height, width] = grid.size();
        let deep = if grid.planar() { 1 } else { 2 };
        let taps = deep * 4;
        let large = Grid::new([depth * deep, 2 * height, 2 * width], grid.planar());
        let image = numbers(channels_in * grid.voxels(), 1);
        let weight = numbers(channels_in * channels_out * taps, 2);
        let mut output = zeros(large, channels_out + 1);
        TransposedConvolution::new(&weight, channels_in, channels_out, taps)
            .run(&Planes::from_image(grid, &image), &mut output, 1);
        let mut expected = vec![0.0; channels_out * large.voxels()];
        for (index, value) in expected.iter_mut().enumerate() {
            let (channel, place) = (index / large.voxels(), index % large.voxels());
            let (d, h, w) = (place / (4 * height * width), place / (2 * width) % (2 * height), place % (2 * width));
            let tap = ((d % deep) * 2 + h % 2) * 2 + w % 2;
            let from = ((d / deep) * height + h / 2) * width + w / 2;
            for channel_in in 0..channels_in {
                *value += image[channel_in * grid.voxels() + from]
                    * weight[(channel_in * channels_out + channel) * taps + tap];
            }
        }
        assert_close(&output.to_image(1..channels_out + 1), &expected, 1e-6);
    }

    #[test]
    fn normalisation_on_planes_is_the_plain_one(grid in grids(), channels in 1..4_usize) {
        prop_assume!(grid.voxels() > 3);
        let voxels = grid.voxels();
        let (image, other) = (numbers(channels * voxels, 1), numbers(channels * voxels, 9));
        let normalisation = Normalisation {
            scale: numbers(channels, 4),
            shift: numbers(channels, 5),
            epsilon: 1e-5,
        };
        let plain = |image: &[f32]| {
            operators::instance_norm(image, &normalisation.scale, &normalisation.shift, voxels, 1e-5)
        };
        // Whatever stands in the border before.
        let dirty = |image: &[f32]| {
            let mut planes = Planes::from_image(grid, image);
            for channel in planes.channels_mut(0..channels) {
                let mut inside = vec![false; channel.len()];
                for place in grid.rows() {
                    inside[place..place + grid.size()[2]].fill(true);
                }
                for (value, _) in channel.iter_mut().zip(&inside).filter(|(_, inside)| !**inside) {
                    *value = 77.0;
                }
            }
            planes
        };
        let mut planes = dirty(&image);
        normalisation.run(&mut planes, 0..channels, Activation::LeakyRelu(0.01));
        assert_close(&planes.to_image(0..channels), &operators::leaky_relu(&plain(&image), 0.01), 2e-5);
        let clean = Planes::from_image(grid, &planes.to_image(0..channels));
        for channel in 0..channels {
            prop_assert_eq!(planes.channel(channel), clean.channel(channel), "the border is zero");
        }

        let (hidden, shortcut) = (dirty(&image), dirty(&other));
        for normalised in [false, true] {
            let mut output = zeros(grid, channels + 1);
            let (which, added) = if normalised {
                (Shortcut::Normalised(&shortcut, &normalisation), plain(&other))
            } else {
                (Shortcut::Same(&shortcut, 0), other.clone())
            };
            close_residual_block(&hidden, &normalisation, &which, 0.01, &mut output, 1);
            let sum: Vec<f32> = plain(&image).iter().zip(&added).map(|(a, b)| a + b).collect();
            assert_close(&output.to_image(1..channels + 1), &operators::leaky_relu(&sum, 0.01), 4e-5);
        }
    }

    #[test]
    fn resize_blends_the_neighbours_of_every_axis(small in grids(), large in grids()) {
        prop_assume!(small.planar() == large.planar());
        let image = numbers(2 * small.voxels(), 1);
        let mut output = zeros(large, 3);
        resize_linear(&Planes::from_image(small, &image), &mut output, 1);
        let [from, to] = [small.size(), large.size()];
        let mut expected = Vec::new();
        for channel in image.chunks_exact(small.voxels()) {
            for index in 0..large.voxels() {
                let place = [index / (to[1] * to[2]), index / to[2] % to[1], index % to[2]];
                let points: [(usize, usize, f32); 3] =
                    std::array::from_fn(|axis| linear_point(place[axis], from[axis], to[axis]));
                let mut sum = 0.0;
                for corner in 0..8 {
                    let (mut weight, mut at) = (1.0, [0; 3]);
                    for axis in 0..3 {
                        let (low, high, fraction) = points[axis];
                        let upper = corner >> axis & 1 == 1;
                        at[axis] = if upper { high } else { low };
                        weight *= f64::from(if upper { fraction } else { 1.0 - fraction });
                    }
                    sum += weight * f64::from(channel[(at[0] * from[1] + at[1]) * from[2] + at[2]]);
                }
                expected.push(sum as f32);
            }
        }
        assert_close(&output.to_image(1..3), &expected, 1e-6);
    }

    #[test]
    fn maps_are_what_the_definitions_say(
        grid in grids(),
        features in 1..6_usize,
        classes in 2..5_usize,
        probes in 2..9_usize,
        with_aleatoric in any::<bool>(),
    ) {
        let head = ProbeHead {
            classes,
            features,
            probes: numbers(probes * features, 1),
            loading: numbers(classes * probes, 2),
            patterns: numbers(probes * probes, 3).iter().map(|value| value.signum()).collect(),
            aleatoric: with_aleatoric.then(|| (numbers(features, 4), 0.3)),
            calibration: (numbers(if with_aleatoric { 3 } else { 2 }, 5), -0.2),
            steepness: 4.0,
            ranking: [1.1, -0.05, 0.4],
        };
        let image = numbers(features * grid.voxels(), 6);
        let logits: Vec<f32> = numbers(classes * grid.voxels(), 7).iter().map(|value| 4.0 * value).collect();
        let found = head.run(&Planes::from_image(grid, &image), &Planes::from_image(grid, &logits));
        let expected = by_definition(&head, &image, &logits, grid.voxels());
        for (found, expected) in columns(&found).into_iter().zip(columns(&expected)) {
            assert_close(found, expected, 3e-6);
        }
    }
}

fn columns(values: &MapValues) -> Vec<&[f32]> {
    let mut columns: Vec<&[f32]> = vec![
        &values.v,
        &values.delta,
        &values.ranking,
        &values.calibration,
        &values.epistemic,
        &values.residual,
        &values.entropy,
        &values.margin,
        &values.weight,
        &values.anchor,
        &values.probe,
    ];
    columns.extend(values.aleatoric.as_deref());
    columns
}

fn softmax(logits: &[f64]) -> Vec<f64> {
    let total: f64 = logits.iter().map(|logit| logit.exp()).sum();
    logits.iter().map(|logit| logit.exp() / total).collect()
}

fn dot<'a>(factors: &[f32], values: impl IntoIterator<Item = &'a f64>) -> f64 {
    factors
        .iter()
        .zip(values)
        .map(|(&factor, value)| f64::from(factor) * value)
        .sum()
}

/// The head's formulas, voxel by voxel, in 64 bits.
fn by_definition(head: &ProbeHead, features: &[f32], logits: &[f32], voxels: usize) -> MapValues {
    let probes = head.probes.len() / head.features;
    let mut all: Vec<Vec<f64>> = Vec::new();
    let softplus = |x: f64| x.exp().ln_1p();
    for voxel in 0..voxels {
        let at = |values: &[f32]| {
            values
                .iter()
                .skip(voxel)
                .step_by(voxels)
                .map(|&value| f64::from(value))
                .collect::<Vec<_>>()
        };
        let (feature, logit) = (at(features), at(logits));
        let v: Vec<f64> = head
            .probes
            .chunks(head.features)
            .map(|row| dot(row, &feature))
            .collect();
        let delta: Vec<f64> = head
            .loading
            .chunks(probes)
            .map(|row| dot(row, &v))
            .collect();
        let p = softmax(&logit);
        let patterns: Vec<Vec<f64>> = head
            .patterns
            .chunks(probes)
            .map(|signs| {
                let signed: Vec<f64> = signs
                    .iter()
                    .zip(&v)
                    .map(|(&sign, v)| f64::from(sign) * v)
                    .collect();
                let moved = head
                    .loading
                    .chunks(probes)
                    .zip(&logit)
                    .map(|(row, logit)| logit + dot(row, &signed));
                softmax(&moved.collect::<Vec<_>>())
            })
            .collect();
        let epistemic: f64 = (0..head.classes)
            .map(|class| {
                let values = patterns.iter().map(|pattern| pattern[class]);
                let mean = values.clone().sum::<f64>() / probes as f64;
                values.map(|value| (value - mean).powi(2)).sum::<f64>() / probes as f64
            })
            .sum();
        let mut sorted = p.clone();
        sorted.sort_by(|a, b| b.total_cmp(a));
        let margin = sorted[0] - sorted[1];
        let weight = (-4.0 * margin).exp();
        let entropy: f64 = -p.iter().map(|p| p * p.max(1e-12).ln()).sum::<f64>();
        let residual = delta.iter().map(|delta| delta * delta).sum::<f64>() / head.classes as f64;
        let probe = v.iter().map(|v| v * v).sum::<f64>() / probes as f64;
        let mut inputs = vec![(epistemic + residual).ln_1p()];
        let aleatoric = head
            .aleatoric
            .as_ref()
            .map(|(row, bias)| softplus(dot(row, &feature) + f64::from(*bias)));
        inputs.extend(aleatoric.map(f64::ln_1p));
        inputs.push(margin);
        let calibration =
            softplus(dot(&head.calibration.0, &inputs) + f64::from(head.calibration.1));
        let share = 0.25 / (head.classes as f64).ln().max(1.0);
        let anchor = epistemic.ln_1p()
            + 0.5 * residual.ln_1p()
            + 0.25 * calibration.ln_1p()
            + share * entropy
            + weight;
        let [slope, offset, part] = head.ranking.map(f64::from);
        let ranking = anchor * slope + offset + weight * part;
        let singles = [
            ranking,
            calibration,
            epistemic,
            residual,
            entropy,
            margin,
            weight,
            anchor,
            probe,
            aleatoric.unwrap_or(0.0),
        ];
        all.push(v.into_iter().chain(delta).chain(singles).collect());
    }
    let mut columns = (0..probes + head.classes + 10)
        .map(|column| {
            all.iter()
                .map(|row| row[column] as f32)
                .collect::<Vec<f32>>()
        })
        .collect::<Vec<_>>()
        .into_iter();
    let v = columns.by_ref().take(probes).flatten().collect();
    let delta = columns.by_ref().take(head.classes).flatten().collect();
    let mut next = || columns.next().unwrap_or_default();
    MapValues {
        v,
        delta,
        ranking: next(),
        calibration: next(),
        epistemic: next(),
        residual: next(),
        entropy: next(),
        margin: next(),
        weight: next(),
        anchor: next(),
        probe: next(),
        aleatoric: Some(next()).filter(|_| head.aleatoric.is_some()),
    }
}

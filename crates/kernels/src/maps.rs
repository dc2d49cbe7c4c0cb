//! Everything that the uncertainty head reads off the features, in one loop over the voxels.
//!
//! The probe responses, the softmax of every sign pattern and all maps of some neighbouring voxels stay in the first cache;
//! each input is read once and each map written once.

use crate::functions::{exp, ln, ln_1p, softplus};
use crate::parallel::for_each;
use crate::planes::{Grid, Planes};
use crate::vector::{Task, Vector, multiply_add, vectorised};

/// Neighbouring voxels of a row that are worked off together.
const CHUNK: usize = 32;
type Chunk = [f32; CHUNK];
/// Voxels of a task, about.
const TASK: usize = 4096;
/// Maps of a single channel.
const MAPS: usize = 10;

/// The head's parameters behind the fused features.
#[derive(Debug, Clone)]
pub struct ProbeHead {
    /// Classes `C`.
    pub classes: usize,
    /// Features `F`.
    pub features: usize,
    /// Probe responses from features, `[R, F]`.
    pub probes: Vec<f32>,
    /// What a probe adds to a class's logit per unit of response, `[C, R]`: its scale is in it already.
    pub loading: Vec<f32>,
    /// Sign patterns, `[patterns, R]`.
    pub patterns: Vec<f32>,
    /// Aleatoric branch: `[F]` and a bias.
    pub aleatoric: Option<(Vec<f32>, f32)>,
    /// Calibration: a factor of `ln(1 + epistemic + residual)`, one of `ln(1 + aleatoric)` (left out without that branch) and one
    /// of the margin, and a bias.
    pub calibration: (Vec<f32>, f32),
    /// Steepness of the weight map in the margin.
    pub steepness: f32,
    /// Ranking score: slope in the anchor, offset, share of the weight map.
    pub ranking: [f32; 3],
}

/// What the head gives, `[channels, spatial..]` each, a single channel unless said.
#[derive(Debug, Clone, PartialEq)]
pub struct MapValues {
    /// Probe responses, `[R, spatial..]`.
    pub v: Vec<f32>,
    /// Perturbation of the logits, `[C, spatial..]`.
    pub delta: Vec<f32>,
    /// Ranking score.
    pub ranking: Vec<f32>,
    /// Calibration variance.
    pub calibration: Vec<f32>,
    /// Epistemic variance.
    pub epistemic: Vec<f32>,
    /// Aleatoric noise level; none without that branch.
    pub aleatoric: Option<Vec<f32>>,
    /// Mean square of the perturbation.
    pub residual: Vec<f32>,
    /// Entropy of the class probabilities, nats.
    pub entropy: Vec<f32>,
    /// Difference of the two largest class probabilities.
    pub margin: Vec<f32>,
    /// Weight of the margin.
    pub weight: Vec<f32>,
    /// Anchor of the ranking score.
    pub anchor: Vec<f32>,
    /// Mean square of the probe responses.
    pub probe: Vec<f32>,
}

impl ProbeHead {
    /// All maps. `features` holds `F` channels and `logits` `C`, on the same grid.
    #[must_use]
    pub fn run(&self, features: &Planes, logits: &Planes) -> MapValues {
        let grid = features.grid();
        let voxels = grid.voxels();
        let probes = self.probes.len() / self.features.max(1);
        let mut v = vec![0.0; probes * voxels];
        let mut delta = vec![0.0; self.classes * voxels];
        let mut maps: [Vec<f32>; MAPS] = std::array::from_fn(|_| vec![0.0; voxels]);

        let width = grid.size()[2].max(1);
        let rows = TASK.div_ceil(width);
        let mut tasks: Vec<Rows<'_>> = (0..(voxels / width).div_ceil(rows))
            .map(|index| Rows {
                head: self,
                features,
                logits,
                first: index * rows,
                v: Vec::with_capacity(probes),
                delta: Vec::with_capacity(self.classes),
                maps: Vec::with_capacity(MAPS),
            })
            .collect();
        let length = rows * width;
        for channel in v.chunks_exact_mut(voxels) {
            for (task, part) in tasks.iter_mut().zip(channel.chunks_mut(length)) {
                task.v.push(part);
            }
        }
        for channel in delta.chunks_exact_mut(voxels) {
            for (task, part) in tasks.iter_mut().zip(channel.chunks_mut(length)) {
                task.delta.push(part);
            }
        }
        for map in &mut maps {
            for (task, part) in tasks.iter_mut().zip(map.chunks_mut(length)) {
                task.maps.push(part);
            }
        }
        for_each(tasks, vectorised);

        let [
            ranking,
            calibration,
            epistemic,
            aleatoric,
            residual,
            entropy,
            margin,
            weight,
            anchor,
            probe,
        ] = maps;
        MapValues {
            v,
            delta,
            ranking,
            calibration,
            epistemic,
            aleatoric: self.aleatoric.is_some().then_some(aleatoric),
            residual,
            entropy,
            margin,
            weight,
            anchor,
            probe,
        }
    }
}

/// Some rows, from number `first` of all planes' rows on.
struct Rows<'a> {
    head: &'a ProbeHead,
    features: &'a Planes,
    logits: &'a Planes,
    first: usize,
    v: Vec<&'a mut [f32]>,
    delta: Vec<&'a mut [f32]>,
    maps: Vec<&'a mut [f32]>,
}

/// Numbers of neighbouring voxels; zeros where there are fewer than a chunk.
#[inline(always)]
fn read(values: &[f32]) -> Chunk {
    let mut chunk = [0.0; CHUNK];
    if let Some(whole) = values.first_chunk() {
        chunk = *whole;
    } else {
        chunk[..values.len()].copy_from_slice(values);
    }
    chunk
}

#[inline(always)]
fn write(chunk: &Chunk, to: &mut [f32]) {
    if let Some(whole) = to.first_chunk_mut() {
        *whole = *chunk;
    } else {
        let count = to.len();
        to.copy_from_slice(&chunk[..count]);
    }
}

/// Adds `factor * values` to sums.
#[inline(always)]
fn add_scaled<const FUSED: bool>(sums: &mut Chunk, values: &Chunk, factor: f32) {
    for lane in 0..CHUNK {
        sums[lane] = multiply_add::<FUSED>(values[lane], factor, sums[lane]);
    }
}

/// Turns logits of all classes into probabilities.
#[inline(always)]
fn softmax<const FUSED: bool>(classes: &mut [Chunk]) {
    let mut largest = [f32::NEG_INFINITY; CHUNK];
    for class in &*classes {
        for lane in 0..CHUNK {
            largest[lane] = if class[lane] > largest[lane] {
                class[lane]
            } else {
                largest[lane]
            };
        }
    }
    let mut total = [0.0; CHUNK];
    for class in &mut *classes {
        for lane in 0..CHUNK {
            class[lane] = exp::<FUSED>(class[lane] - largest[lane]);
            total[lane] += class[lane];
        }
    }
    let mut share = [0.0; CHUNK];
    for lane in 0..CHUNK {
        share[lane] = 1.0 / total[lane];
    }
    for class in classes {
        for lane in 0..CHUNK {
            class[lane] *= share[lane];
        }
    }
}

/// Mean of the squares of some numbers per voxel.
#[inline(always)]
fn mean_square<const FUSED: bool>(chunks: &[Chunk]) -> Chunk {
    let mut sum = [0.0; CHUNK];
    for chunk in chunks {
        for lane in 0..CHUNK {
            sum[lane] = multiply_add::<FUSED>(chunk[lane], chunk[lane], sum[lane]);
        }
    }
    for value in &mut sum {
        *value /= chunks.len().max(1) as f32;
    }
    sum
}

/// What a task needs beside inputs and outputs.
struct Scratch {
    v: Vec<Chunk>,
    delta: Vec<Chunk>,
    /// Products of loading and response, `[C, R]`.
    terms: Vec<Chunk>,
    logits: Vec<Chunk>,
    probabilities: Vec<Chunk>,
    perturbed: Vec<Chunk>,
    sums: Vec<Chunk>,
    squares: Vec<Chunk>,
}

impl Task for Rows<'_> {
    #[inline(always)]
    fn run<V: Vector, const N: usize, const FUSED: bool>(mut self) {
        let grid: Grid = self.features.grid();
        let [_, height, width] = grid.size();
        let (probes, classes) = (self.v.len(), self.delta.len());
        let chunks = |count: usize| vec![[0.0; CHUNK]; count];
        let mut scratch = Scratch {
            v: chunks(probes),
            delta: chunks(classes),
            terms: chunks(classes * probes),
            logits: chunks(classes),
            probabilities: chunks(classes),
            perturbed: chunks(classes),
            sums: chunks(classes),
            squares: chunks(classes),
        };
        let rows = self.maps.first().map_or(0, |map| map.len()) / width.max(1);
        for row in 0..rows {
            let line = self.first + row;
            let place = grid.place(line / height, line % height);
            for start in (0..width).step_by(CHUNK) {
                let from = place + start;
                let count = CHUNK.min(width - start);
                let maps = self.head.chunk::<FUSED>(
                    self.features,
                    self.logits,
                    from..from + count,
                    &mut scratch,
                );
                let to = row * width + start;
                let to = to..to + count;
                for (output, chunk) in self.v.iter_mut().zip(&scratch.v) {
                    write(chunk, &mut output[to.clone()]);
                }
                for (output, chunk) in self.delta.iter_mut().zip(&scratch.delta) {
                    write(chunk, &mut output[to.clone()]);
                }
                for (output, chunk) in self.maps.iter_mut().zip(&maps) {
                    write(chunk, &mut output[to.clone()]);
                }
            }
        }
    }
}

impl ProbeHead {
    /// The maps of some neighbouring voxels, in the order of [`ProbeHead::run`]; responses and perturbation stay in `scratch`.
    #[inline(always)]
    fn chunk<const FUSED: bool>(
        &self,
        features: &Planes,
        logits: &Planes,
        range: std::ops::Range<usize>,
        scratch: &mut Scratch,
    ) -> [Chunk; MAPS] {
        let probes = scratch.v.len();
        // Probe responses and the aleatoric branch read the features once.
        let mut aleatoric = [0.0; CHUNK];
        scratch.v.fill([0.0; CHUNK]);
        for feature in 0..self.features {
            let values = read(&features.channel(feature)[range.clone()]);
            let factors = self.probes.iter().skip(feature).step_by(self.features);
            for (v, factor) in scratch.v.iter_mut().zip(factors) {
                add_scaled::<FUSED>(v, &values, *factor);
            }
            if let Some((factors, _)) = &self.aleatoric {
                add_scaled::<FUSED>(&mut aleatoric, &values, factors[feature]);
            }
        }
        let terms = scratch.terms.chunks_exact_mut(probes);
        let loadings = self.loading.chunks_exact(probes);
        for ((terms, loadings), delta) in terms.zip(loadings).zip(&mut scratch.delta) {
            *delta = [0.0; CHUNK];
            for ((term, loading), v) in terms.iter_mut().zip(loadings).zip(&scratch.v) {
                for lane in 0..CHUNK {
                    term[lane] = v[lane] * loading;
                    delta[lane] += term[lane];
                }
            }
        }
        for (class, to) in scratch.logits.iter_mut().enumerate() {
            *to = read(&logits.channel(class)[range.clone()]);
        }
        scratch.probabilities.copy_from_slice(&scratch.logits);
        softmax::<FUSED>(&mut scratch.probabilities);

        let mut entropy = [0.0; CHUNK];
        let (mut first, mut second) = ([0.0; CHUNK], [0.0; CHUNK]);
        for class in &scratch.probabilities {
            for lane in 0..CHUNK {
                let p = class[lane];
                let bounded = if p < 1e-12 { 1e-12 } else { p };
                entropy[lane] -= p * ln::<FUSED>(bounded);
                let smaller = if p < first[lane] { p } else { first[lane] };
                first[lane] = if p < first[lane] { first[lane] } else { p };
                second[lane] = if smaller > second[lane] {
                    smaller
                } else {
                    second[lane]
                };
            }
        }
        let mut margin = first;
        for lane in 0..CHUNK {
            margin[lane] -= second[lane];
        }
        let mut weight = [0.0; CHUNK];
        for lane in 0..CHUNK {
            weight[lane] = exp::<FUSED>(-self.steepness * margin[lane]);
        }
        let epistemic = self.epistemic::<FUSED>(scratch);
        let probe = mean_square::<FUSED>(&scratch.v);
        let residual = mean_square::<FUSED>(&scratch.delta);

        let (factors, bias) = &self.calibration;
        let mut factors = factors.iter();
        let mut factor = || factors.next().copied().unwrap_or(0.0);
        let (of_variance, mut of_noise) = (factor(), 0.0);
        if let Some((_, bias)) = &self.aleatoric {
            for value in &mut aleatoric {
                *value = softplus::<FUSED>(*value + bias);
            }
            of_noise = factor();
        }
        let of_margin = factor();
        // For two classes ln 2 < 1, so the entropy is not brought to 1 there: the reference's rule.
        let entropy_share = 0.25 / (self.classes as f32).ln().max(1.0);
        let [slope, offset, share] = self.ranking;
        let mut calibration = [0.0; CHUNK];
        let mut anchor = [0.0; CHUNK];
        let mut ranking = [0.0; CHUNK];
        for lane in 0..CHUNK {
            let variance = ln_1p::<FUSED>(epistemic[lane] + residual[lane]);
            let noise = of_noise * ln_1p::<FUSED>(aleatoric[lane]);
            let sum = of_variance * variance + noise + of_margin * margin[lane] + bias;
            calibration[lane] = softplus::<FUSED>(sum);
        }
        for lane in 0..CHUNK {
            anchor[lane] = ln_1p::<FUSED>(epistemic[lane])
                + 0.5 * ln_1p::<FUSED>(residual[lane])
                + 0.25 * ln_1p::<FUSED>(calibration[lane])
                + entropy_share * entropy[lane]
                + weight[lane];
            ranking[lane] = anchor[lane] * slope + offset + weight[lane] * share;
        }
        [
            ranking,
            calibration,
            epistemic,
            aleatoric,
            residual,
            entropy,
            margin,
            weight,
            anchor,
            probe,
        ]
    }

    /// Sum over classes of the population variance of the class probabilities under the sign patterns.
    ///
    /// The variance is taken of the differences to the unperturbed probabilities: the same number, without the
    /// cancellation that sums of squares of probabilities would suffer in 32 bits.
    #[inline(always)]
    fn epistemic<const FUSED: bool>(&self, scratch: &mut Scratch) -> Chunk {
        let probes = scratch.v.len().max(1);
        scratch.sums.fill([0.0; CHUNK]);
        scratch.squares.fill([0.0; CHUNK]);
        let patterns = self.patterns.chunks_exact(probes);
        let count = patterns.len().max(1) as f32;
        for signs in patterns {
            let classes = scratch.perturbed.iter_mut().zip(&scratch.logits);
            for ((to, logits), terms) in classes.zip(scratch.terms.chunks_exact(probes)) {
                let mut sum = [0.0; CHUNK];
                for (term, sign) in terms.iter().zip(signs) {
                    add_scaled::<FUSED>(&mut sum, term, *sign);
                }
                for lane in 0..CHUNK {
                    to[lane] = logits[lane] + sum[lane];
                }
            }
            softmax::<FUSED>(&mut scratch.perturbed);
            for (class, perturbed) in scratch.perturbed.iter().enumerate() {
                let unperturbed = &scratch.probabilities[class];
                let (sums, squares) = (&mut scratch.sums[class], &mut scratch.squares[class]);
                for lane in 0..CHUNK {
                    let difference = perturbed[lane] - unperturbed[lane];
                    sums[lane] += difference;
                    squares[lane] = multiply_add::<FUSED>(difference, difference, squares[lane]);
                }
            }
        }
        let mut total = [0.0; CHUNK];
        for (sums, squares) in scratch.sums.iter().zip(&scratch.squares) {
            for lane in 0..CHUNK {
                let mean = sums[lane] / count;
                let variance = squares[lane] / count - mean * mean;
                // A NaN passes.
                total[lane] += if variance < 0.0 { 0.0 } else { variance };
            }
        }
        total
    }
}

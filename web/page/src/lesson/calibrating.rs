//! Figure *validate*: a reliability diagram and a risk-coverage curve from the pixels of this image, at a temperature that is set
//! by hand.

use uq::{CurvePoint, Ranking};

/// Bars of the diagram, (k/15, (k+1)/15] each.
const BINS: usize = 15;
/// Points of the curve.
const POINTS: usize = 60;
/// Most pixels that are used: more would make the slider slow and change nothing that can be seen.
const MOST: usize = 400_000;

/// Pixels in a random order that is always the same, each with its logits and whether it is right.
#[derive(Debug, Clone, PartialEq)]
pub struct Pixels {
    /// Logits below the largest one, `[pixels][classes - 1]`, all 0 or less.
    below: Vec<f32>,
    /// How many per pixel.
    others: usize,
    right: Vec<bool>,
}

/// A point of the reliability diagram.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bar {
    /// Mean confidence of its pixels, 0..=1.
    pub confidence: f64,
    /// Share of them that are right, 0..=1.
    pub accuracy: f64,
    /// Number of pixels.
    pub count: u64,
}

/// What the pixels say at a temperature.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The diagram, confidences ascending, without empty bars.
    pub bars: Vec<Bar>,
    /// Expected calibration error: mean distance of the bars from the diagonal, weighted by their pixels (Naeini et al.,
    /// AAAI 2015).
    pub ece: f64,
    /// Chance that a wrong pixel is less confident than a right one; none where all are right or wrong.
    pub auroc: Option<f64>,
    /// Risk over coverage.
    pub curve: Vec<CurvePoint>,
    /// Wrong pixels.
    pub wrong: u64,
}

impl Pixels {
    /// From the logits of every class, `[classes][pixels]`, and the errors. Where `include` is given, only those pixels. None
    /// where the arrays do not fit together.
    #[must_use]
    pub fn new(logits: &[Vec<f32>], errors: &[bool], include: Option<&[bool]>) -> Option<Self> {
        let fits = logits.len() > 1
            && logits.iter().all(|class| class.len() == errors.len())
            && include.is_none_or(|include| include.len() == errors.len());
        if !fits {
            return None;
        }
        let mut order: Vec<usize> = (0..errors.len())
            .filter(|at| include.is_none_or(|include| include.get(*at) == Some(&true)))
            .collect();
        shuffle(&mut order);
        order.truncate(MOST);
        let others = logits.len() - 1;
        let mut pixels = Self {
            below: Vec::with_capacity(order.len() * others),
            others,
            right: Vec::with_capacity(order.len()),
        };
        for at in order {
            let scores: Vec<f32> = logits
                .iter()
                .filter_map(|class| class.get(at).copied())
                .collect();
            let largest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            let winner = scores.iter().position(|score| *score == largest);
            let rest = scores
                .iter()
                .enumerate()
                .filter(|(class, _)| Some(*class) != winner);
            pixels.below.extend(rest.map(|(_, score)| score - largest));
            pixels.right.push(errors.get(at) == Some(&false));
        }
        Some(pixels)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.right.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.right.is_empty()
    }

    /// What the first `used` pixels say with their logits divided by `temperature`.
    #[must_use]
    pub fn read(&self, temperature: f64, used: usize) -> Reading {
        let used = used.min(self.len());
        let mut sums = [(0_u64, 0.0_f64, 0_u64); BINS];
        let mut doubt = Vec::with_capacity(used);
        let mut errors = Vec::with_capacity(used);
        let temperature = temperature.max(1e-3);
        for (below, right) in self
            .below
            .chunks_exact(self.others)
            .zip(&self.right)
            .take(used)
        {
            let others: f64 = below
                .iter()
                .map(|gap| (f64::from(*gap) / temperature).exp())
                .sum();
            let confidence = 1.0 / (1.0 + others);
            let bin = ((confidence * BINS as f64).ceil() as usize).clamp(1, BINS) - 1;
            if let Some((count, confident, correct)) = sums.get_mut(bin) {
                *count += 1;
                *confident += confidence;
                *correct += u64::from(*right);
            }
            // The logarithm of what is left for the other classes: it orders pixels whose confidence rounds to 1.
            doubt.push(others.max(f64::MIN_POSITIVE).ln() as f32);
            errors.push(!right);
        }
        let bars: Vec<Bar> = sums
            .iter()
            .filter(|(count, _, _)| *count > 0)
            .map(|(count, confident, correct)| Bar {
                confidence: confident / *count as f64,
                accuracy: *correct as f64 / *count as f64,
                count: *count,
            })
            .collect();
        let gap = |bar: &Bar| bar.count as f64 * (bar.accuracy - bar.confidence).abs();
        let ranking = Ranking::new(&doubt, &errors).ok();
        Reading {
            ece: bars.iter().map(gap).sum::<f64>() / used.max(1) as f64,
            bars,
            auroc: ranking.as_ref().and_then(Ranking::auroc),
            curve: ranking
                .as_ref()
                .map_or_else(Vec::new, |ranking| ranking.risk_coverage(POINTS)),
            wrong: ranking.as_ref().map_or(0, Ranking::errors),
        }
    }
}

/// How many pixels a place of the slider uses, 0..=1: from a hundred to all, each tenth as many more.
#[must_use]
pub fn used(place: f64, all: usize) -> usize {
    let first = 100.0_f64.min(all as f64);
    if all == 0 {
        return 0;
    }
    let count = first * (all as f64 / first).powf(place.clamp(0.0, 1.0));
    (count.round() as usize).clamp(1, all)
}

/// Brings places into a random order, the same each time (Fisher and Yates; SplitMix64).
fn shuffle(order: &mut [usize]) {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    for last in (1..order.len()).rev() {
        let random = super::corruption::random(&mut state);
        // The bias of the remainder is below 1e-12 for any image.
        order.swap(last, (random % (last as u64 + 1)) as usize);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use uq::{Calibration, Layout, Probabilities};

    const COUNT: usize = 30_000;

    /// Two classes; the gap of the logits runs from 0 to 6, errors grow rarer with it.
    fn pixels() -> (Vec<Vec<f32>>, Vec<bool>) {
        let mut state = 7;
        let gaps: Vec<f32> = (0..COUNT).map(|step| step as f32 / 5000.0).collect();
        let errors = gaps.iter().map(|gap| {
            let share = 1.0 / (1.0 + f64::from(*gap / 2.0).exp());
            (super::super::corruption::random(&mut state) >> 11) as f64 / (1_u64 << 53) as f64
                <= share
        });
        let errors = errors.collect();
        let zeros = vec![0.0; gaps.len()];
        (vec![zeros, gaps], errors)
    }

    #[test]
    fn ece_is_that_of_the_evaluation() {
        let (logits, errors) = pixels();
        for temperature in [0.5, 1.0, 2.0, 5.0] {
            let reading = Pixels::new(&logits, &errors, None)
                .unwrap()
                .read(temperature, usize::MAX);
            let object: Vec<f32> = logits[1]
                .iter()
                .map(|gap| (1.0 / (1.0 + (-f64::from(*gap) / temperature).exp())) as f32)
                .collect();
            let values: Vec<f32> = object
                .iter()
                .map(|p| 1.0 - p)
                .chain(object.iter().copied())
                .collect();
            let labels: Vec<u8> = errors.iter().map(|wrong| u8::from(!wrong)).collect();
            let mut calibration = Calibration::default();
            let probabilities = Probabilities {
                values: &values,
                classes: 2,
                layout: Layout::ClassFirst,
            };
            calibration.add(&probabilities, &labels, None).unwrap();
            // A pixel or two lie on an edge between two bars.
            assert!(
                (reading.ece - calibration.ece15().unwrap()).abs() < 1e-4,
                "{temperature}"
            );
        }
    }

    #[test]
    fn a_temperature_moves_ece_and_leaves_auroc() {
        let (logits, errors) = pixels();
        let pixels = Pixels::new(&logits, &errors, None).unwrap();
        let [sharp, right, soft] =
            [0.5, 2.0, 6.0].map(|temperature| pixels.read(temperature, usize::MAX));
        // Errors were drawn from the logits at temperature 2.
        assert!(right.ece < 0.02 && sharp.ece > 0.05 && soft.ece > 0.05);
        for other in [&sharp, &soft] {
            assert!((other.auroc.unwrap() - right.auroc.unwrap()).abs() < 1e-6);
            assert_eq!(other.wrong, right.wrong);
        }
    }

    #[test]
    fn more_pixels_are_the_same_pixels_and_more() {
        let (logits, errors) = pixels();
        let pixels = Pixels::new(&logits, &errors, None).unwrap();
        let count = |used| {
            pixels
                .read(1.0, used)
                .bars
                .iter()
                .map(|bar| bar.count)
                .sum::<u64>()
        };
        assert_eq!((count(100), count(usize::MAX)), (100, COUNT as u64));
        assert_eq!(
            (
                used(0.0, 3000),
                used(1.0, 3000),
                used(0.5, 0),
                used(0.0, 20)
            ),
            (100, 3000, 0, 20)
        );
        let include: Vec<bool> = errors.clone();
        assert_eq!(
            Pixels::new(&logits, &errors, Some(&include)).unwrap().len() as u64,
            pixels.read(1.0, usize::MAX).wrong
        );
        assert!(Pixels::new(&logits[..1], &errors, None).is_none());
    }

    #[test]
    fn three_classes_are_one_confidence() {
        let logits = vec![vec![0.0], vec![1.0], vec![3.0]];
        let bar = Pixels::new(&logits, &[false], None)
            .unwrap()
            .read(1.0, 1)
            .bars[0];
        let expected = 3.0_f64.exp() / (1.0 + 1.0_f64.exp() + 3.0_f64.exp());
        assert!((bar.confidence - expected).abs() < 1e-6);
    }
}

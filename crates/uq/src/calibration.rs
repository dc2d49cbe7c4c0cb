//! Whether probabilities mean what they say.

use serde::{Deserialize, Serialize};

use crate::Error;
use crate::error::{check_length, check_numbers};

/// The least probability whose logarithm is taken.
const MIN_PROBABILITY: f64 = 1e-12;
const BINS: usize = 15;

/// Where the classes stand in an array of probabilities.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// `[classes, voxels]`, as networks give it.
    ClassFirst,
    /// `[voxels, classes]`.
    ClassLast,
}

/// Class probabilities of voxels, each 0 to 1, summing to 1 for each voxel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Probabilities<'a> {
    /// The numbers.
    pub values: &'a [f32],
    /// Number of classes.
    pub classes: usize,
    /// Their arrangement.
    pub layout: Layout,
}

/// One bar of a reliability diagram.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ReliabilityBin {
    /// Confidences above this,
    pub above: f64,
    /// up to this one.
    pub to: f64,
    /// Number of voxels.
    pub count: u64,
    /// Their mean confidence, 0 to 1.
    pub confidence: f64,
    /// Share of them that are right, 0 to 1.
    pub accuracy: f64,
}

impl Probabilities<'_> {
    /// The probability of `class` at `voxel`; 0 outside the array.
    pub(crate) fn get(&self, voxel: usize, class: usize, voxels: usize) -> f32 {
        let index = match self.layout {
            Layout::ClassFirst => class * voxels + voxel,
            Layout::ClassLast => voxel * self.classes + class,
        };
        self.values.get(index).copied().unwrap_or(0.0)
    }
}

/// Voxels whose confidence falls into one interval.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Bin {
    count: u64,
    confidence: f64,
    correct: u64,
}

/// Sums for the calibration metrics. Cases are added one by one, so that no more than one is held in memory.
///
/// Confidence is the largest class probability; a voxel is right if the first class that has it is its label.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Calibration {
    count: u64,
    correct: u64,
    negative_log_likelihood: f64,
    squared_error: f64,
    /// (k/15, (k+1)/15], and 0 in the first.
    bins: [Bin; BINS],
    /// [k/15, (k+1)/15), and exactly 1 in the last.
    torchmetrics_bins: [Bin; BINS + 1],
}

impl Calibration {
    /// Adds the voxels of one case: `labels[i]` is the true class of voxel `i`. With `include`, only voxels whose entry
    /// is true count.
    ///
    /// # Errors
    /// [`Error::Length`] if the arrays do not fit together, [`Error::NotANumber`] for a probability that is not a
    /// number, [`Error::UnknownClass`] for a label beyond the classes. Nothing is added then.
    pub fn add(
        &mut self,
        probabilities: &Probabilities<'_>,
        labels: &[u8],
        include: Option<&[bool]>,
    ) -> Result<(), Error> {
        let voxels = labels.len();
        let classes = probabilities.classes;
        check_length(
            "the probabilities",
            probabilities.values.len(),
            voxels.saturating_mul(classes),
        )?;
        if let Some(include) = include {
            check_length("the region", include.len(), voxels)?;
        }
        if let Some(&label) = labels.iter().find(|&&label| usize::from(label) >= classes) {
            return Err(Error::UnknownClass { label, classes });
        }
        check_numbers("the probabilities", probabilities.values)?;
        for (voxel, &label) in labels.iter().enumerate() {
            if include.is_none_or(|include| include.get(voxel) == Some(&true)) {
                self.add_voxel(probabilities, voxel, voxels, usize::from(label));
            }
        }
        Ok(())
    }

    fn add_voxel(
        &mut self,
        probabilities: &Probabilities<'_>,
        voxel: usize,
        voxels: usize,
        label: usize,
    ) {
        let (mut best, mut confidence, mut of_label) = (0, f32::NEG_INFINITY, 0.0);
        for class in 0..probabilities.classes {
            let probability = probabilities.get(voxel, class, voxels);
            if probability > confidence {
                (best, confidence) = (class, probability);
            }
            let truth = if class == label { 1.0 } else { 0.0 };
            if class == label {
                of_label = f64::from(probability);
            }
            let difference = f64::from(probability) - truth;
            self.squared_error += difference * difference;
        }
        let right = u64::from(best == label);
        self.count += 1;
        self.correct += right;
        self.negative_log_likelihood -= of_label.max(MIN_PROBABILITY).ln();

        let scaled = f64::from(confidence) * BINS as f64;
        // `as` saturates: a confidence of 0 falls into the first bin, rounding above 1 into the last.
        let upper_closed = (scaled.ceil() as usize).clamp(1, BINS) - 1;
        // torchmetrics compares in 32 bits with edges that are 32-bit numbers.
        let lower_closed = (0..=BINS)
            .rev()
            .find(|&edge| confidence >= edge_f32(edge))
            .unwrap_or(0);
        let chosen = self
            .bins
            .get_mut(upper_closed)
            .into_iter()
            .chain(self.torchmetrics_bins.get_mut(lower_closed));
        for bin in chosen {
            bin.count += 1;
            bin.confidence += f64::from(confidence);
            bin.correct += right;
        }
    }

    /// Adds the sums of other voxels `times` over: 1 puts two parts together, more is a case drawn more than once.
    pub fn merge(&mut self, other: &Self, times: u64) {
        let weight = times as f64;
        self.count += times * other.count;
        self.correct += times * other.correct;
        self.negative_log_likelihood += weight * other.negative_log_likelihood;
        self.squared_error += weight * other.squared_error;
        let ours = self.bins.iter_mut().chain(&mut self.torchmetrics_bins);
        for (bin, more) in ours.zip(other.bins.iter().chain(&other.torchmetrics_bins)) {
            bin.count += times * more.count;
            bin.confidence += weight * more.confidence;
            bin.correct += times * more.correct;
        }
    }

    /// The reliability diagram: accuracy against confidence in the bins of [`Calibration::ece15`], without empty ones.
    pub fn reliability(&self) -> Vec<ReliabilityBin> {
        let edge = |index: usize| index as f64 / BINS as f64;
        let full = self
            .bins
            .iter()
            .enumerate()
            .filter(|(_, bin)| bin.count > 0);
        full.map(|(index, bin)| ReliabilityBin {
            above: edge(index),
            to: edge(index + 1),
            count: bin.count,
            confidence: bin.confidence / bin.count as f64,
            accuracy: bin.correct as f64 / bin.count as f64,
        })
        .collect()
    }

    /// Number of voxels added.
    pub fn count(&self) -> u64 {
        self.count
    }

    fn mean(&self, sum: f64) -> Option<f64> {
        (self.count > 0).then(|| sum / self.count as f64)
    }

    /// Share of voxels whose most probable class is their label, 0 to 1. `None` without voxels.
    pub fn accuracy(&self) -> Option<f64> {
        self.mean(self.correct as f64)
    }

    /// Negative log-likelihood in nats: the mean of -ln max(p(label), 1e-12). `None` without voxels.
    pub fn nll(&self) -> Option<f64> {
        self.mean(self.negative_log_likelihood)
    }

    /// Brier score, 0 to 2: the mean over voxels of the squared error summed over classes (Brier, 1950). `None` without
    /// voxels.
    pub fn brier(&self) -> Option<f64> {
        self.mean(self.squared_error)
    }

    /// Expected calibration error with 15 equal bins (k/15, (k+1)/15], 0 to 1: the mean of |accuracy - confidence| over
    /// bins, weighted by their voxels (Naeini et al., AAAI 2015; Guo et al., ICML 2017). `None` without voxels.
    pub fn ece15(&self) -> Option<f64> {
        self.mean(gaps(&self.bins))
    }

    /// [`Calibration::ece15`] as torchmetrics computes its multiclass L1 variant: bins [k/15, (k+1)/15) and a bin of its
    /// own for a confidence of exactly 1.
    pub fn ece15_torchmetrics(&self) -> Option<f64> {
        self.mean(gaps(&self.torchmetrics_bins))
    }
}

/// Lower edge of a bin as the nearest 32-bit number.
fn edge_f32(edge: usize) -> f32 {
    (edge as f64 / BINS as f64) as f32
}

/// Sum over bins of n |accuracy - confidence| = |correct - sum of confidences|.
fn gaps(bins: &[Bin]) -> f64 {
    bins.iter()
        .map(|bin| (bin.correct as f64 - bin.confidence).abs())
        .sum()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{Calibration, Layout, Probabilities};
    use crate::Error;

    fn two_voxels(layout: Layout) -> Calibration {
        let values: &[f32] = match layout {
            Layout::ClassFirst => &[0.75, 0.5, 0.25, 0.5],
            Layout::ClassLast => &[0.75, 0.25, 0.5, 0.5],
        };
        let mut sums = Calibration::default();
        sums.add(
            &Probabilities {
                values,
                classes: 2,
                layout,
            },
            &[0, 1],
            None,
        )
        .unwrap();
        sums
    }

    #[test]
    fn both_layouts_give_the_sums_done_by_hand() {
        let sums = two_voxels(Layout::ClassFirst);
        assert_eq!(sums, two_voxels(Layout::ClassLast));
        let half = |first: f64, second: f64| (first + second) / 2.0;
        assert_eq!(sums.nll(), Some(half(-0.75_f64.ln(), -0.5_f64.ln())));
        assert_eq!(sums.brier(), Some(half(2.0 * 0.0625, 2.0 * 0.25)));
        // The second voxel's classes are equal; the first class is taken, and is wrong.
        assert_eq!(sums.accuracy(), Some(0.5));
        assert_eq!(sums.ece15(), Some(half(0.25, 0.5)));
    }

    /// A right voxel at 0.96875 and a wrong one at 1 share the last bin; torchmetrics keeps 1 apart.
    #[test]
    fn the_variants_differ_where_confidence_is_one() {
        let values = [0.96875, 0.03125, 1.0, 0.0];
        let probabilities = Probabilities {
            values: &values,
            classes: 2,
            layout: Layout::ClassLast,
        };
        let mut sums = Calibration::default();
        sums.add(&probabilities, &[0, 1], None).unwrap();
        assert_eq!(sums.ece15(), Some((1.96875 - 1.0) / 2.0));
        assert_eq!(sums.ece15_torchmetrics(), Some((0.03125 + 1.0) / 2.0));
    }

    #[test]
    fn a_case_drawn_twice_counts_twice() {
        let once = two_voxels(Layout::ClassFirst);
        let mut twice = once.clone();
        twice.merge(&once, 1);
        let mut drawn = Calibration::default();
        drawn.merge(&once, 2);
        assert_eq!(drawn, twice);
        assert_eq!((drawn.count(), drawn.ece15()), (4, once.ece15()));
        drawn.merge(&once, 0);
        assert_eq!(drawn, twice);
    }

    #[test]
    fn a_reliability_diagram_weighs_to_the_calibration_error() {
        let sums = two_voxels(Layout::ClassLast);
        let bars = sums.reliability();
        assert_eq!(bars.len(), 2);
        assert_eq!((bars[0].count, bars[0].accuracy), (1, 0.0));
        assert!(
            bars.iter()
                .all(|bar| bar.above < bar.confidence && bar.confidence <= bar.to)
        );
        let gaps = bars
            .iter()
            .map(|bar| bar.count as f64 * (bar.accuracy - bar.confidence).abs());
        assert_eq!(sums.ece15(), Some(gaps.sum::<f64>() / 2.0));
    }

    #[test]
    fn a_region_leaves_voxels_out() {
        let probabilities = Probabilities {
            values: &[0.9, 0.1, 0.2, 0.8],
            classes: 2,
            layout: Layout::ClassLast,
        };
        let mut sums = Calibration::default();
        sums.add(&probabilities, &[0, 0], Some(&[true, false]))
            .unwrap();
        assert_eq!((sums.count(), sums.accuracy()), (1, Some(1.0)));
    }

    #[test]
    fn faults_add_nothing() {
        let mut sums = Calibration::default();
        let of = |values| Probabilities {
            values,
            classes: 2,
            layout: Layout::ClassLast,
        };
        let error = sums.add(&of(&[0.5, 0.5]), &[2], None).unwrap_err();
        assert_eq!(
            error,
            Error::UnknownClass {
                label: 2,
                classes: 2
            }
        );
        assert!(matches!(
            sums.add(&of(&[0.5]), &[1], None),
            Err(Error::Length { .. })
        ));
        assert!(matches!(
            sums.add(&of(&[0.5, f32::NAN]), &[1], None),
            Err(Error::NotANumber { index: 1, .. })
        ));
        assert!(matches!(
            sums.add(&of(&[0.5, 0.5]), &[1], Some(&[])),
            Err(Error::Length { .. })
        ));
        assert_eq!(sums, Calibration::default());
        assert_eq!((sums.nll(), sums.brier(), sums.ece15()), (None, None, None));
    }
}

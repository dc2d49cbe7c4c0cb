//! What validation says of a head: how its maps rank errors, and how its probabilities agree with reality, everywhere
//! and near the objects, beside plain entropy and the raw softmax.

use uq::{Calibration, Layout, Probabilities, Ranking, error_map};

use crate::Error;
use crate::log::Metrics;

/// A case or a patch with what the network says of it, each `[planes, rows, columns]`.
#[derive(Debug, Clone)]
pub struct HeadOutput {
    /// Classes, background included.
    pub classes: usize,
    /// Raw logits, `[classes, planes, rows, columns]`.
    pub logits: Vec<f32>,
    /// Ranking map.
    pub ranking: Vec<f32>,
    /// Calibration map.
    pub calibration: Vec<f32>,
    /// Entropy map.
    pub entropy: Vec<f32>,
    /// Class with the largest logit.
    pub predicted: Vec<u8>,
    /// True class.
    pub truth: Vec<u8>,
    /// The band near the objects.
    pub near: Vec<bool>,
}

/// Collects cases.
#[derive(Debug, Default)]
pub struct HeadMetrics {
    ranking: Vec<f32>,
    entropy: Vec<f32>,
    errors: Vec<bool>,
    near: Vec<bool>,
    tempered: Calibration,
    raw: Calibration,
}

impl HeadMetrics {
    /// Adds a case.
    pub fn add(&mut self, output: &HeadOutput) -> Result<(), Error> {
        self.ranking.extend_from_slice(&output.ranking);
        self.entropy.extend_from_slice(&output.entropy);
        self.errors
            .extend(error_map(&output.predicted, &output.truth)?);
        self.near.extend_from_slice(&output.near);
        for (calibration, tempered) in [(&mut self.tempered, true), (&mut self.raw, false)] {
            let values = probabilities(output, tempered);
            let probabilities = Probabilities {
                values: &values,
                classes: output.classes,
                layout: Layout::ClassFirst,
            };
            calibration.add(&probabilities, &output.truth, Some(&output.near))?;
        }
        Ok(())
    }

    /// All metrics that are defined, such as `auroc near` and `auroc near, entropy`.
    pub fn finish(&self) -> Result<Metrics, Error> {
        let mut metrics = Metrics::new();
        for (suffix, scores) in [("", &self.ranking), (", entropy", &self.entropy)] {
            for (mask, near_only) in [("all", false), ("near", true)] {
                let inside = |index: &usize| !near_only || self.near.get(*index) == Some(&true);
                let chosen = (0..scores.len()).filter(inside).collect::<Vec<_>>();
                let picked = chosen
                    .iter()
                    .filter_map(|&index| scores.get(index).copied());
                let errors = chosen
                    .iter()
                    .filter_map(|&index| self.errors.get(index).copied());
                let ranking =
                    Ranking::new(&picked.collect::<Vec<_>>(), &errors.collect::<Vec<_>>())?;
                for (name, value) in [("auroc", ranking.auroc()), ("aurc", ranking.aurc())] {
                    if let Some(value) = value {
                        metrics.insert(format!("{name} {mask}{suffix}"), value);
                    }
                }
            }
        }
        for (suffix, calibration) in [("", &self.tempered), (", raw", &self.raw)] {
            for (name, value) in [("ece", calibration.ece15()), ("nll", calibration.nll())] {
                if let Some(value) = value {
                    metrics.insert(format!("{name} near{suffix}"), value);
                }
            }
        }
        Ok(metrics)
    }
}

/// Class probabilities, `[classes, planes, rows, columns]`, tempered by the calibration map or raw.
fn probabilities(of: &HeadOutput, tempered: bool) -> Vec<f32> {
    let voxels = of.truth.len();
    let mut output = vec![0.0; of.logits.len()];
    for voxel in 0..voxels {
        let variance = if tempered { of.calibration[voxel] } else { 0.0 };
        let temperature = (1.0 + variance).sqrt().max(1.0);
        let at = |class: usize| of.logits[class * voxels + voxel];
        let largest = (0..of.classes).map(at).fold(f32::NEG_INFINITY, f32::max);
        let mut total = 0.0;
        for class in 0..of.classes {
            let value = ((at(class) - largest) / temperature).exp();
            output[class * voxels + voxel] = value;
            total += value;
        }
        for class in 0..of.classes {
            output[class * voxels + voxel] /= total;
        }
    }
    output
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{HeadMetrics, HeadOutput};

    /// Four voxels, two of them near; the third is wrong, and only the ranking map knows.
    fn scene() -> HeadOutput {
        HeadOutput {
            classes: 2,
            logits: vec![2.0, 2.0, 2.0, 2.0, 0.0, 0.0, 0.0, 0.0],
            ranking: vec![0.1, 0.2, 0.9, 0.3],
            calibration: vec![0.0, 0.0, 8.0, 0.0],
            entropy: vec![0.4; 4],
            predicted: vec![0; 4],
            truth: vec![0, 0, 1, 0],
            near: vec![false, true, true, false],
        }
    }

    #[test]
    fn maps_are_compared_everywhere_and_near() {
        let mut metrics = HeadMetrics::default();
        metrics.add(&scene()).unwrap();
        let metrics = metrics.finish().unwrap();
        assert_eq!(metrics["auroc all"], 1.0);
        assert_eq!(metrics["auroc near"], 1.0);
        assert_eq!(metrics["auroc all, entropy"], 0.5);
        assert_eq!(metrics["aurc near"], 0.25);
        assert!(metrics["nll near"] < metrics["nll near, raw"]);
    }

    #[test]
    fn without_errors_auroc_is_left_out_and_the_rest_stays() {
        let mut metrics = HeadMetrics::default();
        metrics
            .add(&HeadOutput {
                truth: vec![0; 4],
                ..scene()
            })
            .unwrap();
        let metrics = metrics.finish().unwrap();
        assert!(!metrics.contains_key("auroc all"));
        assert_eq!(metrics["aurc all"], 0.0);
    }
}

//! Methods of several passes: their probabilities are means over passes.

use dataset::LabelledImage;
use engine::{Engine, Segmentation};
use imaging::Volume;

use crate::Error;
use crate::methods::Method;
use crate::run::{segment, segment_stochastic};

/// The pass of the model itself over a case.
#[derive(Debug)]
pub(crate) struct Pass<'a> {
    /// The case.
    pub(crate) case: &'a LabelledImage,
    /// Number of the case.
    pub(crate) number: usize,
    /// What the model says of it.
    pub(crate) result: &'a Segmentation,
    /// Time of the pass.
    pub(crate) milliseconds: f64,
}

/// Passes of Monte-Carlo dropout.
pub(crate) const DROPOUT_PASSES: u64 = 10;

/// Mean class probabilities over passes.
#[derive(Debug)]
pub(crate) struct MeanProbabilities {
    /// Whose passes they are, for messages.
    method: Method,
    sum: Vec<f32>,
    passes: usize,
    /// Milliseconds of all passes.
    pub(crate) milliseconds: f64,
}

impl MeanProbabilities {
    /// No passes yet.
    pub(crate) const fn new(method: Method) -> Self {
        Self {
            method,
            sum: Vec::new(),
            passes: 0,
            milliseconds: 0.0,
        }
    }

    /// Adds the logits of a pass, `[classes, voxels]`.
    pub(crate) fn add(
        &mut self,
        logits: &[f32],
        classes: usize,
        milliseconds: f64,
    ) -> Result<(), Error> {
        let probabilities = uq::softmax(logits, classes, 1.0)?;
        if self.passes == 0 {
            self.sum = probabilities;
        } else if self.sum.len() == probabilities.len() {
            for (sum, probability) in self.sum.iter_mut().zip(probabilities) {
                *sum += probability;
            }
        } else {
            return Err(Error::OtherClasses {
                method: self.method.name(),
                found: probabilities.len(),
                expected: self.sum.len(),
            });
        }
        self.passes += 1;
        self.milliseconds += milliseconds;
        Ok(())
    }

    /// The means, `[classes, voxels]`.
    pub(crate) fn finish(mut self) -> Vec<f32> {
        let passes = self.passes.max(1) as f32;
        for value in &mut self.sum {
            *value /= passes;
        }
        self.sum
    }
}

/// Values `[.., planes, rows, columns]` with the given axes turned round. Its own inverse.
pub(crate) fn flipped(values: &[f32], shape: [usize; 3], axes: [bool; 3]) -> Vec<f32> {
    let [planes, rows, columns] = shape;
    let place = |index: usize, length: usize, flip: bool| {
        if flip { length - 1 - index } else { index }
    };
    let mut output = Vec::with_capacity(values.len());
    for channel in values.chunks_exact((planes * rows * columns).max(1)) {
        for plane in (0..planes).map(|plane| place(plane, planes, axes[0])) {
            for row in (0..rows).map(|row| place(row, rows, axes[1])) {
                let start = (plane * rows + row) * columns;
                let line = channel.get(start..start + columns).unwrap_or_default();
                if axes[2] {
                    output.extend(line.iter().rev());
                } else {
                    output.extend(line);
                }
            }
        }
    }
    output
}

/// Adds a pass for every way to flip the image along some of its axes; the unflipped one must be there already.
pub(crate) async fn add_flips(
    means: &mut MeanProbabilities,
    engine: &Engine,
    volume: &Volume,
    classes: usize,
) -> Result<(), Error> {
    for subset in 1..8_u8 {
        let axes = [subset & 4 != 0, subset & 2 != 0, subset & 1 != 0];
        // A picture has no planes to exchange.
        if axes[0] && volume.shape[0] == 1 {
            continue;
        }
        let image = Volume {
            voxels: flipped(&volume.voxels, volume.shape, axes),
            ..volume.clone()
        };
        let (result, milliseconds) = segment(engine, &image).await?;
        let logits = flipped(&result.logits, volume.shape, axes);
        means.add(&logits, classes, milliseconds)?;
    }
    Ok(())
}

/// Adds passes with dropout. `case` numbers the image, so that every image draws anew and every run alike.
pub(crate) async fn add_dropout(
    means: &mut MeanProbabilities,
    engine: &Engine,
    volume: &Volume,
    classes: usize,
    seed: u64,
    case: usize,
) -> Result<(), Error> {
    for pass in 0..DROPOUT_PASSES {
        let number = case as u64 * DROPOUT_PASSES + pass;
        engine.device().seed(seed.wrapping_add(number));
        let (logits, milliseconds) = segment_stochastic(engine, volume).await?;
        means.add(&logits, classes, milliseconds)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{MeanProbabilities, flipped};
    use crate::methods::Method;

    #[test]
    fn flips_turn_axes_round_and_back() {
        let values: Vec<f32> = (0..12).map(|value| value as f32).collect();
        let shape = [1, 2, 3];
        assert_eq!(
            flipped(&values, shape, [false, false, true])[..6],
            [2.0, 1.0, 0.0, 5.0, 4.0, 3.0]
        );
        assert_eq!(
            flipped(&values, shape, [false, true, false])[6..],
            [9.0, 10.0, 11.0, 6.0, 7.0, 8.0]
        );
        for subset in 0..8 {
            let axes = [subset & 4 != 0, subset & 2 != 0, subset & 1 != 0];
            let there = flipped(&values, [2, 2, 3], axes);
            assert_eq!(flipped(&there, [2, 2, 3], axes), values);
            assert_eq!(there == values, subset == 0);
        }
    }

    #[test]
    fn means_are_of_probabilities_not_of_logits() {
        let mut means = MeanProbabilities::new(Method::Ensemble);
        means.add(&[100.0, 0.0], 2, 2.0).unwrap();
        means.add(&[0.0, 0.0], 2, 3.0).unwrap();
        assert_eq!(means.milliseconds, 5.0);
        assert_eq!(means.finish(), [0.75, 0.25]);
        let mut means = MeanProbabilities::new(Method::Ensemble);
        means.add(&[0.0, 0.0], 2, 0.0).unwrap();
        let error = means.add(&[0.0; 3], 3, 0.0).unwrap_err();
        assert!(error.to_string().ends_with("must have the same classes"));
    }
}

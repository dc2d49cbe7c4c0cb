//! What every method says about a case.

use std::time::Instant;

use engine::Segmentation;
use segwithu::head::MapKind;
use uq::LogitScore;

use super::cases::Case;
use super::map_of;
use super::methods::Method;
use super::passes::{MeanProbabilities, add_dropout, add_flips};
use super::pool::Judgement;
use super::study::Study;
use crate::Error;
use crate::model::segment;

/// The pass of the model itself over a case.
#[derive(Debug)]
pub struct Pass<'a> {
    pub case: &'a Case,
    /// Number of the case.
    pub number: usize,
    pub result: &'a Segmentation,
    pub milliseconds: f64,
}

impl Study<'_> {
    /// A method's scores and probabilities. The time is that of the passes and of the method's own arithmetic.
    pub fn judge(&self, method: Method, pass: &Pass<'_>) -> Result<Judgement, Error> {
        match method {
            Method::Flips | Method::Dropout | Method::Ensemble => self.several_passes(method, pass),
            _ => self.one_pass(method, pass),
        }
    }

    fn one_pass(&self, method: Method, pass: &Pass<'_>) -> Result<Judgement, Error> {
        let (result, classes) = (pass.result, self.classes.len());
        let started = Instant::now();
        let plain = || uq::softmax(&result.logits, classes, 1.0);
        let map = |kind| map_of(result, kind).map(<[f32]>::to_vec);
        let (scores, probabilities) = match method {
            Method::Logits(score) => (score.of(&result.logits, classes)?, plain()?),
            Method::Map(MapKind::Calibration) => {
                (map(MapKind::Calibration)?, result.probabilities(true))
            }
            Method::Map(kind) => (map(kind)?, plain()?),
            Method::Temperature => {
                let temperature = self.temperature()?;
                let logits: Vec<f32> = result
                    .logits
                    .iter()
                    .map(|logit| (f64::from(*logit) / temperature) as f32)
                    .collect();
                let scores = LogitScore::Softmax.of(&logits, classes)?;
                (scores, uq::softmax(&result.logits, classes, temperature)?)
            }
            _ => (map(MapKind::Ranking)?, result.probabilities(true)),
        };
        Ok(Judgement {
            scores,
            probabilities,
            own_mask: None,
            milliseconds: pass.milliseconds + started.elapsed().as_secs_f64() * 1e3,
        })
    }

    fn several_passes(&self, method: Method, pass: &Pass<'_>) -> Result<Judgement, Error> {
        let (classes, volume) = (self.classes.len(), &pass.case.volume);
        let mut means = MeanProbabilities::default();
        let add_own = |means: &mut MeanProbabilities| {
            means.add(&pass.result.logits, classes, pass.milliseconds)
        };
        match method {
            Method::Flips => {
                add_own(&mut means)?;
                add_flips(&mut means, self.engine, volume, classes)?;
            }
            Method::Ensemble => {
                add_own(&mut means)?;
                for member in &self.members {
                    let (result, milliseconds) = segment(member, volume)?;
                    means.add(&result.logits, classes, milliseconds)?;
                }
            }
            _ => {
                let engine = self.stochastic()?;
                add_dropout(&mut means, engine, volume, classes, self.seed, pass.number)?;
            }
        }
        let milliseconds = means.milliseconds;
        let started = Instant::now();
        let probabilities = means.finish();
        if probabilities.len() != pass.result.logits.len() {
            return Err(Error::Data(format!(
                "`{}` gives {} probabilities where the model gives {}; its networks must have the model's classes",
                method.name(),
                probabilities.len(),
                pass.result.logits.len()
            )));
        }
        Ok(Judgement {
            scores: uq::entropy(&probabilities, classes)?,
            own_mask: Some(uq::argmax(
                &probabilities,
                classes,
                pass.result.labels.len(),
            )),
            probabilities,
            milliseconds: milliseconds + started.elapsed().as_secs_f64() * 1e3,
        })
    }
}

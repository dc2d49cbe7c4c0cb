//! What every method says about a case.

use segwithu::head::MapKind;
use uq::{LogitScore, argmax};
use web_time::Instant;

use crate::Error;
use crate::methods::{Method, MethodOutput, map_of};
use crate::networks::Networks;
use crate::passes::{MeanProbabilities, Pass, add_dropout, add_flips};
use crate::run::{milliseconds, segment};

impl Networks<'_> {
    /// A method's scores and probabilities. The time is that of the passes and of the method's own arithmetic.
    pub(crate) async fn score(
        &self,
        method: Method,
        pass: &Pass<'_>,
    ) -> Result<MethodOutput, Error> {
        match method {
            Method::SegWithU => self.one_pass(pass, OnePass::Map(MapKind::Ranking)),
            Method::Map(kind) => self.one_pass(pass, OnePass::Map(kind)),
            Method::Logits(score) => self.one_pass(pass, OnePass::Logits(score)),
            Method::Temperature => self.one_pass(pass, OnePass::Temperature),
            Method::Flips => {
                let mut means = self.own_pass(method, pass)?;
                let volume = &pass.case.volume;
                add_flips(&mut means, self.engine, volume, self.classes.len()).await?;
                self.several_passes(means, method, pass)
            }
            Method::Ensemble => {
                let mut means = self.own_pass(method, pass)?;
                for member in &self.members {
                    let (result, milliseconds) = segment(member, &pass.case.volume).await?;
                    means.add(&result.logits, self.classes.len(), milliseconds)?;
                }
                self.several_passes(means, method, pass)
            }
            Method::Dropout => {
                let mut means = MeanProbabilities::new(method);
                let (engine, classes) = (self.stochastic()?, self.classes.len());
                let volume = &pass.case.volume;
                add_dropout(&mut means, engine, volume, classes, self.seed, pass.number).await?;
                self.several_passes(means, method, pass)
            }
        }
    }

    /// Means that begin with the pass of the model itself.
    fn own_pass(&self, method: Method, pass: &Pass<'_>) -> Result<MeanProbabilities, Error> {
        let mut means = MeanProbabilities::new(method);
        means.add(&pass.result.logits, self.classes.len(), pass.milliseconds)?;
        Ok(means)
    }

    fn one_pass(&self, pass: &Pass<'_>, source: OnePass) -> Result<MethodOutput, Error> {
        let (result, classes) = (pass.result, self.classes.len());
        let started = Instant::now();
        let plain = || uq::softmax(&result.logits, classes, 1.0);
        let map = |kind| map_of(result, kind).map(<[f32]>::to_vec);
        let (scores, probabilities) = match source {
            OnePass::Logits(score) => (score.of(&result.logits, classes)?, plain()?),
            // The ranking map is what the method itself ranks by; both go with the tempered probabilities.
            OnePass::Map(kind @ (MapKind::Calibration | MapKind::Ranking)) => {
                (map(kind)?, result.probabilities(true))
            }
            OnePass::Map(kind) => (map(kind)?, plain()?),
            OnePass::Temperature => {
                let temperature = self.temperature()?;
                let logits: Vec<f32> = result
                    .logits
                    .iter()
                    .map(|logit| (f64::from(*logit) / temperature) as f32)
                    .collect();
                let scores = LogitScore::Softmax.of(&logits, classes)?;
                (scores, uq::softmax(&result.logits, classes, temperature)?)
            }
        };
        Ok(MethodOutput {
            scores,
            probabilities,
            own_mask: None,
            milliseconds: pass.milliseconds + milliseconds(started),
        })
    }

    fn several_passes(
        &self,
        means: MeanProbabilities,
        method: Method,
        pass: &Pass<'_>,
    ) -> Result<MethodOutput, Error> {
        let classes = self.classes.len();
        let of_passes = means.milliseconds;
        let started = Instant::now();
        let probabilities = means.finish();
        if probabilities.len() != pass.result.logits.len() {
            return Err(Error::OtherClasses {
                method: method.name(),
                found: probabilities.len(),
                expected: pass.result.logits.len(),
            });
        }
        Ok(MethodOutput {
            scores: uq::entropy(&probabilities, classes)?,
            own_mask: Some(argmax(&probabilities, classes, pass.result.labels.len())),
            probabilities,
            milliseconds: of_passes + milliseconds(started),
        })
    }
}

/// Where the scores of a method of one pass come from.
#[derive(Debug, Clone, Copy)]
enum OnePass {
    /// A map of the head.
    Map(MapKind),
    /// The logits.
    Logits(LogitScore),
    /// The logits at the fitted temperature.
    Temperature,
}

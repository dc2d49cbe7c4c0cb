//! One step of a head, its weights and its state.

use burn::module::Module as _;
use segwithu::ops::read_back_blocking;
use segwithu::train::{HeadLoss, clip_gradients, cosine_rate, trainable};
use segwithu::weights::{NamedTensors, Precision, Weights, named_parameters, save};

use super::learner::{CLIP_NORM, HeadLearner};
use crate::Error;
use crate::random::Purpose;
use crate::steps::{Learner, StepMetrics, ValidationMetrics};

impl<const D: usize> Learner for HeadLearner<'_, D> {
    fn step(&mut self, step: usize) -> Result<StepMetrics, Error> {
        let section = &self.config.head;
        let batch = self.sampler.draw(step);
        let prepared = self.prepare(&batch, self.frozen(&batch)?, Purpose::Pairs, step)?;
        let maps = self.head.forward(prepared.logits.clone(), &prepared.taps)?;
        let loss = HeadLoss::new(&prepared.logits, &maps, &prepared.targets).total(&section.loss);
        let gradients = clip_gradients(&self.head, &loss.backward(), CLIP_NORM)?;
        let learning_rate = cosine_rate(step, section.steps, section.rates[0], section.rates[1]);
        self.head = self
            .optimiser
            .step(self.head.clone(), &gradients, learning_rate);
        Ok(StepMetrics {
            loss: read_back_blocking(loss)?
                .first()
                .copied()
                .map_or(f64::NAN, f64::from),
            gradient_norm: gradients.norm,
            learning_rate,
        })
    }

    fn validate(&mut self) -> Result<ValidationMetrics, Error> {
        self.validation_metrics()
    }

    fn weights(&self) -> Result<Vec<u8>, Error> {
        Ok(save(&self.head, "", Precision::Full)?)
    }

    fn state(&self) -> Result<NamedTensors, Error> {
        let mut state = named_parameters(&self.head, "network.")?;
        for (name, buffer) in self.optimiser.state(&self.head)? {
            state.insert(format!("optimiser.{name}"), buffer);
        }
        Ok(state)
    }

    fn restore(&mut self, state: &Weights<'_>) -> Result<(), Error> {
        let head = self.head.valid();
        self.head = trainable(state.load(head, "network.", &self.device)?);
        self.optimiser
            .restore(&self.head, state, "optimiser.", &self.device)?;
        Ok(())
    }

    fn remedy(&self) -> String {
        format!("lower head.rates (now {:?})", self.config.head.rates)
    }
}

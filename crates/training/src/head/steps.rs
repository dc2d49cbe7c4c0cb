//! The loss of one step of a head, and its learning rate.

use burn::tensor::Tensor;
use segwithu::head::Head;
use segwithu::train::{HeadLoss, cosine_rate};

use super::learner::HeadLearner;
use crate::Error;
use crate::optimised::OptimisedModule;
use crate::random::Purpose;
use crate::steps::{Learner, ValidationMetrics};

impl<const D: usize> Learner for HeadLearner<'_, D> {
    type Module = Head<D>;

    fn loss(&self, step: usize) -> Result<Tensor<1>, Error> {
        let batch = self.sampler.draw(step);
        let prepared = self.prepare(&batch, self.frozen(&batch)?, Purpose::Pairs, step)?;
        let head = self.head.module();
        let maps = head.forward(prepared.logits.clone(), &prepared.taps)?;
        let terms = HeadLoss::new(&prepared.logits, &maps, &prepared.targets);
        Ok(terms.total(&self.config.head.loss))
    }

    fn learning_rate(&self, step: usize) -> f64 {
        let section = &self.config.head;
        let [first, last] = section.rates;
        cosine_rate(step, section.steps, first, last)
    }

    fn rate_setting(&self) -> (&'static str, String) {
        ("head.rates", format!("{:?}", self.config.head.rates))
    }

    fn validate(&self) -> Result<ValidationMetrics, Error> {
        self.validation_metrics()
    }

    fn optimised(&self) -> &OptimisedModule<Head<D>> {
        &self.head
    }

    fn optimised_mut(&mut self) -> &mut OptimisedModule<Head<D>> {
        &mut self.head
    }
}

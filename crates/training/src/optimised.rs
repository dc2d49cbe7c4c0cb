//! Weights that are being learnt: what every part of a model has in common.

use burn::module::Module;
use burn::tensor::{Device, Tensor};
use segwithu::ops::read_back_blocking;
use segwithu::train::{Optimiser, WeightAverage, clip_gradients, trainable};
use segwithu::weights::{NamedTensors, Precision, Weights, named_parameters, save};

use crate::Error;

/// Limit of the gradient's global norm: the reference's, for backbone and head.
const CLIP_NORM: f64 = 12.0;

/// What a step gave.
#[derive(Debug, Clone, Copy)]
pub struct StepMetrics {
    /// The loss before the step.
    pub loss: f64,
    /// Norm of the gradient before clipping.
    pub gradient_norm: f64,
    /// Learning rate of the step.
    pub learning_rate: f64,
}

/// A module with its optimiser and, where it is kept, the mean of its weights over the steps.
#[derive(Debug)]
pub struct OptimisedModule<M: Module> {
    module: M,
    optimiser: Optimiser,
    /// What is validated and stored in place of the last weights.
    average: Option<WeightAverage>,
    /// Stands in front of the names of stored weights.
    prefix: &'static str,
    device: Device,
}

impl<M: Module> OptimisedModule<M> {
    /// A module with initial weights before its first step.
    pub fn new(
        module: M,
        optimiser: Optimiser,
        average: Option<WeightAverage>,
        prefix: &'static str,
        device: &Device,
    ) -> Self {
        Self {
            module: trainable(module),
            optimiser,
            average,
            prefix,
            device: device.clone(),
        }
    }

    /// The module whose gradients are tracked.
    pub const fn module(&self) -> &M {
        &self.module
    }

    /// The module that is validated and stored: with the mean of the weights where it is kept, else with the last ones.
    pub fn evaluated(&self) -> M {
        let module = self.module.valid();
        match &self.average {
            Some(average) => average.averaged(module),
            None => module,
        }
    }

    /// Follows the gradient of a loss, clipped by its global norm.
    pub fn step(&mut self, loss: Tensor<1>, learning_rate: f64) -> Result<StepMetrics, Error> {
        let gradients = clip_gradients(&self.module, &loss.backward(), CLIP_NORM)?;
        self.module = self
            .optimiser
            .step(self.module.clone(), &gradients, learning_rate);
        if let Some(average) = &mut self.average {
            average.add(&self.module);
        }
        let loss = read_back_blocking(loss)?;
        Ok(StepMetrics {
            loss: loss.first().copied().map_or(f64::NAN, f64::from),
            gradient_norm: gradients.norm,
            learning_rate,
        })
    }

    /// The weights that count, in full precision, as a file.
    pub fn weights(&self) -> Result<Vec<u8>, Error> {
        Ok(save(&self.evaluated(), self.prefix, Precision::Full)?)
    }

    /// Everything that the next step depends on.
    pub fn state(&self) -> Result<NamedTensors, Error> {
        let mut state = named_parameters(&self.module, "network.")?;
        for (name, buffer) in self.optimiser.state(&self.module)? {
            state.insert(format!("optimiser.{name}"), buffer);
        }
        if let Some(average) = &self.average {
            for (name, mean) in average.state(&self.module)? {
                state.insert(format!("average.{name}"), mean);
            }
        }
        Ok(state)
    }

    /// Goes on from a [`state`](Self::state).
    pub fn restore(&mut self, state: &Weights<'_>) -> Result<(), Error> {
        let module = self.module.valid();
        self.module = trainable(state.load(module, "network.", &self.device)?);
        self.optimiser
            .restore(&self.module, state, "optimiser.", &self.device)?;
        if let Some(average) = &mut self.average {
            average.restore(&self.module, state, "average.", &self.device)?;
        }
        Ok(())
    }
}

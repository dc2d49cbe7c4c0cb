//! The mean of a network's weights over the steps of its training.

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::{Device, Tensor};

use super::buffers::{Buffers, restore, restore_steps, store, store_steps};
use crate::Error;
use crate::weights::{NamedTensors, Weights};

/// Exponential moving average of a module's parameters (Polyak and Juditsky, SIAM J. Control Optim. 30, 1992, in its
/// weighted form): after `t` steps the next one leaves the mean the share `min(decay, t / (t + 9))` of what it was, so that it does not
/// remember the initial weights, and takes the rest from the new weights.
///
/// Steps at a learning rate that still bounces between good and bad weights are evened out, which on few training cases
/// is worth more than the last step.
#[derive(Debug, Clone)]
pub struct WeightAverage {
    decay: f64,
    steps: usize,
    means: Buffers,
}

impl WeightAverage {
    /// An average without a step. `decay` is from 0, the last weights alone, to under 1; with 0.998 the last 500 steps
    /// count.
    #[must_use]
    pub fn new(decay: f64) -> Self {
        Self {
            decay,
            steps: 0,
            means: Buffers::new(),
        }
    }

    /// Takes in the weights after a step.
    pub fn add<M: Module>(&mut self, module: &M) {
        struct Adder<'a> {
            keep: f64,
            means: &'a mut Buffers,
        }
        impl ModuleVisitor for Adder<'_> {
            fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
                let value = param.val();
                let value = if value.is_require_grad() {
                    value.inner()
                } else {
                    value
                };
                let length = value.dims().iter().product::<usize>();
                let value = value.reshape([length]);
                let mean = match self.means.remove(&param.id) {
                    Some(mean) => mean.mul_scalar(self.keep) + value.mul_scalar(1.0 - self.keep),
                    None => value,
                };
                self.means.insert(param.id, mean);
            }
        }
        let steps = self.steps as f64;
        let keep = self.decay.min(steps / (steps + 9.0));
        self.steps += 1;
        let means = &mut self.means;
        module.visit(&mut Adder { keep, means });
    }

    /// The module, which must not track gradients, with the mean in place of every parameter that has one.
    #[must_use]
    pub fn averaged<M: Module>(&self, module: M) -> M {
        struct Replacer<'a>(&'a Buffers);
        impl ModuleMapper for Replacer<'_> {
            fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
                match self.0.get(&param.id) {
                    Some(mean) => {
                        Param::initialized(param.id, mean.clone().reshape(param.val().dims()))
                    }
                    None => param,
                }
            }
        }
        module.map(&mut Replacer(&self.means))
    }

    /// Everything that the next step depends on: `mean.<name>` for every parameter of `module` by its reference name, and
    /// the count of steps, `steps`.
    ///
    /// # Errors
    /// [`Error::ReadBack`] where a mean cannot be read from its device.
    pub fn state<M: Module>(&self, module: &M) -> Result<NamedTensors, Error> {
        let mut state = NamedTensors::new();
        store_steps(self.steps, &mut state);
        store(&self.means, module, "mean", &mut state)?;
        Ok(state)
    }

    /// Goes on from a [`state`](Self::state) whose names were stored with `prefix` in front.
    ///
    /// # Errors
    /// [`Error::MissingTensor`] where the state has no average, [`Error::TensorType`] for an unknown number type.
    pub fn restore<M: Module>(
        &mut self,
        module: &M,
        state: &Weights<'_>,
        prefix: &str,
        device: &Device,
    ) -> Result<(), Error> {
        self.steps = restore_steps(state, prefix)?;
        self.means = restore(module, &format!("{prefix}mean"), state, device)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use burn::module::{Module, Param, ParamId};
    use burn::tensor::{Device, Tensor};

    use super::WeightAverage;
    use crate::train::trainable;
    use crate::weights::{Precision, Weights, serialise};

    #[derive(Module, Debug)]
    struct Pair {
        weight: Param<Tensor<2>>,
    }

    fn pair(id: ParamId, values: [f32; 2], device: &Device) -> Pair {
        let value = Tensor::from_floats([values], device);
        Pair {
            weight: Param::initialized(id, value),
        }
    }

    fn values(module: &Pair) -> Vec<f32> {
        module.weight.val().into_data().try_into_vec().unwrap()
    }

    #[test]
    fn the_first_step_is_the_mean_and_later_ones_are_weighed_in() {
        let device = Device::flex();
        let id = ParamId::new();
        let mut average = WeightAverage::new(0.05);
        average.add(&trainable(pair(id, [2.0, -4.0], &device)));
        let found = average.averaged(pair(id, [9.0, 9.0], &device));
        assert_eq!(values(&found), [2.0, -4.0]);
        // Step 1 would keep 1 / 10, but the decay allows 0.05 only.
        average.add(&trainable(pair(id, [4.0, 0.0], &device)));
        let found = average.averaged(pair(id, [9.0, 9.0], &device));
        let expected = [0.05 * 2.0 + 0.95 * 4.0, 0.05 * -4.0];
        for (value, expected) in values(&found).iter().zip(expected) {
            assert!((value - expected).abs() < 1e-6, "{value} {expected}");
        }
    }

    #[test]
    fn early_steps_are_forgotten_faster_than_the_decay() {
        let device = Device::flex();
        let id = ParamId::new();
        let mut average = WeightAverage::new(0.999);
        for step in 0..4 {
            average.add(&pair(id, [step as f32, 1.0], &device));
        }
        // Kept shares 1/10, 2/11 and 3/12.
        let expected = 0.25 * ((2.0 / 11.0) * 0.9 + (9.0 / 11.0) * 2.0) + 0.75 * 3.0;
        let found = values(&average.averaged(pair(id, [0.0, 0.0], &device)));
        assert!((found[0] - expected).abs() < 1e-6, "{found:?} {expected}");
        assert!((found[1] - 1.0).abs() < 1e-6);
    }

    #[test]
    fn a_stored_average_goes_on_as_if_it_had_never_stopped() {
        let device = Device::flex();
        let id = ParamId::new();
        let module = |value| pair(id, [value, 1.0], &device);
        let mut whole = WeightAverage::new(0.5);
        whole.add(&module(1.0));
        whole.add(&module(5.0));
        let state = whole
            .state(&module(0.0))
            .unwrap()
            .into_iter()
            .map(|(name, tensor)| (format!("average.{name}"), tensor))
            .collect();
        let bytes = serialise(&state, Precision::Full, None).unwrap();
        let mut resumed = WeightAverage::new(0.5);
        let weights = Weights::from_bytes(&bytes).unwrap();
        resumed
            .restore(&module(0.0), &weights, "average.", &device)
            .unwrap();
        for average in [&mut whole, &mut resumed] {
            average.add(&module(-3.0));
        }
        let expected = values(&whole.averaged(module(0.0)));
        assert_eq!(values(&resumed.averaged(module(0.0))), expected);
    }
}

//! Optimisers, exactly as PyTorch steps them.
//!
//! burn has optimisers too, and these are not built on them for two reasons. The reference clips the norm of all
//! gradients together, where burn clips each parameter's own (`GradientClippingConfig`). And golden files hold the
//! parameters after a few of PyTorch's steps, which asks for its order of operations: where weight decay enters, what the
//! first momentum is, and where epsilon is added. The state is stored by the parameters' reference names, so that a run
//! resumes from a file.

use std::collections::HashMap;

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param, ParamId};
use burn::tensor::{Device, Gradients, Tensor};

use super::buffers::{Buffers, restore, restore_steps, store, store_steps};
use crate::Error;
use crate::ops::read_back_blocking;
use crate::weights::{NamedTensors, Weights};

/// The module with every parameter tracked for gradients.
#[must_use]
pub fn trainable<M: Module>(module: M) -> M {
    struct Tracker;
    impl ModuleMapper for Tracker {
        fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
            Param::initialized(param.id, param.val().detach().autodiff().require_grad())
        }
    }
    module.map(&mut Tracker)
}

/// Gradients of a module's parameters, flattened, and their global norm.
#[derive(Debug)]
pub struct ClippedGradients {
    gradients: HashMap<ParamId, Tensor<1>>,
    /// Global norm before clipping.
    pub norm: f64,
    scale: f64,
}

/// Collects a module's gradients and the factor `min(1, limit / (norm + 1e-6))` that clips their global norm.
///
/// # Errors
/// [`Error::ReadBack`] where the norm cannot be read from the device.
pub fn clip_gradients<M: Module>(
    module: &M,
    gradients: &Gradients,
    limit: f64,
) -> Result<ClippedGradients, Error> {
    struct Collector<'a> {
        gradients: &'a Gradients,
        found: HashMap<ParamId, Tensor<1>>,
        squares: Option<Tensor<1>>,
    }
    impl ModuleVisitor for Collector<'_> {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            if let Some(gradient) = param.val().grad(self.gradients) {
                let length = gradient.dims().iter().product::<usize>();
                let flat = gradient.reshape([length]);
                let square = flat.clone().square().sum();
                self.squares = Some(match self.squares.take() {
                    Some(sum) => sum + square,
                    None => square,
                });
                self.found.insert(param.id, flat);
            }
        }
    }
    let mut collector = Collector {
        gradients,
        found: HashMap::new(),
        squares: None,
    };
    module.visit(&mut collector);
    let norm = match collector.squares {
        Some(sum) => scalar(sum)?.sqrt(),
        None => 0.0,
    };
    let scale = (limit / (norm + 1e-6)).min(1.0);
    Ok(ClippedGradients {
        gradients: collector.found,
        norm,
        scale,
    })
}

/// The one value of a tensor.
pub(crate) fn scalar(tensor: Tensor<1>) -> Result<f64, Error> {
    read_back_blocking(tensor)?
        .first()
        .map(|&value| f64::from(value))
        .ok_or_else(|| Error::ReadBack("no value".to_owned()))
}

/// Applies `update(id, flat parameter, clipped flat gradient)` to every parameter that has a gradient.
struct Stepper<'a, F> {
    gradients: &'a ClippedGradients,
    update: F,
}

impl<F: FnMut(ParamId, Tensor<1>, Tensor<1>) -> Tensor<1>> ModuleMapper for Stepper<'_, F> {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let Some(gradient) = self.gradients.gradients.get(&param.id) else {
            return param;
        };
        let value = param.val().inner();
        let dims = value.dims();
        let gradient = gradient.clone().mul_scalar(self.gradients.scale);
        let updated = (self.update)(
            param.id,
            value.reshape([dims.iter().product::<usize>()]),
            gradient,
        );
        Param::initialized(param.id, updated.reshape(dims).autodiff().require_grad())
    }
}

/// AdamW with decoupled weight decay on every parameter (PyTorch's `torch.optim.AdamW`).
#[derive(Debug, Clone)]
pub struct AdamW {
    weight_decay: f64,
    steps: i32,
    /// Means of the gradients,
    first: Buffers,
    /// and of their squares.
    second: Buffers,
}

impl AdamW {
    const BETAS: (f64, f64) = (0.9, 0.999);
    const EPSILON: f64 = 1e-8;

    /// Starts with empty moments.
    #[must_use]
    pub fn new(weight_decay: f64) -> Self {
        Self {
            weight_decay,
            steps: 0,
            first: Buffers::new(),
            second: Buffers::new(),
        }
    }

    /// One step with the given learning rate.
    #[must_use]
    pub fn step<M: Module>(&mut self, module: M, gradients: &ClippedGradients, rate: f64) -> M {
        self.steps += 1;
        let (beta1, beta2) = Self::BETAS;
        let correction1 = 1.0 - beta1.powi(self.steps);
        let correction2 = (1.0 - beta2.powi(self.steps)).sqrt();
        let decay = 1.0 - rate * self.weight_decay;
        let (firsts, seconds) = (&mut self.first, &mut self.second);
        let update = |id: ParamId, value: Tensor<1>, gradient: Tensor<1>| {
            let (first, second) = match (firsts.remove(&id), seconds.remove(&id)) {
                (Some(first), Some(second)) => (
                    first.mul_scalar(beta1) + gradient.clone().mul_scalar(1.0 - beta1),
                    second.mul_scalar(beta2) + gradient.square().mul_scalar(1.0 - beta2),
                ),
                _ => (
                    gradient.clone().mul_scalar(1.0 - beta1),
                    gradient.square().mul_scalar(1.0 - beta2),
                ),
            };
            let denominator = second
                .clone()
                .sqrt()
                .div_scalar(correction2)
                .add_scalar(Self::EPSILON);
            let direction = first.clone() / denominator;
            firsts.insert(id, first);
            seconds.insert(id, second);
            value.mul_scalar(decay) - direction.mul_scalar(rate / correction1)
        };
        module.map(&mut Stepper { gradients, update })
    }

    /// Everything that the next step depends on: `first.<name>` and `second.<name>` for every parameter of `module` that
    /// has been stepped, by its reference name, and the count of steps, `steps`.
    ///
    /// # Errors
    /// [`Error::ReadBack`] where a moment cannot be read from its device.
    pub fn state<M: Module>(&self, module: &M) -> Result<NamedTensors, Error> {
        let mut state = NamedTensors::new();
        store_steps(self.steps.unsigned_abs() as usize, &mut state);
        store(&self.first, module, "first", &mut state)?;
        store(&self.second, module, "second", &mut state)?;
        Ok(state)
    }

    /// Goes on from a [`state`](Self::state) whose names were stored with `prefix` in front.
    ///
    /// # Errors
    /// [`Error::MissingTensor`] where the state has no count of steps, [`Error::TensorType`] for an unknown number type.
    pub fn restore<M: Module>(
        &mut self,
        module: &M,
        state: &Weights<'_>,
        prefix: &str,
        device: &Device,
    ) -> Result<(), Error> {
        self.steps = restore_steps(state, prefix)? as i32;
        self.first = restore(module, &format!("{prefix}first"), state, device)?;
        self.second = restore(module, &format!("{prefix}second"), state, device)?;
        Ok(())
    }
}

/// Stochastic gradient descent with Nesterov momentum and coupled weight decay (PyTorch's `torch.optim.SGD`).
#[derive(Debug, Clone)]
pub struct Sgd {
    momentum: f64,
    weight_decay: f64,
    buffers: Buffers,
}

impl Sgd {
    /// Starts with empty buffers; the first step's buffer is its gradient.
    #[must_use]
    pub fn new(momentum: f64, weight_decay: f64) -> Self {
        Self {
            momentum,
            weight_decay,
            buffers: Buffers::new(),
        }
    }

    /// One step with the given learning rate.
    #[must_use]
    pub fn step<M: Module>(&mut self, module: M, gradients: &ClippedGradients, rate: f64) -> M {
        let (momentum, decay, buffers) = (self.momentum, self.weight_decay, &mut self.buffers);
        let update = |id: ParamId, value: Tensor<1>, gradient: Tensor<1>| {
            let gradient = gradient + value.clone().mul_scalar(decay);
            let buffer = match buffers.remove(&id) {
                Some(buffer) => buffer.mul_scalar(momentum) + gradient.clone(),
                None => gradient.clone(),
            };
            let direction = gradient + buffer.clone().mul_scalar(momentum);
            buffers.insert(id, buffer);
            value - direction.mul_scalar(rate)
        };
        module.map(&mut Stepper { gradients, update })
    }

    /// Everything that the next step depends on: `momentum.<name>` for every parameter of `module` that has been stepped.
    ///
    /// # Errors
    /// [`Error::ReadBack`] where a buffer cannot be read from its device.
    pub fn state<M: Module>(&self, module: &M) -> Result<NamedTensors, Error> {
        let mut state = NamedTensors::new();
        store(&self.buffers, module, "momentum", &mut state)?;
        Ok(state)
    }

    /// Goes on from a [`state`](Self::state) whose names were stored with `prefix` in front.
    ///
    /// # Errors
    /// [`Error::TensorType`] for an unknown number type.
    pub fn restore<M: Module>(
        &mut self,
        module: &M,
        state: &Weights<'_>,
        prefix: &str,
        device: &Device,
    ) -> Result<(), Error> {
        self.buffers = restore(module, &format!("{prefix}momentum"), state, device)?;
        Ok(())
    }
}

/// An optimiser that is chosen when a run starts.
#[derive(Debug, Clone)]
pub enum Optimiser {
    /// Momentum.
    Sgd(Sgd),
    /// Adaptive moments.
    AdamW(AdamW),
}

impl Optimiser {
    /// One step with the given learning rate.
    #[must_use]
    pub fn step<M: Module>(&mut self, module: M, gradients: &ClippedGradients, rate: f64) -> M {
        match self {
            Self::Sgd(sgd) => sgd.step(module, gradients, rate),
            Self::AdamW(adam_w) => adam_w.step(module, gradients, rate),
        }
    }

    /// Everything that the next step depends on: [`Sgd::state`] or [`AdamW::state`].
    ///
    /// # Errors
    /// [`Error::ReadBack`] where a buffer cannot be read from its device.
    pub fn state<M: Module>(&self, module: &M) -> Result<NamedTensors, Error> {
        match self {
            Self::Sgd(sgd) => sgd.state(module),
            Self::AdamW(adam_w) => adam_w.state(module),
        }
    }

    /// Goes on from a [`state`](Self::state) of the same kind whose names were stored with `prefix` in front.
    ///
    /// # Errors
    /// As [`Sgd::restore`] and [`AdamW::restore`]: among them [`Error::MissingTensor`] where the state is SGD's and the
    /// optimiser AdamW.
    pub fn restore<M: Module>(
        &mut self,
        module: &M,
        state: &Weights<'_>,
        prefix: &str,
        device: &Device,
    ) -> Result<(), Error> {
        match self {
            Self::Sgd(sgd) => sgd.restore(module, state, prefix, device),
            Self::AdamW(adam_w) => adam_w.restore(module, state, prefix, device),
        }
    }
}

//! Optimisers, exactly as PyTorch steps them.

use std::collections::HashMap;

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param, ParamId};
use burn::tensor::{Device, Gradients, Tensor, TensorData};

use crate::Error;
use crate::weights::{NamedTensors, Weights, parameter_ids};

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
    let values = tensor
        .into_data()
        .try_into_vec::<f32>()
        .map_err(|error| Error::ReadBack(format!("{error:?}")))?;
    values
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

/// Reads a buffer, if there is one, under the given name.
pub(crate) fn store(
    buffers: &mut NamedTensors,
    name: String,
    buffer: Option<&Tensor<1>>,
) -> Result<(), Error> {
    if let Some(buffer) = buffer {
        let values = buffer.clone().into_data().try_into_vec::<f32>();
        let values = values.map_err(|error| Error::ReadBack(format!("{error:?}")))?;
        buffers.insert(name, (vec![values.len()], values));
    }
    Ok(())
}

/// The buffer of that name; none where there is none, because the parameter has had no gradient yet.
pub(crate) fn stored(
    weights: &Weights<'_>,
    name: &str,
    device: &Device,
) -> Result<Option<Tensor<1>>, Error> {
    match weights.tensor(name) {
        Ok((_, values)) => {
            let length = values.len();
            Ok(Some(Tensor::from_data(
                TensorData::new(values, [length]),
                device,
            )))
        }
        Err(Error::MissingTensor(_)) => Ok(None),
        Err(other) => Err(other),
    }
}

/// AdamW with decoupled weight decay on every parameter (PyTorch's `torch.optim.AdamW`).
#[derive(Debug, Clone)]
pub struct AdamW {
    weight_decay: f64,
    steps: i32,
    moments: HashMap<ParamId, (Tensor<1>, Tensor<1>)>,
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
            moments: HashMap::new(),
        }
    }

    /// One step with the given learning rate.
    #[must_use]
    pub fn step<M: Module>(&mut self, module: M, gradients: &ClippedGradients, rate: f64) -> M {
        self.steps += 1;
        let (beta1, beta2) = Self::BETAS;
        let correction1 = 1.0 - beta1.powi(self.steps);
        let correction2 = (1.0 - beta2.powi(self.steps)).sqrt();
        let (decay, moments) = (1.0 - rate * self.weight_decay, &mut self.moments);
        let update = |id: ParamId, value: Tensor<1>, gradient: Tensor<1>| {
            let (first, second) = match moments.remove(&id) {
                Some((first, second)) => (
                    first.mul_scalar(beta1) + gradient.clone().mul_scalar(1.0 - beta1),
                    second.mul_scalar(beta2) + gradient.square().mul_scalar(1.0 - beta2),
                ),
                None => (
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
            moments.insert(id, (first, second));
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
        state.insert("steps".to_owned(), (vec![1], vec![self.steps as f32]));
        for (name, id) in parameter_ids(module) {
            let moments = self.moments.get(&id);
            store(
                &mut state,
                format!("first.{name}"),
                moments.map(|pair| &pair.0),
            )?;
            store(
                &mut state,
                format!("second.{name}"),
                moments.map(|pair| &pair.1),
            )?;
        }
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
        let (_, steps) = state.tensor(&format!("{prefix}steps"))?;
        self.steps = steps.first().map_or(0, |&steps| steps as i32);
        self.moments.clear();
        for (name, id) in parameter_ids(module) {
            let first = stored(state, &format!("{prefix}first.{name}"), device)?;
            let second = stored(state, &format!("{prefix}second.{name}"), device)?;
            if let (Some(first), Some(second)) = (first, second) {
                self.moments.insert(id, (first, second));
            }
        }
        Ok(())
    }
}

/// Stochastic gradient descent with Nesterov momentum and coupled weight decay (PyTorch's `torch.optim.SGD`).
#[derive(Debug, Clone)]
pub struct Sgd {
    momentum: f64,
    weight_decay: f64,
    buffers: HashMap<ParamId, Tensor<1>>,
}

impl Sgd {
    /// Starts with empty buffers; the first step's buffer is its gradient.
    #[must_use]
    pub fn new(momentum: f64, weight_decay: f64) -> Self {
        Self {
            momentum,
            weight_decay,
            buffers: HashMap::new(),
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
        for (name, id) in parameter_ids(module) {
            store(
                &mut state,
                format!("momentum.{name}"),
                self.buffers.get(&id),
            )?;
        }
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
        self.buffers.clear();
        for (name, id) in parameter_ids(module) {
            if let Some(buffer) = stored(state, &format!("{prefix}momentum.{name}"), device)? {
                self.buffers.insert(id, buffer);
            }
        }
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

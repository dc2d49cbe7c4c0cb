//! What is remembered of every parameter of a module between two steps, and how it is stored.

use std::collections::HashMap;

use burn::module::{Module, ParamId};
use burn::tensor::{Device, Tensor, TensorData};

use crate::Error;
use crate::ops::read_back_blocking;
use crate::weights::{NamedTensors, Weights, parameter_ids};

/// One flat tensor for each parameter that has one.
pub(super) type Buffers = HashMap<ParamId, Tensor<1>>;

/// Adds the buffers of a module's parameters as `<what>.<reference name>`.
pub(super) fn store<M: Module>(
    buffers: &Buffers,
    module: &M,
    what: &str,
    state: &mut NamedTensors,
) -> Result<(), Error> {
    for (name, id) in parameter_ids(module) {
        if let Some(buffer) = buffers.get(&id) {
            let values = read_back_blocking(buffer.clone())?;
            state.insert(format!("{what}.{name}"), (vec![values.len()], values));
        }
    }
    Ok(())
}

/// The buffers that were stored as `<what>.<reference name>`; none for a parameter that had none.
pub(super) fn restore<M: Module>(
    module: &M,
    what: &str,
    state: &Weights<'_>,
    device: &Device,
) -> Result<Buffers, Error> {
    let mut buffers = Buffers::new();
    for (name, id) in parameter_ids(module) {
        match state.tensor(&format!("{what}.{name}")) {
            Ok((_, values)) => {
                let length = values.len();
                let data = TensorData::new(values, [length]);
                buffers.insert(id, Tensor::from_data(data, device));
            }
            Err(Error::MissingTensor(_)) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(buffers)
}

/// Adds a count of steps as `steps`.
pub(super) fn store_steps(steps: usize, state: &mut NamedTensors) {
    state.insert("steps".to_owned(), (vec![1], vec![steps as f32]));
}

/// The count that was stored as `<prefix>steps`.
pub(super) fn restore_steps(state: &Weights<'_>, prefix: &str) -> Result<usize, Error> {
    let (_, steps) = state.tensor(&format!("{prefix}steps"))?;
    Ok(steps.first().map_or(0, |&steps| steps as usize))
}

//! Writing weights as safetensors.

use std::collections::{BTreeMap, HashMap};

use burn::module::{Module, ModuleVisitor, Param, ParamId};
use burn::tensor::Tensor;
use half::f16;
use safetensors::{Dtype, tensor::TensorView};

use super::names::reference_name;
use crate::Error;
use crate::ops::read_back_blocking;

/// Number type of stored weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// Four bytes a weight, exact.
    Full,
    /// Two bytes a weight, rounded to f16.
    Half,
}

/// A module's parameters as a safetensors file, under the PyTorch reference's names with `prefix` in front.
///
/// # Errors
/// [`Error::ReadBack`] where a parameter cannot be read from its device, [`Error::NotFinite`] where one is not finite
/// in the wanted precision.
pub fn save<M: Module>(module: &M, prefix: &str, precision: Precision) -> Result<Vec<u8>, Error> {
    serialise(&named_parameters(module, prefix)?, precision, None)
}

/// Tensors as a safetensors file, with texts beside them: what a training run needs to go on.
///
/// # Errors
/// [`Error::NotFinite`] where a value is not finite in half precision.
pub fn serialise(
    tensors: &NamedTensors,
    precision: Precision,
    metadata: Option<HashMap<String, String>>,
) -> Result<Vec<u8>, Error> {
    let mut stored = BTreeMap::new();
    for (name, (shape, values)) in tensors {
        let (dtype, bytes) = match precision {
            Precision::Full => (
                Dtype::F32,
                values
                    .iter()
                    .flat_map(|value| value.to_le_bytes())
                    .collect::<Vec<u8>>(),
            ),
            Precision::Half => {
                let halves = values
                    .iter()
                    .map(|&value| f16::from_f32(value))
                    .collect::<Vec<_>>();
                if halves.iter().any(|value| !value.is_finite()) {
                    return Err(Error::NotFinite(name.clone()));
                }
                (
                    Dtype::F16,
                    halves
                        .iter()
                        .flat_map(|value| value.to_le_bytes())
                        .collect(),
                )
            }
        };
        stored.insert(name, (dtype, shape, bytes));
    }
    let views = stored
        .iter()
        .map(|(name, (dtype, shape, bytes))| {
            TensorView::new(*dtype, shape.to_vec(), bytes)
                .map(|view| (*name, view))
                .map_err(|error| Error::NotSafetensors(error.to_string()))
        })
        .collect::<Result<Vec<_>, _>>()?;
    safetensors::serialize(views, metadata)
        .map_err(|error| Error::NotSafetensors(error.to_string()))
}

/// Shapes and values of tensors by their names.
pub type NamedTensors = BTreeMap<String, (Vec<usize>, Vec<f32>)>;

/// Shape and values of every parameter by its reference name.
///
/// # Errors
/// [`Error::ReadBack`] where a parameter cannot be read from its device.
pub fn named_parameters<M: Module>(module: &M, prefix: &str) -> Result<NamedTensors, Error> {
    let mut collector = Collector {
        prefix,
        path: Vec::new(),
        tensors: BTreeMap::new(),
        fault: None,
    };
    module.visit(&mut collector);
    collector.fault.map_or(Ok(collector.tensors), Err)
}

struct Collector<'a> {
    prefix: &'a str,
    path: Vec<String>,
    tensors: NamedTensors,
    fault: Option<Error>,
}

impl ModuleVisitor for Collector<'_> {
    fn enter_module(&mut self, name: &str, _container: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let tensor = param.val();
        let shape = tensor.dims().to_vec();
        let name = format!("{}{}", self.prefix, reference_name(&self.path));
        match read_back_blocking(tensor) {
            Ok(values) => {
                self.tensors.insert(name, (shape, values));
            }
            Err(error) => self.fault = Some(error),
        }
    }
}

/// The identifier of every parameter by its reference name.
#[must_use]
pub fn parameter_ids<M: Module>(module: &M) -> BTreeMap<String, ParamId> {
    struct Finder {
        path: Vec<String>,
        found: BTreeMap<String, ParamId>,
    }
    impl ModuleVisitor for Finder {
        fn enter_module(&mut self, name: &str, _container: &str) {
            self.path.push(name.to_owned());
        }

        fn exit_module(&mut self, _name: &str, _container: &str) {
            self.path.pop();
        }

        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            self.found.insert(reference_name(&self.path), param.id);
        }
    }
    let mut finder = Finder {
        path: Vec::new(),
        found: BTreeMap::new(),
    };
    module.visit(&mut finder);
    finder.found
}

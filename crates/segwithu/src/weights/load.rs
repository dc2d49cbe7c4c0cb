//! Reading weights from safetensors.

use std::collections::HashMap;

use burn::module::{Module, ModuleMapper, Param};
use burn::tensor::{Device, Tensor, TensorData};
use half::{bf16, f16};
use safetensors::{Dtype, SafeTensorError, SafeTensors};

use super::names::{official_alias, reference_name};
use crate::Error;

/// A safetensors file in memory. Files hold numbers only, never code.
#[derive(Debug)]
pub struct Weights<'bytes> {
    tensors: SafeTensors<'bytes>,
    metadata: HashMap<String, String>,
}

impl<'bytes> Weights<'bytes> {
    /// Opens a file's bytes.
    ///
    /// # Errors
    /// [`Error::NotSafetensors`] where the header or the lengths are broken.
    pub fn from_bytes(bytes: &'bytes [u8]) -> Result<Self, Error> {
        let fault = |error: SafeTensorError| Error::NotSafetensors(error.to_string());
        let (_, header) = SafeTensors::read_metadata(bytes).map_err(fault)?;
        Ok(Self {
            tensors: SafeTensors::deserialize(bytes).map_err(fault)?,
            metadata: header.metadata().clone().unwrap_or_default(),
        })
    }

    /// A text that was stored beside the tensors.
    #[must_use]
    pub fn metadata(&self, key: &str) -> Option<&str> {
        self.metadata.get(key).map(String::as_str)
    }

    /// Names of all tensors.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.tensors
            .names()
            .into_iter()
            .map(ToOwned::to_owned)
            .collect()
    }

    /// A tensor's shape and values, as f32.
    ///
    /// # Errors
    /// [`Error::MissingTensor`] and [`Error::TensorType`].
    pub fn tensor(&self, name: &str) -> Result<(Vec<usize>, Vec<f32>), Error> {
        let view = self
            .tensors
            .tensor(name)
            .map_err(|_| Error::MissingTensor(name.to_owned()))?;
        let bytes = view.data();
        let values = match view.dtype() {
            Dtype::F32 => bytes
                .as_chunks::<4>()
                .0
                .iter()
                .map(|&chunk| f32::from_le_bytes(chunk))
                .collect(),
            Dtype::F16 => bytes
                .as_chunks::<2>()
                .0
                .iter()
                .map(|&chunk| f16::from_le_bytes(chunk).to_f32())
                .collect(),
            Dtype::BF16 => bytes
                .as_chunks::<2>()
                .0
                .iter()
                .map(|&chunk| bf16::from_le_bytes(chunk).to_f32())
                .collect(),
            other => {
                return Err(Error::TensorType {
                    name: name.to_owned(),
                    dtype: format!("{other:?}"),
                });
            }
        };
        Ok((view.shape().to_vec(), values))
    }

    /// A module with its parameters replaced by the file's, found by the PyTorch reference's names or their official
    /// aliases. `prefix` stands before every name: `""`, or `"backbone."` to read a backbone out of a whole model.
    ///
    /// # Errors
    /// [`Error::MissingTensor`], [`Error::TensorShape`], [`Error::TensorType`] or [`Error::NotFinite`] for the first
    /// parameter that does not fit.
    pub fn load<M: Module>(&self, module: M, prefix: &str, device: &Device) -> Result<M, Error> {
        let mut loader = Loader {
            weights: self,
            prefix,
            device,
            path: Vec::new(),
            fault: None,
        };
        let module = module.map(&mut loader);
        loader.fault.map_or(Ok(module), Err)
    }

    fn lookup(&self, name: &str) -> Result<(Vec<usize>, Vec<f32>), Error> {
        match self.tensor(name) {
            Err(Error::MissingTensor(_)) => {
                let alias =
                    official_alias(name).ok_or_else(|| Error::MissingTensor(name.to_owned()))?;
                self.tensor(&alias).map_err(|error| match error {
                    Error::MissingTensor(_) => Error::MissingTensor(name.to_owned()),
                    other => other,
                })
            }
            found => found,
        }
    }
}

struct Loader<'a> {
    weights: &'a Weights<'a>,
    prefix: &'a str,
    device: &'a Device,
    path: Vec<String>,
    fault: Option<Error>,
}

impl Loader<'_> {
    fn read<const D: usize>(&self, expected: [usize; D]) -> Result<Tensor<D>, Error> {
        let name = format!("{}{}", self.prefix, reference_name(&self.path));
        let (shape, values) = self.weights.lookup(&name)?;
        // Scalars are 0-dimensional in PyTorch and `[1]` here.
        if shape != expected && !(shape.is_empty() && expected.iter().all(|&size| size == 1)) {
            return Err(Error::TensorShape {
                name,
                found: shape,
                expected: expected.to_vec(),
            });
        }
        if values.iter().any(|value| !value.is_finite()) {
            return Err(Error::NotFinite(name));
        }
        Ok(Tensor::from_data(
            TensorData::new(values, expected),
            self.device,
        ))
    }
}

impl ModuleMapper for Loader<'_> {
    fn enter_module(&mut self, name: &str, _container: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.path.pop();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        if self.fault.is_some() {
            return param;
        }
        match self.read(param.lazy_shape().dims()) {
            Ok(tensor) => Param::initialized(param.id, tensor),
            Err(error) => {
                self.fault = Some(error);
                param
            }
        }
    }
}

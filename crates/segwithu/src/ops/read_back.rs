//! Values of tensors, back from their device.

use burn::tensor::{Tensor, TensorData};

use crate::Error;

/// A tensor's values in row-major order. In a browser this is the only way: there the device answers later.
///
/// # Errors
/// [`Error::ReadBack`] where the device does not give them.
pub async fn read_back<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>, Error> {
    match tensor.into_data_async().await {
        Ok(data) => values(data),
        Err(error) => Err(Error::ReadBack(format!("{error:?}"))),
    }
}

/// As [`read_back`], waiting for the device. Not for a browser's GPU, which cannot be waited for.
///
/// # Errors
/// [`Error::ReadBack`] where the device does not give them.
pub fn read_back_blocking<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>, Error> {
    match tensor.try_into_data() {
        Ok(data) => values(data),
        Err(error) => Err(Error::ReadBack(format!("{error:?}"))),
    }
}

fn values(data: TensorData) -> Result<Vec<f32>, Error> {
    data.try_into_vec()
        .map_err(|error| Error::ReadBack(format!("{error:?}")))
}

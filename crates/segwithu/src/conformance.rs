//! Comparison with stored outputs of the reference implementation ("golden" files).
//!
//! A golden file is a safetensors file with weights under their reference names, inputs `in/*` and outputs `out/*`, and a
//! JSON description with the configuration. Nothing about shapes is fixed here, so that another folder of the same
//! format works too. The comparison lives in the library because it also runs inside a browser, on the device in use.

use burn::tensor::{Device, Tensor, TensorData};
use serde_json::Value;

use crate::backbone::DynUNetConfig;
use crate::head::{HeadConfig, MapKind, Maps, temper};
use crate::model::SegWithUConfig;
use crate::ops::read_back;
use crate::weights::Weights;
use crate::{Error, SegWithU};

/// How far a map is from its stored values.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// Name in the golden file, such as `out/voxel_rnk`.
    pub name: String,
    /// Largest absolute difference over the largest absolute stored value; infinite where a value is not a number.
    pub relative: f64,
}

/// Largest absolute difference of two arrays over the largest absolute value of `expected`.
#[must_use]
pub fn relative_difference(found: &[f32], expected: &[f32]) -> f64 {
    if found.len() != expected.len() {
        return f64::INFINITY;
    }
    let largest = expected
        .iter()
        .map(|value| f64::from(value.abs()))
        .fold(0.0, f64::max)
        .max(f64::MIN_POSITIVE);
    let pairs = found
        .iter()
        .zip(expected)
        .map(|(&a, &b)| (f64::from(a) - f64::from(b)).abs());
    pairs.fold(0.0, |most, value| {
        if value.is_nan() {
            f64::INFINITY
        } else {
            most.max(value)
        }
    }) / largest
}

/// A configuration's number.
///
/// # Errors
/// [`Error::Config`] where it is not there.
pub fn number(config: &Value, field: &'static str) -> Result<usize, Error> {
    config[field]
        .as_u64()
        .and_then(|value| usize::try_from(value).ok())
        .ok_or_else(|| Error::Config {
            field,
            value: config[field].to_string(),
            requirement: "a whole number in the golden file's configuration",
        })
}

/// The `config` object of a golden description.
///
/// # Errors
/// [`Error::Config`] where the text is no JSON object with such a field.
pub fn configuration(description: &[u8]) -> Result<Value, Error> {
    let fault = |value: String| Error::Config {
        field: "config",
        value,
        requirement: "an object in a JSON description",
    };
    let mut json: Value =
        serde_json::from_slice(description).map_err(|error| fault(error.to_string()))?;
    match json["config"].take() {
        config @ Value::Object(_) => Ok(config),
        other => Err(fault(other.to_string())),
    }
}

/// The network that a golden configuration describes.
///
/// # Errors
/// [`Error::Config`] where a field is missing.
pub fn network_config(config: &Value) -> Result<SegWithUConfig, Error> {
    let fault = |field| Error::Config {
        field,
        value: config[field].to_string(),
        requirement: "five whole numbers in the golden file's configuration",
    };
    let filters = config["filters"]
        .as_array()
        .map(|list| {
            list.iter()
                .filter_map(Value::as_u64)
                .map(|count| count as usize)
                .collect::<Vec<_>>()
        })
        .and_then(|list| <[usize; 5]>::try_from(list).ok())
        .ok_or_else(|| fault("filters"))?;
    let backbone = DynUNetConfig::new(
        number(config, "spatial_dims")?,
        number(config, "in_channels")?,
        number(config, "num_classes")?,
        filters,
    );
    Ok(SegWithUConfig::new(backbone)
        .with_num_probes(number(config, "num_probes").unwrap_or(8))
        .with_use_aleatoric(config["use_aleatoric"].as_bool().unwrap_or(true)))
}

/// The head that a golden configuration with given taps describes.
///
/// # Errors
/// [`Error::Config`] where a field is missing.
pub fn head_config(config: &Value) -> Result<HeadConfig, Error> {
    let taps = config["taps"].as_array().cloned().unwrap_or_default();
    let channels = taps
        .iter()
        .filter_map(|tap| tap[0].as_u64())
        .map(|count| count as usize)
        .collect();
    Ok(HeadConfig::new(
        channels,
        number(config, "feature_ch")?,
        number(config, "num_classes")?,
    )
    .with_num_probes(number(config, "num_probes")?)
    .with_use_aleatoric(config["use_aleatoric"].as_bool().unwrap_or(true)))
}

/// A stored tensor on the device.
///
/// # Errors
/// Those of [`Weights::tensor`], and [`Error::TensorShape`] where its rank is not `D`.
pub fn stored<const D: usize>(
    weights: &Weights<'_>,
    name: &str,
    device: &Device,
) -> Result<Tensor<D>, Error> {
    let (shape, values) = weights.tensor(name)?;
    let dims = <[usize; D]>::try_from(shape.clone()).map_err(|_| Error::TensorShape {
        name: name.to_owned(),
        found: shape,
        expected: vec![0; D],
    })?;
    Ok(Tensor::from_data(TensorData::new(values, dims), device))
}

/// Runs a whole golden network on its stored image and compares every stored output.
///
/// `description` and `file` are the bytes of the JSON and of the safetensors file; 2D or 3D as the configuration says.
///
/// # Errors
/// Whatever keeps the comparison from being made; differences are no errors.
pub async fn compare_network(
    description: &[u8],
    file: &[u8],
    device: &Device,
) -> Result<Vec<Difference>, Error> {
    let config = configuration(description)?;
    let weights = Weights::from_bytes(file)?;
    if number(&config, "spatial_dims")? == 3 {
        compare_rank::<5>(&config, &weights, &weights, device).await
    } else {
        compare_rank::<4>(&config, &weights, &weights, device).await
    }
}

/// As [`compare_network`], with the weights in another file than inputs and outputs.
///
/// # Errors
/// Whatever keeps the comparison from being made.
pub async fn compare_rank<const D: usize>(
    config: &Value,
    weights: &Weights<'_>,
    values_file: &Weights<'_>,
    device: &Device,
) -> Result<Vec<Difference>, Error> {
    let model: SegWithU<D> = weights.load(network_config(config)?.init(device)?, "", device)?;
    let output = model.forward(stored(values_file, "in/image", device)?)?;
    let mut differences = Vec::new();
    compare_output(&output.logits, values_file, "out/logits", &mut differences).await?;
    compare_maps(&output.logits, &output.maps, values_file, &mut differences).await?;
    Ok(differences)
}

/// Compares every map that the file stores under `out/`.
///
/// # Errors
/// Those of reading the stored tensors and of reading back from the device.
pub async fn compare_maps<const D: usize>(
    logits: &Tensor<D>,
    maps: &Maps<D>,
    file: &Weights<'_>,
    differences: &mut Vec<Difference>,
) -> Result<(), Error> {
    for kind in MapKind::ALL {
        if let Some(map) = maps.get(kind) {
            compare_output(
                map,
                file,
                &format!("out/{}", reference_map_name(kind)),
                differences,
            )
            .await?;
        }
    }
    compare_output(&maps.v, file, "out/v", differences).await?;
    compare_output(&maps.delta, file, "out/delta_logits", differences).await?;
    let tempered = temper(logits.clone(), maps.calibration.clone());
    compare_output(&tempered, file, "out/tempered_logits", differences).await
}

/// Compares one output, where the file stores it.
///
/// # Errors
/// Those of reading the stored tensor and of reading back from the device.
pub async fn compare_output<const D: usize>(
    found: &Tensor<D>,
    file: &Weights<'_>,
    name: &str,
    differences: &mut Vec<Difference>,
) -> Result<(), Error> {
    match file.tensor(name) {
        Ok((shape, expected)) => {
            let same_shape = found.dims().as_slice() == shape.as_slice();
            let relative = if same_shape {
                relative_difference(&read_back(found.clone()).await?, &expected)
            } else {
                f64::INFINITY
            };
            differences.push(Difference {
                name: name.to_owned(),
                relative,
            });
            Ok(())
        }
        Err(Error::MissingTensor(_)) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Name of a map in the reference implementation.
#[must_use]
pub const fn reference_map_name(kind: MapKind) -> &'static str {
    match kind {
        MapKind::Ranking => "voxel_rnk",
        MapKind::Calibration => "voxel_cal",
        MapKind::Epistemic => "voxel_epi",
        MapKind::Aleatoric => "voxel_ale",
        MapKind::Residual => "residual_map",
        MapKind::Entropy => "voxel_entropy",
        MapKind::Margin => "margin_map",
        MapKind::Weight => "weight_map",
        MapKind::Anchor => "anchor_map",
        MapKind::Probe => "voxel_probe",
    }
}

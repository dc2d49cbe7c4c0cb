//! A backbone alone, for an ensemble.

use std::path::Path;

use burn::tensor::Device;
use engine::Bundle;
use segwithu::model::SegWithU;
use segwithu::weights::{Precision, Weights, save};

use super::manifest;
use crate::Error;
use crate::model::read;
use crate::train::{DatasetDescription, PartName, RunConfig, RunFolder, network_config};

/// The backbone of a run as a bundle, in memory and with the precision of a packed one: its logits are what an ensemble
/// needs. The head is one that nobody trained; `None` where the folder holds no run.
pub fn member(run: &Path) -> Option<Result<Bundle, Error>> {
    let folder = RunFolder::new(run, &PartName::Backbone);
    let weights = folder.weights("best");
    weights.is_file().then(|| bundle(&folder, &weights))
}

fn bundle(folder: &RunFolder, weights: &Path) -> Result<Bundle, Error> {
    let config = folder.config()?;
    let description = DatasetDescription::read(&config.data)?;
    let backbone = read(weights)?;
    let weights = if config.model.spatial_dims == 3 {
        with_any_head::<5>(&backbone, &config, description.classes())?
    } else {
        with_any_head::<4>(&backbone, &config, description.classes())?
    };
    Ok(Bundle::new(manifest(&config, &description)?, weights))
}

fn with_any_head<const D: usize>(
    backbone: &[u8],
    config: &RunConfig,
    classes: usize,
) -> Result<Vec<u8>, Error> {
    let device = Device::flex();
    let model: SegWithU<D> = network_config(config, classes).init(&device)?;
    let model = SegWithU {
        backbone: Weights::from_bytes(backbone)?.load(model.backbone, "backbone.", &device)?,
        ..model
    };
    Ok(save(&model, "", Precision::Half)?)
}

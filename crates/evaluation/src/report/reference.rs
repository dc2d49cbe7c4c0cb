//! What the reference implementation reaches, where it was measured.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::Error;

/// Measured once; see the note in the file.
const FIGURES: &str = include_str!("reference.json");

/// A metric over all voxels and near the object.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct BothMasks {
    pub all: f64,
    pub near: f64,
}

/// Ranking figures of a method.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct RankingReference {
    pub auroc: BothMasks,
    pub auprc: BothMasks,
    pub aurc: BothMasks,
}

/// Calibration figures near the object, by method.
#[derive(Debug, Clone, Deserialize)]
pub struct NearReference {
    pub ece: BTreeMap<String, f64>,
    pub nll: BTreeMap<String, f64>,
}

/// Everything about one data set.
#[derive(Debug, Clone, Deserialize)]
pub struct SetReference {
    pub dice: BTreeMap<String, f64>,
    pub ranking: BTreeMap<String, RankingReference>,
    pub near: NearReference,
}

/// All that is known.
#[derive(Debug, Clone, Deserialize)]
pub struct Reference {
    pub note: String,
    pub sets: BTreeMap<String, SetReference>,
}

/// The figures.
pub fn reference() -> Result<Reference, Error> {
    serde_json::from_str(FIGURES).map_err(|error| Error::Format {
        file: "reference.json".to_owned(),
        reason: error.to_string(),
    })
}

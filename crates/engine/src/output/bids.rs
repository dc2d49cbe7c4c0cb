//! Results under the names of BIDS derivatives, with their sidecars.

use imaging::bids::{Derivative, Label, Model, Program, Sidecar, archive};

use super::context::Context;
use super::map_explanation::explanation;
use crate::{Error, MapResult};

/// A mask's compressed NIfTI file with its sidecar and its table of classes, as a zip.
pub(super) fn mask(context: &Context<'_>, nifti: &[u8]) -> Result<Vec<u8>, Error> {
    let labels = context.manifest.classes.iter().map(|class| Label {
        id: class.id,
        name: class.name.clone(),
        colour: class.colour,
    });
    let (derivative, description) = if context.corrected.is_some() {
        (
            Derivative::CorrectedMask,
            "Segmentation, corrected by a person",
        )
    } else {
        (Derivative::Mask, "Segmentation")
    };
    let sidecar = Sidecar {
        label_map: labels.collect(),
        ..sidecar(
            context,
            format!("{description}: {}", context.manifest.title),
        )
    };
    let stem = context.stem();
    Ok(archive(&stem, derivative, nifti, &sidecar)?)
}

/// A map's compressed NIfTI file with its sidecar, as a zip.
pub(super) fn map(context: &Context<'_>, map: &MapResult, nifti: &[u8]) -> Result<Vec<u8>, Error> {
    let sidecar = sidecar(context, explanation(map.kind).to_owned());
    let stem = context.stem();
    let derivative = Derivative::Map(map.kind.name());
    Ok(archive(&stem, derivative, nifti, &sidecar)?)
}

fn sidecar(context: &Context<'_>, description: String) -> Sidecar {
    let manifest = context.manifest;
    // The whole curve belongs into the report; here the points that a reader can use.
    let thresholds = [0.01, 0.05, 0.1, 0.2].into_iter().filter_map(|share| {
        let point = manifest.validation.threshold(share)?;
        Some((
            format!("ranking_refers_{:.0}_percent", share * 100.0),
            point.ranking,
        ))
    });
    Sidecar {
        description,
        sources: context.names.to_vec(),
        generated_by: vec![Program {
            name: "Penumbra".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        }],
        model: Model {
            name: manifest.id.clone(),
            weights_sha256: manifest.weights.sha256.clone(),
        },
        label_map: Vec::new(),
        units: None,
        thresholds: thresholds.collect(),
    }
}

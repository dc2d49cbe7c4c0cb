//! Results as DICOM objects that refer to the source series.

use imaging::Source;
use imaging::dicom::SourceSeries;
use imaging::dicom::write::{Code, Creator, Quantity, Segment, parametric_map, segmentation};
use segwithu::head::MapKind;

use super::Context;
use crate::{Error, MapResult};

/// The series that an image comes from, where it is DICOM.
pub(super) fn source_of(volume: &imaging::Volume) -> Option<&SourceSeries> {
    match &volume.source {
        Some(Source::Dicom(series)) => Some(series),
        _ => None,
    }
}

/// The mask as a DICOM Segmentation with one segment for every class but the background.
pub(super) fn mask(context: &Context<'_>) -> Result<Vec<u8>, Error> {
    let segments: Vec<Segment> = context
        .manifest
        .classes
        .iter()
        .skip(1)
        .map(|class| Segment {
            id: class.id,
            label: class.name.clone(),
            category: Code::anatomical_structure(),
            // No scheme has codes for what any model may find, so the class names itself.
            property_type: Code::new(
                &format!("CLASS{}", class.id),
                Code::PRIVATE_SCHEME,
                &class.name,
            ),
            colour: class.colour,
        })
        .collect();
    Ok(segmentation(
        source_of(context.volume).ok_or(imaging::Error::NotDicom)?,
        &context.volume.geometry,
        &context.result.labels,
        context.result.shape,
        &segments,
        &creator(context)?,
    )?)
}

/// A map as a DICOM Parametric Map.
pub(super) fn map(context: &Context<'_>, map: &MapResult) -> Result<Vec<u8>, Error> {
    let name = map.kind.name();
    let explanation = explanation(map.kind);
    let quantity = Quantity {
        label: name.to_owned(),
        explanation: explanation.to_owned(),
        definition: Code::new(
            &name.to_ascii_uppercase(),
            Code::PRIVATE_SCHEME,
            explanation,
        ),
        units: Code::no_units(),
        display_range: None,
    };
    Ok(parametric_map(
        source_of(context.volume).ok_or(imaging::Error::NotDicom)?,
        &context.volume.geometry,
        &map.values,
        context.result.shape,
        &quantity,
        &creator(context)?,
    )?)
}

fn creator(context: &Context<'_>) -> Result<Creator, Error> {
    Ok(Creator {
        manufacturer: "Penumbra".to_owned(),
        program: "Penumbra".to_owned(),
        program_version: env!("CARGO_PKG_VERSION").to_owned(),
        model: context.manifest.id.clone(),
        model_version: context.manifest.weights.sha256.clone(),
        moment: context.moment.parse()?,
    })
}

/// What a map says, in at most 64 characters.
pub(super) const fn explanation(kind: MapKind) -> &'static str {
    match kind {
        MapKind::Ranking => "Ranking score: the larger, the likelier wrong",
        MapKind::Calibration => "Variance that tempers the class probabilities",
        MapKind::Epistemic => "Variance of the class probabilities under perturbation",
        MapKind::Aleatoric => "Learnt noise level",
        MapKind::Residual => "Mean square of the perturbation of the logits",
        MapKind::Entropy => "Entropy of the class probabilities, in nats",
        MapKind::Margin => "Difference of the two largest class probabilities",
        MapKind::Weight => "Weight exp(-4 margin) of uncertain voxels",
        MapKind::Anchor => "Fixed sum of maps that the ranking score starts from",
        MapKind::Probe => "Mean square of the probe responses",
    }
}

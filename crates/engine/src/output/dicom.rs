//! Results as DICOM objects that refer to the source series.

use imaging::dicom::write::{
    AlgorithmType, Code, Creator, Quantity, Segment, parametric_map, segmentation,
};

use super::context::Context;
use super::formats::source_of;
use super::map_explanation::explanation;
use crate::{Error, MapResult};

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
            algorithm_type: if context.corrected.is_some() {
                AlgorithmType::Semiautomatic
            } else {
                AlgorithmType::Automatic
            },
        })
        .collect();
    Ok(segmentation(
        source_of(context.volume).ok_or(imaging::Error::NotDicom)?,
        &context.volume.geometry,
        context.labels(),
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

//! DICOM Parametric Map.

use dicom_core::VR;
use dicom_dictionary_std::{tags, uids};

use super::data_set::Write as _;
use super::description::{Code, Creator, Quantity};
use super::file::{Kind, begin, finish, write_size};
use super::frames::Planes;
use super::referenced_series::ReferencedSeries;
use crate::dicom::SourceSeries;
use crate::memory::allocate;
use crate::value_range::finite_range;
use crate::{Error, Geometry};

const KIND: Kind = Kind {
    sop_class: uids::PARAMETRIC_MAP_STORAGE,
    modality: "OT",
    name: "parametric map",
    series: 2,
};

/// A map as a DICOM Parametric Map (PS3.3 section A.75) of 32-bit floats, one frame for each plane, in the transfer
/// syntax Explicit VR Little Endian. The stored numbers are the real-world values.
///
/// `values` is `[planes, rows, columns]` on the grid of the source series; `geometry` is the source's own. Numbers that
/// are not finite are stored as they are.
///
/// # Errors
/// [`Error::WrongLength`] if values, shape and source differ in size; [`Error::MissingAttribute`] if the source lacks
/// what must be referred to, the frame of reference included; [`Error::OffGrid`] if `geometry` is none or not the
/// source's; [`Error::Encode`] if the object would be too large.
pub fn parametric_map(
    source: &SourceSeries,
    geometry: &Geometry,
    values: &[f32],
    shape: [usize; 3],
    quantity: &Quantity,
    creator: &Creator,
) -> Result<Vec<u8>, Error> {
    let [planes, rows, columns] = shape;
    let expected = planes.saturating_mul(rows).saturating_mul(columns);
    if values.len() != expected || values.is_empty() {
        return Err(Error::WrongLength {
            what: "the map",
            found: values.len(),
            expected: expected.max(1),
        });
    }
    let source = ReferencedSeries::new(source, planes)?;
    if source.frame_of_reference().is_none() {
        return Err(Error::MissingAttribute {
            attribute: "Frame of Reference UID (0020,0052)",
        });
    }
    let placed = Planes::new(source, geometry)?;
    if !placed.are_placed() {
        return Err(Error::OffGrid {
            detail: "it has no affine",
        });
    }

    let mut object = begin(
        &KIND,
        &source,
        creator,
        &[&quantity.definition, &quantity.units],
    );
    // The body part is the source's, and this modality does not exclude paired ones (PS3.3 section C.7.3.1).
    source.copy(&mut object, tags::LATERALITY, VR::CS);
    write_size(&mut object, shape, 32)?;
    let image_type = ["DERIVED", "PRIMARY", "VOLUME", "QUANTITY"];
    object.texts(tags::IMAGE_TYPE, VR::CS, &image_type);
    object.text(tags::CONTENT_QUALIFICATION, VR::CS, "RESEARCH");
    object.shorts(tags::SAMPLES_PER_PIXEL, &[1]);
    object.text(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "MONOCHROME2");
    object.text(tags::PRESENTATION_LUT_SHAPE, VR::CS, "IDENTITY");
    object.shorts(tags::BITS_ALLOCATED, &[32]);
    object.text(tags::BURNED_IN_ANNOTATION, VR::CS, "NO");
    object.text(tags::RECOGNIZABLE_VISUAL_FEATURES, VR::CS, "NO");
    object.text(tags::CONTENT_LABEL, VR::CS, &code_string(&quantity.label));
    object.text(tags::CONTENT_DESCRIPTION, VR::LO, &quantity.explanation);
    object.items(tags::ACQUISITION_CONTEXT_SEQUENCE, Vec::new());

    let [low, high] = finite_range(values).0.unwrap_or([0.0, 1.0]).map(f64::from);
    placed.write_dimensions(&mut object, &[]);
    object.item(tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE, |shared| {
        placed.write_shared(shared);
        shared.item(tags::PARAMETRIC_MAP_FRAME_TYPE_SEQUENCE, |item| {
            item.texts(tags::FRAME_TYPE, VR::CS, &image_type);
        });
        shared.item(tags::PIXEL_VALUE_TRANSFORMATION_SEQUENCE, |item| {
            item.decimals(tags::RESCALE_INTERCEPT, &[0.0]);
            item.decimals(tags::RESCALE_SLOPE, &[1.0]);
            item.text(tags::RESCALE_TYPE, VR::LO, "US");
        });
        let [black, white] = quantity.display_range.unwrap_or([low, high]);
        shared.item(tags::FRAME_VOILUT_SEQUENCE, |item| {
            item.decimals(tags::WINDOW_CENTER, &[(black + white) / 2.0]);
            // A window has an extent, also where the map is constant.
            item.decimals(
                tags::WINDOW_WIDTH,
                &[if white > black { white - black } else { 1.0 }],
            );
            item.text(tags::VOILUT_FUNCTION, VR::CS, "LINEAR_EXACT");
        });
        shared.item(tags::REAL_WORLD_VALUE_MAPPING_SEQUENCE, |item| {
            item.text(tags::LUT_LABEL, VR::SH, &quantity.label);
            item.text(tags::LUT_EXPLANATION, VR::LO, &quantity.explanation);
            item.code(tags::MEASUREMENT_UNITS_CODE_SEQUENCE, &quantity.units);
            item.double(tags::DOUBLE_FLOAT_REAL_WORLD_VALUE_FIRST_VALUE_MAPPED, low);
            item.double(tags::DOUBLE_FLOAT_REAL_WORLD_VALUE_LAST_VALUE_MAPPED, high);
            item.double(tags::REAL_WORLD_VALUE_INTERCEPT, 0.0);
            item.double(tags::REAL_WORLD_VALUE_SLOPE, 1.0);
            item.item(tags::QUANTITY_DEFINITION_SEQUENCE, |definition| {
                definition.text(tags::VALUE_TYPE, VR::CS, "CODE");
                definition.code(
                    tags::CONCEPT_NAME_CODE_SEQUENCE,
                    &Code::new("246205007", "SCT", "Quantity"),
                );
                definition.code(tags::CONCEPT_CODE_SEQUENCE, &quantity.definition);
            });
        });
    });
    let derivation = Code::new("112187", "DCM", "Unspecified method of calculation");
    let frames = (0..planes).map(|plane| placed.frame(plane, &[], &derivation));
    object.items(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE, frames.collect());

    let mut bytes = allocate(values.len() * 4, 0_u8)?;
    for (bytes, value) in bytes.chunks_exact_mut(4).zip(values) {
        bytes.copy_from_slice(&value.to_le_bytes());
    }
    finish(object, (tags::FLOAT_PIXEL_DATA, VR::OF), bytes, creator)
}

/// A name in the letters of a Code String.
fn code_string(name: &str) -> String {
    let text: String = name
        .chars()
        .map(|character| match character.to_ascii_uppercase() {
            letter if letter.is_ascii_alphanumeric() => letter,
            _ => '_',
        })
        .collect();
    if text.is_empty() {
        "MAP".to_owned()
    } else {
        text
    }
}

//! From a data set to a file.

use dicom_core::{DataElement, PrimitiveValue, Tag, VR};
use dicom_dictionary_std::{tags, uids};
use dicom_object::{FileMetaTableBuilder, InMemDicomObject};

use super::data_set::Write as _;
use super::description::{Code, Creator};
use super::referenced_series::ReferencedSeries;
use super::uid::Name;
use crate::{Error, Format};

/// Largest length of an element in bytes: even, and below the mark of an undefined length.
const MAX_ELEMENT_BYTES: u64 = 0xffff_fffe;

/// A kind of object.
pub(super) struct Kind {
    pub(super) sop_class: &'static str,
    pub(super) modality: &'static str,
    /// For people.
    pub(super) name: &'static str,
    /// Added to a hundred times the Series Number of the source, so that results stand beside their source.
    pub(super) series: u32,
}

/// An object that has what both kinds have in common: patient, study, series, equipment and content date.
pub(super) fn begin(
    kind: &Kind,
    source: &ReferencedSeries<'_>,
    creator: &Creator,
    codes: &[&Code],
) -> InMemDicomObject {
    let mut object = InMemDicomObject::new_empty();
    // UTF-8. Text copied from the source has been decoded and is written anew.
    object.text(tags::SPECIFIC_CHARACTER_SET, VR::CS, "ISO_IR 192");
    source.write(&mut object);
    object.text(tags::SOP_CLASS_UID, VR::UI, kind.sop_class);
    object.text(tags::MODALITY, VR::CS, kind.modality);
    let number = source
        .number(tags::SERIES_NUMBER)
        .filter(|number| (0.0..2e7).contains(number));
    object.integer(
        tags::SERIES_NUMBER,
        number.unwrap_or(0.0) as u32 * 100 + kind.series,
    );
    object.integer(tags::INSTANCE_NUMBER, 1);
    object.text(
        tags::SERIES_DESCRIPTION,
        VR::LO,
        &format!("{} {}", creator.program, kind.name),
    );
    for (date, time) in [
        (tags::INSTANCE_CREATION_DATE, tags::INSTANCE_CREATION_TIME),
        (tags::SERIES_DATE, tags::SERIES_TIME),
        (tags::CONTENT_DATE, tags::CONTENT_TIME),
    ] {
        object.text(date, VR::DA, &creator.moment.date);
        object.text(time, VR::TM, &creator.moment.time);
    }
    object.text(tags::MANUFACTURER, VR::LO, known(&creator.manufacturer));
    object.text(
        tags::MANUFACTURER_MODEL_NAME,
        VR::LO,
        known(&creator.program),
    );
    object.text(
        tags::DEVICE_SERIAL_NUMBER,
        VR::LO,
        known(&creator.model_version),
    );
    object.text(
        tags::SOFTWARE_VERSIONS,
        VR::LO,
        known(&creator.program_version),
    );
    object.empty(tags::CONTENT_CREATOR_NAME, VR::PN);
    if codes.iter().any(|code| code.scheme == Code::PRIVATE_SCHEME) {
        object.item(tags::CODING_SCHEME_IDENTIFICATION_SEQUENCE, |item| {
            item.text(tags::CODING_SCHEME_DESIGNATOR, VR::SH, Code::PRIVATE_SCHEME);
            item.text(
                tags::CODING_SCHEME_NAME,
                VR::ST,
                "Terms of Penumbra, for what no public scheme names",
            );
            item.text(
                tags::CODING_SCHEME_RESPONSIBLE_ORGANIZATION,
                VR::ST,
                "Penumbra",
            );
        });
    }
    object
}

/// Attributes of Type 1 have a value.
fn known(text: &str) -> &str {
    if text.trim().is_empty() {
        "unknown"
    } else {
        text
    }
}

/// Rows, columns and number of frames of an object whose pixel data has `bits` for each pixel.
pub(super) fn write_size(
    object: &mut InMemDicomObject,
    [frames, rows, columns]: [usize; 3],
    bits: usize,
) -> Result<(), Error> {
    let too_large = |detail: String| Error::Encode {
        format: Format::Dicom,
        detail,
    };
    let side = |length: usize| {
        u16::try_from(length)
            .ok()
            .filter(|&side| side > 0)
            .ok_or_else(|| too_large(format!("a side of {length} pixels")))
    };
    object.shorts(tags::ROWS, &[side(rows)?]);
    object.shorts(tags::COLUMNS, &[side(columns)?]);
    // In 64 bits, so that the bits of an object that fits memory can be counted on 32-bit targets too.
    let length = [rows, columns, bits]
        .into_iter()
        .fold(frames as u64, |product, factor| {
            product.saturating_mul(factor as u64)
        })
        .div_ceil(8);
    let frames = u32::try_from(frames)
        .ok()
        .filter(|_| length <= MAX_ELEMENT_BYTES);
    match frames {
        Some(frames) => object.integer(tags::NUMBER_OF_FRAMES, frames),
        None => {
            return Err(too_large(format!(
                "more than {MAX_ELEMENT_BYTES} bytes of pixel data"
            )));
        }
    }
    Ok(())
}

/// Adds the unique identifiers, which follow from the content, and the pixel data, and writes the file (PS3.10) in the
/// transfer syntax Explicit VR Little Endian.
pub(super) fn finish(
    object: InMemDicomObject,
    (tag, vr): (Tag, VR),
    mut pixel_data: Vec<u8>,
    creator: &Creator,
) -> Result<Vec<u8>, Error> {
    if pixel_data.len() % 2 == 1 {
        pixel_data.push(0);
    }
    let described = object.with_meta(meta(creator)).map_err(fault)?;
    let mut header = Vec::new();
    described.write_dataset(&mut header).map_err(fault)?;
    let name = |kind| Name::new(kind).with(&header).with(&pixel_data).uid();
    let (instance, series) = (name("instance"), name("series"));

    let mut object = described.into_inner();
    object.text(tags::SOP_INSTANCE_UID, VR::UI, &instance);
    object.text(tags::SERIES_INSTANCE_UID, VR::UI, &series);
    let mut file = Vec::with_capacity(header.len() + pixel_data.len() + 1024);
    object.put(DataElement::new(tag, vr, PrimitiveValue::from(pixel_data)));
    let object = object.with_meta(meta(creator)).map_err(fault)?;
    object.write_all(&mut file).map_err(fault)?;
    Ok(file)
}

/// File Meta Information (PS3.10 section 7.1).
fn meta(creator: &Creator) -> FileMetaTableBuilder {
    let implementation: String = format!("{}_{}", creator.program, creator.program_version)
        .to_uppercase()
        .chars()
        .filter(|character| character.is_ascii_alphanumeric() || matches!(character, '_' | '.'))
        .take(16)
        .collect();
    FileMetaTableBuilder::new()
        .transfer_syntax(uids::EXPLICIT_VR_LITTLE_ENDIAN)
        .implementation_class_uid(Name::new("implementation").uid())
        .implementation_version_name(implementation)
}

/// The library's message names tags and causes, never values.
fn fault(error: impl std::fmt::Display) -> Error {
    Error::Encode {
        format: Format::Dicom,
        detail: error.to_string(),
    }
}

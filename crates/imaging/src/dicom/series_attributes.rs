//! From elements as read to elements that can be kept and written.

use dicom_core::value::{DataSetSequence, Value as DicomValue};
use dicom_core::{DataElement, Length, PrimitiveValue, Tag, VR};
use dicom_dictionary_std::tags;
use dicom_encoding::text::{SpecificCharacterSet, TextCodec as _};
use dicom_object::InMemDicomObject;

use super::data_set::{DataSet, Encoding, Value, dictionary_vr};

/// Groups of the attributes that describe patient, study, series, frame of reference, equipment and procedure.
const GROUPS: [u16; 8] = [
    0x0008, 0x0010, 0x0012, 0x0018, 0x0020, 0x0032, 0x0038, 0x0040,
];
/// Whether the pixels have been compressed with loss, and how: what is made from them has to say it too.
const LOSSY_COMPRESSION: [Tag; 3] = [
    tags::LOSSY_IMAGE_COMPRESSION,
    tags::LOSSY_IMAGE_COMPRESSION_RATIO,
    tags::LOSSY_IMAGE_COMPRESSION_METHOD,
];
/// No describing attribute is longer; what is, is data.
const MAX_VALUE_BYTES: usize = 1 << 16;

/// The attributes of an image that hold for its series, as [`SourceSeries`](super::SourceSeries) says.
pub(super) fn series_attributes(data_set: &DataSet<'_>) -> InMemDicomObject {
    let codes = data_set.texts(tags::SPECIFIC_CHARACTER_SET);
    let character_set = codes
        .filter(|code| !code.is_empty())
        .find_map(SpecificCharacterSet::from_code)
        .unwrap_or_default();
    let mut object = object(data_set, &character_set, |tag| {
        GROUPS.contains(&tag.0) || LOSSY_COMPRESSION.contains(&tag)
    });
    object.put(DataElement::new(
        tags::SPECIFIC_CHARACTER_SET,
        VR::CS,
        PrimitiveValue::from("ISO_IR 192"),
    ));
    object
}

fn object(
    data_set: &DataSet<'_>,
    character_set: &SpecificCharacterSet,
    is_kept: fn(Tag) -> bool,
) -> InMemDicomObject {
    let mut object = InMemDicomObject::new_empty();
    for element in data_set
        .elements
        .iter()
        .filter(|element| is_kept(element.tag))
    {
        let vr = match element.vr {
            VR::UN => dictionary_vr(element.tag),
            vr => vr,
        };
        match &element.value {
            Value::Bytes(bytes) if bytes.len() <= MAX_VALUE_BYTES => {
                let value = primitive(bytes, vr, data_set.encoding, character_set);
                object.put(DataElement::new(element.tag, vr, value));
            }
            Value::Items(items) => {
                let items: Vec<InMemDicomObject> = items
                    .iter()
                    .map(|item| self::object(item, character_set, |tag| tag.0.is_multiple_of(2)))
                    .collect();
                let sequence = DataSetSequence::new(items, Length::UNDEFINED);
                object.put(DataElement::new(
                    element.tag,
                    VR::SQ,
                    DicomValue::from(sequence),
                ));
            }
            Value::Bytes(_) | Value::Fragments(_) => {}
        }
    }
    object
}

fn primitive(
    bytes: &[u8],
    vr: VR,
    encoding: Encoding,
    character_set: &SpecificCharacterSet,
) -> PrimitiveValue {
    if bytes.is_empty() {
        return PrimitiveValue::Empty;
    }
    let pairs = || {
        bytes
            .as_chunks::<2>()
            .0
            .iter()
            .map(|&pair| encoding.u16(pair))
    };
    let quads = || {
        bytes
            .as_chunks::<4>()
            .0
            .iter()
            .map(|&quad| encoding.u32(quad))
    };
    let octets = || {
        bytes
            .as_chunks::<8>()
            .0
            .iter()
            .map(|&octet| encoding.u64(octet))
    };
    match vr {
        VR::US | VR::OW => PrimitiveValue::U16(pairs().collect()),
        VR::SS => PrimitiveValue::I16(pairs().map(u16::cast_signed).collect()),
        VR::UL | VR::OL => PrimitiveValue::U32(quads().collect()),
        VR::SL => PrimitiveValue::I32(quads().map(u32::cast_signed).collect()),
        VR::FL | VR::OF => PrimitiveValue::F32(quads().map(f32::from_bits).collect()),
        VR::FD | VR::OD => PrimitiveValue::F64(octets().map(f64::from_bits).collect()),
        VR::UV | VR::OV => PrimitiveValue::U64(octets().collect()),
        VR::SV => PrimitiveValue::I64(octets().map(u64::cast_signed).collect()),
        VR::AT => PrimitiveValue::Tags(
            bytes
                .as_chunks::<4>()
                .0
                .iter()
                .map(|&[a, b, c, d]| Tag(encoding.u16([a, b]), encoding.u16([c, d])))
                .collect(),
        ),
        VR::LT | VR::ST | VR::UT | VR::UR => {
            PrimitiveValue::Str(text(bytes, character_set).trim_end().to_owned())
        }
        VR::OB | VR::UN | VR::SQ => PrimitiveValue::U8(bytes.iter().copied().collect()),
        _ => PrimitiveValue::Strs(
            text(bytes, character_set)
                .split('\\')
                .map(|value| value.trim_end_matches([' ', '\0']).to_owned())
                .collect(),
        ),
    }
}

/// Text in the file's character set; characters that it does not have are replaced.
fn text(bytes: &[u8], character_set: &SpecificCharacterSet) -> String {
    match character_set.decode(bytes) {
        Ok(text) => text,
        Err(_) => String::from_utf8_lossy(bytes).into_owned(),
    }
}

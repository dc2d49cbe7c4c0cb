//! Data elements as they stand in a file (PS3.5 section 7), without copying values.

use dicom_core::{DataDictionary as _, Tag, VR, dictionary::DataDictionaryEntry as _};
use dicom_dictionary_std::{StandardDataDictionary, tags};

use crate::byte_order::ByteOrder;

/// The length of a value that a delimiter ends.
pub(super) const UNDEFINED_LENGTH: u32 = u32::MAX;

pub(super) const ITEM: Tag = Tag(0xFFFE, 0xE000);

/// How elements are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Encoding {
    /// Whether elements name their value representation.
    pub explicit: bool,
    pub byte_order: ByteOrder,
}

impl Encoding {
    pub(super) const EXPLICIT_LITTLE: Self = Self {
        explicit: true,
        byte_order: ByteOrder::LittleEndian,
    };
    pub(super) const IMPLICIT_LITTLE: Self = Self {
        explicit: false,
        byte_order: ByteOrder::LittleEndian,
    };

    pub(super) fn u16(self, bytes: [u8; 2]) -> u16 {
        self.byte_order.u16(bytes)
    }

    pub(super) fn u32(self, bytes: [u8; 4]) -> u32 {
        self.byte_order.u32(bytes)
    }

    pub(super) fn u64(self, bytes: [u8; 8]) -> u64 {
        self.byte_order.u64(bytes)
    }
}

/// What an element holds.
#[derive(Debug)]
pub(super) enum Value<'a> {
    Bytes(&'a [u8]),
    Items(Vec<DataSet<'a>>),
    /// Encapsulated pixel data: the Basic Offset Table, then the fragments (PS3.5 section A.4).
    Fragments(Vec<&'a [u8]>),
}

/// An attribute with its value.
#[derive(Debug)]
pub(super) struct Element<'a> {
    pub tag: Tag,
    pub vr: VR,
    pub value: Value<'a>,
}

/// A data set, or an item of a sequence: elements by tag, ascending.
#[derive(Debug)]
pub(super) struct DataSet<'a> {
    pub elements: Vec<Element<'a>>,
    pub encoding: Encoding,
    /// What was wrong with the file and did no harm; of the outermost data set only.
    pub irregularities: Vec<Irregularity>,
}

/// A fault in how a file is written that leaves no doubt of what was meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Irregularity {
    /// The pixel data has no sequence delimiter.
    OpenPixelData,
    /// An item or a sequence has no delimiter.
    OpenSequence,
    /// An element has a value representation that does not exist.
    UnknownRepresentation,
}

impl Irregularity {
    /// The sentence for the notes.
    pub(super) fn note(self) -> &'static str {
        match self {
            Self::OpenPixelData => {
                "The pixel data is not closed by its delimiter; all frames are there."
            }
            Self::OpenSequence => {
                "A sequence or an item in the file is not closed by its delimiter."
            }
            Self::UnknownRepresentation => {
                "An element in the file has a value representation that does not exist; it was passed over."
            }
        }
    }
}

/// Pixel Data, Float Pixel Data and Double Float Pixel Data.
pub(super) fn is_pixel_data(tag: Tag) -> bool {
    matches!(
        tag,
        tags::PIXEL_DATA | tags::FLOAT_PIXEL_DATA | tags::DOUBLE_FLOAT_PIXEL_DATA
    )
}

/// The representation that the data dictionary (PS3.6) gives an attribute; UN for private and unknown ones.
pub(super) fn dictionary_vr(tag: Tag) -> VR {
    StandardDataDictionary
        .by_tag(tag)
        .map_or(VR::UN, |entry| entry.vr().relaxed())
}

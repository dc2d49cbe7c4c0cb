//! Values of attributes, by tag.

use dicom_core::{Tag, VR};

use super::data_set::{DataSet, Element, Value, dictionary_vr};

impl<'a> DataSet<'a> {
    pub(super) fn get(&self, tag: Tag) -> Option<&Element<'a>> {
        let place = self.elements.partition_point(|element| element.tag < tag);
        self.elements
            .get(place)
            .filter(|element| element.tag == tag)
    }

    /// Whether a value is as short as single numbers and vectors are; frames ask for them again and again.
    fn is_short(&self, tag: Tag) -> bool {
        self.bytes(tag).is_some_and(|bytes| bytes.len() <= 1024)
    }

    pub(super) fn bytes(&self, tag: Tag) -> Option<&'a [u8]> {
        match self.get(tag)?.value {
            Value::Bytes(bytes) => Some(bytes),
            Value::Items(_) | Value::Fragments(_) => None,
        }
    }

    /// The items of a sequence; none where there is no such sequence.
    pub(super) fn items(&self, tag: Tag) -> &[DataSet<'a>] {
        match self.get(tag).map(|element| &element.value) {
            Some(Value::Items(items)) => items,
            Some(Value::Bytes(_) | Value::Fragments(_)) | None => &[],
        }
    }

    pub(super) fn first_item(&self, tag: Tag) -> Option<&DataSet<'a>> {
        self.items(tag).first()
    }

    /// The values of an attribute whose representation allows ASCII only (CS, UI, DS, IS, DA, TM), without padding.
    pub(super) fn texts(&self, tag: Tag) -> impl Iterator<Item = &'a str> {
        self.bytes(tag)
            .and_then(|bytes| std::str::from_utf8(bytes).ok())
            .filter(|text| !text.trim_matches(PADDING).is_empty())
            .into_iter()
            .flat_map(|text| text.split('\\'))
            .map(|value| value.trim_matches(PADDING))
    }

    /// The first such value; `None` where it is absent or empty.
    pub(super) fn text(&self, tag: Tag) -> Option<&'a str> {
        self.texts(tag).next().filter(|text| !text.is_empty())
    }

    /// Numbers of any representation. Values that are no numbers become not-a-number, so that counts stay right.
    pub(super) fn numbers(&self, tag: Tag) -> Vec<f64> {
        let Some(element) = self.get(tag) else {
            return Vec::new();
        };
        let Value::Bytes(bytes) = element.value else {
            return Vec::new();
        };
        let vr = match element.vr {
            VR::UN => dictionary_vr(tag),
            vr => vr,
        };
        let encoding = self.encoding;
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
            VR::US | VR::OW => pairs().map(f64::from).collect(),
            VR::SS => pairs()
                .map(|value| f64::from(value.cast_signed()))
                .collect(),
            VR::UL | VR::OL => quads().map(f64::from).collect(),
            VR::SL => quads()
                .map(|value| f64::from(value.cast_signed()))
                .collect(),
            VR::FL | VR::OF => quads()
                .map(|bits| f64::from(f32::from_bits(bits)))
                .collect(),
            VR::FD | VR::OD => octets().map(f64::from_bits).collect(),
            VR::DS | VR::IS => self
                .texts(tag)
                .map(|text| decimal(text).unwrap_or(f64::NAN))
                .collect(),
            _ => Vec::new(),
        }
    }

    /// Exactly `N` finite numbers.
    pub(super) fn vector<const N: usize>(&self, tag: Tag) -> Option<[f64; N]> {
        if !self.is_short(tag) {
            return None;
        }
        let numbers: [f64; N] = self.numbers(tag).try_into().ok()?;
        numbers
            .iter()
            .all(|number| number.is_finite())
            .then_some(numbers)
    }

    /// The first number, if it is finite.
    pub(super) fn number(&self, tag: Tag) -> Option<f64> {
        if !self.is_short(tag) {
            return None;
        }
        self.numbers(tag)
            .first()
            .copied()
            .filter(|number| number.is_finite())
    }

    /// The first number, if it is a whole one that is not negative.
    pub(super) fn unsigned(&self, tag: Tag) -> Option<u32> {
        let number = self.number(tag)?;
        (number >= 0.0 && number.fract() == 0.0 && number <= f64::from(u32::MAX))
            .then_some(number as u32)
    }

    /// 16-bit words as they are, whatever the representation says: look-up tables and their descriptors.
    pub(super) fn words(&self, tag: Tag) -> Option<Vec<u16>> {
        let bytes = self.bytes(tag)?;
        let words = bytes.as_chunks::<2>().0;
        Some(words.iter().map(|&pair| self.encoding.u16(pair)).collect())
    }
}

/// A decimal string. Some writers take the comma of their country for the point.
fn decimal(text: &str) -> Option<f64> {
    text.parse().ok().or_else(|| {
        let is_decimal_comma = text.matches(',').count() == 1;
        text.replacen(',', ".", 1)
            .parse()
            .ok()
            .filter(|_| is_decimal_comma)
    })
}

/// UI is padded with 0, the others with spaces.
const PADDING: [char; 2] = [' ', '\0'];

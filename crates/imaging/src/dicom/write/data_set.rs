//! Building data sets.

use dicom_core::value::DataSetSequence;
use dicom_core::{DataElement, PrimitiveValue, Tag, VR};
use dicom_dictionary_std::tags;
use dicom_object::InMemDicomObject;

use super::description::Code;

/// Writes elements into a data set, each in the form that its value representation asks for.
pub(super) trait Write {
    /// A text, shortened to what the value representation allows; backslashes and control characters, which have a
    /// meaning of their own, become spaces.
    fn text(&mut self, tag: Tag, vr: VR, text: &str);
    /// Texts of one element, each as in [`Write::text`].
    fn texts(&mut self, tag: Tag, vr: VR, texts: &[&str]);
    /// An element without a value.
    fn empty(&mut self, tag: Tag, vr: VR);
    /// Decimal Strings.
    fn decimals(&mut self, tag: Tag, values: &[f64]);
    /// An Integer String.
    fn integer(&mut self, tag: Tag, value: u32);
    /// Unsigned Shorts.
    fn shorts(&mut self, tag: Tag, values: &[u16]);
    /// Unsigned Longs.
    fn longs(&mut self, tag: Tag, values: &[u32]);
    /// A Floating Point Double.
    fn double(&mut self, tag: Tag, value: f64);
    /// An Attribute Tag.
    fn pointer(&mut self, tag: Tag, value: Tag);
    /// A sequence.
    fn items(&mut self, tag: Tag, items: Vec<InMemDicomObject>);
    /// A sequence of one item that `fill` fills.
    fn item(&mut self, tag: Tag, fill: impl FnOnce(&mut InMemDicomObject));
    /// A code sequence of one item (PS3.3 section 8.8).
    fn code(&mut self, tag: Tag, code: &Code);
}

impl Write for InMemDicomObject {
    fn text(&mut self, tag: Tag, vr: VR, text: &str) {
        self.put(DataElement::new(
            tag,
            vr,
            PrimitiveValue::from(clean(vr, text)),
        ));
    }

    fn texts(&mut self, tag: Tag, vr: VR, texts: &[&str]) {
        let cleaned: Vec<String> = texts.iter().map(|text| clean(vr, text)).collect();
        self.put(DataElement::new(
            tag,
            vr,
            PrimitiveValue::Strs(cleaned.into()),
        ));
    }

    fn empty(&mut self, tag: Tag, vr: VR) {
        self.put(DataElement::empty(tag, vr));
    }

    fn decimals(&mut self, tag: Tag, values: &[f64]) {
        let texts: Vec<String> = values.iter().map(|&value| decimal_string(value)).collect();
        self.put(DataElement::new(
            tag,
            VR::DS,
            PrimitiveValue::Strs(texts.into()),
        ));
    }

    fn integer(&mut self, tag: Tag, value: u32) {
        self.put(DataElement::new(tag, VR::IS, value.to_string()));
    }

    fn shorts(&mut self, tag: Tag, values: &[u16]) {
        self.put(DataElement::new(
            tag,
            VR::US,
            PrimitiveValue::U16(values.into()),
        ));
    }

    fn longs(&mut self, tag: Tag, values: &[u32]) {
        self.put(DataElement::new(
            tag,
            VR::UL,
            PrimitiveValue::U32(values.into()),
        ));
    }

    fn double(&mut self, tag: Tag, value: f64) {
        self.put(DataElement::new(tag, VR::FD, PrimitiveValue::from(value)));
    }

    fn pointer(&mut self, tag: Tag, value: Tag) {
        self.put(DataElement::new(tag, VR::AT, PrimitiveValue::from(value)));
    }

    fn items(&mut self, tag: Tag, items: Vec<InMemDicomObject>) {
        self.put(DataElement::new(tag, VR::SQ, DataSetSequence::from(items)));
    }

    fn item(&mut self, tag: Tag, fill: impl FnOnce(&mut InMemDicomObject)) {
        let mut item = InMemDicomObject::new_empty();
        fill(&mut item);
        self.items(tag, vec![item]);
    }

    fn code(&mut self, tag: Tag, code: &Code) {
        self.item(tag, |item| {
            // A Code Value has at most 16 characters, a longer one goes elsewhere.
            if code.value.chars().count() <= 16 {
                item.text(tags::CODE_VALUE, VR::SH, &code.value);
            } else {
                item.text(tags::LONG_CODE_VALUE, VR::UC, &code.value);
            }
            item.text(tags::CODING_SCHEME_DESIGNATOR, VR::SH, &code.scheme);
            item.text(tags::CODE_MEANING, VR::LO, &code.meaning);
        });
    }
}

/// Most characters of a value (PS3.5 section 6.2).
fn longest(vr: VR) -> usize {
    match vr {
        VR::AE | VR::CS | VR::SH => 16,
        VR::LO | VR::PN | VR::UI => 64,
        VR::ST => 1024,
        _ => 10240,
    }
}

fn clean(vr: VR, text: &str) -> String {
    let plain: String = text
        .chars()
        .map(|character| match character {
            '\\' => ' ',
            control if control.is_control() => ' ',
            other => other,
        })
        .collect();
    let short: String = plain.trim().chars().take(longest(vr)).collect();
    short.trim_end().to_owned()
}

/// A number in at most 16 characters, as exact as they allow (PS3.5 section 6.2, Decimal String). Not-a-number and the
/// infinities, which have no such text, become 0.
pub(super) fn decimal_string(value: f64) -> String {
    const LONGEST: usize = 16;
    if !value.is_finite() {
        return "0".to_owned();
    }
    // Adding 0 turns -0 into 0.
    let value = value + 0.0;
    let whole = value.to_string();
    if whole.len() <= LONGEST {
        return whole;
    }
    let plain = (0..LONGEST).map(|digits| format!("{value:.digits$}"));
    let scientific = (0..LONGEST).map(|digits| format!("{value:.digits$e}"));
    let error = |text: &str| {
        text.parse()
            .map_or(f64::INFINITY, |read: f64| (read - value).abs())
    };
    plain
        .chain(scientific)
        .filter(|text| text.len() <= LONGEST)
        .min_by(|left, right| error(left).total_cmp(&error(right)))
        .unwrap_or_else(|| "0".to_owned())
}

#[cfg(test)]
mod tests {
    use super::{clean, decimal_string};
    use dicom_core::VR;
    use proptest::prelude::*;

    #[test]
    fn numbers_are_as_exact_as_sixteen_characters_allow() {
        for (value, text) in [
            (0.0, "0"),
            (-0.0, "0"),
            (-249.511_718_75, "-249.51171875"),
            (1.0 / 3.0, "0.33333333333333"),
            (-1.0 / 3.0, "-0.3333333333333"),
            (-1.234_567_890_123_456_7e-9, "-1.2345678901e-9"),
            (f64::NAN, "0"),
        ] {
            assert_eq!(decimal_string(value), text, "{value}");
        }
    }

    #[test]
    fn text_keeps_to_its_representation() {
        assert_eq!(clean(VR::SH, "a\\b\nc"), "a b c");
        assert_eq!(
            clean(VR::SH, "a name of more than sixteen"),
            "a name of more t"
        );
        assert_eq!(clean(VR::LO, "  Läsion "), "Läsion");
    }

    proptest! {
        #[test]
        fn every_number_is_read_back_closely(value in prop_oneof![
            -1e4..1e4_f64,
            any::<f64>().prop_filter("finite", |value| value.is_finite()),
        ]) {
            let text = decimal_string(value);
            prop_assert!(text.len() <= 16, "{text}");
            let read: f64 = text.parse().unwrap_or(f64::NAN);
            prop_assert!((read - value).abs() <= value.abs() * 1e-8, "{value} became {text}");
        }
    }
}

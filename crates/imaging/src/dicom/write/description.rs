//! What the caller says about a result.

use std::str::FromStr;

use crate::Error;

/// A coded entry: a term of a coding scheme (PS3.3 section 8).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// The code itself, unique within its scheme.
    pub value: String,
    /// The scheme's designator (PS3.16 section 8): `SCT` for SNOMED CT, `DCM` for DICOM, `UCUM` for units; private
    /// ones begin with `99`.
    pub scheme: String,
    /// The term for people.
    pub meaning: String,
}

impl Code {
    /// The coding scheme of terms that this program brings along.
    pub const PRIVATE_SCHEME: &str = "99PENUMBRA";

    /// A term of any scheme.
    pub fn new(value: &str, scheme: &str, meaning: &str) -> Self {
        Self {
            value: value.to_owned(),
            scheme: scheme.to_owned(),
            meaning: meaning.to_owned(),
        }
    }

    /// Category of what belongs to a healthy body too (PS3.16, CID 7150).
    pub fn anatomical_structure() -> Self {
        Self::new("91723000", "SCT", "Anatomical Structure")
    }

    /// Category of lesions (PS3.16, CID 7150).
    pub fn morphologically_abnormal_structure() -> Self {
        Self::new("49755003", "SCT", "Morphologically Abnormal Structure")
    }

    /// The unit of numbers without a unit (PS3.16, CID 82).
    pub fn no_units() -> Self {
        Self::new("1", "UCUM", "no units")
    }

    /// The unit of information, with which entropies to the base 2 are given.
    pub fn bit() -> Self {
        Self::new("bit", "UCUM", "bit")
    }
}

/// How a segment came about (Segment Algorithm Type, 0062,0008).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AlgorithmType {
    /// By a program alone.
    #[default]
    Automatic,
    /// By a program, and corrected by a person.
    Semiautomatic,
}

impl AlgorithmType {
    /// The value of the attribute.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Automatic => "AUTOMATIC",
            Self::Semiautomatic => "SEMIAUTOMATIC",
        }
    }

    /// The beginning of Content Description.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Automatic => "Automatic segmentation by",
            Self::Semiautomatic => "Corrected segmentation by",
        }
    }
}

/// A foreground class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// The value of the class in the mask, 1 to 255.
    pub id: u8,
    /// Its name, which viewers show; at most 64 characters are kept.
    pub label: String,
    /// What kind of thing it is (CID 7150).
    pub category: Code,
    /// What it is (CID 7151 and others).
    pub property_type: Code,
    /// Recommended colour, sRGB.
    pub colour: [u8; 3],
    /// Whether a person had a hand in it.
    pub algorithm_type: AlgorithmType,
}

/// What the numbers of a map mean.
#[derive(Debug, Clone, PartialEq)]
pub struct Quantity {
    /// Its short name, at most 16 characters are kept.
    pub label: String,
    /// Its explanation, at most 64 characters are kept.
    pub explanation: String,
    /// The term for it.
    pub definition: Code,
    /// Its unit.
    pub units: Code,
    /// The values that viewers are to show as black and as white; `None` for the map's own least and greatest.
    pub display_range: Option<[f64; 2]>,
}

/// What made a result, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Creator {
    /// Manufacturer (0008,0070).
    pub manufacturer: String,
    /// Manufacturer's Model Name (0008,1090): the program.
    pub program: String,
    /// Software Versions (0018,1020).
    pub program_version: String,
    /// Segment Algorithm Name (0062,0009): the model.
    pub model: String,
    /// Algorithm Version (0066,0031) and Device Serial Number (0018,1000): what tells this model from others of its
    /// name, for instance the hash of its weights.
    pub model_version: String,
    /// Date and time of the result.
    pub moment: Moment,
}

/// A date and a time of day, to the second. The time zone is left unsaid, as in most DICOM files: give local time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// Date (DA), `20261126`.
    pub(super) date: String,
    /// Time (TM), `123456`.
    pub(super) time: String,
}

impl FromStr for Moment {
    type Err = Error;

    /// Reads `2026-11-26T12:34:56` (RFC 3339); whatever follows, such as fractions of a second, is left out.
    fn from_str(text: &str) -> Result<Self, Error> {
        let fault = || Error::InvalidMoment {
            text: text.chars().take(40).collect(),
        };
        let number = |from: usize, to: usize, least: u32, most: u32| {
            let digits = text
                .get(from..to)
                .filter(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
            digits
                .filter(|digits| {
                    digits
                        .parse()
                        .is_ok_and(|value: u32| (least..=most).contains(&value))
                })
                .ok_or_else(fault)
        };
        let separators = [(4, "-"), (7, "-"), (10, "T"), (13, ":"), (16, ":")];
        if separators
            .iter()
            .any(|&(at, mark)| text.get(at..at + 1) != Some(mark))
        {
            return Err(fault());
        }
        let (year, month) = (number(0, 4, 1, 9999)?, number(5, 7, 1, 12)?);
        let day = number(8, 10, 1, days(year, month))?;
        let (hour, minute) = (number(11, 13, 0, 23)?, number(14, 16, 0, 59)?);
        // 60 is a leap second.
        let second = number(17, 19, 0, 60)?;
        Ok(Self {
            date: format!("{year}{month}{day}"),
            time: format!("{hour}{minute}{second}"),
        })
    }
}

/// Days of a month, both as digits.
fn days(year: &str, month: &str) -> u32 {
    let year: u32 = year.parse().unwrap_or(0);
    match month {
        "04" | "06" | "09" | "11" => 30,
        "02" if year.is_multiple_of(if year.is_multiple_of(100) { 400 } else { 4 }) => 29,
        "02" => 28,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::Moment;

    #[test]
    fn dates_and_times_are_read() {
        let moment: Moment = "2024-02-29T23:59:60.123Z".parse().unwrap();
        assert_eq!(
            (moment.date.as_str(), moment.time.as_str()),
            ("20240229", "235960")
        );
    }

    #[test]
    fn what_is_no_date_is_refused_by_its_text() {
        for text in [
            "",
            "2023-02-29T00:00:00",
            "2026-13-01T00:00:00",
            "2026-11-26 12:34:56",
            "2026-11-26T24:00:00",
            "２０26-11-26T12:34:56",
            "+026-11-26T12:34:56",
        ] {
            let message = text.parse::<Moment>().unwrap_err().to_string();
            assert!(message.contains(&format!("`{text}`")), "{message}");
        }
    }
}

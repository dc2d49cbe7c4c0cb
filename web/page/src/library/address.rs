//! The state of the page in its address, so that a link opens the same: model, sample, and how it is looked at. An image of
//! the visitor's own is never part of it, nor is the place in it.
//!
//! ```text
//! ?model=<id>&sample=<id>&show=penumbra|map|mask&map=<name>&colours=<name>&sure=50..99&mask=0..100&opacity=0..100
//!  &referral=0..100&at=<column>,<row>,<plane>&view=0..2&tab=<name>
//! ```
//! What is as the page opens is left out. Parameters that are not listed here stay where they are.

use imaging::render::ColourMap;

use crate::view::compose::Mode;
use crate::view::shape::Voxel;

/// The parameters that are written here.
const WRITTEN: [&str; 12] = [
    "model", "sample", "show", "map", "colours", "sure", "mask", "opacity", "referral", "at",
    "view", "tab",
];
/// A link out of a frame opens the whole page.
const LEFT_OUT: &str = "embed";
/// Longest value that is read.
const MAX_LENGTH: usize = 200;

/// How an image is looked at; none where it is as the page opens.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Look {
    /// What is shown of the doubt.
    pub mode: Option<Mode>,
    /// Name of the map.
    pub map: Option<String>,
    /// Colours of the map.
    pub colours: Option<ColourMap>,
    /// How sure the core is, per cent, 50 to 99.
    pub sure: Option<u8>,
    /// Opacity of the mask, per cent.
    pub mask_opacity: Option<u8>,
    /// Opacity of the map, per cent.
    pub map_opacity: Option<u8>,
    /// Share that is referred, per cent.
    pub referral: Option<u8>,
    /// The voxel of the crosshair; it gives the plane of each view.
    pub at: Option<Voxel>,
    /// The view that is shown large, 0 to 2.
    pub view: Option<usize>,
    /// Name of the tab.
    pub tab: Option<String>,
}

impl Look {
    /// Takes a parameter of an address over, if it is one of a look. A value that makes no sense is left aside: the rest of
    /// the link is still of use.
    pub fn take(&mut self, key: &str, value: &str) {
        let per_cent = |low: u8, high: u8| {
            let number: Option<u8> = value.parse().ok();
            number.map(|number| number.clamp(low, high))
        };
        let word = || {
            let plain = |letter: char| letter.is_ascii_alphanumeric() || "_-".contains(letter);
            let valid = !value.is_empty() && value.len() <= MAX_LENGTH;
            (valid && value.chars().all(plain)).then(|| value.to_owned())
        };
        match key {
            "show" => {
                self.mode = MODES
                    .iter()
                    .find(|(_, name)| *name == value)
                    .map(|mode| mode.0)
            }
            "map" => self.map = word(),
            "colours" => self.colours = ColourMap::from_name(value),
            "sure" => self.sure = per_cent(50, 99),
            "mask" => self.mask_opacity = per_cent(0, 100),
            "opacity" => self.map_opacity = per_cent(0, 100),
            "referral" => self.referral = per_cent(0, 100),
            "at" => self.at = voxel(value),
            "view" => self.view = value.parse().ok().filter(|view| *view < 3),
            "tab" => self.tab = word(),
            _ => {}
        }
    }

    /// What differs from `initial`, the look with which the page opens.
    #[must_use]
    pub fn without(self, initial: &Self) -> Self {
        fn other<T: PartialEq>(now: Option<T>, initial: &Option<T>) -> Option<T> {
            if now == *initial { None } else { now }
        }
        Self {
            mode: other(self.mode, &initial.mode),
            map: other(self.map, &initial.map),
            colours: other(self.colours, &initial.colours),
            sure: other(self.sure, &initial.sure),
            mask_opacity: other(self.mask_opacity, &initial.mask_opacity),
            map_opacity: other(self.map_opacity, &initial.map_opacity),
            referral: other(self.referral, &initial.referral),
            at: other(self.at, &initial.at),
            view: other(self.view, &initial.view),
            tab: other(self.tab, &initial.tab),
        }
    }

    /// This look, and `initial` where it says nothing.
    #[must_use]
    pub fn over(self, initial: Self) -> Self {
        Self {
            mode: self.mode.or(initial.mode),
            map: self.map.or(initial.map),
            colours: self.colours.or(initial.colours),
            sure: self.sure.or(initial.sure),
            mask_opacity: self.mask_opacity.or(initial.mask_opacity),
            map_opacity: self.map_opacity.or(initial.map_opacity),
            referral: self.referral.or(initial.referral),
            at: self.at.or(initial.at),
            view: self.view.or(initial.view),
            tab: self.tab.or(initial.tab),
        }
    }
}

/// The modes with their names in the address.
const MODES: [(Mode, &str); 3] = [
    (Mode::Penumbra, "penumbra"),
    (Mode::Map, "map"),
    (Mode::Mask, "mask"),
];

fn voxel(value: &str) -> Option<Voxel> {
    let numbers: Option<Vec<usize>> = value.split(',').map(|part| part.parse().ok()).collect();
    numbers?.try_into().ok()
}

/// The query of an address for what is shown, beginning with `?`. `query` is the present one, whose other parameters stay.
/// `sample` is none for an image of the visitor's own: then the place in it is left out too. A link out of a frame leaves the
/// frame.
#[must_use]
pub fn write(query: &str, model: &str, sample: Option<&str>, look: &Look) -> String {
    let kept = parts(query).filter(|part| {
        let key = part.split('=').next().unwrap_or_default();
        !WRITTEN.contains(&key) && key != LEFT_OUT
    });
    let mut parts: Vec<String> = kept.map(str::to_owned).collect();
    let mut add = |key: &str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            parts.push(format!("{key}={}", encode(&value)));
        }
    };
    let number = |value: Option<u8>| value.map(|value| value.to_string());
    let mode = look
        .mode
        .and_then(|mode| MODES.iter().find(|known| known.0 == mode));
    let place = look.at.filter(|_| sample.is_some());
    add("model", Some(model.to_owned()));
    add("sample", sample.map(str::to_owned));
    add("show", mode.map(|(_, name)| (*name).to_owned()));
    add("map", look.map.clone());
    add(
        "colours",
        look.colours.map(|colours| colours.name().to_owned()),
    );
    add("sure", number(look.sure));
    add("mask", number(look.mask_opacity));
    add("opacity", number(look.map_opacity));
    add("referral", number(look.referral));
    add(
        "at",
        place.map(|[column, row, plane]| format!("{column},{row},{plane}")),
    );
    add("view", look.view.map(|view| view.to_string()));
    add("tab", look.tab.clone());
    format!("?{}", parts.join("&"))
}

/// The parameters of a query, with or without its question mark: keys as they stand, values decoded.
pub(crate) fn parameters(query: &str) -> impl Iterator<Item = (&str, String)> {
    parts(query).map(|part| {
        let (key, value) = part.split_once('=').unwrap_or((part, ""));
        (key, decode(value))
    })
}

fn parts(query: &str) -> impl Iterator<Item = &str> {
    let parts = query.trim_start_matches('?').split('&');
    parts.filter(|part| !part.is_empty())
}

/// Percent encoding (RFC 3986, section 2.1) of all but what may stand in a query as it is.
fn encode(value: &str) -> String {
    let mut text = String::new();
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~,".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

/// Undoes percent encoding; what is not valid encoding stays as it is.
fn decode(value: &str) -> String {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let escaped = match (first, after) {
            (b'%', [high, low, ..]) => hex(*high).zip(hex(*low)).map(|(high, low)| high * 16 + low),
            _ => None,
        };
        match escaped {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(if first == b'+' { b' ' } else { first });
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    fn read(query: &str) -> Look {
        let mut look = Look::default();
        for (key, value) in parameters(query) {
            look.take(key, &value);
        }
        look
    }

    fn full() -> Look {
        Look {
            mode: Some(Mode::Map),
            map: Some("entropy".to_owned()),
            colours: Some(ColourMap::Cividis),
            sure: Some(75),
            mask_opacity: Some(10),
            map_opacity: Some(60),
            referral: Some(25),
            at: Some([12, 40, 3]),
            view: Some(2),
            tab: Some("decide".to_owned()),
        }
    }

    #[test]
    fn a_link_reads_back_as_it_was_written() {
        let query = write("", "hippocampus", Some("hippocampus"), &full());
        assert_eq!(
            query,
            "?model=hippocampus&sample=hippocampus&show=map&map=entropy&colours=cividis&sure=75&mask=10&opacity=60\
             &referral=25&at=12,40,3&view=2&tab=decide"
        );
        assert_eq!(read(&query), full());
        for (mode, _) in MODES {
            let look = Look {
                mode: Some(mode),
                ..Look::default()
            };
            assert_eq!(read(&write("", "m", None, &look)), look);
        }
    }

    #[test]
    fn an_own_image_and_the_place_in_it_are_never_in_the_address() {
        let query = write(
            "?sample=fluorescence&at=1,2,0&backend=cpu",
            "m",
            None,
            &full(),
        );
        assert!(
            query.starts_with("?backend=cpu&model=m&show=map"),
            "{query}"
        );
        assert!(
            !query.contains("sample") && !query.contains("at="),
            "{query}"
        );
    }

    #[test]
    fn other_parameters_stay_and_ours_stand_once() {
        let look = Look::default();
        let query = write(
            "?utm=a%20b&sure=60&embed=1&lesson=1&sure=70",
            "m",
            Some("s"),
            &look,
        );
        assert_eq!(query, "?utm=a%20b&lesson=1&model=m&sample=s");
        assert_eq!(write(&query, "m", Some("s"), &look), query);
    }

    #[test]
    fn values_without_sense_are_left_aside_and_numbers_kept_in_their_range() {
        let look =
            read("?show=all&map=<b>&colours=jet&sure=12&mask=300&opacity=x&at=1,2&view=7&tab=%22");
        assert_eq!(
            look,
            Look {
                sure: Some(50),
                ..Look::default()
            }
        );
        assert_eq!(read("?at=1,2,-3").at, None);
        assert_eq!(read("?referral=250").referral, Some(100));
    }

    #[test]
    fn what_is_as_the_page_opens_is_left_out_and_comes_back() {
        let initial = Look {
            sure: Some(90),
            mode: Some(Mode::Penumbra),
            ..Look::default()
        };
        let now = Look {
            sure: Some(80),
            ..initial.clone()
        };
        let written = now.clone().without(&initial);
        assert_eq!(
            written,
            Look {
                sure: Some(80),
                ..Look::default()
            }
        );
        assert_eq!(written.over(initial), now);
    }

    #[test]
    fn encoding_goes_both_ways() {
        for text in ["a b", "ü&=?#", "100%", "+"] {
            assert_eq!(decode(&encode(text)), text);
        }
        assert_eq!(decode("%zz%4"), "%zz%4");
    }
}

//! Results as derivatives in the Brain Imaging Data Structure (BIDS 1.10, chapter "Derivatives"): names, JSON sidecars
//! and label tables.

use std::fmt::Write as _;

use serde::{Serialize, Serializer};

use crate::Error;
use crate::zip::zip;

/// The entity that marks our files.
const DESCRIPTION: &str = "segwithu";

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Derivative<'a> {
    /// A mask of class ids, suffix `dseg` (discrete segmentation).
    Mask,
    /// Such a mask that a person has corrected.
    CorrectedMask,
    /// A map of numbers by its name, suffix `probseg` (probabilistic segmentation).
    Map(&'a str),
}

/// The name of a result, without extension: `sub-01_ses-2_T1w` gives `sub-01_ses-2_desc-segwithu_dseg`.
///
/// `stem` is the input's name without folder and extension. Where it is a BIDS name, its entities stay, but for an
/// earlier description, and its suffix goes; any other stem stays as it is, with a hyphen in place of what BIDS names do
/// not allow.
pub fn name(stem: &str, derivative: Derivative<'_>) -> String {
    let kept = entities(stem).map_or_else(|| allowed(stem), |entities| entities.join("_"));
    match derivative {
        Derivative::Mask => format!("{kept}_desc-{DESCRIPTION}_dseg"),
        Derivative::CorrectedMask => format!("{kept}_desc-corrected_dseg"),
        Derivative::Map(map) => {
            let map: String = map.chars().filter(char::is_ascii_alphanumeric).collect();
            format!("{kept}_desc-{DESCRIPTION}{map}_probseg")
        }
    }
}

/// The entities that a derivative inherits; `None` if the stem is no BIDS name.
fn entities(stem: &str) -> Option<Vec<&str>> {
    let is_label = |text: &str| {
        !text.is_empty()
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'+')
    };
    let key = |part: &str| match part.split_once('-') {
        Some((key, value)) => is_label(key) && is_label(value),
        None => false,
    };
    let mut parts: Vec<&str> = stem.split('_').collect();
    if parts.last().is_some_and(|suffix| is_label(suffix)) {
        parts.pop();
    }
    if !parts.first()?.starts_with("sub-") || !parts.iter().all(|part| key(part)) {
        return None;
    }
    parts.retain(|part| !part.starts_with("desc-"));
    Some(parts)
}

/// Letters, digits and `-_+.` of a name; a hyphen for any run of others.
fn allowed(stem: &str) -> String {
    let mut name = String::new();
    for character in stem.chars() {
        match character {
            letter if letter.is_ascii_alphanumeric() || matches!(letter, '_' | '+' | '.' | '-') => {
                name.push(letter);
            }
            _ if name.ends_with('-') => {}
            _ => name.push('-'),
        }
    }
    let name = name.trim_matches(['-', '_', '.', '+']);
    if name.is_empty() {
        "image".to_owned()
    } else {
        name.to_owned()
    }
}

/// A class of a mask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Its value in the mask.
    pub id: u8,
    /// Its name.
    pub name: String,
    /// Its colour, sRGB.
    pub colour: [u8; 3],
}

/// The JSON file beside a result.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Sidecar {
    /// What the file holds, in a sentence.
    pub description: String,
    /// Names of the files that it was made from. Folders are left out when written, because they say where on
    /// somebody's machine a file lay.
    #[serde(serialize_with = "file_names")]
    pub sources: Vec<String>,
    /// The programs that made it.
    pub generated_by: Vec<Program>,
    /// The network.
    pub model: Model,
    /// Classes of a mask; empty for a map.
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "label_map")]
    pub label_map: Vec<Label>,
    /// Unit of a map.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub units: Option<String>,
    /// Thresholds by their names, in the order given.
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "thresholds")]
    pub thresholds: Vec<(String, f64)>,
}

/// A program, as BIDS describes one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Program {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// A network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Model {
    /// Its id.
    pub name: String,
    /// SHA-256 of its weights, in hexadecimal digits.
    #[serde(rename = "WeightsSHA256")]
    pub weights_sha256: String,
}

impl Sidecar {
    /// The file's text. Equal sidecars give equal text.
    ///
    /// # Errors
    /// [`Error::Sidecar`] for a threshold that is not a finite number, which JSON has no notation for.
    pub fn to_json(&self) -> Result<String, Error> {
        if let Some((name, _)) = self.thresholds.iter().find(|(_, value)| !value.is_finite()) {
            return Err(Error::Sidecar { name: name.clone() });
        }
        serde_json::to_string_pretty(self)
            .map(|text| text + "\n")
            .map_err(|error| Error::Sidecar {
                name: error.to_string(),
            })
    }
}

fn file_names<S: Serializer>(sources: &[String], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(
        sources
            .iter()
            .map(|path| path.rsplit(['/', '\\']).next().unwrap_or_default()),
    )
}

fn label_map<S: Serializer>(labels: &[Label], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(labels.iter().map(|label| (&label.name, label.id)))
}

fn thresholds<S: Serializer>(
    thresholds: &[(String, f64)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(thresholds.iter().map(|(name, value)| (name, value)))
}

/// The table beside a mask that names its classes: columns `index`, `name` and `color`, divided by tabulators.
pub fn label_table(labels: &[Label]) -> String {
    let mut table = "index\tname\tcolor\n".to_owned();
    for Label {
        id,
        name,
        colour: [red, green, blue],
    } in labels
    {
        let name: String = name
            .chars()
            .map(|letter| if letter.is_control() { ' ' } else { letter })
            .collect();
        // Writing to a string cannot fail.
        let _ = writeln!(table, "{id}\t{name}\t#{red:02x}{green:02x}{blue:02x}");
    }
    table
}

/// A result with its sidecar, and for a mask its label table, as a ZIP archive. `nifti` is the content of a `.nii.gz`
/// file.
///
/// # Errors
/// As [`Sidecar::to_json`] and [`zip()`].
pub fn archive(
    stem: &str,
    derivative: Derivative<'_>,
    nifti: &[u8],
    sidecar: &Sidecar,
) -> Result<Vec<u8>, Error> {
    let name = name(stem, derivative);
    let (image, json, table) = (
        format!("{name}.nii.gz"),
        format!("{name}.json"),
        format!("{name}.tsv"),
    );
    let (text, labels) = (sidecar.to_json()?, label_table(&sidecar.label_map));
    let mut files = vec![(image.as_str(), nifti), (json.as_str(), text.as_bytes())];
    if matches!(derivative, Derivative::Mask | Derivative::CorrectedMask) {
        files.push((table.as_str(), labels.as_bytes()));
    }
    zip(&files)
}

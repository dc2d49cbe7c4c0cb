//! What is fitted after training on labelled cases, and can be fitted again elsewhere without touching the weights.

use serde::{Deserialize, Serialize};
use uq::ErrorCalibration;
use vocabulary::{ImageScoreKind, Promise};

use crate::{Error, Manifest};

/// Numbers that a model learns from labelled cases after its training: its own validation cases, or those of another site.
/// Written as JSON: numbers only, no image and no name of a case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SiteCalibration {
    /// [`SiteCalibration::FORMAT_VERSION`].
    pub format_version: u32,
    /// Identifier of the model.
    pub model: String,
    /// SHA-256 of its weights, hexadecimal.
    pub weights_sha256: String,
    /// Labelled cases.
    pub cases: usize,
    /// Groups that they fall into, such as patients.
    pub groups: usize,
    /// How expected wrong voxels are made true ones; none of too few cases.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_error: Option<ErrorCalibration>,
    /// The level of certainty, 0.5 to 1, that the penumbra is drawn at when nobody asks for another; none where the cases
    /// do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sure_level: Option<f64>,
    /// The score of a whole image that orders the cases best; none of too few cases.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_score: Option<ImageScoreKind>,
    /// What the model promises.
    #[serde(default)]
    pub promises: Vec<Promise>,
}

impl SiteCalibration {
    /// Version of the format that this program reads and writes.
    pub const FORMAT_VERSION: u32 = 1;

    /// Reads and checks a site file.
    ///
    /// # Errors
    /// [`Error::SiteFile`] for what is none, [`Error::Version`] for another version.
    pub fn from_json(bytes: &[u8]) -> Result<Self, Error> {
        let site: Self =
            serde_json::from_slice(bytes).map_err(|error| Error::SiteFile(error.to_string()))?;
        if site.format_version != Self::FORMAT_VERSION {
            return Err(Error::Version {
                found: site.format_version,
                expected: Self::FORMAT_VERSION,
            });
        }
        Ok(site)
    }

    /// The site file.
    ///
    /// # Errors
    /// [`Error::SiteFile`] where a number has no JSON form.
    pub fn to_json(&self) -> Result<String, Error> {
        serde_json::to_string_pretty(self).map_err(|error| Error::SiteFile(error.to_string()))
    }

    /// Puts the numbers into a model's description, in place of those that are there. Nothing else of it changes.
    ///
    /// # Errors
    /// [`Error::OtherModel`] where they were fitted for other weights.
    pub fn apply(&self, manifest: &mut Manifest) -> Result<(), Error> {
        if self.weights_sha256 != manifest.weights.sha256 {
            return Err(Error::OtherModel {
                site: self.model.clone(),
                model: manifest.id.clone(),
            });
        }
        let validation = &mut manifest.validation;
        validation.expected_error.clone_from(&self.expected_error);
        validation.sure_level = self.sure_level;
        validation.image_score = self.image_score;
        validation.promises.clone_from(&self.promises);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use vocabulary::{ImageScoreKind, Promise, PromiseKind};

    use super::SiteCalibration;
    use crate::Error;
    use crate::test_support::manifest;

    fn site() -> SiteCalibration {
        SiteCalibration {
            format_version: SiteCalibration::FORMAT_VERSION,
            model: "test".to_owned(),
            weights_sha256: String::new(),
            cases: 12,
            groups: 9,
            expected_error: None,
            sure_level: Some(0.8),
            image_score: Some(ImageScoreKind::ExpectedDiceLoss),
            promises: vec![Promise {
                kind: PromiseKind::Volume,
                class: Some(1),
                alpha: 0.1,
                groups: 9,
                groups_needed: 9,
                value: Some(2.5),
            }],
        }
    }

    #[test]
    fn a_site_file_changes_what_was_fitted_and_nothing_else() {
        let site = SiteCalibration::from_json(site().to_json().unwrap().as_bytes()).unwrap();
        let before = manifest(&[32, 32], 2);
        let mut after = before.clone();
        site.apply(&mut after).unwrap();
        assert_eq!(after.validation.sure_level, Some(0.8));
        assert_eq!(after.validation.promises, site.promises);
        after.validation = before.validation.clone();
        assert_eq!(after, before);
    }

    #[test]
    fn other_weights_other_versions_and_other_files_are_refused() {
        let mut other = manifest(&[32, 32], 2);
        other.weights.sha256 = "ab".to_owned();
        assert!(matches!(
            site().apply(&mut other),
            Err(Error::OtherModel { .. })
        ));
        let mut newer = site();
        newer.format_version = 2;
        assert!(matches!(
            SiteCalibration::from_json(newer.to_json().unwrap().as_bytes()),
            Err(Error::Version { found: 2, .. })
        ));
        assert!(matches!(
            SiteCalibration::from_json(b"{}"),
            Err(Error::SiteFile(_))
        ));
    }
}

//! What files are made from.

use imaging::Volume;

use crate::{Error, Manifest, Segmentation};

/// What files are made from.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The model.
    pub manifest: &'a Manifest,
    /// The image; its voxels are not needed.
    pub volume: &'a Volume,
    /// The result.
    pub result: &'a Segmentation,
    /// Its mask as a person has corrected it, class identifiers `[planes, rows, columns]`; none for the model's own.
    pub corrected: Option<&'a [u8]>,
    /// Names of the image's files, for the names and the sidecar of BIDS.
    pub names: &'a [String],
    /// Local time as RFC 3339 has it, such as `2026-11-26T12:34:56`, for DICOM.
    pub moment: &'a str,
}

impl Context<'_> {
    pub(super) fn stem(&self) -> String {
        stem(self.names)
    }

    /// The mask that is saved.
    pub(super) fn labels(&self) -> &[u8] {
        self.corrected.unwrap_or(&self.result.labels)
    }

    /// Refuses a corrected mask that is not one of this result.
    pub(super) fn check_corrected(&self) -> Result<(), Error> {
        let Some(corrected) = self.corrected else {
            return Ok(());
        };
        let expected = self.result.labels.len();
        if corrected.len() != expected {
            return Err(Error::CorrectedSize {
                found: corrected.len(),
                expected,
            });
        }
        let classes = self.manifest.classes.len();
        let unknown = corrected
            .iter()
            .find(|class| usize::from(**class) >= classes);
        unknown.map_or(Ok(()), |&class| {
            Err(Error::CorrectedClass { class, classes })
        })
    }
}

/// The stem of the results' names: that of the file without its ending (`.nii.gz` and `.ome.tif` count as one), or the
/// folder's name where there are several files in one.
#[must_use]
pub fn stem(names: &[String]) -> String {
    let first = names.first().map_or("", String::as_str);
    let mut parts = first.rsplit(['/', '\\']);
    let base = parts.next().unwrap_or_default();
    if let (Some(folder), true) = (parts.next(), names.len() > 1) {
        return folder.to_owned();
    }
    imaging::stem(base)
}

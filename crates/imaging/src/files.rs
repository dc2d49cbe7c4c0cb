//! Several files at once: a selection, a folder, or an archive of either.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Value, json};

use crate::dicom::{self, ScannedFile, Stack};
use crate::halves::{detached, has_other_half, pairs};
use crate::left_out::LeftOut;
use crate::open::guarded;
use crate::packed::{Unpacked, unpacked};
use crate::series::Content;
use crate::{Error, Format, Limits, NamedBytes, Series, signature};

/// What is in a number of files.
#[derive(Debug)]
#[non_exhaustive]
pub struct OpenedFiles {
    /// Pictures and volumes, none of them decoded yet: DICOM volumes first, those with the most planes first among
    /// them and localisers last; then the others in the order of their names. At least one.
    pub series: Vec<Series>,
    /// One sentence for each kind of file that was left out, how many there were and why. No names.
    pub skipped: Vec<String>,
}

impl OpenedFiles {
    /// What the files hold, as a JSON object: the [`Summary`](crate::Summary) of the first series, what was left out added to its notes,
    /// and where there are more series, a list of all under `series` with `description`, `shape` and the number of
    /// `files`.
    ///
    /// # Errors
    /// [`Error::Empty`] without a series; as [`summarise`](crate::summarise()).
    pub fn describe(&self, limits: &Limits) -> Result<Value, Error> {
        let first = self.series.first().ok_or(Error::Empty)?;
        let mut summary = first.summarise(limits)?;
        summary.notes.extend(self.skipped.iter().cloned());
        // A summary has text keys and numbers only, which JSON can hold.
        let mut described = serde_json::to_value(summary).unwrap_or_default();
        if let (Some(object), true) = (described.as_object_mut(), self.series.len() > 1) {
            let series = self.series.iter().map(|series| {
                json!({
                    "description": series.description,
                    "shape": series.shape,
                    "files": series.files,
                })
            });
            object.insert("series".to_owned(), series.collect());
        }
        Ok(described)
    }
}

/// Opens a picture or volume, a NIfTI pair, a header with its samples beside it, a DICOM folder or selection, or a ZIP or
/// tar archive of any of these, also one within another. Files compressed with gzip, bzip2, xz or Zstandard are unpacked.
///
/// DICOM images are sorted into volumes by series, size, direction and position, see [`dicom`]; what is no
/// image (directories, reports, structure sets, text) is skipped and said so. Nothing is decoded but headers.
///
/// # Errors
/// A single file's own fault; [`Error::NoImages`] where none of several files is an image; [`Error::Archive`] for an
/// archive that is damaged or too large.
pub fn open_files(files: Vec<NamedBytes>, limits: &Limits) -> Result<OpenedFiles, Error> {
    let Unpacked { files, faults } = unpacked(files, limits);
    let mut left_out = LeftOut::of(files.len() + faults.len());
    faults.into_iter().for_each(|error| left_out.skip(error));
    let mut singles: Vec<Arc<NamedBytes>> = Vec::new();
    let mut others: Vec<(Arc<NamedBytes>, Error)> = Vec::new();
    let mut dicom_files: Vec<(Arc<NamedBytes>, ScannedFile)> = Vec::new();
    let mut halves: BTreeMap<String, Arc<NamedBytes>> = BTreeMap::new();
    let names: BTreeSet<String> = files
        .iter()
        .map(|file| file.name.to_ascii_lowercase())
        .collect();
    for file in files {
        if is_clutter(&file.name) {
            left_out.count -= 1;
            continue;
        }
        // Voxels alone have no signature, and may look like anything.
        if has_other_half(&file.name, &names) {
            halves.insert(file.name.to_ascii_lowercase(), file);
            continue;
        }
        match signature::detect_named(&file.bytes, &file.name) {
            Ok(Format::Dicom) => {
                match guarded(|| dicom::scan(dicom_files.len(), &file.bytes, limits)) {
                    Ok(scanned) => dicom_files.push((file, scanned)),
                    Err(error) => left_out.skip(error),
                }
            }
            Ok(_) => singles.push(file),
            // It may be the samples of a header.
            Err(error) => others.push((file, error)),
        }
    }
    let mut series = volumes(dicom_files, &mut left_out);
    series.extend(pairs(halves, &mut left_out));
    series.extend(detached(&mut singles, others, &mut left_out));
    singles.sort_by(|a, b| a.name.cmp(&b.name));
    for file in singles {
        if let Ok(format) = signature::detect_named(&file.bytes, &file.name) {
            series.push(Series {
                description: format.to_string(),
                shape: None,
                format,
                files: 1,
                notes: Vec::new(),
                content: Content::Single(file),
            });
        }
    }
    if series.is_empty() {
        return Err(left_out.into_error());
    }
    Ok(OpenedFiles {
        series,
        skipped: left_out.into_sentences(),
    })
}

/// What file systems leave in folders.
fn is_clutter(name: &str) -> bool {
    let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
    last.starts_with('.')
        || name.split(['/', '\\']).any(|folder| folder == "__MACOSX")
        || matches!(last, "Thumbs.db" | "desktop.ini")
}

/// DICOM images as volumes.
fn volumes(
    dicom_files: Vec<(Arc<NamedBytes>, ScannedFile)>,
    left_out: &mut LeftOut,
) -> Vec<Series> {
    let (files, scanned): (Vec<Arc<NamedBytes>>, Vec<ScannedFile>) =
        dicom_files.into_iter().unzip();
    let mut found: Vec<Stack> = Vec::new();
    for stack in dicom::stacks(&scanned) {
        match stack {
            Ok(stack) => found.push(stack),
            Err(error) => left_out.skip(error),
        }
    }
    found.sort_by_key(|stack| (stack.is_localiser, std::cmp::Reverse(stack.shape[0])));
    found
        .into_iter()
        .map(|mut stack| {
            let own = stack.files().len();
            let places = stack.all_files();
            stack.renumber(&places);
            let files: Vec<Arc<NamedBytes>> = places
                .iter()
                .filter_map(|&place| files.get(place).cloned())
                .collect();
            Series {
                description: stack.description(),
                shape: Some(stack.shape),
                format: Format::Dicom,
                files: own,
                notes: stack.notes.clone(),
                content: Content::Dicom {
                    stack: Arc::new(stack),
                    files,
                },
            }
        })
        .collect()
}

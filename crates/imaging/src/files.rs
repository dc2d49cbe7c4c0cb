//! Several files at once: a selection, a folder, or an archive of either.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::dicom::{self, ScannedFile, Stack};
use crate::grid_file::{self, GridHeader};
use crate::labels::of_dicom as labels_of_dicom;
use crate::open::guarded;
use crate::packed::{Unpacked, unpacked};
use crate::{
    Choice, Error, Format, Labels, Limits, Summary, Volume, base_name, nifti, open_labels,
    open_nifti_pair_labels, open_part, signature, summarise, summarise_nifti_pair, summary,
};

/// A file in memory. Its `Debug` output shows neither name nor contents, which may identify a patient.
#[derive(Clone, PartialEq, Eq)]
pub struct NamedBytes {
    /// The file's name, with the folders above it where they are known. It decides which `.hdr` and `.img` belong
    /// together, and nothing else.
    pub name: String,
    /// The file's contents.
    pub bytes: Vec<u8>,
}

impl fmt::Debug for NamedBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NamedBytes")
            .field("bytes", &self.bytes.len())
            .finish_non_exhaustive()
    }
}

/// What is in a number of files.
#[derive(Debug)]
#[non_exhaustive]
pub struct Opened {
    /// Pictures and volumes, none of them decoded yet: DICOM volumes first, those with the most planes first among
    /// them and localisers last; then the others in the order of their names. At least one.
    pub series: Vec<Series>,
    /// One sentence for each kind of file that was left out, how many there were and why. No names.
    pub skipped: Vec<String>,
}

/// A picture or a volume, not decoded yet.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Series {
    /// What it is, without names and patient data: `"MR series 3, axial, 41 images of 64 x 52 pixels"`, `"PNG"`.
    pub description: String,
    /// Planes, rows and columns, where they are known without decoding.
    pub shape: Option<[usize; 3]>,
    /// The file's format.
    pub format: Format,
    /// Files that it is made of.
    pub files: usize,
    /// As [`Provenance::notes`](crate::Provenance::notes), as far as they are known without decoding.
    pub notes: Vec<String>,
    content: Content,
}

#[derive(Debug, Clone)]
enum Content {
    Single(Arc<NamedBytes>),
    NiftiPair {
        header: Arc<NamedBytes>,
        image: Arc<NamedBytes>,
    },
    /// A header with its samples in another file.
    Detached {
        header: Arc<NamedBytes>,
        data: Arc<NamedBytes>,
    },
    Dicom {
        stack: Arc<Stack>,
        files: Vec<Arc<NamedBytes>>,
    },
}

impl Series {
    /// Decodes the voxels.
    ///
    /// # Errors
    /// As [`open`](crate::open()).
    pub fn decode(&self, limits: &Limits) -> Result<Volume, Error> {
        self.decode_part(limits, &Choice::default())
    }

    /// Decodes the voxels of the time point and channel that are chosen.
    ///
    /// # Errors
    /// As [`open_part`](crate::open_part()).
    pub fn decode_part(&self, limits: &Limits, choice: &Choice) -> Result<Volume, Error> {
        match &self.content {
            Content::Single(file) => open_part(&file.bytes, &file.name, limits, choice),
            Content::NiftiPair { header, image } => {
                nifti::open_pair_part(&header.bytes, &image.bytes, limits, choice)
            }
            Content::Detached { header, data } => {
                grid_file::open(&header.bytes, &data.bytes, limits, choice)
            }
            Content::Dicom { stack, files } => {
                // Times and channels of DICOM are series of their own.
                choice.of(1, 1)?;
                let bytes: Vec<&[u8]> = files.iter().map(|file| file.bytes.as_slice()).collect();
                guarded(|| dicom::decode(stack, &bytes, limits))
            }
        }
    }

    /// Decodes class ids for a model with `classes` classes (background, id 0, included).
    ///
    /// # Errors
    /// As [`open_labels`](crate::open_labels()).
    pub fn decode_labels(&self, limits: &Limits, classes: u8) -> Result<Labels, Error> {
        match &self.content {
            Content::Single(file) => open_labels(&file.bytes, &file.name, limits, classes),
            Content::NiftiPair { header, image } => {
                open_nifti_pair_labels(&header.bytes, &image.bytes, limits, classes)
            }
            Content::Detached { header, data } => {
                grid_file::open_labels(&header.bytes, &data.bytes, limits, classes)
            }
            Content::Dicom { .. } => labels_of_dicom(&self.decode(limits)?, classes),
        }
    }

    /// Sums it up, with all volumes of a NIfTI series.
    ///
    /// # Errors
    /// As [`summarise`](crate::summarise()).
    pub fn summarise(&self, limits: &Limits) -> Result<Summary, Error> {
        match &self.content {
            Content::Single(file) => summarise(&file.bytes, &file.name, limits),
            Content::NiftiPair { header, image } => {
                summarise_nifti_pair(&header.bytes, &image.bytes, limits)
            }
            Content::Detached { .. } | Content::Dicom { .. } => Ok(summary(&self.decode(limits)?)),
        }
    }

    /// The name of its first file, for naming results after it. It may identify a patient: show and write it only
    /// where the user sees the file's name anyway.
    pub fn first_file_name(&self) -> &str {
        match &self.content {
            Content::Single(file) => &file.name,
            Content::NiftiPair { header, .. } | Content::Detached { header, .. } => &header.name,
            Content::Dicom { files, .. } => files.first().map_or("", |file| &file.name),
        }
    }
}

impl Opened {
    /// What the files hold, as a JSON object: the [`Summary`] of the first series, what was left out added to its notes,
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
pub fn open_files(files: Vec<NamedBytes>, limits: &Limits) -> Result<Opened, Error> {
    let Unpacked { files, faults } = unpacked(files, limits);
    let mut listing = Listing {
        count: files.len() + faults.len(),
        ..Listing::default()
    };
    faults.into_iter().for_each(|error| listing.skip(error));
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
            listing.count -= 1;
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
                    Err(error) => listing.skip(error),
                }
            }
            Ok(_) => singles.push(file),
            // It may be the samples of a header.
            Err(error) => others.push((file, error)),
        }
    }
    let mut series = volumes(dicom_files, &mut listing);
    series.extend(pairs(halves, &mut listing));
    series.extend(detached(&mut singles, others, &mut listing));
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
        return Err(listing.into_error());
    }
    Ok(Opened {
        series,
        skipped: listing.into_sentences(),
    })
}

/// What was left out.
#[derive(Default)]
struct Listing {
    count: usize,
    /// Each reason once, with the number of files, in order of occurrence.
    skipped: Vec<(Error, usize)>,
}

impl Listing {
    fn skip(&mut self, error: Error) {
        match self.skipped.iter_mut().find(|(other, _)| *other == error) {
            Some((_, count)) => *count += 1,
            None => self.skipped.push((error, 1)),
        }
    }

    fn into_error(self) -> Error {
        let files = self.count;
        let mut reasons = self.skipped.into_iter().map(|(error, _)| error);
        match (reasons.next(), reasons.next()) {
            (None, _) => Error::Empty,
            (Some(only), None) => only,
            (Some(first), Some(_)) => Error::NoImages {
                files,
                first: first.to_string(),
            },
        }
    }

    fn into_sentences(self) -> Vec<String> {
        self.skipped
            .into_iter()
            .map(|(error, count)| match count {
                1 => format!("One file was left out: {error}."),
                _ => format!("{count} files were left out: {error}."),
            })
            .collect()
    }
}

/// What file systems leave in folders.
fn is_clutter(name: &str) -> bool {
    let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
    last.starts_with('.')
        || name.split(['/', '\\']).any(|folder| folder == "__MACOSX")
        || matches!(last, "Thumbs.db" | "desktop.ini")
}

/// DICOM images as volumes.
fn volumes(dicom_files: Vec<(Arc<NamedBytes>, ScannedFile)>, listing: &mut Listing) -> Vec<Series> {
    let (files, scanned): (Vec<Arc<NamedBytes>>, Vec<ScannedFile>) =
        dicom_files.into_iter().unzip();
    let mut found: Vec<Stack> = Vec::new();
    for stack in dicom::stacks(&scanned) {
        match stack {
            Ok(stack) => found.push(stack),
            Err(error) => listing.skip(error),
        }
    }
    found.sort_by_key(|stack| (stack.is_localiser, std::cmp::Reverse(stack.shape[0])));
    found
        .into_iter()
        .map(|mut stack| {
            let places = stack.files();
            stack.renumber(&places);
            let files: Vec<Arc<NamedBytes>> = places
                .iter()
                .filter_map(|&place| files.get(place).cloned())
                .collect();
            Series {
                description: stack.description(),
                shape: Some(stack.shape),
                format: Format::Dicom,
                files: files.len(),
                notes: stack.notes.clone(),
                content: Content::Dicom {
                    stack: Arc::new(stack),
                    files,
                },
            }
        })
        .collect()
}

/// Headers whose samples are in another file, with that file.
fn detached(
    singles: &mut Vec<Arc<NamedBytes>>,
    mut others: Vec<(Arc<NamedBytes>, Error)>,
    listing: &mut Listing,
) -> Vec<Series> {
    let mut series = Vec::new();
    singles.retain(|header| {
        let data_name = GridHeader::read(&header.bytes)
            .ok()
            .and_then(|header| header.data_file);
        let Some(wanted) = data_name else {
            return true;
        };
        let wanted = base_name(&wanted).to_ascii_lowercase();
        // A compressed file has lost its ending on the way.
        let is_wanted = |(file, _): &(Arc<NamedBytes>, Error)| {
            let name = base_name(&file.name).to_ascii_lowercase();
            name == wanted || wanted.strip_suffix(".gz") == Some(&name)
        };
        match others.iter().position(is_wanted) {
            Some(place) => {
                let (data, _) = others.remove(place);
                let format = grid_file::detect(&header.bytes).unwrap_or(Format::Nrrd);
                series.push(Series {
                    description: format.to_string(),
                    shape: None,
                    format,
                    files: 2,
                    notes: Vec::new(),
                    content: Content::Detached {
                        header: header.clone(),
                        data,
                    },
                });
                false
            }
            None => true,
        }
    });
    for (_, error) in others {
        listing.skip(error);
    }
    series
}

const HEADERS: [&str; 2] = [".hdr", ".hdr.gz"];
const IMAGES: [&str; 2] = [".img", ".img.gz"];

/// Whether a file's name is half of a NIfTI pair and the other half is there too.
fn has_other_half(name: &str, names: &BTreeSet<String>) -> bool {
    let name = name.to_ascii_lowercase();
    let is_paired = |own: &[&str], other: &[&str]| {
        own.iter()
            .find_map(|end| name.strip_suffix(end))
            .is_some_and(|stem| {
                other
                    .iter()
                    .any(|end| names.contains(&format!("{stem}{end}")))
            })
    };
    is_paired(&HEADERS, &IMAGES) || is_paired(&IMAGES, &HEADERS)
}

/// NIfTI headers with the voxels of the same name; `halves` by their names in lower case.
fn pairs(mut halves: BTreeMap<String, Arc<NamedBytes>>, listing: &mut Listing) -> Vec<Series> {
    let headers: Vec<String> = halves
        .keys()
        .filter(|name| HEADERS.iter().any(|end| name.ends_with(end)))
        .cloned()
        .collect();
    let mut series = Vec::new();
    for name in headers {
        let Some(stem) = HEADERS.iter().find_map(|end| name.strip_suffix(end)) else {
            continue;
        };
        let image = IMAGES
            .iter()
            .find_map(|end| halves.remove(&format!("{stem}{end}")));
        if let Some(image) = image
            && let Some(header) = halves.remove(&name)
        {
            series.push(Series {
                description: "NIfTI pair".to_owned(),
                shape: None,
                format: Format::Nifti,
                files: 2,
                notes: Vec::new(),
                content: Content::NiftiPair { header, image },
            });
        }
    }
    for _ in halves {
        listing.skip(Error::HalfOfPair);
    }
    series
}

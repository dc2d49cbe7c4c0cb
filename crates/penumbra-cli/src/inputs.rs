//! Which of the paths on the command line belong together to one image, and what is in them.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use dataset::files::read;
use imaging::{Choice, Limits, NamedBytes, Series, Volume, open_files};

use crate::Error;

/// Bytes that tell DICOM files, also those without preamble and mark.
const DICOM_HEAD_BYTES: u64 = 4096;

/// The files of one image.
#[derive(Debug, PartialEq, Eq)]
pub struct Input {
    /// What was named: a file, or a folder.
    path: PathBuf,
    files: Vec<PathBuf>,
    /// Names of the files, with the folder that was named in front.
    names: Vec<String>,
}

impl Input {
    /// Files that belong together. Where `path` is a folder, it is the first part of their names.
    fn several(path: &Path, files: Vec<PathBuf>) -> Self {
        let names = files
            .iter()
            .map(|file| match (file.strip_prefix(path), path.file_name()) {
                (Ok(rest), Some(folder)) if !rest.as_os_str().is_empty() => {
                    Path::new(folder).join(rest).to_string_lossy().into_owned()
                }
                _ => file
                    .file_name()
                    .unwrap_or_default()
                    .to_string_lossy()
                    .into_owned(),
            })
            .collect();
        Self {
            path: path.to_path_buf(),
            files,
            names,
        }
    }

    /// What was named on the command line.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The first of its files.
    pub fn file(&self) -> &Path {
        self.files.first().unwrap_or(&self.path)
    }

    /// Names of the files.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// What is in the files, not decoded yet: at least one series, the one with the most images first.
    pub fn list(&self) -> Result<imaging::OpenedFiles, Error> {
        let mut files = Vec::with_capacity(self.files.len());
        for (path, name) in self.files.iter().zip(&self.names) {
            files.push(NamedBytes {
                name: name.clone(),
                bytes: read(path)?,
            });
        }
        open_files(files, &Limits::default()).map_err(|source| self.fault(source))
    }

    /// What is in the files, see [`imaging::OpenedFiles::describe`].
    pub fn describe(&self) -> Result<serde_json::Value, Error> {
        let described = self.list()?.describe(&Limits::default());
        described.map_err(|source| self.fault(source))
    }

    /// Decodes one of the series, the first where none is named, and of its time points and channels those of `choice`.
    pub fn open(&self, series: Option<usize>, choice: &Choice) -> Result<Opened, Error> {
        let listed = self.list()?;
        let chosen = series.unwrap_or(0);
        let count = listed.series.len();
        let Some(series) = listed.series.get(chosen) else {
            return Err(Error::NoSeries {
                path: self.path.clone(),
                count,
                series: chosen,
            });
        };
        let mut volume = self.decode(series, choice)?;
        volume.provenance.notes.extend(listed.skipped);
        Ok(Opened {
            volume,
            chosen,
            count,
        })
    }

    fn decode(&self, series: &Series, choice: &Choice) -> Result<Volume, Error> {
        let decoded = series.decode_part(&Limits::default(), choice);
        decoded.map_err(|source| self.fault(source))
    }

    /// An image's fault, with the path in front.
    pub fn fault(&self, source: imaging::Error) -> Error {
        Error::Image {
            path: self.path.clone(),
            source,
        }
    }
}

/// A decoded image.
#[derive(Debug)]
pub struct Opened {
    pub volume: Volume,
    chosen: usize,
    count: usize,
}

impl Opened {
    /// `series 0 of 3, `, where there is more than one.
    pub fn series_prefix(&self) -> String {
        if self.count > 1 {
            format!("series {} of {}, ", self.chosen, self.count)
        } else {
            String::new()
        }
    }
}

/// Whether DICOM files that are named one by one belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grouping {
    /// They are the images of a series.
    Series,
    /// Each is looked at for itself.
    Apart,
}

/// The images that paths stand for: those of folders first, then the others, in the order of the paths.
///
/// A folder with DICOM files is one image, whatever else lies in it; of another folder every file is. The `.hdr` and the
/// `.img` file of a pair belong together, also where only one of them is named.
pub fn inputs(paths: &[PathBuf], grouping: Grouping) -> Result<Vec<Input>, Error> {
    let mut inputs = Vec::new();
    let mut single = Vec::new();
    for path in paths {
        if !path.is_dir() {
            single.push(path.clone());
            continue;
        }
        let mut files = Vec::new();
        collect(path, &mut files)?;
        let dicom: Vec<PathBuf> = files
            .iter()
            .filter(|file| is_dicom(file))
            .cloned()
            .collect();
        if !dicom.is_empty() {
            inputs.push(Input::several(path, dicom));
        } else if files.is_empty() {
            return Err(Error::EmptyFolder(path.clone()));
        } else {
            inputs.extend(grouped(&files, grouping));
        }
    }
    inputs.extend(grouped(&single, grouping));
    Ok(inputs)
}

fn grouped(files: &[PathBuf], grouping: Grouping) -> Vec<Input> {
    let dicom: Vec<PathBuf> = match grouping {
        Grouping::Series => files
            .iter()
            .filter(|file| is_dicom(file))
            .cloned()
            .collect(),
        Grouping::Apart => Vec::new(),
    };
    let samples: Vec<PathBuf> = files
        .iter()
        .filter_map(|file| samples_beside(file))
        .collect();
    let mut inputs = Vec::new();
    for file in files {
        if dicom.contains(file) {
            if dicom.first() == Some(file) {
                inputs.push(Input::several(file, dicom.clone()));
            }
        } else if let Some(image) = other_half(file, "hdr", "img") {
            inputs.push(Input::several(file, vec![file.clone(), image]));
        } else if let Some(header) = other_half(file, "img", "hdr") {
            if !files.contains(&header) {
                inputs.push(Input::several(file, vec![header, file.clone()]));
            }
        } else if let Some(samples) = samples_beside(file) {
            inputs.push(Input::several(file, vec![file.clone(), samples]));
        } else if !samples.contains(file) {
            inputs.push(Input::several(file, vec![file.clone()]));
        }
    }
    inputs
}

/// A header of text is not longer.
const MAX_HEADER_BYTES: u64 = 1 << 20;

/// The file beside a header that its samples are in, of `.mhd` and `.nhdr`.
fn samples_beside(header: &Path) -> Option<PathBuf> {
    let ending = header.extension()?.to_str()?.to_ascii_lowercase();
    if !matches!(ending.as_str(), "mhd" | "nhdr") {
        return None;
    }
    let mut bytes = Vec::new();
    File::open(header)
        .and_then(|file| file.take(MAX_HEADER_BYTES).read_to_end(&mut bytes))
        .ok()?;
    let name = imaging::samples_file(&bytes)?;
    // Only a file of the same folder, whatever path the header names.
    let samples = header.with_file_name(Path::new(&name).file_name()?);
    samples.is_file().then_some(samples)
}

/// The file beside `file`, which ends in `.own`, that has the same name but for the ending `other`.
fn other_half(file: &Path, own: &str, other: &str) -> Option<PathBuf> {
    let is_half = file
        .extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case(own));
    let beside = [other.to_owned(), other.to_ascii_uppercase()];
    beside
        .into_iter()
        .map(|ending| file.with_extension(ending))
        .find(|path| is_half && path.is_file())
}

/// All files under a folder, in the order of their paths.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Error> {
    let fault = |error: std::io::Error| dataset::Error::file(folder, error);
    let mut entries = std::fs::read_dir(folder)
        .map_err(fault)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(fault)?;
    entries.sort();
    for entry in entries {
        if entry.is_dir() {
            collect(&entry, files)?;
        } else {
            files.push(entry);
        }
    }
    Ok(())
}

/// Whether a file begins as DICOM does. What cannot be read does not; opening it will say why.
fn is_dicom(path: &Path) -> bool {
    let mut head = Vec::new();
    File::open(path)
        .and_then(|file| file.take(DICOM_HEAD_BYTES).read_to_end(&mut head))
        .is_ok_and(|_| imaging::dicom::is_dicom(&head))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::path::PathBuf;

    use super::{Grouping, inputs};

    #[test]
    fn what_belongs_together_is_one_image() {
        let folder = std::env::temp_dir().join(format!("penumbra-inputs-{}", std::process::id()));
        let path = |name: &str| folder.join(name);
        std::fs::create_dir_all(path("series/a")).unwrap();
        std::fs::create_dir_all(path("pictures")).unwrap();
        std::fs::create_dir_all(path("empty")).unwrap();
        let mut dicom = vec![0; 128];
        dicom.extend(b"DICM");
        // Without preamble and mark, as archives of old wrote them: meta information, or the data set itself.
        let meta = b"\x02\0\0\0UL\x04\0\0\0\0\0";
        let data_set = b"\x08\0\x05\0\x0A\0\0\0ISO_IR 100";
        let contents: [(&str, &[u8]); 5] = [
            ("series/a/2", &dicom),
            ("series/1", &dicom),
            ("series/a/3", meta),
            ("x.dcm", &dicom),
            ("y.dcm", data_set),
        ];
        for (name, bytes) in contents {
            std::fs::write(path(name), bytes).unwrap();
        }
        for name in [
            "series/notes.txt",
            "pictures/b.png",
            "pictures/a.png",
            "v.hdr",
            "v.img",
            "c.png",
        ] {
            std::fs::write(path(name), b"no").unwrap();
        }
        let named: Vec<PathBuf> = [
            "c.png", "x.dcm", "v.img", "series", "v.hdr", "pictures", "y.dcm",
        ]
        .map(path)
        .to_vec();
        let names = |paths: &[PathBuf], grouping| -> Vec<Vec<String>> {
            let found = inputs(paths, grouping).unwrap();
            found.iter().map(|input| input.names().to_vec()).collect()
        };
        let expected: [&[&str]; 6] = [
            &["series/1", "series/a/2", "series/a/3"],
            &["a.png"],
            &["b.png"],
            &["c.png"],
            &["x.dcm", "y.dcm"],
            &["v.hdr", "v.img"],
        ];
        assert_eq!(names(&named, Grouping::Series), expected);
        let apart = names(
            &[path("x.dcm"), path("y.dcm"), path("v.img")],
            Grouping::Apart,
        );
        assert_eq!(apart, [&["x.dcm"][..], &["y.dcm"], &["v.hdr", "v.img"]]);
        let error = inputs(&[path("empty")], Grouping::Series).unwrap_err();
        assert!(error.to_string().contains("holds no files"), "{error}");
        std::fs::remove_dir_all(folder).unwrap();
    }
}

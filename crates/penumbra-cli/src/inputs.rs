//! Which of the paths on the command line belong together to one image.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use crate::Error;

/// Where a DICOM file says that it is one (PS3.10 section 7.1), after the preamble.
const DICOM_MARK: (usize, &[u8]) = (128, b"DICM");

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
    fn single(path: &Path) -> Self {
        Self::several(path, vec![path.to_path_buf()])
    }

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

    /// The files.
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// Their names.
    pub fn names(&self) -> &[String] {
        &self.names
    }
}

/// The images that paths stand for: those of folders first, then the others, in the order of the paths.
///
/// A folder with DICOM files is one image, whatever else lies in it; of another folder every file is. DICOM files named
/// one by one belong together, and so do the `.hdr` and the `.img` file of a pair.
pub fn inputs(paths: &[PathBuf]) -> Result<Vec<Input>, Error> {
    let mut inputs = Vec::new();
    let mut single = Vec::new();
    for path in paths {
        if path.is_dir() {
            let mut files = Vec::new();
            collect(path, &mut files)?;
            let dicom: Vec<PathBuf> = files.iter().filter(|file| is_dicom(file)).cloned().collect();
            if !dicom.is_empty() {
                inputs.push(Input::several(path, dicom));
            } else if files.is_empty() {
                return Err(Error::Data(format!(
                    "{} holds no files; name a folder with images",
                    path.display()
                )));
            } else {
                inputs.extend(grouped(&files));
            }
        } else {
            single.push(path.clone());
        }
    }
    inputs.extend(grouped(&single));
    Ok(inputs)
}

fn grouped(files: &[PathBuf]) -> Vec<Input> {
    let dicom: Vec<PathBuf> = files.iter().filter(|file| is_dicom(file)).cloned().collect();
    let mut inputs = Vec::new();
    for file in files {
        if dicom.contains(file) {
            if dicom.first() == Some(file) {
                inputs.push(Input::several(file, dicom.clone()));
            }
        } else if let Some(image) = other_half(file, "hdr", "img", files) {
            inputs.push(Input::several(file, vec![file.clone(), image]));
        } else if other_half(file, "img", "hdr", files).is_none() {
            inputs.push(Input::single(file));
        }
    }
    inputs
}

/// The file beside `file`, which ends in `.own`, that has the same name but for the ending `other`.
fn other_half(file: &Path, own: &str, other: &str, files: &[PathBuf]) -> Option<PathBuf> {
    let is = |path: &Path, ending: &str| {
        path.extension()
            .is_some_and(|found| found.eq_ignore_ascii_case(ending))
    };
    is(file, own)
        .then(|| {
            files.iter().find(|path| {
                is(path, other) && path.file_stem() == file.file_stem()
                    && path.parent() == file.parent()
            })
        })
        .flatten()
        .cloned()
}

/// All files under a folder, in the order of their paths.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Error> {
    let fault = |error: std::io::Error| Error::file(folder, &error);
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

/// Whether a file has DICOM's mark. What cannot be read has none; opening it will say why.
fn is_dicom(path: &Path) -> bool {
    let (offset, mark) = DICOM_MARK;
    let mut start = vec![0; offset + mark.len()];
    File::open(path)
        .and_then(|mut file| file.read_exact(&mut start))
        .is_ok_and(|()| start.ends_with(mark))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::path::PathBuf;

    use super::inputs;

    #[test]
    fn what_belongs_together_is_one_image() {
        let folder = std::env::temp_dir().join(format!("penumbra-inputs-{}", std::process::id()));
        let path = |name: &str| folder.join(name);
        std::fs::create_dir_all(path("series/a")).unwrap();
        std::fs::create_dir_all(path("pictures")).unwrap();
        std::fs::create_dir_all(path("empty")).unwrap();
        let mut dicom = vec![0; 128];
        dicom.extend(b"DICM");
        for name in ["series/a/2", "series/1", "x.dcm", "y.dcm"] {
            std::fs::write(path(name), &dicom).unwrap();
        }
        for name in ["series/notes.txt", "pictures/b.png", "pictures/a.png", "v.hdr", "v.img", "c.png"] {
            std::fs::write(path(name), b"no").unwrap();
        }
        let named: Vec<PathBuf> = ["c.png", "x.dcm", "v.img", "series", "v.hdr", "pictures", "y.dcm"]
            .map(path)
            .to_vec();
        let found: Vec<Vec<String>> = inputs(&named)
            .unwrap()
            .iter()
            .map(|input| input.names().to_vec())
            .collect();
        let expected: [&[&str]; 6] = [
            &["series/1", "series/a/2"],
            &["a.png"],
            &["b.png"],
            &["c.png"],
            &["x.dcm", "y.dcm"],
            &["v.hdr", "v.img"],
        ];
        assert_eq!(found, expected);
        let error = inputs(&[path("empty")]).unwrap_err();
        assert!(error.to_string().contains("holds no files"), "{error}");
        std::fs::remove_dir_all(folder).unwrap();
    }
}

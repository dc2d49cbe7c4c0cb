//! Data sets in folders. Everything else in this crate works on bytes; this is where paths are read and written.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use imaging::{Limits, NamedBytes, Volume};

use crate::{Cases, DatasetDescription, Error, LabelledImage, Splits, case_name};

/// A file's bytes.
///
/// # Errors
/// [`Error::File`].
pub fn read(path: &Path) -> Result<Vec<u8>, Error> {
    std::fs::read(path).map_err(|source| Error::file(path, source))
}

/// Writes a file, and the folder above it where it is missing.
///
/// # Errors
/// [`Error::File`].
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|source| Error::file(folder, source))?;
    }
    std::fs::write(path, bytes).map_err(|source| Error::file(path, source))
}

/// Opens an image file.
///
/// # Errors
/// [`Error::File`] and [`Error::Image`].
pub fn open(path: &Path) -> Result<Volume, Error> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    imaging::open(&read(path)?, &name, &Limits::default()).map_err(|source| Error::Image {
        file: path.display().to_string(),
        source,
    })
}

/// A file with its path as its name.
fn named(path: &Path) -> Result<NamedBytes, Error> {
    Ok(NamedBytes {
        name: path.display().to_string(),
        bytes: read(path)?,
    })
}

/// An image file with its label file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CasePaths {
    /// Name of the case.
    pub name: String,
    /// The image.
    pub image: PathBuf,
    /// Its labels.
    pub labels: PathBuf,
}

impl CasePaths {
    /// Reads and checks the case for a model with `classes` classes.
    ///
    /// # Errors
    /// [`Error::File`], and those of [`LabelledImage::decode`].
    pub fn read(&self, classes: usize) -> Result<LabelledImage, Error> {
        LabelledImage::decode(&named(&self.image)?, &named(&self.labels)?, classes)
    }
}

impl Cases for Vec<CasePaths> {
    fn len(&self) -> usize {
        self.as_slice().len()
    }

    fn name(&self, index: usize) -> &str {
        self.get(index).map_or("", |case| &case.name)
    }

    fn read(&self, index: usize, classes: usize) -> Result<LabelledImage, Error> {
        let count = self.as_slice().len();
        let case = self.get(index).ok_or(Error::NoCase { index, count })?;
        case.read(classes)
    }
}

/// Name of the case that a file belongs to.
pub fn case_name_of_path(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    case_name(&name).to_owned()
}

/// The files of a folder by the names of their cases. Hidden files are no cases.
fn list(folder: &Path) -> Result<BTreeMap<String, PathBuf>, Error> {
    let entries = std::fs::read_dir(folder).map_err(|source| Error::file(folder, source))?;
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.is_file())
        .filter(|path| {
            let name = path.file_name().unwrap_or_default();
            !name.to_string_lossy().starts_with('.')
        })
        .collect();
    paths.sort();
    let mut found = BTreeMap::new();
    for path in paths {
        if let Some(other) = found.insert(case_name_of_path(&path), path.clone()) {
            return Err(Error::SameName {
                files: [other, path],
            });
        }
    }
    Ok(found)
}

/// Pairs images and labels by the stem of their names. `wanted` names cases; without it, every image is one.
///
/// # Errors
/// [`Error::NoNames`] and [`Error::NoImages`] where there are none, [`Error::NamedTwice`], [`Error::NoImage`],
/// [`Error::NoLabels`], and [`Error::SameName`] for a folder with two files of one case.
pub fn pair_cases(
    images: &Path,
    labels: &Path,
    wanted: Option<&[String]>,
) -> Result<Vec<CasePaths>, Error> {
    let (images_found, mut labels_found) = (list(images)?, list(labels)?);
    let names = wanted.map_or_else(
        || images_found.keys().cloned().collect::<Vec<_>>(),
        <[String]>::to_vec,
    );
    if names.is_empty() {
        return Err(if wanted.is_some() {
            Error::NoNames
        } else {
            Error::NoImages {
                folder: images.to_path_buf(),
            }
        });
    }
    let mut cases: Vec<CasePaths> = Vec::with_capacity(names.len());
    for name in names {
        if cases.iter().any(|case| case.name == name) {
            return Err(Error::NamedTwice(name));
        }
        let Some(image) = images_found.get(&name).cloned() else {
            return Err(Error::NoImage {
                case: name,
                folder: images.to_path_buf(),
            });
        };
        let Some(labels) = labels_found.remove(&name) else {
            return Err(Error::NoLabels {
                case: name,
                folder: labels.to_path_buf(),
            });
        };
        cases.push(CasePaths {
            name,
            image,
            labels,
        });
    }
    Ok(cases)
}

/// The file of splits: the named one, or `splits.json` beside the folder of images.
fn splits_file(splits: Option<&Path>, images: &Path) -> PathBuf {
    let beside = || images.parent().unwrap_or(images).join("splits.json");
    splits.map_or_else(beside, Path::to_path_buf)
}

/// The splits that go with a folder of images: from the file that is named, or from `splits.json` beside the folder.
///
/// # Errors
/// [`Error::File`], and those of [`Splits::from_json`].
pub fn read_splits(splits: Option<&Path>, images: &Path) -> Result<Splits, Error> {
    let path = splits_file(splits, images);
    Splits::from_json(&path.display().to_string(), &read(&path)?)
}

/// As [`read_splits`], with none where no file is named and none stands beside the images.
///
/// # Errors
/// Those of [`read_splits`].
pub fn find_splits(splits: Option<&Path>, images: &Path) -> Result<Option<Splits>, Error> {
    if splits.is_none() && !splits_file(splits, images).is_file() {
        return Ok(None);
    }
    read_splits(splits, images).map(Some)
}

/// A data set in nnU-Net layout: `dataset.json`, `splits.json`, `images/` and `labels/`; or nnU-Net's own `imagesTr/` and
/// `labelsTr/`.
#[derive(Debug, Clone)]
pub struct DatasetFolder {
    path: PathBuf,
    /// `dataset.json`.
    pub description: DatasetDescription,
    /// `splits.json`.
    pub splits: Splits,
}

impl DatasetFolder {
    /// Reads and checks `dataset.json` and `splits.json`.
    ///
    /// # Errors
    /// [`Error::File`], and those of [`DatasetDescription::from_json`] and [`Splits::from_json`].
    pub fn open(path: &Path) -> Result<Self, Error> {
        let json = |name: &str| named(&path.join(name));
        let (description, splits) = (json("dataset.json")?, json("splits.json")?);
        Ok(Self {
            path: path.to_path_buf(),
            description: DatasetDescription::from_json(&description.name, &description.bytes)?,
            splits: Splits::from_json(&splits.name, &splits.bytes)?,
        })
    }

    /// Image and labels of a case: `images/` and `labels/`, or nnU-Net's own `imagesTr/` (with the number of the channel)
    /// and `labelsTr/` where there is no `images/`.
    pub fn case(&self, name: &str) -> CasePaths {
        let ending = &self.description.file_ending;
        let plain = self.path.join("images");
        let file = format!("{name}{ending}");
        let (image, labels) = if plain.is_dir() {
            (plain.join(&file), self.path.join("labels").join(&file))
        } else {
            let image = format!("{name}_0000{ending}");
            (
                self.path.join("imagesTr").join(image),
                self.path.join("labelsTr").join(&file),
            )
        };
        CasePaths {
            name: name.to_owned(),
            image,
            labels,
        }
    }

    /// The cases of a split, at least one. All files are looked for at once: a missing one should not be found after
    /// minutes of decoding.
    ///
    /// # Errors
    /// Those of [`Splits::names`], and [`Error::NoFile`].
    pub fn cases(&self, split: &str) -> Result<Vec<CasePaths>, Error> {
        let names = self.splits.names(split)?.iter();
        let cases: Vec<CasePaths> = names.map(|name| self.case(name)).collect();
        for case in &cases {
            for path in [&case.image, &case.labels] {
                if !path.is_file() {
                    return Err(Error::NoFile { path: path.clone() });
                }
            }
        }
        Ok(cases)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::path::Path;

    use super::{CasePaths, find_splits, pair_cases, read_splits};

    /// A folder of its own that is gone afterwards.
    struct Folder(std::path::PathBuf);

    impl Folder {
        fn new(name: &str, files: &[&str]) -> Self {
            let path = std::env::temp_dir().join(format!("penumbra-{}-{name}", std::process::id()));
            std::fs::create_dir_all(&path).unwrap();
            for file in files {
                std::fs::write(path.join(file), []).unwrap();
            }
            Self(path)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn images_pair_with_labels_of_another_format() {
        let images = Folder::new("pairs-images", &["a.tif", "b.nii.gz", ".hidden"]);
        let labels = Folder::new("pairs-labels", &["b.nii", "a.png", "c.png"]);
        let names = |cases: Vec<CasePaths>| -> Vec<String> {
            cases.into_iter().map(|case| case.name).collect()
        };
        assert_eq!(
            names(pair_cases(&images.0, &labels.0, None).unwrap()),
            ["a", "b"]
        );
        let wanted = ["b".to_owned()];
        assert_eq!(
            names(pair_cases(&images.0, &labels.0, Some(&wanted)).unwrap()),
            ["b"]
        );
        for (wanted, message) in [
            (&["x"][..], "there is no image `x`"),
            (&["a", "a"], "the case `a` is named twice"),
            (&[], "the list of cases is empty"),
        ] {
            let wanted: Vec<String> = wanted.iter().map(|&name| name.to_owned()).collect();
            let error = pair_cases(&images.0, &labels.0, Some(&wanted)).unwrap_err();
            assert!(error.to_string().starts_with(message), "{error}");
        }
        let error = pair_cases(&labels.0, &images.0, None).unwrap_err();
        assert!(
            error.to_string().starts_with("there are no labels `c`"),
            "{error}"
        );
        std::fs::write(images.0.join("a.png"), []).unwrap();
        let error = pair_cases(&images.0, &labels.0, None).unwrap_err();
        assert!(
            error.to_string().ends_with("keep one file for each case"),
            "{error}"
        );
    }

    #[test]
    fn splits_lie_beside_the_images_or_where_they_are_named() {
        let folder = Folder::new("splits", &[]);
        let images = folder.0.join("images");
        let path = folder.0.join("splits.json");
        assert!(find_splits(None, &images).unwrap().is_none());
        std::fs::write(&path, r#"{"val": ["a", "b"], "groups": {"a": 3}}"#).unwrap();
        let beside = read_splits(None, &images).unwrap();
        assert_eq!(beside.names("val").unwrap(), ["a", "b"]);
        let named = find_splits(Some(&path), Path::new("")).unwrap().unwrap();
        assert_eq!(named.group("a"), "3");
        let error = read_splits(None, &folder.0).unwrap_err().to_string();
        assert!(error.contains("could not be used"), "{error}");
    }
}

//! Which cases are evaluated: images paired with labels, chosen by list or by split.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use imaging::Grid;
use imaging::{Labels, Limits, Volume, open_labels};
use serde_json::Value;

use crate::Error;
use crate::model::{open, read};

/// An image with its labels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CasePaths {
    pub name: String,
    pub image: PathBuf,
    pub labels: PathBuf,
}

/// A file's name without what says its format: `a` of `a.nii.gz`, `a.nii` and `a.png`.
pub fn case_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let lower = name.to_ascii_lowercase();
    let ending = [".nii.gz", ".hdr.gz", ".img.gz"]
        .into_iter()
        .find(|ending| lower.ends_with(ending));
    let kept = match ending {
        Some(ending) => name.len() - ending.len(),
        None => name
            .rfind('.')
            .filter(|&place| place > 0)
            .unwrap_or(name.len()),
    };
    name.get(..kept).unwrap_or(&name).to_owned()
}

/// The files of a folder by the names of their cases. Hidden files are no cases.
fn list(folder: &Path) -> Result<BTreeMap<String, PathBuf>, Error> {
    let entries = std::fs::read_dir(folder).map_err(|source| Error::file(folder, &source))?;
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
        if let Some(other) = found.insert(case_name(&path), path.clone()) {
            return Err(Error::Data(format!(
                "{} and {} would be one case; keep one file for each case",
                other.display(),
                path.display()
            )));
        }
    }
    Ok(found)
}

/// Pairs images and labels by the stem of their names. `wanted` names cases; without it, every image is one.
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
        return Err(Error::Data(if wanted.is_some() {
            "the list of cases is empty; name at least one".to_owned()
        } else {
            format!("{} holds no image; choose another folder", images.display())
        }));
    }
    let mut cases: Vec<CasePaths> = Vec::with_capacity(names.len());
    for name in names {
        if cases.iter().any(|case| case.name == name) {
            return Err(Error::Data(format!(
                "the case `{name}` is named twice; name it once"
            )));
        }
        let Some(image) = images_found.get(&name).cloned() else {
            return Err(Error::Data(format!(
                "there is no image `{name}` in {}; check the list of cases",
                images.display()
            )));
        };
        let Some(labels) = labels_found.remove(&name) else {
            return Err(Error::Data(format!(
                "there are no labels `{name}` in {}; labels pair with images by stem",
                labels.display()
            )));
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
pub fn splits_file(splits: Option<&Path>, images: &Path) -> PathBuf {
    let beside = || images.parent().unwrap_or(images).join("splits.json");
    splits.map_or_else(beside, Path::to_path_buf)
}

/// Names of the cases of a split. `splits` is a JSON file with a list of names for every split; without it,
/// `splits.json` beside the folder of images.
pub fn split_cases(
    split: &str,
    splits: Option<&Path>,
    images: &Path,
) -> Result<Vec<String>, Error> {
    let path = splits_file(splits, images);
    let fault = |reason: String| Error::Config {
        path: path.clone(),
        reason,
    };
    let file: BTreeMap<String, Value> =
        serde_json::from_slice(&read(&path)?).map_err(|error| fault(error.to_string()))?;
    let Some(names) = file.get(split).and_then(Value::as_array) else {
        let known: Vec<_> = file
            .iter()
            .filter(|(_, value)| value.is_array())
            .map(|(name, _)| name.as_str())
            .collect();
        return Err(fault(format!(
            "there is no split `{split}`; choose among {}",
            known.join(", ")
        )));
    };
    let names: Option<Vec<String>> = names
        .iter()
        .map(|name| name.as_str().map(str::to_owned))
        .collect();
    match names {
        Some(names) if !names.is_empty() => Ok(names),
        Some(_) => Err(fault(format!(
            "the split `{split}` is empty; list at least one case"
        ))),
        None => Err(fault(format!(
            "the split `{split}` lists something that is no name; list names of cases"
        ))),
    }
}

/// A case in memory.
#[derive(Debug)]
pub struct Case {
    pub volume: Volume,
    pub labels: Labels,
}

impl Case {
    /// Reads and checks a case for a model with so many classes.
    pub fn read(paths: &CasePaths, classes: usize) -> Result<Self, Error> {
        let volume = open(&paths.image)?;
        let name = paths.labels.file_name().unwrap_or_default();
        let labels = open_labels(
            &read(&paths.labels)?,
            &name.to_string_lossy(),
            &Limits::default(),
            u8::try_from(classes).unwrap_or(u8::MAX),
        )
        .map_err(|source| Error::Image {
            path: paths.labels.clone(),
            source,
        })?;
        if labels.shape != volume.shape {
            return Err(Error::Data(format!(
                "{} has shape {:?}, but its image has {:?}; labels must have the image's size",
                paths.labels.display(),
                labels.shape,
                volume.shape
            )));
        }
        Ok(Self { volume, labels })
    }

    /// Millimetres between planes, rows and columns, where the image says it.
    pub fn spacing(&self) -> Option<[f64; 3]> {
        let grid = Grid::new(self.volume.shape, self.volume.geometry.affine?);
        grid.ok().map(|grid| grid.spacing())
    }
}

/// Reads all cases once, so that a bad one is found before hours of work and not after.
pub fn check_cases(cases: &[CasePaths], classes: usize) -> Result<(), Error> {
    for paths in cases {
        Case::read(paths, classes)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::path::Path;

    use super::{Case, CasePaths, case_name, pair_cases, split_cases};

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
    fn names_lose_what_says_the_format() {
        for (file, name) in [
            ("a/hippocampus_003.nii.gz", "hippocampus_003"),
            ("b.NII.GZ", "b"),
            ("c.nii", "c"),
            ("d.v2.png", "d.v2"),
            ("e", "e"),
        ] {
            assert_eq!(case_name(Path::new(file)), name);
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
    fn splits_are_read_by_name() {
        let folder = Folder::new("splits", &[]);
        let images = folder.0.join("images");
        let path = folder.0.join("splits.json");
        std::fs::write(
            &path,
            r#"{"seed": 1, "val": ["a", "b"], "test": [], "odd": [3]}"#,
        )
        .unwrap();
        assert_eq!(split_cases("val", None, &images).unwrap(), ["a", "b"]);
        assert_eq!(
            split_cases("val", Some(&path), Path::new("")).unwrap(),
            ["a", "b"]
        );
        for (split, end) in [
            (
                "train",
                "there is no split `train`; choose among odd, test, val",
            ),
            ("test", "the split `test` is empty; list at least one case"),
            (
                "odd",
                "lists something that is no name; list names of cases",
            ),
        ] {
            let error = split_cases(split, None, &images).unwrap_err();
            assert!(error.to_string().ends_with(end), "{error}");
        }
    }

    #[test]
    fn labels_of_another_size_are_refused() {
        let folder = Folder::new("sizes", &[]);
        let paths = CasePaths {
            name: "a".to_owned(),
            image: folder.0.join("image.png"),
            labels: folder.0.join("labels.png"),
        };
        let image = imaging::encode::png_mask(&[0; 6], 2, 3).unwrap();
        std::fs::write(&paths.image, &image).unwrap();
        std::fs::write(&paths.labels, &image).unwrap();
        assert_eq!(Case::read(&paths, 2).unwrap().spacing(), None);
        let turned = imaging::encode::png_mask(&[0; 6], 3, 2).unwrap();
        std::fs::write(&paths.labels, turned).unwrap();
        let error = Case::read(&paths, 2).unwrap_err();
        let end =
            "has shape [1, 3, 2], but its image has [1, 2, 3]; labels must have the image's size";
        assert!(error.to_string().ends_with(end), "{error}");
    }
}

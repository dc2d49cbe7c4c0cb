//! What can be wrong with a data set.

use std::path::{Path, PathBuf};

/// Errors of this crate: one sentence each, with the file, the value and what to do.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder could not be read or written.
    #[error("{} could not be used ({source}); check the path and its permissions", path.display())]
    File {
        /// The path.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// `dataset.json` or `splits.json` is no such JSON.
    #[error("{file}: {source}")]
    Json {
        /// The file, as it was named.
        file: String,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// `dataset.json` names too few classes.
    #[error(
        "{file}: `labels` has {entries} entries, but it must name the background and at least one class"
    )]
    TooFewClasses {
        /// The file, as it was named.
        file: String,
        /// How many `labels` has.
        entries: usize,
    },
    /// The identifiers of `dataset.json` are not 0, 1, 2 .. each once.
    #[error(
        "{file}: the class `{class}` has the identifier {id}, but the identifiers must be 0 to {largest}, each once"
    )]
    ClassId {
        /// The file, as it was named.
        file: String,
        /// The first class in question.
        class: String,
        /// Its identifier.
        id: u8,
        /// The largest that is possible.
        largest: usize,
    },
    /// The ending of files in `dataset.json` lacks its dot.
    #[error("{file}: `file_ending` is {ending:?}, but it must begin with a dot")]
    FileEnding {
        /// The file, as it was named.
        file: String,
        /// The ending.
        ending: String,
    },
    /// `splits.json` lists a case twice in `train`, `val` and `test`.
    #[error("{file}: the case `{case}` is listed twice; list it once, in one split")]
    ListedTwice {
        /// The file, as it was named.
        file: String,
        /// Name of the case.
        case: String,
    },
    /// `splits.json` puts a group into two of `train`, `val` and `test`.
    #[error(
        "{file}: the group {group} of the case `{case}` is in the splits `{}` and `{}`; keep it in one",
        splits[0],
        splits[1]
    )]
    SharedGroup {
        /// The file, as it was named.
        file: String,
        /// The group.
        group: String,
        /// A case of it in the second split.
        case: String,
        /// The two splits.
        splits: [&'static str; 2],
    },
    /// The groups of `splits.json` are no object.
    #[error("{file}: `groups` is {found}, but it must be an object from cases to their groups")]
    Groups {
        /// The file, as it was named.
        file: String,
        /// What stands there, JSON.
        found: String,
    },
    /// The group of a case in `splits.json` is neither text nor number.
    #[error("{file}: the group of the case `{case}` is {found}, but it must be a text or a number")]
    Group {
        /// The file, as it was named.
        file: String,
        /// Name of the case.
        case: String,
        /// What stands there, JSON.
        found: String,
    },
    /// `splits.json` has no such split.
    #[error("{file}: there is no split `{split}`; choose among {}", known.join(", "))]
    UnknownSplit {
        /// The file, as it was named.
        file: String,
        /// The split that was asked for.
        split: String,
        /// The splits that there are.
        known: Vec<String>,
    },
    /// A split of `splits.json` is not a list of names.
    #[error("{file}: the split `{split}` lists something that is no name; list names of cases")]
    SplitEntry {
        /// The file, as it was named.
        file: String,
        /// The split.
        split: String,
    },
    /// A split of `splits.json` lists no case.
    #[error("{file}: the split `{split}` is empty; list at least one case")]
    EmptySplit {
        /// The file, as it was named.
        file: String,
        /// The split.
        split: String,
    },
    /// An image or a label file cannot be decoded.
    #[error("{file}: {source}")]
    Image {
        /// The file, as it was named.
        file: String,
        /// What is wrong with it.
        source: imaging::Error,
    },
    /// An image and its labels have different sizes.
    #[error(
        "{labels} has {} voxels and its image has {} voxels (planes x rows x columns); labels must have the image's size",
        size(found),
        size(expected)
    )]
    Size {
        /// The label file, as it was named.
        labels: String,
        /// Planes, rows and columns of the labels.
        found: [usize; 3],
        /// Planes, rows and columns of the image.
        expected: [usize; 3],
    },
    /// A case beyond the last was asked for.
    #[error("there is no case number {index}; there are {count}, counted from 0")]
    NoCase {
        /// Its number, from 0.
        index: usize,
        /// How many there are.
        count: usize,
    },
    /// Two files of a folder belong to a case of the same name.
    #[error(
        "{} and {} would be one case; keep one file for each case",
        files[0].display(),
        files[1].display()
    )]
    SameName {
        /// The two files.
        files: [PathBuf; 2],
    },
    /// No cases were named.
    #[error("the list of cases is empty; name at least one")]
    NoNames,
    /// A case was named twice.
    #[error("the case `{0}` is named twice; name it once")]
    NamedTwice(String),
    /// A folder holds no image.
    #[error("{} holds no image; choose another folder", folder.display())]
    NoImages {
        /// The folder.
        folder: PathBuf,
    },
    /// A case has no image.
    #[error("there is no image `{case}` in {}; check the list of cases", folder.display())]
    NoImage {
        /// Name of the case.
        case: String,
        /// The folder of images.
        folder: PathBuf,
    },
    /// A case has no labels.
    #[error(
        "there are no labels `{case}` in {}; labels pair with images by stem",
        folder.display()
    )]
    NoLabels {
        /// Name of the case.
        case: String,
        /// The folder of labels.
        folder: PathBuf,
    },
    /// The image or the labels of a case that `splits.json` lists do not exist.
    #[error(
        "{} does not exist, but splits.json lists the case; add the file or remove the case",
        path.display()
    )]
    NoFile {
        /// The file.
        path: PathBuf,
    },
}

impl Error {
    /// A failed access to a path.
    pub fn file(path: &Path, source: std::io::Error) -> Self {
        Self::File {
            path: path.to_path_buf(),
            source,
        }
    }
}

fn size([planes, rows, columns]: &[usize; 3]) -> String {
    format!("{planes} x {rows} x {columns}")
}

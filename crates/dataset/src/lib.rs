//! Labelled images, splits and groups: what training and evaluation read.
//!
//! A data set is a folder in nnU-Net layout, or two folders whose files pair by name:
//!
//! ```text
//! dataset.json   classes, modality, licence, source, ending of the files   (DatasetDescription)
//! splits.json    which cases are for what, and which belong together        (Splits)
//! images/a.png   labels/a.png                                               (LabelledImage)
//! ```
//!
//! Bytes come in: everything but the module `files`, which does not exist on wasm32, works without a file system.
//! [`Cases`] is what training and evaluation ask for; files and bytes in memory ([`CaseBytes`]) both are.
//!
//! ```
//! use dataset::{DatasetDescription, Splits};
//!
//! let description = br#"{"labels": {"background": 0, "vessel": 1}, "file_ending": ".png"}"#;
//! let description = DatasetDescription::from_json("dataset.json", description)?;
//! assert_eq!(description.class_names(), ["background", "vessel"]);
//!
//! let splits = br#"{"train": ["a", "b"], "val": ["c"], "groups": {"a": 1, "b": 1}}"#;
//! let splits = Splits::from_json("splits.json", splits)?;
//! assert_eq!(splits.names("train")?, ["a", "b"]);
//! assert_eq!(splits.group("b"), "1");
//! # Ok::<(), dataset::Error>(())
//! ```

#![cfg_attr(not(test), deny(clippy::indexing_slicing))]

mod cases;
mod description;
mod error;
#[cfg(not(target_arch = "wasm32"))]
pub mod files;
mod names;
mod splits;
mod statistics;

pub use cases::{CaseBytes, Cases, LabelledImage, check_cases};
pub use description::DatasetDescription;
pub use error::Error;
pub use names::case_name;
pub use splits::{Split, Splits};
pub use statistics::foreground_normalisation;

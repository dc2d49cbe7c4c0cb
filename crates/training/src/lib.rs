//! Training of SegWithU: a backbone that segments, an uncertainty head on top of it, and the bundle that the engine opens.
//!
//! A [`RunConfig`] says everything that a run depends on beside its data; a [`Dataset`] holds the cases on the network's
//! grid; a [`Session`] trains the parts, and can be cut at any step and gone on with later, bit for bit; [`pack`] makes a
//! bundle. What a step draws at random depends on the seed and on the number of the step alone.
//!
//! Bytes come in and bytes go out: a run's files are in a [`Storage`], in memory or in a folder. Only the module `files`,
//! which does not exist on wasm32, knows paths. Tensors are read from their device at once, so in a browser training
//! runs on the CPU.
//!
//! ```
//! use training::{MemoryStorage, RunConfig, Storage as _};
//!
//! let text = r#"
//! data = "data"
//! seed = 11
//! [model]
//! spatial_dims = 2
//! in_channels = 1
//! filters = [8, 12, 16, 16, 16]
//! [preprocessing]
//! normalisation = { kind = "z_score" }
//! window = [64, 64]
//! [backbone]
//! steps = 100
//! batch = 4
//! patch = [64, 64]
//! validate_every = 20
//! [head]
//! steps = 60
//! batch = 4
//! patch = [64, 64]
//! validate_every = 20
//! [bundle]
//! id = "vessels"
//! title = "Vessels"
//! colours = [[0, 0, 0], [0, 200, 255]]
//! "#;
//! let config = RunConfig::parse(text, None)?;
//! assert_eq!(config.head.num_probes, 8);
//! let error = RunConfig::parse(&text.replace("in_channels = 1", "in_channels = 2"), None);
//! assert_eq!(error.unwrap_err().to_string(), "model.in_channels is 2, but it must be 1 or 3");
//! assert!(MemoryStorage::default().names().is_empty());
//! # Ok::<(), training::Error>(())
//! ```
//!
//! Optimisers and losses are those of `segwithu::train`; the learners here only say what a step sees.

mod artifacts;
mod augment;
mod backbone;
mod bundle;
mod case;
pub mod config;
mod error;
#[cfg(not(target_arch = "wasm32"))]
pub mod files;
mod folds;
mod head;
mod inference;
mod log;
mod optimised;
mod patches;
mod prepared;
mod random;
mod run_folder;
mod session;
mod steps;
mod storage;
#[cfg(test)]
mod tests;

pub use artifacts::ensemble_member;
pub use backbone::MAX_WEIGHT_BYTES;
pub use bundle::{BundleSource, PackedBundle, head_config, index_json, pack, write_fitted};
pub use case::Case;
pub use config::RunConfig;
pub use error::{ConfigPurpose, Error};
pub use folds::Fold;
pub use prepared::{Dataset, NamedCase};
pub use run_folder::{PartName, RunFolder};
pub use session::{Part, Session, TrainOptions};
pub use steps::Deadline;
pub use storage::{MemoryStorage, Storage};

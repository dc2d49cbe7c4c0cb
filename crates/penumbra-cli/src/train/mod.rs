//! Training runs: configuration, data, patches, the two parts of training, the run folder.

mod backbone;
mod config;
mod dataset;
mod head;
mod patches;
mod run_folder;

pub use backbone::{backbone_config, train_backbone};
pub use config::RunConfig;
pub use dataset::{DatasetDescription, Split, split_names};
pub use head::train_head;
pub use run_folder::RunFolder;

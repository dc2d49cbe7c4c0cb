//! Tables, plots and summaries of evaluations, as Markdown and SVG.

mod document;
mod groups;
mod plots;
mod reference;
mod summary;
mod tables;
mod verdict;

pub use document::{Document, StoredEvaluation, document, read_all};
pub use summary::summary;

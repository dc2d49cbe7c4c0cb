//! Tables, plots and summaries of evaluations, as Markdown and SVG.

mod document;
mod doubt;
mod groups;
mod plots;
mod reference;
mod summary;
mod tables;
mod verdict;

pub use document::{Document, StoredEvaluation, document, read_all};
pub use doubt::{DoubtFigures, write_doubt};
pub use summary::summary;

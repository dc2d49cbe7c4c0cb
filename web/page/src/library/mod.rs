//! What can be opened and saved: models, samples, files, their names and formats, and the page's address.

pub mod address;
pub mod advice;
pub mod catalogue;
pub mod embedding;
pub mod formats;
pub mod names;
pub mod query;
pub mod selection;

//! From a run to a bundle that the engine opens.

mod card;
mod fitted;
mod index;
mod make;
mod refit;
mod validation;

pub use fitted::write_fitted;
pub use index::index_json;
pub use make::{BundleSource, PackedBundle, head_config, pack};

//! For measurements: the networks of shipped models, what the processor could do at best, and both as functions that a
//! WebAssembly runtime can call.

mod bundle;
#[cfg(target_arch = "wasm32")]
mod exports;
mod peak;

pub use bundle::{Error, Model};
pub use peak::multiply_adds;

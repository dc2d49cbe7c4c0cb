//! The worker: the engine behind messages. The only WebAssembly module that links burn.
//!
//! | file | what |
//! |---|---|
//! | `answers` | what the page is told of a model, an image, a result |
//! | `check` | comparison with true labels |
//! | `device` | which device the network runs on, and why |
//! | `export` | files of the last result |
//! | `files` | a model's files, fetched from the page's own origin |
//! | `link` | messages in and out |
//! | `open` | the page's files decoded |
//! | `segment` | an image segmented, compared, saved |
//! | `session` | one request after the other |

#[cfg_attr(not(target_arch = "wasm32"), allow(dead_code))]
mod answers;
#[cfg_attr(not(target_arch = "wasm32"), allow(dead_code))]
mod check;
#[cfg(target_arch = "wasm32")]
mod device;
#[cfg_attr(not(target_arch = "wasm32"), allow(dead_code))]
mod error;
#[cfg_attr(not(target_arch = "wasm32"), allow(dead_code))]
mod export;
#[cfg(target_arch = "wasm32")]
mod files;
#[cfg(target_arch = "wasm32")]
mod link;
#[cfg_attr(not(target_arch = "wasm32"), allow(dead_code))]
mod open;
#[cfg(target_arch = "wasm32")]
mod segment;
#[cfg(target_arch = "wasm32")]
mod session;

#[cfg(target_arch = "wasm32")]
fn main() {
    console_error_panic_hook::set_once();
    session::start();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!("the worker runs in a browser; build it with `cargo xtask worker`");
}

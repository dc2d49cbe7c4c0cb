//! The worker without a browser: messages and buffers in, messages and buffers out.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

mod answers;
mod jobs;
mod loading;
#[path = "../../../../crates/engine/tests/support/mod.rs"]
mod models;
mod results;
mod segmentation;
mod support;

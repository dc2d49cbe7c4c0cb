//! Carries out what the session decides.

mod commands;
mod execution;
mod responses;
mod sources;

pub use commands::Controller;

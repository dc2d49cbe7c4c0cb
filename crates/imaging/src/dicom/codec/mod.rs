//! Pixel data: from a frame's bytes to its samples.

mod coded_colour;
mod fragments;
mod frames;
mod jpeg;
mod jpeg2000;
mod jpeg_ls;
mod native;
mod run_length;

pub(super) use frames::{FrameSamples, Frames};

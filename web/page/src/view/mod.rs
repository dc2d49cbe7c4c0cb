//! Looking at an image: planes and where they lie, zoom, brightness, what is drawn and what is read out.

pub mod anatomy;
pub mod compose;
pub mod detail;
pub mod intensity_window;
pub mod legend;
pub mod lines;
pub mod panes;
pub mod penumbra;
pub mod picture;
pub mod readout;
pub mod shape;
pub mod slice_plane;
pub mod thumbnail;
pub mod zoom;

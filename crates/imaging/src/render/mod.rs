//! The viewer's pixel work: from numbers to display colours.
//!
//! The page's canvas, the overlay that it saves and the overlay that the command-line tool saves are all made here. The
//! arithmetic is plain 32-bit IEEE without fused operations, so a browser and a native program give equal bytes.
//!
//! All pictures are `[rows, columns, 4]` RGBA with 8 bits, alpha not premultiplied.

mod colour_map;
mod fraction;
mod overlay;
mod plane;

pub use colour_map::ColourMap;
pub use overlay::{MapLayer, OverlayStyle, ReferralLayer, overlay};
pub use plane::{mapped, windowed};

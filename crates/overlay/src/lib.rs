//! The penumbra view: of every class a solid core where it surely is, and a band as wide as its border is unsure.
//!
//! One place for its geometry and for the pictures that are saved, so that the page and the command line draw the same.
//! Pure functions of arrays; they compile to wasm32.
//!
//! ```
//! use overlay::{ClassField, Plane, penumbra, svg};
//!
//! // A square of 4 x 4 pixels that surely is an object, in a picture of 8 x 8.
//! let sure = |pixel: usize| (2..6).contains(&(pixel / 8)) && (2..6).contains(&(pixel % 8));
//! let probability: Vec<f32> = (0..64).map(|pixel| if sure(pixel) { 0.99 } else { 0.01 }).collect();
//! let mask: Vec<u8> = (0..64).map(|pixel| u8::from(sure(pixel))).collect();
//! let classes = [ClassField { class: 1, colour: [0, 160, 255], probability: &probability }];
//! let plane = Plane { size: [8, 8], mask: &mask, classes: &classes, regions: None };
//!
//! let drawn = penumbra(&plane, 0.9)?;
//! assert_eq!((drawn.classes[0].inner.len(), drawn.classes[0].outer.len()), (1, 1));
//! let image = vec![128; 4 * 64];
//! assert!(svg(&image, &drawn)?.starts_with("<svg"));
//! # Ok::<(), overlay::Error>(())
//! ```

mod canvas;
mod error;
mod penumbra;
mod places;
mod raster;
mod smoothed;
mod vector;

pub use error::Error;
pub use penumbra::{ClassField, ClassPenumbra, DOUBT, Existence, Penumbra, Plane, penumbra};
pub use places::PlaneRegion;
pub use raster::png;
pub use smoothed::smoothed;
pub use vector::svg;

//! Line charts and scatter plots as SVG: curves of a training run, curves of an evaluation.
//!
//! A plot is one file that needs nothing else: readable on light and on dark ground (transparent, with the reader's
//! colour scheme), told apart without colour (dashes), and with a title and a description for those who do not see it.
//! No kept plotting crate draws for both colour schemes and with alternative text, so this small one stays.
//!
//! ```
//! use plot::{Axis, Plot, Series};
//!
//! let plot = Plot {
//!     title: "Loss".to_owned(),
//!     description: "The loss falls from 1 to 0.25 in two steps.".to_owned(),
//!     x: Axis::new("step"),
//!     y: Axis::new("loss"),
//!     series: vec![Series::line("loss", vec![(0.0, 1.0), (1.0, 0.5), (2.0, 0.25)])],
//! };
//! let svg = plot.svg();
//! assert!(svg.starts_with("<svg") && svg.contains("Loss"));
//! ```

#![cfg_attr(not(test), deny(clippy::indexing_slicing))]

mod axis;
mod svg;

pub use axis::Axis;
pub use svg::{Mark, Plot, Series};

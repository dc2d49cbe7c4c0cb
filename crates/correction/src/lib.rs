//! Correcting a mask by hand, and keeping a record of it.
//!
//! A [`CorrectedMask`] holds class identifiers `[planes, rows, columns]` beside the mask that it was made from. Tools say
//! which voxels they cover, as runs; the mask changes those that are not locked, keeps what changed as a step that can be
//! taken back, and says which box has to be drawn anew.
//!
//! ```
//! use std::sync::Arc;
//! use correction::{Axis, Brush, CorrectedMask, Plane, StepKind};
//!
//! # fn main() -> Result<(), correction::Error> {
//! let mut mask = CorrectedMask::new(Arc::new(vec![0; 64 * 64]), [1, 64, 64])?;
//! let plane = Plane { across: Axis::Plane, at: 0 };
//! let brush = Brush { radius: 3.0, spacing: [1.0; 3], disc: Some(plane) };
//!
//! mask.begin(StepKind::Brush);
//! let stroke = brush.stamp(mask.shape(), [0.0, 20.0, 10.0], [0.0, 20.0, 40.0]);
//! let drawn_anew = mask.paint(&stroke, 1);
//! mask.end();
//! assert_eq!(drawn_anew.map(|area| (area.first, area.last)), Some(([7, 17, 0], [43, 23, 0])));
//! assert_eq!(mask.count(1), mask.changed());
//!
//! mask.undo();
//! assert_eq!(mask.count(1), 0);
//! # Ok(())
//! # }
//! ```
//!
//! | tool | is |
//! |---|---|
//! | brush and eraser, disc or ball | [`Brush::stamp`], [`CorrectedMask::paint`] |
//! | brush that follows the probabilities | [`SmartStroke`] |
//! | polygon lasso | [`lasso`] |
//! | fill, islands, holes, largest piece, threshold | [`CorrectedMask::fill`] and others |
//! | slices between drawn ones | [`CorrectedMask::interpolate`], [`shapes_between`] |
//! | another class for a region | [`CorrectedMask::reassign`] |
//!
//! Everything is pure: no threads, no clock, no files, and it compiles for WebAssembly. Places are (plane, row, column),
//! boxes (column, row, plane) as everywhere in reports.

mod brush;
mod cleaning;
mod corrected_mask;
mod difference;
mod error;
mod flood;
mod history;
mod interpolation;
mod lasso;
mod plane;
mod review;
mod smart_stroke;

pub use brush::Brush;
pub use corrected_mask::{ClassChange, CorrectedMask};
pub use difference::{ChangedRun, Difference, joined};
pub use error::Error;
pub use history::StepKind;
pub use interpolation::shapes_between;
pub use lasso::lasso;
pub use plane::{Axis, Plane};
pub use review::{
    Decision, RecordedClass, RecordedRegion, Review, ReviewRecord, Reviewed, Standing,
};
pub use smart_stroke::SmartStroke;

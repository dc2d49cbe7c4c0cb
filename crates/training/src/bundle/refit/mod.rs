//! Few numbers of the head, fitted once more on validation images, which neither backbone nor head learnt from. The mask
//! stays as it is.

mod calibration;
mod cases;
mod fit;
mod ranking;

pub(super) use fit::refitted;

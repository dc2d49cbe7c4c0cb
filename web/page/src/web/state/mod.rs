//! What the page shows: signals that the controller sets and the view reads.

mod correcting;
mod correction;
mod display;
mod page_state;
mod pane;

pub use correcting::{Drawn, Stale};
pub use page_state::{Device, Progress, State};
pub use pane::PaneState;

//! What stands around the picture.

mod about;
mod compare;
mod display;
mod export;
mod intensity_window;
mod key;
mod open;
mod referral;
mod slider;
mod status;
mod summary;
mod tabs;
mod uncertain_regions;

pub use key::Key;
pub use open::{Open, chosen};
pub use slider::Slider;
pub use status::Status;
pub use summary::Summary;
pub use tabs::Tabs;
pub use uncertain_regions::{Places, Steps};

//! What stands around the picture.

mod about;
mod compare;
mod details;
mod display;
mod export;
mod intensity_window;
mod key;
mod open;
mod parts;
mod privacy;
mod referral;
mod share;
mod slider;
mod status;
mod summary;
mod tabs;
mod uncertain_regions;

pub use details::Details;
pub use key::Key;
pub use open::Open;
pub use privacy::{Promise, Update};
pub use slider::Slider;
pub use status::Status;
pub use summary::Summary;
pub use tabs::Tabs;
pub use uncertain_regions::{Places, Steps};

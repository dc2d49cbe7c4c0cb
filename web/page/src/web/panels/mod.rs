//! What stands around the picture.

mod about;
mod compare;
mod correct;
mod details;
mod display;
mod export;
mod intensity_window;
mod key;
mod key_sheet;
mod open;
mod parts;
mod privacy;
mod referral;
mod review;
mod share;
mod slider;
mod status;
mod summary;
mod tabs;
mod tool_bar;
mod uncertain_regions;

pub use details::Details;
pub use key::Key;
pub use key_sheet::KeySheet;
pub use open::{Open, chosen};
pub use privacy::{Promise, Update};
pub use slider::Slider;
pub use status::Status;
pub use summary::Summary;
pub use tabs::Tabs;
pub use tool_bar::ToolBar;
pub use uncertain_regions::{Places, Steps};

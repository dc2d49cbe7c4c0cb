//! The panels at the side of the picture.

mod about;
mod compare;
mod display;
mod export;
mod intensity_window;
mod open;
mod referral;
mod slider;
mod status;
mod uncertain_regions;

pub use self::about::About;
pub use self::compare::Compare;
pub use self::display::DisplayPanel;
pub use self::export::Export;
pub use self::open::Open;
pub use self::referral::Decide;
pub use self::slider::Slider;
pub use self::status::Status;

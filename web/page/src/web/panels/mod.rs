//! The panels at the side of the picture.

mod about;
mod check;
mod decide;
mod display;
mod doubtful;
mod keep;
mod open;
mod slider;
mod status;
mod window;

pub use self::about::About;
pub use self::check::Check;
pub use self::decide::Decide;
pub use self::display::DisplayPanel;
pub use self::keep::Keep;
pub use self::open::Open;
pub use self::slider::Slider;
pub use self::status::Status;

//! What was found in an image: the mask, its doubt, and what to do about it.

pub mod amount;
pub mod maps;
pub mod outcome;
pub mod referral;
pub mod uncertain_regions;

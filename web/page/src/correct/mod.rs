//! Correcting the mask: what the tools are, what a place becomes, how a corrected mask is drawn, compared and recorded.
//!
//! The strokes themselves are [`correction`]'s.

pub mod comparison;
pub mod keys;
pub mod layer;
pub mod place;
pub mod record;
pub mod region;
pub mod standing;
pub mod tools;

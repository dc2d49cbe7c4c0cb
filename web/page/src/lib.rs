//! What Penumbra's page decides, without a browser: the session with the worker, the arithmetic of the viewer, what is
//! read out under the pointer, the referral, the names of files, and all wording.
//!
//! The binary of this package shows it in a browser; everything here is tested natively.

#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

pub mod advice;
pub mod amount;
pub mod catalogue;
pub mod compose;
pub mod cut;
pub mod doubt;
pub mod errors;
pub mod formats;
pub mod legend;
pub mod maps;
pub mod names;
pub mod outcome;
pub mod panes;
pub mod patient;
pub mod picture;
pub mod query;
pub mod readout;
pub mod referral;
pub mod selection;
pub mod session;
pub mod text;
pub mod window;
pub mod zoom;

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

pub mod errors;
pub mod library;
pub mod numbers;
pub mod results;
pub mod session;
pub mod text;
pub mod view;

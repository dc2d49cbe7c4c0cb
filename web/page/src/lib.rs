//! Penumbra's page. The library decides and is tested natively; the binary (`src/web`) shows it in a browser.
//!
//! | part | folder | holds |
//! |---|---|---|
//! | model | [`results`] | a segmentation, its maps, its uncertain places, what they amount to, what is referred |
//! | model | [`library`] | models, samples, files that belong together, formats and names of what is saved, the address |
//! | model | [`lesson`] | what lessons say, ask and show, and the answers |
//! | model | [`view`] | planes of a volume, where they lie in the patient, zoom, intensity window, what is drawn and read out |
//! | model | [`privacy`] | requests, what is kept in the browser, what the browser refuses |
//! | model | [`correct`] | correcting the mask: tools, what is drawn of it, comparison, record, keys |
//! | control | [`session`] | the talk with the worker as a state machine: events in, actions out |
//! | control | `web/controller` | carries the actions out: files are read, requests sent, answers taken over |
//! | view | `web/state` | signals that the controller sets and the components read |
//! | view | `web/viewer` | the views of the image: canvas, pointer, keyboard, readout |
//! | view | `web/panels` | everything beside the image |
//! | view | [`text`], [`numbers`], [`errors`] | all wording |
//!
//! Data goes one way. A visitor's action reaches the controller, which makes an event of it; the session answers with
//! actions; the controller carries them out and sets signals; components and canvases follow the signals. What an answer
//! of the worker brings is checked once, where it becomes a [`view::picture::Picture`], a [`results::outcome::Outcome`] or
//! a [`results::outcome::Comparison`].

#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

pub mod correct;
pub mod errors;
pub mod lesson;
pub mod library;
pub mod numbers;
pub mod privacy;
pub mod results;
pub mod session;
pub mod text;
pub mod view;

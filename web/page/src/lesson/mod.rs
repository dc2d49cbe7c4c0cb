//! Lessons: what is read, asked and shown. The figures are computed on the image on screen; a component draws them.

pub mod answers;
pub mod calibrating;
pub mod corruption;
pub mod costs;
pub mod document;
pub mod drawing;
pub mod made_worse;
pub mod one_pass;
pub mod pixels;
pub mod plotting;
pub mod rivals;
pub mod two_readers;
pub mod votes;
pub mod words;

//! Lessons: text, question, figure, step by step.

mod canvas;
mod figures;
mod panel;
mod question;
mod state;
mod teacher;

pub use panel::{Learn, LessonPanel};
pub use state::LessonState;

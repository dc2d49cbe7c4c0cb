//! The session with the worker: which request is due, what an answer means, what happens when something fails.
//!
//! A state machine without a browser: [`Session::handle`] takes an [`Event`] and says which [`Action`]s follow. It
//! starts, loads and restarts the worker, lets one job run at a time, and gives up on a worker that does not answer.
//! Files and arrays travel through it without being looked at: an event brings them, an action hands them on.

mod events;
mod machine;
mod messages;
#[cfg(test)]
mod tests;

pub use machine::{CANCEL_MILLISECONDS, Session};
pub use messages::{Action, Event, Fallback, Job, Phase, Work};

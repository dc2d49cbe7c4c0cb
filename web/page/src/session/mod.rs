//! The session with the worker: which request is due, what an answer means, what happens when something fails.
//!
//! A state machine without a browser: [`Session::handle`] takes an [`Event`] and says which [`Action`]s follow. It
//! starts, loads and restarts the worker, lets one job run at a time, and gives up on a worker that does not answer.
//! What has failed is kept until the visitor has tried it again, put the message away or gone on to something else.
//! Files and arrays travel through it without being looked at: an event brings them, an action hands them on.

mod events;
mod failures;
mod machine;
mod messages;
#[cfg(test)]
mod tests;
mod watch;

pub use machine::Session;
pub use messages::{Action, Event, Fallback, Job, Message, Phase, Work};
pub use watch::TICK_MILLISECONDS;

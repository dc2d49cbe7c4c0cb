//! The worker: the engine behind messages. The only WebAssembly module that links burn.
//!
//! The library decides what happens; it knows no browser, so that it is tested natively. The binary gives it one: a
//! [`Host`] made of the worker's global scope. [`start`] connects the two.
//!
//! ```text
//! page -> browser/envelope -> messages -> dispatch -> session / segment / check / export -> responses -> page
//!                                            |                    |
//!                                            +------ Host --------+   fetch, graphics device, clock, event loop
//! ```
//!
//! | file | what |
//! |---|---|
//! | `host` | what the library needs of the place where it runs |
//! | `messages` | a request with its buffers, checked; answers encoded |
//! | `jobs` | which jobs are waiting or under way, and which of them were given up |
//! | `dispatch` | one request after the other; what overtakes; errors as answers |
//! | `session` | what is held between two requests; a model loaded on a device that passes its test |
//! | `bundle` | a model's files |
//! | `open` | the page's files decoded |
//! | `segment` | an image segmented |
//! | `check` | comparison with true labels |
//! | `finished` | the last result |
//! | `export` | files and maps of the last result |
//! | `responses` | what the page is told of a model, an image, a result |
//! | `browser/` (binary) | the host that is a browser's worker |

mod bundle;
mod check;
mod dispatch;
mod error;
mod export;
mod finished;
mod host;
mod jobs;
mod messages;
mod open;
mod places;
mod responses;
mod segment;
mod session;

pub use dispatch::{Listener, start};
pub use error::{Error, brief};
pub use host::{Buffer, FetchFault, Graphics, Host, STEP_MILLISECONDS};
pub use messages::{Encoded, Incoming, encode};

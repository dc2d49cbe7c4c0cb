//! What the library needs of the place where it runs.

use std::ops::ControlFlow;

use burn::tensor::Device;
use protocol::Response;

/// How often one who fetches a file is asked whether to go on waiting.
pub const STEP_MILLISECONDS: u32 = 250;

/// An array that is transferred with a message.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Buffer<'a> {
    /// Bytes.
    Bytes(&'a [u8]),
    /// 32-bit floats.
    Floats(&'a [f32]),
}

/// A graphics device and what its adapter says of itself.
#[derive(Debug, Clone)]
pub struct Graphics {
    /// The device.
    pub device: Device,
    /// The adapter's own words, where the browser tells them.
    pub adapter: Option<String>,
    /// Largest buffer that a shader can use, in bytes.
    pub largest_buffer: u64,
}

/// Why a file did not arrive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FetchFault {
    /// The one who wanted it gave it up.
    GivenUp,
    /// What the browser says.
    Failed(String),
}

/// The place where the worker runs: a browser, or a test.
#[allow(
    async_fn_in_trait,
    reason = "a worker has one thread, so no future needs to be Send"
)]
pub trait Host {
    /// Sends an answer to the page, with arrays that are handed over.
    fn send(&self, response: &Response, buffers: &[Buffer<'_>]);

    /// Milliseconds since a moment that stays the same.
    fn now(&self) -> f64;

    /// The visitor's local time, as `2026-11-26T12:34:56`.
    fn moment(&self) -> String;

    /// Gives the event loop a turn, so that a message can arrive.
    async fn turn(&self);

    /// The bytes of a file on the page's own origin. `step` is told the bytes so far each time that some arrive, and every
    /// [`STEP_MILLISECONDS`] while none do; it says whether to go on.
    async fn fetch(
        &self,
        address: &str,
        step: &mut dyn FnMut(u64) -> ControlFlow<()>,
    ) -> Result<Vec<u8>, FetchFault>;

    /// The graphics device, the same at every call, or one sentence why there is none.
    async fn graphics(&self) -> Result<Graphics, String>;
}

//! What a browser's worker has: the clock, the network, the graphics device, the page.

use std::cell::RefCell;
use std::ops::ControlFlow;

use gloo_timers::future::TimeoutFuture;
use protocol::Response;
use worker::{Buffer, FetchFault, Graphics, Host};

use super::{device, download, envelope};

/// A browser's worker.
#[derive(Debug, Default)]
pub struct Browser {
    /// WebGPU can be started once in a worker's life.
    graphics: RefCell<Option<Graphics>>,
}

impl Host for Browser {
    fn send(&self, response: &Response, buffers: &[Buffer<'_>]) {
        envelope::send(response, buffers);
    }

    fn now(&self) -> f64 {
        js_sys::Date::now()
    }

    fn moment(&self) -> String {
        let now = js_sys::Date::new_0();
        format!(
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
            now.get_full_year(),
            now.get_month() + 1,
            now.get_date(),
            now.get_hours(),
            now.get_minutes(),
            now.get_seconds()
        )
    }

    async fn turn(&self) {
        TimeoutFuture::new(0).await;
    }

    async fn fetch(
        &self,
        address: &str,
        step: &mut dyn FnMut(u64) -> ControlFlow<()>,
    ) -> Result<Vec<u8>, FetchFault> {
        download::fetch(address, step).await
    }

    async fn graphics(&self) -> Result<Graphics, String> {
        if let Some(graphics) = self.graphics.borrow().as_ref() {
            return Ok(graphics.clone());
        }
        let graphics = device::graphics().await?;
        *self.graphics.borrow_mut() = Some(graphics.clone());
        Ok(graphics)
    }
}

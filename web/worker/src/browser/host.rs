//! What a browser's worker has: the clock, the network, the graphics device, the page.

use std::cell::RefCell;

use gloo_net::http::Request;
use gloo_timers::future::TimeoutFuture;
use protocol::Response;
use worker::{Buffer, Graphics, Host};

use super::{device, envelope};

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

    async fn fetch(&self, address: &str) -> Result<Vec<u8>, String> {
        let response = Request::get(address)
            .send()
            .await
            .map_err(|error| error.to_string())?;
        if !response.ok() {
            return Err(format!("status {}", response.status()));
        }
        response.binary().await.map_err(|error| error.to_string())
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

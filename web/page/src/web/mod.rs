//! The part that exists in browsers only.

mod address;
mod app;
mod attempts;
mod controller;
mod dom;
mod drop;
mod embed;
mod files;
mod offline;
mod panels;
mod requests;
mod save;
mod script;
mod state;
mod storage;
mod viewer;
mod worker_client;

/// Puts the page into the document.
pub fn start() {
    console_error_panic_hook::set_once();
    leptos::mount::mount_to_body(app::App);
}

//! The part that exists in browsers only.

mod app;
mod controller;
mod dom;
mod drop;
mod files;
mod lesson;
mod panels;
mod save;
mod state;
mod viewer;
mod worker_client;

/// Puts the page into the document.
pub fn start() {
    console_error_panic_hook::set_once();
    leptos::mount::mount_to_body(app::App);
}

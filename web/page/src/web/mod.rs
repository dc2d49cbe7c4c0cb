//! The part that exists in browsers only.

mod address;
mod app;
mod attempts;
mod controller;
mod dom;
mod drop;
mod embed;
mod files;
mod keys;
mod lesson;
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
    // What index.html shows meanwhile; its script puts it back if this fails.
    if let Some(starting) = gloo::utils::document().get_element_by_id("starting") {
        starting.remove();
    }
    leptos::mount::mount_to_body(app::App);
}

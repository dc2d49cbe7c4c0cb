//! What the page can show of its own privacy: its requests, what is kept, what the browser refuses.

pub mod attempts;
pub mod kept;
pub mod requests;

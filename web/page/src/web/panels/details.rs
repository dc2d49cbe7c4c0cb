//! What a message leaves out, folded away.

use leptos::prelude::*;
use page::session::Message;

/// The details of the sentence that is shown; those of another one are not.
#[component]
pub fn Details(of: RwSignal<Option<String>>, details: RwSignal<Option<Message>>) -> impl IntoView {
    let shown = Memo::new(move |_| {
        let message = details.get()?;
        (of.get().as_ref() == Some(&message.text))
            .then_some(message.details)
            .flatten()
    });
    move || {
        shown.get().map(|details| {
            view! {
                <details class="message-details">
                    <summary>"Details"</summary>
                    <p>{details}</p>
                </details>
            }
        })
    }
}

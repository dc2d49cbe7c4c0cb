//! The proof that nothing leaves: requests, what is kept, the policy, attempts, and the build.

use gloo::utils::document;
use leptos::html::Dialog;
use leptos::prelude::*;
use page::privacy::attempts::{Outcome, Way};
use page::privacy::kept;
use page::text::{self as words, privacy as text};
use wasm_bindgen_futures::spawn_local;

use crate::web::attempts;
use crate::web::offline::{self, Offline};
use crate::web::requests::{self, Requests};
use crate::web::state::State;
use crate::web::storage;

/// The line that leads to the proof, and the proof.
#[component]
pub fn Promise(state: State, requests: Requests, offline: Offline) -> impl IntoView {
    let dialog = NodeRef::<Dialog>::new();
    let open = RwSignal::new(false);
    let show = move |_| {
        if let Some(dialog) = dialog.get_untracked() {
            // It fails only where it is open already.
            dialog.show_modal().unwrap_or_default();
            open.set(true);
        }
    };
    let close = move |_| {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    view! {
        <button type="button" class="as-link" aria-haspopup="dialog" on:click=show>{text::SEE_FOR_YOURSELF}</button>
        <dialog class="privacy" id="privacy" aria-labelledby="privacy-head" node_ref=dialog on:close=move |_| open.set(false)>
            <div class="privacy-top">
                <h2 id="privacy-head">{text::TITLE}</h2>
                <button type="button" on:click=close>"Close"</button>
            </div>
            <Show when=move || open.get()>
                <Made requests/>
                <Stored state offline/>
                <Policy/>
                <Attempts/>
                <Build/>
            </Show>
        </dialog>
    }
}

/// The requests.
#[component]
fn Made(requests: Requests) -> impl IntoView {
    let base = requests::base();
    let origin = gloo::utils::window()
        .location()
        .origin()
        .unwrap_or_default();
    let verdict = move || {
        requests.account.with(|account| {
            let after = requests.own_image.get().map(|moment| account.since(moment));
            text::verdict(account.requests().len(), account.foreign(&origin), after)
        })
    };
    let rows = move || {
        let opened = requests.own_image.get();
        let began = requests
            .account
            .with(|account| account.requests().first().map(|first| first.when));
        let account = requests.account.get();
        let rows = account.requests().iter().map(|request| {
            let seconds = (request.when - began.unwrap_or(request.when)) / 1000.0;
            let later = opened.is_some_and(|moment| request.when >= moment);
            let size = if request.from_here {
                format!("{} {}", text::bytes(request.bytes), text::FROM_HERE)
            } else if request.bytes > 0.0 {
                text::bytes(request.bytes)
            } else {
                "–".to_owned()
            };
            view! {
                <tr class:later=later>
                    <td class="address">{request.shown(&base)}</td>
                    <td>{size}</td>
                    <td>{format!("{seconds:.1} s")}</td>
                    <td>{text::by(request.by)}</td>
                    <td>{text::purpose(&request.purpose(&base))}</td>
                </tr>
            }
        });
        rows.collect_view()
    };
    view! {
        <section class="part" aria-labelledby="requests-head">
            <h3 id="requests-head">"What was asked for"</h3>
            <p class="verdict" data-requests="" role="status">{verdict}</p>
            <div class="scroll" tabindex="0" role="region" aria-label="Requests">
                <table class="requests">
                    <thead><tr><th>"Address"</th><th>"Size"</th><th>"After"</th><th>"By"</th><th>"What for"</th></tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            <p class="hint">{text::REQUESTS_HINT}</p>
        </section>
    }
}

/// What is kept, and taking it away.
#[component]
fn Stored(state: State, offline: Offline) -> impl IntoView {
    let stored = RwSignal::new(Vec::<[String; 2]>::new());
    let forgotten = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let kept = Signal::derive(move || offline.files.with(|files| kept::groups(files)));
    Effect::new(move |_| {
        // Again whenever something more is kept.
        offline.files.track();
        spawn_local(async move { stored.set(storage::list().await) });
    });
    let title = move |id: &str| {
        state.models.with(|models| {
            let model = models.iter().find(|model| model.id == id);
            model.map_or_else(|| id.to_owned(), |model| model.title.clone())
        })
    };
    let groups = move || {
        let groups = kept.get().into_iter().map(|group| {
            let [name, amount] = text::group(&group, title);
            view! { <div><dt>{name}</dt><dd>{amount}</dd></div> }
        });
        groups.collect_view()
    };
    let rest = move || {
        let [have, all] = kept.with(|groups| kept::total(groups));
        all - have
    };
    let keep_all = move |_| {
        busy.set(true);
        spawn_local(async move {
            offline.keep_all().await;
            busy.set(false);
        });
    };
    let switch = move |event| {
        let on = event_target_checked(&event);
        busy.set(true);
        forgotten.set(false);
        spawn_local(async move {
            offline.switch(on).await;
            stored.set(storage::list().await);
            busy.set(false);
        });
    };
    let forget = move |_| {
        busy.set(true);
        spawn_local(async move {
            storage::forget().await;
            offline.refresh().await;
            stored.set(storage::list().await);
            forgotten.set(true);
            busy.set(false);
        });
    };
    let rows = move || {
        let rows = stored.get().into_iter().map(|[name, content]| {
            view! { <div><dt>{name}</dt><dd>{content}</dd></div> }
        });
        rows.collect_view()
    };
    let active = move || offline.active.get();
    view! {
        <section class="part" aria-labelledby="stored-head">
            <h3 id="stored-head">"What is kept in this browser"</h3>
            <p class="hint">{text::KEPT_HINT}</p>
            <label class="tick">
                <input
                    type="checkbox"
                    prop:checked=active
                    disabled=move || busy.get() || offline::build().is_none()
                    on:change=switch
                />
                {text::KEEP_PROGRAM}
            </label>
            <p class:hidden=active>{text::NOT_KEPT}</p>
            <dl class="facts" data-kept="">{groups}</dl>
            <dl class="facts" data-stored="">{rows}</dl>
            <div class="buttons">
                <button type="button" disabled=move || busy.get() || !active() || rest() == 0 on:click=keep_all>
                    {move || text::keep_all(rest())}
                </button>
                <button type="button" disabled=move || busy.get() on:click=forget>"Forget everything"</button>
            </div>
            <p role="status">{move || forgotten.get().then_some(text::FORGOTTEN)}</p>
        </section>
    }
}

/// The policy in force.
#[component]
fn Policy() -> impl IntoView {
    const HEADER: &str = "content-security-policy";
    let meta = document().query_selector("meta[http-equiv=Content-Security-Policy]");
    let meta = meta
        .ok()
        .flatten()
        .and_then(|meta| meta.get_attribute("content"));
    // None as long as nobody has asked; the inner one where the server sends none.
    let header = RwSignal::new(None::<Option<String>>);
    spawn_local(async move {
        if let Some(kept) = storage::kept_header(HEADER).await {
            header.set(Some(Some(kept)));
        }
    });
    let ask = move |_| {
        spawn_local(async move { header.set(Some(storage::sent_header(HEADER).await)) });
    };
    let sent = move || {
        match header.get() {
        Some(Some(policy)) => view! { <p class="policy" data-policy="header">{policy}</p> }.into_any(),
        Some(None) => view! { <p>{text::NO_HEADER}</p> }.into_any(),
        None => view! {
            <button type="button" on:click=ask>"Ask the server for its policy (one request)"</button>
        }
        .into_any(),
    }
    };
    view! {
        <section class="part" aria-labelledby="policy-head">
            <h3 id="policy-head">"The policy in force"</h3>
            <p class="hint">{text::POLICY_HINT}</p>
            <p class="policy" data-policy="page">{meta}</p>
            {sent}
        </section>
    }
}

/// The attempts, and what they cannot show.
#[component]
fn Attempts() -> impl IntoView {
    let seen = RwSignal::new(Vec::<(Way, Outcome)>::new());
    let busy = RwSignal::new(false);
    let start = move |_| {
        busy.set(true);
        seen.set(Vec::new());
        spawn_local(async move {
            for way in Way::ALL {
                let outcome = attempts::attempt(way).await;
                seen.update(|seen| seen.push((way, outcome)));
            }
            busy.set(false);
        });
    };
    let rows = move || {
        let rows = seen.get().into_iter().map(|(way, outcome)| {
            view! {
                <div data-attempt=way.name() data-outcome=outcome.name()>
                    <dt>{text::way(way)}</dt>
                    <dd>{text::outcome(&outcome)}</dd>
                </div>
            }
        });
        rows.collect_view()
    };
    let limits = text::LIMITS.map(|limit| view! { <li>{limit}</li> });
    let steps = words::PRIVACY_STEPS.map(|step| view! { <li>{step}</li> });
    view! {
        <section class="part" aria-labelledby="attempts-head">
            <h3 id="attempts-head">"Try to break it"</h3>
            <p class="hint">{text::ATTEMPTS_HINT}</p>
            <div class="buttons">
                <button type="button" disabled=move || busy.get() on:click=start>"Try to send a pixel away"</button>
            </div>
            <dl class="facts" aria-live="polite">{rows}</dl>
            <h3>"What no policy can stop"</h3>
            <ul class="points">{limits}</ul>
            <p>{text::LIMITS_CHECK}</p>
            <h3>"Without trusting this page"</h3>
            <ol class="points">{steps}</ol>
        </section>
    }
}

/// Which build this is.
#[component]
fn Build() -> impl IntoView {
    view! {
        <section class="part" aria-labelledby="build-head">
            <h3 id="build-head">"This build"</h3>
            <p class="hash" data-build="">{offline::build().unwrap_or_else(|| text::NO_BUILD.to_owned())}</p>
            <p class="hint">{text::BUILD_HINT}</p>
        </section>
    }
}

/// The offer of a new build.
#[component]
pub fn Update(offline: Offline) -> impl IntoView {
    let others = move || {
        let others = offline.others.get();
        (others > 0).then(|| text::other_tabs(others))
    };
    view! {
        <Show when=move || offline.update.get()>
            <div class="update" role="status">
                <p>{text::UPDATE}" "{others}</p>
                <button type="button" on:click=move |_| offline.take_update()>"Reload"</button>
            </div>
        </Show>
    }
}

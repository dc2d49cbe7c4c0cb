//! The account of the requests: the page's own as the browser records them, and what worker and service worker tell.

use std::mem::forget;

use gloo::events::EventListener;
use gloo::utils::{document, window};
use leptos::prelude::*;
use page::privacy::requests::{Account, By, Request};
use wasm_bindgen::prelude::*;
use web_sys::{BroadcastChannel, MessageEvent, PerformanceObserver, PerformanceObserverEntryList};

use super::script;
use super::state::State;

/// On which worker and service worker tell; both name it too.
const CHANNEL: &str = "penumbra-requests";

/// What is known of the requests.
#[derive(Debug, Clone, Copy)]
pub struct Requests {
    /// All so far.
    pub account: RwSignal<Account>,
    /// When the first image of the visitor's own was opened, in milliseconds since 1970.
    pub own_image: RwSignal<Option<f64>>,
}

impl Requests {
    /// Begins the account, with all that was asked for before.
    pub fn begin(state: State) -> Self {
        let requests = Self {
            account: RwSignal::new(Account::default()),
            own_image: RwSignal::new(None),
        };
        requests.observe();
        requests.listen();
        Effect::new(move |_| {
            let opened = state.files.with(|files| !files.is_empty());
            if opened && requests.own_image.get_untracked().is_none() {
                requests.own_image.set(Some(now()));
            }
        });
        requests
    }

    /// Takes a list of the service worker or the worker over.
    pub fn take(&self, by: By, entries: &JsValue) {
        let entries = script::list(entries);
        self.account.update(|account| {
            for entry in entries {
                account.add(Request {
                    by,
                    address: script::text(&entry, "address").unwrap_or_default(),
                    bytes: script::number(&entry, "bytes").unwrap_or(0.0),
                    when: script::number(&entry, "when").unwrap_or(0.0),
                    from_here: script::get(&entry, "fromHere").is_truthy(),
                });
            }
        });
    }

    fn observe(self) {
        let Some(performance) = window().performance() else {
            return;
        };
        let origin = performance.time_origin();
        let add = move |entries: Vec<JsValue>| {
            self.account.update(|account| {
                for entry in entries {
                    let size = |name| script::number(&entry, name).unwrap_or(0.0);
                    let bytes = size("decodedBodySize");
                    account.add(Request {
                        by: By::Page,
                        address: script::text(&entry, "name").unwrap_or_default(),
                        bytes,
                        when: origin + size("startTime"),
                        from_here: bytes > 0.0 && size("transferSize") == 0.0,
                    });
                }
            });
        };
        add(script::list(&performance.get_entries_by_type("navigation")));
        let callback = Closure::<dyn Fn(PerformanceObserverEntryList)>::new(
            move |list: PerformanceObserverEntryList| add(script::list(&list.get_entries())),
        );
        let observer = PerformanceObserver::new(callback.as_ref().unchecked_ref());
        if let Ok(observer) = observer {
            let wanted = [("type", "resource".into()), ("buffered", true.into())];
            // A browser that cannot observe leaves the list short; it is no reason to stop.
            script::call(&observer, "observe", &[script::object(&wanted)]).unwrap_or_default();
            forget(observer);
        }
        callback.forget();
    }

    fn listen(self) {
        let Ok(channel) = BroadcastChannel::new(CHANNEL) else {
            return;
        };
        let own = format!("worker#{}", page_id());
        let listener = EventListener::new(&channel, "message", move |event| {
            let data = event.unchecked_ref::<MessageEvent>().data();
            let by = match script::text(&data, "from") {
                Some(from) if from == own => By::Worker,
                Some(from) if from == "service worker" => By::ServiceWorker,
                _ => return,
            };
            self.take(by, &script::get(&data, "requests"));
        });
        // Both live as long as the page.
        listener.forget();
        forget(channel);
    }
}

/// The present moment, in milliseconds since 1970, on the clock of the browser's records.
fn now() -> f64 {
    window()
        .performance()
        .map_or_else(js_sys::Date::now, |performance| {
            performance.time_origin() + performance.now()
        })
}

/// A worker's script, with a fragment that names this page: it goes to no server, and comes back with what the worker tells.
pub fn marked(script: &str) -> String {
    format!("{script}#{}", page_id())
}

fn page_id() -> String {
    let origin = window()
        .performance()
        .map(|performance| performance.time_origin());
    origin.unwrap_or_default().to_string()
}

/// The address of the page's folder, ending in `/`.
pub fn base() -> String {
    let base = document().base_uri().ok().flatten().unwrap_or_default();
    let base = base.split(['?', '#']).next().unwrap_or_default();
    let end = base.rfind('/').map_or(0, |place| place + 1);
    base.get(..end).unwrap_or_default().to_owned()
}

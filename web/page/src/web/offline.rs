//! The service worker as the page sees it: registering it, telling it what is used, its updates, and taking it away.

use gloo::events::EventListener;
use gloo::utils::{document, window};
use js_sys::{Array, Promise};
use leptos::prelude::*;
use page::privacy::kept::{self, File, PREFIX, Plan, Situation};
use page::privacy::requests::By;
use page::session::Phase;
use serde::Deserialize as _;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    MessageChannel, MessageEvent, ServiceWorker, ServiceWorkerContainer, ServiceWorkerRegistration,
    ServiceWorkerState,
};

use super::requests::Requests;
use super::script;
use super::state::State;

/// The service worker's script, relative to the page.
const SCRIPT: &str = "./service-worker.js";
/// Where the visitor's wish is kept that nothing be kept.
const WISH: &str = "penumbra.offline";

/// What is kept, as the panel shows it.
#[derive(Debug, Clone, Copy)]
pub struct Offline {
    /// The program is kept, and the service worker answers for it.
    pub active: RwSignal<bool>,
    /// The files of the build and whether they are kept.
    pub files: RwSignal<Vec<File>>,
    /// Another build is ready.
    pub update: RwSignal<bool>,
    /// How many other tabs keep it from being used.
    pub others: RwSignal<usize>,
    requests: Requests,
    refused: bool,
    embedded: bool,
}

impl Offline {
    /// Decides once the page has something on screen, so that nothing competes with that.
    pub fn begin(state: State, requests: Requests, refused: bool, embedded: bool) -> Self {
        let offline = Self {
            active: RwSignal::new(false),
            files: RwSignal::new(Vec::new()),
            update: RwSignal::new(false),
            others: RwSignal::new(0),
            requests,
            refused,
            embedded,
        };
        spawn_local(async move {
            // What the service worker did before this page listened: it forgets that when it sleeps.
            if let Some(worker) = active().await {
                let message = script::object(&[("type", "report".into())]);
                let report = ask(&worker, &message).await.unwrap_or_default();
                requests.take(By::ServiceWorker, &script::get(&report, "log"));
            }
        });
        Effect::new(move |decided: Option<bool>| {
            let decided = decided.unwrap_or(false);
            let busy = matches!(state.phase.get(), Phase::Loading | Phase::Running);
            if !decided && !busy {
                spawn_local(async move { offline.start().await });
            }
            decided || !busy
        });
        Effect::new(move |_| {
            let model = state.device.with(|device| {
                let device = device.as_ref()?;
                Some(device.model.id.clone())
            });
            let chosen = state.sample.get();
            let sample = state.samples.with(|samples| {
                let sample = samples
                    .iter()
                    .find(|sample| Some(&sample.id) == chosen.as_ref());
                sample.map(|sample| (sample.file.clone(), sample.labels.clone()))
            });
            let sample = sample
                .as_ref()
                .map(|(file, labels)| (file.as_str(), labels.as_deref()));
            let paths = kept::used(model.as_deref(), sample);
            if offline.active.get() {
                spawn_local(async move { offline.keep(&paths).await });
            }
        });
        offline
    }

    fn situation(&self) -> Situation {
        Situation {
            built: build().is_some(),
            able: container().is_some(),
            refused: self.refused,
            off: switched_off(),
            embedded: self.embedded,
            own_image: self.requests.own_image.get_untracked().is_some(),
        }
    }

    async fn start(self) {
        match kept::plan(self.situation()) {
            Plan::Keep => self.register().await,
            Plan::Remove => remove().await,
            Plan::Nothing => {}
        }
        // Also where nothing is to be fetched now: what an earlier visit has kept answers for this one.
        if let Some(registration) = registration().await
            && !self.embedded
        {
            self.watch(&registration);
            self.refresh().await;
        }
    }

    /// Registers the service worker and waits until it answers for this page.
    async fn register(self) {
        let Some(container) = container() else {
            return;
        };
        // A browser that does not allow it leaves the page as it was before there were service workers.
        let registered = JsFuture::from(container.register(SCRIPT)).await;
        let registered = registered.ok().and_then(|found| found.dyn_into().ok());
        if let Some(registration) = registered {
            until_active(&registration).await;
        }
    }

    /// Learns again what is kept.
    pub async fn refresh(self) {
        let Some(worker) = active().await else {
            self.active.set(false);
            self.files.set(Vec::new());
            return;
        };
        let claim = [
            ("type", "claim".into()),
            ("build", build().unwrap_or_default().into()),
        ];
        let claimed = ask(&worker, &script::object(&claim))
            .await
            .unwrap_or_default();
        let same = build().is_some() && script::text(&claimed, "build") == build();
        let report = ask(&worker, &script::object(&[("type", "report".into())])).await;
        let report = report.unwrap_or_default();
        self.requests
            .take(By::ServiceWorker, &script::get(&report, "log"));
        let files = Vec::<File>::deserialize(serde_wasm_bindgen::Deserializer::from(script::get(
            &report, "files",
        )));
        self.files.set(files.unwrap_or_default());
        self.active.set(same);
    }

    /// Has files and folders kept.
    pub async fn keep(self, paths: &[String]) {
        if let Some(worker) = active().await {
            let paths: Array = paths
                .iter()
                .map(|path| JsValue::from(path.as_str()))
                .collect();
            let message = [("type", "keep".into()), ("paths", paths.into())];
            // What could not be fetched shows in the list as not kept.
            ask(&worker, &script::object(&message))
                .await
                .unwrap_or_default();
            let report = ask(&worker, &script::object(&[("type", "report".into())])).await;
            let files = script::get(&report.unwrap_or_default(), "files");
            if let Ok(files) =
                Vec::<File>::deserialize(serde_wasm_bindgen::Deserializer::from(files))
            {
                self.files.set(files);
            }
        }
    }

    /// Has everything kept that can be.
    pub async fn keep_all(self) {
        self.keep(&["models/".to_owned(), "samples/".to_owned()])
            .await;
    }

    /// Keeps the program from now on, or takes away what is kept and remembers that nothing is to be.
    pub async fn switch(self, on: bool) {
        if let Ok(Some(storage)) = window().local_storage() {
            // Without storage the wish holds for this visit.
            if on {
                storage.remove_item(WISH).unwrap_or_default();
            } else {
                storage.set_item(WISH, "off").unwrap_or_default();
            }
        }
        if on {
            self.register().await;
        } else {
            remove().await;
        }
        self.refresh().await;
    }

    /// Offers a build that waits, now and later.
    fn watch(self, registration: &ServiceWorkerRegistration) {
        let offer = move |registration: &ServiceWorkerRegistration| {
            if registration.waiting().is_some() && registration.active().is_some() {
                self.update.set(true);
            }
        };
        offer(registration);
        let found = registration.clone();
        let listener = EventListener::new(registration, "updatefound", move |_| {
            let Some(installing) = found.installing() else {
                return;
            };
            let registration = found.clone();
            let worker = installing.clone();
            EventListener::new(&installing, "statechange", move |_| {
                if worker.state() == ServiceWorkerState::Installed {
                    offer(&registration);
                }
            })
            .forget();
        });
        listener.forget();
    }

    /// Changes to the build that waits and loads the page again; not while other tabs still use the present one.
    pub fn take_update(self) {
        spawn_local(async move {
            let Some(waiting) = registration()
                .await
                .and_then(|registration| registration.waiting())
            else {
                reload();
                return;
            };
            if let Some(container) = container() {
                EventListener::once(&container, "controllerchange", |_| reload()).forget();
            }
            let answer = ask(&waiting, &script::object(&[("type", "activate".into())])).await;
            let others = answer
                .ok()
                .and_then(|answer| script::number(&answer, "others"));
            self.others.set(others.unwrap_or(0.0) as usize);
        });
    }
}

fn reload() {
    // The browser may refuse while a dialog asks; the visitor can reload by hand.
    window().location().reload().unwrap_or_default();
}

/// The name of this page's build; none in development.
pub fn build() -> Option<String> {
    let meta = document()
        .query_selector("meta[name=penumbra-build]")
        .ok()
        .flatten()?;
    meta.get_attribute("content")
        .filter(|name| !name.is_empty())
}

/// Whether the visitor wants nothing to be kept.
pub fn switched_off() -> bool {
    let storage = window().local_storage().ok().flatten();
    storage
        .and_then(|storage| storage.get_item(WISH).ok().flatten())
        .is_some()
}

fn container() -> Option<ServiceWorkerContainer> {
    let navigator = window().navigator();
    script::has(&navigator, "serviceWorker").then(|| navigator.service_worker())
}

async fn registration() -> Option<ServiceWorkerRegistration> {
    let found = JsFuture::from(container()?.get_registration()).await.ok()?;
    found.dyn_into().ok()
}

/// Waits until the first service worker of a registration works, or has failed.
async fn until_active(registration: &ServiceWorkerRegistration) {
    let over = |worker: &ServiceWorker| {
        let state = worker.state();
        state == ServiceWorkerState::Activated || state == ServiceWorkerState::Redundant
    };
    let worker = registration.installing().or_else(|| registration.waiting());
    let Some(worker) = worker.filter(|worker| registration.active().is_none() && !over(worker))
    else {
        return;
    };
    let promise = Promise::new(&mut |done, _| {
        let changed = worker.clone();
        EventListener::new(&worker, "statechange", move |_| {
            if over(&changed) {
                done.call0(&JsValue::NULL).unwrap_or_default();
            }
        })
        .forget();
    });
    JsFuture::from(promise).await.unwrap_or_default();
}

async fn active() -> Option<ServiceWorker> {
    registration().await?.active()
}

/// Sends a message and waits for the answer.
async fn ask(worker: &ServiceWorker, message: &JsValue) -> Result<JsValue, JsValue> {
    let channel = MessageChannel::new()?;
    let answer = Promise::new(&mut |done, _| {
        let callback = Closure::once_into_js(move |event: MessageEvent| {
            done.call1(&JsValue::NULL, &event.data())
                .unwrap_or_default();
        });
        channel
            .port1()
            .set_onmessage(Some(callback.unchecked_ref()));
    });
    worker.post_message_with_transferable(message, &Array::of1(&channel.port2()))?;
    let answer = JsFuture::from(answer).await?;
    channel.port1().close();
    match script::text(&answer, "fault") {
        Some(fault) => Err(fault.into()),
        None => Ok(answer),
    }
}

/// Takes away what is kept, and the service worker.
pub async fn remove() {
    if let Some(registration) = registration().await {
        let worker = registration.active();
        if let Some(worker) = worker {
            // It stops keeping at once; what is left is taken away here in any case.
            ask(&worker, &script::object(&[("type", "leave".into())]))
                .await
                .unwrap_or_default();
        }
        if let Ok(left) = registration.unregister() {
            JsFuture::from(left).await.unwrap_or_default();
        }
    }
    remove_caches().await;
}

/// The names of the page's caches.
pub async fn caches() -> Vec<String> {
    let Ok(storage) = window().caches() else {
        return Vec::new();
    };
    let names = script::awaited(&storage, "keys", &[])
        .await
        .unwrap_or_default();
    let names = script::list(&names)
        .into_iter()
        .filter_map(|name| name.as_string());
    let own = own_cache_prefix();
    names.filter(|name| name.starts_with(&own)).collect()
}

async fn remove_caches() {
    for name in caches().await {
        if let Ok(storage) = window().caches() {
            JsFuture::from(storage.delete(&name))
                .await
                .unwrap_or_default();
        }
    }
}

/// The service worker names its caches so: after the folder that it answers for.
fn own_cache_prefix() -> String {
    let base = super::requests::base();
    let origin = window().location().origin().unwrap_or_default();
    let folder = base.strip_prefix(&origin).unwrap_or("/");
    format!("{PREFIX} {folder} ")
}

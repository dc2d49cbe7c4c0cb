//! One request after the other; only "cancel" and a wish for a map overtake.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use burn::tensor::Device;
use engine::{Bundle, Engine, SELF_TEST_TOLERANCE};
use futures_channel::mpsc;
use futures_util::StreamExt as _;
use protocol::{Backend, BackendChoice, Request, Response, SelfTest, Stage, VERSION};
use segwithu::conformance::compare_network;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;
use web_sys::MessageEvent;

use crate::answers::{count, model_info};
use crate::device::{self, Adapter, WebGpu};
use crate::error::Error;
use crate::export::Last;
use crate::files;
use crate::link::{Incoming, read, scope, send};
use crate::open;
use crate::segment::{Task, send_map};

/// A model on a device.
pub struct Loaded {
    pub engine: Engine,
    pub backend: Backend,
    /// Largest buffer of the device, in bytes; none on the CPU.
    pub largest_buffer: Option<u64>,
}

/// What the worker holds between two requests.
#[derive(Default)]
pub struct Session {
    pub loaded: Option<Loaded>,
    /// WebGPU can be started once in a worker's life.
    webgpu: Option<WebGpu>,
    /// Shared with the listener, which hands over maps while something else is under way.
    pub last: Rc<RefCell<Option<Last>>>,
    pub cancelled: Rc<Cell<Option<u32>>>,
}

/// Listens to the page.
pub fn start() {
    let (sender, mut receiver) = mpsc::unbounded::<Incoming>();
    let mut session = Session::default();
    let cancelled = Rc::clone(&session.cancelled);
    let last = Rc::clone(&session.last);
    let listener = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        match read(&event.data()) {
            Ok(Incoming {
                request: Request::Cancel { job },
                ..
            }) => cancelled.set(Some(job)),
            Ok(Incoming {
                request: Request::Map { job, name },
                ..
            }) => send_map(last.borrow().as_ref(), job, name),
            // The receiver lives as long as the worker.
            Ok(incoming) => sender.unbounded_send(incoming).unwrap_or_default(),
            Err(error) => send(
                &Response::Failed {
                    job: None,
                    message: error.sentence(),
                },
                &[],
            ),
        }
    });
    scope().set_onmessage(Some(listener.as_ref().unchecked_ref()));
    listener.forget();
    send(&Response::Started { version: VERSION }, &[]);
    wasm_bindgen_futures::spawn_local(async move {
        while let Some(incoming) = receiver.next().await {
            session.handle(incoming).await;
        }
    });
}

/// Tells the page where the work stands.
pub fn progress(job: Option<u32>, stage: Stage, done: usize, total: usize) {
    send(
        &Response::Progress {
            job,
            stage,
            done: count(done),
            total: count(total),
        },
        &[],
    );
}

impl Session {
    async fn handle(&mut self, incoming: Incoming) {
        let Incoming { request, buffers } = incoming;
        let (job, outcome) = match request {
            Request::Load {
                version,
                model,
                models_url,
                backend,
            } => (None, self.load(version, &model, &models_url, backend).await),
            Request::Segment {
                job,
                names,
                series,
                window,
            } => {
                let task = Task {
                    job,
                    names,
                    series,
                    window,
                };
                (Some(job), self.segment(task, buffers).await)
            }
            Request::Export { job, what, format } => (Some(job), self.export(job, &what, format)),
            Request::Describe { job, names } => (Some(job), describe(job, &names, buffers)),
            Request::Check { job, names } => (Some(job), self.check(job, &names, buffers)),
            Request::Conform { job } => {
                let mut buffers = buffers.into_iter();
                let (first, second) = (buffers.next(), buffers.next());
                let (description, file) = (first.unwrap_or_default(), second.unwrap_or_default());
                (Some(job), self.conform(job, &description, &file).await)
            }
            // The listener has done these already.
            Request::Cancel { .. } | Request::Map { .. } => return,
        };
        match (job, outcome) {
            (_, Ok(())) => {}
            (Some(job), Err(Error::Engine(engine::Error::Cancelled))) => {
                send(&Response::Cancelled { job }, &[])
            }
            (Some(_), Err(error)) if self.on_webgpu() && is_device_fault(&error) => {
                send(
                    &Response::DeviceLost {
                        reason: error.sentence(),
                    },
                    &[],
                );
            }
            (job, Err(error)) => send(
                &Response::Failed {
                    job,
                    message: error.sentence(),
                },
                &[],
            ),
        }
    }

    fn on_webgpu(&self) -> bool {
        self.loaded
            .as_ref()
            .is_some_and(|loaded| loaded.backend == Backend::Webgpu)
    }

    async fn load(
        &mut self,
        version: u32,
        model: &str,
        models_url: &str,
        choice: BackendChoice,
    ) -> Result<(), Error> {
        if version != VERSION {
            return Err(Error::Version {
                found: version,
                expected: VERSION,
            });
        }
        self.loaded = None;
        *self.last.borrow_mut() = None;
        progress(None, Stage::FetchModel, 0, 0);
        let bundle = files::bundle(models_url, model).await?;
        let reason = if choice == BackendChoice::Cpu {
            "The CPU was asked for.".to_owned()
        } else {
            match self.try_webgpu(&bundle).await {
                Ok((loaded, self_test)) => {
                    self.ready(loaded, None, self_test);
                    return Ok(());
                }
                Err(why) => why,
            }
        };
        let (loaded, self_test) = tested(&bundle, &Device::flex(), None).await?;
        if self_test.largest_difference > self_test.tolerance {
            return Err(Error::SelfTest {
                difference: self_test.largest_difference,
                allowed: self_test.tolerance,
            });
        }
        self.ready(loaded, Some(reason), self_test);
        Ok(())
    }

    /// The model on WebGPU, its known-answer test passed, or one sentence why not.
    async fn try_webgpu(&mut self, bundle: &Bundle) -> Result<(Loaded, SelfTest), String> {
        progress(None, Stage::StartDevice, 0, 0);
        let webgpu = match &mut self.webgpu {
            Some(webgpu) => webgpu,
            none => none.insert(device::webgpu().await?),
        };
        let (loaded, self_test) = tested(bundle, &webgpu.device, Some(&webgpu.adapter))
            .await
            .map_err(|error| format!("WebGPU failed the known-answer test ({error})."))?;
        if self_test.largest_difference > self_test.tolerance {
            return Err(format!(
                "WebGPU gave other results than the CPU in the known-answer test (difference {:.1e}, allowed {:.0e}).",
                self_test.largest_difference, self_test.tolerance
            ));
        }
        Ok((loaded, self_test))
    }

    fn ready(&mut self, loaded: Loaded, reason: Option<String>, self_test: SelfTest) {
        let adapter = if loaded.backend == Backend::Webgpu {
            self.webgpu
                .as_ref()
                .and_then(|webgpu| webgpu.adapter.name.clone())
        } else {
            None
        };
        let model = model_info(loaded.engine.manifest());
        send(
            &Response::Ready {
                model,
                backend: loaded.backend,
                adapter,
                reason,
                self_test,
            },
            &[],
        );
        self.loaded = Some(loaded);
    }

    async fn conform(&self, job: u32, description: &[u8], file: &[u8]) -> Result<(), Error> {
        let Loaded { engine, .. } = self.loaded.as_ref().ok_or(Error::NoModel)?;
        let differences = compare_network(description, file, engine.device()).await?;
        let differences = differences
            .into_iter()
            .map(|difference| (difference.name, difference.relative))
            .collect();
        send(&Response::Conformed { job, differences }, &[]);
        Ok(())
    }
}

/// Tells what is in files; no model is needed for it.
fn describe(job: u32, names: &[String], files: Vec<Vec<u8>>) -> Result<(), Error> {
    let summary = open::describe(names, files)?;
    send(&Response::Described { job, summary }, &[]);
    Ok(())
}

/// Faults after which the device is not to be trusted any more.
const fn is_device_fault(error: &Error) -> bool {
    matches!(
        error,
        Error::Engine(
            engine::Error::NotFinite | engine::Error::Method(segwithu::Error::ReadBack(_))
        ) | Error::Method(segwithu::Error::ReadBack(_))
    )
}

/// The model on a device, WebGPU where there is an adapter, with the outcome of its known-answer test.
async fn tested(
    bundle: &Bundle,
    device: &Device,
    adapter: Option<&Adapter>,
) -> Result<(Loaded, SelfTest), Error> {
    progress(None, Stage::SelfTest, 0, 0);
    let started = js_sys::Date::now();
    let engine = Engine::new(bundle, device)?;
    let report = engine.self_test().await?;
    let self_test = SelfTest {
        largest_difference: report.largest_difference,
        tolerance: SELF_TEST_TOLERANCE,
        elapsed_ms: js_sys::Date::now() - started,
    };
    let loaded = Loaded {
        engine,
        backend: if adapter.is_some() {
            Backend::Webgpu
        } else {
            Backend::Cpu
        },
        largest_buffer: adapter.map(|adapter| adapter.largest_buffer),
    };
    Ok((loaded, self_test))
}

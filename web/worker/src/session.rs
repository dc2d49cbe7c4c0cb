//! One request after the other; only "cancel" overtakes.

use std::cell::Cell;
use std::ops::ControlFlow;
use std::rc::Rc;

use burn::tensor::Device;
use engine::{Bundle, Engine, SELF_TEST_TOLERANCE, Segmentation, output};
use futures_channel::mpsc;
use futures_util::StreamExt as _;
use gloo_timers::future::TimeoutFuture;
use imaging::{Limits, open, open_labels};
use protocol::{
    Backend, BackendChoice, ExportFormat, Exported, Request, Response, SelfTest, Stage, VERSION,
};
use segwithu::conformance::compare_network;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;
use web_sys::MessageEvent;

use crate::answers::{image_info, model_info, result_info};
use crate::check::compare;
use crate::device;
use crate::error::Error;
use crate::files;
use crate::link::{Buffer, Incoming, read, scope, send};

/// Decoded pixels that a browser's tab can hold beside the network's work.
const MOST_PIXELS: u64 = 16 << 20;

/// A model on a device.
struct Loaded {
    engine: Engine,
    backend: Backend,
}

#[derive(Default)]
struct Session {
    loaded: Option<Loaded>,
    /// WebGPU can be started once in a worker's life.
    webgpu: Option<Device>,
    adapter: Option<String>,
    last: Option<Segmentation>,
    cancelled: Rc<Cell<Option<u32>>>,
}

/// Listens to the page.
pub fn start() {
    let (sender, mut receiver) = mpsc::unbounded::<Incoming>();
    let mut session = Session::default();
    let cancelled = Rc::clone(&session.cancelled);
    let listener = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        match read(&event.data()) {
            Ok(Incoming {
                request: Request::Cancel { job },
                ..
            }) => cancelled.set(Some(job)),
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
fn progress(job: Option<u32>, stage: Stage, done: usize, total: usize) {
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    send(
        &Response::Progress {
            job,
            stage,
            done: number(done),
            total: number(total),
        },
        &[],
    );
}

impl Session {
    async fn handle(&mut self, incoming: Incoming) {
        let Incoming {
            request,
            mut buffers,
        } = incoming;
        let first = if buffers.is_empty() {
            Vec::new()
        } else {
            buffers.swap_remove(0)
        };
        let (job, outcome) = match request {
            Request::Load {
                version,
                model,
                models_url,
                backend,
            } => (None, self.load(version, &model, &models_url, backend).await),
            Request::Segment { job, names, .. } => {
                let name = names.first().map_or("", String::as_str);
                (Some(job), self.segment(job, name, &first).await)
            }
            Request::Export { job, what, format } => (Some(job), self.export(job, &what, format)),
            Request::Check { job, names } => {
                let name = names.first().map_or("", String::as_str);
                (Some(job), self.check(job, name, &first))
            }
            Request::Conform { job } => {
                let second = buffers.pop().unwrap_or_default();
                (Some(job), self.conform(job, &first, &second).await)
            }
            Request::Cancel { job } => {
                self.cancelled.set(Some(job));
                return;
            }
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
        self.last = None;
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
        let (loaded, self_test) = tested(&bundle, &Device::flex(), Backend::Cpu).await?;
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
        let device = if let Some(device) = &self.webgpu {
            device.clone()
        } else {
            let started = device::webgpu().await?;
            self.adapter = started.adapter;
            self.webgpu.insert(started.device).clone()
        };
        let (loaded, self_test) = tested(bundle, &device, Backend::Webgpu)
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
            self.adapter.clone()
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

    async fn segment(&mut self, job: u32, name: &str, bytes: &[u8]) -> Result<(), Error> {
        let Loaded { engine, backend } = self.loaded.as_ref().ok_or(Error::NoModel)?;
        progress(Some(job), Stage::Decode, 0, 0);
        let limits = Limits {
            max_pixels: MOST_PIXELS,
            ..Limits::default()
        };
        let volume = open(bytes, name, &limits)?;
        send(
            &Response::Opened {
                job,
                image: image_info(&volume),
            },
            &[Buffer::Floats(&volume.voxels)],
        );

        let started = js_sys::Date::now();
        let cancelled = Rc::clone(&self.cancelled);
        let result = engine
            .segment(&volume, async |done, total| {
                progress(Some(job), Stage::Segment, done, total);
                // Gives the browser's event loop a turn, so that "cancel" can arrive.
                TimeoutFuture::new(0).await;
                if cancelled.get() == Some(job) {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            })
            .await?;
        let elapsed = js_sys::Date::now() - started;
        let info = result_info(engine.manifest(), &volume, &result, *backend, elapsed)?;
        let mut buffers = vec![
            Buffer::Bytes(&result.labels),
            Buffer::Floats(&result.probability),
        ];
        buffers.extend(result.maps.iter().map(|map| Buffer::Floats(&map.values)));
        send(&Response::Done { job, result: info }, &buffers);
        self.last = Some(result);
        Ok(())
    }

    fn check(&self, job: u32, name: &str, bytes: &[u8]) -> Result<(), Error> {
        let Loaded { engine, .. } = self.loaded.as_ref().ok_or(Error::NoModel)?;
        let result = self.last.as_ref().ok_or(Error::NoResult)?;
        progress(Some(job), Stage::Check, 0, 0);
        let limits = Limits {
            max_pixels: MOST_PIXELS,
            ..Limits::default()
        };
        let classes = u8::try_from(engine.manifest().classes.len()).unwrap_or(u8::MAX);
        let labels = open_labels(bytes, name, &limits, classes)?;
        let (scores, errors) = compare(engine.manifest(), result, &labels)?;
        send(
            &Response::Checked { job, scores },
            &[Buffer::Bytes(&errors)],
        );
        Ok(())
    }

    fn export(&self, job: u32, what: &Exported, format: ExportFormat) -> Result<(), Error> {
        let result = self.last.as_ref().ok_or(Error::NoResult)?;
        let (name, media_type, bytes) = match (what, format) {
            (Exported::Mask, ExportFormat::Png) => (
                "_seg.png".to_owned(),
                "image/png",
                output::mask_png(result)?,
            ),
            (Exported::Map { name }, ExportFormat::Tiff) => {
                let map = result.maps.iter().find(|map| map.kind.name() == name);
                let map = map.ok_or_else(|| Error::NoMap(name.clone()))?;
                (
                    format!("_{name}.tif"),
                    "image/tiff",
                    output::map_tiff(result, map)?,
                )
            }
            _ => return Err(Error::ExportFormat(format!("{format:?}"))),
        };
        let media_type = media_type.to_owned();
        send(
            &Response::Exported {
                job,
                name,
                media_type,
            },
            &[Buffer::Bytes(&bytes)],
        );
        Ok(())
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

/// Faults after which the device is not to be trusted any more.
const fn is_device_fault(error: &Error) -> bool {
    matches!(
        error,
        Error::Engine(
            engine::Error::NotFinite | engine::Error::Method(segwithu::Error::ReadBack(_))
        ) | Error::Method(segwithu::Error::ReadBack(_))
    )
}

/// The model on a device, with the outcome of its known-answer test.
async fn tested(
    bundle: &Bundle,
    device: &Device,
    backend: Backend,
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
    Ok((Loaded { engine, backend }, self_test))
}

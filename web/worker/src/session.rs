//! What the worker holds between two requests, and a model loaded on a device that passes its known-answer test.

use std::cell::RefCell;
use std::rc::Rc;

use burn::tensor::Device;
use engine::{Bundle, Engine, SELF_TEST_TOLERANCE};
use protocol::{Backend, BackendChoice, Response, SelfTest, Stage, VERSION};
use segwithu::conformance::compare_network;

use crate::bundle::bundle;
use crate::error::{Error, brief};
use crate::finished::FinishedSegmentation;
use crate::host::{Graphics, Host};
use crate::jobs::Jobs;
use crate::messages::progress;
use crate::open;
use crate::responses::model_info;

/// A model on a device.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub engine: Engine,
    pub backend: Backend,
    /// Largest buffer of the device, in bytes; none on the CPU.
    pub largest_buffer: Option<u64>,
    /// The adapter's own name, where it tells one.
    adapter: Option<String>,
    /// Why it is not WebGPU, where it is not.
    reason: Option<String>,
    self_test: SelfTest,
}

impl Loaded {
    /// Whether it is the model that is wanted, on a device that is wanted.
    fn is(&self, model: &str, choice: BackendChoice) -> bool {
        let device = match choice {
            BackendChoice::Auto => true,
            BackendChoice::Webgpu => self.backend == Backend::Webgpu,
            BackendChoice::Cpu => self.backend == Backend::Cpu,
        };
        device && self.engine.manifest().id == model
    }
}

/// What the worker holds between two requests.
#[derive(Debug)]
pub(crate) struct Session<H> {
    pub host: Rc<H>,
    /// The model in use. It stays until another one works.
    pub loaded: Option<Rc<Loaded>>,
    /// The last result. Shared with the listener, which hands over maps while something else is under way.
    pub finished: Rc<RefCell<Option<FinishedSegmentation>>>,
    pub jobs: Rc<Jobs>,
}

impl<H: Host> Session<H> {
    pub fn new(host: Rc<H>) -> Self {
        Self {
            host,
            loaded: None,
            finished: Rc::default(),
            jobs: Rc::default(),
        }
    }

    pub fn loaded(&self) -> Result<&Rc<Loaded>, Error> {
        self.loaded.as_ref().ok_or(Error::NoModel)
    }

    pub fn is_on_webgpu(&self) -> bool {
        self.loaded
            .as_ref()
            .is_some_and(|loaded| loaded.backend == Backend::Webgpu)
    }

    /// Fetches and checks a model, chooses a device, and runs the known-answer test on it.
    pub async fn load(
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
        let superseded = || self.jobs.load_is_superseded();
        if superseded() {
            return Err(Error::Superseded);
        }
        // The model of the result on screen is still here: to go back to it needs nothing from the server.
        let made = {
            let finished = self.finished.borrow();
            finished.as_ref().map(|finished| Rc::clone(&finished.model))
        };
        let mut kept = self.loaded.iter().chain(&made);
        let loaded = match kept.find(|kept| kept.is(model, choice)) {
            Some(kept) => Rc::clone(kept),
            None => Rc::new(self.fetched(model, models_url, choice).await?),
        };
        if superseded() {
            return Err(Error::Superseded);
        }
        self.host.send(
            &Response::Ready {
                model: model_info(loaded.engine.manifest()),
                backend: loaded.backend,
                adapter: loaded.adapter.clone(),
                reason: loaded.reason.clone(),
                self_test: loaded.self_test.clone(),
            },
            &[],
        );
        self.loaded = Some(loaded);
        Ok(())
    }

    /// A model from the server on a device that passes its test.
    async fn fetched(
        &self,
        model: &str,
        models_url: &str,
        choice: BackendChoice,
    ) -> Result<Loaded, Error> {
        progress(&*self.host, None, Stage::FetchModel, 0, 0);
        let superseded = || self.jobs.load_is_superseded();
        let bundle = bundle(&*self.host, models_url, model, &superseded).await?;
        let reason = match choice {
            BackendChoice::Cpu => "The CPU was asked for.".to_owned(),
            BackendChoice::Auto | BackendChoice::Webgpu => match self.try_webgpu(&bundle).await {
                Ok(loaded) => return Ok(loaded),
                Err(why) => why,
            },
        };
        let mut loaded = self.tested(&bundle, &Device::flex(), None).await?;
        if loaded.self_test.largest_difference > loaded.self_test.tolerance {
            return Err(Error::SelfTest {
                difference: loaded.self_test.largest_difference,
                allowed: loaded.self_test.tolerance,
            });
        }
        loaded.reason = Some(reason);
        Ok(loaded)
    }

    /// The model on WebGPU, its known-answer test passed; or one sentence why not.
    async fn try_webgpu(&self, bundle: &Bundle) -> Result<Loaded, String> {
        progress(&*self.host, None, Stage::StartDevice, 0, 0);
        let graphics = self.host.graphics().await?;
        let loaded = self
            .tested(bundle, &graphics.device, Some(&graphics))
            .await
            .map_err(|error| {
                let fault = brief(&error.to_string());
                format!("WebGPU failed the known-answer test ({fault}).")
            })?;
        let self_test = &loaded.self_test;
        if self_test.largest_difference > self_test.tolerance {
            return Err(format!(
                "WebGPU gave other results than the CPU in the known-answer test (difference {:.1e}, allowed {:.0e}).",
                self_test.largest_difference, self_test.tolerance
            ));
        }
        Ok(loaded)
    }

    /// The model on a device, WebGPU where `graphics` is given, with the outcome of its known-answer test.
    async fn tested(
        &self,
        bundle: &Bundle,
        device: &Device,
        graphics: Option<&Graphics>,
    ) -> Result<Loaded, Error> {
        progress(&*self.host, None, Stage::SelfTest, 0, 0);
        // So that what is said is seen: on the CPU the test lets nothing else happen.
        self.host.turn().await;
        let started = self.host.now();
        let engine = Engine::new(bundle, device).map_err(Error::Bundle)?;
        let report = engine.self_test().await?;
        Ok(Loaded {
            engine,
            backend: if graphics.is_some() {
                Backend::Webgpu
            } else {
                Backend::Cpu
            },
            largest_buffer: graphics.map(|graphics| graphics.largest_buffer),
            adapter: graphics.and_then(|graphics| graphics.adapter.clone()),
            reason: None,
            self_test: SelfTest {
                largest_difference: report.largest_difference,
                tolerance: SELF_TEST_TOLERANCE,
                elapsed_ms: self.host.now() - started,
            },
        })
    }

    /// Says that a model could not be loaded, and which one is still there.
    pub fn not_loaded(&self, model: String, error: &Error) {
        let kept = self.loaded.as_ref();
        let answer = Response::NotLoaded {
            model,
            message: error.sentence(),
            details: error.details(),
            kept: kept.map(|loaded| loaded.engine.manifest().id.clone()),
        };
        self.host.send(&answer, &[]);
    }

    /// Compares a reference network with its stored outputs; the buffers are its description and its file.
    pub async fn conform(&self, job: u32, buffers: &[Vec<u8>]) -> Result<(), Error> {
        let [description, file] = buffers else {
            return Err(Error::Buffers {
                found: buffers.len(),
                expected: 2,
            });
        };
        let device = self.loaded()?.engine.device();
        let differences = compare_network(description, file, device).await?;
        let differences = differences
            .into_iter()
            .map(|difference| (difference.name, difference.relative))
            .collect();
        self.host
            .send(&Response::Conformed { job, differences }, &[]);
        Ok(())
    }

    /// Tells what is in files; no model is needed for it.
    pub fn describe(&self, job: u32, names: &[String], files: Vec<Vec<u8>>) -> Result<(), Error> {
        let summary = open::describe(names, files)?;
        self.host.send(&Response::Described { job, summary }, &[]);
        Ok(())
    }
}

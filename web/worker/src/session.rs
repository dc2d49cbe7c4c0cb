//! What the worker holds between two requests, and a model loaded on a device that passes its known-answer test.

use std::cell::RefCell;
use std::rc::Rc;

use burn::tensor::Device;
use engine::{Bundle, Engine, SELF_TEST_TOLERANCE};
use protocol::{Backend, BackendChoice, Response, SelfTest, Stage, VERSION};
use segwithu::conformance::compare_network;

use crate::bundle::bundle;
use crate::error::Error;
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
}

/// What the worker holds between two requests.
#[derive(Debug)]
pub(crate) struct Session<H> {
    pub host: Rc<H>,
    pub loaded: Option<Loaded>,
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

    pub fn loaded(&self) -> Result<&Loaded, Error> {
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
        self.loaded = None;
        *self.finished.borrow_mut() = None;
        progress(&*self.host, None, Stage::FetchModel, 0, 0);
        let bundle = bundle(&*self.host, models_url, model).await?;
        let reason = match choice {
            BackendChoice::Cpu => "The CPU was asked for.".to_owned(),
            BackendChoice::Auto | BackendChoice::Webgpu => match self.try_webgpu(&bundle).await {
                Ok((loaded, self_test, adapter)) => {
                    self.ready(loaded, self_test, adapter, None);
                    return Ok(());
                }
                Err(why) => why,
            },
        };
        let (loaded, self_test) = self.tested(&bundle, &Device::flex(), None).await?;
        if self_test.largest_difference > self_test.tolerance {
            return Err(Error::SelfTest {
                difference: self_test.largest_difference,
                allowed: self_test.tolerance,
            });
        }
        self.ready(loaded, self_test, None, Some(reason));
        Ok(())
    }

    /// The model on WebGPU, its known-answer test passed, with the adapter's name; or one sentence why not.
    async fn try_webgpu(
        &self,
        bundle: &Bundle,
    ) -> Result<(Loaded, SelfTest, Option<String>), String> {
        progress(&*self.host, None, Stage::StartDevice, 0, 0);
        let graphics = self.host.graphics().await?;
        let (loaded, self_test) = self
            .tested(bundle, &graphics.device, Some(&graphics))
            .await
            .map_err(|error| format!("WebGPU failed the known-answer test ({error})."))?;
        if self_test.largest_difference > self_test.tolerance {
            return Err(format!(
                "WebGPU gave other results than the CPU in the known-answer test (difference {:.1e}, allowed {:.0e}).",
                self_test.largest_difference, self_test.tolerance
            ));
        }
        Ok((loaded, self_test, graphics.adapter))
    }

    /// The model on a device, WebGPU where `graphics` is given, with the outcome of its known-answer test.
    async fn tested(
        &self,
        bundle: &Bundle,
        device: &Device,
        graphics: Option<&Graphics>,
    ) -> Result<(Loaded, SelfTest), Error> {
        progress(&*self.host, None, Stage::SelfTest, 0, 0);
        let started = self.host.now();
        let engine = Engine::new(bundle, device)?;
        let report = engine.self_test().await?;
        let self_test = SelfTest {
            largest_difference: report.largest_difference,
            tolerance: SELF_TEST_TOLERANCE,
            elapsed_ms: self.host.now() - started,
        };
        let loaded = Loaded {
            engine,
            backend: if graphics.is_some() {
                Backend::Webgpu
            } else {
                Backend::Cpu
            },
            largest_buffer: graphics.map(|graphics| graphics.largest_buffer),
        };
        Ok((loaded, self_test))
    }

    fn ready(
        &mut self,
        loaded: Loaded,
        self_test: SelfTest,
        adapter: Option<String>,
        reason: Option<String>,
    ) {
        let ready = Response::Ready {
            model: model_info(loaded.engine.manifest()),
            backend: loaded.backend,
            adapter,
            reason,
            self_test,
        };
        self.loaded = Some(loaded);
        self.host.send(&ready, &[]);
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

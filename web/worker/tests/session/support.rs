//! A place for the worker to run in that is no browser: files, a clock, and a page that only listens.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::ops::ControlFlow;
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::task::{Context, Poll, Waker};

use engine::{Bundle, Engine, Manifest, known_answer};
use pollster::block_on;
use protocol::{BackendChoice, Request, Response, VERSION};
use worker::{Buffer, FetchFault, Graphics, Host, Listener, start};

use crate::models;

/// An array as the page gets it.
#[derive(Debug, Clone, PartialEq)]
pub enum Array {
    Bytes(Vec<u8>),
    Floats(Vec<f32>),
}

impl Array {
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::Floats(_) => panic!("floats where bytes were expected"),
        }
    }

    pub fn floats(&self) -> &[f32] {
        match self {
            Self::Floats(floats) => floats,
            Self::Bytes(_) => panic!("bytes where floats were expected"),
        }
    }
}

/// An answer with its arrays.
pub type Answer = (Response, Vec<Array>);
/// A request with its buffers.
pub type Message = (Request, Vec<Option<Vec<u8>>>);

/// The host.
#[derive(Debug, Default)]
pub struct Desk {
    pub files: RefCell<BTreeMap<String, Vec<u8>>>,
    pub graphics: RefCell<Option<Graphics>>,
    /// Files whose second half never comes, by their address.
    pub hanging: RefCell<Vec<String>>,
    sent: RefCell<Vec<Answer>>,
    clock: Cell<f64>,
    listener: RefCell<Weak<Listener<Self>>>,
    /// Arrives while the worker lets the event loop take its turn, one message a turn.
    meanwhile: RefCell<VecDeque<Message>>,
}

impl Host for Desk {
    fn send(&self, response: &Response, buffers: &[Buffer<'_>]) {
        let arrays = buffers.iter().map(|buffer| match buffer {
            Buffer::Bytes(bytes) => Array::Bytes(bytes.to_vec()),
            Buffer::Floats(floats) => Array::Floats(floats.to_vec()),
        });
        let answer = (response.clone(), arrays.collect());
        self.sent.borrow_mut().push(answer);
    }

    fn now(&self) -> f64 {
        // Every look at the clock takes most of a second.
        self.clock.set(self.clock.get() + 700.0);
        self.clock.get()
    }

    fn moment(&self) -> String {
        "2026-11-26T12:34:56".to_owned()
    }

    async fn turn(&self) {
        let next = self.meanwhile.borrow_mut().pop_front();
        let listener = self.listener.borrow().upgrade();
        if let (Some((request, buffers)), Some(listener)) = (next, listener) {
            listener.receive(request, buffers);
        }
    }

    async fn fetch(
        &self,
        address: &str,
        step: &mut dyn FnMut(u64) -> ControlFlow<()>,
    ) -> Result<Vec<u8>, FetchFault> {
        let file = self.files.borrow().get(address).cloned();
        let file = file.ok_or(FetchFault::Failed("status 404".to_owned()))?;
        let half = file.len() as u64 / 2;
        loop {
            self.turn().await;
            if step(half).is_break() {
                return Err(FetchFault::GivenUp);
            }
            if !self.hanging.borrow().iter().any(|known| known == address) {
                break;
            }
        }
        if step(file.len() as u64).is_break() {
            return Err(FetchFault::GivenUp);
        }
        Ok(file)
    }

    async fn graphics(&self) -> Result<Graphics, String> {
        let graphics = self.graphics.borrow().clone();
        graphics.ok_or("This browser has no WebGPU.".to_owned())
    }
}

/// A running worker.
pub struct Page {
    pub host: Rc<Desk>,
    listener: Rc<Listener<Desk>>,
    work: Pin<Box<dyn Future<Output = ()>>>,
}

impl Page {
    /// A worker that has just started, with a model under `models/test/`.
    pub fn new(manifest: Manifest) -> Self {
        let host = Rc::new(Desk::default());
        let bundle = models::bundle(manifest);
        let engine = Engine::new(&bundle, &burn::tensor::Device::flex()).unwrap();
        let mut manifest = bundle.manifest.clone();
        manifest.known_answer = block_on(known_answer(&engine)).unwrap();
        host.put(&Bundle::new(manifest, bundle.weights().to_vec()));
        let (listener, work) = start(Rc::clone(&host));
        let listener = Rc::new(listener);
        *host.listener.borrow_mut() = Rc::downgrade(&listener);
        Self {
            host,
            listener,
            work: Box::pin(work),
        }
    }

    /// As [`new`](Self::new), with the model loaded on the CPU.
    pub fn loaded(manifest: Manifest) -> Self {
        let mut page = Self::new(manifest);
        let answers = page.say([load(BackendChoice::Cpu)]);
        assert!(
            matches!(answers.last(), Some((Response::Ready { .. }, _))),
            "{answers:?}"
        );
        page
    }

    /// Sends messages, lets the worker work until it waits for more, and returns what it has answered since the last time.
    pub fn say(&mut self, messages: impl IntoIterator<Item = Message>) -> Vec<Answer> {
        for (request, buffers) in messages {
            self.listener.receive(request, buffers);
        }
        let mut context = Context::from_waker(Waker::noop());
        assert_eq!(self.work.as_mut().poll(&mut context), Poll::Pending);
        self.host.sent.borrow_mut().drain(..).collect()
    }

    /// As [`say`](Self::say); `meanwhile` arrives while the worker is at it.
    pub fn say_while(
        &mut self,
        messages: impl IntoIterator<Item = Message>,
        meanwhile: impl IntoIterator<Item = Message>,
    ) -> Vec<Answer> {
        self.host.meanwhile.borrow_mut().extend(meanwhile);
        self.say(messages)
    }
}

impl Desk {
    /// Puts a model's files where the worker fetches them.
    pub fn put(&self, bundle: &Bundle) {
        let mut files = self.files.borrow_mut();
        let manifest = bundle.manifest.to_json().unwrap().into_bytes();
        files.insert("models/test/model.json".to_owned(), manifest);
        files.insert(
            "models/test/weights.safetensors".to_owned(),
            bundle.weights().to_vec(),
        );
    }
}

/// A request without buffers.
pub fn plain(request: Request) -> Message {
    (request, Vec::new())
}

/// Load the model.
pub fn load(backend: BackendChoice) -> Message {
    load_model("test", backend)
}

/// Load a model by its name.
pub fn load_model(model: &str, backend: BackendChoice) -> Message {
    plain(Request::Load {
        version: VERSION,
        model: model.to_owned(),
        models_url: "models/".to_owned(),
        backend,
    })
}

/// Segment one file.
pub fn segment(job: u32, file: Vec<u8>) -> Message {
    let request = Request::Segment {
        job,
        names: vec!["image.tif".to_owned()],
        series: None,
        part: protocol::PartChoice::default(),
        window: protocol::WindowSize::Model,
    };
    (request, vec![Some(file)])
}

/// A TIFF with a page of floats for every plane.
pub fn image(shape: [usize; 3]) -> Vec<u8> {
    imaging::encode::tiff_f32_pages(&models::blobs(shape).voxels, shape).unwrap()
}

//! One request after the other; only "cancel" and wishes for a map or a probability overtake.

use std::cell::RefCell;
use std::rc::Rc;

use futures_channel::mpsc;
use futures_util::StreamExt as _;
use protocol::{Request, Response, VERSION};

use crate::error::Error;
use crate::export::{send_map, send_probability};
use crate::finished::FinishedSegmentation;
use crate::host::Host;
use crate::jobs::Jobs;
use crate::messages::Incoming;
use crate::segment::Task;
use crate::session::Session;

/// Takes what the page sends, also while something is under way.
#[derive(Debug)]
pub struct Listener<H> {
    host: Rc<H>,
    jobs: Rc<Jobs>,
    finished: Rc<RefCell<Option<FinishedSegmentation>>>,
    queue: mpsc::UnboundedSender<Incoming>,
}

/// Starts a worker: says that it has started, and returns what listens and what works. The work ends once the listener is
/// gone and everything that it took is done.
pub fn start<H: Host>(host: Rc<H>) -> (Listener<H>, impl Future<Output = ()>) {
    let (queue, mut requests) = mpsc::unbounded();
    let mut session = Session::new(Rc::clone(&host));
    let listener = Listener {
        jobs: Rc::clone(&session.jobs),
        finished: Rc::clone(&session.finished),
        queue,
        host,
    };
    listener
        .host
        .send(&Response::Started { version: VERSION }, &[]);
    let work = async move {
        while let Some(incoming) = requests.next().await {
            handle(&mut session, incoming).await;
        }
    };
    (listener, work)
}

impl<H: Host> Listener<H> {
    /// Takes a request with its buffers, as [`Incoming::new`] does.
    pub fn receive(&self, request: Request, buffers: Vec<Option<Vec<u8>>>) {
        let job = request.job();
        let incoming = match Incoming::new(request, buffers) {
            Ok(incoming) => incoming,
            Err(error) => return self.refuse(job, &error),
        };
        match incoming.request {
            Request::Cancel { job } => self.jobs.cancel(job),
            Request::Map { job, name } => {
                send_map(&*self.host, self.finished.borrow().as_ref(), job, name);
            }
            Request::Probability { job, class } => {
                send_probability(&*self.host, self.finished.borrow().as_ref(), job, class);
            }
            Request::Load { .. }
            | Request::Segment { .. }
            | Request::Export { .. }
            | Request::Places { .. }
            | Request::Check { .. }
            | Request::Describe { .. }
            | Request::Conform { .. } => {
                match job {
                    Some(job) => self.jobs.begin(job),
                    None => self.jobs.load_arrived(),
                }
                if let Err(refused) = self.queue.unbounded_send(incoming) {
                    self.refuse(refused.into_inner().request.job(), &Error::Stopped);
                }
            }
        }
    }

    /// Answers a message that could not be taken.
    pub fn refuse(&self, job: Option<u32>, error: &Error) {
        self.host.send(&failed(job, error), &[]);
    }
}

async fn handle<H: Host>(session: &mut Session<H>, incoming: Incoming) {
    let job = incoming.request.job();
    let outcome = match job {
        Some(job) if session.jobs.is_cancelled(job) => Err(engine::Error::Cancelled.into()),
        Some(_) | None => answer(session, incoming).await,
    };
    if let Some(job) = job {
        session.jobs.end(job);
    }
    if let Err(error) = outcome {
        session
            .host
            .send(&failure(job, &error, session.is_on_webgpu()), &[]);
    }
}

async fn answer<H: Host>(session: &mut Session<H>, incoming: Incoming) -> Result<(), Error> {
    let Incoming { request, buffers } = incoming;
    match request {
        Request::Load {
            version,
            model,
            models_url,
            backend,
        } => {
            session.jobs.load_begins();
            let outcome = session.load(version, &model, &models_url, backend).await;
            match outcome {
                Ok(()) | Err(Error::Superseded) => {}
                Err(error) => session.not_loaded(model, &error),
            }
            Ok(())
        }
        Request::Segment {
            job,
            names,
            series,
            part,
            window,
        } => {
            let task = Task {
                job,
                names,
                series,
                part,
                window,
            };
            session.segment(task, buffers).await
        }
        Request::Places { job, tolerance } => session.places(job, tolerance),
        Request::Export { job, what, format } => session.export(job, &what, format, &buffers),
        Request::Describe { job, names } => session.describe(job, &names, buffers),
        Request::Check { job, names } => session.check(job, &names, buffers),
        Request::Conform { job } => session.conform(job, &buffers).await,
        // The listener has answered these already.
        Request::Cancel { .. } | Request::Map { .. } | Request::Probability { .. } => Ok(()),
    }
}

/// What the page is told of an error.
fn failure(job: Option<u32>, error: &Error, on_webgpu: bool) -> Response {
    match (job, error) {
        (Some(job), Error::Engine(engine::Error::Cancelled)) => Response::Cancelled { job },
        (Some(_), error) if on_webgpu && is_device_fault(error) => Response::DeviceLost {
            reason: error.sentence(),
        },
        (job, error) => failed(job, error),
    }
}

fn failed(job: Option<u32>, error: &Error) -> Response {
    Response::Failed {
        job,
        message: error.sentence(),
        details: error.details(),
        cause: error.cause(),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_that_gives_nonsense_is_lost_and_a_cpu_is_not() {
        let error = Error::Engine(engine::Error::NotFinite);
        assert!(matches!(
            failure(Some(1), &error, true),
            Response::DeviceLost { .. }
        ));
        assert!(matches!(
            failure(Some(1), &error, false),
            Response::Failed { job: Some(1), .. }
        ));
        let bad_image = Error::Engine(engine::Error::Constant);
        assert!(matches!(
            failure(Some(2), &bad_image, true),
            Response::Failed { job: Some(2), .. }
        ));
        let cancelled = Error::Engine(engine::Error::Cancelled);
        assert_eq!(
            failure(Some(3), &cancelled, true),
            Response::Cancelled { job: 3 }
        );
    }
}

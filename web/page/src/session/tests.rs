#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::rc::Rc;

use protocol::{
    Backend, BackendChoice, Cause, ExportFormat, Exported, Request, Response, Scores, SelfTest,
    Stage, VERSION, WindowSize,
};

mod failures;
mod models;
mod volumes;
mod worker;

use super::machine::Session;
use super::*;
use crate::results::outcome;
use crate::view::picture;

/// Stands for the bytes of files.
type Files = Rc<u32>;
type TestSession = Session<Files, u8>;
type TestJob = Job<Files>;
type TestEvent = Event<Files, u8>;
type TestAction = Action<Files, u8>;

/// Stands for the arrays of an answer, which the session hands on as they are.
const ARRAYS: u8 = 42;

fn ready(model: &str, backend: Backend) -> TestEvent {
    let mut info = outcome::tests::model();
    info.id = model.into();
    let self_test = SelfTest {
        largest_difference: 0.0,
        tolerance: 1e-3,
        elapsed_ms: 1.0,
    };
    answer(Response::Ready {
        model: info,
        backend,
        adapter: None,
        reason: None,
        self_test,
    })
}

fn answer(response: Response) -> TestEvent {
    Event::Answer(Box::new(response), ARRAYS)
}

fn done(job: u32) -> TestEvent {
    let result = outcome::tests::two_classes([1, 1, 1], &[0.0]).info;
    answer(Response::Done { job, result })
}

fn checked(job: u32) -> TestEvent {
    answer(Response::Checked {
        job,
        scores: Scores {
            dice: vec![],
            error_rate: 0.0,
            methods: vec![],
            notes: vec![],
        },
    })
}

fn job(session: &mut TestSession, work: Work) -> TestJob {
    let id = session.next_job_id();
    Job {
        id,
        files: Rc::new(id),
        work,
        names: vec!["cell.png".into()],
    }
}

fn phases(actions: &[TestAction]) -> Vec<Phase> {
    actions
        .iter()
        .filter_map(|action| {
            if let Action::Phase(phase) = action {
                Some(*phase)
            } else {
                None
            }
        })
        .collect()
}

fn sent(actions: &[TestAction]) -> Vec<Request> {
    actions
        .iter()
        .filter_map(|action| {
            if let Action::Send { request, .. } = action {
                Some(request.clone())
            } else {
                None
            }
        })
        .collect()
}

fn notices(actions: &[TestAction]) -> Vec<Message> {
    let notices = actions.iter().filter_map(|action| match action {
        Action::Notice(notice) => notice.clone(),
        _ => None,
    });
    notices.collect()
}

fn alert(actions: &[TestAction]) -> Message {
    let mut alerts = actions.iter().rev().filter_map(|action| match action {
        Action::Alert(message) => Some(message.clone()),
        _ => None,
    });
    alerts.next().expect("an alert")
}

/// What the worker says of a job that it could not do.
fn refused(job: u32, message: &str, cause: Cause) -> TestEvent {
    answer(Response::Failed {
        job: Some(job),
        message: message.into(),
        details: None,
        cause,
    })
}

/// What the worker says of a model that it could not load.
fn not_loaded(model: &str, kept: Option<&str>) -> TestEvent {
    answer(Response::NotLoaded {
        model: model.into(),
        message: "The model could not be fetched.".into(),
        details: Some("status 404".into()),
        kept: kept.map(str::to_owned),
    })
}

/// The model that the page is to show as the chosen one, if that is said.
fn chosen_again(actions: &[TestAction]) -> Option<&str> {
    actions.iter().find_map(|action| match action {
        Action::Model(model) => Some(model.as_str()),
        _ => None,
    })
}

fn segments(actions: &[TestAction]) -> Vec<u32> {
    let sent = sent(actions);
    sent.iter()
        .filter_map(|request| {
            if let Request::Segment { job, .. } = request {
                Some(*job)
            } else {
                None
            }
        })
        .collect()
}

/// The files that are segmented after an event, and the number of the job.
fn rerun(session: &mut TestSession, event: TestEvent) -> (Files, u32) {
    let actions = session.handle(event);
    let numbers = segments(&actions);
    assert_eq!(numbers.len(), 1, "one job at a time");
    (sent_files(&actions), numbers[0])
}

/// The files that go with a request.
fn sent_files(actions: &[TestAction]) -> Files {
    let files: Vec<Files> = actions
        .iter()
        .filter_map(|action| {
            if let Action::Send { files, .. } = action {
                files.clone()
            } else {
                None
            }
        })
        .collect();
    assert_eq!(files.len(), 1, "one request with files");
    Rc::clone(&files[0])
}

/// Whether the session keeps the bytes of a job's files.
fn is_held(job: &TestJob) -> bool {
    Rc::strong_count(&job.files) > 1
}

fn last_phase(actions: &[TestAction]) -> Option<Phase> {
    phases(actions).last().copied()
}

fn choose(model: &str) -> TestEvent {
    Event::Choose {
        model: model.into(),
    }
}

/// A session whose worker is ready and that has shown one result.
fn settled() -> (TestSession, TestJob) {
    let mut session = TestSession::new("models/".into(), BackendChoice::Auto);
    session.handle(choose("nuclei"));
    session.handle(answer(Response::Started { version: VERSION }));
    session.handle(ready("nuclei", Backend::Webgpu));
    let first = job(&mut session, Work::SEGMENT);
    session.handle(Event::Open(first.clone()));
    assert_eq!(
        last_phase(&session.handle(done(first.id))),
        Some(Phase::Done)
    );
    (session, first)
}

#[test]
fn a_map_that_was_asked_for_is_taken_over_whatever_is_under_way() {
    let (mut session, first) = settled();
    let values = || Response::MapValues {
        job: first.id,
        name: "entropy".into(),
    };
    let expected = [Action::Accept(Box::new(values()), ARRAYS)];
    assert_eq!(session.handle(answer(values())), expected);
    let other = job(&mut session, Work::SEGMENT);
    session.handle(Event::Open(other));
    assert_eq!(session.handle(answer(values())), expected);
    assert!(session.busy());
}

#[test]
fn an_image_opened_while_loading_is_sent_when_ready() {
    let mut session = TestSession::new("models/".into(), BackendChoice::Webgpu);
    assert!(
        session
            .handle(choose("nuclei"))
            .contains(&Action::StartWorker)
    );
    let first = job(&mut session, Work::SEGMENT);
    let actions = session.handle(Event::Open(first.clone()));
    assert_eq!(
        (last_phase(&actions), sent(&actions).len()),
        (Some(Phase::Loading), 0)
    );
    let actions = session.handle(answer(Response::Started { version: VERSION }));
    let Some(Request::Load { model, backend, .. }) = sent(&actions).pop() else {
        panic!("{actions:?}")
    };
    assert_eq!((model.as_str(), backend), ("nuclei", BackendChoice::Webgpu));
    let actions = session.handle(ready("nuclei", Backend::Webgpu));
    assert_eq!(
        (segments(&actions), last_phase(&actions)),
        (vec![first.id], Some(Phase::Running))
    );
    let actions = session.handle(done(first.id));
    assert!(actions.contains(&Action::ClearAlert));
    assert_eq!(last_phase(&actions), Some(Phase::Done));
}

#[test]
fn without_an_image_a_ready_worker_is_idle() {
    let mut session = TestSession::new("models/".into(), BackendChoice::Auto);
    session.handle(choose("nuclei"));
    session.handle(answer(Response::Started { version: VERSION }));
    assert_eq!(
        last_phase(&session.handle(ready("nuclei", Backend::Cpu))),
        Some(Phase::Idle)
    );
}

#[test]
fn a_newer_image_takes_the_place_of_the_running_one() {
    let (mut session, _) = settled();
    let second = job(&mut session, Work::SEGMENT);
    session.handle(Event::Open(second.clone()));
    let third = job(&mut session, Work::SEGMENT);
    let actions = session.handle(Event::Open(third.clone()));
    assert_eq!(sent(&actions), [Request::Cancel { job: second.id }]);
    let actions = session.handle(answer(Response::Cancelled { job: second.id }));
    assert_eq!(
        (segments(&actions), last_phase(&actions)),
        (vec![third.id], Some(Phase::Running))
    );
    assert!(
        session.handle(done(second.id)).is_empty(),
        "an answer to a job given up changes nothing"
    );
}

#[test]
fn cancelling_returns_to_the_former_result() {
    let (mut session, first) = settled();
    let second = job(&mut session, Work::SEGMENT);
    session.handle(Event::Open(second.clone()));
    assert!(session.busy());
    let actions = session.handle(Event::Cancel);
    assert_eq!(sent(&actions), [Request::Cancel { job: second.id }]);
    assert!(actions.contains(&Action::WatchCancel {
        job: second.id,
        milliseconds: 2000
    }));
    assert!(
        notices(&actions)[0].text.contains("Cancelled"),
        "{actions:?}"
    );
    let actions = session.handle(answer(Response::Cancelled { job: second.id }));
    assert!(actions.contains(&Action::DropPending));
    assert_eq!(last_phase(&actions), Some(Phase::Done));
    assert!(!session.busy() && is_held(&first) && !is_held(&second));
    assert!(
        session
            .handle(Event::CancelOverdue { job: second.id })
            .is_empty()
    );
}

#[test]
fn another_model_runs_the_image_again() {
    let (mut session, first) = settled();
    let actions = session.handle(choose("other"));
    assert!(matches!(&sent(&actions)[..], [Request::Load { model, .. }] if model == "other"));
    assert!(
        session.handle(ready("nuclei", Backend::Webgpu)).is_empty(),
        "an answer for the former model"
    );
    let (files, number) = rerun(&mut session, ready("other", Backend::Webgpu));
    assert_eq!(files, first.files);
    assert_ne!(number, first.id, "a job that runs again has another number");
}

#[test]
fn another_model_while_running_cancels_loads_and_runs_again() {
    let (mut session, _) = settled();
    let second = job(&mut session, Work::SEGMENT);
    session.handle(Event::Open(second.clone()));
    assert_eq!(
        sent(&session.handle(choose("other"))),
        [Request::Cancel { job: second.id }]
    );
    let actions = session.handle(answer(Response::Cancelled { job: second.id }));
    assert!(
        matches!(&sent(&actions)[..], [Request::Load { model, .. }] if model == "other"),
        "{actions:?}"
    );
    let (files, number) = rerun(&mut session, ready("other", Backend::Webgpu));
    assert_eq!(files, second.files);
    assert_ne!(
        number, second.id,
        "a job that runs again has another number"
    );
}

#[test]
fn labels_are_checked_against_the_result_that_is_shown() {
    let (mut session, first) = settled();
    let labels = job(&mut session, Work::Check);
    assert!(matches!(
        sent(&session.handle(Event::Open(labels.clone())))[..],
        [Request::Check { .. }]
    ));
    assert_eq!(
        last_phase(&session.handle(checked(labels.id))),
        Some(Phase::Done)
    );

    // A new worker has to segment again before it can compare.
    let second = job(&mut session, Work::SEGMENT);
    session.handle(Event::Open(second.clone()));
    session.handle(Event::Cancel);
    session.handle(Event::CancelOverdue { job: second.id });
    session.handle(answer(Response::Started { version: VERSION }));
    session.handle(ready("nuclei", Backend::Webgpu));
    let labels = job(&mut session, Work::Check);
    let (files, number) = rerun(&mut session, Event::Open(labels.clone()));
    assert_eq!(files, first.files);
    assert_eq!(
        sent(&session.handle(done(number))),
        [Request::Check {
            job: labels.id,
            names: labels.names
        }]
    );
}

#[test]
fn progress_of_others_is_not_shown() {
    let (mut session, _) = settled();
    let progress = |job| {
        answer(Response::Progress {
            job,
            stage: Stage::Segment,
            done: 1,
            total: 4,
        })
    };
    assert!(session.handle(progress(None)).is_empty());
    assert!(session.handle(progress(Some(99))).is_empty());
    let second = job(&mut session, Work::SEGMENT);
    session.handle(Event::Open(second.clone()));
    assert_eq!(
        session.handle(progress(Some(second.id))),
        [Action::Progress {
            stage: Stage::Segment,
            done: 1,
            total: 4
        }]
    );
}

use super::*;

#[test]
fn a_stale_worker_is_refused() {
    let mut session = TestSession::new("models/".into(), BackendChoice::Auto);
    session.handle(choose("nuclei"));
    let actions = session.handle(answer(Response::Started {
        version: VERSION + 1,
    }));
    assert!(
        actions.contains(&Action::StopWorker) && last_phase(&actions) == Some(Phase::Error),
        "{actions:?}"
    );
}

#[test]
fn a_worker_that_does_not_answer_is_ended() {
    let (mut session, _) = settled();
    let second = job(&mut session, Work::SEGMENT);
    session.handle(Event::Open(second.clone()));
    session.handle(Event::Cancel);
    let actions = session.handle(Event::CancelOverdue { job: second.id });
    assert!(actions.contains(&Action::StopWorker) && actions.contains(&Action::StartWorker));
    session.handle(answer(Response::Started { version: VERSION }));
    let actions = session.handle(ready("nuclei", Backend::Webgpu));
    assert_eq!(
        (segments(&actions).len(), last_phase(&actions)),
        (0, Some(Phase::Done))
    );
}

#[test]
fn bad_input_keeps_the_result_and_the_next_file_works() {
    let (mut session, first) = settled();
    let bad = job(&mut session, Work::SEGMENT);
    session.handle(Event::Open(bad.clone()));
    let actions = session.handle(refused(bad.id, "The file is empty.", Cause::Other));
    assert_eq!(
        alert(&actions).text,
        "“cell.png” was not opened: the file is empty."
    );
    assert!(actions.contains(&Action::DropPending));
    assert_eq!(last_phase(&actions), Some(Phase::Error));
    assert_eq!(
        last_phase(&session.handle(Event::Dismiss)),
        Some(Phase::Done)
    );
    let good = job(&mut session, Work::SEGMENT);
    assert_eq!(
        segments(&session.handle(Event::Open(good.clone()))),
        [good.id]
    );
    assert!(is_held(&first) && !is_held(&bad));
}

#[test]
fn a_file_that_cannot_be_read_does_not_disturb_the_worker() {
    let (mut session, _) = settled();
    let id = session.next_job_id();
    let actions = session.handle(Event::Unreadable {
        job: id,
        message: "Gone.".into(),
    });
    assert_eq!(
        (sent(&actions).len(), last_phase(&actions)),
        (0, Some(Phase::Error))
    );
}

#[test]
fn a_lost_device_moves_the_job_to_the_cpu() {
    let (mut session, _) = settled();
    let second = job(&mut session, Work::SEGMENT);
    session.handle(Event::Open(second.clone()));
    let actions = session.handle(answer(Response::DeviceLost {
        reason: "The GPU was reset.".into(),
    }));
    let told = &notices(&actions)[0];
    assert!(told.text.contains("graphics card") && !told.text.contains("reset"));
    assert_eq!(told.details.as_deref(), Some("The GPU was reset."));
    let actions = session.handle(answer(Response::Started { version: VERSION }));
    assert!(
        matches!(
            sent(&actions)[..],
            [Request::Load {
                backend: BackendChoice::Cpu,
                ..
            }]
        ),
        "{actions:?}"
    );
    let (files, number) = rerun(&mut session, ready("nuclei", Backend::Cpu));
    assert_eq!(files, second.files);
    assert_ne!(
        number, second.id,
        "a job that runs again has another number"
    );
    session.handle(done(number));
    // It is said once, and taken away with the next image.
    let third = job(&mut session, Work::SEGMENT);
    let actions = session.handle(Event::Open(third));
    assert!(actions.contains(&Action::Notice(None)) && notices(&actions).is_empty());
}

#[test]
fn a_crash_on_the_cpu_is_an_error_and_the_next_file_starts_a_new_worker() {
    let (mut session, _) = settled();
    let second = job(&mut session, Work::SEGMENT);
    session.handle(Event::Open(second));
    assert!(
        session
            .handle(Event::Crashed {
                fault: "out of memory".into()
            })
            .contains(&Action::StartWorker)
    );
    session.handle(answer(Response::Started { version: VERSION }));
    session.handle(ready("nuclei", Backend::Cpu));
    let actions = session.handle(Event::Crashed {
        fault: "out of memory".into(),
    });
    assert_eq!(last_phase(&actions), Some(Phase::Error));
    assert!(!actions.contains(&Action::StartWorker));
    let third = job(&mut session, Work::SEGMENT);
    assert!(
        session
            .handle(Event::Open(third))
            .contains(&Action::StartWorker)
    );
}

#[test]
fn results_that_cannot_be_used_are_an_error() {
    let (mut session, _) = settled();
    let actions = session.handle(Event::Unusable {
        message: "Too short.".into(),
    });
    assert_eq!(last_phase(&actions), Some(Phase::Error));
}

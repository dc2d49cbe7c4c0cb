//! A worker that is gone, hangs or never comes up, and trying again.

use super::*;

/// Lets seconds pass with a look at the clock every half second, until something follows.
fn pass(session: &mut TestSession, from: &mut f64, seconds: u32) -> Vec<TestAction> {
    for _ in 0..2 * seconds {
        *from += 500.0;
        session.clock(*from);
        let actions = session.handle(Event::Tick);
        if !actions.is_empty() {
            return actions;
        }
    }
    Vec::new()
}

#[test]
fn the_worker_is_watched_by_the_lock_that_it_holds() {
    let mut session = TestSession::new("models/".into(), BackendChoice::Auto);
    session.handle(choose("nuclei"));
    let actions = session.handle(answer(Response::HoldsLock));
    assert_eq!(actions, [Action::WatchLock]);
}

#[test]
fn a_worker_that_is_gone_while_idle_is_told_and_comes_back() {
    let (mut session, first) = settled();
    let actions = session.handle(Event::Lost);
    assert!(alert(&actions).text.contains("try again"));
    assert!(actions.contains(&Action::StopWorker));
    assert_eq!(last_phase(&actions), Some(Phase::Error));
    assert_eq!(session.fallbacks(), [Fallback::Again, Fallback::Cpu]);
    assert!(session.handle(Event::Lost).is_empty(), "it is told once");
    let actions = session.handle(Event::TryAgain(Fallback::Again));
    assert!(actions.contains(&Action::StartWorker) && actions.contains(&Action::ClearAlert));
    session.handle(answer(Response::Started { version: VERSION }));
    let actions = session.handle(ready("nuclei", Backend::Webgpu));
    assert_eq!(
        (segments(&actions).len(), last_phase(&actions)),
        (0, Some(Phase::Done)),
        "the result is still shown"
    );
    assert!(is_held(&first));
}

#[test]
fn a_worker_that_is_gone_while_running_repeats_the_last_thing() {
    let (mut session, _) = settled();
    let second = job(&mut session, Work::SEGMENT);
    session.handle(Event::Open(second.clone()));
    let actions = session.handle(Event::Lost);
    assert!(actions.contains(&Action::DropPending));
    assert!(!session.busy());
    session.handle(Event::TryAgain(Fallback::Again));
    session.handle(answer(Response::Started { version: VERSION }));
    let (files, number) = rerun(&mut session, ready("nuclei", Backend::Webgpu));
    assert_eq!(files, second.files);
    assert_ne!(number, second.id);

    // A comparison needs the image first.
    let (mut session, first) = settled();
    let labels = job(&mut session, Work::Check);
    session.handle(Event::Open(labels.clone()));
    session.handle(Event::Lost);
    session.handle(Event::TryAgain(Fallback::Again));
    session.handle(answer(Response::Started { version: VERSION }));
    let (files, number) = rerun(&mut session, ready("nuclei", Backend::Webgpu));
    assert_eq!(files, first.files);
    assert!(matches!(
        sent(&session.handle(done(number)))[..],
        [Request::Check { .. }]
    ));
}

#[test]
fn an_idle_worker_that_says_nothing_is_given_up() {
    let (mut session, _) = settled();
    let mut now = 0.0;
    for _ in 0..100 {
        assert!(pass(&mut session, &mut now, 2).is_empty());
        assert!(session.handle(answer(Response::Alive)).is_empty());
    }
    let actions = pass(&mut session, &mut now, 12);
    assert!(alert(&actions).text.contains("for 10 s"), "{actions:?}");
    assert_eq!(session.fallbacks(), [Fallback::Again, Fallback::Cpu]);
    assert!(
        pass(&mut session, &mut now, 600).is_empty(),
        "there is nothing to watch any more"
    );
}

#[test]
fn a_long_window_is_no_alarm() {
    let (mut session, _) = settled();
    let mut now = 0.0;
    let second = job(&mut session, Work::SEGMENT);
    session.handle(Event::Open(second.clone()));
    let progress = |done| {
        answer(Response::Progress {
            job: Some(second.id),
            stage: Stage::Segment,
            done,
            total: 9,
        })
    };
    session.handle(progress(0));
    for done in 1..5 {
        assert!(pass(&mut session, &mut now, 25).is_empty());
        session.handle(progress(done));
    }
    assert!(pass(&mut session, &mut now, 190).is_empty());
    assert!(!pass(&mut session, &mut now, 30).is_empty());
    // Such a worker gets longer to answer a cancellation, too.
    let third = job(&mut session, Work::SEGMENT);
    session.handle(Event::Open(third.clone()));
    session.handle(answer(Response::Started { version: VERSION }));
    session.handle(ready("nuclei", Backend::Cpu));
    let actions = session.handle(Event::Cancel);
    assert!(
        actions.iter().any(|action| matches!(
            action,
            Action::WatchCancel {
                milliseconds: 50_000,
                ..
            }
        )),
        "{actions:?}"
    );
}

#[test]
fn a_program_that_does_not_arrive_is_told() {
    let mut session = TestSession::new("models/".into(), BackendChoice::Auto);
    session.handle(choose("nuclei"));
    let image = job(&mut session, Work::SEGMENT);
    session.handle(Event::Open(image.clone()));
    let mut now = 0.0;
    let part = |done| {
        answer(Response::Progress {
            job: None,
            stage: Stage::FetchProgram,
            done,
            total: 100,
        })
    };
    for done in 0..50 {
        assert!(
            matches!(session.handle(part(done))[..], [Action::Progress { .. }]),
            "the bytes are shown"
        );
        assert!(pass(&mut session, &mut now, 15).is_empty());
    }
    let actions = pass(&mut session, &mut now, 30);
    assert!(
        alert(&actions).text.contains("does not arrive"),
        "{actions:?}"
    );
    let actions = session.handle(Event::TryAgain(Fallback::Again));
    assert!(actions.contains(&Action::StartWorker));
    session.handle(answer(Response::Started { version: VERSION }));
    let (files, _) = rerun(&mut session, ready("nuclei", Backend::Cpu));
    assert_eq!(files, image.files);
}

#[test]
fn what_the_browser_says_is_folded_away() {
    let faults: [(TestEvent, &str); 2] = [
        (
            answer(Response::NotStarted {
                fault: "penumbra_bg.wasm: status 404".into(),
            }),
            "status 404",
        ),
        (
            Event::Crashed {
                fault: "CompileError: wasm function #12".into(),
            },
            "#12",
        ),
    ];
    for (fault, detail) in faults {
        let mut session = TestSession::new("models/".into(), BackendChoice::Auto);
        session.handle(choose("nuclei"));
        let told = alert(&session.handle(fault));
        assert!(!told.text.contains(detail), "{}", told.text);
        assert!(told.details.is_some_and(|details| details.contains(detail)));
        assert_eq!(session.fallbacks(), [Fallback::Again]);
    }
}

#[test]
fn a_worker_that_lost_its_job_can_be_left_alone() {
    let (mut session, first) = settled();
    let second = job(&mut session, Work::SEGMENT);
    session.handle(Event::Open(second.clone()));
    session.handle(Event::Lost);
    assert_eq!(
        last_phase(&session.handle(Event::Dismiss)),
        Some(Phase::Done)
    );
    assert!(session.fallbacks().is_empty() && !is_held(&second) && is_held(&first));
    // The next image starts another worker by itself.
    let third = job(&mut session, Work::SEGMENT);
    assert!(
        session
            .handle(Event::Open(third))
            .contains(&Action::StartWorker)
    );
}

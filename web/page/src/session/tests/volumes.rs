//! Series, windows, partial results and saved files.

use protocol::PartChoice;

use super::*;

fn segment(actions: &[TestAction]) -> (u32, Option<u32>, WindowSize) {
    let sent = sent(actions);
    let [
        Request::Segment {
            job,
            series,
            window,
            ..
        },
    ] = &sent[..]
    else {
        panic!("{sent:?}")
    };
    (*job, *series, *window)
}

fn opened(job: u32) -> TestEvent {
    let image = picture::tests::picture(1, 2).info;
    answer(Response::Opened { job, image })
}

fn failed(job: u32) -> TestEvent {
    refused(job, "That takes more memory than there is.", Cause::Memory)
}

const EXPORT: (Exported, ExportFormat) = (Exported::Mask, ExportFormat::Nifti);

fn export() -> TestEvent {
    let (what, format) = EXPORT;
    Event::Export { what, format }
}

#[test]
fn all_files_of_a_series_are_named_in_one_request() {
    let (mut session, _) = settled();
    let mut series = job(&mut session, Work::SEGMENT);
    series.names = vec!["IM1".into(), "IM2".into()];
    let actions = session.handle(Event::Open(series.clone()));
    assert_eq!(
        sent(&actions),
        [Request::Segment {
            job: series.id,
            names: series.names,
            series: None,
            part: PartChoice::default(),
            window: WindowSize::Model
        }]
    );
}

#[test]
fn another_series_of_the_same_files_is_segmented() {
    let (mut session, first) = settled();
    let actions = session.handle(Event::ChooseSeries { series: 2 });
    let (number, series, _) = segment(&actions);
    assert_eq!((series, sent_files(&actions)), (Some(2), first.files));
    session.handle(done(number));
    // Another model works on the series that is shown.
    session.handle(choose("other"));
    let actions = session.handle(ready("other", Backend::Webgpu));
    assert_eq!(segment(&actions).1, Some(2));
}

#[test]
fn another_time_point_of_the_same_series_is_segmented() {
    let (mut session, first) = settled();
    let actions = session.handle(Event::ChooseSeries { series: 1 });
    session.handle(done(segment(&actions).0));
    let part = PartChoice {
        time: Some(4),
        channel: None,
    };
    let actions = session.handle(Event::ChoosePart { part });
    let sent = sent(&actions);
    assert!(
        matches!(
            &sent[..],
            [Request::Segment { series: Some(1), part: found, .. }] if *found == part
        ),
        "{sent:?}"
    );
    assert_eq!(sent_files(&actions), first.files);
    session.handle(done(segment(&actions).0));
    // Another series begins with its first part.
    let actions = session.handle(Event::ChooseSeries { series: 0 });
    assert!(matches!(
        &self::sent(&actions)[..],
        [Request::Segment { part, .. }] if *part == PartChoice::default()
    ));
}

#[test]
fn a_network_that_fails_can_be_tried_on_smaller_windows_then_on_the_cpu() {
    let (mut session, _) = settled();
    let volume = job(&mut session, Work::SEGMENT);
    session.handle(Event::Open(volume.clone()));
    session.handle(opened(volume.id));
    session.handle(failed(volume.id));
    assert_eq!(
        session.fallbacks(),
        [Fallback::SmallerWindow, Fallback::Cpu]
    );
    assert!(is_held(&volume), "its bytes are kept for that");

    let actions = session.handle(Event::TryAgain(Fallback::SmallerWindow));
    assert!(actions.contains(&Action::ClearAlert));
    let (number, _, window) = segment(&actions);
    assert_eq!(
        (window, sent_files(&actions)),
        (WindowSize::Small, Rc::clone(&volume.files))
    );
    assert!(session.fallbacks().is_empty());
    session.handle(opened(number));
    session.handle(failed(number));
    assert_eq!(session.fallbacks(), [Fallback::Cpu]);

    let actions = session.handle(Event::TryAgain(Fallback::Cpu));
    assert!(actions.contains(&Action::StopWorker) && actions.contains(&Action::StartWorker));
    let actions = session.handle(answer(Response::Started { version: VERSION }));
    assert!(matches!(
        sent(&actions)[..],
        [Request::Load {
            backend: BackendChoice::Cpu,
            ..
        }]
    ));
    let actions = session.handle(ready("nuclei", Backend::Cpu));
    let (number, _, window) = segment(&actions);
    assert_eq!(window, WindowSize::Small);
    session.handle(opened(number));
    session.handle(failed(number));
    assert!(session.fallbacks().is_empty(), "nothing else is left");
}

#[test]
fn a_file_that_cannot_be_read_has_no_way_out() {
    let (mut session, _) = settled();
    let bad = job(&mut session, Work::SEGMENT);
    session.handle(Event::Open(bad.clone()));
    session.handle(failed(bad.id));
    assert!(session.fallbacks().is_empty() && !is_held(&bad));
}

#[test]
fn ways_out_go_with_the_message_and_with_the_next_image() {
    let (mut session, _) = settled();
    let other = job(&mut session, Work::SEGMENT);
    for next in [Event::Dismiss, Event::Open(other)] {
        let (mut session, _) = settled();
        let volume = job(&mut session, Work::SEGMENT);
        session.handle(Event::Open(volume.clone()));
        session.handle(opened(volume.id));
        session.handle(failed(volume.id));
        session.handle(next);
        assert!(session.fallbacks().is_empty() && !is_held(&volume));
    }
}

#[test]
fn a_worker_that_runs_out_of_memory_on_the_cpu_offers_smaller_windows() {
    let mut session = TestSession::new("models/".into(), BackendChoice::Cpu);
    session.handle(choose("nuclei"));
    session.handle(answer(Response::Started { version: VERSION }));
    session.handle(ready("nuclei", Backend::Cpu));
    let volume = job(&mut session, Work::SEGMENT);
    session.handle(Event::Open(volume.clone()));
    session.handle(opened(volume.id));
    session.handle(Event::Crashed {
        fault: "unreachable".into(),
    });
    assert_eq!(
        session.fallbacks(),
        [Fallback::Again, Fallback::SmallerWindow]
    );
    let actions = session.handle(Event::TryAgain(Fallback::SmallerWindow));
    assert!(actions.contains(&Action::StartWorker));
    session.handle(answer(Response::Started { version: VERSION }));
    let actions = session.handle(ready("nuclei", Backend::Cpu));
    assert_eq!(segment(&actions).2, WindowSize::Small);
}

#[test]
fn only_the_running_image_is_drawn_in_the_making() {
    let (mut session, first) = settled();
    let partial = |job| {
        answer(Response::Partial {
            job,
            done: 1,
            total: 4,
        })
    };
    assert!(session.handle(partial(first.id)).is_empty());
    let volume = job(&mut session, Work::SEGMENT);
    session.handle(Event::Open(volume.clone()));
    assert!(matches!(
        session.handle(partial(volume.id))[..],
        [Action::Accept(..)]
    ));
    session.handle(Event::Cancel);
    assert!(session.handle(partial(volume.id)).is_empty());
}

#[test]
fn a_file_is_made_of_what_is_shown() {
    let (mut session, _) = settled();
    let actions = session.handle(export());
    let [Request::Export { job, what, format }] = &sent(&actions)[..] else {
        panic!("{actions:?}")
    };
    assert_eq!((what.clone(), *format), EXPORT);
    let exported = answer(Response::Exported {
        job: *job,
        name: "_seg.nii.gz".into(),
        media_type: "application/gzip".into(),
    });
    let actions = session.handle(exported);
    assert!(
        actions
            .iter()
            .any(|action| matches!(action, Action::Accept(..)))
    );
    assert_eq!(last_phase(&actions), Some(Phase::Done));
}

#[test]
fn a_new_worker_segments_again_before_it_saves() {
    let (mut session, first) = settled();
    let second = job(&mut session, Work::SEGMENT);
    session.handle(Event::Open(second.clone()));
    session.handle(Event::Cancel);
    session.handle(Event::CancelOverdue { job: second.id });
    session.handle(answer(Response::Started { version: VERSION }));
    session.handle(ready("nuclei", Backend::Webgpu));
    let (files, number) = rerun(&mut session, export());
    assert_eq!(files, first.files);
    assert!(matches!(
        sent(&session.handle(done(number)))[..],
        [Request::Export { .. }]
    ));
}

#[test]
fn with_nothing_shown_there_is_nothing_to_save() {
    let mut session = TestSession::new("models/".into(), BackendChoice::Auto);
    assert!(session.handle(export()).is_empty());
    assert!(session.handle(Event::ChooseSeries { series: 0 }).is_empty());
    assert!(session.handle(Event::TryAgain(Fallback::Cpu)).is_empty());
}

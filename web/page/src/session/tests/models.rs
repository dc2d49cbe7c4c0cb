//! One model after another: what stays, what comes back, what fits.

use super::*;

/// Another model is chosen, loaded, and has made its own result of the image.
fn with_other_model() -> (TestSession, TestJob) {
    let (mut session, first) = settled();
    session.handle(choose("other"));
    let actions = session.handle(ready("other", Backend::Webgpu));
    session.handle(done(segments(&actions)[0]));
    (session, first)
}

#[test]
fn cancelling_a_change_of_model_brings_the_former_one_back() {
    // While the job of the former model is still being given up.
    let (mut session, first) = settled();
    let second = job(&mut session, Work::SEGMENT);
    session.handle(Event::Open(second.clone()));
    session.handle(choose("other"));
    let actions = session.handle(Event::Cancel);
    assert_eq!(chosen_again(&actions), Some("nuclei"));
    let actions = session.handle(answer(Response::Cancelled { job: second.id }));
    assert!(sent(&actions).is_empty(), "it is still loaded: {actions:?}");
    assert_eq!(last_phase(&actions), Some(Phase::Done));
    assert!(is_held(&first) && !is_held(&second) && !session.busy());

    // While the other model is being loaded.
    let (mut session, _) = settled();
    session.handle(choose("other"));
    assert!(session.busy(), "so that it can be cancelled");
    let actions = session.handle(Event::Cancel);
    assert_eq!(chosen_again(&actions), Some("nuclei"));
    assert!(matches!(&sent(&actions)[..], [Request::Load { model, .. }] if model == "nuclei"));
    assert!(
        session.handle(ready("other", Backend::Webgpu)).is_empty(),
        "nobody wants it any more"
    );
    let actions = session.handle(ready("nuclei", Backend::Webgpu));
    assert_eq!(
        (segments(&actions).len(), last_phase(&actions)),
        (0, Some(Phase::Done))
    );

    // While the other model is at work.
    let (mut session, _) = settled();
    session.handle(choose("other"));
    let actions = session.handle(ready("other", Backend::Webgpu));
    let number = segments(&actions)[0];
    let actions = session.handle(Event::Cancel);
    assert_eq!(chosen_again(&actions), Some("nuclei"));
    let actions = session.handle(answer(Response::Cancelled { job: number }));
    assert!(matches!(&sent(&actions)[..], [Request::Load { model, .. }] if model == "nuclei"));
    let actions = session.handle(ready("nuclei", Backend::Webgpu));
    assert_eq!(last_phase(&actions), Some(Phase::Done));
}

#[test]
fn what_is_saved_after_a_change_was_cancelled_is_what_is_shown() {
    let (mut session, _) = settled();
    session.handle(choose("other"));
    session.handle(Event::Cancel);
    session.handle(ready("nuclei", Backend::Webgpu));
    // The worker still has it: nothing is segmented again.
    let actions = session.handle(Event::Export {
        what: Exported::Mask,
        format: ExportFormat::Png,
    });
    assert!(matches!(sent(&actions)[..], [Request::Export { .. }]));
}

#[test]
fn a_new_worker_makes_the_result_again_with_its_own_model() {
    let (mut session, _) = settled();
    session.handle(choose("other"));
    let actions = session.handle(ready("other", Backend::Webgpu));
    // The other model fails on the image, so that the former result stays; then the worker is gone.
    let number = segments(&actions)[0];
    session.handle(refused(number, "No.", Cause::Other));
    session.handle(Event::Lost);
    let export = Event::Export {
        what: Exported::Mask,
        format: ExportFormat::Png,
    };
    assert!(session.handle(export).contains(&Action::StartWorker));
    session.handle(answer(Response::Started { version: VERSION }));
    let actions = session.handle(ready("other", Backend::Webgpu));
    assert_eq!(chosen_again(&actions), Some("nuclei"));
    let actions = session.handle(ready("nuclei", Backend::Webgpu));
    let number = segments(&actions)[0];
    assert!(matches!(
        sent(&session.handle(done(number)))[..],
        [Request::Export { .. }]
    ));
}

#[test]
fn a_model_that_does_not_load_leaves_the_former_one_in_use() {
    let (mut session, first) = settled();
    session.handle(choose("other"));
    let actions = session.handle(not_loaded("other", Some("nuclei")));
    assert_eq!(alert(&actions).details.as_deref(), Some("status 404"));
    assert_eq!(chosen_again(&actions), Some("nuclei"));
    assert!(actions.contains(&Action::StillInUse("nuclei".into())));
    assert_eq!(last_phase(&actions), Some(Phase::Error));
    assert_eq!(session.fallbacks(), [Fallback::Again]);
    // The next image is segmented by it, in the same worker.
    let second = job(&mut session, Work::SEGMENT);
    let actions = session.handle(Event::Open(second.clone()));
    assert_eq!(segments(&actions), [second.id]);
    assert!(!actions.contains(&Action::StartWorker) && is_held(&first));
}

#[test]
fn a_model_that_did_not_load_is_tried_again_with_the_image() {
    let (mut session, first) = settled();
    session.handle(choose("other"));
    session.handle(not_loaded("other", Some("nuclei")));
    let actions = session.handle(Event::TryAgain(Fallback::Again));
    assert_eq!(chosen_again(&actions), Some("other"));
    assert!(actions.contains(&Action::ClearAlert));
    assert!(matches!(&sent(&actions)[..], [Request::Load { model, .. }] if model == "other"));
    let (files, _) = rerun(&mut session, ready("other", Backend::Webgpu));
    assert_eq!(files, first.files);
}

#[test]
fn without_a_former_model_the_next_image_asks_for_it_again() {
    let mut session = TestSession::new("models/".into(), BackendChoice::Auto);
    session.handle(choose("nuclei"));
    session.handle(answer(Response::Started { version: VERSION }));
    let actions = session.handle(not_loaded("nuclei", None));
    assert_eq!(last_phase(&actions), Some(Phase::Error));
    assert_eq!(session.fallbacks(), [Fallback::Again]);
    let image = job(&mut session, Work::SEGMENT);
    let actions = session.handle(Event::Open(image.clone()));
    assert!(matches!(&sent(&actions)[..], [Request::Load { model, .. }] if model == "nuclei"));
    assert_eq!(
        segments(&session.handle(ready("nuclei", Backend::Cpu))),
        [image.id]
    );
}

#[test]
fn a_newer_choice_ends_an_older_one() {
    let (mut session, _) = settled();
    session.handle(choose("other"));
    let actions = session.handle(choose("third"));
    assert!(!actions.contains(&Action::StopWorker));
    assert!(matches!(&sent(&actions)[..], [Request::Load { model, .. }] if model == "third"));
    assert!(
        session
            .handle(not_loaded("other", Some("nuclei")))
            .is_empty(),
        "nobody waits for it any more"
    );
    assert_eq!(
        segments(&session.handle(ready("third", Backend::Webgpu))).len(),
        1
    );
}

#[test]
fn an_image_of_another_kind_runs_with_the_model_that_is_chosen_then() {
    let (mut session, _) = settled();
    let plane = job(&mut session, Work::SEGMENT);
    session.handle(Event::Open(plane.clone()));
    let image = picture::tests::picture(1, 1).info;
    session.handle(answer(Response::Opened {
        job: plane.id,
        image,
    }));
    let actions = session.handle(refused(plane.id, "A single plane.", Cause::Model));
    let offers = actions
        .iter()
        .position(|action| *action == Action::OfferModels);
    let dropped = actions
        .iter()
        .position(|action| *action == Action::DropPending);
    assert!(offers.is_some() && offers < dropped, "{actions:?}");
    assert!(
        session.fallbacks().is_empty(),
        "a smaller window is no help"
    );
    session.handle(choose("other"));
    let (files, _) = rerun(&mut session, ready("other", Backend::Webgpu));
    assert_eq!(files, plane.files);
}

#[test]
fn the_model_of_a_result_is_the_one_that_made_it() {
    let (mut session, first) = with_other_model();
    let second = job(&mut session, Work::SEGMENT);
    session.handle(Event::Open(second));
    let actions = session.handle(Event::Cancel);
    assert_eq!(chosen_again(&actions), None, "it is chosen already");
    assert!(is_held(&first));
}

#[test]
fn webgpu_that_was_asked_for_in_vain_is_said() {
    let mut session = TestSession::new("models/".into(), BackendChoice::Webgpu);
    session.handle(choose("nuclei"));
    session.handle(answer(Response::Started { version: VERSION }));
    let said = notices(&session.handle(ready("nuclei", Backend::Cpu)));
    assert!(said[0].text.contains("asks for WebGPU"), "{said:?}");
    let (mut session, _) = settled();
    session.handle(choose("other"));
    assert!(notices(&session.handle(ready("other", Backend::Cpu))).is_empty());
}

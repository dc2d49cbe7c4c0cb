//! A model is loaded, and the device that it runs on.

use engine::Bundle;
use protocol::{Backend, BackendChoice, Request, Response, Stage, VERSION};

use crate::answers::{failure, graphics, not_loaded, picture_model};
use crate::support::{Page, image, load, load_model, segment};

#[test]
fn it_says_its_version_first_and_refuses_another() {
    let mut page = Page::new(picture_model());
    let answers = page.say([]);
    assert_eq!(
        answers,
        [(Response::Started { version: VERSION }, Vec::new())]
    );
    let (mut stale, buffers) = load(BackendChoice::Cpu);
    if let Request::Load { version, .. } = &mut stale {
        *version = VERSION - 1;
    }
    let answers = page.say([(stale, buffers)]);
    let (message, details, kept) = not_loaded(&answers);
    assert_eq!(kept, None);
    assert!(message.ends_with("load the page again."), "{message}");
    assert!(
        details.contains(&format!("version {}", VERSION - 1)),
        "{details}"
    );
}

#[test]
fn a_model_is_loaded_step_by_step_and_tested() {
    let mut page = Page::new(picture_model());
    page.say([]);
    let answers = page.say([load(BackendChoice::Auto)]);
    let mut stages: Vec<Stage> = answers
        .iter()
        .filter_map(|(response, _)| match response {
            Response::Progress {
                job: None, stage, ..
            } => Some(*stage),
            _ => None,
        })
        .collect();
    stages.dedup();
    assert_eq!(
        stages,
        [Stage::FetchModel, Stage::StartDevice, Stage::SelfTest]
    );
    let weights = page.host.files.borrow()["models/test/weights.safetensors"].len() as u32;
    let bytes = answers.iter().filter_map(|(response, _)| match response {
        Response::Progress {
            stage: Stage::FetchModel,
            done,
            total,
            ..
        } => Some((*done, *total)),
        _ => None,
    });
    assert!(bytes.eq([(0, 0), (weights / 2, weights), (weights, weights)]));
    match &answers.last().unwrap().0 {
        Response::Ready {
            model,
            backend: Backend::Cpu,
            adapter: None,
            reason: Some(reason),
            self_test,
        } => {
            assert_eq!((model.id.as_str(), model.classes.len()), ("test", 2));
            assert_eq!(reason, "This browser has no WebGPU.");
            assert!(self_test.largest_difference <= self_test.tolerance);
        }
        other => panic!("{other:?}"),
    }
    // The graphics device is used where there is one, and not where the CPU was asked for.
    *page.host.graphics.borrow_mut() = Some(graphics());
    let answers = page.say([load(BackendChoice::Webgpu)]);
    assert!(matches!(
        &answers.last().unwrap().0,
        Response::Ready { backend: Backend::Webgpu, adapter: Some(name), reason: None, .. } if name == "card"
    ));
    let answers = page.say([load(BackendChoice::Cpu)]);
    assert!(matches!(
        answers.last().unwrap().0,
        Response::Ready {
            backend: Backend::Cpu,
            ..
        }
    ));
}

#[test]
fn a_device_that_computes_wrongly_is_not_used() {
    let mut page = Page::new(picture_model());
    let files = page.host.files.borrow().clone();
    let mut manifest = engine::Manifest::from_json(&files["models/test/model.json"]).unwrap();
    manifest.known_answer.sums[0].sum += 10.0 * manifest.known_answer.sums[0].absolute;
    page.host.put(&Bundle::new(
        manifest,
        files["models/test/weights.safetensors"].clone(),
    ));
    *page.host.graphics.borrow_mut() = Some(graphics());
    page.say([]);
    let answers = page.say([load(BackendChoice::Auto)]);
    let (message, ..) = not_loaded(&answers);
    assert!(message.contains("known-answer test wrongly"), "{message}");
    let answers = page.say([segment(1, image([1, 40, 40]))]);
    assert_eq!(failure(&answers).0, Some(1));
}

#[test]
fn files_that_do_not_arrive_are_named() {
    let mut page = Page::new(picture_model());
    page.say([]);
    page.host
        .files
        .borrow_mut()
        .remove("models/test/weights.safetensors");
    let answers = page.say([load(BackendChoice::Cpu)]);
    let (message, details, kept) = not_loaded(&answers);
    assert!(message.contains("could not be fetched"), "{message}");
    assert!(
        details.contains("`weights.safetensors`") && details.contains("status 404"),
        "{details}"
    );
    assert_eq!(kept, None);
    let answers = page.say([load_model("../secret", BackendChoice::Cpu)]);
    assert!(not_loaded(&answers).1.contains("`../secret`"));
}

#[test]
fn a_graphics_device_that_fails_during_a_job_is_given_up() {
    let mut manifest = picture_model();
    // Values beyond what floats can square.
    manifest.preprocessing.normalisation = imaging::normalise::Normalisation::Dataset {
        percentile_00_5: -1e38,
        percentile_99_5: 1e38,
        mean: -3e38,
        std: 1.0,
    };
    for (graphics, lost) in [(Some(graphics()), true), (None, false)] {
        let mut page = Page::new(manifest.clone());
        *page.host.graphics.borrow_mut() = graphics;
        page.say([]);
        page.say([load(BackendChoice::Auto)]);
        let answers = page.say([segment(1, image([1, 40, 40]))]);
        match &answers.last().unwrap().0 {
            Response::DeviceLost { reason } => assert!(lost && reason.contains("not a number")),
            Response::Failed { job, message, .. } => {
                assert!(
                    !lost && *job == Some(1) && message.contains("not a number"),
                    "{message}"
                );
            }
            other => panic!("{other:?}"),
        }
    }
}

//! The worker without a browser: messages and buffers in, messages and buffers out.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

#[path = "../../../crates/engine/tests/support/mod.rs"]
mod models;
mod support;

use burn::tensor::Device;
use engine::Bundle;
use protocol::{Backend, BackendChoice, ExportFormat, Exported, Request, Response, Stage, VERSION};
use support::{Answer, Array, Page, image, load, load_model, plain, segment};
use worker::Graphics;

/// The kinds of answers, with their jobs, progress left out.
fn kinds(answers: &[Answer]) -> Vec<(String, Option<u32>)> {
    let told = answers
        .iter()
        .filter(|(response, _)| !matches!(response, Response::Progress { .. }));
    told.map(|(response, _)| {
        let kind = match response {
            Response::HoldsLock => "lock",
            Response::Alive => "alive",
            Response::NotStarted { .. } => "not started",
            Response::NotLoaded { .. } => "not loaded",
            Response::Started { .. } => "started",
            Response::Progress { .. } => "progress",
            Response::Ready { .. } => "ready",
            Response::Opened { .. } => "opened",
            Response::Partial { .. } => "partial",
            Response::Done { .. } => "done",
            Response::MapValues { .. } => "map",
            Response::ProbabilityValues { .. } => "probability",
            Response::Places { .. } => "places",
            Response::Exported { .. } => "exported",
            Response::Checked { .. } => "checked",
            Response::Described { .. } => "described",
            Response::Cancelled { .. } => "cancelled",
            Response::Conformed { .. } => "conformed",
            Response::DeviceLost { .. } => "lost",
            Response::Failed { .. } => "failed",
        };
        (kind.to_owned(), response.job())
    })
    .collect()
}

fn of(list: &[(&str, u32)]) -> Vec<(String, Option<u32>)> {
    list.iter()
        .map(|&(kind, job)| (kind.to_owned(), Some(job)))
        .collect()
}

/// The sentence of the only answer, which is a failure.
fn failure(answers: &[Answer]) -> (Option<u32>, &str) {
    match answers {
        [(Response::Failed { job, message, .. }, arrays)] if arrays.is_empty() => (*job, message),
        other => panic!("one failure was expected, not {other:?}"),
    }
}

/// Sentence and details of the last answer, that a model was not loaded, and the model that is kept.
fn not_loaded(answers: &[Answer]) -> (&str, &str, Option<&str>) {
    match answers.last() {
        Some((
            Response::NotLoaded {
                message,
                details,
                kept,
                ..
            },
            _,
        )) => (
            message,
            details.as_deref().unwrap_or_default(),
            kept.as_deref(),
        ),
        other => panic!("a model that was not loaded was expected, not {other:?}"),
    }
}

fn only(answers: &[Answer], wanted: impl Fn(&Response) -> bool) -> &Answer {
    let mut found = answers.iter().filter(|(response, _)| wanted(response));
    let first = found.next().unwrap();
    assert!(found.next().is_none());
    first
}

fn picture_model() -> engine::Manifest {
    models::manifest(&[32, 32], 2)
}

fn volume_model() -> engine::Manifest {
    models::manifest(&[32, 32, 32], 2)
}

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

/// The CPU under the name of a graphics card.
fn graphics() -> Graphics {
    Graphics {
        device: Device::flex(),
        adapter: Some("card".to_owned()),
        largest_buffer: 1 << 30,
    }
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
fn the_former_model_stays_until_the_new_one_works() {
    let mut page = Page::loaded(picture_model());
    page.say([segment(1, image([1, 40, 40]))]);
    let answers = page.say([load_model("other", BackendChoice::Cpu)]);
    assert_eq!(not_loaded(&answers).2, Some("test"));
    // What is damaged is told as what does not arrive.
    let files = page.host.files.borrow().clone();
    for (name, bytes) in files {
        let address = name.replace("models/test/", "models/other/");
        let cut = bytes.len() / 2;
        let whole = address.ends_with(".json");
        let bytes = if whole { bytes } else { bytes[..cut].to_vec() };
        page.host.files.borrow_mut().insert(address, bytes);
    }
    let answers = page.say([load_model("other", BackendChoice::Cpu)]);
    let (message, details, kept) = not_loaded(&answers);
    assert!(message.contains("damaged or incomplete"), "{message}");
    assert!(details.contains("SHA-256"), "{details}");
    assert_eq!(kept, Some("test"));
    // Its result can still be saved, and the next image is segmented.
    let mask = plain(Request::Export {
        job: 2,
        what: Exported::Mask,
        format: ExportFormat::Png,
    });
    assert_eq!(kinds(&page.say([mask])), of(&[("exported", 2)]));
    let answers = page.say([segment(3, image([1, 40, 40]))]);
    assert_eq!(kinds(&answers), of(&[("opened", 3), ("done", 3)]));
}

#[test]
fn the_model_of_the_result_comes_back_without_the_server() {
    let mut page = Page::loaded(picture_model());
    page.say([segment(1, image([1, 40, 40]))]);
    page.host.files.borrow_mut().clear();
    let answers = page.say([load(BackendChoice::Auto)]);
    assert_eq!(kinds(&answers), [("ready".to_owned(), None)]);
    // On another device it would be another one.
    let answers = page.say([load(BackendChoice::Webgpu)]);
    assert_eq!(not_loaded(&answers).2, Some("test"));
}

#[test]
fn weights_that_hang_are_given_up_in_words_or_for_another_model() {
    let mut page = Page::new(picture_model());
    page.say([]);
    let weights = "models/test/weights.safetensors".to_owned();
    page.host.hanging.borrow_mut().push(weights);
    let answers = page.say([load(BackendChoice::Cpu)]);
    let (message, details, _) = not_loaded(&answers);
    assert!(message.contains("stopped arriving"), "{message}");
    assert!(details.contains("weights.safetensors"), "{details}");
    // Another wish ends the waiting; of the first one nothing more is heard.
    let other = [load_model("other", BackendChoice::Cpu)];
    let answers = page.say_while([load(BackendChoice::Cpu)], other);
    assert_eq!(kinds(&answers), [("not loaded".to_owned(), None)]);
    assert!(not_loaded(&answers).1.contains("status 404"));
}

#[test]
fn a_picture_is_opened_then_segmented() {
    let mut page = Page::loaded(picture_model());
    let answers = page.say([segment(1, image([1, 40, 50]))]);
    assert_eq!(kinds(&answers), of(&[("opened", 1), ("done", 1)]));
    let (_, arrays) = only(&answers, |r| matches!(r, Response::Opened { .. }));
    assert_eq!(arrays[0].floats().len(), 40 * 50);
    let (response, arrays) = only(&answers, |r| matches!(r, Response::Done { .. }));
    let Response::Done { result, .. } = response else {
        unreachable!()
    };
    assert_eq!(result.shape, [1, 40, 50]);
    assert_eq!(arrays[0].bytes().len(), 40 * 50);
    assert!(
        arrays[1]
            .floats()
            .iter()
            .all(|probability| (0.0..=1.0).contains(probability))
    );
    assert!(result.probabilities_sent);
    assert_eq!(arrays.len(), 2 + result.maps.len() + 1 + 1);
    let of_object = arrays[arrays.len() - 2].floats();
    let regions = protocol::decode_region_voxels(arrays.last().unwrap().bytes()).unwrap();
    let voxels = regions.iter().map(|runs| {
        let lengths = runs
            .iter()
            .map(|[_, _, first, last]| u64::from(last - first) + 1);
        lengths.sum::<u64>()
    });
    let listed = result.regions.iter().map(|region| region.voxels);
    assert!(voxels.eq(listed));
    for ((&label, &probability), &object) in arrays[0]
        .bytes()
        .iter()
        .zip(arrays[1].floats())
        .zip(of_object)
    {
        let of_label = if label == 1 { object } else { 1.0 - object };
        assert!((probability - of_label).abs() < 1e-6);
    }
    for (map, array) in result.maps.iter().zip(&arrays[2..2 + result.maps.len()]) {
        assert!(map.sent);
        let largest = array.floats().iter().copied().fold(f32::MIN, f32::max);
        assert_eq!(largest, map.summary.maximum, "{}", map.summary.name);
    }
    let windows = answers
        .iter()
        .filter_map(|(response, _)| match response {
            Response::Progress {
                stage: Stage::Segment,
                done,
                total,
                ..
            } => Some((*done, *total)),
            _ => None,
        })
        .collect::<Vec<_>>();
    let total = result.windows;
    assert!(
        windows
            .iter()
            .copied()
            .eq((0..=total).map(|done| (done, total)))
    );
}

#[test]
fn a_volume_shows_its_mask_so_far_and_can_be_given_up() {
    let mut page = Page::loaded(volume_model());
    let answers = page.say([segment(1, image([40, 40, 40]))]);
    let partial = answers
        .iter()
        .filter(|(response, _)| matches!(response, Response::Partial { .. }));
    let sizes: Vec<usize> = partial.map(|(_, arrays)| arrays[0].bytes().len()).collect();
    assert!(!sizes.is_empty() && sizes.iter().all(|&size| size == 64_000));
    assert_eq!(kinds(&answers).last(), of(&[("done", 1)]).last());

    // Given up while under way: no result, and the last one stays.
    let answers = page.say_while(
        [segment(2, image([40, 40, 40]))],
        [
            plain(Request::Cancel { job: 99 }),
            plain(Request::Cancel { job: 2 }),
        ],
    );
    let mut told = kinds(&answers);
    told.retain(|(kind, _)| kind != "partial");
    assert_eq!(told, of(&[("opened", 2), ("cancelled", 2)]));
    let map = page.say([plain(Request::Map {
        job: 1,
        name: "ranking".to_owned(),
    })]);
    assert_eq!(map[0].1[0].floats().len(), 64_000);
}

#[test]
fn jobs_that_wait_can_be_given_up_and_the_rest_is_done() {
    let mut page = Page::loaded(picture_model());
    let file = image([1, 40, 40]);
    let answers = page.say([
        segment(1, file.clone()),
        segment(2, file.clone()),
        segment(3, file),
        plain(Request::Cancel { job: 1 }),
        plain(Request::Cancel { job: 2 }),
    ]);
    assert_eq!(
        kinds(&answers),
        of(&[
            ("cancelled", 1),
            ("cancelled", 2),
            ("opened", 3),
            ("done", 3)
        ])
    );
    // What was answered stays answered.
    assert!(page.say([plain(Request::Cancel { job: 3 })]).is_empty());
}

#[test]
fn a_map_overtakes_a_segmentation_and_belongs_to_its_own() {
    let mut page = Page::loaded(picture_model());
    let first = page.say([segment(1, image([1, 40, 40]))]);
    let wish = |job, name: &str| {
        plain(Request::Map {
            job,
            name: name.to_owned(),
        })
    };
    let answers = page.say_while(
        [segment(2, image([1, 48, 40]))],
        [wish(1, "entropy"), wish(7, "entropy"), wish(1, "no map")],
    );
    assert_eq!(
        kinds(&answers),
        of(&[
            ("opened", 2),
            ("map", 1),
            ("map", 7),
            ("map", 1),
            ("done", 2)
        ])
    );
    let maps: Vec<&Vec<Array>> = answers
        .iter()
        .filter(|(response, _)| matches!(response, Response::MapValues { .. }))
        .map(|(_, arrays)| arrays)
        .collect();
    assert!(maps[1].is_empty() && maps[2].is_empty());
    let (Response::Done { result, .. }, arrays) = first.last().unwrap() else {
        panic!("{first:?}")
    };
    let place = result
        .maps
        .iter()
        .position(|map| map.summary.name == "entropy")
        .unwrap();
    assert_eq!(maps[0][0], arrays[2 + place]);
    let probability = page.say([plain(Request::Probability { job: 2, class: 1 })]);
    assert_eq!(kinds(&probability), of(&[("probability", 2)]));
    assert_eq!(probability[0].1[0].floats().len(), 48 * 40);
    for (job, class) in [(2, 2), (1, 1)] {
        let none = page.say([plain(Request::Probability { job, class })]);
        assert!(none[0].1.is_empty());
    }
    // The first segmentation is gone by now.
    assert!(page.say([wish(1, "entropy")])[0].1.is_empty());
}

#[test]
fn requests_without_their_bytes_are_refused_and_the_worker_goes_on() {
    let mut page = Page::loaded(picture_model());
    let names = vec!["a.png".to_owned(), "b.png".to_owned()];
    let request = Request::Check { job: 4, names };
    let answers = page.say([(request.clone(), vec![Some(vec![1]), None])]);
    assert_eq!(failure(&answers).0, Some(4));
    let answers = page.say([(request, vec![Some(vec![1])])]);
    assert_eq!(failure(&answers).0, Some(4));
    let answers = page.say([plain(Request::Conform { job: 5 })]);
    assert_eq!(failure(&answers).0, Some(5));
    let details = match &answers[0].0 {
        Response::Failed { details, .. } => details.clone().unwrap_or_default(),
        other => panic!("{other:?}"),
    };
    assert!(details.contains("needs 2 arrays"), "{details}");
    let answers = page.say([segment(6, b"no image".to_vec())]);
    assert_eq!(kinds(&answers), [("failed".to_owned(), Some(6))]);
    let answers = page.say([segment(7, image([1, 40, 40]))]);
    assert_eq!(kinds(&answers), of(&[("opened", 7), ("done", 7)]));
}

#[test]
fn places_are_listed_with_another_tolerance() {
    let mut page = Page::loaded(picture_model());
    let places = |job, tolerance| plain(Request::Places { job, tolerance });
    let answers = page.say([segment(1, image([1, 40, 40])), places(1, 0), places(1, 9)]);
    let (Response::Done { result, .. }, _) = only(&answers, |r| matches!(r, Response::Done { .. }))
    else {
        unreachable!()
    };
    let lists = answers.iter().filter_map(|(response, _)| match response {
        Response::Places { job: 1, found } => found.as_ref(),
        _ => None,
    });
    let lists: Vec<_> = lists.collect();
    let [fine, coarse] = lists.as_slice() else {
        panic!("{answers:?}")
    };
    assert_eq!(
        (fine.tolerance, coarse.tolerance, result.tolerance),
        (0, 9, 2)
    );
    assert!(fine.regions.len() >= result.regions.len());
    assert!(result.regions.len() >= coarse.regions.len());
    assert!(fine.regions.len() > coarse.regions.len(), "{fine:?}");
    assert!(fine.report.contains("\"regions\""), "{}", fine.report);
    // Of another segmentation there is nothing to say.
    let answers = page.say([places(7, 1)]);
    assert!(
        matches!(
            answers.as_slice(),
            [(
                Response::Places {
                    job: 7,
                    found: None
                },
                _
            )]
        ),
        "{answers:?}"
    );
}

#[test]
fn a_result_is_compared_and_saved() {
    let mut page = Page::loaded(picture_model());
    let export = |job, what: &Exported, format| {
        plain(Request::Export {
            job,
            what: what.clone(),
            format,
        })
    };
    let answers = page.say([export(1, &Exported::Mask, ExportFormat::Png)]);
    assert!(failure(&answers).1.contains("no segmentation"));

    let answers = page.say([segment(2, image([1, 40, 40]))]);
    let (_, arrays) = answers.last().unwrap();
    let mask = arrays[0].bytes().to_vec();
    let (Response::Opened { image, .. }, _) =
        only(&answers, |r| matches!(r, Response::Opened { .. }))
    else {
        unreachable!()
    };
    for &format in &image.exports {
        let answers = page.say([export(3, &Exported::Mask, format)]);
        let (Response::Exported { media_type, .. }, arrays) = &answers[0] else {
            panic!("{answers:?}")
        };
        assert_eq!(media_type, format.media_type());
        assert!(!arrays[0].bytes().is_empty());
    }
    let answers = page.say([export(3, &Exported::Probability, ExportFormat::Tiff)]);
    let (Response::Exported { name, .. }, _) = &answers[0] else {
        panic!("{answers:?}")
    };
    assert_eq!(name, "_probability.tif");
    let map = Exported::Map {
        name: "nothing".to_owned(),
    };
    let answers = page.say([export(4, &map, ExportFormat::Tiff)]);
    assert!(failure(&answers).1.contains("`nothing`"));
    let answers = page.say([export(4, &Exported::Mask, ExportFormat::DicomParametricMap)]);
    assert!(failure(&answers).1.contains("DICOM Parametric Map"));

    let labels = imaging::encode::png_mask(&mask, 40, 40).unwrap();
    let check = Request::Check {
        job: 5,
        names: vec!["labels.png".to_owned()],
    };
    let answers = page.say([(check, vec![Some(labels)])]);
    let (Response::Checked { scores, .. }, arrays) = answers.last().unwrap() else {
        panic!("{answers:?}")
    };
    assert_eq!(scores.error_rate, 0.0);
    assert_eq!(arrays[0].bytes(), mask);
}

#[test]
fn a_corrected_mask_is_saved_as_it_came_and_another_images_is_refused() {
    let mut page = Page::loaded(picture_model());
    page.say([segment(2, image([1, 40, 40]))]);
    let export = |job, what: Exported, mask: Option<Vec<u8>>| {
        let format = ExportFormat::Png;
        let request = Request::Export { job, what, format };
        (request, mask.into_iter().map(Some).collect())
    };
    let corrected: Vec<u8> = (0..1600).map(|pixel| u8::from(pixel % 7 < 3)).collect();
    let answers = page.say([export(3, Exported::CorrectedMask, Some(corrected.clone()))]);
    let (Response::Exported { name, .. }, arrays) = &answers[0] else {
        panic!("{answers:?}")
    };
    assert_eq!(name, "_corrected_seg.png");
    let expected = imaging::encode::png_mask(&corrected, 40, 40).unwrap();
    assert_eq!(arrays[0].bytes(), expected);
    let answers = page.say([export(4, Exported::CorrectedMask, Some(vec![0; 1599]))]);
    assert!(failure(&answers).1.contains("1599 voxels"));
    let answers = page.say([export(5, Exported::CorrectedMask, Some(vec![9; 1600]))]);
    assert!(failure(&answers).1.contains("class 9"));
    let answers = page.say([export(6, Exported::CorrectedMask, None)]);
    assert!(failure(&answers).1.contains("needs 1 arrays"));
    let answers = page.say([export(7, Exported::Mask, None)]);
    assert!(matches!(&answers[0].0, Response::Exported { name, .. } if name == "_seg.png"));
}

#[test]
fn files_are_described_without_a_model() {
    let mut page = Page::new(picture_model());
    page.say([]);
    let describe = Request::Describe {
        job: 1,
        names: vec!["image.tif".to_owned()],
    };
    let answers = page.say([(describe, vec![Some(image([3, 8, 9]))])]);
    let [(Response::Described { job: 1, summary }, _)] = answers.as_slice() else {
        panic!("{answers:?}")
    };
    assert!(summary.contains("\"shape\":[3,8,9]"), "{summary}");
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

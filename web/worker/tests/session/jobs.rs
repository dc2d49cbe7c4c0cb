//! Several requests at once, requests that are given up, and bad ones.

use protocol::{BackendChoice, ExportFormat, Exported, Request, Response};

use crate::answers::{failure, kinds, not_loaded, of, only, picture_model};
use crate::support::{Array, Page, image, load, load_model, plain, segment};

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
    // A larger tolerance takes thin places away, so that less is left of what is listed.
    let voxels =
        |regions: &[protocol::Region]| -> u64 { regions.iter().map(|region| region.voxels).sum() };
    let [fine_voxels, usual, few] =
        [&fine.regions, &result.regions, &coarse.regions].map(|regions| voxels(regions));
    assert!(
        fine_voxels > usual && usual >= few,
        "{fine_voxels} {usual} {few}"
    );
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

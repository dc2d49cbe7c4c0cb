//! Images are opened and segmented.

use protocol::{Request, Response, Stage};

use crate::answers::{kinds, of, only, picture_model, volume_model};
use crate::support::{Page, image, plain, segment};

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

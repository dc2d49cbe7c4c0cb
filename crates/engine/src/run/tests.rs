//! Running over images with networks that are plain functions, so that the right answer is known.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::ops::ControlFlow;

use imaging::Volume;
use imaging::geometry::{AxisCodes, Reorientation};
use pollster::block_on;
use segwithu::head::MapKind;
use vocabulary::WindowSize;

use super::{Options, segment};
use crate::network::{WindowInput, WindowOutput};
use crate::test_support::{AS_IS, blobs, manifest, volume};
use crate::{Error, Manifest, MemoryLimits, Progress, Segmentation};

/// Class 1 where the normalised value is positive; every map is the value itself, plus the map's place in the list.
fn threshold(input: &WindowInput<'_>) -> WindowOutput {
    let mut values = vec![0.0; input.values.len()];
    values.extend(&input.values);
    for (place, _) in input.maps.iter().enumerate() {
        values.extend(input.values.iter().map(|value| value + place as f32));
    }
    WindowOutput {
        values,
        kinds: input.maps.to_vec(),
    }
}

fn run(manifest: &Manifest, volume: &Volume, options: &Options) -> Result<Segmentation, Error> {
    block_on(segment(
        manifest,
        volume,
        options,
        async |input: WindowInput<'_>| Ok(threshold(&input)),
        async |_: Progress<'_>| ControlFlow::Continue(()),
    ))
}

fn positive(volume: &Volume) -> Vec<u8> {
    volume
        .voxels
        .iter()
        .map(|&value| u8::from(value > 0.0))
        .collect()
}

#[test]
fn what_a_pointwise_network_gives_comes_back_voxel_for_voxel() {
    let mut manifest = manifest(&[32, 32, 32], 2);
    manifest.preprocessing.normalisation = AS_IS;
    let volume = blobs([20, 41, 53]);
    let result = run(&manifest, &volume, &Options::default()).unwrap();
    assert_eq!(result.shape, volume.shape);
    assert_eq!(result.labels, positive(&volume));
    let ranking = result.map(MapKind::Ranking).unwrap();
    for (found, expected) in ranking.iter().zip(&volume.voxels) {
        assert!((found - expected).abs() < 1e-4, "{found} {expected}");
    }
    assert_eq!(result.maps.len(), MapKind::ALL.len());
}

#[test]
fn a_model_for_pictures_runs_over_a_volume_plane_by_plane() {
    let mut manifest = manifest(&[32, 32], 2);
    manifest.preprocessing.normalisation = AS_IS;
    let volume = blobs([3, 40, 70]);
    let whole = run(&manifest, &volume, &Options::default()).unwrap();
    let (mut labels, mut ranking, mut windows) = (Vec::<u8>::new(), Vec::<f32>::new(), 0);
    for plane in volume.voxels.chunks_exact(40 * 70) {
        let mut picture = volume.clone();
        picture.shape[0] = 1;
        picture.voxels = plane.to_vec();
        let single = run(&manifest, &picture, &Options::default()).unwrap();
        labels.extend(&single.labels);
        ranking.extend(single.map(MapKind::Ranking).unwrap());
        windows += single.windows;
    }
    assert_eq!(whole.labels, labels);
    assert_eq!(whole.map(MapKind::Ranking).unwrap(), ranking);
    assert_eq!(whole.windows, windows);
}

#[test]
fn a_volume_is_normalised_as_a_whole() {
    let manifest = manifest(&[32, 32], 2);
    // The first plane lies below the volume's mean, the second above.
    let volume = volume([2, 16, 16], |[plane, row, _]| {
        100.0 * plane as f32 + row as f32
    });
    let result = run(&manifest, &volume, &Options::default()).unwrap();
    let [first, second] = [&result.labels[..256], &result.labels[256..]];
    assert!(first.iter().all(|&label| label == 0));
    assert!(second.iter().all(|&label| label == 1));
}

#[test]
fn a_single_plane_is_no_volume() {
    let manifest = manifest(&[32, 32, 32], 2);
    for shape in [[1, 40, 40], [40, 40, 1]] {
        let error = run(&manifest, &blobs(shape), &Options::default()).unwrap_err();
        assert!(matches!(error, Error::SinglePlane), "{error}");
    }
    let error = run(&manifest, &blobs([40, 5, 7]), &Options::default()).unwrap_err();
    assert!(error.to_string().contains("7 x 5 x 40 voxels"), "{error}");
}

#[test]
fn an_image_without_voxels_is_too_small_and_not_the_same_everywhere() {
    for (patch, shape) in [
        (vec![32, 32, 32], [0, 40, 40]),
        (vec![32, 32], [0, 40, 40]),
        (vec![32, 32], [1, 0, 40]),
    ] {
        let error = run(&manifest(&patch, 2), &blobs(shape), &Options::default()).unwrap_err();
        assert!(
            matches!(error, Error::TooSmall { .. }),
            "{shape:?}: {error}"
        );
    }
}

#[test]
fn cancelling_ends_within_one_window() {
    let manifest = manifest(&[32, 32, 32], 2);
    let volume = blobs([40, 40, 40]);
    for stop_at in [0, 1, 3] {
        let mut windows = 0;
        let outcome = block_on(segment(
            &manifest,
            &volume,
            &Options::default(),
            async |input: WindowInput<'_>| {
                windows += 1;
                Ok(threshold(&input))
            },
            async |progress: Progress<'_>| {
                if progress.done == stop_at {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            },
        ));
        assert!(matches!(outcome, Err(Error::Cancelled)));
        assert_eq!(windows, stop_at);
    }
}

#[test]
fn the_mask_so_far_grows_into_the_mask() {
    let mut manifest = manifest(&[32, 32, 32], 2);
    manifest.preprocessing.normalisation = AS_IS;
    // Positive everywhere, but not the same everywhere.
    let image = volume([32, 32, 80], |[plane, ..]| 1.0 + plane as f32);
    let mut counts = Vec::new();
    let mut last = Vec::new();
    let result = block_on(segment(
        &manifest,
        &image,
        &Options::default(),
        async |input: WindowInput<'_>| Ok(threshold(&input)),
        async |progress: Progress<'_>| {
            let mask = progress.mask().unwrap();
            assert_eq!(mask.is_none(), progress.done == 0);
            if let Some(mask) = mask {
                counts.push(mask.iter().filter(|&&label| label == 1).count());
                last = mask;
            }
            ControlFlow::Continue(())
        },
    ))
    .unwrap();
    assert_eq!(counts.len(), result.windows);
    assert_eq!(counts[0], 32 * 32 * 32);
    assert!(counts.is_sorted(), "{counts:?}");
    assert_eq!(last, result.labels);
}

#[test]
fn what_is_not_a_number_is_not_shown() {
    let manifest = manifest(&[32, 32], 2);
    let outcome = block_on(segment(
        &manifest,
        &blobs([1, 40, 40]),
        &Options::default(),
        async |input: WindowInput<'_>| {
            let mut output = threshold(&input);
            output.values[7] = f32::NAN;
            Ok(output)
        },
        async |_: Progress<'_>| ControlFlow::Continue(()),
    ));
    assert!(matches!(outcome, Err(Error::NotFinite)));
}

#[test]
fn a_smaller_window_is_used_when_asked_for() {
    let manifest = manifest(&[64, 64], 2);
    let mut sizes = Vec::new();
    block_on(segment(
        &manifest,
        &blobs([1, 64, 64]),
        &Options {
            window: WindowSize::Small,
            memory: MemoryLimits::UNLIMITED,
        },
        async |input: WindowInput<'_>| {
            sizes.push(input.size.to_vec());
            Ok(threshold(&input))
        },
        async |_: Progress<'_>| ControlFlow::Continue(()),
    ))
    .unwrap();
    assert_eq!(sizes, vec![vec![32, 32]; 9]);
}

#[test]
fn when_memory_is_short_the_least_maps_are_made_and_it_is_said() {
    let manifest = manifest(&[32, 32, 32], 2);
    let volume = blobs([64, 64, 64]);
    let mut options = Options::default();
    let all = super::RunPlan::new(&manifest, &volume, &options).unwrap();
    options.memory.main = all.memory.peak() - 1;
    let result = run(&manifest, &volume, &options).unwrap();
    let kinds: Vec<_> = result.maps.iter().map(|map| map.kind.name()).collect();
    assert_eq!(kinds, ["ranking", "calibration", "entropy"]);
    assert!(result.notes[0].contains("ranking, calibration, entropy"));
}

/// The same image turned every way gives the same mask in the same place, exactly, though the network's result depends
/// on where a voxel lies in its window.
#[test]
fn the_mask_stays_in_its_place_however_the_image_is_stored() {
    let mut manifest = manifest(&[32, 32, 32], 2);
    manifest.preprocessing.orientation = Some("PIR".to_owned());
    let mut upright = blobs([18, 22, 36]);
    upright.geometry.affine = Some([
        [0.8, 0.1, 0.0, -20.0],
        [-0.1, 0.9, 0.1, 7.0],
        [0.0, -0.1, 1.4, 3.0],
        [0.0, 0.0, 0.0, 1.0],
    ]);
    let uneven = async |input: WindowInput<'_>| {
        let mut output = threshold(&input);
        let voxels = input.values.len();
        for (voxel, logit) in output.values[voxels..2 * voxels].iter_mut().enumerate() {
            *logit += (0.37 * voxel as f32).sin();
        }
        Ok(output)
    };
    let mask = |manifest: &Manifest, volume: &Volume| {
        let progress = async |_: Progress<'_>| ControlFlow::Continue(());
        block_on(segment(
            manifest,
            volume,
            &Options::default(),
            uneven,
            progress,
        ))
        .unwrap()
        .labels
    };
    for spacing in [None, Some(vec![1.0, 0.7, 0.9])] {
        manifest.preprocessing.spacing = spacing;
        let expected = mask(&manifest, &upright);
        let objects = expected.iter().filter(|&&label| label == 1).count();
        assert!(objects > 100 && objects < expected.len() - 100);
        for codes in AxisCodes::all() {
            let grid = upright.grid().unwrap().unwrap();
            let turn = Reorientation::to(&grid, codes);
            let mut turned = upright.clone();
            turned.shape = turn.to_grid().shape();
            turned.geometry.affine = Some(turn.to_grid().affine());
            turned.voxels = turn.apply(&upright.voxels).unwrap();
            let found = turn.undo(&mask(&manifest, &turned)).unwrap();
            assert_eq!(found, expected, "stored as {codes}");
        }
    }
}

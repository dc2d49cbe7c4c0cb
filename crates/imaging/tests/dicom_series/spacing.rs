//! Images that lie unevenly.

use imaging::{Choice, UnevenSpacing};

use super::*;

#[test]
fn small_irregularities_are_said_and_smoothed() {
    let at = |heights: &[f64]| {
        let images: Vec<DataSet> = (1..)
            .zip(heights)
            .map(|(value, &z)| slice(z, value))
            .collect();
        let opened = listed(&images);
        assert_eq!(opened.series.len(), 1);
        opened.series[0].notes.clone()
    };
    assert!(at(&[0.0, 2.0, 4.01, 6.0]).is_empty());
    assert_eq!(
        at(&[0.0, 2.0, 4.1, 6.0]),
        [
            "The images lie 1.9 to 2.1 mm apart; their mean is used, so that some planes lie up to 0.1 mm from where they were taken."
        ]
    );
}

#[test]
fn a_series_with_a_gap_becomes_two_volumes_in_their_places() {
    let images: Vec<DataSet> = (1..)
        .zip([0.0, 2.0, 4.0, 6.0, 12.0, 14.0, 16.0])
        .map(|(value, z)| slice(z, value))
        .collect();
    let opened = listed(&images);
    let volumes = decoded(&opened);
    assert_eq!(volumes.len(), 2);
    assert_eq!(first_values(&volumes[0]), [1.0, 2.0, 3.0, 4.0]);
    assert_eq!(first_values(&volumes[1]), [5.0, 6.0, 7.0]);
    assert_eq!(
        volumes[1].geometry.affine.unwrap()[2],
        [0.0, 0.0, 2.0, 12.0]
    );
    assert_eq!(
        opened.series[1].notes,
        [
            "The images lie 2 to 6 mm apart, as if some were missing; this is part 2 of 2 that are evenly spaced."
        ]
    );
}

#[test]
fn a_change_of_spacing_splits_where_it_happens() {
    let images: Vec<DataSet> = (1..)
        .zip([0.0, 5.0, 10.0, 15.0, 17.0, 19.0, 21.0])
        .map(|(value, z)| slice(z, value))
        .collect();
    let volumes = decoded(&listed(&images));
    let values: Vec<Vec<f32>> = volumes.iter().map(first_values).collect();
    assert_eq!(values, [vec![1.0, 2.0, 3.0, 4.0], vec![5.0, 6.0, 7.0]]);
    assert_eq!(volumes[0].geometry.affine.unwrap()[2][2], 5.0);
    assert_eq!(volumes[1].geometry.affine.unwrap()[2][2], 2.0);
}

/// The heights of the first three images of a decoded volume's grid.
fn heights(volume: &Volume) -> [f64; 2] {
    let [.., step, start] = volume.geometry.affine.unwrap()[2];
    [start, step]
}

fn with_spacing(opened: &OpenedFiles, spacing: UnevenSpacing) -> Result<Volume, Error> {
    let choice = Choice {
        spacing: Some(spacing),
        ..Choice::default()
    };
    opened.series[0].decode_part(&Limits::default(), &choice)
}

#[test]
fn parts_of_a_series_with_a_gap_can_be_had_as_one_volume() {
    let images: Vec<DataSet> = (1..)
        .zip([0.0, 2.0, 4.0, 6.0, 12.0, 14.0, 16.0])
        .map(|(value, z)| slice(z, 10 * value))
        .collect();
    let opened = listed(&images);
    assert_eq!(opened.series[0].files, 4);
    let parts = decoded(&opened)[0].provenance.parts;
    assert_eq!(parts.spacing, Some(UnevenSpacing::LargestPart));
    let whole = with_spacing(&opened, UnevenSpacing::RegularGrid).unwrap();
    assert_eq!(
        whole.provenance.parts.spacing,
        Some(UnevenSpacing::RegularGrid)
    );
    // Halfway and two thirds of the way across the gap.
    let expected = [
        10.0, 20.0, 30.0, 40.0, 43.333_332, 46.666_668, 50.0, 60.0, 70.0,
    ];
    assert_eq!(first_values(&whole), expected);
    assert_eq!(heights(&whole), [0.0, 2.0]);
    assert_eq!(
        whole.provenance.notes,
        [
            "The images lie 2 to 6 mm apart, as if some were missing; the volume has a plane every 2 mm, 2 of 9 interpolated."
        ]
    );
    let part = with_spacing(&opened, UnevenSpacing::LargestPart).unwrap();
    assert_eq!(first_values(&part), [10.0, 20.0, 30.0, 40.0]);
}

#[test]
fn of_a_regular_grid_the_largest_even_part_can_be_had() {
    let images: Vec<DataSet> = (1..)
        .zip([0.0, 2.0, 4.0, 6.0, 9.0, 10.5, 12.0, 15.0])
        .map(|(value, z)| slice(z, 10 * value))
        .collect();
    let opened = listed(&images);
    let grid = &decoded(&opened)[0];
    assert_eq!(
        grid.provenance.parts.spacing,
        Some(UnevenSpacing::RegularGrid)
    );
    let part = with_spacing(&opened, UnevenSpacing::LargestPart).unwrap();
    assert_eq!(first_values(&part), [10.0, 20.0, 30.0, 40.0]);
    assert_eq!(heights(&part), [0.0, 2.0]);
    assert_eq!(
        part.provenance.notes,
        [
            "The images lie 1.5 to 3 mm apart; these are the 4 of 8 that make the largest evenly spaced part, the others are left out."
        ]
    );
    // What is even has but one way.
    let even: Vec<DataSet> = (1..)
        .zip([0.0, 2.0, 4.0])
        .map(|(value, z)| slice(z, value))
        .collect();
    for spacing in [UnevenSpacing::RegularGrid, UnevenSpacing::LargestPart] {
        let volume = with_spacing(&listed(&even), spacing).unwrap();
        assert_eq!(
            (volume.shape[0], volume.provenance.parts.spacing),
            (3, None)
        );
    }
}

#[test]
fn a_grid_that_would_be_mostly_invented_is_refused_by_choice_too() {
    let images: Vec<DataSet> = (1..)
        .zip([0.0, 1.0, 2.0, 3.0, 30.0, 31.0, 32.0])
        .map(|(value, z)| slice(z, value))
        .collect();
    let error = with_spacing(&listed(&images), UnevenSpacing::RegularGrid).unwrap_err();
    assert!(error.to_string().contains("a regular grid"), "{error}");
}

#[test]
fn heaps_of_images_are_refused_with_their_distances() {
    let images: Vec<DataSet> = (1..)
        .zip([0.0, 1.0, 3.5, 4.0, 9.0, 11.0])
        .map(|(value, z)| slice(z, value))
        .collect();
    let error = open_files(named(&images), &Limits::default()).unwrap_err();
    assert_eq!(
        error,
        Error::UnevenSpacing {
            smallest: "0.5".into(),
            largest: "5".into()
        }
    );
}

//! How images become volumes: order, steps, gaps, several images at a position, on files made to measure.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod several_at_a_position;
mod spacing;

#[path = "../common/dicom.rs"]
mod dicom;

use dicom::*;
use imaging::{Error, GeometrySource, Limits, NamedBytes, OpenedFiles, Volume, open, open_files};
use proptest::prelude::*;

fn named(images: &[DataSet]) -> Vec<NamedBytes> {
    images
        .iter()
        .enumerate()
        .map(|(index, image)| NamedBytes {
            name: format!("{index}"),
            bytes: image.file(),
        })
        .collect()
}

fn listed(images: &[DataSet]) -> OpenedFiles {
    open_files(named(images), &Limits::default()).unwrap()
}

fn decoded(opened: &OpenedFiles) -> Vec<Volume> {
    opened
        .series
        .iter()
        .map(|series| {
            let volume = series.decode(&Limits::default()).unwrap();
            assert_eq!(Some(volume.shape), series.shape);
            volume
        })
        .collect()
}

/// 2 x 2 pixels of one value at height `z`.
fn slice(z: f64, value: u16) -> DataSet {
    DataSet::plane([10.0, -20.0, z], &[value; 4]).text(INSTANCE_NUMBER, "IS", &value.to_string())
}

fn first_values(volume: &Volume) -> Vec<f32> {
    volume.voxels.chunks(4).map(|plane| plane[0]).collect()
}

#[test]
fn slices_are_ordered_by_position_and_stepped_by_it() {
    // Neither the order of files, nor numbers, nor Slice Thickness decide.
    let images: Vec<DataSet> = [(4.0, 1), (-2.0, 2), (1.0, 3)]
        .map(|(z, value)| slice(z, value).decimals(THICKNESS, &[7.0]))
        .into();
    let volumes = decoded(&listed(&images));
    assert_eq!(volumes.len(), 1);
    assert_eq!(first_values(&volumes[0]), [2.0, 3.0, 1.0]);
    // LPS+ (10, -20, -2) is RAS+ (-10, 20, -2); 0.25 mm between columns, 0.5 mm between rows.
    assert_eq!(
        volumes[0].geometry.affine.unwrap(),
        [
            [-0.25, 0.0, 0.0, -10.0],
            [0.0, -0.5, 0.0, 20.0],
            [0.0, 0.0, 3.0, -2.0],
            [0.0, 0.0, 0.0, 1.0],
        ]
    );
    assert_eq!(volumes[0].geometry.source, Some(GeometrySource::Dicom));
    assert!(volumes[0].provenance.notes.is_empty());
}

#[test]
fn one_slice_is_as_thick_as_it_says() {
    let thickness = |image: DataSet| {
        let volume = open(&image.file(), "a.dcm", &Limits::default()).unwrap();
        (
            volume.geometry.affine.unwrap()[2][2],
            volume.provenance.notes,
        )
    };
    assert_eq!(
        thickness(slice(0.0, 1).decimals(THICKNESS, &[5.0])),
        (5.0, vec![])
    );
    let (assumed, notes) = thickness(slice(0.0, 1));
    assert_eq!(assumed, 1.0);
    assert_eq!(
        notes,
        ["The thickness of the image is not given; 1 mm is assumed."]
    );
}

#[test]
fn leaning_stacks_keep_their_shear() {
    let images: Vec<DataSet> = (0..4)
        .map(|index| {
            let z = f64::from(index);
            DataSet::plane([0.0, 0.5 * z, 2.0 * z], &[index as u16; 4])
        })
        .collect();
    let affine = decoded(&listed(&images))[0].geometry.affine.unwrap();
    assert_eq!([affine[0][2], affine[1][2], affine[2][2]], [0.0, -0.5, 2.0]);
}

/// Files without preamble and mark, with meta information or without it, as archives of old wrote them.
#[test]
fn series_without_the_mark_of_dicom_are_one_volume() {
    let images: Vec<DataSet> = (1..)
        .zip([0.0, 2.0, 4.0])
        .map(|(value, z)| slice(z, value))
        .collect();
    let whole = named(&images);
    let bare = |skip: usize| -> Vec<NamedBytes> {
        let files = whole.iter().zip(&images);
        files
            .map(|(file, image)| NamedBytes {
                name: file.name.clone(),
                bytes: match skip {
                    0 => file.bytes.clone(),
                    1 => file.bytes[132..].to_vec(),
                    _ => image.elements(),
                },
            })
            .collect()
    };
    let expected = decoded(&listed(&images));
    for skip in 0..3 {
        let opened = open_files(bare(skip), &Limits::default()).unwrap();
        assert_eq!(opened.series.len(), 1, "{skip}");
        assert_eq!(decoded(&opened)[0].voxels, expected[0].voxels);
        assert_eq!(decoded(&opened)[0].geometry, expected[0].geometry);
    }
}

#[test]
fn directions_sizes_series_and_localisers_are_kept_apart() {
    let sagittal = |z: f64, value: u16| {
        slice(z, value)
            .decimals(POSITION, &[z, 0.0, 0.0])
            .decimals(ORIENTATION, &[0.0, 1.0, 0.0, 0.0, 0.0, -1.0])
    };
    let other = |z: f64, value: u16| slice(z, value).text(SERIES, "UI", "1.2.3.9");
    let localiser =
        |z: f64, value: u16| slice(z, value).text(IMAGE_TYPE, "CS", "ORIGINAL\\PRIMARY\\LOCALIZER");
    let large = DataSet::plane([0.0, 0.0, 9.0], &[5; 9]);
    let mut images: Vec<DataSet> = (0..5)
        .map(|index| slice(f64::from(index), 10 + index as u16))
        .collect();
    images.extend((0..4).map(|index| sagittal(f64::from(index), 20 + index as u16)));
    images.extend((0..3).map(|index| other(f64::from(index), 30 + index as u16)));
    images.extend((0..6).map(|index| localiser(f64::from(index), 40 + index as u16)));
    images.push(large);
    let opened = listed(&images);
    let descriptions: Vec<&str> = opened
        .series
        .iter()
        .map(|series| series.description.as_str())
        .collect();
    assert_eq!(
        descriptions,
        [
            "MR, axial, 5 images of 2 x 2 pixels",
            "MR, sagittal, 4 images of 2 x 2 pixels",
            "MR, axial, 3 images of 2 x 2 pixels",
            "MR, axial, one image of 3 x 3 pixels",
            "MR, localiser, axial, 6 images of 2 x 2 pixels",
        ]
    );
    assert_eq!(
        opened.series[0].notes,
        ["The series holds images of 3 directions or sizes, each listed by itself."]
    );
    assert!(opened.series[2].notes.is_empty());
    decoded(&opened);
}

#[test]
fn images_without_positions() {
    let bare = |value: u16| {
        DataSet::image(2, 2, &[value; 4])
            .text(SOP_INSTANCE, "UI", &format!("1.2.{value}"))
            .text(INSTANCE_NUMBER, "IS", &value.to_string())
    };
    // Slices are stacked by their numbers, without geometry.
    let opened = listed(&[bare(3), bare(1), bare(2)]);
    let volumes = decoded(&opened);
    assert_eq!(first_values(&volumes[0]), [1.0, 2.0, 3.0]);
    assert_eq!(volumes[0].geometry.affine, None);
    assert_eq!(
        opened.series[0].notes,
        ["The images have no positions; they are in the order of their numbers."]
    );
    // Radiographs are views of their own.
    let radiograph = |value: u16| bare(value).text(MODALITY, "CS", "DX");
    assert_eq!(listed(&[radiograph(1), radiograph(2)]).series.len(), 2);
}

/// Frames with positions of their own, against the normal: the file's order stays, and the matrix says it.
#[test]
fn frames_are_planes() {
    let frame = |z: f64| {
        let position = DataSet::new().decimals(POSITION, &[0.0, 0.0, z]);
        DataSet::new().sequence((0x0020, 0x9113), &[position])
    };
    let orientation = DataSet::new().decimals(ORIENTATION, &[1.0, 0.0, 0.0, 0.0, 1.0, 0.0]);
    let measures = DataSet::new()
        .decimals(SPACING, &[1.0, 1.0])
        .decimals(THICKNESS, &[9.0]);
    let shared = DataSet::new()
        .sequence((0x0020, 0x9116), &[orientation])
        .sequence((0x0028, 0x9110), &[measures]);
    let image = |heights: &[f64]| {
        let frames: Vec<DataSet> = heights.iter().map(|&z| frame(z)).collect();
        let samples: Vec<u16> = (0..heights.len() as u16)
            .flat_map(|frame| [frame; 4])
            .collect();
        DataSet::image(2, 2, &samples)
            .text(FRAMES, "IS", &heights.len().to_string())
            .sequence((0x5200, 0x9229), std::slice::from_ref(&shared))
            .sequence((0x5200, 0x9230), &frames)
    };
    let volume =
        |heights: &[f64]| open(&image(heights).file(), "a.dcm", &Limits::default()).unwrap();
    let down = volume(&[6.0, 4.0, 2.0]);
    assert_eq!(first_values(&down), [0.0, 1.0, 2.0]);
    assert_eq!(down.geometry.affine.unwrap()[2], [0.0, 0.0, -2.0, 6.0]);
    let shuffled = volume(&[4.0, 0.0, 2.0]);
    assert_eq!(first_values(&shuffled), [1.0, 2.0, 0.0]);
    assert_eq!(shuffled.geometry.affine.unwrap()[2], [0.0, 0.0, 2.0, 0.0]);
    // The same place over and over: a series in time, of which one volume is shown.
    let twice = volume(&[0.0, 2.0, 4.0, 0.0, 2.0, 4.0]);
    assert_eq!(twice.shape, [3, 2, 2]);
    assert_eq!(first_values(&twice), [0.0, 1.0, 2.0]);
    assert!(
        twice
            .provenance
            .notes
            .iter()
            .any(|note| note == "The file holds 2 volumes; the one with the most planes is shown."),
        "{:?}",
        twice.provenance.notes
    );
}

/// A film: frames without positions.
#[test]
fn a_film_is_a_stack_without_geometry() {
    let image = DataSet::plane([1.0, 2.0, 3.0], &[1; 4])
        .text(FRAMES, "IS", "2")
        .words(PIXEL_DATA, &[1, 1, 1, 1, 2, 2, 2, 2]);
    let volume = open(&image.file(), "a.dcm", &Limits::default()).unwrap();
    assert_eq!(volume.shape, [2, 2, 2]);
    assert_eq!(volume.geometry.affine, None);
}

#[test]
fn geometry_that_cannot_be() {
    for image in [
        slice(0.0, 1).decimals(ORIENTATION, &[1.0, 0.0, 0.0, 1.0, 0.0, 0.0]),
        slice(0.0, 1).decimals(ORIENTATION, &[0.0; 6]),
        slice(1e30, 1),
        slice(0.0, 1).decimals(SPACING, &[1e-20, 1.0]),
    ] {
        let volume = open(&image.file(), "a.dcm", &Limits::default()).unwrap();
        assert_eq!(volume.geometry.affine, None);
        assert!(
            volume
                .provenance
                .notes
                .iter()
                .any(|note| note.contains("no geometry"))
        );
    }
    let absent = slice(0.0, 1).decimals(SPACING, &[0.0, 1.0]);
    assert_eq!(
        open(&absent.file(), "a.dcm", &Limits::default())
            .unwrap()
            .geometry
            .affine,
        None
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// For any direction, step and order of files: PS3.3 equation C.7.6.2.1-1 gives each voxel's place, and the matrix
    /// gives the same, in RAS+.
    #[test]
    fn every_voxel_lies_where_the_standard_says(
        angles in prop::array::uniform3(0.0..std::f64::consts::TAU),
        origin in prop::array::uniform3(-300.0..300.0_f64),
        step in 0.3..8.0_f64,
        lean in -0.3..0.3_f64,
        spacing in prop::array::uniform2(0.1..3.0_f64),
        order in Just((0..6_usize).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let (row, column, normal) = directions(angles);
        let add = |a: [f64; 3], b: [f64; 3], weight: f64| [a[0] + weight * b[0], a[1] + weight * b[1], a[2] + weight * b[2]];
        let position = |plane: usize| {
            add(add(origin, normal, step * plane as f64), row, lean * step * plane as f64)
        };
        let images: Vec<DataSet> = order
            .iter()
            .map(|&plane| {
                DataSet::plane(position(plane), &[plane as u16; 9])
                    .decimals(ORIENTATION, &[row, column].concat())
                    .decimals(SPACING, &spacing)
            })
            .collect();
        let opened = listed(&images);
        prop_assert_eq!(opened.series.len(), 1);
        let volume = opened.series[0].decode(&Limits::default()).unwrap();
        let affine = volume.geometry.affine.unwrap();
        for plane in 0..6 {
            prop_assert_eq!(volume.voxels[9 * plane], plane as f32);
            for (column_index, row_index) in [(0, 0), (2, 0), (1, 2)] {
                let place = add(add(position(plane), row, spacing[1] * f64::from(column_index)), column, spacing[0] * f64::from(row_index));
                for axis in 0..3 {
                    let found = affine[axis][0] * f64::from(column_index) + affine[axis][1] * f64::from(row_index) + affine[axis][2] * plane as f64 + affine[axis][3];
                    let expected = if axis == 2 { place[axis] } else { -place[axis] };
                    prop_assert!((found - expected).abs() < 1e-6, "{} {}", found, expected);
                }
            }
        }
    }
}

/// Three perpendicular directions, right-handed, by Euler angles.
fn directions([a, b, c]: [f64; 3]) -> ([f64; 3], [f64; 3], [f64; 3]) {
    let ((sa, ca), (sb, cb), (sc, cc)) = (a.sin_cos(), b.sin_cos(), c.sin_cos());
    let row = [ca * cb, sa * cb, -sb];
    let column = [ca * sb * sc - sa * cc, sa * sb * sc + ca * cc, cb * sc];
    let normal = [
        row[1] * column[2] - row[2] * column[1],
        row[2] * column[0] - row[0] * column[2],
        row[0] * column[1] - row[1] * column[0],
    ];
    (row, column, normal)
}

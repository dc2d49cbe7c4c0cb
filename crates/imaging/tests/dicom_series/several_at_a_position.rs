//! Several images at one position.

use super::*;

/// Two echoes at each position, in any order of files.
#[test]
fn several_images_at_a_position_are_told_apart() {
    let images: Vec<DataSet> = (0..4_u16)
        .flat_map(|index| {
            [10.5, 80.0].map(|echo| {
                let value = index * 100 + echo as u16;
                slice(f64::from(index), value).decimals(ECHO_TIME, &[echo])
            })
        })
        .collect();
    let opened = listed(&images);
    let values: Vec<Vec<f32>> = decoded(&opened).iter().map(first_values).collect();
    assert_eq!(
        values,
        [[10.0, 110.0, 210.0, 310.0], [80.0, 180.0, 280.0, 380.0]]
    );
    assert_eq!(
        opened.series[0].notes,
        ["The series holds several images at each position; this is volume 1 of 2."]
    );
}

/// An attribute that differs from slice to slice must not be taken for one that tells volumes apart.
#[test]
fn several_images_at_a_position_without_a_mark_go_by_their_numbers() {
    let images: Vec<DataSet> = (0..6_u16)
        .map(|index| {
            slice(f64::from(index / 2), index + 1).text(
                (0x0008, 0x0032),
                "TM",
                &format!("10{index:02}00"),
            )
        })
        .collect();
    let values: Vec<Vec<f32>> = decoded(&listed(&images)).iter().map(first_values).collect();
    assert_eq!(values, [[1.0, 3.0, 5.0], [2.0, 4.0, 6.0]]);
}

#[test]
fn copies_are_used_once() {
    let images = [slice(0.0, 1), slice(1.0, 2), slice(1.0, 2)];
    let opened = listed(&images);
    assert_eq!(opened.series[0].shape, Some([2, 2, 2]));
    assert_eq!(
        opened.series[0].notes,
        ["1 files were copies of others and were left out."]
    );
}

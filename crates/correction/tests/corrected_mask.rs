//! Laws that hold for every sequence of corrections.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use correction::{Axis, Brush, CorrectedMask, Error, Plane, StepKind};
use proptest::prelude::*;
use uq::{BoundingBox, Run};

const SHAPE: [usize; 3] = [4, 9, 11];
const VOXELS: usize = 4 * 9 * 11;

fn place(index: usize) -> [usize; 3] {
    [index % 11, index / 11 % 9, index / 99]
}

/// What a person does.
#[derive(Debug, Clone)]
enum Act {
    Stroke(Vec<[f64; 3]>, f64, u8),
    Fill([usize; 3], bool, u8),
    Lock(u8, bool),
    Undo,
    Redo,
    Islands(u8, u64),
    Holes(u8),
    Largest(u8),
    Threshold(u8, f32),
    Restore,
    Abandoned([f64; 3], u8),
}

fn act() -> impl Strategy<Value = Act> {
    let point = || {
        (0.0..4.0_f64, -1.0..9.0_f64, -1.0..11.0_f64)
            .prop_map(|(plane, row, column)| [plane, row, column])
    };
    let class = || 0..4_u8;
    prop_oneof![
        3 => (prop::collection::vec(point(), 1..4), 0.0..3.0_f64, class()).prop_map(|(way, radius, class)| Act::Stroke(way, radius, class)),
        1 => (0..4_usize, 0..9_usize, 0..11_usize, any::<bool>(), class()).prop_map(|(plane, row, column, flat, class)| Act::Fill([plane, row, column], flat, class)),
        1 => (class(), any::<bool>()).prop_map(|(class, locked)| Act::Lock(class, locked)),
        2 => Just(Act::Undo),
        1 => Just(Act::Redo),
        1 => (class(), 0..9_u64).prop_map(|(class, least)| Act::Islands(class, least)),
        1 => class().prop_map(Act::Holes),
        1 => class().prop_map(Act::Largest),
        1 => (1..4_u8, 0.0..1.0_f32).prop_map(|(class, level)| Act::Threshold(class, level)),
        1 => Just(Act::Restore),
        1 => (point(), class()).prop_map(|(place, class)| Act::Abandoned(place, class)),
    ]
}

fn perform(mask: &mut CorrectedMask, act: &Act, probability: &[f32]) -> Option<BoundingBox> {
    match act {
        Act::Stroke(way, radius, class) => {
            let brush = Brush {
                radius: *radius,
                spacing: [2.0, 1.0, 1.0],
                disc: None,
            };
            mask.begin(StepKind::Brush);
            let mut area = None;
            for pair in way.windows(2) {
                area = correction::joined(
                    area,
                    mask.paint(&brush.stamp(SHAPE, pair[0], pair[1]), *class),
                );
            }
            mask.end();
            area
        }
        Act::Fill(from, flat, class) => {
            let plane = Plane {
                across: Axis::Plane,
                at: from[0],
            };
            mask.fill(*from, flat.then_some(plane), *class)
        }
        Act::Lock(class, locked) => {
            mask.set_locked(*class, *locked);
            None
        }
        Act::Undo => mask.undo(),
        Act::Redo => mask.redo(),
        Act::Islands(class, least) => mask.remove_islands(*class, *least),
        Act::Holes(class) => mask.fill_holes(*class),
        Act::Largest(class) => mask.keep_largest(*class),
        Act::Threshold(class, level) => mask.threshold(*class, probability, *level).unwrap(),
        Act::Restore => mask.restore(),
        Act::Abandoned(place, class) => {
            let brush = Brush {
                radius: 2.0,
                spacing: [1.0; 3],
                disc: None,
            };
            mask.begin(StepKind::Brush);
            let painted = mask.paint(&brush.stamp(SHAPE, *place, *place), *class);
            correction::joined(painted, mask.abandon())
        }
    }
}

proptest! {
    #[test]
    fn counts_boxes_and_history_are_right_whatever_is_done(
        original in prop::collection::vec(0..4_u8, VOXELS),
        probability in prop::collection::vec(0.0..1.0_f32, VOXELS),
        acts in prop::collection::vec(act(), 1..14),
    ) {
        let original = Arc::new(original);
        let mut mask = CorrectedMask::new(Arc::clone(&original), SHAPE).unwrap();
        for act in &acts {
            let before = mask.classes().to_vec();
            let locked: Vec<u8> = (0..4).filter(|class| mask.is_locked(*class)).collect();
            let area = perform(&mut mask, act, &probability);
            let after = mask.classes();
            for class in 0..4 {
                let count = after.iter().filter(|now| **now == class).count() as u64;
                prop_assert_eq!(mask.count(class), count);
            }
            let changed = after.iter().zip(original.iter()).filter(|(now, was)| now != was).count();
            prop_assert_eq!(mask.changed(), changed as u64);
            for (index, (was, now)) in before.iter().zip(after).enumerate() {
                if was != now {
                    let inside = area.is_some_and(|area| (0..3).all(|axis| (area.first[axis]..=area.last[axis]).contains(&place(index)[axis])));
                    prop_assert!(inside, "voxel {} changed outside of {:?}", index, area);
                    let by_hand = !matches!(act, Act::Undo | Act::Redo | Act::Threshold(..));
                    prop_assert!(!by_hand || !(locked.contains(was) || locked.contains(now)), "a locked class changed");
                }
            }
            let changes = mask.changes();
            for change in &changes {
                prop_assert_eq!(change.before + change.added, change.after + change.removed);
            }
        }
        // All the way back, and forth again.
        let end = mask.classes().to_vec();
        let steps = mask.steps();
        for _ in 0..steps {
            prop_assert!(mask.undo().is_some());
        }
        prop_assert!(mask.undo().is_none() && mask.undoes().is_none());
        prop_assert_eq!(mask.classes(), &original[..]);
        prop_assert_eq!(mask.changed(), 0);
        for _ in 0..steps {
            prop_assert!(mask.redo().is_some());
        }
        prop_assert_eq!(mask.classes(), &end[..]);
        // What is kept brings another copy to the same place.
        let text = serde_json::to_string(&mask.difference()).unwrap();
        let mut other = CorrectedMask::new(original, SHAPE).unwrap();
        other.take_over(&serde_json::from_str(&text).unwrap()).unwrap();
        prop_assert_eq!(other.classes(), &end[..]);
    }
}

#[test]
fn two_hundred_large_steps_on_a_volume_stay_below_a_hundred_megabytes() {
    let shape = [160, 256, 256];
    let mut mask = CorrectedMask::new(Arc::new(vec![0; 160 * 256 * 256]), shape).unwrap();
    let brush = Brush {
        radius: 15.0,
        spacing: [1.0; 3],
        disc: None,
    };
    for step in 0..220_usize {
        let plane = 10.0 + (step * 7 % 140) as f64;
        let class = u8::from(step.is_multiple_of(2)) + 1;
        mask.begin(StepKind::Brush);
        mask.paint(
            &brush.stamp(shape, [plane, 20.0, 20.0], [plane, 230.0, 230.0]),
            class,
        );
        mask.end();
    }
    assert_eq!(mask.steps(), 220);
    assert!(
        mask.history_bytes() < 100 << 20,
        "{} bytes",
        mask.history_bytes()
    );
    for _ in 0..220 {
        assert!(mask.undo().is_some());
    }
    assert_eq!(mask.changed(), 0);
}

#[test]
fn steps_that_take_too_much_memory_push_out_the_oldest() {
    // Every second voxel, so that no run is longer than one.
    let shape = [8, 512, 1024];
    let voxels = 8 * 512 * 1024;
    let mut mask = CorrectedMask::new(Arc::new(vec![0; voxels]), shape).unwrap();
    let mut probability = vec![0.0; voxels];
    for (index, value) in probability.iter_mut().enumerate() {
        *value = (index % 2) as f32;
    }
    for class in 1..=6 {
        mask.threshold(class, &probability, 0.5).unwrap();
        // Another step between them, or the threshold would take the former's place.
        mask.fill([0, 0, 0], None, 200 + class);
        mask.restore();
    }
    assert!(
        mask.history_bytes() < 100 << 20,
        "{} bytes",
        mask.history_bytes()
    );
    assert!(mask.steps() > 1);
    assert!(mask.undo().is_some());
}

#[test]
fn a_slider_of_thresholds_is_one_step() {
    let mut mask = CorrectedMask::new(Arc::new(vec![0, 1, 2, 0, 1, 0]), [1, 2, 3]).unwrap();
    let probability = [0.1, 0.2, 0.9, 0.6, 0.8, f32::NAN];
    for level in [0.9, 0.15, 0.5] {
        mask.threshold(1, &probability, level).unwrap();
    }
    assert_eq!(mask.classes(), [0, 0, 2, 1, 1, 0]);
    assert_eq!(mask.steps(), 1);
    mask.undo();
    assert_eq!(mask.classes(), [0, 1, 2, 0, 1, 0]);
    assert!(matches!(
        mask.threshold(0, &probability, 0.5),
        Err(Error::Setting { .. })
    ));
    assert!(matches!(
        mask.threshold(1, &probability, f32::NAN),
        Err(Error::Setting { .. })
    ));
    assert!(matches!(
        mask.threshold(1, &[0.5], 0.5),
        Err(Error::Length { .. })
    ));
}

#[test]
fn islands_go_and_holes_are_filled() {
    #[rustfmt::skip]
    let original = vec![
        1, 1, 1, 1, 0, 1,
        1, 0, 2, 1, 0, 0,
        1, 0, 0, 1, 0, 1,
        1, 1, 1, 1, 0, 1,
    ];
    let mut mask = CorrectedMask::new(Arc::new(original.clone()), [1, 4, 6]).unwrap();
    mask.fill_holes(1);
    #[rustfmt::skip]
    assert_eq!(mask.classes(), [
        1, 1, 1, 1, 0, 1,
        1, 1, 2, 1, 0, 0,
        1, 1, 1, 1, 0, 1,
        1, 1, 1, 1, 0, 1,
    ]);
    mask.remove_islands(1, 2);
    assert_eq!(mask.classes()[5], 0);
    assert_eq!(mask.classes()[17], 1);
    mask.keep_largest(1);
    assert_eq!((mask.classes()[17], mask.classes()[0]), (0, 1));
    assert_eq!(mask.undoes(), Some(StepKind::KeepLargest));
    // A diagonal wall keeps what is inside of it.
    #[rustfmt::skip]
    let diamond = vec![
        0, 1, 0,
        1, 0, 1,
        0, 1, 0,
    ];
    let mut mask = CorrectedMask::new(Arc::new(diamond), [1, 3, 3]).unwrap();
    mask.fill_holes(1);
    assert_eq!(mask.count(1), 5);
}

#[test]
fn slices_between_drawn_ones_are_filled_in() {
    let shape = [7, 12, 12];
    for axis in Axis::ALL {
        // The original has the class on a slice in the middle, where it is too large.
        let mut mask = CorrectedMask::new(Arc::new(vec![0; 7 * 144]), shape).unwrap();
        assert!(matches!(
            mask.interpolate(1, axis, [1.0; 3]),
            Err(Error::NothingBetween { slices: 0, .. })
        ));
        for (at, radius) in [(1, 2.0), (5, 4.0)] {
            let plane = Plane { across: axis, at };
            let [slow, fast] = plane.size(shape).map(|length| length / 2);
            let middle = plane.voxel([slow, fast]).map(|at| at as f64);
            let brush = Brush {
                radius,
                spacing: [1.0; 3],
                disc: Some(plane),
            };
            mask.paint(&brush.stamp(shape, middle, middle), 1);
        }
        assert_eq!(mask.drawn_slices(1, axis), [1, 5]);
        assert!(mask.interpolate(1, axis, [1.0; 3]).unwrap().is_some());
        let sizes: Vec<usize> = (0..axis.of(shape))
            .map(|slice| {
                let of_slice = mask.classes().iter().enumerate().filter(|(index, class)| {
                    let at = [index / 144, index / 12 % 12, index % 12];
                    axis.of(at) == slice && **class == 1
                });
                of_slice.count()
            })
            .collect();
        assert!(
            sizes[1..=5].is_sorted() && sizes[1] > 0 && sizes[3] > sizes[1],
            "{sizes:?}"
        );
        assert_eq!((sizes[0], sizes[6]), (0, 0));
        // All gaps are closed now.
        assert!(mask.interpolate(1, axis, [1.0; 3]).is_err());
        assert_eq!(mask.undoes(), Some(StepKind::Interpolate));
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    assert!(matches!(
        CorrectedMask::new(Arc::new(vec![0; 5]), [1, 2, 3]),
        Err(Error::Length { .. })
    ));
    let mask = CorrectedMask::new(Arc::new(vec![0; 6]), [1, 2, 3]).unwrap();
    assert!(mask.clone().rebased(Arc::new(vec![0; 7])).is_err());
    let mut changed = mask.clone();
    changed.paint(
        &[
            Run {
                plane: 0,
                row: 1,
                first: 1,
                last: 9,
            },
            Run {
                plane: 4,
                row: 0,
                first: 0,
                last: 0,
            },
        ],
        3,
    );
    assert_eq!(changed.classes(), [0, 0, 0, 0, 3, 3]);
    let kept = changed.difference();
    let mut other = CorrectedMask::new(Arc::new(vec![0, 0, 0, 0, 1, 0]), [1, 2, 3]).unwrap();
    assert_eq!(other.take_over(&kept), Err(Error::OtherMask { voxel: 4 }));
    assert_eq!(other.changed(), 0);
    let rebased = changed.rebased(Arc::new(vec![0, 0, 0, 0, 3, 0])).unwrap();
    assert_eq!((rebased.changed(), rebased.count(3)), (1, 2));
}

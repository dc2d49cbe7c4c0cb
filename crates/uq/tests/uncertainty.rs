//! What must hold for expected errors, regions and contours, whatever the image.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};
use uq::{
    ErrorProbability, ErrorRegion, ExpectedError, FreeResponse, Layout, MaskUncertainty,
    Probabilities, RegionKind, RegionSettings, Run, StructuringElement, VoxelSet, contours,
    error_regions, thick_errors,
};

const SHAPE: [usize; 3] = [4, 9, 70];
const VOXELS: usize = 4 * 9 * 70;

/// Blobs: noise, smoothed a few times.
fn field(shape: [usize; 3], noise: &[u8], smoothings: usize) -> Vec<f32> {
    let mut values: Vec<f32> = noise
        .iter()
        .map(|&value| f32::from(value) / 255.0)
        .collect();
    for stride in [1, shape[2], shape[1] * shape[2]].repeat(smoothings) {
        let before = values.clone();
        for (index, value) in values.iter_mut().enumerate() {
            let left = before[index.saturating_sub(stride)];
            let right = before[(index + stride).min(before.len() - 1)];
            *value = (*value + left + right) / 3.0;
        }
    }
    let (low, high) = values
        .iter()
        .fold((f32::MAX, f32::MIN), |(low, high), &value| {
            (low.min(value), high.max(value))
        });
    values
        .iter()
        .map(|value| (value - low) / (high - low).max(1e-6))
        .collect()
}

fn noise() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), VOXELS)
}

fn radii() -> impl Strategy<Value = [usize; 3]> {
    prop::array::uniform3(0..3_usize)
}

/// Two classes: the field is the probability of the object.
struct Image {
    mask: Vec<u8>,
    found: ErrorProbability,
}

fn image(object: &[f32]) -> Image {
    let values: Vec<f32> = object
        .iter()
        .map(|p| 1.0 - p)
        .chain(object.iter().copied())
        .collect();
    let mask: Vec<u8> = object.iter().map(|&p| u8::from(p > 0.5)).collect();
    let probabilities = Probabilities {
        values: &values,
        classes: 2,
        layout: Layout::ClassFirst,
    };
    let found = ErrorProbability::of(&probabilities, &mask).unwrap();
    Image { mask, found }
}

fn regions(image: &Image, shape: [usize; 3], radii: [usize; 3], neck: f64) -> Vec<ErrorRegion> {
    let uncertainty = MaskUncertainty {
        mask: &image.mask,
        wrong: &image.found.wrong,
        instead: &image.found.instead,
        shape,
        spacing: [2.0, 1.0, 0.5],
    };
    let settings = RegionSettings {
        level: 0.8,
        tolerance: StructuringElement::new(radii),
        neck,
    };
    error_regions(&uncertainty, &settings).unwrap()
}

fn flags(set: &VoxelSet) -> Vec<bool> {
    let [planes, rows, columns] = set.shape();
    (0..planes * rows * columns)
        .map(|index| {
            set.contains([
                index / (rows * columns),
                index / columns % rows,
                index % columns,
            ])
        })
        .collect()
}

/// The array as seen from the other end of the given axes.
fn flipped<T: Copy>(values: &[T], [planes, rows, columns]: [usize; 3], axes: [bool; 3]) -> Vec<T> {
    let turn =
        |place: usize, length: usize, flip: bool| if flip { length - 1 - place } else { place };
    (0..values.len())
        .map(|index| {
            let plane = turn(index / (rows * columns), planes, axes[0]);
            let row = turn(index / columns % rows, rows, axes[1]);
            let column = turn(index % columns, columns, axes[2]);
            values[(plane * rows + row) * columns + column]
        })
        .collect()
}

proptest! {
    #![proptest_config(Config { cases: 48, rng_seed: RngSeed::Fixed(7), failure_persistence: None, ..Config::default() })]

    #[test]
    fn opening_takes_away_and_once_is_enough(noise in noise(), radii in radii(), share in 60..200_u8) {
        let field = field(SHAPE, &noise, 2);
        let set = VoxelSet::from_fn(SHAPE, |index| field[index] * 255.0 > f32::from(share));
        let element = StructuringElement::new(radii);
        let opened = set.opened(&element);
        prop_assert!(flags(&opened).iter().zip(flags(&set)).all(|(&after, before)| before || !after));
        prop_assert_eq!(opened.opened(&element), opened);
    }

    /// Against the definition: the union of all places of the element, cut off at the image's edge, that lie in the set.
    #[test]
    fn opening_equals_the_definition(noise in noise(), radius in 0..3_usize) {
        let field = field(SHAPE, &noise, 1);
        let set = VoxelSet::from_fn(SHAPE, |index| field[index] > 0.4);
        let [planes, rows, columns] = SHAPE;
        let before = flags(&set);
        let mut expected = vec![false; before.len()];
        for centre in 0..before.len() {
            let place = [centre / (rows * columns), centre / columns % rows, centre % columns];
            let covered: Vec<usize> = (0..planes).flat_map(|plane| (0..rows).map(move |row| (plane, row))).flat_map(|(plane, row)| {
                let used = plane.abs_diff(place[0]) + row.abs_diff(place[1]);
                let reach = radius.checked_sub(used);
                let range = reach.map_or(0..0, |reach| place[2].saturating_sub(reach)..(place[2] + reach + 1).min(columns));
                range.map(move |column| (plane * rows + row) * columns + column)
            }).collect();
            if covered.iter().all(|&index| before[index]) {
                for index in covered { expected[index] = true; }
            }
        }
        prop_assert_eq!(flags(&set.opened(&StructuringElement::new([radius; 3]))), expected);
    }

    #[test]
    fn runs_hold_the_set(noise in noise()) {
        let set = VoxelSet::from_fn(SHAPE, |index| noise[index] > 100);
        let runs = set.runs();
        prop_assert!(runs.is_sorted());
        prop_assert_eq!(runs.iter().map(Run::voxels).sum::<u64>(), set.count());
        let mut again = VoxelSet::empty(SHAPE);
        again.insert_runs(&runs);
        prop_assert_eq!(&again, &set);
        again.remove_runs(&runs);
        prop_assert!(again.is_empty());
    }

    /// Every voxel of the opened set is in one region, and so is every voxel of an object in doubt; nothing else is.
    #[test]
    fn regions_partition_the_opened_set(noise in noise(), radii in radii(), neck in prop_oneof![Just(0.0), Just(0.6), Just(1.0)]) {
        let image = image(&field(SHAPE, &noise, 2));
        let regions = regions(&image, SHAPE, radii, neck);
        let mut seen = vec![false; VOXELS];
        for region in &regions {
            let indices: Vec<usize> = region.runs.iter().flat_map(|run| run.indices(SHAPE)).collect();
            prop_assert_eq!(indices.len() as u64, region.voxels);
            let mut wrong = 0.0;
            for index in indices {
                prop_assert!(!seen[index], "voxel {index} twice");
                seen[index] = true;
                wrong += f64::from(image.found.wrong[index]);
                let place = [index % 70, index / 70 % 9, index / 630];
                prop_assert!((0..3).all(|axis| (region.bounding_box.first[axis]..=region.bounding_box.last[axis]).contains(&place[axis])));
            }
            prop_assert!((wrong - region.expected_wrong).abs() < 1e-9 * wrong.max(1.0));
            prop_assert!(region.max_shift >= 0.0);
        }
        prop_assert!(regions.windows(2).all(|pair| pair[0].expected_wrong >= pair[1].expected_wrong));
        let doubtful = VoxelSet::from_fn(SHAPE, |index| image.found.wrong[index] > 0.2);
        let opened = flags(&doubtful.opened(&StructuringElement::new(radii)));
        let whole = regions.iter().filter(|region| region.kind == RegionKind::FalseObject);
        let mut allowed = opened.clone();
        for index in whole.flat_map(|region| &region.runs).flat_map(|run| run.indices(SHAPE)) {
            allowed[index] = true;
        }
        for index in 0..VOXELS {
            prop_assert!(seen[index] || !opened[index], "voxel {index} of the opened set is in no region");
            prop_assert!(!seen[index] || allowed[index], "voxel {index} is in a region without doubt");
        }
    }

    /// An image seen from its other end has the same regions.
    #[test]
    fn regions_do_not_depend_on_the_way_one_looks(noise in noise(), axes in prop::array::uniform3(any::<bool>())) {
        let object = field(SHAPE, &noise, 2);
        let summary = |object: &[f32]| -> Vec<(RegionKind, u64, i64, i64)> {
            let mut found: Vec<_> = regions(&image(object), SHAPE, [1, 1, 1], 0.0).iter()
                .map(|r| (r.kind, r.voxels, (r.expected_wrong * 1e6).round() as i64, (r.max_shift * 1e6).round() as i64)).collect();
            found.sort_by_key(|region| (region.1, region.2, region.3));
            found
        };
        prop_assert_eq!(summary(&object), summary(&flipped(&object, SHAPE, axes)));
    }

    /// Parts add up to the whole, and the kinds of error to the sum of all.
    #[test]
    fn expected_errors_add_up(logits in prop::collection::vec(prop::array::uniform3(-3.0_f32..3.0), 2..60), cut in 0..60_usize, mask in prop::collection::vec(0..3_u8, 60)) {
        let values: Vec<f32> = logits.iter().flat_map(|voxel| {
            let sum: f32 = voxel.iter().map(|x| x.exp()).sum();
            voxel.map(|x| x.exp() / sum)
        }).collect();
        let of = |range: std::ops::Range<usize>| {
            let probabilities = Probabilities { values: &values[3 * range.start..3 * range.end], classes: 3, layout: Layout::ClassLast };
            ExpectedError::of(&probabilities, &mask[range]).unwrap()
        };
        let cut = cut.min(logits.len());
        let mut parts = of(0..cut);
        parts.merge(&of(cut..logits.len()));
        let whole = of(0..logits.len());
        prop_assert!((parts.wrong() - whole.wrong()).abs() < 1e-9 && parts.object() == whole.object());
        let direct: f64 = (0..logits.len()).map(|voxel| 1.0 - f64::from(values[3 * voxel + usize::from(mask[voxel])])).sum();
        prop_assert!((whole.wrong() - direct).abs() < 1e-6);
        let by_class: f64 = whole.per_class.iter().map(|class| class.false_positive).sum();
        prop_assert!((by_class - direct).abs() < 1e-6);
        let sizes: f64 = whole.per_class.iter().map(uq::ClassExpectedError::expected_size).sum();
        prop_assert!((sizes - logits.len() as f64).abs() < 1e-4);
        prop_assert!(whole.expected_dice().is_none_or(|dice| (0.0..=1.0).contains(&dice)));
    }

    /// A point is inside an odd number of lines where its value reaches the level.
    #[test]
    fn contours_part_inside_from_outside(noise in prop::collection::vec(any::<u8>(), 12 * 17), level in 0.1_f32..0.9) {
        let field = field([1, 12, 17], &noise, 1);
        let lines = contours(&field, [12, 17], level).unwrap();
        for line in &lines {
            prop_assert!(line.points.len() > 2);
            prop_assert!(line.points.iter().all(|[x, y]| (0.0..=17.0).contains(x) && (0.0..=12.0).contains(y)));
        }
        for (index, &value) in field.iter().enumerate() {
            // A little off the centre, where no line passes through a corner.
            let (x, y) = ((index % 17) as f32 + 0.5 + 1e-4, (index / 17) as f32 + 0.5 + 1.3e-4);
            let crossings = lines.iter().flat_map(|line| {
                line.points.iter().zip(line.points.iter().cycle().skip(1))
            }).filter(|(a, b)| (a[1] > y) != (b[1] > y) && x < (b[0] - a[0]) * (y - a[1]) / (b[1] - a[1]) + a[0]).count();
            if (value - level).abs() > 1e-2 {
                prop_assert_eq!(crossings % 2 == 1, value >= level, "pixel {}", index);
            }
        }
        // Holes count against what is around them.
        let area: f64 = lines.iter().map(uq::Contour::signed_area).sum();
        prop_assert!((-1e-3..=12.0 * 17.0 + 1e-3).contains(&area));
    }

    #[test]
    fn contours_do_not_depend_on_the_way_one_looks(noise in prop::collection::vec(any::<u8>(), 11 * 14), axes in prop::array::uniform2(any::<bool>())) {
        let field = field([1, 11, 14], &noise, 1);
        let turned = flipped(&field, [1, 11, 14], [false, axes[0], axes[1]]);
        let sorted = |lines: Vec<uq::Contour>, turn: bool| -> Vec<(i64, i64)> {
            let mut points: Vec<(i64, i64)> = lines.iter().flat_map(|line| &line.points).map(|&[x, y]| {
                let (x, y) = if turn { (if axes[1] { 14.0 - x } else { x }, if axes[0] { 11.0 - y } else { y }) } else { (x, y) };
                ((x * 1000.0).round() as i64, (y * 1000.0).round() as i64)
            }).collect();
            points.sort_unstable();
            points
        };
        let (here, there) = (sorted(contours(&field, [11, 14], 0.5).unwrap(), false), sorted(contours(&turned, [11, 14], 0.5).unwrap(), true));
        prop_assert_eq!(here.len(), there.len());
        prop_assert!(here.iter().zip(&there).all(|(a, b)| (a.0 - b.0).abs() <= 1 && (a.1 - b.1).abs() <= 1000));
    }

    /// The errors themselves as regions find everything, and none of them is false.
    #[test]
    fn the_true_errors_find_themselves(noise in noise(), other in noise()) {
        let class = |noise: &[u8]| -> Vec<u8> { field(SHAPE, noise, 2).iter().map(|&p| u8::from(p > 0.5)).collect() };
        let errors = thick_errors(&class(&noise), &class(&other), SHAPE, &StructuringElement::new([1; 3])).unwrap();
        let mut curve = FreeResponse::default();
        curve.add(errors.iter().map(Vec::as_slice), &errors);
        prop_assert_eq!(curve.errors(), errors.len() as u64);
        prop_assert_eq!(curve.found(errors.len()), curve.errors());
        prop_assert_eq!(curve.false_per_image(usize::MAX), Some(0.0));
        prop_assert!((0..errors.len()).all(|most| curve.found(most) <= curve.found(most + 1)));
        curve.add([], &errors);
        prop_assert_eq!((curve.images(), curve.found(usize::MAX)), (2, errors.len() as u64));
    }
}

//! What a line drawn around something holds.

use uq::Run;

use crate::plane::Plane;

/// The voxels of a plane whose centres lie inside a polygon, by the even-odd rule: where its line crosses itself, what is
/// surrounded twice is outside.
///
/// `points` are places on the plane's two axes, in the order of the shape, voxel centres at whole numbers; the line goes
/// back from the last to the first. Fewer than three hold nothing. An edge belongs to what lies after it on both axes.
#[must_use]
pub fn lasso(shape: [usize; 3], plane: Plane, points: &[[f64; 2]]) -> Vec<Run> {
    let [lines, length] = plane.size(shape);
    let finite = points.iter().flatten().all(|value| value.is_finite());
    if points.len() < 3 || !finite || plane.at >= plane.across.of(shape) || length == 0 {
        return Vec::new();
    }
    let low = points
        .iter()
        .map(|point| point[0])
        .fold(f64::INFINITY, f64::min);
    let high = points
        .iter()
        .map(|point| point[0])
        .fold(f64::NEG_INFINITY, f64::max);
    let first = low.ceil().max(0.0);
    let last = high.floor().min(lines as f64 - 1.0);
    let mut runs = Vec::new();
    if first > last {
        return runs;
    }
    for slow in first as usize..=last as usize {
        let mut crossings = crossings(points, slow as f64);
        crossings.sort_by(f64::total_cmp);
        for pair in crossings.chunks_exact(2) {
            let [enters, leaves] = [pair[0], pair[1]];
            let begin = enters.ceil().max(0.0);
            // Half open, so that polygons side by side share no voxel.
            let end = (leaves.ceil() - 1.0).min(length as f64 - 1.0);
            if begin <= end {
                plane.push(slow, begin as usize, end as usize, &mut runs);
            }
        }
    }
    runs
}

/// Where the polygon's line crosses a line of the plane.
fn crossings(points: &[[f64; 2]], slow: f64) -> Vec<f64> {
    let next = points.iter().cycle().skip(1);
    let edges = points.iter().zip(next);
    edges
        .filter(|(from, to)| (from[0] <= slow) != (to[0] <= slow))
        .map(|(from, to)| {
            let along = (slow - from[0]) / (to[0] - from[0]);
            from[1] + along * (to[1] - from[1])
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uq::VoxelSet;

    use super::lasso;
    use crate::plane::{Axis, Plane};

    const SHAPE: [usize; 3] = [6, 9, 11];

    /// The even-odd rule for one place, along a ray.
    fn inside(points: &[[f64; 2]], [slow, fast]: [f64; 2]) -> bool {
        let mut odd = false;
        for (number, from) in points.iter().enumerate() {
            let to = points[(number + 1) % points.len()];
            if (from[0] <= slow) != (to[0] <= slow) {
                let at = from[1] + (slow - from[0]) / (to[0] - from[0]) * (to[1] - from[1]);
                if fast < at {
                    odd = !odd;
                }
            }
        }
        odd
    }

    proptest! {
        #[test]
        fn a_lasso_holds_what_the_even_odd_rule_says(
            points in prop::collection::vec((-2.0..12.0_f64, -2.0..13.0_f64), 3..9),
            across in prop_oneof![Just(Axis::Plane), Just(Axis::Row), Just(Axis::Column)],
            at in 0..6_usize,
        ) {
            let points: Vec<[f64; 2]> = points.into_iter().map(|(slow, fast)| [slow, fast]).collect();
            let plane = Plane { across, at };
            let mut found = VoxelSet::empty(SHAPE);
            found.insert_runs(&lasso(SHAPE, plane, &points));
            let [lines, length] = plane.size(SHAPE);
            let mut count = 0;
            for slow in 0..lines {
                for fast in 0..length {
                    let expected = inside(&points, [slow as f64, fast as f64]);
                    prop_assert_eq!(found.contains(plane.voxel([slow, fast])), expected);
                    count += u64::from(expected);
                }
            }
            prop_assert_eq!(found.count(), count);
        }
    }

    #[test]
    fn squares_side_by_side_share_no_voxel() {
        let plane = Plane {
            across: Axis::Plane,
            at: 0,
        };
        let square = |left: f64| {
            [
                [1.0, left],
                [1.0, left + 3.0],
                [4.0, left + 3.0],
                [4.0, left],
            ]
        };
        let voxels = |points: &[[f64; 2]]| {
            lasso(SHAPE, plane, points)
                .iter()
                .map(uq::Run::voxels)
                .sum::<u64>()
        };
        assert_eq!((voxels(&square(1.0)), voxels(&square(4.0))), (9, 9));
        assert_eq!(voxels(&square(1.0)[..2]), 0);
    }
}

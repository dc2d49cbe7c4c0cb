//! What to do about doubt: regions and planes to look at, worst first, and whether the image is one that the model knows.

use protocol::{ImageScore, Region, SliceUncertainty};

use crate::numbers::{count, number};
use crate::view::shape::Voxel;

/// The middle of a region's box.
#[must_use]
pub fn peak(region: &Region) -> Voxel {
    let (first, last) = (region.bounding_box.first, region.bounding_box.last);
    [0, 1, 2].map(|axis| first[axis].midpoint(last[axis]))
}

/// About half the width of a region, in voxels.
#[must_use]
pub fn radius(region: &Region, volume: bool) -> f64 {
    let voxels = region.voxels as f64;
    0.5 * if volume { voxels.cbrt() } else { voxels.sqrt() }
}

/// Where a region is and how large, such as `column 12, row 40, plane 7: 312 voxels`.
#[must_use]
pub fn describe(region: &Region, volume: bool) -> String {
    let [column, row, plane] = peak(region);
    let amount = count(region.voxels);
    let (unit, place) = if volume {
        ("voxel", format!(", plane {plane}"))
    } else {
        ("pixel", String::new())
    };
    let plural = if region.voxels == 1 { "" } else { "s" };
    format!("column {column}, row {row}{place}: {amount} {unit}{plural}")
}

/// How doubtful a region is.
#[must_use]
pub fn strength(region: &Region) -> String {
    format!("about {} expected wrong", number(region.expected_wrong, 2))
}

/// A plane in the list of the worst.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bar {
    /// The plane, from 0.
    pub plane: usize,
    /// Mean ranking score.
    pub doubt: f64,
    /// Length of the bar, 0..=1: 1 for the most doubtful plane, 0 for the least doubtful one of the volume.
    pub length: f64,
    /// Whether the mask has anything on this plane.
    pub has_object: bool,
}

/// The most doubtful planes, worst first, at most `most`. Planes whose doubt is not a number come first.
#[must_use]
pub fn worst(slices: &[SliceUncertainty], most: usize) -> Vec<Bar> {
    let finite = slices
        .iter()
        .map(|slice| slice.doubt)
        .filter(|doubt| doubt.is_finite());
    let [low, high] = finite.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], doubt| {
        [low.min(doubt), high.max(doubt)]
    });
    let mut bars: Vec<Bar> = slices
        .iter()
        .map(|slice| Bar {
            plane: slice.plane,
            doubt: slice.doubt,
            length: if !slice.doubt.is_finite() || high <= low {
                1.0
            } else {
                (slice.doubt - low) / (high - low)
            },
            has_object: slice.object_voxels > 0,
        })
        .collect();
    bars.sort_by(|one, other| {
        let key = |bar: &Bar| {
            if bar.doubt.is_nan() {
                f64::INFINITY
            } else {
                bar.doubt
            }
        };
        key(other).total_cmp(&key(one))
    });
    bars.truncate(most);
    bars
}

/// Whether the image is one that the model knows, in words.
#[must_use]
pub fn familiarity(score: &ImageScore) -> String {
    let deviation = |value: f64| {
        let side = if value < 0.0 { "below" } else { "above" };
        format!("{:.1} standard deviations {side}", value.abs())
    };
    let surest = score.log_entropy_z.map_or_else(String::new, |value| {
        format!(", that of its surest parts {}", deviation(value))
    });
    let figures = format!(
        "its doubt is {} what is usual, its entropy {}{surest}",
        deviation(score.ranking_z),
        deviation(score.entropy_z)
    );
    if score.unusual {
        format!(
            "Unlike the training images: {figures}. Do not rely on this mask without looking at it."
        )
    } else {
        format!("Much like the training images: {figures}.")
    }
}

/// The Dice that is expected, in words.
#[must_use]
pub fn expected_dice(dice: f64) -> String {
    format!(
        "Expected Dice about {dice:.2}, estimated from the doubt alone, as it was on the model's validation images."
    )
}

#[cfg(test)]
mod tests {
    use protocol::{BoundingBox, RegionKind};

    use super::*;

    fn region(voxels: u64) -> Region {
        Region {
            kind: RegionKind::Border,
            class: 1,
            instead: 0,
            voxels,
            expected_wrong: 4.25,
            max_shift: 2.0,
            bounding_box: BoundingBox {
                first: [10, 40, 7],
                last: [14, 41, 7],
            },
        }
    }

    #[test]
    fn a_region_says_where_it_is() {
        assert_eq!(peak(&region(8)), [12, 40, 7]);
        assert_eq!(
            describe(&region(312), true),
            "column 12, row 40, plane 7: 312 voxels"
        );
        assert_eq!(describe(&region(1), false), "column 12, row 40: 1 pixel");
        assert_eq!(strength(&region(1)), "about 4.2 expected wrong");
        assert!((radius(&region(64), true) - 2.0).abs() < 1e-9);
        assert!((radius(&region(64), false) - 4.0).abs() < 1e-9);
    }

    fn slice(plane: usize, doubt: f64) -> SliceUncertainty {
        SliceUncertainty {
            plane,
            doubt,
            object_voxels: plane as u64,
            expected_wrong: 0.0,
        }
    }

    #[test]
    fn the_worst_planes_come_first() {
        let slices = [
            slice(0, -1.0),
            slice(1, 3.0),
            slice(2, 1.0),
            slice(3, f64::NAN),
        ];
        let bars = worst(&slices, 3);
        let planes: Vec<usize> = bars.iter().map(|bar| bar.plane).collect();
        assert_eq!(planes, [3, 1, 2]);
        let lengths: Vec<f64> = bars.iter().map(|bar| bar.length).collect();
        assert_eq!(lengths, [1.0, 1.0, 0.5]);
        assert!(bars.iter().all(|bar| bar.has_object) && worst(&[], 3).is_empty());
        assert_eq!(
            worst(&[slice(0, 2.0)], 1).first().map(|bar| bar.length),
            Some(1.0)
        );
    }

    #[test]
    fn an_unusual_image_is_said_in_words() {
        let mut score = ImageScore {
            ranking_z: 4.2,
            entropy_z: -0.5,
            log_entropy_z: None,
            expected_dice: Some(0.8),
            unusual: true,
        };
        let said = familiarity(&score);
        assert!(said.starts_with("Unlike") && said.contains("4.2") && said.contains("below"));
        assert!(!said.contains("surest"));
        score.log_entropy_z = Some(5.6);
        assert!(familiarity(&score).contains("of its surest parts 5.6 standard deviations above"));
        score.unusual = false;
        assert!(familiarity(&score).starts_with("Much like"));
        assert!(expected_dice(0.8).contains("0.80"));
    }
}

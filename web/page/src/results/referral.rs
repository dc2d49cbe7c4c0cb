//! Referral: the most doubtful places go to a human, worst first, and the rest is kept.

use protocol::Region;

use crate::view::shape::{Voxel, index};

/// What a person needs to look at one place and to mend it, in minutes: a rule of thumb, not a measurement.
const MINUTES_PICTURE: f64 = 0.25;
/// The same in a volume, where there are planes to step through.
const MINUTES_VOLUME: f64 = 0.75;

/// What a referral means for the image on screen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Referral {
    /// How many of the places, the first ones of the list, are referred.
    pub places: usize,
    /// Expected wrong voxels in them.
    pub referred: f64,
    /// Expected wrong voxels in all that is kept.
    pub left: f64,
    /// Rough time for a person to look at them, in minutes.
    pub minutes: f64,
}

/// Refers the first places that together hold a share, 0..=1, of what the listed places hold. `expected` is the number of
/// expected wrong voxels of the whole image.
#[must_use]
pub fn refer(regions: &[Region], expected: f64, share: f64, volume: bool) -> Referral {
    let held: f64 = regions.iter().map(|region| region.expected_wrong).sum();
    // A share of 1 means all places, whatever rounding does to their sum.
    let wanted = if share >= 1.0 {
        f64::INFINITY
    } else {
        share.max(0.0) * held
    };
    let (mut places, mut referred) = (0, 0.0);
    for region in regions {
        if referred >= wanted {
            break;
        }
        referred += region.expected_wrong;
        places += 1;
    }
    let each = if volume {
        MINUTES_VOLUME
    } else {
        MINUTES_PICTURE
    };
    Referral {
        places,
        referred,
        left: (expected - referred).max(0.0),
        minutes: places as f64 * each,
    }
}

/// Whether a voxel lies in the box of a region.
#[must_use]
pub fn holds(region: &Region, voxel: Voxel) -> bool {
    let ends = region
        .bounding_box
        .first
        .into_iter()
        .zip(region.bounding_box.last);
    voxel
        .into_iter()
        .zip(ends)
        .all(|(at, (first, last))| (first..=last).contains(&at))
}

/// How many of the wrong voxels, marked in `errors`, lie in the boxes of the referred regions, and how many there are.
#[must_use]
pub fn measured(errors: &[u8], shape: [usize; 3], referred: &[Region]) -> (u64, u64) {
    let all = errors.iter().filter(|error| **error != 0).count() as u64;
    let mut seen = std::collections::HashSet::new();
    for region in referred {
        let (first, last) = (region.bounding_box.first, region.bounding_box.last);
        for plane in first[2]..=last[2] {
            for row in first[1]..=last[1] {
                for column in first[0]..=last[0] {
                    let at = index(shape, [column, row, plane]);
                    seen.extend(at.filter(|at| errors.get(*at).is_some_and(|error| *error != 0)));
                }
            }
        }
    }
    (seen.len() as u64, all)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use crate::results::outcome::tests::region;

    fn regions() -> Vec<Region> {
        let mut regions = vec![
            region([0, 0, 0], [1, 1, 0]),
            region([1, 1, 0], [2, 1, 0]),
            region([5, 1, 0], [5, 1, 0]),
        ];
        for (region, wrong) in regions.iter_mut().zip([6.0, 3.0, 1.0]) {
            region.expected_wrong = wrong;
        }
        regions
    }

    #[test]
    fn places_go_worst_first_until_they_hold_the_share() {
        let regions = regions();
        let places = |share| refer(&regions, 15.0, share, false).places;
        assert_eq!(
            [0.0, 0.01, 0.6, 0.61, 0.9, 0.95, 1.0].map(places),
            [0, 1, 1, 2, 2, 3, 3]
        );
        let found = refer(&regions, 15.0, 0.9, true);
        assert_eq!((found.referred, found.left), (9.0, 6.0));
        assert!((found.minutes - 1.5).abs() < 1e-12);
        assert_eq!(refer(&[], 2.0, 1.0, false).places, 0);
    }

    #[test]
    fn labels_tell_how_many_errors_lie_in_the_places() {
        // Two rows of six; the first two boxes share a voxel.
        let errors = [1, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0, 1];
        let regions = regions();
        assert_eq!(measured(&errors, [1, 2, 6], &regions[..2]), (3, 5));
        assert_eq!(measured(&errors, [1, 2, 6], &regions), (4, 5));
        assert_eq!(measured(&errors, [1, 2, 6], &[]), (0, 5));
        assert!(holds(&regions[0], [1, 1, 0]) && !holds(&regions[0], [2, 1, 0]));
    }
}

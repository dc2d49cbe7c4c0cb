//! What a place to look at becomes when the model's second guess is taken.

use protocol::{ClassInfo, Region, RegionKind};

/// The background.
const BACKGROUND: u8 = 0;

/// What a voxel of a region becomes when its runner-up is taken, from the class that it has; none for one that stays. An
/// object that may not exist goes as a whole; of a border, and of what was missed, those voxels change that are marked as
/// the region says.
pub fn runner_up(region: &Region) -> impl Fn(u8) -> Option<u8> + use<> {
    let Region {
        kind,
        class,
        instead,
        ..
    } = *region;
    move |now| match kind {
        RegionKind::FalseObject => (now != BACKGROUND).then_some(BACKGROUND),
        RegionKind::Border | RegionKind::MissedObject => (now == class).then_some(instead),
    }
}

/// What taking the runner-up does, on a button: `Make it nucleus`, or `Remove it`.
#[must_use]
pub fn runner_up_words(region: &Region, classes: &[ClassInfo]) -> String {
    if region.kind == RegionKind::FalseObject {
        return "Remove it".to_owned();
    }
    let known = classes.iter().find(|class| class.id == region.instead);
    let name = known.map_or_else(
        || format!("class {}", region.instead),
        |class| class.name.clone(),
    );
    format!("Make it {name}")
}

/// The class that somebody who is about to correct a region will most likely draw with: the object in question.
#[must_use]
pub const fn likely_class(region: &Region) -> Option<u8> {
    match (region.instead, region.class) {
        (BACKGROUND, BACKGROUND) => None,
        (BACKGROUND, class) => Some(class),
        (instead, _) => Some(instead),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::outcome::tests::{model, region};

    #[test]
    fn the_runner_up_is_what_the_title_of_the_place_asks() {
        let mut place = region([0; 3], [1, 1, 0]);
        let classes = model().classes;
        // "Nucleus, or background?"
        assert_eq!([0, 1, 2].map(runner_up(&place)), [None, Some(0), None]);
        assert_eq!(runner_up_words(&place, &classes), "Make it background");
        assert_eq!(likely_class(&place), Some(1));
        // "Nucleus missed?"
        (place.kind, place.class, place.instead) = (RegionKind::MissedObject, 0, 1);
        assert_eq!([0, 1, 2].map(runner_up(&place)), [Some(1), None, None]);
        assert_eq!(runner_up_words(&place, &classes), "Make it nucleus");
        assert_eq!(likely_class(&place), Some(1));
        // "Nucleus, or nothing at all?", whichever side most of the error lies on.
        place.kind = RegionKind::FalseObject;
        assert_eq!([0, 1, 2].map(runner_up(&place)), [None, Some(0), Some(0)]);
        assert_eq!(runner_up_words(&place, &classes), "Remove it");
    }
}

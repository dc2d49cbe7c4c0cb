//! The part of a model card that says what was fitted on labelled cases after the training.

use std::fmt::Write as _;

use engine::{Manifest, Promise, PromiseKind};

/// Heading of the part.
const HEADING: &str = "## Fitted on labelled cases";
/// What it stands in front of.
const BEFORE: &str = "## Limits";

/// A model card with the part about what was fitted, in place of the one that is there.
#[must_use]
pub fn write_fitted(card: &str, manifest: &Manifest) -> String {
    let without = match card.split_once(HEADING) {
        Some((before, rest)) => {
            let after = rest.find("\n## ").and_then(|end| rest.get(end + 1..));
            format!("{before}{}", after.unwrap_or_default())
        }
        None => card.to_owned(),
    };
    let part = fitted(manifest);
    if part.is_empty() {
        return without;
    }
    match without.split_once(BEFORE) {
        Some((before, after)) => format!("{before}{part}\n{BEFORE}{after}"),
        None => format!("{}\n\n{part}", without.trim_end()),
    }
}

/// The part; empty where nothing was fitted.
fn fitted(manifest: &Manifest) -> String {
    let validation = &manifest.validation;
    let mut lines = Vec::new();
    if let Some(error) = &validation.expected_error {
        lines.push(format!(
            "- Expected wrong voxels: within a factor of 1.5 of the true ones on {:.0} % of {} cases, each judged by what the others \
say; in 90 % of them the true number was {:.2} to {:.2} times the expected one.",
            100.0 * error.within_factor,
            error.cases,
            error.ratio.low,
            error.ratio.high
        ));
    }
    if let Some(level) = validation.sure_level {
        lines.push(format!(
            "- Level of certainty that the penumbra is drawn at: {:.0} %.",
            100.0 * level
        ));
    }
    if let Some(score) = validation.image_score {
        lines.push(format!("- Score of a whole image: `{}`.", score.name()));
    }
    if !validation.promises.is_empty() {
        lines.push(
            "- Promises, for a case of a new group of the same kind (patient, field of view); they hold on average over such \
groups, not for each:"
                .to_owned(),
        );
        let promises = validation.promises.iter();
        lines.extend(promises.map(|promise| format!("  - {}", promised(manifest, promise))));
    }
    if lines.is_empty() {
        return String::new();
    }
    let mut text = format!("{HEADING}\n\n");
    for line in lines {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{line}");
    }
    text
}

/// A promise in words.
fn promised(manifest: &Manifest, promise: &Promise) -> String {
    let often = format!("{:.0} %", 100.0 * (1.0 - promise.alpha));
    let at_most = format!("{:.0} %", 100.0 * promise.alpha);
    let class = promise.class.map_or_else(
        || "the object".to_owned(),
        |id| {
            let known = manifest.classes.get(usize::from(id));
            known.map_or_else(|| id.to_string(), |class| class.name.clone())
        },
    );
    let name = match promise.kind {
        PromiseKind::MissedShare => "Missed share",
        PromiseKind::WrongShare => "Wrong share",
        PromiseKind::Containment => "Inner and outer mask",
        PromiseKind::Volume => "Size",
        PromiseKind::Dice => "Dice",
    };
    let Some(value) = promise.value else {
        return if promise.groups < promise.groups_needed {
            format!(
                "{name} of {class}: no promise; it needs {} groups, and there are {}.",
                promise.groups_needed, promise.groups
            )
        } else {
            format!("{name} of {class}: no promise; no value keeps it.")
        };
    };
    let groups = promise.groups;
    match promise.kind {
        PromiseKind::MissedShare => format!(
            "{name}: of the object at most {at_most} is missed and kept where voxels that are wrong with a probability above \
{value:.4} go to a person ({groups} groups)."
        ),
        PromiseKind::WrongShare => format!(
            "{name}: the wrong voxels that are kept are at most {at_most} of the object's size where voxels that are wrong with a \
probability above {value:.4} go to a person ({groups} groups)."
        ),
        PromiseKind::Containment => format!(
            "{name}: in {often} of the cases the penumbra at {:.2} % holds the true border but for a twentieth of the object \
({groups} groups).",
            100.0 * value
        ),
        PromiseKind::Volume => format!(
            "{name} of {class}: in {often} of the cases within {value:.2} times its expected wrong voxels of the expected size \
({groups} groups)."
        ),
        PromiseKind::Dice => format!(
            "{name}: in {often} of the cases 1 - Dice is within a factor of {:.2} of the expected one ({groups} groups).",
            value.exp()
        ),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::write_fitted;

    #[test]
    fn the_part_is_written_once_and_the_rest_stays() {
        let shipped = include_bytes!("../../../../web/models/hippocampus/model.json");
        let mut manifest = engine::Manifest::from_json(shipped).unwrap();
        manifest.validation = engine::Validation::default();
        let card = "# Title\n\nText.\n\n## Limits\n\nSmall.\n";
        assert_eq!(write_fitted(card, &manifest), card);
        manifest.validation.sure_level = Some(0.8);
        manifest.validation.promises = vec![engine::Promise {
            kind: engine::PromiseKind::Volume,
            class: Some(1),
            alpha: 0.1,
            groups: 4,
            groups_needed: 9,
            value: None,
        }];
        let once = write_fitted(card, &manifest);
        assert!(once.contains("drawn at: 80 %."), "{once}");
        assert!(
            once.contains("it needs 9 groups, and there are 4."),
            "{once}"
        );
        assert_eq!(write_fitted(&once, &manifest), once);
        manifest.validation = engine::Validation::default();
        assert_eq!(write_fitted(&once, &manifest), card);
    }
}

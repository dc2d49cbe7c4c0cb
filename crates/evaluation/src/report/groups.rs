//! Dice by group of cases, and labels that lie in the wrong place.

use std::fmt::Write as _;

use uq::Displacement;

use crate::metrics::{CaseMetrics, Evaluation, GroupMetrics};

/// Groups that are listed.
const LISTED: usize = 5;
/// A move of a whole group's labels that raises Dice by so much is no accident of single contours.
const TELLING_GAIN: f64 = 0.1;
/// Cases that a group must have for a move to say anything: a single mask can be wrong as a whole.
const TELLING_CASES: usize = 3;

/// The groups with the lowest Dice, and what to think of them.
pub fn section(text: &mut String, evaluation: &Evaluation) {
    let groups = &evaluation.groups;
    if groups.is_empty() {
        return;
    }
    let dice = groups.iter().map(GroupMetrics::mean_dice);
    // Writing to a string cannot fail, here and below.
    let _ = write!(
        text,
        "### By group of cases\n\nCases of one group, a patient or a field of view, are not independent. {} groups, mean Dice over groups {:.4}; the \
         lowest:\n\n| group | cases | Dice | classes as one | all labels moved by | classes as one then |\n|---|---|---|---|---|---|\n",
        groups.len(),
        dice.sum::<f64>() / groups.len() as f64
    );
    for group in groups.iter().take(LISTED) {
        let _ = writeln!(
            text,
            "| {} | {} | {:.4} | {} |",
            group.group,
            group.cases,
            group.mean_dice(),
            moved(group)
        );
    }
    let _ = writeln!(
        text,
        "\nThe move is the one after which labels and masks agree best, the same for all cases of the group; told from {TELLING_CASES} cases on.",
    );
    for group in groups {
        if let Some(found) = group.shift.filter(|found| is_telling(group, found)) {
            let _ = writeln!(
                text,
                "The labels of `{}` seem to lie in the wrong place: moved, they agree with the masks by {:.4} instead of {:.4}. The mean \
                 Dice over all other cases is {:.4}.",
                group.group,
                found.dice,
                found.unmoved,
                mean_of_others(evaluation, group)
            );
        }
    }
    text.push('\n');
}

fn is_telling(group: &GroupMetrics, found: &Displacement) -> bool {
    group.cases >= TELLING_CASES && found.dice > found.unmoved + TELLING_GAIN
}

/// Mean Dice over all cases but those of a group.
fn mean_of_others(evaluation: &Evaluation, without: &GroupMetrics) -> f64 {
    let all: f64 = evaluation.per_case.iter().map(CaseMetrics::mean_dice).sum();
    let others = evaluation.per_case.len().saturating_sub(without.cases);
    (all - without.cases as f64 * without.mean_dice()) / others.max(1) as f64
}

/// The cells about a move, empty where a group has too few cases.
fn moved(group: &GroupMetrics) -> String {
    let Some(found) = group.shift.filter(|_| group.cases >= TELLING_CASES) else {
        return "- | - | -".to_owned();
    };
    let by = match found.shift {
        [0, 0, 0] => "nothing".to_owned(),
        [0, rows, columns] => format!("{rows:+} rows, {columns:+} columns"),
        [planes, rows, columns] => {
            format!("{planes:+} planes, {rows:+} rows, {columns:+} columns")
        }
    };
    format!("{:.4} | {by} | {:.4}", found.unmoved, found.dice)
}

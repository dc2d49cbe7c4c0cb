//! The document's text: definitions, tables and what they say.

use std::fmt::Write as _;

use uq::Interval;

use super::groups;
use super::reference::reference;
use super::verdict::{Mask, larger_is_better, sentence};
use crate::Error;
use crate::methods::Method;
use crate::metrics::{Evaluation, MethodMetrics, Metric};

/// What the tables mean. Once, in front of all sets.
pub fn introduction() -> String {
    "\
# Results

Written by `penumbra results` from the JSON of `penumbra evaluate`; the command that makes a section's figures again stands
in front of them. Test cases were used for this report only; temperatures, expected Dice and, where a
configuration has `head.refit`, the calibration layer or the margin's share in the ranking map were fitted on validation cases.
On the same weights the figures come out the same again; how far a model that is trained with another seed departs from them
stands in docs/training.md, Seeds.

All methods judge the voxels of one and the same mask, the model's own, in the same run on the same logits. A voxel is an error
where the mask differs from the label. **all** pools every voxel of every case, **near** the union of label and mask grown by two
voxels, where the errors are.

- AUROC, AUPRC: how well a score separates errors from right voxels (Mann-Whitney statistic; average precision). Larger is better.
- AURC, E-AURC: area under the risk-coverage curve, and its excess over a perfect order; equal scores in expectation. Here times
  1000. Smaller is better.
- AUGRC: area under the generalised risk-coverage curve, whose risk is the kept errors by all voxels (Traub et al., NeurIPS 2024).
  Here times 1000. Smaller is better.
- FPR95: share of right voxels above the highest threshold that catches at least 95 % of the errors. Smaller is better.
- NLL (nats), Brier (0 to 2), ECE (15 bins): how true the method's own probabilities are, judged by their own largest class.
  Smaller is better. Methods without probabilities of their own (epistemic, aleatoric, residual) stand with those of the logits.
- ms: mean time of a case. Methods of one pass share the pass, the uncertainty head included, which plain rivals would not need.
- tta: the mean over the image and its flips along every axis, also where a network was trained without flips and does badly on
  them.

Intervals: 95 %, bootstrap over whole cases, all methods on the same draws. A bold figure is the best of the methods of one pass.
Scores were counted in bins 1/4096 wide relative to the score; the JSON holds the interval in which the figures of unbinned
scores lie for certain.

Research and teaching only, not for diagnosis.

"
    .to_owned()
}

/// A number in a table; AURC, E-AURC and AUGRC times 1000.
pub fn number(metric: Metric, value: f64) -> String {
    match metric {
        Metric::Aurc | Metric::Eaurc | Metric::Augrc => format!("{:.3}", value * 1000.0),
        Metric::Auroc | Metric::Auprc | Metric::Fpr95 => format!("{value:.4}"),
        Metric::Nll | Metric::Brier | Metric::Ece => format!("{value:.4}"),
    }
}

fn with_interval(
    metric: Metric,
    value: Option<f64>,
    interval: Option<Interval>,
    best: bool,
) -> String {
    let Some(value) = value else {
        return "-".to_owned();
    };
    let mut text = number(metric, value);
    if best {
        text = format!("**{text}**");
    }
    if let Some(Interval { low, high }) = interval {
        let _ = write!(
            text,
            " ({} to {})",
            number(metric, low),
            number(metric, high)
        );
    }
    text
}

const fn title(metric: Metric) -> &'static str {
    match metric {
        Metric::Auroc => "AUROC",
        Metric::Auprc => "AUPRC",
        Metric::Aurc => "AURC x 1000",
        Metric::Eaurc => "E-AURC x 1000",
        Metric::Augrc => "AUGRC x 1000",
        Metric::Fpr95 => "FPR95",
        Metric::Nll => "NLL",
        Metric::Brier => "Brier",
        Metric::Ece => "ECE",
    }
}

/// The methods that were evaluated, in the order of tables.
fn evaluated(evaluation: &Evaluation) -> impl Iterator<Item = (Method, &MethodMetrics)> {
    Method::ALL.into_iter().filter_map(|method| {
        let found = evaluation.methods.get(method.name())?;
        Some((method, found))
    })
}

/// Everything about one evaluation but its plots.
pub fn section(name: &str, evaluation: &Evaluation) -> Result<String, Error> {
    let mut text = String::new();
    let protocol = &evaluation.protocol;
    // Writing to a string cannot fail, here and below.
    let _ = write!(
        text,
        "## {name}\n\nModel `{}`.\n\n```sh\n{}\n```\n\n{} cases, {} voxels ({} near), of which {} wrong ({:.2} %; near {:.2} %). Weights `{}`.\n\n",
        evaluation.model,
        protocol.command,
        evaluation.cases,
        protocol.voxels.all,
        protocol.voxels.near,
        protocol.errors.all,
        percent(protocol.errors.all, protocol.voxels.all),
        percent(protocol.errors.near, protocol.voxels.near),
        protocol
            .weights_sha256
            .get(..12)
            .unwrap_or(&protocol.weights_sha256),
    );
    overlap(&mut text, evaluation)?;
    for mask in [Mask::All, Mask::Near] {
        methods(&mut text, evaluation, mask);
    }
    verdicts(&mut text, evaluation);
    several_masks(&mut text, evaluation);
    beside_reference(&mut text, evaluation)?;
    groups::section(&mut text, evaluation);
    observers(&mut text, evaluation);
    image_level(&mut text, evaluation);
    Ok(text)
}

fn percent(part: u64, whole: u64) -> f64 {
    100.0 * part as f64 / whole.max(1) as f64
}

fn overlap(text: &mut String, evaluation: &Evaluation) -> Result<(), Error> {
    let reference = reference()?;
    let theirs = reference.sets.get(&evaluation.model);
    let mut head = "| class | Dice |".to_owned();
    let mut rule = "|---|---|".to_owned();
    if !evaluation.hd95.is_empty() {
        head.push_str(" HD95, mm |");
        rule.push_str("---|");
    }
    if theirs.is_some() {
        head.push_str(" Dice, reference |");
        rule.push_str("---|");
    }
    let _ = writeln!(text, "{head}\n{rule}");
    let interval = |interval: Option<&Interval>, digits: usize| {
        interval.map_or_else(String::new, |found| {
            format!(" ({:.digits$} to {:.digits$})", found.low, found.high)
        })
    };
    for (class, dice) in &evaluation.dice {
        let _ = write!(
            text,
            "| {class} | {dice:.4}{} |",
            interval(evaluation.dice_intervals.get(class), 4)
        );
        if let Some(distance) = evaluation.hd95.get(class) {
            let _ = write!(
                text,
                " {distance:.2}{} |",
                interval(evaluation.hd95_intervals.get(class), 2)
            );
        }
        if let Some(theirs) = theirs {
            let value = theirs.dice.get(class);
            let _ = write!(
                text,
                " {} |",
                value.map_or_else(|| "-".to_owned(), |value| format!("{value:.3}"))
            );
        }
        text.push('\n');
    }
    text.push('\n');
    Ok(())
}

fn methods(text: &mut String, evaluation: &Evaluation, mask: Mask) {
    let _ = write!(text, "### {}\n\n| method |", capitalised(mask.name()));
    for metric in Metric::ALL {
        let _ = write!(text, " {} |", title(metric));
    }
    text.push_str(" ms |\n|---|");
    text.push_str(&"---|".repeat(Metric::ALL.len() + 1));
    text.push('\n');
    let best = Metric::ALL.map(|metric| {
        let values = evaluated(evaluation)
            .filter(|(method, _)| method.is_single_pass())
            .filter_map(|(_, found)| *mask.of(found.figures.get(metric)));
        if larger_is_better(metric) {
            values.reduce(f64::max)
        } else {
            values.reduce(f64::min)
        }
    });
    for (method, found) in evaluated(evaluation) {
        let _ = write!(text, "| {} |", method.name());
        for (metric, best) in Metric::ALL.into_iter().zip(best) {
            let value = *mask.of(found.figures.get(metric));
            let interval = *mask.of(found.intervals.get(metric));
            let first = method.is_single_pass() && value.is_some() && value == best;
            let _ = write!(text, " {} |", with_interval(metric, value, interval, first));
        }
        let _ = writeln!(text, " {:.0} |", found.ms_per_case);
    }
    text.push('\n');
}

fn capitalised(words: &str) -> String {
    let mut characters = words.chars();
    characters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(characters).collect()
    })
}

/// Where the method stands, and what tempering does.
fn verdicts(text: &mut String, evaluation: &Evaluation) {
    let mut lines = Vec::new();
    for metric in [Metric::Auroc, Metric::Aurc] {
        for mask in [Mask::All, Mask::Near] {
            if let Some(sentence) = sentence(evaluation, metric, mask) {
                let name = title(metric).trim_end_matches(" x 1000");
                lines.push(format!("- {name}, {}: {sentence}.", mask.name()));
            }
        }
    }
    let near_ece = |method: &str| evaluation.methods.get(method)?.figures.ece.near;
    if let (Some(tempered), Some(raw)) = (near_ece("segwithu"), near_ece("softmax")) {
        let reached = tempered <= raw / 2.0 || tempered < 0.02;
        lines.push(format!(
            "- ECE near the object: {tempered:.4} tempered, {raw:.4} raw; at most half of raw or below 0.02: {}.",
            if reached { "yes" } else { "no" }
        ));
    }
    if !lines.is_empty() {
        let _ = write!(
            text,
            "The ranking map `segwithu` among the methods of one pass:\n\n{}\n\n",
            lines.join("\n")
        );
    }
}

/// Dice of the methods that have a mask of their own.
fn several_masks(text: &mut String, evaluation: &Evaluation) {
    let mut any = false;
    for (method, found) in evaluated(evaluation) {
        if let Some(dice) = &found.own_dice {
            let classes: Vec<_> = dice
                .iter()
                .map(|(class, dice)| format!("{class} {dice:.4}"))
                .collect();
            let _ = writeln!(
                text,
                "- Dice of the mask of `{}`'s own mean probabilities: {}.",
                method.name(),
                classes.join(", ")
            );
            any = true;
        }
    }
    if any {
        text.push('\n');
    }
}

fn beside_reference(text: &mut String, evaluation: &Evaluation) -> Result<(), Error> {
    let reference = reference()?;
    let Some(theirs) = reference.sets.get(&evaluation.model) else {
        return Ok(());
    };
    let _ = write!(
        text,
        "### Beside the reference implementation\n\n{} Ours / reference.\n\n\
         | method | AUROC all | AUROC near | AUPRC all | AUPRC near | AURC x 1000 all | AURC x 1000 near |\n|---|---|---|---|---|---|---|\n",
        reference.note
    );
    for (method, found) in evaluated(evaluation) {
        let Some(their) = theirs.ranking.get(method.name()) else {
            continue;
        };
        let _ = write!(text, "| {} |", method.name());
        for (metric, their) in [
            (Metric::Auroc, their.auroc),
            (Metric::Auprc, their.auprc),
            (Metric::Aurc, their.aurc),
        ] {
            let ours = found.figures.get(metric);
            for (ours, their) in [(ours.all, their.all), (ours.near, their.near)] {
                let ours = ours.map_or_else(|| "-".to_owned(), |value| number(metric, value));
                let _ = write!(text, " {ours} / {} |", number(metric, their));
            }
        }
        text.push('\n');
    }
    text.push('\n');
    for (name, metric, their) in [
        ("ECE", Metric::Ece, &theirs.near.ece),
        ("NLL", Metric::Nll, &theirs.near.nll),
    ] {
        let both: Vec<_> = their
            .iter()
            .filter_map(|(method, their)| {
                let ours = evaluation.methods.get(method)?.figures.get(metric).near?;
                Some(format!("`{method}` {ours:.3} / {their:.3}"))
            })
            .collect();
        if !both.is_empty() {
            let _ = writeln!(text, "- {name} near the object: {}.", both.join(", "));
        }
    }
    text.push('\n');
    Ok(())
}

/// Scores against the disagreement of two people.
fn observers(text: &mut String, evaluation: &Evaluation) {
    let Some(second) = &evaluation.second_observer else {
        return;
    };
    text.push_str("### Where two observers disagree\n\n");
    for (class, between) in &second.dice_between_observers {
        let of_model = second.dice.get(class).copied().unwrap_or_default();
        let _ = writeln!(
            text,
            "- {class}: Dice {between:.4} between the two observers, {of_model:.4} between the model and the second."
        );
    }
    text.push_str(
        "\nPositive is a voxel that they label differently:\n\n| method | AUROC all | AUROC near | AUPRC all | AUPRC near |\n|---|---|---|---|---|\n",
    );
    for (method, found) in evaluated(evaluation) {
        if let Some(found) = found.observer_disagreement {
            let cells = [found.auroc, found.auprc]
                .iter()
                .flat_map(|pair| [pair.all, pair.near])
                .map(|value| value.map_or_else(|| "-".to_owned(), |value| format!("{value:.4}")))
                .collect::<Vec<_>>();
            let _ = writeln!(text, "| {} | {} |", method.name(), cells.join(" | "));
        }
    }
    text.push('\n');
}

fn image_level(text: &mut String, evaluation: &Evaluation) {
    let image = &evaluation.image_level;
    if image.correlation.is_empty() {
        return;
    }
    text.push_str(
        "### The image as a whole\n\nSpearman's correlation with the true mean Dice of a case:\n\n| number, without labels | correlation |\n|---|---|\n",
    );
    for (name, found) in &image.correlation {
        let interval = found.interval.map_or_else(String::new, |interval| {
            format!(" ({:.3} to {:.3})", interval.low, interval.high)
        });
        let _ = writeln!(text, "| {name} | {:.3}{interval} |", found.spearman);
    }
    text.push('\n');
    if let (Some(error), Some(estimator)) = (image.mean_absolute_error, image.estimator) {
        let _ = writeln!(
            text,
            "Expected Dice, fitted on {} cases, is off by {error:.4} on average.",
            estimator.cases
        );
    }
    if let Some(slices) = image.slice_correlation {
        let _ = writeln!(
            text,
            "The doubt of a volume's planes correlates with their error rate by {slices:.3} on average (Spearman, within a volume)."
        );
    }
    text.push('\n');
}

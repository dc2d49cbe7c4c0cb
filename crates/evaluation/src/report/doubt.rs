//! What evaluations say of expected errors, places to look at, whole images and promises: a part of the document, with
//! figures small enough to be kept beside it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use uq::CaseRanking;
use vocabulary::{ImageScoreKind, PromiseKind};

use crate::Error;
use crate::agreement::agreement;
use crate::calibrate::{expected_error, image_score};
use crate::image_scores::image_scores;
use crate::lists::{REGIONS, region_figures};
use crate::metrics::{
    CaseMetrics, Evaluation, ExpectedWrongFigures, Pair, PromiseCoverage, RegionFigures,
};
use crate::promises::coverage;

/// Where the part begins and ends in a document.
const BEGIN: &str = "<!-- doubt: written by `penumbra results --doubt` -->";
const END: &str = "<!-- end of doubt -->";
/// Random splits that promises are tried out on.
const SPLITS: usize = 1000;

/// The figures of an evaluation that the part shows, under the names that they have there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DoubtFigures {
    /// Identifier of the model.
    pub model: String,
    /// Number of cases.
    pub cases: usize,
    /// The score of whole images that was chosen on the validation cases.
    #[serde(default)]
    pub chosen_score: Option<ImageScoreKind>,
    /// How the figures were made.
    pub protocol: DoubtProtocol,
    /// Area under the generalised risk-coverage curve, by method.
    pub methods: BTreeMap<String, MethodAugrc>,
    /// How well whole images are ordered.
    pub image_level: BTreeMap<String, CaseRanking>,
    /// See [`Evaluation::expected_wrong`]; calibrated on the validation cases.
    pub expected_wrong: Option<ExpectedWrongFigures>,
    /// See [`Evaluation::expected_wrong_raw`].
    pub expected_wrong_raw: Option<ExpectedWrongFigures>,
    /// See [`Evaluation::regions`].
    pub regions: Option<RegionFigures>,
    /// See [`Evaluation::other_lists`].
    pub other_lists: BTreeMap<String, RegionFigures>,
    /// See [`Evaluation::promises`].
    pub promises: Vec<PromiseCoverage>,
}

/// How the figures were made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DoubtProtocol {
    /// The command that makes the evaluation again.
    pub command: String,
    /// SHA-256 of the weights.
    pub weights_sha256: String,
}

/// A method's figure.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct MethodAugrc {
    /// See [`uq::Ranking::augrc`].
    pub augrc: Pair,
}

impl DoubtFigures {
    /// Of evaluations of one model on test cases, at least one: their cases together. `validation` are the cases of the same
    /// model that expected errors are calibrated and the score of whole images is chosen on. Promises are tried out on both
    /// together, by group, over 1,000 random splits. Figures that are pooled over voxels are those of a single evaluation.
    ///
    /// # Errors
    /// Those of the measures, for cases that do not fit each other.
    pub fn of(
        evaluations: &[Evaluation],
        validation: &[CaseMetrics],
    ) -> Result<Option<Self>, Error> {
        let Some(first) = evaluations.first() else {
            return Ok(None);
        };
        let test: Vec<CaseMetrics> = evaluations
            .iter()
            .flat_map(|evaluation| evaluation.per_case.iter().cloned())
            .collect();
        let all: Vec<CaseMetrics> = validation.iter().chain(&test).cloned().collect();
        let classes = first.dice.len() + 1;
        let calibration = expected_error(validation);
        let pooled = evaluations.len() == 1;
        let methods = first
            .methods
            .iter()
            .filter(|_| pooled)
            .map(|(name, method)| {
                let augrc = method.figures.augrc;
                (name.clone(), MethodAugrc { augrc })
            });
        let volumes = first
            .regions
            .as_ref()
            .is_some_and(|found| found.tolerance[0] > 0);
        let mut other_lists = region_figures(&test, volumes);
        let commands: Vec<&str> = evaluations
            .iter()
            .map(|evaluation| evaluation.protocol.command.as_str())
            .collect();
        Ok(Some(Self {
            model: first.model.clone(),
            cases: test.len(),
            chosen_score: image_score(validation)?,
            protocol: DoubtProtocol {
                command: commands.join("\n"),
                weights_sha256: first.protocol.weights_sha256.clone(),
            },
            methods: methods.collect(),
            image_level: image_scores(&test)?,
            expected_wrong: agreement(&test, calibration.as_ref()),
            expected_wrong_raw: agreement(&test, None),
            regions: other_lists.remove(REGIONS),
            other_lists,
            promises: coverage(&all, classes, SPLITS, first.protocol.seed)?,
        }))
    }
}

/// The document with the part about doubt in place of the one that is there, or at its end.
#[must_use]
pub fn write_doubt(document: &str, figures: &[DoubtFigures]) -> String {
    let part = format!("{BEGIN}\n{}{END}\n", part(figures));
    let found = document
        .split_once(BEGIN)
        .and_then(|(before, rest)| Some((before, rest.split_once(END)?.1)));
    match found {
        Some((before, after)) => format!("{before}{part}{}", after.trim_start_matches('\n')),
        None => format!("{}\n\n{part}", document.trim_end()),
    }
}

fn part(figures: &[DoubtFigures]) -> String {
    let mut text = "\
## Doubt: how much, where, and which images

Test cases. Calibrations, levels and scores were fitted and chosen on validation cases alone.

"
    .to_owned();
    expected_wrong(&mut text, figures);
    regions(&mut text, figures);
    images(&mut text, figures);
    promises(&mut text, figures);
    silent_failures(&mut text, figures);
    commands(&mut text, figures);
    text
}

// Writing to a string cannot fail, here and below.

fn cell(value: Option<f64>, digits: usize) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.digits$}"))
}

fn per_cent(value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{:.0} %", 100.0 * value))
}

fn expected_wrong(text: &mut String, figures: &[DoubtFigures]) {
    text.push_str(
        "\
### Expected wrong voxels

The sum over an image of the tempered error probabilities, as it is and calibrated on the validation cases, against the true
number: all expected by all true ones; the share of images within a factor of 1.5; Spearman's correlation over images.

| set | cases | ratio, as it is | within 1.5 | correlation | ratio, calibrated | within 1.5 | correlation |
|---|---|---|---|---|---|---|---|
",
    );
    for set in figures {
        let cells = |found: Option<ExpectedWrongFigures>| {
            format!(
                "{} | {} | {}",
                cell(found.and_then(|found| found.ratio), 2),
                per_cent(found.and_then(|found| found.within_1_5)),
                cell(found.and_then(|found| found.spearman), 2)
            )
        };
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} |",
            set.model,
            set.cases,
            cells(set.expected_wrong_raw),
            cells(set.expected_wrong)
        );
    }
    text.push('\n');
}

fn regions(text: &mut String, figures: &[DoubtFigures]) {
    text.push_str(
        "\
### Places to look at

Free-response curve: how many of the true errors that are thicker than the tolerance the first places of each image find, and
how many of those places are false, on average over images. `regions` is the list of the page; `ranking_pieces` the one before
it, pieces of the ranking map above a threshold, which are large and touch much; `ranking` and `entropy` are opened like `regions`, from as many voxels of one map.

| set | list | thick errors | found by the first 1 | 3 | 5 | 10 | false among the first 5 |
|---|---|---|---|---|---|---|---|
",
    );
    for set in figures {
        let ours = set.regions.iter().map(|found| ("regions", found));
        let others = set.other_lists.iter();
        let others = others.map(|(name, found)| (name.as_str(), found));
        for (name, list) in ours.chain(others) {
            let found = |most| {
                let found = list.found.get(&most).copied().unwrap_or_default();
                let share = (list.errors > 0).then(|| found as f64 / list.errors as f64);
                per_cent(share)
            };
            let _ = writeln!(
                text,
                "| {} | {name} | {} | {} | {} | {} | {} | {} |",
                set.model,
                list.errors,
                found(1),
                found(3),
                found(5),
                found(10),
                cell(list.false_per_image.get(&5).copied(), 2)
            );
        }
    }
    text.push('\n');
}

fn images(text: &mut String, figures: &[DoubtFigures]) {
    text.push_str(
        "\
### Whole images

Scores of one number an image, larger for more doubt, against 1 - Dice: Spearman's correlation; E-AURC and AUGRC times 1000; in
brackets the E-AURC of a random order. Bold is the score that was chosen on the validation cases.

| set | score | correlation | E-AURC | AUGRC |
|---|---|---|---|---|
",
    );
    for set in figures {
        for (name, found) in &set.image_level {
            let chosen = set.chosen_score.is_some_and(|kind| kind.name() == name);
            let name = if chosen {
                format!("**{name}**")
            } else {
                name.clone()
            };
            // AURC less E-AURC is the AURC of the perfect order.
            let random = found.random - (found.aurc - found.eaurc);
            let _ = writeln!(
                text,
                "| {} | {name} | {} | {:.1} ({:.1}) | {:.1} |",
                set.model,
                cell(found.spearman, 2),
                1000.0 * found.eaurc,
                1000.0 * random,
                1000.0 * found.augrc
            );
        }
    }
    text.push('\n');
}

fn promises(text: &mut String, figures: &[DoubtFigures]) {
    text.push_str(
        "\
### Promises

Validation and test cases together, 1,000 random splits by group (patient, field of view): half of the groups to calibrate on, the
others new. Shares (`missed`, `wrong`) should be at most 10 % on average, the others hold in at least 90 % of the cases; in brackets
where 95 % of the splits lay. Size: the share of the voxels that go to a person; the band between inner and outer mask by the
object's size; the width of the interval, for volumes by the true size.

| set | promise | groups | needed | kept | size |
|---|---|---|---|---|---|
",
    );
    for set in figures {
        for promise in &set.promises {
            let kept = promise.coverage.map_or_else(
                || "no promise".to_owned(),
                |coverage| {
                    let range = promise.range.map_or_else(String::new, |range| {
                        format!(" ({:.0} to {:.0} %)", 100.0 * range.low, 100.0 * range.high)
                    });
                    format!("{:.1} %{range}", 100.0 * coverage)
                },
            );
            let class = promise
                .class
                .map_or_else(String::new, |class| format!(" of class {class}"));
            let _ = writeln!(
                text,
                "| {} | {}{class} | {} | {} | {kept} | {} |",
                set.model,
                name(promise.kind),
                promise.n_groups,
                promise.groups_needed,
                cell(promise.size, 3)
            );
        }
    }
    text.push('\n');
}

const fn name(kind: PromiseKind) -> &'static str {
    match kind {
        PromiseKind::MissedShare => "missed share of the object at most 10 %",
        PromiseKind::WrongShare => "wrong share at most 10 % of the object's size",
        PromiseKind::Containment => "inner and outer mask",
        PromiseKind::Volume => "size",
        PromiseKind::Dice => "Dice",
    }
}

fn silent_failures(text: &mut String, figures: &[DoubtFigures]) {
    text.push_str(
        "\
### Silent failures, voxel by voxel

AUGRC times 1000 (Traub et al., NeurIPS 2024): the mean over coverages of the errors that are kept, by all voxels. All voxels / near
the object. Where an evaluation was made in parts, it follows from the AUROC and the error rate of the tables above.

| set | method | AUGRC |
|---|---|---|
",
    );
    for set in figures {
        for (name, method) in &set.methods {
            let [all, near] = [method.augrc.all, method.augrc.near]
                .map(|value| value.map(|value| 1000.0 * value));
            let _ = writeln!(
                text,
                "| {} | {name} | {} / {} |",
                set.model,
                cell(all, 3),
                cell(near, 3)
            );
        }
    }
    text.push('\n');
}

fn commands(text: &mut String, figures: &[DoubtFigures]) {
    text.push_str("The figures are in docs/results beside the plots, made by:\n\n```sh\n");
    for set in figures {
        let _ = writeln!(text, "{}", set.protocol.command);
    }
    text.push_str("```\n\n");
}

//! One table of many evaluations, a line each: what an idea in training changes, at a glance.

use std::fmt::Write as _;

use uq::LogitScore;

use super::document::StoredEvaluation;
use super::tables::number;
use crate::methods::Method;
use crate::metrics::{Evaluation, Masked, MethodMetrics, Metric};

/// What the columns hold, both masks of each.
const COLUMNS: [(Metric, &str); 4] = [
    (Metric::Auroc, "AUROC"),
    (Metric::Aurc, "AURC x 1000"),
    (Metric::Ece, "ECE"),
    (Metric::Nll, "NLL"),
];

/// What the table means. Once, in front of it.
const INTRODUCTION: &str = "\
Written by `penumbra results --summary` from the JSON of `penumbra evaluate`. Every line is the ranking map and the tempered
probabilities of one evaluation, named after its file; above the lines of each mask stand entropy's order and the raw
softmax's probabilities of the same mask. Metrics as all / near: pooled over every voxel, and over the union of label and mask
grown by two voxels. AUROC: larger is better; all others: smaller is better.
";

/// The document: a title, what the table means, and a table for every model.
pub fn summary(evaluations: &[StoredEvaluation]) -> String {
    let mut text = format!("# Summary\n\n{INTRODUCTION}");
    let mut models: Vec<&str> = Vec::new();
    for StoredEvaluation { evaluation, .. } in evaluations {
        if !models.contains(&evaluation.model.as_str()) {
            models.push(&evaluation.model);
        }
    }
    for model in models {
        let of_model = evaluations
            .iter()
            .filter(|stored| stored.evaluation.model == model);
        table(&mut text, model, of_model);
    }
    text
}

fn table<'a>(
    text: &mut String,
    model: &str,
    evaluations: impl Iterator<Item = &'a StoredEvaluation>,
) {
    // Writing to a string cannot fail, here and below.
    let _ = write!(text, "\n## {model}\n\n| | mean Dice |");
    for (_, title) in COLUMNS {
        let _ = write!(text, " {title} |");
    }
    let _ = writeln!(text, "\n|---|---|{}", "---|".repeat(COLUMNS.len()));
    let mut commands = Vec::new();
    let mut former = None;
    for StoredEvaluation { name, evaluation } in evaluations {
        let mask = (evaluation.cases, evaluation.protocol.errors);
        if former != Some(mask) {
            baseline(text, evaluation);
            former = Some(mask);
        }
        if let Some(found) = evaluation.methods.get(Method::SegWithU.name()) {
            let cells = COLUMNS.map(|(metric, _)| both(metric, Some(found)));
            line(text, name, &dice(evaluation), cells);
        }
        commands.push(evaluation.protocol.command.as_str());
    }
    let _ = writeln!(text, "\n```sh\n{}\n```", commands.join("\n"));
}

/// Entropy's order and the raw softmax's probabilities.
fn baseline(text: &mut String, evaluation: &Evaluation) {
    let cells = COLUMNS.map(|(metric, _)| {
        let method = match metric {
            Metric::Auroc
            | Metric::Auprc
            | Metric::Aurc
            | Metric::Eaurc
            | Metric::Augrc
            | Metric::Fpr95 => Method::Logits(LogitScore::Entropy),
            Metric::Nll | Metric::Brier | Metric::Ece => Method::Logits(LogitScore::Softmax),
        };
        both(metric, evaluation.methods.get(method.name()))
    });
    line(text, "*entropy, raw softmax*", &dice(evaluation), cells);
}

fn line(text: &mut String, name: &str, dice: &str, cells: [String; COLUMNS.len()]) {
    let _ = writeln!(text, "| {name} | {dice} | {} |", cells.join(" | "));
}

fn dice(evaluation: &Evaluation) -> String {
    let sum: f64 = evaluation.dice.values().sum();
    format!("{:.4}", sum / evaluation.dice.len().max(1) as f64)
}

fn both(metric: Metric, found: Option<&MethodMetrics>) -> String {
    let Masked { all, near } = found.map_or(
        Masked {
            all: None,
            near: None,
        },
        |found| *found.figures.get(metric),
    );
    let cell =
        |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| number(metric, value));
    format!("{} / {}", cell(all), cell(near))
}

//! How well does an uncertainty map find the wrong pixels? Exactly, counted in bins, and beside a plain rival.
//!
//! `cargo run -p penumbra-uq --example rank_a_map`
#![allow(clippy::print_stdout)]

use uq::{LogitScore, Ranking, RankingMetrics, ScoreHistogram, argmax, dice_per_class, error_map};

const SIZE: usize = 96;

/// A disc that the "network" draws three pixels too far on the right, with logits that fade across its border.
fn scene() -> (Vec<u8>, Vec<f32>) {
    let distance_inside = |index: usize| {
        let (row, column) = ((index / SIZE) as f32, (index % SIZE) as f32);
        30.0 - ((row - 48.0).powi(2) + (column - 48.0).powi(2)).sqrt()
    };
    let label = |index: usize| {
        let too_far = if index % SIZE > 48 { 3.0 } else { 0.0 };
        u8::from(distance_inside(index) > too_far)
    };
    let object = (0..SIZE * SIZE).map(|index| 0.8 * distance_inside(index));
    // Background first: `[classes, pixels]`.
    let logits = std::iter::repeat_n(0.0, SIZE * SIZE).chain(object);
    ((0..SIZE * SIZE).map(label).collect(), logits.collect())
}

fn print(name: &str, metrics: &RankingMetrics) {
    let number = |value: Option<f64>| value.map_or("undefined".to_owned(), |v| format!("{v:.4}"));
    println!(
        "{name:10} AUROC {}  AUPRC {}  AURC {}  FPR at 95 % {}",
        number(metrics.auroc),
        number(metrics.auprc),
        number(metrics.aurc),
        number(metrics.fpr95)
    );
}

fn main() -> Result<(), uq::Error> {
    let (labels, logits) = scene();
    let mask = argmax(&logits, 2, SIZE * SIZE);
    let errors = error_map(&mask, &labels)?;
    println!("Dice {:.4}", dice_per_class(&mask, &labels, 2)?[1]);

    // Any map serves that is larger where there is more doubt. Entropy ranks by the border alone; the other map also
    // knows that the right side is the bad one.
    let entropy = LogitScore::Entropy.of(&logits, 2)?;
    let informed: Vec<f32> = entropy
        .iter()
        .enumerate()
        .map(|(index, &value)| value * if index % SIZE > 48 { 1.5 } else { 1.0 })
        .collect();
    for (name, map) in [("entropy", &entropy), ("informed", &informed)] {
        print(name, &Ranking::new(map, &errors)?.metrics());
    }

    // A cohort is counted in bins, case by case, in bounded memory; bounds say what that can have changed.
    let mut cohort = ScoreHistogram::default();
    cohort.add(&informed, &errors, None)?;
    print("in bins", &cohort.metrics());
    if let Some(bound) = cohort.bounds().auroc {
        println!("AUROC lies within {:.6} and {:.6}", bound.low, bound.high);
    }

    println!("error rate of what is kept when the least certain pixels are referred:");
    for point in cohort.ranking().risk_coverage(10).iter().rev().take(3) {
        println!("  {:3.0} % kept: {:.4}", 100.0 * point.coverage, point.risk);
    }
    Ok(())
}

//! How well does an uncertainty map find the wrong pixels? Exactly, counted in bins, and beside a plain rival.
//!
//! `cargo run -p penumbra-uq --example rank_a_map`
#![allow(clippy::print_stdout)]

use uq::{LogitScore, Ranking, RankingMetrics, ScoreHistogram, argmax, dice_per_class, error_map};

const SIZE: usize = 96;

/// A disc that the "network" draws a little too far to the right, with logits that fade across its border.
fn scene() -> (Vec<u8>, Vec<f32>) {
    let pixels = || (0..SIZE * SIZE).map(|index| ((index / SIZE) as f32, (index % SIZE) as f32));
    let inside = |(row, column): (f32, f32), centre: f32| {
        30.0 - ((row - 48.0).powi(2) + (column - centre).powi(2)).sqrt()
    };
    let labels = pixels().map(|pixel| u8::from(inside(pixel, 46.0) > 0.0));
    let object = pixels().map(|pixel| 0.8 * inside(pixel, 49.0));
    // Background first: `[classes, pixels]`.
    let logits = std::iter::repeat_n(0.0, SIZE * SIZE).chain(object);
    (labels.collect(), logits.collect())
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

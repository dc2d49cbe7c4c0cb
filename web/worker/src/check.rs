//! Comparison of a result with true labels.

use engine::{Manifest, Segmentation};
use imaging::Labels;
use protocol::Scores;
use segwithu::head::MapKind;
use uq::{Ranking, dice_per_class, error_map};

use crate::error::Error;

/// Agreement, and 1 for every wrong pixel, `[planes, rows, columns]`.
pub fn compare(
    manifest: &Manifest,
    result: &Segmentation,
    labels: &Labels,
) -> Result<(Scores, Vec<u8>), Error> {
    if labels.shape != result.shape {
        let text = |[_, rows, columns]: [usize; 3]| format!("{columns} x {rows}");
        return Err(Error::LabelShape {
            found: text(labels.shape),
            expected: text(result.shape),
        });
    }
    let errors = error_map(&result.labels, &labels.ids)?;
    let dice = dice_per_class(&result.labels, &labels.ids, manifest.classes.len())?;
    let names = manifest.classes.iter().map(|class| class.name.clone());
    let mut methods = Vec::new();
    for (name, kind) in [
        ("segwithu", MapKind::Ranking),
        ("entropy", MapKind::Entropy),
    ] {
        let ranking = Ranking::new(result.map(kind).unwrap_or_default(), &errors)?;
        methods.push((
            name.to_owned(),
            ranking.auroc(),
            ranking.aurc().unwrap_or_default(),
        ));
    }
    let wrong = errors.iter().filter(|&&wrong| wrong).count();
    let scores = Scores {
        dice: names.zip(dice).skip(1).collect(),
        error_rate: wrong as f64 / errors.len().max(1) as f64,
        methods,
    };
    Ok((scores, errors.into_iter().map(u8::from).collect()))
}

//! Comparison of the last result with true labels.

use engine::{Manifest, Segmentation, match_labels};
use imaging::{Labels, Volume};
use protocol::Scores;
use segwithu::head::MapKind;
use uq::{Ranking, dice_per_class, error_map};

use crate::error::Error;

/// Agreement, and 1 for every wrong voxel, `[planes, rows, columns]`.
pub fn compare(
    manifest: &Manifest,
    volume: &Volume,
    result: &Segmentation,
    labels: Labels,
) -> Result<(Scores, Vec<u8>), Error> {
    let labels = match_labels(volume, labels)?;
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
        notes: labels.note.into_iter().collect(),
    };
    Ok((scores, errors.into_iter().map(u8::from).collect()))
}

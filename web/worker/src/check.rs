//! Comparison of the last result with true labels.

use engine::{Manifest, Segmentation, match_labels};
use imaging::{Labels, Volume};
use protocol::{Response, Scores, Stage};
use segwithu::head::MapKind;
use uq::{Ranking, dice_per_class, error_map};

use crate::error::Error;
use crate::host::{Buffer, Host};
use crate::messages::progress;
use crate::open::open_labels;
use crate::session::Session;

/// Agreement, and the labels on the image's own grid, `[planes, rows, columns]`.
fn compare(
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
    Ok((scores, labels.ids))
}

impl<H: Host> Session<H> {
    /// Compares the last result with the labels in files.
    pub fn check(&self, job: u32, names: &[String], files: Vec<Vec<u8>>) -> Result<(), Error> {
        let finished = self.finished.borrow();
        let finished = finished.as_ref().ok_or(Error::NoResult)?;
        let manifest = finished.model.engine.manifest();
        progress(&*self.host, Some(job), Stage::Check, 0, 0);
        let classes = u8::try_from(manifest.classes.len()).unwrap_or(u8::MAX);
        let labels = open_labels(names, files, classes, &finished.volume)?;
        let (scores, labels) = compare(manifest, &finished.volume, &finished.result, labels)?;
        let checked = Response::Checked { job, scores };
        self.host.send(&checked, &[Buffer::Bytes(&labels)]);
        Ok(())
    }
}

//! `penumbra screen`: how unlike a model's own data the images of other folders are, without labels.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use dataset::files::{case_name_of_path, read_splits, write};
use engine::{Engine, ImageScore, image_score};
use evaluation::{Progress as _, segment};
use pollster::block_on;
use uq::quantile;

use crate::Error;
use crate::arguments::ScreenOptions;
use crate::inputs::{Grouping, Input, inputs};
use crate::model::engine;
use crate::terminal::Terminal;

/// What the document says before its table.
const INTRODUCTION: &str = "\
Images without their labels, judged by what the model's own maps say of them. *ranking* and *entropy*: the image's mean of the map
in standard deviations from the model's validation images, the median over images; *log entropy*: the same of the mean logarithm of
entropy, in which the voxels count that the network is surest of. *unlike*: share of images further away in one of the
three than one of 370 images of the model's own kind, three deviations and a little more as those come from few images; the page calls
them unlike the training images. *expected Dice*: the mean over images of
what doubt alone lets expect.
";

/// Images of one kind: a folder, or one split of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageGroup {
    /// As it was named.
    name: String,
    folder: PathBuf,
    split: Option<String>,
}

impl ImageGroup {
    /// `FOLDER`, or `FOLDER@SPLIT` where `splits.json` beside the folder lists the split.
    pub fn from_word(word: &str) -> Self {
        // A path may hold the sign, too; the part after the last one names a split if the whole is no folder.
        let split = word.rsplit_once('@').filter(|_| !Path::new(word).exists());
        let (folder, split) = match split {
            Some((folder, split)) => (folder, Some(split.to_owned())),
            None => (word, None),
        };
        Self {
            name: word.to_owned(),
            folder: PathBuf::from(folder),
            split,
        }
    }

    fn inputs(&self) -> Result<Vec<Input>, Error> {
        let mut found = inputs(std::slice::from_ref(&self.folder), Grouping::Series)?;
        if let Some(split) = &self.split {
            let splits = read_splits(None, &self.folder)?;
            let names = splits.names(split)?;
            found.retain(|input| names.contains(&case_name_of_path(input.file())));
            if found.is_empty() {
                return Err(Error::NotInSplit {
                    folder: self.folder.clone(),
                    split: split.clone(),
                });
            }
        }
        Ok(found)
    }
}

/// Scores every image of every group and writes a table; `command` is the command as it was typed.
pub fn run(options: &ScreenOptions, command: &str, terminal: &Terminal) -> Result<(), Error> {
    let engine = engine(&options.model, options.device)?;
    let mut text = format!(
        "# How unlike its own data: {}\n\n{INTRODUCTION}\n```sh\n{}\n```\n\n\
         | images | number | ranking | entropy | log entropy | unlike | expected Dice |\n|---|---|---|---|---|---|---|\n",
        engine.manifest().title,
        command
    );
    for word in &options.images.0 {
        let group = ImageGroup::from_word(word);
        let inputs = group.inputs()?;
        let mut scores = Vec::with_capacity(inputs.len());
        for input in &inputs {
            scores.push(score(&engine, input)?);
            let name = input.path().display().to_string();
            terminal.step("screen", scores.len(), inputs.len(), &name);
        }
        let line = line(&group.name, &scores);
        terminal.print(&line);
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{line}");
    }
    write(&options.out, text.as_bytes())?;
    Ok(())
}

fn score(engine: &Engine, input: &Input) -> Result<ImageScore, Error> {
    let opened = input.open(None, &imaging::Choice::default())?;
    let (result, _) = block_on(segment(engine, &opened.volume))?;
    image_score(engine.manifest(), &result)?.ok_or(Error::TooFewImages)
}

fn line(name: &str, scores: &[ImageScore]) -> String {
    let count = scores.len().max(1) as f64;
    let unlike = scores.iter().filter(|score| score.unusual).count() as f64 / count;
    let expected: Vec<f64> = scores
        .iter()
        .filter_map(|score| score.expected_dice)
        .collect();
    let expected = if expected.is_empty() {
        "-".to_owned()
    } else {
        format!(
            "{:.3}",
            expected.iter().sum::<f64>() / expected.len() as f64
        )
    };
    format!(
        "| `{name}` | {} | {:+.2} | {:+.2} | {:+.2} | {:.1} % | {expected} |",
        scores.len(),
        median(scores.iter().map(|score| score.ranking_z)),
        median(scores.iter().map(|score| score.entropy_z)),
        median(scores.iter().filter_map(|score| score.log_entropy_z)),
        100.0 * unlike,
    )
}

/// The middle value; 0 of none.
fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    quantile(&values, 0.5).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use engine::ImageScore;

    use super::{ImageGroup, line};

    #[test]
    fn a_split_is_named_behind_the_folder() {
        let group = ImageGroup::from_word("no/such@folder/images@test");
        assert_eq!(group.folder, std::path::Path::new("no/such@folder/images"));
        assert_eq!(group.split.as_deref(), Some("test"));
        assert_eq!(ImageGroup::from_word("images").split, None);
    }

    #[test]
    fn a_line_has_medians_and_shares() {
        let score = |ranking_z: f64, unusual, expected_dice| ImageScore {
            ranking_z,
            entropy_z: -ranking_z,
            log_entropy_z: Some(2.0 * ranking_z),
            expected_dice,
            unusual,
        };
        let scores = [score(1.0, false, Some(0.5)), score(4.0, true, None)];
        assert_eq!(
            line("a", &scores),
            "| `a` | 2 | +2.50 | -2.50 | +5.00 | 50.0 % | 0.500 |"
        );
    }
}

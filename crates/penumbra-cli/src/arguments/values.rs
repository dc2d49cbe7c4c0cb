//! Values of options that are more than a text.

use std::convert::Infallible;
use std::str::FromStr;
use std::time::Duration;

use training::Fold;

/// Words with commas between them; what is empty is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words(pub Vec<String>);

impl FromStr for Words {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        let words = text.split(',').map(|word| word.trim().to_owned());
        Ok(Self(words.filter(|word| !word.is_empty()).collect()))
    }
}

/// A recipe's name, which becomes part of file names.
pub(super) fn recipe(text: &str) -> Result<String, String> {
    let plain = |character: char| character.is_ascii_alphanumeric() || "_-".contains(character);
    if text.is_empty() || !text.chars().all(plain) {
        return Err("use letters, digits, `_` and `-`".to_owned());
    }
    Ok(text.to_owned())
}

/// `2/4`: the second of four folds.
pub(super) fn fold(text: &str) -> Result<Fold, String> {
    let parts = text.split_once('/').and_then(|(number, of)| {
        Some(Fold {
            number: number.parse().ok()?,
            of: of.parse().ok()?,
        })
    });
    parts
        .filter(|fold| (2..=20).contains(&fold.of) && (1..=fold.of).contains(&fold.number))
        .ok_or_else(|| "write `2/4` for the second of four, of 2 to 20".to_owned())
}

/// A probability above 0 and under 1.
pub(super) fn dropout(text: &str) -> Result<f64, String> {
    let rate = text.parse().ok().filter(|&rate| rate > 0.0 && rate < 1.0);
    rate.ok_or_else(|| "give a probability above 0 and under 1".to_owned())
}

/// A number of runs, at least 1.
pub(super) fn runs(text: &str) -> Result<usize, String> {
    let runs = text.parse().ok().filter(|&runs| runs > 0);
    runs.ok_or_else(|| "give 1 or more".to_owned())
}

/// `90s`, `40m` or `2h`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let fault = || "write `90s`, `40m` or `2h`".to_owned();
    let unit = text.chars().last().ok_or_else(fault)?;
    let seconds = match unit {
        's' => 1.0,
        'm' => 60.0,
        'h' => 3600.0,
        _ => return Err(fault()),
    };
    let number = text.strip_suffix(unit).unwrap_or_default();
    let number: f64 = number.parse().map_err(|_| fault())?;
    Duration::try_from_secs_f64(number * seconds).map_err(|_| fault())
}

//! Values of options that are more than a text.

use std::time::Duration;

use super::usage;
use crate::Error;
use crate::train::Fold;

/// A recipe's name, which becomes part of file names.
pub(super) fn recipe(text: &str) -> Result<String, Error> {
    let plain = |character: char| character.is_ascii_alphanumeric() || "_-".contains(character);
    if text.is_empty() || !text.chars().all(plain) {
        return Err(usage(format!(
            "`{text}` is no name of a recipe; use letters, digits, `_` and `-`"
        )));
    }
    Ok(text.to_owned())
}

/// `2/4`: the second of four folds.
pub(super) fn fold(text: &str) -> Result<Fold, Error> {
    let parts = text.split_once('/').and_then(|(number, of)| {
        Some(Fold {
            number: number.parse().ok()?,
            of: of.parse().ok()?,
        })
    });
    parts
        .filter(|fold| (2..=20).contains(&fold.of) && (1..=fold.of).contains(&fold.number))
        .ok_or_else(|| {
            usage(format!(
                "`{text}` is no fold; write `2/4` for the second of four, of 2 to 20"
            ))
        })
}

/// A probability above 0 and under 1.
pub(super) fn dropout(text: &str) -> Result<f64, Error> {
    let rate = text.parse().ok().filter(|&rate| rate > 0.0 && rate < 1.0);
    rate.ok_or_else(|| {
        usage(format!(
            "`{text}` is no probability of dropout; give a number above 0 and under 1"
        ))
    })
}

/// `90s`, `40m` or `2h`.
pub(super) fn duration(text: &str) -> Result<Duration, Error> {
    let fault = || {
        usage(format!(
            "`{text}` is no duration; write `90s`, `40m` or `2h`"
        ))
    };
    let unit = text.chars().last().ok_or_else(fault)?;
    let seconds = match unit {
        's' => 1.0,
        'm' => 60.0,
        'h' => 3600.0,
        _ => return Err(fault()),
    };
    let number: f64 = text[..text.len() - unit.len_utf8()]
        .parse()
        .map_err(|_| fault())?;
    Duration::try_from_secs_f64(number * seconds).map_err(|_| fault())
}

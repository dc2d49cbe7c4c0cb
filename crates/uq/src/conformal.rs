//! Promises that hold whatever the model is, as long as groups of cases, such as patients, are exchangeable: split conformal
//! prediction and conformal risk control.
//!
//! The promise is about a case of a new group, over draws of the groups that were calibrated on and of the new one. It says
//! nothing of a group of another kind, and nothing of this one case alone.

use crate::Error;

/// The fewest groups that a promise of failing with probability (or by a share of) at most `alpha`, between 0 and 1, can be
/// drawn from: 9 for 0.1, 19 for 0.05.
///
/// # Errors
/// [`Error::Setting`] for an `alpha` that is not between 0 and 1.
pub fn groups_needed(alpha: f64) -> Result<usize, Error> {
    check_alpha(alpha)?;
    // 1 / alpha - 1, rounded up; 1 / 0.1 is not quite 10 everywhere.
    Ok((1.0 / alpha - 1.0 - 1e-9).ceil().max(1.0) as usize)
}

fn check_alpha(alpha: f64) -> Result<(), Error> {
    if alpha > 0.0 && alpha < 1.0 {
        Ok(())
    } else {
        Err(Error::Setting {
            what: "the share of failures",
            value: alpha.to_string(),
            requirement: "between 0 and 1",
        })
    }
}

/// The value that the score of a case of a new group does not exceed with probability 1 - `alpha`: split conformal
/// prediction (Vovk et al., 2005) with hierarchical weights, one for every group and shared by its cases, and one for the
/// new group (Lee, Barber and Willett, arXiv 2306.06342). With one case a group it is the usual quantile. Scores may be
/// infinite.
///
/// `None` where there are too few groups ([`groups_needed`]), or where the value is infinite.
///
/// # Errors
/// [`Error::Setting`] for an `alpha` that is not between 0 and 1, [`Error::NotANumber`] for a score that is not a number.
pub fn conformal_quantile(groups: &[Vec<f64>], alpha: f64) -> Result<Option<f64>, Error> {
    check_alpha(alpha)?;
    let groups: Vec<&Vec<f64>> = groups.iter().filter(|group| !group.is_empty()).collect();
    let mut weighted: Vec<(f64, f64)> = Vec::new();
    for group in &groups {
        let weight = 1.0 / group.len() as f64;
        weighted.extend(group.iter().map(|&score| (score, weight)));
    }
    if let Some(index) = weighted.iter().position(|(score, _)| score.is_nan()) {
        return Err(Error::NotANumber {
            what: "the scores of the groups",
            index,
        });
    }
    weighted.sort_by(|left, right| left.0.total_cmp(&right.0));
    // In units of a group; sums of thirds are not quite whole.
    let wanted = (1.0 - alpha) * (groups.len() as f64 + 1.0) - 1e-9;
    let mut reached = 0.0;
    for (score, weight) in weighted {
        reached += weight;
        if reached >= wanted {
            return Ok(score.is_finite().then_some(score));
        }
    }
    Ok(None)
}

/// The first setting at which the expected loss of a case of a new group is at most `alpha`: conformal risk control
/// (Angelopoulos et al., ICLR 2024, arXiv 2208.02814), with the mean loss of a group as its loss.
///
/// `groups` holds for every group its cases, for every case its losses, 0 to 1, at all settings, from the boldest to the most
/// careful one: they must not rise. `None` where no setting is careful enough, or where there are too few groups.
///
/// # Errors
/// [`Error::Setting`] for an `alpha` that is not between 0 and 1, and for losses that rise or leave 0 to 1;
/// [`Error::Length`] for cases of different numbers of settings.
pub fn risk_controlling_setting(
    groups: &[Vec<Vec<f64>>],
    alpha: f64,
) -> Result<Option<usize>, Error> {
    check_alpha(alpha)?;
    let settings = groups.iter().flatten().next().map_or(0, Vec::len);
    for losses in groups.iter().flatten() {
        crate::error::check_length("the losses of a case", losses.len(), settings)?;
        let outside = losses.iter().find(|loss| !(0.0..=1.0).contains(*loss));
        let rise = losses.windows(2).find(|pair| pair[1] > pair[0]);
        let offending = outside.or_else(|| rise.and_then(|pair| pair.get(1)));
        if let Some(loss) = offending {
            return Err(Error::Setting {
                what: "a loss",
                value: loss.to_string(),
                requirement: "between 0 and 1 and not above that of a bolder setting",
            });
        }
    }
    let mut sums = vec![0.0; settings];
    let mut count = 0.0;
    for group in groups.iter().filter(|group| !group.is_empty()) {
        count += 1.0;
        for losses in group {
            for (sum, loss) in sums.iter_mut().zip(losses) {
                *sum += loss / group.len() as f64;
            }
        }
    }
    // The new group's loss may be as high as 1.
    let bound = alpha * (count + 1.0) + 1e-9;
    Ok(sums.iter().position(|sum| sum + 1.0 <= bound))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{conformal_quantile, groups_needed, risk_controlling_setting};
    use crate::Error;

    #[test]
    fn nine_groups_promise_nine_of_ten_and_eight_do_not() {
        assert_eq!(groups_needed(0.1).unwrap(), 9);
        assert_eq!(groups_needed(0.05).unwrap(), 19);
        assert_eq!(groups_needed(0.3).unwrap(), 3);
        let of = |count: u8| -> Vec<Vec<f64>> {
            (0..count).map(|score| vec![f64::from(score)]).collect()
        };
        assert_eq!(conformal_quantile(&of(8), 0.1).unwrap(), None);
        assert_eq!(conformal_quantile(&of(9), 0.1).unwrap(), Some(8.0));
        assert_eq!(conformal_quantile(&of(19), 0.1).unwrap(), Some(17.0));
        for alpha in [0.0, 1.0, f64::NAN] {
            assert!(matches!(groups_needed(alpha), Err(Error::Setting { .. })));
        }
    }

    #[test]
    fn a_group_counts_once_however_many_cases_it_has() {
        let mut groups: Vec<Vec<f64>> = (0..9).map(|score| vec![f64::from(score); 3]).collect();
        assert_eq!(conformal_quantile(&groups, 0.1).unwrap(), Some(8.0));
        // A third of one more group is not enough to fail more often.
        groups.push(vec![100.0, 0.0, 0.0]);
        assert_eq!(conformal_quantile(&groups, 0.1).unwrap(), Some(100.0));
        groups[9] = vec![f64::INFINITY];
        assert_eq!(conformal_quantile(&groups, 0.1).unwrap(), None);
        assert!(conformal_quantile(&[vec![f64::NAN]], 0.5).is_err());
    }

    #[test]
    fn risk_is_controlled_by_the_first_careful_setting() {
        let groups = vec![
            vec![vec![1.0, 0.2, 0.0]],
            vec![vec![0.6, 0.1, 0.0], vec![0.4, 0.1, 0.0]],
        ];
        // (sum + 1) / 3: 0.83, 0.43, 0.33.
        assert_eq!(risk_controlling_setting(&groups, 0.9).unwrap(), Some(0));
        assert_eq!(risk_controlling_setting(&groups, 0.5).unwrap(), Some(1));
        assert_eq!(risk_controlling_setting(&groups, 0.4).unwrap(), Some(2));
        assert_eq!(risk_controlling_setting(&groups, 0.3).unwrap(), None);
        assert!(risk_controlling_setting(&[vec![vec![0.1, 0.2]]], 0.5).is_err());
        assert!(risk_controlling_setting(&[vec![vec![1.1, 0.2]]], 0.5).is_err());
        assert!(risk_controlling_setting(&[vec![vec![0.1], vec![0.1, 0.0]]], 0.5).is_err());
    }
}

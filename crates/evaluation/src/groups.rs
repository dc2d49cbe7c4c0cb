//! Cases that belong together: patients, mostly.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use uq::{Displacement, DisplacementSearch};

use super::cases::splits_file;
use super::figures::CaseFigures;
use crate::Error;
use crate::model::read;

/// How far labels are moved in a picture, in pixels of rows and columns,
const REACH_IN_PICTURES: [usize; 3] = [0, 24, 24];
/// and in a volume, in voxels.
const REACH_IN_VOLUMES: [usize; 3] = [4, 4, 4];

/// The figures of a group of cases.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GroupFigures {
    pub group: String,
    pub cases: usize,
    /// Mean Dice over the group's cases per foreground class.
    pub dice: BTreeMap<String, f64>,
    /// Where labels of the whole group are out of place, this shows it; all classes count as one.
    pub best_move: Option<Displacement>,
}

impl GroupFigures {
    /// Mean Dice over foreground classes.
    pub fn mean_dice(&self) -> f64 {
        self.dice.values().sum::<f64>() / self.dice.len().max(1) as f64
    }
}

/// Which group a case belongs to, from `groups` in the file of splits; empty where that says nothing of groups.
pub fn case_groups(
    splits: Option<&Path>,
    images: &Path,
) -> Result<BTreeMap<String, String>, Error> {
    #[derive(Default, Deserialize)]
    struct Groups {
        #[serde(default)]
        groups: BTreeMap<String, String>,
    }
    let path = splits_file(splits, images);
    if splits.is_none() && !path.is_file() {
        return Ok(BTreeMap::new());
    }
    let found: Groups = serde_json::from_slice(&read(&path)?).map_err(|error| Error::Config {
        path,
        reason: error.to_string(),
    })?;
    Ok(found.groups)
}

/// Figures by group, summed up case by case.
#[derive(Debug, Default)]
pub struct GroupSums(BTreeMap<String, (DisplacementSearch, Vec<BTreeMap<String, f64>>)>);

impl GroupSums {
    /// Adds a case's mask and labels.
    pub fn add(
        &mut self,
        group: &str,
        figures: &CaseFigures,
        [mask, labels]: [&[u8]; 2],
        shape: [usize; 3],
    ) -> Result<(), Error> {
        let reach = if shape[0] > 1 {
            REACH_IN_VOLUMES
        } else {
            REACH_IN_PICTURES
        };
        let (search, dice) = self
            .0
            .entry(group.to_owned())
            .or_insert_with(|| (DisplacementSearch::new(reach), Vec::new()));
        search.add(mask, labels, shape)?;
        dice.push(figures.dice.clone());
        Ok(())
    }

    /// The groups, the lowest Dice first; none where no group has several cases, which would repeat the cases' figures.
    pub fn finish(self) -> Vec<GroupFigures> {
        if self.0.values().all(|(_, dice)| dice.len() < 2) {
            return Vec::new();
        }
        let mut groups: Vec<_> = self
            .0
            .into_iter()
            .map(|(group, (search, dice))| GroupFigures {
                group,
                cases: dice.len(),
                dice: super::pool::mean_dice(&dice).unwrap_or_default(),
                best_move: search.best(),
            })
            .collect();
        groups.sort_by(|one, other| one.mean_dice().total_cmp(&other.mean_dice()));
        groups
    }
}

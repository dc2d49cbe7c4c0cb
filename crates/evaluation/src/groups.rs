//! Cases that belong together: patients, mostly.

use std::collections::BTreeMap;

use uq::DisplacementSearch;

use crate::Error;
use crate::metrics::{CaseMetrics, GroupMetrics, mean_dice};

/// How far labels are shifted in a picture, in pixels of rows and columns,
const REACH_IN_PICTURES: [usize; 3] = [0, 24, 24];
/// and in a volume, in voxels.
const REACH_IN_VOLUMES: [usize; 3] = [4, 4, 4];

/// Metrics by group, summed up case by case.
#[derive(Debug, Default)]
pub(crate) struct GroupSums(BTreeMap<String, (DisplacementSearch, Vec<BTreeMap<String, f64>>)>);

impl GroupSums {
    /// Adds a case's mask and labels.
    pub(crate) fn add(
        &mut self,
        group: &str,
        metrics: &CaseMetrics,
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
        dice.push(metrics.dice.clone());
        Ok(())
    }

    /// The groups, the lowest Dice first; none where no group has several cases, which would repeat the cases' own numbers.
    pub(crate) fn finish(self) -> Vec<GroupMetrics> {
        if self.0.values().all(|(_, dice)| dice.len() < 2) {
            return Vec::new();
        }
        let mut groups: Vec<_> = self
            .0
            .into_iter()
            .map(|(group, (search, dice))| GroupMetrics {
                group,
                cases: dice.len(),
                dice: mean_dice(&dice).unwrap_or_default(),
                shift: search.best(),
            })
            .collect();
        groups.sort_by(|one, other| one.mean_dice().total_cmp(&other.mean_dice()));
        groups
    }
}

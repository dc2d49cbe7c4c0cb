//! Two people who labelled the same cases.

use std::collections::BTreeMap;

use uq::error_map;

use crate::Error;
use crate::metrics::{SecondObserver, mean_dice};

/// What is summed up about two observers.
#[derive(Debug, Default)]
pub(crate) struct Observers {
    between: Vec<BTreeMap<String, f64>>,
    of_model: Vec<BTreeMap<String, f64>>,
}

impl Observers {
    /// Adds a case; gives the voxels in which the observers disagree.
    pub(crate) fn add(
        &mut self,
        second: &[u8],
        first: &[u8],
        mask: &[u8],
        classes: &[String],
    ) -> Result<Vec<bool>, Error> {
        let named = |dice: Vec<f64>| classes.iter().cloned().zip(dice).skip(1).collect();
        let between = uq::dice_per_class(second, first, classes.len())?;
        let of_model = uq::dice_per_class(mask, second, classes.len())?;
        self.between.push(named(between));
        self.of_model.push(named(of_model));
        Ok(error_map(second, first)?)
    }

    pub(crate) fn finish(self) -> Option<SecondObserver> {
        Some(SecondObserver {
            dice_between_observers: mean_dice(&self.between)?,
            dice: mean_dice(&self.of_model)?,
        })
    }
}

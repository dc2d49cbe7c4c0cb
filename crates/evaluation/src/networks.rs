//! The networks that methods look through, and what was fitted for them.

use engine::Engine;

use crate::error::{Error, Need};
use crate::fit::Fitted;
use crate::methods::Method;

/// The model under evaluation, and what rivals need beside it.
#[derive(Debug)]
pub struct Networks<'a> {
    /// The model itself.
    pub engine: &'a Engine,
    /// Names of all classes, background first.
    pub classes: Vec<String>,
    /// Further models of the ensemble.
    pub members: Vec<Engine>,
    /// The model with dropout.
    pub stochastic: Option<Engine>,
    /// Temperature and estimator of Dice.
    pub fitted: Fitted,
    /// Seed of dropout.
    pub seed: u64,
}

impl<'a> Networks<'a> {
    /// The model alone, with the estimator that it brings.
    pub fn new(engine: &'a Engine, seed: u64) -> Self {
        let classes = engine.manifest().classes.iter();
        Self {
            engine,
            classes: classes.map(|class| class.name.clone()).collect(),
            members: Vec::new(),
            stochastic: None,
            fitted: Fitted {
                estimator: engine.manifest().validation.dice_estimator,
                ..Fitted::default()
            },
            seed,
        }
    }

    /// The model with dropout.
    pub(crate) fn stochastic(&self) -> Result<&Engine, Error> {
        let stochastic = self.stochastic.as_ref();
        stochastic.ok_or_else(|| Method::Dropout.lacks(Need::DropoutRate))
    }

    /// The fitted temperature.
    pub(crate) fn temperature(&self) -> Result<f64, Error> {
        let fitted = self.fitted.temperature;
        fitted
            .map(|fitted| fitted.temperature)
            .ok_or_else(|| Method::Temperature.lacks(Need::FittingCases))
    }
}

//! What is fitted on other cases than the evaluated ones: the temperature and the estimator of Dice.

use dataset::Cases;
use engine::{Engine, Segmentation};
use segwithu::head::MapKind;
use uq::{DiceEstimator, ImageStatistics, Layout, Probabilities, Temperature, TemperatureFit};

use crate::Error;
use crate::methods::map_of;
use crate::progress::Progress;
use crate::run::segment;

/// Voxels that the temperature is fitted on, all cases together.
const MAX_VOXELS: usize = 1 << 21;

/// What the fitted cases gave.
#[derive(Debug, Default)]
pub struct Fitted {
    /// The temperature.
    pub temperature: Option<Temperature>,
    /// The estimator of Dice.
    pub estimator: Option<DiceEstimator>,
    /// Cases that it was fitted on.
    pub cases: usize,
}

/// Statistics of an image for the estimator.
pub(crate) fn statistics(result: &Segmentation, classes: usize) -> Result<ImageStatistics, Error> {
    let values = result.probabilities(true);
    let probabilities = Probabilities {
        values: &values,
        classes,
        layout: Layout::ClassFirst,
    };
    Ok(ImageStatistics::of(
        map_of(result, MapKind::Ranking)?,
        map_of(result, MapKind::Entropy)?,
        &probabilities,
        &result.labels,
        result.shape,
    )?)
}

/// Runs the model over cases and fits on them. With fewer than three there is no estimator of Dice.
///
/// # Errors
/// Those of the cases and of the engine.
pub async fn fit(
    engine: &Engine,
    cases: &dyn Cases,
    progress: &dyn Progress,
) -> Result<Fitted, Error> {
    let classes = engine.manifest().classes.len();
    let mut temperature = TemperatureFit::new(classes, MAX_VOXELS / cases.len().max(1));
    let (mut all_statistics, mut all_dice) = (Vec::new(), Vec::new());
    for number in 0..cases.len() {
        let case = cases.read(number, classes)?;
        let (result, _) = segment(engine, &case.volume).await?;
        temperature.add(&result.logits, &case.labels.ids)?;
        let dice = uq::dice_per_class(&result.labels, &case.labels.ids, classes)?;
        let foreground = dice.iter().skip(1);
        all_dice.push(foreground.sum::<f64>() / classes.saturating_sub(1).max(1) as f64);
        all_statistics.push(statistics(&result, classes)?);
        progress.step("fit", number + 1, cases.len(), cases.name(number));
    }
    Ok(Fitted {
        temperature: temperature.fit(),
        estimator: DiceEstimator::fit(&all_statistics, &all_dice).ok(),
        cases: cases.len(),
    })
}

//! A run of `penumbra evaluate`: its parts, and the way over the cases.

use std::collections::BTreeMap;

use engine::{Engine, Segmentation, mean_log_entropy};
use segwithu::head::MapKind;
use uq::{Interval, Ranking, Resampling, ScoreHistogram, error_map, near_mask, spearman};

use super::cases::{Case, CasePaths};
use super::figures::{CaseFigures, Correlation, Evaluation, ImageLevel, Protocol, SecondObserver};
use super::fit::{Fitted, statistics};
use super::groups::GroupSums;
use super::judge::Pass;
use super::map_of;
use super::methods::Method;
use super::pool::{FinishedMethod, Pool, Truth, mean_dice};
use crate::Error;
use crate::model::segment;

/// Everything that an evaluation needs but the cases.
#[derive(Debug)]
pub struct Study<'a> {
    pub engine: &'a Engine,
    pub methods: Vec<Method>,
    /// Names of all classes, background first.
    pub classes: Vec<String>,
    /// Further models of the ensemble.
    pub members: Vec<Engine>,
    /// The model with dropout.
    pub stochastic: Option<Engine>,
    pub fitted: Fitted,
    /// The cases once more, with a second observer's labels, in the same order; empty where there are none.
    pub second: Vec<CasePaths>,
    /// Groups of cases, such as patients, where they are known.
    pub groups: BTreeMap<String, String>,
    pub replicates: usize,
    pub seed: u64,
}

impl<'a> Study<'a> {
    pub fn new(engine: &'a Engine, methods: Vec<Method>, replicates: usize, seed: u64) -> Self {
        let classes = engine.manifest().classes.iter();
        Self {
            engine,
            methods,
            classes: classes.map(|class| class.name.clone()).collect(),
            members: Vec::new(),
            stochastic: None,
            fitted: Fitted {
                estimator: engine.manifest().validation.dice_estimator,
                ..Fitted::default()
            },
            second: Vec::new(),
            groups: BTreeMap::new(),
            replicates,
            seed,
        }
    }

    pub fn stochastic(&self) -> Result<&Engine, Error> {
        self.stochastic
            .as_ref()
            .ok_or_else(|| Method::Dropout.lacks_something())
    }

    pub fn temperature(&self) -> Result<f64, Error> {
        let fitted = self.fitted.temperature;
        fitted
            .map(|fitted| fitted.temperature)
            .ok_or_else(|| Method::Temperature.lacks_something())
    }

    /// Figures over all cases, and the pooled ranking of `segwithu`.
    pub fn evaluate(&self, cases: &[CasePaths]) -> Result<(Evaluation, Option<Ranking>), Error> {
        let resampling = Resampling::new(cases.len(), self.replicates, self.seed);
        let mut pools: Vec<Pool> = self
            .methods
            .iter()
            .map(|&method| Pool::new(method))
            .collect();
        let mut per_case = Vec::with_capacity(cases.len());
        let mut sums = Sums::default();
        for (number, paths) in cases.iter().enumerate() {
            let figures = self.add_case(number, paths, &mut pools, &mut sums, &resampling)?;
            println!(
                "{} of {}: {} {:?}",
                number + 1,
                cases.len(),
                paths.name,
                figures.dice
            );
            per_case.push(figures);
        }
        let counts = pools.first().map(Pool::counts).unwrap_or_default();
        let ranking = pools
            .iter()
            .find(|pool| pool.method == Method::SegWithU)
            .map(Pool::ranking);
        let manifest = self.engine.manifest();
        let [voxels, errors] = counts;
        let hd95: Vec<_> = per_case
            .iter()
            .filter_map(|case| case.hd95.clone())
            .collect();
        let dice: Vec<_> = per_case.iter().map(|case| case.dice.clone()).collect();
        let evaluation = Evaluation {
            model: manifest.id.clone(),
            cases: per_case.len(),
            dice: mean_dice(&dice).unwrap_or_default(),
            methods: finished(pools, &resampling)?,
            dice_intervals: class_intervals(&resampling, &per_case, |case| Some(&case.dice))?,
            hd95: mean_dice(&hd95).unwrap_or_default(),
            hd95_intervals: class_intervals(&resampling, &per_case, |case| case.hd95.as_ref())?,
            image_level: image_level(&per_case, &self.fitted, &resampling)?,
            groups: sums.groups.finish(),
            second_observer: sums.observers.finish(),
            per_case,
            protocol: Protocol {
                weights_sha256: manifest.weights.sha256.clone(),
                voxels,
                errors,
                replicates: self.replicates,
                seed: self.seed,
                relative_bin_width: ScoreHistogram::RELATIVE_WIDTH,
                fitted_cases: self.fitted.cases,
                temperature: self.fitted.temperature,
                ..Protocol::default()
            },
        };
        Ok((evaluation, ranking))
    }

    fn add_case(
        &self,
        number: usize,
        paths: &CasePaths,
        pools: &mut [Pool],
        sums: &mut Sums,
        resampling: &Resampling,
    ) -> Result<CaseFigures, Error> {
        let classes = self.classes.len();
        let case = Case::read(paths, classes)?;
        let labels = &case.labels;
        let (result, milliseconds) = segment(self.engine, &case.volume)?;
        let errors = error_map(&result.labels, &labels.ids)?;
        let near = near_mask(&labels.ids, &result.labels, labels.shape)?;
        let second = self.second.get(number);
        let second = second
            .map(|paths| Case::read(paths, classes))
            .transpose()?
            .map(|second| second.labels.ids);
        let disagreement = second
            .as_deref()
            .map(|second| {
                sums.observers
                    .add(second, &labels.ids, &result.labels, &self.classes)
            })
            .transpose()?;
        let truth = Truth {
            labels: &labels.ids,
            errors: &errors,
            near: &near,
            classes: &self.classes,
            disagreement: disagreement.as_deref(),
        };
        let pass = Pass {
            case: &case,
            number,
            result: &result,
            milliseconds,
        };
        for pool in pools {
            pool.add(&self.judge(pool.method, &pass)?, &truth, resampling)?;
        }
        let dice = uq::dice_per_class(&result.labels, &labels.ids, classes)?;
        let statistics = statistics(&result, classes)?;
        let estimator = self.fitted.estimator;
        let figures = CaseFigures {
            case: paths.name.clone(),
            dice: self.classes.iter().cloned().zip(dice).skip(1).collect(),
            hd95: self.surface_distances(&case, &result)?,
            error_rate: errors.iter().filter(|&&wrong| wrong).count() as f64
                / errors.len().max(1) as f64,
            mean_ranking: mean(map_of(&result, MapKind::Ranking)?),
            mean_entropy: mean(map_of(&result, MapKind::Entropy)?),
            mean_log_entropy: mean_log_entropy(map_of(&result, MapKind::Entropy)?)
                .unwrap_or_default(),
            statistics,
            expected_dice: estimator.map(|estimator| estimator.expected_dice(&statistics)),
            slice_correlation: slice_correlation(&result, &errors, &near)?,
            ms: milliseconds,
        };
        if let Some(group) = self.groups.get(&paths.name) {
            let both = [result.labels.as_slice(), &labels.ids];
            sums.groups.add(group, &figures, both, labels.shape)?;
        }
        Ok(figures)
    }

    fn surface_distances(
        &self,
        case: &Case,
        result: &Segmentation,
    ) -> Result<Option<BTreeMap<String, f64>>, Error> {
        let Some(spacing) = case.spacing() else {
            return Ok(None);
        };
        let labels = &case.labels;
        let foreground = (0..=u8::MAX).zip(&self.classes).skip(1);
        foreground
            .map(|(class, name)| {
                let distance =
                    uq::hausdorff95(&result.labels, &labels.ids, class, labels.shape, spacing)?;
                Ok((name.clone(), distance))
            })
            .collect::<Result<_, Error>>()
            .map(Some)
    }
}

/// What is summed up beside the methods' scores.
#[derive(Debug, Default)]
struct Sums {
    observers: Observers,
    groups: GroupSums,
}

/// What is summed up about two observers.
#[derive(Debug, Default)]
struct Observers {
    between: Vec<BTreeMap<String, f64>>,
    of_model: Vec<BTreeMap<String, f64>>,
}

impl Observers {
    /// Adds a case; gives the voxels in which the observers disagree.
    fn add(
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

    fn finish(self) -> Option<SecondObserver> {
        Some(SecondObserver {
            dice_between_observers: mean_dice(&self.between)?,
            dice: mean_dice(&self.of_model)?,
        })
    }
}

fn mean(values: &[f32]) -> f64 {
    values.iter().map(|&value| f64::from(value)).sum::<f64>() / values.len().max(1) as f64
}

/// Rank correlation of the planes' doubt, known without labels, with their error rates near the object.
fn slice_correlation(
    result: &Segmentation,
    errors: &[bool],
    near: &[bool],
) -> Result<Option<f64>, Error> {
    let [planes, rows, columns] = result.shape;
    if planes < 2 {
        return Ok(None);
    }
    let own = near_mask(&result.labels, &result.labels, result.shape)?;
    let doubt = uq::slice_uncertainty(map_of(result, MapKind::Ranking)?, &own, result.shape)?;
    let plane = (rows * columns).max(1);
    let rates: Vec<Option<f64>> = errors
        .chunks(plane)
        .zip(near.chunks(plane))
        .map(|(errors, near)| {
            let inside = near.iter().filter(|&&inside| inside).count();
            let wrong = errors
                .iter()
                .zip(near)
                .filter(|&(&wrong, &inside)| wrong && inside);
            (inside > 0).then(|| wrong.count() as f64 / inside as f64)
        })
        .collect();
    let (doubt, rates): (Vec<f64>, Vec<f64>) = doubt
        .into_iter()
        .zip(rates)
        .filter_map(|(doubt, rate)| rate.map(|rate| (doubt, rate)))
        .unzip();
    Ok(spearman(&doubt, &rates))
}

/// All methods' figures, each compared with `segwithu` where that was evaluated.
fn finished(
    pools: Vec<Pool>,
    resampling: &Resampling,
) -> Result<BTreeMap<String, super::MethodFigures>, Error> {
    let mut methods: Vec<FinishedMethod> = pools
        .into_iter()
        .map(|pool| pool.finish(resampling))
        .collect::<Result<_, _>>()?;
    let ours = methods
        .iter()
        .position(|method| method.method == Method::SegWithU)
        .map(|place| methods.swap_remove(place));
    let mut figures = BTreeMap::new();
    for mut method in methods {
        method.figures.versus_segwithu = ours.as_ref().map(|ours| method.versus(ours, resampling));
        figures.insert(method.method.name().to_owned(), method.figures);
    }
    if let Some(ours) = ours {
        figures.insert(ours.method.name().to_owned(), ours.figures);
    }
    Ok(figures)
}

/// Intervals of the mean over cases of a value that cases have for every class.
fn class_intervals<'c>(
    resampling: &Resampling,
    per_case: &'c [CaseFigures],
    values: impl Fn(&'c CaseFigures) -> Option<&'c BTreeMap<String, f64>>,
) -> Result<BTreeMap<String, Interval>, Error> {
    let classes = per_case.first().and_then(&values);
    let mut intervals = BTreeMap::new();
    for class in classes.into_iter().flat_map(BTreeMap::keys) {
        let of_class: Vec<Option<f64>> = per_case
            .iter()
            .map(|case| values(case).and_then(|values| values.get(class).copied()))
            .collect();
        let means = resampling.means(&of_class)?;
        let mean = means.first().copied().flatten();
        if let Some(interval) = resampling.interval(&means, mean) {
            intervals.insert(class.clone(), interval);
        }
    }
    Ok(intervals)
}

/// How well images are judged as a whole.
fn image_level(
    per_case: &[CaseFigures],
    fitted: &Fitted,
    resampling: &Resampling,
) -> Result<ImageLevel, Error> {
    type Value = fn(&CaseFigures) -> Option<f64>;
    let values: [(&str, Value); 6] = [
        ("expected_dice", |case| case.expected_dice),
        ("claimed_dice", |case| Some(case.statistics.claimed_dice)),
        ("near_ranking", |case| Some(case.statistics.near_ranking)),
        ("near_entropy", |case| Some(case.statistics.near_entropy)),
        ("mean_ranking", |case| Some(case.mean_ranking)),
        ("mean_entropy", |case| Some(case.mean_entropy)),
    ];
    let mut correlation = BTreeMap::new();
    for (name, value) in values {
        let pairs: Vec<Option<(f64, f64)>> = per_case
            .iter()
            .map(|case| value(case).map(|value| (value, case.mean_dice())))
            .collect();
        let replicates = resampling.statistic(&pairs, |drawn| {
            let (pairs, times): (Vec<_>, Vec<_>) = drawn.iter().copied().unzip();
            uq::weighted_spearman(&pairs, &times)
        })?;
        if let Some(spearman) = replicates.first().copied().flatten() {
            let interval = resampling.interval(&replicates, Some(spearman));
            correlation.insert(name.to_owned(), Correlation { spearman, interval });
        }
    }
    let mean = |values: Vec<f64>| {
        let count = values.len();
        (count > 0).then(|| values.into_iter().sum::<f64>() / count as f64)
    };
    let errors = per_case.iter().filter_map(|case| {
        case.expected_dice
            .map(|expected| (expected - case.mean_dice()).abs())
    });
    let slices = per_case.iter().filter_map(|case| case.slice_correlation);
    Ok(ImageLevel {
        estimator: fitted.estimator,
        mean_absolute_error: mean(errors.collect()),
        correlation,
        slice_correlation: mean(slices.collect()),
    })
}

//! The way over the cases, and what comes of it.

use std::collections::BTreeMap;

use dataset::{Cases, LabelledImage};
use engine::{Engine, Segmentation, mean_log_entropy};
use segwithu::head::MapKind;
use uq::{
    CertaintyCounts, ErrorCase, ErrorProbability, ExpectedError, Interval, Layout, Probabilities,
    Ranking, Resampling, ScoreHistogram, error_map, near_mask,
};

use crate::Error;
use crate::agreement::agreement;
use crate::fit::statistics;
use crate::groups::GroupSums;
use crate::image_level::{image_level, slice_correlation};
use crate::lists::{REGIONS, lists, region_figures};
use crate::methods::{Method, map_of};
use crate::metrics::{CaseMetrics, Evaluation, MethodMetrics, Protocol, mean_dice};
use crate::networks::Networks;
use crate::observers::Observers;
use crate::passes::Pass;
use crate::pooled::{FinishedMethod, PooledMetrics, Truth};
use crate::progress::Progress;
use crate::run::segment;

/// Bootstrap replicates that `penumbra evaluate` draws.
pub const REPLICATES: usize = 1000;
/// Seed of replicates and of dropout.
pub const SEED: u64 = 20_261_126;

/// An evaluation but for its cases.
///
/// Every method ranks the voxels of one and the same mask, the model's own, by its scores; its probabilities are judged by
/// their own largest class.
#[derive(Debug)]
pub struct Evaluator<'a> {
    /// The model, and what its rivals need.
    pub networks: Networks<'a>,
    /// What is evaluated, the method itself among it or not.
    pub methods: Vec<Method>,
    /// The cases once more, with a second observer's labels, in the same order.
    pub second: Option<&'a dyn Cases>,
    /// Groups of cases, such as patients, where they are known: from the case's name to the group's.
    pub groups: BTreeMap<String, String>,
    /// Bootstrap replicates; 0 for no intervals.
    pub replicates: usize,
    /// Is told after every case.
    pub progress: &'a dyn Progress,
}

impl<'a> Evaluator<'a> {
    /// An evaluation with [`SEED`], without intervals, groups, second observer or anyone who listens.
    pub fn new(engine: &'a Engine, methods: Vec<Method>) -> Self {
        Self {
            networks: Networks::new(engine, SEED),
            methods,
            second: None,
            groups: BTreeMap::new(),
            replicates: 0,
            progress: &(),
        }
    }

    /// Metrics over all cases, and the pooled ranking of `segwithu`.
    pub async fn evaluate(
        &self,
        cases: &dyn Cases,
    ) -> Result<(Evaluation, Option<Ranking>), Error> {
        let resampling = Resampling::new(cases.len(), self.replicates, self.networks.seed);
        let mut pools: Vec<PooledMetrics> = self
            .methods
            .iter()
            .map(|&method| PooledMetrics::new(method))
            .collect();
        let mut per_case = Vec::with_capacity(cases.len());
        let mut sums = Sums::default();
        for number in 0..cases.len() {
            let case = cases.read(number, self.networks.classes.len())?;
            let name = cases.name(number);
            let metrics = self
                .add_case(number, name, &case, &mut pools, &mut sums, &resampling)
                .await?;
            per_case.push(metrics);
            self.progress
                .step("evaluate", number + 1, cases.len(), name);
        }
        let counts = pools.first().map(PooledMetrics::counts).unwrap_or_default();
        let ranking = pools
            .iter()
            .find(|pool| pool.method == Method::SegWithU)
            .map(PooledMetrics::ranking);
        let manifest = self.networks.engine.manifest();
        let [voxels, errors] = counts;
        let hd95: Vec<_> = per_case
            .iter()
            .filter_map(|case| case.hd95.clone())
            .collect();
        let dice: Vec<_> = per_case.iter().map(|case| case.dice.clone()).collect();
        let volumes = manifest.architecture.spatial_dims == 3;
        let mut other_lists = region_figures(&per_case, volumes);
        let evaluation = Evaluation {
            expected_wrong: agreement(&per_case, manifest.validation.expected_error.as_ref()),
            expected_wrong_raw: agreement(&per_case, None),
            regions: other_lists.remove(REGIONS),
            other_lists,
            model: manifest.id.clone(),
            cases: per_case.len(),
            dice: mean_dice(&dice).unwrap_or_default(),
            methods: finished(pools, &resampling)?,
            dice_intervals: class_intervals(&resampling, &per_case, |case| Some(&case.dice))?,
            hd95: mean_dice(&hd95).unwrap_or_default(),
            hd95_intervals: class_intervals(&resampling, &per_case, |case| case.hd95.as_ref())?,
            image_level: image_level(&per_case, &self.networks.fitted, &resampling)?,
            groups: sums.groups.finish(),
            chosen_score: manifest.validation.image_score,
            promises: Vec::new(),
            second_observer: sums.observers.finish(),
            per_case,
            protocol: Protocol {
                weights_sha256: manifest.weights.sha256.clone(),
                voxels,
                errors,
                replicates: self.replicates,
                seed: self.networks.seed,
                relative_bin_width: ScoreHistogram::RELATIVE_WIDTH,
                fitted_cases: self.networks.fitted.cases,
                temperature: self.networks.fitted.temperature,
                ..Protocol::default()
            },
        };
        Ok((evaluation, ranking))
    }

    async fn add_case(
        &self,
        number: usize,
        name: &str,
        case: &LabelledImage,
        pools: &mut [PooledMetrics],
        sums: &mut Sums,
        resampling: &Resampling,
    ) -> Result<CaseMetrics, Error> {
        let names = &self.networks.classes;
        let classes = names.len();
        let labels = &case.labels;
        let (result, milliseconds) = segment(self.networks.engine, &case.volume).await?;
        let errors = error_map(&result.labels, &labels.ids)?;
        let near = near_mask(&labels.ids, &result.labels, labels.shape)?;
        let second = self
            .second
            .map(|second| second.read(number, classes))
            .transpose()?
            .map(|second| second.labels.ids);
        let disagreement = second
            .as_deref()
            .map(|second| {
                sums.observers
                    .add(second, &labels.ids, &result.labels, names)
            })
            .transpose()?;
        let truth = Truth {
            labels: &labels.ids,
            errors: &errors,
            near: &near,
            classes: names,
            disagreement: disagreement.as_deref(),
        };
        let pass = Pass {
            case,
            number,
            result: &result,
            milliseconds,
        };
        for pool in pools {
            let output = self.networks.score(pool.method, &pass).await?;
            pool.add(&output, &truth, resampling)?;
        }
        let dice = uq::dice_per_class(&result.labels, &labels.ids, classes)?;
        let statistics = statistics(&result, classes)?;
        let (expected_error, wrong) =
            error_case(&result, statistics.near_entropy, &labels.ids, classes)?;
        let estimator = self.networks.fitted.estimator;
        let metrics = CaseMetrics {
            case: name.to_owned(),
            dice: names.iter().cloned().zip(dice).skip(1).collect(),
            hd95: surface_distances(case, &result, names)?,
            error_rate: errors.iter().filter(|&&wrong| wrong).count() as f64
                / errors.len().max(1) as f64,
            mean_ranking: mean(map_of(&result, MapKind::Ranking)?),
            mean_entropy: mean(map_of(&result, MapKind::Entropy)?),
            mean_log_entropy: mean_log_entropy(map_of(&result, MapKind::Entropy)?)
                .unwrap_or_default(),
            statistics,
            expected_dice: estimator.map(|estimator| estimator.expected_dice(&statistics)),
            expected_error: Some(expected_error),
            group: self.groups.get(name).cloned(),
            certainty: Some(CertaintyCounts::of(
                &wrong.wrong,
                &result.labels,
                &labels.ids,
            )?),
            lists: lists(
                self.networks.engine.manifest(),
                &result,
                &wrong,
                &labels.ids,
            )?,
            slice_correlation: slice_correlation(&result, &errors, &near)?,
            ms: milliseconds,
        };
        if let Some(group) = self.groups.get(name) {
            let both = [result.labels.as_slice(), &labels.ids];
            sums.groups.add(group, &metrics, both, labels.shape)?;
        }
        Ok(metrics)
    }
}

/// Expected wrong voxels beside true ones, and every voxel's own error probability.
fn error_case(
    result: &Segmentation,
    near_entropy: f64,
    labels: &[u8],
    classes: usize,
) -> Result<(ErrorCase, ErrorProbability), Error> {
    let probabilities = Probabilities {
        values: &result.probabilities(true),
        classes,
        layout: Layout::ClassFirst,
    };
    let expected = ExpectedError::of(&probabilities, &result.labels)?;
    let wrong = ErrorProbability::of(&probabilities, &result.labels)?;
    let case = ErrorCase::new(expected, near_entropy, &result.labels, labels, result.shape)?;
    Ok((case, wrong))
}

/// HD95 in millimetres per foreground class, where the image says its spacing.
fn surface_distances(
    case: &LabelledImage,
    result: &Segmentation,
    classes: &[String],
) -> Result<Option<BTreeMap<String, f64>>, Error> {
    let Some(spacing) = case.spacing() else {
        return Ok(None);
    };
    let labels = &case.labels;
    let foreground = (0..=u8::MAX).zip(classes).skip(1);
    foreground
        .map(|(class, name)| {
            let distance =
                uq::hausdorff95(&result.labels, &labels.ids, class, labels.shape, spacing)?;
            Ok((name.clone(), distance))
        })
        .collect::<Result<_, Error>>()
        .map(Some)
}

/// What is summed up beside the methods' scores.
#[derive(Debug, Default)]
struct Sums {
    observers: Observers,
    groups: GroupSums,
}

fn mean(values: &[f32]) -> f64 {
    values.iter().map(|&value| f64::from(value)).sum::<f64>() / values.len().max(1) as f64
}

/// All methods' figures, each compared with `segwithu` where that was evaluated.
fn finished(
    pools: Vec<PooledMetrics>,
    resampling: &Resampling,
) -> Result<BTreeMap<String, MethodMetrics>, Error> {
    let mut methods: Vec<FinishedMethod> = pools
        .into_iter()
        .map(|pool| pool.finish(resampling))
        .collect::<Result<_, _>>()?;
    let ours = methods
        .iter()
        .position(|method| method.method == Method::SegWithU)
        .map(|place| methods.swap_remove(place));
    let mut metrics = BTreeMap::new();
    for mut method in methods {
        method.metrics.versus_segwithu = ours.as_ref().map(|ours| method.versus(ours, resampling));
        metrics.insert(method.method.name().to_owned(), method.metrics);
    }
    if let Some(ours) = ours {
        metrics.insert(ours.method.name().to_owned(), ours.metrics);
    }
    Ok(metrics)
}

/// Intervals of the mean over cases of a value that cases have for every class.
fn class_intervals<'c>(
    resampling: &Resampling,
    per_case: &'c [CaseMetrics],
    values: impl Fn(&'c CaseMetrics) -> Option<&'c BTreeMap<String, f64>>,
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

//! The numbers of an evaluation, as its JSON holds them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use uq::{
    Bound, Calibration, CaseRanking, CertaintyCounts, CurvePoint, DiceEstimator, Displacement,
    ErrorCase, FreeResponse, ImageStatistics, Interval, RankingBounds, RankingMetrics,
    ReliabilityBin, Temperature,
};
use vocabulary::{ImageScoreKind, PromiseKind};

/// Something for all voxels, and for those near an object.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Masked<T> {
    /// Over every voxel.
    pub all: T,
    /// Over the union of label and prediction grown by two voxels.
    pub near: T,
}

impl<T> Masked<T> {
    /// The same made of both.
    pub fn map<U>(&self, change: impl Fn(&T) -> U) -> Masked<U> {
        Masked {
            all: change(&self.all),
            near: change(&self.near),
        }
    }
}

/// A metric over both masks, null where it is undefined.
pub type Pair<T = f64> = Masked<Option<T>>;

/// One value for each of the figures of a method.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(bound(deserialize = "T: Deserialize<'de>"))]
pub struct Metrics<T> {
    /// See [`uq::Ranking::auroc`].
    pub auroc: Pair<T>,
    /// See [`uq::Ranking::auprc`].
    pub auprc: Pair<T>,
    /// See [`uq::Ranking::aurc`].
    pub aurc: Pair<T>,
    /// See [`uq::Ranking::eaurc`].
    pub eaurc: Pair<T>,
    /// See [`uq::Ranking::augrc`]; null in evaluations from before it.
    #[serde(default = "Pair::default")]
    pub augrc: Pair<T>,
    /// See [`uq::Ranking::fpr95`].
    pub fpr95: Pair<T>,
    /// See [`uq::Calibration::nll`].
    pub nll: Pair<T>,
    /// See [`uq::Calibration::brier`].
    pub brier: Pair<T>,
    /// See [`uq::Calibration::ece15`].
    pub ece: Pair<T>,
}

/// A metric by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Metric {
    /// Area under the ROC curve of finding errors.
    Auroc,
    /// Average precision of finding errors.
    Auprc,
    /// Area under the risk-coverage curve.
    Aurc,
    /// Its excess over that of a perfect order.
    Eaurc,
    /// Area under the generalised risk-coverage curve.
    Augrc,
    /// False positive rate at 95 % of the errors found.
    Fpr95,
    /// Negative log-likelihood, nats.
    Nll,
    /// Brier score, 0 to 2.
    Brier,
    /// Expected calibration error, 15 bins.
    Ece,
}

impl Metric {
    /// All figures, in the order of tables.
    pub const ALL: [Self; 9] = [
        Self::Auroc,
        Self::Auprc,
        Self::Aurc,
        Self::Eaurc,
        Self::Augrc,
        Self::Fpr95,
        Self::Nll,
        Self::Brier,
        Self::Ece,
    ];

    /// The metric of a ranking or of calibration sums.
    pub fn of(self, ranking: &RankingMetrics, calibration: &Calibration) -> Option<f64> {
        match self {
            Self::Auroc => ranking.auroc,
            Self::Auprc => ranking.auprc,
            Self::Aurc => ranking.aurc,
            Self::Eaurc => ranking.eaurc,
            Self::Augrc => ranking.augrc,
            Self::Fpr95 => ranking.fpr95,
            Self::Nll => calibration.nll(),
            Self::Brier => calibration.brier(),
            Self::Ece => calibration.ece15(),
        }
    }

    /// The interval that holds a metric of the ranking; sums are not binned, so they need none.
    pub const fn bound(self, bounds: &RankingBounds) -> Option<Bound> {
        match self {
            Self::Auroc => bounds.auroc,
            Self::Auprc => bounds.auprc,
            Self::Aurc => bounds.aurc,
            Self::Eaurc => bounds.eaurc,
            Self::Augrc => bounds.augrc,
            Self::Fpr95 => bounds.fpr95,
            Self::Nll | Self::Brier | Self::Ece => None,
        }
    }
}

impl<T> Metrics<T> {
    /// One value for every metric.
    pub fn from_each(mut value: impl FnMut(Metric) -> Pair<T>) -> Self {
        Self {
            auroc: value(Metric::Auroc),
            auprc: value(Metric::Auprc),
            aurc: value(Metric::Aurc),
            eaurc: value(Metric::Eaurc),
            augrc: value(Metric::Augrc),
            fpr95: value(Metric::Fpr95),
            nll: value(Metric::Nll),
            brier: value(Metric::Brier),
            ece: value(Metric::Ece),
        }
    }

    /// The value of a metric.
    pub const fn get(&self, metric: Metric) -> &Pair<T> {
        match metric {
            Metric::Auroc => &self.auroc,
            Metric::Auprc => &self.auprc,
            Metric::Aurc => &self.aurc,
            Metric::Eaurc => &self.eaurc,
            Metric::Augrc => &self.augrc,
            Metric::Fpr95 => &self.fpr95,
            Metric::Nll => &self.nll,
            Metric::Brier => &self.brier,
            Metric::Ece => &self.ece,
        }
    }
}

/// How a method's metric differs from the one of `segwithu` on the same resampled cases.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// The method's metric less that of `segwithu`.
    pub difference: f64,
    /// Lower end of the 95 % interval,
    pub low: f64,
    /// and its upper end.
    pub high: f64,
}

/// The score above which a share of the voxels lies.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Referral {
    /// Share of voxels above the score, 0 to 1.
    pub referred: f64,
    /// The score.
    pub threshold: f32,
    /// Error rate of the voxels that are kept.
    pub risk: f64,
}

/// Scores against the disagreement of two observers: positive is a voxel that they label differently.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Disagreement {
    /// See [`uq::Ranking::auroc`].
    pub auroc: Pair,
    /// See [`uq::Ranking::auprc`].
    pub auprc: Pair,
}

/// A second observer's labels.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct SecondObserver {
    /// Mean Dice over cases per foreground class between the two observers: what a model can be expected to reach.
    pub dice_between_observers: BTreeMap<String, f64>,
    /// Mean Dice over cases per foreground class between the model's mask and the second observer.
    pub dice: BTreeMap<String, f64>,
}

/// One method's figures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MethodMetrics {
    /// The figures themselves.
    #[serde(flatten)]
    pub figures: Metrics<f64>,
    /// Mean milliseconds for a case, reading and judging not counted. Methods of one pass share the time of the pass, head
    /// included, and add that of their own score.
    pub ms_per_case: f64,
    /// 95 % bootstrap intervals over cases.
    pub intervals: Metrics<Interval>,
    /// Where the figures of unbinned scores lie for certain.
    pub error_bounds: Metrics<Bound>,
    /// ECE as torchmetrics counts its bins.
    pub ece_torchmetrics: Pair,
    /// Paired differences from `segwithu`; not for `segwithu` itself, nor where it was not evaluated.
    pub versus_segwithu: Option<Metrics<Difference>>,
    /// Scores that refer 1, 2, 5, 10, 20 and 50 % of the voxels.
    pub thresholds: Masked<Vec<Referral>>,
    /// Risk over coverage.
    pub risk_coverage: Masked<Vec<CurvePoint>>,
    /// Accuracy over confidence.
    pub reliability: Masked<Vec<ReliabilityBin>>,
    /// How well the scores find the voxels in which two observers disagree, where second labels were given.
    pub observer_disagreement: Option<Disagreement>,
    /// Mean Dice per class of the method's own mask, where it is not the model's.
    pub own_dice: Option<BTreeMap<String, f64>>,
}

/// One case's figures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaseMetrics {
    /// Name of the case.
    pub case: String,
    /// Dice per foreground class; 1 where it is absent from both.
    pub dice: BTreeMap<String, f64>,
    /// HD95 in millimetres per foreground class, where the image says its spacing. See [`uq::hausdorff95`].
    pub hd95: Option<BTreeMap<String, f64>>,
    /// Share of wrong voxels.
    pub error_rate: f64,
    /// Mean of the ranking map.
    pub mean_ranking: f64,
    /// Mean of the entropy map.
    pub mean_entropy: f64,
    /// Mean logarithm of the entropy map, see [`engine::mean_log_entropy`].
    #[serde(default)]
    pub mean_log_entropy: f64,
    /// What the maps say about the image as a whole.
    pub statistics: ImageStatistics,
    /// Expected mean Dice without labels, where there is an estimator.
    pub expected_dice: Option<f64>,
    /// Expected wrong voxels, from the tempered probabilities, and true ones; none in evaluations from before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_error: Option<ErrorCase>,
    /// The group that the case belongs to, such as its patient, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// How sure the mask is, and how often it is wrong then; none in evaluations from before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certainty: Option<CertaintyCounts>,
    /// What the lists of places to look at found, by the name of the list.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub lists: BTreeMap<String, FreeResponse>,
    /// Rank correlation of the planes' uncertainty with their error rates near the object; volumes only.
    pub slice_correlation: Option<f64>,
    /// Milliseconds of the pass.
    pub ms: f64,
}

impl CaseMetrics {
    /// Mean Dice over foreground classes.
    pub fn mean_dice(&self) -> f64 {
        self.dice.values().sum::<f64>() / self.dice.len().max(1) as f64
    }
}

/// Means per class; `None` without cases.
pub(crate) fn mean_dice(cases: &[BTreeMap<String, f64>]) -> Option<BTreeMap<String, f64>> {
    let mut sums = BTreeMap::new();
    for (class, dice) in cases.iter().flatten() {
        *sums.entry(class.clone()).or_insert(0.0) += dice / cases.len() as f64;
    }
    (!cases.is_empty()).then_some(sums)
}

/// The numbers of a group of cases.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GroupMetrics {
    /// Name of the group.
    pub group: String,
    /// Cases in it.
    pub cases: usize,
    /// Mean Dice over the group's cases per foreground class.
    pub dice: BTreeMap<String, f64>,
    /// Where labels of the whole group are out of place, this shows it; all classes count as one.
    #[serde(rename = "best_move")]
    pub shift: Option<Displacement>,
}

impl GroupMetrics {
    /// Mean Dice over foreground classes.
    pub fn mean_dice(&self) -> f64 {
        self.dice.values().sum::<f64>() / self.dice.len().max(1) as f64
    }
}

/// A rank correlation with its interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Correlation {
    /// Spearman's coefficient with the true mean Dice.
    pub spearman: f64,
    /// 95 % bootstrap interval over cases.
    pub interval: Option<Interval>,
}

/// How well images without labels are judged as a whole.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ImageLevel {
    /// The estimator: fitted on the cases named for it, else the one that the model brings.
    pub estimator: Option<DiceEstimator>,
    /// Mean absolute error of the expected Dice on the evaluated cases.
    pub mean_absolute_error: Option<f64>,
    /// Correlation of an image's numbers with its true mean Dice: `expected_dice`, `claimed_dice`, `near_ranking`,
    /// `near_entropy`, `mean_ranking`, `mean_entropy`.
    pub correlation: BTreeMap<String, Correlation>,
    /// Mean over volumes of the rank correlation between a plane's uncertainty and its error rate.
    pub slice_correlation: Option<f64>,
    /// How well scores of whole images, larger for more doubt, order them by 1 - Dice: `relative_entropy`,
    /// `expected_dice_loss` and others by name.
    #[serde(flatten)]
    pub scores: BTreeMap<String, CaseRanking>,
}

/// How a promise is kept on groups of cases that it was not calibrated on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PromiseCoverage {
    /// What is promised.
    pub kind: PromiseKind,
    /// Of which class; none of the whole mask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<u8>,
    /// How often it may fail, or the share that may be lost.
    pub alpha: f64,
    /// Groups that each promise was calibrated on.
    pub n_groups: usize,
    /// Groups that it needs.
    pub groups_needed: usize,
    /// Random splits in which there was a promise.
    pub promised: usize,
    /// Random splits.
    pub splits: usize,
    /// For shares the mean loss, which should be at most `alpha`; else the share of covered cases, which should be at least
    /// 1 - `alpha`. Means over groups and splits; none without a promise.
    pub coverage: Option<f64>,
    /// Where 95 % of the splits lay.
    pub range: Option<Interval>,
    /// What it costs: the share of the voxels that go to a person; the band between the masks by the object's size; the width
    /// of the interval, of a size by the true size.
    pub size: Option<f64>,
}

/// What a list of places to look at finds: points of its free-response curve.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct RegionFigures {
    /// Radius of the tolerance along planes, rows and columns, in voxels: errors that it does not fit into are not looked for.
    pub tolerance: [usize; 3],
    /// Errors that are thicker, over all cases.
    pub errors: u64,
    /// How many of them the first 1, 3, 5 and 10 places of their images find.
    pub found: BTreeMap<usize, u64>,
    /// How many of these first places are false, on average over images.
    pub false_per_image: BTreeMap<usize, f64>,
}

/// How well expected numbers of wrong voxels agree with true ones over cases.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ExpectedWrongFigures {
    /// All expected wrong voxels by all true ones.
    pub ratio: Option<f64>,
    /// Share of the cases, 0 to 1, whose expected number is within a factor of 1.5 of the true one.
    pub within_1_5: Option<f64>,
    /// Spearman's rank correlation over cases.
    pub spearman: Option<f64>,
}

/// How the figures were made.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Protocol {
    /// The command that makes the file again.
    pub command: String,
    /// `cpu` or `gpu`.
    pub device: String,
    /// SHA-256 of the weights.
    pub weights_sha256: String,
    /// Voxels that figures are pooled over.
    pub voxels: Masked<u64>,
    /// Wrong ones among them.
    pub errors: Masked<u64>,
    /// Bootstrap replicates; 0 for none.
    pub replicates: usize,
    /// Seed of the replicates and of dropout.
    pub seed: u64,
    /// Width of the bins that scores are counted in, relative to the score.
    pub relative_bin_width: f64,
    /// Cases that temperature and expected Dice were fitted on.
    pub fitted_cases: usize,
    /// The fitted temperature.
    pub temperature: Option<Temperature>,
}

/// An evaluation: what `penumbra evaluate --json` writes and `penumbra results` reads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// Identifier of the model.
    pub model: String,
    /// Number of cases.
    pub cases: usize,
    /// Mean Dice over cases per foreground class.
    pub dice: BTreeMap<String, f64>,
    /// By name of the method.
    pub methods: BTreeMap<String, MethodMetrics>,
    /// Case by case, in their order.
    pub per_case: Vec<CaseMetrics>,
    /// 95 % bootstrap intervals of `dice`.
    pub dice_intervals: BTreeMap<String, Interval>,
    /// Mean HD95 over cases per foreground class in millimetres, where images say their spacing.
    pub hd95: BTreeMap<String, f64>,
    /// 95 % bootstrap intervals of `hd95`.
    pub hd95_intervals: BTreeMap<String, Interval>,
    /// How well images are judged as a whole.
    pub image_level: ImageLevel,
    /// The score of whole images that the model brings, chosen on its validation cases; none where it brings none.
    #[serde(default)]
    pub chosen_score: Option<ImageScoreKind>,
    /// By group of cases, lowest Dice first; empty where cases do not belong together.
    #[serde(default)]
    pub groups: Vec<GroupMetrics>,
    /// Expected against true numbers of wrong voxels, as the engine says them; none in evaluations from before it.
    #[serde(default)]
    pub expected_wrong: Option<ExpectedWrongFigures>,
    /// The same from the tempered probabilities alone, without what the model knows from its validation cases.
    #[serde(default)]
    pub expected_wrong_raw: Option<ExpectedWrongFigures>,
    /// The engine's list of places to look at against the true errors; none in evaluations from before it.
    #[serde(default)]
    pub regions: Option<RegionFigures>,
    /// Other lists by name: the one before it, and those from a single map.
    #[serde(default)]
    pub other_lists: BTreeMap<String, RegionFigures>,
    /// How the promises are kept over random splits of these cases by group; empty where it was not asked for.
    #[serde(default)]
    pub promises: Vec<PromiseCoverage>,
    /// Where second labels were given.
    pub second_observer: Option<SecondObserver>,
    /// How all of this was made.
    pub protocol: Protocol,
}

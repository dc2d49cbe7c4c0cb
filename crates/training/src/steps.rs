//! The loop over steps that every part shares: budget, reports, validation, best and last weights, going on later.

use std::collections::HashMap;
use std::time::Duration;

use burn::module::Module;
use burn::tensor::Tensor;
use evaluation::Progress;
use segwithu::weights::{Precision, Weights, serialise};
use tracing::info;
use web_time::Instant;

use crate::Error;
use crate::log::{Curves, Metrics, RunLog};
use crate::optimised::{OptimisedModule, StepMetrics};
use crate::run_folder::RunFolder;

/// What a validation gave.
#[derive(Debug, Clone, Default)]
pub struct ValidationMetrics {
    /// Larger is better.
    pub score: f64,
    /// Everything worth a curve.
    pub metrics: Metrics,
}

/// A part of a model that learns step by step. What a step does depends on its number and on the weights' state alone.
pub trait Learner {
    /// What is learnt.
    type Module: Module;

    /// Draws the patches of a step and computes their loss.
    fn loss(&self, step: usize) -> Result<Tensor<1>, Error>;

    /// Learning rate of a step.
    fn learning_rate(&self, step: usize) -> f64;

    /// Key and value of the learning rate in the configuration.
    fn rate_setting(&self) -> (&'static str, String);

    /// Scores the weights on validation cases.
    fn validate(&self) -> Result<ValidationMetrics, Error>;

    /// The weights with their optimiser.
    fn optimised(&self) -> &OptimisedModule<Self::Module>;

    /// The same, to be changed.
    fn optimised_mut(&mut self) -> &mut OptimisedModule<Self::Module>;

    /// Follows the gradient of one step.
    fn step(&mut self, step: usize) -> Result<StepMetrics, Error> {
        let loss = self.loss(step)?;
        let learning_rate = self.learning_rate(step);
        self.optimised_mut().step(loss, learning_rate)
    }
}

/// How long and how often.
#[derive(Debug, Clone, Copy)]
pub struct Schedule {
    /// Steps of the whole schedule.
    pub steps: usize,
    /// Steps between two validations; the last step is always validated.
    pub validate_every: usize,
    /// Validations without a better score after which training ends.
    pub tolerance: Option<usize>,
    /// Step before which a state is kept for others to branch off.
    pub branch_at: Option<usize>,
}

/// When to stop, though the schedule has not ended.
#[derive(Debug, Clone, Copy)]
pub struct Deadline(Option<Instant>);

impl Deadline {
    /// After a budget from now on; never without one.
    pub fn after(budget: Option<Duration>) -> Self {
        Self(budget.and_then(|budget| Instant::now().checked_add(budget)))
    }

    /// Whether the time is over.
    pub fn passed(self) -> bool {
        self.0.is_some_and(|deadline| Instant::now() >= deadline)
    }
}

/// Where a run begins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Start {
    /// Where the folder's own state ends, if there is one.
    pub resume: bool,
    /// Else in the state that another run left for this one, if it is named.
    pub branch: Option<String>,
}

/// When to stop, and who listens.
#[derive(Debug, Clone, Copy)]
pub struct Limits<'a> {
    /// When to stop.
    pub deadline: Deadline,
    /// Is told after every step.
    pub progress: &'a dyn Progress,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopReason {
    /// The schedule is done, or the tolerance used up.
    Finished,
    /// The time was over; a run that resumes goes on.
    OutOfTime,
}

/// What the loop itself must remember. The texts of numbers lead back to the same bits.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct RunState {
    step: usize,
    best: Option<f64>,
    /// Validations since the best.
    since_best: usize,
    seconds: f64,
    /// Sum and count of the losses since the last report.
    losses: (f64, usize),
}

impl RunState {
    fn to_metadata(self, identity: &str) -> HashMap<String, String> {
        let entries = [
            ("step", self.step.to_string()),
            (
                "best",
                self.best.map_or_else(String::new, |best| best.to_string()),
            ),
            ("since_best", self.since_best.to_string()),
            ("seconds", self.seconds.to_string()),
            ("loss_sum", self.losses.0.to_string()),
            ("loss_count", self.losses.1.to_string()),
            ("identity", identity.to_owned()),
        ];
        entries.map(|(key, value)| (key.to_owned(), value)).into()
    }

    fn from_metadata(state: &Weights<'_>) -> Option<Self> {
        let best = state.metadata("best")?;
        Some(Self {
            step: state.metadata("step")?.parse().ok()?,
            best: if best.is_empty() {
                None
            } else {
                Some(best.parse().ok()?)
            },
            since_best: state.metadata("since_best")?.parse().ok()?,
            seconds: state.metadata("seconds")?.parse().ok()?,
            losses: (
                state.metadata("loss_sum")?.parse().ok()?,
                state.metadata("loss_count")?.parse().ok()?,
            ),
        })
    }
}

/// Trains a part until the schedule or the time ends, and leaves best and last weights, state, log and curves in the folder.
///
/// `identity` names what the part's state depends on beside its configuration, such as the backbone of a head; another
/// one is refused on resuming.
pub fn train<L: Learner>(
    learner: &mut L,
    schedule: &Schedule,
    folder: RunFolder<'_>,
    start: &Start,
    identity: &str,
    limits: Limits<'_>,
) -> Result<StopReason, Error> {
    let part = folder.part();
    let storage = folder.storage;
    let mut state = begin(learner, folder, start, identity)?;
    let mut log = RunLog::open(folder, state.step, state.seconds, schedule.steps)?;
    let given_up = |state: &RunState| {
        schedule
            .tolerance
            .is_some_and(|tolerance| state.since_best >= tolerance)
    };
    if state.step >= schedule.steps || given_up(&state) {
        info!("{part}: nothing left to do");
        return Ok(StopReason::Finished);
    }
    let report_every = (schedule.steps / 100).clamp(1, 50);
    loop {
        if schedule.branch_at == Some(state.step) {
            save_state(learner, &state, "", folder, &folder.branch())?;
        }
        let done = learner.step(state.step)?;
        if !done.loss.is_finite() {
            let (key, rate) = learner.rate_setting();
            return Err(Error::Diverged {
                loss: done.loss,
                step: state.step,
                key,
                rate,
            });
        }
        state.step += 1;
        state.losses = (state.losses.0 + done.loss, state.losses.1 + 1);
        let ended = state.step >= schedule.steps;
        let validate = ended || state.step.is_multiple_of(schedule.validate_every);
        if validate || state.step.is_multiple_of(report_every) {
            let mut metrics = Metrics::from([
                ("loss".to_owned(), state.losses.0 / state.losses.1 as f64),
                ("gradient_norm".to_owned(), done.gradient_norm),
                ("learning_rate".to_owned(), done.learning_rate),
            ]);
            state.losses = (0.0, 0);
            if validate {
                let validation = learner.validate()?;
                metrics.extend(validation.metrics);
                keep_if_better(learner, &mut state, validation.score, folder)?;
            }
            log.report(state.step, &metrics)?;
        }
        limits.progress.step(&part, state.step, schedule.steps, "");
        let out_of_time = limits.deadline.passed();
        let finished = ended || given_up(&state);
        if validate || out_of_time {
            state.seconds = log.seconds();
            storage.write(&folder.weights("last"), &learner.optimised().weights()?)?;
            save_state(learner, &state, identity, folder, &folder.state())?;
            log.draw(&PLOTS)?;
        }
        if finished {
            let best = state.best.unwrap_or(f64::NAN);
            info!("{part}: done, best score {best:.4}");
            return Ok(StopReason::Finished);
        }
        if out_of_time {
            if state.best.is_none() {
                // Something to go on with; the first validation replaces it.
                storage.write(&folder.weights("best"), &learner.optimised().weights()?)?;
            }
            info!(
                "{part}: out of time after {} of {} steps; a run that resumes goes on from there",
                state.step, schedule.steps
            );
            return Ok(StopReason::OutOfTime);
        }
    }
}

/// Keeps the weights where their score is the best so far.
fn keep_if_better<L: Learner>(
    learner: &L,
    state: &mut RunState,
    score: f64,
    folder: RunFolder<'_>,
) -> Result<(), Error> {
    if state.best.is_none_or(|best| score > best) {
        state.best = Some(score);
        state.since_best = 0;
        folder
            .storage
            .write(&folder.weights("best"), &learner.optimised().weights()?)
    } else {
        state.since_best += 1;
        Ok(())
    }
}

fn begin<L: Learner>(
    learner: &mut L,
    folder: RunFolder<'_>,
    start: &Start,
    identity: &str,
) -> Result<RunState, Error> {
    let (part, file) = (folder.part(), folder.state());
    if start.resume && folder.storage.contains(&file) {
        let (state, found) = take_up(learner, folder, &file)?;
        if found != identity {
            return Err(Error::OtherBackbone {
                file: folder.storage.display_name(&file),
            });
        }
        info!("{part}: going on after step {}", state.step);
        return Ok(state);
    }
    if start.resume {
        info!("{part}: no state to resume, starting anew");
    }
    let Some(branch) = &start.branch else {
        return Ok(RunState::default());
    };
    let (state, _) = take_up(learner, folder, branch)?;
    info!("{part}: branching off after step {}", state.step);
    Ok(RunState {
        step: state.step,
        ..RunState::default()
    })
}

/// Takes up a stored state: where it stood, and its identity.
fn take_up<L: Learner>(
    learner: &mut L,
    folder: RunFolder<'_>,
    file: &str,
) -> Result<(RunState, String), Error> {
    let bytes = folder.storage.require(file)?;
    let stored = Weights::from_bytes(&bytes)?;
    let state = RunState::from_metadata(&stored).ok_or_else(|| Error::State {
        file: folder.storage.display_name(file),
    })?;
    learner.optimised_mut().restore(&stored)?;
    let identity = stored.metadata("identity").unwrap_or_default().to_owned();
    Ok((state, identity))
}

fn save_state<L: Learner>(
    learner: &L,
    state: &RunState,
    identity: &str,
    folder: RunFolder<'_>,
    file: &str,
) -> Result<(), Error> {
    let metadata = state.to_metadata(identity);
    let bytes = serialise(
        &learner.optimised().state()?,
        Precision::Full,
        Some(metadata),
    )?;
    folder.storage.write(file, &bytes)
}

/// Losses, and the scores between 0 and 1.
const PLOTS: [Curves; 2] = [
    Curves {
        name: "loss",
        label: "loss",
        belongs: |metric| metric.contains("loss"),
    },
    Curves {
        name: "scores",
        label: "score on validation cases",
        belongs: |metric| metric.starts_with("dice") || metric.starts_with("auroc"),
    },
];

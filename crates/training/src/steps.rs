//! The loop over steps that every part shares: budget, reports, validation, best and last weights, going on later.

use std::collections::HashMap;
use std::time::Duration;

use evaluation::Progress;
use segwithu::weights::{NamedTensors, Precision, Weights, serialise};
use tracing::info;
use web_time::Instant;

use crate::Error;
use crate::log::{Curves, Metrics, RunLog};
use crate::run_folder::RunFolder;

/// What a step gave.
#[derive(Debug, Clone, Copy)]
pub struct StepMetrics {
    /// The loss before the step.
    pub loss: f64,
    /// Norm of the gradient before clipping.
    pub gradient_norm: f64,
    /// Learning rate of the step.
    pub learning_rate: f64,
}

/// What a validation gave.
#[derive(Debug, Clone, Default)]
pub struct ValidationMetrics {
    /// Larger is better.
    pub score: f64,
    /// Everything worth a curve.
    pub figures: Metrics,
}

/// A part of a model that learns step by step. What a step does depends on its number and the state alone.
pub trait Learner {
    /// Draws, computes and applies the gradient of one step.
    fn step(&mut self, step: usize) -> Result<StepMetrics, Error>;
    /// Judges the weights on validation cases.
    fn validate(&mut self) -> Result<ValidationMetrics, Error>;
    /// The weights, in full precision, as a file.
    fn weights(&self) -> Result<Vec<u8>, Error>;
    /// Weights and the optimiser's memory.
    fn state(&self) -> Result<NamedTensors, Error>;
    /// Takes up a state.
    fn restore(&mut self, state: &Weights<'_>) -> Result<(), Error>;
    /// What to try where the loss is no longer finite, such as a smaller learning rate.
    fn remedy(&self) -> String;
}

/// How long and how often.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
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
pub enum Outcome {
    /// The schedule is done, or the tolerance used up.
    Finished,
    /// The time was over; `--resume` goes on.
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

/// Trains a part until the plan or the time ends, and leaves best and last weights, state, log and curves in the folder.
///
/// `identity` names what the part's state depends on beside its configuration, such as the backbone of a head; another
/// one is refused on resuming.
pub fn train(
    learner: &mut dyn Learner,
    plan: &Plan,
    folder: RunFolder<'_>,
    start: &Start,
    identity: &str,
    limits: Limits<'_>,
) -> Result<Outcome, Error> {
    let part = folder.part();
    let storage = folder.storage;
    let mut state = begin(learner, folder, start, identity)?;
    let mut log = RunLog::open(folder, state.step, state.seconds, plan.steps)?;
    let given_up = |state: &RunState| {
        plan.tolerance
            .is_some_and(|tolerance| state.since_best >= tolerance)
    };
    if state.step >= plan.steps || given_up(&state) {
        info!("{part}: nothing left to do");
        return Ok(Outcome::Finished);
    }
    let report_every = (plan.steps / 100).clamp(1, 50);
    loop {
        if plan.branch_at == Some(state.step) {
            save_state(learner, &state, "", folder, &folder.branch())?;
        }
        let done = learner.step(state.step)?;
        if !done.loss.is_finite() {
            return Err(Error::Training(format!(
                "the loss became {} at step {}; {}",
                done.loss,
                state.step,
                learner.remedy()
            )));
        }
        state.step += 1;
        state.losses = (state.losses.0 + done.loss, state.losses.1 + 1);
        let ended = state.step >= plan.steps;
        let validate = ended || state.step.is_multiple_of(plan.validate_every);
        if validate || state.step.is_multiple_of(report_every) {
            let mut figures = Metrics::from([
                ("loss".to_owned(), state.losses.0 / state.losses.1 as f64),
                ("gradient_norm".to_owned(), done.gradient_norm),
                ("learning_rate".to_owned(), done.learning_rate),
            ]);
            state.losses = (0.0, 0);
            if validate {
                let validation = learner.validate()?;
                figures.extend(validation.figures);
                keep_if_better(learner, &mut state, validation.score, folder)?;
            }
            log.report(state.step, &figures)?;
        }
        limits.progress.step(&part, state.step, plan.steps, "");
        let out_of_time = limits.deadline.passed();
        let finished = ended || given_up(&state);
        if validate || out_of_time {
            state.seconds = log.seconds();
            storage.write(&folder.weights("last"), &learner.weights()?)?;
            save_state(learner, &state, identity, folder, &folder.state())?;
            log.draw(&PLOTS)?;
        }
        if finished {
            let best = state.best.unwrap_or(f64::NAN);
            info!("{part}: done, best score {best:.4}");
            return Ok(Outcome::Finished);
        }
        if out_of_time {
            if state.best.is_none() {
                // Something to go on with; the first validation replaces it.
                storage.write(&folder.weights("best"), &learner.weights()?)?;
            }
            info!(
                "{part}: out of time after {} of {} steps; --resume goes on",
                state.step, plan.steps
            );
            return Ok(Outcome::OutOfTime);
        }
    }
}

/// Keeps the weights where their score is the best so far.
fn keep_if_better(
    learner: &dyn Learner,
    state: &mut RunState,
    score: f64,
    folder: RunFolder<'_>,
) -> Result<(), Error> {
    if state.best.is_none_or(|best| score > best) {
        state.best = Some(score);
        state.since_best = 0;
        folder
            .storage
            .write(&folder.weights("best"), &learner.weights()?)
    } else {
        state.since_best += 1;
        Ok(())
    }
}

fn begin(
    learner: &mut dyn Learner,
    folder: RunFolder<'_>,
    start: &Start,
    identity: &str,
) -> Result<RunState, Error> {
    let (part, file) = (folder.part(), folder.state());
    if start.resume && folder.storage.contains(&file) {
        let (state, found) = take_up(learner, folder, &file)?;
        if found != identity {
            return Err(Error::Data(format!(
                "{} belongs to another backbone than the folder's; train the head again without --resume",
                folder.storage.shown(&file)
            )));
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
fn take_up(
    learner: &mut dyn Learner,
    folder: RunFolder<'_>,
    file: &str,
) -> Result<(RunState, String), Error> {
    let bytes = folder.storage.expect(file)?;
    let stored = Weights::from_bytes(&bytes)?;
    let state = RunState::from_metadata(&stored).ok_or_else(|| {
        Error::Data(format!(
            "{} does not say where its run stood; train again without --resume",
            folder.storage.shown(file)
        ))
    })?;
    learner.restore(&stored)?;
    let identity = stored.metadata("identity").unwrap_or_default().to_owned();
    Ok((state, identity))
}

fn save_state(
    learner: &dyn Learner,
    state: &RunState,
    identity: &str,
    folder: RunFolder<'_>,
    file: &str,
) -> Result<(), Error> {
    let metadata = state.to_metadata(identity);
    let bytes = serialise(&learner.state()?, Precision::Full, Some(metadata))?;
    folder.storage.write(file, &bytes)
}

/// Losses, and the scores between 0 and 1.
const PLOTS: [Curves; 2] = [
    Curves {
        name: "loss",
        label: "loss",
        belongs: |figure| figure.contains("loss"),
    },
    Curves {
        name: "scores",
        label: "score on validation cases",
        belongs: |figure| figure.starts_with("dice") || figure.starts_with("auroc"),
    },
];

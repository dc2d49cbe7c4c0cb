//! The loop over steps that every part shares: budget, reports, validation, best and last weights, going on later.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use segwithu::weights::{NamedTensors, Precision, Weights, serialise};

use super::log::{Curves, Figures, RunLog};
use super::run_folder::RunFolder;
use crate::Error;
use crate::model::read;

/// What a step gave.
#[derive(Debug, Clone, Copy)]
pub struct StepFigures {
    /// The loss before the step.
    pub loss: f64,
    /// Norm of the gradient before clipping.
    pub gradient_norm: f64,
    /// Learning rate of the step.
    pub learning_rate: f64,
}

/// What a validation gave.
#[derive(Debug, Clone, Default)]
pub struct ValidationFigures {
    /// Larger is better.
    pub score: f64,
    /// Everything worth a curve.
    pub figures: Figures,
}

/// A part of a model that learns step by step. What a step does depends on its number and the state alone.
pub trait Learner {
    /// Draws, computes and applies the gradient of one step.
    fn step(&mut self, step: usize) -> Result<StepFigures, Error>;
    /// Judges the weights on validation cases.
    fn validate(&mut self) -> Result<ValidationFigures, Error>;
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
    pub branch: Option<PathBuf>,
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
struct Progress {
    step: usize,
    best: Option<f64>,
    /// Validations since the best.
    since_best: usize,
    seconds: f64,
    /// Sum and count of the losses since the last report.
    losses: (f64, usize),
}

impl Progress {
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
    folder: &RunFolder,
    start: &Start,
    identity: &str,
    deadline: Deadline,
) -> Result<Outcome, Error> {
    let mut progress = begin(learner, folder, start, identity)?;
    let mut log = RunLog::open(folder, progress.step, progress.seconds, plan.steps)?;
    let given_up = |progress: &Progress| {
        plan.tolerance
            .is_some_and(|tolerance| progress.since_best >= tolerance)
    };
    if progress.step >= plan.steps || given_up(&progress) {
        println!("{}: nothing left to do", folder.part());
        return Ok(Outcome::Finished);
    }
    let report_every = (plan.steps / 100).clamp(1, 50);
    loop {
        if plan.branch_at == Some(progress.step) {
            save_state(learner, &progress, "", &folder.branch())?;
        }
        let done = learner.step(progress.step)?;
        if !done.loss.is_finite() {
            return Err(Error::Training(format!(
                "the loss became {} at step {}; {}",
                done.loss,
                progress.step,
                learner.remedy()
            )));
        }
        progress.step += 1;
        progress.losses = (progress.losses.0 + done.loss, progress.losses.1 + 1);
        let ended = progress.step >= plan.steps;
        let validate = ended || progress.step.is_multiple_of(plan.validate_every);
        if validate || progress.step.is_multiple_of(report_every) {
            let mut figures = Figures::from([
                (
                    "loss".to_owned(),
                    progress.losses.0 / progress.losses.1 as f64,
                ),
                ("gradient_norm".to_owned(), done.gradient_norm),
                ("learning_rate".to_owned(), done.learning_rate),
            ]);
            progress.losses = (0.0, 0);
            if validate {
                let validation = learner.validate()?;
                figures.extend(validation.figures);
                judge(learner, &mut progress, validation.score, folder)?;
            }
            log.report(progress.step, &figures)?;
        }
        let out_of_time = deadline.passed();
        let finished = ended || given_up(&progress);
        if validate || out_of_time {
            progress.seconds = log.seconds();
            RunFolder::replace(&folder.weights("last"), &learner.weights()?)?;
            save_state(learner, &progress, identity, &folder.state())?;
            log.draw(&PLOTS)?;
        }
        if finished {
            let best = progress.best.unwrap_or(f64::NAN);
            println!("{}: done, best score {best:.4}", folder.part());
            return Ok(Outcome::Finished);
        }
        if out_of_time {
            if progress.best.is_none() {
                // Something to go on with; the first validation replaces it.
                RunFolder::replace(&folder.weights("best"), &learner.weights()?)?;
            }
            println!(
                "{}: out of time after {} of {} steps; --resume goes on",
                folder.part(),
                progress.step,
                plan.steps
            );
            return Ok(Outcome::OutOfTime);
        }
    }
}

fn judge(
    learner: &dyn Learner,
    progress: &mut Progress,
    score: f64,
    folder: &RunFolder,
) -> Result<(), Error> {
    if progress.best.is_none_or(|best| score > best) {
        progress.best = Some(score);
        progress.since_best = 0;
        RunFolder::replace(&folder.weights("best"), &learner.weights()?)
    } else {
        progress.since_best += 1;
        Ok(())
    }
}

fn begin(
    learner: &mut dyn Learner,
    folder: &RunFolder,
    start: &Start,
    identity: &str,
) -> Result<Progress, Error> {
    let path = folder.state();
    if start.resume && path.is_file() {
        let (progress, found) = take_up(learner, &path)?;
        if found != identity {
            return Err(Error::Data(format!(
                "{} belongs to another backbone than the folder's; train the head again without --resume",
                path.display()
            )));
        }
        println!("{}: going on after step {}", folder.part(), progress.step);
        return Ok(progress);
    }
    if start.resume {
        println!("{}: no state to resume, starting anew", folder.part());
    }
    let Some(branch) = &start.branch else {
        return Ok(Progress::default());
    };
    let (progress, _) = take_up(learner, branch)?;
    println!(
        "{}: branching off after step {}",
        folder.part(),
        progress.step
    );
    Ok(Progress {
        step: progress.step,
        ..Progress::default()
    })
}

/// Takes up a stored state: where it stood, and its identity.
fn take_up(learner: &mut dyn Learner, path: &Path) -> Result<(Progress, String), Error> {
    let bytes = read(path)?;
    let state = Weights::from_bytes(&bytes)?;
    let progress = Progress::from_metadata(&state).ok_or_else(|| {
        Error::Data(format!(
            "{} does not say where its run stood; train again without --resume",
            path.display()
        ))
    })?;
    learner.restore(&state)?;
    let identity = state.metadata("identity").unwrap_or_default().to_owned();
    Ok((progress, identity))
}

fn save_state(
    learner: &dyn Learner,
    progress: &Progress,
    identity: &str,
    path: &Path,
) -> Result<(), Error> {
    let metadata = progress.to_metadata(identity);
    let bytes = serialise(&learner.state()?, Precision::Full, Some(metadata))?;
    RunFolder::replace(path, &bytes)
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

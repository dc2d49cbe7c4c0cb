//! What can go wrong in an evaluation.

use std::fmt;

/// Errors of this crate: one sentence each, with the value and what to do.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no method of that name.
    #[error("there is no method `{name}`; choose among {known}")]
    UnknownMethod {
        /// The name.
        name: String,
        /// All names.
        known: String,
    },
    /// A method lacks what it needs beside the model.
    #[error("the method `{method}` needs {need}")]
    MethodNeeds {
        /// Name of the method.
        method: &'static str,
        /// What it needs.
        need: Need,
    },
    /// The model gives no map that a method needs.
    #[error("the model gives no {0} map for this image; leave out the methods that need it")]
    NoMap(&'static str),
    /// Networks that should be averaged give different numbers of values.
    #[error(
        "`{method}` gives {found} probabilities where the model gives {expected}; its networks must have the same classes"
    )]
    OtherClasses {
        /// Name of the method.
        method: &'static str,
        /// Number of values of one network.
        found: usize,
        /// Number of values of the others.
        expected: usize,
    },
    /// A stored evaluation, or a table of reference figures, cannot be read.
    #[error("{file}: it is no stored evaluation ({reason})")]
    Format {
        /// The file, as it was named.
        file: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Two evaluations of one report have the same name.
    #[error("two evaluations are named `{0}`; give their files different names")]
    SameName(String),
    /// The cases.
    #[error(transparent)]
    Dataset(#[from] dataset::Error),
    /// The engine.
    #[error(transparent)]
    Engine(#[from] engine::Error),
    /// The metrics.
    #[error(transparent)]
    Metrics(#[from] uq::Error),
}

/// What a method needs beside the model and the cases to evaluate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Cases that a temperature is fitted on.
    FittingCases,
    /// Further models of an ensemble.
    Members,
    /// The probability of dropout that the backbone was trained with.
    DropoutRate,
}

impl fmt::Display for Need {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::FittingCases => "cases to fit on",
            Self::Members => "other models",
            Self::DropoutRate => "the probability that the backbone was trained with",
        })
    }
}

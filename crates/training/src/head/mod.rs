//! Training of the uncertainty head on a frozen backbone.

mod learner;
mod metrics;
mod steps;
mod validation;

pub(crate) use learner::{BackboneFiles, HeadLearner, network_config};

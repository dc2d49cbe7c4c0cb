//! The configuration file of a training run.

mod augmentation;
mod check;
mod read;
mod sections;

pub use augmentation::{Augmentation, Chance, Flip, Rotation};
pub(crate) use sections::three_axes;
pub use sections::{
    BackboneOptimiser, BackboneSection, BandShares, BundleSection, HeadCases, HeadScore,
    HeadSection, ModelSection, NormalisationChoice, PreprocessingSection, Refit, RunConfig,
    Sampling, ValidationView,
};

//! What can go wrong in the command line.

use std::path::PathBuf;

use evaluation::Need;
use segwithu::head::MapKind;
use training::Fold;

use crate::variables::MODELS;

/// Errors of the command line: one sentence each, for stderr. Libraries know no commands and no options; what to type
/// is added here.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A recipe for a backbone.
    #[error(
        "the recipe `{0}` is one of the head; `train backbone` takes none; see `penumbra train --help`"
    )]
    RecipeOfBackbone(String),
    /// A fold for something else than a backbone.
    #[error("--fold {}/{} belongs to `train backbone`; see `penumbra train --help`", .0.number, .0.of)]
    FoldOfHead(Fold),
    /// There is no map of that name.
    #[error(
        "there is no map `{0}`; choose among {known}",
        known = MapKind::ALL.map(MapKind::name).join(", ")
    )]
    UnknownMap(String),
    /// No evaluation was named.
    #[error(
        "`penumbra results` needs at least one file of `penumbra evaluate`; see `penumbra results --help`"
    )]
    NoEvaluations,
    /// A calibration without cases.
    #[error(
        "`penumbra calibrate` needs --data DIR or --cases FILE; see `penumbra calibrate --help`"
    )]
    NothingToCalibrateOn,
    /// A bundle that cannot be written to.
    #[error(
        "the model `{0}` is inside the program and cannot be changed; give the folder of a bundle, or --out"
    )]
    BundleInProgram(String),
    /// A file is not what `evaluate` writes.
    #[error("{} is no evaluation ({source}); write it with `penumbra evaluate`", path.display())]
    NoEvaluation {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// An evaluation of another model.
    #[error(
        "{} is an evaluation of other weights than those of `{model}`; evaluate this model",
        path.display()
    )]
    OtherWeights {
        /// The file.
        path: PathBuf,
        /// The model.
        model: String,
    },
    /// An image is wrong.
    #[error("{}: {source}", path.display())]
    Image {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: imaging::Error,
    },
    /// A file or folder has no such series.
    #[error(
        "{} holds {count} series, so there is no series {series}; see `penumbra info`, which counts them from 0",
        path.display()
    )]
    NoSeries {
        /// The file or folder.
        path: PathBuf,
        /// How many it holds.
        count: usize,
        /// The series that was asked for.
        series: usize,
    },
    /// A folder holds no files.
    #[error("{} holds no files; name a folder with images", .0.display())]
    EmptyFolder(PathBuf),
    /// Some files could not be described.
    #[error("{bad} of {count} files could not be opened; see their errors above")]
    Unopened {
        /// How many.
        bad: usize,
        /// Of how many.
        count: usize,
    },
    /// No image of a folder is in a split.
    #[error(
        "no image of {} is in the split `{split}`; check splits.json beside it",
        folder.display()
    )]
    NotInSplit {
        /// The folder.
        folder: PathBuf,
        /// The split.
        split: String,
    },
    /// The model says too little about images of its own kind.
    #[error(
        "the model knows too few images of its own kind to compare with; pack it with at least 5 validation cases"
    )]
    TooFewImages,
    /// Results that JSON cannot hold.
    #[error("the figures have no JSON form ({0})")]
    Json(#[from] serde_json::Error),
    /// No models at all were found.
    #[error("no models were found; set {} to a folder of bundles", MODELS)]
    NoModels,
    /// There is no such model.
    #[error(
        "there is no model `{model}`; give the folder of a bundle, or {}",
        where_else(known)
    )]
    UnknownModel {
        /// As it was named.
        model: String,
        /// Identifiers of those that there are.
        known: Vec<String>,
    },
    /// A model's window has neither two nor three axes.
    #[error("the window {0:?} has neither two nor three axes; pack the model again")]
    Window(Vec<usize>),
    /// No graphics adapter answers.
    #[error("no graphics adapter could be used ({0}); use --device cpu")]
    NoAdapter(String),
    /// The program was built without graphics.
    #[cfg(not(feature = "gpu"))]
    #[error("this build has no graphics backend; use --device cpu")]
    NoGraphics,
    /// The program was built without CUDA.
    #[cfg(not(feature = "cuda"))]
    #[error("this build has no CUDA backend; build it with `--features cuda`, or use --device cpu")]
    NoCuda,
    /// The device computes something else than the model's known answer.
    #[error(
        "the device fails the model's known-answer test by {difference:.1e} of the sums; use --device cpu"
    )]
    KnownAnswer {
        /// Largest difference of a sum, relative to it.
        difference: f64,
    },
    /// The data set, or a file.
    #[error(transparent)]
    Dataset(#[from] dataset::Error),
    /// The evaluation.
    #[error("{0}{hint}", hint = evaluation_hint(.0))]
    Evaluation(#[from] evaluation::Error),
    /// Training.
    #[error("{0}{hint}", hint = training_hint(.0))]
    Training(#[from] training::Error),
    /// The engine.
    #[error(transparent)]
    Engine(#[from] engine::Error),
}

impl Error {
    /// Exit code: 2 for wrong usage, 1 for everything else.
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::RecipeOfBackbone(_)
            | Self::FoldOfHead(_)
            | Self::UnknownMap(_)
            | Self::NoEvaluations
            | Self::NothingToCalibrateOn
            | Self::Evaluation(
                evaluation::Error::UnknownMethod { .. } | evaluation::Error::MethodNeeds { .. },
            ) => 2,
            #[cfg(not(feature = "gpu"))]
            Self::NoGraphics => 1,
            #[cfg(not(feature = "cuda"))]
            Self::NoCuda => 1,
            Self::BundleInProgram(_)
            | Self::NoEvaluation { .. }
            | Self::OtherWeights { .. }
            | Self::Image { .. }
            | Self::NoSeries { .. }
            | Self::EmptyFolder(_)
            | Self::Unopened { .. }
            | Self::NotInSplit { .. }
            | Self::TooFewImages
            | Self::Json(_)
            | Self::NoModels
            | Self::UnknownModel { .. }
            | Self::Window(_)
            | Self::NoAdapter(_)
            | Self::KnownAnswer { .. }
            | Self::Dataset(_)
            | Self::Evaluation(_)
            | Self::Training(_)
            | Self::Engine(_) => 1,
        }
    }
}

/// What else may be named where there is no model of a name.
fn where_else(known: &[String]) -> String {
    if known.is_empty() {
        format!("set {MODELS} to a folder of bundles")
    } else {
        format!("choose among {}", known.join(", "))
    }
}

/// The option that gives what an evaluation lacks.
const fn evaluation_hint(error: &evaluation::Error) -> &'static str {
    let evaluation::Error::MethodNeeds { need, .. } = error else {
        return "";
    };
    match need {
        Need::FittingCases => "; give --fit-split val or --fit-cases",
        Need::Members => "; give --members RUN,RUN",
        Need::DropoutRate => "; give --dropout RATE",
    }
}

/// The command that makes what training lacks.
fn training_hint(error: &training::Error) -> String {
    use training::Error::{NoBackbone, OtherBackbone, State, StoredConfig};
    if let NoBackbone { fold, .. } = error {
        let option = fold.map_or_else(String::new, |Fold { number, of }| {
            format!(" --fold {number}/{of}")
        });
        format!(" with `penumbra train backbone{option}`")
    } else if matches!(
        error,
        OtherBackbone { .. } | State { .. } | StoredConfig { .. }
    ) {
        ", without --resume".to_owned()
    } else {
        String::new()
    }
}

#[cfg(test)]
mod tests {
    use evaluation::{Method, Need};
    use training::Fold;

    use super::Error;

    #[test]
    fn what_to_type_is_added_to_what_libraries_say() {
        let needs = Error::from(Method::Temperature.lacks(Need::FittingCases));
        assert_eq!(
            needs.to_string(),
            "the method `temperature` needs cases to fit on; give --fit-split val or --fit-cases"
        );
        assert_eq!(needs.exit_code(), 2);
        let file = "run/backbone_fold2of4_best.safetensors".to_owned();
        let fold = Some(Fold { number: 2, of: 4 });
        let missing = Error::from(training::Error::NoBackbone { file, fold });
        assert_eq!(
            missing.to_string(),
            "run/backbone_fold2of4_best.safetensors does not exist; train the backbone of fold 2/4 first \
             with `penumbra train backbone --fold 2/4`"
        );
        assert_eq!(missing.exit_code(), 1);
        let other = training::Error::OtherBackbone {
            file: "state".to_owned(),
        };
        let said = Error::from(other).to_string();
        assert!(said.ends_with("from the start, without --resume"), "{said}");
    }

    #[test]
    fn an_unknown_model_is_told_what_there_is() {
        let unknown = |known: &[&str]| {
            let known = known.iter().map(|&id| id.to_owned()).collect();
            let model = "x".to_owned();
            Error::UnknownModel { model, known }.to_string()
        };
        assert!(unknown(&[]).ends_with("or set PENUMBRA_MODELS to a folder of bundles"));
        assert!(unknown(&["a", "b"]).ends_with("or choose among a, b"));
    }
}

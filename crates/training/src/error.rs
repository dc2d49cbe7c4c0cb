//! What can go wrong in training.

use crate::folds::Fold;

/// Errors of this crate: one sentence each, with the file or the value and what to do.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A configuration file is wrong.
    #[error("{file}: {source}")]
    ConfigFile {
        /// The file, as it was named.
        file: String,
        /// What is wrong with it.
        source: Box<Self>,
    },
    /// A configuration file is no text.
    #[error("it is no UTF-8 text; save it as such")]
    NotText,
    /// A configuration is not TOML, or has a key that does not exist.
    #[error("{}{message}", line.map(|line| format!("line {line}: ")).unwrap_or_default())]
    Toml {
        /// Line of the fault, from 1, where it is known.
        line: Option<usize>,
        /// What is wrong there.
        message: String,
    },
    /// A value of a configuration is impossible.
    #[error("{key} is {value}, but it must be {expected}")]
    Value {
        /// The key with its sections, such as `head.band.tail`.
        key: String,
        /// The value, as it is written.
        value: String,
        /// What values are possible.
        expected: String,
    },
    /// `head.refit` is there and asks for nothing.
    #[error(
        "head.refit asks for nothing; give it `near`, `ranking = true` or both, or leave it out"
    )]
    NothingToRefit,
    /// A configuration has no such recipe.
    #[error("there is no recipe `{recipe}`; choose among {}", known.join(", "))]
    UnknownRecipe {
        /// Its name.
        recipe: String,
        /// Names of those that there are.
        known: Vec<String>,
    },
    /// A configuration redefines the recipe `reference`.
    #[error("recipes.reference is the reference's own name; choose another")]
    ReservedRecipe,
    /// A recipe is something else than a table.
    #[error("recipes.{0} must be a table of keys of [head]")]
    RecipeTable(String),
    /// A recipe makes the configuration impossible.
    #[error("with the recipe `{recipe}`: {source}")]
    Recipe {
        /// Name of the recipe.
        recipe: String,
        /// What is wrong with the configuration that it makes.
        source: Box<Self>,
    },
    /// The configuration that a run left cannot be read or written.
    #[error("{file}: {source}; train the part again from the start")]
    StoredConfig {
        /// The file, as it was named.
        file: String,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// A run is to go on, or to be built on, with another configuration than its own.
    #[error(
        "{file}: {key} is {earlier} there and {now} in this configuration; {}",
        purpose.advice()
    )]
    OtherConfig {
        /// The run's own configuration, as it was named.
        file: String,
        /// The first key whose values differ.
        key: String,
        /// Its value in the run, JSON.
        earlier: String,
        /// Its value now, JSON.
        now: String,
        /// Why they must agree.
        purpose: ConfigPurpose,
    },
    /// `bundle.colours` are not one for each class.
    #[error(
        "bundle.colours lists {colours} colours for the {classes} classes of {file}; give one for each, background first"
    )]
    Colours {
        /// How many are listed.
        colours: usize,
        /// How many classes there are, background included.
        classes: usize,
        /// The description of the data set, as it was named.
        file: String,
    },
    /// No training case has a labelled voxel, so that nothing can be measured on them.
    #[error(
        "no training label of {data} is other than background, so the intensities cannot be measured; choose normalisation `z_score`"
    )]
    NoForeground {
        /// The data set.
        data: String,
    },
    /// The stored configuration of a run lacks the numbers of its normalisation.
    #[error("the run's configuration does not hold the measured normalisation; train it again")]
    NotMeasured,
    /// A picture for a network of volumes, or the reverse.
    #[error(
        "{file} has {planes} planes, but model.spatial_dims is {spatial_dims}; pictures need 2 and volumes 3"
    )]
    Planes {
        /// The image, as it was named.
        file: String,
        /// How many it has.
        planes: usize,
        /// What the configuration asks for.
        spatial_dims: usize,
    },
    /// A voxel of an image is no finite number.
    #[error(
        "{file} holds the value {value}, which is no finite number; repair the image or remove the case"
    )]
    NotFinite {
        /// The image, as it was named.
        file: String,
        /// The first such value.
        value: f32,
    },
    /// Labels do not lie on the grid of their image.
    #[error(
        "{file}: the labels lie on another grid than their image, by the geometry of the two files; resample them onto it"
    )]
    LabelGrid {
        /// The label file, as it was named.
        file: String,
    },
    /// An image or its labels cannot be prepared for the network.
    #[error("{file}: {source}")]
    Case {
        /// The file, as it was named.
        file: String,
        /// What is wrong with it.
        source: engine::Error,
    },
    /// No training case is left for the backbone.
    #[error(
        "no training case is left beside those kept from the backbone (held_out {held_out}); keep fewer"
    )]
    NoTrainingCase {
        /// Share of the cases that are kept from it.
        held_out: f64,
    },
    /// The loss is no longer finite.
    #[error("the loss became {loss} at step {step}; lower {key} (now {rate})")]
    Diverged {
        /// The loss.
        loss: f64,
        /// The step, from 0.
        step: usize,
        /// Key of the learning rate in the configuration.
        key: &'static str,
        /// Its value.
        rate: String,
    },
    /// A head with folds lacks one of their backbones.
    #[error("the backbone number {0} is missing; train the folds again")]
    FoldOfCase(usize),
    /// A backbone is needed that was not trained yet.
    #[error(
        "{file} does not exist; train the {} first",
        part_name(*fold)
    )]
    NoBackbone {
        /// Its weights, as they would be named.
        file: String,
        /// The fold; the backbone of all cases where there is none.
        fold: Option<Fold>,
    },
    /// The state of a head belongs to another backbone than the one that is there.
    #[error(
        "{file} belongs to another backbone than the folder's; train the head again from the start"
    )]
    OtherBackbone {
        /// The state, as it was named.
        file: String,
    },
    /// The state of a run does not say how far it had come.
    #[error("{file} does not say where its run stood; train it again from the start")]
    State {
        /// The state, as it was named.
        file: String,
    },
    /// The calibration layer is to be fitted on nothing.
    #[error(
        "the calibration layer cannot be fitted without validation cases; name some in splits.json, or leave out head.refit.near"
    )]
    NoValidationCase,
    /// The ranking map is to be fitted on masks without an error.
    #[error(
        "the ranking map cannot be fitted where no voxel of the validation cases is wrong; name others in splits.json, or leave out head.refit.ranking"
    )]
    NoWrongVoxel,
    /// The weights of a bundle are too large for the page.
    #[error(
        "the weights take {bytes} bytes, more than the {most} that a page may load; train with fewer filters"
    )]
    WeightBytes {
        /// How many they take.
        bytes: usize,
        /// How many a page may load.
        most: usize,
    },
    /// A file of the run does not exist.
    #[error("{file} does not exist; check the folder of the run")]
    NoFile {
        /// The file, as it would be named.
        file: String,
    },
    /// A file of the run could not be read or written.
    #[error("{file} could not be used ({reason}); check the path and its permissions")]
    Storage {
        /// The file, as it was named.
        file: String,
        /// What the system says.
        reason: String,
    },
    /// The data set.
    #[error(transparent)]
    Dataset(#[from] dataset::Error),
    /// The evaluation of a bundle.
    #[error(transparent)]
    Evaluation(#[from] evaluation::Error),
    /// The network.
    #[error(transparent)]
    Method(#[from] segwithu::Error),
    /// The metrics.
    #[error(transparent)]
    Metrics(#[from] uq::Error),
    /// The engine.
    #[error(transparent)]
    Engine(#[from] engine::Error),
}

/// Why a configuration must agree with that of an earlier run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfigPurpose {
    /// The run goes on.
    Resume,
    /// The backbone of a fold belongs to the whole one.
    Fold,
    /// A head is trained on the backbone.
    Head,
}

impl ConfigPurpose {
    /// What to do where the configurations differ.
    const fn advice(self) -> &'static str {
        match self {
            Self::Resume => {
                "go on with the configuration of the run, or train it again from the start"
            }
            Self::Fold => "a fold must be trained as the whole backbone was",
            Self::Head => {
                "the head belongs to a backbone of the same configuration; train the backbone again or use its configuration"
            }
        }
    }
}

/// What messages call a backbone.
fn part_name(fold: Option<Fold>) -> String {
    fold.map_or_else(
        || "backbone".to_owned(),
        |Fold { number, of }| format!("backbone of fold {number}/{of}"),
    )
}

//! What a training run left, as a network and as a bundle.

use burn::tensor::Device;
use dataset::DatasetDescription;
use engine::{
    Architecture, Bundle, ClassInfo, InDistribution, KnownAnswer, Manifest, TestFigures,
    TrainingRecord, Validation, WeightsFile,
};
use segwithu::model::SegWithU;
use segwithu::weights::{Precision, Weights, save};

use crate::Error;
use crate::config::RunConfig;
use crate::head::network_config;
use crate::prepared::Dataset;
use crate::run_folder::{PartName, RunFolder};
use crate::storage::Storage;

/// The network of a run, from the files of its backbone and of its head; without one the head is as nobody trained it.
pub(crate) fn network<const D: usize>(
    config: &RunConfig,
    description: &DatasetDescription,
    backbone: &[u8],
    head: Option<&[u8]>,
) -> Result<SegWithU<D>, Error> {
    let device = Device::flex();
    let model: SegWithU<D> = network_config(config, description.classes()).init(&device)?;
    Ok(SegWithU {
        backbone: Weights::from_bytes(backbone)?.load(model.backbone, "backbone.", &device)?,
        head: match head {
            Some(head) => Weights::from_bytes(head)?.load(model.head, "", &device)?,
            None => model.head,
        },
    })
}

/// The backbone of a run as a member of an ensemble: a bundle in memory, with the precision of a packed one, whose logits
/// are what counts. None where the storage holds no run. `describe` reads the `dataset.json` of the run's data set.
///
/// # Errors
/// Those of the run's files.
pub fn ensemble_member(
    storage: &dyn Storage,
    describe: impl FnOnce(&RunConfig) -> Result<DatasetDescription, Error>,
) -> Result<Option<Bundle>, Error> {
    let folder = RunFolder::new(storage, &PartName::Backbone);
    let Some(backbone) = storage.read(&folder.weights("best"))? else {
        return Ok(None);
    };
    let config = folder.config()?;
    let description = describe(&config)?;
    let weights = if config.model.spatial_dims == 3 {
        let network: SegWithU<5> = network(&config, &description, &backbone, None)?;
        save(&network, "", Precision::Half)?
    } else {
        let network: SegWithU<4> = network(&config, &description, &backbone, None)?;
        save(&network, "", Precision::Half)?
    };
    let manifest = manifest(&config, &description)?;
    Ok(Some(Bundle::new(manifest, weights)))
}

/// What a bundle of a run says before anything was measured with it.
pub(crate) fn manifest(
    config: &RunConfig,
    description: &DatasetDescription,
) -> Result<Manifest, Error> {
    let names = description.class_names();
    let normalisation = config.preprocessing.normalisation.known();
    let normalisation = normalisation.ok_or(Error::NotMeasured)?;
    Dataset::check_colours(config, description, "dataset.json")?;
    let classes = names.into_iter().zip(&config.bundle.colours).enumerate();
    Ok(Manifest {
        format_version: Manifest::FORMAT_VERSION,
        id: config.bundle.id.clone(),
        title: config.bundle.title.clone(),
        modality: description.modality.clone(),
        architecture: Architecture {
            spatial_dims: config.model.spatial_dims,
            in_channels: config.model.in_channels,
            filters: config.model.filters,
            strides: [1, 2, 2, 2, 2],
            taps: Architecture::taps(),
            num_probes: config.head.num_probes,
            use_aleatoric: true,
        },
        classes: classes
            .map(|(id, (name, &colour))| ClassInfo {
                id: id as u8,
                name,
                colour,
            })
            .collect(),
        preprocessing: config.preparation(normalisation),
        weights: WeightsFile {
            file: "weights.safetensors".to_owned(),
            sha256: String::new(),
            bytes: 0,
        },
        validation: Validation::default(),
        in_distribution: InDistribution::default(),
        test: TestFigures::default(),
        known_answer: KnownAnswer::default(),
        licence: description.licence.clone(),
        source: description.source.clone(),
        citation: description.citation.clone(),
        training: TrainingRecord {
            dataset: description.name.clone(),
            seed: config.seed,
            configuration: format!("configs/{}.toml", config.bundle.id),
        },
    })
}

//! From data on disk by way of a run to a bundle.

use std::path::Path;

use burn::tensor::Device;
use dataset::files::{DatasetFolder, open};
use engine::{Bundle, Engine, Segmentation};
use pollster::block_on;

use super::runs::alone;
use super::{Folder, on_disk};
use crate::files::{FolderStorage, ensemble_member_from_folder, train_in_folder};
use crate::{BundleSource, PackedBundle, Part, TrainOptions, head_config, index_json, pack};

/// Trains in `run` beside the configuration.
fn train(folder: &Folder, options: &TrainOptions) {
    let config = folder.path().join("tiny.toml");
    let out = folder.path().join("run");
    train_in_folder(&config, &out, options, &Device::flex(), &()).unwrap();
}

/// A bundle of that run.
fn packed(folder: &Folder, recipe: Option<&str>) -> PackedBundle {
    let storage = FolderStorage::new(&folder.path().join("run"));
    let config = head_config(&storage, recipe).unwrap();
    let data = DatasetFolder::open(&config.data).unwrap();
    block_on(pack(&BundleSource {
        storage: &storage,
        recipe,
        description: &data.description,
        train_cases: data.splits.names("train").unwrap().len(),
        groups: data.splits.groups(),
        validation: &data.cases("val").unwrap(),
        test: &data.cases("test").unwrap(),
        device: &Device::flex(),
        progress: &(),
    }))
    .unwrap()
}

/// An engine whose device has passed the bundle's known-answer test.
fn engine(bundle: &Bundle) -> Engine {
    let engine = Engine::new(bundle, &Device::flex()).unwrap();
    assert!(block_on(engine.self_test()).unwrap().passed());
    engine
}

fn segment(engine: &Engine, image: &Path) -> Segmentation {
    let volume = open(image).unwrap();
    block_on(evaluation::segment(engine, &volume)).unwrap().0
}

#[test]
fn a_run_becomes_a_bundle_that_segments_pictures_and_volumes() {
    let _alone = alone();
    for dims in [2, 3] {
        let folder = Folder::new();
        on_disk(&folder, dims);
        let options = TrainOptions {
            part: Part::All,
            recipe: Some("reference".to_owned()),
            seed: Some(3),
            time_budget: None,
            resume: false,
        };
        train(&folder, &options);
        let PackedBundle { bundle, card } = packed(&folder, Some("reference"));
        // Through its text and back, as from a file.
        let json = bundle.manifest.to_json().unwrap();
        let bundle = Bundle::from_bytes(json.as_bytes(), bundle.weights().to_vec()).unwrap();
        let engine = engine(&bundle);
        let manifest = engine.manifest();
        assert_eq!(manifest.architecture.spatial_dims, dims);
        assert_eq!(manifest.training.seed, 3);
        assert_eq!((manifest.validation.cases, manifest.test.cases), (1, 1));
        assert!(!manifest.validation.risk_coverage.is_empty());
        // Of one case nothing can be said.
        assert_eq!(manifest.validation.expected_error, None);
        assert!(manifest.in_distribution.ranking_mean > 0.0);
        assert!(
            manifest
                .test
                .figures
                .iter()
                .any(|(name, _)| name == "Dice one")
        );
        assert!(
            card.contains("--recipe reference") && card.contains("blobs"),
            "{card}"
        );
        let index = index_json([bundle.manifest.clone()]);
        assert!(index.contains("\"tiny\""), "{index}");

        // The same run as a member of an ensemble: another head, the same logits.
        let backbone = ensemble_member_from_folder(&folder.path().join("run")).unwrap();
        let member = Engine::new(&backbone.unwrap(), &Device::flex()).unwrap();
        assert!(
            ensemble_member_from_folder(folder.path())
                .unwrap()
                .is_none(),
            "no run"
        );

        let ending = if dims == 3 { "nii" } else { "tif" };
        let image = folder.path().join(format!("data/images/d.{ending}"));
        let result = segment(&engine, &image);
        let volume = open(&image).unwrap();
        assert_eq!(result.labels.len(), volume.voxels_per_channel());
        assert_eq!(segment(&member, &image).logits, result.logits);
    }
}

#[test]
fn calibration_layer_and_ranking_map_are_fitted_on_the_validation_cases_where_a_recipe_says_so() {
    let _alone = alone();
    let folder = Folder::new();
    on_disk(&folder, 2);
    let config = folder.path().join("tiny.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    let recipe = "\n[recipes.refitted]\nrefit = { near = 0.5, ranking = true }\n";
    std::fs::write(&config, text + recipe).unwrap();
    let options = |part, recipe: Option<&str>| TrainOptions {
        part,
        recipe: recipe.map(str::to_owned),
        seed: None,
        time_budget: None,
        resume: false,
    };
    train(&folder, &options(Part::All, None));
    train(&folder, &options(Part::Head, Some("refitted")));
    let figures = |recipe: Option<&str>| {
        let PackedBundle { bundle, card } = packed(&folder, recipe);
        let result = segment(&engine(&bundle), &folder.path().join("data/images/d.tif"));
        let says = "calibration layer and the share of the margin in the ranking map fitted there";
        (result, card.contains(says))
    };
    let ((plain, plain_says), (refitted, refitted_says)) =
        (figures(None), figures(Some("refitted")));
    assert!(refitted_says && !plain_says);
    assert_eq!(plain.logits, refitted.logits);
    let map = |result: &Segmentation, kind| result.map(kind).unwrap().to_vec();
    use segwithu::head::MapKind::{Anchor, Calibration, Ranking, Residual, Weight};
    assert_ne!(map(&plain, Calibration), map(&refitted, Calibration));
    assert_eq!(map(&plain, Residual), map(&refitted, Residual));
    // Whatever the share of the margin is, it is the same at every voxel, and another one than before.
    let share = |result: &Segmentation, voxel: usize| {
        let at = |kind| f64::from(map(result, kind)[voxel]);
        (at(Ranking) - at(Anchor)) / at(Weight)
    };
    assert!((share(&plain, 0) - share(&refitted, 0)).abs() > 1e-3);
}

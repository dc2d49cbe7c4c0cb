//! From data on disk by way of a run to a bundle.

use burn::tensor::Device;

use super::super::{Part, TrainOptions, run};
use super::runs::alone;
use super::{Folder, on_disk};
use crate::arguments::DeviceChoice;
use crate::{model, pack, trained};

#[test]
fn a_run_becomes_a_bundle_that_segments_pictures_and_volumes() {
    let _alone = alone();
    for dims in [2, 3] {
        let folder = Folder::new();
        on_disk(&folder, dims);
        let options = TrainOptions {
            part: Part::All,
            config: folder.path().join("tiny.toml"),
            recipe: Some("reference".to_owned()),
            seed: Some(3),
            out: folder.path().join("run"),
            time_budget: None,
            resume: false,
        };
        run(&options, &Device::flex()).unwrap();
        let out = folder.path().join("models/tiny");
        pack::run(&options.out, Some("reference"), &out, DeviceChoice::Cpu).unwrap();

        let engine = model::engine(&out.to_string_lossy(), DeviceChoice::Cpu).unwrap();
        let manifest = engine.manifest();
        assert_eq!(manifest.architecture.spatial_dims, dims);
        assert_eq!(manifest.training.seed, 3);
        assert_eq!((manifest.validation.cases, manifest.test.cases), (1, 1));
        assert!(!manifest.validation.risk_coverage.is_empty());
        assert!(manifest.in_distribution.ranking_mean > 0.0);
        assert!(
            manifest
                .test
                .figures
                .iter()
                .any(|(name, _)| name == "Dice one")
        );
        let card = std::fs::read_to_string(out.join("README.md")).unwrap();
        assert!(
            card.contains("--recipe reference") && card.contains("blobs"),
            "{card}"
        );
        let index = std::fs::read_to_string(folder.path().join("models/index.json")).unwrap();
        assert!(index.contains("\"tiny\""), "{index}");

        // The same run as a member of an ensemble: another head, the same logits.
        let backbone = trained::member(&options.out).unwrap().unwrap();
        let member = engine::Engine::new(&backbone, &Device::flex()).unwrap();
        assert!(trained::member(folder.path()).is_none(), "no run");

        let ending = if dims == 3 { "nii" } else { "tif" };
        let volume = model::open(&folder.path().join(format!("data/images/d.{ending}"))).unwrap();
        let (result, _) = model::segment(&engine, &volume).unwrap();
        assert_eq!(result.labels.len(), volume.voxels_per_channel());
        let (other, _) = model::segment(&member, &volume).unwrap();
        assert_eq!(other.logits, result.logits);
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
        config: config.clone(),
        recipe: recipe.map(str::to_owned),
        seed: None,
        out: folder.path().join("run"),
        time_budget: None,
        resume: false,
    };
    run(&options(Part::All, None), &Device::flex()).unwrap();
    run(&options(Part::Head, Some("refitted")), &Device::flex()).unwrap();
    let figures = |recipe: Option<&str>| {
        let out = folder.path().join("models/tiny");
        pack::run(
            &options(Part::All, None).out,
            recipe,
            &out,
            DeviceChoice::Cpu,
        )
        .unwrap();
        let engine = model::engine(&out.to_string_lossy(), DeviceChoice::Cpu).unwrap();
        let image = folder.path().join("data/images/d.tif");
        let (result, _) = model::segment(&engine, &model::open(&image).unwrap()).unwrap();
        let card = std::fs::read_to_string(out.join("README.md")).unwrap();
        let says = "calibration layer and the share of the margin in the ranking map fitted there";
        (result, card.contains(says))
    };
    let ((plain, plain_says), (refitted, refitted_says)) =
        (figures(None), figures(Some("refitted")));
    assert!(refitted_says && !plain_says);
    assert_eq!(plain.logits, refitted.logits);
    let map = |result: &engine::Segmentation, kind| result.map(kind).unwrap().to_vec();
    use segwithu::head::MapKind::{Anchor, Calibration, Ranking, Residual, Weight};
    assert_ne!(map(&plain, Calibration), map(&refitted, Calibration));
    assert_eq!(map(&plain, Residual), map(&refitted, Residual));
    // Whatever the share of the margin is, it is the same at every voxel, and another one than before.
    let share = |result: &engine::Segmentation, voxel: usize| {
        let at = |kind| f64::from(map(result, kind)[voxel]);
        (at(Ranking) - at(Anchor)) / at(Weight)
    };
    assert!((share(&plain, 0) - share(&refitted, 0)).abs() > 1e-3);
}

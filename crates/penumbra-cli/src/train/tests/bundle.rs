//! From data on disk by way of a run to a bundle.

use burn::tensor::Device;

use super::super::{Part, TrainOptions, run};
use super::runs::alone;
use super::{Folder, on_disk};
use crate::arguments::DeviceChoice;
use crate::{model, pack};

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

        let ending = if dims == 3 { "nii" } else { "tif" };
        let volume = model::open(&folder.path().join(format!("data/images/d.{ending}"))).unwrap();
        let (result, _) = model::segment(&engine, &volume).unwrap();
        assert_eq!(result.labels.len(), volume.voxels_per_channel());
    }
}

//! Runs from start to end, cut and resumed.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use burn::tensor::Device;

use super::{Folder, config, dataset};
use crate::backbone::BackboneLearner;
use crate::config::{BackboneOptimiser, HeadCases};
use crate::files::FolderStorage;
use crate::head::HeadLearner;
use crate::steps::Learner as _;
use crate::{
    Deadline, Error, Fold, MemoryStorage, Part, RunConfig, Session, Storage as _, TrainOptions,
};

/// The CPU backend draws initial weights from one generator for all threads.
static RANDOM: Mutex<()> = Mutex::new(());

/// No other test draws from that generator while this is held.
pub fn alone() -> MutexGuard<'static, ()> {
    RANDOM.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a test trains, and where.
struct Options {
    part: Part,
    out: PathBuf,
    time_budget: Option<Duration>,
    resume: bool,
}

fn options(part: Part, out: &Path) -> Options {
    Options {
        part,
        out: out.to_path_buf(),
        time_budget: None,
        resume: false,
    }
}

fn run(config: &RunConfig, options: &Options) -> Result<(), Error> {
    let _alone = alone();
    Session {
        config,
        dataset: &dataset(config.model.spatial_dims),
        options: &TrainOptions {
            part: options.part,
            recipe: None,
            seed: None,
            time_budget: options.time_budget,
            resume: options.resume,
        },
        storage: &FolderStorage::new(&options.out),
        device: &Device::flex(),
        deadline: Deadline::after(options.time_budget),
        progress: &(),
    }
    .run()
}

/// Without the seconds, which never repeat.
fn log(folder: &Path, part: &str) -> Vec<serde_json::Value> {
    let text = std::fs::read_to_string(folder.join(format!("{part}.jsonl"))).unwrap();
    let lines = text.lines().map(|line| {
        let mut value: serde_json::Value = serde_json::from_str(line).unwrap();
        value.as_object_mut().unwrap().remove("seconds").unwrap();
        value
    });
    lines.collect()
}

fn assert_same_files(one: &Path, other: &Path, names: &[&str]) {
    for name in names {
        let read = |folder: &Path| std::fs::read(folder.join(name)).unwrap();
        assert!(read(one) == read(other), "{name} differs");
    }
}

const WEIGHTS: [&str; 4] = [
    "backbone_best.safetensors",
    "backbone_last.safetensors",
    "head_best.safetensors",
    "head_last.safetensors",
];

#[test]
fn a_run_cut_after_every_step_and_resumed_gives_the_same_bits() {
    for (dims, optimiser, average) in [
        (2, BackboneOptimiser::Sgd, 0.0),
        (3, BackboneOptimiser::AdamW, 0.9),
    ] {
        let mut config = config(
            dims,
            "band = { pairs = 0.5, tail = 0.5, nll = 0.3, error = 0.2 }\nbalance = true",
        );
        config.backbone.optimiser = optimiser;
        config.backbone.average = average;
        let (straight, cut) = (Folder::new(), Folder::new());
        run(&config, &options(Part::All, straight.path())).unwrap();
        for _ in 0..6 + 4 + 2 {
            let options = Options {
                time_budget: Some(Duration::ZERO),
                resume: true,
                ..options(Part::All, cut.path())
            };
            run(&config, &options).unwrap();
        }
        assert_same_files(straight.path(), cut.path(), &WEIGHTS);
        for part in ["backbone", "head"] {
            assert_eq!(log(straight.path(), part), log(cut.path(), part));
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_run_and_another_seed_another() {
    let (one, two, other) = (Folder::new(), Folder::new(), Folder::new());
    let mut config = config(2, "");
    run(&config, &options(Part::Backbone(None), one.path())).unwrap();
    run(&config, &options(Part::Backbone(None), two.path())).unwrap();
    assert_same_files(one.path(), two.path(), &WEIGHTS[..2]);
    config.seed += 1;
    run(&config, &options(Part::Backbone(None), other.path())).unwrap();
    assert_ne!(log(one.path(), "backbone"), log(other.path(), "backbone"));
}

#[test]
fn a_run_leaves_configuration_log_curves_and_weights() {
    let folder = Folder::new();
    let config = config(2, "validation = { patches = 4 }\nbest_by = \"auroc\"");
    run(&config, &options(Part::All, folder.path())).unwrap();
    for part in ["backbone", "head"] {
        for ending in [
            ".config.json",
            ".jsonl",
            "_loss.svg",
            "_scores.svg",
            "_best.safetensors",
            "_last.safetensors",
            "_state.safetensors",
        ] {
            let path = folder.path().join(format!("{part}{ending}"));
            assert!(path.is_file(), "{}", path.display());
        }
    }
    let lines = log(folder.path(), "backbone");
    assert_eq!(lines.last().unwrap()["step"], 6);
    assert!(lines.iter().all(|line| line["loss"].as_f64().is_some()));
    assert!(
        lines[1]["dice one"]
            .as_f64()
            .is_some_and(|dice| (0.0..=1.0).contains(&dice))
    );
    let lines = log(folder.path(), "head");
    let last = lines.last().unwrap();
    for figure in [
        "validation_loss",
        "auroc all",
        "auroc near, entropy",
        "ece near",
        "ece near, raw",
    ] {
        assert!(
            last[figure].as_f64().is_some(),
            "{figure} is missing in {last}"
        );
    }
    let stored = std::fs::read_to_string(folder.path().join("head.config.json")).unwrap();
    assert_eq!(serde_json::from_str::<RunConfig>(&stored).unwrap(), config);
}

#[test]
fn learning_lowers_the_loss() {
    let _alone = alone();
    let (mut config, dataset) = (config(2, ""), dataset(2));
    config.backbone.steps = 40;
    config.backbone.augmentation = Default::default();
    config.model.filters = [4, 4, 4, 4, 4];
    for optimiser in [BackboneOptimiser::Sgd, BackboneOptimiser::AdamW] {
        config.backbone.optimiser = optimiser;
        let mut learner =
            BackboneLearner::<4>::new(&config, &dataset, None, &Device::flex()).unwrap();
        let losses = (0..40)
            .map(|step| learner.step(step).unwrap().loss)
            .collect::<Vec<_>>();
        let mean = |losses: &[f64]| losses.iter().sum::<f64>() / losses.len() as f64;
        assert!(
            mean(&losses[35..]) < 0.85 * mean(&losses[..5]),
            "{optimiser:?}: {losses:?}"
        );
    }
}

#[test]
fn training_ends_when_the_tolerance_is_used_up() {
    let folder = Folder::new();
    let mut config = config(2, "");
    config.backbone.steps = 60;
    config.backbone.validate_every = 1;
    config.backbone.tolerance = Some(2);
    // So small that the masks do not change: the first score stays the best.
    config.backbone.rate = Some(1e-12);
    run(&config, &options(Part::Backbone(None), folder.path())).unwrap();
    assert_eq!(log(folder.path(), "backbone").last().unwrap()["step"], 3);
    let again = Options {
        resume: true,
        ..options(Part::Backbone(None), folder.path())
    };
    run(&config, &again).unwrap();
    assert_eq!(log(folder.path(), "backbone").last().unwrap()["step"], 3);
}

#[test]
fn a_head_with_folds_reads_backbones_that_branched_off() {
    let folder = Folder::new();
    let mut config = config(2, "cases = { folds = 2 }");
    config.backbone.fold_start = 0.5;
    run(&config, &options(Part::All, folder.path())).unwrap();
    for name in [
        "backbone_branch",
        "backbone_fold1of2_best",
        "backbone_fold2of2_best",
        "head_best",
    ] {
        assert!(
            folder.path().join(format!("{name}.safetensors")).is_file(),
            "{name}"
        );
    }
    // The fold began where the branch was kept, after step 3.
    let first = log(folder.path(), "backbone_fold1of2");
    assert_eq!(first[0]["step"], 4);
    assert_ne!(first, log(folder.path(), "backbone_fold2of2"));
}

#[test]
fn a_fold_leaves_its_cases_out_and_held_out_cases_are_the_heads() {
    let _alone = alone();
    let (mut config, dataset) = (config(2, ""), dataset(2));
    config.head.cases = HeadCases::HeldOut;
    config.backbone.held_out = 0.4;
    let device = Device::flex();
    let names = |sampler: &crate::patches::PatchSampler<'_>| {
        sampler
            .cases()
            .iter()
            .map(|case| case.name.clone())
            .collect::<Vec<_>>()
    };
    let learner = BackboneLearner::<4>::new(&config, &dataset, None, &device).unwrap();
    let seen = names(learner.sampler());
    let head = HeadLearner::<4>::new(
        &config,
        &dataset,
        &vec![learner.optimised().weights().unwrap()],
        &device,
    );
    let fitted = names(head.unwrap().sampler());
    assert_eq!((seen.len(), fitted.len()), (3, 2));
    assert!(fitted.iter().all(|name| !seen.contains(name)));
    config.backbone.held_out = 0.0;
    let mut left_out = Vec::new();
    for number in 1..=2 {
        let fold = Some(Fold { number, of: 2 });
        let learner = BackboneLearner::<4>::new(&config, &dataset, fold, &device).unwrap();
        let seen = names(learner.sampler());
        left_out.extend(
            (0..5)
                .map(|index| format!("t{index}"))
                .filter(|name| !seen.contains(name)),
        );
    }
    left_out.sort();
    assert_eq!(left_out, ["t0", "t1", "t2", "t3", "t4"]);
}

#[test]
fn a_head_without_a_backbone_or_with_another_configuration_is_refused() {
    let folder = Folder::new();
    let mut config = config(2, "");
    let error = run(&config, &options(Part::Head, folder.path()))
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("backbone_best.safetensors does not exist"),
        "{error}"
    );
    run(&config, &options(Part::Backbone(None), folder.path())).unwrap();
    config.model.filters[0] = 4;
    let error = run(&config, &options(Part::Head, folder.path()))
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("model.filters is [2,2,3,2,2] there and [4,2,3,2,2]"),
        "{error}"
    );
}

#[test]
fn a_run_from_before_a_key_existed_had_its_usual_value() {
    let folder = Folder::new();
    let config = config(2, "");
    run(&config, &options(Part::Backbone(None), folder.path())).unwrap();
    let path = folder.path().join("backbone.config.json");
    let mut stored: serde_json::Value =
        serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let section = stored["backbone"].as_object_mut().unwrap();
    assert_eq!(section.remove("average"), Some(0.0.into()));
    std::fs::write(&path, stored.to_string()).unwrap();
    run(&config, &options(Part::Head, folder.path())).unwrap();
}

#[test]
fn a_head_is_not_resumed_on_another_backbone() {
    let folder = Folder::new();
    let mut config = config(2, "");
    run(&config, &options(Part::All, folder.path())).unwrap();
    config.head.steps = 8;
    let resumed = Options {
        resume: true,
        ..options(Part::Head, folder.path())
    };
    let error = run(&config, &resumed).unwrap_err().to_string();
    assert!(error.contains("head.steps is 4 there and 8"), "{error}");
    config.head.steps = 4;
    let bytes = std::fs::read(folder.path().join("backbone_last.safetensors")).unwrap();
    let mut changed = bytes;
    let end = changed.len() - 1;
    changed[end] ^= 1;
    std::fs::write(folder.path().join("backbone_best.safetensors"), changed).unwrap();
    let error = run(&config, &resumed).unwrap_err().to_string();
    assert!(error.contains("belongs to another backbone"), "{error}");
}

#[test]
fn a_run_in_memory_leaves_what_one_in_a_folder_leaves() {
    let folder = Folder::new();
    let config = config(2, "");
    run(&config, &options(Part::Backbone(None), folder.path())).unwrap();
    let _alone = alone();
    let storage = MemoryStorage::default();
    Session {
        config: &config,
        dataset: &dataset(2),
        options: &TrainOptions {
            part: Part::Backbone(None),
            recipe: None,
            seed: None,
            time_budget: None,
            resume: false,
        },
        storage: &storage,
        device: &Device::flex(),
        deadline: Deadline::after(None),
        progress: &(),
    }
    .run()
    .unwrap();
    let mut names: Vec<String> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(storage.names(), names);
    for name in &WEIGHTS[..2] {
        let bytes = std::fs::read(folder.path().join(name)).unwrap();
        assert!(storage.require(name).unwrap() == bytes, "{name} differs");
    }
}

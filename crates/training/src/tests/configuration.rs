//! Configurations that cannot be are refused with key and value; recipes change the head.

use super::text;
use crate::RunConfig;
use crate::config::{BandShares, HeadCases, HeadScore, Sampling, ValidationView};

fn fault(text: &str) -> String {
    RunConfig::parse(text, None).unwrap_err().to_string()
}

#[test]
fn what_is_left_out_is_the_reference() {
    let config = RunConfig::parse(&text(3, ""), None).unwrap();
    let head = &config.head;
    assert_eq!(head.rates, [1e-3, 3e-4]);
    assert_eq!(head.sampling, Sampling::Reference);
    assert_eq!(head.band, BandShares::default());
    assert_eq!((head.balance, head.cases), (false, HeadCases::Training));
    assert_eq!(head.refit, None);
    assert_eq!(head.loss, segwithu::train::HeadLossWeights::default());
    assert_eq!(
        (head.best_by, head.validation),
        (HeadScore::Loss, ValidationView::Whole)
    );
    assert_eq!(config.backbone.first_rate(), 0.01);
    assert_eq!(config.preprocessing.overlap, 0.5);
}

#[test]
fn a_key_that_does_not_exist_is_named_with_its_line() {
    let error = fault(&text(2, "stepz = 3"));
    assert!(
        error.starts_with("line ") && error.contains("unknown field `stepz`"),
        "{error}"
    );
    for (from, to, key) in [
        ("[bundle]", "[bundel]", "bundel"),
        (
            "probability = 0.5, degrees",
            "probabilty = 0.5, degrees",
            "probabilty",
        ),
        ("flip = { rows", "flip = { row", "row"),
        ("foreground_share", "foreground_part", "foreground_part"),
        ("z_score", "z_scores", "z_scores"),
    ] {
        let error = fault(&text(2, "").replace(from, to));
        assert!(error.contains(key), "{key}: {error}");
    }
}

#[test]
fn impossible_values_are_named_with_their_key() {
    for (from, to, expected) in [
        (
            "spatial_dims = 2",
            "spatial_dims = 4",
            "model.spatial_dims is 4",
        ),
        (
            "in_channels = 1",
            "in_channels = 2",
            "model.in_channels is 2",
        ),
        ("filters = [2, 2", "filters = [0, 2", "filters is [0, 2"),
        (
            "window = [32, 32]",
            "window = [32, 40]",
            "preprocessing.window is [32, 40]",
        ),
        (
            "window = [32, 32]",
            "window = [16, 16]",
            "preprocessing.window is [16, 16]",
        ),
        (
            "patch = [32, 32]",
            "patch = [32, 32, 32]",
            "backbone.patch is [32, 32, 32]",
        ),
        ("steps = 6", "steps = 0", "backbone.steps is 0"),
        (
            "foreground_share = 0.5",
            "foreground_share = 1.5",
            "backbone.sampling.foreground_share is 1.5",
        ),
        (
            "degrees = 30",
            "degrees = 270",
            "backbone.augmentation.rotation.degrees is 270",
        ),
        (
            "range = [0.8, 1.25]",
            "range = [1.25, 0.8]",
            "backbone.augmentation.scale.range is [1.25, 0.8]",
        ),
        (
            "rows = 0.5",
            "rows = -1",
            "the probability of backbone.augmentation.flip.rows is -1",
        ),
        (
            "rows = 0.5",
            "planes = 0.5",
            "backbone.augmentation.flip.planes is 0.5",
        ),
        ("id = \"tiny\"", "id = \"../up\"", "bundle.id is \"../up\""),
    ] {
        let error = fault(&text(2, "").replacen(from, to, 1));
        assert!(error.contains(expected), "{to}: {error}");
    }
    for (head, expected) in [
        ("rates = [0.0, 3e-4]", "head.rates[0] is 0"),
        ("band = { tail = 2 }", "head.band.tail is 2"),
        ("refit = { near = 2 }", "head.refit.near is 2"),
        ("refit = {}", "head.refit asks for nothing"),
        ("cases = { folds = 1 }", "head.cases.folds is 1"),
        ("cases = \"held_out\"", "backbone.held_out is 0"),
        (
            "validation = { patches = 0 }",
            "head.validation.patches is 0",
        ),
        ("tolerance = 0", "head.tolerance is 0"),
        ("loss = { tail = -1 }", "head.loss.tail is -1"),
    ] {
        let error = fault(&text(2, head));
        assert!(error.contains(expected), "{head}: {error}");
    }
    let error =
        fault(&text(3, "").replace("[preprocessing]", "[preprocessing]\norientation = \"RAA\""));
    assert!(
        error.contains("preprocessing.orientation is \"RAA\""),
        "{error}"
    );
    let error =
        fault(&text(3, "").replace("[preprocessing]", "[preprocessing]\nspacing = [1, 0, 1]"));
    assert!(
        error.contains("preprocessing.spacing is [1.0, 0.0, 1.0]"),
        "{error}"
    );
    for (axes, side) in [(2, 8), (2, 5000), (3, 256)] {
        let side = format!("longest_side = {side}");
        let error =
            fault(&text(axes, "").replace("[preprocessing]", &format!("[preprocessing]\n{side}")));
        let expected = format!("preprocessing.{}", side.replace('=', "is"));
        assert!(error.contains(&expected), "{error}");
    }
}

#[test]
fn recipes_change_the_head_and_nothing_else() {
    let recipes = "\n[recipes.band]\nband = { pairs = 0.5 }\nsteps = 9\n";
    let whole = text(2, "balance = true\nbest_by = \"auroc\"") + recipes;
    let plain = RunConfig::parse(&whole, None).unwrap();
    let band = RunConfig::parse(&whole, Some("band")).unwrap();
    assert_eq!(
        (band.head.steps, band.head.band.pairs, band.head.balance),
        (9, 0.5, true)
    );
    assert_eq!(band.backbone, plain.backbone);
    let reference = RunConfig::parse(&whole, Some("reference")).unwrap();
    assert_eq!((reference.head.steps, reference.head.num_probes), (4, 3));
    assert_eq!(
        (reference.head.balance, reference.head.best_by),
        (false, HeadScore::Loss)
    );
    assert_eq!(reference.head.patch, plain.head.patch);
    let error = RunConfig::parse(&whole, Some("bund"))
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("no recipe `bund`; choose among reference, band"),
        "{error}"
    );
}

#[test]
fn a_misspelt_key_in_a_recipe_that_is_not_used_is_found_too() {
    let whole = text(2, "") + "\n[recipes.other]\nbant = 1\n";
    let error = fault(&whole);
    assert!(
        error.contains("`other`") && error.contains("bant"),
        "{error}"
    );
}

/// Every configuration that is shipped can be read, with all its recipes.
#[test]
fn shipped_configurations_are_sound() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../configs");
    let mut count = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "toml") {
            let config = crate::files::read_config(&path, None).unwrap();
            let stem = path.file_stem().unwrap().to_string_lossy();
            assert_eq!(config.bundle.id, stem);
            crate::files::read_config(&path, Some("reference")).unwrap();
            count += 1;
        }
    }
    assert_eq!(count, 5);
}

//! What a report says of a result's own errors, in JSON and as a table.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use std::ops::ControlFlow;

use burn::tensor::Device;
use engine::output::Context;
use engine::{Engine, ExportFormat, Options, Report, Segmentation, UncertaintySummary, VoxelSize};
use imaging::Volume;
use pollster::block_on;
use serde_json::Value;

fn run(volume: &Volume, patch: &[usize]) -> (Engine, Segmentation) {
    let bundle = support::bundle(support::manifest(patch, 3));
    let engine = Engine::new(&bundle, &Device::flex()).unwrap();
    let result = block_on(engine.segment(volume, &Options::default(), async |_| {
        ControlFlow::Continue(())
    }))
    .unwrap();
    (engine, result)
}

fn close(found: &Value, expected: f64) {
    let found = found.as_f64().unwrap();
    assert!(
        (found - expected).abs() <= 1e-6 * expected.abs().max(1.0),
        "{found} {expected}"
    );
}

#[test]
fn a_report_says_what_may_be_wrong() {
    let mut volume = support::blobs([10, 24, 30]);
    volume.geometry.affine = Some([
        [0.0, -1.0, 0.0, 0.0],
        [2.0, 0.0, 0.0, 0.0],
        [0.0, 0.0, 3.0, 0.0],
        [0.0, 0.0, 0.0, 1.0],
    ]);
    let (engine, result) = run(&volume, &[32, 32, 32]);
    let summary = UncertaintySummary::new(engine.manifest(), &volume, &result).unwrap();
    assert_eq!(summary.voxel_size, VoxelSize::Millilitres(0.006));
    let report = Report::new(engine.manifest(), &volume, &result, &summary, "cpu", 1.0).unwrap();
    let json: Value = serde_json::from_str(&report.to_json().unwrap()).unwrap();

    // Expected wrong voxels: one minus the tempered probability of the mask's class, summed.
    let expected = &json["expected_wrong"];
    let wrong: f64 = result.probability.iter().map(|&p| 1.0 - f64::from(p)).sum();
    assert!((expected["voxels"].as_f64().unwrap() / wrong - 1.0).abs() < 1e-4);
    close(
        &expected["volume_ml"],
        0.006 * expected["voxels"].as_f64().unwrap(),
    );
    assert!(expected.get("area_mm2").is_none() && expected.get("range").is_none());
    let parts =
        ["false_object", "missed", "other_class"].map(|part| expected[part].as_f64().unwrap());
    close(&expected["voxels"], parts.iter().sum());
    let per_class = expected["per_class"].as_object().unwrap();
    assert_eq!(per_class.keys().collect::<Vec<_>>(), ["class 1", "class 2"]);
    assert_eq!(json["unlike"], Value::Null);
    assert!(json["image_score"].as_f64().unwrap() > 0.0);
    assert!(json["summary"].as_str().unwrap().ends_with('.'));

    let shape = [30, 24, 10];
    let mut last = f64::INFINITY;
    for region in json["regions"].as_array().unwrap() {
        let wrong = region["expected_wrong"].as_f64().unwrap();
        assert!(wrong <= last, "worst first");
        last = wrong;
        for name in ["class", "instead"] {
            assert!(["class 0", "class 1", "class 2"].contains(&region[name].as_str().unwrap()));
        }
        for (axis, length) in shape.into_iter().enumerate() {
            let end = |name: &str| region["bounding_box"][name][axis].as_u64().unwrap();
            assert!(end("first") <= end("last") && end("last") < length);
        }
    }
    let planes: f64 = json["slices"]
        .as_array()
        .unwrap()
        .iter()
        .map(|slice| slice["expected_wrong"].as_f64().unwrap())
        .sum();
    assert!((planes / wrong - 1.0).abs() < 1e-4);

    let table = report.to_csv().unwrap();
    let lines: Vec<&str> = table.lines().collect();
    assert!(lines[0].starts_with("item,number,class,instead,voxels,expected_wrong,"));
    assert_eq!(lines.len(), 1 + 1 + 3 + report.regions.len());
    assert!(lines[1].starts_with("image,1,,,7200,"));
    let columns = lines[0].split(',').count();
    assert!(
        lines[2..]
            .iter()
            .all(|line| line.split(',').count() == columns)
    );
}

#[test]
fn probabilities_of_all_classes_sum_to_one() {
    let volume = support::blobs([1, 40, 33]);
    let (engine, result) = run(&volume, &[32, 32]);
    let all = result.probabilities(true);
    let voxels = 40 * 33;
    for voxel in 0..voxels {
        let of = |class: usize| all[class * voxels + voxel];
        assert!((of(0) + of(1) + of(2) - 1.0).abs() < 1e-6);
        let label = usize::from(result.labels[voxel]);
        assert!((of(label) - result.probability[voxel]).abs() < 1e-6);
    }
    for class in 0..3_u8 {
        let own = result.class_probability(class).unwrap();
        let plane = &all[usize::from(class) * voxels..][..voxels];
        assert!(own.iter().zip(plane).all(|(a, b)| (a - b).abs() < 1e-7));
    }
    assert_eq!(result.class_probability(3), None);

    let names = ["image.png".to_owned()];
    let context = Context {
        manifest: engine.manifest(),
        volume: &volume,
        result: &result,
        corrected: None,
        names: &names,
        moment: "2026-01-01T00:00:00",
    };
    let file = context.probability(ExportFormat::Tiff).unwrap();
    assert_eq!(file.suffix, "_probability.tif");
    let file = context.probability(ExportFormat::Nifti).unwrap();
    assert_eq!(file.suffix, "_probability.nii.gz");
    let text = context
        .probability(ExportFormat::Png)
        .unwrap_err()
        .to_string();
    assert!(text.contains("TIFF") || text.contains("NIfTI"), "{text}");
}

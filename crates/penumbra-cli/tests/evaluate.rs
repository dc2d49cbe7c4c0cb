//! `penumbra evaluate` and `penumbra results` as people call them, on a small made-up set through the shipped nuclei model.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// A folder of its own that is gone afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("penumbra-cli-{}-{name}", std::process::id()));
        for part in ["images", "labels"] {
            std::fs::create_dir_all(path.join(part)).unwrap();
        }
        Self(path)
    }

    /// Bright discs on a dark ground, and where they are. `blur` makes their edges hard to tell.
    fn add(&self, name: &str, discs: &[(f64, f64, f64)], blur: f64) {
        self.add_moved(name, discs, blur, (0.0, 0.0));
    }

    /// The same with all labels moved by so many rows and columns.
    fn add_moved(&self, name: &str, discs: &[(f64, f64, f64)], blur: f64, by: (f64, f64)) {
        let size = 48;
        let (mut image, mut label) = (Vec::new(), Vec::new());
        for index in 0..size * size {
            let (y, x) = ((index / size) as f64, (index % size) as f64);
            let depth_at = |y: f64, x: f64| {
                discs
                    .iter()
                    .map(|(cy, cx, radius)| radius - ((y - cy).powi(2) + (x - cx).powi(2)).sqrt())
                    .fold(f64::NEG_INFINITY, f64::max)
            };
            let depth = depth_at(y, x);
            let noise = f64::from((index as u32).wrapping_mul(2_654_435_761) >> 28);
            image.push((30.0 + noise + 140.0 / (1.0 + (-depth / blur).exp())) as u8);
            label.push(u8::from(depth_at(y - by.0, x - by.1) >= 0.0));
        }
        self.write("images", name, &image, size);
        self.write("labels", name, &label, size);
    }

    fn write(&self, part: &str, name: &str, values: &[u8], size: usize) {
        let png = imaging::encode::png_mask(values, values.len() / size, size).unwrap();
        std::fs::write(self.0.join(part).join(format!("{name}.png")), png).unwrap();
    }

    fn evaluate(&self, options: &str) -> Output {
        let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/models/dsb2018_nuclei");
        Command::new(env!("CARGO_BIN_EXE_penumbra"))
            .arg("evaluate")
            .arg("--model")
            .arg(model)
            .args([
                "--images", "images", "--labels", "labels", "--json", "out.json",
            ])
            .args(options.split_whitespace())
            .current_dir(&self.0)
            .output()
            .unwrap()
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&std::fs::read(self.0.join("out.json")).unwrap()).unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn set(name: &str) -> Folder {
    let folder = Folder::new(name);
    folder.add("a", &[(14.0, 16.0, 9.0), (34.0, 30.0, 7.0)], 0.7);
    folder.add("b", &[(24.0, 24.0, 12.0)], 3.0);
    folder.add("c", &[(10.0, 36.0, 6.0), (36.0, 12.0, 8.0)], 1.5);
    folder
}

fn number(value: &Value) -> f64 {
    value
        .as_f64()
        .unwrap_or_else(|| panic!("{value} is no number"))
}

#[test]
fn an_evaluation_has_what_the_contract_says_and_results_are_written_from_it() {
    let folder = set("whole");
    let methods = "segwithu,softmax,entropy,margin,energy,temperature,calibration,tta";
    // The second observer is the first one here: they never disagree.
    let output = folder.evaluate(&format!(
        "--cases a,b --fit-cases a,b,c --second-labels labels --methods {methods}"
    ));
    assert!(output.status.success(), "{output:?}");
    let json = folder.json();
    assert_eq!(
        (&json["model"], &json["cases"]),
        (&"dsb2018_nuclei".into(), &2.into())
    );
    let dice = number(&json["dice"]["nucleus"]);
    assert!((0.0..=1.0).contains(&dice));
    assert_eq!(json["per_case"].as_array().unwrap().len(), 2);
    assert_eq!(json["per_case"][0]["case"], "a");
    let of_cases: f64 = [0, 1]
        .map(|case| number(&json["per_case"][case]["dice"]["nucleus"]))
        .iter()
        .sum();
    assert!((of_cases / 2.0 - dice).abs() < 1e-9);
    assert_eq!(json["methods"].as_object().unwrap().len(), 8);
    for (name, method) in json["methods"].as_object().unwrap() {
        assert!(number(&method["ms_per_case"]) > 0.0, "{name}");
        for figure in [
            "auroc", "auprc", "aurc", "eaurc", "fpr95", "nll", "brier", "ece",
        ] {
            for mask in ["all", "near"] {
                let value = number(&method[figure][mask]);
                let interval = &method["intervals"][figure][mask];
                let (low, high) = (number(&interval["low"]), number(&interval["high"]));
                assert!(low <= high, "{name} {figure} {mask} {interval}");
                let bound = &method["error_bounds"][figure][mask];
                let held = bound.is_null()
                    || (number(&bound["low"]) - 1e-9 <= value
                        && value <= number(&bound["high"]) + 1e-9);
                assert!(held, "{name} {figure} {mask}: {value} outside {bound}");
            }
        }
    }
    // For two classes these three are one order, whatever the network says.
    let auroc = |method: &str| number(&json["methods"][method]["auroc"]["all"]);
    assert!((auroc("softmax") - auroc("entropy")).abs() < 1e-3);
    assert!((auroc("softmax") - auroc("margin")).abs() < 1e-3);
    let second = &json["second_observer"];
    assert_eq!(second["dice_between_observers"]["nucleus"], 1.0);
    assert!((number(&second["dice"]["nucleus"]) - dice).abs() < 1e-9);
    assert!(json["methods"]["segwithu"]["observer_disagreement"]["auroc"]["all"].is_null());
    let temperature = &json["protocol"]["temperature"];
    assert!(number(&temperature["nll_after"]) <= number(&temperature["nll_before"]));
    assert_eq!(json["image_level"]["estimator"]["cases"], 3);

    let output = Command::new(env!("CARGO_BIN_EXE_penumbra"))
        .args(["results", "--json", "out.json", "--out", "docs/results.md"])
        .current_dir(&folder.0)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = std::fs::read_to_string(folder.0.join("docs/results.md")).unwrap();
    for part in [
        "## out\n\nModel `dsb2018_nuclei`.",
        "--cases a,b --fit-cases a,b,c",
        &format!("| nucleus | {dice:.4}"),
        "| tta |",
        "AURC, near the object:",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    for plot in [
        "risk-coverage",
        "risk-coverage-all",
        "reliability",
        "expected-dice",
    ] {
        let file = format!("results/out-{plot}.svg");
        assert!(text.contains(&format!("({file})")), "{file}");
        let svg = std::fs::read_to_string(folder.0.join("docs").join(&file)).unwrap();
        assert!(svg.starts_with("<svg") && svg.contains("<desc") && !svg.contains("NaN"));
    }
}

#[test]
fn a_bundle_is_calibrated_without_a_change_of_its_weights() {
    let folder = set("calibrated");
    let output = folder.evaluate("--methods segwithu --replicates 0");
    assert!(output.status.success(), "{output:?}");
    let json = folder.json();
    assert!(number(&json["expected_wrong"]["ratio"]) > 0.0);
    assert!(json["regions"]["found"]["5"].is_u64());
    assert!(json["image_level"]["relative_entropy"]["eaurc"].is_f64());
    assert!(json["methods"]["segwithu"]["augrc"]["all"].is_f64());

    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/models/dsb2018_nuclei");
    let bundle = folder.0.join("bundle");
    std::fs::create_dir(&bundle).unwrap();
    for file in ["model.json", "weights.safetensors", "README.md"] {
        std::fs::copy(shipped.join(file), bundle.join(file)).unwrap();
    }
    let calibrate = |options: &str| {
        Command::new(env!("CARGO_BIN_EXE_penumbra"))
            .args(["calibrate", "--model", "bundle"])
            .args(options.split_whitespace())
            .current_dir(&folder.0)
            .output()
            .unwrap()
    };
    let output = calibrate("--cases out.json --out site.json --into-bundle");
    assert!(output.status.success(), "{output:?}");
    let read = |path: &Path| std::fs::read(path).unwrap();
    let parsed = |path: &Path| -> Value { serde_json::from_slice(&read(path)).unwrap() };
    let site = parsed(&folder.0.join("site.json"));
    assert_eq!(
        (&site["model"], &site["cases"]),
        (&"dsb2018_nuclei".into(), &3.into())
    );
    // Numbers only: no case is named.
    assert!(
        !String::from_utf8(read(&folder.0.join("site.json")))
            .unwrap()
            .contains("\"a\"")
    );
    let mut before = parsed(&shipped.join("model.json"));
    let mut after = parsed(&bundle.join("model.json"));
    assert_eq!(after["validation"]["expected_error"]["cases"], 3);
    assert_eq!(after["validation"]["promises"][0]["groups_needed"], 9);
    for manifest in [&mut before, &mut after] {
        let validation = manifest["validation"].as_object_mut().unwrap();
        for fitted in ["expected_error", "sure_level", "image_score", "promises"] {
            validation.remove(fitted);
        }
    }
    assert_eq!(before, after);
    assert_eq!(
        read(&shipped.join("weights.safetensors")),
        read(&bundle.join("weights.safetensors"))
    );
    let card = String::from_utf8(read(&bundle.join("README.md"))).unwrap();
    assert!(
        card.contains("it needs 9 groups, and there are 3."),
        "{card}"
    );

    let other = calibrate("--cases site.json --out other.json");
    assert_eq!(other.status.code(), Some(1));
    let neither = calibrate("--out other.json");
    assert_eq!(neither.status.code(), Some(2));
}

#[test]
fn labels_of_a_patient_that_lie_in_the_wrong_place_are_told() {
    let folder = Folder::new("groups");
    folder.add("a", &[(14.0, 16.0, 9.0)], 0.7);
    folder.add("b", &[(24.0, 24.0, 11.0)], 0.7);
    folder.add_moved("c", &[(20.0, 16.0, 8.0)], 0.7, (-5.0, 8.0));
    folder.add_moved("d", &[(28.0, 20.0, 9.0)], 0.7, (-5.0, 8.0));
    folder.add_moved("e", &[(26.0, 16.0, 10.0)], 0.7, (-5.0, 8.0));
    let splits = r#"{"groups": {"a": "straight", "b": "straight", "c": "moved", "d": "moved", "e": "moved"}}"#;
    std::fs::write(folder.0.join("splits.json"), splits).unwrap();
    let output = folder.evaluate("--methods segwithu");
    assert!(output.status.success(), "{output:?}");
    let json = folder.json();
    let groups = json["groups"].as_array().unwrap();
    let names: Vec<_> = groups.iter().map(|group| &group["group"]).collect();
    assert_eq!(names, ["moved", "straight"]);
    let [rows, columns] =
        [1, 2].map(|axis| groups[0]["best_move"]["shift"][axis].as_i64().unwrap());
    assert!(
        (rows - 5).abs() <= 1 && (columns + 8).abs() <= 1,
        "{groups:?}"
    );
    let output = Command::new(env!("CARGO_BIN_EXE_penumbra"))
        .args(["results", "--json", "out.json", "--out", "results.md"])
        .current_dir(&folder.0)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = std::fs::read_to_string(folder.0.join("results.md")).unwrap();
    assert!(text.contains("The labels of `moved` seem to lie in the wrong place"));
    assert!(!text.contains("The labels of `straight`"));
    // Numbers name groups as texts do, as in training.
    let splits = r#"{"groups": {"a": 1, "b": 1, "c": 2, "d": 2, "e": 2}}"#;
    std::fs::write(folder.0.join("splits.json"), splits).unwrap();
    let output = folder.evaluate("--methods segwithu");
    assert!(output.status.success(), "{output:?}");
    let again = folder.json();
    assert_eq!(again["groups"][0]["group"], "2");
    assert_eq!(again["groups"][0]["dice"], json["groups"][0]["dice"]);
    // Without groups, or with one case each, there is nothing to say beyond the cases.
    std::fs::remove_file(folder.0.join("splits.json")).unwrap();
    assert!(
        folder
            .evaluate("--methods segwithu --cases a")
            .status
            .success()
    );
    assert_eq!(folder.json()["groups"], serde_json::json!([]));
}

#[test]
fn a_summary_has_a_line_for_each_evaluation_under_that_of_their_mask() {
    let folder = set("summary");
    let output = folder.evaluate("--cases a,b --methods segwithu,entropy,softmax");
    assert!(output.status.success(), "{output:?}");
    let json = folder.json();
    std::fs::copy(folder.0.join("out.json"), folder.0.join("again.json")).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_penumbra"))
        .args(["results", "--summary", "--json", "out.json,again.json"])
        .args(["--out", "docs/ideas.md"])
        .current_dir(&folder.0)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = std::fs::read_to_string(folder.0.join("docs/ideas.md")).unwrap();
    let both = |method: &str, figure: &str| {
        let of = |mask: &str| number(&json["methods"][method][figure][mask]);
        format!("{:.4} / {:.4}", of("all"), of("near"))
    };
    let table: Vec<&str> = text.lines().filter(|line| line.starts_with('|')).collect();
    assert_eq!(table.len(), 5, "{text}");
    for (line, name, ranking, calibration) in [
        (2, "*entropy, raw softmax*", "entropy", "softmax"),
        (3, "out", "segwithu", "segwithu"),
        (4, "again", "segwithu", "segwithu"),
    ] {
        let cells: Vec<&str> = table[line].split('|').map(str::trim).collect();
        assert_eq!(cells[1], name);
        assert_eq!(cells[3], both(ranking, "auroc"));
        assert_eq!(cells[5], both(calibration, "ece"));
    }
    assert!(text.contains("## dsb2018_nuclei"));
    assert_eq!(text.matches("--cases a,b --methods").count(), 2, "{text}");
}

#[test]
fn images_without_labels_are_screened_by_folder_and_split() {
    let folder = set("screen");
    std::fs::write(
        folder.0.join("splits.json"),
        r#"{"test": ["b"], "val": ["x"]}"#,
    )
    .unwrap();
    let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/models/dsb2018_nuclei");
    let screen = |images: &str| {
        Command::new(env!("CARGO_BIN_EXE_penumbra"))
            .args([
                "screen",
                "--images",
                images,
                "--out",
                "docs/screen.md",
                "--model",
            ])
            .arg(&model)
            .current_dir(&folder.0)
            .output()
            .unwrap()
    };
    let output = screen("images,images@test");
    assert!(output.status.success(), "{output:?}");
    let text = std::fs::read_to_string(folder.0.join("docs/screen.md")).unwrap();
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("| `images"))
        .collect();
    assert!(
        lines[0].starts_with("| `images` | 3 | ") && lines[1].starts_with("| `images@test` | 1 | ")
    );
    assert!(text.contains("--images images,images@test"), "{text}");
    for (images, sentence) in [
        ("images@val", "no image of images is in the split `val`"),
        ("images@train", "there is no split `train`"),
    ] {
        let output = screen(images);
        assert_eq!(output.status.code(), Some(1));
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains(sentence), "{said}");
    }
}

#[test]
fn bad_input_is_said_in_one_sentence() {
    let folder = set("bad");
    std::fs::remove_file(folder.0.join("labels/c.png")).unwrap();
    folder.write("labels", "b", &[0; 48 * 47], 48);
    let mut label = vec![0; 48 * 48];
    // Two values would be black and white; of three the model knows one too few.
    (label[7], label[8]) = (3, 2);
    folder.write("labels", "a", &label, 48);
    std::fs::write(folder.0.join("splits.json"), r#"{"test": []}"#).unwrap();
    for (options, code, sentence) in [
        ("--cases c", 1, "there are no labels `c`"),
        ("--cases x", 1, "there is no image `x`"),
        ("--cases ,", 1, "the list of cases is empty"),
        ("--split test", 1, "the split `test` is empty"),
        (
            "--split val",
            1,
            "there is no split `val`; choose among test",
        ),
        ("--cases b", 1, "labels must have the image's size"),
        ("--cases a", 1, "the value 2"),
        ("--cases a --methods guess", 2, "invalid value 'guess'"),
        ("--cases a --split test", 2, "cannot be used with"),
        ("--cases a --methods temperature", 2, "--fit-split val"),
        ("--cases a --methods ensemble", 2, "--members"),
        ("--cases a --methods mc_dropout", 2, "--dropout RATE"),
    ] {
        let output = folder.evaluate(options);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{options}: {said}");
        assert!(said.contains(sentence), "{options}: {said}");
        assert_eq!(said.trim_end().lines().count(), 1, "{options}: {said}");
    }
}

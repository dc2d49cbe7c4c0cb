//! Words and what they mean.
#![allow(clippy::unwrap_used, clippy::panic)]

use super::{Command, DeviceChoice, ResultFormat, parse};
use crate::train::{Fold, Part};

fn words(line: &str) -> Result<Command, crate::Error> {
    parse(line.split_whitespace().map(std::ffi::OsString::from))
}

#[test]
fn the_contract_is_understood() {
    let command =
        words("predict --model m --out o --device gpu --maps ranking,entropy a.png b.png").unwrap();
    let Command::Predict(options) = command else {
        panic!("{command:?}")
    };
    assert_eq!(
        (options.model.as_str(), options.device, options.files.len()),
        ("m", DeviceChoice::Gpu, 2)
    );
    assert_eq!(options.maps.unwrap(), ["ranking", "entropy"]);
    assert_eq!((options.formats, options.series), (None, None));
    let command =
        words("predict --model m --out o --format nifti,dicom --series 2 --window small scans")
            .unwrap();
    let Command::Predict(options) = command else {
        panic!("{command:?}")
    };
    assert_eq!(
        options.formats.unwrap(),
        [ResultFormat::Nifti, ResultFormat::Dicom]
    );
    assert_eq!((options.series, options.small_window), (Some(2), true));
    let command =
        words("train head --config c --out o --time-budget 40m --resume --recipe band").unwrap();
    let Command::Train { options, .. } = command else {
        panic!("{command:?}")
    };
    assert_eq!(options.time_budget.unwrap().as_secs(), 2400);
    assert!(options.resume && options.part == Part::Head);
    assert_eq!(options.recipe.unwrap(), "band");
    let command = words("train backbone --config c --out o --fold 2/4 --device cuda").unwrap();
    let Command::Train { options, device } = command else {
        panic!("{command:?}")
    };
    let fold = Fold { number: 2, of: 4 };
    assert_eq!(options.part, Part::Backbone(Some(fold)));
    assert_eq!((options.resume, device), (false, DeviceChoice::Cuda));
    assert!(matches!(
        words("info --json a.png").unwrap(),
        Command::Info { json: true, .. }
    ));
}

#[test]
fn an_evaluation_knows_its_own_command() {
    let line = "evaluate --model m --images i --labels l --split test --fit-split val --methods all --members a,b --dropout 0.2 --json out.json";
    let Command::Evaluate(options) = words(line).unwrap() else {
        panic!("not an evaluation")
    };
    assert_eq!(options.command, format!("penumbra {line}"));
    assert_eq!(options.split.as_deref(), Some("test"));
    assert_eq!((options.members.len(), options.dropout), (2, Some(0.2)));
    assert_eq!(
        super::command_line(&["a b".into(), "it's".into()]),
        r"penumbra 'a b' 'it'\''s'"
    );
    let command = words("results --json a.json,b.json --out docs/results.md").unwrap();
    let Command::Results { json, .. } = command else {
        panic!("{command:?}")
    };
    assert_eq!(json.len(), 2);
    let command = words("screen --model m --images a@test,b --out c.md").unwrap();
    let Command::Screen(options) = command else {
        panic!("{command:?}")
    };
    assert_eq!(options.images, ["a@test", "b"]);
    assert!(options.command.ends_with("--out c.md"));
}

#[test]
fn wrong_usage_is_said_in_a_sentence_with_exit_code_2() {
    for line in [
        "fly",
        "predict a.png",
        "predict --model m --out o --format jpeg a.png",
        "predict --model m --out o --series first a.png",
        "predict --model m --out o --window large a.png",
        "train tail",
        "info",
        "bench --model m --runs 0",
        "pack --model m",
        "train head --config c --out o --time-budget 4x",
        "train backbone --config c --out o --fold 5/4",
        "train backbone --config c --out o --recipe band",
        "train all --config c --out o --fold 1/4",
        "train all --config c --out o --seed -1",
        "train head --config c --out o --recipe ../up",
        "evaluate --model m --images i --labels l --json j --dropout 1",
        "results --out docs/results.md",
        "screen --model m --out x.md",
    ] {
        let error = words(line).unwrap_err();
        assert_eq!(error.exit_code(), 2, "{line}: {error}");
        assert!(
            error.to_string().ends_with("see `penumbra help`"),
            "{error}"
        );
    }
}

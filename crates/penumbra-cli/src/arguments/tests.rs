//! Words and what they mean.
#![allow(clippy::unwrap_used, clippy::panic)]

use clap::{CommandFactory as _, Parser as _};
use training::{Fold, Part};

use super::commands::SpacingChoice;
use super::{Arguments, Command, DeviceChoice, ResultFormat, Window, command_line, sentence};

fn words(line: &str) -> Result<Command, clap::Error> {
    let words = std::iter::once("penumbra").chain(line.split_whitespace());
    Arguments::try_parse_from(words).map(|arguments| arguments.command.unwrap())
}

#[test]
fn every_option_is_described_soundly() {
    Arguments::command().debug_assert();
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
        words("predict --model m --out o --format nifti,dicom --series 2 --window small --spacing grid scans")
            .unwrap();
    let Command::Predict(options) = command else {
        panic!("{command:?}")
    };
    assert_eq!(options.spacing, Some(SpacingChoice::Grid));
    assert_eq!(
        options.formats.unwrap(),
        [ResultFormat::Nifti, ResultFormat::Dicom]
    );
    assert_eq!((options.series, options.window), (Some(2), Window::Small));
    let command =
        words("train head --config c --out o --time-budget 40m --resume --recipe band").unwrap();
    let Command::Train(arguments) = command else {
        panic!("{command:?}")
    };
    let options = arguments.options().unwrap();
    assert_eq!(options.time_budget.unwrap().as_secs(), 2400);
    assert!(options.resume && options.part == Part::Head);
    assert_eq!(options.recipe.unwrap(), "band");
    let command = words("train backbone --config c --out o --fold 2/4 --device cuda").unwrap();
    let Command::Train(arguments) = command else {
        panic!("{command:?}")
    };
    let options = arguments.options().unwrap();
    let fold = Fold { number: 2, of: 4 };
    assert_eq!(options.part, Part::Backbone(Some(fold)));
    assert_eq!(
        (options.resume, arguments.device),
        (false, DeviceChoice::Cuda)
    );
    assert!(matches!(
        words("info --json a.png").unwrap(),
        Command::Info(options) if options.json
    ));
}

#[test]
fn an_evaluation_can_be_typed_again() {
    let line = "evaluate --model m --images i --labels l --split test --fit-split val --methods all --members a,b --dropout 0.2 --json out.json";
    let Command::Evaluate(options) = words(line).unwrap() else {
        panic!("not an evaluation")
    };
    assert_eq!(options.split.as_deref(), Some("test"));
    assert_eq!(options.methods, ["all"]);
    assert_eq!(
        (options.members.unwrap().0.len(), options.dropout),
        (2, Some(0.2))
    );
    let words_of = |line: &str| line.split_whitespace().map(Into::into).collect::<Vec<_>>();
    assert_eq!(command_line(&words_of(line)), format!("penumbra {line}"));
    assert_eq!(
        command_line(&["a b".into(), "it's".into()]),
        r"penumbra 'a b' 'it'\''s'"
    );
    let command = words("evaluate --model m --images i --labels l --cases a,,b --json j").unwrap();
    let Command::Evaluate(options) = command else {
        panic!("{command:?}")
    };
    assert_eq!(
        options.methods,
        ["segwithu", "softmax", "entropy", "margin", "energy"]
    );
    assert_eq!(options.cases.unwrap().0, ["a", "b"]);
    let command = words("results --json a.json,b.json --out docs/results.md").unwrap();
    let Command::Results(options) = command else {
        panic!("{command:?}")
    };
    assert_eq!(options.json.0.len(), 2);
    let command = words("screen --model m --images a@test,b --out c.md").unwrap();
    let Command::Screen(options) = command else {
        panic!("{command:?}")
    };
    assert_eq!(options.images.0, ["a@test", "b"]);
}

#[test]
fn wrong_usage_is_said_in_a_sentence_with_exit_code_2() {
    for line in [
        "fly",
        "predict a.png",
        "predict --model m --out o --format jpeg a.png",
        "predict --model m --out o --series first a.png",
        "predict --model m --out o --window large a.png",
        "predict --model m --out o --spacing even a.png",
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
        "evaluate --model m --images i --labels l --json j --cases a --split test",
        "evaluate --model m --images i --labels l --json j --methods guess",
        "results --out docs/results.md",
        "screen --model m --out x.md",
    ] {
        let error = match words(line) {
            Ok(Command::Train(arguments)) => arguments.options().unwrap_err().to_string(),
            Ok(command) => panic!("{command:?}"),
            Err(error) => sentence(&error, line.split_whitespace().next()),
        };
        assert_eq!(error.lines().count(), 1, "{line}: {error}");
        assert!(error.contains("; see `penumbra "), "{error}");
    }
}

#[test]
fn what_was_misspelt_is_suggested() {
    for (line, parts) in [
        (
            "predcit",
            [
                "unrecognized subcommand 'predcit'",
                "'predict'",
                "; see `penumbra help`",
            ],
        ),
        (
            "predict --model m --out o --maps rankin a.png",
            [
                "invalid value 'rankin' for '--maps",
                "'ranking'",
                "; see `penumbra predict --help`",
            ],
        ),
        (
            "predict --modle m --out o a.png",
            [
                "unexpected argument '--modle'",
                "'--model'",
                "; see `penumbra predict --help`",
            ],
        ),
    ] {
        let error = sentence(&words(line).unwrap_err(), line.split_whitespace().next());
        for part in parts {
            assert!(error.contains(part), "{part} is not in: {error}");
        }
    }
}

//! What the program says about itself, and where it finds its models.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Runs the program in a folder.
fn penumbra(folder: &Path, words: &[&str], models: Option<&Path>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_penumbra"));
    command.args(words).current_dir(folder);
    match models {
        Some(models) => command.env("PENUMBRA_MODELS", models),
        None => command.env_remove("PENUMBRA_MODELS"),
    };
    command.output().unwrap()
}

fn stdout(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn every_command_has_its_help() {
    let here = repository();
    let all = stdout(&penumbra(&here, &["--help"], None));
    assert_eq!(all, stdout(&penumbra(&here, &["help"], None)));
    for command in [
        "predict",
        "evaluate",
        "screen",
        "results",
        "train",
        "pack",
        "info",
        "bench",
        "models",
        "completions",
    ] {
        assert!(all.contains(&format!("  {command} ")), "{command}: {all}");
        let help = stdout(&penumbra(&here, &[command, "--help"], None));
        assert!(
            help.contains(&format!("Usage: penumbra {command}")),
            "{help}"
        );
    }
    assert!(all.contains("not for diagnosis"), "{all}");
    // Alone the program says what it can do.
    assert!(stdout(&penumbra(&here, &[], None)).contains("Usage: penumbra"));
}

#[test]
fn shells_complete_options_and_values() {
    for shell in ["bash", "zsh", "fish"] {
        let text = stdout(&penumbra(&repository(), &["completions", shell], None));
        for word in ["second-labels", "ranking", "segwithu"] {
            assert!(text.contains(word), "{word} is not completed in {shell}");
        }
    }
}

#[test]
fn models_are_found_from_folders_of_the_repository_and_by_the_variable_from_any() {
    let models = repository().join("web/models");
    let inside = penumbra(&repository().join("crates/penumbra-cli"), &["models"], None);
    let listed = stdout(&inside);
    let line = listed.lines().find(|line| line.starts_with("hippocampus"));
    assert!(line.is_some_and(|line| line.contains(" in ")), "{listed}");
    let elsewhere = std::env::temp_dir();
    let by_variable = stdout(&penumbra(&elsewhere, &["models"], Some(&models)));
    assert!(by_variable.contains("hippocampus"), "{by_variable}");

    let output = penumbra(
        &elsewhere,
        &["bench", "--model", "no-such-model"],
        Some(&models),
    );
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(
        said.contains("there is no model `no-such-model`") && said.contains("hippocampus"),
        "{said}"
    );
}

#[test]
fn wrong_usage_is_one_line_on_stderr_with_exit_code_2() {
    for (words, parts) in [
        (&["predcit"][..], ["unrecognized subcommand", "'predict'"]),
        (
            &["predict", "a.png"],
            ["--model", "see `penumbra predict --help`"],
        ),
        (
            &[
                "train", "head", "--config", "c", "--out", "o", "--fold", "1/2",
            ],
            ["belongs to `train backbone`", "--help`"],
        ),
    ] {
        let output = penumbra(&repository(), words, None);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(output.stdout.is_empty());
        for part in parts {
            assert!(said.contains(part), "{part} is not in: {said}");
        }
    }
}

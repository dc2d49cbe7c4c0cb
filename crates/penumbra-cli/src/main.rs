//! `penumbra`: segment, evaluate, train and pack from the command line.

#![cfg_attr(not(test), deny(clippy::indexing_slicing))]

mod arguments;
mod bench;
mod bundles;
mod calibrate;
mod completions;
mod error;
mod evaluate;
mod info;
mod inputs;
mod model;
mod models;
mod ood;
mod pack;
mod predict;
mod results;
mod terminal;
mod train;
mod variables;

pub use error::Error;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _};
use tracing::Level;

use arguments::{Arguments, Command, command_line, sentence};
use terminal::Terminal;

fn main() -> ExitCode {
    let words: Vec<OsString> = std::env::args_os().collect();
    let arguments = match Arguments::try_parse_from(&words) {
        Ok(arguments) => arguments,
        // Help and version are results.
        Err(error) if !error.use_stderr() => {
            print!("{}", error.render());
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            let first = words.get(1).and_then(|word| word.to_str());
            eprintln!("penumbra: {}", sentence(&error, first));
            return ExitCode::from(2);
        }
    };
    let Some(command) = arguments.command else {
        print!("{}", Arguments::command().render_help());
        return ExitCode::SUCCESS;
    };
    let terminal = Terminal::new();
    // What training says in its course is what it is watched for.
    let usual = match command {
        Command::Train(_) | Command::Pack(_) => Level::INFO,
        Command::Predict(_)
        | Command::Evaluate(_)
        | Command::Calibrate(_)
        | Command::Screen(_)
        | Command::Results(_)
        | Command::Info(_)
        | Command::Bench(_)
        | Command::Models
        | Command::Completions(_) => Level::WARN,
    };
    terminal.log(usual, arguments.verbose);
    let line = command_line(words.get(1..).unwrap_or_default());
    let done = run(command, &line, &terminal);
    terminal.clear();
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("penumbra: {error}");
            ExitCode::from(error.exit_code())
        }
    }
}

fn run(command: Command, line: &str, terminal: &Terminal) -> Result<(), Error> {
    match command {
        Command::Predict(options) => predict::run(&options, terminal),
        Command::Evaluate(options) => evaluate::run(&options, line, terminal),
        Command::Calibrate(options) => calibrate::run(&options, terminal),
        Command::Screen(options) => ood::run(&options, line, terminal),
        Command::Results(options) => results::run(&options),
        Command::Train(options) => train::run(&options, terminal),
        Command::Pack(options) => pack::run(&options, terminal),
        Command::Info(options) => info::run(&options),
        Command::Bench(options) => bench::run(&options),
        Command::Models => models::run(),
        Command::Completions(options) => completions::run(&options),
    }
}

//! `penumbra`: segment, evaluate, train and pack from the command line.

mod arguments;
mod bench;
mod card;
mod error;
mod evaluate;
mod info;
mod inputs;
mod model;
mod pack;
mod plot;
mod predict;
mod results;
mod screen;
mod train;
mod trained;

pub use error::Error;

use std::process::ExitCode;

use arguments::{Command, parse};

fn main() -> ExitCode {
    match parse(std::env::args_os().skip(1)).and_then(run) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("penumbra: {error}");
            ExitCode::from(error.exit_code())
        }
    }
}

fn run(command: Command) -> Result<(), Error> {
    match command {
        Command::Help => {
            println!("{}", arguments::USAGE);
            Ok(())
        }
        Command::Predict(options) => predict::run(&options),
        Command::Evaluate(options) => evaluate::run(&options),
        Command::Screen(options) => screen::run(&options),
        Command::Results {
            json,
            out,
            summary: true,
        } => results::summarise(&json, &out),
        Command::Results { json, out, .. } => results::run(&json, &out),
        Command::Train { options, device } => train::run(&options, &model::device(device)?),
        Command::Pack {
            run,
            recipe,
            out,
            device,
        } => pack::run(&run, recipe.as_deref(), &out, device),
        Command::Info { json, files } => info::run(json, &files),
        Command::Bench {
            model,
            device,
            runs,
        } => bench::run(&model, device, runs),
    }
}

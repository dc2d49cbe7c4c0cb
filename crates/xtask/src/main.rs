//! `cargo xtask`: sets up, builds, serves and tests Penumbra.

mod browsers;
mod checks;
mod error;
mod hash;
mod interchange;
mod packages;
mod page;
mod paths;
mod policy;
mod process;
mod serve;
mod server;
mod stand_in;
mod suite;
mod summary;
mod tools;
mod wasm_target;
mod worker;

use std::env;
use std::process::ExitCode;

use error::{Error, Result};
use paths::Paths;
use tools::Tools;

const HELP: &str = "\
cargo xtask serve [--port 8080] [--no-open] [--no-watch]
                        installs what is missing, builds, serves the page on 127.0.0.1 and builds again on changes
cargo xtask test [--only part,..]
                        installs what is missing and runs every check and test; parts: format, lint,
                        documentation, rust, interchange, page, browser
cargo xtask setup       installs what is missing and builds nothing
cargo xtask build       builds the page into dist
cargo xtask worker      builds the worker's module only (trunk calls this)
cargo xtask policy      writes the Content-Security-Policy into the built page (trunk calls this)
cargo xtask host [--port 8080]
                        serves dist as it is

PENUMBRA_TOOLS=<folder>              where tools are installed (default .tools)
PENUMBRA_WASM_FROM_PACKAGES=1        do not ask rustup for the wasm32 target
PENUMBRA_FIREFOX, PENUMBRA_CHROMIUM  browsers for the tests
PENUMBRA_SHARED=<folder>             real images for the tests (default ../shared)
";

fn main() -> ExitCode {
    if let Some(outcome) = stand_in::stand_in() {
        return outcome;
    }
    let arguments: Vec<String> = env::args().skip(1).collect();
    match dispatch(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error @ Error::Usage(_)) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
        // Everything has been said, and the summary is to be the last line.
        Err(Error::Failed) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[String]) -> Result<()> {
    let paths = Paths::find();
    let (name, rest) = arguments
        .split_first()
        .map_or(("help", arguments), |(name, rest)| (name.as_str(), rest));
    match name {
        "serve" => {
            let options = Options::read(rest, &["--port", "--no-open", "--no-watch"])?;
            let tools = Tools::ensure(&paths)?;
            serve::run(
                &paths,
                Some(&tools),
                options.watch,
                options.port,
                options.open,
            )
        }
        "host" => {
            let options = Options::read(rest, &["--port"])?;
            serve::run(&paths, None, false, options.port, false)
        }
        "test" => suite::run_all(&paths, &Options::read(rest, &["--only"])?.only),
        "setup" => {
            Options::read(rest, &[])?;
            Tools::ensure(&paths).map(drop)
        }
        "build" => {
            Options::read(rest, &[])?;
            page::build(&paths, &Tools::ensure(&paths)?)
        }
        "worker" => {
            Options::read(rest, &[])?;
            worker::build(&paths, &Tools::ensure(&paths)?)
        }
        "policy" => {
            Options::read(rest, &[])?;
            page::write_policy(&paths)
        }
        "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(())
        }
        other => Err(Error::Usage(format!("there is no command `{other}`"))),
    }
}

/// What stands after the command.
#[derive(Debug, PartialEq, Eq)]
struct Options {
    port: u16,
    open: bool,
    watch: bool,
    only: Vec<String>,
}

impl Options {
    fn read(arguments: &[String], known: &[&str]) -> Result<Self> {
        let mut options = Self {
            port: 8080,
            open: true,
            watch: true,
            only: Vec::new(),
        };
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            if !known.contains(&argument.as_str()) {
                return Err(Error::Usage(format!(
                    "there is no option `{argument}` here"
                )));
            }
            let mut value = || {
                rest.next()
                    .ok_or_else(|| Error::Usage(format!("`{argument}` wants a value after it")))
            };
            match argument.as_str() {
                "--no-open" => options.open = false,
                "--no-watch" => options.watch = false,
                "--port" => {
                    let text = value()?;
                    options.port = text.parse().map_err(|_| {
                        Error::Usage(format!(
                            "`{text}` is no port: give a number from 0 to 65535"
                        ))
                    })?;
                }
                _ => options.only = parts(value()?)?,
            }
        }
        Ok(options)
    }
}

fn parts(text: &str) -> Result<Vec<String>> {
    let chosen: Vec<String> = text.split(',').map(str::to_owned).collect();
    match chosen
        .iter()
        .find(|part| !suite::PARTS.contains(&part.as_str()))
    {
        Some(unknown) => Err(Error::Usage(format!(
            "`{unknown}` is no part of the tests: choose from {}",
            suite::PARTS.join(", ")
        ))),
        None => Ok(chosen),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    fn read(arguments: &[&str]) -> Result<Options> {
        let arguments: Vec<String> = arguments.iter().map(|&text| text.to_owned()).collect();
        Options::read(&arguments, &["--port", "--no-open", "--only"])
    }

    #[test]
    fn options_are_read() {
        let options = read(&["--port", "0", "--no-open", "--only", "rust,page"]).unwrap();
        assert_eq!(
            options,
            Options {
                port: 0,
                open: false,
                watch: true,
                only: vec!["rust".to_owned(), "page".to_owned()]
            }
        );
    }

    #[test]
    fn wrong_options_are_named() {
        for (arguments, word) in [
            (&["--port", "70000"][..], "`70000`"),
            (&["--port"], "`--port`"),
            (&["--quick"], "`--quick`"),
            (&["--no-watch"], "`--no-watch`"),
            (&["--only", "rust,rest"], "`rest`"),
        ] {
            let message = read(arguments).unwrap_err().to_string();
            assert!(message.contains(word), "{message}");
        }
    }
}

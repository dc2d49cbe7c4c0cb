//! `cargo xtask`: sets up, builds, serves and tests Penumbra.

mod bench;
mod browser_tests;
mod browsers;
mod cargo_install;
mod checks;
mod compress;
mod csp;
mod encoding;
mod error;
mod hash;
mod headers;
mod interchange;
mod lessons;
mod licences;
mod native_tests;
mod offline;
mod options;
mod packages;
mod page;
mod paths;
mod process;
mod python;
mod serve;
mod server;
mod spelling;
mod suite;
mod summary;
mod tools;
mod wasm_target;
mod wasm_tests;
mod worker;

use std::env;
use std::process::ExitCode;

use error::{Error, Result};
use options::Options;
use paths::Paths;
use tools::Tools;

const HELP: &str = "\
cargo xtask serve [--port 8080] [--no-open] [--no-watch]
                        installs what is missing, builds, serves the page on 127.0.0.1 and builds again on changes
cargo xtask test [--only part,..]
                        installs what is missing and runs every check and test; parts: format, spelling,
                        licences, lint, documentation, rust, interchange, page, wasm, browser
cargo xtask bench       times the networks on this machine's processor beside ONNX Runtime and writes docs/benchmarks.md
cargo xtask setup       installs what is missing and builds nothing
cargo xtask build       builds the page into dist
cargo xtask worker      builds the worker's module only (trunk calls this)
cargo xtask lessons     renders the lessons only (trunk calls this)
cargo xtask csp         writes the Content-Security-Policy and the service worker into the built page (trunk calls this)
cargo xtask host [--port 8080] [--frame-ancestors sources]
                        serves dist as it is; sources, such as \"'self' https://course.example\", may show it in a frame

PENUMBRA_TOOLS=<folder>              where tools are installed (default .tools)
PENUMBRA_WASM_TOOLCHAIN=<folder>     a toolchain for the WebAssembly modules (default: the active one)
PENUMBRA_FIREFOX, PENUMBRA_CHROMIUM  browsers for the tests
PENUMBRA_SHARED=<folder>             real images for the tests (default ../shared)
";

fn main() -> ExitCode {
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
                options.frame_ancestors,
            )
        }
        "host" => {
            let options = Options::read(rest, &["--port", "--frame-ancestors"])?;
            serve::run(
                &paths,
                None,
                false,
                options.port,
                false,
                options.frame_ancestors,
            )
        }
        "test" => suite::run_all(&paths, &Options::read(rest, &["--only"])?.only),
        "bench" => {
            Options::read(rest, &[])?;
            bench::run(&paths)
        }
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
        "lessons" => {
            Options::read(rest, &[])?;
            lessons::build(&paths)
        }
        "csp" => {
            Options::read(rest, &[])?;
            page::write_csp(&paths)
        }
        "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(())
        }
        other => Err(Error::Usage(format!("there is no command `{other}`"))),
    }
}

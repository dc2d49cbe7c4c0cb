//! `cargo xtask test`: every check and every test, and one summary at the end.

use std::thread::{self, JoinHandle};

use crate::browser_tests;
use crate::checks;
use crate::error::{Error, Result};
use crate::interchange;
use crate::licences;
use crate::native_tests;
use crate::page;
use crate::paths::Paths;
use crate::spelling;
use crate::summary::Count;
use crate::tools::Tools;
use crate::wasm_tests;

/// A part of the tests; `--only` chooses some.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// rustfmt.
    Format,
    /// typos.
    Spelling,
    /// cargo-deny.
    Licences,
    /// clippy.
    Lint,
    /// rustdoc.
    Documentation,
    /// Native tests.
    Rust,
    /// Files that this project writes, in the readers of other projects.
    Interchange,
    /// The build of the page and its worker.
    Page,
    /// The imaging library on wasm32, against the same natively.
    Wasm,
    /// The built page in real browsers.
    Browser,
}

impl Part {
    /// In the order in which they run: what is quickly said comes first, and what needs the page last.
    pub const ALL: [Self; 10] = [
        Self::Format,
        Self::Spelling,
        Self::Licences,
        Self::Lint,
        Self::Documentation,
        Self::Rust,
        Self::Interchange,
        Self::Page,
        Self::Wasm,
        Self::Browser,
    ];

    /// As it is written on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Format => "format",
            Self::Spelling => "spelling",
            Self::Licences => "licences",
            Self::Lint => "lint",
            Self::Documentation => "documentation",
            Self::Rust => "rust",
            Self::Interchange => "interchange",
            Self::Page => "page",
            Self::Wasm => "wasm",
            Self::Browser => "browser",
        }
    }
}

/// Runs the chosen parts (all where `only` is empty), goes on after a failure, and prints the summary.
///
/// # Errors
/// [`Error::Failed`] when anything failed.
pub fn run_all(paths: &Paths, only: &[Part]) -> Result<()> {
    let chosen = |part: &Part| only.is_empty() || only.contains(part);
    let mut page = PageBuild::start(paths, chosen(&Part::Page));
    let mut total = Count::default();
    let mut account = Vec::new();
    for part in Part::ALL.into_iter().filter(chosen) {
        let result = match part {
            Part::Format => checks::format(paths),
            Part::Spelling => spelling::check(paths),
            Part::Licences => licences::check(paths),
            Part::Lint => checks::lint(paths),
            Part::Documentation => checks::document(paths),
            Part::Rust => native_tests::run_all(paths),
            Part::Interchange => interchange::run_all(paths),
            Part::Page => page.finish(),
            Part::Wasm => wasm_tests::run_all(paths),
            // Against the page of an older build they would test something else than the sources.
            Part::Browser if page.failed => Err(Error::Usage(
                "the page was not built, so it cannot be tested".to_owned(),
            )),
            Part::Browser => browser_tests::run_all(paths),
        };
        let name = part.name();
        match result {
            Ok(count) => {
                account.push(format!("{name}: {count}"));
                total += count;
            }
            Err(error) => {
                eprintln!("error: {error}");
                account.push(format!("{name}: FAILED ({error})"));
                total += Count::FAILED;
            }
        }
    }
    for entry in &account {
        println!("{entry}");
    }
    println!("{total}");
    if total.failed == 0 {
        Ok(())
    } else {
        Err(Error::Failed)
    }
}

/// The build of the page, beside everything else.
///
/// It has tools and build folders of its own. Both builds have long stretches with one crate that everything waits for;
/// side by side each fills the other's.
struct PageBuild {
    thread: Option<JoinHandle<Result<()>>>,
    failed: bool,
}

impl PageBuild {
    fn start(paths: &Paths, wanted: bool) -> Self {
        let paths = paths.clone();
        let build = move || Tools::ensure(&paths).and_then(|tools| page::build(&paths, &tools));
        Self {
            thread: wanted.then(|| thread::spawn(build)),
            failed: false,
        }
    }

    fn finish(&mut self) -> Result<Count> {
        let joined = self.thread.take().and_then(|thread| thread.join().ok());
        let result = joined.unwrap_or_else(|| {
            Err(Error::Usage(
                "the build of the page broke off; see the message above".to_owned(),
            ))
        });
        self.failed = result.is_err();
        result.map(|()| Count::PASSED)
    }
}

//! What cargo's harness does, for tests of which only the run tells whether they can run: the same words on stdout, the
//! same options as far as people use them (names, `--exact`, `--skip`, `--ignored`, `--include-ignored`, `--list`).

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::time::Instant;

/// A test.
pub struct Trial<'a> {
    /// Its name, with its modules.
    pub name: &'static str,
    /// Why it cannot run, if it cannot.
    pub reason_to_ignore: Option<String>,
    /// Panics where it fails.
    pub run: Box<dyn Fn() + 'a>,
}

/// What was asked for.
#[derive(Default)]
struct Options {
    names: Vec<String>,
    skipped: Vec<String>,
    exact: bool,
    /// Only those that would be ignored.
    ignored: bool,
    /// Those, too.
    include_ignored: bool,
    list: bool,
}

impl Options {
    fn read(mut words: impl Iterator<Item = String>) -> Self {
        let mut options = Self::default();
        while let Some(word) = words.next() {
            match word.as_str() {
                "--exact" => options.exact = true,
                "--ignored" => options.ignored = true,
                "--include-ignored" => options.include_ignored = true,
                "--list" => options.list = true,
                "--skip" => options.skipped.extend(words.next()),
                // With a value that changes nothing here.
                "--test-threads" | "--format" | "--color" | "-Z" => drop(words.next()),
                option if option.starts_with('-') => {}
                name => options.names.push(name.to_owned()),
            }
        }
        options
    }

    fn wants(&self, trial: &Trial<'_>) -> bool {
        let fits = |pattern: &String| {
            if self.exact {
                trial.name == pattern
            } else {
                trial.name.contains(pattern)
            }
        };
        (self.names.is_empty() || self.names.iter().any(fits))
            && !self.skipped.iter().any(fits)
            && (!self.ignored || trial.reason_to_ignore.is_some())
    }
}

/// Runs the trials that the program's arguments ask for, one after the other, and reports them as cargo's harness does.
pub fn run(trials: &[Trial<'_>], arguments: impl Iterator<Item = String>) -> ExitCode {
    let options = Options::read(arguments);
    let (wanted, others): (Vec<_>, Vec<_>) = trials.iter().partition(|trial| options.wants(trial));
    if options.list {
        for trial in wanted {
            println!("{}: test", trial.name);
        }
        return ExitCode::SUCCESS;
    }
    let started = Instant::now();
    println!("\nrunning {} tests", wanted.len());
    let (mut passed, mut ignored, mut failed) = (0, 0, Vec::new());
    for trial in wanted {
        let run_anyway = options.ignored || options.include_ignored;
        if let Some(reason) = trial.reason_to_ignore.as_ref().filter(|_| !run_anyway) {
            println!("test {} ... ignored, {reason}", trial.name);
            ignored += 1;
        } else if catch_unwind(AssertUnwindSafe(&trial.run)).is_ok() {
            println!("test {} ... ok", trial.name);
            passed += 1;
        } else {
            println!("test {} ... FAILED", trial.name);
            failed.push(trial.name);
        }
    }
    if !failed.is_empty() {
        println!("\nfailures:\n    {}", failed.join("\n    "));
    }
    println!(
        "\ntest result: {}. {passed} passed; {} failed; {ignored} ignored; 0 measured; {} filtered out; finished in {:.2}s\n",
        if failed.is_empty() { "ok" } else { "FAILED" },
        failed.len(),
        others.len(),
        started.elapsed().as_secs_f64()
    );
    if failed.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(101)
    }
}

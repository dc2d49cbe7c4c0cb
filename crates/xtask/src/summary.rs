//! Counting what the test runners say.

use std::fmt;
use std::ops::AddAssign;

/// Tests counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// Passed.
    pub passed: usize,
    /// Failed.
    pub failed: usize,
    /// Not run, because something they need is absent.
    pub skipped: usize,
}

impl AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Count {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 {
            write!(formatter, ", {} skipped", self.skipped)?;
        }
        Ok(())
    }
}

impl Count {
    /// One check that passed.
    pub const PASSED: Self = Self {
        passed: 1,
        failed: 0,
        skipped: 0,
    };
    /// One check that failed.
    pub const FAILED: Self = Self {
        passed: 0,
        failed: 1,
        skipped: 0,
    };

    /// Says that a check cannot be made here, and counts it.
    pub fn skipped(why: &str) -> Self {
        println!("SKIPPED: {why}");
        Self {
            skipped: 1,
            ..Self::default()
        }
    }

    /// Reads the closing lines of node's test runner in the TAP format.
    pub fn from_tap(text: &str) -> Self {
        let number = |name: &str| {
            text.lines()
                .filter_map(|line| {
                    line.strip_prefix("# ")?
                        .strip_prefix(name)?
                        .trim()
                        .parse::<usize>()
                        .ok()
                })
                .next_back()
                .unwrap_or(0)
        };
        Self {
            passed: number("pass "),
            failed: number("fail ") + number("cancelled "),
            skipped: number("skipped ") + number("todo "),
        }
    }

    /// Adds a line of a script that says `ok - <what holds>` and `not ok - <what does not>`.
    pub fn read_check(&mut self, line: &str) {
        if line.starts_with("ok - ") {
            self.passed += 1;
        } else if line.starts_with("not ok - ") {
            self.failed += 1;
        }
    }
}

/// Adds a result line of `cargo test`; other lines change nothing.
pub fn count_result_line(count: &mut Count, line: &str) {
    if let Some(result) = line.strip_prefix("test result: ") {
        count.passed += number_before(result, "passed");
        count.failed += number_before(result, "failed");
        count.skipped += number_before(result, "ignored");
    }
}

fn number_before(text: &str, word: &str) -> usize {
    text.split([';', '.'])
        .filter_map(|part| part.trim().strip_suffix(word)?.trim().parse().ok())
        .next()
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Count {
        let mut count = Count::default();
        text.lines()
            .for_each(|line| count_result_line(&mut count, line));
        count
    }

    #[test]
    fn result_lines_of_cargo_are_summed() {
        let count = read(
            "running 13 tests\n\
             test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.02s\n\
             test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.50s\n",
        );
        assert_eq!(
            count,
            Count {
                passed: 15,
                failed: 2,
                skipped: 1
            }
        );
        assert_eq!(count.to_string(), "15 passed, 2 failed, 1 skipped");
    }

    #[test]
    fn lines_of_scripts_are_counted() {
        let mut count = Count::default();
        for line in [
            "ok - one",
            "# a remark: ok - no",
            "not ok - two (why)",
            "ok - three",
        ] {
            count.read_check(line);
        }
        assert_eq!(count.to_string(), "2 passed, 1 failed");
    }

    #[test]
    fn the_closing_lines_of_node_are_read() {
        let text = "TAP version 13\n# pass nothing here\n1..3\n# tests 4\n# suites 1\n# pass 2\n# fail 1\n# cancelled 0\n# skipped 1\n# todo 0\n# duration_ms 3\n";
        assert_eq!(
            Count::from_tap(text),
            Count {
                passed: 2,
                failed: 1,
                skipped: 1
            }
        );
    }
}

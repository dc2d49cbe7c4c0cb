//! What people see beside the results: a line of progress and the log, both on stderr.

use std::cell::Cell;
use std::io::{IsTerminal as _, Write};
use std::rc::Rc;

use evaluation::Progress;
use tracing::{Level, info};

/// Takes the line of progress away: back to its start, and clear to its end (ECMA-48, EL).
const CLEAR_LINE: &str = "\r\x1b[K";

/// stdout for results, stderr for everything else. The line of progress is drawn only where stderr is a terminal.
#[derive(Debug, Clone)]
pub struct Terminal {
    is_terminal: bool,
    /// Whether the line of progress stands on the screen.
    has_line: Rc<Cell<bool>>,
}

impl Terminal {
    /// A terminal without progress yet.
    pub fn new() -> Self {
        Self {
            is_terminal: std::io::stderr().is_terminal(),
            has_line: Rc::default(),
        }
    }

    /// Prints a line of the results on stdout.
    pub fn print(&self, line: &str) {
        self.clear();
        println!("{line}");
    }

    /// Says something on stderr.
    pub fn say(&self, line: &str) {
        self.clear();
        eprintln!("penumbra: {line}");
    }

    /// Takes the line of progress away.
    pub fn clear(&self) {
        if self.has_line.replace(false) {
            eprint!("{CLEAR_LINE}");
        }
    }

    /// Sends the log to stderr: what `usual` says, and more with each `-v`.
    pub fn log(&self, usual: Level, verbose: u8) {
        let level = match verbose {
            0 => usual,
            1 => usual.max(Level::INFO),
            _ => Level::DEBUG,
        };
        let is_terminal = self.is_terminal;
        tracing_subscriber::fmt()
            .with_max_level(level)
            .with_target(false)
            .without_time()
            .with_ansi(is_terminal)
            .with_writer(move || {
                let mut stderr = std::io::stderr();
                if is_terminal {
                    // A line that cannot be taken away is no reason to keep silent.
                    stderr.write_all(CLEAR_LINE.as_bytes()).ok();
                }
                stderr
            })
            .init();
    }
}

impl Progress for Terminal {
    fn step(&self, work: &str, done: usize, total: usize, last: &str) {
        if !last.is_empty() {
            info!("{work} {done} of {total}: {last}");
        }
        if self.is_terminal {
            if done < total {
                eprint!("{CLEAR_LINE}{work} {done} of {total} {last}");
                self.has_line.set(true);
            } else {
                self.clear();
            }
        }
    }
}

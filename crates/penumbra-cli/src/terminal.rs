//! What people see beside the results: a bar of progress and the log, both on stderr.

use std::io::{IsTerminal as _, Write};

use evaluation::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tracing::{Level, info};
use tracing_subscriber::fmt::MakeWriter;

/// stdout for results, stderr for everything else. The bar is drawn only where stderr is a terminal.
#[derive(Debug, Clone)]
pub struct Terminal {
    bar: ProgressBar,
}

impl Terminal {
    /// A terminal without a bar yet.
    pub fn new() -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        let style = "{prefix} {wide_bar} {pos}/{len} {msg} {eta}";
        // The template is this one and no other; the usual style would do as well.
        if let Ok(style) = ProgressStyle::with_template(style) {
            bar.set_style(style);
        }
        Self { bar }
    }

    /// Prints a line of the results on stdout, above the bar.
    pub fn print(&self, line: &str) {
        self.bar.suspend(|| println!("{line}"));
    }

    /// Says something on stderr, above the bar.
    pub fn say(&self, line: &str) {
        self.bar.suspend(|| eprintln!("penumbra: {line}"));
    }

    /// Takes the bar away.
    pub fn clear(&self) {
        self.bar.finish_and_clear();
    }

    /// Sends the log to stderr: what `usual` says, and more with each `-v`.
    pub fn log(&self, usual: Level, verbose: u8) {
        let level = match verbose {
            0 => usual,
            1 => usual.max(Level::INFO),
            _ => Level::DEBUG,
        };
        tracing_subscriber::fmt()
            .with_max_level(level)
            .with_target(false)
            .without_time()
            .with_ansi(std::io::stderr().is_terminal())
            .with_writer(self.clone())
            .init();
    }
}

impl Progress for Terminal {
    fn step(&self, work: &str, done: usize, total: usize, last: &str) {
        if !last.is_empty() {
            info!("{work} {done} of {total}: {last}");
        }
        if done >= total {
            self.bar.reset();
            self.bar.finish_and_clear();
            return;
        }
        self.bar.set_length(total as u64);
        self.bar.set_prefix(work.to_owned());
        self.bar.set_message(last.to_owned());
        self.bar.set_position(done as u64);
    }
}

/// Writes the log's lines above the bar.
#[derive(Debug)]
pub struct LogWriter(ProgressBar);

impl Write for LogWriter {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.suspend(|| std::io::stderr().write(bytes))
    }

    fn flush(&mut self) -> std::io::Result<()> {
        std::io::stderr().flush()
    }
}

impl MakeWriter<'_> for Terminal {
    type Writer = LogWriter;

    fn make_writer(&self) -> Self::Writer {
        LogWriter(self.bar.clone())
    }
}

//! Wrong usage in one sentence.

use clap::{CommandFactory as _, Error};

use super::commands::Arguments;

/// What clap says about wrong usage, without its paragraphs: the fault, what it suggests, and where to read on. `first` is
/// the first word of the command line.
pub fn sentence(error: &Error, first: Option<&str>) -> String {
    let text = error.render().to_string();
    let mut sentence = String::new();
    for line in text.lines().map(str::trim) {
        if line.starts_with("Usage:") || line.starts_with("For more information") {
            break;
        }
        if let Some(tip) = line.strip_prefix("tip: ") {
            sentence.push_str("; ");
            sentence.push_str(tip);
        } else if !line.is_empty() {
            if !sentence.is_empty() {
                sentence.push(' ');
            }
            sentence.push_str(line.strip_prefix("error: ").unwrap_or(line));
        }
    }
    let command = Arguments::command();
    let known = first.filter(|first| command.find_subcommand(first).is_some());
    let help = known.map_or_else(
        || "penumbra help".to_owned(),
        |known| format!("penumbra {known} --help"),
    );
    format!("{sentence}; see `{help}`")
}

//! `penumbra completions`: what a shell needs to complete commands, options and values.

use clap::CommandFactory as _;

use crate::Error;
use crate::arguments::{Arguments, CompletionsOptions};

/// Prints the completions for a shell.
pub fn run(options: &CompletionsOptions) -> Result<(), Error> {
    let mut command = Arguments::command();
    let mut text = Vec::new();
    clap_complete::generate(options.shell, &mut command, "penumbra", &mut text);
    print!("{}", String::from_utf8_lossy(&text));
    Ok(())
}

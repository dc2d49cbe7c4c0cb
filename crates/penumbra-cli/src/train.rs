//! `penumbra train`: parts of a model in the folder of a run.

use training::files::train_in_folder;

use crate::Error;
use crate::arguments::TrainArguments;
use crate::model::device;
use crate::terminal::Terminal;

/// Trains what was asked for.
pub fn run(arguments: &TrainArguments, terminal: &Terminal) -> Result<(), Error> {
    let options = arguments.options()?;
    let device = device(arguments.device)?;
    train_in_folder(
        &arguments.config,
        &arguments.out,
        &options,
        &device,
        terminal,
    )?;
    Ok(())
}

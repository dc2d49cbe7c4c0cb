//! The command line's words.

mod commands;
mod line;
#[cfg(test)]
mod tests;
mod values;
mod wrong;

pub use commands::{
    ALL_METHODS, Arguments, BenchOptions, CalibrateOptions, Command, CompletionsOptions,
    DeviceChoice, EvaluateOptions, InfoOptions, PROBABILITY, PackOptions, PredictOptions,
    ResultFormat, ResultsOptions, ScreenOptions, TrainArguments, Window,
};
pub use line::command_line;
pub use values::Words;
pub use wrong::sentence;

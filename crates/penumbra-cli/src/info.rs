//! `penumbra info`: what a file holds.

use std::path::PathBuf;

use imaging::summary;
use serde_json::{Map, Value};

use crate::Error;
use crate::model::open;

/// Prints a summary of every file, as text or as one JSON object from path to summary. A bad file's error is part of
/// the output, and the command fails at the end.
pub fn run(json: bool, files: &[PathBuf]) -> Result<(), Error> {
    let mut all = Map::new();
    let mut bad = 0;
    for file in files {
        let name = file.display().to_string();
        let described = match open(file) {
            Ok(volume) => serde_json::to_value(summary(&volume)).unwrap_or(Value::Null),
            Err(error) => {
                bad += 1;
                let reason = match error {
                    Error::Image { source, .. } => source.to_string(),
                    other => other.to_string(),
                };
                serde_json::json!({ "error": reason })
            }
        };
        if json {
            all.insert(name, described);
        } else {
            println!("{name}");
            for (key, value) in described.as_object().into_iter().flatten() {
                println!("  {key:12} {value}");
            }
        }
    }
    if json {
        println!(
            "{}",
            serde_json::to_string_pretty(&Value::Object(all)).unwrap_or_default()
        );
    }
    if bad > 0 {
        return Err(Error::Data(format!(
            "{bad} of {} files could not be opened; see their errors above",
            files.len()
        )));
    }
    Ok(())
}

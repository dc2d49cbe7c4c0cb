//! `penumbra info`: what files hold.

use serde_json::{Map, Value, json};

use crate::Error;
use crate::arguments::InfoOptions;
use crate::inputs::{Grouping, inputs};

/// Prints a summary of every file and folder, as text or as one JSON object from path to summary. A bad file's error is
/// part of the output, and the command fails at the end.
pub fn run(options: &InfoOptions) -> Result<(), Error> {
    let as_json = options.json;
    let mut all = Map::new();
    let mut bad = 0;
    let inputs = inputs(&options.files, Grouping::Apart)?;
    for input in &inputs {
        let name = input.path().display().to_string();
        let described = input.describe().unwrap_or_else(|error| {
            bad += 1;
            // The path stands above already.
            let reason = if let Error::Image { source, .. } = error {
                source.to_string()
            } else {
                error.to_string()
            };
            json!({ "error": reason })
        });
        if as_json {
            all.insert(name, described);
        } else {
            println!("{name}");
            for (key, value) in described.as_object().into_iter().flatten() {
                println!("  {key:15} {value}");
            }
        }
    }
    if as_json {
        println!(
            "{}",
            serde_json::to_string_pretty(&Value::Object(all)).unwrap_or_default()
        );
    }
    if bad > 0 {
        return Err(Error::Unopened {
            bad,
            count: inputs.len(),
        });
    }
    Ok(())
}

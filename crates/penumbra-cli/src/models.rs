//! `penumbra models`: which models there are, what each segments, and where it was found.

use crate::Error;
use crate::bundles::installed_models;

/// Prints a line for each model.
pub fn run() -> Result<(), Error> {
    let models = installed_models();
    if models.is_empty() {
        return Err(Error::NoModels);
    }
    for model in models {
        match model.manifest() {
            Ok(manifest) => {
                let classes = manifest.classes.iter().skip(1);
                let classes: Vec<&str> = classes.map(|class| class.name.as_str()).collect();
                println!(
                    "{:20} {} in {} ({})",
                    model.id,
                    classes.join(", "),
                    manifest.modality,
                    model.location
                );
            }
            Err(error) => eprintln!("penumbra: {} ({}): {error}", model.id, model.location),
        }
    }
    Ok(())
}

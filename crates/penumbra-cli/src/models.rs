//! `penumbra models`: which models there are, what each segments, and where it was found.

use crate::Error;
use crate::bundles::found;

/// Prints a line for each model.
pub fn run() -> Result<(), Error> {
    let models = found();
    if models.is_empty() {
        return Err(Error::Data(
            "no models were found; set PENUMBRA_MODELS to a folder of bundles".to_owned(),
        ));
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
                    model.place
                );
            }
            Err(error) => eprintln!("penumbra: {} ({}): {error}", model.id, model.place),
        }
    }
    Ok(())
}

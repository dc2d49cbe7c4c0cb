//! A model's files, from the page's own origin.

use engine::{Bundle, Manifest};

use crate::error::Error;
use crate::host::Host;

/// Fetches and checks a bundle. `models_url` ends in `/`.
pub(crate) async fn bundle(
    host: &impl Host,
    models_url: &str,
    model: &str,
) -> Result<Bundle, Error> {
    let plain =
        |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '-');
    if model.is_empty() || !model.chars().all(plain) {
        return Err(Error::Fetch {
            file: "model.json".to_owned(),
            reason: format!("`{model}` is not the name of a model"),
        });
    }
    let folder = format!("{models_url}{model}/");
    let manifest = bytes(host, &folder, "model.json").await?;
    let description = Manifest::from_json(&manifest)?;
    let weights = bytes(host, &folder, &description.weights.file).await?;
    Ok(Bundle::from_bytes(&manifest, weights)?)
}

async fn bytes(host: &impl Host, folder: &str, file: &str) -> Result<Vec<u8>, Error> {
    let arrived = host.fetch(&format!("{folder}{file}")).await;
    arrived.map_err(|reason| Error::Fetch {
        file: file.to_owned(),
        reason,
    })
}

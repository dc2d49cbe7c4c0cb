//! A model's files, from the page's own origin.

use engine::{Bundle, Manifest};
use gloo_net::http::Request;

use crate::error::Error;

/// Fetches and checks a bundle. `models_url` ends in `/`.
pub async fn bundle(models_url: &str, model: &str) -> Result<Bundle, Error> {
    let plain =
        |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '-');
    if model.is_empty() || !model.chars().all(plain) {
        return Err(Error::Fetch {
            file: "model.json".to_owned(),
            reason: "its name is no model's".to_owned(),
        });
    }
    let folder = format!("{models_url}{model}/");
    let manifest = bytes(&folder, "model.json").await?;
    let description = Manifest::from_json(&manifest)?;
    let weights = bytes(&folder, &description.weights.file).await?;
    Ok(Bundle::from_bytes(&manifest, weights)?)
}

async fn bytes(folder: &str, file: &str) -> Result<Vec<u8>, Error> {
    let fault = |reason: String| Error::Fetch {
        file: file.to_owned(),
        reason,
    };
    let response = Request::get(&format!("{folder}{file}"))
        .send()
        .await
        .map_err(|error| fault(error.to_string()))?;
    if !response.ok() {
        return Err(fault(format!("status {}", response.status())));
    }
    response
        .binary()
        .await
        .map_err(|error| fault(error.to_string()))
}

//! Lists the bundles that the program carries inside itself: those of web/models, with the feature `embed-models`, in
//! optimised builds. Other builds carry none, so that they are quick to link.

use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let models = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../../web/models");
    println!("cargo::rerun-if-changed={}", models.display());
    let embed = env::var_os("CARGO_FEATURE_EMBED_MODELS").is_some()
        && env::var("PROFILE").is_ok_and(|profile| profile == "release");
    let mut bundles = Vec::new();
    if embed {
        for entry in fs::read_dir(&models)? {
            let folder = entry?.path();
            if folder.join("model.json").is_file() {
                bundles.push(folder.canonicalize()?);
            }
        }
        bundles.sort();
    }
    let mut text = "static EMBEDDED: &[EmbeddedBundle] = &[\n".to_owned();
    for folder in bundles {
        let id = folder.file_name().unwrap_or_default().to_string_lossy();
        let file = |name: &str| -> PathBuf { folder.join(name) };
        text.push_str(&format!(
            "EmbeddedBundle {{ id: {id:?}, manifest: include_bytes!({:?}), weights: include_bytes!({:?}) }},\n",
            file("model.json"),
            file("weights.safetensors"),
        ));
    }
    text.push_str("];\n");
    fs::write(Path::new(&env::var("OUT_DIR")?).join("embedded.rs"), text)?;
    Ok(())
}

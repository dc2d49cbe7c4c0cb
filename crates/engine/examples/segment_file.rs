//! Segments one file on the CPU and says what was found: `segment_file MODEL_FOLDER IMAGE`.
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::{env, fs};

use burn::tensor::Device;
use engine::output::{Context, mask_formats, stem};
use engine::{Bundle, Engine, Options, UncertaintySummary, sentence};
use pollster::block_on;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    let [model, image] = arguments.as_slice() else {
        return Err("usage: segment_file MODEL_FOLDER IMAGE".into());
    };
    let engine = load(model)?;
    let name = image.file_name().unwrap_or_default().to_string_lossy();
    let volume = imaging::open(&fs::read(image)?, &name, &imaging::Limits::default())?;
    println!(
        "{name}: {}, {:?} planes, rows, columns",
        volume.provenance.description(),
        volume.shape
    );

    let result = block_on(engine.segment(&volume, &Options::default(), async |step| {
        println!("{} of {} windows", step.done, step.total);
        ControlFlow::Continue(())
    }))?;

    let manifest = engine.manifest();
    let counts = result.class_voxels(manifest.classes.len());
    for (class, voxels) in manifest.classes.iter().zip(counts) {
        println!("{}: {voxels} voxels", class.name);
    }
    let summary = UncertaintySummary::new(manifest, &volume, &result)?;
    println!("{}", sentence(&summary));
    for region in summary.regions.iter().take(5) {
        let [column, row, plane] = region.bounding_box.first;
        println!(
            "look from column {column}, row {row}, plane {plane} on: about {:.0} of {} voxels are wrong",
            region.expected_wrong, region.voxels
        );
    }

    // The mask beside the image, in the format that suits it best.
    let names = [name.into_owned()];
    let context = Context {
        manifest,
        volume: &volume,
        result: &result,
        corrected: None,
        names: &names,
        moment: "2026-01-01T00:00:00",
    };
    if let Some(&format) = mask_formats(&volume).first() {
        let file = context.mask(format)?;
        let path = image.with_file_name(format!("{}{}", stem(&names), file.suffix));
        fs::write(&path, file.bytes)?;
        println!("mask: {}", path.display());
    }
    Ok(())
}

/// A model's folder on the CPU, once it has passed the known-answer test.
fn load(folder: &Path) -> Result<Engine, Box<dyn Error>> {
    let manifest = fs::read(folder.join("model.json"))?;
    let file = engine::Manifest::from_json(&manifest)?.weights.file;
    let bundle = Bundle::from_bytes(&manifest, fs::read(folder.join(file))?)?;
    let engine = Engine::new(&bundle, &Device::flex())?;
    if !block_on(engine.self_test())?.passed() {
        return Err("this computer does not pass the model's known-answer test".into());
    }
    Ok(engine)
}

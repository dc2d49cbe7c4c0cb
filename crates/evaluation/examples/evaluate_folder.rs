//! Compares a bundle's masks and uncertainty with true labels in a folder.
//!
//! `cargo run --release -p penumbra-evaluation --example evaluate_folder -- MODEL IMAGES LABELS`

use std::path::Path;

use burn::tensor::Device;
use dataset::files::{pair_cases, read};
use engine::{Bundle, Engine};
use evaluation::{Evaluator, Method};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [model, images, labels] = &words[..] else {
        return Err("give the folder of a bundle, a folder of images and one of labels".into());
    };
    let model = Path::new(model);
    let bundle = Bundle::from_bytes(
        &read(&model.join("model.json"))?,
        read(&model.join("weights.safetensors"))?,
    )?;
    let engine = Engine::new(&bundle, &Device::flex())?;
    let cases = pair_cases(Path::new(images), Path::new(labels), None)?;

    let methods = vec![Method::SegWithU, Method::from_name("entropy")?];
    let evaluator = Evaluator::new(&engine, methods);
    let (evaluation, _) = pollster::block_on(evaluator.evaluate(&cases))?;
    for (class, dice) in &evaluation.dice {
        println!("Dice of {class}: {dice:.4}");
    }
    for (name, method) in &evaluation.methods {
        println!("AUROC of {name}: {:?}", method.figures.auroc.all);
    }
    Ok(())
}

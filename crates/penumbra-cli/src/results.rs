//! `penumbra results`: tables and plots of evaluations.

use std::path::Path;

use dataset::files::{read, write};
use evaluation::Evaluation;
use evaluation::report::{
    DoubtFigures, StoredEvaluation, document, read_all, summary, write_doubt,
};

use crate::Error;
use crate::arguments::ResultsOptions;

/// Reads evaluations and writes one document, with a folder of plots beside it or with a line for each. Sections and plots
/// are named after the files of the evaluations.
pub fn run(options: &ResultsOptions) -> Result<(), Error> {
    if options.doubt {
        return doubt(options);
    }
    let evaluations = evaluations(&options.json.0, options.summary)?;
    let (out, count) = (&options.out, evaluations.len());
    if options.summary {
        write(out, summary(&evaluations).as_bytes())?;
        println!("{}: {count} evaluations", out.display());
        return Ok(());
    }
    let folder = out.with_extension("");
    let stem = out.file_stem().unwrap_or_default().to_string_lossy();
    let document = document(&evaluations, &stem)?;
    for (file, svg) in &document.plots {
        write(&folder.join(file), svg.as_bytes())?;
    }
    write(out, document.markdown.as_bytes())?;
    println!(
        "{}: {count} evaluations, plots in {}",
        out.display(),
        folder.display()
    );
    Ok(())
}

/// Writes the part about doubt into the document, and its figures into the folder beside it. Files that hold such figures
/// already are taken as they are.
fn doubt(options: &ResultsOptions) -> Result<(), Error> {
    let validation = options.validation.as_ref().map(|files| files.0.as_slice());
    let validation = match validation {
        Some(files) => evaluations(files, true)?,
        None => Vec::new(),
    };
    let folder = options.out.with_extension("");
    let mut figures: Vec<DoubtFigures> = Vec::new();
    // The cases of a model may come in several files.
    let mut by_model: Vec<(String, Vec<Evaluation>)> = Vec::new();
    for file in &options.json.0 {
        let bytes = read(Path::new(file))?;
        if let Ok(found) = serde_json::from_slice::<DoubtFigures>(&bytes) {
            figures.push(found);
            continue;
        }
        for stored in evaluations(std::slice::from_ref(file), true)? {
            let evaluation = stored.evaluation;
            let weights = evaluation.protocol.weights_sha256.clone();
            match by_model.iter_mut().find(|(known, _)| *known == weights) {
                Some((_, same)) => same.push(evaluation),
                None => by_model.push((weights, vec![evaluation])),
            }
        }
    }
    for (weights, evaluations) in &by_model {
        let same = validation.iter().map(|stored| &stored.evaluation);
        let same = same.filter(|other| other.protocol.weights_sha256 == *weights);
        let cases: Vec<_> = same.flat_map(|other| other.per_case.clone()).collect();
        let Some(found) = DoubtFigures::of(evaluations, &cases)? else {
            continue;
        };
        let text = serde_json::to_string_pretty(&found)?;
        let kept = folder.join(format!("{}-doubt.json", found.model));
        write(&kept, format!("{text}\n").as_bytes())?;
        figures.push(found);
    }
    let document = String::from_utf8_lossy(&read(&options.out)?).into_owned();
    write(&options.out, write_doubt(&document, &figures).as_bytes())?;
    println!("{}: {} models", options.out.display(), figures.len());
    Ok(())
}

/// Evaluations by the stems of their files.
fn evaluations(files: &[String], by_model: bool) -> Result<Vec<StoredEvaluation>, Error> {
    if files.is_empty() {
        return Err(Error::NoEvaluations);
    }
    let mut read_files = Vec::with_capacity(files.len());
    for file in files {
        let stem = Path::new(file).file_stem().unwrap_or_default();
        read_files.push((stem.to_string_lossy(), file, read(Path::new(file))?));
    }
    let named = read_files
        .iter()
        .map(|(stem, file, bytes)| (stem.as_ref(), file.as_str(), bytes.as_slice()));
    Ok(read_all(named, by_model)?)
}

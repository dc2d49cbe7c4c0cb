//! `penumbra results`: tables and plots of evaluations.

use std::path::Path;

use dataset::files::{read, write};
use evaluation::report::{StoredEvaluation, document, read_all, summary};

use crate::Error;
use crate::arguments::ResultsOptions;

/// Reads evaluations and writes one document, with a folder of plots beside it or with a line for each. Sections and plots
/// are named after the files of the evaluations.
pub fn run(options: &ResultsOptions) -> Result<(), Error> {
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

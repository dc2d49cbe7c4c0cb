//! `penumbra results`: tables and plots of evaluations.

mod groups;
mod plots;
mod reference;
mod summary;
mod tables;
mod verdict;

use std::path::{Path, PathBuf};

use crate::Error;
use crate::evaluate::Evaluation;
use crate::model::{read, write};

/// Reads evaluations and writes one document with a folder of plots beside it. Sections and plots are named after the
/// files of the evaluations.
pub fn run(json: &[PathBuf], out: &Path) -> Result<(), Error> {
    let evaluations = read_all(json, false)?;
    let stem = out.file_stem().unwrap_or_default().to_string_lossy();
    let folder = out.with_extension("");
    let mut document = tables::introduction();
    for (name, evaluation) in &evaluations {
        document.push_str(&tables::section(name, evaluation)?);
        for (kind, plot) in plots::all(name, evaluation) {
            let file = format!("{name}-{kind}.svg");
            write(&folder.join(&file), plot.svg().as_bytes())?;
            document.push_str(&format!("![{}]({stem}/{file})\n\n", plot.title));
        }
    }
    write(out, document.as_bytes())?;
    println!(
        "{}: {} evaluations, plots in {}",
        out.display(),
        evaluations.len(),
        folder.display()
    );
    Ok(())
}

/// Reads evaluations and writes a document with one line for each, in tables by model.
pub fn summarise(json: &[PathBuf], out: &Path) -> Result<(), Error> {
    let evaluations = read_all(json, true)?;
    write(out, summary::document(&evaluations).as_bytes())?;
    println!("{}: {} evaluations", out.display(), evaluations.len());
    Ok(())
}

/// Evaluations by the stems of their files, which must differ; with `by_model` within each model.
fn read_all(json: &[PathBuf], by_model: bool) -> Result<Vec<(String, Evaluation)>, Error> {
    let mut evaluations: Vec<(String, Evaluation)> = Vec::with_capacity(json.len());
    for path in json {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let read: Result<Evaluation, _> = serde_json::from_slice(&read(path)?);
        let evaluation = read.map_err(|error| Error::Config {
            path: path.clone(),
            reason: format!("it is no result of `penumbra evaluate` ({error})"),
        })?;
        let same = |(other, earlier): &(String, Evaluation)| {
            *other == name && (!by_model || earlier.model == evaluation.model)
        };
        if evaluations.iter().any(same) {
            return Err(Error::Data(format!(
                "two evaluations are named `{name}`; give their files different names"
            )));
        }
        evaluations.push((name.into_owned(), evaluation));
    }
    if evaluations.is_empty() {
        return Err(Error::Usage(
            "`penumbra results` needs at least one file of `penumbra evaluate`; see `penumbra help`"
                .to_owned(),
        ));
    }
    Ok(evaluations)
}

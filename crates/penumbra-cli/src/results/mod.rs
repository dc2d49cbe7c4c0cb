//! `penumbra results`: tables and plots of evaluations.

mod plots;
mod reference;
mod tables;
mod verdict;

use std::path::{Path, PathBuf};

use crate::Error;
use crate::evaluate::Evaluation;
use crate::model::{read, write};

/// Reads evaluations and writes one document with a folder of plots beside it.
pub fn run(json: &[PathBuf], out: &Path) -> Result<(), Error> {
    let evaluations = json
        .iter()
        .map(|path| {
            serde_json::from_slice::<Evaluation>(&read(path)?).map_err(|error| Error::Config {
                path: path.clone(),
                reason: format!("it is no result of `penumbra evaluate` ({error})"),
            })
        })
        .collect::<Result<Vec<_>, _>>()?;
    if evaluations.is_empty() {
        return Err(Error::Usage(
            "`penumbra results` needs at least one file of `penumbra evaluate`; see `penumbra help`"
                .to_owned(),
        ));
    }
    let stem = out.file_stem().unwrap_or_default().to_string_lossy();
    let folder = out.with_extension("");
    let mut document = tables::introduction();
    for evaluation in &evaluations {
        let name = &evaluation.model;
        document.push_str(&tables::section(evaluation)?);
        for (kind, plot) in plots::all(evaluation) {
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

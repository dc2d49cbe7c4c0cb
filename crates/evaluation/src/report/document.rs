//! One document of several evaluations, with its plots.

use crate::Error;
use crate::metrics::Evaluation;
use crate::report::{plots, tables};

/// An evaluation with the name of its section.
#[derive(Debug, Clone)]
pub struct StoredEvaluation {
    /// Stem of the file that it was read from.
    pub name: String,
    /// The evaluation.
    pub evaluation: Evaluation,
}

/// A Markdown document and the plots that it shows.
#[derive(Debug, Clone)]
pub struct Document {
    /// The text.
    pub markdown: String,
    /// Names of files and their SVG, which belong into the folder that the text names.
    pub plots: Vec<(String, String)>,
}

/// Reads the JSON of evaluations, each by the name of its section, which must differ; with `by_model`, within each model.
///
/// # Errors
/// [`Error::Format`] for what is no evaluation, [`Error::SameName`] for a name that comes twice.
pub fn read_all<'a>(
    files: impl IntoIterator<Item = (&'a str, &'a str, &'a [u8])>,
    by_model: bool,
) -> Result<Vec<StoredEvaluation>, Error> {
    let mut evaluations: Vec<StoredEvaluation> = Vec::new();
    for (name, file, bytes) in files {
        let evaluation: Evaluation =
            serde_json::from_slice(bytes).map_err(|error| Error::Format {
                file: file.to_owned(),
                reason: error.to_string(),
            })?;
        let same = |other: &StoredEvaluation| {
            other.name == name && (!by_model || other.evaluation.model == evaluation.model)
        };
        if evaluations.iter().any(same) {
            return Err(Error::SameName(name.to_owned()));
        }
        evaluations.push(StoredEvaluation {
            name: name.to_owned(),
            evaluation,
        });
    }
    Ok(evaluations)
}

/// The document, whose text links to plots in `folder`.
///
/// # Errors
/// [`Error::Format`] where the reference figures cannot be read.
pub fn document(evaluations: &[StoredEvaluation], folder: &str) -> Result<Document, Error> {
    let mut document = Document {
        markdown: tables::introduction(),
        plots: Vec::new(),
    };
    for StoredEvaluation { name, evaluation } in evaluations {
        document
            .markdown
            .push_str(&tables::section(name, evaluation)?);
        for (kind, plot) in plots::all(name, evaluation) {
            let file = format!("{name}-{kind}.svg");
            let link = format!("![{}]({folder}/{file})\n\n", plot.title);
            document.markdown.push_str(&link);
            document.plots.push((file, plot.svg()));
        }
    }
    Ok(document)
}

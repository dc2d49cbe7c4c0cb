//! `penumbra calibrate`: what is fitted after training, from a bundle and labelled cases.

use std::path::Path;

use dataset::files::{DatasetFolder, read, write};
use engine::{Manifest, SiteCalibration};
use evaluation::{CaseMetrics, Evaluation, Evaluator, Method, calibrate};
use pollster::block_on;
use training::write_fitted;

use crate::Error;
use crate::arguments::CalibrateOptions;
use crate::bundles::{Place, find};
use crate::model::engine;
use crate::terminal::Terminal;

/// Calibrates a model and writes the numbers into its bundle, or into a site file.
pub fn run(options: &CalibrateOptions, terminal: &Terminal) -> Result<(), Error> {
    let found = find(&options.model)?;
    let manifest = found.manifest()?;
    let cases = match &options.cases {
        Some(file) => stored_cases(file, &manifest)?,
        None => judged_cases(options, terminal)?,
    };
    let site = calibrate(&manifest, &cases)?;
    if let Some(file) = &options.out {
        write(file, site.to_json()?.as_bytes())?;
    }
    if options.into_bundle {
        let Place::Folder(folder) = &found.place else {
            return Err(Error::Data(format!(
                "the model `{}` is inside the program and cannot be changed; give the folder of a bundle, or --out",
                found.id
            )));
        };
        into_bundle(folder, &site)?;
    }
    print(&site, terminal);
    Ok(())
}

/// The cases of an evaluation of this model.
fn stored_cases(file: &Path, manifest: &Manifest) -> Result<Vec<CaseMetrics>, Error> {
    let evaluation: Evaluation = serde_json::from_slice(&read(file)?).map_err(|error| {
        Error::Data(format!(
            "{} is no evaluation ({error}); write it with `penumbra evaluate`",
            file.display()
        ))
    })?;
    if evaluation.protocol.weights_sha256 == manifest.weights.sha256 {
        Ok(evaluation.per_case)
    } else {
        Err(Error::Data(format!(
            "{} is an evaluation of other weights than those of `{}`; evaluate this model",
            file.display(),
            manifest.id
        )))
    }
}

/// Runs the model over the cases of a split.
fn judged_cases(
    options: &CalibrateOptions,
    terminal: &Terminal,
) -> Result<Vec<CaseMetrics>, Error> {
    let folder = options.data.as_deref().ok_or_else(|| {
        Error::Usage(
            "`penumbra calibrate` needs --data DIR or --cases FILE; see `penumbra calibrate --help`"
                .to_owned(),
        )
    })?;
    let data = DatasetFolder::open(folder)?;
    let engine = engine(&options.model, options.device)?;
    let mut evaluator = Evaluator::new(&engine, vec![Method::SegWithU]);
    evaluator.groups = data.splits.groups();
    evaluator.progress = terminal;
    let (evaluation, _) = block_on(evaluator.evaluate(&data.cases(&options.split)?))?;
    Ok(evaluation.per_case)
}

/// Writes the description and the card of a bundle anew. The weights are not touched.
fn into_bundle(folder: &Path, site: &SiteCalibration) -> Result<(), Error> {
    let file = folder.join("model.json");
    let bytes = read(&file)?;
    let mut manifest = Manifest::from_json(&bytes)?;
    if manifest.to_json()?.as_bytes() != bytes {
        return Err(Error::Data(format!(
            "{} was not written by this version of penumbra, and more than the calibration would change; pack the model again",
            file.display()
        )));
    }
    site.apply(&mut manifest)?;
    write(&file, manifest.to_json()?.as_bytes())?;
    let card = folder.join("README.md");
    if card.is_file() {
        let text = String::from_utf8_lossy(&read(&card)?).into_owned();
        write(&card, write_fitted(&text, &manifest).as_bytes())?;
    }
    Ok(())
}

fn print(site: &SiteCalibration, terminal: &Terminal) {
    terminal.print(&format!(
        "{}: {} cases in {} groups",
        site.model, site.cases, site.groups
    ));
    if let Some(error) = &site.expected_error {
        terminal.print(&format!(
            "expected wrong voxels: within a factor of 1.5 on {:.0} % of the cases, each left out with its group",
            100.0 * error.within_factor
        ));
    }
    if let Some(level) = site.sure_level {
        terminal.print(&format!("level of certainty: {:.0} %", 100.0 * level));
    }
    for promise in &site.promises {
        let value = promise.value.map_or_else(
            || {
                format!(
                    "no promise with {} groups, {} are needed",
                    promise.groups, promise.groups_needed
                )
            },
            |value| format!("{value:.4}"),
        );
        terminal.print(&format!("{:?} {:?}: {value}", promise.kind, promise.class));
    }
}

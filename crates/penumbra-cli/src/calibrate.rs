//! `penumbra calibrate`: what is fitted after training, from a bundle and labelled cases.

use std::path::Path;

use dataset::files::{DatasetFolder, read, write};
use engine::{Manifest, PromiseKind, SiteCalibration};
use evaluation::{CaseMetrics, Evaluation, Evaluator, Method, calibrate};
use pollster::block_on;
use training::write_fitted;

use crate::Error;
use crate::arguments::CalibrateOptions;
use crate::bundles::{ModelLocation, find};
use crate::model::engine;
use crate::terminal::Terminal;

/// Calibrates a model and writes the numbers into its bundle, or into a site file.
pub fn run(options: &CalibrateOptions, terminal: &Terminal) -> Result<(), Error> {
    let found = find(&options.model)?;
    let manifest = found.manifest()?;
    let cases = match &options.cases {
        Some(files) => {
            let mut all = Vec::new();
            for file in &files.0 {
                all.extend(stored_cases(Path::new(file), &manifest)?);
            }
            all
        }
        None => judged_cases(options, terminal)?,
    };
    let site = calibrate(&manifest, &cases)?;
    if let Some(file) = &options.out {
        write(file, site.to_json()?.as_bytes())?;
    }
    if options.into_bundle {
        let ModelLocation::Folder(folder) = &found.location else {
            return Err(Error::BundleInProgram(found.id.clone()));
        };
        into_bundle(folder, &site)?;
    }
    print(&site, terminal);
    Ok(())
}

/// The cases of an evaluation of this model.
fn stored_cases(file: &Path, manifest: &Manifest) -> Result<Vec<CaseMetrics>, Error> {
    let evaluation: Evaluation =
        serde_json::from_slice(&read(file)?).map_err(|source| Error::NoEvaluation {
            path: file.to_owned(),
            source,
        })?;
    if evaluation.protocol.weights_sha256 == manifest.weights.sha256 {
        Ok(evaluation.per_case)
    } else {
        Err(Error::OtherWeights {
            path: file.to_owned(),
            model: manifest.id.clone(),
        })
    }
}

/// Runs the model over the cases of a split.
fn judged_cases(
    options: &CalibrateOptions,
    terminal: &Terminal,
) -> Result<Vec<CaseMetrics>, Error> {
    let folder = options.data.as_deref().ok_or(Error::NothingToCalibrateOn)?;
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
    site.apply(&mut manifest)?;
    let text = spliced(&String::from_utf8_lossy(&bytes), &manifest.to_json()?);
    // Numbers that are read and written again may differ in their last digit; what was not fitted keeps its text.
    Manifest::from_json(text.as_bytes())?;
    write(&file, text.as_bytes())?;
    let card = folder.join("README.md");
    if card.is_file() {
        let text = String::from_utf8_lossy(&read(&card)?).into_owned();
        write(&card, write_fitted(&text, &manifest).as_bytes())?;
    }
    Ok(())
}

/// A line that begins the part of a description with what validation cases say, and the one that ends it.
const BEGIN: &str = "  \"validation\": {";
const END: &str = "  },";
/// Members of that part that are fitted after training.
const FITTED: [&str; 4] = ["expected_error", "sure_level", "image_score", "promises"];

/// The text of a description with the fitted members of another text of it; both as `penumbra pack` writes them, else the
/// other text.
fn spliced(text: &str, fitted: &str) -> String {
    let (Some([before, old, after]), Some([_, new, _])) = (parts(text), parts(fitted)) else {
        return fitted.to_owned();
    };
    let is_fitted = |member: &String| {
        FITTED
            .iter()
            .any(|name| member.trim_start().starts_with(&format!("\"{name}\":")))
    };
    let kept = members(old).into_iter().filter(|member| !is_fitted(member));
    let changed = members(new).into_iter().filter(is_fitted);
    let all: Vec<String> = kept.chain(changed).collect();
    format!("{before}{BEGIN}\n{}\n{END}{after}", all.join(",\n"))
}

/// What stands before, in and after the part.
fn parts(text: &str) -> Option<[&str; 3]> {
    let (before, rest) = text.split_once(BEGIN)?;
    let (inside, after) = rest.split_once(&format!("\n{END}"))?;
    Some([before, inside, after])
}

/// The members of the part, without the commas between them.
fn members(part: &str) -> Vec<String> {
    let mut members: Vec<String> = Vec::new();
    for line in part.lines().filter(|line| !line.is_empty()) {
        match members.last_mut() {
            // Members begin with a name after four spaces; what they hold lies deeper or closes them.
            Some(member) if !line.starts_with("    \"") => {
                member.push('\n');
                member.push_str(line);
            }
            _ => members.push(line.to_owned()),
        }
    }
    let bare = |member: String| {
        member
            .strip_suffix(',')
            .map(str::to_owned)
            .unwrap_or(member)
    };
    members.into_iter().map(bare).collect()
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
        let class = promise
            .class
            .map_or_else(String::new, |class| format!(" of class {class}"));
        terminal.print(&format!("{}{class}: {value}", words(promise.kind)));
    }
}

/// What a promise is about.
const fn words(kind: PromiseKind) -> &'static str {
    match kind {
        PromiseKind::MissedShare => "referral threshold for the missed share",
        PromiseKind::WrongShare => "referral threshold for the wrong share",
        PromiseKind::Containment => "level of inner and outer mask",
        PromiseKind::Volume => "half width of the size, in expected wrong voxels,",
        PromiseKind::Dice => "factor of 1 - Dice, as a logarithm",
    }
}

#[cfg(test)]
mod tests {
    use super::spliced;

    #[test]
    fn only_fitted_members_change_their_text() {
        let before = "{\n  \"id\": 0.10000000000000002,\n  \"validation\": {\n    \"cases\": 2.00,\n    \"sure_level\": 0.5\n  },\n  \"x\": 1.0e1\n}";
        let fitted = "{\n  \"id\": 0.1,\n  \"validation\": {\n    \"cases\": 2.0,\n    \"sure_level\": 0.8,\n    \"promises\": [\n      {\n        \"alpha\": 0.1\n      }\n    ]\n  },\n  \"x\": 10.0\n}";
        let after = spliced(before, fitted);
        assert_eq!(
            after,
            before.replace(
                "0.5",
                "0.8,\n    \"promises\": [\n      {\n        \"alpha\": 0.1\n      }\n    ]"
            )
        );
        assert_eq!(spliced(&after, fitted), after);
        assert_eq!(spliced("{}", fitted), fitted);
    }
}

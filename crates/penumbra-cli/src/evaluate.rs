//! `penumbra evaluate`: masks and uncertainty against true labels, the method beside its rivals.

use std::path::{Path, PathBuf};

use dataset::files::{CasePaths, find_splits, pair_cases, read_splits, write};
use dataset::{Cases, check_cases};
use engine::Engine;
use evaluation::{Evaluation, Evaluator, Fitted, Method, Need, Pair, fit};
use pollster::block_on;
use training::files::ensemble_member_from_folder;

use crate::Error;
use crate::arguments::{ALL_METHODS, EvaluateOptions, Words};
use crate::bundles::find;
use crate::model::{device, device_name, engine};
use crate::terminal::Terminal;

/// Names of cases from a list or a split; none where neither is given.
fn names(
    list: Option<&Words>,
    split: Option<&str>,
    options: &EvaluateOptions,
) -> Result<Option<Vec<String>>, Error> {
    let from_split = |split: &str| -> Result<Vec<String>, Error> {
        let splits = read_splits(options.splits.as_deref(), &options.images)?;
        Ok(splits.names(split)?.to_vec())
    };
    match (list, split) {
        (Some(list), _) => Ok(Some(list.0.clone())),
        (None, Some(split)) => from_split(split).map(Some),
        (None, None) => Ok(None),
    }
}

/// What a method needs beside the model and the options do not give.
fn lacking(method: Method, options: &EvaluateOptions) -> Option<Need> {
    method.need().filter(|need| !match need {
        Need::FittingCases => options.fit_cases.is_some() || options.fit_split.is_some(),
        Need::Members => !members(options).is_empty(),
        Need::DropoutRate => options.dropout.is_some(),
    })
}

fn members(options: &EvaluateOptions) -> &[String] {
    options
        .members
        .as_ref()
        .map_or(&[], |members| members.0.as_slice())
}

/// The methods by name; `all` stands for those that have what they need.
fn methods(options: &EvaluateOptions) -> Result<Vec<Method>, Error> {
    if options.methods == [ALL_METHODS] {
        let possible = |method: &Method| lacking(*method, options).is_none();
        return Ok(Method::ALL.into_iter().filter(possible).collect());
    }
    let mut methods = Vec::new();
    for name in &options.methods {
        let method = Method::from_name(name)?;
        if let Some(need) = lacking(method, options) {
            return Err(method.lacks(need).into());
        }
        if !methods.contains(&method) {
            methods.push(method);
        }
    }
    Ok(methods)
}

/// Evaluates on the given cases; `line` is the command as it was typed.
pub fn run(options: &EvaluateOptions, line: &str, terminal: &Terminal) -> Result<(), Error> {
    let methods = methods(options)?;
    let (images, labels) = (&options.images, &options.labels);
    let wanted = names(options.cases.as_ref(), options.split.as_deref(), options)?;
    let cases = pair_cases(images, labels, wanted.as_deref())?;
    let fitted_on = names(
        options.fit_cases.as_ref(),
        options.fit_split.as_deref(),
        options,
    )?
    .map(|names| pair_cases(images, labels, Some(&names)))
    .transpose()?;
    let classes = find(&options.model)?.manifest()?.classes.len();
    check_cases(&cases, classes)?;
    let second = second_observer(options, &cases)?;
    for cases in [&fitted_on, &second].into_iter().flatten() {
        check_cases(cases, classes)?;
    }
    let main = engine(&options.model, options.device)?;
    let mut evaluator = Evaluator::new(&main, methods);
    evaluator.replicates = options.replicates;
    evaluator.progress = terminal;
    evaluator.second = second.as_ref().map(|cases| cases as &dyn Cases);
    let splits = find_splits(options.splits.as_deref(), images)?;
    evaluator.groups = splits.map(|splits| splits.groups()).unwrap_or_default();
    add_networks(&mut evaluator, options)?;
    if let Some(cases) = &fitted_on {
        let fitted = block_on(fit(&main, cases, terminal))?;
        // Of too few cases comes no estimator; the model may have brought one.
        let estimator = fitted.estimator.or(evaluator.networks.fitted.estimator);
        evaluator.networks.fitted = Fitted {
            estimator,
            ..fitted
        };
    }
    let (mut evaluation, _) = block_on(evaluator.evaluate(&cases))?;
    evaluation.protocol.command = line.to_owned();
    evaluation.protocol.device = device_name(options.device).to_owned();
    let text = serde_json::to_string_pretty(&evaluation)?;
    write(&options.json, text.as_bytes())?;
    print(&evaluation, terminal);
    Ok(())
}

/// The cases once more, with the second observer's labels.
fn second_observer(
    options: &EvaluateOptions,
    cases: &[CasePaths],
) -> Result<Option<Vec<CasePaths>>, Error> {
    let names: Vec<String> = cases.iter().map(|case| case.name.clone()).collect();
    let pair = |labels: &PathBuf| pair_cases(&options.images, labels, Some(&names));
    Ok(options.second_labels.as_ref().map(pair).transpose()?)
}

/// The networks beside the model itself, where a method needs them.
fn add_networks(evaluator: &mut Evaluator<'_>, options: &EvaluateOptions) -> Result<(), Error> {
    let device = device(options.device)?;
    let open = |model: &str| -> Result<Engine, Error> {
        Ok(Engine::new(&find(model)?.bundle()?, &device)?)
    };
    if evaluator.methods.contains(&Method::Ensemble) {
        for name in members(options) {
            let member = match ensemble_member_from_folder(Path::new(name))? {
                Some(backbone) => Engine::new(&backbone, &device)?,
                None => open(name)?,
            };
            evaluator.networks.members.push(member);
        }
    }
    if evaluator.methods.contains(&Method::Dropout)
        && let Some(rate) = options.dropout
    {
        let model = options.dropout_model.as_deref().unwrap_or(&options.model);
        evaluator.networks.stochastic = Some(open(model)?.with_dropout(rate));
    }
    Ok(())
}

fn print(evaluation: &Evaluation, terminal: &Terminal) {
    for (class, dice) in &evaluation.dice {
        terminal.print(&format!("Dice {class:16} {dice:.4}"));
    }
    for (class, distance) in &evaluation.hd95 {
        terminal.print(&format!("HD95 {class:16} {distance:.3} mm"));
    }
    let show = |pair: &Pair| {
        let text = |value: Option<f64>| {
            value.map_or_else(|| "-".to_owned(), |value| format!("{value:.5}"))
        };
        format!("{} / {}", text(pair.all), text(pair.near))
    };
    for method in Method::ALL {
        if let Some(found) = evaluation.methods.get(method.name()) {
            terminal.print(&format!(
                "{:12} AUROC {}  AURC {}  ECE {} (all / near)  {:.0} ms",
                method.name(),
                show(&found.figures.auroc),
                show(&found.figures.aurc),
                show(&found.figures.ece),
                found.ms_per_case
            ));
        }
    }
    if let Some(found) = evaluation.image_level.correlation.get("expected_dice") {
        terminal.print(&format!(
            "expected Dice: Spearman {:.3} with the true one",
            found.spearman
        ));
    }
}

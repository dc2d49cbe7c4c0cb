//! `penumbra evaluate`: masks and uncertainty against true labels, the method beside its rivals.
//!
//! Every method ranks the voxels of one and the same mask, the model's own, by its scores; its probabilities are judged
//! by their own largest class. Cases stream by: memory does not grow with their number, but for a line of figures each.

mod cases;
mod figures;
mod fit;
mod groups;
mod judge;
mod methods;
mod passes;
mod pool;
mod study;

pub use cases::{Case, CasePaths, case_name, pair_cases, split_cases};
pub use figures::{CaseFigures, Evaluation, Figure, Masked, MethodFigures};
pub use groups::GroupFigures;
pub use methods::Method;

use std::path::Path;

use engine::{Engine, Segmentation};
use segwithu::head::MapKind;
use uq::Ranking;

use self::cases::check_cases;
use self::figures::Pair;
use self::fit::{Fitted, fit};
use self::groups::case_groups;
use self::study::Study;
use crate::Error;
use crate::arguments::EvaluateOptions;
use crate::model::{bundle, device, device_name, engine, write};
use crate::trained::member;

/// Bootstrap replicates of `penumbra evaluate`.
const REPLICATES: usize = 1000;
/// Seed of replicates and of dropout.
const SEED: u64 = 20_261_126;

/// A map that a method needs.
pub fn map_of(result: &Segmentation, kind: MapKind) -> Result<&[f32], Error> {
    result.map(kind).ok_or_else(|| {
        Error::Data(format!(
            "the model gives no {} map for this image; leave out the methods that need it",
            kind.name()
        ))
    })
}

/// Names of cases from a list or a split; `None` where neither is given.
fn names(
    list: Option<&[String]>,
    split: Option<&str>,
    options: &EvaluateOptions,
) -> Result<Option<Vec<String>>, Error> {
    match (list, split) {
        (Some(list), None) => Ok(Some(list.to_vec())),
        (None, Some(split)) => {
            split_cases(split, options.splits.as_deref(), &options.images).map(Some)
        }
        (None, None) => Ok(None),
        (Some(_), Some(split)) => Err(Error::Usage(format!(
            "cases are given by a list and by the split `{split}`; give one of them, see `penumbra help`"
        ))),
    }
}

/// Whether the options give a method what it needs beside the model.
fn is_possible(method: Method, options: &EvaluateOptions) -> bool {
    match method {
        Method::Temperature => options.fit_cases.is_some() || options.fit_split.is_some(),
        Method::Ensemble => !options.members.is_empty(),
        Method::Dropout => options.dropout.is_some(),
        _ => true,
    }
}

/// The methods by name; `all` stands for those that have what they need.
fn methods(options: &EvaluateOptions) -> Result<Vec<Method>, Error> {
    if options.methods == ["all"] {
        let possible = |method: &Method| is_possible(*method, options);
        return Ok(Method::ALL.into_iter().filter(possible).collect());
    }
    let mut methods = Vec::new();
    for name in &options.methods {
        let method = Method::from_name(name)?;
        if !is_possible(method, options) {
            return Err(method.lacks_something());
        }
        if !methods.contains(&method) {
            methods.push(method);
        }
    }
    if methods.is_empty() {
        return Err(Error::Usage(
            "--methods names no method; see `penumbra help`".to_owned(),
        ));
    }
    Ok(methods)
}

/// Evaluates on the given cases.
pub fn run(options: &EvaluateOptions) -> Result<(), Error> {
    let methods = methods(options)?;
    let wanted = names(options.cases.as_deref(), options.split.as_deref(), options)?;
    let cases = pair_cases(&options.images, &options.labels, wanted.as_deref())?;
    let fitted_on = names(
        options.fit_cases.as_deref(),
        options.fit_split.as_deref(),
        options,
    )?;
    let fitted_on = fitted_on
        .map(|names| pair_cases(&options.images, &options.labels, Some(&names)))
        .transpose()?;
    let classes = bundle(&options.model)?.manifest.classes.len();
    check_cases(&cases, classes)?;
    check_cases(fitted_on.as_deref().unwrap_or_default(), classes)?;
    let second = options
        .second_labels
        .as_deref()
        .map(|labels| {
            let names: Vec<String> = cases.iter().map(|case| case.name.clone()).collect();
            pair_cases(&options.images, labels, Some(&names))
        })
        .transpose()?
        .unwrap_or_default();
    check_cases(&second, classes)?;
    let main = engine(&options.model, options.device)?;
    let mut study = Study::new(&main, methods, REPLICATES, SEED);
    study.second = second;
    study.groups = case_groups(options.splits.as_deref(), &options.images)?;
    add_networks(&mut study, options)?;
    if let Some(cases) = &fitted_on {
        let fitted = fit(&main, cases)?;
        // Of too few cases comes no estimator; the model may have brought one.
        let estimator = fitted.estimator.or(study.fitted.estimator);
        study.fitted = Fitted {
            estimator,
            ..fitted
        };
    }
    let (mut evaluation, _) = study.evaluate(&cases)?;
    evaluation.protocol.command = options.command.clone();
    evaluation.protocol.device = device_name(options.device).to_owned();
    let text = serde_json::to_string_pretty(&evaluation)
        .map_err(|error| Error::Data(format!("the figures have no JSON form ({error})")))?;
    write(&options.json, text.as_bytes())?;
    print(&evaluation);
    Ok(())
}

/// The networks beside the model itself, where a method needs them.
fn add_networks(study: &mut Study<'_>, options: &EvaluateOptions) -> Result<(), Error> {
    let device = device(options.device)?;
    let open =
        |model: &str| -> Result<Engine, Error> { Ok(Engine::new(&bundle(model)?, &device)?) };
    if study.methods.contains(&Method::Ensemble) {
        for name in &options.members {
            study.members.push(match member(Path::new(name)) {
                Some(backbone) => Engine::new(&backbone?, &device)?,
                None => open(name)?,
            });
        }
    }
    if study.methods.contains(&Method::Dropout)
        && let Some(rate) = options.dropout
    {
        let model = options.dropout_model.as_deref().unwrap_or(&options.model);
        study.stochastic = Some(open(model)?.with_dropout(rate));
    }
    Ok(())
}

fn print(evaluation: &Evaluation) {
    for (class, dice) in &evaluation.dice {
        println!("Dice {class:16} {dice:.4}");
    }
    for (class, distance) in &evaluation.hd95 {
        println!("HD95 {class:16} {distance:.3} mm");
    }
    let show = |pair: &Pair| {
        let text = |value: Option<f64>| {
            value.map_or_else(|| "-".to_owned(), |value| format!("{value:.5}"))
        };
        format!("{} / {}", text(pair.all), text(pair.near))
    };
    for method in Method::ALL {
        if let Some(found) = evaluation.methods.get(method.name()) {
            println!(
                "{:12} AUROC {}  AURC {}  ECE {} (all / near)  {:.0} ms",
                method.name(),
                show(&found.figures.auroc),
                show(&found.figures.aurc),
                show(&found.figures.ece),
                found.ms_per_case
            );
        }
    }
    if let Some(found) = evaluation.image_level.correlation.get("expected_dice") {
        println!(
            "expected Dice: Spearman {:.3} with the true one",
            found.spearman
        );
    }
}

/// Figures over all cases without intervals, for methods of one pass that need no fitting, and the pooled ranking of
/// `segwithu` for a validation curve.
pub fn evaluate(
    engine: &Engine,
    cases: &[CasePaths],
    methods: &[String],
) -> Result<(Evaluation, Option<Ranking>), Error> {
    let methods = methods
        .iter()
        .map(|name| Method::from_name(name))
        .collect::<Result<Vec<_>, _>>()?;
    Study::new(engine, methods, 0, SEED).evaluate(cases)
}

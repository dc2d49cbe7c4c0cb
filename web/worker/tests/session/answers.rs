//! What tests look for in answers, and the models that they load.

use burn::tensor::Device;
use protocol::Response;
use worker::Graphics;

use crate::models;
use crate::support::Answer;

/// The kinds of answers, with their jobs, progress left out.
pub fn kinds(answers: &[Answer]) -> Vec<(String, Option<u32>)> {
    let told = answers
        .iter()
        .filter(|(response, _)| !matches!(response, Response::Progress { .. }));
    told.map(|(response, _)| {
        let kind = match response {
            Response::HoldsLock => "lock",
            Response::Alive => "alive",
            Response::NotStarted { .. } => "not started",
            Response::NotLoaded { .. } => "not loaded",
            Response::Started { .. } => "started",
            Response::Progress { .. } => "progress",
            Response::Ready { .. } => "ready",
            Response::Opened { .. } => "opened",
            Response::Partial { .. } => "partial",
            Response::Done { .. } => "done",
            Response::MapValues { .. } => "map",
            Response::ProbabilityValues { .. } => "probability",
            Response::Places { .. } => "places",
            Response::Exported { .. } => "exported",
            Response::Checked { .. } => "checked",
            Response::Described { .. } => "described",
            Response::Cancelled { .. } => "cancelled",
            Response::Conformed { .. } => "conformed",
            Response::DeviceLost { .. } => "lost",
            Response::Failed { .. } => "failed",
        };
        (kind.to_owned(), response.job())
    })
    .collect()
}

pub fn of(list: &[(&str, u32)]) -> Vec<(String, Option<u32>)> {
    list.iter()
        .map(|&(kind, job)| (kind.to_owned(), Some(job)))
        .collect()
}

/// The sentence of the only answer, which is a failure.
pub fn failure(answers: &[Answer]) -> (Option<u32>, &str) {
    match answers {
        [(Response::Failed { job, message, .. }, arrays)] if arrays.is_empty() => (*job, message),
        other => panic!("one failure was expected, not {other:?}"),
    }
}

/// Sentence and details of the last answer, that a model was not loaded, and the model that is kept.
pub fn not_loaded(answers: &[Answer]) -> (&str, &str, Option<&str>) {
    match answers.last() {
        Some((
            Response::NotLoaded {
                message,
                details,
                kept,
                ..
            },
            _,
        )) => (
            message,
            details.as_deref().unwrap_or_default(),
            kept.as_deref(),
        ),
        other => panic!("a model that was not loaded was expected, not {other:?}"),
    }
}

pub fn only(answers: &[Answer], wanted: impl Fn(&Response) -> bool) -> &Answer {
    let mut found = answers.iter().filter(|(response, _)| wanted(response));
    let first = found.next().unwrap();
    assert!(found.next().is_none());
    first
}

pub fn picture_model() -> engine::Manifest {
    models::manifest(&[32, 32], 2)
}

pub fn volume_model() -> engine::Manifest {
    models::manifest(&[32, 32, 32], 2)
}

/// The CPU under the name of a graphics card.
pub fn graphics() -> Graphics {
    Graphics {
        device: Device::flex(),
        adapter: Some("card".to_owned()),
        largest_buffer: 1 << 30,
    }
}

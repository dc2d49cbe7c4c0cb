//! Two people marked the same image; where they agree and where they do not.

use leptos::prelude::*;
use page::errors::Error;
use page::lesson::drawing::Drawing;
use page::lesson::two_readers::{self, Agreement};
use page::lesson::words::{decimal, fill};
use page::numbers::count;
use wasm_bindgen_futures::spawn_local;

use super::Scene;
use crate::web::dom;
use crate::web::lesson::canvas::Picture;

/// Colours of what both mark, the first alone, the second alone: told apart without colour vision too.
const COLOURS: [[u8; 3]; 3] = [[0xd0, 0xd0, 0xd0], [0xe6, 0x9f, 0x00], [0x3a, 0x9c, 0xf0]];

/// The figure; the options `readers.first` and `readers.second` name the files of marks.
#[component]
pub fn Readers(scene: Scene) -> impl IntoView {
    let found = RwSignal::new(None::<(Drawing, Agreement)>);
    let (words, language) = (scene.words(), scene.language());
    let option = |name: &str| scene.step.options.get(name).cloned().unwrap_or_default();
    let (first, second) = (option("readers.first"), option("readers.second"));
    let controller = scene.controller;
    spawn_local(async move {
        match compare(&first, &second).await {
            Ok(result) => found.set(Some(result)),
            Err(error) => controller.tell(&error),
        }
    });
    let drawing = Signal::derive(move || found.with(|found| Some(found.as_ref()?.0.clone())));
    let key = {
        let words = words.clone();
        move || {
            let (_, agreement) = found.get()?;
            let entry = |kind: &'static str, sentence: &str, value: u64| {
                let text = fill(sentence, &[("count", count(value))]);
                view! { <li><span class=format!("swatch {kind}")></span>{text}</li> }
            };
            Some(view! {
                <ul class="classes">
                    {entry("reader-both", &words.readers_both, agreement.both)}
                    {entry("reader-one", &words.readers_first, agreement.first)}
                    {entry("reader-two", &words.readers_second, agreement.second)}
                </ul>
                <p><strong data-readers-dice="">{fill(&words.readers_dice, &[("dice", decimal(agreement.dice(), 3, &language))])}</strong></p>
            })
        }
    };
    view! {
        <Picture drawing label=words.readers_picture.clone()/>
        {key}
    }
}

async fn compare(first: &str, second: &str) -> Result<(Drawing, Agreement), Error> {
    let (one, other) = (marks(first).await?, marks(second).await?);
    let agreement = Agreement::of(&one.ids, &other.ids).ok_or_else(|| Error::Catalogue {
        file: second.to_owned(),
        fault: "it is not of the size of the first reader's".to_owned(),
    })?;
    let [_, rows, columns] = one.shape;
    let drawing = Drawing {
        rgba: two_readers::picture(&one.ids, &other.ids, COLOURS),
        size: [rows, columns],
    };
    Ok((drawing, agreement))
}

/// The marks in one of the page's own files.
async fn marks(file: &str) -> Result<imaging::Labels, Error> {
    let bytes = dom::fetch_bytes(file).await?;
    let bytes = js_sys::Uint8Array::new(&bytes).to_vec();
    imaging::open_labels(&bytes, file, &imaging::Limits::default(), 2).map_err(|error| {
        Error::Catalogue {
            file: file.to_owned(),
            fault: error.to_string(),
        }
    })
}

//! The lesson as the teacher needs it: goals, timing, answers, what goes wrong, and the votes of the class; made to be printed.

use std::sync::Arc;

use gloo::utils::window;
use leptos::prelude::*;
use page::lesson::answers::AnswerFile;
use page::lesson::document::{Lesson, Question};
use page::lesson::votes::{self, Votes};
use page::lesson::words::{Words, decimal, fill};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{DragEvent, File};

use super::state::LessonState;
use crate::web::drop::VOTES_ZONE;
use crate::web::files;
use crate::web::panels::chosen;

/// Most bytes of a file of answers; a larger one is none.
const MOST_BYTES: f64 = 65_536.0;

/// The teacher's page.
#[component]
pub fn Teacher(lesson: LessonState, found: Arc<Lesson>) -> impl IntoView {
    let files = RwSignal::new(Vec::<AnswerFile>::new());
    let refused = RwSignal::new(Vec::<String>::new());
    let counted = {
        let found = Arc::clone(&found);
        Memo::new(move |_| files.with(|files| votes::count(files, &found)))
    };
    let words = found.words.clone();
    let take = {
        let found = Arc::clone(&found);
        move |taken: Vec<File>| {
            let found = Arc::clone(&found);
            spawn_local(async move {
                for file in taken {
                    let text = if file.size() > MOST_BYTES {
                        None
                    } else {
                        let text = JsFuture::from(file.text()).await.ok();
                        text.and_then(|text| text.as_string())
                    };
                    match text.and_then(|text| votes::read(&text, &found).ok()) {
                        Some(answers) => files.update(|files| files.push(answers)),
                        None => refused.update(|refused| refused.push(file.name())),
                    }
                }
            });
        }
    };
    let dropped = {
        let take = take.clone();
        move |event: DragEvent| {
            // The page takes other drops for images.
            if let Some(data) = event.data_transfer() {
                let listed = files::listed(data.files());
                take(listed.into_iter().map(|chosen| chosen.file).collect());
            }
        }
    };
    let mut minute = 0.0;
    let steps = found.steps.iter().enumerate().map(|(index, step)| {
        minute += step.minutes;
        let values = [
            ("minutes", format!("{:.0}", step.minutes)),
            ("end", format!("{minute:.0}")),
        ];
        let time = fill(&words.teacher_minutes, &values);
        let votes = Signal::derive(move || {
            counted.with(|counted| counted.get(index).cloned().unwrap_or_default())
        });
        let any = Signal::derive(move || files.with(|files| !files.is_empty()));
        let answer = answers(&step.question, &words, &found.language, votes, any);
        let text = match &step.question {
            Question::Choice { text, .. } | Question::Number { text, .. } => text.clone(),
        };
        view! {
            <article class="teacher-step">
                <h2>{format!("{}. {}", index + 1, step.title)}</h2>
                <p class="hint">{time}</p>
                <h3>{words.teacher_question.clone()}</h3>
                <div class="rich" inner_html=text></div>
                {answer}
                <h3>{words.explanation.clone()}</h3>
                <div class="rich" inner_html=step.answer.clone()></div>
                <h3>{words.teacher_pitfalls.clone()}</h3>
                <div class="rich" inner_html=step.pitfalls.clone()></div>
                <h3>{words.take_home.clone()}</h3>
                <div class="rich" inner_html=step.take_home.clone()></div>
            </article>
        }
    });
    let steps = steps.collect_view();
    let read = {
        let sentence = words.teacher_files.clone();
        move || {
            let count = files.with(Vec::len);
            (count > 0).then(|| fill(&sentence, &[("count", count.to_string())]))
        }
    };
    let refusals = {
        let sentence = words.teacher_refused.clone();
        move || {
            let names = refused.get();
            (!names.is_empty()).then(|| fill(&sentence, &[("names", names.join(", "))]))
        }
    };
    let forget = move |_| {
        files.set(Vec::new());
        refused.set(Vec::new());
    };
    view! {
        <section class="lesson teacher" id="lesson" aria-label=words.teacher_title.clone() lang=found.language.clone()>
            <div class="lesson-head">
                <p class="lesson-title">{format!("{}: {}", found.title, words.teacher_title)}</p>
                <button type="button" on:click=move |_| lesson.teach(false)>{words.teacher_back.clone()}</button>
                <button type="button" on:click=move |_| { window().print().unwrap_or_default(); }>{words.teacher_print.clone()}</button>
            </div>
            <div class="rich" inner_html=found.introduction.clone()></div>
            <h2>{words.teacher_goals.clone()}</h2>
            <div class="rich" inner_html=found.goals.clone()></div>
            <h2>{words.teacher_timing.clone()}</h2>
            <div class="rich" inner_html=found.timing.clone()></div>
            <section class="votes-in" id=VOTES_ZONE on:drop=dropped>
                <h2>{words.teacher_votes.clone()}</h2>
                <p class="hint">{words.teacher_votes_hint.clone()}</p>
                <div class="choose">
                    <input
                        type="file"
                        id="open-answers"
                        class="visually-hidden"
                        multiple
                        accept=".json,application/json"
                        on:change=move |event| take(chosen(&event).into_iter().map(|chosen| chosen.file).collect())
                    />
                    <label for="open-answers" class="button">{words.teacher_read.clone()}</label>
                    <button type="button" on:click=forget>{words.teacher_forget.clone()}</button>
                    <span role="status">{read}</span>
                </div>
                <p class="hint">{refusals}</p>
            </section>
            {steps}
        </section>
    }
}

/// The answers to a question with the right one marked and, once there are any, the votes.
fn answers(
    question: &Question,
    words: &Words,
    language: &str,
    votes: Signal<Votes>,
    any: Signal<bool>,
) -> impl IntoView + use<> {
    let rows: Vec<(String, bool)> = match question {
        Question::Choice { choices, right, .. } => {
            let choices = choices.iter().enumerate();
            choices
                .map(|(index, choice)| (choice.clone(), index == *right))
                .collect()
        }
        Question::Number {
            value,
            unit,
            tolerance,
            ..
        } => {
            let number = |value: f64| decimal(value, 2, language);
            let right = format!("{} ± {} {unit}", number(*value), number(*tolerance));
            vec![
                (
                    format!("{} ({})", words.teacher_right, right.trim_end()),
                    true,
                ),
                (words.teacher_wrong.clone(), false),
            ]
        }
    };
    let rows = rows.into_iter().enumerate().map(|(index, (text, right))| {
        let count = move || votes.get().counts.get(index).copied().unwrap_or_default();
        let share = move || {
            let votes = votes.get();
            let all: usize = votes.counts.iter().sum::<usize>() + votes.skipped;
            100.0 * count() as f64 / all.max(1) as f64
        };
        view! {
            <li class:right=right>
                <span class="mark" aria-hidden="true">{if right { "✓" } else { "" }}</span>
                <span class="rich" inner_html=text></span>
                <span class="bar" aria-hidden="true" class:hidden=move || !any.get()>
                    <span style:width=move || format!("{:.1}%", share())></span>
                </span>
                <span class="amount" class:hidden=move || !any.get()>{count}</span>
            </li>
        }
    });
    let (skipped, absent, given) = (
        words.teacher_skipped.clone(),
        words.teacher_absent.clone(),
        words.teacher_given.clone(),
    );
    let language = language.to_owned();
    let others = move || {
        if !any.get() {
            return None;
        }
        let votes = votes.get();
        let mut parts = vec![
            format!("{}: {}", skipped, votes.skipped),
            format!("{}: {}", absent, votes.absent),
        ];
        if !votes.numbers.is_empty() {
            let numbers = votes
                .numbers
                .iter()
                .map(|value| decimal(*value, 2, &language));
            let numbers = numbers.collect::<Vec<_>>().join("; ");
            parts.push(fill(&given, &[("numbers", numbers)]));
        }
        Some(parts.join(" · "))
    };
    view! {
        <ul class="votes">{rows.collect_view()}</ul>
        <p class="hint">{others}</p>
    }
}

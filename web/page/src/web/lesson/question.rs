//! The question of a step, asked before anything is shown.

use leptos::prelude::*;
use page::lesson::answers::{Given, typed};
use page::lesson::document::Question;
use page::lesson::words::{Words, decimal};
use web_sys::SubmitEvent;

use super::state::LessonState;

/// The question, then what was answered.
#[component]
pub fn Asked(lesson: LessonState, step: usize, question: Question, words: Words) -> impl IntoView {
    let given = Memo::new(move |_| lesson.answers.with(|answers| answers.at(step)));
    let chosen = RwSignal::new(None::<usize>);
    let number = RwSignal::new(String::new());
    let complaint = RwSignal::new(String::new());
    let (text, choices, is_choice) = match &question {
        Question::Choice { text, choices, .. } => (text.clone(), choices.clone(), true),
        Question::Number { text, .. } => (text.clone(), Vec::new(), false),
    };
    let unit = match &question {
        Question::Number { unit, .. } => unit.clone(),
        Question::Choice { .. } => String::new(),
    };
    let (choose_first, number_first) = (words.choose_first.clone(), words.number_first.clone());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let answer = if is_choice {
            chosen.get_untracked().map(Given::Choice)
        } else {
            number.with_untracked(|text| typed(text)).map(Given::Number)
        };
        match answer {
            Some(answer) => lesson.answers.update(|answers| answers.give(step, answer)),
            None => complaint.set(if is_choice {
                choose_first.clone()
            } else {
                number_first.clone()
            }),
        }
    };
    let right = match &question {
        Question::Choice { right, .. } => Some(*right),
        Question::Number { .. } => None,
    };
    let answered = move || given.get().is_some();
    let radios = choices.into_iter().enumerate().map(|(index, choice)| {
        let mark = move || {
            let shown = answered() && right == Some(index);
            shown.then_some("✓")
        };
        view! {
            <label class="choice-row" class:right=move || answered() && right == Some(index)>
                <input
                    type="radio"
                    name=format!("question-{step}")
                    disabled=answered
                    prop:checked=move || match given.get() {
                        Some(Given::Choice(taken)) => taken == index,
                        Some(Given::Number(_) | Given::Skipped) | None => chosen.get() == Some(index),
                    }
                    on:change=move |_| chosen.set(Some(index))
                />
                <span inner_html=choice></span>
                <span class="mark" aria-hidden="true">{mark}</span>
            </label>
        }
    });
    let radios = radios.collect_view();
    let field = (!is_choice).then(|| {
        view! {
            <label class="number-row">
                <span>{words.your_number.clone()}</span>
                <input
                    type="text"
                    inputmode="decimal"
                    autocomplete="off"
                    size="8"
                    disabled=answered
                    prop:value=move || number.get()
                    on:input=move |event| number.set(event_target_value(&event))
                />
                <span>{unit.clone()}</span>
            </label>
        }
    });
    let language = lesson.lesson.with_untracked(|lesson| {
        lesson
            .as_ref()
            .map_or_else(String::new, |lesson| lesson.language.clone())
    });
    let verdict_words = words.clone();
    let verdict = move || {
        let given = given.get()?;
        let words = &verdict_words;
        let text = match given.is_right(&question) {
            None => words.skipped.clone(),
            Some(true) => words.right.clone(),
            Some(false) => words.wrong.clone(),
        };
        let value = match &question {
            Question::Number { value, unit, .. } => {
                let value = decimal(*value, if value.fract() == 0.0 { 0 } else { 2 }, &language);
                let right = format!("{value} {unit}");
                format!(" {}", words.right_is.replace("{right}", right.trim()))
            }
            Question::Choice { .. } => String::new(),
        };
        Some(format!("{text}{value}"))
    };
    view! {
        <form class="question" on:submit=submit>
            <h3>{words.question.clone()}</h3>
            <fieldset>
                <legend class="rich" inner_html=text></legend>
                {radios}
                {field}
            </fieldset>
            <div class="buttons" class:hidden=answered>
                <button type="submit" class="button primary">{words.answer.clone()}</button>
                <button type="button" on:click=move |_| lesson.answers.update(|answers| answers.give(step, Given::Skipped))>
                    {words.skip.clone()}
                </button>
            </div>
            <p class="verdict" role="status" aria-live="polite">
                {move || verdict().unwrap_or_else(|| complaint.get())}
            </p>
        </form>
    }
}

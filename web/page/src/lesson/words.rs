//! What the page itself says in a lesson, in the lesson's language: `web/lessons/words.<language>.json`.

use serde::Deserialize;

/// The words; `{name}` in them stands for a value.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[expect(
    missing_docs,
    reason = "each field is a key of words.<language>.json, where its sentence stands"
)]
pub struct Words {
    pub language_name: String,
    pub language: String,
    pub close: String,
    pub close_hint: String,
    pub step_of: String,
    pub elapsed: String,
    pub steps: String,
    pub previous: String,
    pub next: String,
    pub to_end: String,
    pub question: String,
    pub your_number: String,
    pub answer: String,
    pub skip: String,
    pub choose_first: String,
    pub number_first: String,
    pub right: String,
    pub wrong: String,
    pub skipped: String,
    pub right_is: String,
    pub try_it: String,
    pub explanation: String,
    pub take_home: String,
    pub open_state: String,
    pub own_image: String,
    pub finished: String,
    pub finished_text: String,
    pub save_answers: String,
    pub save_hint: String,
    pub waiting: String,
    pub not_here: String,
    pub use_labels: String,
    pub needs_labels: String,
    pub own_labels: String,
    pub undefined: String,
    pub pixels: String,
    pub unknown_figure: String,
    pub costs_title: String,
    pub costs_slider: String,
    pub costs_even: String,
    pub costs_miss: String,
    pub costs_alarm: String,
    pub costs_picture: String,
    pub costs_threshold: String,
    pub costs_marked: String,
    pub costs_missed: String,
    pub costs_false: String,
    pub costs_expected: String,
    pub costs_counted: String,
    pub costs_cost: String,
    pub costs_key_mask: String,
    pub costs_key_missed: String,
    pub costs_key_false: String,
    pub readers_title: String,
    pub readers_picture: String,
    pub readers_both: String,
    pub readers_first: String,
    pub readers_second: String,
    pub readers_dice: String,
    pub rivals_title: String,
    pub rivals_measure: String,
    pub rivals_table: String,
    pub rivals_time: String,
    pub rivals_times: String,
    pub rivals_same: String,
    pub rivals_passes: String,
    pub onepass_title: String,
    pub onepass_terms: String,
    pub onepass_sum: String,
    pub onepass_like: String,
    pub onepass_none: String,
    pub onepass_signs: String,
    pub onepass_signs_text: String,
    pub onepass_pattern: String,
    pub corrupt_title: String,
    pub corrupt_kind: String,
    pub corrupt_strength: String,
    pub corrupt_preview: String,
    pub corrupt_run: String,
    pub corrupt_back: String,
    pub corrupt_before: String,
    pub corrupt_after: String,
    pub corrupt_dice: String,
    pub corrupt_expected: String,
    pub corrupt_true: String,
    pub corrupt_score: String,
    pub corrupt_unlike: String,
    pub corrupt_like: String,
    pub corrupt_unknown: String,
    pub corrupt_line: String,
    pub corrupt_volume: String,
    pub corrupt_noise: String,
    pub corrupt_blur: String,
    pub corrupt_bias: String,
    pub corrupt_gamma: String,
    pub corrupt_ghosting: String,
    pub corrupt_flip: String,
    pub validate_title: String,
    pub validate_used: String,
    pub validate_temperature: String,
    pub validate_own: String,
    pub validate_near: String,
    pub validate_reliability: String,
    pub validate_confidence: String,
    pub validate_accuracy: String,
    pub validate_risk: String,
    pub validate_coverage: String,
    pub validate_error: String,
    pub validate_wrong: String,
    pub teacher_title: String,
    pub teacher_open: String,
    pub teacher_goals: String,
    pub teacher_timing: String,
    pub teacher_minutes: String,
    pub teacher_question: String,
    pub teacher_pitfalls: String,
    pub teacher_votes: String,
    pub teacher_votes_hint: String,
    pub teacher_read: String,
    pub teacher_files: String,
    pub teacher_forget: String,
    pub teacher_refused: String,
    pub teacher_skipped: String,
    pub teacher_absent: String,
    pub teacher_given: String,
    pub teacher_right: String,
    pub teacher_wrong: String,
    pub teacher_print: String,
    pub teacher_back: String,
    pub map_margin: String,
    pub map_entropy: String,
    pub map_weight: String,
    pub map_probe: String,
    pub map_epistemic: String,
    pub map_aleatoric: String,
    pub map_residual: String,
    pub map_calibration: String,
    pub map_ranking: String,
    pub method_segwithu: String,
    pub method_softmax: String,
    pub method_energy: String,
    pub method_temperature: String,
    pub method_tta: String,
    pub method_mc_dropout: String,
    pub method_ensemble: String,
}

impl Words {
    /// Name of a map.
    #[must_use]
    pub fn map<'a>(&'a self, map: &'a str) -> &'a str {
        match map {
            "margin" => &self.map_margin,
            "entropy" => &self.map_entropy,
            "weight" => &self.map_weight,
            "probe" => &self.map_probe,
            "epistemic" => &self.map_epistemic,
            "aleatoric" => &self.map_aleatoric,
            "residual" => &self.map_residual,
            "calibration" => &self.map_calibration,
            "ranking" => &self.map_ranking,
            other => other,
        }
    }

    /// Name of a method in the results.
    #[must_use]
    pub fn method<'a>(&'a self, method: &'a str) -> &'a str {
        match method {
            "segwithu" => &self.method_segwithu,
            "softmax" => &self.method_softmax,
            "energy" => &self.method_energy,
            "temperature" => &self.method_temperature,
            "tta" => &self.method_tta,
            "mc_dropout" => &self.method_mc_dropout,
            "ensemble" => &self.method_ensemble,
            map => self.map(map),
        }
    }

    /// Name of a way in which an image goes wrong.
    #[must_use]
    pub fn corruption(&self, corruption: super::corruption::Corruption) -> &str {
        use super::corruption::Corruption;
        match corruption {
            Corruption::Noise => &self.corrupt_noise,
            Corruption::Blur => &self.corrupt_blur,
            Corruption::BiasField => &self.corrupt_bias,
            Corruption::Gamma => &self.corrupt_gamma,
            Corruption::Ghosting => &self.corrupt_ghosting,
            Corruption::Flip => &self.corrupt_flip,
        }
    }
}

/// A sentence with its values in place of `{name}`.
#[must_use]
pub fn fill(sentence: &str, values: &[(&str, String)]) -> String {
    let mut text = sentence.to_owned();
    for (name, value) in values {
        text = text.replace(&format!("{{{name}}}"), value);
    }
    text
}

/// A number with a fixed number of decimals, as the language writes it.
#[must_use]
pub fn decimal(value: f64, decimals: usize, language: &str) -> String {
    let text = format!("{value:.decimals$}").replace('-', "−");
    if language == "de" {
        text.replace('.', ",")
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn every_language_has_every_word_and_the_same_values_in_it() {
        let read = |text: &str| {
            let _: Words = serde_json::from_str(text).unwrap();
            let all: std::collections::BTreeMap<String, String> =
                serde_json::from_str(text).unwrap();
            all
        };
        let english = read(include_str!("../../../lessons/words.en.json"));
        let german = read(include_str!("../../../lessons/words.de.json"));
        let names = |sentence: &str| {
            let mut names: Vec<String> = sentence
                .split('{')
                .skip(1)
                .filter_map(|rest| Some(rest.split_once('}')?.0.to_owned()))
                .collect();
            names.sort();
            names
        };
        assert_eq!(
            english.keys().collect::<Vec<_>>(),
            german.keys().collect::<Vec<_>>()
        );
        for (key, sentence) in &english {
            assert!(
                !sentence.trim().is_empty() && !german[key].trim().is_empty(),
                "{key}"
            );
            assert_eq!(names(sentence), names(&german[key]), "{key}");
        }
    }

    #[test]
    fn values_take_their_places() {
        assert_eq!(
            fill("{a} of {b}", &[("a", "1".into()), ("b", "5".into())]),
            "1 of 5"
        );
        assert_eq!(decimal(-0.25, 2, "de"), "−0,25");
        assert_eq!(decimal(0.25, 1, "en"), "0.2");
    }
}

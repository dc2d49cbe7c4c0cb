//! What a learner answered: kept in memory, and saved as a small file if the learner wants to hand it in.

use serde::{Deserialize, Serialize};

use super::document::{Lesson, Question};

/// The first line of every file of answers.
pub const FORMAT: &str = "penumbra-lesson-answers";
/// Version of that file.
pub const VERSION: u32 = 1;

/// An answer.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Given {
    /// A choice, counted from 0.
    Choice(usize),
    /// A number.
    Number(f64),
    /// Looked without answering.
    Skipped,
}

impl Given {
    /// Whether it is right; none where nothing was said.
    #[must_use]
    pub fn is_right(self, question: &Question) -> Option<bool> {
        match (self, question) {
            (Self::Skipped, _) => None,
            (Self::Choice(given), Question::Choice { right, .. }) => Some(given == *right),
            (
                Self::Number(given),
                Question::Number {
                    value, tolerance, ..
                },
            ) => {
                // Written so that what is no number is never right, and the edge is not lost in rounding.
                Some((given - value).abs() <= tolerance + 1e-9)
            }
            (Self::Choice(_), Question::Number { .. })
            | (Self::Number(_), Question::Choice { .. }) => Some(false),
        }
    }
}

/// A number as people type it, with a point or a comma; none where it is no number.
#[must_use]
pub fn typed(text: &str) -> Option<f64> {
    let text = text.trim().trim_end_matches('%').trim().replace(',', ".");
    text.parse().ok().filter(|value: &f64| value.is_finite())
}

/// The answers to a lesson, a place for every step.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Answers(Vec<Option<Given>>);

impl Answers {
    /// No answers yet.
    #[must_use]
    pub fn new(steps: usize) -> Self {
        Self(vec![None; steps])
    }

    /// What was answered at a step.
    #[must_use]
    pub fn at(&self, step: usize) -> Option<Given> {
        self.0.get(step).copied().flatten()
    }

    /// Takes an answer; the first one stays, because the rest has been shown since.
    pub fn give(&mut self, step: usize, given: Given) {
        if let Some(place @ None) = self.0.get_mut(step) {
            *place = Some(given);
        }
    }

    /// How many steps are answered or looked at.
    #[must_use]
    pub fn done(&self) -> usize {
        self.0.iter().flatten().count()
    }

    /// The file to hand in, as JSON. It says nothing of the learner and nothing of the image.
    #[must_use]
    pub fn file(&self, lesson: &Lesson) -> String {
        let questions = lesson.steps.iter().map(|step| &step.question);
        let right = questions.zip(&self.0);
        let right = right.map(|(question, given)| given.and_then(|given| given.is_right(question)));
        let file = AnswerFile {
            format: FORMAT.to_owned(),
            version: VERSION,
            lesson: lesson.id.clone(),
            language: lesson.language.clone(),
            answers: self.0.clone(),
            right: right.collect(),
        };
        serde_json::to_string_pretty(&file).unwrap_or_default()
    }
}

/// A file of answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AnswerFile {
    /// [`FORMAT`].
    pub format: String,
    /// [`VERSION`].
    pub version: u32,
    /// The lesson, by identifier.
    pub lesson: String,
    /// Code of the language.
    pub language: String,
    /// Answers, a place for every step; none where the learner did not come.
    pub answers: Vec<Option<Given>>,
    /// Whether they were right; for people, the teacher's page looks at the answers themselves.
    pub right: Vec<Option<bool>>,
}

#[cfg(test)]
pub(crate) mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    pub(crate) fn lesson() -> Lesson {
        let step = |question: &str| {
            format!(
                r#"{{"title":"T","minutes":9,"sample":"s","model":"m","figures":["costs"],"introduction":"","question":{question},
                "explore":"","answer":"","take_home":"","pitfalls":""}}"#
            )
        };
        let steps = [
            step(r#"{"kind":"choice","text":"","choices":["a","b","c"],"right":1}"#),
            step(r#"{"kind":"number","text":"","value":0.2,"tolerance":0.05,"unit":""}"#),
        ];
        let text = format!(
            r#"{{"id":"l","language":"en","title":"L","introduction":"","goals":"","timing":"","steps":[{}],"words":{}}}"#,
            steps.join(","),
            include_str!("../../../lessons/words.en.json")
        );
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn an_answer_is_right_or_wrong_or_missing() {
        let lesson = lesson();
        let [choice, number] = [0, 1].map(|step| lesson.steps[step].question.clone());
        assert_eq!(Given::Choice(1).is_right(&choice), Some(true));
        assert_eq!(Given::Choice(0).is_right(&choice), Some(false));
        assert_eq!(Given::Number(0.25).is_right(&number), Some(true));
        assert_eq!(Given::Number(0.26).is_right(&number), Some(false));
        assert_eq!(Given::Number(1.0).is_right(&choice), Some(false));
        assert_eq!(Given::Skipped.is_right(&choice), None);
    }

    #[test]
    fn numbers_are_read_as_people_type_them() {
        assert_eq!(typed(" 0,5 "), Some(0.5));
        assert_eq!(typed("12 %"), Some(12.0));
        assert_eq!(typed("many"), None);
        assert_eq!(typed("inf"), None);
    }

    #[test]
    fn the_first_answer_stays_and_is_handed_in() {
        let lesson = lesson();
        let mut answers = Answers::new(2);
        answers.give(0, Given::Choice(2));
        answers.give(0, Given::Choice(1));
        answers.give(7, Given::Choice(1));
        assert_eq!(
            (answers.at(0), answers.at(1)),
            (Some(Given::Choice(2)), None)
        );
        assert_eq!(answers.done(), 1);
        let file: AnswerFile = serde_json::from_str(&answers.file(&lesson)).unwrap();
        assert_eq!(file.answers, [Some(Given::Choice(2)), None]);
        assert_eq!(file.right, [Some(false), None]);
    }
}

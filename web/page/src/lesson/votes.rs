//! The answers of a class, counted from the files that learners handed in.

use super::answers::{AnswerFile, FORMAT, Given, VERSION};
use super::document::{Lesson, Question};

/// Why a file of answers is not counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// It is no file of answers.
    NoAnswers,
    /// It is of another version.
    Version(u32),
    /// It belongs to another lesson.
    Lesson(String),
}

/// How a class answered a question.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Votes {
    /// For each choice, how many took it; of a question about a number, how many were right and how many wrong.
    pub counts: Vec<usize>,
    /// Numbers that were given, ascending.
    pub numbers: Vec<f64>,
    /// How many looked without answering.
    pub skipped: usize,
    /// How many did not come to this step.
    pub absent: usize,
}

/// Reads a file of answers to a lesson.
///
/// # Errors
/// [`Refusal`].
pub fn read(text: &str, lesson: &Lesson) -> Result<AnswerFile, Refusal> {
    let file: AnswerFile = serde_json::from_str(text).map_err(|_| Refusal::NoAnswers)?;
    if file.format != FORMAT {
        return Err(Refusal::NoAnswers);
    }
    if file.version != VERSION {
        return Err(Refusal::Version(file.version));
    }
    if file.lesson != lesson.id {
        return Err(Refusal::Lesson(file.lesson));
    }
    Ok(file)
}

/// Counts the answers to every step.
#[must_use]
pub fn count(files: &[AnswerFile], lesson: &Lesson) -> Vec<Votes> {
    let steps = lesson.steps.iter().enumerate();
    steps
        .map(|(place, step)| {
            let places = match &step.question {
                Question::Choice { choices, .. } => choices.len(),
                Question::Number { .. } => 2,
            };
            let mut votes = Votes {
                counts: vec![0; places],
                ..Votes::default()
            };
            for file in files {
                let given = file.answers.get(place).copied().flatten();
                let entry = match given {
                    None => &mut votes.absent,
                    Some(Given::Skipped) => &mut votes.skipped,
                    Some(Given::Choice(choice)) => match votes.counts.get_mut(choice) {
                        Some(count) => count,
                        // A file that was written by hand.
                        None => &mut votes.absent,
                    },
                    Some(Given::Number(value)) => {
                        votes.numbers.push(value);
                        let right = Given::Number(value).is_right(&step.question) == Some(true);
                        match votes.counts.get_mut(usize::from(!right)) {
                            Some(count) => count,
                            None => &mut votes.absent,
                        }
                    }
                };
                *entry += 1;
            }
            votes.numbers.sort_by(f64::total_cmp);
            votes
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use crate::lesson::answers::Answers;
    use crate::lesson::answers::tests::lesson;

    fn file(given: [Option<Given>; 2]) -> AnswerFile {
        let lesson = lesson();
        let mut answers = Answers::new(2);
        for (step, given) in given.into_iter().enumerate() {
            if let Some(given) = given {
                answers.give(step, given);
            }
        }
        read(&answers.file(&lesson), &lesson).unwrap()
    }

    #[test]
    fn every_vote_is_counted_once() {
        let files = [
            file([Some(Given::Choice(1)), Some(Given::Number(0.3))]),
            file([Some(Given::Choice(1)), Some(Given::Number(0.2))]),
            file([Some(Given::Choice(9)), Some(Given::Skipped)]),
            file([None, None]),
        ];
        let votes = count(&files, &lesson());
        assert_eq!(votes[0].counts, [0, 2, 0]);
        assert_eq!((votes[0].skipped, votes[0].absent), (0, 2));
        assert_eq!(votes[1].counts, [1, 1]);
        assert_eq!(votes[1].numbers, [0.2, 0.3]);
        assert_eq!((votes[1].skipped, votes[1].absent), (1, 1));
    }

    #[test]
    fn other_files_are_refused() {
        let lesson = lesson();
        let good = Answers::new(2).file(&lesson);
        assert_eq!(read("{}", &lesson), Err(Refusal::NoAnswers));
        assert_eq!(
            read(&good.replace("penumbra-", "x-"), &lesson),
            Err(Refusal::NoAnswers)
        );
        assert_eq!(
            read(&good.replace("\"version\": 1", "\"version\": 2"), &lesson),
            Err(Refusal::Version(2))
        );
        let other = good.replace("\"lesson\": \"l\"", "\"lesson\": \"m\"");
        assert_eq!(read(&other, &lesson), Err(Refusal::Lesson("m".into())));
    }
}

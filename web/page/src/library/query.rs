//! The page's query: `?model=<id>&sample=<id>&backend=webgpu|cpu`, how the image is looked at ([`Look`]), `embed=1` for a
//! page that stands in another one, and `offline=0` to have nothing kept in the browser.
//! For lessons, `?lesson=<id>&step=<n>&language=<code>&teacher=1`.

use protocol::BackendChoice;

use super::address::{Look, parameters};
use crate::errors::Error;

/// What the address asks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Query {
    /// Identifier of the model.
    pub model: Option<String>,
    /// Identifier of the sample image.
    pub sample: Option<String>,
    /// Which device.
    pub backend: BackendChoice,
    /// How the image is looked at.
    pub look: Look,
    /// The page stands in another one: picture, line and key without the rest.
    pub embed: bool,
    /// Nothing is to be kept in the browser.
    pub offline_refused: bool,
    /// Identifier of the lesson that is open.
    pub lesson: Option<String>,
    /// Its step, counted from 1.
    pub step: Option<usize>,
    /// Code of its language, such as `de`.
    pub language: Option<String>,
    /// Whether it is shown as the teacher needs it.
    pub teacher: bool,
}

impl Query {
    /// Reads the part of an address after `?` (with or without the question mark). Parameters that the page does not
    /// know are left alone, so that a link with a tracking suffix still works.
    ///
    /// # Errors
    /// [`Error::Backend`] when `backend` is neither `webgpu`, `cpu` nor `auto`.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let mut query = Self::default();
        for (key, value) in parameters(text) {
            match (key, value) {
                ("model", value) if !value.is_empty() => query.model = Some(value),
                ("sample", value) if !value.is_empty() => query.sample = Some(value),
                ("backend", value) => {
                    query.backend = match value.as_str() {
                        "webgpu" => BackendChoice::Webgpu,
                        "cpu" => BackendChoice::Cpu,
                        "auto" | "" => BackendChoice::Auto,
                        _ => return Err(Error::Backend { value }),
                    }
                }
                ("embed", value) => query.embed = value == "1",
                ("offline", value) => query.offline_refused = value == "0",
                ("lesson", value) if !value.is_empty() => query.lesson = Some(value),
                // A step that there is not is the first: a lesson has changed since the link was made.
                ("step", value) => query.step = value.parse().ok().filter(|step| *step > 0),
                ("language", value) if !value.is_empty() => query.language = Some(value),
                ("teacher", value) => query.teacher = value == "1",
                (key, value) => query.look.take(key, &value),
            }
        }
        Ok(query)
    }
}

/// Where in a lesson the page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LessonPlace<'a> {
    /// Identifier of the lesson.
    pub id: &'a str,
    /// The step, counted from 1.
    pub step: usize,
    /// Code of the language.
    pub language: &'a str,
    /// Whether it is shown as the teacher needs it.
    pub teacher: bool,
}

/// The part of an address from `?` on, with a lesson or without one. A step brings its own model and sample, so these go;
/// what else stands there stays.
#[must_use]
pub fn with_lesson(search: &str, place: Option<LessonPlace<'_>>) -> String {
    let own = ["lesson", "step", "language", "teacher"];
    let pairs = search.trim_start_matches('?').split('&');
    let kept = pairs.filter(|pair| {
        let key = pair.split_once('=').map_or(*pair, |(key, _)| key);
        let image = place.is_some() && (key == "model" || key == "sample");
        !key.is_empty() && !own.contains(&key) && !image
    });
    let mut pairs: Vec<String> = kept.map(str::to_owned).collect();
    if let Some(place) = place {
        pairs.push(format!("lesson={}", place.id));
        pairs.push(format!("step={}", place.step));
        pairs.push(format!("language={}", place.language));
        if place.teacher {
            pairs.push("teacher=1".to_owned());
        }
    }
    format!("?{}", pairs.join("&"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn all_three_parameters_are_read() {
        let query =
            Query::parse("?model=nuclei&sample=stained%2Dtissue&backend=cpu&utm=1").unwrap();
        assert_eq!(query.model.as_deref(), Some("nuclei"));
        assert_eq!(query.sample.as_deref(), Some("stained-tissue"));
        assert_eq!(query.backend, BackendChoice::Cpu);
    }

    #[test]
    fn a_page_can_be_embedded_and_keep_nothing() {
        let query = Query::parse("?embed=1&offline=0&sure=70").unwrap();
        assert!(query.embed && query.offline_refused);
        assert_eq!(query.look.sure, Some(70));
        let query = Query::parse("?embed=0&offline=1").unwrap();
        assert!(!query.embed && !query.offline_refused);
    }

    #[test]
    fn a_lesson_has_a_step_and_a_language() {
        let query = Query::parse("?lesson=uncertainty&step=3&language=de").unwrap();
        assert_eq!(query.lesson.as_deref(), Some("uncertainty"));
        assert_eq!(
            (query.step, query.language.as_deref()),
            (Some(3), Some("de"))
        );
        assert!(!query.teacher && Query::parse("?lesson=x&teacher=1").unwrap().teacher);
        for step in ["0", "-1", "x", ""] {
            assert_eq!(Query::parse(&format!("?step={step}")).unwrap().step, None);
        }
    }

    #[test]
    fn a_lesson_comes_into_the_address_and_goes_out_of_it() {
        let place = LessonPlace {
            id: "uncertainty",
            step: 2,
            language: "de",
            teacher: false,
        };
        let inside = with_lesson("?backend=cpu&sample=x&step=1", Some(place));
        assert_eq!(inside, "?backend=cpu&lesson=uncertainty&step=2&language=de");
        let query = Query::parse(&inside).unwrap();
        assert_eq!(
            (query.lesson.as_deref(), query.step),
            (Some("uncertainty"), Some(2))
        );
        assert_eq!(with_lesson(&inside, None), "?backend=cpu");
        assert_eq!(with_lesson("", None), "?");
        let teacher = LessonPlace {
            teacher: true,
            ..place
        };
        assert!(
            Query::parse(&with_lesson("", Some(teacher)))
                .unwrap()
                .teacher
        );
    }

    #[test]
    fn an_empty_query_leaves_the_choice_to_the_page() {
        assert_eq!(Query::parse("").unwrap(), Query::default());
    }

    #[test]
    fn an_unknown_backend_is_named() {
        let error = Query::parse("?backend=cuda").unwrap_err();
        assert!(error.to_string().contains("cuda"), "{error}");
    }

    #[test]
    fn broken_encoding_does_no_harm() {
        assert_eq!(
            Query::parse("?model=%zz%4").unwrap().model.as_deref(),
            Some("%zz%4")
        );
    }
}

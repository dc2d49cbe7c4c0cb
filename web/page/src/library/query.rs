//! The page's query: `?model=<id>&sample=<id>&backend=webgpu|cpu`, and for lessons
//! `?lesson=<id>&step=<n>&language=<code>&teacher=1`.

use protocol::BackendChoice;

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
        for pair in text.trim_start_matches('?').split('&') {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            match (key, decode(value)) {
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
                ("lesson", value) if !value.is_empty() => query.lesson = Some(value),
                // A step that there is not is the first: a lesson has changed since the link was made.
                ("step", value) => query.step = value.parse().ok().filter(|step| *step > 0),
                ("language", value) if !value.is_empty() => query.language = Some(value),
                ("teacher", value) => query.teacher = value == "1",
                _ => {}
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

/// Undoes percent encoding; what is not valid encoding stays as it is.
fn decode(value: &str) -> String {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let escaped = match (first, after) {
            (b'%', [high, low, ..]) => hex(*high).zip(hex(*low)).map(|(high, low)| high * 16 + low),
            _ => None,
        };
        match escaped {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(if first == b'+' { b' ' } else { first });
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
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

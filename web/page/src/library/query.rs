//! The page's query: `?model=<id>&sample=<id>&backend=webgpu|cpu`.

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
                _ => {}
            }
        }
        Ok(query)
    }
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

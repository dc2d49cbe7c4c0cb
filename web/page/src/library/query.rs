//! The page's query: `?model=<id>&sample=<id>&backend=webgpu|cpu`, how the image is looked at ([`Look`]), `embed=1` for a
//! page that stands in another one, and `offline=0` to have nothing kept in the browser.

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
                (key, value) => query.look.take(key, &value),
            }
        }
        Ok(query)
    }
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

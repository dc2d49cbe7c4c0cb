//! What the page around a frame may ask for. Every message is an object `{penumbra: 1, type, ...}`.

use super::query::Query;
use crate::errors::Error;

/// Version of the messages.
pub const VERSION: u32 = 1;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Nothing but to be told what is on screen.
    Hello,
    /// Open the files that come with the message.
    Open,
    /// Show a model, a sample, or the image in another way.
    Show(Box<Query>),
}

/// Reads a message's type; `query` says what is to be shown, in the words of the page's address.
///
/// # Errors
/// [`Error::Asked`] for a type that does not exist, [`Error::Backend`] as of an address.
pub fn command(kind: &str, query: &str) -> Result<Command, Error> {
    match kind {
        "hello" => Ok(Command::Hello),
        "open" => Ok(Command::Open),
        "show" => Query::parse(query).map(|query| Command::Show(Box::new(query))),
        other => Err(Error::Asked {
            value: other.chars().take(40).collect(),
        }),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn what_is_shown_is_said_as_in_an_address() {
        let Command::Show(query) = command("show", "?sample=a&map=entropy&show=map").unwrap()
        else {
            panic!("not to be shown");
        };
        assert_eq!(query.sample.as_deref(), Some("a"));
        assert_eq!(query.look.map.as_deref(), Some("entropy"));
    }

    #[test]
    fn what_does_not_exist_is_named_and_cut() {
        let error = command(&"x".repeat(1000), "").unwrap_err().to_string();
        assert!(
            error.contains(&"x".repeat(40)) && error.len() < 200,
            "{error}"
        );
        assert!(command("show", "backend=cuda").is_err());
    }
}

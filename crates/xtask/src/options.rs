//! What stands on the command line after the command.

use crate::error::{Error, Result};
use crate::headers::FrameAncestors;
use crate::suite::Part;

/// What stands after the command.
#[derive(Debug, PartialEq, Eq)]
pub struct Options {
    /// Where to serve; 0 lets the system choose.
    pub port: u16,
    /// Whether to show the page in a browser.
    pub open: bool,
    /// Whether to build again on changes.
    pub watch: bool,
    /// Who may show the page in a frame.
    pub frame_ancestors: FrameAncestors,
    /// The chosen parts of the tests; all where empty.
    pub only: Vec<Part>,
}

impl Options {
    /// Reads the arguments, of which only the `known` options make sense for the command.
    ///
    /// # Errors
    /// [`Error::Usage`], with the argument that is wrong.
    pub fn read(arguments: &[String], known: &[&str]) -> Result<Self> {
        let mut options = Self {
            port: 8080,
            open: true,
            watch: true,
            frame_ancestors: FrameAncestors::default(),
            only: Vec::new(),
        };
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            if !known.contains(&argument.as_str()) {
                return Err(Error::Usage(format!(
                    "there is no option `{argument}` here"
                )));
            }
            let mut value = || {
                rest.next()
                    .ok_or_else(|| Error::Usage(format!("`{argument}` wants a value after it")))
            };
            match argument.as_str() {
                "--no-open" => options.open = false,
                "--no-watch" => options.watch = false,
                "--port" => {
                    let text = value()?;
                    options.port = text.parse().map_err(|_| {
                        Error::Usage(format!(
                            "`{text}` is no port: give a number from 0 to 65535"
                        ))
                    })?;
                }
                "--frame-ancestors" => {
                    let text = value()?;
                    options.frame_ancestors = FrameAncestors::parse(text).ok_or_else(|| {
                        Error::Usage(format!(
                            "`{text}` is no list of origins: give some with blanks between, such as `'self' https://course.example`"
                        ))
                    })?;
                }
                "--only" => options.only = parts(value()?)?,
                other => {
                    return Err(Error::Usage(format!("there is no option `{other}` here")));
                }
            }
        }
        Ok(options)
    }
}

fn parts(text: &str) -> Result<Vec<Part>> {
    text.split(',')
        .map(|name| {
            Part::ALL
                .into_iter()
                .find(|part| part.name() == name)
                .ok_or_else(|| {
                    Error::Usage(format!(
                        "`{name}` is no part of the tests: choose from {}",
                        Part::ALL.map(Part::name).join(", ")
                    ))
                })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    fn read(arguments: &[&str]) -> Result<Options> {
        let arguments: Vec<String> = arguments.iter().map(|&text| text.to_owned()).collect();
        Options::read(
            &arguments,
            &["--port", "--no-open", "--frame-ancestors", "--only"],
        )
    }

    #[test]
    fn options_are_read() {
        let options = read(&["--port", "0", "--no-open", "--only", "rust,page"]).unwrap();
        assert_eq!(
            options,
            Options {
                port: 0,
                open: false,
                watch: true,
                frame_ancestors: FrameAncestors::default(),
                only: vec![Part::Rust, Part::Page]
            }
        );
    }

    #[test]
    fn wrong_options_are_named() {
        for (arguments, word) in [
            (&["--port", "70000"][..], "`70000`"),
            (&["--port"], "`--port`"),
            (&["--frame-ancestors", "a; b"], "`a; b`"),
            (&["--quick"], "`--quick`"),
            (&["--no-watch"], "`--no-watch`"),
            (&["--only", "rust,rest"], "`rest`"),
        ] {
            let message = read(arguments).unwrap_err().to_string();
            assert!(message.contains(word), "{message}");
        }
    }
}

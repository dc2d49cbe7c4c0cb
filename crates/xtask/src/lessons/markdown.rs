//! A Markdown file taken apart: front matter, parts, and what they are as HTML.

use std::collections::BTreeMap;
use std::path::Path;

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

use crate::error::{Error, Result};

/// A file of a lesson.
#[derive(Debug)]
pub struct Parts<'a> {
    path: &'a Path,
    /// The lines `key: value` between two lines `---` at its beginning.
    pub front: BTreeMap<&'a str, &'a str>,
    /// Text by the name of the line `<!-- name -->` before it; what stands before the first of them is called ``.
    parts: BTreeMap<&'a str, String>,
}

impl<'a> Parts<'a> {
    /// Takes a file apart.
    ///
    /// # Errors
    /// [`Error::Content`] without front matter, or for a line in it that has no colon.
    pub fn of(path: &'a Path, text: &'a str) -> Result<Self> {
        let fault = |fault: &str| Error::Content {
            path: path.to_owned(),
            fault: fault.to_owned(),
        };
        let (front, body) = text
            .strip_prefix("---\n")
            .and_then(|rest| rest.split_once("\n---\n"))
            .ok_or_else(|| {
                fault("does not begin with front matter: put its keys between two lines `---`")
            })?;
        let front = front.lines().map(|line| {
            let (key, value) = line.split_once(':').ok_or_else(|| {
                fault(&format!(
                    "has the line `{line}` in its front matter: write `key: value`"
                ))
            })?;
            Ok((key.trim(), value.trim()))
        });
        let front = front.collect::<Result<_>>()?;
        let mut parts: BTreeMap<&str, String> = BTreeMap::new();
        let mut current = "";
        for line in body.lines() {
            let name = line
                .strip_prefix("<!-- ")
                .and_then(|rest| rest.strip_suffix(" -->"));
            if let Some(name) = name {
                current = name;
            } else {
                let part = parts.entry(current).or_default();
                part.push_str(line);
                part.push('\n');
            }
        }
        Ok(Self { path, front, parts })
    }

    /// A fault of this file.
    pub fn fault(&self, fault: impl Into<String>) -> Error {
        Error::Content {
            path: self.path.to_owned(),
            fault: fault.into(),
        }
    }

    /// A key of the front matter that has to be there.
    ///
    /// # Errors
    /// [`Error::Content`].
    pub fn required(&self, key: &str) -> Result<&'a str> {
        let value = self
            .front
            .get(key)
            .copied()
            .filter(|value| !value.is_empty());
        value.ok_or_else(|| self.fault(format!("has no `{key}:` in its front matter: add it")))
    }

    /// A part that has to be there, as HTML.
    ///
    /// # Errors
    /// [`Error::Content`] where it is missing, and as [`Parts::html`].
    pub fn html_of(&self, part: &str) -> Result<String> {
        let html = self.html(part)?;
        html.ok_or_else(|| {
            self.fault(format!(
                "has no text after a line `<!-- {part} -->`: add it"
            ))
        })
    }

    /// A part as HTML; none where it is not there.
    ///
    /// # Errors
    /// [`Error::Content`] for HTML in the Markdown, which the page would take as it is, and for links that are neither
    /// to a part of the page nor to https.
    pub fn html(&self, part: &str) -> Result<Option<String>> {
        let Some(text) = self.parts.get(part).filter(|text| !text.trim().is_empty()) else {
            return Ok(None);
        };
        self.render(self.events(text)?).map(Some)
    }

    /// A part whose ordered list is a list of choices: what stands before it, and each choice, as HTML.
    ///
    /// # Errors
    /// As [`Parts::html_of`].
    pub fn choices(&self, part: &str) -> Result<(String, Vec<String>)> {
        let text = self.parts.get(part).map_or("", String::as_str);
        let (mut before, mut choices) = (Vec::new(), Vec::<Vec<Event<'_>>>::new());
        let mut depth = 0;
        for event in self.events(text)? {
            match (&event, depth) {
                (Event::Start(Tag::List(Some(_))), 0) => depth = 1,
                (Event::End(TagEnd::List(true)), 1) => depth = 0,
                (Event::Start(Tag::Item), 1) => {
                    depth = 2;
                    choices.push(Vec::new());
                }
                (Event::End(TagEnd::Item), 2) => depth = 1,
                // A loose list wraps each item in a paragraph, which a label cannot hold.
                (Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph), 2) => {}
                (_, 2) => {
                    if let Some(choice) = choices.last_mut() {
                        choice.push(event);
                    }
                }
                _ => before.push(event),
            }
        }
        let choices = choices.into_iter().map(|choice| self.render(choice));
        Ok((self.render(before)?, choices.collect::<Result<_>>()?))
    }

    fn events<'t>(&self, text: &'t str) -> Result<Vec<Event<'t>>> {
        let parser = Parser::new_ext(text, Options::ENABLE_TABLES);
        parser
            .map(|event| match event {
                Event::Html(html) | Event::InlineHtml(html) => Err(self.fault(format!(
                    "holds HTML (`{}`): write Markdown",
                    html.trim()
                ))),
                Event::Start(Tag::Link { ref dest_url, .. })
                    if !dest_url.starts_with("https://") && !dest_url.starts_with('?') =>
                {
                    Err(self.fault(format!(
                        "links to `{dest_url}`: links lead to https:// or to a state of the page (?…)"
                    )))
                }
                // The page has one first heading, and the step's title is the second.
                Event::Start(Tag::Heading { level, id, classes, attrs }) => {
                    let level = match level {
                        HeadingLevel::H1 | HeadingLevel::H2 => HeadingLevel::H3,
                        lower => lower,
                    };
                    Ok(Event::Start(Tag::Heading { level, id, classes, attrs }))
                }
                Event::End(TagEnd::Heading(HeadingLevel::H1 | HeadingLevel::H2)) => {
                    Ok(Event::End(TagEnd::Heading(HeadingLevel::H3)))
                }
                other => Ok(other),
            })
            .collect()
    }

    fn render(&self, events: Vec<Event<'_>>) -> Result<String> {
        let mut text = String::new();
        html::push_html(&mut text, events.into_iter());
        Ok(text.trim().to_owned())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    const TEXT: &str = "---\ntitle: Why?\nminutes: 9\n---\nHello *you*.\n\n<!-- question -->\nWhich?\n\n1. one\n2. **two**\n";

    #[test]
    fn front_matter_and_parts_are_found() {
        let path = Path::new("1.en.md");
        let parts = Parts::of(path, TEXT).unwrap();
        assert_eq!(parts.required("title").unwrap(), "Why?");
        assert_eq!(
            parts.html("").unwrap().unwrap(),
            "<p>Hello <em>you</em>.</p>"
        );
        let (before, choices) = parts.choices("question").unwrap();
        assert_eq!(before, "<p>Which?</p>");
        assert_eq!(choices, ["one", "<strong>two</strong>"]);
        assert_eq!(parts.html("answer").unwrap(), None);
    }

    #[test]
    fn what_is_missing_or_dangerous_is_named() {
        let path = Path::new("1.en.md");
        let parts = Parts::of(path, TEXT).unwrap();
        let told = |error: Error| error.to_string();
        assert!(told(parts.required("sample").unwrap_err()).contains("`sample:`"));
        assert!(told(parts.html_of("answer").unwrap_err()).contains("<!-- answer -->"));
        assert!(told(Parts::of(path, "Hello").unwrap_err()).contains("front matter"));
        for (text, word) in [
            ("---\na: b\n---\n<script>x</script>\n", "<script>"),
            ("---\na: b\n---\nOne <b>two</b>\n", "<b>"),
            ("---\na: b\n---\n[x](javascript:y)\n", "javascript:y"),
            (
                "---\na: b\n---\n[x](http://y.example)\n",
                "http://y.example",
            ),
        ] {
            let error = Parts::of(path, text).unwrap().html("").unwrap_err();
            assert!(told(error).contains(word));
        }
    }

    #[test]
    fn headings_stand_below_the_steps_own() {
        let parts = Parts::of(Path::new("x"), "---\na: b\n---\n# One\n").unwrap();
        assert_eq!(parts.html("").unwrap().unwrap(), "<h3>One</h3>");
    }
}

//! What stands in ImageDescription: lines of ImageJ, or the XML of OME.

/// The value of a line `key=value`.
pub(super) fn field<'d>(description: &'d str, key: &str) -> Option<&'d str> {
    description
        .lines()
        .find_map(|line| line.trim().strip_prefix(key)?.strip_prefix('='))
        .map(str::trim)
}

/// An element of XML: its start tag and the text behind it.
#[derive(Clone, Copy)]
pub(super) struct Element<'d> {
    name: &'d str,
    pub(super) start: &'d str,
    rest: &'d str,
}

impl<'d> Element<'d> {
    /// What is inside.
    pub(super) fn body(&self) -> &'d str {
        if self.start.ends_with('/') {
            return "";
        }
        let end = self.rest.find(&format!("/{}>", self.name));
        let end = end.or_else(|| self.rest.find(&format!(":{}>", self.name)));
        self.rest
            .get(..end.unwrap_or(self.rest.len()))
            .unwrap_or_default()
    }
}

/// The elements of one name, with or without a prefix, as far as a search for tags finds them.
pub(super) fn elements<'d>(text: &'d str, name: &'d str) -> impl Iterator<Item = Element<'d>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            let (_, after) = rest.split_once('<')?;
            let (start, behind) = after.split_once('>')?;
            rest = behind;
            let tag = start.split([' ', '\t', '\n', '\r', '/']).next()?;
            if tag.rsplit(':').next() == Some(name) && !start.starts_with(['/', '!', '?']) {
                return Some(Element { name, start, rest });
            }
        }
    })
}

/// The value of an attribute of a start tag.
pub(super) fn attribute<'d>(start: &'d str, key: &str) -> Option<&'d str> {
    let mut rest = start;
    loop {
        let place = rest.find(key)?;
        let (before, after) = (rest.get(..place)?, rest.get(place + key.len()..)?);
        rest = after;
        let value = after.trim_start().strip_prefix('=').map(str::trim_start);
        if let (true, Some(value)) = (before.ends_with(char::is_whitespace), value) {
            let quote = value.chars().next().filter(|&c| matches!(c, '"' | '\''))?;
            return value.get(1..)?.split(quote).next();
        }
    }
}

//! Which compressed copy of a file a visitor gets (RFC 9110, section 12.5.3).

use std::path::{Path, PathBuf};

/// A way of compression that the build makes copies with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// RFC 7932.
    Brotli,
    /// RFC 1952.
    Gzip,
}

impl Encoding {
    /// The smaller copy first.
    pub const ALL: [Self; 2] = [Self::Brotli, Self::Gzip];

    /// Its name in headers.
    pub const fn token(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }

    /// The ending of a copy, behind the file's own.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gz",
        }
    }

    /// Where the copy of a file lies.
    pub fn copy_of(self, file: &Path) -> PathBuf {
        let mut name = file.as_os_str().to_owned();
        name.push(".");
        name.push(self.ending());
        PathBuf::from(name)
    }
}

/// Whether there is a compressed copy of a file at all, so that the answer depends on what the visitor accepts.
pub fn varies(file: &Path) -> bool {
    Encoding::ALL
        .into_iter()
        .any(|encoding| encoding.copy_of(file).is_file())
}

/// The copy of a file to send to somebody who accepts what `accept` says, an `Accept-Encoding`; none for the file itself.
pub fn choose(accept: Option<&str>, file: &Path) -> Option<(Encoding, PathBuf)> {
    let accept = accept?;
    let mut best: Option<(f32, Encoding, PathBuf)> = None;
    for encoding in Encoding::ALL {
        let weight = weight(accept, encoding.token());
        let copy = encoding.copy_of(file);
        let better = best.as_ref().is_none_or(|(found, ..)| weight > *found);
        if weight > 0.0 && better && copy.is_file() {
            best = Some((weight, encoding, copy));
        }
    }
    best.map(|(_, encoding, copy)| (encoding, copy))
}

/// How welcome an encoding is, 0 to 1.
fn weight(accept: &str, token: &str) -> f32 {
    let of = |name: &str| {
        accept.split(',').find_map(|item| {
            let mut parts = item.split(';').map(str::trim);
            parts
                .next()
                .filter(|found| found.eq_ignore_ascii_case(name))?;
            let weight = parts.find_map(|part| {
                let (key, value) = part.split_once('=')?;
                (key.trim().eq_ignore_ascii_case("q")).then(|| value.trim().parse().unwrap_or(0.0))
            });
            Some(weight.unwrap_or(1.0))
        })
    };
    of(token).or_else(|| of("*")).unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::fs;

    use super::*;

    #[test]
    fn weights_are_those_of_the_header() {
        assert_eq!(weight("gzip, deflate, br", "br"), 1.0);
        assert_eq!(weight("gzip;q=0.5, BR ; q=0.8", "br"), 0.8);
        assert_eq!(weight("gzip;q=0.5, *;q=0.1", "br"), 0.1);
        assert_eq!(weight("br;q=0, *", "br"), 0.0);
        assert_eq!(weight("br;q=much", "br"), 0.0);
        assert_eq!(weight("identity", "br"), 0.0);
        assert_eq!(weight("", "gzip"), 0.0);
    }

    #[test]
    fn the_welcome_copy_that_exists_is_chosen() {
        let folder = std::env::temp_dir().join(format!("penumbra-encoding-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join("page.js");
        fs::write(&file, "x").unwrap();
        assert!(!varies(&file));
        assert_eq!(choose(Some("br"), &file), None);
        for encoding in Encoding::ALL {
            fs::write(encoding.copy_of(&file), "y").unwrap();
        }
        assert!(varies(&file));
        let chosen = |accept| choose(accept, &file).map(|(encoding, _)| encoding);
        assert_eq!(chosen(Some("gzip, deflate, br")), Some(Encoding::Brotli));
        assert_eq!(chosen(Some("gzip")), Some(Encoding::Gzip));
        assert_eq!(chosen(Some("gzip, br;q=0.2")), Some(Encoding::Gzip));
        assert_eq!(chosen(Some("identity")), None);
        assert_eq!(chosen(None), None);
        fs::remove_file(Encoding::Brotli.copy_of(&file)).unwrap();
        assert_eq!(chosen(Some("br, gzip")), Some(Encoding::Gzip));
    }
}

//! The page's Content-Security-Policy.
//!
//! The inline scripts are written by trunk and change with every build, so their hashes are taken from the built
//! page. The policy stands in the page itself, because the page may be put on any file server; our own server sends
//! it as a header too, which the worker obeys.

use std::fs;
use std::path::Path;

use crate::error::{Error, Result, file};
use crate::hash::sha256_base64;

const START: &str = "<meta http-equiv=\"Content-Security-Policy\" content=\"";

/// How strict the policy is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strictness {
    /// For visitors: inline scripts by hash.
    Release,
    /// For `trunk serve`, whose server changes the script that reloads the page after its hash was taken.
    Development,
}

/// Writes the policy into a built `index.html`.
///
/// # Errors
/// [`Error::File`], or [`Error::Content`] when the page has no place for the policy.
pub fn write(folder: &Path, strictness: Strictness) -> Result<()> {
    let path = folder.join("index.html");
    let page = fs::read_to_string(&path).map_err(file("read", &path))?;
    let policy = policy(&inline_scripts(&page), strictness);
    let changed = insert(&page, &policy).ok_or_else(|| Error::Content {
        path: path.clone(),
        fault: format!(
            "has no `{START}…\">`: put one into index.html before every script and link"
        ),
    })?;
    fs::write(&path, changed).map_err(file("write", &path))
}

/// The policy of a built page.
pub fn read(page: &str) -> Option<&str> {
    let from = page.find(START)? + START.len();
    let rest = page.get(from..)?;
    rest.get(..rest.find('"')?)
}

fn policy(scripts: &[&str], strictness: Strictness) -> String {
    let (inline, connect) = match strictness {
        Strictness::Release => {
            let hashes = scripts
                .iter()
                .map(|script| format!(" 'sha256-{}'", sha256_base64(script.as_bytes())));
            (hashes.collect::<String>(), "'self'")
        }
        Strictness::Development => (" 'unsafe-inline'".to_owned(), "'self' ws:"),
    };
    format!(
        "default-src 'none'; script-src 'self'{inline} 'wasm-unsafe-eval'; connect-src {connect}; worker-src 'self'; \
         img-src 'self' blob: data:; style-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; \
         require-trusted-types-for 'script'; trusted-types default"
    )
}

fn insert(page: &str, policy: &str) -> Option<String> {
    let from = page.find(START)? + START.len();
    let rest = page.get(from..)?;
    Some(format!(
        "{}{policy}{}",
        page.get(..from)?,
        rest.get(rest.find('"')?..)?
    ))
}

/// The text of every `<script>` without a source.
fn inline_scripts(page: &str) -> Vec<&str> {
    let mut scripts = Vec::new();
    let mut rest = page;
    while let Some((_, after)) = rest.split_once("<script") {
        let Some((attributes, content)) = after.split_once('>') else {
            break;
        };
        let Some((script, after)) = content.split_once("</script>") else {
            break;
        };
        if !attributes
            .split_whitespace()
            .any(|attribute| attribute.starts_with("src="))
        {
            scripts.push(script);
        }
        rest = after;
    }
    scripts
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    const PAGE: &str = "<head><meta http-equiv=\"Content-Security-Policy\" content=\"\"><script type=\"module\">abc</script>\
                        <script src=\"x.js\"></script></head>";

    #[test]
    fn only_inline_scripts_are_hashed() {
        assert_eq!(inline_scripts(PAGE), ["abc"]);
        let text = policy(&inline_scripts(PAGE), Strictness::Release);
        assert!(
            text.contains(
                "script-src 'self' 'sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=' 'wasm-unsafe-eval';"
            ),
            "{text}"
        );
        assert!(!text.contains("unsafe-inline"), "{text}");
    }

    #[test]
    fn the_policy_can_be_written_again_and_read_back() {
        let once = insert(PAGE, "default-src 'none'").unwrap();
        let twice = insert(&once, "default-src 'self'").unwrap();
        assert_eq!(read(&twice).unwrap(), "default-src 'self'");
        assert_eq!(twice.len(), once.len());
    }

    #[test]
    fn a_page_without_a_place_for_the_policy_is_refused() {
        assert_eq!(insert("<head></head>", "x"), None);
    }
}

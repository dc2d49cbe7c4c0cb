//! The headers with which our own server sends the page; docs/deploy.md has them for other servers.

/// What the page may use of the device: the camera only for codes that are held before it, all else not at all.
const PERMISSIONS: &str = "accelerometer=(), autoplay=(), bluetooth=(), browsing-topics=(), camera=(self), \
                           clipboard-read=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), \
                           magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=(), \
                           xr-spatial-tracking=()";
/// The one script that pages of other origins load.
const VIEWER: &str = "penumbra-viewer.js";

/// Who may show the page in a frame, as sources of the directive `frame-ancestors`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrameAncestors(String);

impl Default for FrameAncestors {
    fn default() -> Self {
        Self("'self'".to_owned())
    }
}

impl FrameAncestors {
    /// Reads a list of sources such as `'self' https://course.example`; none where one of them could end the header or the
    /// directive.
    pub fn parse(text: &str) -> Option<Self> {
        let allowed = |character: char| character.is_ascii_graphic() && !";,".contains(character);
        let sources: Vec<&str> = text.split_whitespace().collect();
        let valid = !sources.is_empty() && sources.iter().all(|source| source.chars().all(allowed));
        valid.then(|| Self(sources.join(" ")))
    }
}

/// The header lines for a file of the page. `path` lies below the page's folder; `policy` is that of `index.html`.
///
/// Who may frame a page can be said in a header only, not in a page, and means nothing for other files: these have the very
/// policy that stands in the page.
pub fn lines(path: &str, policy: Option<&str>, ancestors: &FrameAncestors) -> String {
    let page = path.ends_with(".html");
    let mut lines = String::new();
    let mut line = |name: &str, value: &str| {
        lines.push_str(&format!("{name}: {value}\r\n"));
    };
    line("X-Content-Type-Options", "nosniff");
    line("Referrer-Policy", "no-referrer");
    line("Cross-Origin-Opener-Policy", "same-origin");
    line("Cross-Origin-Embedder-Policy", "require-corp");
    if path == VIEWER {
        line("Cross-Origin-Resource-Policy", "cross-origin");
        line("Access-Control-Allow-Origin", "*");
    } else {
        line(
            "Cross-Origin-Resource-Policy",
            if page { "cross-origin" } else { "same-origin" },
        );
    }
    line("Permissions-Policy", PERMISSIONS);
    line("X-DNS-Prefetch-Control", "off");
    if let Some(policy) = policy {
        if page {
            let FrameAncestors(ancestors) = ancestors;
            line(
                "Content-Security-Policy",
                &format!("{policy}; frame-ancestors {ancestors}"),
            );
        } else {
            line("Content-Security-Policy", policy);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    fn of(path: &str) -> String {
        lines(path, Some("default-src 'none'"), &FrameAncestors::default())
    }

    #[test]
    fn only_a_page_says_who_may_frame_it() {
        let policy = "Content-Security-Policy: default-src 'none'";
        assert!(of("index.html").contains(&format!("{policy}; frame-ancestors 'self'\r\n")));
        assert!(of("worker/worker.js").contains(&format!("{policy}\r\n")));
    }

    #[test]
    fn other_origins_may_load_the_viewer_and_frame_the_page_but_take_no_file() {
        assert!(of(VIEWER).contains("Access-Control-Allow-Origin: *\r\n"));
        for path in ["page.js", "models/a/weights.safetensors"] {
            let lines = of(path);
            assert!(lines.contains("Cross-Origin-Resource-Policy: same-origin\r\n"));
            assert!(!lines.contains("Access-Control-Allow-Origin"));
        }
    }

    #[test]
    fn sources_cannot_smuggle_in_a_header_or_a_directive() {
        for text in [
            "",
            "  ",
            "https://a.example; script-src *",
            "https://a.example, b",
            "é",
        ] {
            assert_eq!(FrameAncestors::parse(text), None, "{text}");
        }
        let two = FrameAncestors::parse("'self'\r\n https://a.example:8443").unwrap();
        assert_eq!(
            two,
            FrameAncestors("'self' https://a.example:8443".to_owned())
        );
    }
}

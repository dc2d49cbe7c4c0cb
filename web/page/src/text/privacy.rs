//! Wording of the panel that shows the page's privacy, of what is kept, and of sharing.

use crate::numbers::count;
use crate::privacy::attempts::{Outcome, Way};
use crate::privacy::kept::{Group, Kind};
use crate::privacy::requests::{By, Purpose};

/// The line near the top that leads to the panel.
pub const SEE_FOR_YOURSELF: &str = "Nothing leaves this browser: see for yourself";
/// What the panel is.
pub const TITLE: &str = "Privacy: nothing leaves this browser";
/// What is listed.
pub const REQUESTS_HINT: &str = "Every request of the page, of its worker and of its service worker since the page was opened, as the browser itself recorded them. The service worker serves all open pages of this address and is listed in each.";
/// In the list, for what came from this browser.
pub const FROM_HERE: &str = "from this browser";
/// What is kept and why.
pub const KEPT_HINT: &str = "So that the page works without a network, the browser keeps the program’s own files after the first visit, models once they are chosen and samples once they are opened. Images, masks and their names are never kept by this.";
/// While nothing is kept by the service worker.
pub const NOT_KEPT: &str =
    "The program is not kept in this browser: the page needs the network each time it is opened.";
/// After everything was taken away.
pub const FORGOTTEN: &str = "Forgotten: the kept program, models and samples, all settings and whatever else this page had stored. What is on screen goes with this tab.";
/// What a visitor can choose.
pub const KEEP_PROGRAM: &str = "Keep the program for use without a network";
/// The policy.
pub const POLICY_HINT: &str = "The browser enforces this policy. The first is read from the page’s source, the second is what the server sent; a connection is allowed only to the page’s own address (connect-src 'self').";
/// Where the server sent no policy.
pub const NO_HEADER: &str = "The server sent no policy of its own. The page’s worker then obeys the policy that it inherits, and nothing says who may show the page in a frame.";
/// What the attempts are.
pub const ATTEMPTS_HINT: &str = "The page tries to send one made-up pixel to an address that does not exist, in six ways, and shows what your browser did. No image is touched.";
/// What no policy can stop.
pub const LIMITS: [&str; 4] = [
    "WebRTC: no browser lets a page’s policy switch it off today. The page makes no such connection: search its source for RTCPeerConnection, which stands in this attempt only.",
    "Going to another page: a link or a script could put data into an address and open it. You would see the page change, and the address with it.",
    "Looking up a name: a page can ask the browser to prepare a connection, and the name asked for can carry a few bytes. Our own server tells browsers not to do so; the page contains no such request. Chromium also opens an empty connection to the address of a form before it refuses to send it, as in the attempt above.",
    "Extensions of your browser see every page. Use a private window, in which most of them are off.",
];
/// How to see that the page does none of that.
pub const LIMITS_CHECK: &str = "The strictest check needs no trust: load the page, cut the network, open your image, close the tab, and connect again. It works all the same.";
/// The build.
pub const BUILD_HINT: &str = "The name of a build is the SHA-256 of all its files. Build the same revision from source with “cargo xtask build” and compare: dist/index.html holds the name, dist/files.json the hash of each file.";
/// In development.
pub const NO_BUILD: &str = "This is a development build without a name.";
/// When another build waits.
pub const UPDATE: &str = "A new version is ready.";

/// When the new build cannot be used yet.
#[must_use]
pub fn other_tabs(others: usize) -> String {
    match others {
        1 => "Close the other tab of this page first, so that it does not mix two versions."
            .to_owned(),
        more => format!(
            "Close the {more} other tabs of this page first, so that they do not mix two versions."
        ),
    }
}

/// The sentence above the list.
#[must_use]
pub fn verdict(requests: usize, foreign: usize, after_image: Option<usize>) -> String {
    let made = match requests {
        1 => "1 request so far".to_owned(),
        more => format!("{} requests so far", count(more as u64)),
    };
    let to = match foreign {
        0 => "all to the page’s own address".to_owned(),
        more => format!("{} of them to other addresses", count(more as u64)),
    };
    let after = match after_image {
        None => "no image of your own has been opened yet".to_owned(),
        Some(0) => "none after your image was opened".to_owned(),
        Some(more) => format!("{} after your image was opened", count(more as u64)),
    };
    format!("{made}, {to}, {after}.")
}

/// Why a file was asked for.
#[must_use]
pub fn purpose(purpose: &Purpose) -> String {
    match purpose {
        Purpose::Page => "the page itself".to_owned(),
        Purpose::Appearance => "how the page looks".to_owned(),
        Purpose::Program => "the page’s program".to_owned(),
        Purpose::WorkerProgram => "the program that segments".to_owned(),
        Purpose::Lists => "which models and samples there are".to_owned(),
        Purpose::Model(id) => format!("the model {id}"),
        Purpose::Sample(file) => format!("the sample {file}"),
        Purpose::ServiceWorker => "what keeps the program for use without a network".to_owned(),
        Purpose::Other => "another file of the page".to_owned(),
        Purpose::Foreign => "NOT a file of this page".to_owned(),
    }
}

/// Who asked.
#[must_use]
pub const fn by(by: By) -> &'static str {
    match by {
        By::Page => "page",
        By::Worker => "worker",
        By::ServiceWorker => "service worker",
    }
}

/// A way of sending.
#[must_use]
pub const fn way(way: Way) -> &'static str {
    match way {
        Way::Fetch => "Fetch",
        Way::Image => "Image from elsewhere",
        Way::Beacon => "Beacon",
        Way::WebSocket => "WebSocket",
        Way::Form => "Form",
        Way::WebRtc => "WebRTC",
    }
}

/// What the browser did.
#[must_use]
pub fn outcome(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Refused(directive) => format!("refused by the page’s policy ({directive})"),
        Outcome::RefusedAnyhow => "refused".to_owned(),
        Outcome::NotRefused => "not refused: your browser has no policy for it".to_owned(),
        Outcome::Absent => "your browser has no such thing".to_owned(),
    }
}

/// An amount of data.
#[must_use]
pub fn bytes(bytes: f64) -> String {
    if bytes < 1000.0 {
        format!("{bytes:.0} B")
    } else if bytes < 1e6 {
        format!("{:.1} kB", bytes / 1e3)
    } else {
        format!("{:.1} MB", bytes / 1e6)
    }
}

/// What a group is, and how much of it is kept.
#[must_use]
pub fn group(group: &Group, title: impl Fn(&str) -> String) -> [String; 2] {
    let name = match &group.kind {
        Kind::Program => "The program".to_owned(),
        Kind::Model(id) => format!("Model: {}", title(id)),
        Kind::Samples => "Samples".to_owned(),
    };
    let all = bytes(group.bytes as f64);
    let kept = if group.kept == group.bytes {
        format!("{all}, kept")
    } else if group.kept == 0 {
        format!("{all}, not kept")
    } else {
        format!("{} of {all} kept", bytes(group.kept as f64))
    };
    [name, kept]
}

/// Button that keeps the rest of what can be kept.
#[must_use]
pub fn keep_all(rest: u64) -> String {
    format!("Keep all models and samples ({})", bytes(rest as f64))
}

/// What a link opens.
pub const LINK_HINT: &str =
    "Opens the same sample, model and view. It is an address only: nothing is uploaded.";
/// The same, while an image of the visitor's own is open.
pub const LINK_OWN: &str = "Your own image is not part of the link, nor anything of it: the link opens the model and how it is shown.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_verdict_counts() {
        assert_eq!(
            verdict(16, 0, Some(0)),
            "16 requests so far, all to the page’s own address, none after your image was opened."
        );
        assert_eq!(
            verdict(1, 1, Some(3)),
            "1 request so far, 1 of them to other addresses, 3 after your image was opened."
        );
        assert!(verdict(2, 0, None).ends_with("no image of your own has been opened yet."));
    }

    #[test]
    fn amounts_are_told_in_decimal_units() {
        assert_eq!(bytes(0.0), "0 B");
        assert_eq!(bytes(1500.0), "1.5 kB");
        assert_eq!(bytes(15_550_000.0), "15.6 MB");
        let part = Group {
            kind: Kind::Model("m".to_owned()),
            bytes: 2_000_000,
            kept: 40_000,
        };
        assert_eq!(
            group(&part, |id| format!("<{id}>")),
            ["Model: <m>", "40.0 kB of 2.0 MB kept"]
        );
        let all = Group {
            kept: 2_000_000,
            ..part
        };
        assert_eq!(group(&all, str::to_owned)[1], "2.0 MB, kept");
    }
}

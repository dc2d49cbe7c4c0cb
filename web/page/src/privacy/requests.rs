//! The account of all requests that the page, its worker and its service worker have made.

use serde::Deserialize;

/// Who asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum By {
    /// The page.
    #[serde(rename = "page")]
    Page,
    /// The page's worker, which segments.
    #[serde(rename = "worker")]
    Worker,
    /// The service worker, which keeps the program.
    #[serde(rename = "service worker")]
    ServiceWorker,
}

/// One request.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// Who asked.
    pub by: By,
    /// The whole address.
    pub address: String,
    /// Bytes of the answer, without compression; 0 where the browser does not tell.
    pub bytes: f64,
    /// When it began, in milliseconds since 1970.
    pub when: f64,
    /// The answer came from this browser, not over the network.
    pub from_here: bool,
}

/// What a file of the page is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Purpose {
    /// The page itself.
    Page,
    /// How it looks: styles, icons, the description of the application.
    Appearance,
    /// The page's program.
    Program,
    /// The worker's program, with the network's arithmetic.
    WorkerProgram,
    /// The lists of models and samples.
    Lists,
    /// A model, by its identifier.
    Model(String),
    /// A sample image or its labels, by file name.
    Sample(String),
    /// The service worker, or whether it is to be used.
    ServiceWorker,
    /// Another file of the page's folder.
    Other,
    /// An address outside of the page's folder.
    Foreign,
}

impl Request {
    /// What was asked for. `base` is the address of the page's folder, ending in `/`.
    #[must_use]
    pub fn purpose(&self, base: &str) -> Purpose {
        let Some(path) = self.address.strip_prefix(base) else {
            return Purpose::Foreign;
        };
        let path = path.split(['?', '#']).next().unwrap_or_default();
        let ends = |endings: &[&str]| endings.iter().any(|ending| path.ends_with(ending));
        match path.split_once('/') {
            Some(("models" | "samples", "index.json")) => Purpose::Lists,
            Some(("models", rest)) => {
                Purpose::Model(rest.split('/').next().unwrap_or_default().to_owned())
            }
            Some(("samples", file)) => Purpose::Sample(file.to_owned()),
            Some(("worker", _)) => Purpose::WorkerProgram,
            Some(("icons", _)) => Purpose::Appearance,
            Some(_) => Purpose::Other,
            None if path.starts_with("service-worker.") => Purpose::ServiceWorker,
            None if path.is_empty() || path == "index.html" => Purpose::Page,
            None if ends(&[".css", ".svg", ".webmanifest"]) => Purpose::Appearance,
            None if ends(&[".js", ".wasm"]) => Purpose::Program,
            None => Purpose::Other,
        }
    }

    /// The address as it is shown: from the page's folder on, or whole.
    #[must_use]
    pub fn shown(&self, base: &str) -> String {
        match self.address.strip_prefix(base) {
            Some(path) if !path.is_empty() => format!("./{path}"),
            Some(_) => "./".to_owned(),
            None => self.address.clone(),
        }
    }
}

/// The requests, in the order of their times.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Account {
    requests: Vec<Request>,
}

impl Account {
    /// Takes a request over, unless it is there already; more may be known of it now. What the browser makes itself
    /// (`blob:` and `data:` addresses) goes over no network.
    pub fn add(&mut self, request: Request) {
        if ["blob:", "data:"]
            .iter()
            .any(|start| request.address.starts_with(start))
        {
            return;
        }
        // The browser rounds times, and two accounts of one request may differ by that much.
        const SAME_MILLISECONDS: f64 = 2.0;
        let known = self.requests.iter_mut().find(|known| {
            known.by == request.by
                && known.address == request.address
                && (known.when - request.when).abs() <= SAME_MILLISECONDS
        });
        if let Some(known) = known {
            known.bytes = known.bytes.max(request.bytes);
            return;
        }
        let place = self
            .requests
            .partition_point(|known| known.when <= request.when);
        self.requests.insert(place, request);
    }

    /// All of them.
    #[must_use]
    pub fn requests(&self) -> &[Request] {
        &self.requests
    }

    /// How many went to an address outside of the page's own origin.
    #[must_use]
    pub fn foreign(&self, origin: &str) -> usize {
        let own = |address: &str| {
            address
                .strip_prefix(origin)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']))
        };
        let foreign = self
            .requests
            .iter()
            .filter(|request| !own(&request.address));
        foreign.count()
    }

    /// How many were made since a moment, in milliseconds since 1970.
    #[must_use]
    pub fn since(&self, moment: f64) -> usize {
        let later = self
            .requests
            .iter()
            .filter(|request| request.when >= moment);
        later.count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "https://a.example/sub/";

    fn request(address: &str, when: f64) -> Request {
        Request {
            by: By::Page,
            address: address.to_owned(),
            bytes: 0.0,
            when,
            from_here: false,
        }
    }

    #[test]
    fn every_file_of_the_page_has_its_purpose() {
        let purpose = |path: &str| request(&format!("{BASE}{path}"), 0.0).purpose(BASE);
        for path in ["", "?model=a&sample=b", "index.html"] {
            assert_eq!(purpose(path), Purpose::Page, "{path}");
        }
        assert_eq!(purpose("page-1a2b.js"), Purpose::Program);
        assert_eq!(purpose("page-1a2b_bg.wasm"), Purpose::Program);
        assert_eq!(purpose("base-1a2b.css"), Purpose::Appearance);
        assert_eq!(purpose("worker/penumbra_bg.wasm"), Purpose::WorkerProgram);
        assert_eq!(purpose("models/index.json"), Purpose::Lists);
        assert_eq!(
            purpose("models/hippocampus/weights.safetensors"),
            Purpose::Model("hippocampus".to_owned())
        );
        assert_eq!(
            purpose("samples/a.png"),
            Purpose::Sample("a.png".to_owned())
        );
        assert_eq!(purpose("service-worker.json"), Purpose::ServiceWorker);
        assert_eq!(purpose("lessons/a/b.html"), Purpose::Other);
        let other = request("https://a.example/other/", 0.0);
        assert_eq!(other.purpose(BASE), Purpose::Foreign);
        assert_eq!(other.shown(BASE), "https://a.example/other/");
        assert_eq!(
            request("https://a.example/sub/a.js", 0.0).shown(BASE),
            "./a.js"
        );
    }

    #[test]
    fn a_request_is_counted_once_and_in_its_time() {
        let mut account = Account::default();
        account.add(request("https://a.example/b", 20.0));
        account.add(request("https://a.example/a", 10.0));
        account.add(Request {
            bytes: 7.0,
            ..request("https://a.example/b", 20.4)
        });
        account.add(request("https://a.example/b", 40.0));
        account.add(request("blob:https://a.example/x", 50.0));
        let times: Vec<f64> = account.requests().iter().map(|one| one.when).collect();
        assert_eq!(times, [10.0, 20.0, 40.0]);
        assert_eq!(account.requests()[1].bytes, 7.0);
        assert_eq!(account.since(20.0), 2);
        assert_eq!(account.since(40.5), 0);
    }

    #[test]
    fn an_origin_that_only_begins_like_the_own_one_is_foreign() {
        let mut account = Account::default();
        for (number, address) in [
            "https://a.example/",
            "https://a.example",
            "https://a.example.evil/",
            "https://a.example:8443/",
            "http://a.example/",
        ]
        .into_iter()
        .enumerate()
        {
            account.add(request(address, number as f64 * 10.0));
        }
        assert_eq!(account.foreign("https://a.example"), 3);
    }
}

//! What this page has stored in the browser, and forgetting all of it.

use gloo::utils::{document, window};
use page::privacy::kept::PREFIX;
use page::text::privacy as text;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::Storage;

use super::offline;
use super::script;

/// Header in which the service worker notes how long a kept file is.
const SIZE: &str = "x-penumbra-bytes";
/// Most folders inside folders that are looked into.
const MAX_DEPTH: usize = 8;

/// Kinds of storage with what lies in each.
pub async fn list() -> Vec<[String; 2]> {
    let row = |name: &str, content: String| [name.to_owned(), content];
    let [count, bytes] = kept_files().await;
    let cached = match count {
        0.0 => "nothing".to_owned(),
        count => format!("{count} files of the program, {}", text::bytes(bytes)),
    };
    let files = private_files().await;
    let private = match files.len() {
        0 => "nothing".to_owned(),
        count => {
            let bytes: f64 = files.iter().map(|(_, bytes)| bytes).sum();
            let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
            format!(
                "{count} entries, {}: {}",
                text::bytes(bytes),
                names.join(", ")
            )
        }
    };
    let cookies = script::text(&document(), "cookie").unwrap_or_default();
    vec![
        row("Kept files (Cache Storage)", cached),
        row("Private files (OPFS)", private),
        row("Databases (IndexedDB)", named(databases().await)),
        row(
            "Settings (local storage)",
            named(keys(window().local_storage())),
        ),
        row(
            "Until the tab is closed (session storage)",
            named(keys(window().session_storage())),
        ),
        row(
            "Cookies",
            if cookies.is_empty() {
                "none".to_owned()
            } else {
                cookies
            },
        ),
    ]
}

fn named(names: Vec<String>) -> String {
    if names.is_empty() {
        "nothing".to_owned()
    } else {
        names.join(", ")
    }
}

/// Takes everything away that this page has stored. Entries of other pages at the same address stay.
pub async fn forget() {
    offline::remove().await;
    for storage in [window().local_storage(), window().session_storage()] {
        for key in keys(storage.clone())
            .into_iter()
            .filter(|key| key.starts_with(PREFIX))
        {
            if let Ok(Some(storage)) = &storage {
                storage.remove_item(&key).unwrap_or_default();
            }
        }
    }
    let factory = script::get(&window(), "indexedDB");
    for name in databases()
        .await
        .into_iter()
        .filter(|name| name.starts_with(PREFIX))
    {
        // It goes once its last connection is closed.
        script::call(&factory, "deleteDatabase", &[name.into()]).unwrap_or_default();
    }
    if let Some(folder) = folder().await {
        let all = script::object(&[("recursive", true.into())]);
        for (name, _) in entries(&folder).await {
            if name.starts_with(PREFIX) {
                let arguments = [name.into(), all.clone()];
                script::awaited(&folder, "removeEntry", &arguments)
                    .await
                    .unwrap_or_default();
            }
        }
    }
}

/// How many files are kept, and their bytes.
async fn kept_files() -> [f64; 2] {
    let mut sum = [0.0; 2];
    let Ok(storage) = window().caches() else {
        return sum;
    };
    for name in offline::caches().await {
        let Ok(cache) = JsFuture::from(storage.open(&name)).await else {
            continue;
        };
        let answers = script::awaited(&cache, "matchAll", &[])
            .await
            .unwrap_or_default();
        for answer in script::list(&answers) {
            let headers = script::get(&answer, "headers");
            let size = script::call(&headers, "get", &[SIZE.into()]).unwrap_or_default();
            let size = size.as_string().and_then(|size| size.parse::<f64>().ok());
            sum[0] += 1.0;
            sum[1] += size.unwrap_or(0.0);
        }
    }
    sum
}

/// The header of the page's own answer as it is kept: no request is made for it.
pub async fn kept_header(name: &str) -> Option<String> {
    let storage = window().caches().ok()?;
    let cache = offline::caches().await.into_iter().next()?;
    let cache = JsFuture::from(storage.open(&cache)).await.ok()?;
    let page = format!("{}index.html", super::requests::base());
    let answer = script::awaited(&cache, "match", &[page.into()])
        .await
        .ok()?;
    header(&answer, name)
}

/// The same, asked of the server: one request for the page itself.
pub async fn sent_header(name: &str) -> Option<String> {
    let options = script::object(&[("method", "HEAD".into()), ("cache", "no-cache".into())]);
    let arguments = [super::requests::base().into(), options];
    let answer = script::awaited(&window(), "fetch", &arguments).await.ok()?;
    header(&answer, name)
}

fn header(answer: &JsValue, name: &str) -> Option<String> {
    let headers = script::get(answer, "headers");
    script::call(&headers, "get", &[name.into()])
        .ok()?
        .as_string()
}

fn keys(storage: Result<Option<Storage>, JsValue>) -> Vec<String> {
    let Ok(Some(storage)) = storage else {
        return Vec::new();
    };
    let length = storage.length().unwrap_or(0);
    let keys = (0..length).filter_map(|index| storage.key(index).ok().flatten());
    keys.collect()
}

async fn databases() -> Vec<String> {
    let factory = script::get(&window(), "indexedDB");
    let found = script::awaited(&factory, "databases", &[])
        .await
        .unwrap_or_default();
    let found = script::list(&found).into_iter();
    found
        .filter_map(|database| script::text(&database, "name"))
        .collect()
}

/// The page's private folder; none where the browser has no such thing or does not give it.
async fn folder() -> Option<JsValue> {
    let storage = script::get(&window().navigator(), "storage");
    script::awaited(&storage, "getDirectory", &[]).await.ok()
}

async fn private_files() -> Vec<(String, f64)> {
    let Some(folder) = folder().await else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (name, entry) in entries(&folder).await {
        found.push((name, size(entry, MAX_DEPTH).await));
    }
    found
}

/// Bytes of a file, or of all files in a folder.
async fn size(entry: JsValue, depth: usize) -> f64 {
    if script::text(&entry, "kind").as_deref() == Some("file") {
        let file = script::awaited(&entry, "getFile", &[])
            .await
            .unwrap_or_default();
        return script::number(&file, "size").unwrap_or(0.0);
    }
    let mut sum = 0.0;
    if depth > 0 {
        for (_, inner) in entries(&entry).await {
            sum += Box::pin(size(inner, depth - 1)).await;
        }
    }
    sum
}

/// The entries of a folder with their names.
async fn entries(folder: &JsValue) -> Vec<(String, JsValue)> {
    let mut found = Vec::new();
    let Ok(iterator) = script::call(folder, "values", &[]) else {
        return found;
    };
    while let Ok(step) = script::awaited(&iterator, "next", &[]).await {
        let entry = script::get(&step, "value");
        if script::get(&step, "done").is_truthy() || entry.is_undefined() {
            break;
        }
        found.push((script::text(&entry, "name").unwrap_or_default(), entry));
    }
    found
}

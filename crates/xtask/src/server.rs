//! A small file server for the built page: HTTP/1.1, GET and HEAD, on the loopback address only.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, UNIX_EPOCH};

use crate::csp;
use crate::encoding;
use crate::error::{Error, Result};
use crate::headers::{self, FrameAncestors};

/// Longest request head that is read.
const MAX_HEAD_BYTES: u64 = 16 * 1024;
const READ_TIMEOUT: Duration = Duration::from_secs(30);

/// Starts to serve a folder in threads of its own and returns the address, with the real port where 0 was asked for.
///
/// # Errors
/// [`Error::Listen`] when the port is taken.
pub fn start(folder: &Path, port: u16, ancestors: FrameAncestors) -> Result<SocketAddr> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let refused = |source| Error::Listen {
        address: address.to_string(),
        source,
    };
    let listener = TcpListener::bind(address).map_err(refused)?;
    let bound = listener.local_addr().map_err(refused)?;
    let folder = folder.to_path_buf();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (folder, ancestors) = (folder.clone(), ancestors.clone());
            // A visitor who hangs up in the middle is no fault of the server.
            thread::spawn(move || drop(handle_connection(&stream, &folder, &ancestors)));
        }
    });
    Ok(bound)
}

/// Answers requests on one connection until the other side closes it.
fn handle_connection(
    stream: &TcpStream,
    folder: &Path,
    ancestors: &FrameAncestors,
) -> std::io::Result<()> {
    stream.set_read_timeout(Some(READ_TIMEOUT))?;
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    while let Some(head) = read_head(&mut reader)? {
        let answer = answer(&head, folder, ancestors);
        let mut writer = stream;
        writer.write_all(answer.head.as_bytes())?;
        writer.write_all(&answer.body)?;
    }
    Ok(())
}

fn read_head(reader: &mut impl BufRead) -> std::io::Result<Option<String>> {
    let mut head = String::new();
    let mut limited = reader.take(MAX_HEAD_BYTES);
    loop {
        let before = head.len();
        limited.read_line(&mut head)?;
        match head.get(before..) {
            Some("\r\n" | "\n") => return Ok(Some(head)),
            Some("") | None => return Ok(None),
            Some(_) => {}
        }
    }
}

#[derive(Debug)]
struct Answer {
    head: String,
    body: Vec<u8>,
}

fn answer(head: &str, folder: &Path, ancestors: &FrameAncestors) -> Answer {
    let mut words = head.lines().next().unwrap_or_default().split(' ');
    let (method, target) = (
        words.next().unwrap_or_default(),
        words.next().unwrap_or_default(),
    );
    if method != "GET" && method != "HEAD" {
        return plain(
            "405 Method Not Allowed",
            "Only GET and HEAD are answered here.\n",
        );
    }
    let Some(path) = resolve(folder, target) else {
        return plain("404 Not Found", "There is no such file.\n");
    };
    let chosen = encoding::choose(header(head, "accept-encoding"), &path);
    // Every copy has a tag of its own: a strong one stands for these very bytes.
    let (sent, coding) = match &chosen {
        Some((encoding, copy)) => (copy, Some(encoding.token())),
        None => (&path, None),
    };
    let tag = tag(sent, coding);
    let known = header(head, "if-none-match").is_some_and(|value| is_known(value, &tag));
    let body = if known {
        Vec::new()
    } else {
        fs::read(sent).unwrap_or_default()
    };
    let status = if known { "304 Not Modified" } else { "200 OK" };
    let mut text = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {}\r\nContent-Length: {}\r\nCache-Control: no-cache\r\nETag: {tag}\r\n",
        media_type(&path),
        body.len(),
    );
    if let Some(coding) = coding {
        text.push_str(&format!("Content-Encoding: {coding}\r\n"));
    }
    if encoding::varies(&path) {
        text.push_str("Vary: Accept-Encoding\r\n");
    }
    let page = fs::read_to_string(folder.join("index.html")).ok();
    let policy = page.as_deref().and_then(csp::read);
    let below = path.strip_prefix(folder).unwrap_or(&path);
    text.push_str(&headers::lines(&below.to_string_lossy(), policy, ancestors));
    text.push_str("\r\n");
    Answer {
        head: text,
        body: if method == "HEAD" { Vec::new() } else { body },
    }
}

fn plain(status: &str, sentence: &str) -> Answer {
    Answer {
        head: format!(
            "HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {}\r\n\r\n",
            sentence.len()
        ),
        body: sentence.as_bytes().to_vec(),
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().skip(1).find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.trim()
            .eq_ignore_ascii_case(name)
            .then_some(value.trim())
    })
}

/// The file that a request's target names, if it lies within the folder.
fn resolve(folder: &Path, target: &str) -> Option<PathBuf> {
    let path = target.split(['?', '#']).next()?.strip_prefix('/')?;
    let mut found = folder.to_path_buf();
    for part in decode(path)?
        .split('/')
        .filter(|part| !part.is_empty() && *part != ".")
    {
        // Neither upwards nor, by a drive or a backslash, anywhere else.
        if part == ".." || part.contains(['\\', ':', '\0']) {
            return None;
        }
        found.push(part);
    }
    if found.is_dir() {
        found.push("index.html");
    }
    // A link may lead out of the folder as well as dots may.
    let inside = found
        .canonicalize()
        .ok()?
        .starts_with(folder.canonicalize().ok()?);
    (inside && found.is_file()).then_some(found)
}

/// Undoes percent-encoding (RFC 3986, section 2.1).
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        if *first == b'%' {
            let digits = std::str::from_utf8(tail.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = tail.get(2..)?;
        } else {
            bytes.push(*first);
        }
    }
    String::from_utf8(bytes).ok()
}

/// Whether the visitor has what a tag stands for (RFC 9110, section 13.1.2).
fn is_known(tags: &str, tag: &str) -> bool {
    let mut tags = tags.split(',').map(str::trim);
    tags.any(|known| known == "*" || known.trim_start_matches("W/") == tag)
}

/// Changes with the file: its length and the time of its last change; and with the coding in which it is sent.
fn tag(path: &Path, coding: Option<&str>) -> String {
    let Ok(data) = fs::metadata(path) else {
        return "\"\"".to_owned();
    };
    let time = data
        .modified()
        .ok()
        .and_then(|time| time.duration_since(UNIX_EPOCH).ok())
        .unwrap_or_default();
    let coding = coding.map_or_else(String::new, |coding| format!("-{coding}"));
    format!("\"{:x}-{:x}{coding}\"", data.len(), time.as_nanos())
}

fn media_type(path: &Path) -> &'static str {
    match path
        .extension()
        .unwrap_or_default()
        .to_str()
        .unwrap_or_default()
    {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "tif" | "tiff" => "image/tiff",
        "ico" => "image/x-icon",
        "txt" => "text/plain; charset=utf-8",
        "webmanifest" => "application/manifest+json",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
#[path = "server_tests.rs"]
mod tests;

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;

/// A folder `site` with a page and a file beside it that must not be reached.
fn site(name: &str) -> PathBuf {
    let outer = std::env::temp_dir().join(format!("penumbra-server-{name}-{}", std::process::id()));
    let site = outer.join("site");
    fs::create_dir_all(site.join("worker")).unwrap();
    fs::write(outer.join("secret.txt"), "secret").unwrap();
    fs::write(
        site.join("index.html"),
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'\"><p>page</p>",
    )
    .unwrap();
    fs::write(site.join("worker/a b.wasm"), b"\0asm").unwrap();
    site
}

fn ask(site: &Path, request: &str) -> String {
    let address = start(site, 0, FrameAncestors::default()).unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

#[test]
fn the_page_is_served_with_its_policy() {
    let text = ask(&site("page"), "GET /?sample=a HTTP/1.1\r\nHost: x\r\n\r\n");
    assert!(text.starts_with("HTTP/1.1 200 OK\r\n"), "{text}");
    assert!(text.contains("Content-Type: text/html"), "{text}");
    assert!(
        text.contains("Content-Security-Policy: default-src 'none'; frame-ancestors 'self'\r\n"),
        "{text}"
    );
    assert!(text.ends_with("<p>page</p>"), "{text}");
}

#[test]
fn webassembly_has_its_media_type_and_head_has_no_body() {
    let text = ask(&site("wasm"), "HEAD /worker/a%20b.wasm HTTP/1.1\r\n\r\n");
    assert!(
        text.contains("Content-Type: application/wasm\r\nContent-Length: 4\r\n"),
        "{text}"
    );
    assert!(text.ends_with("\r\n\r\n"), "{text}");
}

#[test]
fn nothing_outside_the_folder_is_reached() {
    let site = site("outside");
    for target in [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/worker/..%2f..%2fsecret.txt",
        "/..\\secret.txt",
        "//../secret.txt",
        "/%zz",
        "/none",
        "*",
    ] {
        let text = ask(&site, &format!("GET {target} HTTP/1.1\r\n\r\n"));
        assert!(text.starts_with("HTTP/1.1 404 "), "{target}: {text}");
    }
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_out_is_not_followed() {
    let site = site("link");
    let link = site.join("link.txt");
    let _ = fs::remove_file(&link);
    std::os::unix::fs::symlink("../secret.txt", &link).unwrap();
    let text = ask(&site, "GET /link.txt HTTP/1.1\r\n\r\n");
    assert!(text.starts_with("HTTP/1.1 404 "), "{text}");
}

#[test]
fn an_unchanged_file_is_not_sent_again() {
    let site = site("tag");
    let first = ask(&site, "GET / HTTP/1.1\r\n\r\n");
    let tag = header(&first, "etag").unwrap();
    let second = ask(
        &site,
        &format!("GET / HTTP/1.1\r\nIf-None-Match: {tag}\r\n\r\n"),
    );
    assert!(second.starts_with("HTTP/1.1 304 "), "{second}");
    assert!(!second.contains("<p>"), "{second}");
}

#[test]
fn other_methods_are_refused_and_the_connection_goes_on() {
    let text = ask(
        &site("method"),
        "POST / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n",
    );
    assert!(text.starts_with("HTTP/1.1 405 "), "{text}");
    assert!(text.contains("HTTP/1.1 200 OK"), "{text}");
}

#[test]
fn a_compressed_copy_is_sent_to_those_who_take_it() {
    let site = site("encoding");
    fs::write(site.join("worker/a b.wasm.br"), "small").unwrap();
    let get = |accept: &str, more: &str| {
        let accept = if accept.is_empty() {
            String::new()
        } else {
            format!("Accept-Encoding: {accept}\r\n")
        };
        let request = format!("GET /worker/a%20b.wasm HTTP/1.1\r\n{accept}{more}\r\n");
        ask(&site, &request)
    };
    let small = get("gzip, br", "");
    for part in [
        "Content-Type: application/wasm\r\n",
        "Content-Encoding: br\r\n",
        "Content-Length: 5\r\n",
        "Vary: Accept-Encoding\r\n",
    ] {
        assert!(small.contains(part), "{part} is not in {small}");
    }
    assert!(small.ends_with("\r\n\r\nsmall"), "{small}");
    let whole = get("gzip", "");
    assert!(!whole.contains("Content-Encoding"), "{whole}");
    assert!(
        whole.contains("Vary: Accept-Encoding\r\n") && whole.ends_with("\0asm"),
        "{whole}"
    );
    // The two have tags of their own, so that neither is taken for the other.
    let tag = |text: &str| header(text, "etag").unwrap().to_owned();
    assert_ne!(tag(&small), tag(&whole));
    let known = format!("If-None-Match: \"x\", W/{}\r\n", tag(&small));
    assert!(get("br", &known).starts_with("HTTP/1.1 304 "));
    assert!(get("", &known).starts_with("HTTP/1.1 200 "));
    let page = ask(&site, "GET / HTTP/1.1\r\nAccept-Encoding: br\r\n\r\n");
    assert!(!page.contains("Vary"), "{page}");
}

//! Documents and programs that are ZIP archives themselves.

/// What an archive is that is no folder of files, by the names of its entries or by its own name.
pub(super) fn document<'a>(
    name: &str,
    entries: impl IntoIterator<Item = &'a str>,
) -> Option<&'static str> {
    let lower = name.to_ascii_lowercase();
    let by_name = lower.rsplit_once('.').and_then(|(_, ending)| match ending {
        "docx" | "docm" => Some("a Word document"),
        "xlsx" | "xlsm" => Some("an Excel sheet"),
        "pptx" | "pptm" => Some("a PowerPoint presentation"),
        "odt" | "ods" | "odp" => Some("an OpenDocument file"),
        "epub" => Some("an e-book"),
        "jar" | "war" | "apk" => Some("a Java program"),
        "whl" => Some("a Python package"),
        _ => None,
    });
    by_name.or_else(|| {
        entries.into_iter().find_map(|entry| match entry {
            "[Content_Types].xml" => Some("an Office document"),
            "mimetype" => Some("an OpenDocument file or e-book"),
            "META-INF/MANIFEST.MF" => Some("a Java program"),
            _ => None,
        })
    })
}

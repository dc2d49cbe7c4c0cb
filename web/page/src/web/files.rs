//! Files from the visitor: chosen, dropped (folders too) or pasted.

use js_sys::{ArrayBuffer, Function, Promise};
use page::errors::Error;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    DataTransfer, File, FileList, FileSystemDirectoryEntry, FileSystemEntry, FileSystemFileEntry,
};

use super::dom::words;

/// A file larger than this is not read: the browser's tab would end before a message could.
const LARGEST_FILE: f64 = 1024.0 * 1024.0 * 1024.0;
/// Most files that are taken from dropped folders.
const MOST_FILES: usize = 1000;
/// Most folders inside folders.
const DEEPEST: usize = 8;

/// The bytes of a file.
///
/// # Errors
/// [`Error::Read`], also for a file over 1 GiB.
pub async fn bytes(file: &File) -> Result<ArrayBuffer, Error> {
    if file.size() > LARGEST_FILE {
        let size = file.size() / LARGEST_FILE;
        return Err(Error::Read {
            fault: format!("it holds {size:.1} GiB where at most 1 GiB is read"),
        });
    }
    let bytes = JsFuture::from(file.array_buffer())
        .await
        .map_err(|error| Error::Read {
            fault: words(&error),
        })?;
    bytes.dyn_into().map_err(|_| Error::Read {
        fault: "the browser gave no bytes".to_owned(),
    })
}

/// The files of a list.
pub fn listed(list: Option<FileList>) -> Vec<File> {
    let list = list.into_iter();
    list.flat_map(|list| (0..list.length()).filter_map(move |index| list.get(index)))
        .collect()
}

/// The files of a drop or a paste, those inside folders included.
///
/// What has to be asked for during the event is asked for at once; the future may be awaited after it.
pub fn transferred(data: &DataTransfer) -> impl Future<Output = Vec<File>> + use<> {
    let items = data.items();
    let mut files = Vec::new();
    let mut folders = Vec::new();
    for index in 0..items.length() {
        let Some(item) = items.get(index).filter(|item| item.kind() == "file") else {
            continue;
        };
        match item.webkit_get_as_entry().ok().flatten() {
            Some(entry) if entry.is_directory() => folders.push(entry),
            _ => files.extend(item.get_as_file().ok().flatten()),
        }
    }
    if files.is_empty() && folders.is_empty() {
        files = listed(data.files());
    }
    async move {
        let mut found = Vec::new();
        for folder in folders {
            walk(folder, DEEPEST, &mut found).await;
        }
        found.retain(|file: &File| is_image(&file.name()));
        files.extend(found);
        files.sort_by_key(File::name);
        files
    }
}

fn is_image(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    [".png", ".jpg", ".jpeg", ".tif", ".tiff"]
        .iter()
        .any(|ending| name.ends_with(ending))
}

/// Collects the files below a folder. A part that cannot be read is left out: the rest is still of use.
async fn walk(entry: FileSystemEntry, depth: usize, found: &mut Vec<File>) {
    if found.len() >= MOST_FILES {
        return;
    }
    if entry.is_file() {
        let entry: FileSystemFileEntry = entry.unchecked_into();
        if let Ok(file) =
            callback(|done, failed| entry.file_with_callback_and_callback(done, failed)).await
        {
            found.extend(file.dyn_into::<File>());
        }
        return;
    }
    if depth == 0 {
        return;
    }
    let reader = entry
        .unchecked_into::<FileSystemDirectoryEntry>()
        .create_reader();
    // A reader gives its entries in portions, the last one empty.
    loop {
        let portion = callback(|done, failed| {
            // Both ways of failing end up in the same callback.
            if let Err(error) = reader.read_entries_with_callback_and_callback(done, failed) {
                failed.call1(&JsValue::NULL, &error).ok();
            }
        });
        let Ok(Ok(entries)) = portion.await.map(JsCast::dyn_into::<js_sys::Array>) else {
            return;
        };
        if entries.length() == 0 {
            return;
        }
        for entry in entries.iter() {
            Box::pin(walk(entry.unchecked_into(), depth - 1, found)).await;
        }
    }
}

/// Awaits one of the old interfaces that take two callbacks.
async fn callback(mut begin: impl FnMut(&Function, &Function)) -> Result<JsValue, JsValue> {
    JsFuture::from(Promise::new(&mut |done, failed| begin(&done, &failed))).await
}

//! Files from the visitor: chosen, dropped (folders too) or pasted.
//!
//! Their bytes stay in JavaScript's memory until they are handed to the worker, so they are asked for as `ArrayBuffer`s;
//! gloo's readers of files as futures would bring its worker with them.

use js_sys::{ArrayBuffer, Function, Promise, Reflect};
use page::errors::Error;
use page::library::selection;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    DataTransfer, File, FileList, FileSystemDirectoryEntry, FileSystemEntry, FileSystemFileEntry,
};

use super::dom::words;

/// More than this is not read at once: the browser's tab would end before a message could.
const MAX_BYTES: f64 = 1024.0 * 1024.0 * 1024.0;
/// Most files that are taken from dropped folders.
const MAX_FILES: usize = 5000;
/// Most folders inside folders.
const MAX_DEPTH: usize = 8;

/// A file that the visitor chose.
pub struct Chosen {
    /// The file.
    pub file: File,
    /// Its path from the chosen folder on, that one included; its name where it was chosen alone.
    pub path: String,
}

/// The bytes of files, in their order.
///
/// # Errors
/// [`Error::Read`], also for more than 1 GiB.
pub async fn bytes(files: &[File]) -> Result<Vec<ArrayBuffer>, Error> {
    let size: f64 = files.iter().map(|file| file.size()).sum();
    if size > MAX_BYTES {
        let size = size / MAX_BYTES;
        return Err(Error::Read {
            fault: format!("it holds {size:.1} GiB where at most 1 GiB is read"),
        });
    }
    let mut buffers = Vec::with_capacity(files.len());
    for file in files {
        let bytes = JsFuture::from(file.array_buffer())
            .await
            .map_err(|error| Error::Read {
                fault: words(&error),
            })?;
        buffers.push(bytes.dyn_into().map_err(|_| Error::Read {
            fault: "the browser gave no bytes".to_owned(),
        })?);
    }
    Ok(buffers)
}

/// The files of a list.
pub fn listed(list: Option<FileList>) -> Vec<Chosen> {
    let list = list.into_iter();
    list.flat_map(|list| (0..list.length()).filter_map(move |index| list.get(index)))
        .map(|file| Chosen {
            path: relative_path(&file),
            file,
        })
        .collect()
}

/// Path from the chosen folder on, where a folder was chosen.
fn relative_path(file: &File) -> String {
    Reflect::get(file, &"webkitRelativePath".into())
        .ok()
        .and_then(|path| path.as_string())
        .filter(|path| !path.is_empty())
        .unwrap_or_else(|| file.name())
}

/// The files of a drop or a paste, those inside folders included.
///
/// What has to be asked for during the event is asked for at once; the future may be awaited after it, and fails with
/// [`Error::TooManyFiles`].
pub fn transferred(
    data: &DataTransfer,
) -> impl Future<Output = Result<Vec<Chosen>, Error>> + use<> {
    let items = data.items();
    let mut files = Vec::new();
    let mut folders = Vec::new();
    for index in 0..items.length() {
        let Some(item) = items.get(index).filter(|item| item.kind() == "file") else {
            continue;
        };
        match item.webkit_get_as_entry().ok().flatten() {
            Some(entry) if entry.is_directory() => folders.push(entry),
            _ => files.extend(item.get_as_file().ok().flatten().map(|file| Chosen {
                path: file.name(),
                file,
            })),
        }
    }
    if files.is_empty() && folders.is_empty() {
        files = listed(data.files());
    }
    async move {
        let mut found = Vec::new();
        for folder in folders {
            walk(folder, MAX_DEPTH, &mut found).await?;
        }
        files.extend(found);
        Ok(files)
    }
}

/// Collects the files below a folder that may hold images. A part that cannot be read is left out: the rest is still of
/// use.
async fn walk(entry: FileSystemEntry, depth: usize, found: &mut Vec<Chosen>) -> Result<(), Error> {
    if entry.is_file() {
        let path = entry.full_path();
        if !selection::may_hold_image(&path) {
            return Ok(());
        }
        if found.len() >= MAX_FILES {
            return Err(Error::TooManyFiles { most: MAX_FILES });
        }
        let entry: FileSystemFileEntry = entry.unchecked_into();
        if let Ok(file) =
            callback(|done, failed| entry.file_with_callback_and_callback(done, failed)).await
            && let Ok(file) = file.dyn_into::<File>()
        {
            found.push(Chosen { file, path });
        }
        return Ok(());
    }
    if depth == 0 {
        return Ok(());
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
            return Ok(());
        };
        if entries.length() == 0 {
            return Ok(());
        }
        for entry in entries.iter() {
            Box::pin(walk(entry.unchecked_into(), depth - 1, found)).await?;
        }
    }
}

/// Awaits one of the old interfaces that take two callbacks.
async fn callback(mut begin: impl FnMut(&Function, &Function)) -> Result<JsValue, JsValue> {
    JsFuture::from(Promise::new(&mut |done, failed| begin(&done, &failed))).await
}

//! Instruments that stand in files: those that an orchestra includes have names, too.

use std::path::Path;

use crate::document::{self, Document, Instrument};

/// How many files are looked into.
const FILES_MAX: usize = 64;
/// A file that is larger is left to Csound.
const BYTES_MAX: u64 = 4 << 20;

/// The instruments of the files that a document's orchestra includes, and of those that they include. What cannot be
/// read has none: Csound says what is wrong with it. [control]
pub(super) fn instruments(document: &Document) -> Vec<Instrument> {
    let mut names: Vec<String> = names(&document.orchestra.text);
    let mut instruments = Vec::new();
    let mut next = 0;
    while next < names.len().min(FILES_MAX) {
        if let Some(text) = read(document, &names[next]) {
            instruments.extend(document::instruments_of(&text));
            let more = self::names(&text).into_iter().filter(|name| !names.contains(name));
            let more: Vec<String> = more.collect();
            names.extend(more);
        }
        next += 1;
    }
    instruments
}

fn names(text: &str) -> Vec<String> {
    document::included_names(text).into_iter().map(str::to_owned).collect()
}

/// Beside the document first, as Csound looks, then inside it.
fn read(document: &Document, name: &str) -> Option<String> {
    let folder = document.origin.as_deref().and_then(Path::parent);
    let beside = folder.map_or_else(|| Path::new(name).to_path_buf(), |folder| folder.join(name));
    let is_readable = std::fs::metadata(&beside).is_ok_and(|file| file.is_file() && file.len() <= BYTES_MAX);
    if is_readable && (folder.is_some() || beside.is_absolute()) {
        return std::fs::read_to_string(beside).ok();
    }
    let inside = document.files.iter().find(|file| file.name == name)?;
    Some(String::from_utf8_lossy(&inside.bytes).into_owned())
}

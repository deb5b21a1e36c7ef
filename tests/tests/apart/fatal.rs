//! Documents that end their engine, hang it, leave, or want all memory.

use std::fs;
use std::path::{Path, PathBuf};

use super::{Case, in_each_host, is_child};

/// The documents of `tests/faults/fatal`, and what is said of each.
const FATAL: [(&str, &str); 10] = [
    ("array-end.orc", "segmentation fault"),
    ("exitnow.orc", "exitnow"),
    ("fork-bomb.orc", "program"),
    ("freed-table.orc", "segmentation fault"),
    ("loop-at-i-time.orc", "endless loop"),
    ("loop-at-k-time.orc", "endless loop"),
    ("loop-in-header.orc", "endless loop"),
    ("recursion.orc", "calls itself without end"),
    ("schedule-each-other.orc", "endless loop"),
    ("tables-of-100-gb.orc", "memory allocate failure"),
];

/// The files of a folder of `tests/faults`, in order.
fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("faults").join(folder);
    let files = fs::read_dir(folder).expect("the folder").map(|entry| entry.expect("an entry").path());
    let mut files: Vec<PathBuf> = files.collect();
    files.sort();
    files
}

fn name(file: &Path) -> &str {
    file.file_name().and_then(|name| name.to_str()).expect("a name")
}

#[test]
fn documents_that_end_or_hang_their_engine() {
    if !is_child("fatal::documents_that_end_or_hang_their_engine") {
        return;
    }
    let files = files("fatal");
    assert_eq!(files.iter().map(|file| name(file)).collect::<Vec<_>>(), FATAL.map(|(name, _)| name));
    let cases: Vec<Case<'_>> = files
        .iter()
        .zip(&FATAL)
        .map(|(file, (_, word))| Case {
            name: name(file),
            text: fs::read_to_string(file).expect("it reads"),
            words: std::slice::from_ref(word),
        })
        .collect();
    in_each_host(&cases, None, |_| {});
}

#[test]
fn half_typed_documents() {
    if !is_child("fatal::half_typed_documents") {
        return;
    }
    let files = files("half-typed");
    assert!(files.len() >= 12, "{files:?}");
    let cases: Vec<Case<'_>> = files
        .iter()
        .map(|file| Case {
            name: name(file),
            text: fs::read_to_string(file).expect("it reads"),
            words: &["error:"],
        })
        .collect();
    in_each_host(&cases, None, |_| {});
}

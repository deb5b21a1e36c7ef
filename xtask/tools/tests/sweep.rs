//! Seam: half-typed documents in the core, each in a process that may end with it. A fixed part of what
//! `cargo xtask sweep` tries.

use std::path::Path;
use std::process::Command;

/// Documents without loops of their own: there a missing character can make a loop that never ends, and Csound runs it.
const DOCUMENTS: [&str; 6] = [
    "instruments",
    "tests/documents/wide/macros.csd",
    "tests/documents/wide/strings-and-score.csd",
    "tests/documents/wide/effect.csd",
    "tests/documents/wide/sections.csd",
    "tests/documents/wide/sequencer.csd",
];

#[test]
fn no_half_typed_state_ends_or_hangs_its_process() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let swept = Command::new(env!("CARGO_BIN_EXE_ksmps-tools"))
        .args(["sweep", "--sample", "400", "--seed", "1"])
        .args(["--change", "delete", "--change", "cut", "--change", "line"])
        .args(DOCUMENTS.map(|name| root.join(name)))
        .output()
        .expect("it starts");
    let said = String::from_utf8_lossy(&swept.stdout);
    assert!(swept.status.success(), "{said}{}", String::from_utf8_lossy(&swept.stderr));
    assert!(said.contains("400 states of 13 documents"), "{said}");
    assert!(said.contains("0 crashed, 0 hung"), "{said}");
}

//! One Csound for two copies of our code: a CLAP and a VST3 of ours in one process.
//!
//! Between them and the real Csound stands a library that counts how many threads are inside the calls that must not
//! overlap (`overlaps.c`). When the process ends it writes what it has counted.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use ksmps_harness::bundle::Kind;
use ksmps_harness::host::Format;

use super::{RATE, child, open, passes};

const COUNTS: &str = "KSMPS_TEST_COUNTS";
/// Instances that each thread builds one after the other.
const BUILDS: usize = 6;

#[test]
fn the_two_formats_take_turns_at_building() {
    let folder = tempfile::tempdir().expect("there is a temporary folder");
    let csound = counting_csound(folder.path());
    let counts = folder.path().join("counts");
    let mut child = child("shared::both_formats_build_at_once", &csound);
    child.env(COUNTS, &counts);
    passes(child);

    let counts = std::fs::read_to_string(counts).expect("the library has written them");
    let counts: Vec<u64> = counts.split_whitespace().map(|count| count.parse().expect("a number")).collect();
    let [instances, calls, overlaps, kept] = counts[..] else { panic!("{counts:?}") };
    let threads = 2 * Format::BUNDLES.len() as u64;
    assert!(instances >= threads * BUILDS as u64 && calls > 3 * instances, "{counts:?}");
    assert_eq!(overlaps, 0, "of {calls} calls");
    assert!(kept >= 2, "each copy keeps one instance for the life of the process: {counts:?}");
}

#[test]
#[ignore = "a child"]
fn both_formats_build_at_once() {
    let threads = Format::BUNDLES.into_iter().chain(Format::BUNDLES).map(|format| {
        thread::spawn(move || {
            for build in 0..BUILDS {
                let mut instance = open(format, Kind::Instrument);
                let document = format!("ksmps = {}\nnchnls = 2\n0dbfs = 1\ninstr 1\nendin\n", 16 + build);
                instance.load(&document, None).expect("the document goes in");
                instance.activate(RATE, 512).expect("it activates");
                let report =
                    instance.state().and_then(|state| Ok(state.report()?)).expect("it says how it is");
                assert_eq!(report["plays"], true, "{format:?}: {report:#}");
            }
        })
    });
    for thread in threads.collect::<Vec<_>>() {
        thread.join().expect("it builds");
    }
}

/// Compiles the library that counts, with the installed Csound behind it.
fn counting_csound(folder: &Path) -> PathBuf {
    let library = folder.join("libcsound64.so");
    let compiler = std::env::var_os("CC").unwrap_or_else(|| "cc".into());
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/which_csound/overlaps.c");
    let output = Command::new(compiler)
        .args(["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o"])
        .arg(&library)
        .arg(source)
        .args(["-Wl,--no-as-needed", "-l:libcsound64.so.6.0", "-ldl", "-lpthread"])
        .output()
        .expect("there is a C compiler");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    library
}

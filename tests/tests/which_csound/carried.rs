//! The bundle's own Csound, beside another one that was there first: neither is taken for the other.

use std::ffi::c_int;
use std::path::{Path, PathBuf};
use std::process::Command;

use ksmps_harness::bounce::Plan;
use ksmps_harness::bundle::Kind;
use ksmps_harness::host::Format;
use ksmps_harness::measure::peak;
use ksmps_harness::script::Script;
use libloading::{Library, Symbol};

use super::{CHOICE, RATE, child, open, passes};

/// A folder with another plugin's libraries.
const OTHERS: &str = "KSMPS_TEST_OTHERS";
/// What the other libraries answer.
const ANSWER: c_int = 4242;
/// A function of each, and the name that the loader knows the library by.
const LIBRARIES: [(&str, &str); 2] =
    [("csoundGetVersion", "libcsound64.so.6.0"), ("sf_command", "libsndfile.so.1")];

/// Plays a sound file through libsndfile, and an opcode of a library of opcodes (`lfsr`).
const DOCUMENT: &str = "nchnls = 2\n0dbfs = 1\ngitable ftgen 1, 0, 0, 1, \"tone.wav\", 0, 0, 1\ninstr 1\n\
    a1 = loscil:a(0.5, 1, 1, 1, 0)\nkbits lfsr 8, 6\nouts a1, a1 + kbits * 0\nendin\nschedule 1, 0, 1\n";

#[test]
fn another_plugins_libraries_do_not_become_ours_nor_ours_theirs() {
    let folder = tempfile::tempdir().expect("there is a temporary folder");
    for (function, name) in LIBRARIES {
        other_library(folder.path(), function, name);
    }
    ksmps_harness::wav::write(&folder.path().join("tone.wav"), 48_000, &[vec![0.5; 4800]])
        .expect("it writes");
    let mut child = child("carried::both_play_in_one_process", Path::new(""));
    child.env_remove(CHOICE).env(OTHERS, folder.path());
    passes(child);
}

#[test]
#[ignore = "a child"]
fn both_play_in_one_process() {
    let folder = PathBuf::from(std::env::var_os(OTHERS).expect("it is told"));
    let others = LIBRARIES.map(|(function, name)| (function, load(&folder.join(name))));
    for format in Format::BUNDLES {
        let mut instance = open(format, Kind::Instrument);
        instance.load(DOCUMENT, Some(&folder.join("tone.csd"))).expect("the document goes in");
        instance.activate(RATE, 512).expect("it activates");
        let report = instance.state().and_then(|state| Ok(state.report()?)).expect("it says how it is");
        assert_eq!(report["plays"], true, "{format:?}: {report:#}");
        let sound = instance.play(&Plan::new(Script::new(), 4800)).expect("it plays");
        assert!(peak(&sound.channels[0]) > 0.2, "{format:?}: the sound file is heard");
    }
    for (function, library) in &others {
        assert_eq!(call(library, function), ANSWER, "{function} of the other library");
    }
    let maps = std::fs::read_to_string("/proc/self/maps").expect("Linux says what is mapped");
    for (_, name) in LIBRARIES {
        assert!(maps.contains(&folder.join(name).display().to_string()), "the other {name} is there");
        let own = name.replacen("lib", "ksm", 1);
        assert!(maps.contains(&own), "the bundle's own {own} is there");
        assert!(!maps.lines().any(|line| line.ends_with(name) && !line.contains(&*folder.to_string_lossy())));
    }
}

/// Compiles a library that the loader knows by this name, with one function.
fn other_library(folder: &Path, function: &str, name: &str) {
    let source = folder.join("other.c");
    std::fs::write(&source, format!("int {function}(void) {{ return {ANSWER}; }}\n")).expect("it writes");
    let compiler = std::env::var_os("CC").unwrap_or_else(|| "cc".into());
    let output = Command::new(compiler)
        .args(["-shared", "-fPIC", "-o"])
        .arg(folder.join(name))
        .arg(source)
        .arg(format!("-Wl,-soname,{name}"))
        .output()
        .expect("there is a C compiler");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Loads a library as a plugin would, for itself alone.
#[expect(unsafe_code, reason = "what another plugin does")]
fn load(path: &Path) -> Library {
    // SAFETY: the library has one function and no initialiser.
    unsafe { Library::new(path) }.unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[expect(unsafe_code, reason = "what another plugin does")]
fn call(library: &Library, function: &str) -> c_int {
    // SAFETY: the function takes nothing and returns an int.
    unsafe {
        let function: Symbol<'_, unsafe extern "C" fn() -> c_int> =
            library.get(function).expect("it is exported");
        function()
    }
}

//! Seam: a machine without Csound, and one with a library that is something else. Each case is a process of its own,
//! because a library that is open stays open.

mod common;

use std::path::{Path, PathBuf};
use std::process::Command;

use common::{Bench, on};
use ksmps_core::csound::Preparing;
use ksmps_core::library::{CSOUND_VARIABLE, OpenError, Unusable};
use ksmps_core::offline::OfflineEngine;
use ksmps_core::verbs::{EngineError, Failure};

/// Runs an ignored test of this file in a process in which the user has chosen this Csound.
fn run_with(choice: &Path, child: &str) {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", child])
        .env(CSOUND_VARIABLE, choice)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("1 passed"), "{child}: {said}{errors}");
}

fn choice() -> PathBuf {
    PathBuf::from(std::env::var_os(CSOUND_VARIABLE).expect("run by its parent"))
}

fn refused() -> OpenError {
    match Preparing::create().map(drop) {
        Err(Failure::Library(error)) => error,
        other => panic!("{other:?}"),
    }
}

/// A shared library made of C source.
fn library(folder: &Path, source: &str) -> PathBuf {
    let (c, so) = (folder.join("library.c"), folder.join("libcsound64.so"));
    std::fs::write(&c, source).unwrap();
    let compiler = std::env::var_os("CC").unwrap_or_else(|| "cc".into());
    let status = Command::new(compiler).args(["-shared", "-fPIC", "-o"]).arg(&so).arg(&c).status().unwrap();
    assert!(status.success());
    so
}

#[test]
fn a_choice_that_is_missing_is_an_error_and_nothing_else_is_taken() {
    run_with(Path::new("/nonexistent/csound"), "child_with_a_missing_choice");
}

#[test]
#[ignore = "a child"]
fn child_with_a_missing_choice() {
    let error = refused();
    assert!(matches!(&error, OpenError::ChoiceMissing { path, .. } if *path == choice()), "{error:?}");
    let said = error.to_string();
    for part in ["/nonexistent/csound", CSOUND_VARIABLE, "Install Csound 6.18", "https://csound.com"] {
        assert!(said.contains(part), "{said}");
    }
    // It stays an error, and each way in has it.
    assert_eq!(refused(), error);
    match OfflineEngine::builder().build().map(drop) {
        Err(EngineError::Csound(Failure::Library(found))) => assert_eq!(found, error),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_plugin_without_csound_says_so_keeps_the_document_and_is_silent() {
    run_with(Path::new("/nonexistent/csound"), "child_that_is_a_plugin");
}

#[test]
#[ignore = "a child"]
fn child_that_is_a_plugin() {
    let text = "instr 1\nouts oscili:a(0.2, 440), oscili:a(0.2, 440)\nendin\nschedule 1, 0, -1\n";
    let (mut bench, status) = Bench::open(text);
    assert!(status.failed);
    let said: Vec<String> = status.diagnostics.iter().map(ToString::to_string).collect();
    assert!(said.iter().any(|line| line.contains(&choice().display().to_string())), "{said:?}");
    let sound = bench.play(4800, &[(0, on(60))], &[512]);
    assert!(sound.iter().all(|&sample| sample == 0.0), "silence, and not what was in the buffer");
    let state = bench.control.save().to_string();
    assert!(state.contains("oscili:a(0.2, 440)"), "{state}");
}

#[test]
fn a_folder_of_ones_own_is_a_choice_too() {
    let folder = tempfile::tempdir().unwrap();
    library(
        folder.path(),
        "int csoundGetVersion(void) { return 7000; }\nint csoundGetSizeOfMYFLT(void) { return 8; }\n",
    );
    run_with(folder.path(), "child_with_csound_7");
}

#[test]
#[ignore = "a child"]
fn child_with_csound_7() {
    let OpenError::Unusable { path, reason, .. } = refused() else { panic!("it was opened") };
    assert_eq!((path, reason), (choice().join("libcsound64.so"), Unusable::Version(7000)));
    assert!(refused().to_string().contains("is Csound 7.0, and Ksmps needs Csound 6"), "{}", refused());
}

#[test]
fn numbers_of_four_bytes_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let floats =
        "int csoundGetVersion(void) { return 6181; }\nint csoundGetSizeOfMYFLT(void) { return 4; }\n";
    run_with(&library(folder.path(), floats), "child_with_a_float_csound");
}

#[test]
#[ignore = "a child"]
fn child_with_a_float_csound() {
    let OpenError::Unusable { reason, .. } = refused() else { panic!("it was opened") };
    assert_eq!(reason, Unusable::NumberSize(4));
    assert!(refused().to_string().contains("4-byte numbers"), "{}", refused());
}

#[test]
fn a_library_without_a_function_is_refused_by_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let poor = "int csoundGetVersion(void) { return 6181; }\nint csoundGetSizeOfMYFLT(void) { return 8; }\n\
                int csoundInitialize(int flags) { return flags; }\n";
    run_with(&library(folder.path(), poor), "child_with_a_poor_library");
}

#[test]
#[ignore = "a child"]
fn child_with_a_poor_library() {
    let OpenError::Unusable { reason, .. } = refused() else { panic!("it was opened") };
    assert_eq!(reason, Unusable::Lacks("csoundCreate"));
    assert!(refused().to_string().contains("has no function csoundCreate"), "{}", refused());
}

#[test]
fn a_file_that_is_no_library_is_refused_with_the_systems_reason() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "no library").unwrap();
    run_with(file.path(), "child_with_a_text_file");
}

#[test]
#[ignore = "a child"]
fn child_with_a_text_file() {
    let error = refused();
    let OpenError::Unusable { path, reason: Unusable::Closed(said), .. } = &error else {
        panic!("{error:?}")
    };
    assert_eq!(*path, choice());
    assert!(said.contains("file too short") || said.contains("invalid ELF header"), "{said}");
}

#[test]
fn what_was_missing_is_found_when_it_is_there() {
    let folder = tempfile::tempdir().unwrap();
    run_with(&folder.path().join("libcsound64.so"), "child_that_waits_for_csound");
}

#[test]
#[ignore = "a child"]
fn child_that_waits_for_csound() {
    assert!(matches!(refused(), OpenError::ChoiceMissing { .. }));
    let maps =
        |path: &Path| std::fs::read_to_string("/proc/self/maps").unwrap().contains(path.to_str().unwrap());
    let installed = [
        "/usr/lib/x86_64-linux-gnu",
        "/usr/lib/aarch64-linux-gnu",
        "/usr/lib64",
        "/usr/lib",
        "/usr/local/lib",
    ]
    .map(|folder| Path::new(folder).join("libcsound64.so.6.0"))
    .into_iter()
    .find(|file| file.exists())
    .expect("Csound is installed on this machine");
    std::fs::copy(installed, choice()).unwrap();
    Preparing::create().map(drop).unwrap();
    assert!(maps(&choice()));
}

//! The front end of `examples/csound.rs` against the csound command line: the same command lines in two folders, and then
//! the same files in both, byte for byte. Only the time in a sound file's PEAK chunk is left out, which is the time of day.
//!
//! The front end runs in a process of its own for each command line, as csound does: this program again, with a test that
//! is the front end.

mod cases;
mod files;

#[path = "../../examples/csound.rs"]
#[expect(dead_code, reason = "its main is not this program's")]
mod front_end;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use cases::{CASES, Case};
use files::{Folder, differences, has_sound};

/// The command line of the front end, one argument a line.
const ARGUMENTS: &str = "KSMPS_TEST_FRONT_END";

/// So many documents make sound at the least; others make none, and are compared in what else they do.
const DOCUMENTS_MIN: usize = 50;

/// No case takes a twentieth of it.
const STUCK: Duration = Duration::from_secs(60);

/// The folder of the whole repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the repository is there")
}

#[test]
#[ignore = "the front end itself, as the process that the other test starts"]
fn the_front_end() {
    // Whoever asks for ignored tests gets none of it.
    let Ok(arguments) = std::env::var(ARGUMENTS) else { return };
    let arguments: Vec<String> = arguments.lines().map(str::to_owned).collect();
    let errors = front_end::perform(&arguments).unwrap_or(front_end::REFUSED);
    std::process::exit(errors as i32);
}

#[test]
fn documents_come_out_as_with_the_command_line() {
    let (next, failed, heard) = (AtomicUsize::new(0), Mutex::new(Vec::new()), Mutex::new(BTreeSet::new()));
    // What csound makes here, the cases read in both folders.
    let prepared = Folder::new();
    for case in cases::PREPARED {
        run(case, &prepared, csound(case));
    }
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(case) = CASES.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let (different, has_sound) = compare(case, &prepared);
                    if !different.is_empty() {
                        failed.lock().expect("nobody panicked").push(format!("{case}: {different:?}"));
                    }
                    if has_sound {
                        heard.lock().expect("nobody panicked").extend(case.document);
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().expect("nobody panicked");
    assert!(failed.is_empty(), "{} of {} differ:\n{}", failed.len(), CASES.len(), failed.join("\n"));
    let heard = heard.into_inner().expect("nobody panicked").len();
    assert!(heard >= DOCUMENTS_MIN, "{heard} documents were heard");
}

/// What differs between the two, and whether there was something to be heard.
fn compare(case: &Case, prepared: &Folder) -> (Vec<String>, bool) {
    let (expected, actual) = (prepared.copy(), prepared.copy());
    let expected_status = run(case, &expected, csound(case));
    let actual_status = run(case, &actual, front_end_with(case));
    let mut different = differences(&expected, &actual);
    if expected_status.code() != actual_status.code() {
        different.push(format!("csound ended with {expected_status}, the front end with {actual_status}"));
    }
    if case.makes.is_some_and(|file| !expected.path().join(file).is_file()) {
        different.push(format!("csound made no {}", case.makes.unwrap_or_default()));
    }
    let has_sound = case.makes.is_some_and(|file| has_sound(&expected.path().join(file)));
    (different, has_sound)
}

fn csound(case: &Case) -> Command {
    let mut csound = Command::new("csound");
    csound.args(case.arguments(&root()));
    csound
}

fn front_end_with(case: &Case) -> Command {
    let mut front_end = Command::new(std::env::current_exe().expect("it runs"));
    front_end.args(["--ignored", "--exact", "--nocapture", "the_front_end"]);
    front_end.env(ARGUMENTS, case.arguments(&root()).join("\n"));
    front_end
}

fn run(case: &Case, folder: &Folder, mut command: Command) -> ExitStatus {
    command.current_dir(folder.path()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // The user's own options and folders are not the test's.
    command.env("HOME", folder.path()).env_remove("SSDIR").env_remove("SADIR").env_remove("SFDIR");
    let started = command.spawn();
    let mut child =
        started.unwrap_or_else(|error| panic!("{case} does not start: {error}; is csound installed?"));
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait().expect("it is a child of this process") {
            return status;
        }
        // A document that does not end is a fault of the case; it is not to stay behind.
        if begun.elapsed() > STUCK {
            child.kill().expect("it is a child of this process");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

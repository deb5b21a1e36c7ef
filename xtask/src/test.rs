//! `test`: every check and every test, in the order in which a failure is cheapest.
//!
//! Formatting, lints, pages, tests and conformance all run, whatever the others say; the closing lines name what failed.

use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::deny::{self, Denied};
use crate::error::Error;
use crate::{arrows, bundle, cargo, setup, sound};

/// How many tests ran and how.
#[derive(Default)]
struct Tally {
    passed: u64,
    failed: u64,
    /// The test programs that did not end well, as cargo names them.
    programs: Vec<String>,
}

/// Sets the machine up, bundles, and runs everything.
pub fn run() -> Result<(), Error> {
    let start = Instant::now();
    setup::for_testing()?;
    heading("bundles");
    let bundled = bundle::build(bundle::Libraries::Carried)?;

    heading("arrows between crates and folders");
    let wrong_arrows = wrong_arrows()?;
    heading("formatting");
    let formatted = passes(&["fmt", "--all", "--check"])?;
    heading("lints");
    let clean = passes(&["clippy", "--release", "--workspace", "--all-targets", "--", "--deny", "warnings"])?;
    heading("licences, sources and known faults of the crates");
    let denied = denied()?;
    heading("pages of the code");
    let documented = documented()?;
    heading("tests");
    let (tests_pass, tally) = run_tests(&bundled)?;

    heading("conformance: recorded scenarios of csoundengine against the core");
    let follows_recordings = sound::succeeds("oracle", &[], &bundled)?;
    heading("conformance: the repository's documents against the csound command line");
    let sounds_alike = sound::succeeds("compare", &documents()?, &bundled)?;

    let mut broken = Vec::new();
    if wrong_arrows > 0 {
        broken.push(arrows_are_wrong(wrong_arrows));
    }
    if !formatted {
        broken.push("the formatting differs (cargo fmt --all mends it)".to_owned());
    }
    if !clean {
        broken.push("there are lints".to_owned());
    }
    if denied == Denied::Something {
        broken.push("a crate is not as deny.toml wants it".to_owned());
    }
    if !documented {
        broken.push("the pages of the code have faults".to_owned());
    }
    if !follows_recordings {
        broken.push("a recorded scenario is not followed".to_owned());
    }
    if !sounds_alike {
        broken.push("a document does not sound as in the csound command line".to_owned());
    }
    if !tests_pass {
        broken.push(tally.to_string());
    }
    let took = minutes(start.elapsed());
    println!();
    if broken.is_empty() {
        println!(
            "All is well: formatted, no lints, {} tests passed, none failed, recordings and command line followed ({took}).",
            tally.passed
        );
        Ok(())
    } else {
        Err(Error::Checks(format!("{} ({} tests passed, {took})", broken.join("; "), tally.passed)))
    }
}

/// Holds the sources to the table of allowed arrows.
pub fn arrows() -> Result<(), Error> {
    match wrong_arrows()? {
        0 => Ok(()),
        count => Err(Error::Checks(arrows_are_wrong(count))),
    }
}

/// Prints what the table of allowed arrows does not allow; how much that is.
fn wrong_arrows() -> Result<usize, Error> {
    let wrong = arrows::check(cargo::root())?;
    wrong.iter().for_each(|wrong| println!("{wrong}"));
    println!(
        "{}",
        if wrong.is_empty() { "every arrow is allowed" } else { "the table or the sources have to change" }
    );
    Ok(wrong.len())
}

fn arrows_are_wrong(count: usize) -> String {
    match count {
        1 => "1 arrow is not as the table says".to_owned(),
        count => format!("{count} arrows are not as the table says"),
    }
}

fn heading(step: &str) {
    println!("\n== {step}");
}

/// Holds the crates to deny.toml; says what could not be looked at.
fn denied() -> Result<Denied, Error> {
    let denied = deny::check()?;
    match denied {
        Denied::NotAsked => println!("cargo-deny is not installed: cargo xtask setup installs it"),
        Denied::NothingButFaultsUnknown => {
            println!(
                "the list of known faults could not be fetched: licences, bans and sources were looked at"
            );
        }
        Denied::Nothing | Denied::Something => {}
    }
    Ok(denied)
}

/// Runs one cargo command; whether it was satisfied.
fn passes(arguments: &[&str]) -> Result<bool, Error> {
    let status = cargo::command().args(arguments).status();
    status
        .map(|status| status.success())
        .map_err(|source| Error::Start { program: "cargo".to_owned(), source })
}

/// Documents of tests/faults/text that the command line does not play either.
const UNPLAYABLE: [&str; 2] = ["missing-file-while-playing.csd", "score-loop-unclosed.csd"];

/// What compare is given: documents of the repository, and how much of each.
fn documents() -> Result<Vec<OsString>, Error> {
    let mut arguments = vec!["--seconds=3".into()];
    arguments.extend(["instruments", "tests/documents"].map(|folder| cargo::root().join(folder).into()));
    let faults = cargo::root().join("tests/faults/text");
    for entry in std::fs::read_dir(&faults).map_err(Error::file(&faults))? {
        let entry = entry.map_err(Error::file(&faults))?;
        if UNPLAYABLE.iter().all(|name| entry.file_name() != *name) {
            arguments.push(entry.path().into());
        }
    }
    Ok(arguments)
}

/// Builds the pages of the workspace's code, in which nothing may be missing or lead nowhere.
fn documented() -> Result<bool, Error> {
    let status = cargo::command()
        .args(["doc", "--release", "--workspace", "--no-deps", "--quiet"])
        .env("RUSTDOCFLAGS", "-D warnings")
        .status();
    status
        .map(|status| status.success())
        .map_err(|source| Error::Start { program: "cargo doc".to_owned(), source })
}

/// Runs all tests, doc tests too, passing their output on while it is counted.
fn run_tests(bundled: &std::path::Path) -> Result<(bool, Tally), Error> {
    let mut tally = Tally::default();
    let product = run_tests_of(&cargo::PRODUCT, bundled, &mut tally)?;
    let own = run_tests_of(&["-p", "xtask"], bundled, &mut tally)?;
    Ok((product && own, tally))
}

fn run_tests_of(packages: &[&str], bundled: &std::path::Path, tally: &mut Tally) -> Result<bool, Error> {
    let started = |source| Error::Start { program: "cargo test".to_owned(), source };
    let mut child = cargo::command()
        .args(["test", "--release", "--no-fail-fast"])
        .args(packages)
        .env("KSMPS_BUNDLES", bundled)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(started)?;
    let (output, errors) = (child.stdout.take(), child.stderr.take());
    let programs = std::thread::scope(|scope| {
        let programs = scope.spawn(|| {
            let mut programs = Vec::new();
            for line in errors.into_iter().flat_map(|it| BufReader::new(it).lines()).map_while(Result::ok) {
                programs.extend(program_of(&line));
                eprintln!("{line}");
            }
            programs
        });
        for line in output.into_iter().flat_map(|it| BufReader::new(it).lines()).map_while(Result::ok) {
            tally.count(&line);
            println!("{line}");
        }
        programs.join().unwrap_or_default()
    });
    tally.programs.extend(programs);
    Ok(child.wait().map_err(started)?.success())
}

/// The test program that cargo's closing list of failures names in this line: ``    `-p ksmps-tests --test editor` ``.
fn program_of(line: &str) -> Option<String> {
    line.strip_prefix("    `-p ")?.strip_suffix('`').map(str::to_owned)
}

impl Tally {
    /// Adds what a closing line of a test program says: `test result: ok. 3 passed; 0 failed; …`.
    fn count(&mut self, line: &str) {
        let Some(result) = line.strip_prefix("test result: ") else { return };
        let number_before = |word: &str| {
            let before = result.split(word).next().unwrap_or("");
            before
                .rsplit(' ')
                .find(|part| !part.is_empty())
                .and_then(|part| part.parse::<u64>().ok())
                .unwrap_or(0)
        };
        self.passed += number_before(" passed");
        self.failed += number_before(" failed");
    }
}

/// What failed, and in which programs.
impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.failed {
            0 => f.write_str("a test program did not build or did not end well")?,
            1 => f.write_str("1 test failed")?,
            count => write!(f, "{count} tests failed")?,
        }
        if self.programs.is_empty() { Ok(()) } else { write!(f, " (in {})", self.programs.join(", ")) }
    }
}

fn minutes(time: Duration) -> String {
    format!("{} min {} s", time.as_secs() / 60, time.as_secs() % 60)
}

#[cfg(test)]
mod tests {
    use super::{Tally, program_of};

    #[test]
    fn closing_lines_are_added_up() {
        let mut tally = Tally::default();
        for line in [
            "running 3 tests",
            "test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s",
            "test result: FAILED. 10 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.00s",
        ] {
            tally.count(line);
        }
        assert_eq!((tally.passed, tally.failed), (13, 2));
    }

    #[test]
    fn programs_that_did_not_end_well_are_named() {
        let mut tally = Tally::default();
        let said = [
            "error: 1 target failed:",
            "    `-p ksmps-tests --test editor`",
            "   Compiling ksmps-tests v0.1.0",
        ];
        tally.programs.extend(said.iter().filter_map(|line| program_of(line)));
        assert_eq!(
            tally.to_string(),
            "a test program did not build or did not end well (in ksmps-tests --test editor)"
        );
    }
}

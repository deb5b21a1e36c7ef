//! `validate`: the plugin validators that are on PATH, on the built bundles.
//!
//! What they are and where they come from is in docs/hosts.md; none is installed here. Each judges by its exit status; its
//! own counts are shown.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use ksmps_harness::bundle;
use ksmps_harness::desktop::Desktop;
use ksmps_harness::host::Format;

use crate::error::Error;

/// How to validate.
#[derive(clap::Args)]
pub struct Args {
    /// Let clap-validator's fuzzer run for so long, too: 30s, 30m.
    #[arg(long, value_name = "DURATION")]
    fuzz: Option<String>,
    /// The folder for what the validators say.
    #[arg(long, default_value = "target/validate")]
    out: PathBuf,
}

/// A validator, and how it is asked.
struct Validator {
    program: &'static str,
    what: String,
    arguments: Vec<String>,
}

/// What one of them said.
enum Verdict {
    Passed(String),
    Failed,
    Absent,
}

/// Runs those that are there.
///
/// # Errors
/// Where one finds a fault, or none is there.
pub fn run(args: &Args) -> Result<(), Error> {
    // pluginval opens editors.
    let _desktop = Desktop::open()?;
    fs::create_dir_all(&args.out).map_err(Error::file(&args.out))?;
    let (mut ran, mut failed) = (0, Vec::new());
    for validator in validators(args)? {
        let Validator { program, what, .. } = &validator;
        let log = args.out.join(format!("{}.txt", what.replace(' ', "-")));
        match validator.verdict(&log)? {
            Verdict::Passed(counts) => {
                ran += 1;
                println!("ok      {what}: {counts}");
            }
            Verdict::Failed => {
                ran += 1;
                println!("FAILED  {what}: {}", log.display());
                failed.push(what.clone());
            }
            Verdict::Absent => println!("absent  {what}: there is no `{program}` on PATH"),
        }
    }
    match (ran, failed.is_empty()) {
        (0, _) => {
            Err(Error::Hosts("no validator is on PATH: docs/hosts.md says where they come from".to_owned()))
        }
        (_, true) => Ok(()),
        (_, false) => Err(Error::Hosts(format!("not valid: {}", failed.join(", ")))),
    }
}

fn validators(args: &Args) -> Result<Vec<Validator>, Error> {
    let clap = bundle::library(Format::Clap)?.display().to_string();
    let library = bundle::library(Format::Vst3)?;
    let vst3 = library.ancestors().nth(3).unwrap_or(&library).display().to_string();
    let validator = |program, what: &str, arguments: &[&str]| Validator {
        program,
        what: what.to_owned(),
        arguments: arguments.iter().copied().map(str::to_owned).collect(),
    };
    let mut all = vec![
        validator("clap-validator", "clap-validator", &["validate", &clap]),
        validator("pluginval", "pluginval", &["--strictness-level", "10", "--validate", &vst3]),
        validator("validator", "Steinberg's validator", &["-e", &vst3]),
    ];
    if let Some(duration) = &args.fuzz {
        all.insert(
            1,
            validator("clap-validator", "clap-validator's fuzzer", &["fuzz", "--duration", duration, &clap]),
        );
    }
    Ok(all)
}

impl Validator {
    /// Runs it, and keeps what it says.
    fn verdict(&self, log: &Path) -> Result<Verdict, Error> {
        let file = fs::File::create(log).map_err(Error::file(log))?;
        let copy = file.try_clone().map_err(Error::file(log))?;
        let mut command = Command::new(self.program);
        command.args(&self.arguments).env("NO_COLOR", "1").stdin(Stdio::null()).stdout(file).stderr(copy);
        let status = match command.status() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Verdict::Absent),
            status => status.map_err(Error::file(log))?,
        };
        let told = fs::read(log).map_err(Error::file(log))?;
        let told = String::from_utf8_lossy(&told);
        if !status.success() {
            println!("{told}");
            return Ok(Verdict::Failed);
        }
        Ok(Verdict::Passed(counts(&told)))
    }
}

/// The last line with numbers in which a validator counts its tests, without the codes for colours.
fn counts(told: &str) -> String {
    let counted =
        |line: &&str| line.contains("passed") || line.contains("SUCCESS") || line.contains("finished");
    let tests = told.lines().filter(|line| line.contains("Completed tests in")).count();
    let last = plain(told.lines().rev().find(counted).unwrap_or("passed"));
    if tests > 0 { format!("{last}, {tests} groups of tests") } else { last }
}

/// A line without escape sequences.
fn plain(line: &str) -> String {
    let mut parts = line.split('\u{1b}');
    let first = parts.next().unwrap_or_default().to_owned();
    let rest = parts.filter_map(|part| part.split_once('m').map(|(_, text)| text));
    rest.fold(first, |all, part| all + part).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::counts;

    #[test]
    fn each_validators_own_counts_are_found() {
        let coloured = "noise\n118 tests run, \u{1b}[1;32m98\u{1b}[0m passed, \u{1b}[1;31m0\u{1b}[0m failed, 20 skipped\n";
        assert_eq!(counts(coloured), "118 tests run, 98 passed, 0 failed, 20 skipped");
        assert_eq!(
            counts("---\nResult: 12 tests passed, 0 tests failed\n---\n"),
            "Result: 12 tests passed, 0 tests failed"
        );
        let groups = "Completed tests in pluginval / Open\nCompleted tests in pluginval / Editor\nSUCCESS\n";
        assert_eq!(counts(groups), "SUCCESS, 2 groups of tests");
    }
}

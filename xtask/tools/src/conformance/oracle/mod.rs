//! `oracle [DIR]`: every recorded scenario of a folder, of `tests/oracle/recordings` where none is given, played by the core and compared step by step and sample by
//! sample.
//!
//! A scenario is a list of calls (`scenario.json`), what each returned (`expected.json`) and the sound
//! (`expected.wav`, or that compressed by gzip). What a scenario of the kind `reference` says, holds. Where the recording follows neither the
//! documents nor a decision of its own (`document`, `decide`), our expectation is in `tests/oracle/expectations`, with the
//! reason.
//! Nothing here knows a scenario by its name.

mod expectation;
mod judge;
mod scenario;
mod session;
mod session_judge;
mod session_value;
mod steps;
mod value;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, ExitStatus};

use crate::error::Error;

use expectation::Expectation;
use scenario::{Follow, Scenario};
use steps::Unplayable;

/// Where our own expectations are.
const EXPECTATIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/oracle/expectations");
/// The recordings that the repository keeps.
const RECORDINGS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/oracle/recordings");

/// What to compare.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A folder of scenarios with an index.json; the repository's own if not given.
    #[arg(default_value = RECORDINGS, hide_default_value = true)]
    folder: PathBuf,
    /// Only the scenario of this name.
    #[arg(long, value_name = "NAME")]
    only: Option<String>,
    /// The row alone, without the closing line: each scenario of a folder is played so, in a process of its own.
    #[arg(long, hide = true, requires = "only")]
    row: bool,
}

/// How a scenario went.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Verdict {
    Passed,
    /// What differs first.
    Failed(String),
    /// Why nobody can say.
    NotJudged(String),
}

impl Verdict {
    /// Its word, and what exits with it.
    fn word(&self) -> (&'static str, u8) {
        match self {
            Self::Passed => ("matches", 0),
            Self::Failed(_) => ("differs", 1),
            Self::NotJudged(_) => ("not judged", NOT_JUDGED),
        }
    }

    fn why(&self) -> &str {
        match self {
            Self::Passed => "",
            Self::Failed(why) | Self::NotJudged(why) => why,
        }
    }
}

/// What a single scenario that nobody can judge exits with.
const NOT_JUDGED: u8 = 3;

/// Plays every scenario; exits with 1 where one failed. `[control]`
///
/// Each one has a process of its own, so that one that takes Csound down takes nothing with it.
pub fn run(args: &Args) -> Result<ExitCode, Error> {
    let rows = scenario::index(&args.folder)?;
    let Some(only) = &args.only else { return all(&args.folder, &rows) };
    let row = rows.iter().find(|row| row.name == *only);
    let row = row.ok_or_else(|| Error::usage(format!("{} has no scenario {only}", args.folder.display())))?;
    if !args.row {
        return all(&args.folder, std::slice::from_ref(row));
    }
    // A scenario that cannot be read is one that cannot be judged, and the others can.
    let verdict = judge(&args.folder, row).unwrap_or_else(|error| Verdict::NotJudged(error.to_string()));
    let (word, code) = verdict.word();
    print_row(row, word, verdict.why());
    Ok(ExitCode::from(code))
}

/// Plays these scenarios, and counts.
fn all(folder: &Path, rows: &[scenario::Row]) -> Result<ExitCode, Error> {
    let (mut passed, mut failed, mut not_judged) = (0, 0, 0);
    for row in rows {
        let status = alone(folder, &row.name)?;
        *match status.code() {
            Some(0) => &mut passed,
            Some(code) if code == i32::from(NOT_JUDGED) => &mut not_judged,
            Some(1) => &mut failed,
            _ => {
                print_row(row, "differs", &format!("its process died ({status})"));
                &mut failed
            }
        } += 1;
    }
    println!("{passed} passed, {failed} failed, {not_judged} not judged");
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn print_row(row: &scenario::Row, word: &str, why: &str) {
    println!("{:<42} {:<10} {word:<11} {why}", row.name, row.follow.to_string());
}

/// Plays one scenario in a process of its own; how it ended.
fn alone(folder: &Path, name: &str) -> Result<ExitStatus, Error> {
    let program = std::env::current_exe().map_err(Error::file(Path::new("this program")))?;
    let mut child = Command::new(&program);
    child.arg("oracle").arg(folder).args(["--row", "--only", name]);
    child.status().map_err(Error::file(&program))
}

fn judge(folder: &Path, row: &scenario::Row) -> Result<Verdict, Error> {
    if !["OfflineEngine", "OfflineSession"].contains(&row.kind.as_str()) {
        return Ok(Verdict::NotJudged(format!("nothing here plays an {}", row.kind)));
    }
    let own = Expectation::read(Path::new(EXPECTATIONS), &row.name)?;
    let scenario = Scenario::read(folder, row)?;
    let difference = match difference(row, &scenario, own.as_ref())? {
        Ok(difference) => difference,
        Err(Unplayable::Broken(why)) => Some(why),
        Err(Unplayable::Unknown(what)) => return Ok(Verdict::NotJudged(what)),
    };
    if let (Some(what), Some(path)) = (&difference, scenario.missing_file()) {
        return Ok(Verdict::NotJudged(format!("{} is not on this machine; {what}", path.display())));
    }
    if row.follow != Follow::Reference && own.is_none() {
        let beside =
            difference.map_or("as recorded".to_owned(), |what| format!("beside the recording: {what}"));
        return Ok(Verdict::NotJudged(format!(
            "tests/oracle/expectations/{}.json is missing; {beside}",
            row.name
        )));
    }
    Ok(difference.map_or(Verdict::Passed, Verdict::Failed))
}

/// What differs first.
fn difference(
    row: &scenario::Row,
    scenario: &Scenario,
    own: Option<&Expectation>,
) -> Result<Result<Option<String>, Unplayable>, Error> {
    Ok(if row.kind == "OfflineSession" {
        match session::play(scenario) {
            Ok(played) => Ok(session_judge::first_difference(scenario, own, &played)?),
            Err(why) => Err(why),
        }
    } else {
        match steps::play(scenario) {
            Ok(played) => Ok(judge::first_difference(scenario, own, &played)?),
            Err(why) => Err(why),
        }
    })
}

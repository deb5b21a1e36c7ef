//! `oracle DIR`: every recorded scenario of a folder, played by the core and compared step by step and sample by
//! sample.
//!
//! A scenario is a list of calls (`scenario.json`), what each returned (`expected.json`) and the sound
//! (`expected.wav`). What a scenario of the kind `reference` says, holds. Where the recording follows neither the
//! documents nor a decision of its own (`document`, `decide`), our expectation is in `tests/oracle/`, with the reason.
//! Nothing here knows a scenario by its name.

mod expectation;
mod judge;
mod scenario;
mod session;
mod session_judge;
mod steps;
mod value;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::error::Error;

use expectation::Expectation;
use scenario::{Follow, Scenario};

/// Where our own expectations are.
const EXPECTATIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/oracle");

/// What to compare.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A folder of scenarios with an index.json.
    folder: PathBuf,
    /// Only the scenario of this name.
    #[arg(long, value_name = "NAME")]
    only: Option<String>,
}

/// How a scenario went.
enum Verdict {
    Passed,
    /// What differs first.
    Failed(String),
    /// Why nobody can say.
    NotJudged(String),
}

/// Plays every scenario; exits with 1 where one failed. [control]
pub fn run(args: &Args) -> Result<ExitCode, Error> {
    let rows = scenario::index(&args.folder)?;
    if let Some(only) = args.only.as_ref().filter(|only| !rows.iter().any(|row| row.name == **only)) {
        return Err(Error::Usage(format!("{} has no scenario {only}", args.folder.display())));
    }
    let (mut passed, mut failed, mut not_judged) = (0, 0, 0);
    for row in rows.iter().filter(|row| args.only.as_ref().is_none_or(|only| row.name == *only)) {
        let (word, why) = match judge(&args.folder, row)? {
            Verdict::Passed => {
                passed += 1;
                ("matches", String::new())
            }
            Verdict::Failed(why) => {
                failed += 1;
                ("differs", why)
            }
            Verdict::NotJudged(why) => {
                not_judged += 1;
                ("not judged", why)
            }
        };
        println!("{:<42} {:<10} {word:<11} {why}", row.name, row.follow.to_string());
    }
    println!("{passed} passed, {failed} failed, {not_judged} not judged");
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn judge(folder: &Path, row: &scenario::Row) -> Result<Verdict, Error> {
    if !["OfflineEngine", "OfflineSession"].contains(&row.kind.as_str()) {
        return Ok(Verdict::NotJudged(format!("nothing here plays an {}", row.kind)));
    }
    let own = Expectation::read(Path::new(EXPECTATIONS), &row.name)?;
    if row.follow != Follow::Reference && own.is_none() {
        return Ok(Verdict::NotJudged(format!("tests/oracle/{}.json is missing", row.name)));
    }
    let scenario = Scenario::read(folder, row)?;
    if row.kind == "OfflineSession" {
        return judge_session(&scenario, own.as_ref());
    }
    let played = match steps::play(&scenario) {
        Ok(played) => played,
        Err(steps::Unplayable(why)) => return Ok(Verdict::Failed(why)),
    };
    Ok(match judge::first_difference(&scenario, own.as_ref(), &played)? {
        None => Verdict::Passed,
        Some(difference) => Verdict::Failed(difference),
    })
}

fn judge_session(scenario: &Scenario, own: Option<&Expectation>) -> Result<Verdict, Error> {
    let played = match session::play(scenario) {
        Ok(played) => played,
        Err(steps::Unplayable(why)) => return Ok(Verdict::Failed(why)),
    };
    Ok(match session_judge::first_difference(scenario, own, &played)? {
        None => Verdict::Passed,
        Some(difference) => Verdict::Failed(difference),
    })
}

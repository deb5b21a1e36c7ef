//! One render in a process of its own: what it needs of memory and time, no other render has a part in. The parent
//! starts this same program again with the hidden command `render-for-bench` and reads a line of JSON.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use super::{failed, pieces, system};
use crate::error::Error;

/// What is rendered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum What {
    /// Tones, on an offline engine.
    Engine,
    /// The same tones, as a session.
    Session,
    /// A minute of 10,000 short notes of three instruments, as a session.
    Events,
}

/// What the child is told.
#[derive(clap::Args)]
pub struct ChildArgs {
    #[arg(value_enum)]
    what: What,
    /// How long the piece is.
    #[arg(long)]
    minutes: u32,
    /// Where the sound goes.
    #[arg(long)]
    out: PathBuf,
    /// Writes the piece here, and renders nothing.
    #[arg(long)]
    csd: Option<PathBuf>,
}

/// What the child has to say.
#[derive(Serialize, Deserialize)]
pub struct Report {
    /// The largest memory that it has had, in bytes, where the system says so.
    pub peak_memory: Option<u64>,
    /// Milliseconds until everything was scheduled.
    pub scheduling_ms: f64,
}

/// Writes a piece as a .csd, in a child process.
pub fn export(what: What, minutes: u32, csd: &Path) -> Result<(), Error> {
    run(what, minutes, &csd.with_extension("wav"), Some(csd)).map(drop)
}

/// Renders a piece, in a child process.
pub fn render(what: What, minutes: u32, out: &Path) -> Result<Report, Error> {
    run(what, minutes, out, None)
}

fn run(what: What, minutes: u32, out: &Path, csd: Option<&Path>) -> Result<Report, Error> {
    let name = what.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
    let mut child = Command::new(std::env::current_exe().map_err(failed)?);
    child.args(["render-for-bench", &name, &format!("--minutes={minutes}"), "--out"]).arg(out);
    if let Some(csd) = csd {
        child.arg("--csd").arg(csd);
    }
    let output = child.stdin(Stdio::null()).stderr(Stdio::inherit()).output().map_err(failed)?;
    if !output.status.success() {
        return Err(Error::Bench(format!("the render of {name} ends with {}", output.status)));
    }
    serde_json::from_slice(&output.stdout).map_err(failed)
}

/// The child's work.
pub fn render_for_parent(args: &ChildArgs) -> Result<(), Error> {
    let ChildArgs { what, minutes, out, csd } = args;
    let start = Instant::now();
    let scheduled = || start.elapsed().as_secs_f64() * 1e3;
    let scheduling_ms = match what {
        What::Engine => {
            let mut engine = pieces::engine(*minutes, out)?;
            let took = scheduled();
            match csd {
                Some(csd) => engine.write(csd).map_err(failed)?,
                None => drop(engine.stop().map_err(failed)?),
            }
            took
        }
        What::Session | What::Events => {
            let session = if *what == What::Events { pieces::events()? } else { pieces::session(*minutes)? };
            let took = scheduled();
            match csd {
                Some(csd) => session.write_csd(csd).map_err(failed)?,
                None => pieces::render(&session, out)?,
            }
            took
        }
    };
    let report = Report { peak_memory: system::peak_memory(), scheduling_ms };
    println!("{}", serde_json::to_string(&report).map_err(failed)?);
    Ok(())
}

//! `hosts`: the built plugins in hosts that others have made, and in our own, with a measured figure for each check.
//!
//! `cargo xtask hosts` has installed the hosts before it starts this. Each part opens the same documents, plays the same
//! notes ([`material`]) and prints its rows ([`rows`]); scripts for hosts that are driven by one lie beside their part.

mod ardour;
mod fresh;
mod material;
mod own;
mod program;
mod python;
mod qtractor;
mod rows;
mod scale;

use std::path::PathBuf;

use clap::ValueEnum;
use ksmps_harness::bundle::FOLDER_VARIABLE;
use ksmps_harness::desktop::Desktop;

use crate::error::Error;
use material::Material;
use rows::Rows;

pub use fresh::{ScanArgs, scan_for_parent};
pub use own::{LoadArgs, load_for_parent};

/// What to try.
#[derive(clap::Args)]
pub struct Args {
    /// The parts; all where none is named.
    #[arg(value_enum)]
    parts: Vec<Part>,
    /// The folder for sessions, sounds and the hosts' own settings; beside the bundles' folder if not given.
    #[arg(long)]
    folder: Option<PathBuf>,
    /// Instances that play at once in the part `scale`, of both formats in turn.
    #[arg(long, default_value_t = 50)]
    instances: usize,
    /// Seconds of sound that each of them plays.
    #[arg(long, default_value_t = 120)]
    seconds: u64,
}

/// A host, or another surrounding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Our own CLAP and VST3 hosts: scan, loading, sound.
    Own,
    /// Ardour without a window: a session with both plugins, automation, a sidechain and exports.
    Ardour,
    /// pedalboard, a host in Python.
    Pedalboard,
    /// DawDreamer, another one.
    Dawdreamer,
    /// The plugin scanner of qtractor.
    Qtractor,
    /// A root folder with nothing but the C library and the window system's libraries.
    Fresh,
    /// Many instances of both formats in one process.
    Scale,
}

/// Runs the parts and prints their rows.
///
/// # Errors
/// Where a check failed, or nothing could be tried.
pub fn run(args: &Args) -> Result<(), Error> {
    // Windows of hosts open here, not on the user's screen.
    let _desktop = Desktop::open()?;
    let bundles = std::env::var_os(FOLDER_VARIABLE).map_or_else(|| "target/bundled".into(), PathBuf::from);
    let material = Material::new(args.folder.as_ref().unwrap_or(&bundles.with_file_name("hosts")))?;
    let mut rows = Rows::new();
    let parts = if args.parts.is_empty() { Part::value_variants() } else { &args.parts };
    for part in parts {
        rows.heading(part.name());
        let outcome = match part {
            Part::Own => own::run(&mut rows),
            Part::Ardour => ardour::run(&material, &mut rows),
            Part::Pedalboard => python::run("in_pedalboard.py", &material, &mut rows),
            Part::Dawdreamer => python::run("in_dawdreamer.py", &material, &mut rows),
            Part::Qtractor => qtractor::run(&material, &mut rows),
            Part::Fresh => fresh::run(&material, &mut rows),
            Part::Scale => scale::run(args.instances, args.seconds, &mut rows),
        };
        if let Err(error) = outcome {
            rows.say("runs to its end", false, error);
        }
    }
    rows.close()
}

impl Part {
    /// The heading of its rows.
    fn name(self) -> &'static str {
        match self {
            Self::Own => "own hosts",
            Self::Ardour => "Ardour",
            Self::Pedalboard => "pedalboard",
            Self::Dawdreamer => "DawDreamer",
            Self::Qtractor => "qtractor",
            Self::Fresh => "fresh root",
            Self::Scale => "scale",
        }
    }
}

//! `bench`: what Ksmps costs, each figure beside what it is measured against, in one run.
//!
//! Times on a shared machine vary; ratios of neighbouring measurements vary less. So whatever can be is measured
//! in turns with its opposite and given as the median of ratios.

use std::path::{Path, PathBuf};

use ksmps_harness::bundle::Kind;

use crate::error::Error;

mod apart;
mod bare;
mod child;
mod editor;
mod instances;
mod live;
mod load;
mod long;
mod offline;
mod pieces;
mod python;
mod quiet;
mod start;
mod system;
mod watched;

pub use child::{ChildArgs, render_for_parent};

/// Frames a second in all measurements.
const RATE: u32 = 48000;
/// More turns of a render, which takes seconds, say nothing new.
const RENDERS_MAX: usize = 7;
/// As above, for renders of ten minutes.
const LONG_RENDERS_MAX: usize = 3;

/// How long to measure.
#[derive(clap::Args)]
pub struct Args {
    /// Turns of plugin and bare Csound for each figure.
    #[arg(long, default_value_t = 15)]
    rounds: usize,
    /// Only the core: its verbs and its renders. Needs no bundles.
    #[arg(long, conflicts_with = "long")]
    core: bool,
    /// Only what an engine in a process of its own costs beside one in the host's. Needs no bundles.
    #[arg(long, conflicts_with_all = ["core", "long"])]
    apart: bool,
    /// Only the plugin beside bare Csound.
    #[arg(long, conflicts_with_all = ["core", "apart", "long", "builds", "editor"])]
    plugin: bool,
    /// Only the editor: what a frame takes, and an open window in which nothing changes.
    #[arg(long, conflicts_with_all = ["core", "apart", "long", "builds"])]
    editor: bool,
    /// Only the build of an engine. Needs no bundles.
    #[arg(long, conflicts_with_all = ["core", "apart", "long"])]
    builds: bool,
    /// Only the start of an engine in a process of its own, beside one in the host's. Needs no bundles.
    #[arg(long, conflicts_with_all = ["core", "apart", "long", "builds", "plugin", "editor"])]
    starts: bool,
    /// Only what a project of instances costs: fifty of them loaded, edits while one plays, memory, and one that idles.
    #[arg(long, conflicts_with_all = ["core", "apart", "long", "builds", "plugin", "editor", "starts"])]
    instances: bool,
    /// Only a host's scan: the load of the library, and its plugins made and dropped.
    #[arg(long, conflicts_with_all = ["core", "apart", "long", "builds", "plugin"])]
    scan: bool,
    /// Only long renders: memory of one minute beside that of ten, and CPU time beside the csound command line's, for
    /// an engine, a session, and 10,000 events. Takes some minutes: at most 7 turns, 3 of ten
    /// minutes. Needs no bundles.
    #[arg(long)]
    long: bool,
}

/// Measures everything and prints it.
pub fn run(args: &Args) -> Result<(), Error> {
    if args.rounds == 0 {
        return Err(Error::usage("--rounds must be at least 1".to_owned()));
    }
    if args.long {
        return long::renders(args.rounds);
    }
    if args.scan {
        return start::scans(args.rounds);
    }
    if args.core {
        return core(args.rounds);
    }
    if args.apart {
        return apart::ratios(args.rounds);
    }
    if args.plugin {
        return load::ratios(args.rounds);
    }
    if args.starts {
        return apart::starts(args.rounds);
    }
    if args.instances {
        return instances::all(args.rounds);
    }
    if args.builds {
        return start::builds(args.rounds);
    }
    if args.editor {
        return editor(args.rounds);
    }
    // The scan comes first: it is to be seen without any Csound in this process.
    start::scans(args.rounds)?;
    start::builds(args.rounds)?;
    start::memory()?;
    instances::all(args.rounds)?;
    quiet::counts()?;
    core(args.rounds)?;
    load::ratios(args.rounds)?;
    apart::ratios(args.rounds)?;
    editor(args.rounds)
}

/// What the editor costs.
fn editor(rounds: usize) -> Result<(), Error> {
    editor::frames(rounds)?;
    editor::idle()
}

/// What the core costs without a plugin round it.
fn core(rounds: usize) -> Result<(), Error> {
    live::verbs(rounds)?;
    watched::values(rounds)?;
    python::opcodes(rounds)?;
    offline::renders(rounds.min(RENDERS_MAX))
}

/// The factory documents and the plugin that each is for.
fn factory() -> Vec<(PathBuf, Kind)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../instruments");
    [
        ("drift", Kind::Instrument),
        ("bell", Kind::Instrument),
        ("tine", Kind::Instrument),
        ("glass-keys", Kind::Instrument),
        ("kit-and-piece", Kind::MultiOut),
        ("echo", Kind::Effect),
        ("hall", Kind::Effect),
        ("ducking-smear", Kind::Effect),
    ]
    .map(|(name, kind)| (folder.join(name).join(format!("{name}.csd")), kind))
    .to_vec()
}

/// For `map_err`: a measurement that could not be made.
fn failed(error: impl ToString) -> Error {
    Error::Bench(error.to_string())
}

/// The middle one of some figures; 0 of none.
fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(0.0)
}

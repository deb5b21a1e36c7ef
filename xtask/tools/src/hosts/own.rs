//! Our own CLAP and VST3 hosts: how long the libraries take to load, what a scan lists, and the core's samples.

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use ksmps_harness::bundle::{self, Kind};
use ksmps_harness::host::Format;
use ksmps_harness::hosts::Host;
use ksmps_harness::script::Cut;

use super::material::{Document, RATES, notes, playing};
use super::program;
use super::rows::Rows;
use crate::error::Error;

/// The library of a plugin is to be loaded within this.
const LOADED_WITHIN: Duration = Duration::from_millis(30);
/// Processes that load it; the quickest counts, because other programs of the machine delay the others.
const LOADS: usize = 7;
/// Blocks of a second and more cuts.
const CUTS: [Cut; 4] = [Cut::Fixed(17), Cut::Fixed(64), Cut::Fixed(1000), Cut::Random { seed: 1, max: 700 }];

/// What the process does that loads a library.
#[derive(clap::Args)]
pub struct LoadArgs {
    library: PathBuf,
}

/// Measures, scans and plays.
///
/// # Errors
/// Where the bundles are not built, or a plugin refuses.
pub fn run(rows: &mut Rows) -> Result<(), Error> {
    for format in Format::BUNDLES {
        let library = bundle::library(format)?;
        let mut times = Vec::new();
        for _ in 0..LOADS {
            let this = std::env::current_exe().map_err(Error::file(&library))?;
            let told = program::output(Command::new(this).arg("load-for-hosts").arg(&library))?;
            let micros = told.trim().parse().map_err(|error| Error::Hosts(format!("`{told}`: {error}")))?;
            times.push(Duration::from_micros(micros));
        }
        times.sort_unstable();
        let (least, middle) = (times[0], times[LOADS / 2]);
        let figure = format!("{least:.1?} at the quickest of {LOADS}, {middle:.1?} in the middle");
        rows.say(
            &format!("{format:?}: the library loads within {LOADED_WITHIN:?}"),
            least < LOADED_WITHIN,
            figure,
        );

        let started = Instant::now();
        let plugins = format.scan(&library)?;
        let took = started.elapsed();
        let names: Vec<&str> = plugins.iter().map(|plugin| plugin.name.as_str()).collect();
        let is_good = names == Kind::ALL.map(Kind::name);
        rows.say(
            &format!("{format:?}: a scan lists the plugins"),
            is_good,
            format!("{} in {took:.1?}", names.join(", ")),
        );
    }
    for host in Host::BUNDLES {
        let mut differing = Vec::new();
        for (rate, cut) in RATES.into_iter().flat_map(|rate| CUTS.map(|cut| (rate, cut))) {
            let expected = playing(Format::Core, Document::Tone, rate)?.play(&notes(rate))?;
            let mut instance = host.open(Kind::Instrument)?;
            instance.load(Document::Tone.text(), None)?;
            instance.activate(f64::from(rate), cut.block_max(u64::from(rate)))?;
            let sound = instance.play(&notes(rate).cut(cut.clone()))?;
            if let Some(difference) = sound.first_difference(&expected) {
                differing.push(format!("{cut} at {rate} Hz: {difference:?}"));
            }
        }
        let count = RATES.len() * CUTS.len();
        let figure = format!("{} of {count} rates and cuts differ {}", differing.len(), differing.join(", "));
        rows.say(&format!("{host:?}: plays the core's samples"), differing.is_empty(), figure);
    }
    Ok(())
}

/// Loads a library in this process and prints the microseconds that it took.
///
/// # Errors
/// Where it does not load.
#[expect(unsafe_code, reason = "loading a library runs its initialisers")]
pub fn load_for_parent(args: &LoadArgs) -> Result<(), Error> {
    let started = Instant::now();
    // SAFETY: the library is one of ours, whose initialisers need nothing; it stays loaded until the process ends.
    let library = unsafe { libloading::Library::new(&args.library) };
    let took = started.elapsed();
    std::mem::forget(library.map_err(|error| Error::Hosts(format!("{}: {error}", args.library.display())))?);
    println!("{}", took.as_micros());
    Ok(())
}

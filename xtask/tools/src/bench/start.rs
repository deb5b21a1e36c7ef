//! What it takes before anything sounds: a host's scan of the library, and the build of an engine.

use std::fs;
use std::time::Instant;

use ksmps_core::player::{self, InstanceConfig};
use ksmps_core::route::HostChannels;
use ksmps_harness::bounce::Plan;
use ksmps_harness::bundle;
use ksmps_harness::host::Format;
use ksmps_harness::instance::Instance;
use ksmps_harness::script::Script;

use super::{RATE, factory, median, system};
use crate::error::Error;
use ksmps_program::play::Text;

/// Instances of one document whose memory is measured.
const INSTANCES: usize = 9;

/// Times a scan: load, list, create and destroy each plugin, unload.
pub fn scans(rounds: usize) -> Result<(), Error> {
    println!("scan of the library (load, list, create, destroy, unload)");
    for format in Format::BUNDLES {
        let library = bundle::library(format)?;
        let mut times = Vec::new();
        for _ in 0..rounds {
            let start = Instant::now();
            format.scan(&library)?;
            times.push(start.elapsed().as_secs_f64() * 1e3);
        }
        let (first, csound) =
            (times[0], if has_opcodes() { "a Csound was created" } else { "no Csound created" });
        println!("  {format:?}: first {first:.1} ms, median {:.1} ms, {csound}", median(times));
    }
    Ok(())
}

/// Whether opcode libraries are in this process, which the first Csound brings along.
fn has_opcodes() -> bool {
    fs::read_to_string("/proc/self/maps").is_ok_and(|maps| maps.contains("/csound/plugins64"))
}

/// What each further instance of the built CLAP takes of memory, activated and with a note played.
pub fn memory() -> Result<(), Error> {
    println!("memory of each further instance (CLAP, after a note; median of {})", INSTANCES - 1);
    for (path, kind) in factory() {
        let document = Text::read(&path)?;
        let mut instances = Vec::new();
        let mut sizes = Vec::new();
        for _ in 0..INSTANCES {
            let before = system::memory();
            let mut instance = Instance::open(Format::Clap, &bundle::library(Format::Clap)?, kind.name())?;
            instance.load(&document.text, Some(&document.origin))?;
            instance.activate(f64::from(RATE), 512)?;
            let mut script = Script::new();
            script.key(0, 60, 1.0, u64::from(RATE) / 10);
            instance.play(&Plan::new(script, u64::from(RATE) / 2))?;
            instances.push(instance);
            if let (Some(before), Some(after)) = (before, system::memory()) {
                sizes.push(after.saturating_sub(before) as f64 / f64::from(1 << 20));
            }
        }
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        match sizes.split_first() {
            Some((first, further)) => {
                println!("  {name}: {:.2} MiB (the first one {first:.2} MiB)", median(further.to_vec()));
            }
            None => println!("  {name}: the system does not say"),
        }
    }
    Ok(())
}

/// Times the build of an engine for each factory document, as a host's activate waits for it.
pub fn builds(rounds: usize) -> Result<(), Error> {
    println!("build of an engine at {RATE} Hz");
    for (index, (path, _)) in factory().iter().enumerate() {
        let document = Text::read(path)?;
        let mut times = Vec::new();
        for _ in 0..rounds {
            let channels = HostChannels { inputs: vec![2], outputs: vec![2] };
            let (control, _player) = player::pair(InstanceConfig { channels, default_document: "" });
            control.load(document.text.clone(), Some(document.origin.clone()));
            let start = Instant::now();
            let status = control.activate(f64::from(RATE));
            times.push(start.elapsed().as_secs_f64() * 1e3);
            if status.failed || status.info.is_none() {
                return Err(Error::Bench(format!("{} does not build", path.display())));
            }
            control.deactivate();
        }
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let first =
            if index == 0 { format!("first in the process {:.1} ms, ", times[0]) } else { String::new() };
        println!("  {name}: {first}median {:.1} ms", median(times));
    }
    Ok(())
}

//! Sessions and engines made up at random: the csound command line renders what they export to the very samples they
//! render themselves. A few run always; `KSMPS_SWEEP=500` tries that many of each kind, `KSMPS_SWEEP_FROM` is the
//! first.

mod dice;
mod engines;
mod sessions;

use std::path::{Path, PathBuf};
use std::process::Command;

use ksmps_core::offline::sound_file;

/// How many of a kind are tried where nothing is said.
const FEW: u64 = 16;

fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// Tries `differs` on a range of seeds and tells all that failed.
fn sweep(differs: impl Fn(u64) -> Option<String>) {
    let first = number("KSMPS_SWEEP_FROM", 0);
    let failed: Vec<String> = (first..first + number("KSMPS_SWEEP", FEW))
        .filter_map(|seed| differs(seed).map(|what| format!("seed {seed}: {what}")))
        .collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// What the csound command line makes of a .csd.
fn command_line(csd: &Path) -> Vec<f64> {
    let wav: PathBuf = csd.with_extension("csound.wav");
    let mut csound = Command::new("csound");
    csound.args(["-d", "-m0", "-W", "--format=double", "-o"]).arg(&wav).arg(csd).current_dir("/");
    // An event whose init pass fails is counted as a failure; what was rendered is there all the same.
    let output = csound.output().unwrap();
    assert!(wav.exists(), "{}", String::from_utf8_lossy(&output.stderr));
    sound_file::read(&wav).unwrap().samples
}

/// Where two renders differ, if they do.
fn difference(own: &[f64], csound: &[f64], channels: usize, ksmps: usize) -> Option<String> {
    let at = own.iter().zip(csound).position(|(own, csound)| own.to_bits() != csound.to_bits());
    if let Some(at) = at {
        let frame = at / channels;
        let (cycle, in_cycle) = (frame / ksmps, frame % ksmps);
        return Some(format!(
            "cycle {cycle}, frame {in_cycle}, channel {}: {} here, {} in csound",
            at % channels,
            own[at],
            csound[at]
        ));
    }
    let lengths = (own.len() / channels, csound.len() / channels);
    (lengths.0 != lengths.1).then(|| format!("{} frames here, {} in csound", lengths.0, lengths.1))
}

/// Keeps what differs, to be looked at.
fn keep(folder: tempfile::TempDir) -> String {
    folder.keep().display().to_string()
}

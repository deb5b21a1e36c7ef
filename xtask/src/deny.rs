//! `cargo deny`: licences, sources and known faults of the crates, held to deny.toml.

use crate::cargo;
use crate::error::Error;

/// What it found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denied {
    /// All is as deny.toml wants it.
    Nothing,
    /// The same, but the list of known faults could not be fetched and was not looked at.
    NothingButFaultsUnknown,
    /// Something is not; it has said what.
    Something,
    /// It is not installed.
    NotAsked,
}

/// What is held to deny.toml without the network.
const OFFLINE: [&str; 3] = ["licenses", "bans", "sources"];

/// Holds the crates to deny.toml, where cargo-deny is installed.
///
/// # Errors
/// Where cargo cannot be started.
pub fn check() -> Result<Denied, Error> {
    if !is_installed() {
        return Ok(Denied::NotAsked);
    }
    let asked = |arguments: &[&str]| {
        let status = cargo::command().arg("deny").args(arguments).status();
        status
            .map(|status| status.success())
            .map_err(|source| Error::Start { program: "cargo deny".to_owned(), source })
    };
    let is_well = asked(&[&["check"][..], &OFFLINE].concat())?;
    // Where there is no network it says so itself.
    let faults = if asked(&["fetch", "db"])? { Some(asked(&["check", "advisories"])?) } else { None };
    Ok(outcome(is_well, faults))
}

/// What came of both; `faults` is `None` where their list could not be fetched.
fn outcome(is_well: bool, faults: Option<bool>) -> Denied {
    match (is_well, faults) {
        (true, Some(true)) => Denied::Nothing,
        (true, None) => Denied::NothingButFaultsUnknown,
        (false, _) | (_, Some(false)) => Denied::Something,
    }
}

/// Whether cargo has the command.
pub fn is_installed() -> bool {
    let asked = cargo::command().args(["deny", "--version"]).output();
    asked.is_ok_and(|output| output.status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_a_fault_and_an_unknown_list_is_none() {
        assert_eq!(outcome(true, Some(true)), Denied::Nothing);
        assert_eq!(outcome(true, None), Denied::NothingButFaultsUnknown);
        for (is_well, faults) in [(true, Some(false)), (false, None), (false, Some(true))] {
            assert_eq!(outcome(is_well, faults), Denied::Something);
        }
    }

    #[test]
    fn every_exception_has_its_reason() {
        let text = std::fs::read_to_string(cargo::root().join("deny.toml")).expect("deny.toml");
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        let exceptions = lines.iter().enumerate().filter(|(_, line)| {
            line.starts_with('"') || line.starts_with("{ crate") || line.starts_with("{ id")
        });
        let mut count = 0;
        // MIT and Apache 2.0 are our own.
        for (at, line) in exceptions.filter(|(_, line)| !["\"MIT\",", "\"Apache-2.0\","].contains(line)) {
            assert!(lines[at - 1].starts_with('#'), "{line} has no reason above it");
            count += 1;
        }
        assert!(count > 5);
    }
}

//! Which documents are compared, and at which rate.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::Error;

/// The files among `paths`, and all .csd files in the folders among them, sorted within each folder.
pub fn documents(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Error> {
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            walk(path, &mut found)?;
        } else if path.is_file() {
            found.push(path.clone());
        } else {
            return Err(Error::usage(format!("{} does not exist", path.display())));
        }
    }
    if found.is_empty() {
        return Err(Error::usage("there are no .csd files".to_owned()));
    }
    Ok(found)
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), Error> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder).map_err(Error::file(folder))? {
        entries.push(entry.map_err(Error::file(folder))?);
    }
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        // A link to a folder is not followed: it may lead back up.
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            walk(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csd"))
            && path.is_file()
        {
            found.push(path);
        }
    }
    Ok(())
}

/// The `sr` that a document's header sets to a number; only rates that Csound and hosts both take.
pub fn own_rate(text: &str) -> Option<u32> {
    header_number(text, "sr").filter(|rate| (1000..=1_000_000).contains(rate))
}

/// The `nchnls` that a document's header sets to a number; Csound's own where it does not.
pub fn channels(text: &str) -> u32 {
    header_number(text, "nchnls").unwrap_or(1)
}

/// The first whole number that a line of the orchestra gives a header variable.
fn header_number(text: &str, name: &str) -> Option<u32> {
    let header = text.split("<CsInstruments>").nth(1)?;
    header.lines().find_map(|line| {
        let value = line.trim_start().strip_prefix(name)?.trim_start().strip_prefix('=')?.trim_start();
        value.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_rates() {
        for (header, rate) in [
            ("sr = 48000\nkr = 4800", Some(48000)),
            ("; sr = 1\n  sr=22050 ; low", Some(22050)),
            ("sr = 0", None),
            ("sri = 44100\nksmps = 10", None),
        ] {
            assert_eq!(own_rate(&format!("<CsInstruments>\n{header}\n</CsInstruments>")), rate, "{header}");
        }
    }

    #[test]
    fn folders_are_walked_in_order() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("b")).unwrap();
        for name in ["c.csd", "b/a.CSD", "a.csd", "notes.txt"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        let found = documents(&[folder.path().to_owned()]).unwrap();
        let names: Vec<_> =
            found.iter().map(|path| path.strip_prefix(folder.path()).unwrap().to_owned()).collect();
        assert_eq!(names, ["a.csd", "b/a.CSD", "c.csd"].map(PathBuf::from));
        assert!(documents(&[folder.path().join("none")]).is_err());
    }
}

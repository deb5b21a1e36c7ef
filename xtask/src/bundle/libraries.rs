//! The libraries that a bundle carries: Csound, what it needs, and its opcode libraries, under names of their own.
//!
//! A process has one library of a name: another plugin's libsndfile would become ours, and ours theirs. So every
//! library is copied under a private name, and asks for the others by theirs ([`private_name`]). The names are as long as
//! the ones before, so that they are changed where they stand: of the versions of symbols, too, which Debian 12's patchelf
//! forgets. They find each other beside themselves. The C library and what a system cannot run without are not carried.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::Error;
use crate::files;

/// Csound's library, as others call it.
const CSOUND: &str = "libcsound64.so.6.0";
/// How the names of libraries begin, and how ours do. Of the same length.
const PUBLIC: &str = "lib";
const PRIVATE: &str = "ksm";
/// Where Csound's opcode libraries lie, seen from Csound's folder.
const OPCODES: &str = "csound/plugins64-6.0";

/// What every system has: the C library and the compiler's, which come together.
const SYSTEM: [&str; 8] =
    ["libc.so", "libm.so", "libdl.so", "librt.so", "libpthread.so", "libgcc_s.so", "ld-linux", "linux-vdso"];

/// Opcode libraries that are left out: sound and MIDI devices and plugin hosts, which a plugin in a host does not use.
const DEVICES: [&str; 8] = [
    "librtalsa.so",
    "librtjack.so",
    "librtpa.so",
    "librtpulse.so",
    "libpmidi.so",
    "libipmidi.so",
    "libjoystick.so",
    "libdssi4cs.so",
];

/// Copies Csound and all that it needs into a new folder; what was copied, as it lies on this machine.
///
/// # Errors
/// Where Csound or a library that it needs is not on this machine, and where a file cannot be written or changed.
pub fn carry(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let csound = find_csound()?;
    let system_folder = csound.parent().unwrap_or(Path::new("/")).to_owned();
    let mut libraries = BTreeMap::from([(CSOUND.to_owned(), csound.clone())]);
    needed_by(&csound, &mut libraries)?;
    let opcodes = opcode_libraries(&system_folder.join(OPCODES))?;
    for opcode in &opcodes {
        needed_by(opcode, &mut libraries)?;
    }
    for (name, from) in &libraries {
        copy(from, &folder.join(private_name(name)), "$ORIGIN", &libraries)?;
    }
    for from in &opcodes {
        let name = from.file_name().unwrap_or_default();
        copy(from, &folder.join(OPCODES).join(name), "$ORIGIN/../..", &libraries)?;
    }
    Ok(libraries.into_values().chain(opcodes).collect())
}

/// Copies a library, lets it look for others in `search`, and has it ask for them by their private names.
fn copy(from: &Path, to: &Path, search: &str, libraries: &BTreeMap<String, PathBuf>) -> Result<(), Error> {
    files::copy(from, to).map_err(Error::file(to))?;
    answer(Command::new("patchelf").arg("--set-rpath").arg(search).arg(to), "patchelf")?;
    let mut bytes = fs::read(to).map_err(Error::file(to))?;
    libraries.keys().for_each(|name| rename(&mut bytes, name));
    fs::write(to, bytes).map_err(Error::file(to))
}

/// What a library is called in our bundles: nobody else's is called so.
pub fn private_name(library: &str) -> String {
    library.strip_prefix(PUBLIC).map_or_else(|| library.to_owned(), |rest| format!("{PRIVATE}{rest}"))
}

/// Gives a library its private name wherever it stands as a whole text.
fn rename(bytes: &mut [u8], library: &str) {
    let (old, new) = (format!("\0{library}\0"), format!("\0{}\0", private_name(library)));
    let mut from = 0;
    while let Some(at) = find(&bytes[from..], old.as_bytes()) {
        bytes[from + at..][..old.len()].copy_from_slice(new.as_bytes());
        // The zero behind one text stands before the next.
        from += at + old.len() - 1;
    }
}

/// Where a text begins.
fn find(bytes: &[u8], text: &[u8]) -> Option<usize> {
    bytes.windows(text.len()).position(|window| window == text)
}

/// Csound's library as the system's linker finds it.
fn find_csound() -> Result<PathBuf, Error> {
    let cache = answer(Command::new("/sbin/ldconfig").arg("--print-cache"), "ldconfig")?;
    let found = cache.lines().find_map(|line| {
        let (name, path) = line.split_once("=>")?;
        name.trim_start().starts_with(CSOUND).then(|| PathBuf::from(path.trim()))
    });
    found.ok_or_else(|| {
        Error::Missing(format!(
            "{CSOUND} is not on this machine; run `cargo xtask setup`, or bundle with --thin"
        ))
    })
}

/// The opcode libraries of a folder, in the order of their names.
fn opcode_libraries(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let entries = fs::read_dir(folder).map_err(Error::file(folder))?;
    let mut libraries: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "so"))
        .filter(|path| {
            path.file_name().and_then(|name| name.to_str()).is_some_and(|name| !DEVICES.contains(&name))
        })
        .collect();
    libraries.sort();
    Ok(libraries)
}

/// Adds what a library needs, and what that needs, by the names they ask for.
fn needed_by(library: &Path, libraries: &mut BTreeMap<String, PathBuf>) -> Result<(), Error> {
    let said = answer(Command::new("ldd").arg(library), "ldd")?;
    for (name, path) in said.lines().filter_map(needed) {
        match path {
            Some(path) => drop(libraries.entry(name.to_owned()).or_insert_with(|| path.to_owned())),
            None => {
                return Err(Error::Missing(format!(
                    "{} needs {name}, which is not on this machine",
                    library.display()
                )));
            }
        }
    }
    Ok(())
}

/// A line of what ldd says: the name that is asked for, and the file that answers. `None` for what every system has.
fn needed(line: &str) -> Option<(&str, Option<&Path>)> {
    let (name, rest) = line.trim().split_once(" => ")?;
    if SYSTEM.iter().any(|system| name.starts_with(system)) {
        return None;
    }
    let path = rest.split(" (").next().unwrap_or_default().trim();
    Some((name, path.starts_with('/').then(|| Path::new(path))))
}

/// What a program says, where it is satisfied.
pub(super) fn answer(command: &mut Command, program: &str) -> Result<String, Error> {
    let output = command.output().map_err(|source| Error::Start { program: program.to_owned(), source })?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(Error::Bundle(format!("{program}: {}", said.trim())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_private_name_is_nobody_elses_and_keeps_its_version() {
        assert_eq!(private_name("libcsound64.so.6.0"), "ksmcsound64.so.6.0");
        assert_eq!(private_name("odd.so"), "odd.so");
    }

    #[test]
    fn whole_names_are_changed_and_nothing_else() {
        let mut bytes = b"\0liba.so\0liba.so\0xliba.so\0liba.so.1\0liba.so".to_vec();
        rename(&mut bytes, "liba.so");
        assert_eq!(bytes, b"\0ksma.so\0ksma.so\0xliba.so\0liba.so.1\0liba.so");
    }

    #[test]
    fn what_ldd_says_is_what_is_carried_but_what_every_system_has() {
        let line = "\tlibsndfile.so.1 => /lib/x86_64-linux-gnu/libsndfile.so.1 (0x00007f1a)";
        assert_eq!(
            needed(line),
            Some(("libsndfile.so.1", Some(Path::new("/lib/x86_64-linux-gnu/libsndfile.so.1"))))
        );
        assert_eq!(needed("\tliblo.so.7 => not found"), Some(("liblo.so.7", None)));
        for system in [
            "\tlibm.so.6 => /lib/x86_64-linux-gnu/libm.so.6 (0x1)",
            "\tlibgcc_s.so.1 => /lib/x86_64-linux-gnu/libgcc_s.so.1 (0x1)",
            "\t/lib64/ld-linux-x86-64.so.2 (0x1)",
            "\tlinux-vdso.so.1 (0x1)",
        ] {
            assert_eq!(needed(system), None, "{system}");
        }
    }
}

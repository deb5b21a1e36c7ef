//! What is in the archive, and where.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use ksmps_systems::{DOCUMENTS, ENGINE, LIBRARIES, PRESETS, PROGRAM, PYTHON, System};

use super::archive::sha256;
use super::crates::Crates;
use super::materials;
use crate::bundle::{BUNDLES, Built};
use crate::cargo;
use crate::error::{Error, run as run_program};

/// The list of checksums, in the archive and beside it.
pub const SUMS: &str = "SHA256SUMS";
/// The folder of the CLAP and what belongs to it.
const OWN: &str = "Ksmps";
/// What puts everything where hosts look; needs a shell and nothing else.
const INSTALLER: &str = include_str!("install.sh");

/// Files by their path in the archive, in its order.
#[derive(Default)]
pub struct Contents(BTreeMap<String, Entry>);

/// One of them.
pub enum Entry {
    /// One that lies on this machine.
    File {
        /// Where.
        from: PathBuf,
        /// Whether it can be started.
        is_program: bool,
    },
    /// One that is made here.
    Text {
        /// What is in it.
        text: String,
        /// Whether it can be started.
        is_program: bool,
    },
    /// A link to another place in the archive, seen from the link.
    Link(&'static str),
}

impl Entry {
    /// What is in it; nothing in a link.
    pub fn bytes(&self) -> Result<Cow<'_, [u8]>, Error> {
        Ok(match self {
            Self::File { from, .. } => Cow::Owned(fs::read(from).map_err(Error::file(from))?),
            Self::Text { text, .. } => Cow::Borrowed(text.as_bytes()),
            Self::Link(_) => Cow::Borrowed(&[]),
        })
    }
}

impl Contents {
    /// Everything, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Entry)> {
        self.0.iter().map(|(path, entry)| (path.as_str(), entry))
    }

    /// Adds a file of this machine.
    pub fn file(&mut self, path: &str, from: &Path, is_program: bool) {
        self.0.insert(path.to_owned(), Entry::File { from: from.to_owned(), is_program });
    }

    /// Adds a file that is made here.
    pub fn text(&mut self, path: &str, text: String, is_program: bool) {
        self.0.insert(path.to_owned(), Entry::Text { text, is_program });
    }

    /// Adds a link.
    pub fn link(&mut self, path: &str, to: &'static str) {
        self.0.insert(path.to_owned(), Entry::Link(to));
    }

    /// Adds a file, or a folder with all that is in it. What is no document and no library in it can be started where
    /// `is_program` says so.
    fn tree(&mut self, path: &str, from: &Path, is_program: &dyn Fn(&Path) -> bool) -> Result<(), Error> {
        if !from.is_dir() {
            self.file(path, from, is_program(from));
            return Ok(());
        }
        for entry in fs::read_dir(from).map_err(Error::file(from))? {
            let entry = entry.map_err(Error::file(from))?;
            let name = entry.file_name().into_string();
            let name = name.map_err(|name| Error::Bundle(format!("{} is no name", name.display())))?;
            self.tree(&format!("{path}/{name}"), &entry.path(), is_program)?;
        }
        Ok(())
    }

    /// The checksum of each file, as `sha256sum --check` reads it.
    fn sums(&self) -> Result<String, Error> {
        let mut sums = String::new();
        for (path, entry) in self.iter().filter(|(_, entry)| !matches!(entry, Entry::Link(_))) {
            sums += &format!("{}  {path}\n", sha256(&entry.bytes()?));
        }
        Ok(sums)
    }
}

/// Everything that a musician gets.
pub fn of_release(built: &Built, crates: &Crates, seconds: u64) -> Result<Contents, Error> {
    let mut all = Contents::default();
    let bundled = &built.bundled;
    let is_program = |file: &Path| {
        let name = file.file_name().unwrap_or_default();
        let is_plugin =
            file.extension().is_some_and(|end| end == "clap" || end == "vst3") || file.ends_with("Ksmps.so");
        is_plugin || name == ENGINE || name == PROGRAM
    };
    if System::HERE == System::Linux {
        for part in [BUNDLES[0], ENGINE, PYTHON, PROGRAM, LIBRARIES, PRESETS] {
            all.tree(&format!("{OWN}/{part}"), &bundled.join(part), &is_program)?;
        }
        all.tree(BUNDLES[1], &bundled.join(BUNDLES[1]), &is_program)?;
        all.link(PROGRAM, "Ksmps/ksmps");
        all.text("install.sh", INSTALLER.to_owned(), true);
    } else {
        for bundle in BUNDLES {
            all.tree(bundle, &bundled.join(bundle), &is_program)?;
        }
        let program = System::HERE.program(PROGRAM);
        all.file(&program, &bundled.with_file_name("release").join(&program), true);
    }
    let nothing = |_: &Path| false;
    for part in [DOCUMENTS, "docs", "README.md", "CHANGELOG.md", "LICENSE-MIT", "LICENSE-APACHE"] {
        all.tree(part, &cargo::root().join(part), &nothing)?;
    }
    all.tree("man", &pages(bundled)?, &nothing)?;
    all.text("licences/crates.txt", crates.licences()?, false);
    all.text("sbom.cdx.json", materials::bill(crates, &built.libraries, seconds)?, false);
    let sums = all.sums()?;
    all.text(SUMS, sums, false);
    Ok(all)
}

/// The manual pages, which the program writes itself.
fn pages(bundled: &Path) -> Result<PathBuf, Error> {
    let folder = bundled.with_file_name("man");
    crate::files::remove(&folder).map_err(Error::file(&folder))?;
    let program = bundled.with_file_name("release").join(System::HERE.program(PROGRAM));
    run_program(Command::new(program).arg("man").arg(&folder), "writing the manual pages")?;
    Ok(folder)
}

/// Symbols and line tables, for a debugger; nothing on systems where they are not taken out.
pub fn of_symbols(folder: &Path) -> Contents {
    let mut all = Contents::default();
    for name in [format!("lib{PROGRAM}.so"), ENGINE.to_owned(), PYTHON.to_owned(), PROGRAM.to_owned()] {
        let name = format!("{name}.debug");
        let from = folder.join(&name);
        if from.is_file() {
            all.file(&name, &from, false);
        }
    }
    all
}

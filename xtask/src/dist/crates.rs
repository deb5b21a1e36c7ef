//! The crates that are in the binaries, as cargo knows them, and their licences.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package, PackageId};

use crate::cargo;
use crate::error::Error;

/// The packages whose binaries are given away.
const ROOTS: [&str; 4] = ["ksmps", "ksmps-engine-process", "ksmps-python", "ksmps-program"];
/// How the names of files with licences begin.
const LICENCE_NAMES: [&str; 6] = ["license", "licence", "copying", "copyright", "notice", "unlicense"];

/// The crates of the binaries, each with those that it is built with.
pub struct Crates {
    metadata: Metadata,
    used: BTreeMap<PackageId, Vec<PackageId>>,
}

impl Crates {
    /// Asks cargo, for this kind of machine.
    ///
    /// # Errors
    /// Where cargo does not answer, or Cargo.lock would have to be changed: then nobody else would build the same.
    pub fn read() -> Result<Self, Error> {
        let failed = |error: cargo_metadata::Error| Error::Metadata(error.to_string());
        let host = cargo::host()?;
        let mut ask = MetadataCommand::new();
        ask.current_dir(cargo::root());
        ask.other_options(["--locked", "--filter-platform", &host].map(str::to_owned));
        let metadata = ask.exec().map_err(failed)?;
        let used = used(&metadata);
        Ok(Self { metadata, used })
    }

    /// The version of this workspace.
    pub fn version(&self) -> String {
        let package = self.metadata.packages.iter().find(|package| package.name.as_str() == ROOTS[0]);
        package.map_or_else(String::new, |package| package.version.to_string())
    }

    /// Each of them with those that it is built with, in a fixed order.
    pub fn iter(&self) -> impl Iterator<Item = (&Package, Vec<&Package>)> {
        self.used.iter().map(|(id, others)| {
            (&self.metadata[id], others.iter().map(|other| &self.metadata[other]).collect())
        })
    }

    /// The licence texts of all crates that are not of this workspace, each text once.
    ///
    /// # Errors
    /// Where a text cannot be read.
    pub fn licences(&self) -> Result<String, Error> {
        let mut texts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut list = String::from(
            "The crates that are built into the binaries, each with its licence. Behind the list are the texts, each with the \
             crates that it came with.\n\n",
        );
        for (package, _) in self.iter().filter(|(package, _)| package.source.is_some()) {
            let name = format!("{} {}", package.name, package.version);
            let licence = package.license.as_deref().unwrap_or("see its text");
            list += &format!("{name}: {licence}, {}\n", package.repository.as_deref().unwrap_or("crates.io"));
            let folder = package.manifest_path.parent().map_or(Path::new("."), |folder| folder.as_std_path());
            for text in texts_in(folder)? {
                texts.entry(text).or_default().insert(name.clone());
            }
        }
        let mut texts: Vec<(Vec<String>, String)> =
            texts.into_iter().map(|(text, names)| (names.into_iter().collect(), text)).collect();
        texts.sort();
        for (names, text) in texts {
            list += &format!("\n{}\n{}\n\n{}\n", "-".repeat(80), names.join(", "), text.trim_end());
        }
        Ok(list)
    }
}

/// What is built into the binaries: neither what builds them nor what tests them.
fn used(metadata: &Metadata) -> BTreeMap<PackageId, Vec<PackageId>> {
    let nodes: BTreeMap<&PackageId, _> =
        metadata.resolve.iter().flat_map(|graph| &graph.nodes).map(|node| (&node.id, node)).collect();
    let roots = metadata.packages.iter().filter(|package| ROOTS.contains(&package.name.as_str()));
    let mut waiting: Vec<&PackageId> = roots.map(|package| &package.id).collect();
    let mut used = BTreeMap::new();
    while let Some(id) = waiting.pop() {
        let Some(node) = nodes.get(id).filter(|_| !used.contains_key(id)) else { continue };
        let is_built_in = |kinds: &[cargo_metadata::DepKindInfo]| {
            kinds.iter().any(|kind| kind.kind == DependencyKind::Normal)
        };
        let others: Vec<&PackageId> =
            node.deps.iter().filter(|other| is_built_in(&other.dep_kinds)).map(|other| &other.pkg).collect();
        waiting.extend(&others);
        let mut others: Vec<PackageId> = others.into_iter().cloned().collect();
        others.sort();
        used.insert(id.clone(), others);
    }
    used
}

/// The licence texts in a crate's folder.
fn texts_in(folder: &Path) -> Result<Vec<String>, Error> {
    let mut texts = Vec::new();
    for entry in fs::read_dir(folder).map_err(Error::file(folder))? {
        let path = entry.map_err(Error::file(folder))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        if path.is_file() && LICENCE_NAMES.iter().any(|begin| name.starts_with(begin)) {
            let bytes = fs::read(&path).map_err(Error::file(&path))?;
            texts.push(String::from_utf8_lossy(&bytes).replace("\r\n", "\n"));
        }
    }
    Ok(texts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_built_in_is_listed_and_what_builds_and_tests_is_not() {
        let crates = Crates::read().expect("cargo answers");
        let names: BTreeSet<&str> = crates.iter().map(|(package, _)| package.name.as_str()).collect();
        for name in ["ksmps", "ksmps-core", "nice-plug", "egui", "clap", "serde"] {
            assert!(names.contains(name), "{name}");
        }
        for name in ["cc", "xtask", "egui_kittest", "cyclonedx-bom", "windows-sys"] {
            assert!(!names.contains(name), "{name}");
        }
        let texts = crates.licences().expect("they can be read");
        assert!(texts.contains("\negui 0.37") && texts.contains("Permission is hereby granted"));
        assert!(!texts.contains(&cargo::root().display().to_string()));
    }
}

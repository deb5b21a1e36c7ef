//! Packages as they lie on the disk: their dependencies, their parts, and which part uses which.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::Arrow;
use super::manifest::Manifest;
use super::paths::{re_exports, root_paths};
use crate::error::Error;

/// A crate.
#[derive(Debug)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its Cargo.toml, from the workspace's root.
    pub manifest: PathBuf,
    /// What it depends on.
    pub dependencies: Vec<Arrow>,
    /// The modules below its root.
    pub parts: Vec<Part>,
    /// Which part uses which, each place once.
    pub arrows: Vec<Arrow>,
}

/// A module below a crate's root.
#[derive(Debug)]
pub struct Part {
    /// `crate::module`.
    pub name: String,
    /// Its folder, or its file where it has none.
    pub place: PathBuf,
    /// Whether it is a folder.
    pub is_folder: bool,
}

impl Package {
    /// Its name and those of its parts.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.name.as_str()).chain(self.parts.iter().map(|part| part.name.as_str()))
    }
}

/// Adds the packages in `folder` and in the folders below it.
pub fn packages(root: &Path, folder: &Path, found: &mut Vec<Package>) -> Result<(), Error> {
    if !folder.is_dir() {
        return Ok(());
    }
    let manifest = folder.join("Cargo.toml");
    if manifest.is_file() {
        found.push(package(root, folder, &manifest)?);
    }
    for entry in entries(folder)?.into_iter().filter(|entry| entry.is_dir()) {
        let name = entry.file_name().unwrap_or_default();
        if !["src", "target", "tests"].iter().any(|other| name == *other) {
            packages(root, &entry, found)?;
        }
    }
    Ok(())
}

fn package(root: &Path, folder: &Path, manifest: &Path) -> Result<Package, Error> {
    let Manifest { name, dependencies } = Manifest::parse(&read(manifest)?);
    let file = below(root, manifest);
    let arrow = |(to, line)| Arrow { from: name.clone(), to, file: file.clone(), line };
    let mut package = Package {
        dependencies: dependencies.into_iter().map(arrow).collect(),
        manifest: file.clone(),
        parts: Vec::new(),
        arrows: Vec::new(),
        name,
    };
    let src = folder.join("src");
    if src.is_dir() {
        parts(root, &src, &mut package)?;
        let root_file =
            ["lib.rs", "main.rs"].map(|file| src.join(file)).into_iter().find(|file| file.is_file());
        let given_on = root_file.map(|file| read(&file)).transpose()?.map(|text| re_exports(&text));
        let given_on: BTreeMap<String, String> = given_on.unwrap_or_default().into_iter().collect();
        let modules: Vec<(String, String)> = package
            .parts
            .iter()
            .map(|part| (part.name.rsplit("::").next().unwrap_or_default().to_owned(), part.name.clone()))
            .collect();
        let resolve = |first: &str| {
            let first = given_on.get(first).map_or(first, String::as_str);
            modules.iter().find(|(module, _)| module == first).map(|(_, name)| name.clone())
        };
        for (module, name) in &modules {
            for (path, depth) in files(&src, module)? {
                for used in root_paths(&read(&path)?, depth) {
                    let Some(to) = resolve(&used.first).filter(|to| to != name) else { continue };
                    package.arrows.push(Arrow {
                        from: name.clone(),
                        to,
                        file: below(root, &path),
                        line: used.line,
                    });
                }
            }
        }
    }
    package.arrows.sort();
    package.arrows.dedup();
    Ok(package)
}

/// The modules below the root: each file and each folder of `src`.
fn parts(root: &Path, src: &Path, package: &mut Package) -> Result<(), Error> {
    let mut found: BTreeMap<String, Part> = BTreeMap::new();
    for path in entries(src)? {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let is_folder = path.is_dir();
        let is_rust = path.extension().is_some_and(|extension| extension == "rs");
        if ["lib", "main", "tests", "bin"].contains(&stem.as_str())
            || !(is_rust || is_folder && has_rust(&path)?)
        {
            continue;
        }
        let name = format!("{}::{stem}", package.name);
        let part = found.entry(stem).or_insert_with(|| Part { name, place: below(root, &path), is_folder });
        part.is_folder |= is_folder;
    }
    package.parts = found.into_values().collect();
    Ok(())
}

fn has_rust(folder: &Path) -> Result<bool, Error> {
    Ok(entries(folder)?
        .iter()
        .any(|path| path.is_dir() || path.extension().is_some_and(|extension| extension == "rs")))
}

/// The files of a module, each with the number of modules from the root to it.
fn files(src: &Path, module: &str) -> Result<Vec<(PathBuf, usize)>, Error> {
    let mut found = Vec::new();
    let file = src.join(module).with_extension("rs");
    if file.is_file() {
        found.push((file, 1));
    }
    if src.join(module).is_dir() {
        walk(&src.join(module), 1, &mut found)?;
    }
    Ok(found)
}

fn walk(folder: &Path, depth: usize, found: &mut Vec<(PathBuf, usize)>) -> Result<(), Error> {
    for path in entries(folder)? {
        let name = path.file_name().unwrap_or_default();
        if path.is_dir() {
            if name != "tests" {
                walk(&path, depth + 1, found)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") && name != "tests.rs" {
            let own = if name == "mod.rs" { depth } else { depth + 1 };
            found.push((path, own));
        }
    }
    Ok(())
}

/// What is in a folder, by name.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(Error::file(folder))? {
        found.push(entry.map_err(Error::file(folder))?.path());
    }
    found.sort();
    Ok(found)
}

fn read(path: &Path) -> Result<String, Error> {
    fs::read_to_string(path).map_err(Error::file(path))
}

/// A path from the workspace's root.
fn below(root: &Path, path: &Path) -> PathBuf {
    path.strip_prefix(root).unwrap_or(path).to_owned()
}

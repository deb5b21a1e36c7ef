//! The licences of the libraries that a bundle carries, as the machine's packages have them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::libraries::answer;
use crate::error::Error;

/// The folder of licence texts, beside the libraries.
pub const FOLDER: &str = "licences";
/// What tells a reader which library is under which text, and how to put another library in its place.
const README: &str = "README.txt";

/// Copies the licence of each library's package, and lists which library came from where.
///
/// # Errors
/// Where a library belongs to no package, or its package has no licence text: then it may not be given away.
pub fn copy(libraries: &[PathBuf], folder: &Path) -> Result<(), Error> {
    fs::create_dir_all(folder).map_err(Error::file(folder))?;
    let packages = packages(libraries)?;
    let mut list = String::from(
        "The libraries in this folder, and the Debian packages that they are copied from. Their licences are in the files \
         beside this one.\n\
         Each library is unchanged but for its name (ksm... for lib...) and the names under which it asks for the others, so that \
         it is not mixed up with another plugin's. Csound and libsndfile are under the LGPL 2.1 or later: you may put a \
         library of your own in the place of each, under the same file name, or set KSMPS_CSOUND to another Csound.\n\n",
    );
    for (package, names) in packages {
        let text = Path::new("/usr/share/doc").join(&package.name).join("copyright");
        let to = folder.join(format!("{}.txt", package.name));
        fs::copy(&text, &to).map_err(Error::file(&text))?;
        list += &format!("{} {}: {}\n", package.name, package.version, names.join(", "));
    }
    let to = folder.join(README);
    fs::write(&to, list).map_err(Error::file(&to))
}

/// A package of the machine's and its version.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its version, as Debian writes it.
    pub version: String,
}

/// The packages of files, each with its files' names.
///
/// # Errors
/// Where a file belongs to no package.
pub fn packages(files: &[PathBuf]) -> Result<BTreeMap<Package, Vec<String>>, Error> {
    let owners = owners(files)?;
    let names: BTreeSet<&String> = owners.values().collect();
    let mut ask = Command::new("dpkg-query");
    ask.args(["--show", "--showformat=${Package} ${Version}\n"]).args(names);
    let said = answer(&mut ask, "dpkg-query")?;
    let versions: BTreeMap<&str, &str> = said.lines().filter_map(|line| line.split_once(' ')).collect();
    let mut packages = BTreeMap::new();
    for (file, name) in owners {
        let version = versions.get(name.as_str()).copied().unwrap_or_default().to_owned();
        let library = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        packages.entry(Package { name, version }).or_insert_with(Vec::new).push(library);
    }
    Ok(packages)
}

/// The package of each file.
fn owners(files: &[PathBuf]) -> Result<BTreeMap<&Path, String>, Error> {
    let paths: Vec<PathBuf> = files.iter().flat_map(|file| names_of(file)).collect();
    // It is not satisfied where it does not know one of the names, and tells of the others all the same.
    let output = Command::new("dpkg-query").arg("--search").args(&paths).output();
    let output = output.map_err(|source| Error::Start { program: "dpkg-query".to_owned(), source })?;
    let said = String::from_utf8_lossy(&output.stdout);
    let known: BTreeMap<&Path, &str> = said
        .lines()
        .filter_map(|line| line.split_once(": "))
        .map(|(package, path)| (Path::new(path), package.split(':').next().unwrap_or_default()))
        .collect();
    let owner = |file: &PathBuf| names_of(file).iter().find_map(|path| known.get(path.as_path()).copied());
    files
        .iter()
        .map(|file| match owner(file) {
            Some(package) => Ok((file.as_path(), package.to_owned())),
            None => Err(Error::Bundle(format!(
                "{} belongs to no Debian package, so its licence is not known; bundle with --thin",
                file.display()
            ))),
        })
        .collect()
}

/// The names by which a file may be known: its own, the one behind a link, and those without the `/usr` that systems have
/// merged.
fn names_of(file: &Path) -> Vec<PathBuf> {
    let mut names = vec![file.to_owned()];
    names.extend(file.canonicalize().ok());
    let merged: Vec<PathBuf> =
        names.iter().filter_map(|path| Some(Path::new("/").join(path.strip_prefix("/usr").ok()?))).collect();
    names.extend(merged);
    names
}

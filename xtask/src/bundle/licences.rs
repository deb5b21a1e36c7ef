//! The licences of the libraries that a bundle carries, as the machine's packages have them.

use std::collections::BTreeMap;
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

/// A package and its version.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Package {
    name: String,
    version: String,
}

/// The packages of files, each with its files' names.
fn packages(files: &[PathBuf]) -> Result<BTreeMap<Package, Vec<String>>, Error> {
    let mut packages = BTreeMap::new();
    for file in files {
        let package = package_of(file)?;
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        packages.entry(package).or_insert_with(Vec::new).push(name);
    }
    Ok(packages)
}

/// The package of a file. It may be known by the path behind a link, and without the `/usr` that systems have merged.
fn package_of(file: &Path) -> Result<Package, Error> {
    let mut paths = vec![file.to_owned()];
    paths.extend(file.canonicalize().ok());
    let merged: Vec<PathBuf> =
        paths.iter().filter_map(|path| Some(Path::new("/").join(path.strip_prefix("/usr").ok()?))).collect();
    let found = paths.iter().chain(&merged).find_map(|path| {
        let said = answer(Command::new("dpkg-query").arg("--search").arg(path), "dpkg-query").ok()?;
        said.split(':').next().map(str::to_owned)
    });
    let Some(name) = found else {
        return Err(Error::Bundle(format!(
            "{} belongs to no Debian package, so its licence is not known; bundle with --thin",
            file.display()
        )));
    };
    let version = answer(
        Command::new("dpkg-query").args(["--show", "--showformat=${Version}\n", &name]),
        "dpkg-query",
    )?;
    Ok(Package { name, version: version.lines().next().unwrap_or_default().to_owned() })
}

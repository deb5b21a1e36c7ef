//! The factory documents, by their names.

use std::path::{Path, PathBuf};

use ksmps_core::library::own_folders;
use ksmps_systems::DOCUMENTS;

/// The folder of those that run Python, in that of all.
const PYTHON: &str = "python";
/// How far above the program the folder may lie: above `target/release/deps` in the repository, where its tests are.
const FOLDERS_UP: usize = 4;

/// The folder of factory documents: beside this program, or above it.
pub fn folder() -> Option<PathBuf> {
    let own = own_folders();
    let around = own.iter().flat_map(|folder| folder.ancestors().take(FOLDERS_UP));
    around.map(|folder| folder.join(DOCUMENTS)).find(|folder| folder.is_dir())
}

/// The names of the factory documents, in their order.
pub fn names(folder: &Path) -> Vec<String> {
    let folders = [folder.to_owned(), folder.join(PYTHON)];
    let entries = folders.iter().flat_map(std::fs::read_dir).flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let mut names: Vec<String> = names.filter(|name| file_of(folder, name).is_file()).collect();
    names.sort();
    names
}

/// A file as it is; where there is none, the factory document of that name.
pub fn resolve(path: &Path) -> PathBuf {
    let name = path.to_str().filter(|name| !path.exists() && !name.contains(['/', '\\', '.']));
    let found = name.and_then(|name| Some(file_of(&folder()?, name))).filter(|file| file.is_file());
    found.unwrap_or_else(|| path.to_owned())
}

/// The file of a document; those that run Python have a folder of their own.
fn file_of(folder: &Path, name: &str) -> PathBuf {
    let of = |folder: PathBuf| folder.join(name).join(format!("{name}.csd"));
    let with_python = of(folder.join(PYTHON));
    if with_python.is_file() { with_python } else { of(folder.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_factory_document_and_a_path_is_a_path() {
        let drift = resolve(Path::new("drift"));
        assert!(drift.ends_with("instruments/drift/drift.csd") && drift.is_file(), "{}", drift.display());
        for path in ["drift.csd", "./drift", "nosuch", "Cargo.toml"] {
            assert_eq!(resolve(Path::new(path)), Path::new(path));
        }
        let names = names(&folder().expect("the repository has it"));
        assert!(names.contains(&"echo".to_owned()) && names.len() >= 8, "{names:?}");
    }
}

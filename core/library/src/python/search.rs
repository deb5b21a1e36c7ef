//! Where a Python can be: what the user says; else the one that `python3` is, then the newest library in the folders of the
//! system.

use std::path::{Path, PathBuf};

use ksmps_data::python::PythonSearch;

use super::ask::ask;
use super::{Candidate, minor_version};

/// Where programs are if nobody says.
const PROGRAMS: [&str; 3] = ["/usr/local/bin", "/usr/bin", "/bin"];
/// Where the systems keep libraries.
const LIBRARIES: [&str; 10] = [
    "/usr/local/lib",
    "/usr/lib/x86_64-linux-gnu",
    "/usr/lib/aarch64-linux-gnu",
    "/usr/lib64",
    "/usr/lib",
    "/lib/x86_64-linux-gnu",
    "/lib/aarch64-linux-gnu",
    "/lib64",
    "/lib",
    "/opt/homebrew/lib",
];

/// The interpreters that could be loaded, the best first, and what was found and cannot. Starts programs called `python3` and
/// asks them where they are from. `[control]`
pub fn candidates(search: &PythonSearch) -> (Vec<Candidate>, Vec<String>) {
    let mut found = Found::default();
    match &search.choice {
        Some(choice) => found.add_choice(choice),
        None => {
            let named = search.programs.iter().cloned();
            let usual = PROGRAMS.iter().map(PathBuf::from).filter(|_| search.programs.is_empty());
            named.chain(usual).for_each(|folder| found.add_program(&folder.join("python3")));
            found.add_libraries(LIBRARIES.iter().map(Path::new));
        }
    }
    (found.candidates, found.refused)
}

/// What a search has found so far.
#[derive(Default)]
struct Found {
    candidates: Vec<Candidate>,
    refused: Vec<String>,
    /// Programs that were asked, as the files they are.
    asked: Vec<PathBuf>,
}

impl Found {
    /// What the user says: a library, a program, or a folder with one of them.
    fn add_choice(&mut self, choice: &Path) {
        if minor_version(choice).is_some() {
            return self.add_library(choice);
        }
        if choice.is_file() {
            return self.add_program(choice);
        }
        for folder in [choice.to_owned(), choice.join("bin")] {
            self.add_program(&folder.join("python3"));
        }
        self.add_libraries([choice, &choice.join("lib")].into_iter());
    }

    /// The library of a program, as it says itself.
    fn add_program(&mut self, program: &Path) {
        let Ok(file) = program.canonicalize() else { return };
        // A virtual environment's program is a link to another one, and has packages of its own.
        let is_own =
            program.parent().and_then(Path::parent).is_some_and(|folder| folder.join("pyvenv.cfg").is_file());
        if !is_own && self.asked.contains(&file) {
            return;
        }
        self.asked.push(file);
        match ask(program) {
            Ok(candidate) => self.add(candidate),
            Err(reason) => self.refused.push(format!("{} {reason}", program.display())),
        }
    }

    /// The libraries in some folders, the newest first.
    fn add_libraries<'p>(&mut self, folders: impl Iterator<Item = &'p Path>) {
        let files = folders.flat_map(|folder| std::fs::read_dir(folder).into_iter().flatten().flatten());
        let mut libraries: Vec<(u32, PathBuf)> =
            files.map(|entry| entry.path()).filter_map(|file| Some((minor_version(&file)?, file))).collect();
        libraries.sort_by(|one, other| other.0.cmp(&one.0).then_with(|| one.1.cmp(&other.1)));
        libraries.iter().for_each(|(_, library)| self.add_library(library));
    }

    fn add_library(&mut self, library: &Path) {
        let Some((minor, file)) = minor_version(library).zip(library.canonicalize().ok()) else { return };
        match home(&file, minor) {
            Some(home) => self.add(Candidate { library: file, home, packages: None }),
            None => {
                self.refused.push(format!("{} has no standard library beside it", library.display()));
            }
        }
    }

    fn add(&mut self, candidate: Candidate) {
        if !self.candidates.iter().any(|known| known.library == candidate.library) {
            self.candidates.push(candidate);
        }
    }
}

/// The folder above a library in which its standard library is.
pub(super) fn home(library: &Path, minor: u32) -> Option<PathBuf> {
    let has_modules = |home: &Path| is_home(home, minor);
    library.ancestors().skip(1).find(|folder| has_modules(folder)).map(Path::to_owned)
}

/// Whether a folder has a Python's standard library.
pub(super) fn is_home(folder: &Path, minor: u32) -> bool {
    ["lib", "lib64"].iter().any(|lib| folder.join(format!("{lib}/python3.{minor}/os.py")).is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn search(choice: &Path) -> (Vec<Candidate>, Vec<String>) {
        candidates(&PythonSearch { choice: Some(choice.to_owned()), ..PythonSearch::default() })
    }

    #[test]
    fn an_empty_choice_has_none_and_nothing_else_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(search(folder.path()), (Vec::new(), Vec::new()));
        assert_eq!(search(&folder.path().join("nowhere")), (Vec::new(), Vec::new()));
    }

    #[test]
    fn a_folder_has_its_newest_library_first_and_one_without_modules_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().canonicalize().unwrap();
        std::fs::create_dir_all(home.join("lib/python3.10")).unwrap();
        std::fs::create_dir_all(home.join("lib/python3.12")).unwrap();
        for file in [
            "python3.10/os.py",
            "python3.12/os.py",
            "libpython3.10.so.1.0",
            "libpython3.12.so.1.0",
            "libpython3.13.so",
        ] {
            std::fs::write(home.join("lib").join(file), "").unwrap();
        }
        let (found, refused) = search(&home);
        let libraries: Vec<_> = found.iter().map(|one| one.library.file_name().unwrap()).collect();
        assert_eq!(libraries, ["libpython3.12.so.1.0", "libpython3.10.so.1.0"]);
        assert!(found.iter().all(|one| one.home == home && one.packages.is_none()));
        assert!(
            refused.len() == 1 && refused[0].contains("libpython3.13.so has no standard library"),
            "{refused:?}"
        );
    }

    #[test]
    fn a_program_that_is_no_python_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("python3");
        std::os::unix::fs::symlink("/bin/false", &program).unwrap();
        let (found, refused) = search(&program);
        assert!(found.is_empty() && refused[0].contains("does not say where its library is"), "{refused:?}");
    }
}

//! A Python interpreter's library: looked for when a document uses Python for the first time in a process, and loaded so
//! that the library of ours which lies behind it finds its functions.
//!
//! [`candidates`] says where it can be, the best first; [`load`] takes the first that can be used. It is opened with its
//! symbols open to all, as Python's own extension modules want it, and never closed.

mod ask;
mod search;

use std::path::{Path, PathBuf};

use ksmps_data::library::Unusable;
use ksmps_data::python::{PythonError, PythonSearch};
use libloading::Library;

use crate::own_file;
pub use search::candidates;

/// An interpreter that could be loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Its library.
    pub library: PathBuf,
    /// The folder in which its standard library is, as `lib/python3.11`.
    pub home: PathBuf,
    /// A folder with more packages, those of a virtual environment.
    pub packages: Option<PathBuf>,
}

/// The second part of a Python's version, where a file is the library of one that can be used: 11 for
/// `libpython3.11.so.1.0`. `None` for another file, a version before 3.9 and a build without the lock. `[any]`
pub fn minor_version(file: &Path) -> Option<u32> {
    let name = file.file_name()?.to_str()?;
    let rest = name.strip_prefix("libpython3.")?;
    let (digits, behind) = rest.split_at(rest.find(|c: char| !c.is_ascii_digit())?);
    let is_library = behind.starts_with(".so") || behind == ".dylib";
    digits.parse().ok().filter(|minor| is_library && *minor >= 9)
}

/// Loads the first Python that can be used; which one it is. Once in a process: a second Python would take the functions of
/// the first. `[control]`
///
/// # Errors
/// [`PythonError`], with what was tried.
pub fn load(search: &PythonSearch) -> Result<Candidate, PythonError> {
    let (candidates, mut tried) = candidates(search);
    for candidate in candidates {
        match load_one(&candidate) {
            Ok(()) => return Ok(candidate),
            Err(reason) => tried.push(format!("{} {reason}", candidate.library.display())),
        }
    }
    Err(match &search.choice {
        Some(path) => PythonError::ChoiceMissing { path: path.clone(), tried },
        None => PythonError::Missing { tried },
    })
}

/// Loads one, and tells it where its standard library is: it would look beside a program that it does not have.
#[cfg(unix)]
fn load_one(candidate: &Candidate) -> Result<(), Unusable> {
    use std::error::Error;

    use libloading::os::unix::{Library, RTLD_GLOBAL, RTLD_NOW};
    type SetHome = unsafe extern "C" fn(*const libc::wchar_t);

    let home = candidate.home.to_string_lossy();
    let home: Vec<libc::wchar_t> = home.chars().map(|c| c as libc::wchar_t).chain([0]).collect();
    // SAFETY: a libpython by its name; its initialisers only set up its own data.
    let library = unsafe { Library::open(Some(&candidate.library), RTLD_NOW | RTLD_GLOBAL) };
    let library = library.map_err(|error| {
        let said = error.source().map_or_else(|| error.to_string(), ToString::to_string);
        Unusable::Closed(said)
    })?;
    // SAFETY: the function and the number have these types in every Python that has them, and it does not run yet; the text
    // it keeps a pointer to is never freed. A Python without the function finds its standard library from its own file.
    unsafe {
        if let Ok(set_home) = library.get::<SetHome>(b"Py_SetPythonHome\0") {
            set_home(Box::leak(home.into_boxed_slice()).as_ptr());
        }
        // Files are UTF-8, whatever the locale: from 3.15 on they are, and there is no such number.
        if let Ok(utf8_mode) = library.get::<*mut libc::c_int>(b"Py_UTF8Mode\0") {
            utf8_mode.write(1);
        }
    }
    std::mem::forget(library);
    Ok(())
}

#[cfg(not(unix))]
fn load_one(_: &Candidate) -> Result<(), Unusable> {
    Err(Unusable::Closed("documents do not run Python on this system yet".to_owned()))
}

/// The library of ours that is opened behind Python. `[control]`
///
/// # Errors
/// [`PythonError::Part`] where it is not beside this program or plugin, or cannot be opened.
pub fn open_part() -> Result<Library, PythonError> {
    let file = format!("{}ksmps_python{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    let folders = own_file::folders();
    // Cargo leaves what it makes for tests a folder further down; what lies beside it there may be older.
    let places = folders.iter().flat_map(|folder| [folder.join("deps").join(&file), folder.join(&file)]);
    let Some(found) = places.into_iter().find(|place| place.is_file()) else {
        let folders: Vec<String> = folders.iter().map(|folder| folder.display().to_string()).collect();
        return Err(PythonError::Part { file, reason: format!("it is not in {}", folders.join(", ")) });
    };
    crate::open(&found).map_err(|reason| PythonError::Part { file, reason: format!("it {reason}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libraries_are_known_by_their_names() {
        for (name, minor) in [
            ("libpython3.11.so.1.0", Some(11)),
            ("libpython3.9.so", Some(9)),
            ("libpython3.13.dylib", Some(13)),
            ("libpython3.13t.so.1.0", None),
            ("libpython3.8.so.1.0", None),
            ("libpython3.so", None),
            ("libpython3.11.a", None),
            ("libpython2.7.so.1.0", None),
        ] {
            assert_eq!(minor_version(Path::new("/usr/lib").join(name).as_path()), minor, "{name}");
        }
    }
}

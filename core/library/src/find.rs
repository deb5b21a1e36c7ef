//! Looking for a library, and opening it.

use std::error::Error;
use std::ffi::OsString;
use std::path::Path;

use ksmps_data::library::{OpenError, Unusable};
use libloading::Library;

use crate::own_file;
use crate::places::{CSOUND_VARIABLE, Places, System, Wanted};

/// Opens a library by its path or its name: all of its symbols at once, none of them for others to see. `[control]`
///
/// # Errors
/// [`Unusable::Closed`] with the system's own words.
pub fn open(path: &Path) -> Result<Library, Unusable> {
    #[cfg(unix)]
    // SAFETY: Csound's and libsndfile's initialisers only set up their own data.
    let opened = unsafe {
        use libloading::os::unix;
        unix::Library::open(Some(path), unix::RTLD_NOW | unix::RTLD_LOCAL).map(Library::from)
    };
    #[cfg(not(unix))]
    // SAFETY: as above.
    let opened = unsafe { Library::new(path) };
    // libloading's own text only says that it failed.
    opened.map_err(|error| {
        let said = error.source().map_or_else(|| error.to_string(), ToString::to_string);
        Unusable::Closed(said)
    })
}

/// Looks for a library in the order of its places; `open` makes of a file what the caller needs. `[control]`
///
/// # Errors
/// See [`OpenError`].
pub fn find<T>(wanted: Wanted, open: impl Fn(&Path) -> Result<T, Unusable>) -> Result<T, OpenError> {
    let choice: Option<OsString> = std::env::var_os(CSOUND_VARIABLE);
    let places = Places::of(wanted, System::HERE, &own_file::folders(), choice.as_deref());
    find_in(wanted, places, open)
}

fn find_in<T>(
    wanted: Wanted,
    places: Places,
    open: impl Fn(&Path) -> Result<T, Unusable>,
) -> Result<T, OpenError> {
    let (library, remedy) = (wanted.name(), wanted.remedy(System::HERE));
    let unusable = |path: &Path, reason| OpenError::Unusable {
        library,
        path: path.to_owned(),
        reason,
        remedy: remedy.clone(),
    };
    if let Some((path, files)) = places.choice {
        return match files.iter().find(|file| file.is_file()) {
            Some(file) => open(file).map_err(|reason| unusable(file, reason)),
            None => Err(OpenError::ChoiceMissing { variable: CSOUND_VARIABLE, path, remedy }),
        };
    }
    if let Some(file) = places.beside.iter().find(|file| file.is_file()) {
        return open(file).map_err(|reason| unusable(file, reason));
    }
    let mut tried = Vec::new();
    for path in &places.system {
        match open(path) {
            Ok(opened) => return Ok(opened),
            Err(Unusable::Closed(said)) => tried.push(said),
            Err(reason) => return Err(unusable(path, reason)),
        }
    }
    Err(OpenError::Missing { library, tried, remedy })
}

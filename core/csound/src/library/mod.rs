//! The C libraries that Ksmps plays with: looked for and opened when they are first needed, never linked.
//!
//! A machine without them still starts the program and shows the plugins. [`open_csound`] is the one place where an
//! interface to Csound is made from a file; a table for another version of it would be chosen there.

mod own_file;
mod places;

use std::error::Error;
use std::ffi::OsString;
use std::ops::Deref;
use std::path::Path;

use ksmps_data::library::{OpenError, Unusable};
use libloading::Library;

use super::raw::{Functions, Identity, Internals, SoundFunctions};
pub use places::CSOUND_VARIABLE;
use places::{Places, System, Wanted};

/// Csound, opened: its functions. The library stays open until the process ends.
pub(super) struct Api {
    functions: Functions,
    /// 6181 is 6.18.1.
    pub version: i32,
    /// `None` where the library does not export them.
    pub internals: Option<Internals>,
}

impl Deref for Api {
    type Target = Functions;

    fn deref(&self) -> &Functions {
        &self.functions
    }
}

/// Opens the Csound that the order of places finds. [control]
///
/// # Errors
/// See [`OpenError`].
pub(super) fn find_csound() -> Result<Api, OpenError> {
    let api = find(Wanted::Csound, open_csound)?;
    own_file::keep_loaded();
    Ok(api)
}

/// Opens the libsndfile that the order of places finds. [control]
///
/// # Errors
/// See [`OpenError`].
pub(super) fn find_sndfile() -> Result<SoundFunctions, OpenError> {
    find(Wanted::Sndfile, |path| {
        let library = open(path)?;
        // SAFETY: a library of this name has libsndfile's functions, and it is never closed.
        let functions = unsafe { SoundFunctions::find(&library) }.map_err(Unusable::Lacks)?;
        std::mem::forget(library);
        Ok(functions)
    })
}

/// Makes an interface of a file that is a Csound. [control]
///
/// # Errors
/// [`Unusable`], in words.
fn open_csound(path: &Path) -> Result<Api, Unusable> {
    let library = open(path)?;
    // SAFETY: every Csound has these two, of these types.
    let (version, number_size) = unsafe {
        let identity = Identity::find(&library).map_err(Unusable::Lacks)?;
        ((identity.version)(), (identity.size_of_myflt)())
    };
    if version / 1000 != 6 {
        return Err(Unusable::Version(version));
    }
    if number_size != 8 {
        return Err(Unusable::NumberSize(number_size));
    }
    // SAFETY: Csound 6 gives its functions these types, with numbers of 8 bytes; it is never closed once it is used.
    let (functions, internals) = unsafe {
        let functions = Functions::find(&library).map_err(Unusable::Lacks)?;
        (functions, Internals::find(&library).ok())
    };
    // Csound's opcode libraries and its thread keys do not survive being unloaded.
    std::mem::forget(library);
    Ok(Api { functions, version, internals })
}

/// Opens a library by its path or its name: all of its symbols at once, none of them for others to see.
fn open(path: &Path) -> Result<Library, Unusable> {
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

/// Looks for a library and opens it.
fn find<T>(wanted: Wanted, open: impl Fn(&Path) -> Result<T, Unusable>) -> Result<T, OpenError> {
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
    if let Some(file) = places.beside.iter().find(|file| file.is_file()) {
        return open(file).map_err(|reason| unusable(file, reason));
    }
    if let Some((path, files)) = places.choice {
        return match files.iter().find(|file| file.is_file()) {
            Some(file) => open(file).map_err(|reason| unusable(file, reason)),
            None => Err(OpenError::ChoiceMissing { variable: CSOUND_VARIABLE, path, remedy }),
        };
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

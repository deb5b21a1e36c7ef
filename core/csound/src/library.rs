//! Csound's library, opened. [`open_csound`] is the one place where an interface to Csound is made from a file; a table
//! for another version of it would be chosen there.

use std::ffi::CString;
use std::ops::Deref;
use std::path::{Path, PathBuf};

use ksmps_data::library::{OpenError, Unusable};
use ksmps_library::{Wanted, file_with, find, keep_loaded, open};

use crate::raw::{Debugger, Functions, HostFunctions, Identity, Internals};

/// Csound, opened: its functions. The library stays open until the process ends.
pub(crate) struct Api {
    functions: Functions,
    /// The folder with its opcode libraries, where it has one beside it; else it knows itself where they are.
    pub opcode_folder: Option<CString>,
    /// Its file.
    pub file: PathBuf,
    /// 6181 is 6.18.1.
    pub version: i32,
    /// `None` where the library does not export them.
    pub internals: Option<Internals>,
    /// `None` where the library does not export them: then nothing says where variables lie.
    pub debugger: Option<Debugger>,
    /// What the host API needs beside; `None` where the library does not export all of it.
    pub host: Option<HostFunctions>,
}

impl Deref for Api {
    type Target = Functions;

    fn deref(&self) -> &Functions {
        &self.functions
    }
}

/// Where Csound's opcode libraries lie, seen from the folder of its library.
const OPCODE_FOLDER: &str = "csound/plugins64-6.0";

/// Opens the Csound that the order of places finds. `[control]`
///
/// # Errors
/// See [`OpenError`].
pub(crate) fn find_csound() -> Result<Api, OpenError> {
    let api = find(Wanted::Csound, open_csound)?;
    keep_loaded();
    Ok(api)
}

/// Makes an interface of a file that is a Csound. `[control]`
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
    let (functions, internals, debugger, host) = unsafe {
        let functions = Functions::find(&library).map_err(Unusable::Lacks)?;
        let host = HostFunctions::find(&library).ok();
        (functions, Internals::find(&library).ok(), Debugger::find(&library).ok(), host)
    };
    // Csound's opcode libraries and its thread keys do not survive being unloaded.
    std::mem::forget(library);
    let file = file_with(functions.create as usize).unwrap_or_else(|| path.to_owned());
    Ok(Api { functions, opcode_folder: opcode_folder(path), file, version, internals, debugger, host })
}

/// The folder with the opcode libraries of a Csound that was opened by its path.
fn opcode_folder(library: &Path) -> Option<CString> {
    let folder = library.parent()?.join(OPCODE_FOLDER);
    let folder = folder.is_dir().then(|| folder.into_os_string().into_encoded_bytes())?;
    CString::new(folder).ok()
}

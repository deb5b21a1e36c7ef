//! Csound's library, opened. [`open_csound`] is the one place where an interface to Csound is made from a file; a table
//! for another version of it would be chosen there.

use std::ops::Deref;
use std::path::Path;

use ksmps_data::library::{OpenError, Unusable};
use ksmps_library::{Wanted, find, keep_loaded, open};

use crate::raw::{Functions, Identity, Internals};

/// Csound, opened: its functions. The library stays open until the process ends.
pub(crate) struct Api {
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
    let (functions, internals) = unsafe {
        let functions = Functions::find(&library).map_err(Unusable::Lacks)?;
        (functions, Internals::find(&library).ok())
    };
    // Csound's opcode libraries and its thread keys do not survive being unloaded.
    std::mem::forget(library);
    Ok(Api { functions, version, internals })
}

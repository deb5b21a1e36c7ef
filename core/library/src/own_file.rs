//! The file that this code is in: a program, or the shared object of a plugin.

use std::path::PathBuf;

/// The folders of this file: as it was opened, and where that was a link, as it is.
pub fn folders() -> Vec<PathBuf> {
    let mut folders = Vec::new();
    for file in
        own_file().into_iter().flat_map(|file| [Some(file.clone()), file.canonicalize().ok()]).flatten()
    {
        let folder = file.parent().map(PathBuf::from);
        folders.extend(folder.filter(|folder| !folders.contains(folder)));
    }
    folders
}

/// Keeps this code in memory until the process ends, also where a host unloads the plugin: Csound's library stays, and
/// calls functions of ours. `[control]`
pub fn keep_loaded() {
    #[cfg(unix)]
    if let Some(file) = own_file() {
        use libloading::os::unix::Library;
        let flags = libc::RTLD_NOW | libc::RTLD_NOLOAD | libc::RTLD_NODELETE;
        // SAFETY: nothing is loaded that is not there already, so no initialiser runs. It fails for a program, which
        // stays anyway.
        if let Ok(library) = unsafe { Library::open(Some(file), flags) } {
            std::mem::forget(library);
        }
    }
}

fn own_file() -> Option<PathBuf> {
    shared_object().or_else(|| std::env::current_exe().ok())
}

/// The file as the dynamic linker knows it.
fn shared_object() -> Option<PathBuf> {
    let here: fn() -> Option<PathBuf> = shared_object;
    file_with(here as usize)
}

/// The file in which the function at an address is, as the dynamic linker knows it; `None` where it does not say. `[any]`
#[cfg(unix)]
pub fn file_with(address: usize) -> Option<PathBuf> {
    use std::ffi::{CStr, OsStr};
    use std::os::unix::ffi::OsStrExt;

    let mut found = std::mem::MaybeUninit::<libc::Dl_info>::zeroed();
    // SAFETY: the linker only compares the address; `found` is written where the answer is not 0; zeroes are a Dl_info of
    // null pointers. Its name is a C string of the linker's, which stays as long as that file is loaded.
    let name = unsafe {
        if libc::dladdr(address as *const _, found.as_mut_ptr()) == 0 {
            return None;
        }
        let name = found.assume_init().dli_fname;
        (!name.is_null()).then(|| CStr::from_ptr(name))?
    };
    let path = PathBuf::from(OsStr::from_bytes(name.to_bytes()));
    // A program is known by the name it was called with, which need not be a path.
    match path.components().count() {
        0 | 1 => None,
        _ => std::path::absolute(path).ok(),
    }
}

/// The file in which the function at an address is; this system's linker is not asked. `[any]`
#[cfg(not(unix))]
pub fn file_with(_: usize) -> Option<PathBuf> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_its_own_file() {
        let file = own_file().expect("a program is a file").canonicalize().expect("which exists");
        assert_eq!(file, std::env::current_exe().expect("it runs").canonicalize().expect("and exists"));
        assert!(folders().iter().any(|folder| file.parent() == Some(folder)));
    }
}

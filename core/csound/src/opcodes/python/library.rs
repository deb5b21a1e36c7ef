//! The library with the interpreter, opened: once in a process, and not before a document wants it.

use std::ffi::c_void;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use ksmps_data::python::{PythonError, PythonSearch};
use ksmps_library::python::{load, open_part};
use ksmps_python_abi::{ENTRY, EntryFn, Library, Text, VERSION};

/// Python, running. Who has it may give it to an engine: [`Preparing::give_python`](crate::Preparing::give_python).
#[derive(Clone, Copy)]
pub struct Python(&'static Opened);

struct Opened {
    library: Library,
    /// The interpreter's library.
    file: PathBuf,
}

static OPENED: OnceLock<Result<Opened, PythonError>> = OnceLock::new();

impl Python {
    /// Looks for an interpreter, loads and starts it. A process has one Python: the first search counts, also where it found
    /// none. Takes some 30 ms the first time; where `python3` is a script that looks for another one, as long as that takes.
    /// `[control]`
    ///
    /// # Errors
    /// [`PythonError`], with what to install.
    pub fn open(search: &PythonSearch) -> Result<Self, PythonError> {
        OPENED.get_or_init(|| open(search)).as_ref().map(Self).map_err(Clone::clone)
    }

    /// The file of its library. `[any]`
    pub fn file(self) -> &'static Path {
        &self.0.file
    }

    /// The folders in which it looks for what is imported. `[control]`
    pub fn folders(self) -> Vec<PathBuf> {
        unsafe extern "C" fn take(sink: *mut c_void, folder: Text) {
            // SAFETY: the list below, and a text that is lent for this call.
            unsafe {
                if let (Some(folders), Some(folder)) = (sink.cast::<Vec<PathBuf>>().as_mut(), folder.get()) {
                    folders.push(PathBuf::from(folder));
                }
            }
        }
        let mut folders = Vec::<PathBuf>::new();
        // SAFETY: the interpreter runs; `take` is called with the list, before this ends.
        unsafe { (self.0.library.folders)((&raw mut folders).cast(), take) };
        folders
    }

    /// Has it look in one more folder, after all others. `[control]`
    pub fn look_in(self, folder: &Path) {
        // SAFETY: the interpreter runs; the text is lent for the call.
        unsafe { (self.0.library.look_in)(Text::of(&folder.to_string_lossy())) };
    }

    /// The functions of the library.
    pub(super) fn library(self) -> &'static Library {
        &self.0.library
    }
}

fn open(search: &PythonSearch) -> Result<Opened, PythonError> {
    let python = load(search)?;
    let part = open_part()?;
    let unfit =
        |reason: &str| PythonError::Part { file: "ksmps_python".to_owned(), reason: reason.to_owned() };
    // SAFETY: what our own library exports under this name has this type, and gives a table that is static; the version says
    // whether it is the one that is known here.
    let library = unsafe {
        let entry =
            part.get::<EntryFn>(ENTRY.to_bytes_with_nul()).map_err(|_| unfit("it is another library"))?;
        let table = entry();
        if (*table).version != VERSION {
            return Err(unfit("it is of another version"));
        }
        *table
    };
    // It lives as long as the process.
    std::mem::forget(part);
    let packages = python.packages.as_deref().map(|folder| folder.to_string_lossy().into_owned());
    let packages = packages.as_deref().map_or(Text::NONE, Text::of);
    // SAFETY: the interpreter is loaded with its symbols open to all, and this is the only call.
    match unsafe { (library.start)(packages) } {
        0 => Ok(Opened { library, file: python.library }),
        _ => {
            Err(PythonError::Missing { tried: vec![format!("{} does not start", python.library.display())] })
        }
    }
}

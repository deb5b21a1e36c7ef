//! Sound files, read and written by libsndfile: the library that Csound itself reads and writes them with.
//!
//! It is opened when the first file is. Where it is missing, that call says so.

mod raw;

use std::ffi::{CStr, CString, c_int, c_void};
use std::fs::File;
use std::path::Path;
use std::ptr::NonNull;
use std::sync::{Mutex, OnceLock, PoisonError};

use ksmps_data::library::{OpenError, Unusable};

use crate::{Wanted, find, open};
use raw::{SoundFunctions, SoundInfo};

/// `SFM_READ` and `SFM_WRITE`.
const READ: c_int = 0x10;
const WRITE: c_int = 0x20;

/// Why a sound file was not read or written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SoundFileError {
    /// There is no libsndfile that can be used.
    #[error(transparent)]
    Library(#[from] OpenError),
    /// The system does not open the file.
    #[error(transparent)]
    System(#[from] std::io::Error),
    /// The path has a NUL byte, or cannot be told to libsndfile.
    #[error("its path cannot be given to libsndfile")]
    Path,
    /// The format does not go with the encoding, the rate or the number of channels.
    #[error("the format cannot hold this encoding, rate and number of channels")]
    Format,
    /// What libsndfile says.
    #[error("libsndfile says: {0}")]
    Refused(String),
    /// The file ended, or could take no more.
    #[error("{done} of {wanted} frames could be moved")]
    Short {
        /// Frames that were.
        done: u64,
        /// Frames that were asked for.
        wanted: u64,
    },
}

/// An open sound file. Closed when it is dropped.
struct Handle {
    functions: &'static SoundFunctions,
    file: NonNull<c_void>,
}

// SAFETY: a SNDFILE has no tie to a thread; it is used through one owner.
unsafe impl Send for Handle {}

impl Drop for Handle {
    fn drop(&mut self) {
        // SAFETY: opened by `Handle::open`, and nobody uses it after this.
        unsafe { (self.functions.close)(self.file.as_ptr()) };
    }
}

impl Handle {
    fn open(path: &Path, mode: c_int, info: &mut SoundInfo) -> Result<Self, SoundFileError> {
        // libsndfile keeps the reason of a failed opening in one place for all.
        static OPENING: Mutex<()> = Mutex::new(());
        let functions = functions()?;
        let path = c_path(path).ok_or(SoundFileError::Path)?;
        let _opening = OPENING.lock().unwrap_or_else(PoisonError::into_inner);
        // SAFETY: the path is a C string and `info` a SF_INFO; both outlive the call.
        let file = unsafe { (functions.open)(path.as_ptr(), mode, info) };
        match NonNull::new(file) {
            Some(file) => Ok(Self { functions, file }),
            // SAFETY: without a file it is the reason of the last failed opening; its text is a constant of the library.
            None => Err(SoundFileError::Refused(unsafe {
                let text = (functions.error_number)((functions.error)(std::ptr::null_mut()));
                if text.is_null() {
                    String::new()
                } else {
                    CStr::from_ptr(text).to_string_lossy().into_owned()
                }
            })),
        }
    }
}

/// libsndfile, opened once. A failure is tried again by the next call: somebody may have installed it.
fn functions() -> Result<&'static SoundFunctions, OpenError> {
    static FUNCTIONS: OnceLock<SoundFunctions> = OnceLock::new();
    match FUNCTIONS.get() {
        Some(functions) => Ok(functions),
        None => open_library().map(|found| FUNCTIONS.get_or_init(|| found)),
    }
}

/// Opens the libsndfile that the order of places finds.
fn open_library() -> Result<SoundFunctions, OpenError> {
    find(Wanted::Sndfile, |path| {
        let library = open(path)?;
        // SAFETY: a library of this name has libsndfile's functions, and it is never closed.
        let functions = unsafe { SoundFunctions::find(&library) }.map_err(Unusable::Lacks)?;
        std::mem::forget(library);
        Ok(functions)
    })
}

#[cfg(unix)]
fn c_path(path: &Path) -> Option<CString> {
    use std::os::unix::ffi::OsStrExt;
    CString::new(path.as_os_str().as_bytes()).ok()
}

#[cfg(not(unix))]
fn c_path(path: &Path) -> Option<CString> {
    CString::new(path.to_str()?).ok()
}

/// A sound file to read.
pub(crate) struct SoundFileReader {
    handle: Handle,
    info: SoundInfo,
}

impl SoundFileReader {
    /// Opens a file of any format that libsndfile knows. `[control]`
    ///
    /// # Errors
    /// See [`SoundFileError`].
    pub(crate) fn open(path: &Path) -> Result<Self, SoundFileError> {
        // The system's own reason says more than libsndfile's.
        File::open(path)?;
        let mut info = SoundInfo::default();
        let handle = Handle::open(path, READ, &mut info)?;
        let usable = info.frames >= 0 && info.rate > 0 && info.channels > 0;
        usable.then_some(Self { handle, info }).ok_or(SoundFileError::Format)
    }

    /// Frames per second. `[any]`
    pub(crate) fn rate(&self) -> u32 {
        self.info.rate.unsigned_abs()
    }

    /// Channels, at least 1. `[any]`
    pub(crate) fn channels(&self) -> usize {
        self.info.channels.unsigned_abs() as usize
    }

    /// Frames of the whole file. `[any]`
    pub(crate) fn frames(&self) -> u64 {
        self.info.frames.unsigned_abs()
    }

    /// Reads the next frames, interleaved, full scale ±1, and gives how many there were. `[control]`
    pub(crate) fn read(&mut self, samples: &mut [f64]) -> usize {
        let frames = samples.len() / self.channels();
        // SAFETY: an open file of so many channels, and room for so many frames.
        let read = unsafe {
            (self.handle.functions.read_frames)(
                self.handle.file.as_ptr(),
                samples.as_mut_ptr(),
                frames as i64,
            )
        };
        usize::try_from(read).unwrap_or(0)
    }
}

/// What a sound file is going to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SoundFileFormat {
    /// libsndfile's number of the format and the encoding (`SF_FORMAT_…`).
    pub(crate) code: i32,
    /// Frames per second.
    pub(crate) rate: u32,
    /// Channels.
    pub(crate) channels: usize,
}

/// A sound file that is being written. Its header is complete when it is dropped.
pub(crate) struct SoundFileWriter {
    handle: Handle,
    channels: usize,
}

impl SoundFileWriter {
    /// Makes a file, in place of what was there. `[control]`
    ///
    /// # Errors
    /// See [`SoundFileError`].
    pub(crate) fn create(path: &Path, format: SoundFileFormat) -> Result<Self, SoundFileError> {
        let (Ok(rate), Ok(channels)) = (c_int::try_from(format.rate), c_int::try_from(format.channels))
        else {
            return Err(SoundFileError::Format);
        };
        let mut info = SoundInfo { rate, channels, format: format.code, ..SoundInfo::default() };
        // SAFETY: a SF_INFO that outlives the call.
        if unsafe { (functions()?.format_check)(&info) } == 0 {
            return Err(SoundFileError::Format);
        }
        // The system's own reason says more than libsndfile's.
        File::create(path)?;
        let handle = Handle::open(path, WRITE, &mut info)?;
        Ok(Self { handle, channels: format.channels })
    }

    /// Writes interleaved samples, full scale ±1. `[control]`
    ///
    /// # Errors
    /// [`SoundFileError::Short`].
    pub(crate) fn write(&mut self, samples: &[f64]) -> Result<(), SoundFileError> {
        let wanted = (samples.len() / self.channels) as u64;
        // SAFETY: an open file of so many channels, and so many frames.
        let written = unsafe {
            (self.handle.functions.write_frames)(self.handle.file.as_ptr(), samples.as_ptr(), wanted as i64)
        };
        let done = u64::try_from(written).unwrap_or(0);
        if done == wanted { Ok(()) } else { Err(SoundFileError::Short { done, wanted }) }
    }
}

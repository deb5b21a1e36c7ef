//! What Csound needs once in a process, and the turn that keeps building and destroying apart.
//!
//! Csound loads its opcode plugins with its first instance and unloads them with its last. Each round leaks thread
//! keys, and after some 340 rounds a library ends the process (measured). So one instance is made first and kept
//! until the process ends. Csound's own signal handlers and exit handlers stay out of the host.

use std::ffi::{c_char, c_int, c_void};
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use ksmps_data::verbs::Failure;

use crate::float_env::FlushDenormals;
use crate::library::{Api, find_csound};
use crate::process_lock::{self, ProcessLock};
use crate::raw::CSOUND;

/// Csound's functions, once its library is open.
static API: OnceLock<Api> = OnceLock::new();
/// Whether the process is ready for instances.
static READY: OnceLock<bool> = OnceLock::new();

const NO_SIGNAL_HANDLER: c_int = 1;
const NO_ATEXIT: c_int = 2;

/// What Csound says before an instance has its own callback and after it lost it goes nowhere: a host's terminal
/// is not ours.
unsafe extern "C" fn discard(_: *mut CSOUND, _: c_int, _: *const c_char, _: *mut c_void) {}

/// How many instances there are beside the permanent one.
static ALIVE: AtomicUsize = AtomicUsize::new(0);

/// Counts an instance as long as it is kept.
pub(crate) struct Alive(());

impl Alive {
    /// An instance that was just created. `[control]`
    pub fn count() -> Self {
        ALIVE.fetch_add(1, Ordering::SeqCst);
        Self(())
    }
}

impl Drop for Alive {
    fn drop(&mut self) {
        ALIVE.fetch_sub(1, Ordering::SeqCst);
    }
}

/// The right to create, compile, start or destroy, until dropped: they share statics inside Csound.
pub(crate) struct BuildTurn {
    pub api: &'static Api,
    _floats: FlushDenormals,
    _lock: ProcessLock,
}

impl BuildTurn {
    /// Whether no instance of this copy of the code is there beside the permanent one, which does nothing: what all of them
    /// share may then be changed. `[control]`
    pub fn is_alone(&self) -> bool {
        ALIVE.load(Ordering::SeqCst) == 0
    }
}

/// Waits for the turn; opens Csound and prepares the process the first time (some 100 ms). `[control]`
///
/// # Errors
/// [`Failure::Library`] where there is no Csound that can be used; the next call looks again. [`Failure::Unavailable`]
/// where it cannot be started.
pub(crate) fn build_turn() -> Result<BuildTurn, Failure> {
    let lock = process_lock::lock();
    let floats = FlushDenormals::new();
    let api = match API.get() {
        Some(api) => api,
        None => {
            let found = find_csound()?;
            API.get_or_init(|| found)
        }
    };
    let ready = *READY.get_or_init(|| prepare(api));
    if ready { Ok(BuildTurn { api, _floats: floats, _lock: lock }) } else { Err(Failure::Unavailable) }
}

/// Opens Csound, if that was not done before. `[control]`
///
/// # Errors
/// As [`Preparing::create`](crate::Preparing::create).
pub fn open() -> Result<(), Failure> {
    build_turn().map(drop)
}

/// Which Csound plays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Used {
    /// Its file.
    pub file: PathBuf,
    /// 6181 is 6.18.1.
    pub version: i32,
    /// The folder of its opcode libraries that it was told of; `None`: it looks where it was built to look.
    pub opcode_folder: Option<PathBuf>,
}

/// Which Csound plays in this process; opens it, if that was not done before. `[control]`
///
/// # Errors
/// As [`open`].
pub fn used() -> Result<Used, Failure> {
    let turn = build_turn()?;
    let folder = turn.api.opcode_folder.as_ref();
    Ok(Used {
        file: turn.api.file.clone(),
        version: turn.api.version,
        opcode_folder: folder.map(|folder| PathBuf::from(folder.to_string_lossy().into_owned())),
    })
}

/// Csound's functions; `None` before the first [`build_turn`]. `[audio]`
pub(crate) fn api() -> Option<&'static Api> {
    API.get()
}

fn prepare(api: &Api) -> bool {
    // SAFETY: called once, before any other use of Csound in this library, with the lock held; the permanent instance is
    // never used again and never destroyed. `discard` stays loaded (`library::find_csound`).
    unsafe {
        if (api.initialize)(NO_SIGNAL_HANDLER | NO_ATEXIT) < 0 {
            return false;
        }
        (api.set_default_message_callback)(discard);
        if let Some(folder) = &api.opcode_folder {
            // It keeps a copy, and says what it does to `discard`.
            (api.set_opcode_folder)(folder.as_ptr());
        }
        !(api.create)(std::ptr::null_mut()).is_null()
    }
}

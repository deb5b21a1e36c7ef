//! What Csound needs once in a process, and the lock that keeps building and destroying apart.
//!
//! Csound loads its opcode plugins with its first instance and unloads them with its last. Each round leaks thread
//! keys, and after some 340 rounds a library ends the process (measured). So one instance is made first and kept
//! until the process ends. Csound's own signal handlers and exit handlers stay out of the host.

use std::ffi::{c_char, c_int, c_void};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use csound_sys as sys;

use super::float_env::FlushDenormals;

/// Create, compile, start and destroy share statics inside Csound: one thread at a time.
static BUILDING: Mutex<()> = Mutex::new(());
/// Whether the process is ready for instances.
static READY: OnceLock<bool> = OnceLock::new();

const NO_SIGNAL_HANDLER: c_int = 1;
const NO_ATEXIT: c_int = 2;

unsafe extern "C" {
    /// csound-sys declares the callback with a `va_list` of its own; it is only passed through here.
    #[link_name = "csoundSetDefaultMessageCallback"]
    fn set_default_message_callback(
        callback: unsafe extern "C" fn(*mut sys::CSOUND, c_int, *const c_char, *mut c_void),
    );
}

/// What Csound says before an instance has its own callback and after it lost it goes nowhere: a host's terminal
/// is not ours.
unsafe extern "C" fn discard(_: *mut sys::CSOUND, _: c_int, _: *const c_char, _: *mut c_void) {}

/// The right to create, compile, start or destroy, until dropped; `None` where Csound cannot be used at all.
pub(super) struct BuildTurn {
    _turn: MutexGuard<'static, ()>,
    _floats: FlushDenormals,
}

/// Waits for the turn; prepares the process the first time (some 100 ms). [control]
pub(super) fn build_turn() -> Option<BuildTurn> {
    let turn = BUILDING.lock().unwrap_or_else(PoisonError::into_inner);
    let floats = FlushDenormals::new();
    let ready = *READY.get_or_init(prepare);
    ready.then_some(BuildTurn { _turn: turn, _floats: floats })
}

/// Whether any instance was ever made in this process. [any]
pub fn has_started() -> bool {
    READY.get().is_some()
}

fn prepare() -> bool {
    // SAFETY: called once, before any other use of Csound in this library, under the build lock; the permanent
    // instance is never used again and never destroyed.
    unsafe {
        if sys::csoundInitialize(NO_SIGNAL_HANDLER | NO_ATEXIT) < 0 {
            return false;
        }
        set_default_message_callback(discard);
        !sys::csoundCreate(std::ptr::null_mut()).is_null()
    }
}

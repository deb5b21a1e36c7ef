//! libsndfile's functions and the one structure they need: `sndfile.h` of 1.0.28 and later.

use std::ffi::{c_char, c_int, c_void};

use crate::functions;

/// `SF_INFO`: what a file is, or is going to be.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct SoundInfo {
    pub frames: i64,
    pub rate: c_int,
    pub channels: c_int,
    pub format: c_int,
    pub sections: c_int,
    pub seekable: c_int,
}

functions! {
    /// libsndfile's functions. A file is a `SNDFILE`, of which nothing but its address is known.
    SoundFunctions {
        open = "sf_open": unsafe extern "C" fn(*const c_char, c_int, *mut SoundInfo) -> *mut c_void;
        close = "sf_close": unsafe extern "C" fn(*mut c_void) -> c_int;
        error = "sf_error": unsafe extern "C" fn(*mut c_void) -> c_int;
        error_number = "sf_error_number": unsafe extern "C" fn(c_int) -> *const c_char;
        format_check = "sf_format_check": unsafe extern "C" fn(*const SoundInfo) -> c_int;
        read_frames = "sf_readf_double": unsafe extern "C" fn(*mut c_void, *mut f64, i64) -> i64;
        write_frames = "sf_writef_double": unsafe extern "C" fn(*mut c_void, *const f64, i64) -> i64;
    }
}

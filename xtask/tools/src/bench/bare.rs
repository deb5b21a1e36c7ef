//! Csound by itself, as small as a host can be: no guard, no messages, no channels. An instance is made, given an
//! orchestra and a score, and performed with csoundPerformKsmps (see `bare.c`). Only for texts of the benchmark's own.

#![expect(
    unsafe_code,
    reason = "the measure is Csound's own C interface, without what the product adds to it"
)]

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::ptr::NonNull;

use ksmps_library::{Library, Unusable, Wanted, find, open};

type Csound = *mut c_void;
type Perform = unsafe extern "C" fn(Csound) -> c_int;

unsafe extern "C" {
    fn ksmps_bare_perform(perform_ksmps: Perform, csound: Csound, cycles: usize) -> usize;
}

/// CSOUNDINIT_NO_SIGNAL_HANDLER and CSOUNDINIT_NO_ATEXIT.
const NO_HANDLERS: c_int = 1 | 2;

/// The functions of Csound that a bare host needs.
struct Functions {
    initialize: unsafe extern "C" fn(c_int) -> c_int,
    create: unsafe extern "C" fn(*mut c_void) -> Csound,
    set_message_string_callback:
        unsafe extern "C" fn(Csound, unsafe extern "C" fn(Csound, c_int, *const c_char)),
    set_host_implemented_audio_io: unsafe extern "C" fn(Csound, c_int, c_int),
    set_option: unsafe extern "C" fn(Csound, *const c_char) -> c_int,
    compile_orc: unsafe extern "C" fn(Csound, *const c_char) -> c_int,
    read_score: unsafe extern "C" fn(Csound, *const c_char) -> c_int,
    start: unsafe extern "C" fn(Csound) -> c_int,
    perform_ksmps: Perform,
    ksmps: unsafe extern "C" fn(Csound) -> u32,
    channels: unsafe extern "C" fn(Csound) -> u32,
    spout: unsafe extern "C" fn(Csound) -> *const f64,
    destroy: unsafe extern "C" fn(Csound),
}

impl Functions {
    /// Those of the Csound that the plugins find, too. It stays open until the process ends.
    fn find() -> Option<Self> {
        let library = find(Wanted::Csound, open).ok()?;
        // SAFETY: csound.h of 6.18 declares these names with these types, and the library is never closed.
        let functions = unsafe { Self::of(&library) }.ok()?;
        std::mem::forget(library);
        Some(functions)
    }

    /// # Safety
    /// The library is Csound 6 with 64-bit numbers.
    unsafe fn of(library: &Library) -> Result<Self, Unusable> {
        macro_rules! function {
            ($name:literal) => {
                // SAFETY: the caller knows the library; the types are those of the fields.
                *unsafe { library.get($name) }.map_err(|error| Unusable::Closed(error.to_string()))?
            };
        }
        Ok(Self {
            initialize: function!(b"csoundInitialize"),
            create: function!(b"csoundCreate"),
            set_message_string_callback: function!(b"csoundSetMessageStringCallback"),
            set_host_implemented_audio_io: function!(b"csoundSetHostImplementedAudioIO"),
            set_option: function!(b"csoundSetOption"),
            compile_orc: function!(b"csoundCompileOrc"),
            read_score: function!(b"csoundReadScore"),
            start: function!(b"csoundStart"),
            perform_ksmps: function!(b"csoundPerformKsmps"),
            ksmps: function!(b"csoundGetKsmps"),
            channels: function!(b"csoundGetNchnls"),
            spout: function!(b"csoundGetSpout"),
            destroy: function!(b"csoundDestroy"),
        })
    }
}

unsafe extern "C" fn quiet(_: Csound, _: c_int, _: *const c_char) {}

/// A started Csound with one owner.
pub struct Bare {
    functions: Functions,
    csound: NonNull<c_void>,
    ksmps: usize,
    channels: usize,
}

impl Bare {
    /// Starts an orchestra with a score; `None` where there is no Csound, or it does not take them.
    pub fn start(rate: u32, orchestra: &str, score: &str) -> Option<Self> {
        let functions = Functions::find()?;
        let rate = CString::new(format!("--sample-rate={rate}")).ok()?;
        let (orchestra, score) = (CString::new(orchestra).ok()?, CString::new(score).ok()?);
        // SAFETY: neither needs anything before it.
        let csound = NonNull::new(unsafe {
            (functions.initialize)(NO_HANDLERS);
            (functions.create)(std::ptr::null_mut())
        })?;
        // From here on it is destroyed, whatever comes.
        let mut bare = Self { functions, csound, ksmps: 0, channels: 0 };
        let (functions, csound) = (&bare.functions, csound.as_ptr());
        let options: [&CStr; 4] = [c"-n", c"-d", c"--daemon", &rate];
        // SAFETY: a new instance and C strings that live for the calls; Csound keeps copies.
        let is_started = unsafe {
            (functions.set_message_string_callback)(csound, quiet);
            (functions.set_host_implemented_audio_io)(csound, 1, 0);
            let takes = |option: &CStr| (functions.set_option)(csound, option.as_ptr()) == 0;
            options.into_iter().all(takes)
                && (functions.compile_orc)(csound, orchestra.as_ptr()) == 0
                && (functions.read_score)(csound, score.as_ptr()) == 0
                && (functions.start)(csound) == 0
        };
        if !is_started {
            return None;
        }
        // SAFETY: a started instance, which these only ask.
        (bare.ksmps, bare.channels) =
            unsafe { ((functions.ksmps)(csound) as usize, (functions.channels)(csound) as usize) };
        Some(bare)
    }

    /// Frames in a cycle.
    pub fn ksmps(&self) -> usize {
        self.ksmps
    }

    /// Performs cycles; whether all of them were performed.
    pub fn perform(&mut self, cycles: usize) -> bool {
        // SAFETY: a started instance that nobody else has.
        unsafe { ksmps_bare_perform(self.functions.perform_ksmps, self.csound.as_ptr(), cycles) == cycles }
    }

    /// The last cycle, interleaved.
    pub fn spout(&self) -> &[f64] {
        // SAFETY: Csound's output buffer holds a cycle of all channels and stays until the instance is performed
        // or destroyed, both of which need `&mut self`.
        unsafe {
            let spout = (self.functions.spout)(self.csound.as_ptr());
            std::slice::from_raw_parts(spout, self.ksmps * self.channels)
        }
    }

    /// Channels of the output.
    pub fn channels(&self) -> usize {
        self.channels
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        // SAFETY: made by csoundCreate and destroyed once.
        unsafe { (self.functions.destroy)(self.csound.as_ptr()) };
    }
}

//! The instance behind every state: its pointer, its host data, its end.

use std::any::Any;
use std::ffi::{CStr, CString, c_char};
use std::ptr::NonNull;

use ksmps_data::encoding::text_of;
use ksmps_data::verbs::Failure;

use super::callbacks::{self, Callbacks};
use super::remote::Remote;
use crate::instance::Guard;
use crate::layout::Layout;
use crate::library::Api;
use crate::places::InstanceNumber;
use crate::process::{Alive, build_turn};
use crate::raw::{CSOUND, HostFunctions};

/// One instance. Everything that is kept in it is reached through its owner, but for [`Callbacks`], which Csound's own
/// threads reach too.
pub(super) struct Instance {
    pub api: &'static Api,
    pub more: &'static HostFunctions,
    pub cs: NonNull<CSOUND>,
    /// What the callbacks work on; it outlives the instance.
    pub callbacks: NonNull<Callbacks>,
    pub layout: Option<Layout>,
    /// Another one after each reset: what was made of the instance before is not this one's.
    pub number: InstanceNumber,
    pub remote: Remote,
    /// The host's own data.
    pub data: Option<Box<dyn Any + Send>>,
    /// Names and types that Csound keeps pointers to.
    pub texts: Vec<CString>,
    /// Csound left a cycle for good.
    pub has_left: bool,
    /// The names of the global variables made here, with their sizes in bytes.
    pub variables: Vec<(CString, usize)>,
    _alive: Alive,
}

// SAFETY: as for `Raw`: one owner at a time, all use goes through `&mut` of it (or `&` for what only reads), and Csound
// keeps no thread-local state for an instance. The callbacks are `Send` and behind locks.
unsafe impl Send for Instance {}

impl Instance {
    /// A fresh instance. `[control]`
    pub fn create() -> Result<Self, Failure> {
        let callbacks = NonNull::from(Box::leak(Box::new(Callbacks::default())));
        match Self::create_with(callbacks) {
            Ok((api, more, cs, layout)) => Ok(Self {
                api,
                more,
                cs,
                callbacks,
                layout,
                number: InstanceNumber::next(),
                remote: Remote::new(),
                data: None,
                texts: Vec::new(),
                has_left: false,
                variables: Vec::new(),
                _alive: Alive::count(),
            }),
            Err(failure) => {
                // SAFETY: leaked above, and nobody else has it.
                drop(unsafe { Box::from_raw(callbacks.as_ptr()) });
                Err(failure)
            }
        }
    }

    #[expect(clippy::type_complexity, reason = "the parts of an instance, taken apart at once")]
    fn create_with(
        callbacks: NonNull<Callbacks>,
    ) -> Result<(&'static Api, &'static HostFunctions, NonNull<CSOUND>, Option<Layout>), Failure> {
        let turn = build_turn()?;
        let api = turn.api;
        let more = api.host.as_ref().ok_or(Failure::Unavailable)?;
        // SAFETY: the process is prepared and it is our turn.
        let cs = unsafe { (api.create)(callbacks.as_ptr().cast()) };
        let cs = NonNull::new(cs).ok_or(Failure::Unavailable)?;
        // SAFETY: a live instance of ours, created with these callbacks, which outlive it.
        let layout = unsafe {
            callbacks::install(api, more, cs.as_ptr(), callbacks.as_ref());
            Layout::detect(api, cs.as_ptr())
        };
        Ok((api, more, cs, layout))
    }

    /// Puts a fresh instance in the place of this one; on an error this one stays. csoundReset would leave its flags
    /// wrong (6.18.1 sets all but one), and the instance in a state that no fresh one has. `[control]`
    pub fn renew(&mut self) -> Result<(), Failure> {
        let (_, _, cs, layout) = Self::create_with(self.callbacks)?;
        self.destroy();
        (self.cs, self.layout, self.number) = (cs, layout, InstanceNumber::next());
        self.has_left = false;
        self.texts.clear();
        self.variables.clear();
        self.remote.forget();
        Ok(())
    }

    /// As `renew`; where there can be no other instance, this one stays.
    pub fn renew_or_keep(&mut self) {
        // What can fail is memory alone: Csound was opened before.
        let _ = self.renew();
    }

    fn destroy(&mut self) {
        // Without a turn there never was an instance, so there is always one here.
        let _turn = build_turn();
        // SAFETY: nobody else has the pointer; what its callbacks use outlives it.
        unsafe { (self.api.destroy)(self.cs.as_ptr()) };
    }

    pub fn cs(&self) -> *mut CSOUND {
        self.cs.as_ptr()
    }

    pub fn callbacks(&self) -> &Callbacks {
        // SAFETY: it lives as long as the instance and is only ever shared.
        unsafe { self.callbacks.as_ref() }
    }

    pub fn guard(&self) -> Guard {
        Guard::new(self.layout, self.cs)
    }

    /// A text of Csound's own; `None` where it is null.
    ///
    /// # Safety
    /// It is null or a C string.
    pub unsafe fn text(text: *const c_char) -> Option<String> {
        if text.is_null() {
            return None;
        }
        // SAFETY: the caller says so.
        Some(text_of(unsafe { CStr::from_ptr(text) }.to_bytes()))
    }
}

/// A text as Csound is given it.
pub(super) fn c_text(text: &str) -> Result<CString, Failure> {
    CString::new(text).map_err(|_| Failure::Nul)
}

impl Drop for Instance {
    fn drop(&mut self) {
        self.destroy();
        // SAFETY: made by `create`, and the instance that used it is gone.
        drop(unsafe { Box::from_raw(self.callbacks.as_ptr()) });
    }
}

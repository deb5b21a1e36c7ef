//! Utilities: analyses and conversions that Csound's libraries bring (`pvanal`, `lpanal`, `sndinfo`, …).

use std::ffi::{CString, c_char};
use std::sync::{Mutex, PoisonError};

use ksmps_data::verbs::Failure;

use super::instance::{Instance, c_text};
use super::state::{Configuring, Csound, Refused, State};
use crate::float_env::FlushDenormals;

/// Utilities share statics inside Csound, so one runs at a time.
static TURN: Mutex<()> = Mutex::new(());
/// More are not looked at.
const UTILITIES_MAX: usize = 1024;

impl<S: State> Csound<S> {
    /// The names of the utilities. `[control]`
    pub fn utilities(&mut self) -> Vec<String> {
        let (more, cs) = (self.instance.more, self.instance.cs());
        // SAFETY: live instance owned by this thread; the list ends with null and is given back below.
        unsafe {
            let list = (more.utilities)(cs);
            if list.is_null() {
                return Vec::new();
            }
            let names = (0..UTILITIES_MAX).map_while(|place| Instance::text(*list.add(place))).collect();
            (more.delete_utility_list)(cs, list);
            names
        }
    }

    /// What a utility does, in Csound's words; `None` where there is none of this name. `[control]`
    pub fn utility_description(&self, name: &str) -> Option<String> {
        let name = c_text(name).ok()?;
        let (more, cs) = (self.instance.more, self.instance.cs());
        // SAFETY: live instance; the text is null or a C string of its own.
        unsafe { Instance::text((more.utility_description)(cs, name.as_ptr())) }
    }
}

impl Csound<Configuring> {
    /// Runs a utility with the arguments that its command would have, without its name. Only files and messages come of it,
    /// and the instance is as new afterwards. `[control]`
    ///
    /// # Errors
    /// [`Failure::Code`] and [`Failure::Jumped`] where it failed; the instance is as new.
    pub fn run_utility(mut self, name: &str, arguments: &[&str]) -> Result<Self, Refused<Configuring>> {
        let result = self.utility(name, arguments);
        self.instance.renew_or_keep();
        match result {
            Ok(()) => Ok(self),
            Err(failure) => Err(Refused { failure, csound: self }),
        }
    }

    fn utility(&mut self, name: &str, arguments: &[&str]) -> Result<(), Failure> {
        let line = std::iter::once(name).chain(arguments.iter().copied());
        let mut texts = line.map(|text| c_text(text).map(CString::into_bytes_with_nul));
        let mut texts: Vec<Vec<u8>> = texts.by_ref().collect::<Result<_, _>>()?;
        let mut pointers: Vec<*mut c_char> = texts.iter_mut().map(|text| text.as_mut_ptr().cast()).collect();
        // A utility may look for the end of its arguments.
        let count = pointers.len();
        pointers.push(std::ptr::null_mut());
        let name = c_text(name)?;
        let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let _floats = FlushDenormals::new();
        // SAFETY: live instance owned by this thread; the texts outlive the call and are only this function's.
        unsafe {
            self.instance.guard().run_utility(self.instance.more.run_utility, &name, &mut pointers[..count])
        }
    }
}

//! What Csound calls while it performs: before each cycle, and to ask whether to go on.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::sync::PoisonError;

use super::{Slot, callbacks_of};
use crate::host::events::ScoreEvent;
use crate::host::state::{BeforeStart, Csound, State};
use crate::library::Api;
use crate::process;
use crate::raw::{CSOUND, CSOUND_CHANNEL_TYPE_MASK, CSOUND_CONTROL_CHANNEL, HostFunctions};
use crate::running::PFIELDS_MAX;

/// What a callback before a cycle can do with the instance.
pub struct Sensing<'a> {
    api: &'a Api,
    more: &'a HostFunctions,
    cs: *mut CSOUND,
}

impl Sensing<'_> {
    /// Frames performed since the start. `[audio]`
    pub fn current_time_samples(&self) -> u64 {
        // SAFETY: Csound is in its callback, on the thread that performs.
        u64::try_from(unsafe { (self.api.current_time_samples)(self.cs) }).unwrap_or(0)
    }

    /// The value of a control channel; `None` where there is none of that name. `[audio]`
    pub fn control_channel(&self, name: &CStr) -> Option<f64> {
        let (mut place, mut error): (_, c_int) = (std::ptr::null_mut(), 0);
        // SAFETY: as in `current_time_samples`; without a kind Csound makes no channel and says of which kind one is.
        unsafe {
            let bits = (self.api.channel_ptr)(self.cs, &mut place, name.as_ptr(), 0);
            if bits <= 0 || bits as u32 & CSOUND_CHANNEL_TYPE_MASK != CSOUND_CONTROL_CHANNEL {
                return None;
            }
            Some((self.more.control_channel)(self.cs, name.as_ptr(), &mut error))
        }
    }

    /// Writes a control channel; one that is not there is made, which takes memory. `[audio]`
    pub fn set_control_channel(&mut self, name: &CStr, value: f64) {
        // SAFETY: as in `current_time_samples`.
        unsafe { (self.more.set_control_channel)(self.cs, name.as_ptr(), value) };
    }

    /// Sends a score event that is carried out in the coming cycle; `pfields` begins with p1. `[audio]`
    pub fn score_event(&mut self, event: ScoreEvent, pfields: &[f64]) {
        let count = pfields.len().min(PFIELDS_MAX);
        // SAFETY: as in `current_time_samples`; Csound copies the p-fields.
        unsafe {
            (self.api.score_event)(self.cs, event.letter() as c_char, pfields.as_ptr(), count as _);
        }
    }
}

type Sense = dyn FnMut(&mut Sensing<'_>) + Send;
type GoOn = dyn FnMut() -> bool + Send;

#[derive(Default)]
pub(in crate::host) struct SensingCallbacks {
    /// All of them are called by one that Csound knows.
    sense: std::sync::Mutex<Vec<Slot<Sense>>>,
    go_on: Slot<GoOn>,
}

pub(super) unsafe fn install(api: &Api, more: &HostFunctions, cs: *mut CSOUND, callbacks: &SensingCallbacks) {
    // SAFETY: a live instance; the functions have the signatures that Csound documents for them.
    unsafe {
        if !callbacks.sense.lock().unwrap_or_else(PoisonError::into_inner).is_empty() {
            (api.register_sense_event_callback)(cs, Some(on_sense), std::ptr::null_mut());
        }
        if callbacks.go_on.is_set() {
            (more.set_yield_callback)(cs, on_yield);
        }
    }
}

impl<S: BeforeStart> Csound<S> {
    /// Adds what is called before each cycle, in the order of adding. It must not wait. It stays over resets. `[control]`
    pub fn register_sense_event_callback(&mut self, sense: impl FnMut(&mut Sensing<'_>) + Send + 'static) {
        let slot: Slot<Sense> = Slot::default();
        slot.set(Box::new(sense));
        let instance = &self.instance;
        let first = {
            let callbacks = &instance.callbacks().sensing;
            let mut list = callbacks.sense.lock().unwrap_or_else(PoisonError::into_inner);
            list.push(slot);
            list.len() == 1
        };
        if first {
            // SAFETY: live instance owned by this thread; the function has the signature that Csound documents.
            unsafe {
                (instance.api.register_sense_event_callback)(
                    instance.cs(),
                    Some(on_sense),
                    std::ptr::null_mut(),
                );
            }
        }
    }
}

impl<S: State> Csound<S> {
    /// What says whether to go on: asked in each cycle and by utilities. `false` ends the performance, or the utility, at
    /// once; the instance is then as after `exitnow`. `[control]`
    pub fn set_yield_callback(&mut self, go_on: impl FnMut() -> bool + Send + 'static) {
        let instance = &self.instance;
        instance.callbacks().sensing.go_on.set(Box::new(go_on));
        // SAFETY: live instance owned by this thread; the function has the signature that Csound documents.
        unsafe { (instance.more.set_yield_callback)(instance.cs(), on_yield) };
    }
}

extern "C" fn on_sense(cs: *mut CSOUND, _: *mut c_void) {
    // SAFETY: called by Csound.
    let (Some(api), Some(callbacks)) = (process::api(), unsafe { callbacks_of(cs) }) else { return };
    let Some(more) = &api.host else { return };
    let slots = callbacks.sensing.sense.lock().unwrap_or_else(PoisonError::into_inner);
    for slot in &*slots {
        slot.call(callbacks, (), |sense| sense(&mut Sensing { api, more, cs }));
    }
}

unsafe extern "C" fn on_yield(cs: *mut CSOUND) -> c_int {
    // SAFETY: called by Csound.
    let Some(callbacks) = (unsafe { callbacks_of(cs) }) else { return 1 };
    callbacks.sensing.go_on.call(callbacks, true, |go_on| go_on()).into()
}

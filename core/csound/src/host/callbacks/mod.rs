//! What Csound calls back: a closure of the host's for each of its callbacks, behind a C function that finds it.
//!
//! A closure that panics is taken away, and Csound goes on as if there had been none; what it said is in
//! [`Csound::take_panic`]. Csound may call from threads of its own (`-j`, `--realtime`), so each closure is behind a lock
//! of its own, which nobody else holds in ordinary use.
//!
//! A closure must not create, compile, start, reset or drop an instance: while Csound compiles it is the turn of the thread
//! that calls the closure, and it would wait for itself.

mod audio;
mod files;
mod graphs;
mod keyboard;
mod midi;
mod score;
mod sensing;
mod values;

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::messages::Target;
use super::state::{Csound, State};
use crate::library::Api;
use crate::process;
use crate::raw::{CSOUND, HostFunctions};

pub use audio::AudioParams;
pub(super) use audio::write_text;
pub use files::FileOpened;
pub use graphs::Graph;
pub use keyboard::{Key, KeyboardEvents, KeyboardId};
pub use midi::MidiErrorTexts;
pub use sensing::Sensing;
pub use values::{InputKind, InputValue, OutputValue};

/// A closure of the host's, if it gave one.
pub(super) struct Slot<F: ?Sized>(Mutex<Option<Box<F>>>);

impl<F: ?Sized> Default for Slot<F> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<F: ?Sized> Slot<F> {
    fn lock(&self) -> MutexGuard<'_, Option<Box<F>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a closure in. `[control]`
    fn set(&self, closure: Box<F>) {
        *self.lock() = Some(closure);
    }

    fn is_set(&self) -> bool {
        self.lock().is_some()
    }

    /// Calls it; `otherwise` where there is none, or where it panics.
    fn call<R>(&self, callbacks: &Callbacks, otherwise: R, call: impl FnOnce(&mut F) -> R) -> R {
        let mut slot = self.lock();
        let Some(closure) = slot.as_deref_mut() else { return otherwise };
        match catch_unwind(AssertUnwindSafe(|| call(closure))) {
            Ok(result) => result,
            Err(payload) => {
                *slot = None;
                callbacks.note_panic(payload.as_ref());
                otherwise
            }
        }
    }
}

/// The host's closures of one instance.
#[derive(Default)]
pub(super) struct Callbacks {
    pub messages: Mutex<Target>,
    panic: Mutex<Option<String>>,
    audio: audio::AudioCallbacks,
    midi: midi::MidiCallbacks,
    files: Slot<files::Told>,
    graphs: graphs::GraphCallbacks,
    keyboard: keyboard::KeyboardCallbacks,
    rework: Slot<score::Rework>,
    sensing: sensing::SensingCallbacks,
    values: values::ValueCallbacks,
}

impl Callbacks {
    pub fn note_panic(&self, payload: &(dyn Any + Send)) {
        let said = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let said = said.or_else(|| payload.downcast_ref::<String>().cloned());
        let mut panic = self.panic.lock().unwrap_or_else(PoisonError::into_inner);
        panic.get_or_insert_with(|| said.unwrap_or_else(|| "a callback panicked".to_owned()));
    }
}

/// Gives a fresh instance the callbacks that the host has given. `[control]`
///
/// # Safety
/// `cs` is live, owned by this thread, and was created with these callbacks, which outlive it.
pub(super) unsafe fn install(api: &Api, more: &HostFunctions, cs: *mut CSOUND, callbacks: &Callbacks) {
    // SAFETY: the caller says so.
    unsafe {
        (api.set_message_string_callback)(cs, super::messages::on_message);
        audio::install(more, cs, &callbacks.audio);
        midi::install(api, more, cs, &callbacks.midi);
        files::install(more, cs, &callbacks.files);
        graphs::install(more, cs, &callbacks.graphs);
        keyboard::install(more, cs, callbacks);
        sensing::install(api, more, cs, &callbacks.sensing);
        values::install(api, cs, &callbacks.values);
    }
}

/// The callbacks of an instance, as a C function finds them.
///
/// # Safety
/// `cs` is null or a live instance of this module's. They outlive what Csound calls.
pub(super) unsafe fn callbacks_of<'a>(cs: *mut CSOUND) -> Option<&'a Callbacks> {
    let api = process::api().filter(|_| !cs.is_null())?;
    // SAFETY: the caller says so; instances of this module are created with their callbacks as host data.
    unsafe { (api.host_data)(cs).cast::<Callbacks>().as_ref() }
}

impl<S: State> Csound<S> {
    /// What a callback that panicked said, once: the first of them. `[any]`
    pub fn take_panic(&mut self) -> Option<String> {
        self.instance.callbacks().panic.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

//! Keys that the host reads, which `sensekey` and the widgets ask for.

use std::ffi::{c_int, c_uint, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};

use super::Callbacks;
use crate::host::state::{Csound, State};
use crate::raw::{CSOUND, HostFunctions};

/// Which questions a callback answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyboardEvents {
    /// Keys that go down and up, without shift.
    Events,
    /// What is typed.
    Text,
    /// Both.
    All,
}

/// What a callback says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// Nothing has happened.
    None,
    /// A key went down, or a letter was typed: its code, 1 to 65535.
    Down(u16),
    /// A key went up; of no meaning where text is asked for.
    Up(u16),
    /// The question is for another callback.
    Ignored,
}

/// A callback that was registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyboardId(u64);

const EVENT: c_uint = 1;
const TEXT: c_uint = 2;
const RELEASED: c_int = 0x1_0000;

type Asked = dyn FnMut(KeyboardEvents) -> Key + Send;

struct Registered {
    id: KeyboardId,
    answers: KeyboardEvents,
    asked: Box<Asked>,
}

#[derive(Default)]
struct List {
    last: u64,
    registered: Vec<Registered>,
}

#[derive(Default)]
pub(in crate::host) struct KeyboardCallbacks(Mutex<List>);

pub(super) unsafe fn install(more: &HostFunctions, cs: *mut CSOUND, callbacks: &Callbacks) {
    let list = callbacks.keyboard.0.lock().unwrap_or_else(PoisonError::into_inner);
    // SAFETY: a live instance; the callbacks outlive it, and the function has the signature that Csound documents.
    unsafe {
        if list.registered.is_empty() {
            (more.remove_keyboard_callback)(cs, on_question);
        } else {
            let data = std::ptr::from_ref(callbacks).cast_mut().cast();
            (more.register_keyboard_callback)(cs, on_question, data, 0);
        }
    }
}

impl<S: State> Csound<S> {
    /// Adds a callback that says which keys were pressed; the one that was added last is asked first. It stays over
    /// resets. `[control]`
    pub fn register_keyboard_callback(
        &mut self,
        answers: KeyboardEvents,
        asked: impl FnMut(KeyboardEvents) -> Key + Send + 'static,
    ) -> KeyboardId {
        let callbacks = self.instance.callbacks();
        let id = {
            let mut list = callbacks.keyboard.0.lock().unwrap_or_else(PoisonError::into_inner);
            list.last += 1;
            let id = KeyboardId(list.last);
            list.registered.push(Registered { id, answers, asked: Box::new(asked) });
            id
        };
        // SAFETY: live instance owned by this thread.
        unsafe { install(self.instance.more, self.instance.cs(), callbacks) };
        id
    }

    /// Takes a callback away; `false` where there is none of this number. `[control]`
    pub fn remove_keyboard_callback(&mut self, id: KeyboardId) -> bool {
        let callbacks = self.instance.callbacks();
        let removed = {
            let mut list = callbacks.keyboard.0.lock().unwrap_or_else(PoisonError::into_inner);
            let before = list.registered.len();
            list.registered.retain(|registered| registered.id != id);
            list.registered.len() < before
        };
        // SAFETY: live instance owned by this thread.
        unsafe { install(self.instance.more, self.instance.cs(), callbacks) };
        removed
    }

    /// Says which key was pressed last, for `sensekey` where no callback answers. `[any]`
    pub fn key_press(&mut self, key: u8) {
        // SAFETY: live instance owned by this thread.
        unsafe { (self.instance.more.key_press)(self.instance.cs(), key as _) };
    }
}

unsafe extern "C" fn on_question(data: *mut c_void, code: *mut c_void, kind: c_uint) -> c_int {
    let question = match kind {
        EVENT => KeyboardEvents::Events,
        TEXT => KeyboardEvents::Text,
        _ => return 1,
    };
    // SAFETY: registered with the callbacks, which outlive the instance; `code` is a place for a key's code.
    let (Some(callbacks), Some(code)) =
        (unsafe { (data.cast::<Callbacks>().as_ref(), code.cast::<c_int>().as_mut()) })
    else {
        return -1;
    };
    let mut list = callbacks.keyboard.0.lock().unwrap_or_else(PoisonError::into_inner);
    for at in (0..list.registered.len()).rev() {
        let Registered { answers, asked, .. } = &mut list.registered[at];
        if *answers != KeyboardEvents::All && *answers != question {
            continue;
        }
        let key = match catch_unwind(AssertUnwindSafe(|| asked(question))) {
            Ok(key) => key,
            Err(payload) => {
                list.registered.remove(at);
                callbacks.note_panic(payload.as_ref());
                Key::Ignored
            }
        };
        *code = match key {
            Key::None => 0,
            Key::Down(code) => code.into(),
            Key::Up(code) => RELEASED + c_int::from(code),
            Key::Ignored => continue,
        };
        return 0;
    }
    1
}

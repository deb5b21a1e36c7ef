//! What Csound prints: to a closure, into a buffer, or nowhere.

use std::collections::VecDeque;
use std::ffi::{CStr, c_char, c_int};
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::PoisonError;

use ksmps_data::encoding::text_of;

use super::callbacks::callbacks_of;
use super::instance::c_text;
use super::state::{Csound, State};
use crate::raw::CSOUND;

/// A part of what Csound printed; Csound ends a line where it writes its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// What kind of message it is, and its colours: the bits of Csound's `msg_attr.h` (0x1000 an error, 0x4000 a warning,
    /// 0x5000 for the standard output).
    pub attribute: i32,
    /// The text.
    pub text: String,
}

/// Where messages go: one place at a time.
#[derive(Default)]
pub(super) enum Target {
    #[default]
    Nowhere,
    Closure(Box<dyn FnMut(&Message) + Send>),
    Buffer {
        messages: VecDeque<Message>,
        is_printed: bool,
    },
}

const TYPE_MASK: i32 = 0x7000;
const TYPE_STDOUT: i32 = 0x5000;
/// The bits that a message may have; others would be none of Csound's.
const ATTRIBUTE_MASK: i32 = 0x7fff;

impl<S: State> Csound<S> {
    /// What is told of each message; it takes the place of a message buffer. Called by the thread that performs and by
    /// Csound's own. It stays over resets. `[control]`
    pub fn set_message_callback(&mut self, told: impl FnMut(&Message) + Send + 'static) {
        *self.target() = Target::Closure(Box::new(told));
    }

    /// Keeps messages from now on, and prints them too where that is asked for; it takes the place of a message callback.
    /// It stays over resets. `[control]`
    pub fn create_message_buffer(&mut self, is_printed: bool) {
        *self.target() = Target::Buffer { messages: VecDeque::new(), is_printed };
    }

    /// Forgets the messages; what is printed later goes nowhere. `[control]`
    pub fn destroy_message_buffer(&mut self) {
        let mut target = self.target();
        if matches!(*target, Target::Buffer { .. }) {
            *target = Target::Nowhere;
        }
    }

    /// How many messages the buffer has. `[any]`
    pub fn message_count(&self) -> usize {
        self.in_buffer(|messages| messages.len()).unwrap_or(0)
    }

    /// The oldest message of the buffer. `[control]`
    pub fn first_message(&self) -> Option<String> {
        self.in_buffer(|messages| messages.front().map(|message| message.text.clone())).flatten()
    }

    /// The attribute of the oldest message of the buffer. `[any]`
    pub fn first_message_attribute(&self) -> Option<i32> {
        self.in_buffer(|messages| messages.front().map(|message| message.attribute)).flatten()
    }

    /// Takes the oldest message out of the buffer. `[control]`
    pub fn pop_first_message(&mut self) -> Option<Message> {
        self.in_buffer(VecDeque::pop_front).flatten()
    }

    /// Prints a message, as Csound prints its own; a NUL byte ends it. `[control]`
    pub fn message(&mut self, text: &str) {
        let Ok(text) = c_text(text.split('\0').next().unwrap_or_default()) else { return };
        // SAFETY: live instance; the format takes one C string.
        unsafe { (self.instance.api.message)(self.instance.cs(), c"%s".as_ptr(), text.as_ptr()) };
    }

    /// As [`Csound::message`], with an attribute ([`Message::attribute`]). `[control]`
    pub fn message_with_attribute(&mut self, attribute: i32, text: &str) {
        let Ok(text) = c_text(text.split('\0').next().unwrap_or_default()) else { return };
        let (more, cs) = (self.instance.more, self.instance.cs());
        let attribute = attribute & ATTRIBUTE_MASK;
        // SAFETY: as in `message`.
        unsafe { (more.message_with_attribute)(cs, attribute, c"%s".as_ptr(), text.as_ptr()) };
    }

    /// How much Csound prints: the sum of the command line's `-m`. `[any]`
    pub fn message_level(&self) -> i32 {
        // SAFETY: live instance.
        unsafe { (self.instance.more.message_level)(self.instance.cs()) }
    }

    /// How much Csound prints from now on: 0 is errors alone, up to 231. `[control]`
    pub fn set_message_level(&mut self, level: i32) {
        // SAFETY: live instance owned by this thread.
        unsafe { (self.instance.api.set_message_level)(self.instance.cs(), level) };
    }

    fn target(&self) -> std::sync::MutexGuard<'_, Target> {
        self.instance.callbacks().messages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn in_buffer<T>(&self, look: impl FnOnce(&mut VecDeque<Message>) -> T) -> Option<T> {
        match &mut *self.target() {
            Target::Buffer { messages, .. } => Some(look(messages)),
            _ => None,
        }
    }
}

pub(super) extern "C" fn on_message(cs: *mut CSOUND, attribute: c_int, text: *const c_char) {
    // SAFETY: called by Csound with a C string.
    let (Some(callbacks), false) = (unsafe { callbacks_of(cs) }, text.is_null()) else { return };
    // SAFETY: as above.
    let bytes = unsafe { CStr::from_ptr(text) }.to_bytes();
    let mut target = callbacks.messages.lock().unwrap_or_else(PoisonError::into_inner);
    let message = || Message { attribute, text: text_of(bytes) };
    match &mut *target {
        Target::Nowhere => {}
        Target::Closure(told) => {
            let message = message();
            if let Err(payload) = catch_unwind(AssertUnwindSafe(|| told(&message))) {
                *target = Target::Nowhere;
                callbacks.note_panic(payload.as_ref());
            }
        }
        Target::Buffer { messages, is_printed } => {
            if *is_printed {
                print(attribute, bytes);
            }
            messages.push_back(message());
        }
    }
}

/// Prints to where messages of this kind belong; a terminal that is gone is no error of Csound's.
fn print(attribute: i32, bytes: &[u8]) {
    let _ = match attribute & TYPE_MASK {
        TYPE_STDOUT => std::io::stdout().write_all(bytes),
        _ => std::io::stderr().write_all(bytes),
    };
}

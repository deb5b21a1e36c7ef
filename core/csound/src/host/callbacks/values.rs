//! What `invalue` asks for and `outvalue` says.

use std::ffi::{CStr, c_char, c_void};

use ksmps_data::encoding::text_of;

use super::{Slot, callbacks_of};
use crate::host::state::{Csound, State};
use crate::instance::{TEXT_VARIABLE_BYTES, is_text};
use crate::library::Api;
use crate::raw::CSOUND;

/// What an `invalue` wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputKind {
    /// A number.
    Number,
    /// A text.
    Text,
}

/// What the host answers to `invalue`.
#[derive(Debug, Clone, PartialEq)]
pub enum InputValue {
    /// A number; where a text is wanted, none.
    Number(f64),
    /// A text, cut at 255 bytes; where a number is wanted, 0.
    Text(String),
}

/// What an `outvalue` says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum OutputValue<'a> {
    /// A number.
    Number(f64),
    /// A text.
    Text(&'a str),
}

type Input = dyn FnMut(&str, InputKind) -> InputValue + Send;
type Output = dyn FnMut(&str, OutputValue<'_>) + Send;

#[derive(Default)]
pub(in crate::host) struct ValueCallbacks {
    input: Slot<Input>,
    output: Slot<Output>,
}

pub(super) unsafe fn install(api: &Api, cs: *mut CSOUND, callbacks: &ValueCallbacks) {
    // SAFETY: a live instance; the functions have the signatures that Csound documents for them.
    unsafe {
        if callbacks.input.is_set() {
            (api.set_input_channel_callback)(cs, Some(on_input));
        }
        if callbacks.output.is_set() {
            (api.set_output_channel_callback)(cs, Some(on_output));
        }
    }
}

impl<S: State> Csound<S> {
    /// What answers `invalue`, given the channel's name. Called by the thread that performs. `[control]`
    pub fn set_input_channel_callback(
        &mut self,
        answer: impl FnMut(&str, InputKind) -> InputValue + Send + 'static,
    ) {
        let instance = &self.instance;
        instance.callbacks().values.input.set(Box::new(answer));
        // SAFETY: live instance owned by this thread.
        unsafe { install(instance.api, instance.cs(), &instance.callbacks().values) };
    }

    /// What hears `outvalue`, given the channel's name. Called by the thread that performs. `[control]`
    pub fn set_output_channel_callback(&mut self, hear: impl FnMut(&str, OutputValue<'_>) + Send + 'static) {
        let instance = &self.instance;
        instance.callbacks().values.output.set(Box::new(hear));
        // SAFETY: live instance owned by this thread.
        unsafe { install(instance.api, instance.cs(), &instance.callbacks().values) };
    }
}

extern "C" fn on_input(cs: *mut CSOUND, name: *const c_char, value: *mut c_void, kind: *const c_void) {
    // SAFETY: Csound gives a name, a type and a place of that type: a number's, or a text's bytes.
    unsafe {
        let Some(callbacks) = callbacks_of(cs) else { return };
        let name = text_of(CStr::from_ptr(name).to_bytes());
        let wanted = if is_text(kind) { InputKind::Text } else { InputKind::Number };
        let answer =
            callbacks.values.input.call(callbacks, InputValue::Number(0.0), |answer| answer(&name, wanted));
        match wanted {
            InputKind::Number => {
                let number = if let InputValue::Number(number) = answer { number } else { 0.0 };
                value.cast::<f64>().write(number);
            }
            InputKind::Text => {
                let text = if let InputValue::Text(text) = answer { text } else { String::new() };
                let bytes = text.split('\0').next().unwrap_or_default().as_bytes();
                let count = bytes.len().min(TEXT_VARIABLE_BYTES - 1);
                bytes.as_ptr().copy_to_nonoverlapping(value.cast(), count);
                value.cast::<u8>().add(count).write(0);
            }
        }
    }
}

extern "C" fn on_output(cs: *mut CSOUND, name: *const c_char, value: *mut c_void, kind: *const c_void) {
    // SAFETY: as in `on_input`.
    unsafe {
        let Some(callbacks) = callbacks_of(cs) else { return };
        let name = text_of(CStr::from_ptr(name).to_bytes());
        let slot = &callbacks.values.output;
        if is_text(kind) {
            let text = text_of(CStr::from_ptr(value.cast::<c_char>()).to_bytes());
            slot.call(callbacks, (), |hear| hear(&name, OutputValue::Text(&text)));
        } else {
            let number = value.cast::<f64>().read();
            slot.call(callbacks, (), |hear| hear(&name, OutputValue::Number(number)));
        }
    }
}

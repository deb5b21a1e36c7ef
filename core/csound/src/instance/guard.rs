//! The calls into Csound that may leave by `longjmp`, each made in a C frame that catches the jump (`guard.c`).

use std::cell::Cell;
use std::ffi::{CStr, c_char, c_int, c_void};

use ksmps_data::verbs::Failure;

use super::Raw;
use crate::deep_stack::on_deep_stack;
use crate::float_env::FlushDenormals;
use crate::process::build_turn;
use crate::raw::{CSOUND, EvalFn, MessageFn, PlainFn, TextFn};

/// What the C frame needs to come back from a jump (`struct ksmps_frame` in guard.c).
#[repr(C)]
#[derive(Clone, Copy)]
struct Frame {
    exitjmp: *mut c_void,
    lock: *mut c_void,
}

unsafe extern "C" {
    fn ksmps_call(call: PlainFn, cs: *mut CSOUND, frame: *const Frame) -> c_int;
    fn ksmps_call_with_text(call: TextFn, cs: *mut CSOUND, frame: *const Frame, text: *const c_char)
    -> c_int;
    fn ksmps_eval_code(
        call: EvalFn,
        cs: *mut CSOUND,
        frame: *const Frame,
        code: *const c_char,
        value: *mut f64,
    ) -> c_int;
    fn ksmps_input_message(
        call: MessageFn,
        cs: *mut CSOUND,
        frame: *const Frame,
        message: *const c_char,
    ) -> c_int;
    fn ksmps_perform_cycle(
        perform_ksmps: PlainFn,
        perform_buffer: PlainFn,
        cs: *mut CSOUND,
        frame: *const Frame,
    ) -> c_int;
}

/// What guard.c returns when a call left by `longjmp`.
const JUMPED: c_int = -1000;

impl Raw {
    fn frame(&self) -> Frame {
        match self.layout {
            Some(layout) => {
                Frame { exitjmp: layout.exitjmp(self.cs.as_ptr()), lock: layout.api_lock(self.cs.as_ptr()) }
            }
            None => Frame { exitjmp: std::ptr::null_mut(), lock: std::ptr::null_mut() },
        }
    }

    /// Calls a function of the table that takes a text, in this thread's turn. `[control]`
    pub fn call_with_text(&mut self, call: TextFn, text: &CStr) -> Result<(), Failure> {
        // SAFETY: one of Csound's functions of this type; live instance, this thread owns it, the text outlives the call.
        outcome(unsafe { ksmps_call_with_text(call, self.cs.as_ptr(), &self.frame(), text.as_ptr()) })
    }

    /// As `call_with_text`, for texts that Csound reads by calling itself. `[control]`
    pub fn read_text(&mut self, call: TextFn, text: &CStr) -> Result<(), Failure> {
        let (cs, frame) = (self.cs.as_ptr(), self.frame());
        // SAFETY: as in `call_with_text`; this thread waits for the one that makes the call.
        outcome(on_deep_stack(text, || unsafe { ksmps_call_with_text(call, cs, &frame, text.as_ptr()) }))
    }

    /// Starts the instance, in this thread's turn. `[control]`
    pub fn call_start(&mut self) -> Result<(), Failure> {
        // SAFETY: live instance, this thread owns it.
        outcome(unsafe { ksmps_call(self.api.start, self.cs.as_ptr(), &self.frame()) })
    }

    /// Evaluates code at instrument 0 and gives what it returns. `[control]`
    pub fn eval(&mut self, code: &str) -> Result<f64, Failure> {
        let text = self.c_text(code)?;
        let _turn = build_turn()?;
        let (call, cs, frame, value) = (self.api.eval_code, self.cs.as_ptr(), self.frame(), Cell::new(0.0));
        // SAFETY: live instance, this thread owns it and waits for the one that makes the call; the text and `value`
        // outlive the call.
        outcome(on_deep_stack(&text, || unsafe {
            ksmps_eval_code(call, cs, &frame, text.as_ptr(), value.as_ptr())
        }))?;
        Ok(value.get())
    }

    /// Sends a line of score. `[control]`
    pub fn input_message(&mut self, message: &str) -> Result<(), Failure> {
        let text = self.c_text(message)?;
        let (cs, frame) = (self.cs.as_ptr(), self.frame());
        // SAFETY: live instance, this thread owns it, the text outlives the call.
        outcome(unsafe { ksmps_input_message(self.api.input_message, cs, &frame, text.as_ptr()) })
    }

    /// Runs one cycle. `[audio]`
    pub fn perform(&mut self) -> Result<c_int, Failure> {
        let _floats = FlushDenormals::new();
        let (api, cs, frame) = (self.api, self.cs.as_ptr(), self.frame());
        // SAFETY: live, started instance owned by this thread; the buffer is one cycle long (`Preparing::start`).
        match unsafe { ksmps_perform_cycle(api.perform_ksmps, api.perform_buffer, cs, &frame) } {
            JUMPED => Err(Failure::Jumped),
            code => Ok(code),
        }
    }
}

fn outcome(code: c_int) -> Result<(), Failure> {
    match code {
        0 => Ok(()),
        JUMPED => Err(Failure::Jumped),
        code => Err(Failure::Code(code)),
    }
}

//! The calls into Csound that may leave by `longjmp`, each made in a C frame that catches the jump (`guard.c`).

use std::cell::Cell;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr::NonNull;

use ksmps_data::verbs::Failure;

use super::Raw;
use crate::deep_stack::{on_any_deep_stack, on_deep_stack};
use crate::float_env::FlushDenormals;
use crate::layout::Layout;
use crate::process::build_turn;
use crate::raw::{
    ArgumentsFn, CSOUND, EvalFn, Functions, MessageFn, NothingFn, ParseFn, PlainFn, TextFn, TreeFn, UtilityFn,
};

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
    fn ksmps_call_for_nothing(call: NothingFn, cs: *mut CSOUND, frame: *const Frame) -> c_int;
    fn ksmps_call_with_arguments(
        call: ArgumentsFn,
        cs: *mut CSOUND,
        frame: *const Frame,
        count: c_int,
        arguments: *mut *const c_char,
    ) -> c_int;
    fn ksmps_run_utility(
        call: UtilityFn,
        cs: *mut CSOUND,
        frame: *const Frame,
        name: *const c_char,
        count: c_int,
        arguments: *mut *mut c_char,
    ) -> c_int;
    fn ksmps_parse(
        call: ParseFn,
        cs: *mut CSOUND,
        frame: *const Frame,
        text: *const c_char,
        tree: *mut *mut c_void,
    ) -> c_int;
    fn ksmps_call_with_tree(call: TreeFn, cs: *mut CSOUND, frame: *const Frame, tree: *mut c_void) -> c_int;
    fn ksmps_perform(perform: PlainFn, cs: *mut CSOUND, frame: *const Frame) -> c_int;
    fn ksmps_perform_cycle(
        perform_ksmps: PlainFn,
        perform_buffer: PlainFn,
        cs: *mut CSOUND,
        frame: *const Frame,
    ) -> c_int;
}

/// What guard.c returns when a call left by `longjmp`.
const JUMPED: c_int = -1000;

/// An instance whose calls are made in the frame. It is valid as long as the instance is.
#[derive(Clone, Copy)]
pub(crate) struct Guard {
    cs: *mut CSOUND,
    frame: Frame,
}

/// The calls of a guard. Each asks that the instance is live and owned by this thread, and that the function is one of
/// Csound's of that type; pointers and texts outlive the call.
impl Guard {
    /// The frame for an instance; without a layout there is none, and a jump ends the process. `[any]`
    pub fn new(layout: Option<Layout>, cs: NonNull<CSOUND>) -> Self {
        let cs = cs.as_ptr();
        let frame = match layout {
            Some(layout) => Frame { exitjmp: layout.exitjmp(cs), lock: layout.api_lock(cs) },
            None => Frame { exitjmp: std::ptr::null_mut(), lock: std::ptr::null_mut() },
        };
        Self { cs, frame }
    }

    /// A function that takes the instance alone. `[control]`
    ///
    /// # Safety
    /// See [`Guard`].
    pub unsafe fn call(&self, call: PlainFn) -> Result<(), Failure> {
        // SAFETY: the caller says so.
        outcome(unsafe { ksmps_call(call, self.cs, &self.frame) })
    }

    /// A function that performs more than a cycle, of a started instance: 0, or more at the score's end. `[audio]`
    ///
    /// # Safety
    /// See [`Guard`].
    pub unsafe fn perform_with(&self, perform: PlainFn) -> Result<c_int, Failure> {
        let _floats = FlushDenormals::new();
        // SAFETY: the caller says so.
        answer(unsafe { ksmps_perform(perform, self.cs, &self.frame) })
    }

    /// As `call`, for a function that answers nothing. `[control]`
    ///
    /// # Safety
    /// See [`Guard`].
    pub unsafe fn call_for_nothing(&self, call: NothingFn) -> Result<(), Failure> {
        // SAFETY: the caller says so.
        outcome(unsafe { ksmps_call_for_nothing(call, self.cs, &self.frame) })
    }

    /// A function that takes a text. `[control]`
    ///
    /// # Safety
    /// See [`Guard`].
    pub unsafe fn call_with_text(&self, call: TextFn, text: &CStr) -> Result<(), Failure> {
        // SAFETY: the caller says so.
        outcome(unsafe { ksmps_call_with_text(call, self.cs, &self.frame, text.as_ptr()) })
    }

    /// As `call_with_text`, for texts that Csound reads by calling itself. `[control]`
    ///
    /// # Safety
    /// See [`Guard`].
    pub unsafe fn read_text(&self, call: TextFn, text: &CStr) -> Result<(), Failure> {
        // SAFETY: the caller says so; this thread waits for the one that makes the call.
        outcome(on_deep_stack(text, || unsafe {
            ksmps_call_with_text(call, self.cs, &self.frame, text.as_ptr())
        }))
    }

    /// A function that takes a text and answers nothing. `[control]`
    ///
    /// # Safety
    /// See [`Guard`].
    pub unsafe fn message(&self, call: MessageFn, text: &CStr) -> Result<(), Failure> {
        // SAFETY: the caller says so.
        outcome(unsafe { ksmps_input_message(call, self.cs, &self.frame, text.as_ptr()) })
    }

    /// Evaluates code and gives what it returns. `[control]`
    ///
    /// # Safety
    /// See [`Guard`].
    pub unsafe fn eval(&self, call: EvalFn, code: &CStr) -> Result<f64, Failure> {
        let value = Cell::new(0.0);
        // SAFETY: the caller says so; this thread waits for the one that makes the call, and `value` outlives it.
        outcome(on_deep_stack(code, || unsafe {
            ksmps_eval_code(call, self.cs, &self.frame, code.as_ptr(), value.as_ptr())
        }))?;
        Ok(value.get())
    }

    /// A function that takes the arguments of a command line and reads files: on a deep stack. `[control]`
    ///
    /// # Safety
    /// See [`Guard`].
    pub unsafe fn call_with_arguments(
        &self,
        call: ArgumentsFn,
        arguments: &[*const c_char],
    ) -> Result<c_int, Failure> {
        // SAFETY: the caller says so; this thread waits for the one that makes the call.
        answer(on_any_deep_stack(|| unsafe {
            let (count, arguments) = (arguments.len() as c_int, arguments.as_ptr().cast_mut());
            ksmps_call_with_arguments(call, self.cs, &self.frame, count, arguments)
        }))
    }

    /// As `read_text`, for the name of a file that is read. `[control]`
    ///
    /// # Safety
    /// See [`Guard`].
    pub unsafe fn read_file(&self, call: TextFn, name: &CStr) -> Result<(), Failure> {
        // SAFETY: as in `call_with_arguments`.
        outcome(on_any_deep_stack(|| unsafe {
            ksmps_call_with_text(call, self.cs, &self.frame, name.as_ptr())
        }))
    }

    /// Runs a utility with its arguments, its name among them. `[control]`
    ///
    /// # Safety
    /// See [`Guard`].
    pub unsafe fn run_utility(
        &self,
        call: UtilityFn,
        name: &CStr,
        arguments: &mut [*mut c_char],
    ) -> Result<(), Failure> {
        // SAFETY: the caller says so.
        outcome(unsafe {
            let (count, arguments) = (arguments.len() as c_int, arguments.as_mut_ptr());
            ksmps_run_utility(call, self.cs, &self.frame, name.as_ptr(), count, arguments)
        })
    }

    /// Makes a tree of a text; null where the text is faulty. `[control]`
    ///
    /// # Safety
    /// See [`Guard`].
    pub unsafe fn parse(&self, call: ParseFn, text: &CStr) -> Result<*mut c_void, Failure> {
        let tree = Cell::new(std::ptr::null_mut());
        // SAFETY: as in `eval`.
        outcome(on_deep_stack(text, || unsafe {
            ksmps_parse(call, self.cs, &self.frame, text.as_ptr(), tree.as_ptr())
        }))?;
        Ok(tree.get())
    }

    /// A function that takes a tree. `[control]`
    ///
    /// # Safety
    /// See [`Guard`]; the tree is this instance's.
    pub unsafe fn call_with_tree(&self, call: TreeFn, tree: *mut c_void) -> Result<(), Failure> {
        // SAFETY: the caller says so; this thread waits for the one that makes the call.
        outcome(on_any_deep_stack(|| unsafe { ksmps_call_with_tree(call, self.cs, &self.frame, tree) }))
    }

    /// One cycle, of a started instance. `[audio]`
    ///
    /// # Safety
    /// See [`Guard`]; where the layout is unknown, its buffer is one cycle long.
    pub unsafe fn perform(&self, api: &Functions) -> Result<c_int, Failure> {
        let _floats = FlushDenormals::new();
        // SAFETY: the caller says so.
        answer(unsafe { ksmps_perform_cycle(api.perform_ksmps, api.perform_buffer, self.cs, &self.frame) })
    }
}

impl Raw {
    fn guard(&self) -> Guard {
        Guard::new(self.layout, self.cs)
    }

    /// Calls a function of the table that takes a text, in this thread's turn. `[control]`
    pub fn call_with_text(&mut self, call: TextFn, text: &CStr) -> Result<(), Failure> {
        // SAFETY: one of Csound's functions of this type; live instance, this thread owns it.
        unsafe { self.guard().call_with_text(call, text) }
    }

    /// As `call_with_text`, for texts that Csound reads by calling itself. `[control]`
    pub fn read_text(&mut self, call: TextFn, text: &CStr) -> Result<(), Failure> {
        // SAFETY: as in `call_with_text`.
        unsafe { self.guard().read_text(call, text) }
    }

    /// Starts the instance, in this thread's turn. `[control]`
    pub fn call_start(&mut self) -> Result<(), Failure> {
        // SAFETY: live instance, this thread owns it.
        unsafe { self.guard().call(self.api.start) }
    }

    /// Evaluates code at instrument 0 and gives what it returns. `[control]`
    pub fn eval(&mut self, code: &str) -> Result<f64, Failure> {
        let text = self.c_text(code)?;
        let _turn = build_turn()?;
        // SAFETY: live instance, this thread owns it.
        unsafe { self.guard().eval(self.api.eval_code, &text) }
    }

    /// Sends a line of score. `[control]`
    pub fn input_message(&mut self, message: &str) -> Result<(), Failure> {
        let text = self.c_text(message)?;
        // SAFETY: live instance, this thread owns it.
        unsafe { self.guard().message(self.api.input_message, &text) }
    }

    /// Runs one cycle. `[audio]`
    pub fn perform(&mut self) -> Result<c_int, Failure> {
        // SAFETY: live, started instance owned by this thread; the buffer is one cycle long (`Preparing::start`).
        unsafe { self.guard().perform(self.api) }
    }
}

/// What a function answered, or that it jumped.
fn answer(code: c_int) -> Result<c_int, Failure> {
    if code == JUMPED { Err(Failure::Jumped) } else { Ok(code) }
}

fn outcome(code: c_int) -> Result<(), Failure> {
    match answer(code)? {
        0 => Ok(()),
        code => Err(Failure::Code(code)),
    }
}

//! An instance before it plays: options, orchestra, score, start.

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::ptr::NonNull;

use ksmps_data::verbs::Failure;

use super::buses::{BusSizes, Buses};
use super::float_env::FlushDenormals;
use super::late::Late;
use super::layout::Layout;
use super::library::Api;
use super::messages::{self, MessageQueue};
use super::opcode_patches;
use super::opcodes;
use super::places::{InstanceNumber, Places};
use super::process::{self, build_turn};
use super::raw::{CSOUND, EvalFn, MessageFn, PlainFn, TextFn};
use super::running::{MIDI_OUT_PER_CYCLE_MAX, MidiOut, Running};
use super::starts::CycleStarts;
use super::text_channels::TextPlace;
use super::texts::TextRoom;
use super::values;

/// What Csound's callbacks of one instance work on. Reached through raw pointers alone, by the one thread that
/// owns the instance at that time.
pub(super) struct HostData {
    pub messages: MessageQueue,
    pub starts: CycleStarts,
    pub midi_out: Vec<MidiOut>,
    pub late: Late,
    pub control_channels: Places<f64>,
    pub text_channels: Places<TextPlace>,
    pub patches: opcode_patches::Originals,
    /// Opcodes leave their buses inside csoundDestroy too.
    pub buses: Buses,
    pub natives: opcodes::Natives,
    pub texts: TextRoom,
    /// What `outvalue "__sync__"` said in the last cycle.
    pub synced: Vec<f64>,
}

/// What the C frame needs to come back from a jump (`struct ksmps_frame` in guard.c).
#[repr(C)]
#[derive(Clone, Copy)]
pub(super) struct Frame {
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

/// The instance itself: its pointer, its callbacks' data, its end.
pub(super) struct Raw {
    pub api: &'static Api,
    pub cs: NonNull<CSOUND>,
    pub host: NonNull<HostData>,
    pub layout: Option<Layout>,
}

// SAFETY: a Raw is owned by one thread at a time and all use goes through `&mut self` of its owner; Csound keeps
// no thread-local state for an instance (built on one thread and performed on another in every measurement), and
// its lock is never held between calls.
unsafe impl Send for Raw {}

impl Raw {
    pub fn host(&mut self) -> &mut HostData {
        // SAFETY: the data lives as long as the Raw; callbacks use it only during calls that take `&mut self`,
        // and no reference from here lives across such a call.
        unsafe { self.host.as_mut() }
    }

    pub fn host_ref(&self) -> &HostData {
        // SAFETY: as in `host`.
        unsafe { self.host.as_ref() }
    }

    fn frame(&self) -> Frame {
        match self.layout {
            Some(layout) => {
                Frame { exitjmp: layout.exitjmp(self.cs.as_ptr()), lock: layout.api_lock(self.cs.as_ptr()) }
            }
            None => Frame { exitjmp: std::ptr::null_mut(), lock: std::ptr::null_mut() },
        }
    }

    /// Makes a call in the C frame, in this thread's turn. [control]
    fn call_with_text(&self, call: TextFn, text: &CStr) -> Result<(), Failure> {
        // SAFETY: a function of Csound's that takes a text; live instance, this thread owns it, the text outlives the
        // call.
        outcome(unsafe { ksmps_call_with_text(call, self.cs.as_ptr(), &self.frame(), text.as_ptr()) })
    }

    /// Compiles more orchestra. [control]
    pub fn compile(&mut self, orchestra: &str) -> Result<(), Failure> {
        let text = CString::new(orchestra).map_err(|_| Failure::Nul)?;
        let _turn = build_turn()?;
        if let Some(layout) = self.layout {
            // SAFETY: live instance, this thread owns it, and nothing is compiled now.
            unsafe { opcodes::make_room(self.cs.as_ptr(), layout, orchestra) };
        }
        self.call_with_text(self.api.compile_orc, &text)
    }

    /// Evaluates code at instrument 0 and gives what it returns. [control]
    pub fn eval(&mut self, code: &str) -> Result<f64, Failure> {
        let text = CString::new(code).map_err(|_| Failure::Nul)?;
        let _turn = build_turn()?;
        let mut value = 0.0;
        // SAFETY: live instance, this thread owns it; the text and `value` outlive the call.
        outcome(unsafe {
            ksmps_eval_code(self.api.eval_code, self.cs.as_ptr(), &self.frame(), text.as_ptr(), &mut value)
        })?;
        Ok(value)
    }

    /// Sends a line of score. [control]
    pub fn input_message(&mut self, message: &str) -> Result<(), Failure> {
        let text = CString::new(message).map_err(|_| Failure::Nul)?;
        // SAFETY: live instance, this thread owns it, the text outlives the call.
        outcome(unsafe {
            ksmps_input_message(self.api.input_message, self.cs.as_ptr(), &self.frame(), text.as_ptr())
        })
    }

    /// Runs one cycle. [audio]
    pub fn perform(&mut self) -> Result<c_int, Failure> {
        let _floats = FlushDenormals::new();
        // SAFETY: live, started instance owned by this thread; the buffer is one cycle long (`Preparing::start`).
        let code = unsafe {
            ksmps_perform_cycle(
                self.api.perform_ksmps,
                self.api.perform_buffer,
                self.cs.as_ptr(),
                &self.frame(),
            )
        };
        match code {
            JUMPED => Err(Failure::Jumped),
            code => Ok(code),
        }
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        // Without a turn there never was an instance, so there is always one here.
        let _turn = build_turn();
        self.host().natives.closing = true;
        // SAFETY: nobody else has the pointers; opcodes' deinit callbacks run inside csoundDestroy and may use the
        // host data, so it goes last.
        unsafe {
            (self.api.destroy)(self.cs.as_ptr());
            drop(Box::from_raw(self.host.as_ptr()));
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

/// An instance that is being prepared: it can compile but not play.
pub struct Preparing {
    raw: Raw,
}

impl Preparing {
    /// A fresh instance, silent and without devices. Takes some 100 ms the first time in a process, 1 ms later.
    /// [control]
    ///
    /// # Errors
    /// [`Failure::Library`] where there is no Csound that can be used.
    pub fn create() -> Result<Self, Failure> {
        Self::create_where(|api, cs| {
            // SAFETY: `create_where` hands over a live instance of its own.
            unsafe { Layout::detect(api, cs) }
        })
    }

    /// An instance as it would be on a build of Csound whose layout is not known: it plays, without exact starts and
    /// without our opcodes, and what reaches into its memory is refused. For trying out what is refused then. [control]
    pub fn create_as_on_an_unknown_build() -> Result<Self, Failure> {
        Self::create_where(|_, _| None)
    }

    fn create_where(
        detect: impl FnOnce(&'static Api, *mut CSOUND) -> Option<Layout>,
    ) -> Result<Self, Failure> {
        let number = InstanceNumber::next();
        let host = Box::new(HostData {
            messages: MessageQueue::new(),
            starts: CycleStarts::new(),
            midi_out: Vec::with_capacity(MIDI_OUT_PER_CYCLE_MAX),
            late: Late::new(number),
            control_channels: Places::new(number),
            text_channels: Places::new(number),
            patches: opcode_patches::Originals::default(),
            buses: Buses::new(),
            natives: opcodes::Natives::default(),
            texts: TextRoom::default(),
            synced: Vec::with_capacity(values::SYNCED_PER_CYCLE_MAX),
        });
        let turn = build_turn()?;
        let api = turn.api;
        let host = NonNull::from(Box::leak(host));
        // SAFETY: the process is prepared and it is our turn.
        let cs = unsafe { (api.create)(host.as_ptr().cast()) };
        let Some(cs) = NonNull::new(cs) else {
            // SAFETY: leaked three lines above, and nobody else has it.
            drop(unsafe { Box::from_raw(host.as_ptr()) });
            return Err(Failure::Unavailable);
        };
        // SAFETY: a live instance of ours; the callbacks have the signatures Csound documents for them.
        unsafe {
            (api.set_message_string_callback)(cs.as_ptr(), on_message);
            (api.set_host_implemented_audio)(cs.as_ptr(), 1, 0);
            (api.set_host_implemented_midi)(cs.as_ptr(), 1);
            (api.set_midi_in_open)(cs.as_ptr(), Some(on_midi_open));
            (api.set_midi_read)(cs.as_ptr(), Some(on_midi_read));
            (api.set_midi_in_close)(cs.as_ptr(), Some(on_midi_close));
            (api.set_midi_out_open)(cs.as_ptr(), Some(on_midi_open));
            (api.set_midi_write)(cs.as_ptr(), Some(on_midi_write));
            (api.set_midi_out_close)(cs.as_ptr(), Some(on_midi_close));
            (api.set_input_channel_callback)(cs.as_ptr(), Some(values::on_input));
            (api.set_output_channel_callback)(cs.as_ptr(), Some(values::on_output));
            (api.register_sense_event_callback)(cs.as_ptr(), Some(on_sense_event), host.as_ptr().cast());
        }
        let layout = detect(api, cs.as_ptr());
        let mut raw = Raw { api, cs, host, layout };
        if let Some(layout) = layout {
            // SAFETY: nothing is compiled yet, so nobody has copied an opcode entry.
            raw.host().patches = unsafe { opcode_patches::install(cs.as_ptr(), layout) };
            // SAFETY: as above.
            raw.host().natives = unsafe { opcodes::install(cs.as_ptr(), layout) };
        }
        // A Raw that is dropped takes the turn itself.
        drop(turn);
        let mut preparing = Self { raw };
        for option in ["-n", "-d", "-M0", "-Q0", "--daemon"] {
            preparing.option(option)?;
        }
        Ok(preparing)
    }

    /// What this instance prints, now and later. [any]
    pub fn messages(&mut self) -> MessageQueue {
        self.raw.host().messages.clone()
    }

    /// Leaves `outch` with the defect it has in events that start inside a cycle. [control]
    pub fn leave_outch_as_it_is(&mut self) {
        self.raw.host().patches.outch_as_it_is = true;
    }

    /// How many buses the instance will have, and where their tokens begin. [control]
    pub fn set_bus_sizes(&mut self, sizes: BusSizes) {
        self.raw.host().buses.set_sizes(sizes);
    }

    /// Sets an option as the command line knows it. [control]
    ///
    /// # Errors
    /// [`Failure::Jumped`] for an option Csound does not know. Where the layout is unknown there is no guard, so
    /// only options known to be well-formed may come here (`document::options`).
    pub fn option(&mut self, option: &str) -> Result<(), Failure> {
        let _turn = build_turn()?;
        self.set_option(option)
    }

    fn set_option(&mut self, option: &str) -> Result<(), Failure> {
        let text = CString::new(option).map_err(|_| Failure::Nul)?;
        self.raw.call_with_text(self.raw.api.set_option, &text)
    }

    /// Compiles an orchestra. [control]
    pub fn compile(&mut self, orchestra: &str) -> Result<(), Failure> {
        self.raw.compile(orchestra)
    }

    /// Reads a score; it must come before the start, else Csound takes its lines for live events. [control]
    pub fn read_score(&mut self, score: &str) -> Result<(), Failure> {
        let text = CString::new(score).map_err(|_| Failure::Nul)?;
        let _turn = build_turn()?;
        self.raw.call_with_text(self.raw.api.read_score, &text)
    }

    /// Runs instrument 0's init and makes the instance ready to perform, one cycle per call. [control]
    pub fn start(mut self) -> Result<Running, Failure> {
        let _turn = build_turn()?;
        // SAFETY: live instance owned by this thread.
        let ksmps = unsafe { (self.raw.api.ksmps)(self.raw.cs.as_ptr()) };
        // A buffer of one cycle makes csoundPerformBuffer run exactly one cycle per call.
        self.set_option(&format!("-b{ksmps}"))?;
        self.set_option(&format!("-B{ksmps}"))?;
        // Instrument 0 may use buses already.
        self.raw.host().buses.open(ksmps as usize);
        // SAFETY: live instance owned by this thread, whose turn it is.
        outcome(unsafe { ksmps_call(self.raw.api.start, self.raw.cs.as_ptr(), &self.raw.frame()) })?;
        Ok(Running::new(self.raw))
    }
}

extern "C" fn on_message(cs: *mut CSOUND, attribute: c_int, text: *const c_char) {
    // SAFETY: the host data was given at create and outlives the instance; messages come on the owner's thread.
    unsafe {
        if let Some(host) = host_of(cs) {
            (*host).messages.push(attribute, messages::bytes(text));
        }
    }
}

extern "C" fn on_sense_event(cs: *mut CSOUND, host: *mut c_void) {
    // SAFETY: `host` is the HostData registered with this callback; Csound calls it on the performing thread.
    unsafe { (*host.cast::<HostData>()).starts.before_insertions(cs) };
}

extern "C" fn on_midi_read(
    cs: *mut CSOUND,
    _: *mut c_void,
    buffer: *mut std::ffi::c_uchar,
    bytes: c_int,
) -> c_int {
    // SAFETY: Csound gives a buffer of `bytes` bytes and calls on the performing thread.
    unsafe {
        let Some(host) = host_of(cs) else { return 0 };
        let buffer = std::slice::from_raw_parts_mut(buffer, usize::try_from(bytes).unwrap_or(0));
        let written = (*host).starts.next_midi(cs, buffer);
        if written == 0 {
            let HostData { late, control_channels, .. } = &mut *host;
            late.carry_out(cs, control_channels);
        }
        written as c_int
    }
}

extern "C" fn on_midi_write(
    cs: *mut CSOUND,
    _: *mut c_void,
    bytes: *const std::ffi::c_uchar,
    len: c_int,
) -> c_int {
    // SAFETY: Csound gives `len` readable bytes and calls on the performing thread.
    unsafe {
        let Some(host) = host_of(cs) else { return 0 };
        let bytes = std::slice::from_raw_parts(bytes, usize::try_from(len).unwrap_or(0));
        let midi_out = &mut (*host).midi_out;
        if let (1..=3, true) = (bytes.len(), midi_out.len() < MIDI_OUT_PER_CYCLE_MAX) {
            let mut message = MidiOut { bytes: [0; 3], len: bytes.len() as u8 };
            message.bytes[..bytes.len()].copy_from_slice(bytes);
            midi_out.push(message);
        }
        len
    }
}

extern "C" fn on_midi_open(_: *mut CSOUND, _: *mut *mut c_void, _: *const c_char) -> c_int {
    0
}

extern "C" fn on_midi_close(_: *mut CSOUND, _: *mut c_void) -> c_int {
    0
}

/// The data of an instance, `None` while Csound has none.
///
/// # Safety
/// `cs` is live; where it has host data, it is a [`HostData`].
pub(super) unsafe fn host_of(cs: *mut CSOUND) -> Option<*mut HostData> {
    let api = process::api()?;
    // SAFETY: the caller says so.
    let host = unsafe { (api.host_data)(cs) }.cast::<HostData>();
    (!host.is_null()).then_some(host)
}

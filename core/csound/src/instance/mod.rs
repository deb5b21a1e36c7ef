//! One instance of Csound: its pointer, what its callbacks work on, the calls that may leave by `longjmp`, its end.
//! Before it plays its owner is a [`Preparing`](crate::Preparing), then a [`Running`](crate::Running).

mod callbacks;
mod guard;
mod memory;
mod values;

use std::ffi::{CString, c_char};
use std::mem::offset_of;
use std::ptr::NonNull;

use ksmps_data::encoding::Encoding;
use ksmps_data::verbs::Failure;

use crate::after_init::AfterInit;
use crate::layout::Layout;
use crate::library::Api;
use crate::memory::MemoryCount;
use crate::messages::MessageQueue;
use crate::observe;
use crate::opcodes::{self, OpcodeData};
use crate::places::{InstanceNumber, Places};
use crate::process::{self, Alive, build_turn};
use crate::raw::CSOUND;
use crate::raw::structures::Text;
use callbacks::MIDI_OUT_PER_CYCLE_MAX;
pub use callbacks::MidiOut;
pub(crate) use guard::Guard;
pub(crate) use values::{TEXT_VARIABLE_BYTES, is_text};

/// What Csound's callbacks of one instance work on. Reached through raw pointers alone, by the one thread that
/// owns the instance at that time.
#[repr(C)]
pub(crate) struct HostData {
    /// First of all: opcodes find it here without knowing of the rest ([`OpcodeData`]).
    pub opcodes: OpcodeData,
    pub messages: MessageQueue,
    pub midi_out: Vec<MidiOut>,
    pub after_init: AfterInit,
    /// What Csound has taken of memory.
    pub memory: MemoryCount,
    pub control_channels: Places<f64>,
    pub text_channels: Places<Text>,
    /// Memory for texts that are still to come, each with the number it will have.
    pub text_room: Vec<(u32, *mut c_char)>,
    /// What `outvalue` said.
    pub outvalues: values::Outvalues,
    /// What `outvalue "__sync__"` said in the last cycle.
    pub synced: Vec<f64>,
}

const _: () = assert!(offset_of!(HostData, opcodes) == 0, "opcodes take the host data for their own");

impl HostData {
    /// Everything empty, with room for a cycle's worth. `[control]`
    fn new() -> Self {
        let number = InstanceNumber::next();
        Self {
            opcodes: OpcodeData::new(),
            messages: MessageQueue::new(),
            midi_out: Vec::with_capacity(MIDI_OUT_PER_CYCLE_MAX),
            after_init: AfterInit::new(number),
            memory: MemoryCount::default(),
            control_channels: Places::new(number),
            text_channels: Places::new(number),
            text_room: Vec::new(),
            outvalues: values::Outvalues::new(),
            synced: Vec::with_capacity(values::SYNCED_PER_CYCLE_MAX),
        }
    }
}

/// The instance itself: its pointer, its callbacks' data, its end.
pub(crate) struct Raw {
    pub api: &'static Api,
    pub cs: NonNull<CSOUND>,
    pub host: NonNull<HostData>,
    pub layout: Option<Layout>,
    /// How texts are written for it.
    pub encoding: Encoding,
    _alive: Alive,
}

// SAFETY: a Raw is owned by one thread at a time and all use goes through `&mut self` of its owner; Csound keeps
// no thread-local state for an instance (built on one thread and performed on another in every measurement), and
// its lock is never held between calls.
unsafe impl Send for Raw {}

impl Raw {
    /// A fresh instance with its callbacks and our opcodes; `detect` says what is known of its layout. `[control]`
    ///
    /// # Errors
    /// [`Failure::Library`] where there is no Csound that can be used.
    pub fn create(detect: impl FnOnce(&'static Api, *mut CSOUND) -> Option<Layout>) -> Result<Self, Failure> {
        let host = Box::new(HostData::new());
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
        // SAFETY: a live instance of ours, created with this data.
        unsafe { callbacks::install(api, cs, host) };
        let layout = detect(api, cs.as_ptr());
        let mut raw = Raw { api, cs, host, layout, encoding: Encoding::default(), _alive: Alive::count() };
        if let Some(layout) = layout {
            observe::begin(cs.as_ptr());
            // SAFETY: nothing is compiled yet, so nobody has copied an opcode entry.
            raw.host().opcodes.patches = unsafe { opcodes::patches::install(cs.as_ptr(), layout) };
            // SAFETY: as above.
            raw.host().opcodes.natives = unsafe { opcodes::install(cs.as_ptr(), layout) };
            // SAFETY: as above.
            unsafe { memory::count(cs.as_ptr(), layout) };
        }
        // A Raw that is dropped takes the turn itself.
        drop(turn);
        Ok(raw)
    }

    pub fn host(&mut self) -> &mut HostData {
        // SAFETY: the data lives as long as the Raw; callbacks use it only during calls that take `&mut self`,
        // and no reference from here lives across such a call.
        unsafe { self.host.as_mut() }
    }

    pub fn host_ref(&self) -> &HostData {
        // SAFETY: as in `host`.
        unsafe { self.host.as_ref() }
    }

    /// A text as Csound is given it. `[control]`
    pub fn c_text(&self, text: &str) -> Result<CString, Failure> {
        CString::new(self.encoding.bytes(text)).map_err(|_| Failure::Nul)
    }

    /// Compiles more orchestra. `[control]`
    pub fn compile(&mut self, orchestra: &str) -> Result<(), Failure> {
        let text = self.c_text(orchestra)?;
        let _turn = build_turn()?;
        if let Some(layout) = self.layout {
            // SAFETY: live instance, this thread owns it, and nothing is compiled now.
            unsafe { opcodes::make_room(self.cs.as_ptr(), layout, orchestra) };
        }
        self.read_text(self.api.compile_orc, &text)
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        // Without a turn there never was an instance, so there is always one here.
        let _turn = build_turn();
        self.host().opcodes.natives.closing = true;
        observe::end(self.cs.as_ptr());
        // SAFETY: nobody else has the pointers; opcodes' deinit callbacks run inside csoundDestroy and may use the
        // host data, so it goes last.
        unsafe {
            (self.api.destroy)(self.cs.as_ptr());
            drop(Box::from_raw(self.host.as_ptr()));
        }
    }
}

/// The data of an instance, `None` while Csound has none.
///
/// # Safety
/// `cs` is live; where it has host data, it is a [`HostData`].
unsafe fn host_of(cs: *mut CSOUND) -> Option<*mut HostData> {
    let api = process::api()?;
    // SAFETY: the caller says so.
    let host = unsafe { (api.host_data)(cs) }.cast::<HostData>();
    (!host.is_null()).then_some(host)
}

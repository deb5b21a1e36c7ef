//! One instance of Csound: its pointer, what its callbacks work on, the calls that may leave by `longjmp`, its end.
//! Before it plays it is a [`Preparing`].

mod callbacks;
mod guard;
mod preparing;
mod values;

use std::ffi::CString;
use std::ptr::NonNull;

use ksmps_data::verbs::Failure;

use crate::buses::Buses;
use crate::layout::Layout;
use crate::library::Api;
use crate::messages::MessageQueue;
use crate::opcode_patches;
use crate::opcodes;
use crate::places::{InstanceNumber, Places};
use crate::process::{self, build_turn};
use crate::raw::CSOUND;
use crate::raw::structures::Text;
use crate::running::{AfterInit, MIDI_OUT_PER_CYCLE_MAX, MidiOut, TextRoom};
use crate::starts::CycleStarts;
pub use preparing::Preparing;

/// What Csound's callbacks of one instance work on. Reached through raw pointers alone, by the one thread that
/// owns the instance at that time.
pub(crate) struct HostData {
    pub messages: MessageQueue,
    pub starts: CycleStarts,
    pub midi_out: Vec<MidiOut>,
    pub after_init: AfterInit,
    pub control_channels: Places<f64>,
    pub text_channels: Places<Text>,
    pub patches: opcode_patches::Originals,
    /// Opcodes leave their buses inside csoundDestroy too.
    pub buses: Buses,
    pub natives: opcodes::Natives,
    pub texts: TextRoom,
    /// What `outvalue` said.
    pub outvalues: values::Outvalues,
    /// What `outvalue "__sync__"` said in the last cycle.
    pub synced: Vec<f64>,
}

impl HostData {
    /// Everything empty, with room for a cycle's worth. [control]
    fn new() -> Self {
        let number = InstanceNumber::next();
        Self {
            messages: MessageQueue::new(),
            starts: CycleStarts::new(),
            midi_out: Vec::with_capacity(MIDI_OUT_PER_CYCLE_MAX),
            after_init: AfterInit::new(number),
            control_channels: Places::new(number),
            text_channels: Places::new(number),
            patches: opcode_patches::Originals::default(),
            buses: Buses::new(),
            natives: opcodes::Natives::default(),
            texts: TextRoom::default(),
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

    /// Compiles more orchestra. [control]
    pub fn compile(&mut self, orchestra: &str) -> Result<(), Failure> {
        let text = CString::new(orchestra).map_err(|_| Failure::Nul)?;
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
        self.host().natives.closing = true;
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
pub(crate) unsafe fn host_of(cs: *mut CSOUND) -> Option<*mut HostData> {
    let api = process::api()?;
    // SAFETY: the caller says so.
    let host = unsafe { (api.host_data)(cs) }.cast::<HostData>();
    (!host.is_null()).then_some(host)
}

//! An instance that plays: it schedules, exchanges audio and values, and performs cycle by cycle.
//!
//! Its methods are marked `[audio]` where they neither allocate nor wait (Csound's own lock is taken by its API
//! calls, and nobody else holds it). The owner is one thread at a time.

mod after_init;
mod buses;
mod channels;
mod events;
mod instruments;
mod making;
mod passing;
mod score;
mod sounding;
mod tables;
mod text_channels;
mod texts;
mod variables;

use std::ptr::NonNull;

use ksmps_data::verbs::Failure;

use crate::instance::Raw;
use crate::layout::Layout;
use crate::messages::MessageQueue;
use crate::raw::CSOUND;
pub(crate) use channels::channels_of;
pub use channels::{ChannelId, ChannelInfo, ChannelKind, ChannelRange};
pub(crate) use events::PFIELDS_MAX;
pub use sounding::Sounding;
pub use tables::TableFailure;
pub use text_channels::TextChannelId;

/// What became of a cycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Performed {
    /// It was performed.
    Cycle,
    /// Csound only says that the score has ended and performs nothing.
    Ended,
    /// Csound left the cycle for good (`exitnow`, a fatal error): the instance must not be performed again.
    Left,
}

/// A started instance.
pub struct Running {
    raw: Raw,
    ksmps: usize,
    inputs: usize,
    outputs: usize,
    spin: NonNull<f64>,
    spout: NonNull<f64>,
    /// Whether variables of sounding instances lie where they should.
    sees_variables: bool,
    /// Whether cycles may go by without being performed.
    lets_pass: bool,
}

// SAFETY: the buffers belong to the instance in `raw`, which may move between threads (see there).
unsafe impl Send for Running {}

impl Running {
    pub(crate) fn new(raw: Raw) -> Self {
        let (api, cs) = (raw.api, raw.cs.as_ptr());
        // SAFETY: a live, started instance of ours.
        unsafe {
            let dangling = NonNull::<f64>::dangling();
            let mut running = Self {
                ksmps: (api.ksmps)(cs) as usize,
                inputs: (api.nchnls_input)(cs) as usize,
                outputs: (api.nchnls)(cs) as usize,
                spin: NonNull::new((api.spin)(cs)).unwrap_or(dangling),
                spout: NonNull::new((api.spout)(cs)).unwrap_or(dangling),
                sees_variables: false,
                lets_pass: false,
                raw,
            };
            // A buffer that is not there has no samples.
            if running.spin == dangling {
                running.inputs = 0;
            }
            if running.spout == dangling {
                running.outputs = 0;
            }
            running.raw.layout = running.raw.layout.filter(|layout| layout.buffers_agree(cs));
            let known = running.raw.layout;
            running.raw.host().after_init.enable(known);
            if let Some(layout) = known {
                let ksmps = running.ksmps as u32;
                running.raw.host().opcodes.starts.enable(layout, ksmps, layout.ends_are_exact(cs));
            }
            running
        }
    }

    /// What is known of its layout, and the instance itself; `None` where nothing is known. `[any]`
    pub(crate) fn parts(&self) -> Option<(Layout, *mut CSOUND)> {
        self.raw.layout.map(|layout| (layout, self.raw.cs.as_ptr()))
    }

    /// Frames in a cycle. `[any]`
    pub fn ksmps(&self) -> usize {
        self.ksmps
    }

    /// Input channels of the orchestra. `[any]`
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// Output channels of the orchestra. `[any]`
    pub fn outputs(&self) -> usize {
        self.outputs
    }

    /// Frames per second. `[any]`
    pub fn rate(&self) -> f64 {
        // SAFETY: live instance.
        unsafe { (self.raw.api.sr)(self.raw.cs.as_ptr()) }
    }

    /// The amplitude that is full scale. `[any]`
    pub fn zero_dbfs(&self) -> f64 {
        // SAFETY: live instance.
        unsafe { (self.raw.api.zero_dbfs)(self.raw.cs.as_ptr()) }
    }

    /// The pitch of key 69 in hertz, as the orchestra tunes it. `[any]`
    pub fn a4(&self) -> f64 {
        // SAFETY: live instance.
        unsafe { (self.raw.api.a4)(self.raw.cs.as_ptr()) }
    }

    /// Frames performed since the start. `[any]`
    pub fn elapsed_frames(&self) -> u64 {
        // SAFETY: live instance.
        u64::try_from(unsafe { (self.raw.api.current_time_samples)(self.raw.cs.as_ptr()) }).unwrap_or(0)
    }

    /// What this instance prints. `[any]`
    pub fn messages(&mut self) -> MessageQueue {
        self.raw.host().messages.clone()
    }

    /// How much Csound prints from now on; 0 is errors alone. `[control]`
    pub fn set_message_level(&mut self, level: i32) {
        // SAFETY: live instance owned by this thread.
        unsafe { (self.raw.api.set_message_level)(self.raw.cs.as_ptr(), level) }
    }

    /// Compiles more orchestra. `[control]`
    ///
    /// # Errors
    /// What Csound said of it is in the messages; the instance goes on as it was.
    pub fn compile(&mut self, orchestra: &str) -> Result<(), Failure> {
        self.raw.compile(orchestra)
    }

    /// Evaluates code at instrument 0, gives what it returns. `[control]`
    ///
    /// # Errors
    /// As [`Running::compile`].
    pub fn eval(&mut self, code: &str) -> Result<f64, Failure> {
        self.raw.eval(code)
    }

    /// Sends a line of score. `[control]`
    ///
    /// # Errors
    /// [`Failure::Jumped`] where Csound gave up on it.
    pub fn input_message(&mut self, message: &str) -> Result<(), Failure> {
        self.raw.input_message(message)
    }

    /// The coming cycle's input, interleaved. `[audio]`
    pub fn spin_mut(&mut self) -> &mut [f64] {
        // SAFETY: Csound's buffer has ksmps frames of input channels and lives as long as the instance.
        unsafe { std::slice::from_raw_parts_mut(self.spin.as_ptr(), self.ksmps * self.inputs) }
    }

    /// The last cycle's output, interleaved. `[audio]`
    pub fn spout(&self) -> &[f64] {
        // SAFETY: as `spin_mut`, for output channels.
        unsafe { std::slice::from_raw_parts(self.spout.as_ptr(), self.ksmps * self.outputs) }
    }

    /// Whether notes start at their frame. `[any]`
    pub fn has_exact_starts(&mut self) -> bool {
        self.raw.host().opcodes.starts.is_enabled()
    }

    /// From now on notes start on their cycles. `[control]`
    pub fn refuse_exact_starts(&mut self) {
        self.raw.host().opcodes.starts.disable();
    }

    /// How many starts Csound could not place inside their cycle, since the last call. `[audio]`
    pub fn take_inexact_starts(&mut self) -> u32 {
        std::mem::take(&mut self.raw.host().opcodes.starts.inexact)
    }

    /// Runs one cycle. `[audio]`
    pub fn perform(&mut self) -> Performed {
        let host = self.raw.host();
        host.midi_out.clear();
        host.synced.clear();
        host.opcodes.buses.clear_audio();
        let performed = self.perform_cycle();
        self.raw.host().opcodes.buses.forget_left();
        performed
    }

    fn perform_cycle(&mut self) -> Performed {
        // An `e` event makes Csound return before the cycle; the next call performs it.
        const ENDS_PER_CYCLE_MAX: usize = 16;
        for _ in 0..ENDS_PER_CYCLE_MAX {
            match self.raw.perform() {
                Ok(0) => return Performed::Cycle,
                Ok(_) => {}
                Err(_) => {
                    self.raw.host().opcodes.starts.finish_cycle();
                    return Performed::Left;
                }
            }
        }
        self.raw.host().opcodes.starts.finish_cycle();
        Performed::Ended
    }
}

//! An instance that plays: it schedules, exchanges audio and values, and performs cycle by cycle.
//!
//! Its methods are marked `[audio]` where they neither allocate nor wait (Csound's own lock is taken by its API
//! calls, and nobody else holds it). The owner is one thread at a time.

use std::ffi::{CString, c_char, c_int};
use std::marker::PhantomData;
use std::ptr::NonNull;

use ksmps_data::verbs::Failure;

use super::instance::Raw;
use super::layout::{Active, Layout};
use super::messages::MessageQueue;

/// How many MIDI messages an orchestra can send in a cycle; more are dropped.
pub const MIDI_OUT_PER_CYCLE_MAX: usize = 256;
/// Csound does not check the number of an event's p-fields: 2,100 end the process (measured).
pub(super) const PFIELDS_MAX: usize = 1990;

/// A MIDI message that the orchestra sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MidiOut {
    /// The message.
    pub bytes: [u8; 3],
    /// How many of them count.
    pub len: u8,
}

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

/// A sounding instance, as long as it is shown by [`Running::visit_sounding`]. It cannot be kept:
///
/// ```compile_fail,E0521
/// # fn keep(running: &mut ksmps_csound::Running) {
/// let mut kept = None;
/// running.visit_sounding(|sounding| kept = Some(sounding));
/// # }
/// ```
pub struct Sounding<'a>(Active, PhantomData<&'a mut Running>);

impl Sounding<'_> {
    /// p1, with its fraction. [audio]
    pub fn p1(&self) -> f64 {
        self.0.p1()
    }

    /// Writes a p-field; `false` behind the instrument's last. [audio]
    pub fn set_pfield(&mut self, index: usize, value: f64) -> bool {
        self.0.set_pfield(index, value)
    }
}

/// A started instance.
pub struct Running {
    pub(super) raw: Raw,
    ksmps: usize,
    inputs: usize,
    outputs: usize,
    spin: NonNull<f64>,
    spout: NonNull<f64>,
}

// SAFETY: the buffers belong to the instance in `raw`, which may move between threads (see there).
unsafe impl Send for Running {}

impl Running {
    pub(super) fn new(raw: Raw) -> Self {
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
            running.raw.host().late.enable(known);
            if let Some(layout) = known {
                let ksmps = running.ksmps as u32;
                running.raw.host().starts.enable(layout, ksmps);
            }
            running
        }
    }

    /// Frames in a cycle. [any]
    pub fn ksmps(&self) -> usize {
        self.ksmps
    }

    /// Input channels of the orchestra. [any]
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// Output channels of the orchestra. [any]
    pub fn outputs(&self) -> usize {
        self.outputs
    }

    /// Frames per second. [any]
    pub fn rate(&self) -> f64 {
        // SAFETY: live instance.
        unsafe { (self.raw.api.sr)(self.raw.cs.as_ptr()) }
    }

    /// The amplitude that is full scale. [any]
    pub fn zero_dbfs(&self) -> f64 {
        // SAFETY: live instance.
        unsafe { (self.raw.api.zero_dbfs)(self.raw.cs.as_ptr()) }
    }

    /// Frames performed since the start. [any]
    pub fn elapsed_frames(&self) -> u64 {
        // SAFETY: live instance.
        u64::try_from(unsafe { (self.raw.api.current_time_samples)(self.raw.cs.as_ptr()) }).unwrap_or(0)
    }

    /// What this instance prints. [any]
    pub fn messages(&mut self) -> MessageQueue {
        self.raw.host().messages.clone()
    }

    /// How much Csound prints from now on; 0 is errors alone. [control]
    pub fn set_message_level(&mut self, level: i32) {
        // SAFETY: live instance owned by this thread.
        unsafe { (self.raw.api.set_message_level)(self.raw.cs.as_ptr(), level) }
    }

    /// Compiles more orchestra. [control]
    ///
    /// # Errors
    /// What Csound said of it is in the messages; the instance goes on as it was.
    pub fn compile(&mut self, orchestra: &str) -> Result<(), Failure> {
        self.raw.compile(orchestra)
    }

    /// Evaluates code at instrument 0, gives what it returns. [control]
    ///
    /// # Errors
    /// As [`Running::compile`].
    pub fn eval(&mut self, code: &str) -> Result<f64, Failure> {
        self.raw.eval(code)
    }

    /// Sends a line of score. [control]
    ///
    /// # Errors
    /// [`Failure::Jumped`] where Csound gave up on it.
    pub fn input_message(&mut self, message: &str) -> Result<(), Failure> {
        self.raw.input_message(message)
    }

    /// The number of a named instrument, or of one named by digits. [control]
    pub fn instrument_number(&mut self, name: &str) -> Option<i32> {
        if let Ok(number) = name.parse::<i32>() {
            return (number > 0).then_some(number);
        }
        let Some(layout) = self.raw.layout else {
            // A name that would end the string is none of an instrument.
            let plain = name.chars().all(|letter| letter.is_alphanumeric() || letter == '_');
            let number = plain.then(|| self.eval(&format!("return nstrnum(\"{name}\")\n")))?.ok()?;
            return (number > 0.0).then_some(number as i32);
        };
        let name = CString::new(name).ok()?;
        // SAFETY: live, compiled instance owned by this thread.
        unsafe { layout.instrument_number(self.raw.cs.as_ptr(), &name) }
    }

    /// Whether an instrument with this number is compiled; always, where the layout is unknown. [any]
    pub fn has_instrument(&self, number: u32) -> bool {
        // SAFETY: live, compiled instance owned by this thread.
        self.raw.layout.is_none_or(|layout| unsafe { layout.has_instrument(self.raw.cs.as_ptr(), number) })
    }

    /// The numbers of all instruments that are compiled; none where the layout is unknown. [control]
    pub fn instrument_numbers(&self) -> Vec<u32> {
        // SAFETY: live, compiled instance owned by this thread.
        self.raw
            .layout
            .map_or(Vec::new(), |layout| unsafe { layout.instrument_numbers(self.raw.cs.as_ptr()) })
    }

    /// The coming cycle's input, interleaved. [audio]
    pub fn spin_mut(&mut self) -> &mut [f64] {
        // SAFETY: Csound's buffer has ksmps frames of input channels and lives as long as the instance.
        unsafe { std::slice::from_raw_parts_mut(self.spin.as_ptr(), self.ksmps * self.inputs) }
    }

    /// The last cycle's output, interleaved. [audio]
    pub fn spout(&self) -> &[f64] {
        // SAFETY: as `spin_mut`, for output channels.
        unsafe { std::slice::from_raw_parts(self.spout.as_ptr(), self.ksmps * self.outputs) }
    }

    /// Whether notes start at their frame. [any]
    pub fn has_exact_starts(&mut self) -> bool {
        self.raw.host().starts.is_enabled()
    }

    /// From now on notes start on their cycles. [control]
    pub fn refuse_exact_starts(&mut self) {
        self.raw.host().starts.disable();
    }

    /// How many starts Csound could not place inside their cycle, since the last call. [audio]
    pub fn take_inexact_starts(&mut self) -> u32 {
        std::mem::take(&mut self.raw.host().starts.inexact)
    }

    /// Starts an instance in the coming cycle, `offset` frames into it. `pfields` begins with p1, which must be
    /// unique for an exact start; p2 should be 0. [audio]
    pub fn start(&mut self, pfields: &[f64], offset: u32) {
        let Some(&p1) = pfields.first() else { return };
        let count = pfields.len().min(PFIELDS_MAX);
        // SAFETY: live instance owned by this thread; Csound copies the p-fields.
        unsafe {
            (self.raw.api.score_event)(self.raw.cs.as_ptr(), b'i' as c_char, pfields.as_ptr(), count as _);
        }
        self.raw.host().starts.note(p1, offset);
    }

    /// Releases the instance with exactly this p1. [audio]
    pub fn release(&mut self, p1: f64) {
        self.stop(p1, true);
    }

    /// Ends the instance with exactly this p1 without its release. [audio]
    pub fn kill(&mut self, p1: f64) {
        self.stop(p1, false);
    }

    fn stop(&mut self, p1: f64, release: bool) {
        const EXACT_FRACTION: c_int = 4;
        // An instance that is gone makes Csound print a warning: look first.
        if self.find(p1).is_some() || self.raw.layout.is_none() {
            // SAFETY: live instance owned by this thread.
            unsafe {
                let cs = self.raw.cs.as_ptr();
                (self.raw.api.kill_instance)(cs, p1, std::ptr::null(), EXACT_FRACTION, c_int::from(release));
            }
        }
    }

    /// Hands a channel message to Csound's MIDI opcodes in the coming cycle, `offset` frames into it; `false` where
    /// the cycle has no room left. [audio]
    pub fn midi_in(&mut self, bytes: [u8; 3], len: u8, offset: u32) -> bool {
        self.raw.host().starts.midi(bytes, len, offset)
    }

    /// What the orchestra sent in the last cycle. [audio]
    pub fn midi_out(&mut self) -> &[MidiOut] {
        &self.raw.host().midi_out
    }

    /// What events said with `outvalue "__sync__"` in the last cycle: that their answers are there. [audio]
    pub fn synced(&mut self) -> &[f64] {
        &self.raw.host().synced
    }

    /// Runs one cycle. [audio]
    pub fn perform(&mut self) -> Performed {
        let host = self.raw.host();
        host.midi_out.clear();
        host.synced.clear();
        host.buses.clear_audio();
        let performed = self.perform_cycle();
        self.raw.host().buses.forget_left();
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
                    self.raw.host().starts.finish_cycle();
                    return Performed::Left;
                }
            }
        }
        self.raw.host().starts.finish_cycle();
        Performed::Ended
    }

    /// p1 of every sounding instance, in order of evaluation, and whether it is in its release. Empty where the
    /// layout is unknown. [audio]
    pub fn sounding(&self) -> impl Iterator<Item = (f64, bool)> + '_ {
        self.active().map(|active| (active.p1(), active.is_releasing()))
    }

    /// Whether sounding instances can be seen at all. [any]
    pub fn can_see_instances(&self) -> bool {
        self.raw.layout.is_some()
    }

    /// Shows every sounding instance to `visit`, in order of evaluation; nothing where the layout is unknown. [audio]
    pub fn visit_sounding(&mut self, mut visit: impl FnMut(Sounding<'_>)) {
        self.active().for_each(|active| visit(Sounding(active, PhantomData)));
    }

    /// Writes p-field `index` of the instance with exactly this p1; `false` where there is no such instance or no
    /// such p-field. Takes effect in the next cycle, where the instrument reads the p-field at k-rate. [audio]
    pub fn set_pfield(&mut self, p1: f64, index: usize, value: f64) -> bool {
        self.find(p1).is_some_and(|active| active.set_pfield(index, value))
    }

    /// Writes p-field `index` of every sounding instance of an instrument. Returns how many there were. [audio]
    pub fn set_pfield_of_all(&mut self, instrument: i32, index: usize, value: f64) -> usize {
        self.active()
            .filter(|active| i32::from(active.instrument()) == instrument)
            .filter(|active| active.set_pfield(index, value))
            .count()
    }

    /// Reads p-field `index` of the instance with exactly this p1. [audio]
    pub fn pfield(&self, p1: f64, index: usize) -> Option<f64> {
        self.find(p1)?.pfield(index)
    }

    fn layout(&self) -> Option<Layout> {
        self.raw.layout
    }

    fn active(&self) -> impl Iterator<Item = Active> + '_ {
        let cs = self.raw.cs.as_ptr();
        // SAFETY: live instance owned by this thread, not performing now; the iterator borrows `self`, so nothing
        // that changes the list can run before it ends.
        self.layout().into_iter().flat_map(move |layout| unsafe { layout.active(cs) })
    }

    fn find(&self, p1: f64) -> Option<Active> {
        self.active().find(|active| active.p1().to_bits() == p1.to_bits())
    }
}

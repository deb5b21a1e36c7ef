//! Exact starts: notes begin at their frame, not at the cycle that contains it.
//!
//! In one cycle Csound inserts score events, then runs our sense-event callback, then inserts realtime events, then
//! polls our MIDI read callback until it has nothing more. An instance's start offset is read when it performs.
//! So between the two callbacks every instance that is new belongs to a note of ours, or was scheduled by one in
//! its init pass, and gets the offset of that note. No option is needed and score events are not touched. In a
//! document with `--sample-accurate` such an instance gets its end in the same place, counted from its start.

use crate::layout::Layout;
use crate::raw::CSOUND;

/// How many notes can start exactly in one cycle; more start at the cycle's first frame and are counted.
pub const STARTS_PER_CYCLE_MAX: usize = 512;
/// How many MIDI bytes can wait for one cycle.
pub const MIDI_EVENTS_PER_CYCLE_MAX: usize = 512;

/// A note that starts in the coming cycle.
#[derive(Debug, Clone, Copy)]
struct Start {
    p1: f64,
    offset: u32,
    /// Its instance was found.
    is_placed: bool,
}

/// An instance that a note schedules in its init pass.
#[derive(Debug, Clone, Copy)]
struct Child {
    p1: f64,
    offset: u32,
    /// Csound inserts it in the next cycle: its parent was started by MIDI.
    later: bool,
}

/// A channel message for the coming cycle.
#[derive(Debug, Clone, Copy)]
struct MidiIn {
    bytes: [u8; 3],
    len: u8,
    offset: u32,
}

/// What starts in the coming cycle, and what has to be taken back after the last one. Lives beside its instance
/// and is touched only by the thread that performs it.
pub(crate) struct CycleStarts {
    layout: Option<Layout>,
    engine_ksmps: u32,
    /// Whether notes of a fixed length end on their frame, too: Csound's starts need an offset then even where it
    /// is 0, since its own is the rounded time.
    exact_ends: bool,
    starts: Vec<Start>,
    children: Vec<Child>,
    midi: Vec<MidiIn>,
    /// Next message to hand to Csound.
    midi_next: usize,
    /// Whether this cycle has an offset to give at all.
    exact: bool,
    /// Whether called instances carry offsets since the last cycle.
    callees_offset: bool,
    /// Starts that did not fit or that Csound cannot place inside a cycle.
    pub inexact: u32,
    /// Messages that did not fit.
    pub dropped: u32,
}

impl CycleStarts {
    /// Room for a cycle's starts. `[control]`
    pub fn new() -> Self {
        Self {
            layout: None,
            engine_ksmps: 0,
            exact_ends: false,
            starts: Vec::with_capacity(STARTS_PER_CYCLE_MAX),
            children: Vec::with_capacity(STARTS_PER_CYCLE_MAX),
            midi: Vec::with_capacity(MIDI_EVENTS_PER_CYCLE_MAX),
            midi_next: 0,
            exact: false,
            callees_offset: false,
            inexact: 0,
            dropped: 0,
        }
    }

    /// From now on starts are exact, in an engine of this ksmps; ends too, if told so. `[control]`
    pub fn enable(&mut self, layout: Layout, engine_ksmps: u32, exact_ends: bool) {
        self.layout = Some(layout);
        self.engine_ksmps = engine_ksmps;
        self.exact_ends = exact_ends;
    }

    /// From now on notes start on their cycles. `[control]`
    pub fn disable(&mut self) {
        self.layout = None;
    }

    /// Whether starts are exact. `[any]`
    pub fn is_enabled(&self) -> bool {
        self.layout.is_some()
    }

    /// A note whose event is sent for the coming cycle. `[audio]`
    pub fn note(&mut self, p1: f64, offset: u32) {
        if self.starts.len() < STARTS_PER_CYCLE_MAX {
            self.starts.push(Start { p1, offset, is_placed: false });
            self.exact |= offset > 0 || self.exact_ends;
        } else {
            self.inexact += 1;
        }
    }

    /// A channel message for the coming cycle; `false` where there is no room. `[audio]`
    pub fn midi(&mut self, bytes: [u8; 3], len: u8, offset: u32) -> bool {
        if self.midi.len() == MIDI_EVENTS_PER_CYCLE_MAX {
            self.dropped += 1;
            return false;
        }
        self.midi.push(MidiIn { bytes, len, offset });
        self.exact |= offset > 0 || self.exact_ends;
        true
    }

    /// Whether anything was sent for the coming cycle, or is to be taken back in it. `[audio]`
    pub fn has_any(&self) -> bool {
        self.exact || self.callees_offset || !self.starts.is_empty() || !self.midi.is_empty()
    }

    /// Called by Csound between score events and realtime events. `[audio]`
    ///
    /// # Safety
    /// `cs` is the live instance these starts belong to, on its performing thread.
    pub unsafe fn before_insertions(&mut self, cs: *mut CSOUND) {
        let Some(layout) = self.layout else { return };
        if !(self.exact || self.callees_offset) {
            return;
        }
        // SAFETY: the caller says so; the list does not change while this callback runs.
        for active in unsafe { layout.active(cs) } {
            if self.callees_offset {
                active.clear_callee_offsets();
            }
            active.mark();
        }
        self.callees_offset = false;
    }

    /// Called by Csound when it wants MIDI bytes: places what was inserted since the last call, then hands out the
    /// next message. Returns the bytes written; 0 ends the cycle's insertions. `[audio]`
    ///
    /// # Safety
    /// As [`CycleStarts::before_insertions`]; `buffer` has room for three bytes.
    pub unsafe fn next_midi(&mut self, cs: *mut CSOUND, buffer: &mut [u8]) -> usize {
        if let (Some(layout), true) = (self.layout, self.exact) {
            // SAFETY: the caller says so.
            unsafe { self.place_new(cs, layout) };
        }
        let Some(message) = self.midi.get(self.midi_next).copied() else {
            self.finish_cycle();
            return 0;
        };
        self.midi_next += 1;
        let len = usize::from(message.len).min(buffer.len());
        buffer[..len].copy_from_slice(&message.bytes[..len]);
        len
    }

    /// Remembers an instance that the instance with p1 `parent` schedules for this cycle. `[audio]`
    pub fn child(&mut self, p1: f64, parent: f64) {
        if !self.exact || self.children.len() == STARTS_PER_CYCLE_MAX {
            return;
        }
        let from_midi = self.midi_offset();
        let from_note = self.starts.iter().find(|start| same(start.p1, parent)).map(|start| start.offset);
        let from_child =
            || self.children.iter().rfind(|child| same(child.p1, parent)).map(|child| child.offset);
        if let Some(offset) = from_midi.or(from_note).or_else(from_child) {
            self.children.push(Child { p1, offset, later: from_midi.is_some() });
        }
    }

    /// The offset of the message that was handed out last, `None` before the first.
    fn midi_offset(&self) -> Option<u32> {
        self.midi_next.checked_sub(1).map(|last| self.midi[last].offset)
    }

    /// Gives every unmarked instance the offset of its note, or of the note that scheduled it.
    ///
    /// # Safety
    /// As [`CycleStarts::before_insertions`].
    unsafe fn place_new(&mut self, cs: *mut CSOUND, layout: Layout) {
        let from_midi = self.midi_offset();
        // SAFETY: the caller says so; only fields of the instances change, not the list.
        for active in unsafe { layout.active(cs) }.filter(|active| !active.is_marked()) {
            active.mark();
            let offset = from_midi.or_else(|| self.offset_of(active.p1()));
            let placed = |offset: &u32| (*offset > 0 || self.exact_ends) && !active.is_tied();
            let Some(offset) = offset.filter(placed) else { continue };
            if !active.start_at(offset, self.engine_ksmps) {
                self.inexact += u32::from(offset > 0);
                continue;
            }
            self.callees_offset |= offset > 0;
            if self.exact_ends {
                // SAFETY: the instance is new in this cycle, which is not performed yet.
                unsafe { layout.end_from(cs, active, offset, self.engine_ksmps) };
            }
        }
    }

    /// Where a new instance starts: as a note, of several with this p1 the first that has no instance yet, else as the child
    /// that was scheduled first and is not here yet.
    fn offset_of(&mut self, p1: f64) -> Option<u32> {
        if let Some(start) = self.starts.iter_mut().find(|start| !start.is_placed && same(start.p1, p1)) {
            start.is_placed = true;
            return Some(start.offset);
        }
        let index = self.children.iter().position(|child| !child.later && same(child.p1, p1))?;
        Some(self.children.remove(index).offset)
    }

    /// Forgets the cycle's events; also called where Csound left the cycle early. `[audio]`
    pub fn finish_cycle(&mut self) {
        self.starts.clear();
        self.midi.clear();
        self.midi_next = 0;
        self.children.retain_mut(|child| std::mem::replace(&mut child.later, false));
        self.exact = !self.children.is_empty();
    }
}

/// Whether two p1 are the same to the bit, as Csound compares them.
fn same(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits()
}

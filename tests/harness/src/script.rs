//! Events in time: one form that tests, the headless hosts and the commands share.
//!
//! A [`Script`] is a list of events at absolute frames. It is written in code, read from a small text (see
//! [`Script::parse`]) or from a MIDI file, and handed out block by block, each event relative to its block.
//! A [`Cut`] says where the blocks end. Both are pure: no Csound, no host, no files, no clock.

use ksmps_core::event::{Event, EventKind, NoteName};

mod cut;
mod text;

pub use cut::{Cut, CutError};
pub use text::ScriptError;

/// Events at absolute frames, in order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Script {
    /// Sorted by frame; events of one frame in the order in which they were added.
    events: Vec<(u64, EventKind)>,
    /// Parameters by name, which become events once somebody knows the slots.
    settings: Vec<Setting>,
}

/// A parameter moved by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// When, counted from the script's start.
    pub frame: u64,
    /// The parameter's name.
    pub name: String,
    /// Its value as a person writes it: a number in the parameter's unit, or a label.
    pub value: String,
}

impl Script {
    /// A script without events. `[any]`
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an event behind those that are already at its frame. `[control]`
    pub fn push(&mut self, frame: u64, kind: EventKind) -> &mut Self {
        let at = self.events.partition_point(|(other, _)| *other <= frame);
        self.events.insert(at, (frame, kind));
        self
    }

    /// Adds a note of `frames` frames. `velocity` is 0..=1. `[control]`
    pub fn note(&mut self, frame: u64, note: NoteName, velocity: f32, frames: u64) -> &mut Self {
        self.push(frame, EventKind::NoteOn { note, velocity });
        self.push(frame + frames, EventKind::NoteOff { notes: note.into(), velocity: 0.0 })
    }

    /// Adds a note on the first channel, without an id. `velocity` is 0..=1. `[control]`
    pub fn key(&mut self, frame: u64, key: u8, velocity: f32, frames: u64) -> &mut Self {
        self.note(frame, NoteName { id: None, channel: 0, key }, velocity, frames)
    }

    /// Adds a parameter by name; [`Script::bind`] makes it an event. `[control]`
    pub fn set(&mut self, frame: u64, name: &str, value: &str) -> &mut Self {
        self.settings.push(Setting { frame, name: name.to_owned(), value: value.to_owned() });
        self
    }

    /// Adds everything that another script holds. `[control]`
    pub fn append(&mut self, other: &Self) -> &mut Self {
        self.events.extend_from_slice(&other.events);
        self.events.sort_by_key(|(frame, _)| *frame);
        self.settings.extend_from_slice(&other.settings);
        self
    }

    /// Makes events of the parameters set by name: `find` gives slot and normalized value of a name and a value.
    /// They come before the other events of their frame, so that a note starts with what was set for it. `[control]`
    ///
    /// # Errors
    /// The first setting that `find` does not know; the script is unchanged then.
    pub fn bind(&mut self, mut find: impl FnMut(&str, &str) -> Option<(u16, f64)>) -> Result<(), Setting> {
        let mut events = Vec::with_capacity(self.settings.len() + self.events.len());
        for setting in &self.settings {
            let (slot, normalized) = find(&setting.name, &setting.value).ok_or_else(|| setting.clone())?;
            events.push((setting.frame, EventKind::Param { slot, normalized }));
        }
        events.append(&mut self.events);
        events.sort_by_key(|(frame, _)| *frame);
        self.events = events;
        self.settings.clear();
        Ok(())
    }

    /// The parameters set by name that have not been bound yet. `[any]`
    pub fn settings(&self) -> &[Setting] {
        &self.settings
    }

    /// All events with their frames, in order. `[any]`
    pub fn events(&self) -> &[(u64, EventKind)] {
        &self.events
    }

    /// The frame behind the last event; 0 for an empty script. `[any]`
    pub fn end(&self) -> u64 {
        self.events.last().map_or(0, |(frame, _)| frame + 1)
    }

    /// Puts the events of the block `start..start + frames` into `events`, relative to its start; what was in
    /// there is gone. Allocates only where `events` has no room. `[any]`
    pub fn block(&self, start: u64, frames: usize, events: &mut Vec<Event>) {
        let end = start + frames as u64;
        let first = self.events.partition_point(|(frame, _)| *frame < start);
        let inside = self.events[first..].iter().take_while(|(frame, _)| *frame < end);
        events.clear();
        events.extend(inside.map(|&(frame, kind)| Event { frame: (frame - start) as u32, kind }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program(number: u8) -> EventKind {
        EventKind::Midi { bytes: [0xc0, number, 0], len: 2 }
    }

    #[test]
    fn blocks_hold_every_event_once_relative_to_their_start() {
        let mut script = Script::new();
        for frame in [0, 1, 63, 64, 64, 100, 1000] {
            script.push(frame, program(frame as u8));
        }
        for cut in [Cut::Fixed(1), Cut::Fixed(64), Cut::Random { seed: 3, max: 200 }] {
            let mut seen = Vec::new();
            let mut events = Vec::new();
            for block in cut.blocks(1001) {
                script.block(block.start, (block.end - block.start) as usize, &mut events);
                seen.extend(events.iter().map(|event| (block.start + u64::from(event.frame), event.kind)));
            }
            assert_eq!(seen, script.events(), "{cut}");
        }
    }

    #[test]
    fn events_of_one_frame_keep_their_order() {
        let mut script = Script::new();
        script.push(5, program(1)).push(4, program(0)).push(5, program(2));
        let numbers: Vec<_> = script.events().iter().map(|(_, kind)| *kind).collect();
        assert_eq!(numbers, [program(0), program(1), program(2)]);
    }

    #[test]
    fn a_note_that_follows_another_on_its_key_is_not_ended_by_it() {
        let mut script = Script::new();
        script.key(0, 60, 1.0, 100).key(100, 60, 1.0, 100);
        let is_on = |(_, kind): &(u64, EventKind)| matches!(kind, EventKind::NoteOn { .. });
        assert_eq!(script.events().iter().map(is_on).collect::<Vec<_>>(), [true, false, true, false]);
    }

    #[test]
    fn settings_become_events_before_the_notes_of_their_frame() {
        let mut script = Script::new();
        script.key(10, 60, 1.0, 5).set(10, "cutoff", "1200").set(10, "shape", "Saw");
        let find = |name: &str, value: &str| match (name, value) {
            ("cutoff", value) => Some((7, value.parse::<f64>().ok()? / 2400.0)),
            ("shape", "Saw") => Some((2, 0.0)),
            _ => None,
        };
        script.bind(find).expect("both are known");
        assert_eq!(script.events()[0], (10, EventKind::Param { slot: 7, normalized: 0.5 }));
        assert_eq!(script.events()[1], (10, EventKind::Param { slot: 2, normalized: 0.0 }));
        assert!(matches!(script.events()[2].1, EventKind::NoteOn { .. }));

        script.set(0, "reso", "1");
        let before = script.clone();
        assert_eq!(script.bind(find).map_err(|setting| setting.name), Err("reso".to_owned()));
        assert_eq!(script, before);
    }
}

//! What happens while no engine plays, for the one that comes: notes that are still down, and what controllers say.

use ksmps_data::event::{EventKind, NoteName};

/// Events that are kept; what comes beyond is dropped, and counted.
const MISSED_MAX: usize = 1024;

/// Events in their order. Parameters are not among them: where their slots stand is known. `[audio]`
pub(super) struct Missed {
    events: Vec<EventKind>,
}

impl Missed {
    /// Nothing, with room for everything. `[control]`
    pub fn new() -> Self {
        Self { events: Vec::with_capacity(MISSED_MAX) }
    }

    /// Keeps an event; a note that ends before any engine has heard of it is forgotten, and `ended` is told. `false`
    /// where there is no room. `[audio]`
    pub fn take(&mut self, kind: EventKind, mut ended: impl FnMut(NoteName)) -> bool {
        if let EventKind::Param { .. } = kind {
            return true;
        }
        if let EventKind::ParamModulation { slot, .. } = kind {
            // Only the last one of a slot counts.
            self.events.retain(
                |event| !matches!(event, EventKind::ParamModulation { slot: other, .. } if *other == slot),
            );
        }
        if let EventKind::NoteOff { notes, .. } | EventKind::Choke { notes } = kind {
            let kept = self.events.len();
            self.events.retain(|event| match event {
                EventKind::NoteOn { note, .. } if notes.matches(note) => {
                    ended(*note);
                    false
                }
                _ => true,
            });
            if self.events.len() < kept {
                return true;
            }
        }
        let has_room = self.events.len() < MISSED_MAX;
        if has_room {
            self.events.push(kind);
        }
        has_room
    }

    /// How many notes are down. `[audio]`
    pub fn notes(&self) -> usize {
        self.events.iter().filter(|event| matches!(event, EventKind::NoteOn { .. })).count()
    }

    /// Hands everything on, in its order, and forgets it. `[audio]`
    pub fn replay(&mut self, each: impl FnMut(EventKind)) {
        self.events.drain(..).for_each(each);
    }

    /// Forgets everything. `[audio]`
    pub fn clear(&mut self) {
        self.events.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ksmps_data::event::NoteSelector;

    #[test]
    fn what_is_still_down_is_replayed_and_what_has_ended_is_told() {
        let note = |key| NoteName { id: None, channel: 0, key };
        let on = |key| EventKind::NoteOn { note: note(key), velocity: 0.5 };
        let off = |key| EventKind::NoteOff { notes: NoteSelector::from(note(key)), velocity: 0.0 };
        let bend = EventKind::Midi { bytes: [0xe0, 0, 64], len: 3 };
        let (mut missed, mut ended) = (Missed::new(), Vec::new());
        let moved = EventKind::Param { slot: 0, normalized: 0.5 };
        for kind in [on(60), on(61), bend, moved, off(60), off(62)] {
            assert!(missed.take(kind, |note| ended.push(note)));
        }
        assert_eq!((missed.notes(), ended), (1, vec![note(60)]));
        let mut replayed = Vec::new();
        missed.replay(|kind| replayed.push(kind));
        assert_eq!(replayed, [on(61), bend, off(62)]);
        assert!((0..MISSED_MAX).all(|_| missed.take(bend, |_| ())) && !missed.take(on(60), |_| ()));
        missed.clear();
        missed.replay(|kind| panic!("{kind:?}"));
    }
}

//! Scores that somebody else plays than Csound.

use super::Running;
use super::events::PFIELDS_MAX;
use crate::layout::TextEvent;

impl Running {
    /// Puts another sorted score in the place of the one that was read, before the first cycle; `false`, and nothing is
    /// written, where there is none, where it is shorter, or where the layout is unknown. `[audio]`
    pub fn replace_sorted_score(&mut self, text: &[u8]) -> bool {
        let (layout, cs) = (self.raw.layout, self.raw.cs.as_ptr());
        // SAFETY: live instance owned by this thread.
        self.elapsed_frames() == 0
            && layout.is_some_and(|layout| unsafe { layout.replace_sorted_score(cs, text) })
    }

    /// Has the instance's time begin at a cycle other than its first, before it is performed: what opcodes say of the time,
    /// and p2, go on from there. Events that wait already, such as those of the header, come as much later. `[audio]`
    pub fn begin_at_cycle(&mut self, cycle: u32) {
        if let Some(layout) = self.raw.layout.filter(|_| self.elapsed_frames() == 0) {
            // SAFETY: live instance owned by this thread.
            unsafe { layout.begin_at_cycle(self.raw.cs.as_ptr(), cycle) };
        }
    }

    /// As [`Running::start`], for an event with texts: where p-fields are [`text_number`](crate::text_number) they are
    /// those of `texts`, of which there are `count`, each with its zero, and one zero more. `p1` is the number that the first
    /// p-field comes out as. `[audio]`
    pub fn start_with_texts(
        &mut self,
        event: &mut TextEvent,
        pfields: &[f64],
        (texts, count): (&[u8], u16),
        p1: f64,
        offset: u32,
    ) {
        let is_whole = texts.iter().filter(|byte| **byte == 0).count() == usize::from(count) + 1;
        let (Some(layout), true) = (self.raw.layout, is_whole && texts.ends_with(&[0])) else { return };
        let pfields = &pfields[..pfields.len().min(PFIELDS_MAX)];
        // SAFETY: live instance owned by this thread; the texts were looked at.
        unsafe { layout.insert(self.raw.cs.as_ptr(), event, pfields, texts, count) };
        self.raw.host().opcodes.starts.note(p1, offset);
    }
}

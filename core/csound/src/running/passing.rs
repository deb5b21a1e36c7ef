//! Cycles that go by without being performed, where that cannot be heard or is wished.

use super::{Performed, Running};

impl Running {
    /// Whether the counters that a cycle moves lie where they should: seen in one that is performed. `[control]`
    pub fn counts_as_known(&mut self) -> bool {
        let (Some(layout), cs) = (self.raw.layout, self.raw.cs.as_ptr()) else { return false };
        // SAFETY: live instance owned by this thread, not performing now.
        let expected = unsafe { layout.counts(cs) }.after_cycle(self.ksmps as u32);
        // SAFETY: as above.
        self.perform() == Performed::Cycle && unsafe { layout.counts(cs) } == expected
    }

    /// Lets cycles go by without being performed from now on ([`Running::pass`]). `[control]`
    pub fn let_pass(&mut self) {
        self.lets_pass = self.raw.layout.is_some();
    }

    /// Whether no instance sounds; `false` where instances cannot be seen. `[audio]`
    pub fn sounds_nothing(&self) -> bool {
        self.raw.layout.is_some() && self.active().next().is_none()
    }

    /// Whether every sounding instance plays for good: held, or with an end a day from now or later, and not in its release;
    /// `false` where instances cannot be seen. `[audio]`
    pub fn plays_for_good(&self) -> bool {
        // SAFETY: live instance owned by this thread, not performing now.
        self.raw.layout.is_some_and(|layout| unsafe { layout.plays_for_good(self.raw.cs.as_ptr()) })
    }

    /// Whether the coming cycle has to be performed: something begins or ends in it, or was sent for it; always before
    /// [`Running::let_pass`]. `[audio]`
    pub fn is_anything_due(&mut self) -> bool {
        let cs = self.raw.cs.as_ptr();
        let Some(layout) = self.raw.layout.filter(|_| self.lets_pass) else { return true };
        let host = self.raw.host();
        // SAFETY: live, started instance owned by this thread, not performing now.
        host.opcodes.starts.has_any() || host.after_init.has_any() || unsafe { layout.is_anything_due(cs) }
    }

    /// Lets one cycle go by in place of [`Running::perform`], where it need not be performed ([`Running::is_anything_due`]):
    /// time goes on, the output is silence, what sounds stands still. Where nothing sounds, that is what a performed cycle
    /// does. `[audio]`
    pub fn pass(&mut self) {
        let Some(layout) = self.raw.layout else { return };
        // SAFETY: live, started instance owned by this thread, not performing now.
        unsafe { layout.pass_cycle(self.raw.cs.as_ptr()) };
        let host = self.raw.host();
        host.midi_out.clear();
        host.synced.clear();
        host.opcodes.buses.clear_audio();
        // SAFETY: as `spout`, and nobody else has it.
        unsafe { std::slice::from_raw_parts_mut(self.spout.as_ptr(), self.ksmps * self.outputs) }.fill(0.0);
    }
}

//! When a document stands still that has asked for it (`;@tail 2 rest`): once nothing has come in, nothing has happened and
//! nothing was heard for so long.
//!
//! Only who has counted cycles of silence may rest, and the first thing that happens ends the rest in its own cycle. What is
//! counted depends on frames alone, not on how the host cuts its blocks.

use ksmps_csound::Performed;
use ksmps_document::{Document, Tail};

use super::Engine;

/// What is softer than -160 dB below full scale is silence: less than half of a 24-bit sample's last digit.
const QUIET: f64 = 1e-8;
/// It rests after no shorter silence than this, whatever its tail: what comes and goes by itself should not be cut.
const SECONDS_MIN: f64 = 1.0;

/// Counts the silence of a document that may rest.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rest {
    /// Cycles of silence that are enough; `None` where it never rests.
    enough: Option<u64>,
    /// Cycles of silence up to now.
    quiet: u64,
    /// The greatest amplitude that is silence.
    peak: f64,
}

impl Rest {
    /// Of a document that is performed in cycles of `ksmps` frames; `is_let` says whether it may do what it asks for.
    /// `[control]`
    pub fn of(document: &Document, is_let: bool, rate: f64, ksmps: usize, zero_dbfs: f64) -> Self {
        let enough = match document.tail {
            Some(Tail::Seconds(seconds)) if document.rests && is_let => {
                // What came in is heard later by the document's own latency.
                let frames = seconds.max(SECONDS_MIN) * rate + f64::from(document.latency_frames);
                Some((frames / ksmps as f64).ceil() as u64 + 1)
            }
            _ => None,
        };
        Self { enough, quiet: 0, peak: QUIET * zero_dbfs }
    }

    /// Whether it may ever rest. `[any]`
    pub fn is_asked_for(&self) -> bool {
        self.enough.is_some()
    }

    /// Whether the silence up to now is enough. `[audio]`
    pub fn is_due(&self) -> bool {
        self.enough.is_some_and(|enough| self.quiet >= enough)
    }

    /// Something has happened in the cycle that was performed. `[audio]`
    pub fn disturb(&mut self) {
        self.quiet = 0;
    }

    /// Nothing has happened in the cycle that was performed, and this came out of it. `[audio]`
    pub fn hear(&mut self, output: &[f64]) {
        // What is no number is not silence.
        let is_quiet = output.iter().all(|sample| sample.abs() <= self.peak);
        self.quiet = if is_quiet { self.quiet.saturating_add(1) } else { 0 };
    }
}

impl Engine {
    /// Runs Csound for a cycle, or lets the cycle go by; `is_touched` says whether anything has happened since the last one of
    /// which the cycle itself shows nothing. `[audio]`
    pub(super) fn run_cycle(&mut self, is_touched: bool) -> Performed {
        let (sounds_nothing, may_rest) = (self.running.sounds_nothing(), self.rest.is_asked_for());
        let is_due = (sounds_nothing || may_rest) && self.running.is_anything_due();
        let is_disturbed = may_rest && (is_touched || is_due || self.is_disturbed());
        self.has_passed = !is_due && (sounds_nothing || self.rest.is_due() && !is_disturbed);
        if self.has_passed {
            self.running.pass();
            self.passed += 1;
            return Performed::Cycle;
        }
        let performed = self.running.perform();
        if is_disturbed || !self.running.midi_out().is_empty() {
            self.rest.disturb();
        } else if may_rest {
            self.rest.hear(self.running.spout());
        }
        performed
    }

    /// Whether anything comes in, sounds that will end, or moves in the coming cycle.
    fn is_disturbed(&mut self) -> bool {
        self.running.spin_mut().iter().any(|sample| *sample != 0.0)
            || self.controls.moved()
            || self.voice_count() > 0
            || self.midi_keys.holds()
            || !self.running.plays_for_good()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rest(directive: &str) -> Rest {
        let document = Document::parse(&format!("{directive}\ninstr 1\nendin\n"), None).unwrap();
        Rest::of(&document, true, 1000.0, 10, 1.0)
    }

    #[test]
    fn only_silence_that_lasts_for_the_tail_is_enough() {
        let mut rest = rest(";@latency 20\n;@tail 2 rest");
        for _ in 0..203 {
            assert!(!rest.is_due());
            rest.hear(&[0.0, -1e-9]);
        }
        assert!(rest.is_due());
        for sound in [2e-8, -2e-8, f64::NAN, f64::INFINITY] {
            (0..300).for_each(|_| rest.hear(&[0.0]));
            assert!(rest.is_due());
            rest.hear(&[0.0, sound]);
            assert!(!rest.is_due(), "{sound}");
        }
        (0..300).for_each(|_| rest.hear(&[0.0]));
        rest.disturb();
        assert!(!rest.is_due());
    }

    #[test]
    fn a_short_tail_waits_a_second_and_without_the_word_nothing_rests() {
        let mut short = rest(";@tail 0 rest");
        (0..100).for_each(|_| short.hear(&[0.0]));
        assert!(!short.is_due());
        short.hear(&[0.0]);
        assert!(short.is_due());
        for directive in ["", ";@tail 0", ";@tail inf"] {
            let mut never = rest(directive);
            (0..1000).for_each(|_| never.hear(&[0.0]));
            assert!(!never.is_asked_for() && !never.is_due(), "{directive}");
        }
    }
}

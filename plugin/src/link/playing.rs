//! What plays: levels, load, voices, keys, the console, the scope; and the notes of the keyboard in the window.

use ksmps_core::event::{EventKind, NoteName, NoteSelector};
use ksmps_core::player::{Control, EngineState, Notice, Report, Scope, Subscription};
use ksmps_editor::model::{ConsoleLine, Counts, News};

use super::watches::Watches;

/// Frames of the scope: two fifths of a tenth of a second, enough for the lowest key of a piano.
const SCOPE_FRAMES: usize = 4096;
/// Notices that are read at once; the rest comes with the next look.
const NOTICES_MAX: usize = 4096;

/// What the editor knows of what plays.
pub(super) struct Playing {
    subscription: Subscription,
    keys: u128,
    counts: Counts,
    told: Option<(u128, Counts)>,
    /// Engines that began to play; the first is no swap.
    engines: u64,
    scope: Option<Looking>,
    /// The parameter that takes the next controller, and the controller that came.
    learning: Option<u16>,
    learned: Option<(u16, u8)>,
}

/// The scope, and how far it was told.
struct Looking {
    scope: Scope,
    written: u64,
}

impl Playing {
    /// Hears of what happens from now on. `[control]`
    pub fn new(control: &Control) -> Self {
        Self {
            subscription: control.subscribe(),
            keys: 0,
            counts: Counts::default(),
            told: None,
            engines: u64::from(control.status_without_console().built.is_some()),
            scope: None,
            learning: None,
            learned: None,
        }
    }

    /// Tells what is otherwise; what is watched goes on to those who told of it. `[control]`
    pub fn tell(&mut self, watches: &mut Watches, news: &mut Vec<News>) {
        let mut lines = Vec::new();
        let mut load = None;
        let mut levels: Vec<(u16, f32, f32)> = Vec::new();
        for _ in 0..NOTICES_MAX {
            match self.subscription.next_notice() {
                None => break,
                Some(Notice::Console(line)) => {
                    lines.push(ConsoleLine { severity: line.severity, text: line.text });
                }
                Some(Notice::Report(Report::Level { output, peak, rms })) => {
                    match levels.iter_mut().find(|level| level.0 == output) {
                        Some(level) => *level = (output, level.1.max(peak), rms),
                        None => levels.push((output, peak, rms)),
                    }
                }
                Some(Notice::Report(Report::Load { mean, peak, voices, .. })) => {
                    let before = load.map_or(0.0, |(_, before, _): (f32, f32, u32)| before);
                    load = Some((mean, peak.max(before), voices));
                    self.counts.late += u64::from(peak > 1.0);
                }
                Some(Notice::Report(Report::Watched(reading))) => watches.take(reading),
                Some(Notice::Report(report)) => self.count(report),
            }
        }
        if !lines.is_empty() {
            news.push(News::Console(lines));
        }
        news.extend(levels.into_iter().map(|(output, peak, rms)| News::Level { output, peak, rms }));
        news.extend(load.map(|(mean, peak, voices)| News::Load { mean, peak, voices }));
        if let Some((slot, controller)) = self.learned.take() {
            news.push(News::Learned { slot, controller });
        }
        self.tell_counts(news);
        self.tell_scope(news);
    }

    fn count(&mut self, report: Report) {
        match report {
            Report::Engine { state: EngineState::Playing, .. } => {
                self.counts.swaps += u64::from(self.engines > 0);
                self.engines += 1;
            }
            Report::Engine { state: EngineState::Stopped, .. } => self.keys = 0,
            Report::Silenced { samples } => self.counts.silenced += u64::from(samples),
            Report::Dropped { events } => self.counts.dropped += u64::from(events),
            Report::MemoryTaken { pieces, bytes } => {
                self.counts.taken_pieces += u64::from(pieces);
                self.counts.taken_bytes = self.counts.taken_bytes.saturating_add(bytes);
            }
            Report::Key { key, is_down: true } => self.keys |= 1 << (key & 127),
            Report::Key { key, is_down: false } => self.keys &= !(1 << (key & 127)),
            Report::Controller { controller } => {
                self.learned = self.learning.take().map(|slot| (slot, controller)).or(self.learned);
            }
            _ => {}
        }
    }

    /// The next controller that moves is this parameter's; `None` ends the waiting. `[control]`
    pub fn learn(&mut self, slot: Option<u16>, answers: &mut Vec<News>) {
        self.learning = slot;
        answers.push(News::Learning(slot));
    }

    fn tell_counts(&mut self, news: &mut Vec<News>) {
        let now = (self.keys, self.counts);
        let before = self.told.replace(now);
        if before.map(|(keys, _)| keys) != Some(now.0) {
            news.push(News::Keys(now.0));
        }
        if before.map(|(_, counts)| counts) != Some(now.1) {
            news.push(News::Counts(now.1));
        }
    }

    fn tell_scope(&mut self, news: &mut Vec<News>) {
        let Some(looking) = &mut self.scope else { return };
        let mut frames = vec![[0.0; 2]; SCOPE_FRAMES];
        let written = looking.scope.latest(&mut frames);
        if std::mem::replace(&mut looking.written, written) != written {
            news.push(News::Scope(frames));
        }
    }

    /// Looks at the sound that goes out, or no longer. `[control]`
    pub fn look_at_scope(&mut self, control: &Control, looks: bool) {
        self.scope = looks.then(|| Looking { scope: control.look(), written: 0 });
    }

    /// Counts from 0 again. `[control]`
    pub fn clear_counts(&mut self) {
        self.counts = Counts::default();
    }

    /// A key of the window's keyboard goes down. `[control]`
    pub fn note_on(&mut self, control: &Control, key: u8, velocity: f32) {
        let velocity = velocity.clamp(0.0, 1.0);
        control.play_event(EventKind::NoteOn { note: note(key), velocity });
    }

    /// A key of the window's keyboard goes up. `[control]`
    pub fn note_off(&mut self, control: &Control, key: u8) {
        control.play_event(EventKind::NoteOff { notes: NoteSelector::from(note(key)), velocity: 0.0 });
    }

    /// Every note ends. `[control]`
    pub fn all_notes_off(&mut self, control: &Control) {
        control.play_event(EventKind::NoteOff { notes: NoteSelector::ALL, velocity: 0.0 });
        self.keys = 0;
    }
}

/// A note of the window's keyboard: on the first channel, without an id of the host's.
fn note(key: u8) -> NoteName {
    NoteName { id: None, channel: 0, key: key & 127 }
}

//! The engines that the audio side has, and the one place where one takes over from another.
//!
//! An engine is *fresh* until it plays, then *playing*, then *fading* while the next one is heard already, then *spent*:
//! it goes back to be freed. There is one of each at most. A fresh engine that comes during a fade waits until the fade
//! has ended; where several come, the newest wins. A fresh engine of the very request that plays is a spare: it waits
//! for a reset.

use ksmps_engine::Held;

use super::ends::{AudioEnd, BuiltEngine, ToControl};
use super::missed::Missed;
use super::reports::{EngineState, Report};

/// Frames over which a new engine takes over from the old one.
pub const FADE_FRAMES: usize = 1024;

/// The engines of one instance. `[audio]`
pub(super) struct Engines {
    fresh: Option<BuiltEngine>,
    playing: Option<BuiltEngine>,
    fading: Option<Fading>,
    /// What the engine that comes next goes on with; used where `holds` says so.
    held: Box<Held>,
    holds: bool,
    /// What happened while no engine played.
    missed: Missed,
    /// No engine plays, and one was promised.
    is_awaited: bool,
    /// The engine that is asked to go, once the fade that is under way has ended.
    leaving: Option<u64>,
}

/// The engine that goes.
pub(super) struct Fading {
    pub engine: BuiltEngine,
    /// Frames that it is heard; over the last [`FADE_FRAMES`] of them it fades.
    pub frames_left: usize,
}

impl Engines {
    /// None. `[control]`
    pub fn new() -> Self {
        Self {
            fresh: None,
            playing: None,
            fading: None,
            held: Box::default(),
            holds: false,
            missed: Missed::new(),
            is_awaited: false,
            leaving: None,
        }
    }

    /// The engine that is heard and gets the events. `[any]`
    pub fn playing(&self) -> Option<&BuiltEngine> {
        self.playing.as_ref()
    }

    /// The engine that is heard and gets the events. `[audio]`
    pub fn playing_mut(&mut self) -> Option<&mut BuiltEngine> {
        self.playing.as_mut()
    }

    /// The engine that fades out. `[audio]`
    pub fn fading_mut(&mut self) -> Option<&mut Fading> {
        self.fading.as_mut()
    }

    /// What happens while no engine plays. `[audio]`
    pub fn missed_mut(&mut self) -> &mut Missed {
        &mut self.missed
    }

    /// Notes that wait for an engine. `[audio]`
    pub fn missed_notes(&self) -> usize {
        self.missed.notes()
    }

    /// Whether no engine plays, and one was promised. `[any]`
    pub fn is_awaited(&self) -> bool {
        self.is_awaited
    }

    /// Takes in the newest engine that was sent: of two that wait, the newer one stays. `[audio]`
    pub fn receive(&mut self, end: &mut AudioEnd) {
        let Some(engine) = end.receive_engine() else { return };
        let is_newer = self.fresh.as_ref().is_none_or(|waiting| waiting.generation <= engine.generation);
        let spent =
            if !end.is_for_rate(&engine) || !is_newer { Some(engine) } else { self.fresh.replace(engine) };
        spend(end, spent);
    }

    /// Has the fresh engine take over, where it is not a spare and no fade is under way: the playing one fades. `true`
    /// where another engine plays now. `[audio]`
    pub fn adopt(&mut self, end: &mut AudioEnd) -> bool {
        if self.fading.is_some() {
            return false;
        }
        // A spare waits for a reset, also where the playing one is dead: the builder sends what is to take over then.
        let playing = self.playing.as_ref().map(|playing| playing.generation);
        let Some(mut fresh) = self.fresh.take_if(|fresh| playing != Some(fresh.generation)) else {
            self.let_go(end);
            return false;
        };
        fresh.performer.settle(end.values());
        if let Some(mut old) = self.playing.take() {
            fresh.go_on_from(&mut old);
            self.fade_out(end, old, fresh.performer.delay_frames());
        }
        if std::mem::take(&mut self.holds) {
            fresh.performer.take_over(&self.held);
        }
        self.missed.replay(|kind| fresh.performer.event(kind));
        self.play(end, fresh);
        true
    }

    /// Has an engine as new play at once, without a fade and with nothing held: the fresh one where there is one. Where
    /// there is none, the one that plays is stopped and goes back. `[audio]`
    pub fn restart(&mut self, end: &mut AudioEnd) {
        self.end_fade(end);
        self.forget();
        let is_newer = |playing: &BuiltEngine| {
            self.fresh.as_ref().is_some_and(|fresh| fresh.generation > playing.generation)
        };
        let is_as_new = |one: &BuiltEngine| one.performer.is_as_new() && !one.performer.is_dead();
        if let Some(playing) = self.playing.as_mut().filter(|one| is_as_new(one) && !is_newer(one)) {
            playing.performer.settle(end.values());
            return;
        }
        let mut old = self.playing.take();
        if let Some(mut fresh) = self.fresh.take() {
            fresh.performer.settle(end.values());
            if let Some(old) = &mut old {
                fresh.go_on_from(old);
            }
            self.play(end, fresh);
            spend(end, old);
        } else if let Some(mut old) = old {
            old.show_all_kept();
            self.is_awaited = true;
            report(end, &old, EngineState::Stopped);
            end.send(ToControl::Stopped(old));
        }
    }

    /// Has the newest engine play at once, without a fade; lets go what is of another rate. `[control]`
    pub fn adopt_at_once(&mut self, end: &mut AudioEnd) {
        self.end_fade(end);
        self.forget();
        self.receive(end);
        let (mut before, mut fresh) = (self.playing.take(), self.fresh.take());
        if let (Some(fresh), Some(before)) = (&mut fresh, &mut before) {
            fresh.go_on_from(before);
        }
        for mut engine in [before, fresh].into_iter().flatten() {
            if end.is_for_rate(&engine) {
                if engine.performer.is_as_new() {
                    engine.performer.settle(end.values());
                }
                let old = self.playing.take();
                spend(end, old);
                self.play(end, engine);
            } else {
                spend(end, Some(engine));
            }
        }
    }

    /// Lets every engine go. `[control]`
    pub fn release(&mut self, end: &mut AudioEnd) {
        self.end_fade(end);
        self.forget();
        self.is_awaited = false;
        if let Some(playing) = &mut self.playing {
            playing.show_all_kept();
        }
        for engine in [end.receive_engine(), self.fresh.take(), self.playing.take()] {
            spend(end, engine);
        }
    }

    /// The engine of this number is to fade out, as soon as no other one does; what is held goes on in the one that comes
    /// next. `[audio]`
    pub fn ask_to_leave(&mut self, number: u64) {
        self.leaving = Some(number);
    }

    /// Ends the fade. `[audio]`
    pub fn end_fade(&mut self, end: &mut AudioEnd) {
        let fading = self.fading.take();
        spend(end, fading.map(|fading| fading.engine));
    }

    /// Lets the engine fade out that is asked to, where it plays.
    fn let_go(&mut self, end: &mut AudioEnd) {
        let Some(number) = self.leaving.take() else { return };
        if let Some(mut old) = self.playing.take_if(|playing| playing.number == number) {
            old.show_all_kept();
            self.is_awaited = true;
            self.fade_out(end, old, 0);
        }
    }

    /// An engine goes after so many frames; what it held is written down.
    fn fade_out(&mut self, end: &mut AudioEnd, mut old: BuiltEngine, after: usize) {
        old.performer.hold(&mut self.held);
        self.holds = true;
        report(end, &old, EngineState::Fading);
        self.fading = Some(Fading { engine: old, frames_left: FADE_FRAMES + after });
    }

    fn play(&mut self, end: &mut AudioEnd, mut engine: BuiltEngine) {
        engine.was_heard = true;
        report(end, &engine, EngineState::Playing);
        self.is_awaited = false;
        self.playing = Some(engine);
    }

    /// Nothing goes on in the engine that comes next.
    fn forget(&mut self) {
        self.holds = false;
        self.missed.clear();
    }
}

fn spend(end: &mut AudioEnd, engine: Option<BuiltEngine>) {
    if let Some(engine) = engine {
        report(end, &engine, EngineState::Spent);
        end.send(ToControl::Spent(engine));
    }
}

fn report(end: &mut AudioEnd, engine: &BuiltEngine, state: EngineState) {
    end.reports.write(Report::Engine { engine: engine.number, state });
}

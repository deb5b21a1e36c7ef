//! The engines that the audio side has, and the one place where one takes over from another.
//!
//! An engine is *fresh* until it plays, then *playing*, then *fading* while the next one is heard already, then *spent*:
//! it goes back to be freed. There is one of each at most. A fresh engine that comes during a fade waits until the fade
//! has ended, and one that rings out fades then; where several come, the newest wins. A fresh engine of the very request that plays is a spare: it waits
//! for a reset.

use ksmps_engine::Held;

use super::ends::{AudioEnd, BuiltEngine, ToControl};
use super::fading::{Fading, RingingNotes};
use super::held_notes::HeldNotes;
use super::missed::Missed;
use super::reports::{EngineState, Report};

/// The engines of one instance. `[audio]`
pub(super) struct Engines {
    fresh: Option<BuiltEngine>,
    playing: Option<BuiltEngine>,
    fading: Option<Fading>,
    /// Notes that ring out in it.
    ringing: RingingNotes,
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

impl Engines {
    /// None. `[control]`
    pub fn new() -> Self {
        Self {
            fresh: None,
            playing: None,
            fading: None,
            ringing: RingingNotes::new(),
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

    /// The engine that goes, and the notes that ring out in it. `[audio]`
    pub fn fading_mut(&mut self) -> Option<(&mut Fading, &mut RingingNotes)> {
        self.fading.as_mut().map(|fading| (fading, &mut self.ringing))
    }

    /// How many voices ring out in the engine that goes. `[audio]`
    pub fn ringing_voices(&self) -> usize {
        self.fading.as_ref().map_or(0, Fading::ringing_voices)
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

    /// Has the fresh engine take over, where it is not a spare and no other one goes: the playing one goes. `true`
    /// where another engine plays now. `[audio]`
    pub fn adopt(&mut self, end: &mut AudioEnd) -> bool {
        // A spare waits for a reset, also where the playing one is dead: the builder sends what is to take over then.
        let playing = self.playing.as_ref().map(|playing| playing.generation);
        let takes_over = |fresh: &BuiltEngine| playing != Some(fresh.generation);
        if let Some(fading) = &mut self.fading {
            if self.leaving.is_some() || self.fresh.as_ref().is_some_and(takes_over) {
                fading.hurry();
            }
            return false;
        }
        let Some(mut fresh) = self.fresh.take_if(|fresh| takes_over(fresh)) else {
            self.let_go(end);
            return false;
        };
        fresh.performer.settle(end.values());
        if let Some(mut old) = self.playing.take() {
            fresh.go_on_from(&mut old);
            // What comes is silent until then.
            let silent = fresh.performer.info().latency_frames as usize;
            let next = Some((silent, fresh.held_notes));
            self.fade_out(end, old, next);
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

    /// The engine that goes is gone. `[audio]`
    pub fn end_fade(&mut self, end: &mut AudioEnd) {
        self.ringing.clear();
        let fading = self.fading.take();
        spend(end, fading.map(|fading| fading.engine));
    }

    /// Lets the engine fade out that is asked to, where it plays.
    fn let_go(&mut self, end: &mut AudioEnd) {
        let Some(number) = self.leaving.take() else { return };
        if let Some(mut old) = self.playing.take_if(|playing| playing.number == number) {
            old.show_all_kept();
            self.is_awaited = true;
            self.fade_out(end, old, None);
        }
    }

    /// An engine goes; what it held is written down. The next one is heard after so many frames, and says what becomes of held
    /// notes; where there is none, nothing rings out.
    fn fade_out(&mut self, end: &mut AudioEnd, mut old: BuiltEngine, next: Option<(usize, HeldNotes)>) {
        old.performer.hold(&mut self.held);
        self.holds = true;
        report(end, &old, EngineState::Fading);
        self.fading = Some(match next {
            Some((alone, notes)) => Fading::beside(old, alone, notes, &mut self.held, &mut self.ringing),
            None => Fading::over(old, 0),
        });
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

//! The builder thread of one instance: builds what is asked for, keeps a spare ready, frees what comes back.
//!
//! The audio thread never wakes it: it looks by itself a few times per second, and at once when a request comes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use ksmps_data::diagnostic::Diagnostic;
use ksmps_data::needs::Needs;
use ksmps_document::KeptValues;
use ksmps_engine::BuildError;

use super::build::{Build, Built, Heard, Incident, Wanted};
use super::ends::{BuiltEngine, ControlEnd, ToControl};
use super::exclusive;
use super::instance::{Instance, InstanceState, Ticket};
use super::place::Place;
use super::problems::{self, News, ProblemReader};
use super::project::Project;
use super::reports::Measuring;

/// How often the builder looks for messages of the audio side.
const ROUND: Duration = Duration::from_millis(10);

/// A text that has played for so long is the last good sound itself, should its engine die.
const PROOF: Duration = Duration::from_secs(10);

/// What one engine is built for.
#[derive(Clone)]
struct Request {
    ticket: Ticket,
    project: Arc<Project>,
    rate: f64,
    /// Frames of the longest block.
    block_max: usize,
    /// Which opening of the project it is.
    opening: u64,
    /// What built before, to fall back to where nothing plays that could go on.
    fallback: Option<Arc<Project>>,
}

/// A request whose engine can only be built when another one is gone.
struct Postponed {
    request: Request,
    /// The number of the one that has to go.
    engine: u64,
    /// Whether the audio side was asked to let it go.
    is_asked: bool,
}

/// The thread's own.
pub(super) struct Builder {
    end: Arc<ControlEnd>,
    instance: Arc<Instance>,
    build: Box<dyn Build>,
    problems: ProblemReader,
    answered: Ticket,
    /// What the newest engine was built for: spares are built for the same.
    current: Option<Request>,
    /// What played before that, and without dying: where the newest one dies, it comes back.
    good: Option<Arc<Project>>,
    /// Counts the engines that take over: their spares do not count.
    generation: u64,
    /// The number of the engine that was sent last.
    sent: u64,
    /// When that was.
    sent_at: Instant,
    /// The audio side wants a spare.
    is_spare_wanted: bool,
    postponed: Option<Postponed>,
    /// Something went wrong since the newest text was built.
    has_trouble: bool,
    /// Levels are asked for while a text is on trial.
    measuring: Option<Measuring>,
}

impl Builder {
    /// A builder that has not begun. `[control]`
    pub fn new(end: Arc<ControlEnd>, instance: Arc<Instance>, build: Box<dyn Build>) -> Self {
        let problems = ProblemReader::new(&end);
        Self {
            end,
            instance,
            build,
            problems,
            answered: 0,
            current: None,
            good: None,
            generation: 0,
            sent: 0,
            sent_at: Instant::now(),
            is_spare_wanted: false,
            postponed: None,
            has_trouble: false,
            measuring: None,
        }
    }

    /// Works until the instance quits. `[control]`
    pub fn run(mut self) {
        // Whatever becomes of this thread, nobody waits for it for ever.
        let _quit = QuitOnDrop(Arc::clone(&self.instance));
        while self.round() {}
        while self.end.withdraw_engine().is_some() || self.end.receive().is_some() {}
    }

    /// Does what is most urgent, or waits a while; `false` where the instance quits.
    fn round(&mut self) -> bool {
        while let Some(message) = self.end.receive() {
            self.take(message);
        }
        self.end.call_callers();
        self.look_after();
        self.follow_user();
        let instance = Arc::clone(&self.instance);
        let mut state = instance.state();
        if state.quit {
            return false;
        }
        if let Some(request) = self.next_request(&state) {
            drop(state);
            self.answered = request.ticket;
            self.postponed = None;
            self.answer(request);
        } else if std::mem::take(&mut self.is_spare_wanted) {
            drop(state);
            self.build_spare();
        } else {
            let news = self.problems.read(&self.end, &mut state);
            let has_kept_more = state.kept_changes.look(|| self.end.shown());
            state.readings += 1;
            let rate = state.rate.unwrap_or_default();
            instance.wake();
            if news.is_any || has_kept_more {
                drop(state);
                instance.tell();
            } else {
                drop(instance.wait(state, ROUND));
            }
            self.weigh(&news, rate);
            self.ask_again();
        }
        true
    }

    fn next_request(&self, state: &InstanceState) -> Option<Request> {
        let rate = state.rate.filter(|_| state.wanted > self.answered)?;
        // Only an activation needs what built before: else its engine is playing.
        let fallback = state.last_built.clone().filter(|_| state.activated > self.answered);
        Some(Request {
            ticket: state.wanted,
            project: Arc::clone(&state.project),
            rate,
            block_max: state.block_max,
            opening: state.opening,
            fallback,
        })
    }

    fn take(&mut self, message: ToControl) {
        match message {
            ToControl::Spent(engine) => {
                let number = engine.number;
                self.end.take_kept_of(&engine, &mut self.instance.state());
                drop(engine);
                self.is_gone(number);
            }
            ToControl::Stopped(engine) => {
                let number = engine.number;
                self.end.take_kept_of(&engine, &mut self.instance.state());
                self.make_as_new(engine);
                self.is_gone(number);
            }
            ToControl::Played(engine) => self.is_spare_wanted = engine == self.sent,
            ToControl::Memory(_) => {}
        }
    }

    /// An engine was freed: what could not be built beside it can be built now.
    fn is_gone(&mut self, engine: u64) {
        if let Some(Postponed { mut request, .. }) = self.postponed.take_if(|one| one.engine == engine) {
            // Nothing plays now.
            request.fallback = self.instance.state().last_built.clone();
            self.answer(request);
        }
    }

    /// Builds what was asked for and says what became of it.
    fn answer(&mut self, mut request: Request) {
        let mut result = self.build(&request);
        if result.as_ref().is_err_and(exclusive::is_cause) {
            // One that was sent and not fetched may be what is in the way.
            let unfetched = self.end.withdraw_engine();
            let may_be_ours = unfetched.is_some() || self.may_hold();
            if let Some(unfetched) = unfetched {
                drop(unfetched);
                result = self.build(&request);
            }
            let playing = self.end.playing_number();
            if let Err(error) = &result
                && may_be_ours
                && playing > 0
                && exclusive::is_cause(error)
            {
                return self.postpone(request, playing, error);
            }
        }
        let failure = result.as_ref().err().map(exclusive::explained);
        let fallback = request.fallback.take();
        if let Some(good) = fallback.filter(|good| failure.is_some() && !good.plays_as(&request.project)) {
            // The names that the newer text has given slots keep them.
            request.project = Arc::new(good.with_slots(request.project.slots().clone()));
            result = self.build(&request);
        }
        self.conclude(request, result, failure);
    }

    /// Sends the engine of a request that is answered, and says so.
    fn conclude(
        &mut self,
        mut request: Request,
        result: Result<Built, BuildError>,
        failure: Option<Vec<Diagnostic>>,
    ) {
        let instance = Arc::clone(&self.instance);
        let mut state = instance.state();
        state.status.ticket = request.ticket;
        state.status.building = state.wanted > request.ticket;
        state.status.failed = failure.is_some();
        let mut displaced = None;
        match result {
            Ok(built) => {
                request.project = Arc::new(request.project.with_slots(built.slots.clone()));
                let info = Arc::clone(built.performer.info());
                state.status.diagnostics = failure.clone().unwrap_or_else(|| info.diagnostics.clone());
                state.status.diagnostics.extend(built.notes.iter().cloned());
                if failure.is_none() {
                    state.last_built = Some(Arc::clone(&request.project));
                    // A later request may have brought other slots: then those hold.
                    if state.wanted == request.ticket {
                        state.project = Arc::new(state.project.with_slots(built.slots.clone()));
                    }
                }
                state.status.info = Some(info);
                state.status.placing.clone_from(&built.placing);
                state.status.problems.clear();
                self.has_trouble = false;
                self.measure_trial();
                // A player that does not process leaves its engines where they wait: the newest is the one that counts.
                displaced = self.send_next(&request, built);
                let before = self.current.replace(request);
                self.remember(before);
            }
            Err(BuildError(diagnostics)) => state.status.diagnostics = failure.unwrap_or(diagnostics),
        }
        drop(state);
        instance.wake();
        drop(displaced);
        instance.tell();
    }

    /// What played before the newest engine is what comes back should that die, as long as it is another text.
    fn remember(&mut self, before: Option<Request>) {
        let now = self.current.as_ref().map(|current| &current.project);
        if let (Some(before), Some(now)) = (before, now)
            && !before.project.plays_as(now)
        {
            self.good = Some(before.project);
        }
    }

    /// Whether the engine that plays may have what only one can have.
    fn may_hold(&self) -> bool {
        self.current.as_ref().is_some_and(|current| exclusive::may_hold(&current.project))
    }

    /// The engine of a request is built when the playing one is gone. The request is answered: how long it takes is up to
    /// the host.
    fn postpone(&mut self, request: Request, engine: u64, error: &BuildError) {
        let mut state = self.instance.state();
        state.status.ticket = request.ticket;
        state.status.building = true;
        state.status.failed = false;
        state.status.diagnostics = vec![exclusive::stopped_first(error)];
        drop(state);
        self.instance.wake();
        self.instance.tell();
        self.postponed = Some(Postponed { request, engine, is_asked: false });
        self.ask_again();
    }

    /// Asks the audio side to let go what is in the way, where that is still to be done.
    fn ask_again(&mut self) {
        if let Some(postponed) = self.postponed.as_mut().filter(|postponed| !postponed.is_asked) {
            postponed.is_asked = self.end.ask_to_let_go(postponed.engine);
        }
    }

    /// Says what has happened to engines, and replaces one that is dead.
    fn look_after(&mut self) {
        let incidents = self.build.look_after();
        if incidents.is_empty() {
            return;
        }
        let mut deaths = Vec::new();
        for incident in incidents {
            match &incident {
                Incident::Noted(_) | Incident::Placed { .. } => {}
                Incident::Late(_) => self.build.was_heard(Heard::Late),
                Incident::Said(_) | Incident::Died(_) => self.is_in_trouble(),
            }
            match incident {
                Incident::Died(what) => deaths.push(what),
                Incident::Said(what) | Incident::Noted(what) | Incident::Late(Some(what)) => {
                    problems::add(&mut self.instance.state().status.problems, what);
                }
                Incident::Late(None) => {}
                Incident::Placed { before, now } => {
                    problems::replace(&mut self.instance.state(), &before, now)
                }
            }
        }
        if !deaths.is_empty() {
            self.replace_dead(deaths);
        }
        self.instance.tell();
    }

    /// The newest text has not played well.
    fn is_in_trouble(&mut self) {
        self.has_trouble = true;
        self.build.was_heard(Heard::Trouble);
    }

    /// Passes on how the newest engine has played, at this rate.
    fn weigh(&mut self, news: &News, rate: f64) {
        if news.has_errors {
            self.is_in_trouble();
        }
        if !self.has_trouble && news.heard_frames > 0 && rate > 0.0 {
            self.build.was_heard(Heard::Sound(news.heard_frames as f64 / rate));
        }
        self.measure_trial();
    }

    /// Asks for levels as long as a text is on trial.
    fn measure_trial(&mut self) {
        match self.build.is_on_trial() {
            true if self.measuring.is_none() => self.measuring = Some(self.end.measure()),
            true => {}
            false => self.measuring = None,
        }
    }

    /// Asks for the newest project once more where the user has decided otherwise of where it plays, or of what it may do.
    fn follow_user(&self) {
        let state = self.instance.state();
        if state.rate.is_none() || state.wanted != self.answered {
            return;
        }
        let last = state.status.placing.clone().filter(|_| !state.status.failed);
        let project = Arc::clone(&state.project);
        drop(state);
        if self.build.is_outdated(&project, last.as_ref()) {
            self.instance.state().request();
        }
    }

    /// The last good sound plays again: what played before a text that has died young, or the same text where it has played
    /// well for a while.
    fn replace_dead(&mut self, deaths: Vec<Diagnostic>) {
        let Some(current) = self.current.clone() else { return };
        let good = self.good.take().filter(|good| !good.plays_as(&current.project));
        if self.sent_at.elapsed() < PROOF
            && let Some(good) = &good
            && self.play_again(&current, good)
        {
            return self.fail(deaths);
        }
        deaths.into_iter().for_each(|what| problems::add(&mut self.instance.state().status.problems, what));
        let error = match self.build(&current) {
            Ok(built) => {
                self.good = good;
                return drop(self.send_next(&current, built));
            }
            Err(error) => error,
        };
        if let Some(good) = good {
            self.play_again(&current, &good);
        }
        self.fail(exclusive::explained(&error));
    }

    /// Lets an earlier project play in place of the one that plays now; whether it does.
    fn play_again(&mut self, current: &Request, good: &Project) -> bool {
        let project = Arc::new(good.with_slots(current.project.slots().clone()));
        let again = Request { project: Arc::clone(&project), ..current.clone() };
        let Ok(built) = self.build(&again) else { return false };
        let info = Arc::clone(built.performer.info());
        drop(self.send_next(&again, built));
        self.current = Some(again);
        let mut state = self.instance.state();
        state.status.info = Some(info);
        // What a new activation falls back to.
        state.last_built = Some(project);
        true
    }

    /// Makes a spare for the newest engine; where none can be built, a reset will have to do without.
    fn build_spare(&mut self) {
        let Some(current) = self.current.clone() else { return };
        if let Ok(built) = self.build(&current) {
            drop(self.send(&current, built));
        }
    }

    /// An engine as new takes the place of one that a reset has stopped: one that is built beside it; where that fails
    /// because of what the old one holds, one that is built when it is gone; else the old one, with everything cut off.
    fn make_as_new(&mut self, mut old: BuiltEngine) {
        let Some(current) = self.current.clone() else { return };
        if self.generation != old.generation || self.sent != old.number {
            // A newer one is on its way.
            return;
        }
        let error = match self.build(&current) {
            Ok(built) => return drop(self.send(&current, built)),
            Err(error) => error,
        };
        if exclusive::is_cause(&error) {
            drop(old);
            return match self.build(&current) {
                Ok(built) => drop(self.send(&current, built)),
                Err(error) => self.fail(exclusive::explained(&error)),
            };
        }
        old.performer.cut();
        drop(self.end.send_engine(old));
        problems::add(&mut self.instance.state().status.problems, not_as_new(&error));
        self.instance.tell();
    }

    /// The newest text does not play.
    fn fail(&self, diagnostics: Vec<Diagnostic>) {
        let mut state = self.instance.state();
        state.status.failed = true;
        state.status.diagnostics = diagnostics;
        drop(state);
        self.instance.tell();
    }

    fn build(&self, request: &Request) -> Result<Built, BuildError> {
        let Request { project, rate, block_max, .. } = request;
        let (rate, block_max, values, given) = (*rate, *block_max, self.end.values(), Needs::default());
        let kept = &self.kept(request.opening);
        self.build.build(Wanted { project, rate, block_max, values, kept, given, python: None })
    }

    /// What the project has kept so far; nothing where another one is open by now.
    fn kept(&self, opening: u64) -> KeptValues {
        let mut state = self.instance.state();
        if state.opening != opening {
            return KeptValues::default();
        }
        self.end.take_kept(&mut state);
        state.kept.clone()
    }

    /// Sends an engine that takes over; returns the one whose place it takes where it waits.
    fn send_next(&mut self, request: &Request, built: Built) -> Option<BuiltEngine> {
        self.generation += 1;
        self.send(request, built)
    }

    /// Sends an engine; returns the one whose place it takes where it waits.
    fn send(&mut self, request: &Request, built: Built) -> Option<BuiltEngine> {
        let is_apart = built.placing.is_some_and(|one| one.place == Place::Apart && !one.given.files);
        self.problems.follow(Arc::clone(&request.project), built.messages, is_apart);
        let shown = built.kept.clone().map(|board| (request.opening, board));
        self.sent = self.end.enlist(built.symbols.as_ref(), built.courier.as_ref(), shown);
        self.sent_at = Instant::now();
        let engine = BuiltEngine {
            generation: self.generation,
            number: self.sent,
            performer: built.performer,
            kept: built.kept,
            opening: request.opening,
            was_heard: false,
            held_notes: request.project.held_notes(),
        };
        self.end.send_engine(engine)
    }
}

fn not_as_new(BuildError(found): &BuildError) -> Diagnostic {
    let why = found.first().map(|first| first.text.as_str()).unwrap_or_default();
    let text = format!(
        "the engine could not be made as new after a reset, and goes on with its notes cut off: {why}"
    );
    Diagnostic::warning(None, text).with_remedy("mend the document, or load it again")
}

/// Says that the builder is gone, also where it goes by a panic.
struct QuitOnDrop(Arc<Instance>);

impl Drop for QuitOnDrop {
    fn drop(&mut self) {
        self.0.state().quit = true;
        self.0.wake();
    }
}

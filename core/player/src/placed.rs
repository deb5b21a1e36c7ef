//! Where engines play: in the host's process, or each in one of its own.
//!
//! The user's setting has the last word, then come what the document asks for and the project's wish. Where nobody says
//! anything, a text plays apart until it has been heard for a while without trouble; factory documents play together at
//! once. Where there is no process to be had, what is left to us plays in the host's.

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use ksmps_data::diagnostic::Diagnostic;
use ksmps_data::needs::Needs;
use ksmps_engine::BuildError;
use ksmps_settings::{AlwaysPlace, Answered, Consents, Settings, Stamps, Trusted, UserFiles};

use super::apart::{self, BuildApart};
use super::build::{Build, BuildHere, Built, Heard, Incident, Wanted};
use super::channels::SharedChannels;
use super::control::Control;
use super::instance::Ticket;
use super::machine::Machine;
use super::place::{Place, Placing, Reason};
use super::project::Project;
use super::trial::{Trial, Verdict};

/// How often somebody looks whether the user's settings or consents have changed.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Makes engines where they are to play, for a plugin with these channels.
pub(super) struct BuildPlaced {
    channels: SharedChannels,
    apart: BuildApart,
    machine: Machine,
    kept: Mutex<Kept>,
}

/// What is remembered between builds.
#[derive(Default)]
struct Kept {
    trial: Trial,
    /// The user's files when they were looked at last.
    stamp: Option<Stamps>,
    looked: Option<Instant>,
}

/// What was decided for a build.
struct Decision {
    place: Place,
    reason: Reason,
    given: Needs,
    unanswered: Needs,
    /// Which Python the user has set.
    python: Option<PathBuf>,
}

impl BuildPlaced {
    /// For a plugin with these channels, on this machine. Reads nothing. `[any]`
    pub fn new(channels: SharedChannels, machine: Machine) -> Self {
        let apart = BuildApart::new(channels.clone());
        Self { channels, apart, machine, kept: Mutex::default() }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where a project plays, as far as can be said without starting anything.
    fn decide(&self, project: &Project, user: &UserFiles) -> Decision {
        let settings = Settings::read(user);
        let asked = project.document().map(|document| document.needs).unwrap_or_default();
        let Answered { given, refused } = match asked.is_empty() {
            true => Answered::default(),
            false => Consents::read(user).answered(&project.content(), project.origin()),
        };
        // The interpreter and its lock are never in the host's process, whatever else plays there.
        let runs_python =
            asked.and(given).python && project.document().is_ok_and(|document| document.runs_python());
        let (place, reason) = match (settings.place, project.place()) {
            _ if runs_python => (Place::Apart, Reason::Needs),
            (Some(always), _) => (of(always), Reason::Setting),
            (None, _) if !asked.is_empty() => (Place::Apart, Reason::Needs),
            (None, Place::Automatic) => self.decide_automatic(project, &settings, user),
            (None, wish) => (wish, Reason::Wish),
        };
        // In the host's process nothing is given to a document alone.
        let given = if place == Place::Apart { asked.and(given) } else { Needs::default() };
        let unanswered = asked.without(given).without(refused);
        Decision { place, reason, given, unanswered, python: settings.python }
    }

    fn decide_automatic(&self, project: &Project, settings: &Settings, user: &UserFiles) -> (Place, Reason) {
        if let Some(always) = settings.automatic {
            return (of(always), Reason::Setting);
        }
        let is_factory = project.is_fresh() || self.machine.factory.contains(&project.text());
        if is_factory && project.session_json().is_null() {
            (Place::Together, Reason::Factory)
        } else if Trusted::read(user).has(&project.content()) {
            (Place::Together, Reason::Trusted)
        } else {
            (Place::Apart, Reason::New)
        }
    }

    fn build_at(&self, wanted: Wanted<'_>, decision: &mut Decision) -> Result<Built, BuildError> {
        if decision.reason == Reason::New
            && let Err(why) = apart::prepare_process()
        {
            decision.place = Place::Together;
            decision.reason = Reason::NoProcess(why);
        }
        let (given, python) = (decision.given, decision.python.as_deref());
        match decision.place {
            Place::Automatic | Place::Together => {
                BuildHere(self.channels.get()).build(Wanted { given, ..wanted })
            }
            Place::Apart => self.apart.build(Wanted { given, python, ..wanted }),
        }
    }

    /// The user's files where something was written in them since the last look; `None` where that was a moment ago.
    fn newly_written(&self) -> Option<UserFiles> {
        let mut kept = self.kept();
        if kept.looked.is_some_and(|looked| looked.elapsed() < LOOK_EVERY) {
            return None;
        }
        kept.looked = Some(Instant::now());
        let user = self.machine.user();
        let stamp = user.stamp();
        let before = kept.stamp.replace(stamp)?;
        (before != stamp).then_some(user)
    }
}

fn of(always: AlwaysPlace) -> Place {
    match always {
        AlwaysPlace::Together => Place::Together,
        AlwaysPlace::Apart => Place::Apart,
    }
}

impl Build for BuildPlaced {
    fn build(&self, wanted: Wanted<'_>) -> Result<Built, BuildError> {
        let user = self.machine.user();
        let mut decision = self.decide(wanted.project, &user);
        let result = self.build_at(wanted, &mut decision);
        let mut built = result?;
        self.kept().trial.begin(match decision.place {
            Place::Apart if decision.given.or(decision.unanswered).is_empty() => {
                Some(wanted.project.content())
            }
            _ => None,
        });
        let Decision { place, reason, given, unanswered, .. } = decision;
        built.notes.extend(unallowed(wanted.project, unanswered));
        if let Reason::NoProcess(why) = &reason {
            built.notes.push(unprotected(why));
        }
        let missing = std::mem::take(&mut built.missing);
        built.placing = Some(Placing { place, reason, given, unanswered, missing });
        Ok(built)
    }

    fn look_after(&self) -> Vec<Incident> {
        self.apart.look_after()
    }

    fn is_outdated(&self, project: &Project, last: Option<&Placing>) -> bool {
        let Some(user) = self.newly_written() else { return false };
        let now = self.decide(project, &user);
        let Some(last) = last else { return !now.given.is_empty() };
        let is_same_place = now.place == last.place || matches!(last.reason, Reason::NoProcess(_));
        // That it has come to be trusted moves nothing that plays.
        let is_moved = !is_same_place && now.reason != Reason::Trusted;
        is_moved || now.given != last.given
    }

    fn is_on_trial(&self) -> bool {
        self.kept().trial.is_under_way()
    }

    fn was_heard(&self, heard: Heard) {
        let mut kept = self.kept();
        let Some(content) = kept.trial.content().map(str::to_owned) else { return };
        let verdict = match heard {
            Heard::Sound(seconds) => kept.trial.hear(seconds),
            Heard::Late | Heard::Trouble => {
                kept.trial.fail();
                Verdict::Pending
            }
        };
        drop(kept);
        // Where it cannot be written, the text is as trusted as before.
        match (heard, verdict) {
            (Heard::Trouble, _) => drop(Trusted::remove(&self.machine.user(), &content)),
            (_, Verdict::Passed) => drop(Trusted::add(&self.machine.user(), &content)),
            _ => {}
        }
    }
}

/// What is to be said of what a document asks for without an answer.
fn unallowed(project: &Project, unanswered: Needs) -> Option<Diagnostic> {
    let line = project.document().ok().and_then(|document| {
        let directive = document.directives.iter().find(|one| one.word == "needs")?;
        Some(document.located(Diagnostic::warning(directive.line, String::new())))
    });
    let text =
        format!("the document asks to be let use {unanswered}, which nobody has allowed on this machine");
    let file = project.origin().map_or_else(|| "FILE".to_owned(), |origin| origin.display().to_string());
    let remedy = format!(
        "allow it in the editor (Session, Place and permissions) or with `ksmps consent give \"{file}\"`, or take it out of \
         ;@needs"
    );
    let warning = Diagnostic { text, ..line.unwrap_or_else(|| Diagnostic::warning(None, String::new())) };
    (!unanswered.is_empty()).then(|| warning.with_remedy(remedy))
}

fn unprotected(why: &str) -> Diagnostic {
    let text = format!("the engine plays in the host's process, without protection from its document: {why}");
    Diagnostic::warning(None, text)
        .with_remedy("install the plugin as a whole, or set the place to together, which says the same without this message")
}

impl Control {
    /// Says where the project is to play. Another engine is built there and takes over with a fade. `[control]`
    pub fn set_place(&self, place: Place) -> Ticket {
        let mut state = self.instance.state();
        let project = state.project.as_ref().clone().with_place(place);
        state.change(project);
        self.request_edit(state)
    }
}

//! One build: from a project to an engine that can play. What it takes to make one is behind [`Build`], so that the
//! builder's thread can be tried without Csound, and an engine can be made elsewhere.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use ksmps_csound::MessageQueue;
use ksmps_data::diagnostic::Diagnostic;
use ksmps_data::needs::Needs;
use ksmps_data::params::{SlotMap, SlotValues};
use ksmps_document::KeptValues;
use ksmps_engine::renderer::Renderer;
use ksmps_engine::route::{HostChannels, Route};
use ksmps_engine::{self, BuildError, BuildRequest, KeptBoard, Symbols};

use super::courier::Courier;
use super::performer::Performer;
use super::place::Placing;
use super::project::Project;

/// What an engine is built from.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    /// The project.
    pub project: &'a Project,
    /// Frames per second.
    pub rate: f64,
    /// Frames of the longest block that the host will ask for.
    pub block_max: usize,
    /// Where the slots stand.
    pub values: &'a SlotValues,
    /// What the project has kept of tables and channels.
    pub kept: &'a KeptValues,
    /// What the document may do besides making sound.
    pub given: Needs,
    /// Which Python the user has set for it; `None` for the machine's.
    pub python: Option<&'a Path>,
}

/// An engine, and what the control side keeps of it.
pub(super) struct Built {
    /// The engine.
    pub performer: Box<dyn Performer>,
    /// Its names, for verbs; `None` where it takes no verbs.
    pub symbols: Option<Arc<Symbols>>,
    /// Who takes commands there; `None` where it is in this process.
    pub courier: Option<Arc<dyn Courier>>,
    /// What Csound prints while it plays.
    pub messages: Option<MessageQueue>,
    /// What its document keeps; `None` where it keeps nothing.
    pub kept: Option<Arc<KeptBoard>>,
    /// Which parameter lives in which slot from now on.
    pub slots: SlotMap,
    /// What is to be said of how it is connected to the host.
    pub notes: Vec<Diagnostic>,
    /// Protections that its process lacks on this system, in words.
    pub missing: Vec<String>,
    /// Where it plays, where somebody has decided that.
    pub placing: Option<Placing>,
}

/// Makes engines. `[control]`
pub(super) trait Build: Send + Sync {
    /// Builds one, ready for its first block.
    ///
    /// # Errors
    /// What is wrong with the project, with the document's lines.
    fn build(&self, wanted: Wanted<'_>) -> Result<Built, BuildError>;

    /// Looks after the engines that were built, and says what has happened to them. It is called often.
    fn look_after(&self) -> Vec<Incident> {
        Vec::new()
    }

    /// Whether the user has decided otherwise of this project since its last build: then another engine is to be built.
    /// `last` is how the newest engine was placed, `None` where the last build has failed. It is called often.
    fn is_outdated(&self, _: &Project, _: Option<&Placing>) -> bool {
        false
    }

    /// Whether somebody wants to know how long the engine that was built last is heard.
    fn is_on_trial(&self) -> bool {
        false
    }

    /// How the engine that was built last has played since the last call.
    fn was_heard(&self, _: Heard) {}
}

/// How an engine has played for a while.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Heard {
    /// For so many seconds there was sound.
    Sound(f64),
    /// It was late.
    Late,
    /// It died, was refused something, or printed an error.
    Trouble,
}

/// What has happened to an engine outside its performance.
pub(super) enum Incident {
    /// It is dead.
    Died(Diagnostic),
    /// Something went wrong.
    Said(Diagnostic),
    /// Something is to be said that is no fault of the document's.
    Noted(Diagnostic),
    /// It was late; what is to be said of it the first time.
    Late(Option<Diagnostic>),
    /// Where something is wrong that was said before.
    Placed {
        /// As it was said.
        before: Diagnostic,
        /// With its line.
        now: Diagnostic,
    },
}

/// Makes engines in this process, for a plugin with these channels.
pub(super) struct BuildHere(pub HostChannels);

impl Build for BuildHere {
    fn build(&self, wanted: Wanted<'_>) -> Result<Built, BuildError> {
        catch_unwind(AssertUnwindSafe(|| self.try_build(wanted))).unwrap_or_else(|_| {
            let text = "building the engine failed inside the plugin; the text is unharmed";
            Err(BuildError(vec![Diagnostic::error(None, text)]))
        })
    }
}

impl BuildHere {
    fn try_build(
        &self,
        Wanted { project, rate, values, kept, given, .. }: Wanted<'_>,
    ) -> Result<Built, BuildError> {
        let document = project.document().map_err(|found| BuildError(found.to_vec()))?;
        let session = project.session().map_err(|error| {
            let text = format!("{error}; it stays in the project");
            BuildError(vec![Diagnostic::error(None, text)])
        })?;
        let mut slots = project.slots().clone();
        let request = BuildRequest { document, session, rate, slots: &mut slots, values, kept, given };
        let engine = ksmps_engine::build(request)?;
        let route = Route::new(engine.info(), &self.0);
        let unheard = (!route.unheard.is_empty()).then(|| unheard(&route.unheard, !self.0.inputs.is_empty()));
        let notes =
            unheard.into_iter().chain(route.missing_inputs.iter().map(|name| missing_input(name))).collect();
        let (symbols, messages) = (Some(Arc::clone(engine.symbols())), Some(engine.messages().clone()));
        let kept = engine.kept_board().map(Arc::new);
        let performer = Box::new(Renderer::new(engine, route));
        let (courier, missing, placing) = (None, Vec::new(), None);
        Ok(Built { performer, symbols, courier, messages, kept, slots, notes, missing, placing })
    }
}

fn missing_input(name: &str) -> Diagnostic {
    let text = format!("the plugin has no input for {name}: it is silent");
    Diagnostic::warning(None, text)
        .with_remedy(format!("use Ksmps Effect, or write optional behind ;@in {name}, if it may be missing"))
}

fn unheard(channels: &[usize], is_effect: bool) -> Diagnostic {
    let numbers: Vec<String> = channels.iter().map(|channel| (channel + 1).to_string()).collect();
    let text = format!(
        "output {} of the orchestra is not heard: the plugin has no channel for it",
        numbers.join(", ")
    );
    Diagnostic::warning(None, text).with_remedy(match is_effect {
        true => "give the plugin more channels in the host, or name the outputs with ;@out",
        false => "use Ksmps Multi-out, or name the outputs with ;@out",
    })
}

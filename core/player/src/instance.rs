//! What the control side knows of its instance, behind one lock. The audio thread never takes it.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ksmps_data::diagnostic::Diagnostic;
use ksmps_document::KeptValues;
use ksmps_engine::EngineInfo;

use super::console::Console;
use super::kept_changes::KeptChanges;
use super::place::Placing;
use super::project::{Project, Revision};
use super::watch::Watchers;

/// Frames of the longest block, where nobody has said.
const BLOCK_MAX: usize = 2048;

/// A request's number; later ones are higher.
pub type Ticket = u64;

/// What the control side knows of the instance.
#[derive(Debug, Clone, Default)]
pub struct Status {
    /// The newest request that was answered.
    pub ticket: Ticket,
    /// Whether a newer one is being worked on.
    pub building: bool,
    /// What plays; `None` before the first engine.
    pub info: Option<Arc<EngineInfo>>,
    /// The revision of the project whose engine was built last: it sounds, or takes over at once; `None` before the first.
    pub built: Option<Revision>,
    /// Where the newest engine plays and why, what its document may do, and what protection this system lacks.
    pub placing: Option<Placing>,
    /// What is to be said of the newest document: its errors where it did not build, else warnings and notes.
    pub diagnostics: Vec<Diagnostic>,
    /// Whether the newest document could not be built; then the last one that built plays on, or nothing.
    pub failed: bool,
    /// What went wrong while the present engine played, each kind once.
    pub problems: Vec<Diagnostic>,
    /// What Csound printed while playing, and what control ports say of themselves, newest last.
    pub console: Vec<String>,
}

/// What the builder works from.
pub(super) struct InstanceState {
    pub project: Arc<Project>,
    /// The revision that the host's project has, as far as we know: that of the last save or restore.
    pub saved: Revision,
    /// What the project keeps of tables and channels, as far as it was taken in.
    pub kept: KeptValues,
    /// Whether they are something else than what was saved.
    pub kept_changes: KeptChanges,
    /// Counts the documents and states that were opened: what is kept goes from engine to engine within one.
    pub opening: u64,
    /// What built last, to fall back to.
    pub last_built: Option<Arc<Project>>,
    pub rate: Option<f64>,
    /// Frames of the longest block that the host will ask for.
    pub block_max: usize,
    pub wanted: Ticket,
    /// The newest request that came with an activation: nothing plays yet that could go on.
    pub activated: Ticket,
    /// All of it but the console and what was built.
    pub status: Status,
    pub console: Console,
    /// How often the builder has read what the engines printed.
    pub readings: u64,
    pub quit: bool,
}

/// The state, who waits for it to change, and who is told.
pub(super) struct Instance {
    state: Mutex<InstanceState>,
    changed: Condvar,
    /// Who is told when the status has changed. Nothing is locked while they are called.
    pub watchers: Watchers,
}

impl InstanceState {
    /// A change of the user's: it has the next revision. `[control]`
    pub fn change(&mut self, project: Project) {
        let revision = self.project.revision() + 1;
        self.project = Arc::new(project.with_revision(revision));
    }

    /// What the control side knows now. `[control]`
    pub fn status(&self) -> Status {
        Status { console: self.console.texts(), ..self.status_without_console() }
    }

    /// The same without what was printed. `[control]`
    pub fn status_without_console(&self) -> Status {
        let built = self.last_built.as_ref().map(|project| project.revision());
        Status { built, ..self.status.clone() }
    }

    /// Notes a request; returns its number. `[control]`
    pub fn request(&mut self) -> Ticket {
        self.wanted += 1;
        self.status.building = self.rate.is_some();
        self.wanted
    }
}

impl Instance {
    /// An instance that is not active. `[control]`
    pub fn new(project: Project) -> Self {
        let state = InstanceState {
            project: Arc::new(project),
            saved: 0,
            kept: KeptValues::default(),
            kept_changes: KeptChanges::default(),
            opening: 0,
            last_built: None,
            rate: None,
            block_max: BLOCK_MAX,
            wanted: 0,
            activated: 0,
            status: Status::default(),
            console: Console::default(),
            readings: 0,
            quit: false,
        };
        Self { state: Mutex::new(state), changed: Condvar::new(), watchers: Watchers::default() }
    }

    /// The state, for as long as the guard is kept. `[control]`
    pub fn state(&self) -> MutexGuard<'_, InstanceState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until somebody says that the state has changed, or a while. `[control]`
    pub fn wait<'a>(
        &self,
        state: MutexGuard<'a, InstanceState>,
        at_most: Duration,
    ) -> MutexGuard<'a, InstanceState> {
        self.changed.wait_timeout(state, at_most).unwrap_or_else(PoisonError::into_inner).0
    }

    /// Wakes those who wait for a change. `[control]`
    pub fn wake(&self) {
        self.changed.notify_all();
    }

    /// Tells everybody who watches that the status has changed. The state must not be locked. `[control]`
    pub fn tell(&self) {
        self.watchers.tell();
    }
}

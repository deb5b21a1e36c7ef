//! The control half: the document, its state, and the requests to the builder.

use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use serde_json::Value;

use crate::diagnostic::Diagnostic;
use crate::document::Document;
use crate::engine::EngineInfo;
use crate::params::{Param, SlotValues};

use super::builder;
use super::handover::Shared;
use super::state::{self, Project, StateError};

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
    /// What is to be said of the newest document: its errors where it did not build, else warnings and notes.
    pub diagnostics: Vec<Diagnostic>,
    /// Whether the newest document could not be built; then the last good one plays on, or nothing.
    pub failed: bool,
    /// What went wrong while the present engine played, each kind once.
    pub trouble: Vec<Diagnostic>,
    /// What Csound printed while playing, and what control ports say of themselves, newest last.
    pub console: Vec<String>,
}

/// What the builder works from, behind one lock. The audio thread never takes it.
pub(super) struct Desk {
    pub project: Project,
    /// What built last, to fall back to.
    pub last_good: Option<builder::Good>,
    pub rate: Option<f64>,
    pub wanted: Ticket,
    /// The newest request that came with an activation: nothing plays yet that could go on.
    pub activated: Ticket,
    pub status: Status,
    pub quit: bool,
}

/// Whom the builder tells that there is news.
pub(super) type Listener = Box<dyn Fn() + Send>;

/// The desk and the bell on it.
pub(super) struct Office {
    desk: Mutex<Desk>,
    bell: Condvar,
    listener: Mutex<Option<Listener>>,
}

impl Office {
    pub fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until somebody rings, or a while.
    pub fn wait<'a>(&self, desk: MutexGuard<'a, Desk>, at_most: std::time::Duration) -> MutexGuard<'a, Desk> {
        self.bell.wait_timeout(desk, at_most).unwrap_or_else(PoisonError::into_inner).0
    }

    pub fn ring(&self) {
        self.bell.notify_all();
    }

    /// Tells the listener, if there is one, that the status has changed. The desk must be free.
    pub fn tell(&self) {
        if let Some(listener) = &*self.listener() {
            listener();
        }
    }

    fn listener(&self) -> MutexGuard<'_, Option<Listener>> {
        self.listener.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The control half of a plugin instance. Its methods may be called from any thread but the audio thread.
pub struct Control {
    pub(super) shared: Arc<Shared>,
    pub(super) office: Arc<Office>,
    builder: Mutex<Option<JoinHandle<()>>>,
}

impl Control {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        let project = Project { text: shared.shape.default_document.to_owned(), ..Project::default() };
        let desk = Desk {
            project,
            last_good: None,
            rate: None,
            wanted: 0,
            activated: 0,
            status: Status::default(),
            quit: false,
        };
        let office =
            Arc::new(Office { desk: Mutex::new(desk), bell: Condvar::new(), listener: Mutex::new(None) });
        Self { shared, office, builder: Mutex::new(None) }
    }

    /// Opens another document: its parameters start at their defaults. Returns at once; the engine is built beside
    /// the playing one as soon as a rate is known. [control]
    pub fn load(&self, text: String, origin: Option<PathBuf>) -> Ticket {
        let mut desk = self.office.desk();
        desk.project = Project { text, origin, ..Project::default() };
        (0..crate::params::SLOTS).for_each(|slot| self.shared.values.clear(slot));
        self.request(desk)
    }

    /// Changes the document's text: parameters keep their slots and values by name. Returns at once. [control]
    pub fn edit(&self, text: String) -> Ticket {
        let mut desk = self.office.desk();
        desk.project.text = text;
        self.request(desk)
    }

    /// The document's text. [control]
    pub fn text(&self) -> String {
        self.office.desk().project.text.clone()
    }

    /// Builds the present document for this rate and waits until its engine is ready or has failed; the player then
    /// has it with [`super::Player::adopt`]. [control]
    pub fn activate(&self, rate: f64) -> Status {
        self.start_builder();
        let mut desk = self.office.desk();
        desk.rate = Some(rate);
        desk.activated = desk.wanted + 1;
        self.shared.set_rate(rate);
        let ticket = self.request(desk);
        self.wait_for(ticket)
    }

    /// Nothing is built until the next activation. [control]
    pub fn deactivate(&self) {
        self.office.desk().rate = None;
    }

    /// Waits until a request is answered. Returns at once where nothing is active. [control]
    pub fn wait_for(&self, ticket: Ticket) -> Status {
        let mut desk = self.office.desk();
        while desk.rate.is_some() && desk.status.ticket < ticket && !desk.quit {
            desk = self.office.wait(desk, std::time::Duration::from_millis(100));
        }
        desk.status.clone()
    }

    /// What is known now. [control]
    pub fn status(&self) -> Status {
        self.office.desk().status.clone()
    }

    /// Has `listener` called whenever the status has changed: after each build, failed ones too, and when something
    /// went wrong while playing. It runs on the builder's thread, or on a control port's, and must not wait for this
    /// instance, nor end it. [control]
    pub fn listen(&self, listener: impl Fn() + Send + 'static) {
        *self.office.listener() = Some(Box::new(listener));
    }

    /// Has nobody called any more; a call under way has ended when this returns. [control]
    pub fn stop_listening(&self) {
        self.office.listener().take();
    }

    /// The parameters that the present document will have, as far as its text tells; none for a text that cannot be
    /// read. From now on they have their slots: what a host moves before there is an engine is kept by name.
    /// [control]
    pub fn foreseen_params(&self) -> Vec<(usize, Param)> {
        let text = self.text();
        let params = Document::parse(&text, None).map(|document| document.foreseen_params());
        let params = params.unwrap_or_default();
        let names: Vec<&str> = params.iter().map(|param| param.name.as_str()).collect();
        let mut desk = self.office.desk();
        if desk.project.text != text {
            return Vec::new();
        }
        let assigned = desk.project.slots.assign(&names);
        drop(desk);
        params.into_iter().zip(assigned).filter_map(|(param, slot)| Some((slot?, param))).collect()
    }

    /// Where the slots stand. [any]
    pub fn values(&self) -> &SlotValues {
        &self.shared.values
    }

    /// The slot of a parameter name in this project. [control]
    pub fn slot(&self, name: &str) -> Option<usize> {
        self.office.desk().project.slots.slot(name)
    }

    /// The state to keep in the host's project. [control]
    pub fn save(&self) -> Value {
        state::save(&self.office.desk().project, &self.shared.values)
    }

    /// Takes a state; the engine is built beside the playing one. Works before, during and after activation.
    /// [control]
    ///
    /// # Errors
    /// Where the state cannot be read; then nothing has changed.
    pub fn restore(&self, state: &Value) -> Result<Ticket, StateError> {
        let (project, moved) = state::load(state)?;
        let mut desk = self.office.desk();
        desk.project = project;
        (0..crate::params::SLOTS).for_each(|slot| self.shared.values.clear(slot));
        moved.into_iter().for_each(|(slot, value)| self.shared.values.set(slot, value));
        Ok(self.request(desk))
    }

    pub(super) fn request(&self, mut desk: MutexGuard<'_, Desk>) -> Ticket {
        desk.wanted += 1;
        desk.status.building = desk.rate.is_some();
        let ticket = desk.wanted;
        drop(desk);
        self.office.ring();
        ticket
    }

    fn start_builder(&self) {
        let mut builder = self.builder.lock().unwrap_or_else(PoisonError::into_inner);
        if builder.is_none() {
            let (shared, office) = (Arc::clone(&self.shared), Arc::clone(&self.office));
            let thread = std::thread::Builder::new().name("ksmps builder".into());
            match thread.spawn(move || builder::run(&shared, &office)) {
                Ok(handle) => *builder = Some(handle),
                Err(error) => {
                    let mut desk = self.office.desk();
                    let text = format!("the builder thread could not be started: {error}");
                    desk.status.diagnostics = vec![Diagnostic::error(None, text)];
                    desk.quit = true;
                }
            }
        }
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        self.office.desk().quit = true;
        self.office.ring();
        let builder = self.builder.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        // What the builder calls may have had the last hold on this.
        if let Some(builder) = builder.filter(|builder| builder.thread().id() != std::thread::current().id())
        {
            // A builder that panicked has nothing left to clean up.
            let _ = builder.join();
        }
    }
}

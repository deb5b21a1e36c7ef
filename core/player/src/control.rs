//! The control half: the project, its state, and the requests to the builder.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::Value;

use ksmps_data::diagnostic::Diagnostic;
use ksmps_data::event::EventKind;
use ksmps_data::params::{Param, SLOTS, SlotValues};
use ksmps_document::{KeptValues, Tail};
use ksmps_engine::route::HostChannels;
use ksmps_session::SessionFile;

use super::build::Build;
use super::builder::Builder;
use super::channels::SharedChannels;
use super::console::Subscription;
use super::ends::ControlEnd;
use super::instance::{Instance, InstanceState, Status, Ticket};
use super::machine::Machine;
use super::project::{Project, Revision};
use super::scope::Scope;
use super::state::{self, StateError};
use super::watch::Watch;

/// How long somebody waits for the messages that were printed last.
const MESSAGES_WAIT_MS_MAX: u32 = 1000;

/// The control half of a plugin instance. Its methods may be called from any thread but the audio thread.
pub struct Control {
    pub(super) shared: Arc<ControlEnd>,
    pub(super) instance: Arc<Instance>,
    pub(super) machine: Machine,
    channels: SharedChannels,
    builder: Mutex<BuilderThread>,
}

/// The builder, and its thread once there is one.
struct BuilderThread {
    /// What builds; it moves to the thread.
    build: Option<Box<dyn Build>>,
    handle: Option<JoinHandle<()>>,
}

/// Stack of a builder's thread: Csound's compiler calls itself for each level of an expression. Only what is used of it
/// takes memory.
const BUILDER_STACK_BYTES: usize = 256 << 20;

impl Control {
    pub(super) fn new(
        end: ControlEnd,
        machine: Machine,
        document: &'static str,
        channels: SharedChannels,
        build: Box<dyn Build>,
    ) -> Self {
        Self {
            shared: Arc::new(end),
            instance: Arc::new(Instance::new(Project::fresh(document))),
            machine,
            channels,
            builder: Mutex::new(BuilderThread { build: Some(build), handle: None }),
        }
    }

    /// Opens another document: its parameters start at their defaults. Returns at once; the engine is built beside
    /// the playing one as soon as a rate is known. `[control]`
    pub fn load(&self, text: String, origin: Option<PathBuf>) -> Ticket {
        let mut state = self.instance.state();
        let before = &state.project;
        let (place, mode, notes) = (before.place(), before.block_mode(), before.held_notes());
        let project = Project::new(text, origin).with_place(place).with_block_mode(mode);
        state.change(project.with_held_notes(notes));
        state.open_kept(KeptValues::default());
        (0..SLOTS).for_each(|slot| self.shared.values().clear(slot));
        self.request_edit(state)
    }

    /// Changes the document's text: parameters keep their slots and values by name. Returns at once. `[control]`
    pub fn edit(&self, text: String) -> Ticket {
        let mut state = self.instance.state();
        let project = state.project.with_text(text);
        state.change(project);
        self.request_edit(state)
    }

    /// Changes the document's text and the file that it came from, as when it is saved under another name. Returns at once.
    /// `[control]`
    pub fn edit_as(&self, text: String, origin: PathBuf) -> Ticket {
        let mut state = self.instance.state();
        let project = state.project.with_text(text).with_origin(origin);
        state.change(project);
        self.request_edit(state)
    }

    /// Has the parameter of each of two slots in the other one from now on, with its value: what a host has automated stays
    /// with the number of the slot. Returns at once. `[control]`
    pub fn swap_slots(&self, one: usize, other: usize) -> Ticket {
        let mut state = self.instance.state();
        let mut slots = state.project.slots().clone();
        slots.swap(one, other);
        let project = state.project.with_slots(slots);
        state.change(project);
        let values = self.shared.values();
        let (first, second) = (values.get(one), values.get(other));
        for (slot, value) in [(one, second), (other, first)] {
            match value {
                Some(value) => values.set(slot, value),
                None => values.clear(slot),
            }
        }
        self.request_edit(state)
    }

    /// Takes another file under the name that the document has for it, and carries it in the project. Returns at once.
    /// `[control]`
    ///
    /// # Errors
    /// Where the file cannot be read, or is too long to be carried; then nothing changes.
    pub fn locate(&self, name: &str, file: &Path) -> std::io::Result<Ticket> {
        let project = self.project();
        let carried = project.assets().with_file(name, file)?;
        let mut state = self.instance.state();
        let changed = state.project.with_assets(carried);
        state.change(changed);
        Ok(self.request_edit(state))
    }

    /// The project as it is now. `[control]`
    pub fn project(&self) -> Arc<Project> {
        Arc::clone(&self.instance.state().project)
    }

    /// Which change made the project what it is. `[control]`
    pub fn revision(&self) -> Revision {
        self.instance.state().project.revision()
    }

    /// Whether the project has something to save since it was saved or restored last: the user has changed it, or what the
    /// document keeps has changed. Parameters that the host moves are the host's to keep. `[control]`
    pub fn is_modified(&self) -> bool {
        let state = self.instance.state();
        state.project.revision() != state.saved || state.kept_changes.has_changed()
    }

    /// How often what the document keeps has become something else than what was saved; the status is told with each.
    /// `[control]`
    pub fn kept_changes(&self) -> u64 {
        self.instance.state().kept_changes.count()
    }

    /// The document's text. `[control]`
    pub fn text(&self) -> String {
        self.project().text().to_owned()
    }

    /// Says how many frames the longest block has that the host will ask for; before an activation, from which on it holds.
    /// `[control]`
    pub fn set_block_max(&self, frames: usize) {
        self.instance.state().block_max = frames.max(1);
    }

    /// Says which channels the host has; before an activation, from which on they hold. `[control]`
    pub fn set_channels(&self, channels: HostChannels) {
        self.channels.set(channels);
    }

    /// Builds the present document for this rate and waits until its engine is ready or has failed; the player then
    /// has it with [`super::Player::adopt`]. `[control]`
    pub fn activate(&self, rate: f64) -> Status {
        self.start_builder();
        let mut state = self.instance.state();
        state.rate = Some(rate);
        state.activated = state.wanted + 1;
        self.shared.set_rate(rate);
        let ticket = self.request(state);
        self.wait_for(ticket)
    }

    /// Nothing is built until the next activation. `[control]`
    pub fn deactivate(&self) {
        self.instance.state().rate = None;
    }

    /// Waits until a request is answered. Returns at once where nothing is active. `[control]`
    pub fn wait_for(&self, ticket: Ticket) -> Status {
        let mut state = self.instance.state();
        while state.rate.is_some() && state.status.ticket < ticket && !state.quit {
            state = self.instance.wait(state, Duration::from_millis(100));
        }
        state.status()
    }

    /// What is known now. `[control]`
    pub fn status(&self) -> Status {
        self.instance.state().status()
    }

    /// The same with an empty console, for whoever looks often: a subscription has the lines as they come. `[control]`
    pub fn status_without_console(&self) -> Status {
        self.instance.state().status_without_console()
    }

    /// The status with everything that Csound has printed so far: waits until the builder has read it. What is known now
    /// where an engine is being built, where there is no builder, and after a second. `[control]`
    pub fn status_with_messages(&self) -> Status {
        let has_builder = self.builder.lock().unwrap_or_else(PoisonError::into_inner).handle.is_some();
        let mut state = self.instance.state();
        // The reading that is under way may have passed what was printed last.
        let wanted = state.readings + 2;
        for _ in 0..MESSAGES_WAIT_MS_MAX {
            if !has_builder || state.quit || state.status.building || state.readings >= wanted {
                break;
            }
            self.instance.wake();
            state = self.instance.wait(state, Duration::from_millis(1));
        }
        state.status()
    }

    /// Reads from now on what is printed and what the audio side reports. Any number of readers may do so, each at its own
    /// pace; one that falls behind loses the oldest, and is told how many. `[control]`
    pub fn subscribe(&self) -> Subscription {
        Subscription::new(Arc::clone(&self.instance), self.shared.subscribe(), self.shared.measure())
    }

    /// Looks at the sound that goes out from now on, until it is dropped. `[control]`
    pub fn look(&self) -> Scope {
        self.shared.look()
    }

    /// The control channels and the text channels of the playing engine that are known by name; none where none plays.
    /// `[control]`
    pub fn channel_names(&self) -> [Vec<String>; 2] {
        let playing = self.shared.playing();
        let names = playing.as_ref().map(|(_, names)| names.symbols.channel_names()).unwrap_or_default();
        names.map(|names| names.into_iter().map(str::to_owned).collect())
    }

    /// Plays an event, as if the host had sent it at the first frame of the block that comes next: a note of the keyboard
    /// in the window, say. `false` where there is no room, because the audio side does not run. `[control]`
    pub fn play_event(&self, kind: EventKind) -> bool {
        self.shared.send_event(kind)
    }

    /// Has `call` called whenever the status has changed, for as long as the watch lives: after each edit, after each
    /// build, failed ones too, and when something went wrong while playing. It runs on the thread that edits, on the
    /// builder's, or on a control port's, and must not wait for this instance, nor end it. `[control]`
    pub fn watch(&self, call: impl FnMut() + Send + 'static) -> Watch {
        self.instance.watchers.add(call)
    }

    /// The parameters that the present document will have, as far as its text tells; none for a text that cannot be
    /// read. From now on they have their slots: what a host moves before there is an engine is kept by name.
    /// `[control]`
    pub fn declared_params(&self) -> Vec<(usize, Param)> {
        let project = self.project();
        let params = project.document().map(|document| document.declared_params()).unwrap_or_default();
        let names: Vec<&str> = params.iter().map(|param| param.name.as_str()).collect();
        let mut state = self.instance.state();
        if !state.project.shares_text(&project) {
            return Vec::new();
        }
        let mut slots = state.project.slots().clone();
        let assigned = slots.assign(&names);
        state.project = Arc::new(state.project.with_slots(slots));
        drop(state);
        params.into_iter().zip(assigned).filter_map(|(param, slot)| Some((slot?, param))).collect()
    }

    /// How long the present document sounds on, as far as its text tells ([`Document::declared_tail`]); `None` also where the
    /// project's session follows the song. `[control]`
    ///
    /// [`Document::declared_tail`]: ksmps_document::Document::declared_tail
    pub fn declared_tail(&self) -> Option<Tail> {
        let project = self.project();
        let follows = project.session().ok().flatten().is_some_and(SessionFile::follows_the_song);
        project.document().ok()?.declared_tail().filter(|_| !follows)
    }

    /// Where the slots stand. `[any]`
    pub fn values(&self) -> &SlotValues {
        self.shared.values()
    }

    /// The slot of a parameter name in this project. `[control]`
    pub fn slot(&self, name: &str) -> Option<usize> {
        self.instance.state().project.slots().slot(name)
    }

    /// The state to keep in the host's project, which has the present revision from now on. `[control]`
    pub fn save(&self) -> Value {
        let mut state = self.instance.state();
        state.saved = state.project.revision();
        state.kept_changes.saved(self.shared.shown().as_ref());
        self.save_state(state)
    }

    /// The same for somebody else than the host: the project is as modified as it was. `[control]`
    pub fn save_copy(&self) -> Value {
        self.save_state(self.instance.state())
    }

    fn save_state(&self, mut state: MutexGuard<'_, InstanceState>) -> Value {
        self.shared.take_kept(&mut state);
        let (project, kept) = (Arc::clone(&state.project), state.kept.clone());
        drop(state);
        state::save(&project, self.shared.values(), &kept)
    }

    /// Takes a state of the host's project; the engine is built beside the playing one. Works before, during and after
    /// activation. `[control]`
    ///
    /// # Errors
    /// Where the state cannot be read; then nothing has changed.
    pub fn restore(&self, saved: &Value) -> Result<Ticket, StateError> {
        let (project, moved, kept) = state::load(saved)?;
        let mut state = self.instance.state();
        state.change(project);
        state.saved = state.project.revision();
        state.open_kept(kept);
        (0..SLOTS).for_each(|slot| self.shared.values().clear(slot));
        moved.into_iter().for_each(|(slot, value)| self.shared.values().set(slot, value));
        Ok(self.request(state))
    }

    pub(super) fn request(&self, mut state: MutexGuard<'_, InstanceState>) -> Ticket {
        let ticket = state.request();
        drop(state);
        self.instance.wake();
        ticket
    }

    /// As [`Self::request`], of a change that the user made: whoever watches hears of it, active or not.
    pub(super) fn request_edit(&self, state: MutexGuard<'_, InstanceState>) -> Ticket {
        let ticket = self.request(state);
        self.instance.tell();
        ticket
    }

    fn start_builder(&self) {
        let mut builder = self.builder.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(build) = builder.build.take() else { return };
        let work = Builder::new(Arc::clone(&self.shared), Arc::clone(&self.instance), build);
        let thread = std::thread::Builder::new().name("ksmps builder".into()).stack_size(BUILDER_STACK_BYTES);
        match thread.spawn(move || work.run()) {
            Ok(handle) => builder.handle = Some(handle),
            Err(error) => {
                let mut state = self.instance.state();
                let text = format!("the builder thread could not be started: {error}");
                state.status.diagnostics = vec![Diagnostic::error(None, text)];
                state.quit = true;
            }
        }
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        self.instance.state().quit = true;
        self.instance.wake();
        let builder = self.builder.get_mut().unwrap_or_else(PoisonError::into_inner).handle.take();
        // What the builder calls may have had the last hold on this.
        if let Some(builder) = builder.filter(|builder| builder.thread().id() != std::thread::current().id())
        {
            // A builder that panicked has nothing left to clean up.
            let _ = builder.join();
        }
    }
}

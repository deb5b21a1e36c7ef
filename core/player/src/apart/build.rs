//! Builds engines in processes of their own, and watches over them while they play.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ksmps_process::life::End;
use ksmps_process::socket::SocketError;

use ksmps_csound::MessageQueue;
use ksmps_data::diagnostic::{Diagnostic, Severity};
use ksmps_data::params::SLOTS;
use ksmps_engine::BuildError;
use ksmps_engine::route::HostChannels;

use super::super::block_mode::BlockMode;
use super::super::build::{Build, Built, Incident, Wanted};
use super::super::courier::Courier;
use super::super::project::Project;
use super::handle::Handle;
use super::launch::{self, Waiting};
use super::messages::{BuildOrder, BuiltThere, FromEngine, slots_from};
use super::performer::Apart;
use super::priority;

/// How long a build may take. One that takes longer has an endless loop.
const BUILD_PATIENCE: Duration = Duration::from_secs(5);
/// How long an engine may not answer while it plays, in milliseconds.
const LATE_MS_MAX: u32 = 1000;
/// A text that has ended so many processes is not tried again.
const DEATHS_MAX: u32 = 2;
/// How long the system may take to say how a process ended.
const END_PATIENCE: Duration = Duration::from_secs(2);

/// How many builders there are in this host: the spare process is for all of them.
static BUILDERS: AtomicUsize = AtomicUsize::new(0);

/// Makes engines in processes of their own, for a plugin with these channels.
pub(crate) struct BuildApart {
    channels: HostChannels,
    watched: Mutex<Watched>,
}

#[derive(Default)]
struct Watched {
    engines: Vec<Arc<Handle>>,
    /// How many processes each text has ended.
    deaths: HashMap<u64, u32>,
    /// A spare process was used.
    wants_spare: bool,
}

impl BuildApart {
    /// For a plugin with these channels. Starts nothing. `[any]`
    pub fn new(channels: HostChannels) -> Self {
        BUILDERS.fetch_add(1, Ordering::Relaxed);
        Self { channels, watched: Mutex::default() }
    }

    fn watched(&self) -> MutexGuard<'_, Watched> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn order(
        &self,
        Wanted { project, rate, values, given, .. }: Wanted<'_>,
        waiting: &Waiting,
    ) -> Result<BuildOrder, BuildError> {
        let unwritten =
            |error: serde_json::Error| refused(format!("the project could not be handed over: {error}"));
        Ok(BuildOrder {
            text: project.text().to_owned(),
            origin: project.origin().map(std::path::Path::to_owned),
            assets: serde_json::to_string(project.assets()).map_err(unwritten)?,
            session: serde_json::to_string(project.session_json()).map_err(unwritten)?,
            slots: serde_json::to_string(project.slots()).map_err(unwritten)?,
            values: (0..SLOTS).filter_map(|slot| Some((slot as u16, values.get(slot)?))).collect(),
            rate,
            channels: self.channels.clone(),
            read: launch::readable(project.origin()),
            scratch: waiting.scratch.path().to_owned(),
            needs: given,
        })
    }

    /// Notes that a text has ended a process.
    fn count_death(&self, text: u64) {
        *self.watched().deaths.entry(text).or_default() += 1;
    }

    fn built(
        &self,
        waiting: Waiting,
        text: u64,
        there: BuiltThere,
        pipelined: Option<usize>,
    ) -> Result<Built, BuildError> {
        let BuiltThere { mut info, symbols, slots, mut notes, missing, thread } = there;
        let slots =
            slots_from(&slots).map_err(|error| refused(format!("the engine's answer is wrong: {error}")))?;
        let missing: Vec<String> = missing.iter().map(ToString::to_string).collect();
        notes.extend(missing.iter().map(|missing| Diagnostic::warning(None, missing.as_str())));
        let Waiting { process, scratch } = waiting;
        let handle = Arc::new(Handle::new(process, thread, text, scratch));
        let printed = MessageQueue::new();
        info.latency_frames += pipelined.unwrap_or(0) as u32;
        let performer = Box::new(Apart::new(Arc::clone(&handle), Arc::new(info), printed.clone(), pipelined));
        let courier: Arc<dyn Courier> = Arc::clone(&handle) as Arc<dyn Courier>;
        let mut watched = self.watched();
        watched.engines.push(handle);
        watched.wants_spare = true;
        let symbols = Some(Arc::new(symbols.of_another_process()));
        let (courier, messages) = (Some(courier), Some(printed));
        Ok(Built { performer, symbols, courier, messages, slots, notes, missing, placing: None })
    }

    /// What became of an engine since the last time; `None` while it is well.
    fn incident(&self, engine: &Handle) -> Option<Incident> {
        if engine.is_done() {
            return None;
        }
        if let Some(end) = engine.process.end() {
            self.count_death(engine.text);
            return Some(Incident::Died(died("while it played", &words(end))));
        }
        if engine.late_ms() > LATE_MS_MAX {
            engine.process.kill();
            engine.process.wait_for_end(END_PATIENCE);
            self.count_death(engine.text);
            let why = "it did not answer for a second: an instrument has an endless loop, or far more to do than there is \
                time for";
            return Some(Incident::Died(died("while it played", why)));
        }
        if let Some(said) = priority::follow_host(engine) {
            return Some(Incident::Noted(said));
        }
        if let Some(is_first) = engine.take_late() {
            let said = || Diagnostic::warning(None, LATE).with_remedy(LATE_REMEDY);
            return Some(Incident::Late(is_first.then(said)));
        }
        match engine.process.socket().receive::<FromEngine>(Some(Duration::ZERO)) {
            Ok(FromEngine::NetworkRefused) => {
                let text = "the document was not let use the network";
                Some(Incident::Said(Diagnostic::new(Severity::Error, None, text).with_remedy(NETWORK_REMEDY)))
            }
            _ => None,
        }
    }
}

const LATE: &str = "the engine's process did not have some blocks ready in time, and they are silent";
const LATE_REMEDY: &str = "use larger blocks, fewer voices, or let this instance play in the host's process";
const NETWORK_REMEDY: &str =
    "write ;@needs network and allow it on this machine, or take OSC and network opcodes out";

impl Build for BuildApart {
    fn build(&self, wanted: Wanted<'_>) -> Result<Built, BuildError> {
        // What is wrong with the text alone needs no process.
        let document = wanted.project.document().map_err(|found| BuildError(found.to_vec()))?;
        document.fits(wanted.given).map_err(BuildError)?;
        let text = number_of(wanted.project);
        if self.watched().deaths.get(&text).is_some_and(|deaths| *deaths >= DEATHS_MAX) {
            let text = "this text has ended its engine twice, and is not tried again until it changes";
            return Err(refused(text.to_owned()));
        }
        let waiting = launch::take().map_err(refused)?;
        let is_pipelined = wanted.project.block_mode().decided() == BlockMode::Pipelined;
        let pipelined = is_pipelined.then_some(wanted.block_max);
        let order = self.order(wanted, &waiting)?;
        let socket = waiting.process.socket();
        let answer = socket.send(&order).and_then(|()| socket.receive(Some(BUILD_PATIENCE)));
        match answer {
            Ok(FromEngine::Built(there)) => self.built(waiting, text, *there, pipelined),
            Ok(FromEngine::Failed(diagnostics)) => Err(BuildError(diagnostics)),
            Err(SocketError::TimedOut) => {
                self.count_death(text);
                let seconds = BUILD_PATIENCE.as_secs();
                let why = format!("it was not ready after {seconds} seconds: the header has an endless loop");
                Err(BuildError(vec![died("while it was built", &why)]))
            }
            Err(SocketError::Closed) => {
                self.count_death(text);
                let end = waiting.process.wait_for_end(END_PATIENCE).unwrap_or(End::Unknown);
                Err(BuildError(vec![died("while it was built", &words(end))]))
            }
            Ok(FromEngine::NetworkRefused) => {
                Err(refused("the engine answered before it was built".to_owned()))
            }
            Err(error) => Err(refused(error.to_string())),
        }
    }

    fn look_after(&self) -> Vec<Incident> {
        let mut engines = std::mem::take(&mut self.watched().engines);
        let mut incidents = Vec::new();
        engines.retain(|engine| {
            let incident = self.incident(engine);
            let lives = !engine.is_done() && engine.process.end().is_none();
            incidents.extend(incident);
            lives
        });
        let mut watched = self.watched();
        watched.engines.append(&mut engines);
        let wants_spare = std::mem::take(&mut watched.wants_spare);
        drop(watched);
        if wants_spare {
            // Without one the next engine takes longer, and says what is wrong.
            drop(launch::prepare_spare());
        }
        incidents
    }
}

impl Drop for BuildApart {
    fn drop(&mut self) {
        if BUILDERS.fetch_sub(1, Ordering::AcqRel) == 1 {
            launch::drop_spare();
        }
    }
}

fn refused(text: String) -> BuildError {
    BuildError(vec![Diagnostic::error(None, text)])
}

fn died(when: &str, why: &str) -> Diagnostic {
    let text = format!("the engine's process ended {when}: {why}");
    Diagnostic::error(None, text)
        .with_remedy("change the text that was edited last; the plugin and its host are unharmed")
}

fn words(end: End) -> String {
    match end {
        End::Status(status) => format!("something in the document left with status {status}"),
        other => other.to_string(),
    }
}

/// A number for what is built: the text, its place and its session.
fn number_of(project: &Project) -> u64 {
    let mut hasher = DefaultHasher::new();
    project.text().hash(&mut hasher);
    project.origin().hash(&mut hasher);
    project.session_json().to_string().hash(&mut hasher);
    serde_json::to_string(project.assets()).unwrap_or_default().hash(&mut hasher);
    hasher.finish()
}

//! Builds engines in processes of their own.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ksmps_process::life::End;
use ksmps_process::socket::SocketError;

use ksmps_csound::MessageQueue;
use ksmps_data::diagnostic::Diagnostic;
use ksmps_data::params::{SLOTS, SlotValues};
use ksmps_data::python::PythonSearch;
use ksmps_document::KeptValues;
use ksmps_engine::{BuildError, KeptBoard};

use super::super::block_mode::BlockMode;
use super::super::build::{Build, Built, Incident, Wanted};
use super::super::channels::SharedChannels;
use super::super::courier::Courier;
use super::super::project::Project;
use super::handle::Handle;
use super::launch::{self, Waiting};
use super::limits;
use super::messages::{BuildOrder, BuiltThere, FromEngine, slots_from};
use super::performer::Apart;
use super::search::{ATTEMPT_MAX, Next, Search};
use super::watch::{self, Seen};
use super::words::{self, When};

/// A text that has ended so many processes is not tried again.
const DEATHS_MAX: u32 = 2;
/// How long the system may take to say how a process ended.
const END_PATIENCE: Duration = Duration::from_secs(2);

/// How many builders there are in this host: the spare process is for all of them.
static BUILDERS: AtomicUsize = AtomicUsize::new(0);

/// Makes engines in processes of their own, for a plugin with these channels.
pub(crate) struct BuildApart {
    channels: SharedChannels,
    watched: Mutex<Watched>,
}

#[derive(Default)]
struct Watched {
    engines: Vec<Arc<Handle>>,
    /// The texts that have ended processes.
    deaths: HashMap<Played, Deaths>,
    /// Which line a text died of is being looked for.
    search: Option<Search>,
    /// A spare process was used.
    wants_spare: bool,
}

/// What was built: its content, and the file that it came from, beside which it finds what it reads.
type Played = (String, Option<PathBuf>);

/// How many processes a text has ended, and what was said of the last one.
struct Deaths {
    count: u32,
    said: Diagnostic,
}

/// What came of a build there.
enum Outcome {
    Built(Box<BuiltThere>),
    Failed(BuildError),
    /// It has ended the process.
    Died(Diagnostic),
}

impl BuildApart {
    /// For a plugin with these channels. Starts nothing. `[any]`
    pub fn new(channels: SharedChannels) -> Self {
        BUILDERS.fetch_add(1, Ordering::Relaxed);
        Self { channels, watched: Mutex::default() }
    }

    fn watched(&self) -> MutexGuard<'_, Watched> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn order(
        &self,
        Wanted { project, rate, values, kept, given, python, .. }: Wanted<'_>,
        waiting: &Waiting,
    ) -> Result<BuildOrder, BuildError> {
        let runs_python = project.document().is_ok_and(|document| given.python && document.runs_python());
        let python =
            runs_python.then(|| PythonSearch::of_environment().or_choice(python.map(Path::to_owned)));
        let unwritten =
            |error: serde_json::Error| refused(format!("the project could not be handed over: {error}"));
        Ok(BuildOrder {
            text: project.text().to_owned(),
            origin: project.origin().map(std::path::Path::to_owned),
            assets: serde_json::to_string(project.assets()).map_err(unwritten)?,
            session: serde_json::to_string(project.session_json()).map_err(unwritten)?,
            slots: serde_json::to_string(project.slots()).map_err(unwritten)?,
            values: (0..SLOTS).filter_map(|slot| Some((slot as u16, values.get(slot)?))).collect(),
            kept: kept.to_json().to_string(),
            rate,
            channels: self.channels.get(),
            read: [launch::readable(project.origin()), project.assets().linked_files(project.origin())]
                .concat(),
            scratch: waiting.scratch.path().to_owned(),
            needs: given,
            python,
            loop_limit: limits::loops(),
        })
    }

    /// Has a project built by a process, within a limit.
    fn attempt(&self, wanted: Wanted<'_>, waiting: &Waiting, limit: Duration) -> Result<Outcome, BuildError> {
        let order = self.order(wanted, waiting)?;
        let (process, project) = (&waiting.process, wanted.project);
        let socket = process.socket();
        let died = |why: &str, doing| words::died(When::Building, why, doing, process, project);
        let hung = |why: &str, doing| Outcome::Died(words::hung(died(why, doing), doing));
        let answer = socket.send(&order).and_then(|()| socket.receive(Some(limit)));
        Ok(match answer {
            Ok(FromEngine::Built(there)) => Outcome::Built(there),
            Ok(FromEngine::Failed(diagnostics)) => Outcome::Failed(BuildError(diagnostics)),
            Ok(FromEngine::Stuck(doing)) => {
                hung("it was in an endless loop, or in one that would not have ended soon", Some(doing))
            }
            Err(SocketError::TimedOut) => {
                let why = format!("it was not ready after {} seconds", limit.as_secs_f64());
                hung(&why, watch::ask(process))
            }
            Err(SocketError::Closed) => {
                let end = process.wait_for_end(END_PATIENCE).unwrap_or(End::Unknown);
                Outcome::Died(died(&words::of_end(end), words::place_of(&process.last_words())))
            }
            Ok(FromEngine::NetworkRefused | FromEngine::Doing(_)) => {
                Outcome::Failed(refused("the engine answered before it was built".to_owned()))
            }
            Err(error) => Outcome::Failed(refused(error.to_string())),
        })
    }

    /// Notes that a text has ended a process.
    fn count_death(&self, played: Played, said: &Diagnostic) {
        let mut watched = self.watched();
        let deaths = watched.deaths.entry(played).or_insert_with(|| Deaths { count: 0, said: said.clone() });
        deaths.count += 1;
        deaths.said = said.clone();
    }

    fn built(
        &self,
        waiting: Waiting,
        project: &Project,
        there: BuiltThere,
        pipelined: Option<usize>,
    ) -> Result<Built, BuildError> {
        let BuiltThere { mut info, symbols, slots, mut notes, missing, thread, proven, kept } = there;
        proven.into_iter().for_each(launch::note_proven);
        let slots =
            slots_from(&slots).map_err(|error| refused(format!("the engine's answer is wrong: {error}")))?;
        let missing: Vec<String> = missing.iter().map(ToString::to_string).collect();
        notes.extend(missing.iter().map(|missing| Diagnostic::warning(None, missing.as_str())));
        let Waiting { process, scratch } = waiting;
        let handle = Arc::new(Handle::new(process, thread, project.clone(), scratch));
        let printed = MessageQueue::new();
        info.latency_frames += pipelined.unwrap_or(0) as u32;
        let kept = (!info.kept.is_empty()).then(|| Arc::new(KeptBoard::new(info.kept.clone(), &kept)));
        let (info, board) = (Arc::new(info), kept.clone());
        let channels = self.channels.get();
        let performer =
            Box::new(Apart::new(Arc::clone(&handle), info, printed.clone(), board, pipelined, &channels));
        let courier: Arc<dyn Courier> = Arc::clone(&handle) as Arc<dyn Courier>;
        let mut watched = self.watched();
        watched.engines.push(handle);
        watched.wants_spare = true;
        let symbols = Some(Arc::new(symbols.of_another_process()));
        let (courier, messages) = (Some(courier), Some(printed));
        Ok(Built { performer, symbols, courier, messages, kept, slots, notes, missing, placing: None })
    }

    /// Looks after the engines that play; what has happened.
    fn watch_engines(&self) -> Vec<Incident> {
        let mut engines = std::mem::take(&mut self.watched().engines);
        let mut incidents = Vec::new();
        engines.retain(|engine| {
            match watch::look(engine) {
                Some(Seen::Died(said)) => {
                    self.count_death(played(&engine.project), &said);
                    incidents.push(Incident::Died(said));
                    return false;
                }
                Some(Seen::Other(incident)) => incidents.push(incident),
                None => {}
            }
            !engine.is_done()
        });
        self.watched().engines.append(&mut engines);
        incidents
    }

    /// One step of the search for a line, where there is one: at most half a second.
    fn search(&self) -> Option<Incident> {
        let mut search = self.watched().search.take()?;
        let text = match search.next() {
            Next::Nothing => return None,
            Next::Found(line) => return Some(found(&search, line)),
            Next::Try(text) => text,
        };
        let shorter = search.project.with_text(text);
        let wanted = Wanted {
            project: &shorter,
            rate: search.rate,
            block_max: search.block_max,
            values: &SlotValues::default(),
            kept: &KeptValues::default(),
            given: search.given,
            python: None,
        };
        // What is wrong with the shorter text alone needs no process.
        let outcome = match shorter.document() {
            Err(_) => None,
            Ok(_) => self.attempt(wanted, &launch::take().ok()?, ATTEMPT_MAX).ok(),
        };
        if search.tried(matches!(outcome, Some(Outcome::Died(_)))) {
            self.watched().search = Some(search);
        }
        None
    }
}

impl Build for BuildApart {
    fn build(&self, wanted: Wanted<'_>) -> Result<Built, BuildError> {
        // A newer text is of more interest than what was wrong with the one before.
        self.watched().search.take_if(|search| search.project.revision() < wanted.project.revision());
        // What is wrong with the text alone needs no process.
        let document = wanted.project.document().map_err(|found| BuildError(found.to_vec()))?;
        document.fits(wanted.given).map_err(BuildError)?;
        let played = played(wanted.project);
        if let Some(deaths) = self.watched().deaths.get(&played).filter(|deaths| deaths.count >= DEATHS_MAX) {
            return Err(BuildError(vec![given_up(), deaths.said.clone()]));
        }
        let waiting = launch::take().map_err(refused)?;
        let is_pipelined = wanted.project.block_mode().decided() == BlockMode::Pipelined;
        let pipelined = is_pipelined.then_some(wanted.block_max);
        match self.attempt(wanted, &waiting, limits::build())? {
            Outcome::Built(there) => self.built(waiting, wanted.project, *there, pipelined),
            Outcome::Failed(error) => Err(error),
            Outcome::Died(said) => {
                self.count_death(played, &said);
                if said.line.is_none() {
                    let search = Search::new(&wanted, said.clone());
                    self.watched().search = Some(search);
                }
                Err(BuildError(vec![said]))
            }
        }
    }

    fn look_after(&self) -> Vec<Incident> {
        let mut incidents = self.watch_engines();
        if std::mem::take(&mut self.watched().wants_spare) {
            // Without one the next engine takes longer, and says what is wrong.
            drop(launch::prepare_spare());
        }
        if incidents.is_empty() {
            incidents.extend(self.search());
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

fn played(project: &Project) -> Played {
    (project.content(), project.origin().map(ToOwned::to_owned))
}

/// What was said of a death, with the line that was found.
fn found(search: &Search, line: u32) -> Incident {
    let mut now = search.said.clone();
    now.line = Some(line);
    now.source = search.project.text().lines().nth(line as usize - 1).map(str::to_owned);
    now.text += "; the text up to this line is enough for it";
    Incident::Placed { before: search.said.clone(), now }
}

fn given_up() -> Diagnostic {
    let text = "this text has ended its engine twice, and is not tried again until it changes";
    Diagnostic::error(None, text)
}

fn refused(text: String) -> BuildError {
    BuildError(vec![Diagnostic::error(None, text)])
}

//! The life of an engine's process from its own side: it is started as a spare with Csound loaded, is given one project,
//! goes into its sandbox, builds, and plays until the host is done with it.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use ksmps_csound::Python;
use ksmps_process::exchange::EngineEnd;
use ksmps_process::inside::{self, Inherited};
use ksmps_process::sandbox::{self, Limits, Missing, Places};
use ksmps_process::scheduling;
use ksmps_process::socket::SocketError;

use ksmps_data::diagnostic::Diagnostic;
use ksmps_data::needs::Needs;
use ksmps_data::params::SlotValues;
use ksmps_document::KeptValues;
use ksmps_engine::ProvenFile;

use super::super::build::{Build, BuildHere, Built, Wanted};
use super::super::exclusive::NETWORK_REFUSED;
use super::super::project::Project;
use super::BUILD;
use super::launch::PROVEN_VARIABLE;
use super::messages::{BuildOrder, BuiltThere, FromEngine, ToEngine, slots_from};
use super::progress::{self, Progress};
use super::remote::{Queues, Remote};
use super::watch::NETWORK_REMEDY;

/// Stack of the thread that builds: Csound's compiler calls itself for each level of an expression. Only what is used of it
/// takes memory.
const BUILDER_STACK_BYTES: usize = 256 << 20;
/// Stack of the thread that plays, as a host's would have.
const AUDIO_STACK_BYTES: usize = 8 << 20;
/// How often memory is freed that the audio thread is done with.
const ROUND: Duration = Duration::from_millis(20);

/// All that the executable of an engine's process does.
pub fn run_engine_process() -> ExitCode {
    let Ok(inherited) = Inherited::take(BUILD) else {
        return ExitCode::from(2);
    };
    // What cannot be noted is seen from outside, a little later.
    progress::prepare_description();
    drop(inherited.leave_word_on_death(progress::describe));
    ksmps_csound::also_print_to(inside::print);
    // Without Csound the build says what is missing.
    drop(ksmps_csound::open());
    let proven = std::env::var(PROVEN_VARIABLE).ok().and_then(|file| serde_json::from_str(&file).ok());
    proven.iter().for_each(ksmps_engine::take_as_proven);
    ksmps_engine::prove_layouts();
    let proven = ksmps_engine::proven_file();
    inside::have_code();
    match inherited.next_message::<BuildOrder>() {
        Ok(Some(order)) => live(inherited, order, proven),
        Ok(None) => ExitCode::SUCCESS,
        Err(_) => ExitCode::from(3),
    }
}

/// Threads are made in the sandbox's file rules, and before its filter of system calls.
fn live(inherited: Inherited, order: BuildOrder, proven: Option<ProvenFile>) -> ExitCode {
    // What Csound has said so far was not about this document.
    inside::forget_printed();
    if let Some(folder) = order.origin.as_deref().and_then(Path::parent).filter(|_| order.needs.files) {
        // What it names without a folder lies beside it then. A folder that is gone is no harm.
        drop(std::env::set_current_dir(folder));
    }
    // Afterwards nothing new can be loaded. Where there is none, the build says so.
    let python = order.python.as_ref().and_then(|search| Python::open(search).ok());
    let read =
        [order.read.clone(), python.map(|python| folders_of(python, &order)).unwrap_or_default()].concat();
    let places = Places { read: &read, scratch: &order.scratch };
    let needs = to_sandbox(order.needs);
    let missing = match sandbox::restrict(&places, &Limits::default(), needs) {
        Ok(missing) => missing,
        Err(error) => return fail(&inherited, &format!("the sandbox could not be set up: {error}")),
    };
    if !order.needs.programs {
        ksmps_csound::refuse_programs();
    }
    let inherited = Arc::new(inherited);
    let (give, performer) = sync_channel(1);
    let (tell, thread) = sync_channel(1);
    let (let_build, may_build) = sync_channel(1);
    let mut end = inherited.engine_end();
    let (inputs, outputs) = (order.channels.input_count(), order.channels.output_count());
    let audio = move || {
        end.have_pages(inputs, outputs);
        play(end, &tell, &performer);
    };
    let queues = Queues::new();
    let is_building = Arc::new(AtomicBool::new(true));
    let builder = Builder {
        inherited: Arc::clone(&inherited),
        give,
        queues: queues.clone(),
        is_building: Arc::clone(&is_building),
        proven,
    };
    let progress = Progress::new(order.loop_limit);
    let build = move || may_build.recv().map(|order| builder.run(order));
    let spawn =
        |name: &str, stack: usize| std::thread::Builder::new().name(name.to_owned()).stack_size(stack);
    let started = inherited
        .end_with_host()
        .and_then(|()| spawn("audio", AUDIO_STACK_BYTES).spawn(audio))
        .and_then(|_| spawn("builder", BUILDER_STACK_BYTES).spawn(build));
    let (Ok(_), Ok(thread)) = (started, thread.recv()) else {
        return fail(&inherited, "the system has no more threads");
    };
    let missing = match sandbox::restrict_calls(needs) {
        Ok(more) => [missing, more].concat(),
        Err(error) => return fail(&inherited, &format!("the sandbox could not be set up: {error}")),
    };
    if let_build.send((order, missing, thread)).is_err() {
        return ExitCode::from(4);
    }
    serve(&inherited, &queues, &is_building, progress);
    ExitCode::SUCCESS
}

/// The folders in which Python looks for what is imported; the document's is one of them.
fn folders_of(python: Python, order: &BuildOrder) -> Vec<PathBuf> {
    if let Some(folder) = order.origin.as_deref().and_then(Path::parent) {
        python.look_in(folder);
    }
    python.folders()
}

/// What the user lets the document do, in the sandbox's terms.
fn to_sandbox(Needs { files, network, programs, python }: Needs) -> sandbox::Needs {
    sandbox::Needs { files, network, programs, python }
}

/// Takes the host's commands and answers it, and sees whether the build gets on, until the host has no interest any more or
/// is gone.
fn serve(inherited: &Inherited, queues: &Queues, is_building: &AtomicBool, mut progress: Progress) {
    loop {
        let at_most = is_building.load(Ordering::Acquire).then_some(progress::LOOK);
        let said = match inherited.next_message_within(at_most) {
            Ok(Some(ToEngine::Command(command))) => {
                queues.add(command);
                inherited.count_ready();
                continue;
            }
            Ok(Some(ToEngine::Ask)) => FromEngine::Doing(progress.doing_with_line()),
            Err(SocketError::TimedOut) => match progress.look() {
                // It may have ended just now.
                Some(doing) if is_building.swap(false, Ordering::AcqRel) => FromEngine::Stuck(doing),
                _ => continue,
            },
            Ok(None) | Err(_) => return,
        };
        if inherited.socket().send(&said).is_err() {
            return;
        }
    }
}

fn fail(inherited: &Inherited, why: &str) -> ExitCode {
    drop(inherited.socket().send(&FromEngine::Failed(vec![Diagnostic::error(None, why)])));
    ExitCode::from(5)
}

/// What the audio thread gets when the engine is built.
type Playing = Box<Remote>;

/// The audio thread: it says its number, waits for an engine and plays it. `[audio]`
fn play(end: EngineEnd, tell: &SyncSender<i32>, performer: &Receiver<Playing>) {
    drop(inside::signal_stack_for_this_thread());
    inside::have_thread_memory();
    if tell.send(scheduling::this_thread()).is_err() {
        return;
    }
    if let Ok(remote) = performer.recv() {
        remote.play(end);
    }
}

/// The thread that builds, and frees what playing leaves.
struct Builder {
    inherited: Arc<Inherited>,
    give: SyncSender<Playing>,
    queues: Queues,
    /// The build has not ended, and nobody has called it stuck.
    is_building: Arc<AtomicBool>,
    /// The file of Csound, where its layout was proven.
    proven: Option<ProvenFile>,
}

impl Builder {
    fn run(self, (order, missing, thread): (BuildOrder, Vec<Missing>, i32)) {
        drop(inside::signal_stack_for_this_thread());
        let answer = match build(&order) {
            Ok(built) => self.hand_on(built, missing, thread),
            Err(diagnostics) => FromEngine::Failed(with_refusals(diagnostics)),
        };
        if self.is_building.swap(false, Ordering::AcqRel) {
            drop(self.inherited.socket().send(&answer));
        }
        self.look_after();
    }

    fn hand_on(&self, built: Built, missing: Vec<Missing>, thread: i32) -> FromEngine {
        let Built { performer, symbols, messages, kept, slots, notes, .. } = built;
        let (Some(symbols), Ok(slots)) = (symbols, serde_json::to_string(&slots)) else {
            let text = "what is known of the engine could not be written down";
            return FromEngine::Failed(vec![Diagnostic::error(None, text)]);
        };
        let there = BuiltThere {
            info: performer.info().as_ref().clone(),
            symbols: symbols.as_ref().clone(),
            slots,
            notes,
            missing,
            thread,
            proven: self.proven.clone(),
            kept: kept.as_ref().map(|board| board.words()).unwrap_or_default(),
        };
        // The thread waits for it: there is room.
        drop(self.give.send(Box::new(Remote::new(performer, messages, kept, self.queues.clone()))));
        FromEngine::Built(Box::new(there))
    }

    fn look_after(&self) {
        let mut is_told = false;
        loop {
            self.queues.free();
            if sandbox::take_refused_sockets() && !std::mem::replace(&mut is_told, true) {
                drop(self.inherited.socket().send(&FromEngine::NetworkRefused));
            }
            std::thread::sleep(ROUND);
        }
    }
}

/// What is wrong with a document, and what it was not let do meanwhile: that may be the reason.
fn with_refusals(mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    if sandbox::take_refused_sockets() {
        diagnostics.insert(0, Diagnostic::error(None, NETWORK_REFUSED).with_remedy(NETWORK_REMEDY));
    }
    diagnostics
}

/// Builds what was ordered, as it is built in the host's process.
fn build(order: &BuildOrder) -> Result<Built, Vec<Diagnostic>> {
    let garbled = |error: serde_json::Error| {
        vec![Diagnostic::error(
            None,
            format!("the project could not be read by the engine's process: {error}"),
        )]
    };
    let session = serde_json::from_str(&order.session).map_err(garbled)?;
    let assets = serde_json::from_str(&order.assets).map_err(garbled)?;
    let slots = slots_from(&order.slots).map_err(garbled)?;
    let kept = serde_json::from_str(&order.kept).map_err(garbled)?;
    let kept = &KeptValues::from_json(&kept);
    let project = Project::new(order.text.clone(), order.origin.clone()).with_assets(assets).with_saved(
        session,
        slots,
        serde_json::Map::new(),
    );
    let values = SlotValues::default();
    order.values.iter().for_each(|&(slot, value)| values.set(usize::from(slot), value));
    // How long blocks are means nothing to an engine.
    let (rate, block_max, given) = (order.rate, 0, order.needs);
    let wanted = Wanted { project: &project, rate, block_max, values: &values, kept, given, python: None };
    BuildHere(order.channels.clone()).build(wanted).map_err(|error| error.0)
}

//! Watches over an engine of another process while it plays: that it lives, that it answers, and what it has to say beside
//! its blocks.

use std::time::Duration;

use ksmps_data::diagnostic::{Diagnostic, Severity};
use ksmps_data::doing::Doing;
use ksmps_engine::command::Command;
use ksmps_process::life::{End, Process};

use super::super::build::Incident;
use super::super::exclusive::NETWORK_REFUSED;
use super::handle::Handle;
use super::limits;
use super::messages::{FromEngine, ToEngine};
use super::priority;
use super::words::{self, When};

/// How long an engine may not answer while it plays, and how long it may have no block ready in time.
const LATE_MAX: Duration = Duration::from_secs(1);
/// How long an engine that hangs may take to say where.
const QUESTION_PATIENCE: Duration = Duration::from_millis(300);
/// How long the system may take to end a process.
const END_PATIENCE: Duration = Duration::from_secs(2);

const LATE: &str = "the engine's process did not have some blocks ready in time, and they are silent";
const LATE_REMEDY: &str = "use larger blocks, fewer voices, or let this instance play in the host's process";
pub(super) const NETWORK_REMEDY: &str =
    "write ;@needs network and allow it on this machine, or take OSC and network opcodes out";

/// What has happened to an engine.
pub(super) enum Seen {
    /// Its process has ended, or was ended.
    Died(Diagnostic),
    /// Something else.
    Other(Incident),
}

/// What became of an engine since the last time; `None` while it is well. `[control]`
pub(super) fn look(engine: &Handle) -> Option<Seen> {
    if engine.is_done() {
        return None;
    }
    if let Some(end) = end_of(&engine.process) {
        let doing = words::place_of(&engine.process.last_words());
        return Some(Seen::Died(died(engine, &words::of_end(end), doing)));
    }
    let limit = if engine.is_offline() { limits::offline_block() } else { LATE_MAX };
    let unanswered = engine.unanswered_for();
    let is_late = engine.late_for() > LATE_MAX;
    if unanswered > limit || is_late && unanswered > LATE_MAX / 2 {
        let limit = in_seconds(limit.as_secs());
        let (said, doing) = stop(engine, &format!("it did not answer for {limit}: an endless loop"));
        return Some(Seen::Died(words::hung(said, doing)));
    }
    if is_late {
        let why = "it had no block ready in time for a second: it has more to do than there is time for";
        return Some(Seen::Died(stop(engine, why).0));
    }
    if let Some(said) = priority::follow_host(engine) {
        return Some(Seen::Other(Incident::Noted(said)));
    }
    if let Some(is_first) = engine.take_late() {
        let said = || Diagnostic::warning(None, LATE).with_remedy(LATE_REMEDY);
        return Some(Seen::Other(Incident::Late(is_first.then(said))));
    }
    match engine.process.socket().receive::<FromEngine>(Some(Duration::ZERO)) {
        Ok(FromEngine::NetworkRefused) => {
            let said = Diagnostic::new(Severity::Error, None, NETWORK_REFUSED);
            Some(Seen::Other(Incident::Said(said.with_remedy(NETWORK_REMEDY))))
        }
        _ => None,
    }
}

/// How a process has ended. One that has said that it is dying is waited for: what is asked next may be whether it lives.
fn end_of(process: &Process) -> Option<End> {
    if process.is_dying() && process.wait_for_end(END_PATIENCE).is_none() {
        process.kill();
        process.wait_for_end(END_PATIENCE);
    }
    process.end()
}

/// Ends a process that plays, and says why, and what it was doing.
fn stop(engine: &Handle, why: &str) -> (Diagnostic, Option<Doing>) {
    let doing = ask(&engine.process);
    engine.process.kill();
    engine.process.wait_for_end(END_PATIENCE);
    (died(engine, why, doing), doing)
}

fn died(engine: &Handle, why: &str, doing: Option<Doing>) -> Diagnostic {
    words::died(When::Playing, why, doing, &engine.process, &engine.project)
}

/// What a process is doing, as it says itself; `None` where it does not answer soon. `[control]`
pub(super) fn ask(process: &Process) -> Option<Doing> {
    let socket = process.socket();
    socket.send(&ToEngine::<Command>::Ask).ok()?;
    // Something else may have been on its way.
    for _ in 0..4 {
        if let FromEngine::Doing(doing) = socket.receive(Some(QUESTION_PATIENCE)).ok()? {
            return doing;
        }
    }
    None
}

fn in_seconds(seconds: u64) -> String {
    if seconds == 1 { "a second".to_owned() } else { format!("{seconds} seconds") }
}

//! What is understood is carried out, by the verbs that everybody on the control side has.

use crate::{Control, LiveError};
use ksmps_data::diagnostic::Diagnostic;
use ksmps_data::verbs::EngineError;
use ksmps_engine::verbs::prelude::*;

use super::packet::{Topic, refused};
use super::questions::Awaited;
use super::score::{self, Statement};

/// What a question comes to at once.
#[derive(Debug)]
pub(super) enum Response {
    /// The answer.
    Now(&'static str, String),
    /// The audio thread will answer about this channel.
    Later(String, Awaited),
}

/// Starts and stops by lines of score, in their order; the clock is held meanwhile, so that they stay together. `[control]`
///
/// # Errors
/// Where a line is refused. None is sent where one cannot be read; those before the one that the engine refuses are.
pub(super) fn play(control: &Control, lines: &str) -> Result<(), Diagnostic> {
    let statements = score::read(lines)?;
    if statements.is_empty() {
        return Ok(());
    }
    let _held = control.locked_clock(0.0).map_err(|error| diagnostic(&error))?;
    for (line, statement) in statements {
        let sent = match statement {
            Statement::Start(event) => control.sched(&event).map(drop),
            Statement::Stop(target, delay) => control.unsched(target, delay),
        };
        sent.map_err(|error| diagnostic(&error).with_source(line))?;
    }
    Ok(())
}

/// Writes a control channel. `[control]`
///
/// # Errors
/// As [`Control::set_channel`].
pub(super) fn set_channel(control: &Control, name: &str, value: f64) -> Result<(), Diagnostic> {
    control.set_channel(name, value, 0.0).map_err(|error| diagnostic(&error))
}

/// Writes a text channel. `[control]`
///
/// # Errors
/// As [`Control::set_text_channel`].
pub(super) fn set_text(control: &Control, name: &str, text: &str) -> Result<(), Diagnostic> {
    control.set_text_channel(name, text, 0.0).map_err(|error| diagnostic(&error))
}

/// Asks. `[control]`
///
/// # Errors
/// Where nothing plays, or there is no such channel.
pub(super) fn ask(control: &Control, topic: Topic<'_>) -> Result<Response, Diagnostic> {
    let later = |name: &str, answer| Response::Later(name.to_owned(), answer);
    let told = match topic {
        Topic::Time => control.now().map(|seconds| Response::Now("time", seconds.to_string())),
        Topic::Document => match control.status().info {
            Some(info) => Ok(Response::Now("document", info.about.name.clone().unwrap_or_default())),
            None => Err(LiveError::NothingPlays),
        },
        Topic::Channel(name) => {
            control.control_channel(name).map(|answer| later(name, Awaited::Number(answer)))
        }
        Topic::TextChannel(name) => {
            control.text_channel(name).map(|answer| later(name, Awaited::Text(answer)))
        }
    };
    told.map_err(|error| diagnostic(&error))
}

/// Refuses orchestra code: a playing engine takes none, and what builds another one, the document and the project's
/// session, is not written from outside. `[control]`
pub(super) fn refuse_code(code: &str) -> Diagnostic {
    let first = code.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let why = "orchestra code is not taken from outside";
    refused(why, "put it into the document; score lines begin with &, channels with @").with_source(first)
}

fn diagnostic(error: &LiveError) -> Diagnostic {
    let told = Diagnostic::error(None, error.to_string());
    let remedy = match error {
        LiveError::NothingPlays => "activate the plugin, with a document that builds",
        LiveError::QueueFull => "send it again after the host's next block, and less at once",
        LiveError::Engine(EngineError::UnknownInstrument(_)) => {
            "name an instrument of the document that plays"
        }
        LiveError::Engine(EngineError::UnknownChannel(_)) => {
            "declare it in the document: chn_k \"name\", 3 for numbers, chn_S for texts"
        }
        LiveError::Engine(EngineError::ChannelKind(_)) => {
            "write numbers with @ and texts with %; read them so, too"
        }
        LiveError::Engine(EngineError::BadTime(_)) => "give a delay (p2) in seconds, from 0 on",
        _ => return told,
    };
    told.with_remedy(remedy)
}

//! Keeps the host's picture of the document up to date: after each build, the slots, the log, the rescan.
//!
//! The audio thread notices that another engine plays and asks for a look; the look itself is taken on the control
//! side: on a CLAP host's main thread, or when a VST3 host reads a parameter's text.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use ksmps_core::diagnostic::Severity;
use ksmps_core::player::{Status, Ticket};
use nice_plug::prelude::{nice_error, nice_log, nice_warn};

use crate::roster::Roster;
use crate::slots::Bank;

/// What was seen last, so that it is said once.
#[derive(Default)]
pub struct Seen {
    asked: AtomicBool,
    sight: Mutex<Sight>,
}

#[derive(Default)]
struct Sight {
    /// The last request whose answer was looked at.
    said: Option<Ticket>,
    /// The text that the project holds already.
    saved: Option<String>,
}

/// Another engine plays: a look is due. [audio]
pub fn ask_for_look(bank: &Bank) {
    bank.seen.asked.store(true, Ordering::Release);
    if let Some(host) = bank.host() {
        host.knock();
    }
}

/// Takes the look that the audio thread asked for. [control]
pub fn look_if_asked(bank: &Bank) {
    if bank.seen.asked.swap(false, Ordering::AcqRel) {
        look(bank);
    }
}

/// Looks at the control side's status and passes on what is new. [control]
pub fn look(bank: &Bank) {
    let status = bank.control().status();
    if bank.seen.sight().said.replace(status.ticket) == Some(status.ticket) {
        return;
    }
    say(&status);
    let change = status.info.as_ref().map(|info| bank.publish(Roster::new(&info.params)));
    let Some(host) = bank.host() else { return };
    if let Some(change) = change {
        host.rescan(change);
    }
    if bank.seen.is_edit(bank.control().text()) {
        host.mark_dirty();
    }
}

/// The present document came from the project's state, and is no edit of the user's. [control]
pub fn restored(bank: &Bank) {
    bank.seen.sight().saved = Some(bank.control().text());
}

impl Seen {
    fn sight(&self) -> std::sync::MutexGuard<'_, Sight> {
        self.sight.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the text is another than the project's; then it is the project's from now on, as far as we know.
    fn is_edit(&self, text: String) -> bool {
        // The first text that is seen is the one that every fresh instance has.
        let saved = self.sight().saved.replace(text.clone());
        saved.is_some_and(|saved| saved != text)
    }
}

fn say(status: &Status) {
    for diagnostic in &status.diagnostics {
        match diagnostic.severity {
            Severity::Error => nice_error!("{diagnostic}"),
            Severity::Warning => nice_warn!("{diagnostic}"),
            Severity::Note => nice_log!("{diagnostic}"),
        }
    }
}

//! Keeps the host's picture of the document up to date: after each build, the slots, the log, the rescan.
//!
//! Runs wherever the control side learns of a new build; never on the audio thread.

use std::sync::{Mutex, PoisonError};

use ksmps_core::diagnostic::Severity;
use ksmps_core::player::{Status, Ticket};
use nice_plug::prelude::{nice_error, nice_log, nice_warn};

use crate::slots::{Bank, Roster};

/// What was said last, so that it is said once.
#[derive(Default)]
pub struct Seen(Mutex<Sight>);

#[derive(Default)]
struct Sight {
    /// The last document whose build was looked at, and whether it plays.
    said: Option<(Ticket, bool)>,
    /// The document that the project holds already.
    saved: Option<Ticket>,
}

/// What a look brought.
#[derive(Debug, PartialEq, Eq)]
enum News {
    Nothing,
    /// The document that the project holds was built.
    Built,
    /// Another one was, which the project has yet to save.
    Edited,
}

/// Looks at the control side's status and passes on what is new. [control]
pub fn look(bank: &Bank) {
    let status = bank.control().status();
    if status.building {
        return;
    }
    let news = bank.seen.take(&status);
    if news == News::Nothing {
        return;
    }
    say(&status);
    let change = status.info.as_ref().map(|info| bank.publish(Roster::new(&info.params)));
    let Some(host) = bank.host() else { return };
    if let Some(change) = change {
        host.rescan(change);
    }
    if news == News::Edited {
        host.mark_dirty();
    }
}

/// The present document came from the project's state, and is no edit of the user's. [control]
pub fn restored(bank: &Bank) {
    bank.seen.sight().saved = Some(bank.control().status().ticket);
    look(bank);
}

impl Seen {
    fn sight(&self) -> std::sync::MutexGuard<'_, Sight> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, status: &Status) -> News {
        let mut sight = self.sight();
        let now = (status.ticket, status.info.is_some());
        if sight.said == Some(now) {
            return News::Nothing;
        }
        sight.said = Some(now);
        // The first document that is seen is the one that every fresh instance has.
        if *sight.saved.get_or_insert(status.ticket) == status.ticket { News::Built } else { News::Edited }
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

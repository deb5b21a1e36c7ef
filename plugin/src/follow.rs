//! Keeps the host's picture of the document up to date: after each build, the slots, the log, the rescan.
//!
//! Hosts read names and values of a fresh instance before they activate it, and some write back what they read. So
//! what the text alone tells is shown at once ([`foresee`]), and what the engine tells as soon as it is built
//! ([`look`], called by the builder and after each activation).

use std::sync::{Arc, Mutex, PoisonError};

use ksmps_core::diagnostic::{Diagnostic, Severity};
use ksmps_core::player::Ticket;
use nice_plug::prelude::{nice_error, nice_log, nice_warn};

use crate::roster::{Roster, RosterChange};
use crate::slots::Bank;

/// What was seen last, so that it is said once.
#[derive(Default)]
pub struct Seen {
    sight: Mutex<Sight>,
}

#[derive(Default)]
struct Sight {
    /// The last request whose answer was looked at.
    answered: Option<Ticket>,
    /// What was said of the document; hosts that activate again and again need not read it again and again.
    said: Vec<Diagnostic>,
    /// How much of the playing engine's trouble was said.
    trouble_said: usize,
    /// The text that the project holds already.
    saved: Option<String>,
}

/// What a look found out that the host should know.
struct News {
    change: Option<RosterChange>,
    is_edit: bool,
}

/// Looks whenever the instance's status changes, for as long as somebody else keeps the bank. [control]
pub fn begin(bank: &Arc<Bank>) {
    let weak = Arc::downgrade(bank);
    bank.control().listen(move || {
        if let Some(bank) = weak.upgrade() {
            look(&bank);
        }
    });
}

/// Shows the parameters that the present document will have, as far as its text tells. [control]
pub fn foresee(bank: &Bank) -> RosterChange {
    bank.publish(Roster::new(&bank.control().foreseen_params()))
}

/// Looks at the control side's status and passes on what is new. [control], and the builder's thread
pub fn look(bank: &Bank) {
    let Some(news) = bank.seen.news(bank) else { return };
    if let Some(change) = news.change {
        bank.rescan(change);
    }
    if let (Some(host), true) = (bank.host(), news.is_edit) {
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

    /// Says in the log what is new and shows the new roster. The lock is held throughout, so that whoever comes
    /// second finds all of it done; the host, who may call back, is told without it.
    fn news(&self, bank: &Bank) -> Option<News> {
        let mut sight = self.sight();
        let status = bank.control().status();
        let is_answered = sight.answered.replace(status.ticket) != Some(status.ticket);
        if is_answered && !status.failed {
            sight.trouble_said = 0;
        }
        if is_answered && sight.said != status.diagnostics {
            status.diagnostics.iter().for_each(say);
            sight.said.clone_from(&status.diagnostics);
        }
        status.trouble.iter().skip(sight.trouble_said).for_each(say);
        sight.trouble_said = status.trouble.len();
        is_answered.then(|| News {
            change: status.info.as_ref().map(|info| bank.publish(Roster::new(&info.params))),
            is_edit: sight.is_edit(bank.control().text()),
        })
    }
}

impl Sight {
    /// Whether the text is another than the project's; then it is the project's from now on, as far as we know.
    fn is_edit(&mut self, text: String) -> bool {
        // The first text that is seen is the one that every fresh instance has.
        let is_edit = self.saved.as_ref().is_some_and(|saved| *saved != text);
        self.saved = Some(text);
        is_edit
    }
}

fn say(diagnostic: &Diagnostic) {
    match diagnostic.severity {
        Severity::Error => nice_error!("{diagnostic}"),
        Severity::Warning => nice_warn!("{diagnostic}"),
        Severity::Note => nice_log!("{diagnostic}"),
    }
}

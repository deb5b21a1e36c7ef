//! Keeps the host's picture of the document up to date: after each build its parameters, the log, the dirty mark.
//!
//! Hosts read names and values of a fresh instance before they activate it, and some write back what they read. So
//! what the text alone tells is shown at once ([`show_declared`]), and what the engine tells as soon as it is built
//! ([`refresh`], called by the builder and after each activation).

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ksmps_core::diagnostic::{Diagnostic, Severity};
use ksmps_core::player::{Revision, Status, Ticket, Watch};
use nice_plug::prelude::{nice_error, nice_log, nice_warn};

use crate::instance::Instance;
use crate::param_list::{ParamList, ParamListChange};

/// What the host and the log know already, so that it is said once.
#[derive(Default)]
pub struct Refresh {
    known: Mutex<Known>,
    watch: Mutex<Option<Watch>>,
}

#[derive(Default)]
struct Known {
    /// The last request whose answer was shown.
    answered: Option<Ticket>,
    /// What was logged of the document; hosts that activate again and again need not read it again and again.
    logged: Vec<Diagnostic>,
    /// How many of the playing engine's problems were logged.
    logged_problems: usize,
    /// The newest revision of the project that the host was told of, or had before.
    revision: Revision,
    /// How many changes of what the document keeps the host was told of.
    kept_changes: u64,
}

/// What a refresh found that the host is to be told.
struct Found {
    change: Option<ParamListChange>,
    is_edit: bool,
}

/// Refreshes whenever the instance's status changes, until [`unsubscribe`]. `[control]`
pub fn subscribe(instance: &Arc<Instance>) {
    let weak = Arc::downgrade(instance);
    let watch = instance.control().watch(move || {
        if let Some(instance) = weak.upgrade() {
            refresh(&instance);
        }
    });
    *instance.refresh().watch() = Some(watch);
}

/// Refreshes no more; a refresh under way has ended when this returns. `[control]`
pub fn unsubscribe(instance: &Instance) {
    let watch = instance.refresh().watch().take();
    drop(watch);
}

/// Shows the parameters and the tail that the present document will have, as far as its text tells. `[control]`
pub fn show_declared(instance: &Instance) -> ParamListChange {
    instance.set_tail(instance.control().declared_tail());
    instance.params().publish(ParamList::new(&instance.control().declared_params()))
}

/// Shows what the control side's status tells, and tells the host. `[control]`, and the builder's thread
pub fn refresh(instance: &Instance) {
    let found = instance.refresh().show_status(instance);
    if let Some(change) = found.change {
        instance.host().params_changed(change);
    }
    if found.is_edit {
        instance.host().mark_dirty();
    }
}

/// Takes a document from the project's state with `restore`: no edit of the user's. Shows its parameters, and the values
/// `saved` for those that its text does not tell. `[control]`
///
/// # Errors
/// Those of `restore`; then nothing has changed.
pub fn restore<E>(
    instance: &Instance,
    saved: &BTreeMap<String, f32>,
    restore: impl FnOnce() -> Result<Ticket, E>,
) -> Result<(), E> {
    // The builder waits here with what it has built, so that it cannot be taken for an edit, and shows it afterwards:
    // an engine tells more than the text.
    let mut known = instance.refresh().known();
    restore()?;
    known.revision = instance.control().revision();
    let change = show_declared(instance);
    instance.params().show_saved(saved);
    // The host may call back.
    drop(known);
    instance.host().params_changed(change);
    Ok(())
}

impl Refresh {
    fn watch(&self) -> MutexGuard<'_, Option<Watch>> {
        self.watch.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Logs what is new and publishes the new parameters. The lock is held throughout, so that whoever comes second
    /// finds all of it done; the host, who may call back, is told without it.
    fn show_status(&self, instance: &Instance) -> Found {
        let mut known = self.known();
        let status = instance.control().status();
        // What is asked for is not there yet: the engine that the status tells of is one of an older document, or one
        // that goes first.
        let is_answered = !status.building && known.answered.replace(status.ticket) != Some(status.ticket);
        known.log(&status, is_answered);
        let revision = instance.control().revision();
        let kept_changes = instance.control().kept_changes();
        let has_kept_more = std::mem::replace(&mut known.kept_changes, kept_changes) != kept_changes;
        let info = status.info.as_ref().filter(|_| is_answered);
        Found {
            change: info.map(|info| instance.params().publish(ParamList::new(&info.params))),
            is_edit: std::mem::replace(&mut known.revision, revision) != revision || has_kept_more,
        }
    }
}

impl Known {
    fn log(&mut self, status: &Status, is_answered: bool) {
        if is_answered && !status.failed {
            self.logged_problems = 0;
        }
        if self.logged != status.diagnostics {
            status.diagnostics.iter().for_each(log);
            self.logged.clone_from(&status.diagnostics);
        }
        status.problems.iter().skip(self.logged_problems).for_each(log);
        self.logged_problems = status.problems.len();
    }
}

fn log(diagnostic: &Diagnostic) {
    // The log writes the severity by itself.
    let text = diagnostic.without_severity();
    match diagnostic.severity {
        Severity::Error => nice_error!("{text}"),
        Severity::Warning => nice_warn!("{text}"),
        Severity::Note => nice_log!("{text}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(instance: &Instance) -> Vec<String> {
        let list = instance.params().list();
        (0..4).filter_map(|slot| list.param(slot).map(|param| param.name.clone())).collect()
    }

    /// An active instance whose builder is done with its document, which nobody has looked at yet.
    fn active() -> Arc<Instance> {
        let instance = Instance::alone(";@param old 0..1\ninstr 1\nendin\n");
        assert!(!instance.control().activate(48000.0).building);
        instance
    }

    /// The state of a project with this document.
    fn saved(text: &str) -> serde_json::Value {
        let instance = Instance::alone("");
        instance.control().load(text.to_owned(), None);
        instance.control().save()
    }

    #[test]
    fn the_list_of_an_older_document_is_not_shown_while_a_newer_one_is_built() {
        let instance = active();
        // Its table takes Csound a while.
        let table = format!("giTable ftgen 0, 0, 1048576, 10{}", ", 1".repeat(200));
        let newer = saved(&format!(";@param new 0..1\n{table}\ninstr 1\nendin\n"));
        let mut ticket = 0;
        let control = instance.control();
        let asked = restore(&instance, &BTreeMap::new(), || {
            control.restore(&newer).inspect(|number| ticket = *number)
        });
        asked.expect("it reads");
        assert!(control.status().building, "it takes a while");
        refresh(&instance);
        assert_eq!(names(&instance), ["new"], "while it is built");
        assert!(!control.wait_for(ticket).building);
        refresh(&instance);
        assert_eq!(names(&instance), ["new"], "when it is built");
        assert_eq!(instance.refresh().known().answered, Some(ticket));
    }

    #[test]
    fn a_state_shows_its_list_even_where_its_engine_is_ready_at_once() {
        let instance = active();
        refresh(&instance);
        assert_eq!(names(&instance), ["old"]);
        let newer = saved(";@param new 0..1\ninstr 1\nendin\n");
        let control = instance.control();
        let asked = restore(&instance, &BTreeMap::new(), || {
            let ticket = control.restore(&newer)?;
            control.wait_for(ticket);
            Ok::<_, ksmps_core::player::StateError>(ticket)
        });
        asked.expect("it reads");
        assert_eq!(names(&instance), ["new"]);
    }
}

//! The builder thread of one instance: builds what is asked for, keeps a spare ready, frees what is worn out.
//!
//! The audio thread never wakes it: it looks by itself a few times per second, and at once when a request rings.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use crate::diagnostic::Diagnostic;
use crate::document::Document;
use crate::engine::{self, BuildError, BuildRequest};
use crate::params::SlotMap;
use crate::renderer::Renderer;
use crate::route::Route;
use crate::session::SessionFile;

use super::control::{Office, Ticket};
use super::handover::{Deck, Shared};
use super::listener::Listener;

/// How often the builder looks for spares that are wanted and engines that are worn.
const ROUND: Duration = Duration::from_millis(10);

/// What one engine is built from.
#[derive(Clone)]
struct Order {
    ticket: Ticket,
    text: String,
    origin: Option<PathBuf>,
    session: Arc<Value>,
    rate: f64,
    slots: SlotMap,
}

/// What was built last, to fall back to: text, origin, session.
pub(super) type Good = (String, Option<PathBuf>, Arc<Value>);

impl Order {
    fn content(&self) -> Good {
        (self.text.clone(), self.origin.clone(), Arc::clone(&self.session))
    }
}

/// Works until the desk says quit. [control]
pub(super) fn run(shared: &Shared, office: &Office) {
    // Whatever becomes of this thread, nobody waits for it for ever.
    let _farewell = Farewell(office);
    let mut answered: Ticket = 0;
    // What the playing engine was built from: spares are built from the same.
    let mut playing: Option<Order> = None;
    let mut listener = Listener::default();
    loop {
        while shared.worn.pop().is_some() {}
        while shared.spent.pop().is_some() {}
        shared.call_callers();
        let mut desk = office.desk();
        if desk.quit {
            break;
        }
        let rate = desk.rate.filter(|_| desk.wanted > answered);
        if let Some(rate) = rate {
            let order = Order {
                ticket: desk.wanted,
                text: desk.project.text.clone(),
                origin: desk.project.origin.clone(),
                session: Arc::clone(&desk.project.session),
                rate,
                slots: desk.project.slots.clone(),
            };
            // Only an activation needs the last good text: else its engine is playing.
            let fallback = desk.last_good.clone().filter(|_| desk.activated > answered);
            drop(desk);
            answered = order.ticket;
            if let Some(built) = answer(shared, office, order, fallback, &mut listener) {
                playing = Some(built);
            }
            office.tell();
        } else if let Some(ticket) = shared.spare_wanted() {
            drop(desk);
            let order = playing.clone().filter(|order| order.ticket == ticket);
            let built = order.is_some_and(|order| build_spare(shared, order, &mut listener));
            shared.spare_answered(ticket, built);
        } else {
            if listener.listen(shared, &mut desk.status) {
                drop(desk);
                office.tell();
            } else {
                drop(office.wait(desk, ROUND));
            }
        }
    }
    while shared.new.pop().is_some() || shared.spare.pop().is_some() || shared.worn.pop().is_some() {}
}

/// Says that the builder is gone, also where it goes by a panic.
struct Farewell<'a>(&'a Office);

impl Drop for Farewell<'_> {
    fn drop(&mut self) {
        self.0.desk().quit = true;
        self.0.ring();
    }
}

/// Builds what was asked for and says what became of it; returns what plays from now on, if that changed.
fn answer(
    shared: &Shared,
    office: &Office,
    mut order: Order,
    fallback: Option<Good>,
    listener: &mut Listener,
) -> Option<Order> {
    let wanted = order.content();
    let mut result = build(shared, &mut order);
    let failure = result.as_ref().err().map(|BuildError(diagnostics)| diagnostics.clone());
    if let Some(good) = fallback.filter(|good| failure.is_some() && *good != wanted) {
        (order.text, order.origin, order.session) = good;
        result = build(shared, &mut order);
    }
    let mut desk = office.desk();
    desk.status.ticket = order.ticket;
    desk.status.building = desk.wanted > order.ticket;
    desk.status.failed = failure.is_some();
    let mut displaced = None;
    let built = match result {
        Ok(Built { document, deck }) => {
            let info = deck.renderer.engine().info().clone();
            desk.status.diagnostics = failure.clone().unwrap_or_else(|| info.diagnostics.clone());
            let unheard_outputs = &deck.renderer.route().unheard;
            if !unheard_outputs.is_empty() {
                desk.status.diagnostics.push(unheard(unheard_outputs));
            }
            if failure.is_none() {
                desk.last_good = Some(wanted);
                // A later request may have brought other slots: then those hold.
                if desk.wanted == order.ticket {
                    desk.project.slots = order.slots.clone();
                }
            }
            desk.status.info = Some(info);
            desk.status.trouble.clear();
            listener.follow(document, &deck);
            // A player that does not process leaves its engines here: the newest is the one that counts.
            displaced = shared.new.force_push(deck);
            Some(order)
        }
        Err(BuildError(diagnostics)) => {
            desk.status.diagnostics = failure.unwrap_or(diagnostics);
            None
        }
    };
    drop(desk);
    office.ring();
    drop(displaced);
    built
}

fn unheard(channels: &[usize]) -> Diagnostic {
    let numbers: Vec<String> = channels.iter().map(|channel| (channel + 1).to_string()).collect();
    let text = format!(
        "output {} of the orchestra is not heard: the plugin has no channel for it",
        numbers.join(", ")
    );
    Diagnostic::warning(None, text).with_remedy("use Ksmps Multi-out, or name the outputs with ;@out")
}

/// An engine on its deck, and the document it plays.
struct Built {
    document: Document,
    deck: Box<Deck>,
}

fn build(shared: &Shared, order: &mut Order) -> Result<Built, BuildError> {
    let attempt = AssertUnwindSafe(|| {
        let document = Document::parse(&order.text, order.origin.as_deref()).map_err(BuildError)?;
        let session = session(&order.session)?;
        let (rate, slots) = (order.rate, &mut order.slots);
        let engine = engine::build(BuildRequest {
            document: &document,
            session: session.as_ref(),
            rate,
            slots,
            values: &shared.values,
        })?;
        let route = Route::new(engine.info(), &shared.shape.channels);
        let number = shared.enlist(engine.cast());
        Ok(Built { document, deck: Deck::new(order.ticket, number, Renderer::new(engine, route)) })
    });
    catch_unwind(attempt).unwrap_or_else(|_| {
        let text = "building the engine failed inside the plugin; the text is unharmed";
        Err(BuildError(vec![Diagnostic::error(None, text)]))
    })
}

/// The project's session; one that cannot be read stays in the project.
fn session(kept: &Value) -> Result<Option<SessionFile>, BuildError> {
    if kept.is_null() {
        return Ok(None);
    }
    SessionFile::from_value(kept.clone()).map(Some).map_err(|error| {
        let text = format!("{error}; it stays in the project");
        BuildError(vec![Diagnostic::error(None, text)])
    })
}

/// Whether the spare could be built.
fn build_spare(shared: &Shared, mut order: Order, listener: &mut Listener) -> bool {
    let Ok(Built { document, deck }) = build(shared, &mut order) else { return false };
    listener.follow(document, &deck);
    drop(shared.spare.force_push(deck));
    true
}

//! The builder thread of one instance: builds what is asked for, keeps a spare ready, frees what is worn out.
//!
//! The audio thread never wakes it: it looks by itself a few times per second, and at once when a request rings.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use crate::diagnostic::Diagnostic;
use crate::engine::{self, BuildError, BuildRequest};
use crate::renderer::Renderer;
use crate::route::Route;

use super::handover::{Deck, Shared};
use super::instance::{Instance, Ticket};
use super::listener::Listener;
use super::project::Project;

/// How often the builder looks for spares that are wanted and engines that are worn.
const ROUND: Duration = Duration::from_millis(10);

/// What one engine is built from.
#[derive(Clone)]
struct Order {
    ticket: Ticket,
    project: Arc<Project>,
    rate: f64,
}

/// Works until the instance quits. [control]
pub(super) fn run(shared: &Shared, instance: &Instance) {
    // Whatever becomes of this thread, nobody waits for it for ever.
    let _farewell = Farewell(instance);
    let mut answered: Ticket = 0;
    // What the playing engine was built from: spares are built from the same.
    let mut playing: Option<Order> = None;
    let mut listener = Listener::default();
    loop {
        while shared.worn.pop().is_some() {}
        while shared.spent.pop().is_some() {}
        shared.call_callers();
        let mut state = instance.state();
        if state.quit {
            break;
        }
        let rate = state.rate.filter(|_| state.wanted > answered);
        if let Some(rate) = rate {
            let order = Order { ticket: state.wanted, project: Arc::clone(&state.project), rate };
            // Only an activation needs the last text that built: else its engine is playing.
            let fallback = state.last_built.clone().filter(|_| state.activated > answered);
            drop(state);
            answered = order.ticket;
            if let Some(built) = answer(shared, instance, order, fallback, &mut listener) {
                playing = Some(built);
            }
            instance.tell();
        } else if let Some(ticket) = shared.spare_wanted() {
            drop(state);
            let order = playing.clone().filter(|order| order.ticket == ticket);
            let built = order.is_some_and(|order| build_spare(shared, order, &mut listener));
            shared.spare_answered(ticket, built);
        } else {
            let is_news = listener.listen(shared, &mut state.status);
            state.readings += 1;
            instance.wake();
            if is_news {
                drop(state);
                instance.tell();
            } else {
                drop(instance.wait(state, ROUND));
            }
        }
    }
    while shared.new.pop().is_some() || shared.spare.pop().is_some() || shared.worn.pop().is_some() {}
}

/// Says that the builder is gone, also where it goes by a panic.
struct Farewell<'a>(&'a Instance);

impl Drop for Farewell<'_> {
    fn drop(&mut self) {
        self.0.state().quit = true;
        self.0.wake();
    }
}

/// Builds what was asked for and says what became of it; returns what plays from now on, if that changed.
fn answer(
    shared: &Shared,
    instance: &Instance,
    mut order: Order,
    fallback: Option<Arc<Project>>,
    listener: &mut Listener,
) -> Option<Order> {
    let mut result = build(shared, &mut order);
    let failure = result.as_ref().err().map(|BuildError(diagnostics)| diagnostics.clone());
    if let Some(good) = fallback.filter(|good| failure.is_some() && !good.plays_as(&order.project)) {
        // The names that the newer text has given slots keep them.
        order.project = Arc::new(good.with_slots(order.project.slots().clone()));
        result = build(shared, &mut order);
    }
    let mut state = instance.state();
    state.status.ticket = order.ticket;
    state.status.building = state.wanted > order.ticket;
    state.status.failed = failure.is_some();
    let mut displaced = None;
    let built = match result {
        Ok(deck) => {
            let info = deck.renderer.engine().info().clone();
            state.status.diagnostics = failure.clone().unwrap_or_else(|| info.diagnostics.clone());
            let unheard_outputs = &deck.renderer.route().unheard;
            if !unheard_outputs.is_empty() {
                state.status.diagnostics.push(unheard(unheard_outputs));
            }
            if failure.is_none() {
                state.last_built = Some(Arc::clone(&order.project));
                // A later request may have brought other slots: then those hold.
                if state.wanted == order.ticket {
                    state.project = Arc::new(state.project.with_slots(order.project.slots().clone()));
                }
            }
            state.status.info = Some(info);
            state.status.trouble.clear();
            listener.follow(Arc::clone(&order.project), &deck);
            // A player that does not process leaves its engines here: the newest is the one that counts.
            displaced = shared.new.force_push(deck);
            Some(order)
        }
        Err(BuildError(diagnostics)) => {
            state.status.diagnostics = failure.unwrap_or(diagnostics);
            None
        }
    };
    drop(state);
    instance.wake();
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

/// Builds a project; its parameters have slots from then on.
fn build(shared: &Shared, order: &mut Order) -> Result<Box<Deck>, BuildError> {
    let attempt = AssertUnwindSafe(|| {
        let project = &order.project;
        let document = project.document().map_err(|found| BuildError(found.to_vec()))?;
        let session = project.session().map_err(|error| {
            let text = format!("{error}; it stays in the project");
            BuildError(vec![Diagnostic::error(None, text)])
        })?;
        let mut slots = project.slots().clone();
        let engine = engine::build(BuildRequest {
            document,
            session,
            rate: order.rate,
            slots: &mut slots,
            values: &shared.values,
        })?;
        order.project = Arc::new(project.with_slots(slots));
        let route = Route::new(engine.info(), &shared.shape.channels);
        let number = shared.enlist(engine.symbols());
        Ok(Deck::new(order.ticket, number, Renderer::new(engine, route)))
    });
    catch_unwind(attempt).unwrap_or_else(|_| {
        let text = "building the engine failed inside the plugin; the text is unharmed";
        Err(BuildError(vec![Diagnostic::error(None, text)]))
    })
}

/// Whether the spare could be built.
fn build_spare(shared: &Shared, mut order: Order, listener: &mut Listener) -> bool {
    let Ok(deck) = build(shared, &mut order) else { return false };
    listener.follow(order.project, &deck);
    drop(shared.spare.force_push(deck));
    true
}

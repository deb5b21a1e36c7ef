//! The builder thread of one instance: builds what is asked for, keeps a spare ready, frees what is worn out.
//!
//! The audio thread never wakes it: it looks by itself a few times per second, and at once when a request rings.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::csound::{MessageQueue, MessageReader};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Document;
use crate::engine::{self, BuildError, BuildRequest, Engine};
use crate::params::SlotMap;
use crate::renderer::Renderer;
use crate::route::Route;

use super::control::{Office, Ticket};
use super::handover::{Deck, Shared};

/// How often the builder looks for spares that are wanted and engines that are worn.
const ROUND: Duration = Duration::from_millis(10);
/// Lines of Csound's messages that are kept.
const CONSOLE_LINES_MAX: usize = 500;

/// What one engine is built from.
#[derive(Clone)]
struct Order {
    ticket: Ticket,
    text: String,
    origin: Option<PathBuf>,
    rate: f64,
    slots: SlotMap,
}

/// Works until the desk says quit. [control]
pub(super) fn run(shared: &Shared, office: &Office) {
    let mut answered: Ticket = 0;
    // What the playing engine was built from: spares are built from the same.
    let mut playing: Option<Order> = None;
    let mut console = Console::default();
    let mut trouble = Trouble::default();
    loop {
        while shared.worn.pop().is_some() {}
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
                rate,
                slots: desk.project.slots.clone(),
            };
            let fallback = desk.last_good.clone();
            drop(desk);
            answered = order.ticket;
            if let Some(built) = answer(shared, office, order, fallback, &mut console) {
                playing = Some(built);
                trouble = Trouble::default();
            }
            office.tell();
        } else if let Some(ticket) = shared.spare_wanted() {
            drop(desk);
            let order = playing.as_ref().filter(|order| order.ticket == ticket);
            build_spare(shared, order.cloned());
            shared.spare_answered(ticket);
        } else {
            if let Some(lines) = console.read() {
                let kept = &mut desk.status.console;
                kept.extend(lines);
                let surplus = kept.len().saturating_sub(CONSOLE_LINES_MAX);
                kept.drain(..surplus);
            }
            let news = trouble.news(shared);
            if news.is_empty() {
                drop(office.wait(desk, ROUND));
            } else {
                desk.status.trouble.extend(news);
                drop(desk);
                office.tell();
            }
        }
    }
    while shared.new.pop().is_some() || shared.spare.pop().is_some() || shared.worn.pop().is_some() {}
}

/// Builds what was asked for and says what became of it; returns what plays from now on, if that changed.
fn answer(
    shared: &Shared,
    office: &Office,
    mut order: Order,
    fallback: Option<(String, Option<PathBuf>)>,
    console: &mut Console,
) -> Option<Order> {
    let wanted = (order.text.clone(), order.origin.clone());
    let mut result = build(shared, &mut order);
    let mut failure = None;
    if let Err(BuildError(diagnostics)) = &result {
        failure = Some(diagnostics.clone());
        // The last good sound goes on: it plays already, or after an activation it is built again.
        if let Some((text, origin)) = fallback.filter(|good| *good != wanted) {
            (order.text, order.origin) = (text, origin);
            result = build(shared, &mut order);
        }
    }
    let mut desk = office.desk();
    desk.status.ticket = order.ticket;
    desk.status.building = desk.wanted > order.ticket;
    desk.status.failed = failure.is_some();
    let built = match result {
        Ok(engine) => {
            *console = Console::of(&engine);
            desk.status.trouble.clear();
            if failure.is_none() {
                desk.last_good = Some(wanted);
                // Somebody may have loaded another document in the meantime: then its slots are its own.
                if desk.project.text == order.text {
                    desk.project.slots = order.slots.clone();
                }
            }
            desk.status.info = Some(engine.info().clone());
            let route = Route::new(engine.info(), &shared.shape.channels);
            desk.status.diagnostics = failure.unwrap_or_else(|| engine.info().diagnostics.clone());
            if !route.unheard.is_empty() {
                desk.status.diagnostics.push(unheard(&route.unheard));
            }
            let deck = Box::new(Deck { ticket: order.ticket, renderer: Renderer::new(engine, route) });
            // A player that is not running leaves its engines here: the newest is the one that counts.
            if let Some(oldest) = shared.new.force_push(deck) {
                drop(oldest);
            }
            Some(order)
        }
        Err(BuildError(diagnostics)) => {
            desk.status.diagnostics = failure.unwrap_or(diagnostics);
            None
        }
    };
    drop(desk);
    office.ring();
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

fn build(shared: &Shared, order: &mut Order) -> Result<Engine, BuildError> {
    let document = Document::parse(&order.text, order.origin.as_deref()).map_err(BuildError)?;
    let (rate, slots) = (order.rate, &mut order.slots);
    let request = BuildRequest { document: &document, rate, slots, values: &shared.values };
    catch_unwind(AssertUnwindSafe(|| engine::build(request))).unwrap_or_else(|_| {
        let text = "building the engine failed inside the plugin; the text is unharmed";
        Err(BuildError(vec![Diagnostic::error(None, text)]))
    })
}

fn build_spare(shared: &Shared, order: Option<Order>) {
    let Some(mut order) = order else { return };
    if let Ok(engine) = build(shared, &mut order) {
        let route = Route::new(engine.info(), &shared.shape.channels);
        let deck = Box::new(Deck { ticket: order.ticket, renderer: Renderer::new(engine, route) });
        drop(shared.spare.force_push(deck));
    }
}

/// Reads what the playing engine prints.
#[derive(Default)]
struct Console {
    queue: Option<MessageQueue>,
    reader: MessageReader,
}

impl Console {
    fn of(engine: &Engine) -> Self {
        Self { queue: Some(engine.messages().clone()), reader: MessageReader::default() }
    }

    fn read(&mut self) -> Option<Vec<String>> {
        let lines = self.reader.read(self.queue.as_ref()?);
        (!lines.is_empty()).then(|| lines.into_iter().map(|line| line.text).collect())
    }
}

/// What went wrong while an engine played; each kind is said once.
#[derive(Default)]
struct Trouble {
    said: [bool; 3],
}

impl Trouble {
    fn news(&mut self, shared: &Shared) -> Vec<Diagnostic> {
        let left = shared.left.swap(false, Ordering::Relaxed);
        let silenced = shared.silenced_samples.swap(0, Ordering::Relaxed) > 0;
        let dropped = shared.dropped_events.swap(0, Ordering::Relaxed) > 0;
        let kinds = [
            (left, Severity::Error, LEFT, "take `exitnow` out, or load the document again"),
            (
                silenced,
                Severity::Warning,
                SILENCED,
                "look for a division by zero, a logarithm or a filter that blows up",
            ),
            (dropped, Severity::Warning, DROPPED, "raise voices= in ;@notes, or send fewer notes at once"),
        ];
        let mut news = Vec::new();
        for (said, (happened, severity, text, remedy)) in self.said.iter_mut().zip(kinds) {
            if happened && !std::mem::replace(said, true) {
                news.push(Diagnostic::new(severity, None, text).with_remedy(remedy));
            }
        }
        news
    }
}

const LEFT: &str = "Csound left the performance (exitnow, or a fatal error): there is silence from here on";
const SILENCED: &str = "the orchestra's output was not a number (NaN or inf) and was silenced";
const DROPPED: &str = "some notes or events found no room and were dropped";

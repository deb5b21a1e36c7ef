//! What other threads reach an instance by: requests that its owner carries out before its next cycle.
//!
//! Csound's own asynchronous functions keep pointers to what they are given (p-fields, a table's numbers) and read them
//! cycles later, and its `csoundStop` writes a plain variable from another thread. Requests here own what they carry.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use super::compile::Tree;
use super::events::ScoreEvent;
use super::state::{Csound, Performing};

/// A handle to an instance that any number of threads may have. What it asks for is carried out by the thread that
/// performs, before its next cycle, in the order in which it was asked for; what is still waiting when the instance is
/// reset or gone is dropped. What fails is told in the messages.
#[derive(Debug, Clone)]
pub struct Remote(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    requests: Mutex<VecDeque<Request>>,
    /// Whether there may be one: so that a cycle without requests takes no lock.
    any: AtomicBool,
    stop: AtomicBool,
}

#[derive(Debug)]
enum Request {
    CompileOrc(String),
    CompileTree(Tree),
    ReadScore(String),
    InputMessage(String),
    ScoreEvent(ScoreEvent, Vec<f64>),
    ScoreEventAbsolute(ScoreEvent, Vec<f64>, f64),
    TableCopyIn(u32, Vec<f64>),
    TableCopyOut(u32, SyncSender<Vec<f64>>),
}

impl Remote {
    pub(super) fn new() -> Self {
        Self(Arc::default())
    }

    fn ask(&self, request: Request) {
        self.0.requests.lock().unwrap_or_else(PoisonError::into_inner).push_back(request);
        self.0.any.store(true, Ordering::Release);
    }

    fn has_requests(&self) -> bool {
        self.0.any.load(Ordering::Acquire)
    }

    fn next(&self) -> Option<Request> {
        let mut requests = self.0.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let request = requests.pop_front();
        self.0.any.store(!requests.is_empty(), Ordering::Release);
        request
    }

    /// Drops what is waiting. `[control]`
    pub(super) fn forget(&self) {
        self.0.requests.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.0.any.store(false, Ordering::Release);
        self.0.stop.store(false, Ordering::Release);
    }

    /// Whether a stop was asked for, once.
    pub(super) fn take_stop(&self) -> bool {
        self.0.stop.swap(false, Ordering::AcqRel)
    }

    /// Ends [`Csound::perform`] after the cycle that it is in; it may have gone on to perform when this returns. `[any]`
    pub fn stop(&self) {
        self.0.stop.store(true, Ordering::Release);
    }

    /// Compiles more orchestra. `[any]`
    pub fn compile_orc(&self, orchestra: &str) {
        self.ask(Request::CompileOrc(orchestra.to_owned()));
    }

    /// Compiles a tree that the instance made before it was lent to the other thread. `[any]`
    pub fn compile_tree(&self, tree: Tree) {
        self.ask(Request::CompileTree(tree));
    }

    /// Reads lines of score as events that begin now. `[any]`
    pub fn read_score(&self, score: &str) {
        self.ask(Request::ReadScore(score.to_owned()));
    }

    /// Sends a line of score, as if typed. `[any]`
    pub fn input_message(&self, message: &str) {
        self.ask(Request::InputMessage(message.to_owned()));
    }

    /// Sends a score event; `pfields` begins with p1. `[any]`
    pub fn score_event(&self, event: ScoreEvent, pfields: &[f64]) {
        self.ask(Request::ScoreEvent(event, pfields.to_vec()));
    }

    /// As [`Remote::score_event`], at a time in seconds since the start of the performance. `[any]`
    pub fn score_event_absolute(&self, event: ScoreEvent, pfields: &[f64], offset_seconds: f64) {
        self.ask(Request::ScoreEventAbsolute(event, pfields.to_vec(), offset_seconds));
    }

    /// Writes a table from its beginning on; what it has no room for is left out. `[any]`
    pub fn table_copy_in(&self, table: u32, values: &[f64]) {
        self.ask(Request::TableCopyIn(table, values.to_vec()));
    }

    /// Asks for a table's values, which come once. Nothing comes where there is no such table: the receiver then says
    /// that nobody is left to send. `[any]`
    pub fn table_copy_out(&self, table: u32) -> Receiver<Vec<f64>> {
        let (sender, receiver) = sync_channel(1);
        self.ask(Request::TableCopyOut(table, sender));
        receiver
    }
}

impl Csound<Performing> {
    /// Carries out what other threads asked for. `[audio]` where nothing waits.
    pub(super) fn carry_out_requests(&mut self) {
        if !self.instance.remote.has_requests() {
            return;
        }
        let remote = self.instance.remote.clone();
        while let Some(request) = remote.next() {
            let failed = match request {
                Request::CompileOrc(text) => self.compile_orc(&text).err().map(|why| why.to_string()),
                Request::CompileTree(tree) => self.compile_tree(tree).err().map(|why| why.to_string()),
                Request::ReadScore(text) => self.read_score(&text).err().map(|why| why.to_string()),
                Request::InputMessage(text) => self.input_message(&text).err().map(|why| why.to_string()),
                Request::ScoreEvent(event, pfields) => {
                    self.score_event(event, &pfields);
                    None
                }
                Request::ScoreEventAbsolute(event, pfields, offset) => {
                    self.score_event_absolute(event, &pfields, offset);
                    None
                }
                Request::TableCopyIn(table, values) => {
                    self.table_copy_in(table, &values).err().map(|why| why.to_string())
                }
                Request::TableCopyOut(table, sender) => {
                    // Whoever does not wait any more needs nothing.
                    self.table(table)
                        .map(|values| sender.try_send(values.to_vec()))
                        .map_or_else(|| Some(format!("there is no table {table}")), |_| None)
                }
            };
            if let Some(why) = failed {
                self.message(&format!("a request of another thread failed: {why}\n"));
            }
        }
    }
}

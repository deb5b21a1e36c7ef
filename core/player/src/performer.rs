//! The seam through which the player plays an engine, by blocks: here, or in a process of its own.
//!
//! A performer is one engine with everything that belongs to it. What goes through the seam is plain data: nothing
//! that is lent points into an engine.

use std::ops::Range;
use std::sync::Arc;

use ksmps_data::event::EventKind;
use ksmps_data::params::SlotValues;
use ksmps_data::transport::Transport;
use ksmps_data::verbs::When;
use ksmps_data::watched::WatchReading;
use ksmps_engine::command::{Command, Returned};
use ksmps_engine::renderer::{Block, Renderer, Reports};
use ksmps_engine::{ChannelChange, Engine, EngineInfo, Held, KeptBoard};

/// One engine, as the player sees it.
pub trait Performer: Send {
    /// What it is. `[any]`
    fn info(&self) -> &Arc<EngineInfo>;

    /// Whether it is lost, with everything that was in it; another one is to take its place. `[any]`
    fn is_dead(&self) -> bool {
        false
    }

    /// Whether nothing has reached it since it was built. `[any]`
    fn is_as_new(&self) -> bool;

    /// Brings every parameter to where its slot stands, at once. For one that has not performed. `[audio]`
    fn settle(&mut self, values: &SlotValues);

    /// Writes down what another one is to go on with: what is held, and what controllers said. `[audio]`
    fn hold(&mut self, held: &mut Held);

    /// Goes on with what another one has written down. `[audio]`
    fn take_over(&mut self, held: &Held);

    /// Writes words of what its document keeps on its board, as far as they are not there already. `[audio]`
    fn show_kept(&mut self, _: &KeptBoard, _: Range<usize>) {}

    /// Takes words of what its document keeps from an earlier engine, in place of its own from `first` on. For one that has
    /// not performed. `[audio]`
    fn take_kept(&mut self, _first: usize, _: &[u64]) {}

    /// Cuts off everything that sounds, and takes back what waits. `[audio]`
    fn cut(&mut self);

    /// Says whether the host renders offline: then a block may take the time it takes, else it has a deadline. Said before
    /// each block. `[audio]`
    fn set_offline(&mut self, is_offline: bool);

    /// The host's transport at the frame that is processed next. `[audio]`
    fn transport(&mut self, transport: Transport);

    /// An event at the frame that is processed next. `[audio]`
    fn event(&mut self, kind: EventKind);

    /// A command at the frame that is processed next, and the number under which an engine in another process has it; what
    /// of it owns memory and is done with comes back. `[audio]`
    ///
    /// # Errors
    /// The command itself, untouched, where there is no room for it.
    fn command(&mut self, when: When, command: Command, number: u32) -> Result<Option<Returned>, Command>;

    /// Processes a block of any length. Every output sample is written. `[audio]`
    fn process(&mut self, block: &mut Block<'_, '_>, reports: &mut Reports);

    /// The newest thing that it is done with and that owns memory, or an answer. `[audio]`
    fn give_back(&mut self) -> Option<Returned>;

    /// The next change of a channel that somebody watches, oldest first. `[audio]`
    fn next_change(&mut self) -> Option<ChannelChange>;

    /// How many changes found no room since the last call. `[audio]`
    fn take_lost_changes(&mut self) -> u32;

    /// The next reading of a watched value, oldest first. `[audio]`
    fn next_reading(&mut self) -> Option<WatchReading> {
        None
    }

    /// How many voices sound. `[audio]`
    fn voice_count(&self) -> usize;

    /// How many frames it has performed. `[audio]`
    fn frames(&self) -> u64;

    /// Whether only silence comes from it, because Csound has left the performance. `[audio]`
    fn has_left(&self) -> bool;
}

/// A performer whose engine is in this process: a renderer over it.
impl Performer for Renderer<Engine> {
    fn info(&self) -> &Arc<EngineInfo> {
        self.engine().info()
    }

    fn is_as_new(&self) -> bool {
        !self.is_touched()
    }

    fn settle(&mut self, values: &SlotValues) {
        self.engine_mut().settle(values);
    }

    fn hold(&mut self, held: &mut Held) {
        Self::hold(self, held);
    }

    fn take_over(&mut self, held: &Held) {
        Self::take_over(self, held);
    }

    fn show_kept(&mut self, board: &KeptBoard, words: Range<usize>) {
        board.write(words, |first, words| self.engine().read_kept(first, words));
    }

    fn take_kept(&mut self, first: usize, words: &[u64]) {
        self.engine_mut().write_kept(first, words);
    }

    fn cut(&mut self) {
        // Stopping everything always has room.
        drop(self.command_now(When::default(), Command::StopAll));
    }

    fn set_offline(&mut self, _: bool) {
        // An engine here is never waited for: it is called.
    }

    fn transport(&mut self, transport: Transport) {
        self.transport_now(transport);
    }

    fn event(&mut self, kind: EventKind) {
        self.event_now(kind);
    }

    fn command(&mut self, when: When, command: Command, _: u32) -> Result<Option<Returned>, Command> {
        self.command_now(when, command)
    }

    fn process(&mut self, block: &mut Block<'_, '_>, reports: &mut Reports) {
        Self::process(self, block, reports);
    }

    fn give_back(&mut self) -> Option<Returned> {
        self.engine_mut().give_back()
    }

    fn next_change(&mut self) -> Option<ChannelChange> {
        self.engine_mut().next_change()
    }

    fn take_lost_changes(&mut self) -> u32 {
        self.engine_mut().take_lost_changes()
    }

    fn next_reading(&mut self) -> Option<WatchReading> {
        self.engine_mut().next_reading()
    }

    fn voice_count(&self) -> usize {
        self.engine().voice_count()
    }

    fn frames(&self) -> u64 {
        self.engine().frames()
    }

    fn has_left(&self) -> bool {
        self.engine().has_left()
    }
}

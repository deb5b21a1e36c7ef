//! What the builder's thread does for callers: it calls them at an engine's time, and tells them what channels got.

use ksmps_data::diagnostic::Diagnostic;
use ksmps_data::verbs::When;
use ksmps_engine::command::{Command, Timed};
use ksmps_engine::verbs::{ChannelCallback, ListenerId, Verbs};

use super::super::Control;
use super::super::ends::ControlEnd;
use super::super::pending::{Call, Listener, locked};
use super::LiveError;

impl Control {
    /// Calls `work` on the builder's thread as soon as the playing engine has performed so long: within 10 ms, later
    /// where an engine is being built. With another engine, after an edit or a reset, the call is forgotten. `work`
    /// must not wait for this instance. `[control]`
    ///
    /// # Errors
    /// [`ksmps_data::verbs::EngineError::Past`], [`ksmps_data::verbs::EngineError::BadTime`], [`LiveError::NothingPlays`].
    pub fn call_later(
        &self,
        when: impl Into<When>,
        work: impl FnOnce() + Send + 'static,
    ) -> Result<(), LiveError> {
        let target = self.target()?;
        let seconds = match target.time(when.into())? {
            When::In(delay) => target.now() + delay,
            When::At(time) => time,
        };
        let call = Call { engine: target.engine(), seconds, work: Box::new(work) };
        locked(&self.shared.callers.calls).push(call);
        Ok(())
    }

    /// Has a listener called no more, whoever plays. `[control]`
    ///
    /// # Errors
    /// [`LiveError::UnknownListener`].
    pub fn stop_listening(&self, listener: ListenerId) -> Result<(), LiveError> {
        let was_there = self.shared.end_listener(listener);
        if was_there { Ok(()) } else { Err(LiveError::UnknownListener) }
    }
}

impl ControlEnd {
    /// Calls whose time has come, and tells what channels got. `[control]`
    pub(crate) fn call_callers(&self) {
        self.fetch_replies();
        self.watch_in_playing();
        self.watch_values_in_playing();
        self.tell_listeners();
        for call in self.due_calls() {
            (call.work)();
        }
    }

    /// Puts the answers that have come into their places. `[control]`
    pub(crate) fn fetch_replies(&self) {
        while let Some(reply) = self.next_reply() {
            self.callers.questions.answer(reply);
        }
    }

    /// What to say of changes that were lost since the last time. `[control]`
    pub(crate) fn lost_changes(&self) -> Option<Diagnostic> {
        (self.take_lost_changes() > 0).then(|| {
            Diagnostic::warning(None, "changes of channels came faster than they could be told and were lost")
                .with_remedy("write the channel less often")
        })
    }

    /// One more listener; `None` where so many listen already. `[control]`
    pub(super) fn add_listener(
        &self,
        channel: &str,
        hear: ChannelCallback,
        at_most: usize,
    ) -> Option<ListenerId> {
        let mut listeners = locked(&self.callers.listeners);
        if listeners.list.len() >= at_most {
            return None;
        }
        listeners.last_id += 1;
        let id = listeners.last_id;
        listeners.list.push(Listener { id, channel: channel.to_owned(), engine: 0, last: None, hear });
        drop(listeners);
        self.watch_in_playing();
        Some(ListenerId(id))
    }

    /// Ends a listener; `false` where there was none. `[control]`
    pub(super) fn end_listener(&self, listener: ListenerId) -> bool {
        let mut listeners = locked(&self.callers.listeners);
        let before = listeners.list.len();
        listeners.list.retain(|known| known.id != listener.0);
        let mut was_there = listeners.list.len() < before;
        if let Some((called, ended)) = &mut listeners.called
            && *called == listener.0
        {
            was_there |= !std::mem::replace(ended, true);
        }
        drop(listeners);
        if let Some((engine, _)) = self.playing() {
            let command = Command::Unwatch(listener.0);
            // With no room it goes on being watched and nobody is told.
            self.send(Timed { engine, when: When::default(), command });
        }
        was_there
    }

    fn due_calls(&self) -> Vec<Call> {
        let mut calls = locked(&self.callers.calls);
        if calls.is_empty() {
            return Vec::new();
        }
        let playing = self.playing();
        let now =
            playing.as_ref().map_or(0.0, |(_, names)| self.frames() as f64 / names.symbols.clock().rate());
        let engine = playing.map(|(engine, _)| engine);
        calls.retain(|call| Some(call.engine) == engine);
        let mut due: Vec<Call> = calls.extract_if(.., |call| call.seconds <= now).collect();
        due.sort_by(|a, b| a.seconds.total_cmp(&b.seconds));
        due
    }

    /// Has the playing engine watch for all who listen.
    fn watch_in_playing(&self) {
        let mut listeners = locked(&self.callers.listeners);
        let Some((engine, names)) = self.playing() else { return };
        for listener in listeners.list.iter_mut().filter(|listener| listener.engine != engine) {
            let Ok(channel) = names.symbols.channel(&listener.channel) else {
                listener.engine = engine;
                continue;
            };
            let command = Command::Watch { watch: listener.id, channel, known: listener.last };
            // With no room it is tried again.
            if self.send(Timed { engine, when: When::default(), command }) {
                listener.engine = engine;
            }
        }
    }

    /// Calls are made while nothing is locked: who is called may listen to more, or no more.
    fn tell_listeners(&self) {
        while let Some(change) = self.next_change() {
            let mut listeners = locked(&self.callers.listeners);
            let known = listeners.list.iter().position(|listener| listener.id == change.watch);
            let Some(at) = known else { continue };
            let mut listener = listeners.list.remove(at);
            listeners.called = Some((listener.id, false));
            drop(listeners);
            listener.last = Some(change.value);
            (listener.hear)(&listener.channel, change.value);
            let mut listeners = locked(&self.callers.listeners);
            let is_ended = listeners.called.take().is_some_and(|(_, ended)| ended);
            if !is_ended {
                listeners.list.push(listener);
            }
        }
    }
}

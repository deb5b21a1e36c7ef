//! The bank of host parameters: [`SLOTS`] of them in every instance, the same for every document.
//!
//! The framework asks a plugin for its parameters once and keeps pointers to them, so a document's parameters
//! live in numbered slots: the id of a slot never changes, and [`ParamList`] says which parameter is in it now.
//! A slot that nobody has moved follows the document's default, and its host parameter shows that default.
//!
//! A value moves in one direction. The host moves a parameter: it is noted here, and the audio side takes it as a
//! point. The control side, and nothing else, writes into a host parameter what a document changed
//! and what its orchestra wrote ([`ParamBank::publish`], [`ParamBank::show_saved`], [`ParamBank::show_written`]).

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, Weak};

use ksmps_core::params::{Param, SLOTS};
use ksmps_core::player::Control;
use nice_plug::params::InternalParamMut;
use nice_plug::prelude::{FloatParam, FloatRange, Param as _, ParamPtr};

use crate::guard::guarded;
use crate::host_link::HostLink;
use crate::param_list::{ParamList, ParamListChange};

const WORD_BITS: usize = u64::BITS as usize;
const WORDS: usize = SLOTS / WORD_BITS;
const _: () = assert!(SLOTS.is_multiple_of(WORD_BITS));

thread_local! {
    /// Set while this thread shows a value that nobody moved: the parameter's callback must not take it for a move.
    static SHOWING: Cell<bool> = const { Cell::new(false) };
    /// Set while this thread moves a slot for the user: the move is not the host's.
    static EDITING: Cell<bool> = const { Cell::new(false) };
}

/// The id of a slot in hosts' projects. Once released it stays. `[any]`
pub fn slot_id(slot: usize) -> String {
    format!("P{slot:03}")
}

/// What the host did to a slot.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Move {
    /// Which slot.
    pub slot: usize,
    /// The normalized value that it was moved to, which is kept; `None` where it was modulated alone.
    pub base: Option<f64>,
    /// What modulation adds to the normalized value, as much of it as stays within 0..=1.
    pub modulation: f64,
}

/// The host parameters of one instance.
pub struct ParamBank {
    control: Arc<Control>,
    host: Arc<dyn HostLink>,
    params: Box<[FloatParam]>,
    list: RwLock<Arc<ParamList>>,
    /// Held by whoever shows values, so that they come from one hand at a time.
    writer: Mutex<()>,
    /// A bit for each slot that the host moved since the audio thread last looked.
    moved: [AtomicU64; WORDS],
    /// The same for each that it moved or modulated.
    touched: [AtomicU64; WORDS],
    /// A bit for each slot that the host itself moved since the editor last asked.
    by_host: [AtomicU64; WORDS],
    /// A bit for each slot of which the host says that it automates it.
    automated: [AtomicU64; WORDS],
    /// A bit for each slot whose parameter is one of notes.
    per_note: [AtomicU64; WORDS],
    /// A bit for each slot that the orchestra wrote and that is still to be shown.
    written: [AtomicU64; WORDS],
    /// Bits of the value last shown without a move.
    shown: [AtomicU32; SLOTS],
}

impl ParamBank {
    /// A bank over an instance's control side. `[control]`
    pub fn new(control: Arc<Control>, host: Arc<dyn HostLink>) -> Arc<Self> {
        Arc::new_cyclic(|bank| Self {
            control,
            host,
            params: (0..SLOTS).map(|slot| host_param(slot, bank)).collect(),
            list: RwLock::new(Arc::new(ParamList::new(&[]))),
            writer: Mutex::new(()),
            moved: std::array::from_fn(|_| AtomicU64::new(0)),
            touched: std::array::from_fn(|_| AtomicU64::new(0)),
            by_host: std::array::from_fn(|_| AtomicU64::new(0)),
            automated: std::array::from_fn(|_| AtomicU64::new(0)),
            per_note: std::array::from_fn(|_| AtomicU64::new(0)),
            written: std::array::from_fn(|_| AtomicU64::new(0)),
            shown: std::array::from_fn(|_| AtomicU32::new(0)),
        })
    }

    /// The parameters as the framework wants them: id, pointer, group. `[control]`
    pub(crate) fn map(&self) -> Vec<(String, ParamPtr, String)> {
        let entry = |(slot, param): (usize, &FloatParam)| (slot_id(slot), param.as_ptr(), String::new());
        self.params.iter().enumerate().map(entry).collect()
    }

    /// Which parameter is in which slot now. `[any]` but the audio thread
    pub fn list(&self) -> Arc<ParamList> {
        Arc::clone(&self.list.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes a new list and shows the host parameters' values for it. `[control]`
    pub fn publish(&self, list: ParamList) -> ParamListChange {
        let _writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let change = self.list().change_to(&list);
        let list = Arc::new(list);
        *self.list.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&list);
        for slot in 0..SLOTS {
            set_bit(&self.per_note, slot, list.param(slot).is_some_and(|param| param.per_note));
            self.show_current(slot, list.param(slot));
        }
        change
    }

    /// Shows values that nobody moved and the document's text does not tell, because its engine is still to be
    /// built: those that the host saw when the state was saved. `[control]`
    pub fn show_saved(&self, saved: &BTreeMap<String, f32>) {
        let _writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let list = self.list();
        let is_known = |slot: &usize| {
            self.control.values().get(*slot).is_some()
                || list.param(*slot).is_some_and(|param| param.default.is_some())
        };
        for slot in (0..SLOTS).filter(|slot| !is_known(slot)) {
            if let Some(normalized) = saved.get(&slot_id(slot)) {
                self.show(slot, f64::from(*normalized));
            }
        }
    }

    /// Calls `each` for what the host moved or modulated since the last call. `[audio]`
    pub fn take_moves(&self, mut each: impl FnMut(Move)) {
        for (word, bits) in self.touched.iter().enumerate() {
            let mut bits =
                if bits.load(Ordering::Relaxed) == 0 { 0 } else { bits.swap(0, Ordering::Acquire) };
            let moved = if bits == 0 { 0 } else { self.moved[word].swap(0, Ordering::Acquire) };
            while bits != 0 {
                let slot = word * WORD_BITS + bits.trailing_zeros() as usize;
                let is_moved = moved & (1 << (slot % WORD_BITS)) != 0;
                let param = &self.params[slot];
                let [modulated, base] =
                    [param.modulated_normalized_value(), param.unmodulated_normalized_value()].map(f64::from);
                each(Move {
                    slot,
                    base: self.control.values().get(slot).filter(|_| is_moved),
                    modulation: modulated - base,
                });
                bits &= bits - 1;
            }
        }
    }

    /// The user moved a slot in the editor: the sound follows it as it follows a move of the host's. `[any]` but the
    /// audio thread
    #[expect(
        unsafe_code,
        reason = "the framework's setter is marked unsafe to keep plugins from using it lightly"
    )]
    pub fn move_to(&self, slot: usize, normalized: f64) {
        if let Some(param) = self.params.get(slot) {
            EDITING.set(true);
            // SAFETY: As in `show`; here the callback is to take it for a move.
            unsafe { param._internal_set_normalized_value(normalized.clamp(0.0, 1.0) as f32) };
            EDITING.set(false);
        }
    }

    /// The host moves a slot.
    #[cfg(test)]
    #[expect(unsafe_code, reason = "the host's side of a parameter is marked unsafe")]
    pub(crate) fn host_moves(&self, slot: usize, normalized: f32) {
        // SAFETY: As in `show`.
        unsafe { self.params[slot]._internal_set_normalized_value(normalized) };
    }

    /// The host says that it automates a slot, or no longer. `[control]`
    pub fn set_automated(&self, slot: usize, is_automated: bool) {
        set_bit(&self.automated, slot, is_automated);
    }

    /// Whether the host says that it automates a slot; not every host says so. `[any]`
    pub fn is_automated(&self, slot: usize) -> bool {
        has_bit(&self.automated, slot)
    }

    /// Whether the host may modulate a slot's parameter note by note. `[any]`
    pub fn is_per_note(&self, slot: usize) -> bool {
        has_bit(&self.per_note, slot)
    }

    /// Calls `each` for the slots that the host itself moved since the last call: not for moves of the editor, nor for
    /// modulation. `[any]` but the audio thread
    pub fn take_moved_by_host(&self, mut each: impl FnMut(usize)) {
        for (word, bits) in self.by_host.iter().enumerate() {
            let bits = bits.swap(0, Ordering::Relaxed);
            (0..WORD_BITS).filter(|bit| bits & (1 << bit) != 0).for_each(|bit| each(word * WORD_BITS + bit));
        }
    }

    /// The orchestra wrote a parameter that it sends to the host: it stands there from now on. `[audio]`
    pub fn was_written(&self, slot: usize, normalized: f64) {
        self.control.values().set(slot, normalized);
        self.written[slot / WORD_BITS].fetch_or(1 << (slot % WORD_BITS), Ordering::Release);
    }

    /// Shows what the orchestra wrote since the last call; what another thread is showing values for comes with the
    /// next. `[any]` but the audio thread
    pub fn show_written(&self) {
        if self.written.iter().all(|word| word.load(Ordering::Relaxed) == 0) {
            return;
        }
        let Ok(_writer) = self.writer.try_lock() else { return };
        let list = self.list();
        for (word, bits) in self.written.iter().enumerate() {
            let bits = bits.swap(0, Ordering::Acquire);
            for slot in (0..WORD_BITS).filter(|bit| bits & (1 << bit) != 0).map(|bit| word * WORD_BITS + bit)
            {
                self.show_current(slot, list.param(slot));
            }
        }
    }

    /// The normalized value that the host sees in a slot, without modulation. `[any]`
    pub fn shown(&self, slot: usize) -> f32 {
        self.params[slot].unmodulated_normalized_value()
    }

    /// What modulation adds to a slot's normalized value now. `[any]`
    pub fn modulation(&self, slot: usize) -> f32 {
        let param = &self.params[slot];
        param.modulated_normalized_value() - param.unmodulated_normalized_value()
    }

    /// A slot's value as the host reads it. `[any]` but the audio thread
    pub fn text(&self, slot: usize, normalized: f64) -> String {
        self.host.value_text(slot, self.list().param(slot), normalized)
    }

    /// The normalized value that a text means in a slot, with or without the parameter's name before it. `[any]` but
    /// the audio thread
    pub fn parse(&self, slot: usize, text: &str) -> Option<f64> {
        let list = self.list();
        let Some(param) = list.param(slot) else {
            return text.trim().parse().ok().filter(|value| (0.0..=1.0).contains(value));
        };
        let value = text
            .trim()
            .strip_prefix(param.label.as_str())
            .and_then(|rest| rest.trim_start().strip_prefix(':'));
        param.parse(value.unwrap_or(text))
    }

    /// Shows where a slot was moved to, else its default.
    fn show_current(&self, slot: usize, param: Option<&Param>) {
        loop {
            let moved_to = self.control.values().get(slot);
            let default = || param.and_then(|param| Some(param.normalized(param.default?))).unwrap_or(0.0);
            self.show(slot, moved_to.unwrap_or_else(default));
            // The host may have moved the slot in between; then what it said last holds.
            if self.control.values().get(slot) == moved_to {
                return;
            }
        }
    }

    #[expect(
        unsafe_code,
        reason = "the framework's setter is marked unsafe to keep plugins from using it lightly"
    )]
    fn show(&self, slot: usize, normalized: f64) {
        let normalized = normalized as f32;
        self.shown[slot].store(normalized.to_bits(), Ordering::Relaxed);
        SHOWING.set(true);
        // SAFETY: The setter stores atomics and calls the callback made in `host_param`; it has no other
        // requirement. It is unsafe so that a plugin does not go past the host by mistake; here that is the aim.
        unsafe { self.params[slot]._internal_set_normalized_value(normalized) };
        SHOWING.set(false);
    }

    /// The host moved or modulated a slot. `[audio]` and `[control]`
    fn was_touched(&self, slot: usize) {
        let normalized = self.params[slot].unmodulated_normalized_value();
        let values = self.control.values();
        let before = values
            .get(slot)
            .map_or_else(|| self.shown[slot].load(Ordering::Relaxed), |value| (value as f32).to_bits());
        let (word, bit) = (slot / WORD_BITS, 1 << (slot % WORD_BITS));
        if normalized.to_bits() != before {
            values.set(slot, f64::from(normalized));
            self.moved[word].fetch_or(bit, Ordering::Release);
            if !EDITING.get() {
                self.by_host[word].fetch_or(bit, Ordering::Relaxed);
            }
        }
        self.touched[word].fetch_or(bit, Ordering::Release);
    }
}

/// A slot's bit among many: out of range there is none.
fn set_bit(words: &[AtomicU64; WORDS], slot: usize, is_set: bool) {
    let Some(word) = words.get(slot / WORD_BITS) else { return };
    let bit = 1 << (slot % WORD_BITS);
    match is_set {
        true => word.fetch_or(bit, Ordering::Relaxed),
        false => word.fetch_and(!bit, Ordering::Relaxed),
    };
}

fn has_bit(words: &[AtomicU64; WORDS], slot: usize) -> bool {
    let word = words.get(slot / WORD_BITS).map_or(0, |word| word.load(Ordering::Relaxed));
    word & (1 << (slot % WORD_BITS)) != 0
}

fn host_param(slot: usize, bank: &Weak<ParamBank>) -> FloatParam {
    let (texts, values, moves) = (bank.clone(), bank.clone(), bank.clone());
    FloatParam::new(format!("Slot {}", slot + 1), 0.0, FloatRange::Linear { min: 0.0, max: 1.0 })
        // The id under which polyphonic modulation names the slot.
        .with_poly_modulation_id(slot as u32)
        .with_value_to_string(Arc::new(move |value| {
            guarded(String::new(), || {
                texts.upgrade().map(|bank| bank.text(slot, f64::from(value))).unwrap_or_default()
            })
        }))
        .with_string_to_value(Arc::new(move |text| {
            guarded(None, || Some(values.upgrade()?.parse(slot, text)? as f32))
        }))
        .with_callback(Arc::new(move |_| {
            guarded((), || {
                if !SHOWING.get()
                    && let Some(bank) = moves.upgrade()
                {
                    bank.was_touched(slot);
                }
            });
        }))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use ksmps_core::player::{self, InstanceConfig};
    use ksmps_core::route::HostChannels;

    use super::*;

    use crate::host_link::NoHost;

    fn bank() -> Arc<ParamBank> {
        let channels = HostChannels { inputs: vec![], outputs: vec![2] };
        let (control, _) = player::pair(InstanceConfig { channels, default_document: "" });
        ParamBank::new(control, Arc::new(NoHost))
    }

    fn cutoff() -> Param {
        Param {
            label: "Cutoff".to_owned(),
            default: Some(0.5),
            unit: "Hz".to_owned(),
            ..Param::channel("cutoff")
        }
    }

    #[expect(unsafe_code, reason = "the host's side of a parameter is marked unsafe")]
    fn host_moves(bank: &ParamBank, slot: usize, value: f32, modulation: f32) {
        bank.host_moves(slot, value);
        // SAFETY: As in `ParamBank::show`.
        unsafe { bank.params[slot]._internal_modulate_value(modulation) };
    }

    /// Slot, base value, modulation.
    fn moves(bank: &ParamBank) -> Vec<(usize, Option<f64>, f64)> {
        let mut moves = Vec::new();
        bank.take_moves(|Move { slot, base, modulation }| moves.push((slot, base, modulation)));
        moves
    }

    #[test]
    fn ids_stay() {
        let ids: Vec<String> = bank().map().into_iter().map(|(id, ..)| id).collect();
        assert_eq!(ids.len(), 128);
        assert_eq!([&ids[0], &ids[9], &ids[99], &ids[127]], ["P000", "P009", "P099", "P127"]);
        // The framework turns ids into numbers; two that become the same would be one parameter.
        let number =
            |id: &String| id.bytes().fold(0u32, |hash, byte| hash.wrapping_mul(31).wrapping_add(byte.into()));
        assert_eq!(ids.iter().map(number).collect::<HashSet<_>>().len(), 128);
    }

    #[test]
    fn a_default_is_shown_but_is_no_move() {
        let bank = bank();
        let change = bank.publish(ParamList::new(&[(3, cutoff())]));
        assert_eq!(change, ParamListChange { shown: true, per_note: false });
        assert_eq!(bank.shown(3), 0.5);
        assert_eq!((bank.control.values().get(3), moves(&bank)), (None, vec![]));
        assert!(!bank.publish(ParamList::new(&[(3, cutoff())])).shown);
        assert!(bank.publish(ParamList::new(&[(3, Param { per_note: true, ..cutoff() })])).per_note);
    }

    #[test]
    fn a_move_in_the_editor_is_a_move() {
        let bank = bank();
        bank.publish(ParamList::new(&[(3, cutoff())]));
        bank.move_to(3, 0.75);
        assert_eq!((bank.shown(3), moves(&bank)), (0.75, vec![(3, Some(0.75), 0.0)]));
        bank.move_to(3, 2.0);
        assert_eq!(bank.control.values().get(3), Some(1.0));
    }

    #[test]
    fn the_hosts_moves_are_told_apart_from_the_editors() {
        let bank = bank();
        bank.publish(ParamList::new(&[(3, cutoff()), (64, cutoff())]));
        let moved = |bank: &ParamBank| {
            let mut slots = Vec::new();
            bank.take_moved_by_host(|slot| slots.push(slot));
            slots
        };
        bank.move_to(3, 0.75);
        host_moves(&bank, 64, 0.25, 0.0);
        assert_eq!((moved(&bank), moved(&bank)), (vec![64], vec![]));
        // What the host says again, and modulation, moves nothing.
        host_moves(&bank, 64, 0.25, 0.5);
        assert!(moved(&bank).is_empty());
    }

    #[test]
    fn a_move_is_kept_and_told_once() {
        let bank = bank();
        bank.publish(ParamList::new(&[(3, cutoff()), (64, cutoff())]));
        host_moves(&bank, 64, 0.25, 0.0);
        host_moves(&bank, 3, 0.75, 0.0);
        assert_eq!(moves(&bank), [(3, Some(0.75), 0.0), (64, Some(0.25), 0.0)]);
        assert_eq!(moves(&bank), []);
        // A document with another default does not move it back.
        bank.publish(ParamList::new(&[(3, Param { default: Some(1.0), ..cutoff() })]));
        assert_eq!((bank.control.values().get(3), bank.shown(3)), (Some(0.75), 0.75));
    }

    #[test]
    fn modulation_is_heard_but_not_kept() {
        let bank = bank();
        bank.publish(ParamList::new(&[(3, cutoff())]));
        host_moves(&bank, 3, 0.5, 0.25);
        assert_eq!((bank.control.values().get(3), moves(&bank)), (None, vec![(3, None, 0.25)]));
        host_moves(&bank, 3, 0.625, 0.25);
        assert_eq!((bank.control.values().get(3), moves(&bank)), (Some(0.625), vec![(3, Some(0.625), 0.25)]));
    }

    #[test]
    fn what_the_orchestra_writes_is_kept_and_shown_but_is_no_move() {
        let bank = bank();
        bank.publish(ParamList::new(&[(3, cutoff()), (70, cutoff())]));
        bank.was_written(3, 0.75);
        bank.was_written(70, 0.25);
        assert_eq!((bank.shown(3), bank.control.values().get(3)), (0.5, Some(0.75)));
        bank.show_written();
        assert_eq!((bank.shown(3), bank.shown(70), moves(&bank)), (0.75, 0.25, vec![]));
        host_moves(&bank, 3, 0.5, 0.0);
        assert_eq!(moves(&bank), [(3, Some(0.5), 0.0)]);
    }

    #[test]
    fn a_text_is_read_with_or_without_the_name_before_it() {
        let bank = bank();
        assert_eq!(bank.parse(3, "0.5"), Some(0.5));
        bank.publish(ParamList::new(&[(3, cutoff())]));
        for text in ["Cutoff: 0.250 Hz", "0.25", " 0.25 Hz"] {
            assert_eq!(bank.parse(3, text), Some(0.25), "{text}");
        }
    }
}

//! The bank of host parameters: [`SLOTS`] of them in every instance, the same for every document.
//!
//! The framework asks a plugin for its parameters once and keeps pointers to them, so a document's parameters
//! live in numbered slots: the id of a slot never changes, and [`Roster`] says which parameter is in it now.
//! A slot that nobody has moved follows the document's default, and its host parameter shows that default.
//!
//! How a host gets to see the names: CLAP hosts ask again when the document changes ([`crate::clap`]) and
//! see real ones. VST3 hosts see the names when they ask ([`crate::vst3`]), but not all ask again; where a host
//! knows a slot under another name, the value's text carries it ("Cutoff: 1800 Hz"). An unused slot reads "–".

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock, Weak};

use ksmps_core::params::{Param, SLOTS};
use ksmps_core::player::Control;
use nice_plug::params::InternalParamMut;
use nice_plug::prelude::{FloatParam, FloatRange, Param as _, ParamPtr, Params};

use crate::clap::link::HostLink;
use crate::health::Health;
use crate::port::{self, Switch};
use crate::roster::{Roster, RosterChange};
use crate::vst3::instance::Tables;
use crate::vst3::link::Vst3Link;
use crate::{follow, state};

const WORD_BITS: usize = u64::BITS as usize;
const WORDS: usize = SLOTS / WORD_BITS;
const _: () = assert!(SLOTS.is_multiple_of(WORD_BITS));

thread_local! {
    /// Set while this thread shows a value that nobody moved: the parameter's callback must not take it for a move.
    static SHOWING: Cell<bool> = const { Cell::new(false) };
}

/// The id of a slot in hosts' projects. Once released it stays. [any]
pub fn slot_id(slot: usize) -> String {
    format!("P{slot:03}")
}

/// What one instance shares between the host's threads: its parameters, its document's control side, its host.
pub struct Bank {
    control: Arc<Control>,
    host: Option<Arc<HostLink>>,
    vst3: Option<Arc<Vst3Link>>,
    /// What the VST3 object points to.
    tables: OnceLock<Tables>,
    params: Box<[FloatParam]>,
    roster: RwLock<Arc<Roster>>,
    /// A bit for each slot that the host moved since the audio thread last looked.
    moved: [AtomicU64; WORDS],
    /// Bits of the value last shown without a move.
    shown: [AtomicU32; SLOTS],
    latency_frames: AtomicU32,
    health: Health,
    port: Switch,
    /// What the last look at the control side saw.
    pub(crate) seen: follow::Seen,
}

impl Bank {
    /// A bank over an instance's control side; `host` is there when the instance was made through CLAP, `vst3` when
    /// through VST3. [control]
    pub fn new(control: Arc<Control>, host: Option<Arc<HostLink>>, vst3: Option<Arc<Vst3Link>>) -> Arc<Self> {
        Arc::new_cyclic(|bank| Self {
            control,
            host,
            vst3,
            tables: OnceLock::new(),
            params: (0..SLOTS).map(|slot| host_param(slot, bank)).collect(),
            roster: RwLock::new(Arc::new(Roster::new(&[]))),
            moved: std::array::from_fn(|_| AtomicU64::new(0)),
            shown: std::array::from_fn(|_| AtomicU32::new(0)),
            latency_frames: AtomicU32::new(0),
            health: Health::default(),
            port: Switch::default(),
            seen: follow::Seen::default(),
        })
    }

    /// The control side of the instance's player. [any]
    pub fn control(&self) -> &Control {
        &self.control
    }

    /// The way to the CLAP host; `None` in VST3. [any]
    pub fn host(&self) -> Option<&HostLink> {
        self.host.as_deref()
    }

    /// The way to the VST3 host; `None` in CLAP. [any]
    pub fn vst3(&self) -> Option<&Vst3Link> {
        self.vst3.as_deref()
    }

    /// Keeps for as long as the instance lives what its VST3 object points to. [control]
    pub(crate) fn keep_tables(&self, tables: Tables) {
        // An object is made once, with its instance.
        let _ = self.tables.set(tables);
    }

    /// Lets the host read names, texts and values again, where they have changed. [any] but the audio thread
    pub fn rescan(&self, change: RosterChange) {
        if let Some(host) = &self.host {
            host.rescan(change);
        }
        if let (Some(vst3), true) = (&self.vst3, change.faces) {
            vst3.rescan();
        }
    }

    /// What went wrong so far. [any]
    pub fn health(&self) -> &Health {
        &self.health
    }

    /// The instance's control port, if it has one. [any]
    pub fn port(&self) -> &Switch {
        &self.port
    }

    /// Opens a control port where the user's environment asks for one. [control]
    pub fn decide_port(&self) {
        self.port.decide(&self.control, std::env::var_os(port::VARIABLE));
    }

    /// Notes the latency of what plays. [any]
    pub fn set_latency_frames(&self, frames: u32) {
        self.latency_frames.store(frames, Ordering::Release);
    }

    /// The latency of what plays. [any]
    pub fn latency_frames(&self) -> u32 {
        self.latency_frames.load(Ordering::Acquire)
    }

    /// Which parameter is in which slot now. [control]
    pub fn roster(&self) -> Arc<Roster> {
        Arc::clone(&self.roster.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes a new roster and shows the host parameters' values for it. [control]
    pub fn publish(&self, roster: Roster) -> RosterChange {
        let old = self.roster();
        let change = RosterChange { faces: *old != roster, per_note: !old.modulates_as(&roster) };
        let roster = Arc::new(roster);
        *self.roster.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&roster);
        for slot in 0..SLOTS {
            self.show_current(slot, roster.param(slot));
        }
        change
    }

    /// Shows values that nobody moved and the document's text does not tell, because its engine is still to be
    /// built: those that the host saw when the state was saved. [control]
    pub fn show_saved(&self, saved: &BTreeMap<String, f32>) {
        let roster = self.roster();
        let is_known = |slot: &usize| {
            self.control.values().get(*slot).is_some()
                || roster.param(*slot).is_some_and(|param| param.default.is_some())
        };
        for slot in (0..SLOTS).filter(|slot| !is_known(slot)) {
            if let Some(normalized) = saved.get(&slot_id(slot)) {
                self.show(slot, f64::from(*normalized));
            }
        }
    }

    /// Calls `each` for what the host moved or modulated since the last call: the slot, its normalized value with
    /// modulation, and where it stands without (`None` where nobody moved it). [audio]
    pub fn take_moves(&self, mut each: impl FnMut(usize, f64, Option<f64>)) {
        for (word, bits) in self.moved.iter().enumerate() {
            let mut bits =
                if bits.load(Ordering::Relaxed) == 0 { 0 } else { bits.swap(0, Ordering::Acquire) };
            while bits != 0 {
                let slot = word * WORD_BITS + bits.trailing_zeros() as usize;
                let normalized = f64::from(self.params[slot].modulated_normalized_value());
                each(slot, normalized, self.control.values().get(slot));
                bits &= bits - 1;
            }
        }
    }

    /// Says where a slot stands that the player took a modulated value for. [audio]
    pub fn put_back(&self, slot: usize, value: Option<f64>) {
        match value {
            Some(value) => self.control.values().set(slot, value),
            None => self.control.values().clear(slot),
        }
    }

    /// The normalized value that the host sees in a slot. [any]
    pub fn shown(&self, slot: usize) -> f32 {
        self.params[slot].unmodulated_normalized_value()
    }

    /// A slot's value as the host reads it. [any]
    pub fn text(&self, slot: usize, normalized: f64) -> String {
        let roster = self.roster();
        let is_named = |param: &Param| {
            self.host.is_some() || self.vst3().is_some_and(|vst3| vst3.knows(slot, &param.label))
        };
        match (roster.param(slot), self.host.is_some()) {
            (Some(param), _) if is_named(param) => param.text(normalized),
            (Some(param), _) => format!("{}: {}", param.label, param.text(normalized)),
            (None, true) => format!("{normalized:.3}"),
            (None, false) => "–".to_owned(),
        }
    }

    /// The normalized value that a text means in a slot, with or without the parameter's name before it. [any]
    pub fn parse(&self, slot: usize, text: &str) -> Option<f64> {
        let roster = self.roster();
        let Some(param) = roster.param(slot) else {
            return text.trim().parse().ok().filter(|value| (0.0..=1.0).contains(value));
        };
        let value = text
            .trim()
            .strip_prefix(param.label.as_str())
            .and_then(|rest| rest.trim_start().strip_prefix(':'));
        param.parse(value.unwrap_or(text))
    }

    /// Shows where a slot was moved to, else its default. [any]
    pub fn show_current(&self, slot: usize, param: Option<&Param>) {
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

    /// The host moved or modulated a slot. [audio] and [control]
    fn was_moved(&self, slot: usize) {
        let normalized = self.params[slot].unmodulated_normalized_value();
        let values = self.control.values();
        let only_modulated =
            values.get(slot).is_none() && normalized.to_bits() == self.shown[slot].load(Ordering::Relaxed);
        if !only_modulated {
            values.set(slot, f64::from(normalized));
        }
        self.moved[slot / WORD_BITS].fetch_or(1 << (slot % WORD_BITS), Ordering::Release);
    }
}

fn host_param(slot: usize, bank: &Weak<Bank>) -> FloatParam {
    let (texts, values, moves) = (bank.clone(), bank.clone(), bank.clone());
    FloatParam::new(format!("Slot {}", slot + 1), 0.0, FloatRange::Linear { min: 0.0, max: 1.0 })
        // The id under which polyphonic modulation names the slot.
        .with_poly_modulation_id(slot as u32)
        .with_value_to_string(Arc::new(move |value| {
            texts.upgrade().map(|bank| bank.text(slot, f64::from(value))).unwrap_or_default()
        }))
        .with_string_to_value(Arc::new(move |text| Some(values.upgrade()?.parse(slot, text)? as f32)))
        .with_callback(Arc::new(move |_| {
            if !SHOWING.get()
                && let Some(bank) = moves.upgrade()
            {
                bank.was_moved(slot);
            }
        }))
}

// SAFETY: The pointers point into `params`, a boxed slice that is made with the bank and never replaced, resized
// or moved out of; the framework keeps the `Arc` of the bank for as long as it uses them.
#[expect(unsafe_code, reason = "the derive macro knows no parameters that are numbered at run time")]
unsafe impl Params for Bank {
    fn param_map(&self) -> Vec<(String, ParamPtr, String)> {
        let entry = |(slot, param): (usize, &FloatParam)| (slot_id(slot), param.as_ptr(), String::new());
        self.params.iter().enumerate().map(entry).collect()
    }

    fn serialize_fields(&self) -> BTreeMap<String, String> {
        state::save(self)
    }

    fn deserialize_fields(&self, fields: &BTreeMap<String, String>) {
        state::load(self, fields);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use ksmps_core::player::{self, Shape};
    use ksmps_core::route::HostChannels;

    use super::*;

    fn bank() -> Arc<Bank> {
        let channels = HostChannels { inputs: vec![], outputs: vec![2] };
        Bank::new(player::pair(Shape { channels, default_document: "" }).0, None, None)
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
    fn host_moves(bank: &Bank, slot: usize, value: f32, modulation: f32) {
        // SAFETY: As in `Bank::show`.
        unsafe {
            bank.params[slot]._internal_set_normalized_value(value);
            bank.params[slot]._internal_modulate_value(modulation);
        }
    }

    fn moves(bank: &Bank) -> Vec<(usize, f64)> {
        let mut moves = Vec::new();
        bank.take_moves(|slot, normalized, _| moves.push((slot, normalized)));
        moves
    }

    #[test]
    fn ids_stay() {
        let ids: Vec<String> = bank().param_map().into_iter().map(|(id, ..)| id).collect();
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
        let change = bank.publish(Roster::new(&[(3, cutoff())]));
        assert_eq!(change, RosterChange { faces: true, per_note: false });
        assert_eq!(bank.shown(3), 0.5);
        assert_eq!((bank.control().values().get(3), moves(&bank)), (None, vec![]));
        assert!(!bank.publish(Roster::new(&[(3, cutoff())])).faces);
        assert!(bank.publish(Roster::new(&[(3, Param { per_note: true, ..cutoff() })])).per_note);
    }

    #[test]
    fn a_move_is_kept_and_told_once() {
        let bank = bank();
        bank.publish(Roster::new(&[(3, cutoff()), (64, cutoff())]));
        host_moves(&bank, 64, 0.25, 0.0);
        host_moves(&bank, 3, 0.75, 0.0);
        assert_eq!(moves(&bank), [(3, 0.75), (64, 0.25)]);
        assert_eq!(moves(&bank), []);
        // A document with another default does not move it back.
        bank.publish(Roster::new(&[(3, Param { default: Some(1.0), ..cutoff() })]));
        assert_eq!((bank.control().values().get(3), bank.shown(3)), (Some(0.75), 0.75));
    }

    #[test]
    fn modulation_is_heard_but_not_kept() {
        let bank = bank();
        bank.publish(Roster::new(&[(3, cutoff())]));
        host_moves(&bank, 3, 0.5, 0.25);
        assert_eq!((bank.control().values().get(3), moves(&bank)), (None, vec![(3, 0.75)]));
        host_moves(&bank, 3, 0.625, 0.25);
        assert_eq!((bank.control().values().get(3), moves(&bank)), (Some(0.625), vec![(3, 0.875)]));
    }

    #[test]
    fn values_read_with_their_name_where_the_host_cannot_learn_it() {
        let bank = bank();
        assert_eq!((bank.text(3, 0.5).as_str(), bank.parse(3, "0.5")), ("–", Some(0.5)));
        bank.publish(Roster::new(&[(3, cutoff())]));
        assert_eq!(bank.text(3, 0.25), "Cutoff: 0.250 Hz");
        for text in ["Cutoff: 0.250 Hz", "0.25", " 0.25 Hz"] {
            assert_eq!(bank.parse(3, text), Some(0.25), "{text}");
        }
    }
}

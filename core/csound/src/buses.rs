//! Buses: numbered places where instruments leave audio or a value for other instruments.
//!
//! A bus is known by its token, a running number that is never given out twice. Its place comes from a pool of fixed
//! size, made before the start, so that nothing here allocates while the engine plays. A bus is *parked* until its
//! first user comes; each call of `busin`, `busout` or `busmix` uses it from its init to the end of its note; when the
//! last user has gone and no other has come in that cycle, the place returns to the pool and the token is forgotten,
//! unless the bus was made to persist.
//! Audio buses are silent again at the start of each cycle, control buses keep their value.
//!
//! This module knows nothing of Csound: `opcodes` uses it from inside a cycle, `Running` between cycles.

use std::cell::Cell;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

pub(crate) use ksmps_data::verbs::{BusError, BusInfo, BusKind, BusReading, BusSizes, BusStatus, BusToken};

/// One assigned bus.
#[derive(Debug, Clone, Copy)]
struct Bus {
    kind: BusKind,
    /// Assigned without a kind: its first user decides.
    undecided: bool,
    slot: usize,
    users: u32,
    persists: bool,
    /// Whether a control bus was ever written.
    is_set: bool,
    /// Its last user went in this cycle, or went and another came.
    left: bool,
}

/// What a bus holds.
pub(crate) enum BusContent<'a> {
    /// The value of a control bus.
    Value(f64),
    /// A cycle of an audio bus.
    Sound(&'a [Cell<f64>]),
}

/// Spreads running numbers over a table; half the cost of a bus write would else be the hashing.
#[derive(Default)]
struct TokenHasher(u64);

impl Hasher for TokenHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_i64(i64::from(byte));
        }
    }

    fn write_i64(&mut self, token: i64) {
        // The golden ratio of 2^64: neighbours land far apart, in the low bits and in the high ones.
        let spread = (self.0 ^ token as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = spread ^ (spread >> 32);
    }
}

/// The buses of one engine.
pub(crate) struct Buses {
    sizes: BusSizes,
    ksmps: usize,
    next_token: i64,
    assigned: HashMap<i64, Bus, BuildHasherDefault<TokenHasher>>,
    /// Buses whose last user went in this cycle.
    left: Vec<BusToken>,
    /// The free slots of each kind, the next one last.
    free_audio: Vec<usize>,
    free_control: Vec<usize>,
    /// ksmps samples a slot. Cells, because instruments keep pointers to them.
    audio: Box<[Cell<f64>]>,
    control: Box<[Cell<f64>]>,
    /// No slot from here on was ever assigned: it needs no clearing.
    audio_high: usize,
}

impl Buses {
    /// No buses at all, until [`Buses::open`]. `[control]`
    pub fn new() -> Self {
        Self {
            sizes: BusSizes::default(),
            ksmps: 0,
            next_token: 0,
            assigned: HashMap::default(),
            left: Vec::new(),
            free_audio: Vec::new(),
            free_control: Vec::new(),
            audio: Box::default(),
            control: Box::default(),
            audio_high: 0,
        }
    }

    /// How many buses [`Buses::open`] will make. `[control]`
    pub fn set_sizes(&mut self, sizes: BusSizes) {
        self.sizes = sizes;
    }

    /// Makes the memory of all buses; it never moves afterwards. `[control]`
    pub fn open(&mut self, ksmps: usize) {
        let BusSizes { audio, control, first_token } = self.sizes;
        self.ksmps = ksmps;
        self.next_token = first_token;
        // With twice the room a map of this many live entries never grows, whatever comes and goes.
        self.assigned =
            HashMap::with_capacity_and_hasher(2 * (audio + control), BuildHasherDefault::default());
        self.left = Vec::with_capacity(audio + control);
        self.free_audio = (0..audio).rev().collect();
        self.free_control = (0..control).rev().collect();
        self.audio = vec![Cell::new(0.0); audio * ksmps].into();
        self.control = vec![Cell::new(0.0); control].into();
        self.audio_high = 0;
    }

    /// Makes a bus. Without a kind it is a control bus where it has a value, else its first user decides. `[audio]`
    pub fn assign(
        &mut self,
        kind: Option<BusKind>,
        value: Option<f64>,
        persists: bool,
    ) -> Result<BusToken, BusError> {
        let token = BusToken(self.next_token);
        self.assign_as(token, kind, value, persists)?;
        self.next_token += 1;
        Ok(token)
    }

    /// The same with a token that no bus has had. `[audio]`
    pub fn assign_as(
        &mut self,
        token: BusToken,
        kind: Option<BusKind>,
        value: Option<f64>,
        persists: bool,
    ) -> Result<(), BusError> {
        if kind == Some(BusKind::Audio) && value.is_some() {
            return Err(BusError::AudioValue);
        }
        let undecided = kind.is_none() && value.is_none();
        let kind = kind.unwrap_or(if value.is_some() { BusKind::Control } else { BusKind::Audio });
        let slot = self.take_slot(kind)?;
        if kind == BusKind::Control {
            self.control[slot].set(value.unwrap_or(0.0));
        }
        let bus = Bus { kind, undecided, slot, users: 0, persists, is_set: value.is_some(), left: false };
        self.assigned.insert(token.0, bus);
        Ok(())
    }

    /// Gives back a bus that was made to persist: it goes at once where nobody uses it, else with its last user.
    /// `[audio]`
    pub fn release(&mut self, token: BusToken) -> Result<(), BusError> {
        let bus = self.bus_mut(token)?;
        bus.persists = false;
        self.forget_if_unused(token);
        Ok(())
    }

    /// Counts a user of a bus, which must be of this kind. `[audio]`
    pub fn enter(&mut self, token: BusToken, kind: BusKind) -> Result<(), BusError> {
        self.decide(token, kind)?;
        self.bus_mut(token)?.users += 1;
        Ok(())
    }

    /// Counts a user of a bus of any kind and says what kind it is; an undecided bus becomes one of `kind`. `[audio]`
    pub fn enter_any(&mut self, token: BusToken, kind: BusKind) -> Result<BusKind, BusError> {
        let bus = *self.bus_mut(token)?;
        let kind = if bus.undecided { kind } else { bus.kind };
        self.enter(token, kind)?;
        Ok(kind)
    }

    /// A user of a bus has gone. Where it was the last one, another can come until the cycle is over. `[audio]`
    pub fn leave(&mut self, token: BusToken) {
        if let Some(bus) = self.assigned.get_mut(&token.0) {
            bus.users = bus.users.saturating_sub(1);
            if bus.users == 0 && !bus.persists && !bus.left {
                bus.left = true;
                self.left.push(token);
            }
        }
    }

    /// Forgets the buses that the cycle has left without users. To be called behind each cycle. `[audio]`
    pub fn forget_left(&mut self) {
        while let Some(token) = self.left.pop() {
            if let Some(bus) = self.assigned.get_mut(&token.0) {
                bus.left = false;
            }
            self.forget_if_unused(token);
        }
    }

    /// Writes a control bus. `[audio]`
    pub fn write(&mut self, token: BusToken, value: f64) -> Result<(), BusError> {
        let bus = self.assigned.get_mut(&token.0).ok_or(BusError::Unknown(token))?;
        if bus.kind == BusKind::Control {
            bus.is_set = true;
            self.control[bus.slot].set(value);
            return Ok(());
        }
        self.decide(token, BusKind::Control)?;
        self.write(token, value)
    }

    /// Reads a control bus. `[audio]`
    pub fn read(&self, token: BusToken) -> Result<f64, BusError> {
        let bus = self.assigned.get(&token.0).ok_or(BusError::Unknown(token))?;
        match bus.kind {
            BusKind::Control => Ok(self.control[bus.slot].get()),
            BusKind::Audio => Err(BusError::WrongKind { token, is: BusKind::Audio }),
        }
    }

    /// What a bus holds: a value, or the samples of the last cycle. `[audio]`
    pub fn content(&self, token: BusToken) -> Result<BusContent<'_>, BusError> {
        let bus = self.assigned.get(&token.0).ok_or(BusError::Unknown(token))?;
        Ok(match bus.kind {
            BusKind::Control => BusContent::Value(self.control[bus.slot].get()),
            BusKind::Audio => BusContent::Sound(&self.audio[bus.slot * self.ksmps..][..self.ksmps]),
        })
    }

    /// Writes a control bus unless it was written before; gives the value it has then. `[audio]`
    pub fn read_or_set(&mut self, token: BusToken, default: f64) -> Result<f64, BusError> {
        let slot = self.decide(token, BusKind::Control)?;
        if !self.bus_mut(token)?.is_set {
            self.write(token, default)?;
        }
        Ok(self.control[slot].get())
    }

    /// The place of a control bus. Valid as long as the bus is, and the engine. `[audio]`
    pub fn control_place(&mut self, token: BusToken) -> Result<*mut f64, BusError> {
        let slot = self.decide(token, BusKind::Control)?;
        Ok(self.control[slot].as_ptr())
    }

    /// The place of an audio bus's ksmps samples. Valid as long as the bus is, and the engine. `[audio]`
    pub fn audio_place(&mut self, token: BusToken) -> Result<*mut f64, BusError> {
        let slot = self.decide(token, BusKind::Audio)?;
        Ok(self.audio[slot * self.ksmps..][..self.ksmps].as_ptr().cast::<f64>().cast_mut())
    }

    /// Silences the audio buses for the coming cycle. `[audio]`
    pub fn clear_audio(&self) {
        silence(&self.audio[..self.audio_high * self.ksmps]);
    }

    /// Calls `each` for every bus that is assigned, in no order. `[audio]`
    pub fn each_reading(&self, mut each: impl FnMut(BusReading)) {
        for (token, bus) in &self.assigned {
            let value = match bus.kind {
                BusKind::Control => self.control[bus.slot].get(),
                BusKind::Audio => {
                    let samples = &self.audio[bus.slot * self.ksmps..][..self.ksmps];
                    samples.iter().fold(0.0, |peak: f64, sample| peak.max(sample.get().abs()))
                }
            };
            each(BusReading { token: BusToken(*token), kind: bus.kind, value });
        }
    }

    /// The state of all buses. `[control]`
    pub fn status(&self) -> BusStatus {
        let mut buses: Vec<BusInfo> =
            self.assigned.iter().map(|(&token, bus)| self.info(token, bus)).collect();
        buses.sort_by_key(|bus| bus.token);
        BusStatus { sizes: self.sizes, buses }
    }

    fn info(&self, token: i64, bus: &Bus) -> BusInfo {
        BusInfo {
            token: BusToken(token),
            kind: bus.kind,
            users: bus.users,
            persists: bus.persists,
            value: (bus.kind == BusKind::Control && bus.is_set).then(|| self.control[bus.slot].get()),
        }
    }

    fn bus_mut(&mut self, token: BusToken) -> Result<&mut Bus, BusError> {
        self.assigned.get_mut(&token.0).ok_or(BusError::Unknown(token))
    }

    /// The slot of a bus of this kind; an undecided bus becomes one.
    fn decide(&mut self, token: BusToken, kind: BusKind) -> Result<usize, BusError> {
        let bus = *self.bus_mut(token)?;
        if bus.kind != kind && !bus.undecided {
            return Err(BusError::WrongKind { token, is: bus.kind });
        }
        let mut slot = bus.slot;
        if bus.kind != kind {
            slot = self.take_slot(kind)?;
            self.give_back(bus.kind, bus.slot);
        }
        let bus = self.bus_mut(token)?;
        (bus.kind, bus.slot, bus.undecided) = (kind, slot, false);
        Ok(slot)
    }

    fn forget_if_unused(&mut self, token: BusToken) {
        if let Some(&bus) = self.assigned.get(&token.0)
            && bus.users == 0
            && !bus.persists
        {
            self.assigned.remove(&token.0);
            self.give_back(bus.kind, bus.slot);
        }
    }

    fn take_slot(&mut self, kind: BusKind) -> Result<usize, BusError> {
        let is_full = match kind {
            BusKind::Audio => self.free_audio.is_empty(),
            BusKind::Control => self.free_control.is_empty(),
        };
        if is_full {
            self.forget_left();
        }
        let free = match kind {
            BusKind::Audio => &mut self.free_audio,
            BusKind::Control => &mut self.free_control,
        };
        let slot = free.pop().ok_or(BusError::PoolExhausted(kind))?;
        match kind {
            BusKind::Audio => {
                silence(&self.audio[slot * self.ksmps..][..self.ksmps]);
                self.audio_high = self.audio_high.max(slot + 1);
            }
            BusKind::Control => self.control[slot].set(0.0),
        }
        Ok(slot)
    }

    fn give_back(&mut self, kind: BusKind, slot: usize) {
        match kind {
            BusKind::Audio => self.free_audio.push(slot),
            BusKind::Control => self.free_control.push(slot),
        }
    }
}

fn silence(samples: &[Cell<f64>]) {
    for sample in samples {
        sample.set(0.0);
    }
}

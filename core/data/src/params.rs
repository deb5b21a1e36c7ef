//! Parameters of a document and the fixed bank of slots through which a host moves them.
//!
//! A slot's id never changes; a parameter keeps its slot by name for as long as the document declares it
//! (and finds it again when it comes back). Only this module knows how a normalized value becomes a plain one.

use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};

/// How many host parameters a plugin has.
pub const SLOTS: usize = 128;

/// What a parameter moves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Target {
    /// A control channel of this name.
    Channel(String),
    /// A control bus of this name.
    Bus(String),
    /// A p-field of the sounding voices of an instrument.
    Pfield {
        /// Instrument name or number as text.
        instrument: String,
        /// Name of the p-field as the instrument spells it (`kdetune`) or `pN`.
        pfield: String,
    },
}

/// How a normalized value 0..=1 becomes a plain one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Taper {
    /// Straight.
    Linear,
    /// Equal ratios: `min * (max/min)^x`. Both ends are above 0.
    Exponential,
    /// The inverse of [`Taper::Exponential`].
    Logarithmic,
    /// `min + (max-min) * x^(1/skew)`, as JUCE and Cabbage mean it.
    Skew(f64),
}

/// One parameter as a document declares it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Param {
    /// What it moves.
    pub target: Target,
    /// The name it is kept by: `cutoff`, `keys.kdetune`.
    pub name: String,
    /// What a person reads.
    pub label: String,
    /// Group (module path) in the host, may be empty.
    pub group: String,
    /// Unit behind the value, may be empty.
    pub unit: String,
    /// Lowest plain value.
    pub min: f64,
    /// Highest plain value.
    pub max: f64,
    /// Plain value at the start; `None`: the channel's value after header init.
    pub default: Option<f64>,
    /// How the range is spread over 0..=1.
    pub taper: Taper,
    /// Distance between values; 0 where continuous. Switches and lists have 1.
    pub step: f64,
    /// Names of the values min, min+1, …; empty for numbers. A switch has none or two.
    pub labels: Vec<String>,
    /// MIDI controller that moves it too.
    pub cc: Option<u8>,
    /// Milliseconds over which a point is reached; 0 steps.
    pub smooth_ms: f64,
    /// May be modulated per note.
    pub per_note: bool,
    /// Not shown to the host.
    pub hidden: bool,
    /// What the orchestra writes goes to the host.
    pub send: bool,
    /// The document's line, 0 where unknown.
    pub line: u32,
}

/// Milliseconds over which a continuous parameter reaches a host's point, when the document does not say.
pub const SMOOTH_MS_DEFAULT: f64 = 10.0;

impl Param {
    /// A continuous parameter 0..=1 on the channel `name`. `[any]`
    pub fn channel(name: &str) -> Self {
        Self {
            target: Target::Channel(name.to_owned()),
            name: name.to_owned(),
            label: name.to_owned(),
            group: String::new(),
            unit: String::new(),
            min: 0.0,
            max: 1.0,
            default: None,
            taper: Taper::Linear,
            step: 0.0,
            labels: Vec::new(),
            cc: None,
            smooth_ms: SMOOTH_MS_DEFAULT,
            per_note: false,
            hidden: false,
            send: false,
            line: 0,
        }
    }

    /// Whether it jumps from value to value (a switch, a list, whole numbers). `[any]`
    pub fn is_stepped(&self) -> bool {
        self.step > 0.0
    }

    /// The plain value for a normalized one; values outside 0..=1 and NaN are brought inside. `[any]`
    pub fn plain(&self, normalized: f64) -> f64 {
        let x = if normalized.is_nan() { 0.0 } else { normalized.clamp(0.0, 1.0) };
        // The ends are exact whatever the curve's rounding.
        let value = if x == 0.0 {
            self.min
        } else if x == 1.0 {
            self.max
        } else {
            match self.taper {
                Taper::Linear => self.min + (self.max - self.min) * x,
                Taper::Exponential => self.min * (self.max / self.min).powf(x),
                Taper::Logarithmic => self.min + self.max - self.min * (self.max / self.min).powf(1.0 - x),
                Taper::Skew(skew) => self.min + (self.max - self.min) * x.powf(1.0 / skew),
            }
        };
        if self.step > 0.0 {
            (self.min + ((value - self.min) / self.step).round() * self.step).clamp(self.min, self.max)
        } else {
            value
        }
    }

    /// The normalized value of a plain one, 0..=1. `[any]`
    pub fn normalized(&self, plain: f64) -> f64 {
        if plain.is_nan() || self.max <= self.min {
            return 0.0;
        }
        let plain = plain.clamp(self.min, self.max);
        let linear = (plain - self.min) / (self.max - self.min);
        match self.taper {
            Taper::Linear => linear,
            Taper::Exponential => (plain / self.min).ln() / (self.max / self.min).ln(),
            Taper::Logarithmic => {
                1.0 - ((self.min + self.max - plain) / self.min).ln() / (self.max / self.min).ln()
            }
            Taper::Skew(skew) => linear.powf(skew),
        }
        .clamp(0.0, 1.0)
    }

    /// The value as a host shows it: `Square`, `1800 Hz`, `0.35`. `[any]`
    pub fn text(&self, normalized: f64) -> String {
        let plain = self.plain(normalized);
        if !self.labels.is_empty() {
            let index = (plain - self.min).round().max(0.0) as usize;
            if let Some(label) = self.labels.get(index) {
                return label.clone();
            }
        }
        // A value that is rounded up to the next power of ten is written as that power is, so that a text read back
        // gives the same text.
        let is_below = |limit: f64, digits: i32| {
            let shift = 10.0_f64.powi(digits);
            (plain.abs() * shift).round() < limit * shift
        };
        let digits = match () {
            () if self.step >= 1.0 => 0,
            () if is_below(10.0, 3) => 3,
            () if is_below(100.0, 2) => 2,
            () if is_below(1000.0, 1) => 1,
            () => 0,
        };
        let number = format!("{plain:.digits$}");
        if self.unit.is_empty() { number } else { format!("{number} {}", self.unit) }
    }

    /// The normalized value that a person's text means: a label, or a number with or without the unit. `[any]`
    pub fn parse(&self, text: &str) -> Option<f64> {
        let text = text.trim();
        if let Some(index) = self.labels.iter().position(|label| label.eq_ignore_ascii_case(text)) {
            return Some(self.normalized(self.min + index as f64));
        }
        let number = text.strip_suffix(self.unit.as_str()).unwrap_or(text).trim();
        number.parse::<f64>().ok().filter(|value| value.is_finite()).map(|value| self.normalized(value))
    }
}

/// Which name lives in which slot. Part of the state.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SlotMap {
    names: Vec<Option<String>>,
}

impl SlotMap {
    /// The slot of a name, if it has one. `[control]`
    pub fn slot(&self, name: &str) -> Option<usize> {
        self.names.iter().take(SLOTS).position(|kept| kept.as_deref() == Some(name))
    }

    /// The name in a slot. `[control]`
    pub fn name(&self, slot: usize) -> Option<&str> {
        self.names.get(slot).and_then(|name| name.as_deref())
    }

    /// What is in each of two slots is in the other one from now on. Slots that do not exist are ignored. `[control]`
    pub fn swap(&mut self, one: usize, other: usize) {
        if one < SLOTS && other < SLOTS {
            self.names.resize(SLOTS, None);
            self.names.swap(one, other);
        }
    }

    /// Gives each name a slot: the one it had, else the first that nobody ever had, else the first whose name
    /// is not among `names`. `None` for those for which no slot is left. `[control]`
    pub fn assign(&mut self, names: &[&str]) -> Vec<Option<usize>> {
        self.names.resize(SLOTS, None);
        let mut slots: Vec<Option<usize>> = names.iter().map(|name| self.slot(name)).collect();
        for (index, name) in names.iter().enumerate() {
            if slots[index].is_some() {
                continue;
            }
            let free = self.names.iter().position(Option::is_none).or_else(|| {
                self.names.iter().position(|kept| !names.contains(&kept.as_deref().unwrap_or("")))
            });
            if let Some(slot) = free {
                self.names[slot] = Some((*name).to_owned());
                slots[index] = Some(slot);
            }
        }
        slots
    }
}

/// The present normalized value of every slot, shared between threads without locks.
///
/// A slot nobody has moved says so: then the document's default holds.
#[derive(Debug)]
pub struct SlotValues {
    bits: [AtomicU64; SLOTS],
}

impl Default for SlotValues {
    fn default() -> Self {
        Self { bits: std::array::from_fn(|_| AtomicU64::new(f64::NAN.to_bits())) }
    }
}

impl SlotValues {
    /// The normalized value, or `None` where nobody has moved the slot. `[any]`
    pub fn get(&self, slot: usize) -> Option<f64> {
        let value = f64::from_bits(self.bits.get(slot)?.load(Ordering::Relaxed));
        (!value.is_nan()).then_some(value)
    }

    /// Moves a slot. NaN and slots that do not exist are ignored. `[any]`
    pub fn set(&self, slot: usize, normalized: f64) {
        if let (Some(bits), false) = (self.bits.get(slot), normalized.is_nan()) {
            bits.store(normalized.to_bits(), Ordering::Relaxed);
        }
    }

    /// Makes a slot one that nobody has moved. `[any]`
    pub fn clear(&self, slot: usize) {
        if let Some(bits) = self.bits.get(slot) {
            bits.store(f64::NAN.to_bits(), Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_read_back_gives_the_same_text() {
        let param = Param { max: 2000.0, ..Param::channel("a") };
        for plain in [9.9994, 9.9996, 99.994, 99.996, 999.94, 999.97, 1000.2] {
            let text = param.text(param.normalized(plain));
            let again = param.parse(&text).map(|normalized| param.text(normalized));
            assert_eq!(again, Some(text), "{plain}");
        }
    }

    #[test]
    fn curves_meet_their_ends_and_invert() {
        for taper in [Taper::Linear, Taper::Exponential, Taper::Logarithmic, Taper::Skew(0.5)] {
            let param = Param { min: 40.0, max: 16000.0, taper, ..Param::channel("cutoff") };
            assert_eq!((param.plain(0.0), param.plain(1.0)), (40.0, 16000.0));
            for step in 0..=100 {
                let x = f64::from(step) / 100.0;
                assert!((param.normalized(param.plain(x)) - x).abs() < 1e-9, "{taper:?} at {x}");
            }
        }
    }

    #[test]
    fn lists_count_from_their_lowest_value() {
        let param = Param {
            max: 2.0,
            step: 1.0,
            labels: ["Saw", "Square", "Noise"].map(str::to_owned).to_vec(),
            ..Param::channel("shape")
        };
        assert_eq!(param.plain(0.4), 1.0);
        assert_eq!(param.text(0.5), "Square");
        assert_eq!(param.parse("noise"), Some(1.0));
    }

    #[test]
    fn a_name_keeps_its_slot_when_others_are_inserted_or_it_comes_back() {
        let mut map = SlotMap::default();
        assert_eq!(map.assign(&["cutoff", "reso"]), [Some(0), Some(1)]);
        assert_eq!(map.assign(&["drive", "cutoff", "reso"]), [Some(2), Some(0), Some(1)]);
        assert_eq!(map.assign(&["drive"]), [Some(2)]);
        assert_eq!(map.assign(&["reso", "new"]), [Some(1), Some(3)]);
    }

    #[test]
    fn names_change_their_slots() {
        let mut map = SlotMap::default();
        map.assign(&["cutoff", "reso"]);
        map.swap(0, 9);
        assert_eq!((map.slot("cutoff"), map.slot("reso"), map.name(0)), (Some(9), Some(1), None));
        map.swap(9, 1);
        map.swap(1, SLOTS);
        assert_eq!(map.assign(&["reso", "cutoff", "new"]), [Some(9), Some(1), Some(0)]);
    }

    #[test]
    fn a_full_bank_reuses_names_that_are_gone() {
        let many: Vec<String> = (0..SLOTS).map(|n| format!("p{n}")).collect();
        let names: Vec<&str> = many.iter().map(String::as_str).collect();
        let mut map = SlotMap::default();
        map.assign(&names);
        assert_eq!(map.assign(&["p5", "fresh"]), [Some(5), Some(0)]);
        let mut one_more = names.clone();
        one_more.push("one too many");
        let mut full = SlotMap::default();
        assert_eq!(full.assign(&one_more).last(), Some(&None));
    }
}

//! The instruments of an orchestra, found by reading its text.

/// One `instr … endin`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Instrument {
    /// Its names or numbers as text: `instr 1, lead` has two.
    pub names: Vec<String>,
    /// The document's line of `instr`.
    pub line: u32,
    /// p-fields that are given a name (`kfreq = p4`), in the order of their numbers.
    pub pfields: Vec<PfieldName>,
    /// The highest p-field its text makes use of, at least 3.
    pub highest_pfield: usize,
    /// Values of `pset`, p1 first; empty without one.
    pub pset: Vec<f64>,
    /// The document's line at which p3 shapes the sound as an envelope's length.
    pub uses_p3_shape: Option<u32>,
}

/// A variable that is given a p-field's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PfieldName {
    /// As the instrument spells it: `kfreq`.
    pub name: String,
    /// Its number, 4 or higher.
    pub index: usize,
}

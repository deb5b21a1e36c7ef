//! What an exported session needs of Csound's own code: helpers that change things, and buses.

use ksmps_data::verbs::EngineError;
use ksmps_document::code_words;

use super::super::plan::Piece;
use super::super::{BusKind, Registered, Session, SessionError};
use super::score::Score;
use super::tables::{BUS_ALIVE, BUS_BEAT, BUS_KINDS, BUS_PERSISTS, BUS_VALUES, ROW_OF_SLOT, TableWriter};
use super::{FieldCells, mentions};

/// Stops an event: p4 is its p1.
pub(super) const STOP: u32 = 8;
/// Completes a table: p4 its number, p5 the table its values come from or 0. Makes the guard point.
pub(super) const COMPLETE: u32 = 1;
/// Writes the value of a p-field: p4 table, p5 mark, p6 index, p7 value.
pub(super) const SET_FIELD: u32 = 2;
/// Moves the value of a p-field: p4 table, p5 mark, p6 index, p7 first of its values, p8 how many.
pub(super) const LINE_OF_FIELD: u32 = 3;
/// Writes a control channel: p4 name, p5 value.
pub(super) const CHANNEL: u32 = 4;
/// Writes a text channel: p4 name, p5 text.
pub(super) const TEXT_CHANNEL: u32 = 5;
/// Gives a bus back: p4 is its token.
pub(super) const RELEASE: u32 = 6;
/// Writes another value: p4 table, p6 index, p7 value.
pub(super) const SET: u32 = 7;

const HELPERS: &str = include_str!("helpers.orc");
const BUSES: &str = include_str!("buses.orc");
const BUS_OPCODES: [&str; 4] = ["busin", "busout", "busmix", "busassign"];
/// How many buses an orchestra can assign itself.
const OWN_BUSES: usize = 256;

/// Opcodes that Ksmps brings along and plain Csound lacks.
const ONLY_HERE: [&str; 32] = [
    "atstop",
    "beadsynt",
    "beosc",
    "bisect",
    "detectsilence",
    "dict_del",
    "dict_exists",
    "dict_free",
    "dict_get",
    "dict_geti",
    "dict_new",
    "dict_set",
    "dict_size",
    "ftsetparams",
    "getrowlin",
    "initerror",
    "interp1d",
    "panstereo",
    "pool_at",
    "pool_capacity",
    "pool_free",
    "pool_gen",
    "pool_isfull",
    "pool_new",
    "pool_pop",
    "pool_push",
    "pool_size",
    "pread",
    "pwrite",
    "throwerror",
    "uniqinstance",
    "zeroarray",
];

/// Refuses what plain Csound cannot do, by name. `[any]`
pub(super) fn check_opcodes<'a>(
    pieces: &[Piece],
    templates: impl Iterator<Item = &'a Registered>,
) -> Result<(), SessionError> {
    // An orchestra that defines such an opcode means its own.
    let words: Vec<String> =
        pieces.iter().flat_map(|piece| code_words(&piece.code)).map(|(_, word)| word).collect();
    let own: Vec<&str> =
        words.windows(2).filter(|pair| pair[0] == "opcode").map(|pair| pair[1].as_str()).collect();
    let lacking: Vec<&str> = ONLY_HERE.into_iter().filter(|name| !own.contains(name)).collect();
    let refuse = |place: &str, code: &str| match mentions(code, &lacking) {
        Some(opcode) => Err(EngineError::NotExportable(format!(
            "{place} uses {opcode}, which plain Csound does not have; it"
        ))),
        None => Ok(()),
    };
    for piece in pieces {
        refuse(&piece.place, &piece.code)?;
    }
    for registered in templates {
        refuse(&format!("template {}", registered.template().name), registered.code())?;
    }
    Ok(())
}

impl Session {
    /// The number of the helper that moves other values: p-fields as of [`LINE_OF_FIELD`]. It is evaluated last.
    pub(super) fn last_helper(&self) -> u32 {
        self.priorities.end() + 1
    }

    /// Whether anything works with buses.
    pub(super) fn has_buses_in_csd(&self) -> bool {
        let pieces = self.pieces();
        let codes = pieces.iter().map(|piece| piece.code.as_str());
        let bodies = self.instruments().map(|instrument| instrument.registered.code());
        !self.buses.is_empty() || codes.chain(bodies).any(|code| mentions(code, &BUS_OPCODES).is_some())
    }

    pub(super) fn buses_and_helpers(&self, cells: &FieldCells, pieces: &[Piece], score: &Score) -> String {
        let mut code = String::new();
        if score.uses_helpers {
            code += &HELPERS.replace("{last}", &self.last_helper().to_string());
        }
        let by_slot = cells.by_slot(self);
        if !by_slot.is_empty() && !cells.of_event.is_empty() {
            code += &TableWriter::default().values(ROW_OF_SLOT, &by_slot, self.config.sr);
        }
        if self.has_buses_in_csd() {
            let assigns = |code: &str| mentions(code, &["busassign"]).is_some();
            let by_orchestra = pieces.iter().any(|piece| assigns(&piece.code))
                || self.instruments().any(|instrument| assigns(instrument.registered.code()));
            code += &self.buses_code(if by_orchestra { OWN_BUSES } else { 0 });
        }
        code
    }

    fn buses_code(&self, more: usize) -> String {
        let count = self.buses.len();
        let room = count + more + 1;
        let mut code = String::new();
        let mut column = |number: u32, name: &str, value: &dyn Fn(usize) -> f64| {
            let values: Vec<f64> = (0..room)
                .map(|token| if (1..=count).contains(&token) { value(token - 1) } else { 0.0 })
                .collect();
            code += &format!("gi{name} = {number}\n");
            code += &made(number, &values);
        };
        column(BUS_VALUES, "ksmps_bus_values", &|at| self.buses[at].value.unwrap_or(0.0));
        column(BUS_KINDS, "ksmps_bus_kinds", &|at| match self.buses[at].kind {
            None => 0.0,
            Some(BusKind::Audio) => 1.0,
            Some(BusKind::Control) => 2.0,
        });
        column(BUS_ALIVE, "ksmps_bus_alive", &|_| 1.0);
        column(BUS_PERSISTS, "ksmps_bus_persists", &|at| f64::from(u8::from(self.buses[at].persists)));
        column(BUS_BEAT, "ksmps_bus_beat", &|_| 0.0);
        let end = self.priorities.end();
        code +=
            &format!("giksmps_bus_last = {count}\ngiksmps_bus_room = {room}\ngaksmps_bus[] init {room}\n");
        code + &BUSES.replace("{end}", &end.to_string())
    }
}

/// A table made of zeros and then of what is not: there is no limit to its length.
fn made(number: u32, values: &[f64]) -> String {
    let mut code = format!("giksmps_{number} ftgen {number}, 0, -{}, -2, 0\n", values.len());
    for (index, value) in values.iter().enumerate().filter(|(_, value)| **value != 0.0) {
        code += &format!("tabw_i {value:?}, {index}, {number}\n");
    }
    code
}

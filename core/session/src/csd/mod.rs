//! A session as a .csd that the csound command line renders to the same samples.
//!
//! What the engine does between cycles is done here by instruments with numbers below the session's: they stop events,
//! write p-fields and controls, and move them along lines whose values, one a cycle, are in a table. An event's
//! p-fields cannot be written from outside in plain Csound; so an instrument whose events change looks into a table
//! at the beginning of each cycle and takes over what was written there. Buses are user-defined opcodes.

mod helpers;
mod score;
mod tables;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ksmps_data::file::FileError;
use ksmps_data::transport::TEMPO_DEFAULT;
use ksmps_data::verbs::quoted;
use ksmps_document::code_words;
use ksmps_library::sound_file::{Encoding, Format, Writer};

use super::event::ChangeTarget;
use super::plan::Piece;
use super::{ArgValue, CONTROLS_TABLE, ChannelKind, EventId, Session, SessionError};

use score::Score;
use tables::TableWriter;

/// Stands in the text for the folder of the assets.
const FOLDER: &str = "{assets}";

/// A .csd and the files that belong to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Csd {
    text: String,
    assets: Vec<Asset>,
}

/// A file that belongs to a .csd.
#[derive(Debug, Clone, PartialEq)]
struct Asset {
    name: String,
    content: Content,
}

#[derive(Debug, Clone, PartialEq)]
enum Content {
    /// Another sound file, as it is.
    Copy(PathBuf),
    /// Numbers, interleaved, as a file of 64-bit floats.
    Values { values: Vec<f64>, rate: u32, channels: usize },
}

/// Where the p-fields of an event that change are kept: its row, and the row's p-fields in order.
#[derive(Debug, Default)]
struct FieldCells {
    /// Row and p-fields of each event that changes.
    of_event: BTreeMap<EventId, (usize, Vec<usize>)>,
    /// The p-fields that change in an instrument.
    of_instrument: BTreeMap<u32, Vec<usize>>,
    /// The cells: of each row a mark and its values.
    cells: Vec<f64>,
}

impl Session {
    /// The session as a .csd. One that follows the host's song is written as the song has it from its beginning on, once, at
    /// 120 quarter notes a minute. `[control]`
    ///
    /// # Errors
    /// [`SessionError::Engine`] naming what plain Csound cannot do: opcodes that only Ksmps has, texts that cannot be
    /// written.
    pub fn csd(&self) -> Result<Csd, SessionError> {
        if !self.play.is_plain() {
            return self.in_seconds(TEMPO_DEFAULT).csd();
        }
        let pieces = self.pieces();
        helpers::check_opcodes(&pieces, self.instruments().map(|instrument| instrument.registered))?;
        let mut tables = TableWriter::default();
        let cells = self.field_cells();
        let score = Score::write(self, &cells, &mut tables)?;
        let mut orchestra = self.header();
        orchestra += &self.initial_state(&mut tables, &cells)?;
        orchestra += &std::mem::take(&mut tables.waiting);
        orchestra += &score.texts()?;
        orchestra += &score.lines_table(&mut tables);
        orchestra += &self.buses_and_helpers(&cells, &pieces, &score);
        for piece in &pieces {
            orchestra += &format!("; {}\n{}\n", one_line(&piece.place), piece.code);
        }
        orchestra += &self.first_channel_values()?;
        let row = self.controls().row;
        for instrument in self.instruments() {
            let follow = cells.follow(instrument.number, instrument.registered.controls().next().is_some());
            let Piece { place, code, .. } =
                instrument.piece(&(follow + &instrument.registered.prologue(row)));
            orchestra += &format!("; {}\n{code}\n", one_line(&place));
        }
        let options = self.options.join(" ");
        let text = format!(
            "<CsoundSynthesizer>\n<CsOptions>\n-d -W -f {options}\n</CsOptions>\n<CsInstruments>\n{orchestra}</CsInstruments>\n\
             <CsScore>\n{}</CsScore>\n</CsoundSynthesizer>\n",
            score.text(self)
        );
        Ok(Csd { text, assets: tables.assets })
    }

    /// Writes the session as a .csd, with its assets in `<name>.assets` beside it. `[control]`
    ///
    /// # Errors
    /// As [`Session::csd`]; [`SessionError::File`].
    pub fn write_csd(&self, path: impl AsRef<Path>) -> Result<(), SessionError> {
        self.csd()?.write(path.as_ref())
    }

    fn header(&self) -> String {
        let config = &self.config;
        format!(
            "sr = {}\nksmps = {}\nnchnls = {}\nnchnls_i = 0\n0dbfs = 1\nA4 = {:?}\n\n",
            config.sr, config.ksmps, config.channels, config.a4
        )
    }

    /// Texts, channels and tables that are there from the beginning.
    fn initial_state(&self, tables: &mut TableWriter, cells: &FieldCells) -> Result<String, SessionError> {
        let mut code = ksmps_data::verbs::texts_header();
        for (number, text) in self.strings.iter() {
            let literal = match self.disk_sounds.iter().any(|path| path.as_os_str() == text) {
                true => format!("\"{FOLDER}/{}\"", tables.copy(Path::new(text))),
                false => quoted(text)?,
            };
            code += &format!("strset {number}, {literal}\n");
        }
        for channel in self.channels.iter().filter(|channel| channel.at.is_none()) {
            let name = quoted(&channel.name)?;
            let opcode = match channel.kind {
                ChannelKind::Control => "chn_k",
                ChannelKind::Text => "chn_S",
                ChannelKind::Audio => "chn_a",
            };
            code += &format!("{opcode} {name}, 3\n");
            if let Some(value) = &channel.value {
                code += &format!("chnset {}, {name}\n", literal(value)?);
            }
        }
        let controls = self.control_values();
        if !controls.is_empty() {
            code += &tables.values(CONTROLS_TABLE, &controls, self.config.sr);
        }
        for table in self.tables.iter().filter(|table| table.at == 0.0) {
            code += &tables.table(table, self.config.sr);
        }
        if !cells.cells.is_empty() {
            code += &tables.values(tables::FIELDS, &cells.cells, self.config.sr);
        }
        Ok(code)
    }

    fn first_channel_values(&self) -> Result<String, SessionError> {
        let mut code = String::new();
        for channel in self.channels.iter().filter(|channel| channel.at == Some(0.0)) {
            if let Some(value) = &channel.value {
                code += &format!("chnset {}, {}\n", literal(value)?, quoted(&channel.name)?);
            }
        }
        Ok(code)
    }

    /// Which p-fields change, in which events and instruments.
    fn field_cells(&self) -> FieldCells {
        let mut cells = FieldCells::default();
        for change in &self.changes {
            let ChangeTarget::Field(event, field) = change.target else { continue };
            // PANIC: changes are made of events that are there.
            let number = self.event(event).expect("a change belongs to an event").p1 as u32;
            let fields = cells.of_instrument.entry(number).or_default();
            if !fields.contains(&field) {
                fields.push(field);
                fields.sort_unstable();
            }
            cells.of_event.entry(event).or_default();
        }
        // Row 0 is nobody's: events that do not change look there.
        cells.cells.extend((!cells.of_event.is_empty()).then_some(0.0));
        for (id, (row, fields)) in &mut cells.of_event {
            // PANIC: as above, and its instrument was put there by it.
            let event = self.event(*id).expect("a change belongs to an event");
            fields.clone_from(&cells.of_instrument[&(event.p1 as u32)]);
            *row = cells.cells.len();
            cells.cells.push(0.0);
            cells.cells.extend(fields.iter().map(|field| self.initial(ChangeTarget::Field(*id, *field))));
        }
        cells
    }
}

impl FieldCells {
    /// Where a p-field of an event is kept: the row's mark, and the value.
    fn cell(&self, event: EventId, field: usize) -> Option<(usize, usize)> {
        let (row, fields) = self.of_event.get(&event)?;
        let at = fields.iter().position(|known| *known == field)?;
        Some((*row, row + 1 + at))
    }

    /// Code with which an instrument takes over what was written for its events.
    fn follow(&self, number: u32, has_controls: bool) -> String {
        let Some(fields) = self.of_instrument.get(&number) else { return String::new() };
        let row = if has_controls {
            format!("tab_i(p4, {})", tables::ROW_OF_SLOT)
        } else {
            "(p4 < 0 ? 0 : p4)".into()
        };
        let cells = tables::FIELDS;
        let mut code = format!(
            "iksmps_row = {row}\nkksmps_moved tab iksmps_row, {cells}\nigoto ksmps_body\nksmps_follow:\n"
        );
        for (at, field) in fields.iter().enumerate() {
            code += &format!("p{field} tab_i iksmps_row+{}, {cells}\n", at + 1);
        }
        code += &format!(
            "rireturn\nksmps_body:\nif kksmps_moved == 1 then\ntabw 0, iksmps_row, {cells}\nreinit ksmps_follow\nendif\n"
        );
        code
    }

    /// Row of every event with controls, by its place in the table of controls.
    fn by_slot(&self, session: &Session) -> Vec<f64> {
        let mut by_slot = vec![0.0; session.controls().rows];
        for (id, (row, _)) in &self.of_event {
            if let Some(event) = session.event(*id).filter(|event| !event.controls.is_empty()) {
                by_slot[event.slot() as usize] = *row as f64;
            }
        }
        by_slot
    }
}

impl Csd {
    /// The text; `folder` is where the assets are, as Csound is to find them. `[any]`
    pub fn text(&self, folder: &str) -> String {
        self.text.replace(FOLDER, folder)
    }

    /// The names of the files that belong to it. `[any]`
    pub fn asset_names(&self) -> impl Iterator<Item = &str> {
        self.assets.iter().map(|asset| asset.name.as_str())
    }

    /// Writes it, with its assets in `<name>.assets` beside it. `[control]`
    ///
    /// # Errors
    /// [`SessionError::File`], [`SessionError::Engine`].
    pub fn write(&self, path: &Path) -> Result<(), SessionError> {
        let stem = path.file_stem().map_or_else(|| "session".into(), |stem| stem.to_string_lossy());
        let folder = format!("{stem}.assets");
        if !self.assets.is_empty() {
            let beside = path.with_file_name(&folder);
            std::fs::create_dir_all(&beside).map_err(|error| FileError::new(&beside, error))?;
            for asset in &self.assets {
                asset.write(&beside)?;
            }
        }
        Ok(std::fs::write(path, self.text(&folder)).map_err(|error| FileError::new(path, error))?)
    }
}

impl Asset {
    fn write(&self, folder: &Path) -> Result<(), SessionError> {
        let file = folder.join(&self.name);
        match &self.content {
            Content::Copy(from) => {
                std::fs::copy(from, &file).map_err(|error| FileError::new(from, error))?;
            }
            Content::Values { values, rate, channels } => {
                let mut writer = Writer::create(&file, Format::Wav, Encoding::Float64, *rate, *channels)?;
                writer.write(values)?;
                writer.flush()?;
            }
        }
        Ok(())
    }
}

fn literal(value: &ArgValue) -> Result<String, SessionError> {
    Ok(match value {
        ArgValue::Number(number) => format!("{number:?}"),
        ArgValue::Text(text) => quoted(text)?,
    })
}

fn one_line(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}

/// Whether code outside comments and texts has one of these words.
fn mentions(code: &str, words: &[&str]) -> Option<String> {
    code_words(code).into_iter().map(|(_, word)| word).find(|word| words.contains(&word.as_str()))
}

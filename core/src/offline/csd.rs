//! An engine's history as a .csd, with the data that is too long for a score in files beside it.

use std::fmt::Write as _;
use std::path::Path;

use crate::verbs::history::Item;
use crate::verbs::{EngineError, EventId, Verbs};

use super::builder::OfflineBuilder;

/// Longer tables go into a file of their own.
const INLINE_MAX: usize = 1000;
/// The first number of the tables that hold a line's values.
const LINE_TABLES: u32 = 100_000;

/// Instruments for what events alone cannot say. `pwrite` is Ksmps' own, and one of csound-plugins.
const HELPERS: &str = "\
instr _setp ; p5 id, p6 p-field, p7 value
  pwrite p5, p6, p7
endin
instr _unsched ; p4 id, p5 how
  turnoff2 p4, p5, 1
  turnoff
endin
instr _automate ; p4 id, p5 p-field, p6 table of values, one a cycle
  kcycle init 0
  pwrite p4, int(p5), tab:k(min(kcycle, ftlen(p6) - 1), p6)
  kcycle += 1
endin
instr _ftfree ; p4 table
  ftfree p4, 0
endin
";

/// A .csd and the files that belong to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Csd {
    orchestra: String,
    score: Vec<Line>,
    end: f64,
    cycle_seconds: f64,
    assets: Vec<Asset>,
}

/// A line of the score; `{assets}` in it stands for the folder of the assets.
#[derive(Debug, Clone, PartialEq)]
struct Line {
    start: f64,
    text: String,
}

/// A table's values in a file that GEN23 reads.
#[derive(Debug, Clone, PartialEq)]
struct Asset {
    name: String,
    values: Vec<f64>,
}

impl Csd {
    pub(super) fn new(setup: &OfflineBuilder, verbs: &Verbs) -> Result<Self, EngineError> {
        let mut csd = Self {
            orchestra: header(setup, verbs),
            score: Vec::new(),
            end: verbs.horizon.end,
            cycle_seconds: verbs.clock().cycle_seconds(),
            assets: Vec::new(),
        };
        let mut lines = 0;
        let mut needs_helpers = false;
        for item in verbs.history.items() {
            needs_helpers |=
                !matches!(item, Item::Code(_) | Item::Text(..) | Item::Event { .. } | Item::Table { .. });
            csd.add(item, &mut lines)?;
        }
        if needs_helpers {
            csd.orchestra += HELPERS;
        }
        csd.score.sort_by(|a, b| a.start.total_cmp(&b.start));
        Ok(csd)
    }

    fn add(&mut self, item: &Item, lines: &mut u32) -> Result<(), EngineError> {
        match item {
            Item::Code(code) => {
                self.orchestra.push_str(code);
                self.orchestra.push('\n');
            }
            Item::Text(number, text) => {
                let literal = crate::verbs::quoted(text)?;
                // PANIC: writing to a String does not fail.
                writeln!(self.orchestra, "strset {number}, {literal}").unwrap();
            }
            Item::Event { id, start, pfields, comment } => {
                let comment =
                    if comment.is_empty() { String::new() } else { format!(" ; {}", one_line(comment)) };
                let text = format!(
                    "i {} {} {}{}{comment}",
                    named(id),
                    time(*start),
                    time(pfields[2]),
                    list(&pfields[3..])
                );
                self.line(*start, text);
            }
            Item::Table { number, start, data } => self.table(*number, *start, data),
            Item::Sound { number, start, path, skip, channel } => {
                let path = path.display();
                self.line(*start, format!("f {number} {} 0 -1 \"{path}\" {skip} 0 {channel}", time(*start)));
            }
            Item::FreeTable { number, start } => {
                self.line(*start, format!("i \"_ftfree\" {} 0 {number}", time(*start)))
            }
            Item::SetPfield { id, start, index, value } => {
                self.line(
                    *start,
                    format!("i \"_setp\" {} 0 0 {} {index} {value:?}", time(*start), given(id)),
                );
            }
            Item::Line { id, start, index, values } => {
                let table = LINE_TABLES + *lines;
                *lines += 1;
                self.table(table, 0.0, values);
                let dur = values.len() as f64 * self.cycle_seconds;
                self.line(
                    *start,
                    format!("i \"_automate\" {} {} {} {index} {table}", time(*start), time(dur), given(id)),
                );
            }
            Item::Stop { id, start } => {
                let how = if id.is_unique() { 4 } else { 0 };
                self.line(*start, format!("i \"_unsched\" {} 0.01 {} {how}", time(*start), given(id)));
            }
            Item::Unexportable(what) => return Err(EngineError::NotExportable((*what).to_owned())),
        }
        Ok(())
    }

    fn table(&mut self, number: u32, start: f64, values: &[f64]) {
        if values.len() <= INLINE_MAX {
            self.line(start, format!("f {number} {} -{} -2{}", time(start), values.len(), list(values)));
        } else {
            let name = format!("table-{number:04}.gen23");
            self.line(start, format!("f {number} {} 0 -23 \"{{assets}}/{name}\"", time(start)));
            self.assets.push(Asset { name, values: values.to_vec() });
        }
    }

    fn line(&mut self, start: f64, text: String) {
        self.score.push(Line { start, text });
    }

    /// The text of the .csd; `assets` is the folder of its files, as the score is to name it. [control]
    pub fn text(&self, assets: &str) -> String {
        let mut score = String::from("C 0.0     ; Disable carry\n");
        for Line { text, .. } in &self.score {
            score += &text.replace("{assets}", assets);
            score.push('\n');
        }
        if self.end > 0.0 {
            score += &format!("e {}\n", time(self.end));
        }
        format!(
            "<CsoundSynthesizer>\n<CsOptions>\n</CsOptions>\n<CsInstruments>\n\n{}\n</CsInstruments>\n<CsScore>\n\n{score}\n\
             </CsScore>\n</CsoundSynthesizer>\n",
            self.orchestra
        )
    }

    /// Writes the .csd and, where there are any, its files into `<name>.assets` beside it. [control]
    ///
    /// # Errors
    /// [`EngineError::File`].
    pub fn write(&self, path: &Path) -> Result<(), EngineError> {
        let failed = |path: &Path, error: std::io::Error| EngineError::File {
            path: path.to_owned(),
            reason: error.to_string(),
        };
        let stem = path.file_stem().map_or_else(|| "score".into(), |stem| stem.to_string_lossy());
        let folder = format!("{stem}.assets");
        if !self.assets.is_empty() {
            let beside = path.with_file_name(&folder);
            std::fs::create_dir_all(&beside).map_err(|error| failed(&beside, error))?;
            for Asset { name, values } in &self.assets {
                let file = beside.join(name);
                let text: String = values.iter().map(|value| format!("{value:?}\n")).collect();
                std::fs::write(&file, text).map_err(|error| failed(&file, error))?;
            }
        }
        std::fs::write(path, self.text(&folder)).map_err(|error| failed(path, error))
    }
}

fn header(setup: &OfflineBuilder, verbs: &Verbs) -> String {
    let includes: String =
        setup.includes.iter().map(|path| format!("#include \"{}\"\n", path.display())).collect();
    format!(
        "sr = {}\nksmps = {}\nnchnls = {}\nnchnls_i = 0\n0dbfs = 1\nA4 = {}\n\n{includes}{}\n{}",
        setup.rate,
        setup.ksmps,
        setup.channels,
        setup.a4,
        setup.global_code,
        verbs.used_players()
    )
}

/// The instrument as the score names it.
fn named(id: &EventId) -> String {
    let text = id.to_string();
    if text.parse::<f64>().is_ok() { text } else { format!("\"{text}\"") }
}

/// An id as a p-field.
fn given(id: &EventId) -> String {
    id.p1().to_string()
}

/// Seconds with eight digits, as much as a score needs.
fn time(seconds: f64) -> String {
    let rounded = (seconds * 1e8).round() / 1e8;
    format!("{rounded:?}")
}

fn list(values: &[f64]) -> String {
    values.iter().map(|value| format!(" {value:?}")).collect()
}

fn one_line(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}

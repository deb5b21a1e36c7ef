//! An engine's history as a .csd, with the data that is too long for a score in files beside it.

use std::fmt::Write as _;
use std::path::Path;

use ksmps_data::verbs::{Clock, EngineError, EventId};
use ksmps_engine::Direct;
use ksmps_engine::history::Item;

use super::builder::OfflineBuilder;

/// Longer tables go into a file of their own.
const INLINE_MAX: usize = 1000;
/// The first number of the tables that hold a line's values.
const LINE_TABLES: u32 = 100_000;

/// Instruments for what events alone cannot say, each with the name by which the score knows it. `pwrite` is Ksmps'
/// own, and one of csound-plugins.
const HELPERS: [&str; 5] = [
    "instr _setp ; p5 id, p6 p-field, p7 value
  pwrite p5, p6, p7
endin
",
    "instr _unsched ; p4 id, p5 how
  turnoff2_i p4, p5, 1
endin
",
    "instr _automate ; p4 id, p5 p-field, p6 table of values, one a cycle
  kcycle init 0
  pwrite p4, int(p5), tab:k(min(kcycle, ftlen(p6) - 1), p6)
  kcycle += 1
endin
",
    "instr _ftfree ; p4 table
  ftfree p4, 0
endin
",
    "instr _guard ; p4 table: the value behind its last one is its first
  tableigpw p4
endin
",
];

/// A .csd and the files that belong to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Csd {
    orchestra: String,
    score: Vec<Line>,
    clock: Clock,
    end: f64,
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
    pub(super) fn new(setup: &OfflineBuilder, engine: &Direct) -> Result<Self, EngineError> {
        let mut csd = Self {
            orchestra: header(setup, engine),
            score: Vec::new(),
            clock: engine.symbols().clock(),
            end: engine.horizon.end,
            assets: Vec::new(),
        };
        let mut lines = 0;
        for item in engine.history.items() {
            csd.add(item, &mut lines)?;
        }
        for helper in HELPERS {
            let name = helper.split_whitespace().nth(1).unwrap_or_default();
            if csd.score.iter().any(|line| line.text.starts_with(&format!("i \"{name}\""))) {
                csd.orchestra += helper;
            }
        }
        csd.score.sort_by(|a, b| a.start.total_cmp(&b.start));
        let last = csd.last_cycle();
        csd.score.retain(|line| csd.clock.nearest_cycle(line.start) <= last);
        if last > 0 {
            csd.end_at(last);
        }
        Ok(csd)
    }

    fn add(&mut self, item: &Item, lines: &mut u32) -> Result<(), EngineError> {
        match item {
            Item::Code(code) => {
                self.orchestra.push_str(code);
                self.orchestra.push('\n');
            }
            Item::Text(number, text) => {
                let literal = ksmps_data::verbs::quoted(text)?;
                // PANIC: writing to a String does not fail.
                writeln!(self.orchestra, "strset {number}, {literal}").unwrap();
            }
            Item::Event { id, start, pfields, comment } => {
                let comment =
                    if comment.is_empty() { String::new() } else { format!(" ; {}", one_line(comment)) };
                let text = format!(
                    "i {} {} {}{}{comment}",
                    named(id),
                    self.time(*start),
                    number(pfields[2]),
                    list(&pfields[3..])
                );
                self.line(*start, text);
            }
            Item::Table { number, start, data } => self.table(*number, *start, data),
            Item::Sound { number, start, path, skip, channel } => {
                let path = path.display();
                let at = self.time(*start);
                self.line(*start, format!("f {number} {} 0 -1 \"{path}\" {skip} 0 {channel}", at));
            }
            Item::FreeTable { number, start } => {
                self.line(*start, format!("i \"_ftfree\" {} 0 {number}", self.time(*start)))
            }
            Item::SetPfield { id, start, index, value } => {
                self.line(
                    *start,
                    format!("i \"_setp\" {} 0 0 {} {index} {value:?}", self.time(*start), given(id)),
                );
            }
            Item::Line { id, start, index, values } => {
                let table = LINE_TABLES + *lines;
                *lines += 1;
                self.table(table, 0.0, values);
                let dur = values.len() as f64 * self.clock.cycle_seconds();
                self.line(
                    *start,
                    format!(
                        "i \"_automate\" {} {} {} {index} {table}",
                        self.time(*start),
                        number(dur),
                        given(id)
                    ),
                );
            }
            Item::Stop { id, start } => {
                let how = if id.is_unique() { 4 } else { 0 };
                // It is asked for after the events of its cycle that it is to stop.
                let cycle = self.clock.nearest_cycle(*start);
                let last = self.clock.first_time(cycle + 1).next_down();
                self.line(last, format!("i \"_unsched\" {} 0 {} {how}", number(last), given(id)));
            }
            Item::Unexportable(what) => return Err(EngineError::NotExportable((*what).to_owned())),
        }
        Ok(())
    }

    fn table(&mut self, number: u32, start: f64, values: &[f64]) {
        if values.len() <= INLINE_MAX {
            let at = self.time(start);
            self.line(start, format!("f {number} {at} -{} -2{}", values.len(), list(values)));
            self.line(start, format!("i \"_guard\" {at} 0 {number}"));
        } else {
            let name = format!("table-{number:04}.gen23");
            self.line(start, format!("f {number} {} 0 -23 \"{{assets}}/{name}\"", self.time(start)));
            self.assets.push(Asset { name, values: values.to_vec() });
        }
    }

    fn line(&mut self, start: f64, text: String) {
        self.score.push(Line { start, text });
    }

    fn time(&self, seconds: f64) -> String {
        number(self.clock.start_of_event(seconds))
    }

    /// The cycle before which the engine stops. An event without a length there has its init pass and one cycle more.
    fn last_cycle(&self) -> u64 {
        let frames = (self.end * self.clock.rate()).floor().max(0.0) as u64;
        let ksmps = (self.clock.rate() * self.clock.cycle_seconds()).round() as u64;
        let last = frames.div_ceil(ksmps);
        let starts = |line: &Line| {
            let is_event = line.text.starts_with("i ") && !line.text.starts_with("i \"_");
            is_event && line.text.split_whitespace().nth(3) == Some("0.0")
        };
        let is_due =
            self.score.iter().any(|line| starts(line) && self.clock.nearest_cycle(line.start) == last);
        if is_due { last + 1 } else { last }
    }

    /// Ends the performance at a cycle, also where releases would go on.
    fn end_at(&mut self, cycle: u64) {
        let seconds = (cycle as f64 - 0.25) * self.clock.cycle_seconds();
        self.orchestra += &format!("event_i \"e\", 0, {seconds:?}\n");
        self.end = self.clock.seconds(cycle);
    }

    /// The text of the .csd; `assets` is the folder of its files, as the score is to name it. `[control]`
    pub fn text(&self, assets: &str) -> String {
        let mut score = String::from("C 0.0     ; Disable carry\n");
        for Line { text, .. } in &self.score {
            score += &text.replace("{assets}", assets);
            score.push('\n');
        }
        if self.end > 0.0 {
            score += &format!("f 0 {}\ne\n", number(self.end));
        }
        format!(
            "<CsoundSynthesizer>\n<CsOptions>\n</CsOptions>\n<CsInstruments>\n\n{}\n</CsInstruments>\n<CsScore>\n\n{score}\n\
             </CsScore>\n</CsoundSynthesizer>\n",
            self.orchestra
        )
    }

    /// Writes the .csd and, where there are any, its files into `<name>.assets` beside it. `[control]`
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

fn header(setup: &OfflineBuilder, engine: &Direct) -> String {
    let includes: String =
        setup.includes.iter().map(|path| format!("#include \"{}\"\n", path.display())).collect();
    format!(
        "sr = {}\nksmps = {}\nnchnls = {}\nnchnls_i = 0\n0dbfs = 1\nA4 = {}\n\n{includes}{}\n{}",
        setup.rate,
        setup.ksmps,
        setup.channels,
        setup.a4,
        setup.global_code,
        engine.used_players()
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

/// A number with all its digits.
fn number(value: f64) -> String {
    format!("{value:?}")
}

fn list(values: &[f64]) -> String {
    values.iter().map(|value| format!(" {value:?}")).collect()
}

fn one_line(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}

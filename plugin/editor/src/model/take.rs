//! How news change the model.

use super::documents::DocumentNow;
use super::sound::{WATCH_VALUES, WatchNow, WatchTarget, Watched};
use super::{CONSOLE_LINES, ConsoleLine, Level, Load, Model, News, Parameter};
use ksmps_data::params::Param;

impl Model {
    /// Takes something new; whether anything is otherwise than before, so that it has to be drawn. `[any]`
    pub fn take(&mut self, news: News) -> bool {
        match news {
            News::Document(document) => self.take_document(document),
            News::Read(read) => read.is_some_and(|read| {
                self.read = Some(read);
                true
            }),
            // It stands in the code, which is not the model's.
            News::Draft(_) => true,
            News::Building(is_building) => changed(&mut self.is_building, is_building),
            News::Sounding(sounding) => changed(&mut self.sounding, sounding),
            News::Diagnostics(mut diagnostics) => {
                diagnostics.sort_by_key(|one| std::cmp::Reverse(one.severity));
                changed(&mut self.diagnostics, diagnostics)
            }
            News::Parameters(parameters) => self.take_parameters(parameters),
            News::Value { slot, base } => {
                self.at(slot, |parameter| changed(&mut parameter.base, base.clamp(0.0, 1.0)))
            }
            News::Modulation { slot, offset } => {
                self.at(slot, |parameter| changed(&mut parameter.modulation, offset.clamp(-1.0, 1.0)))
            }
            News::Automated { slot, automated } => {
                self.at(slot, |parameter| changed(&mut parameter.automated, automated))
            }
            News::Controller { slot, controller } => {
                self.at(slot, |parameter| changed(&mut parameter.controller, controller))
            }
            News::Level { output, peak, rms } => self.take_level(output, Level { peak, rms }),
            News::Load { mean, peak, voices } => changed(&mut self.load, Load { mean, peak, voices }),
            News::Engine(engine) => {
                self.levels
                    .resize(engine.as_ref().map_or(0, |engine| engine.outputs.into()), Level::default());
                changed(&mut self.engine, engine)
            }
            News::Counts(counts) => changed(&mut self.counts, counts),
            News::Hang(hang) => changed(&mut self.hang, hang),
            News::Console(lines) => self.take_lines(lines),
            News::Scope(frames) => changed(&mut self.scope, frames),
            News::Tables(tables) => {
                self.table_values.retain(|number, _| tables.iter().any(|table| table.number == *number));
                changed(&mut self.tables, tables)
            }
            News::Table { number, values } => {
                self.table_values.insert(number, values);
                true
            }
            News::Buses(buses) => changed(&mut self.buses, buses),
            News::Channels(channels) => changed(&mut self.channels, channels),
            News::Undeclared(names) => changed(&mut self.undeclared, names),
            News::Watches(targets) => self.take_watches(targets),
            News::Watched { watch, now } => self.take_watched(watch, now),
            News::WatchVoice(voice) => changed(&mut self.watch_voice, voice),
            News::Opcodes(opcodes) => {
                self.opcodes = opcodes;
                true
            }
            News::Presets(presets) => changed(&mut self.presets, presets),
            News::ChosenPreset(preset) => changed(&mut self.chosen_preset, preset),
            News::Library(library) => changed(&mut self.library, library),
            News::Recent(recent) => changed(&mut self.recent, recent),
            News::Places(places) => changed(&mut self.places, places),
            News::Folder { path, entries } => changed(&mut self.folder, Some((path, entries))),
            News::Preview { path, text } => changed(&mut self.preview, Some((path, text))),
            News::Missing(missing) => changed(&mut self.missing, missing),
            News::Linked(linked) => changed(&mut self.linked, linked),
            News::Rendering(rendering) => changed(&mut self.rendering, rendering),
            News::Place(place) => changed(&mut self.place, place),
            News::HeldNotes(held_notes) => changed(&mut self.held_notes, held_notes),
            News::Requests(requests) => changed(&mut self.requests, requests),
            News::Session(session) => changed(&mut self.session, session),
            News::Keys(keys) => changed(&mut self.keys, keys),
            News::Learning(slot) => changed(&mut self.learning, slot),
            News::Learned { .. } => changed(&mut self.learning, None),
            News::HostMenu(host_menu) => changed(&mut self.host_menu, host_menu),
            News::Answer { is_error, text } => {
                self.answer = Some((is_error, text));
                true
            }
        }
    }

    fn take_document(&mut self, document: DocumentNow) -> bool {
        if document.origin != self.document.origin {
            self.preview = None;
        }
        changed(&mut self.document, document)
    }

    /// Values stay with their slots: a parameter that is still there stands where it stood.
    fn take_parameters(&mut self, params: Vec<(u16, Param)>) -> bool {
        let parameters = params.into_iter().map(|(slot, param)| {
            let before = self.parameters.iter().find(|one| one.slot == slot && one.param.name == param.name);
            let mut parameter = Parameter {
                slot,
                base: 0.0,
                modulation: before.map_or(0.0, |one| one.modulation),
                automated: before.is_some_and(|one| one.automated),
                controller: before.and_then(|one| one.controller).or(param.cc),
                param,
            };
            parameter.base = before.map_or_else(|| parameter.default_normalized(), |one| one.base);
            parameter
        });
        let parameters = parameters.collect();
        changed(&mut self.parameters, parameters)
    }

    fn take_level(&mut self, output: u16, level: Level) -> bool {
        let output = usize::from(output);
        if output >= self.levels.len() {
            self.levels.resize(output + 1, Level::default());
        }
        changed(&mut self.levels[output], level)
    }

    fn take_lines(&mut self, lines: Vec<ConsoleLine>) -> bool {
        let is_new = !lines.is_empty();
        self.console.extend(lines);
        let over = self.console.len().saturating_sub(CONSOLE_LINES);
        self.console.drain(..over);
        is_new
    }

    fn take_watches(&mut self, targets: Vec<WatchTarget>) -> bool {
        let mut before = std::mem::take(&mut self.watches);
        self.watches = targets
            .into_iter()
            .map(|target| match before.iter().position(|one| one.target == target) {
                Some(at) => before.swap_remove(at),
                None => Watched { target, now: WatchNow::SILENT, history: Vec::new() },
            })
            .collect();
        true
    }

    /// The curve stands still while nothing sounds.
    fn take_watched(&mut self, watch: usize, now: WatchNow) -> bool {
        let Some(watched) = self.watches.get_mut(watch) else { return false };
        let has_value = now.seen.has_value();
        let is_other = watched.now != now;
        watched.now = now;
        if has_value {
            let over = (watched.history.len() + 1).saturating_sub(WATCH_VALUES);
            watched.history.drain(..over);
            watched.history.push(now.range);
        }
        has_value || is_other
    }

    fn at(&mut self, slot: u16, change: impl FnOnce(&mut Parameter) -> bool) -> bool {
        self.parameters.iter_mut().find(|one| one.slot == slot).is_some_and(change)
    }
}

/// Puts a value in place of another one; whether it is a different one.
fn changed<T: PartialEq>(place: &mut T, value: T) -> bool {
    let is_other = *place != value;
    *place = value;
    is_other
}

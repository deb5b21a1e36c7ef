//! What can be seen of the sound: meters, scope, spectrum, numbers; tables; buses, channels and what is watched.

use egui::{Align2, Grid, RichText, ScrollArea, Sense, Ui, pos2, vec2};
use ksmps_data::size::Bytes;

use super::{sized, watched};
use crate::model::{ChannelContent, Command, Model, WatchTarget};
use crate::state::State;
use crate::theme::{Theme, bold, code, medium, size};
use crate::widgets::list::{self, ListState, Row};
use crate::widgets::meter::{self, PeakHold};
use crate::widgets::spectrogram::{self, Spectrogram};
use crate::widgets::spectrum::{self, Spectrum};
use crate::widgets::table_plot::{self, short};
use crate::widgets::{button, field, paint, panel, scope, tabs};

/// The room for a button that watches.
const WATCH_WIDTH: f32 = 80.0;

/// What the view keeps.
#[derive(Default)]
pub(super) struct SeeView {
    holds: Vec<PeakHold>,
    spectrum: Spectrum,
    tables: ListState,
    table: Option<usize>,
    spectrogram: Spectrogram,
    query: String,
}

impl SeeView {
    pub fn show(&mut self, state: &mut State, theme: &Theme, ui: &mut Ui) {
        tabs::tabs(ui, theme, &["Sound", "Tables", "Buses and channels"], &mut state.view_state.see_page);
        match state.view_state.see_page {
            0 => self.sound(state, theme, ui),
            1 => self.tables(state, theme, ui),
            _ => self.values(state, theme, ui),
        }
    }

    fn sound(&mut self, state: &mut State, theme: &Theme, ui: &mut Ui) {
        state.look_at_scope();
        self.spectrum.take(&state.model.scope);
        let area = ui.available_size();
        let meters = (state.model.levels.len() as f32 * 22.0 + 60.0).clamp(104.0, area.x * 0.4);
        let side = 208.0;
        ui.horizontal_top(|ui| {
            sized(ui, theme, vec2(meters, area.y), |ui| self.meters(&state.model, theme, ui));
            let middle = vec2(area.x - meters - side - 2.0 * size::NEAR, area.y);
            ui.vertical(|ui| {
                let half = (middle.y - size::NEAR) / 2.0;
                sized(ui, theme, vec2(middle.x, half), |ui| {
                    panel::title(ui, theme, "Oscilloscope");
                    let area = ui.available_size();
                    scope::scope(ui, theme, &state.model.scope, 1024, area);
                });
                sized(ui, theme, vec2(middle.x, half), |ui| {
                    panel::title(ui, theme, "Spectrum");
                    let rate = state.model.engine.as_ref().map_or(48_000.0, |engine| engine.rate as f32);
                    let area = ui.available_size();
                    spectrum::spectrum(ui, theme, &self.spectrum, rate, area);
                });
            });
            sized(ui, theme, vec2(side, area.y), |ui| numbers(state, theme, ui));
        });
    }

    fn meters(&mut self, model: &Model, theme: &Theme, ui: &mut Ui) {
        panel::title(ui, theme, "Levels");
        let height = ui.available_height() - 18.0;
        self.holds.resize(model.levels.len(), PeakHold::default());
        ScrollArea::horizontal().show(ui, |ui| {
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = size::TIGHT;
                meter::scale(ui, theme, height);
                for (at, (level, hold)) in model.levels.iter().zip(&mut self.holds).enumerate() {
                    let name = format!("output {}", at + 1);
                    let response = meter::meter(ui, theme, &name, *level, hold, vec2(18.0, height));
                    let at_number = pos2(response.rect.center().x, response.rect.bottom() + 3.0);
                    let font = medium(size::TEXT_AXIS);
                    paint::text(
                        ui,
                        at_number,
                        Align2::CENTER_TOP,
                        &(at + 1).to_string(),
                        font,
                        theme.muted,
                        18.0,
                    );
                }
            });
        });
    }

    fn tables(&mut self, state: &mut State, theme: &Theme, ui: &mut Ui) {
        state.look_at_values();
        let area = ui.available_size();
        if state.model.tables.is_empty() {
            let why = "Tables that the orchestra makes (ftgen, GEN routines, sound files) are drawn here while it plays.";
            panel::filling(ui, theme, |ui| panel::empty(ui, theme, "No tables", why, None));
            return;
        }
        let names: Vec<(String, String)> = state
            .model
            .tables
            .iter()
            .map(|table| {
                let name = table.name.as_ref().map_or_else(
                    || format!("table {}", table.number),
                    |name| format!("{name} ({})", table.number),
                );
                (name, format!("{} values", table.length))
            })
            .collect();
        let chosen = self.table.unwrap_or(0).min(names.len() - 1);
        ui.horizontal_top(|ui| {
            sized(ui, theme, vec2(240.0, area.y), |ui| {
                let rows: Vec<Row<'_>> =
                    names.iter().map(|(text, detail)| Row { text, detail, is_folder: false }).collect();
                let height = ui.available_height() - 40.0;
                let act = list::list(ui, theme, &mut self.tables, "tables", &rows, Some(chosen), height);
                self.table = act.chosen.or(self.table);
            });
            sized(ui, theme, vec2(area.x - 240.0 - size::NEAR, area.y), |ui| {
                let number = state.model.tables[chosen].number;
                ui.horizontal(|ui| {
                    panel::title(ui, theme, &names[chosen].0);
                    panel::note(ui, theme, &names[chosen].1);
                    if button::plain(ui, "Read again").clicked() {
                        state.act(Command::ReadTable { number });
                    }
                    watch_button(state, theme, WatchTarget::Table(number), ui);
                });
                tabs::tabs(ui, theme, &["Waveform", "Spectrogram"], &mut state.view_state.table_picture);
                let Some(values) = state.model.table_values.get(&number).cloned() else {
                    state.read_table(number);
                    panel::note(ui, theme, "Reading…");
                    return;
                };
                let area = ui.available_size();
                let name = &names[chosen].0;
                if state.view_state.table_picture == 0 {
                    table_plot::table_plot(ui, theme, name, &values, area);
                } else {
                    let rate = state.model.engine.as_ref().map_or(48_000.0, |engine| engine.rate as f32);
                    let table = (name.as_str(), &values);
                    spectrogram::spectrogram(ui, theme, &mut self.spectrogram, table, rate, area);
                }
            });
        });
    }

    fn values(&mut self, state: &mut State, theme: &Theme, ui: &mut Ui) {
        state.look_at_values();
        let area = ui.available_size();
        let half = (area.x - size::NEAR) / 2.0;
        ui.horizontal_top(|ui| {
            sized(ui, theme, vec2(half, area.y), |ui| {
                ui.horizontal(|ui| {
                    panel::title(ui, theme, "Channels and buses");
                    field::search(ui, theme, &mut self.query, "Search channels and buses", 180.0);
                });
                let entries = entries(&state.model, &self.query);
                if entries.is_empty() {
                    let why = "Channels (chnget, chnset) and buses with what they hold stand here while the document plays.";
                    panel::empty(ui, theme, "No channels or buses", why, None);
                    return;
                }
                let height = ui.available_height();
                ScrollArea::vertical().max_height(height).auto_shrink([false, false]).show_rows(ui, size::COMPACT, entries.len(), |ui, range| {
                    for (name, value, target) in &entries[range] {
                        value_row(state, theme, (name, value, target), ui);
                    }
                });
            });
            sized(ui, theme, vec2(half, area.y), |ui| {
                if state.model.watches.is_empty() {
                    panel::title(ui, theme, "Watched");
                    let why = "Watch a channel, a bus or a table here, or a variable in the code, and its last seconds are drawn.";
                    panel::empty(ui, theme, "Nothing is watched", why, None);
                    return;
                }
                watched::list(state, theme, ui);
            });
        });
    }
}

fn numbers(state: &mut State, theme: &Theme, ui: &mut Ui) {
    panel::title(ui, theme, "Numbers");
    let model = &state.model;
    let engine = model.engine.as_ref();
    let none = || "–".to_owned();
    let rows = [
        ("Load", format!("{:.1} %", model.load.mean * 100.0)),
        ("Slowest block", format!("{:.1} %", model.load.peak * 100.0)),
        ("Voices", model.load.voices.to_string()),
        ("Latency", engine.map_or_else(none, |engine| format!("{} frames", engine.latency_frames))),
        (
            "",
            engine.map_or_else(String::new, |engine| {
                format!("{:.2} ms", f64::from(engine.latency_frames) / engine.rate * 1000.0)
            }),
        ),
        ("Rate", engine.map_or_else(none, |engine| format!("{} Hz", engine.rate))),
        ("ksmps", engine.map_or_else(none, |engine| engine.ksmps.to_string())),
        ("Swaps", model.counts.swaps.to_string()),
        ("Not numbers", model.counts.silenced.to_string()),
        ("Dropped events", model.counts.dropped.to_string()),
        ("Late blocks", model.counts.late.to_string()),
        ("Memory taken", format!("{} times", model.counts.taken_pieces)),
        ("", Bytes(model.counts.taken_bytes).to_string()),
    ];
    ui.spacing_mut().interact_size.y = 18.0;
    Grid::new("numbers").num_columns(2).spacing(vec2(size::INSET, size::TIGHT)).show(ui, |ui| {
        for (name, value) in rows {
            ui.label(RichText::new(name).font(medium(size::TEXT_LABEL)).color(theme.muted));
            ui.label(RichText::new(value).font(bold(size::TEXT_LABEL)).color(theme.text));
            ui.end_row();
        }
    });
    ui.add_space(size::NEAR);
    if button::plain(ui, "Reset counts").on_hover_text("Shows the counts from 0 again").clicked() {
        state.act(Command::ClearCounts);
    }
}

/// Channels and buses that have all of a query: a name, a value, what to watch.
fn entries(model: &Model, query: &str) -> Vec<(String, String, WatchTarget)> {
    let channels = model.channels.iter().map(|channel| {
        let value = match &channel.content {
            ChannelContent::Number(number) => short(*number),
            ChannelContent::Text(text) => format!("“{text}”"),
            ChannelContent::Audio(peak) => format!("sound, peak {}", short(*peak)),
        };
        (channel.name.clone(), value, WatchTarget::Channel(channel.name.clone()))
    });
    let buses = model.buses.iter().map(|bus| {
        let name = bus
            .name
            .as_ref()
            .map_or_else(|| format!("bus {}", bus.token), |name| format!("{name} (bus {})", bus.token));
        let value = if bus.is_audio { format!("sound, peak {}", short(bus.value)) } else { short(bus.value) };
        (name, value, WatchTarget::Bus(bus.token))
    });
    let query = query.trim().to_lowercase();
    channels.chain(buses).filter(|(name, _, _)| name.to_lowercase().contains(&query)).collect()
}

fn value_row(
    state: &mut State,
    theme: &Theme,
    (name, value, target): (&str, &str, &WatchTarget),
    ui: &mut Ui,
) {
    ui.horizontal(|ui| {
        ui.set_min_height(size::COMPACT);
        let (rect, _) =
            ui.allocate_exact_size(vec2(ui.available_width() - WATCH_WIDTH, size::COMPACT), Sense::hover());
        let right = pos2(rect.right(), rect.center().y);
        let taken = paint::text(
            ui,
            right,
            Align2::RIGHT_CENTER,
            value,
            code(size::TEXT_LABEL),
            theme.text,
            rect.width() * 0.6,
        );
        let left = pos2(rect.left(), rect.center().y);
        paint::text(
            ui,
            left,
            Align2::LEFT_CENTER,
            name,
            medium(size::TEXT_BODY),
            theme.text,
            rect.width() - taken - 12.0,
        );
        watch_button(state, theme, target.clone(), ui);
    });
}

fn watch_button(state: &mut State, theme: &Theme, target: WatchTarget, ui: &mut Ui) {
    let is_watched = state.model.watches.iter().any(|one| one.target == target);
    if button::toggle(ui, theme, is_watched, "Watch").clicked() {
        state.act(if is_watched { Command::Unwatch(target) } else { Command::Watch(target) });
    }
}

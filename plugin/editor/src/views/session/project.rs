//! The project's own session: templates, events, tables and buses, each editable, and the whole as JSON.

use egui::{ScrollArea, TextEdit, Ui, WidgetInfo, vec2};
use serde_json::{Map, Value, json};

use super::super::sized;
use crate::model::{Command, Model};
use crate::state::State;
use crate::theme::{Theme, code, size};
use crate::widgets::list::{self, ListState, Row};
use crate::widgets::table_plot::short;
use crate::widgets::{button, panel, tabs};

/// The lists of a session with what one entry is called and what a new one is.
const PARTS: [(&str, &str); 4] =
    [("templates", "Templates"), ("events", "Events"), ("tables", "Tables"), ("buses", "Buses")];

/// What the page keeps.
#[derive(Default)]
pub(super) struct ProjectPage {
    /// Which part; behind the parts the whole as JSON.
    part: usize,
    list: ListState,
    chosen: Option<usize>,
    /// The entry as it is typed, and what it was when it was taken.
    text: String,
    taken: Option<(usize, usize, String)>,
    fault: Option<String>,
}

impl ProjectPage {
    pub fn show(&mut self, state: &mut State, theme: &Theme, ui: &mut Ui) {
        let Some(json) = state.model.session.clone() else {
            panel::filling(ui, theme, |ui| {
                let why = "A session holds templates, events, tables and buses beside the document, and is kept in the project.";
                if panel::empty(ui, theme, "The project has no session", why, Some("Begin a session")) {
                    state.act(Command::SetSession { json: Some("{\"ksmps_session\": 1}".to_owned()) });
                }
            });
            return;
        };
        let before = self.part;
        ui.horizontal(|ui| {
            let mut names: Vec<&str> = PARTS.iter().map(|(_, name)| *name).collect();
            names.push("JSON");
            tabs::tabs(ui, theme, &names, &mut self.part);
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                if button::plain(ui, "Remove the session").on_hover_text("Ctrl+Z brings it back").clicked() {
                    state.act(Command::SetSession { json: None });
                }
            });
        });
        if before != self.part {
            self.chosen = None;
        }
        match serde_json::from_str::<Map<String, Value>>(&json) {
            Ok(session) if self.part < PARTS.len() => self.part(state, theme, session, ui),
            Ok(session) => self.whole(state, theme, &pretty(&Value::Object(session)), ui),
            Err(_) => self.whole(state, theme, &json, ui),
        }
    }

    /// A list of entries, and the chosen one beside it.
    fn part(&mut self, state: &mut State, theme: &Theme, mut session: Map<String, Value>, ui: &mut Ui) {
        let key = PARTS[self.part].0;
        // Tables and buses stand with what they hold now.
        if matches!(key, "tables" | "buses") {
            state.look_at_values();
        }
        let entries = session.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
        let area = ui.available_size();
        ui.horizontal_top(|ui| {
            let left = (area.x * 0.32).clamp(180.0, 320.0);
            sized(ui, theme, vec2(left, area.y), |ui| {
                if button::plain(ui, "Add").clicked() {
                    let mut entries = entries.clone();
                    entries.push(new_entry(key, &session));
                    self.chosen = Some(entries.len() - 1);
                    put(state, &mut session, key, entries);
                }
                let names: Vec<(String, String)> =
                    entries.iter().enumerate().map(|(at, one)| live(&state.model, key, at, one)).collect();
                let rows: Vec<Row<'_>> =
                    names.iter().map(|(text, detail)| Row { text, detail, is_folder: false }).collect();
                self.list.hides_search = rows.len() <= 12;
                let height = ui.available_height();
                let act = list::list(ui, theme, &mut self.list, key, &rows, self.chosen, height);
                self.chosen = act.chosen.or(self.chosen);
            });
            sized(ui, theme, vec2(area.x - left - size::NEAR, area.y), |ui| {
                match self.chosen.filter(|at| *at < entries.len()) {
                    Some(at) => self.entry(state, theme, (session.clone(), key, entries.clone(), at), ui),
                    None => {
                        let why = "Choose an entry to change it, or add one.";
                        panel::empty(ui, theme, PARTS[self.part].1, why, None);
                    }
                }
            });
        });
    }

    /// One entry: a template's body as code, all others as JSON.
    fn entry(
        &mut self,
        state: &mut State,
        theme: &Theme,
        (mut session, key, mut entries, at): (Map<String, Value>, &str, Vec<Value>, usize),
        ui: &mut Ui,
    ) {
        let now = pretty(&entries[at]);
        self.take(at, &now);
        let is_changed = self.text != now;
        ui.horizontal(|ui| {
            panel::title(ui, theme, &name(key, at, &entries[at]).0);
            if ui.add_enabled_ui(is_changed, |ui| button::primary(ui, theme, "Apply").clicked()).inner {
                match serde_json::from_str(&self.text) {
                    Ok(value) => {
                        entries[at] = value;
                        put(state, &mut session, key, entries.clone());
                        self.fault = None;
                    }
                    Err(why) => self.fault = Some(why.to_string()),
                }
            }
            if button::plain(ui, "Remove").on_hover_text("Ctrl+Z brings it back").clicked() {
                let mut rest = entries.clone();
                rest.remove(at);
                put(state, &mut session, key, rest);
                self.chosen = None;
            }
        });
        self.field(theme, "Entry", ui);
    }

    fn whole(&mut self, state: &mut State, theme: &Theme, json: &str, ui: &mut Ui) {
        panel::filling(ui, theme, |ui| {
            self.take(usize::MAX, json);
            let is_changed = self.text != json;
            ui.horizontal(|ui| {
                panel::note(ui, theme, "The session as it is kept in the project.");
                if ui.add_enabled_ui(is_changed, |ui| button::primary(ui, theme, "Apply").clicked()).inner {
                    match serde_json::from_str::<Map<String, Value>>(&self.text) {
                        Ok(_) => {
                            state.act(Command::SetSession { json: Some(self.text.clone()) });
                            self.fault = None;
                        }
                        Err(why) => self.fault = Some(why.to_string()),
                    }
                }
            });
            self.field(theme, "Session", ui);
        });
    }

    /// The text that is typed is another one when another entry is chosen or the entry has changed elsewhere.
    fn take(&mut self, at: usize, now: &str) {
        let key = (self.part, at, now.to_owned());
        if self.taken.as_ref() != Some(&key) {
            self.text = now.to_owned();
            self.taken = Some(key);
            self.fault = None;
        }
    }

    fn field(&mut self, theme: &Theme, name: &str, ui: &mut Ui) {
        if let Some(fault) = &self.fault {
            ui.colored_label(theme.error, format!("This is not JSON: {fault}"));
        }
        ScrollArea::both().auto_shrink([false, false]).show(ui, |ui| {
            let edit = TextEdit::multiline(&mut self.text)
                .font(code(size::TEXT_BODY))
                .code_editor()
                .desired_width(f32::INFINITY)
                .desired_rows(12);
            let response = ui.add(edit);
            response.widget_info(|| {
                let mut info = WidgetInfo::text_edit(true, "", &self.text, "");
                info.label = Some(name.to_owned());
                info
            });
        });
    }
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

fn put(state: &mut State, session: &mut Map<String, Value>, key: &str, entries: Vec<Value>) {
    session.insert(key.to_owned(), Value::Array(entries));
    state.act(Command::SetSession { json: Some(pretty(&Value::Object(session.clone()))) });
}

/// What an entry is called, and what stands beside it; of a bus or a table that plays, what it holds.
fn live(model: &Model, key: &str, at: usize, entry: &Value) -> (String, String) {
    let (name, detail) = name(key, at, entry);
    let held = match key {
        // Tokens of a session's buses count from 1.
        "buses" => model.buses.iter().find(|bus| bus.token == at as u32 + 1).map(|bus| {
            let value = short(bus.value);
            if bus.is_audio { format!("peak {value}") } else { value }
        }),
        "tables" => {
            let number = entry.get("number").and_then(Value::as_u64).unwrap_or(at as u64 + 2);
            let table = model.tables.iter().find(|table| u64::from(table.number) == number);
            table.map(|table| format!("{} values", table.length))
        }
        _ => None,
    };
    let parts = [detail, held.unwrap_or_default()];
    (name, parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", "))
}

/// What an entry is called, and what stands beside it.
fn name(key: &str, at: usize, entry: &Value) -> (String, String) {
    let text = |field: &str| entry.get(field).and_then(Value::as_str).map(str::to_owned);
    let number = |field: &str| entry.get(field).and_then(Value::as_f64);
    match key {
        "templates" => {
            (text("name").unwrap_or_else(|| format!("template {}", at + 1)), text("doc").unwrap_or_default())
        }
        "events" => {
            let start = number("start").unwrap_or(0.0);
            let length = number("dur")
                .filter(|dur| *dur >= 0.0)
                .map_or_else(|| "stands".to_owned(), |dur| format!("{dur} s"));
            (text("template").unwrap_or_else(|| format!("event {}", at + 1)), format!("at {start}, {length}"))
        }
        "tables" => {
            let file = text("file").unwrap_or_default();
            (format!("table {}", number("number").unwrap_or(at as f64 + 2.0)), file)
        }
        _ => (format!("bus {}", at + 1), text("kind").unwrap_or_else(|| "control".to_owned())),
    }
}

/// A new entry that can be changed into what is wanted.
fn new_entry(key: &str, session: &Map<String, Value>) -> Value {
    match key {
        "templates" => {
            json!({"name": "new", "body": "|kfreq=440, kamp=0.1|\nasig = oscili:a(kamp, kfreq)\nouts asig, asig"})
        }
        "events" => {
            let first = session.get("templates").and_then(|all| all.get(0)).and_then(|one| one.get("name"));
            json!({"template": first.cloned().unwrap_or_else(|| json!("new")), "start": 0.0, "args": {}})
        }
        "tables" => json!({"zeros": 1024}),
        _ => json!({"kind": "control"}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::BusValue;

    #[test]
    fn entries_have_names_that_tell_them_apart() {
        let event = json!({"template": "room", "start": 1.5});
        assert_eq!(name("events", 0, &event), ("room".to_owned(), "at 1.5, stands".to_owned()));
        assert_eq!(name("tables", 0, &json!({})).0, "table 2");
        let bus = |token, value| BusValue { token, name: None, is_audio: false, value };
        let model = Model { buses: vec![bus(1, 0.25), bus(2, 0.5)], ..Model::default() };
        assert_eq!(
            live(&model, "buses", 1, &json!({"kind": "control"})),
            ("bus 2".into(), "control, 0.5".into())
        );
        assert_eq!(live(&model, "buses", 2, &json!({})).1, "control");
        let session = json!({"templates": [{"name": "saw"}]});
        let event = new_entry("events", session.as_object().unwrap());
        assert_eq!(event["template"], "saw");
    }
}

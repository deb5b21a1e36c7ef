//! What a host keeps for an instance: a few JSON fields in the framework's state.
//!
//! `ksmps` is the core's own state (document, slots and values by name). It alone decides: the framework's list of
//! parameter values goes by slot, so it would put an old value under another name, and is only used to show the
//! host what it saw before until the engine knows better. The bypass is no slot; it comes with that list and is taken. `editor` is the editor's size, zoom and views. `report` says what became of the document, for people
//! and tools that read a saved state; it is never read back.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use ksmps_core::params::SLOTS;
use nice_plug::plugin::{ParamValue, PluginState};
use nice_plug::prelude::nice_error;
use serde_json::{Value, json};

use crate::bypass;
use crate::instance::Instance;
use crate::kept::Kept;
use crate::refresh;

const STATE: &str = "ksmps";
const SHOWN: &str = "shown";
const REPORT: &str = "report";
/// Whether the plugin is bypassed, as the framework's list has it.
const BYPASS: &str = "bypass";
const EDITOR: &str = "editor";
/// Whether the document follows its file, among what the project keeps of the editor.
const FOLLOWS: &str = "follows_file";
/// Lines of Csound's messages that a report holds, the last ones.
const CONSOLE_LINES_MAX: usize = 50;

/// The fields of the present state. `[control]`
pub fn save(instance: &Instance) -> BTreeMap<String, String> {
    let saved = catch_unwind(AssertUnwindSafe(|| {
        let mut editor = instance.editor().kept().to_json();
        editor[FOLLOWS] = instance.follow().is_following().into();
        let fields = [(STATE, instance.control().save()), (EDITOR, editor), (REPORT, report(instance))];
        fields.map(|(name, value)| (name.to_owned(), value.to_string())).into()
    }));
    saved.unwrap_or_else(|_| {
        nice_error!("the state could not be saved");
        BTreeMap::new()
    })
}

/// Takes a state; one that cannot be read leaves everything as it is, with a message in log and report. `[control]`
pub fn load(instance: &Instance, fields: &BTreeMap<String, String>) {
    let taken = catch_unwind(AssertUnwindSafe(|| take(instance, fields)));
    let refused = match taken {
        Ok(taken) => taken.err(),
        Err(_) => Some("reading it ended in a program error".to_owned()),
    };
    if let Some(why) = &refused {
        nice_error!("the state was not loaded: {why}");
    }
    instance.problems().set_refused_state(refused);
}

/// Moves the framework's values by slot to where [`load`] finds them, so that the framework leaves them alone. `[control]`
pub fn filter(state: &mut PluginState) {
    let is_bypassed = matches!(state.params.get(bypass::ID), Some(ParamValue::Bool(true)));
    state.fields.insert(BYPASS.to_owned(), is_bypassed.to_string());
    let shown: BTreeMap<String, f32> = std::mem::take(&mut state.params)
        .into_iter()
        .filter_map(|(id, value)| match value {
            ParamValue::F32(value) => Some((id, value)),
            _ => None,
        })
        .collect();
    if let Ok(shown) = serde_json::to_string(&shown) {
        state.fields.insert(SHOWN.to_owned(), shown);
    }
}

fn take(instance: &Instance, fields: &BTreeMap<String, String>) -> Result<(), String> {
    let state = fields.get(STATE).ok_or("it holds no document")?;
    let state: Value = serde_json::from_str(state).map_err(|error| error.to_string())?;
    // A list that cannot be read shows nothing; the sound does not depend on it.
    let editor = fields.get(EDITOR).and_then(|kept| serde_json::from_str(kept).ok()).unwrap_or(Value::Null);
    let shown = fields.get(SHOWN).and_then(|shown| serde_json::from_str(shown).ok()).unwrap_or_default();
    refresh::restore(instance, &shown, || instance.control().restore(&state))
        .map_err(|error| error.to_string())?;
    // States of versions without a bypass play.
    instance.bypass().restore(fields.get(BYPASS).is_some_and(|is_on| is_on == "true"));
    let kept = Kept::from_json(&editor);
    instance.follow().set_draft(kept.draft.is_some());
    instance.editor().keep(kept);
    let follows = editor.get(FOLLOWS).and_then(Value::as_bool).unwrap_or_default();
    // What the project has holds; a file that says something else by now is a conflict, which the editor shows.
    match instance.control().project().origin().filter(|_| follows) {
        Some(path) => instance.follow().begin(path, None),
        None => instance.follow().stop(),
    }
    Ok(())
}

fn report(instance: &Instance) -> Value {
    let status = instance.control().status_with_messages();
    let diagnostics: Vec<String> = status.diagnostics.iter().map(ToString::to_string).collect();
    let problems = status.problems.iter().map(ToString::to_string);
    let problems: Vec<String> =
        problems.chain(instance.problems().panicked().map(|text| format!("error: {text}"))).collect();
    let first_line = status.console.len().saturating_sub(CONSOLE_LINES_MAX);
    let list = instance.params().list();
    let params: Vec<Value> = (0..SLOTS)
        .filter_map(|slot| {
            let param = list.param(slot)?;
            Some(json!({ "slot": slot, "name": param.name, "label": param.label, "group": param.group,
                "unit": param.unit, "min": param.min, "max": param.max, "default": param.default }))
        })
        .collect();
    json!({
        "plays": status.info.is_some() && !status.failed,
        "building": status.building,
        "document": status.info.as_ref().map(|info| info.about.name.clone().unwrap_or_default()),
        "about": status.info.as_ref().map(|info| &info.about),
        "latency_frames": status.info.as_ref().map(|info| info.latency_frames),
        "placing": status.placing.as_ref().map(ToString::to_string),
        "problems": problems,
        "console": status.console[first_line..],
        "state_refused": instance.problems().refused_state(),
        "control_port": instance.control_port().number(),
        "control_port_refused": instance.control_port().failure(),
        "editor_problem": instance.editor().problem(),
        "diagnostics": diagnostics,
        "params": params,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(state: &str) -> BTreeMap<String, String> {
        BTreeMap::from([(STATE.to_owned(), state.to_owned())])
    }

    #[test]
    fn what_was_saved_comes_back() {
        let (one, other) = (Instance::alone("instr 1\nendin\n; \"one\""), Instance::alone("instr 2\nendin"));
        one.editor().keep(Kept { zoom: 1.5, views: json!({ "tab": "code" }), ..Kept::default() });
        assert_ne!(save(&one)[STATE], save(&other)[STATE]);
        load(&other, &save(&one));
        assert_eq!(save(&one)[STATE], save(&other)[STATE]);
        assert_eq!(one.editor().kept(), other.editor().kept());
    }

    #[test]
    fn a_reopened_project_follows_its_file_and_keeps_its_own_text() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.csd");
        std::fs::write(&file, "instr 1\nendin\n").unwrap();
        let one = Instance::alone("");
        one.control().load("instr 1\nendin\n".to_owned(), Some(file.clone()));
        one.follow().begin(&file, None);
        assert_eq!(one.follow().now().and_then(|now| now.conflict), None);
        let saved = save(&one);
        drop(one);
        std::fs::write(&file, "instr 2\nendin\n").unwrap();
        let other = Instance::alone("");
        load(&other, &saved);
        assert_eq!(other.control().text(), "instr 1\nendin\n");
        let conflict = other.follow().now().and_then(|now| now.conflict);
        assert_eq!(conflict.as_deref(), Some("instr 2\nendin\n"));
        assert!(save(&other)[EDITOR].contains("\"follows_file\":true"));
        load(&other, &save(&Instance::alone("instr 3\nendin\n")));
        assert!(!other.follow().is_following());
    }

    #[test]
    fn what_a_host_moved_before_there_was_an_engine_comes_back() {
        let text = ";@param a 0..1\n;@param b 0..1\ninstr 1\nendin";
        let (one, other) = (Instance::alone(text), Instance::alone("instr 2\nendin"));
        refresh::show_declared(&one);
        one.control().values().set(1, 0.75);
        load(&other, &save(&one));
        assert_eq!((other.control().values().get(1), other.params().shown(1)), (Some(0.75), 0.75));
        assert_eq!(other.params().list().param(1).map(|param| param.name.as_str()), Some("b"));
    }

    #[test]
    fn a_broken_state_leaves_everything_as_it_was() {
        let instance = Instance::alone("instr 1\nendin");
        instance.control().values().set(5, 0.75);
        let before = save(&instance)[STATE].clone();
        let texts = ["", "{", "null", "[]", "{}", "\"text\"", "{\"text\":1}", "{\"document\":1}"];
        for broken in texts.map(fields).into_iter().chain([BTreeMap::new()]) {
            load(&instance, &broken);
            assert_eq!(save(&instance)[STATE], before, "{broken:?}");
            assert!(instance.problems().refused_state().is_some(), "{broken:?}");
        }
        assert_eq!(instance.control().values().get(5), Some(0.75));
        load(&instance, &fields(&before));
        assert_eq!(instance.problems().refused_state(), None);
    }

    #[test]
    fn the_frameworks_list_is_shown_but_moves_nothing() {
        let instance = Instance::alone("instr 1\nendin");
        let params = [("P001", ParamValue::F32(0.25)), ("P002", ParamValue::Bool(true))];
        let params = params.map(|(id, value)| (id.to_owned(), value)).into();
        let mut state = PluginState { version: String::new(), params, fields: save(&instance) };
        filter(&mut state);
        assert!(state.params.is_empty());
        load(&instance, &state.fields);
        assert_eq!((instance.params().shown(1), instance.control().values().get(1)), (0.25, None));
    }

    #[test]
    fn the_bypass_is_as_the_state_has_it_and_off_where_it_says_nothing() {
        let instance = Instance::alone("instr 1\nendin");
        let bypassed = |value: Option<ParamValue>| {
            let params = value.map(|value| (bypass::ID.to_owned(), value)).into_iter().collect();
            let mut state = PluginState { version: String::new(), params, fields: save(&instance) };
            filter(&mut state);
            assert!(state.params.is_empty());
            load(&instance, &state.fields);
            instance.bypass().is_on()
        };
        assert!(bypassed(Some(ParamValue::Bool(true))));
        assert!(!bypassed(None));
        assert!(bypassed(Some(ParamValue::Bool(true))));
        assert!(!bypassed(Some(ParamValue::F32(1.0))));
        instance.bypass().restore(true);
        load(&instance, &fields("{"));
        assert!(instance.bypass().is_on(), "a broken state changes nothing");
    }
}

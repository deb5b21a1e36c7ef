//! What is saved with a project: the document, its origin, the files it plays with, its session, the slots with their names and values,
//! and what the document keeps besides.
//!
//! The form is JSON, versioned and tolerant: what this version does not know it keeps and writes again, what is
//! missing has a default. A state that cannot be read changes nothing.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use ksmps_data::params::{SLOTS, SlotValues};
use ksmps_document::{Assets, KeptValues};

use super::block_mode::BlockMode;
use super::held_notes::HeldNotes;
use super::place::Place;
use super::project::Project;

/// The version this library writes.
pub const STATE_VERSION: u64 = 1;

/// Why a state was not taken; the instance is as it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StateError {
    /// It is not JSON of the expected shape.
    #[error("the saved state cannot be read: {0}")]
    Malformed(String),
    /// There is no document in it.
    #[error("the saved state has no document")]
    NoDocument,
}

#[derive(Deserialize)]
struct Saved {
    /// Every version is read alike.
    #[serde(default, rename = "version")]
    _version: u64,
    document: Option<SavedDocument>,
    #[serde(default)]
    slots: Map<String, Value>,
    #[serde(default)]
    session: Value,
    #[serde(default, deserialize_with = "known_place")]
    place: Place,
    #[serde(default, deserialize_with = "known_block_mode")]
    blocks: BlockMode,
    #[serde(default, deserialize_with = "known_held_notes")]
    held_notes: HeldNotes,
    #[serde(default)]
    kept: Value,
    #[serde(flatten)]
    unknown: Map<String, Value>,
}

#[derive(Deserialize)]
struct SavedDocument {
    text: String,
    #[serde(default)]
    origin: Option<PathBuf>,
    /// None in states of versions that did not carry files.
    #[serde(default)]
    assets: Assets,
    #[serde(flatten)]
    unknown: Map<String, Value>,
}

/// A project and its values in the form in which they are saved.
#[derive(Serialize)]
struct State<'a> {
    version: u64,
    document: DocumentState<'a>,
    slots: Map<String, Value>,
    #[serde(skip_serializing_if = "Value::is_null")]
    session: &'a Value,
    #[serde(skip_serializing_if = "Place::is_automatic")]
    place: Place,
    #[serde(skip_serializing_if = "BlockMode::is_direct")]
    blocks: BlockMode,
    #[serde(skip_serializing_if = "HeldNotes::is_restart")]
    held_notes: HeldNotes,
    #[serde(skip_serializing_if = "Option::is_none")]
    kept: Option<Value>,
    #[serde(flatten)]
    unknown: Map<String, Value>,
}

#[derive(Serialize)]
struct DocumentState<'a> {
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<&'a Path>,
    #[serde(skip_serializing_if = "Assets::is_empty")]
    assets: &'a Assets,
    #[serde(flatten)]
    unknown: Map<String, Value>,
}

/// A project and its values as they are saved: base values, never modulated ones. `[control]`
pub(super) fn save(project: &Project, values: &SlotValues, kept: &KeptValues) -> Value {
    let mut slots = Map::new();
    for slot in 0..SLOTS {
        if let Some(name) = project.slots().name(slot) {
            slots.insert(name.to_owned(), serde_json::json!({ "slot": slot, "value": values.get(slot) }));
        }
    }
    let mut unknown = project.unknown().clone();
    let in_document = match unknown.remove(IN_DOCUMENT) {
        Some(Value::Object(fields)) => fields,
        _ => Map::new(),
    };
    let state = State {
        version: STATE_VERSION,
        document: DocumentState {
            text: project.text(),
            origin: project.origin(),
            assets: project.assets(),
            unknown: in_document,
        },
        slots,
        session: project.session_json(),
        place: project.place(),
        blocks: project.block_mode(),
        held_notes: project.held_notes(),
        kept: (!kept.is_empty()).then(|| kept.to_json()),
        unknown,
    };
    // A struct of strings, numbers and maps with text keys always has a JSON form.
    serde_json::to_value(state).unwrap_or(Value::Null)
}

/// A wish that this version does not know is none.
fn known_place<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Place, D::Error> {
    let wish = Value::deserialize(from)?;
    Ok(Place::deserialize(wish).unwrap_or_default())
}

/// As [`known_place`].
fn known_block_mode<'de, D: serde::Deserializer<'de>>(from: D) -> Result<BlockMode, D::Error> {
    let wish = Value::deserialize(from)?;
    Ok(BlockMode::deserialize(wish).unwrap_or_default())
}

/// As [`known_place`].
fn known_held_notes<'de, D: serde::Deserializer<'de>>(from: D) -> Result<HeldNotes, D::Error> {
    let wish = Value::deserialize(from)?;
    Ok(HeldNotes::deserialize(wish).unwrap_or_default())
}

/// Where the document's unknown fields wait among the project's.
const IN_DOCUMENT: &str = "document";

/// A project of a state, the normalized value of each slot that was moved, and what is kept.
pub(super) type Loaded = (Project, Vec<(usize, f64)>, KeptValues);

/// Reads a state. `[control]`
pub(super) fn load(state: &Value) -> Result<Loaded, StateError> {
    let saved = Saved::deserialize(state).map_err(|error| StateError::Malformed(error.to_string()))?;
    let document = saved.document.ok_or(StateError::NoDocument)?;
    let mut names = vec![Value::Null; SLOTS];
    let mut values = Vec::new();
    for (name, entry) in saved.slots {
        let slot = entry.get("slot").and_then(Value::as_u64).and_then(|slot| usize::try_from(slot).ok());
        let Some(slot) = slot.filter(|&slot| slot < SLOTS) else { continue };
        names[slot] = Value::String(name);
        if let Some(value) = entry.get("value").and_then(Value::as_f64) {
            values.push((slot, value.clamp(0.0, 1.0)));
        }
    }
    let mut unknown = saved.unknown;
    if !document.unknown.is_empty() {
        unknown.insert(IN_DOCUMENT.to_owned(), Value::Object(document.unknown));
    }
    let slots = serde_json::from_value(Value::Array(names)).unwrap_or_default();
    let project = Project::new(document.text, document.origin).with_assets(document.assets).with_saved(
        saved.session,
        slots,
        unknown,
    );
    let kept = KeptValues::from_json(&saved.kept);
    let project = project.with_place(saved.place).with_block_mode(saved.blocks);
    Ok((project.with_held_notes(saved.held_notes), values, kept))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_state_survives_the_round_trip_with_what_it_does_not_know() {
        let state = json!({
            "version": 1,
            "document": { "text": "instr 1\nendin", "origin": "/music/a.csd", "folded": [3] },
            "slots": { "cutoff": { "slot": 4, "value": 0.25 }, "shape": { "slot": 0, "value": null } },
            "session": { "ksmps_session": 7, "knobs": [1] },
            "editor": { "zoom": 1.5 },
            "kept": { "channels": { "level": 0.1 }, "matrices": [2] },
        });
        let (project, moved, kept) = load(&state).unwrap();
        assert_eq!((project.slots().slot("cutoff"), project.slots().slot("shape")), (Some(4), Some(0)));
        assert_eq!(moved, [(4, 0.25)]);
        let values = SlotValues::default();
        values.set(4, 0.25);
        let again = save(&project, &values, &kept);
        assert_eq!(again["kept"], state["kept"]);
        assert_eq!(again["editor"], state["editor"]);
        assert_eq!(again["session"], state["session"]);
        assert_eq!(again["document"], state["document"]);
        assert_eq!(again["slots"]["cutoff"], state["slots"]["cutoff"]);
    }

    #[test]
    fn where_it_is_to_play_is_saved_where_somebody_has_said_so() {
        let state = |place: Value| load(&json!({ "document": { "text": "" }, "place": place })).unwrap().0;
        let values = SlotValues::default();
        let save = |project: &Project, values: &SlotValues| save(project, values, &KeptValues::default());
        assert_eq!(save(&state(json!("apart")), &values)["place"], "apart");
        assert_eq!(save(&state(json!("together")), &values)["place"], "together");
        for unsaid in [json!("automatic"), json!("on the moon"), json!(3)] {
            assert_eq!(save(&state(unsaid), &values).get("place"), None);
        }
    }

    #[test]
    fn how_blocks_go_is_saved_where_somebody_has_said_so() {
        let state = |blocks: Value| load(&json!({ "document": { "text": "" }, "blocks": blocks })).unwrap().0;
        let values = SlotValues::default();
        let save = |project: &Project, values: &SlotValues| save(project, values, &KeptValues::default());
        assert_eq!(save(&state(json!("pipelined")), &values)["blocks"], "pipelined");
        for unsaid in [json!("direct"), json!("by pigeon"), json!(3)] {
            assert_eq!(save(&state(unsaid), &values).get("blocks"), None);
        }
    }

    #[test]
    fn what_becomes_of_held_notes_is_saved_where_somebody_has_said_so() {
        let state =
            |notes: Value| load(&json!({ "document": { "text": "" }, "held_notes": notes })).unwrap().0;
        let save = |project: &Project| save(project, &SlotValues::default(), &KeptValues::default());
        assert_eq!(save(&state(json!("stay")))["held_notes"], "stay");
        for unsaid in [json!("restart"), json!("float"), json!(3)] {
            assert_eq!(save(&state(unsaid)).get("held_notes"), None);
        }
    }

    #[test]
    fn what_is_no_state_is_refused() {
        assert!(matches!(load(&json!("text")), Err(StateError::Malformed(_))));
        assert!(matches!(load(&json!({ "document": 5 })), Err(StateError::Malformed(_))));
        assert_eq!(load(&json!({ "version": 9 })).unwrap_err(), StateError::NoDocument);
    }

    #[test]
    fn a_newer_version_and_odd_slots_are_taken_as_far_as_they_go() {
        let state =
            json!({ "version": 99, "document": { "text": "" }, "slots": { "a": 3, "b": { "slot": 9999 } } });
        let (project, moved, _) = load(&state).unwrap();
        assert_eq!((project.slots().slot("a"), project.slots().slot("b"), moved.len()), (None, None, 0));
    }
}

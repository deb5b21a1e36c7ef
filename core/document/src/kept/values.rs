//! Values of what documents keep, by their names: what is in a project.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::KeptKind;

/// In the project: tables, each as base64 of its numbers with 8 bytes, little end first, the one behind its end included.
const TABLES: &str = "tables";
/// In the project: numbers.
const CHANNELS: &str = "channels";
/// In the project: texts.
const STRINGS: &str = "strings";

/// Values by kind and name. Names that no document keeps any more stay.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct KeptValues {
    tables: BTreeMap<String, Vec<f64>>,
    channels: BTreeMap<String, f64>,
    texts: BTreeMap<String, String>,
    /// What later versions keep.
    unknown: Map<String, Value>,
}

impl KeptValues {
    /// Whether there is none. `[any]`
    pub fn is_empty(&self) -> bool {
        let Self { tables, channels, texts, unknown } = self;
        tables.is_empty() && channels.is_empty() && texts.is_empty() && unknown.is_empty()
    }

    /// What a table holds, the number behind its end included. `[any]`
    pub fn table(&self, name: &str) -> Option<&[f64]> {
        self.tables.get(name).map(Vec::as_slice)
    }

    /// The value of a control channel. `[any]`
    pub fn channel(&self, name: &str) -> Option<f64> {
        self.channels.get(name).copied()
    }

    /// What a text channel holds. `[any]`
    pub fn text(&self, name: &str) -> Option<&str> {
        self.texts.get(name).map(String::as_str)
    }

    /// Has a table hold these. `[any]`
    pub fn set_table(&mut self, name: &str, values: Vec<f64>) {
        self.tables.insert(name.to_owned(), values);
    }

    /// Has a control channel hold this. `[any]`
    pub fn set_channel(&mut self, name: &str, value: f64) {
        self.channels.insert(name.to_owned(), value);
    }

    /// Has a text channel hold this. `[any]`
    pub fn set_text(&mut self, name: &str, text: String) {
        self.texts.insert(name.to_owned(), text);
    }

    /// Takes in newer values; those of other names stay. `[any]`
    pub fn merge(&mut self, newer: Self) {
        self.tables.extend(newer.tables);
        self.channels.extend(newer.channels);
        self.texts.extend(newer.texts);
    }

    /// Whether there is a value of this kind and name. `[any]`
    pub fn has(&self, kind: KeptKind, name: &str) -> bool {
        match kind {
            KeptKind::Table => self.tables.contains_key(name),
            KeptKind::Channel => self.channels.contains_key(name),
            KeptKind::Text => self.texts.contains_key(name),
        }
    }

    /// As they are in a project. A channel that holds no number is left out. `[control]`
    pub fn to_json(&self) -> Value {
        let mut json = self.unknown.clone();
        let tables: Map<String, Value> =
            self.tables.iter().map(|(name, values)| (name.clone(), in_base64(values).into())).collect();
        let numbers = self.channels.iter().filter(|(_, value)| value.is_finite());
        let channels: Map<String, Value> =
            numbers.map(|(name, value)| (name.clone(), (*value).into())).collect();
        let texts: Map<String, Value> =
            self.texts.iter().map(|(name, text)| (name.clone(), text.as_str().into())).collect();
        for (name, values) in [(TABLES, tables), (CHANNELS, channels), (STRINGS, texts)] {
            if !values.is_empty() {
                json.insert(name.to_owned(), Value::Object(values));
            }
        }
        Value::Object(json)
    }

    /// As a project has them; what cannot be read is left out. `[control]`
    pub fn from_json(json: &Value) -> Self {
        let mut unknown = json.as_object().cloned().unwrap_or_default();
        let mut all = |name: &str| match unknown.remove(name) {
            Some(Value::Object(values)) => values,
            _ => Map::new(),
        };
        let (tables, channels, texts) = (all(TABLES), all(CHANNELS), all(STRINGS));
        let tables = tables.into_iter().filter_map(|(name, value)| Some((name, numbers(value.as_str()?)?)));
        let channels = channels.into_iter().filter_map(|(name, value)| Some((name, value.as_f64()?)));
        let texts = texts.into_iter().filter_map(|(name, value)| Some((name, value.as_str()?.to_owned())));
        Self { tables: tables.collect(), channels: channels.collect(), texts: texts.collect(), unknown }
    }
}

fn in_base64(values: &[f64]) -> String {
    let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    STANDARD.encode(bytes)
}

fn numbers(text: &str) -> Option<Vec<f64>> {
    let bytes = STANDARD.decode(text).ok()?;
    let (values, []) = bytes.as_chunks::<8>() else { return None };
    Some(values.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_survive_the_round_trip_to_the_bit_with_what_is_not_known() {
        let mut values = KeptValues::from_json(&json!({ "matrices": { "m": [1, 2] } }));
        values.set_table("giSteps", vec![0.1, -0.0, f64::NAN, f64::INFINITY, 1e-310]);
        values.set_channel("level", 0.1 + 0.2);
        values.set_channel("odd", f64::NAN);
        values.set_text("word", "\u{e9} \"λ\"\n".to_owned());
        let again: Value = serde_json::from_str(&values.to_json().to_string()).unwrap();
        let again = KeptValues::from_json(&again);
        let bits = |values: &KeptValues| -> Vec<u64> {
            values.table("giSteps").unwrap().iter().map(|value| value.to_bits()).collect()
        };
        assert_eq!(bits(&again), bits(&values));
        assert_eq!(again.channel("level").map(f64::to_bits), Some((0.1_f64 + 0.2).to_bits()));
        assert_eq!((again.channel("odd"), again.text("word")), (None, values.text("word")));
        assert_eq!(again.to_json()["matrices"]["m"][1], 2);
    }

    #[test]
    fn what_cannot_be_read_is_left_out_and_newer_values_leave_the_others() {
        let odd = json!({
            "tables": { "a": 5, "b": "no base64!", "c": "AAAA", "d": "AAAAAAAA8D8=" },
            "channels": { "x": "1", "y": 2 },
            "strings": 7,
        });
        let mut values = KeptValues::from_json(&odd);
        assert_eq!((values.table("a"), values.table("b"), values.table("c")), (None, None, None));
        assert_eq!(
            (values.table("d"), values.channel("x"), values.channel("y")),
            (Some(&[1.0][..]), None, Some(2.0))
        );
        let mut newer = KeptValues::default();
        newer.set_channel("y", 3.0);
        newer.set_text("z", "new".to_owned());
        values.merge(newer);
        assert_eq!(
            (values.table("d"), values.channel("y"), values.text("z")),
            (Some(&[1.0][..]), Some(3.0), Some("new"))
        );
        for json in [json!(null), json!([1]), json!({})] {
            assert!(KeptValues::from_json(&json).is_empty(), "{json}");
        }
    }
}

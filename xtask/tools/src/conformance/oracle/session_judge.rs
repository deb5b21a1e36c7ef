//! What a session did beside what was to be seen, and beside its own .csd.

use ksmps_core::offline::sound_file::Sound;
use serde_json::Value;

use crate::error::Error;

use super::expectation::Expectation;
use super::judge::sound_differs;
use super::scenario::Scenario;
use super::session::{Answer, Played, names};

/// Times and numbers agree up to this.
const CLOSE: f64 = 1e-9;

/// What differs first, `None` where nothing does.
pub fn first_difference(
    scenario: &Scenario,
    own: Option<&Expectation>,
    played: &Played,
) -> Result<Option<String>, Error> {
    for (at, answer) in played.answers.iter().enumerate() {
        let Some(recorded) = scenario.recorded.get(at) else { break };
        let expected = own.and_then(|own| own.steps.get(&at));
        let (error, returned) = match expected {
            Some(expected) if expected.error.is_some() => (expected.error.as_deref(), &Value::Null),
            Some(expected) if expected.returned.is_some() => {
                (None, expected.returned.as_ref().unwrap_or(&Value::Null))
            }
            _ => (recorded.error.as_deref(), &recorded.returned),
        };
        if let Some(difference) = differs(answer, error, returned) {
            return Ok(Some(format!("step {at} {}: {difference}", scenario.steps[at].call)));
        }
    }
    if let Some(difference) = sound_differs(scenario, own, played.sound.as_ref(), played.out.path())? {
        return Ok(Some(difference));
    }
    Ok(export_differs(played.sound.as_ref(), played.exported.as_ref()))
}

fn differs(answer: &Answer, error: Option<&str>, returned: &Value) -> Option<String> {
    match (answer, error) {
        (Answer::Skipped, _) => None,
        (Answer::TypeError, Some("TypeError")) => None,
        (Answer::TypeError, _) => Some("the types do not allow this".into()),
        (Answer::Error(answered), Some(error)) if names(answered).contains(&error.to_owned()) => None,
        (Answer::Error(answered), Some(error)) => Some(format!("{error} was to come, and not {answered}")),
        (Answer::Error(answered), None) => Some(format!("an error: {answered}")),
        (Answer::Value(value), Some(error)) => Some(format!("{error} was to come, and not {value}")),
        (Answer::Value(value), None) if agrees(value, returned) => None,
        (Answer::Value(value), None) => Some(format!("{returned} was to come, and not {value}")),
    }
}

fn agrees(seen: &Value, expected: &Value) -> bool {
    match seen.get("type").and_then(Value::as_str) {
        Some("own") => return true,
        Some("text") => return text_agrees(seen, expected),
        _ => {}
    }
    match (seen, expected) {
        (Value::Number(seen), Value::Number(expected)) => {
            // PANIC: both are numbers.
            (seen.as_f64().unwrap_or(f64::NAN) - expected.as_f64().unwrap_or(f64::NAN)).abs() <= CLOSE
        }
        // A text among p-fields is a number here.
        (Value::Number(_), Value::String(_)) => true,
        (Value::Array(seen), Value::Array(expected)) => {
            seen.len() == expected.len()
                && seen.iter().zip(expected).all(|(seen, expected)| agrees(seen, expected))
        }
        (Value::Object(seen), Value::Object(expected)) => {
            // The templates of the session's own have arguments of their own.
            let is_own = seen.get("own").and_then(Value::as_bool) == Some(true);
            expected
                .iter()
                .filter(|(key, _)| !(is_own && *key == "args"))
                .all(|(key, expected)| seen.get(key).is_some_and(|seen| agrees(seen, expected)))
        }
        _ => seen == expected,
    }
}

/// A text's number: counted from 24 here, from 20 there.
fn text_agrees(seen: &Value, expected: &Value) -> bool {
    let number = |value: &Value| value.as_i64().unwrap_or(-1);
    number(seen.get("number").unwrap_or(seen)) == number(expected) + 4
}

/// The csound command line has to give the very same samples.
fn export_differs(own: Option<&Sound>, exported: Option<&Sound>) -> Option<String> {
    let (own, exported) = (own?, exported?);
    let frames = (own.about.frames, exported.about.frames);
    if frames.0 != frames.1 {
        return Some(format!("its .csd gives {} frames, not {}", frames.1, frames.0));
    }
    let at = own
        .samples
        .iter()
        .zip(&exported.samples)
        .position(|(own, exported)| own.to_bits() != exported.to_bits())?;
    let frame = at / own.about.channels.max(1);
    Some(format!("its .csd gives {} at frame {frame}, not {}", exported.samples[at], own.samples[at]))
}

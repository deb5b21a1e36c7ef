//! What was seen beside what was to be seen.

use std::path::Path;
use std::process::Command;

use ksmps_core::offline::sound_file::{self, Sound};
use ksmps_core::verbs::EngineError;
use serde_json::Value;

use crate::error::Error;

use super::expectation::{Expectation, ExpectedSound, ExpectedStep};
use super::scenario::Scenario;
use super::steps::{Answer, Played, Seen};

/// Times and returned numbers agree up to this.
const CLOSE: f64 = 1e-9;
/// Below this number instruments are the reference's own.
const USER_INSTRUMENTS: f64 = 100.0;

/// What differs first, `None` where nothing does.
pub fn first_difference(
    scenario: &Scenario,
    own: Option<&Expectation>,
    played: &Played,
) -> Result<Option<String>, Error> {
    for (at, seen) in played.steps.iter().enumerate() {
        let Some(recorded) = scenario.recorded.get(at) else { break };
        if seen.skipped {
            continue;
        }
        let expected = own.and_then(|own| own.steps.get(&at));
        let difference = answer_differs(seen, recorded.error.as_deref(), &recorded.returned, expected)
            .or_else(|| {
                let now = expected.and_then(|step| step.now).or(recorded.now);
                let endtime = expected.and_then(|step| step.endtime).or(recorded.endtime);
                time_differs("now", seen.now, now).or_else(|| time_differs("endtime", seen.endtime, endtime))
            });
        if let Some(difference) = difference {
            return Ok(Some(format!("step {at} {}: {difference}", scenario.steps[at].call)));
        }
    }
    if let Some(difference) = score_differs(scenario, played)? {
        return Ok(Some(difference));
    }
    sound_differs(scenario, own, played.sound.as_ref(), played.out.path())
}

fn time_differs(name: &str, seen: Option<f64>, expected: Option<f64>) -> Option<String> {
    let (seen, expected) = (seen?, expected?);
    ((seen - expected).abs() > CLOSE).then(|| format!("{name} is {seen}, not {expected}"))
}

fn answer_differs(
    seen: &Seen,
    recorded_error: Option<&str>,
    recorded: &Value,
    expected: Option<&ExpectedStep>,
) -> Option<String> {
    let (error, returned) = match expected {
        Some(ExpectedStep { error: Some(error), .. }) => (Some(error.as_str()), None),
        Some(ExpectedStep { returned: Some(returned), .. }) => (None, Some(returned)),
        _ => (recorded_error, Some(recorded)),
    };
    match (error, &seen.answer) {
        (Some("TypeError"), Answer::TypeError) => None,
        (Some(error), Answer::Error(answered)) if names(answered).contains(&error.to_owned()) => None,
        (Some(error), answer) => Some(format!("{error} was to come, and not {}", shown(answer))),
        (None, Answer::Error(answered)) => Some(format!("an error: {answered}")),
        (None, answer) if returned.is_none_or(|returned| agrees(answer, returned)) => None,
        (None, answer) => Some(format!("{} was to come, and not {}", returned?, shown(answer))),
    }
}

fn shown(answer: &Answer) -> String {
    match answer {
        Answer::Error(error) => format!("{}: {error}", variant(error)),
        Answer::Event(id) => id.to_string(),
        other => format!("{other:?}"),
    }
}

/// The name of an error's variant.
fn variant(error: &EngineError) -> String {
    let debug = format!("{error:?}");
    debug.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned()
}

/// What an error is called: by its variant, and by the classes the reference has for the same.
fn names(error: &EngineError) -> Vec<String> {
    let classes: &[&str] = match error {
        EngineError::UniqueFraction(_) => &["TypeError"],
        EngineError::UnknownField(_) | EngineError::UnknownInstrument(_) => &["KeyError", "ValueError"],
        EngineError::UnknownChannel(_) => &["KeyError"],
        EngineError::NoBusSupport | EngineError::NotExportable(_) => &["RuntimeError"],
        EngineError::Compile(_) | EngineError::Start(_) => &["CsoundError"],
        EngineError::Stopped => &["AssertionError"],
        EngineError::MissingTable(_) => &["ValueError", "IndexError", "RuntimeError"],
        EngineError::File { .. } => &["FileNotFoundError", "ValueError"],
        _ => &["ValueError"],
    };
    classes.iter().map(|&class| class.to_owned()).chain([variant(error)]).collect()
}

fn agrees(answer: &Answer, expected: &Value) -> bool {
    let close = |a: f64, b: f64| (a - b).abs() <= CLOSE;
    match (answer, expected) {
        (Answer::Own, _) | (Answer::Nothing, Value::Null) => true,
        (Answer::Number(seen), Value::Number(number)) => {
            number.as_f64().is_some_and(|number| close(*seen, number))
        }
        (Answer::Flag(seen), Value::Bool(flag)) => seen == flag,
        (Answer::Event(id), Value::Number(number)) => number.as_f64().is_some_and(|number| {
            // An instrument of the reference's own has a number of its own; the instance is the same.
            let own = number < USER_INSTRUMENTS && id.p1() < USER_INSTRUMENTS;
            if own { close(id.p1().fract(), number.fract()) } else { close(id.p1(), number) }
        }),
        (Answer::Event(id), Value::String(text)) => id.to_string() == *text,
        (Answer::Numbers(seen), Value::Array(numbers)) => {
            seen.len() == numbers.len()
                && seen
                    .iter()
                    .zip(numbers)
                    .all(|(seen, number)| number.as_f64().is_some_and(|n| close(*seen, n)))
        }
        (Answer::Job, Value::Object(job)) => job.get("type").and_then(Value::as_str) == Some("renderjob"),
        (Answer::Table(info), Value::Object(table)) => {
            let field = |name: &str| table.get(name).and_then(Value::as_f64).unwrap_or(f64::NAN);
            close(info.rate, field("sr"))
                && close(info.length as f64, field("size"))
                && close(info.channels as f64, field("nchnls"))
                && close(info.frames as f64, field("frames"))
        }
        _ => false,
    }
}

/// Compares the score of a written .csd with the recorded one: each event of the user's and each table has to be
/// there, in whatever order; events of the reference's own instruments do not count.
fn score_differs(scenario: &Scenario, played: &Played) -> Result<Option<String>, Error> {
    for entry in std::fs::read_dir(&scenario.folder).map_err(Error::file(&scenario.folder))?.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some(stem) = name.strip_suffix(".score.txt") else { continue };
        let recorded = std::fs::read_to_string(entry.path()).map_err(Error::file(&entry.path()))?;
        let written = played.out.path().join(format!("{stem}.csd"));
        let written = std::fs::read_to_string(&written).map_err(Error::file(&written))?;
        let written: Vec<Vec<String>> = written.lines().filter_map(statement).collect();
        for line in recorded.lines() {
            if let Some(missing) = statement(line).filter(|line| !written.contains(line)) {
                return Ok(Some(format!("the written score lacks: {}", missing.join(" "))));
            }
        }
    }
    Ok(None)
}

/// A statement's words, numbers in one spelling; `None` for what is no event or table of the user's.
fn statement(line: &str) -> Option<Vec<String>> {
    let line = line.split(';').next()?.trim();
    let words: Vec<String> = line
        .split_whitespace()
        .map(|word| match word.parse::<f64>() {
            Ok(number) => format!("{number:?}"),
            // Where a file lies is everybody's own affair.
            Err(_) if word.starts_with('"') => word.rsplit(['/', '"']).nth(1).unwrap_or(word).to_owned(),
            Err(_) => word.to_owned(),
        })
        .collect();
    let is_own = words.first().is_some_and(|word| word == "i")
        && words.get(1)?.parse::<f64>().is_ok_and(|number| number < USER_INSTRUMENTS);
    (line.starts_with(['i', 'f']) && !is_own).then_some(words)
}

/// Compares a sound with the one that was to come.
pub fn sound_differs(
    scenario: &Scenario,
    own: Option<&Expectation>,
    seen: Option<&Sound>,
    out: &Path,
) -> Result<Option<String>, Error> {
    let expected = match own.map(|own| (own.sound, &own.csd)) {
        Some((ExpectedSound::Csd, csd)) => Some(render(csd, &scenario.root.join("_assets"), out)?),
        Some((ExpectedSound::Recorded, _)) | None => scenario.recorded_sound(out)?,
    };
    Ok(match (seen, &expected) {
        (None, None) => None,
        (Some(_), None) => Some("there is a sound file, and none was to come".into()),
        (None, Some(_)) => Some("there is no sound file".into()),
        (Some(sound), Some(expected)) => compare(sound, expected, scenario),
    })
}

fn compare(sound: &Sound, expected: &Sound, scenario: &Scenario) -> Option<String> {
    let (frames, expected_frames) = (sound.about.frames, expected.about.frames);
    if frames != expected_frames && !is_longer_by_silence(expected, sound, scenario) {
        return Some(format!("{frames} frames, not {expected_frames}"));
    }
    if sound.about.channels != expected.about.channels {
        return Some(format!("{} channels, not {}", sound.about.channels, expected.about.channels));
    }
    if scenario.tolerance.mode.as_deref() == Some("statistical") {
        let (seen, expected) = (rms(sound), rms(expected));
        let far = (seen - expected).abs() > expected * scenario.tolerance.rms_rel;
        return far.then(|| format!("an rms of {seen}, not {expected}"));
    }
    if scenario.tolerance.mode.as_deref() == Some("smoke") {
        let silent = |sound: &Sound| sound.samples.iter().all(|sample| *sample == 0.0);
        return (silent(sound) != silent(expected)).then(|| "one of the two is silent".into());
    }
    let channels = sound.about.channels.max(1);
    let differs = |(seen, expected): (&f64, &f64)| {
        let apart = (seen - expected).abs();
        apart.is_nan() || apart > scenario.tolerance.abs
    };
    let at = sound.samples.iter().zip(&expected.samples).position(differs)?;
    let (seen, expected) = (sound.samples[at], expected.samples[at]);
    Some(format!("frame {} channel {}: {seen}, not {expected}", at / channels, at % channels))
}

/// Whether a session's recording is the sound and up to three silent cycles: the reference's own events that move a
/// value outlive the event by so much.
fn is_longer_by_silence(recorded: &Sound, sound: &Sound, scenario: &Scenario) -> bool {
    let ksmps = scenario.config.get("ksmps").and_then(Value::as_u64).unwrap_or(64);
    let moves = scenario.steps.iter().any(|step| step.call == "automate");
    let more = recorded.about.frames.saturating_sub(sound.about.frames);
    moves
        && (1..=3 * ksmps).contains(&more)
        && recorded.samples.iter().skip(sound.samples.len()).all(|sample| *sample == 0.0)
}

fn rms(sound: &Sound) -> f64 {
    (sound.samples.iter().map(|sample| sample * sample).sum::<f64>() / sound.samples.len().max(1) as f64)
        .sqrt()
}

/// Renders a .csd with the csound command line; sound files are looked for among the assets.
fn render(csd: &Path, assets: &Path, folder: &Path) -> Result<Sound, Error> {
    let wav = folder.join("expected.wav");
    let output = Command::new("csound")
        .args(["-d", "-m0", "-W", "--format=double", "-o"])
        .arg(&wav)
        .arg(csd)
        .env("SSDIR", std::path::absolute(assets).unwrap_or_else(|_| assets.to_owned()))
        .output()
        .map_err(Error::file(Path::new("csound")))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(Error::usage(format!("csound cannot render {}:\n{said}", csd.display())));
    }
    sound_file::read(&wav).map_err(|error| Error::usage(error.to_string()))
}

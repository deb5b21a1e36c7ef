//! Through a built plugin, in a headless host.

use ksmps_tests::bounce::Plan;
use ksmps_tests::bundle;
use ksmps_tests::host::Format;
use ksmps_tests::stage::Stage;
use ksmps_tests::state::State;
use serde_json::Value;

use super::{Job, Played, is_error, refused};
use crate::error::Error;

/// Opens an instance, gives it state and document, and plays.
pub fn play(job: &Job, format: Format) -> Result<Played, Error> {
    let library = bundle::library(format)?;
    let mut stage = Stage::open(format, &library, bundle::Kind::from(job.kind).name())?;
    if let Some(state) = &job.state {
        // As JSON, a state is written as in a VST3 project.
        stage.set_state(&State::read(Format::Vst3, state.to_string().as_bytes())?)?;
    }
    if let Some(document) = &job.document {
        stage.load(&document.text, Some(&document.origin))?;
    }
    let latency_before = stage.hosted().latency_frames();
    stage
        .activate(f64::from(job.rate), job.block.block_max(job.frames + u64::from(latency_before) + 4096))?;

    let report = stage.state()?.report()?;
    let remarks: Vec<String> =
        list(&report["diagnostics"]).iter().filter_map(|text| text.as_str().map(str::to_owned)).collect();
    if report["plays"] != true || remarks.iter().any(|remark| is_error(remark)) {
        return Err(refused(job, remarks));
    }
    let defaults = list(&report["params"])
        .iter()
        .filter_map(|param| Some((param["name"].as_str()?.to_owned(), param["default"].as_f64()?)))
        .collect();

    let plan = Plan::new(job.script.clone(), job.frames).cut(job.block.clone()).inputs(job.inputs.clone());
    let sound = stage.play_aligned(&plan)?;
    let state = stage.state()?.write(Format::Vst3);
    let state = serde_json::from_slice(&state).unwrap_or(Value::Null);
    let latency_frames = stage.hosted().latency_frames();
    Ok(Played { channels: sound.channels, latency_frames, defaults, remarks, state })
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

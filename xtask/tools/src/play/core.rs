//! Through the core that is linked into this program, as the plugins use it but without one.

use std::collections::BTreeMap;

use ksmps_core::player::{self, Block, Channels, Control, Player, Reports, Shape, Status};
use ksmps_core::script::Script;
use serde_json::{Value, json};

use super::{Job, Kind, Played, is_error, refused};
use crate::error::Error;

/// The field of a plugin's state that is the core's.
const STATE_FIELD: &str = "ksmps";

/// Builds an engine and plays.
pub fn play(job: &Job) -> Result<Played, Error> {
    let (control, mut player) = player::pair(shape(job.kind));
    if let Some(state) = &job.state {
        let text = state["fields"][STATE_FIELD].as_str().unwrap_or_default();
        let no_state = |why: &dyn std::fmt::Display| Error::Usage(format!("the state cannot be read: {why}"));
        let state: Value = serde_json::from_str(text).map_err(|error| no_state(&error))?;
        control.restore(&state).map_err(|error| no_state(&error))?;
    }
    if let Some(document) = &job.document {
        control.load(document.text.clone(), Some(document.origin.clone()));
    }
    let status = control.activate(f64::from(job.rate));
    let remarks: Vec<String> = status.diagnostics.iter().map(ToString::to_string).collect();
    let Some(info) = status.info.as_ref().filter(|_| !remarks.iter().any(|remark| is_error(remark))) else {
        return Err(refused(job, remarks));
    };
    let named = |param: &ksmps_core::params::Param| Some((param.name.clone(), param.default?));
    let defaults: BTreeMap<String, f64> = info.params.iter().filter_map(|(_, param)| named(param)).collect();

    let script = bound(job, &status)?;
    let latency_frames = player.latency_frames();
    let channels = run(job, &script, &mut player, latency_frames);
    let state = state(&control);
    control.deactivate();
    Ok(Played { channels, latency_frames, defaults, remarks, state })
}

fn shape(kind: Kind) -> Shape {
    let (inputs, outputs) = match kind {
        Kind::Instrument => (0, 2),
        Kind::Effect => (4, 2),
        Kind::MultiOut => (0, 16),
    };
    // A document of one's own is always given; this one is only what stands there before.
    Shape { channels: Channels { inputs, outputs }, document: "" }
}

/// The script with its parameters in slots.
fn bound(job: &Job, status: &Status) -> Result<Script, Error> {
    let mut script = job.script.clone();
    let params = status.info.as_ref().map_or(&[][..], |info| &info.params);
    let find = |name: &str, value: &str| {
        let (slot, param) = params.iter().find(|(_, param)| param.name == name)?;
        Some((u16::try_from(*slot).ok()?, param.parse(value)?))
    };
    script.bind(find).map_err(|setting| {
        let names: Vec<&str> = params.iter().map(|(_, param)| param.name.as_str()).collect();
        let (name, value) = (setting.name, setting.value);
        Error::Usage(format!("`{name}` cannot be set to `{value}`; there are: {}", names.join(", ")))
    })?;
    Ok(script)
}

/// Plays block by block; gives the sound without its first `skip` frames.
fn run(job: &Job, script: &Script, player: &mut Player, skip: u32) -> Vec<Vec<f32>> {
    let channels = shape(job.kind).channels;
    let total = job.frames + u64::from(skip);
    let mut inputs = job.inputs.clone();
    inputs.resize(channels.inputs, Vec::new());
    inputs.iter_mut().for_each(|channel| channel.resize(total as usize, 0.0));
    let mut outputs = vec![vec![0.0; total as usize]; channels.outputs];
    let (mut events, mut reports) = (Vec::new(), Reports::default());
    for range in job.block.blocks(total) {
        let frames = (range.end - range.start) as usize;
        script.block(range.start, frames, &mut events);
        let span = range.start as usize..range.end as usize;
        let inputs: Vec<&[f32]> = inputs.iter().map(|channel| &channel[span.clone()]).collect();
        let mut outputs: Vec<&mut [f32]> =
            outputs.iter_mut().map(|channel| &mut channel[span.clone()]).collect();
        player.process(&mut Block {
            inputs: &inputs,
            outputs: &mut outputs,
            frames,
            events: &events,
            transport: None,
            reports: &mut reports,
        });
    }
    outputs.iter_mut().for_each(|channel| drop(channel.drain(..skip as usize)));
    outputs
}

/// The core's state in the form of a plugin's.
fn state(control: &Control) -> Value {
    json!({ "version": env!("CARGO_PKG_VERSION"), "params": {}, "fields": { STATE_FIELD: control.save().to_string() } })
}

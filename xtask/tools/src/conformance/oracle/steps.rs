//! A scenario's calls, made on an engine of the core.

use std::collections::HashMap;
use std::path::PathBuf;

use ksmps_core::csound::BusKind;
use ksmps_core::engine::verbs::prelude::*;
use ksmps_core::offline::sound_file::{self, Encoding, Sound};
use ksmps_core::offline::{OfflineBuilder, OfflineEngine, Perform};
use ksmps_core::verbs::{
    Automation, ChannelMode, ChannelValue, Compatibility, Curve, EngineError, EventId, Field, PlayDisk,
    PlaySample, Sched, SoundRead, TableInfo, TableNumber, TableSpec, TestSignal, When,
};
use serde_json::Value;

use super::scenario::{Follow, Scenario};
use super::value::{Arguments, Kept, Misfit};

/// What a call answered.
#[derive(Debug, Clone)]
pub enum Answer {
    /// Nothing.
    Nothing,
    /// A number.
    Number(f64),
    /// Yes or no.
    Flag(bool),
    /// Numbers.
    Numbers(Vec<f64>),
    /// An event's id.
    Event(EventId),
    /// Something of the core's that the reference gives a number of its own.
    Own,
    /// A rendered file.
    Job,
    /// What is known of a table.
    Table(TableInfo),
    /// The call cannot even be written in Rust.
    TypeError,
    /// An error.
    Error(EngineError),
}

/// What was seen after a call.
#[derive(Debug, Clone)]
pub struct Seen {
    /// What it answered.
    pub answer: Answer,
    /// Seconds performed, while the engine lives.
    pub now: Option<f64>,
    /// The end marker, while the engine lives.
    pub endtime: Option<f64>,
    /// Not made here: it exists for the reference alone.
    pub skipped: bool,
}

/// A scenario that was played.
pub struct Played {
    /// What was seen, step by step.
    pub steps: Vec<Seen>,
    /// The sound, `None` where the file is gone.
    pub sound: Option<Sound>,
    /// Where files were written to.
    pub out: tempfile::TempDir,
}

/// Why a scenario cannot be played.
pub enum Unplayable {
    /// Something went wrong.
    Broken(String),
    /// It asks for something that nobody here knows.
    Unknown(String),
}

/// Plays a scenario.
pub fn play(scenario: &Scenario) -> Result<Played, Unplayable> {
    let folder = tempfile::tempdir().map_err(|error| Unplayable::Broken(error.to_string()))?;
    let wav = folder.path().join("sound.wav");
    let mut engine = builder(scenario, wav.clone())?
        .build()
        .map_err(|error| Unplayable::Broken(format!("no engine: {error}")))?;
    let mut kept = HashMap::new();
    let mut steps = Vec::new();
    for (at, step) in scenario.steps.iter().enumerate() {
        let arguments = Arguments { step, kept: &kept, root: &scenario.root, out: folder.path() };
        let skipped = step.oracle_only || is_private(&arguments);
        let answer =
            if skipped { Ok(Answer::Nothing) } else { call(&mut engine, &arguments, scenario.follow) };
        let answer = match answer {
            Ok(answer) => answer,
            Err(Stop::Misfit(Misfit::Type)) => Answer::TypeError,
            Err(Stop::Misfit(Misfit::Unknown(what))) => {
                return Err(Unplayable::Unknown(format!("step {at}: {what}")));
            }
            Err(Stop::Error(error)) => Answer::Error(error),
        };
        let result = keep(&arguments, &answer);
        if let Some(id) = &step.id {
            kept.insert(id.clone(), result);
        }
        let alive = !engine.is_stopped();
        let (now, endtime) = (alive.then(|| engine.now()), alive.then(|| engine.end_time()));
        steps.push(Seen { answer, now, endtime, skipped });
    }
    if !engine.is_stopped() {
        engine.stop().map_err(|error| Unplayable::Broken(format!("at the end: {error}")))?;
    }
    drop(engine);
    let sound = if wav.exists() {
        Some(sound_file::read(&wav).map_err(|error| Unplayable::Broken(error.to_string()))?)
    } else {
        None
    };
    Ok(Played { steps, sound, out: folder })
}

/// Code that looks into variables of the reference's own orchestra, whose names begin with `gi__`.
fn is_private(arguments: &Arguments<'_>) -> bool {
    arguments.step.call == "evalCode" && arguments.text(0, "code").is_ok_and(|code| code.contains("gi__"))
}

/// The engine that a scenario asks for. The reference has buses where it is told a number of them or told to add
/// them; here their number says so.
fn builder(scenario: &Scenario, wav: PathBuf) -> Result<OfflineBuilder, Unplayable> {
    let config = &scenario.config;
    let number = |name: &str| config.get(name).and_then(Value::as_f64);
    let wrong = |name: &str| Unplayable::Broken(format!("{name} in the configuration"));
    let mut builder = OfflineEngine::builder().outfile(wav).encoding(Encoding::Float64);
    builder = builder.compatibility(match scenario.follow {
        Follow::Reference => Compatibility::Recorded,
        Follow::Document | Follow::Decide => Compatibility::Documented,
    });
    builder = builder.sample_rate(number("sr").unwrap_or(44_100.0) as u32);
    builder = builder.ksmps(number("ksmps").unwrap_or(64.0) as u32);
    builder = builder.channels(number("nchnls").unwrap_or(2.0) as u32);
    builder = match scenario.follow {
        // The recorded header spells A4 small, which leaves Csound's own.
        Follow::Reference => builder.a4(440.0),
        Follow::Document | Follow::Decide => builder.a4(number("a4").filter(|&a4| a4 > 0.0).unwrap_or(442.0)),
    };
    if let Some(code) = config.get("globalcode").and_then(Value::as_str) {
        builder = builder.global_code(code);
    }
    for include in config.get("includes").and_then(Value::as_array).into_iter().flatten() {
        let asset = include.get("$asset").and_then(Value::as_str).ok_or_else(|| wrong("includes"))?;
        builder = builder.include(scenario.root.join("_assets").join(asset));
    }
    if config.get("sampleAccurate").and_then(Value::as_bool) == Some(true) {
        builder = builder.sample_accurate();
    }
    for option in config.get("commandlineOptions").and_then(Value::as_array).into_iter().flatten() {
        builder = builder.option(option.as_str().ok_or_else(|| wrong("commandlineOptions"))?);
    }
    let asks_for_buses = scenario.steps.iter().any(|step| step.call == "addBusSupport");
    let buses = |name: &str, default: usize| match number(name) {
        Some(count) => count as usize,
        None if asks_for_buses => default,
        None => 0,
    };
    Ok(builder.num_audio_buses(buses("numAudioBuses", 64)).num_control_buses(buses("numControlBuses", 512)))
}

/// Why a call gave nothing.
enum Stop {
    Misfit(Misfit),
    Error(EngineError),
}

impl From<Misfit> for Stop {
    fn from(misfit: Misfit) -> Self {
        Self::Misfit(misfit)
    }
}

impl From<EngineError> for Stop {
    fn from(error: EngineError) -> Self {
        Self::Error(error)
    }
}

fn keep(arguments: &Arguments<'_>, answer: &Answer) -> Kept {
    match answer {
        Answer::Event(id) => Kept::Event(id.clone()),
        Answer::Number(number) => Kept::Number(*number),
        Answer::Numbers(_) if arguments.step.call == "channelPointer" => {
            arguments.text(0, "channel").map_or(Kept::Nothing, Kept::Channel)
        }
        _ => Kept::Nothing,
    }
}

/// Makes one call.
fn call(engine: &mut OfflineEngine, a: &Arguments<'_>, follow: Follow) -> Result<Answer, Stop> {
    let nothing = |()| Answer::Nothing;
    let number = Answer::Number;
    Ok(match a.step.call.as_str() {
        "compile" | "_compile" => engine.compile(&a.text(0, "code")?).map(nothing)?,
        "evalCode" => engine.eval(&a.text(0, "code")?).map(number)?,
        "call" => engine.call(&a.text(0, "func")?).map(number)?,
        "queryVariable" => engine.query_variable(&a.text(0, "variable")?).map(number)?,
        "includeFile" => engine.include_file(a.path(0, "include")?).map(nothing)?,
        "instrNum" | "queryNamedInstr" => {
            engine.instrument_number(&a.text(0, "instr")?).map(|found| number(f64::from(found)))?
        }
        "assignEventId" | "getUniqueInstrInstance" => {
            engine.assign_event_id(a.instr(0, "instr")?).map(Answer::Event)?
        }
        "sched" => engine.sched(event(a)?).map(Answer::Event)?,
        "unsched" => engine.unsched(a.instr(0, "p1")?, a.number(1, "delay", 0.0)?).map(nothing)?,
        "unschedFuture" => engine.unsched_future(a.instr(0, "p1")?).map(nothing)?,
        "unschedAll" => engine.unsched_all().map(nothing)?,
        "setp" => setp(engine, a)?,
        "getp" => engine.getp(a.instr(0, "eventid")?, a.count(1, "idx", 4)?)?.map_or(Answer::Nothing, number),
        "automatep" => {
            let line = line(a, 2)?;
            engine.automatep(a.instr(0, "p1")?, field(a)?, &line)?;
            Answer::Own
        }
        "strSet" => engine.str_set(&a.text(0, "s")?).map(|index| number(f64::from(index)))?,
        "strGet" => return Err(Misfit::Unknown("strGet is not recorded".into()).into()),
        "inputMessage" => {
            engine.input_message(&a.text(0, "msg")?)?;
            Answer::Nothing
        }
        "perform" => {
            let until = Some(a.number(0, "endtime", 0.0)?).filter(|&until| until != 0.0);
            engine.perform_with(Perform { until, extra: a.number(1, "extratime", 0.0)? }).map(nothing)?
        }
        "stop" => {
            let job = engine.stop_with(a.flag(0, "render", true), a.number(1, "extratime", 0.0)?)?;
            job.map_or(Answer::Nothing, |_| Answer::Job)
        }
        "cancel" => engine.cancel(a.flag(0, "remove", true)).map(nothing)?,
        "rewind" => engine.rewind(a.number(0, "offset", 0.0)?).map(nothing)?,
        "setEndMarker" => engine.set_end_marker(a.number(0, "time", 0.0)?).map(nothing)?,
        "elapsedTime" | "$time" => number(engine.elapsed_time()),
        "openOutfile" | "renderHistory" => {
            return Err(Misfit::Unknown(format!("{} opens a window", a.step.call)).into());
        }
        "write" => engine.write(a.path(0, "outfile")?).map(nothing)?,
        "generateCsd" => engine.generate_csd().map(|_| Answer::Own)?,
        other if other.contains("Bus") => bus_call(engine, a, follow)?,
        other if other.contains("hannel") || other == "$snapshot" => channel_call(engine, a)?,
        other if other.starts_with("play") || other == "testAudio" => play_call(engine, a)?,
        _ => table_call(engine, a)?,
    })
}

fn event(a: &Arguments<'_>) -> Result<Sched, Misfit> {
    let mut event = Sched::new(a.instr(0, "instr")?).dur(a.number(2, "dur", -1.0)?);
    let delay = a.number(1, "delay", 0.0)?;
    event = if a.step.kwargs.get("relative") == Some(&Value::Bool(false)) {
        event.at(delay)
    } else {
        event.delay(delay)
    };
    if a.flag(usize::MAX, "unique", false) {
        event = event.unique();
    }
    for value in a.step.args.iter().skip(3) {
        event = event.arg(a.arg(value)?);
    }
    if let Some(list) = a.get(usize::MAX, "args") {
        let items = list.get("$np").or_else(|| list.get("$tuple")).unwrap_or(list);
        let items = items.as_array().ok_or(Misfit::Type)?;
        event = event.args(items.iter().map(|value| a.arg(value)).collect::<Result<Vec<_>, _>>()?);
    }
    const OWN: [&str; 7] = ["instr", "delay", "dur", "args", "unique", "comment", "relative"];
    for (name, value) in a.step.kwargs.iter().filter(|(name, _)| !OWN.contains(&name.as_str())) {
        event = event.field(name, a.arg(value)?);
    }
    Ok(event)
}

fn setp(engine: &mut OfflineEngine, a: &Arguments<'_>) -> Result<Answer, Stop> {
    let flat = a.step.args.iter().skip(1).map(|value| a.as_number(value)).collect::<Result<Vec<_>, _>>()?;
    if flat.len() % 2 == 1 {
        return Err(EngineError::OddPairs(flat.len()).into());
    }
    let pairs = flat.chunks_exact(2).map(|pair| (pair[0] as usize, pair[1]));
    engine.setp(a.instr(0, "p1")?, pairs, a.number(usize::MAX, "delay", 0.0)?)?;
    Ok(Answer::Nothing)
}

fn field(a: &Arguments<'_>) -> Result<Field, Misfit> {
    match a.get(1, "pfield").or_else(|| a.get(1, "pidx")) {
        Some(Value::String(name)) => Ok(Field::from(name.as_str())),
        Some(value) => Ok(Field::from(a.as_number(value)? as usize)),
        None => Err(Misfit::Type),
    }
}

/// The line of an automation, whose arguments begin with the pairs at `place`.
fn line(a: &Arguments<'_>, place: usize) -> Result<Automation, Stop> {
    let pairs = a.get(place, "pairs").ok_or(Misfit::Type)?;
    let mode = a.get(place + 1, "mode").and_then(Value::as_str).unwrap_or("linear");
    let mut line =
        Automation::new(&a.numbers(pairs)?)?.curve(mode.parse::<Curve>().map_err(EngineError::from)?);
    line = line.delay(a.number(place + 2, "delay", 0.0)?);
    Ok(if a.flag(place + 3, "overtake", false) { line.overtake() } else { line })
}

fn bus_call(engine: &mut OfflineEngine, a: &Arguments<'_>, follow: Follow) -> Result<Answer, Stop> {
    Ok(match a.step.call.as_str() {
        "hasBusSupport" => Answer::Flag(engine.has_bus_support()?),
        "assignBus" => {
            let kind = match a.get(0, "kind").and_then(Value::as_str) {
                Some("audio") => Some(BusKind::Audio),
                Some("control") => Some(BusKind::Control),
                _ => None,
            };
            let value = a.get(1, "value").map(|value| a.as_number(value)).transpose()?;
            // The documents' buses do not persist by themselves, those of the recorded version do.
            let persists = a.flag(2, "persist", follow == Follow::Reference);
            Answer::Number(engine.assign_bus(kind, value, persists)?.number())
        }
        "writeBus" => {
            engine.write_bus(a.bus(0)?, a.number(1, "value", 0.0)?, a.number(2, "delay", 0.0)?)?;
            Answer::Nothing
        }
        "readBus" => Answer::Number(engine.read_bus(a.bus(0)?)?),
        "automateBus" => {
            let line = line(a, 1)?;
            engine.automate_bus(a.bus(0)?, &line)?;
            Answer::Own
        }
        "releaseBus" => {
            engine.release_bus(a.bus(0)?, a.number(1, "delay", 0.0)?)?;
            Answer::Nothing
        }
        other => return Err(Misfit::Unknown(format!("nobody knows {other}")).into()),
    })
}

fn channel_call(engine: &mut OfflineEngine, a: &Arguments<'_>) -> Result<Answer, Stop> {
    Ok(match a.step.call.as_str() {
        "initChannel" => {
            let mode = match a.get(3, "mode").and_then(Value::as_str) {
                Some("w") => ChannelMode::Write,
                Some("rw") => ChannelMode::ReadWrite,
                _ => ChannelMode::Read,
            };
            engine.init_channel(&a.text(0, "channel")?, channel_value(a)?, mode)?;
            Answer::Nothing
        }
        "setChannel" => {
            // The live engine's has a method in between.
            let has_method = a.get(2, "method").is_some_and(Value::is_string);
            let delay = a.number(if has_method { 3 } else { 2 }, "delay", 0.0)?;
            engine.set_channel(&a.text(0, "channel")?, channel_value(a)?, delay)?;
            Answer::Nothing
        }
        "channelValue" | "getControlChannel" => {
            Answer::Number(engine.control_channel(&a.text(0, "channel")?)?)
        }
        "channelPointer" => {
            let name = a.text(0, "channel")?;
            if a.get(1, "kind").and_then(Value::as_str) == Some("audio") {
                engine.audio_channel(&name)?;
                return Ok(Answer::Own);
            }
            engine.channel_handle(&name)?;
            Answer::Numbers(vec![engine.control_channel(&name)?])
        }
        "$snapshot" => match a.earlier(a.get(0, "of").ok_or(Misfit::Type)?)?.clone() {
            Kept::Channel(name) => Answer::Numbers(vec![engine.control_channel(&name)?]),
            _ => return Err(Misfit::Type.into()),
        },
        other => return Err(Misfit::Unknown(format!("nobody knows {other}")).into()),
    })
}

fn channel_value(a: &Arguments<'_>) -> Result<ChannelValue, Misfit> {
    match a.get(1, "value") {
        None if a.get(2, "kind").and_then(Value::as_str) == Some("S") => {
            Ok(ChannelValue::Text(String::new()))
        }
        None => Ok(ChannelValue::Number(0.0)),
        Some(Value::String(text)) => Ok(ChannelValue::Text(text.clone())),
        Some(value) if value.is_array() || value.get("$np").is_some() || value.get("$tuple").is_some() => {
            Ok(ChannelValue::Audio(a.numbers(value)?))
        }
        Some(value) => Ok(ChannelValue::Number(a.as_number(value)?)),
    }
}

fn play_call(engine: &mut OfflineEngine, a: &Arguments<'_>) -> Result<Answer, Stop> {
    Ok(Answer::Event(match a.step.call.as_str() {
        "playSample" => {
            let play = PlaySample {
                when: When::In(a.number(1, "delay", 0.0)?),
                channel: a.count(2, "chan", 1)?,
                speed: a.number(3, "speed", 1.0)?,
                gain: a.number(4, "gain", 1.0)?,
                fade: a.number(5, "fade", 0.0)?,
                start: a.number(6, "starttime", 0.0)?,
                lag: a.number(7, "lagtime", 0.01)?,
                dur: a.number(8, "dur", -1.0)?,
            };
            engine.play_sample(a.table(0, &["tabnum", "source"])?, play)?
        }
        "playSoundFromDisk" => {
            let play = PlayDisk {
                when: When::In(a.number(1, "delay", 0.0)?),
                dur: a.number(2, "dur", -1.0)?,
                channel: a.count(3, "chan", 0)?,
                speed: a.number(4, "speed", 1.0)?,
                fade: a.number(5, "fade", 0.01)?,
                gain: a.number(usize::MAX, "gain", 1.0)?,
            };
            engine.play_from_disk(&a.path(0, "path")?, play)?
        }
        "testAudio" => {
            let signal = if a.get(3, "mode").and_then(Value::as_str) == Some("sine") {
                TestSignal::Sine
            } else {
                TestSignal::Pink
            };
            let (dur, period) = (a.number(0, "dur", 4.0)?, a.number(2, "period", 1.0)?);
            engine.test_audio(
                a.number(1, "delay", 0.0)?,
                dur,
                period,
                signal,
                a.number(4, "gaindb", -6.0)?,
            )?
        }
        other => return Err(Misfit::Unknown(format!("nobody knows {other}")).into()),
    }))
}

fn table_number(a: &Arguments<'_>, place: usize) -> Result<TableNumber, Misfit> {
    // In the documents 0 asks Csound for a number when a table is made from data, and the engine when it is read.
    let of_data = a.step.call == "makeTable";
    Ok(match a.number(place, "tabnum", -1.0)? {
        0.0 if of_data => TableNumber::Csound,
        number if number >= 1.0 => TableNumber::Exactly(number as u32),
        _ => TableNumber::Next,
    })
}

fn table_call(engine: &mut OfflineEngine, a: &Arguments<'_>) -> Result<Answer, Stop> {
    let made = |table: u32| Answer::Number(f64::from(table));
    Ok(match a.step.call.as_str() {
        "makeTable" => {
            let data = a.get(0, "data").ok_or(Misfit::Type)?;
            let spec = TableSpec {
                rate: a.count(1, "sr", 0)? as u32,
                number: table_number(a, 2)?,
                when: When::In(a.number(3, "delay", 0.0)?),
                channels: Arguments::channels(data),
            };
            engine.make_table(&a.numbers(data)?, spec).map(made)?
        }
        "makeEmptyTable" => {
            let spec = TableSpec {
                channels: a.count(1, "numchannels", 1)?,
                rate: a.count(2, "sr", 0)? as u32,
                when: When::In(a.number(3, "delay", 0.0)?),
                ..TableSpec::default()
            };
            engine.make_empty_table(a.count(0, "size", 0)?, spec).map(made)?
        }
        "fillTable" => {
            let data = a.numbers(a.get(1, "data").ok_or(Misfit::Type)?)?;
            engine.fill_table(a.table(0, &["tabnum", "tableindex", "idx"])?, &data)?;
            Answer::Nothing
        }
        "$tabledata" | "getTableData" | "tableData" => {
            Answer::Numbers(engine.table_data(a.table(0, &["tabnum", "tableindex", "idx"])?)?.to_vec())
        }
        "tableInfo" => Answer::Table(engine.table_info(a.table(0, &["tabnum", "tableindex", "idx"])?)?),
        "tableExists" => Answer::Flag(engine.table_exists(a.table(0, &["tabnum", "tableindex", "idx"])?)?),
        "freeTable" => {
            engine.free_table(a.table(0, &["tabnum", "tableindex", "idx"])?, a.number(1, "delay", 0.0)?)?;
            Answer::Nothing
        }
        "readSoundfile" => {
            let read = SoundRead {
                number: table_number(a, 1)?,
                channel: a.count(2, "chan", 0)?,
                skip: a.number(3, "skiptime", 0.0)?,
                when: When::In(a.number(4, "delay", 0.0)?),
                unique: a.flag(5, "unique", true),
            };
            engine.read_soundfile(&a.path(0, "path")?, read).map(made)?
        }
        other => return Err(Misfit::Unknown(format!("nobody knows {other}")).into()),
    })
}

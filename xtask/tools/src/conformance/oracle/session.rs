//! A scenario's calls, made on a session of the core.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use ksmps_core::offline::sound_file::{self, Encoding, Sound};
use ksmps_core::offline::{RenderOptions, RenderSession as _};
use ksmps_core::session::{
    ArgPlace, ArgValue, Automate, BusKind, ChannelKind, EventId, Include, Partials, PartialsSource,
    PlayPartials, PlaySample, SampleSource, Sched, Session, SessionConfig, SessionError, TableId,
    TableSource, Template,
};
use serde_json::{Map, Value, json};

use super::scenario::{Scenario, Step};
use super::session_value::{Kept, Stop, flag, get, items, missing, text};
use super::steps::Unplayable;

/// What a call answered.
#[derive(Debug)]
pub enum Answer {
    /// A value, in the recording's own form.
    Value(Value),
    /// An error.
    Error(SessionError),
    /// The call cannot even be written in Rust.
    TypeError,
    /// Not made here: it exists for the reference alone.
    Skipped,
}

/// A scenario that was played.
pub struct Played {
    /// What each call answered.
    pub answers: Vec<Answer>,
    /// The sound, `None` where nothing was rendered.
    pub sound: Option<Sound>,
    /// What the csound command line makes of the session's .csd, where there was a sound.
    pub exported: Option<Sound>,
    /// Where files were written to.
    pub out: tempfile::TempDir,
}

/// A session and what came of the calls so far.
pub struct Player<'a> {
    pub(super) session: Session,
    pub(super) kept: HashMap<String, Kept>,
    pub(super) scenario: &'a Scenario,
    pub(super) out: &'a Path,
    /// Whether the last render was not the whole of what the .csd says.
    is_cropped: bool,
    rendered: bool,
}

/// Plays a scenario.
pub fn play(scenario: &Scenario) -> Result<Played, Unplayable> {
    let out = tempfile::tempdir().map_err(|error| Unplayable::Broken(error.to_string()))?;
    let config = config(&scenario.config);
    let session = Session::new(config).map_err(|error| Unplayable::Broken(error.to_string()))?;
    let mut player = Player {
        session,
        kept: HashMap::new(),
        scenario,
        out: out.path(),
        is_cropped: false,
        rendered: false,
    };
    let mut answers = Vec::new();
    for (at, step) in scenario.steps.iter().enumerate() {
        let called = if step.oracle_only { Ok(Value::Null) } else { player.call(step) };
        answers.push(match called {
            Ok(_) if step.oracle_only => Answer::Skipped,
            Ok(value) => Answer::Value(value),
            Err(Stop::Refused(error)) => Answer::Error(error),
            Err(Stop::Type) => Answer::TypeError,
            Err(Stop::Unknown(what)) => return Err(Unplayable::Unknown(format!("step {at}: {what}"))),
        });
    }
    let read = |path: &Path| sound_file::read(path).map_err(|error| Unplayable::Broken(error.to_string()));
    let wav = player.wav();
    let sound = wav.exists().then(|| read(&wav)).transpose()?;
    let is_whole = sound.is_some() && !player.is_cropped;
    let exported = if is_whole { Some(export(&player.session, out.path())?) } else { None };
    Ok(Played { answers, sound, exported, out })
}

/// Writes the session as a .csd and has the csound command line render it.
fn export(session: &Session, folder: &Path) -> Result<Sound, Unplayable> {
    let csd = folder.join("exported.csd");
    session.write_csd(&csd).map_err(|error| Unplayable::Broken(format!("as a .csd: {error}")))?;
    let wav = folder.join("exported.wav");
    let mut csound = Command::new("csound");
    csound.args(["-d", "-m0", "-W", "--format=double", "-o"]).arg(&wav).arg(&csd);
    let output = csound.output().map_err(|error| Unplayable::Broken(format!("csound: {error}")))?;
    if !output.status.success() && !wav.exists() {
        return Err(Unplayable::Broken(format!("csound: {}", String::from_utf8_lossy(&output.stderr))));
    }
    sound_file::read(&wav).map_err(|error| Unplayable::Broken(error.to_string()))
}

fn config(given: &Map<String, Value>) -> SessionConfig {
    let number = |name: &str| given.get(name).and_then(Value::as_f64);
    let default = SessionConfig::default();
    SessionConfig {
        sr: number("sr").map_or(default.sr, |sr| sr as u32),
        ksmps: number("ksmps").map_or(default.ksmps, |ksmps| ksmps as u32),
        channels: number("nchnls").map_or(default.channels, |channels| channels as u32),
        a4: number("a4").filter(|a4| *a4 > 0.0).unwrap_or(default.a4),
        priorities: number("priorities").map_or(default.priorities, |count| count as u32),
        audio_buses: number("numAudioBuses").map_or(default.audio_buses, |count| count as usize),
        control_buses: number("numControlBuses").map_or(default.control_buses, |count| count as usize),
        controls_per_event: number("dynamicArgsPerInstr")
            .map_or(default.controls_per_event, |count| count as usize),
    }
}

impl Player<'_> {
    fn wav(&self) -> PathBuf {
        self.out.join("sound.wav")
    }

    fn call(&mut self, step: &Step) -> Result<Value, Stop> {
        let null = |()| Value::Null;
        match step.call.as_str() {
            "defInstr" => self.define(step),
            "commitInstrument" => Ok(json!(
                self.session
                    .commit(&text(step, 0, "instrname")?, self.number(step, 1, "priority", 1.0)? as i32)?
            )),
            "getInstr" => {
                Ok(self.session.template(&text(step, 0, "name")?).map_or(Value::Null, |_| json!(true)))
            }
            "compile" | "addGlobalCode" => {
                self.session.add_code(text(step, 0, "code")?, flag(step, 1, "unique", false));
                Ok(Value::Null)
            }
            "includeFile" => Ok(null(self.session.include_file(self.path(step, 0, "path")?)?)),
            "sched" => self.sched(step),
            "set" => self.set(step),
            "automate" => self.automate(step),
            "stop" => {
                let event = self.event_of(step)?;
                Ok(null(self.session.stop(event, self.number(step, 0, "delay", 0.0)?)?))
            }
            "unsched" => self.unsched(step),
            "assignBus" => self.assign_bus(step),
            "makeTable" => self.make_table(step),
            "readSoundfile" => {
                let sound = ksmps_core::session::Sound {
                    path: self.path(step, 0, "path")?,
                    channel: self.number(step, 1, "chan", 0.0)? as usize,
                    skip: self.number(step, 2, "skiptime", 0.0)?,
                };
                let table = self.session.read_sound(
                    sound,
                    self.number(step, 3, "delay", 0.0)?,
                    flag(step, 4, "force", false),
                )?;
                self.keep_table(step, table)
            }
            "playSample" => self.play_sample(step),
            "playPartials" => self.play_partials(step),
            "initChannel" => {
                let kind = match get(step, 2, "kind").and_then(Value::as_str) {
                    Some("k") => Some(ChannelKind::Control),
                    Some("S") => Some(ChannelKind::Text),
                    Some("a") => Some(ChannelKind::Audio),
                    _ => None,
                };
                let value = get(step, 1, "value").map(|value| self.value(value)).transpose()?;
                Ok(null(self.session.init_channel(&text(step, 0, "channel")?, value, kind)?))
            }
            "setChannel" => {
                let value = get(step, 1, "value").ok_or_else(|| missing(step, "value"))?;
                let value = self.value(value)?;
                let at = self.number(step, 2, "delay", 0.0)?;
                Ok(null(self.session.set_channel(&text(step, 0, "channel")?, value, at)?))
            }
            "setEndMarker" => Ok(null(self.session.set_end_marker(self.number(step, 0, "time", 0.0)?)?)),
            "renderDuration" => Ok(seconds(self.session.render_duration())),
            "scoreTimeRange" => {
                let (start, end) = self.session.score_time_range();
                Ok(json!([seconds(start), seconds(end)]))
            }
            "strSet" => {
                let text = text(step, 0, "s")?;
                let asked = get(step, 1, "index").map(|index| self.number_of(index)).transpose()?;
                let number = match asked {
                    Some(index) => self.session.str_set_at(&text, index as u32)?,
                    None => self.session.str_set(&text),
                };
                self.keep(step, Kept::Text(number));
                Ok(if asked.is_some() { json!(number) } else { json!({"type": "text", "number": number}) })
            }
            "get" => match self.target(step) {
                Some(Kept::Bus(bus)) => Ok(json!(self.session.bus_value(bus, 0.0)?)),
                _ => Err(Stop::Unknown("get is called on no bus".into())),
            },
            "release" => match self.target(step) {
                Some(Kept::Bus(bus)) => {
                    Ok(null(self.session.release_bus(bus, self.number(step, 0, "delay", 0.0)?)?))
                }
                _ => Err(Stop::Unknown("release is called on no bus".into())),
            },
            "setCsoundOptions" => {
                let options = step.args.iter().filter_map(Value::as_str).map(str::to_owned);
                self.session.set_csound_options(options);
                Ok(Value::Null)
            }
            "hasBusSupport" => Ok(json!(true)),
            "elapsedTime" => Ok(json!(0.0)),
            "renderMode" => Ok(json!("offline")),
            "lastRenderJob" if self.rendered => Ok(json!({"type": "renderjob"})),
            "lastRenderJob" | "lastRenderedSoundfile" if !self.rendered => Ok(Value::Null),
            "lastRenderedSoundfile" => Ok(own()),
            "generateCsdString" | "generateCsd" => self.session.csd().map(|_| own()).map_err(Stop::Refused),
            "registeredInstrs" => Ok(json!(
                self.session
                    .templates()
                    .map(|known| (known.template().name.clone(), own()))
                    .collect::<Map<_, _>>()
            )),
            "getEventById" => {
                let id = EventId(self.number(step, 0, "eventid", -1.0)? as u64);
                Ok(if self.session.event(id).is_some() { self.keep_event(step, id) } else { Value::Null })
            }
            "getEventsByP1" => {
                let p1 = self.number(step, 0, "p1", f64::NAN)?;
                let found: Vec<EventId> = self.session.events_by_p1(p1).map(|event| event.id()).collect();
                Ok(found.into_iter().map(|id| self.keep_event(step, id)).collect())
            }
            "$attr" => match self.target(step) {
                Some(kept) => self.attribute(kept, &text(step, 0, "name")?),
                None => Err(missing(step, "name")),
            },
            "writeCsd" => Ok(null(self.session.write_csd(self.path(step, 0, "outfile")?)?)),
            "render" => self.render(step),
            other => Err(Stop::Unknown(format!("nobody knows the call {other}"))),
        }
    }

    fn define(&mut self, step: &Step) -> Result<Value, Stop> {
        let name = text(step, 0, "name")?;
        let mut template = Template::new(&name, text(step, 1, "body")?);
        for (argument, default) in get(step, 2, "args").and_then(Value::as_object).into_iter().flatten() {
            template = template.arg(argument, self.value(default)?);
        }
        for (alias, argument) in get(step, 7, "aliases").and_then(Value::as_object).into_iter().flatten() {
            template = template.alias(alias, argument.as_str().unwrap_or_default());
        }
        for include in get(step, 6, "includes").and_then(items).into_iter().flatten() {
            template = template.include(Include::read(self.path_of(include)?).map_err(SessionError::from)?);
        }
        if let Some(init) = get(step, 3, "init").and_then(Value::as_str) {
            template = template.init(init);
        }
        if !flag(step, 8, "useDynamicPfields", true) {
            template = template.controls_in_table();
        }
        self.session.define(template)?;
        // PANIC: it was defined one line above.
        let registered = self.session.template(&name).expect("the template was defined");
        let (mut pfields, mut index, mut controls) = (Map::new(), Map::new(), Map::new());
        for arg in registered.args() {
            let default = match &arg.default {
                ArgValue::Number(number) => json!(number),
                ArgValue::Text(text) => json!(text),
            };
            match arg.place {
                ArgPlace::Field(field) => {
                    pfields.insert(arg.name.clone(), default);
                    index.insert(arg.name.clone(), json!(field));
                }
                ArgPlace::Control(_) => drop(controls.insert(arg.name.clone(), default)),
            }
        }
        Ok(json!({"type": "instr", "pfields": pfields, "index": index, "controls": controls}))
    }

    fn sched(&mut self, step: &Step) -> Result<Value, Stop> {
        let mut sched = Sched::new(text(step, 0, "instrname")?)
            .at(self.number(step, 1, "delay", 0.0)?)
            .dur(self.number(step, 2, "dur", -1.0)?)
            .priority(self.number(step, usize::MAX, "priority", 1.0)? as i32);
        let single = step.args.iter().skip(3);
        let mut listed: Vec<ArgValue> = single.map(|value| self.value(value)).collect::<Result<_, _>>()?;
        match step.kwargs.get("args").filter(|args| !args.is_null()) {
            Some(list) if items(list).is_some() => {
                if !listed.is_empty() {
                    let both = "arguments come one by one or as a list, not both".to_owned();
                    return Err(SessionError::Arguments(both).into());
                }
                listed = self.values(list)?;
            }
            Some(Value::Object(named)) => {
                for (name, value) in named {
                    sched = sched.with(name, self.value(value)?);
                }
            }
            Some(_) => return Err(Stop::Type),
            None => {}
        }
        for (name, value) in &step.kwargs {
            if !matches!(
                name.as_str(),
                "instrname" | "args" | "priority" | "delay" | "dur" | "whenfinished" | "relative" | "name"
            ) {
                sched = sched.with(name, self.value(value)?);
            }
        }
        let event = self.session.sched(sched.args(listed))?;
        Ok(self.keep_event(step, event))
    }

    fn keep_event(&mut self, step: &Step, event: EventId) -> Value {
        self.keep(step, Kept::Event(event));
        // PANIC: the session returned the id just now.
        let event = self.session.event(event).expect("the event was scheduled");
        json!({
            "type": "event",
            "p1": event.p1(),
            "start": event.start(),
            "dur": event.dur(),
            "args": event.args(),
            "priority": event.priority(),
            "slot": event.slot(),
            "own": event.template().starts_with('.') || self.mentions_text(step),
        })
    }

    fn set(&mut self, step: &Step) -> Result<Value, Stop> {
        if let Some(Kept::Bus(bus)) = self.target(step) {
            let value = get(step, 0, "value").ok_or_else(|| missing(step, "value"))?;
            self.session.set_bus(bus, self.number_of(value)?, self.number(step, 1, "delay", 0.0)?)?;
            return Ok(Value::Null);
        }
        let event = self.event_of(step)?;
        // An example of the documents has the delay in front.
        let (place, delay) = if step.args.first().is_some_and(Value::is_number) { (1, 0) } else { (0, 2) };
        let at = self.number(step, delay, "delay", 0.0)?;
        if let (Some(name), Some(value)) = (get(step, place, "param"), get(step, place + 1, "value")) {
            self.session.set(event, name.as_str().ok_or(Stop::Type)?, self.number_of(value)?, at)?;
        }
        let is_own = |name: &str| matches!(name, "delay" | "param" | "value");
        for (name, value) in step.kwargs.iter().filter(|(name, _)| !is_own(name)) {
            self.session.set(event, name, self.number_of(value)?, at)?;
        }
        Ok(Value::Null)
    }

    fn automate(&mut self, step: &Step) -> Result<Value, Stop> {
        let (target, param) = match self.target(step) {
            Some(kept) => (kept, 0),
            None => (self.earlier(get(step, 0, "event").ok_or_else(|| missing(step, "event"))?)?, 1),
        };
        let place = if matches!(target, Kept::Bus(_)) { param } else { param + 1 };
        let pairs = get(step, place, "pairs").ok_or_else(|| missing(step, "pairs"))?;
        let mut line = Automate::new(self.points(pairs)?);
        if let Some(mode) = get(step, place + 1, "mode").and_then(Value::as_str) {
            line = line.curve(
                mode.parse()
                    .map_err(|error| SessionError::Engine(ksmps_core::verbs::EngineError::from(error)))?,
            );
        }
        if get(step, place + 2, "delay").is_some() {
            line = line.at(self.number(step, place + 2, "delay", 0.0)?);
        }
        if flag(step, place + 3, "overtake", false) {
            line = line.overtake();
        }
        match target {
            Kept::Event(event) => drop(self.session.automate(event, &text(step, param, "param")?, line)?),
            Kept::Bus(bus) => self.session.automate_bus(bus, line)?,
            kept => return Err(Stop::Unknown(format!("{kept:?} is not automated"))),
        }
        Ok(json!(0))
    }

    fn unsched(&mut self, step: &Step) -> Result<Value, Stop> {
        let at = self.number(step, 1, "delay", 0.0)?;
        let event = get(step, 0, "event").ok_or_else(|| missing(step, "event"))?;
        match self.earlier(event) {
            Ok(Kept::Event(id)) if event.get("attr").is_none() => self.session.stop(id, at)?,
            _ => self.session.unsched(self.number_of(event)?, at)?,
        }
        Ok(Value::Null)
    }

    fn assign_bus(&mut self, step: &Step) -> Result<Value, Stop> {
        let kind = match get(step, 0, "kind").and_then(Value::as_str) {
            Some("audio") => Some(BusKind::Audio),
            Some("control") => Some(BusKind::Control),
            _ => None,
        };
        let value = get(step, 1, "value").map(|value| self.number_of(value)).transpose()?;
        let bus = self.session.assign_bus(kind, value, flag(step, 2, "persist", false))?;
        self.keep(step, Kept::Bus(bus));
        let kind = if self.session.bus_kind(bus)? == Some(BusKind::Control) { "control" } else { "audio" };
        Ok(json!({"type": "bus", "token": bus.0, "kind": kind}))
    }

    fn make_table(&mut self, step: &Step) -> Result<Value, Stop> {
        let (source, channels) = match (get(step, 0, "data"), get(step, 1, "size")) {
            (Some(data), _) => {
                let channels =
                    items(data).and_then(|rows| rows.first()).and_then(items).map_or(1, <[Value]>::len);
                (TableSource::Data(self.numbers(data)?), channels)
            }
            (None, Some(size)) => {
                let size = if size.is_number() { vec![self.number_of(size)?] } else { self.numbers(size)? };
                let channels = size.get(1).map_or(1, |channels| *channels as usize);
                (TableSource::Zeros(size[0] as usize * channels), channels)
            }
            (None, None) => return Err(missing(step, "data")),
        };
        let (rate, at) = (self.number(step, 3, "sr", 0.0)? as u32, self.number(step, 4, "delay", 0.0)?);
        let mut table = self.session.make_table(source, rate, channels, at, flag(step, 5, "unique", true))?;
        let asked = self.number(step, 2, "tabnum", 0.0)?;
        if asked > 0.0 {
            table = self.session.number_table(table, asked as u32)?;
        }
        self.keep_table(step, table)
    }

    /// The reference counts the values of an empty table of several channels as frames.
    fn keep_table(&mut self, step: &Step, table: TableId) -> Result<Value, Stop> {
        self.keep(step, Kept::Table(table));
        let known = self.session.table(table)?;
        let is_empty = matches!(known.source, TableSource::Zeros(_));
        let frames = if is_empty { known.frames * known.channels } else { known.frames };
        Ok(
            json!({"type": "table", "tabnum": table.0, "numframes": frames, "sr": known.rate, "nchnls": known.channels}),
        )
    }

    fn play_sample(&mut self, step: &Step) -> Result<Value, Stop> {
        let source = get(step, 0, "source").ok_or_else(|| missing(step, "source"))?;
        let source = match source {
            Value::Number(_) => SampleSource::Table(TableId(self.number_of(source)? as u32)),
            _ if source.get("$").is_some() => SampleSource::Table(TableId(self.number_of(source)? as u32)),
            _ => match items(source) {
                Some([data, rate]) => {
                    let channels =
                        items(data).and_then(|rows| rows.first()).and_then(items).map_or(1, <[Value]>::len);
                    let (data, rate) = (TableSource::Data(self.numbers(data)?), self.number_of(rate)? as u32);
                    SampleSource::Table(self.session.make_table(data, rate, channels, 0.0, true)?)
                }
                _ => SampleSource::File(self.path_of(source)?),
            },
        };
        let default = PlaySample::default();
        let fade = match get(step, 9, "fade") {
            None => default.fade,
            Some(Value::Number(fade)) => (fade.as_f64().unwrap_or(0.0), fade.as_f64().unwrap_or(0.0)),
            Some(pair) => match self.numbers(pair)?[..] {
                [fade_in, fade_out] => (fade_in, fade_out),
                _ => return Err(missing(step, "fade")),
            },
        };
        let play = PlaySample {
            at: self.number(step, 1, "delay", 0.0)?,
            dur: Some(self.number(step, 2, "dur", 0.0)?).filter(|dur| *dur != 0.0),
            channel: self.number(step, 3, "chan", 1.0)? as usize,
            gain: self.number(step, 4, "gain", 1.0)?,
            speed: self.number(step, 5, "speed", 1.0)?,
            looped: flag(step, 6, "loop", false),
            pan: self.number(step, 7, "pan", default.pan)?,
            skip: self.number(step, 8, "skip", 0.0)?,
            fade,
            crossfade: self.number(step, 10, "crossfade", default.crossfade)?,
        };
        let event = self.session.play_sample(source, play)?;
        Ok(self.keep_event(step, event))
    }

    fn play_partials(&mut self, step: &Step) -> Result<Value, Stop> {
        let source = get(step, 0, "source").ok_or_else(|| missing(step, "source"))?;
        let source = match source.get("$np").and_then(Value::as_array) {
            Some(rows) => {
                let rows: Vec<Vec<f64>> =
                    rows.iter().map(|row| self.numbers(row)).collect::<Result<_, _>>()?;
                PartialsSource::Partials(Partials::from_rows(rows)?)
            }
            None if source.is_number() || source.get("$").is_some() => {
                return Err(Stop::Unknown("partials of a table have no rows here".into()));
            }
            None => PartialsSource::File(self.path_of(source)?),
        };
        let default = PlayPartials::default();
        let play = PlayPartials {
            at: self.number(step, 1, "delay", default.at)?,
            dur: self.number(step, 2, "dur", default.dur)?,
            speed: self.number(step, 3, "speed", default.speed)?,
            freq_scale: self.number(step, 4, "freqscale", default.freq_scale)?,
            gain: self.number(step, 5, "gain", default.gain)?,
            bandwidth_scale: self.number(step, 6, "bwscale", default.bandwidth_scale)?,
            looped: flag(step, 7, "loop", default.looped),
            channel: self.number(step, 8, "chan", default.channel as f64)? as usize,
            start: self.number(step, 9, "start", default.start)?,
            stop: self.number(step, 10, "stop", default.stop)?,
            min_freq: self.number(step, 11, "minfreq", default.min_freq)?,
            max_freq: self.number(step, 12, "maxfreq", default.max_freq)?,
            max_polyphony: self.number(step, 13, "maxpolyphony", default.max_polyphony as f64)? as usize,
            gaussian: flag(step, 14, "gaussian", default.gaussian),
            interpolate_freq: flag(step, 15, "interpfreq", default.interpolate_freq),
            position: self.number(step, 17, "position", default.position)?,
        };
        let event = self.session.play_partials(source, play)?;
        Ok(self.keep_event(step, event))
    }

    fn render(&mut self, step: &Step) -> Result<Value, Stop> {
        let endtime = Some(self.number(step, 1, "endtime", 0.0)?).filter(|seconds| *seconds != 0.0);
        let given = |place, name| self.number(step, place, name, 0.0);
        let whole = |number: f64| Some(number as u32).filter(|number| *number != 0);
        let listed = get(step, 11, "csoundoptions").and_then(items).into_iter().flatten();
        let options = RenderOptions {
            endtime,
            starttime: given(6, "starttime")?,
            tail: given(10, "tail")?,
            sr: whole(given(8, "sr")?),
            ksmps: whole(given(9, "ksmps")?),
            // Nothing is to get lost that can be compared.
            encoding: Some(Encoding::Float64),
            options: listed.filter_map(Value::as_str).map(str::to_owned).collect(),
            ..RenderOptions::default()
        };
        let whole = RenderOptions { encoding: options.encoding, ..RenderOptions::default() };
        (self.is_cropped, self.rendered) = (options != whole, true);
        self.session.render(self.wav(), &options)?;
        Ok(json!({"type": "renderjob"}))
    }
}

/// Something that is the session's own and not compared.
fn own() -> Value {
    json!({"type": "own"})
}

/// Seconds as the recording writes them.
fn seconds(value: f64) -> Value {
    if value.is_finite() { json!(value) } else { json!("Infinity") }
}

/// The names of an error: its variant, and the classes the reference has for the same.
pub fn names(error: &SessionError) -> Vec<String> {
    let classes: &[&str] = match error {
        SessionError::UnknownTemplate { .. } | SessionError::UnknownArgument { .. } => &["KeyError"],
        SessionError::Template { .. } | SessionError::Compile { .. } => &["CsoundError"],
        SessionError::NothingToRender(_) => &["RenderError"],
        SessionError::Priority { .. } => &["ValueError", "AssertionError"],
        SessionError::File { .. } => &["FileNotFoundError"],
        _ => &["ValueError"],
    };
    let debug = format!("{error:?}");
    let variant = debug.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned();
    classes.iter().map(|&class| class.to_owned()).chain([variant]).collect()
}

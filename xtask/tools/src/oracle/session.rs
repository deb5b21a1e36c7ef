//! A scenario's calls, made on a session of the core.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use ksmps_core::offline::sound_file::{self, Encoding, Sound};
use ksmps_core::session::{
    ArgPlace, ArgValue, Automate, BusId, BusKind, ChannelKind, EventId, Include, Partials, PartialsSource,
    PlayPartials, PlaySample, RenderOptions, SampleSource, Sched, Session, SessionConfig, SessionError,
    TableId, TableSource, Template,
};
use serde_json::{Map, Value, json};

use super::scenario::{Scenario, Step};
use super::steps::Unplayable;

/// What a call answered.
#[derive(Debug)]
pub enum Answer {
    /// A value, in the recording's own form.
    Value(Value),
    /// An error.
    Error(SessionError),
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

/// What an earlier call returned.
#[derive(Debug, Clone, Copy)]
enum Kept {
    Event(EventId),
    Table(TableId),
    Bus(BusId),
}

struct Player<'a> {
    session: Session,
    kept: HashMap<String, Kept>,
    scenario: &'a Scenario,
    out: &'a Path,
    /// Whether a render was cropped: the .csd says the whole.
    is_cropped: bool,
}

/// Why a call was not carried out.
enum Stop {
    Refused(SessionError),
    Unknown(String),
}

impl From<SessionError> for Stop {
    fn from(error: SessionError) -> Self {
        Self::Refused(error)
    }
}

/// Plays a scenario.
pub fn play(scenario: &Scenario) -> Result<Played, Unplayable> {
    let out = tempfile::tempdir().map_err(|error| Unplayable(error.to_string()))?;
    let config = config(&scenario.config);
    let session = Session::new(config).map_err(|error| Unplayable(error.to_string()))?;
    let mut player = Player { session, kept: HashMap::new(), scenario, out: out.path(), is_cropped: false };
    let mut answers = Vec::new();
    for (at, step) in scenario.steps.iter().enumerate() {
        answers.push(match player.call(step) {
            _ if step.oracle_only => Answer::Skipped,
            Ok(value) => Answer::Value(value),
            Err(Stop::Refused(error)) => Answer::Error(error),
            Err(Stop::Unknown(what)) => return Err(Unplayable(format!("step {at}: {what}"))),
        });
    }
    let read = |path: &Path| sound_file::read(path).map_err(|error| Unplayable(error.to_string()));
    let wav = player.wav();
    let sound = wav.exists().then(|| read(&wav)).transpose()?;
    let is_whole = sound.is_some() && !player.is_cropped;
    let exported = if is_whole { Some(export(&player.session, out.path())?) } else { None };
    Ok(Played { answers, sound, exported, out })
}

/// Writes the session as a .csd and has the csound command line render it.
fn export(session: &Session, folder: &Path) -> Result<Sound, Unplayable> {
    let csd = folder.join("exported.csd");
    session.write_csd(&csd).map_err(|error| Unplayable(format!("as a .csd: {error}")))?;
    let wav = folder.join("exported.wav");
    let mut csound = Command::new("csound");
    csound.args(["-d", "-m0", "-W", "--format=double", "-o"]).arg(&wav).arg(&csd);
    let output = csound.output().map_err(|error| Unplayable(format!("csound: {error}")))?;
    if !output.status.success() && !wav.exists() {
        return Err(Unplayable(format!("csound: {}", String::from_utf8_lossy(&output.stderr))));
    }
    sound_file::read(&wav).map_err(|error| Unplayable(error.to_string()))
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
        ..default
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
                self.session.commit(&text(step, 0, "instrname")?, number(step, 1, "priority", 1.0) as i32)?
            )),
            "getInstr" => {
                Ok(self.session.template(&text(step, 0, "name")?).map_or(Value::Null, |_| json!(true)))
            }
            "compile" | "addGlobalCode" => {
                self.session.add_code(text(step, 0, "code")?, false);
                Ok(Value::Null)
            }
            "includeFile" => Ok(null(self.session.include_file(self.path(step, 0, "path")?)?)),
            "sched" => self.sched(step),
            "set" => self.set(step),
            "automate" => self.automate(step),
            "stop" => {
                let event = self.event_of(step)?;
                Ok(null(self.session.stop(event, number(step, 0, "delay", 0.0))?))
            }
            "unsched" => self.unsched(step),
            "assignBus" => self.assign_bus(step),
            "makeTable" => self.make_table(step),
            "readSoundfile" => {
                let sound = ksmps_core::session::Sound {
                    path: self.path(step, 0, "path")?,
                    channel: number(step, 1, "chan", 0.0) as usize,
                    skip: number(step, 2, "skiptime", 0.0),
                };
                let table = self.session.read_sound(
                    sound,
                    number(step, 3, "delay", 0.0),
                    flag(step, "force", false),
                )?;
                self.keep_table(step, table)
            }
            "playSample" => self.play_sample(step),
            "playPartials" => self.play_partials(step),
            "initChannel" => {
                let kind = match step.kwargs.get("kind").and_then(Value::as_str) {
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
                let at = number(step, 2, "delay", 0.0);
                Ok(null(self.session.set_channel(&text(step, 0, "channel")?, value, at)?))
            }
            "setEndMarker" => Ok(null(self.session.set_end_marker(number(step, 0, "time", 0.0))?)),
            "renderDuration" => Ok(seconds(self.session.render_duration())),
            "scoreTimeRange" => {
                let (start, end) = self.session.score_time_range();
                Ok(json!([seconds(start), seconds(end)]))
            }
            "strSet" => Ok(json!(self.session.str_set(&text(step, 0, "s")?))),
            "writeCsd" => Ok(null(self.session.write_csd(self.path(step, 0, "outfile")?)?)),
            "render" => self.render(step),
            other => Err(Stop::Unknown(format!("nobody knows the call {other}"))),
        }
    }

    fn define(&mut self, step: &Step) -> Result<Value, Stop> {
        let name = text(step, 0, "name")?;
        let mut template = Template::new(&name, text(step, 1, "body")?);
        for (argument, default) in step.kwargs.get("args").and_then(Value::as_object).into_iter().flatten() {
            template = template.arg(argument, self.value(default)?);
        }
        for (alias, argument) in step.kwargs.get("aliases").and_then(Value::as_object).into_iter().flatten() {
            template = template.alias(alias, argument.as_str().unwrap_or_default());
        }
        for include in step.kwargs.get("includes").and_then(Value::as_array).into_iter().flatten() {
            template = template.include(Include::read(self.path_of(include)?)?);
        }
        if let Some(init) = step.kwargs.get("init").and_then(Value::as_str) {
            template = template.init(init);
        }
        if !flag(step, "useDynamicPfields", true) {
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
            .at(number(step, 1, "delay", 0.0))
            .dur(number(step, 2, "dur", -1.0))
            .priority(number(step, usize::MAX, "priority", 1.0) as i32);
        let single = step.args.iter().skip(3);
        let mut listed: Vec<ArgValue> = single.map(|value| self.value(value)).collect::<Result<_, _>>()?;
        match step.kwargs.get("args") {
            Some(Value::Object(named)) => {
                for (name, value) in named {
                    sched = sched.with(name, self.value(value)?);
                }
            }
            Some(Value::Array(_)) if !listed.is_empty() => {
                let both = "arguments come one by one or as a list, not both".to_owned();
                return Err(SessionError::Arguments(both).into());
            }
            Some(Value::Array(list)) => {
                listed = list.iter().map(|value| self.value(value)).collect::<Result<_, _>>()?
            }
            _ => {}
        }
        for (name, value) in &step.kwargs {
            if !matches!(
                name.as_str(),
                "args" | "priority" | "delay" | "dur" | "whenfinished" | "relative" | "name"
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
            "own": event.template().starts_with('.'),
        })
    }

    fn set(&mut self, step: &Step) -> Result<Value, Stop> {
        let event = self.event_of(step)?;
        let at = number(step, 2, "delay", 0.0);
        if let (Some(Value::String(name)), Some(value)) = (step.args.first(), step.args.get(1)) {
            self.session.set(event, name, self.number_of(value)?, at)?;
        }
        for (name, value) in step.kwargs.iter().filter(|(name, _)| *name != "delay") {
            self.session.set(event, name, self.number_of(value)?, at)?;
        }
        Ok(Value::Null)
    }

    fn automate(&mut self, step: &Step) -> Result<Value, Stop> {
        let on_bus = step.on.as_ref().and_then(|on| self.kept.get(on)).copied();
        let (target, rest) = match (on_bus, step.args.first()) {
            (Some(kept), _) => (kept, 0),
            (None, Some(value)) => (self.earlier(value)?, 1),
            (None, None) => return Err(missing(step, "event")),
        };
        let is_bus = matches!(target, Kept::Bus(_));
        let pairs = if is_bus { rest } else { rest + 1 };
        let pairs = get(step, pairs, "pairs").ok_or_else(|| missing(step, "pairs"))?;
        let mut line = Automate::new(self.points(pairs)?);
        if let Some(mode) = step.kwargs.get("mode").and_then(Value::as_str) {
            line = line.shape(mode.parse().map_err(SessionError::Engine)?);
        }
        if let Some(at) = step.kwargs.get("delay").and_then(Value::as_f64) {
            line = line.at(at);
        }
        if flag(step, "overtake", false) {
            line = line.overtake();
        }
        match target {
            Kept::Event(event) => drop(self.session.automate(event, &text(step, rest, "param")?, line)?),
            Kept::Bus(bus) => self.session.automate_bus(bus, line)?,
            Kept::Table(_) => return Err(Stop::Unknown("a table is not automated here".into())),
        }
        Ok(json!(0))
    }

    /// Pairs as a flat list, or as a tuple of times and values.
    fn points(&self, pairs: &Value) -> Result<Vec<(f64, f64)>, Stop> {
        let columns = pairs.get("$tuple").and_then(Value::as_array).map(Vec::as_slice);
        if let Some([times, values]) = columns
            && (times.is_array() || times.get("$tuple").is_some())
        {
            return Ok(self.numbers(times)?.into_iter().zip(self.numbers(values)?).collect());
        }
        let flat = self.numbers(pairs)?;
        if flat.len() % 2 == 1 {
            let odd = ksmps_core::verbs::EngineError::OddPairs(flat.len());
            return Err(SessionError::Engine(odd).into());
        }
        Ok(flat.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect())
    }

    fn unsched(&mut self, step: &Step) -> Result<Value, Stop> {
        let at = number(step, 1, "delay", 0.0);
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
        let value = get(step, 1, "value").and_then(Value::as_f64);
        let bus = self.session.assign_bus(kind, value, flag(step, "persist", false))?;
        self.keep(step, Kept::Bus(bus));
        let kind = if self.session.bus_kind(bus)? == Some(BusKind::Control) { "control" } else { "audio" };
        Ok(json!({"type": "bus", "token": bus.0, "kind": kind}))
    }

    fn make_table(&mut self, step: &Step) -> Result<Value, Stop> {
        let (source, channels) = match (get(step, 0, "data"), get(step, 1, "size")) {
            (Some(data), _) => {
                let list = data.get("$np").unwrap_or(data);
                let channels = list.get(0).and_then(Value::as_array).map_or(1, Vec::len);
                (TableSource::Data(self.numbers(data)?), channels)
            }
            (None, Some(size)) => {
                let size = if size.is_number() { vec![self.number_of(size)?] } else { self.numbers(size)? };
                let channels = size.get(1).map_or(1, |channels| *channels as usize);
                (TableSource::Zeros(size[0] as usize * channels), channels)
            }
            (None, None) => return Err(missing(step, "data")),
        };
        let (rate, at) = (number(step, 3, "sr", 0.0) as u32, number(step, 4, "delay", 0.0));
        let table = self.session.make_table(source, rate, channels, at, flag(step, "unique", true))?;
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
        let source = match self.earlier(source) {
            Ok(Kept::Table(table)) => SampleSource::Table(table),
            _ => SampleSource::File(self.path_of(source)?),
        };
        let default = PlaySample::default();
        let fade = match step.kwargs.get("fade") {
            None | Some(Value::Null) => default.fade,
            Some(Value::Number(fade)) => (fade.as_f64().unwrap_or(0.0), fade.as_f64().unwrap_or(0.0)),
            Some(pair) => match self.numbers(pair)?[..] {
                [fade_in, fade_out] => (fade_in, fade_out),
                _ => return Err(missing(step, "fade")),
            },
        };
        let play = PlaySample {
            at: number(step, 1, "delay", 0.0),
            dur: Some(number(step, 2, "dur", 0.0)).filter(|dur| *dur != 0.0),
            channel: number(step, 3, "chan", 1.0) as usize,
            gain: number(step, 4, "gain", 1.0),
            speed: number(step, 5, "speed", 1.0),
            looped: flag(step, "loop", false),
            pan: number(step, 7, "pan", default.pan),
            skip: number(step, 8, "skip", 0.0),
            fade,
            crossfade: number(step, 10, "crossfade", default.crossfade),
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
            None => PartialsSource::File(self.path_of(source)?),
        };
        let (at, dur) = (number(step, 1, "delay", 0.0), number(step, 2, "dur", -1.0));
        let event =
            self.session.play_partials(source, PlayPartials { at, dur, ..PlayPartials::default() })?;
        Ok(self.keep_event(step, event))
    }

    fn render(&mut self, step: &Step) -> Result<Value, Stop> {
        let endtime = step.kwargs.get("endtime").and_then(Value::as_f64);
        let options = RenderOptions {
            endtime,
            starttime: number(step, usize::MAX, "starttime", 0.0),
            tail: number(step, usize::MAX, "tail", 0.0),
            encoding: Some(Encoding::Float64),
            ..RenderOptions::default()
        };
        self.is_cropped = endtime.is_some() || options.starttime > 0.0 || options.tail > 0.0;
        self.session.render(self.wav(), &options)?;
        Ok(json!({"type": "renderjob"}))
    }

    fn keep(&mut self, step: &Step, kept: Kept) {
        if let Some(id) = &step.id {
            self.kept.insert(id.clone(), kept);
        }
    }

    fn event_of(&self, step: &Step) -> Result<EventId, Stop> {
        match step.on.as_ref().and_then(|on| self.kept.get(on)) {
            Some(Kept::Event(event)) => Ok(*event),
            _ => Err(Stop::Unknown(format!("{} is called on no event", step.call))),
        }
    }

    fn earlier(&self, value: &Value) -> Result<Kept, Stop> {
        let id = value.get("$").and_then(Value::as_str);
        id.and_then(|id| self.kept.get(id))
            .copied()
            .ok_or_else(|| Stop::Unknown(format!("there is no result {value}")))
    }

    fn value(&self, value: &Value) -> Result<ArgValue, Stop> {
        match value {
            Value::String(text) => Ok(ArgValue::Text(text.clone())),
            _ => self.number_of(value).map(ArgValue::Number),
        }
    }

    fn number_of(&self, value: &Value) -> Result<f64, Stop> {
        if let Some(number) = value.as_f64() {
            return Ok(number);
        }
        if value.get("$nan").is_some() {
            return Ok(f64::NAN);
        }
        Ok(match self.earlier(value)? {
            // PANIC: the session returned the id.
            Kept::Event(event) => self.session.event(event).expect("the event was scheduled").p1(),
            Kept::Table(table) => f64::from(table.0),
            Kept::Bus(bus) => bus.0 as f64,
        })
    }

    fn numbers(&self, value: &Value) -> Result<Vec<f64>, Stop> {
        if let Some(length) = value.get("$sine").and_then(Value::as_u64) {
            let step = std::f64::consts::TAU / length as f64;
            return Ok((0..length).map(|at| (at as f64 * step).sin()).collect());
        }
        let list = value.get("$np").or_else(|| value.get("$tuple")).unwrap_or(value);
        let Value::Array(items) = list else { return Err(Stop::Unknown(format!("{value} are no numbers"))) };
        let mut numbers = Vec::new();
        for item in items {
            if item.is_array() {
                numbers.extend(self.numbers(item)?)
            } else {
                numbers.push(self.number_of(item)?)
            }
        }
        Ok(numbers)
    }

    fn path(&self, step: &Step, place: usize, name: &str) -> Result<PathBuf, Stop> {
        self.path_of(get(step, place, name).ok_or_else(|| missing(step, name))?)
    }

    fn path_of(&self, value: &Value) -> Result<PathBuf, Stop> {
        let named = |key: &str| value.get(key).and_then(Value::as_str);
        match (value.as_str(), named("$asset"), named("$out")) {
            (Some(path), _, _) => Ok(PathBuf::from(path)),
            (_, Some(asset), _) => Ok(self.scenario.root.join("_assets").join(asset)),
            (_, _, Some(file)) => Ok(self.out.join(file)),
            _ => Err(Stop::Unknown(format!("{value} is no path"))),
        }
    }
}

fn get<'a>(step: &'a Step, place: usize, name: &str) -> Option<&'a Value> {
    step.args.get(place).or_else(|| step.kwargs.get(name)).filter(|value| !value.is_null())
}

fn number(step: &Step, place: usize, name: &str, default: f64) -> f64 {
    get(step, place, name).and_then(Value::as_f64).unwrap_or(default)
}

fn flag(step: &Step, name: &str, default: bool) -> bool {
    step.kwargs.get(name).and_then(Value::as_bool).unwrap_or(default)
}

fn text(step: &Step, place: usize, name: &str) -> Result<String, Stop> {
    get(step, place, name).and_then(Value::as_str).map(str::to_owned).ok_or_else(|| missing(step, name))
}

fn missing(step: &Step, name: &str) -> Stop {
    Stop::Unknown(format!("{} has no argument {name}", step.call))
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

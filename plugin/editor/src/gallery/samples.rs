//! Sample data: a document that plays, and everything else that views show.

use std::f32::consts::TAU;
use std::sync::Arc;

use ksmps_data::diagnostic::{Diagnostic, Severity};
use ksmps_data::opcode::Opcode;
use ksmps_data::params::{Param, Taper};
use ksmps_data::watched::Seen;
use ksmps_document::{Assets, Document};

use crate::model::{
    BusValue, ChannelContent, ChannelValue, ConsoleLine, Counts, DocumentNow, EngineFacts, FolderEntry,
    LibraryEntry, LinkedFile, MissingFile, News, Permission, Place, PlaceNow, Placed, Preset, PresetSource,
    Request, TableName, VariableOwner, WatchNow, WatchTarget, WatchVoice,
};

/// What the sample document says.
const TEXT: &str = r#"<CsoundSynthesizer>
<CsOptions>
-odac -d
</CsOptions>
<CsInstruments>
;@about "Glass Keys" author=ksmps license=CC0 category=Synth/Keys
;@+ version=1 text="Struck glass with a slow filter."
;@preset "Soft" cutoff=800
;@preset "Bright" cutoff=6000
ksmps = 32
nchnls = 2
0dbfs = 1
giwave ftgen 0, 0, 4096, 10, 1, 0.4, 0.2
instr glass ;@notes voices=8
  kfreq = p4
  iamp = p5
  kcut = port(chnget:k("cutoff"), 0.02)
  aenv linsegr 0, 0.01, 1, 0.2, 0.7, 0.4, 0
  a1 vco2 iamp, kfreq * 1.003, 0
  a2 vco2 iamp, kfreq * 0.997, 12, 0.5
  if (kcut > 2000) then
    kcut = 2000 + (kcut - 2000) * 0.5
  endif
  asig moogladder2 a1 + a2, kcut, chnget:k("resonance")
  outs asig * aenv, asig * aenv
endin
instr room
  aleft, aright ins
  outs aleft, aright
endin
</CsInstruments>
</CsoundSynthesizer>
"#;

fn document(text: &str) -> Vec<News> {
    let read = Document::read(text, None, &Assets::default()).ok().map(Arc::new);
    let now = DocumentNow {
        text: text.into(),
        name: "Glass Keys".to_owned(),
        origin: Some("/home/you/music/glass-keys.csd".into()),
        revision: 7,
        is_modified: true,
        saved: text.into(),
    };
    vec![News::Document(now), News::Read(read)]
}

/// The opcodes that the sample documents use, as an engine lists them.
fn opcodes() -> News {
    let one = |(name, outs, ins): (&str, &str, &str)| Opcode {
        name: name.to_owned(),
        out_types: outs.to_owned(),
        in_types: ins.to_owned(),
        flags: 0,
    };
    let list = [
        ("ftgen", "i", "iiiiim"),
        ("chnget", "k", "S"),
        ("port", "k", "kio"),
        ("linsegr", "a", "iim"),
        ("vco2", "a", "kkoppo"),
        ("oscili", "a", "xxjo"),
        ("moogladder2", "a", "akkp"),
        ("outs", "", "aa"),
        ("ins", "aa", ""),
    ];
    News::Opcodes(list.map(one).into())
}

/// A document with so many parameters that plays.
pub(super) fn playing(count: usize) -> Vec<News> {
    let mut news = document(TEXT);
    news.push(opcodes());
    let params = params(count);
    let slots: Vec<u16> = params.iter().map(|(slot, _)| *slot).collect();
    news.push(News::Parameters(params));
    for slot in slots {
        let base = (f64::from(slot) * 0.37 + 0.3).fract();
        news.push(News::Value { slot, base });
        if slot % 5 == 0 {
            news.push(News::Modulation { slot, offset: 0.22 - f64::from(slot % 3) * 0.2 });
        }
        if slot % 7 == 2 {
            news.push(News::Automated { slot, automated: true });
        }
    }
    news.extend([
        News::Engine(Some(EngineFacts {
            rate: 48_000.0,
            ksmps: 32,
            outputs: 2,
            latency_frames: 32,
            notes_refused: None,
        })),
        News::Sounding(Some((7, "14:02:31".to_owned()))),
        News::Load { mean: 0.031, peak: 0.084, voices: 6 },
        News::Level { output: 0, peak: 0.62, rms: 0.21 },
        News::Level { output: 1, peak: 0.48, rms: 0.17 },
        News::Presets(presets()),
        News::ChosenPreset(Some(1)),
        News::Keys(1 << 60 | 1 << 64 | 1 << 67),
    ]);
    news
}

fn presets() -> Vec<Preset> {
    let preset = |name: &str, source| Preset { name: name.to_owned(), source };
    vec![
        preset("Soft", PresetSource::Document),
        preset("Bright", PresetSource::Document),
        preset("Evening", PresetSource::User),
    ]
}

/// Parameters of all kinds in a few groups.
fn params(count: usize) -> Vec<(u16, Param)> {
    let groups = ["Filter", "Envelope", "Oscillator", "Space"];
    (0..count)
        .map(|at| {
            let group = groups[at / 8 % 4];
            let group = if count > 32 { format!("{group} {}", at / 32 + 1) } else { group.to_owned() };
            (at as u16, Param { group, ..param(at) })
        })
        .collect()
}

fn param(at: usize) -> Param {
    let named = |name: &str, label: &str| Param {
        name: format!("{name}{}", if at < 8 { String::new() } else { at.to_string() }),
        label: label.to_owned(),
        ..Param::channel(name)
    };
    let ranged =
        |param: Param, min: f64, max: f64, unit: &str| Param { min, max, unit: unit.to_owned(), ..param };
    match at % 8 {
        0 => Param { taper: Taper::Exponential, ..ranged(named("cutoff", "Cutoff"), 40.0, 16_000.0, "Hz") },
        1 => ranged(named("resonance", "Resonance"), 0.0, 0.95, ""),
        2 => ranged(named("drive", "Drive"), -12.0, 24.0, "dB"),
        3 => {
            let labels = ["Saw", "Square", "Triangle", "Noise"].map(str::to_owned).to_vec();
            Param { max: 3.0, step: 1.0, labels, ..named("shape", "Shape") }
        }
        4 => Param { taper: Taper::Skew(0.4), ..ranged(named("attack", "Attack"), 0.0, 2.0, "s") },
        5 => Param { step: 1.0, ..named("mute", "Mute") },
        6 => ranged(named("detune", "Detune of the second one"), -50.0, 50.0, "cent"),
        _ => Param { min: 1.0, max: 16.0, step: 1.0, ..named("voices", "Voices") },
    }
}

/// A play surface of the document's own.
pub(super) fn laid_out() -> Vec<News> {
    let layout = ";@page \"Sound\"\n;@layout \"Filter\" cutoff:xl resonance drive:slider shape\n\
                  ;@layout \"Move\" attack:xy(detune) mute voices\n;@layout \"See\" giwave:table scope meter\n\
                  ;@page \"More\"\n";
    let mut news = document(&TEXT.replace("ksmps = 32", &format!("{layout}ksmps = 32")));
    news.extend(seen());
    news
}

/// A text of so many lines.
pub(super) fn long(lines: usize) -> Vec<News> {
    let mut text = TEXT.replace("</CsInstruments>\n</CsoundSynthesizer>\n", "");
    let mut at = 0;
    while text.lines().count() < lines {
        at += 1;
        text += &format!(
            "instr part{at} ; one of many\n  kenv linsegr 0, 0.1, 1, 0.4, 0\n  asig oscili kenv * 0.1, {at} * 55\n  outs asig, asig\nendin\n"
        );
    }
    text += "</CsInstruments>\n</CsoundSynthesizer>\n";
    document(&text)
}

/// An error and what goes with it.
pub(super) fn error() -> Vec<News> {
    let mut diagnostics = vec![
        Diagnostic::error(24, "Unable to find opcode entry for 'mooglader' with matching argument types")
            .with_remedy("did you mean moogladder2?"),
        Diagnostic::warning(14, "instr glass takes notes and shapes its sound with p3")
            .with_remedy("write dur= behind ;@notes, or an envelope with a release"),
        Diagnostic::note(8, ";@preset is read and kept"),
    ];
    diagnostics
        .push(Diagnostic { file: Some("parts.inc".to_owned()), ..Diagnostic::warning(3, "unused variable") });
    vec![News::Diagnostics(diagnostics), News::Sounding(Some((6, "14:02:31".to_owned())))]
}

/// What is seen, with a table that has a tone which rises over a low one.
pub(super) fn swept() -> Vec<News> {
    let values: Vec<f64> = (0..96_000)
        .map(|at| {
            let part = f64::from(at) / 96_000.0;
            let rising = (std::f64::consts::TAU * 60.0 * 6.0_f64.powf(part * 3.0) * part).sin();
            let low = (std::f64::consts::TAU * 110.0 * part * 2.0).sin() * (1.0 - part);
            0.5 * rising + 0.4 * low
        })
        .collect();
    let mut news = seen();
    news.push(News::Table { number: 101, values: values.into() });
    news
}

/// Sound, tables, channels, buses and watches.
pub(super) fn seen() -> Vec<News> {
    let wave = |at: usize, hz: f32| (at as f32 * hz * TAU / 48_000.0).sin();
    let frames = (0..8192)
        .map(|at| {
            [0.5 * wave(at, 220.0) + 0.2 * wave(at, 660.0) + 0.05 * wave(at, 5200.0), 0.4 * wave(at, 330.0)]
        })
        .collect();
    let table = |number, name: &str, length| TableName { number, name: Some(name.to_owned()), length };
    let values: Vec<f64> = (0..4096)
        .map(|at| {
            let phase = f64::from(at) / 4096.0 * std::f64::consts::TAU;
            phase.sin() + 0.4 * (2.0 * phase).sin() + 0.2 * (3.0 * phase).sin()
        })
        .collect();
    let channel = |name: &str, content| ChannelValue { name: name.to_owned(), content };
    let mut news = vec![
        News::Scope(frames),
        News::Counts(Counts {
            swaps: 12,
            late: 1,
            taken_pieces: 70,
            taken_bytes: 1_840_000,
            ..Counts::default()
        }),
        News::Tables(vec![
            table(101, "giwave", 4096),
            table(102, "gienv", 512),
            table(103, "gisample", 96_000),
        ]),
        News::Table { number: 101, values: values.into() },
        News::Channels(vec![
            channel("cutoff", ChannelContent::Number(1240.5)),
            channel("resonance", ChannelContent::Number(0.35)),
            channel("status", ChannelContent::Text("ready".to_owned())),
            channel("dry", ChannelContent::Audio(0.42)),
        ]),
        News::Buses(vec![
            BusValue { token: 1, name: Some("gidry".to_owned()), is_audio: true, value: 0.31 },
            BusValue { token: 2, name: Some("giwet".to_owned()), is_audio: false, value: 0.25 },
        ]),
        News::Watches(vec![
            WatchTarget::Variable {
                owner: VariableOwner::Instrument("glass".to_owned()),
                name: "kcut".to_owned(),
                line: 17,
            },
            WatchTarget::Channel("cutoff".to_owned()),
        ]),
    ];
    let number = |watch, value| News::Watched { watch, now: WatchNow::number(value) };
    news.extend((0..90).map(|at| number(0, f64::from(at * at % 67))));
    news.extend((0..90).map(|at| number(1, (f64::from(at) * 0.2).sin() * 400.0 + 1200.0)));
    news
}

/// Variables that are watched beside their lines.
pub(super) fn watched() -> Vec<News> {
    let line = |part: &str| TEXT.lines().position(|line| line.contains(part)).map_or(1, |at| at as u32 + 1);
    let variable = |name: &str, part: &str| WatchTarget::Variable {
        owner: VariableOwner::Instrument("glass".to_owned()),
        name: name.to_owned(),
        line: line(part),
    };
    let targets = vec![
        variable("kcut", "kcut = "),
        variable("asig", "asig "),
        WatchTarget::Channel("resonance".to_owned()),
    ];
    let mut news = vec![News::Watches(targets), News::WatchVoice(WatchVoice::Newest)];
    for at in 0..120 {
        let at = f64::from(at);
        let sound = (0.9 * (-at / 40.0).exp()) as f32;
        news.push(News::Watched { watch: 0, now: WatchNow::number(900.0 + 500.0 * (at * 0.09).sin()) });
        let now = WatchNow { seen: Seen::Sound, value: 0.0, range: [-sound, sound * 0.8] };
        news.push(News::Watched { watch: 1, now });
    }
    news.push(News::Watched { watch: 2, now: WatchNow::SILENT });
    news
}

/// A console.
pub(super) fn printed() -> Vec<News> {
    let line = |severity, text: String| ConsoleLine { severity, text };
    let lines = (1..400).map(|at| match at % 40 {
        7 => line(Severity::Warning, format!("WARNING: instr glass uses undefined macro {at}")),
        31 => line(Severity::Error, format!("INIT ERROR in instr {at} (opcode ftgen): no such table")),
        _ => line(
            Severity::Note,
            format!(
                "rtevent:\t   T{:>8.3} TT{:>8.3} M:  0.21034  0.20990",
                at as f64 * 0.25,
                at as f64 * 0.5
            ),
        ),
    });
    vec![News::Console(lines.collect())]
}

/// Library, folders, a preview.
pub(super) fn files() -> Vec<News> {
    let entry = |name: &str, category: &str, text: &str, is_template| LibraryEntry {
        name: name.to_owned(),
        category: category.to_owned(),
        author: "ksmps".to_owned(),
        text: text.to_owned(),
        is_template,
    };
    let file = |name: &str, is_folder, bytes| FolderEntry {
        name: name.to_owned(),
        is_folder,
        bytes,
        changed: "2026-03-01 14:02".to_owned(),
    };
    vec![
        News::Library(vec![
            entry(
                "Instrument",
                "Template",
                "An instrument that host notes start, with two parameters.",
                true,
            ),
            entry("Effect", "Template", "Sound in, sound out, with a wet and dry parameter.", true),
            entry("Bell", "Synth/Keys", "Struck metal of eight partials.", false),
            entry("Drift", "Synth/Pad", "Slow waves that never repeat.", false),
            entry(
                "Ducking Smear",
                "Effect/Spectral",
                "Freezes the spectrum and ducks it under a key input.",
                false,
            ),
            entry("Echo", "Effect/Delay", "One echo that comes back darker.", false),
            entry("Hall", "Effect/Reverb", "A large room with a moving tail.", false),
            entry(
                "Kit and Piece",
                "Drums",
                "A kit on outputs of its own, with a piece on the host's beats.",
                false,
            ),
        ]),
        News::Places(vec![
            ("Home".to_owned(), "/home/you".into()),
            ("Documents".to_owned(), "/home/you/documents".into()),
        ]),
        News::Recent(vec!["/home/you/music/glass-keys.csd".into(), "/home/you/music/far-wall.csd".into()]),
        News::Folder {
            path: "/home/you/music".into(),
            entries: Ok(vec![
                file("samples", true, 0),
                file("sketches", true, 0),
                file("far-wall.csd", false, 2100),
                file("glass-keys.csd", false, 5400),
                file("a-name-that-is-longer-than-anybody-would-write-it.csd", false, 812),
                file("rain.wav", false, 4_800_000),
            ]),
        },
        News::Preview { path: "/home/you/music/glass-keys.csd".into(), text: Ok(TEXT.to_owned()) },
    ]
}

/// A file that is missing.
pub(super) fn missing() -> Vec<News> {
    vec![News::Missing(vec![MissingFile {
        name: "samples/rain.wav".to_owned(),
        looked: vec!["/home/you/music/samples/rain.wav".into(), "/home/you/sounds/rain.wav".into()],
        line: Some(13),
    }])]
}

/// A text that differs from the saved one.
pub(super) fn changed() -> Vec<News> {
    let mut news = document(
        &TEXT
            .replace("kfreq * 1.003, 0", "kfreq * 1.005, 0")
            .replace("  endif\n", "  endif\n  kcut limit kcut, 40, 12000\n"),
    );
    for one in &mut news {
        if let News::Document(document) = one {
            document.saved = TEXT.into();
        }
    }
    news
}

/// A file that the document follows, where both have changed.
pub(super) fn conflict() -> Vec<News> {
    let mut news = changed();
    let file = TEXT
        .replace("aenv linsegr 0, 0.01, 1, 0.2, 0.7, 0.4, 0", "aenv linsegr 0, 0.004, 1, 0.3, 0.5, 0.8, 0")
        .replace("  aleft, aright ins\n", "");
    news.push(News::Linked(Some(LinkedFile {
        path: "/home/you/music/glass-keys.csd".into(),
        conflict: Some(file.into()),
        problem: None,
    })));
    news
}

/// A session, permissions, channels that are not declared.
pub(super) fn session() -> Vec<News> {
    let session = r#"{"ksmps_session": 1,
        "templates": [{"name": "saw", "doc": "A plain voice", "body": "|kfreq=440, kamp=0.1|\nasig = vco2:a(kamp, kfreq)\nouts asig, asig"},
                      {"name": "room", "body": "{kwet=0.3}\nasig = busin:a(gidry)\nouts asig, asig"}],
        "events": [{"template": "room", "priority": -1}, {"template": "saw", "start": 2.0, "dur": 4.0}],
        "tables": [{"zeros": 1024}, {"file": "samples/rain.wav"}],
        "buses": [{"kind": "audio"}]}"#;
    vec![
        News::Session(Some(session.to_owned())),
        News::Undeclared(vec!["wet".to_owned(), "size".to_owned(), "tone".to_owned()]),
        News::Controller { slot: 0, controller: Some(74) },
        News::Learning(Some(2)),
        News::Place(PlaceNow {
            chosen: Place::Automatic,
            for_all: Place::Automatic,
            now: Some(Placed {
                is_apart: true,
                reason: "this text is new on this machine".to_owned(),
                missing: vec!["rules for files (Landlock): the kernel is older than 5.13".to_owned()],
            }),
        }),
        News::Requests(vec![
            Request { permission: Permission::Network, line: Some(4), answer: None },
            Request { permission: Permission::Files, line: Some(9), answer: Some(true) },
        ]),
    ]
}

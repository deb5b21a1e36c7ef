//! Random histories of an instance: notes, parameters, saves and loads, edits, resets, changes of the rate, jumps of the
//! song. Whatever happened, it has not crashed, no voice is stuck, and a saved state sounds as the instance does that saved
//! it.
//!
//! Each history has a number, from which everything in it follows; a failing one is named with it. There are a few in each
//! run; `KSMPS_HISTORIES=1000` plays so many, from number `KSMPS_HISTORIES_FROM` on, and
//! `KSMPS_HISTORIES_HOST=0` to `3` plays all in one host.

use ksmps_core::event::{Event, EventKind, NoteName};
use ksmps_core::random::Random;
use ksmps_harness::bounce::{Plan, Sound};
use ksmps_harness::bundle::Kind;
use ksmps_harness::host::{Block, HostTransport};
use ksmps_harness::hosts::Host;
use ksmps_harness::instance::Instance;
use ksmps_harness::script::Script;

use super::{assert_same, documents, open};

/// Histories in a run where nobody says how many.
const HISTORIES: u64 = 12;
/// Things that happen in one.
const EVENTS: u64 = 24;
/// The longest release of the documents, and what fades, in seconds.
const RELEASE_S: f64 = 0.5;

fn number(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

#[test]
fn whatever_happened_a_state_sounds_as_it_did_and_nothing_is_stuck() {
    let first = number("KSMPS_HISTORIES_FROM", 0);
    let count = number("KSMPS_HISTORIES", HISTORIES);
    for seed in first..first + count {
        let host = Host::BUNDLES[(number("KSMPS_HISTORIES_HOST", seed) % 4) as usize];
        println!("history {seed}: {host:?}");
        History::new(host, seed).run();
    }
}

/// The documents of histories; `edition` makes another text of one, which sounds the same.
fn document(which: u64, edition: u64) -> String {
    let text = match which {
        // Named p-fields, a parameter, a free score, and what is kept.
        0 => "ksmps = 32\nnchnls = 2\n0dbfs = 1\n;@param level 0..1=0.5\n;@param shape \"A|B\"\n;@keep table giCount chan last\n\
            giCount ftgen 0, 0, 128, -2, 0\ninstr tone ;@notes p4=key p5=level\n  ikey = p4\n  ilevel = p5\n  \
            iold table ikey, giCount\n  tableiw iold + 1, ikey, giCount\n  chnset ikey, \"last\"\n  \
            a1 = poscil:a(ilevel * 0.3, mtof:i(ikey + iold * 0.01)) * chnget:k(\"level\") * linsegr:a(0, 0.01, 1, 0.2, 0)\n  \
            outs a1, a1 * chnget:k(\"shape\")\nendin\ninstr tick\n  a1 = poscil:a(0.05, 200 + chnget:i(\"last\"))\n  outs a1, a1\nendin\n\
            schedule \"tick\", 0.01, 0.02\n"
            .to_owned(),
        // Mono and legato, a pedal, the host's song.
        1 => "ksmps = 16\nnchnls = 2\n0dbfs = 1\n;@tail 0.3\n;@param glide 0..1=0.2\ninstr lead ;@notes mono legato glide=0.02\n  \
            kfreq = p4\n  iamp = p5\n  a1 = vco2:a(0.2 * iamp, kfreq) * linsegr:a(0, 0.01, 1, 0.2, 0)\n  \
            outs a1 * chnget:k(\"glide\"), a1 * frac:k(chnget:k(\"HOST_PPQ_POS\"))\nendin\n"
            .to_owned(),
        // Csound's own MIDI.
        2 => "ksmps = 64\nnchnls = 2\n0dbfs = 1\nmassign 0, 1\n;@keep string word\nchn_S \"word\", 3\ninstr 1\n  icps cpsmidi\n  \
            iamp ampmidi 0.3\n  kmod ctrl7 1, 1, 0, 1\n  chnset \"played\", \"word\"\n  \
            a1 = poscil:a(iamp, icps) * linsegr:a(0, 0.01, 1, 0.1, 0)\n  outs a1, a1 * kmod\nendin\n"
            .to_owned(),
        // A session section, buses, layers.
        3 => "<CsoundSynthesizer>\n<CsInstruments>\nksmps = 32\nnchnls = 2\n0dbfs = 1\ngidry busassign \"audio\", 1\n</CsInstruments>\n\
            <KsmpsSession>\ntemplate saw priority=1 ;@notes voices=6\n  |kfreq=440, kamp=0.1, kcut=4000|\n  \
            ;@param saw.kcut 100..12000=4000 exp\n  asig = vco2:a(kamp * 0.3, kfreq) * linsegr:a(0, 0.01, 1, 0.1, 0)\n  \
            busmix gidry, tone:a(asig, kcut)\nendtemplate\ntemplate out\n  asig = busin:a(gidry)\n  outs asig, asig\nendtemplate\n\
            sched out priority=-1\n</KsmpsSession>\n</CsoundSynthesizer>\n"
            .to_owned(),
        _ => documents::tone(16, 0.2),
    };
    format!("{text}; edition {edition}\n")
}

/// One history, while it goes on.
struct History {
    host: Host,
    seed: u64,
    random: Random,
    instance: Instance,
    rate: f64,
    which: u64,
    edition: u64,
    /// States that were saved.
    saved: Vec<Vec<u8>>,
    /// Notes that are down.
    down: Vec<NoteName>,
    /// Where the song is.
    song_frames: i64,
    /// The number of the next note.
    note_id: i32,
    /// What has happened so far.
    past: Vec<&'static str>,
}

impl History {
    fn new(host: Host, seed: u64) -> Self {
        let mut random = Random::new(seed ^ 0x6b73_6d70_7321);
        let which = random.below(5);
        let mut instance = open(host, Kind::Instrument);
        instance.load(&document(which, 0), None).expect("the document goes in");
        let mut history = Self {
            host,
            seed,
            random,
            instance,
            rate: 48_000.0,
            which,
            edition: 0,
            saved: Vec::new(),
            down: Vec::new(),
            song_frames: 0,
            note_id: 0,
            past: Vec::new(),
        };
        history.activate();
        history
    }

    fn what(&self) -> String {
        let past = self.past.join(" ");
        format!("history {} in {:?}, document {} after {past}", self.seed, self.host, self.which)
    }

    fn run(mut self) {
        for _ in 0..EVENTS {
            let (name, what): (_, fn(&mut Self)) = match self.random.below(16) {
                0..=6 => ("play", Self::play),
                7 => ("save", Self::save),
                8 => ("load", Self::load),
                9 | 10 => ("edit", Self::edit),
                11 => ("reset", Self::reset),
                12 => ("rate", Self::change_rate),
                13 => ("jump", Self::jump),
                14 => ("open", Self::open_another),
                _ => ("check", Self::check),
            };
            self.past.push(name);
            what(&mut self);
        }
        self.check();
    }

    fn activate(&mut self) {
        let longest = 64 << self.random.below(5);
        let what = self.what();
        self.instance.activate(self.rate, longest).unwrap_or_else(|error| panic!("{what}: {error}"));
        let report = self.instance.state().and_then(|state| Ok(state.report()?)).expect("it says how it is");
        assert_eq!(report["plays"], true, "{what}: {report:#}");
        self.down.clear();
    }

    /// Some blocks with notes, parameters and controllers.
    fn play(&mut self) {
        for _ in 0..1 + self.random.below(12) {
            let frames = 1 + self.random.below(700) as usize;
            let count = self.random.below(4);
            let mut at: Vec<u32> = (0..count).map(|_| self.random.below(frames as u64) as u32).collect();
            at.sort_unstable();
            // In their order: a note does not end before it has begun.
            let events: Vec<Event> =
                at.into_iter().map(|frame| Event { frame, kind: self.event() }).collect();
            self.block(frames, &events);
        }
    }

    fn event(&mut self) -> EventKind {
        match self.random.below(8) {
            0..=2 => {
                self.note_id += 1;
                let id = (self.random.below(2) == 0).then_some(self.note_id);
                let note = NoteName { id, channel: 0, key: 48 + self.random.below(24) as u8 };
                self.down.push(note);
                EventKind::NoteOn { note, velocity: 0.3 + 0.7 * self.random.unit() as f32 }
            }
            3..=5 if !self.down.is_empty() => {
                let note = self.down.swap_remove(self.random.below(self.down.len() as u64) as usize);
                EventKind::NoteOff { notes: note.into(), velocity: 0.5 }
            }
            6 => {
                let controller = [1, 64, 74][self.random.below(3) as usize];
                EventKind::Midi { bytes: [0xb0, controller, self.random.below(128) as u8], len: 3 }
            }
            _ => EventKind::Param { slot: self.random.below(3) as u16, normalized: self.random.unit() },
        }
    }

    fn block(&mut self, frames: usize, events: &[Event]) -> f32 {
        let channels = self.instance.hosted().buses().output_channels();
        let mut sound = vec![vec![9.0; frames]; channels];
        let mut outputs: Vec<&mut [f32]> = sound.iter_mut().map(Vec::as_mut_slice).collect();
        let beats = self.song_frames as f64 / self.rate * 2.0;
        let transport = HostTransport {
            playing: true,
            tempo: Some(120.0),
            signature: Some((4, 4)),
            frames: Some(self.song_frames),
            beats: Some(beats),
            ..HostTransport::default()
        };
        let mut block =
            Block { inputs: &[], outputs: &mut outputs, frames, events, transport: Some(transport) };
        let what = self.what();
        self.instance.processing().process(&mut block).unwrap_or_else(|error| panic!("{what}: {error}"));
        self.song_frames += frames as i64;
        let peak = sound.iter().flatten().fold(0.0, |peak: f32, sample| {
            assert!(sample.is_finite() && *sample != 9.0, "{what}: a sample is {sample}");
            peak.max(sample.abs())
        });
        assert!(peak < 8.0, "{what}: a peak of {peak}");
        peak
    }

    fn save(&mut self) {
        let state = self.instance.hosted().save().expect("it saves");
        if self.saved.len() == 4 {
            self.saved.remove(0);
        }
        self.saved.push(state);
    }

    /// A saved state, while it plays.
    fn load(&mut self) {
        if self.saved.is_empty() {
            return;
        }
        let at = self.random.below(self.saved.len() as u64) as usize;
        let state = self.saved[at].clone();
        self.instance.hosted().load(&state).expect("it loads");
        let text = self.instance.state().expect("it saves").document().to_owned();
        self.which =
            (0..5).find(|&which| text.starts_with(&document(which, 0)[..60])).expect("a known document");
    }

    /// Another text of the same document, while it plays.
    fn edit(&mut self) {
        self.edition += 1;
        let mut state = self.instance.state().expect("it saves");
        state.edit_document(&document(self.which, self.edition), None);
        self.instance.set_state(&state).expect("it loads");
    }

    fn open_another(&mut self) {
        self.which = self.random.below(5);
        let text = document(self.which, self.edition);
        self.instance.load(&text, None).expect("it loads");
    }

    fn reset(&mut self) {
        self.instance.reset();
        self.down.clear();
    }

    fn change_rate(&mut self) {
        self.rate = [22_050.0, 44_100.0, 48_000.0, 96_000.0][self.random.below(4) as usize];
        self.activate();
    }

    fn jump(&mut self) {
        self.song_frames = self.random.below(10_000_000) as i64;
    }

    /// Everything is let go: then it is silent. A state that is saved now sounds in a fresh instance as it does here.
    fn check(&mut self) {
        let mut events: Vec<Event> = self
            .down
            .drain(..)
            .map(|note| Event { frame: 0, kind: EventKind::NoteOff { notes: note.into(), velocity: 0.0 } })
            .collect();
        events.push(Event { frame: 0, kind: EventKind::Midi { bytes: [0xb0, 64, 0], len: 3 } });
        self.block(64, &events);
        self.wait_for_engine();
        let (release, what) = ((RELEASE_S * self.rate) as usize, self.what());
        (0..release).step_by(512).for_each(|_| _ = self.block(512, &[]));
        let peak = self.block(512, &[]);
        assert!(peak < 1e-4, "{what}: {peak} still sounds");

        if self.random.below(2) == 0 {
            self.activate();
        }
        let state = self.instance.hosted().save().expect("it saves");
        self.instance.reset();
        let here = sound(&mut self.instance, self.rate);
        let mut fresh = open(self.host, Kind::Instrument);
        fresh.hosted().load(&state).expect("it loads");
        fresh.activate(self.rate, 512).unwrap_or_else(|error| panic!("{what}: {error}"));
        assert_same(&here, &sound(&mut fresh, self.rate), &what);
        assert!(here.peak() > 0.0 || self.is_turned_down(), "{what}: it is silent");
    }

    /// Whether a parameter may have turned the level to nothing.
    fn is_turned_down(&self) -> bool {
        self.which < 2
    }

    /// Plays until what was asked for last has been built and has taken over.
    fn wait_for_engine(&mut self) {
        let what = self.what();
        for _ in 0..2000 {
            let report =
                self.instance.state().and_then(|state| Ok(state.report()?)).expect("it says how it is");
            assert_eq!(report["plays"], true, "{what}: {report:#}");
            // The first block takes the engine in, and the others are the fade.
            (0..8).for_each(|_| _ = self.block(512, &[]));
            if report["building"] == false {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        panic!("{what}: no engine within ten seconds");
    }
}

fn sound(instance: &mut Instance, rate: f64) -> Sound {
    let script = "0.001 note 60 100 0.05\n0.02 cc 1 90\n0.03 note 67 90 0.1\n0.08 note 60 127 0.02";
    let frames = (0.2 * rate) as u64;
    instance.play(&Plan::new(Script::parse(script, rate).expect("reads"), frames)).expect("it plays")
}

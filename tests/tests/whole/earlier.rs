//! Projects of an earlier version: opened by this one, they sound the same to the bit. `tests/fixtures/states` has
//! them, with the sound that the version made which saved them.

use std::fs;
use std::path::{Path, PathBuf};

use ksmps_harness::bounce::{Plan, Sound};
use ksmps_harness::bundle::Kind;
use ksmps_harness::host::Format;
use ksmps_harness::hosts::Host;
use ksmps_harness::instance::Instance;
use ksmps_harness::measure::hash;
use ksmps_harness::script::Script;
use ksmps_harness::state::State;
use serde::Deserialize;

use super::{BLOCK_MAX, RATE, open};

/// What the earlier version made of a state.
#[derive(Deserialize)]
struct Kept {
    plugin: String,
    script: Vec<String>,
    frames: u64,
    hash: String,
    peaks: Vec<Vec<f32>>,
}

/// A folder of `tests/fixtures/states`.
struct Fixture {
    kind: Kind,
    state: State,
    kept: Kept,
}

fn fixture(name: &str) -> Fixture {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/states").join(name);
    let folder: PathBuf =
        folder.canonicalize().unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let read = |file: &str| fs::read_to_string(folder.join(file)).expect("a file of the fixture");
    let state = read("state.json").replace("@FOLDER@", folder.to_str().expect("a path of plain letters"));
    let kept: Kept = serde_json::from_str(&read("sound.json")).expect("the sound's description");
    let kind = match kept.plugin.as_str() {
        "instrument" => Kind::Instrument,
        "effect" => Kind::Effect,
        other => panic!("{name}: there is no plugin `{other}`"),
    };
    Fixture { kind, state: State::read(Format::Core, state.as_bytes()).expect("a state"), kept }
}

impl Fixture {
    /// An active instance with this state.
    fn open(&self, host: Host) -> Instance {
        let mut instance = open(host, self.kind);
        let mut state = self.state.clone();
        state.set_place(host.place);
        instance.set_state(&state).expect("the state goes in");
        instance.activate(RATE, BLOCK_MAX).expect("it activates");
        instance
    }

    fn play(&self, instance: &mut Instance) -> Sound {
        let script = Script::parse(&self.kept.script.join("\n"), RATE).expect("reads");
        let pulses =
            |channel: u64| (0..self.kept.frames).map(move |frame| pulse(frame + 1000 * channel)).collect();
        let inputs = if self.kind == Kind::Effect { (0..4).map(pulses).collect() } else { Vec::new() };
        instance.play_aligned(&Plan::new(script, self.kept.frames).inputs(inputs)).expect("it plays")
    }

    /// Fails where a sound is not the one that was kept.
    fn check(&self, sound: &Sound, what: &str) {
        assert!(
            self.kept.peaks.iter().flatten().any(|peak| *peak > 0.01),
            "{what}: a silent fixture shows nothing"
        );
        if hash(&sound.channels) != self.kept.hash {
            let peaks = peaks(sound);
            let differs = |(channel, tenth): &(usize, usize)| {
                peaks.get(*channel).and_then(|peaks| peaks.get(*tenth))
                    != self.kept.peaks[*channel].get(*tenth)
            };
            let tenths = self.kept.peaks[0].len();
            let places =
                (0..tenths).flat_map(|tenth| (0..self.kept.peaks.len()).map(move |channel| (channel, tenth)));
            let first = places.into_iter().find(differs);
            panic!(
                "{what}: not the sound of the version that saved it; first peak that differs (channel, tenth of a \
                 second): {first:?}\nnow  {peaks:?}\nthen {:?}",
                self.kept.peaks
            );
        }
    }
}

fn pulse(frame: u64) -> f32 {
    if frame % 9000 < 20 { 0.25 } else { 0.0 }
}

/// The peak of each tenth of a second in each channel.
fn peaks(sound: &Sound) -> Vec<Vec<f32>> {
    let peak = |part: &[f32]| part.iter().fold(0.0, |peak: f32, sample| peak.max(sample.abs()));
    let tenth = RATE as usize / 10;
    sound.channels.iter().map(|channel| channel.chunks(tenth).map(peak).collect()).collect()
}

#[track_caller]
fn check(name: &str, params: &[(&str, u16)]) {
    let fixture = fixture(name);
    for host in Host::ALL {
        let mut instance = fixture.open(host);
        let what = format!("{name} in {host:?}");
        let state = instance.state().expect("it saves");
        assert_eq!(state.document(), fixture.state.document(), "{what}: the text");
        for (param, slot) in params {
            assert_eq!(state.slot(param), Some(*slot), "{what}: the slot of `{param}`");
        }
        fixture.check(&fixture.play(&mut instance), &what);

        // Saved by this version and opened once more; what the script moved is moved back by the state.
        let mut again = fixture.open(host);
        let saved = again.hosted().save().expect("it saves");
        let mut fresh = open(host, fixture.kind);
        fresh.hosted().load(&saved).expect("it loads");
        fresh.activate(RATE, BLOCK_MAX).expect("it activates");
        fixture.check(&fixture.play(&mut fresh), &format!("{what}, saved again"));
    }
}

#[test]
fn an_edited_factory_document_keeps_its_slots_values_and_sound() {
    check("edited-instrument", &[("shape", 0), ("cutoff", 5), ("level", 17), ("fold", 18)]);
}

#[test]
fn a_session_with_a_carried_sound_plays_as_it_did() {
    check("session", &[("level", 0)]);
}

#[test]
fn an_effect_with_options_includes_and_keys_plays_as_it_did() {
    check("effect", &[("mix", 0), ("colour", 1)]);
}

#[test]
fn fields_of_another_version_are_still_there() {
    let fixture = fixture("effect");
    for host in Host::ALL {
        let core = fixture.open(host).state().expect("it saves").core;
        assert_eq!(core["editor"]["zoom"], 1.5, "{host:?}");
        assert_eq!(core["editor"]["open"][1], "tables", "{host:?}");
        assert_eq!(core["document"]["folded"][1], 7, "{host:?}");
    }
}

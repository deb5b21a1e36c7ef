//! A session in a project: the plugin plays it as the core renders it, and brings it back.

use ksmps_core::offline::sound_file::{self, Encoding};
use ksmps_core::offline::{RenderOptions, RenderSession as _};
use ksmps_core::session::{Session, SessionFile};
use ksmps_harness::bounce::{Plan, Sound};
use ksmps_harness::bundle::Kind;
use ksmps_harness::hosts::Host;
use ksmps_harness::instance::Instance;
use ksmps_harness::script::{Cut, Script};

use super::legs::{self, Leg};
use super::{BLOCK_MAX, RATE, assert_same, open};

/// A source, an effect that stands behind it, a line, a table, a stop.
const SESSION: &str = r#"{
  "ksmps_session": 1,
  "config": {"sr": 48000, "ksmps": 32, "channels": 2},
  "templates": [
    {"name": "tone", "body": "|ibus, itab, kfreq=440|\nbusmix ibus, oscili:a(0.2, kfreq, itab)*linsegr:a(0, 0.01, 1, 0.05, 0)"},
    {"name": "room", "body": "|ifrom, kgain=1|\nasig = busin:a(ifrom)*kgain\nouts asig, delay:a(asig, 0.02)"}
  ],
  "tables": [{"data": [0, 1, 0, -1]}],
  "buses": [{"kind": "audio", "persist": true}],
  "events": [
    {"template": "room", "priority": -1, "args": {"ifrom": 1},
     "automate": [{"name": "kgain", "points": [[0, 0.5], [0.2, 1]], "mode": "cos"}]},
    {"template": "tone", "start": 0.05, "args": {"ibus": 1, "itab": 2, "kfreq": 330}, "stop": 0.3},
    {"template": "tone", "start": 0.1, "dur": 0.1, "args": {"ibus": 1, "itab": 2}}
  ]
}"#;
const DOCUMENT: &str = "ksmps = 32\nnchnls = 2\n0dbfs = 1\nA4 = 442\n;@notes off\n";
const FRAMES: u64 = 24_000;

fn rendered() -> Vec<f32> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("render.wav");
    let session = Session::from_file(&SessionFile::from_json(SESSION).expect("reads")).expect("holds");
    let encoding = Some(Encoding::Float32);
    let options = RenderOptions { endtime: Some(FRAMES as f64 / RATE), encoding, ..RenderOptions::default() };
    session.render(&path, &options).expect("renders");
    let sound = sound_file::read(&path).expect("reads");
    sound.samples.chunks(2).map(|frame| frame[1] as f32).collect()
}

fn play(instance: &mut Instance) -> Sound {
    instance.play_aligned(&Plan::new(Script::new(), FRAMES)).expect("it plays")
}

#[test]
fn a_projects_session_sounds_as_its_render_and_comes_back() {
    let expected = rendered();
    assert!(expected.iter().any(|sample| sample.abs() > 0.1));
    for host in Host::BUNDLES {
        let mut instance = open(host, Kind::Instrument);
        instance.load(DOCUMENT, None).expect("the document goes in");
        let mut state = instance.state().expect("it saves");
        state.set_session(serde_json::from_str(SESSION).expect("is JSON"));
        instance.set_state(&state).expect("it loads");
        instance.activate(RATE, BLOCK_MAX).expect("it activates");
        let first = play(&mut instance);
        assert_eq!(first.channels[1], expected, "{host:?}");

        // The bounce, and a project that is opened again.
        instance.reset();
        assert_same(&first, &play(&mut instance), &format!("{host:?} after a reset"));
        let saved = instance.hosted().save().expect("it saves");
        let mut fresh = open(host, Kind::Instrument);
        fresh.hosted().load(&saved).expect("it loads");
        fresh.activate(RATE, BLOCK_MAX).expect("it activates");
        assert_same(&first, &play(&mut fresh), &format!("{host:?} in a fresh instance"));
        let kept = fresh.state().expect("it saves").core["session"].clone();
        assert_eq!(kept["events"].as_array().map(Vec::len), Some(3), "{host:?}");
    }
}

const TEMPLATES: &str = "<CsoundSynthesizer>\n<CsInstruments>\nksmps = 32\nnchnls = 2\n0dbfs = 1\n\
    gidry busassign \"audio\", 1\n</CsInstruments>\n<KsmpsSession>\n\
    template tone priority=2\n|kfreq=440, kamp=0.1|\nbusmix gidry, oscili:a(kamp, kfreq)*linsegr:a(1, 0.05, 0)\n\
    endtemplate\ntemplate out\nouts busin:a(gidry), a(0)\nendtemplate\nsched out priority=-1\n\
    </KsmpsSession>\n</CsoundSynthesizer>\n";

#[test]
fn notes_start_a_documents_templates_on_their_frames() {
    let mut sounds = Vec::new();
    for host in Host::BUNDLES {
        let mut instance = super::playing(host, Kind::Instrument, TEMPLATES);
        let script = Script::parse("0.1 note 69 127 0.2", RATE).expect("reads");
        let sound = instance.play_aligned(&Plan::new(script, FRAMES)).expect("it plays");
        let onset = sound.channels[0].iter().position(|sample| *sample != 0.0);
        // The sine's first sample is 0.
        assert_eq!(onset, Some(4_801), "{host:?}");
        assert_eq!(sound.channels[0][20_000..].iter().copied().fold(0.0, f32::max), 0.0, "{host:?}");
        sounds.push(sound);
    }
    assert_same(&sounds[0], &sounds[1], "CLAP and VST3");
}

/// Notes of one sample at odd places, a level that an effect which stands has by a line of the song's, and a note that lasts.
const FOLLOWING: &str = r#"{
  "ksmps_session": 1,
  "play": "follow=beats late=enter",
  "templates": [
    {"name": "click", "body": "|ilevel=0.5|\noutch 1, linseg:a(ilevel, 1/sr, 0, 1, 0)"},
    {"name": "lasting", "body": "|klevel=0.25|\noutch 2, linsegr:a(1, 1, 1, 0.01, 0)*upsamp(klevel)"},
    {"name": "level", "body": "|ibus|\noutch 2, upsamp(busin:k(ibus))"}
  ],
  "buses": [{"kind": "control", "value": 0, "automate": [{"points": [[0, 0], [4, 0.5]], "mode": "cos", "at": 1}]}],
  "events": [
    {"template": "level", "args": {"ibus": 1}},
    {"template": "click", "start": 0.3333333, "dur": 0.002},
    {"template": "click", "start": 1.77, "dur": 0.002, "args": {"ilevel": 0.25}},
    {"template": "click", "start": 5.9, "dur": 0.002, "args": {"ilevel": 0.125}},
    {"template": "lasting", "start": 1, "dur": 3, "set": [{"name": "klevel", "value": 0.125, "at": 2}]}
  ]
}"#;
/// Where the song jumps, is played at another tempo, and stands.
const LEGS: [Leg; 6] = [
    (0, 0.0, 0.0),
    (1003, 0.0, 120.0),
    (30_001, 1.25, 120.0),
    (50_007, 0.0, 97.0),
    (70_000, 0.0, 0.0),
    (72_000, 3.5, 180.0),
];
const SONG_FRAMES: usize = 96_000;

/// The sound of the project's session while the song goes through legs, in blocks that end where it jumps.
fn following(host: Host, legs: &[Leg], frames: usize, cut: &Cut) -> Vec<Vec<f32>> {
    let mut instance = open(host, Kind::Instrument);
    instance.load(DOCUMENT, None).expect("the document goes in");
    let mut state = instance.state().expect("it saves");
    state.set_session(serde_json::from_str(FOLLOWING).expect("is JSON"));
    instance.set_state(&state).expect("it loads");
    instance.activate(RATE, BLOCK_MAX).expect("it activates");
    legs::sound(&mut instance, legs, frames, cut)
}

#[test]
fn a_session_that_follows_the_song_goes_through_its_jumps_however_the_blocks_are_cut() {
    let first = following(Host::CORE, &LEGS, SONG_FRAMES, &Cut::Fixed(512));
    assert_eq!(super::sounding(&first[0]), legs::due(&LEGS, SONG_FRAMES, &[0.3333333, 1.77, 5.9]));
    // The note that lasts, and the level of the bus: cos goes half the way in half the time.
    let at = |frame: usize| f64::from(first[1][frame + 32]);
    let bus = |beats: f64| 0.25 * (1.0 - ((beats - 1.0).clamp(0.0, 4.0) / 4.0 * std::f64::consts::PI).cos());
    for (frame, note, beats) in [
        (20_000, 0.0, 18_997.0 / 24_000.0),
        (29_000, 0.25, 27_997.0 / 24_000.0),
        (31_000, 0.25, 1.25 + 999.0 / 24_000.0),
        (49_000, 0.125, 1.25 + 18_999.0 / 24_000.0),
        (73_000, 0.125, 3.5 + 1000.0 / 16_000.0),
        (95_000, 0.0, 3.5 + 23_000.0 / 16_000.0),
    ] {
        // Half a cycle.
        assert!(
            (at(frame) - note - bus(beats)).abs() < 1e-3,
            "{frame}: {} for {}",
            at(frame),
            note + bus(beats)
        );
    }
    for host in Host::ALL {
        for cut in [Cut::Fixed(512), Cut::Fixed(17), Cut::Random { seed: 5, max: 400 }] {
            assert!(following(host, &LEGS, SONG_FRAMES, &cut) == first, "{host:?} in blocks of {cut}");
        }
    }
}

#[test]
fn a_bounce_from_any_beat_is_the_sound_of_the_whole_from_there() {
    for host in Host::BUNDLES {
        // A beat is 6,000 frames, and a cycle begins at each second one.
        let whole = following(host, &[(0, 0.0, 480.0)], 48_000, &Cut::Fixed(512));
        assert!(whole[1].iter().any(|sample| *sample > 0.4), "{host:?}");
        for beat in [2_usize, 6] {
            // A note lasts over beat 2, and enters there with its value of then.
            let part = following(host, &[(0, beat as f64, 480.0)], 48_000 - beat * 6000, &Cut::Fixed(500));
            for channel in 0..2 {
                let (part, whole) = (&part[channel][32..], &whole[channel][beat * 6000 + 32..]);
                let first = part.iter().zip(whole).position(|(part, whole)| part != whole);
                assert_eq!(first, None, "{host:?}, beat {beat}, channel {channel}");
            }
        }
    }
}

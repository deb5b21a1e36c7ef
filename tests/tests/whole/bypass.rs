//! The bypass: the input as late as the document's sound, without a click, and no note that hangs behind it.

use ksmps_core::event::EventKind;
use ksmps_core::random::Random;
use ksmps_harness::bounce::{Plan, Sound};
use ksmps_harness::bundle::Kind;
use ksmps_harness::host::BYPASS_SLOT;
use ksmps_harness::hosts::Host;
use ksmps_harness::instance::Instance;
use ksmps_harness::script::{Cut, Script};

use super::{RATE, documents, open, playing};

const FRAMES: usize = 24_000;
/// Where it is switched on, and off again.
const ON: usize = 5003;
const OFF: usize = 15_001;
/// Ten milliseconds.
const FADE: usize = 480;

/// Switches the bypass in a script.
fn switch(script: &mut Script, frame: usize, is_on: bool) {
    let normalized = f64::from(u8::from(is_on));
    script.push(frame as u64, EventKind::Param { slot: BYPASS_SLOT, normalized });
}

fn bypassed_between() -> Script {
    let mut script = Script::new();
    switch(&mut script, ON, true);
    switch(&mut script, OFF, false);
    script
}

fn noise(seed: u64) -> Vec<f32> {
    let mut random = Random::new(seed);
    (0..FRAMES).map(|_| random.below(65_536) as f32 / 65_536.0 - 0.5).collect()
}

#[test]
fn a_bypassed_effect_gives_its_input_as_late_as_its_sound() {
    let inputs = vec![noise(1), noise(2), noise(3), noise(4)];
    let delay = "level 0..1=0.25\n;@latency 1000";
    for host in Host::BUNDLES {
        for (directive, cut) in [("level 0..1=0.25", "1024"), (delay, "random:7"), (delay, "37")] {
            let mut instance = playing(host, Kind::Effect, &documents::level(16, directive));
            let latency = instance.hosted().latency_frames() as usize;
            assert!(latency >= 16);
            // PANIC: the texts above are cuts.
            let plan = Plan::new(bypassed_between(), FRAMES as u64).cut(cut.parse().unwrap());
            let sound = instance.play(&plan.inputs(inputs.clone())).expect("it plays");
            for (channel, input) in sound.channels.iter().zip(&inputs) {
                let say = |frame: usize| format!("{host:?}, {cut}, latency {latency}, frame {frame}");
                let is_sound = |frame: usize| channel[frame] == 0.25;
                (latency..ON).for_each(|frame| assert!(is_sound(frame), "{}", say(frame)));
                for frame in ON + FADE..OFF {
                    assert_eq!(channel[frame], input[frame - latency], "{}", say(frame));
                }
                (OFF + FADE..FRAMES).for_each(|frame| assert!(is_sound(frame), "{}", say(frame)));
            }
        }
    }
}

#[test]
fn there_is_no_click() {
    // Two constants: any step between neighbours is the bypass's own.
    let inputs = vec![vec![-0.75; FRAMES]; 4];
    for host in Host::BUNDLES {
        let mut instance = playing(host, Kind::Effect, &documents::level(16, "level 0..1=0.25"));
        let plan = Plan::new(bypassed_between(), FRAMES as u64).inputs(inputs.clone());
        let sound = instance.play(&plan).expect("it plays");
        let step =
            sound.channels[0][100..].windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
        assert!(step > 0.0 && step < 1.01 / FADE as f32, "{host:?}: {step}");
    }
}

/// Level of a stretch.
fn peak(sound: &Sound, frames: std::ops::Range<usize>) -> f32 {
    sound
        .channels
        .iter()
        .flat_map(|channel| &channel[frames.clone()])
        .fold(0.0, |peak, sample| peak.max(sample.abs()))
}

#[test]
fn a_bypassed_instrument_is_silent_and_follows_its_notes() {
    for host in Host::BUNDLES {
        for kind in [Kind::Instrument, Kind::MultiOut] {
            let mut instance = playing(host, kind, &documents::tone(16, 0.5));
            let mut script = bypassed_between();
            // Ends behind the bypass; begins behind it; lasts through it.
            script.key(1000, 60, 1.0, 9000).key(8000, 64, 1.0, 12_000);
            let sound = instance.play(&Plan::new(script, FRAMES as u64)).expect("it plays");
            assert!(peak(&sound, 2000..ON) > 0.3, "{host:?} {kind:?}");
            assert_eq!(peak(&sound, ON + FADE..OFF), 0.0, "{host:?} {kind:?}");
            assert!(peak(&sound, OFF + FADE..20_000) > 0.3, "{host:?} {kind:?}: the held note is there");
            assert_eq!(peak(&sound, 23_000..FRAMES), 0.0, "{host:?} {kind:?}: no note hangs");

            let mut script = bypassed_between();
            script.key(1000, 60, 1.0, 9000);
            let sound = instance.play(&Plan::new(script, FRAMES as u64)).expect("it plays");
            assert_eq!(peak(&sound, ON + FADE..FRAMES), 0.0, "{host:?} {kind:?}: it ended behind the bypass");
        }
    }
}

/// What the host sees of the bypass: its place, id, name, value, and the texts of both values.
fn seen(instance: &mut Instance) -> (usize, u32, String, f64, [Option<String>; 2]) {
    let params = instance.hosted().params();
    let all: Vec<_> = params.into_iter().enumerate().filter(|(_, param)| param.is_bypass).collect();
    let [(place, param)] = &all[..] else { panic!("{all:?}") };
    let texts = [0.0, 1.0].map(|value| instance.hosted().param_text(param.id, value));
    (*place, param.id, param.name.clone(), param.value, texts)
}

#[test]
fn a_host_finds_it_behind_the_slots_whose_ids_stay() {
    let texts = ["Off", "On"].map(|text| Some(text.to_owned()));
    for host in Host::BUNDLES {
        for kind in Kind::ALL {
            let mut instance = open(host, kind);
            let expected = (usize::from(BYPASS_SLOT), 773_352_680, "Bypass".to_owned(), 0.0, texts.clone());
            assert_eq!(seen(&mut instance), expected, "{host:?} {kind:?}");
            let ids: Vec<u32> = instance.hosted().params().iter().take(128).map(|param| param.id).collect();
            // "P000" to "P127", as the framework numbers texts.
            let digits = |slot: u32| [slot / 100, slot / 10 % 10, slot % 10].map(|digit| digit + 48);
            let id = |slot| digits(slot).into_iter().fold(80, |id, byte| id * 31 + byte);
            assert_eq!(ids, (0..128).map(id).collect::<Vec<_>>(), "{host:?} {kind:?}");
        }
    }
}

#[test]
fn it_is_saved_with_the_project() {
    let document = documents::level(16, "level 0..1=0.25");
    let inputs = vec![vec![0.5; 4096]; 4];
    let plan = Plan::new(Script::new(), 4096).inputs(inputs);
    for host in Host::BUNDLES {
        let mut instance = playing(host, Kind::Effect, &document);
        let played = instance.state().expect("it saves");
        let mut script = Script::new();
        switch(&mut script, 0, true);
        instance.play(&Plan::new(script, 1024)).expect("it plays");
        assert_eq!(seen(&mut instance).3, 1.0, "{host:?}");
        let bypassed = instance.state().expect("it saves");
        drop(instance);

        let mut other = open(host, Kind::Effect);
        other.set_state(&bypassed).expect("it loads");
        assert_eq!(seen(&mut other).3, 1.0, "{host:?}");
        other.activate(RATE, 512).expect("it activates");
        // From the first frame on, without a fade.
        let sound = other.play_aligned(&plan).expect("it plays");
        assert!(sound.channels[0].iter().all(|sample| *sample == 0.5), "{host:?}: {}", sound.channels[0][0]);
        other.set_state(&played).expect("it loads");
        assert_eq!(seen(&mut other).3, 0.0, "{host:?}");
        // A state of a version without a bypass plays.
        other.set_state(&bypassed).expect("it loads");
        let mut earlier = bypassed.clone();
        earlier.whole["params"] = serde_json::json!({});
        other.set_state(&earlier).expect("it loads");
        assert_eq!(seen(&mut other).3, 0.0, "{host:?}");
    }
}

#[test]
fn what_is_cut_does_not_change_what_is_heard() {
    let inputs = vec![noise(5); 4];
    for host in Host::BUNDLES {
        let play = |cut: Cut| {
            let mut instance = playing(host, Kind::Effect, &documents::sidechain(32));
            let plan = Plan::new(bypassed_between(), FRAMES as u64).cut(cut).inputs(inputs.clone());
            instance.play(&plan).expect("it plays")
        };
        let first = play(Cut::Fixed(512));
        for cut in [Cut::Fixed(64), Cut::Fixed(999), Cut::Random { seed: 3, max: 700 }] {
            super::assert_same(&first, &play(cut.clone()), &format!("{host:?} in blocks of {cut}"));
        }
    }
}

//! Seam: `player`, one plugin instance without its host.

mod common;

use common::{Bench, off, on, peak};
use ksmps_core::event::EventKind;
use ksmps_core::player::{EngineState, InstanceConfig, Notice, Place, Report, Subscription, pair};
use ksmps_core::route::HostChannels;
use ksmps_core::transport::{Position, Transport};

/// A document whose notes are plain decaying tones, with a parameter.
const TONES: &str = "ksmps = 32\nnchnls = 2\n0dbfs = 1\n;@param level 0..1=0.5\n\
    instr tone\n kfreq = p4\n iamp = p5\n asig = oscili:a(iamp * chnget:k(\"level\"), kfreq) * linsegr:a(0, 0.005, 1, 0.05, 0)\n\
    outs asig, asig\nendin\n";

fn melody() -> Vec<(usize, EventKind)> {
    vec![
        (0, on(60)),
        (77, on(64)),
        (1000, EventKind::Param { slot: 0, normalized: 0.9 }),
        (3001, off(60)),
        (4000, off(64)),
        (4000, on(67)),
        (9000, off(67)),
    ]
}

#[test]
fn a_note_sounds_one_cycle_late_and_ends() {
    let mut bench = Bench::new(TONES);
    assert_eq!(bench.player.latency_frames(), 32);
    let sound = bench.play(4800, &[(100, on(69)), (2000, off(69))], &[480]);
    let onset = sound.iter().position(|sample| *sample != 0.0).unwrap();
    assert_eq!(onset, 100 + 32 + 1, "the first sample of a sine is 0");
    assert!(peak(&sound) > 0.2);
    assert_eq!(bench.play(4800, &[], &[480]).last(), Some(&0.0));
    assert_eq!(bench.player.voice_count(), 0);
}

#[test]
fn any_cut_of_the_blocks_gives_the_same_samples() {
    let whole = Bench::new(TONES).play(12_000, &melody(), &[12_000]);
    assert!(peak(&whole) > 0.2);
    for cuts in [&[1][..], &[17], &[64], &[512], &[1000], &[3, 700, 1, 45]] {
        assert!(Bench::new(TONES).play(12_000, &melody(), cuts) == whole, "cut by {cuts:?}");
    }
}

#[test]
fn after_a_reset_the_same_events_give_the_same_samples() {
    let mut bench = Bench::new(TONES);
    // The level starts where it ends, so that both bounces start alike.
    bench.control.values().set(0, 0.9);
    bench.player.reset();
    let first = bench.play(12_000, &melody()[..2], &[512]);
    bench.player.reset();
    let second = bench.play(12_000, &melody()[..2], &[333]);
    bench.player.reset();
    let third = bench.play(12_000, &melody()[..2], &[64]);
    assert!(peak(&first) > 0.2);
    assert!(first == second && second == third);
}

#[test]
fn a_text_that_does_not_build_leaves_the_sound() {
    let mut bench = Bench::new(TONES);
    bench.play(480, &[(0, on(60))], &[480]);
    let ticket = bench.control.edit("instr 1\n a1 oscil\nendin\n".into());
    let status = bench.control.wait_for(ticket);
    assert!(status.failed);
    let error = status.diagnostics.iter().find(|diagnostic| diagnostic.line == Some(2));
    assert!(error.is_some(), "{:?}", status.diagnostics);
    assert!(peak(&bench.play(4800, &[], &[480])) > 0.2, "the note plays on");
}

#[test]
fn an_edit_takes_over_without_a_click_and_starts_held_notes_again() {
    let mut bench = Bench::new(TONES);
    bench.play(9600, &[(0, on(60))], &[480]);
    let ticket = bench.control.edit(TONES.replace("0.005", "0.006"));
    assert!(!bench.control.wait_for(ticket).failed);
    let sound = bench.play(9600, &[], &[480]);
    let step = sound.windows(2).fold(0.0f32, |step, pair| step.max((pair[1] - pair[0]).abs()));
    assert!(step < 0.05, "a step of {step}");
    assert!(peak(&sound[4800..]) > 0.2, "the note plays on in the new engine");
    let released = bench.play(9600, &[(0, off(60))], &[480]);
    assert_eq!(peak(&released[4800..]), 0.0);
}

#[test]
fn a_parameter_moves_in_a_line_and_keeps_its_slot() {
    let text = "ksmps = 16\nnchnls = 1\n0dbfs = 1\n;@param level 0..1=0.25\n\
        instr 1\n outs a(chnget:k(\"level\"))\nendin\nschedule 1, 0, -1\n;@notes off\n";
    let mut bench = Bench::new(text);
    let sound = bench.play(4800, &[(1600, EventKind::Param { slot: 0, normalized: 0.75 })], &[100]);
    assert_eq!(sound[1600], 0.25);
    assert_eq!(sound[2400], 0.75);
    assert!((sound[1600 + 16 + 240] - 0.5).abs() < 0.05, "half way after 5 ms");
    let ticket = bench.control.edit(text.replace(";@param level", ";@param new 0..1\n;@param level"));
    bench.control.wait_for(ticket);
    assert_eq!((bench.control.slot("level"), bench.control.slot("new")), (Some(0), Some(1)));
    let sound = bench.play(4800, &[], &[100]);
    assert_eq!(sound[4799], 0.75, "its value stays");
}

#[test]
fn a_state_brings_back_document_and_values() {
    let mut bench = Bench::new(TONES);
    bench.play(480, &[(0, EventKind::Param { slot: 0, normalized: 0.125 })], &[480]);
    let state = bench.control.save();
    bench.control.load("instr 1\nendin\n".into(), None);
    let ticket = bench.control.restore(&state).unwrap();
    assert!(!bench.control.wait_for(ticket).failed);
    assert_eq!(bench.control.text(), TONES);
    assert_eq!(bench.control.values().get(0), Some(0.125));
    assert!(bench.control.restore(&serde_json::json!({ "nonsense": 1 })).is_err());
    assert_eq!(bench.control.text(), TONES);
}

#[test]
fn an_orchestra_that_leaves_becomes_silence_and_can_be_replaced() {
    let mut bench = Bench::new(
        "nchnls = 2\n0dbfs = 1\nksmps = 16\ninstr 1\n asig init 0.5\n outs asig, asig\nendin\n\
        instr 2\n exitnow\nendin\nschedule 1, 0, -1\nschedule 2, 0.05, 1\n;@notes off\n",
    );
    let sound = bench.play(9600, &[], &[480]);
    assert_eq!(sound[1000], 0.5);
    assert_eq!(peak(&sound[4800..]), 0.0);
    let ticket = bench.control.load(TONES.into(), None);
    assert!(!bench.control.wait_for(ticket).failed);
    assert!(peak(&bench.play(9600, &[(0, on(60))], &[480])) > 0.2);
}

#[test]
fn what_goes_wrong_while_playing_is_said() {
    let says = |bench: &Bench, word: &str| {
        for _ in 0..200 {
            if bench.control.status().problems.iter().any(|problem| problem.text.contains(word)) {
                return true;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        false
    };
    let mut left =
        Bench::new("ksmps = 16\n0dbfs = 1\n;@notes off\ninstr 1\n exitnow\nendin\nschedule 1, 0, 1\n");
    left.play(480, &[], &[480]);
    assert!(says(&left, "exitnow"));
    let mut odd = Bench::new(
        "ksmps = 16\n0dbfs = 1\n;@notes off\ninstr 1\n kzero init 0\n out a(1/kzero)\nendin\nschedule 1, 0, 1\n",
    );
    odd.play(480, &[], &[480]);
    assert!(says(&odd, "NaN"));
}

#[test]
fn the_hosts_song_is_in_channels_at_each_cycle() {
    let text = "ksmps = 16\nnchnls = 2\n0dbfs = 1\n;@notes off\ninstr 1\n outs a(chnget:k(\"HOST_PPQ_POS\")), \
        a(chnget:k(\"HOST_PPQ_POS\"))\nendin\nschedule 1, 0, -1\n";
    let mut bench = Bench::new(text);
    let song = Transport {
        playing: true,
        signature: (3, 4),
        position: Some(Position { frames: 24_000, beats: 1.0 }),
        ..Transport::default()
    };
    bench.player.transport(song);
    let sound = bench.play(480, &[], &[480]);
    // The last sample of a ramp over a cycle is near its value; the first cycle's position is the block's.
    assert!((sound[31] - 1.0).abs() < 1e-6, "{}", sound[31]);
    let one_beat_in_frames = 24_000.0;
    let expected = 1.0 + (28.0 * 16.0) / one_beat_in_frames;
    assert!((f64::from(sound[479]) - expected).abs() < 1e-6, "{} {expected}", sound[479]);
}

#[test]
fn a_failed_edit_does_not_start_the_document_again() {
    let text = "ksmps = 16\nnchnls = 2\n0dbfs = 1\n;@notes off\ninstr 1\n asig init 0.5\n outs asig, asig\nendin\nschedule 1, 0, 0.1\n";
    let mut bench = Bench::new(text);
    bench.play(24_000, &[], &[480]);
    let ticket = bench.control.edit("instr 1\n a1 oscil\nendin\n".into());
    assert!(bench.control.wait_for(ticket).failed);
    assert_eq!(peak(&bench.play(24_000, &[], &[480])), 0.0);
    // After an activation nothing plays: then it is the last text that built.
    assert!(bench.control.activate(48_000.0).failed);
    bench.player.adopt();
    assert_eq!(peak(&bench.play(4800, &[], &[480])), 0.5);
}

#[test]
fn a_state_restored_during_a_build_keeps_its_slots() {
    let bench = Bench::new(TONES);
    let state = |slot: usize, value: f64| {
        let mut state = bench.control.save();
        state["slots"] = serde_json::json!({ "level": { "slot": slot, "value": value } });
        state
    };
    for pause_ms in [0, 2, 5, 10, 15] {
        bench.control.restore(&state(0, 0.25)).unwrap();
        std::thread::sleep(std::time::Duration::from_millis(pause_ms));
        let ticket = bench.control.restore(&state(5, 0.75)).unwrap();
        bench.control.wait_for(ticket);
        assert_eq!((bench.control.slot("level"), bench.control.values().get(5)), (Some(5), Some(0.75)));
    }
}

#[test]
fn an_engine_of_another_rate_is_never_adopted() {
    let mut bench = Bench::new(TONES);
    let ticket = bench.control.edit(format!("{TONES};\n"));
    bench.control.wait_for(ticket);
    bench.control.deactivate();
    bench.player.release();
    assert!(bench.control.activate(500.0).failed);
    bench.player.adopt();
    assert_eq!(peak(&bench.play(4800, &[(0, on(60))], &[480])), 0.0);
}

#[test]
fn a_reset_has_an_engine_as_new_though_the_documents_folder_is_gone() {
    let folder = std::env::temp_dir().join(format!("ksmps-spare-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("part.inc"), "giPart = 1\n").unwrap();
    let mut bench = Bench::new(TONES);
    let ticket =
        bench.control.load(format!("#include \"part.inc\"\n{TONES}"), Some(folder.join("document.csd")));
    assert!(!bench.control.wait_for(ticket).failed);
    std::fs::remove_dir_all(&folder).unwrap();
    // The document that was there before fades.
    bench.play(2048, &[], &[512]);
    bench.player.reset();
    let first = bench.play(480, &[(0, on(60))], &[480]);
    bench.player.reset();
    assert!(peak(&first) > 0.0);
    assert_eq!(bench.play(480, &[(0, on(60))], &[480]), first);
}

#[test]
fn a_controller_that_moves_a_parameter_survives_an_edit_but_not_a_reset() {
    let text = "ksmps = 16\nnchnls = 2\n0dbfs = 1\n;@notes off\n;@param level 0..1=0.25 cc=7\ninstr 1\n\
        outs a(chnget:k(\"level\")), a(chnget:k(\"level\"))\nendin\nschedule 1, 0, -1\n";
    let mut bench = Bench::new(text);
    let moved = bench.play(4800, &[(0, common::midi([0xb0, 7, 127]))], &[480]);
    assert_eq!(moved[4799], 1.0);
    let ticket = bench.control.edit(format!("{text};\n"));
    assert!(!bench.control.wait_for(ticket).failed);
    assert_eq!(bench.play(4800, &[], &[480])[4799], 1.0);
    bench.player.reset();
    assert_eq!(bench.play(4800, &[], &[480])[4799], 0.25, "two bounces begin alike");
}

#[test]
fn an_asset_that_is_missing_at_note_time_is_named() {
    let text = "ksmps = 16\nnchnls = 2\n0dbfs = 1\n;@notes off\ninstr 1\n a1 diskin2 \"nope.wav\", 1\n outs a1, a1\nendin\nschedule 1, 0, 1\n";
    let mut bench = Bench::new(text);
    bench.play(480, &[], &[480]);
    let named =
        |bench: &Bench| bench.control.status().problems.iter().any(|said| said.text.contains("nope.wav"));
    let found = (0..200).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(10));
        named(&bench)
    });
    assert!(found, "{:?}", bench.control.status());
}

#[test]
fn each_change_of_the_users_is_a_revision_and_a_restore_is_the_projects_own() {
    let (control, _player) = pair(InstanceConfig {
        channels: HostChannels { inputs: vec![], outputs: vec![2] },
        default_document: TONES,
    });
    assert_eq!((control.revision(), control.is_modified()), (0, false));
    control.declared_params();
    assert_eq!((control.revision(), control.is_modified()), (0, false), "slots are no change");
    control.edit(format!("{TONES};\n"));
    assert_eq!((control.revision(), control.is_modified()), (1, true));
    let state = control.save();
    assert_eq!((control.revision(), control.is_modified()), (1, false));
    control.make_empty_table(16).unwrap();
    assert_eq!((control.revision(), control.is_modified()), (2, true), "a session is part of the project");
    control.restore(&state).unwrap();
    assert_eq!((control.revision(), control.is_modified()), (3, false));
    control.clear_session();
    control.load("instr 1\nendin\n".to_owned(), None);
    assert_eq!((control.revision(), control.is_modified()), (5, true));
    assert_eq!(control.project().text(), "instr 1\nendin\n");
}

/// A steady tone of 1 kHz from the engine's first cycle on; each number makes another text.
fn steady(number: u32) -> String {
    format!(
        "ksmps = 16\nnchnls = 2\n0dbfs = 1\n;@notes off\ninstr 1\n asig poscil 0.5, 1000\n outs asig, asig\nendin\n\
        schedule 1, 0, -1\n; {number}\n"
    )
}

fn step(sound: &[f32]) -> f32 {
    sound.windows(2).fold(0.0, |step, pair| step.max((pair[1] - pair[0]).abs()))
}

#[test]
fn edits_at_every_moment_of_a_fade_make_no_step() {
    let own = step(&Bench::new(&steady(0)).play(480, &[], &[480]));
    let mut bench = Bench::new(&steady(0));
    let mut sound = bench.play(2000, &[], &[64]);
    for (edit, moment) in (1u32..).zip((0..=1040).step_by(65)) {
        for (number, frames) in [(2 * edit, moment), (2 * edit + 1, 2217)] {
            let ticket = bench.control.edit(steady(number));
            assert!(!bench.control.wait_for(ticket).failed);
            sound.extend(bench.play(frames, &[], &[13, 64]));
        }
    }
    assert!(step(&sound) <= own * 1.01, "{} instead of {own}", step(&sound));
}

#[test]
fn a_bounce_in_real_time_begins_in_silence_and_goes_on_with_what_is_held() {
    let mut bench = Bench::new(TONES);
    bench.player.set_offline(false);
    assert!(peak(&bench.play(4800, &[(0, on(60))], &[480])) > 0.2);
    // The first reset has a spare or has none, the others follow so fast that there cannot be one.
    for _ in 0..5 {
        bench.player.reset();
        assert_eq!(peak(&bench.play(16, &[], &[16])), 0.0, "what sounded is silent");
        bench.play(32, &[(0, on(64))], &[32]);
    }
    let mut sounds = false;
    for _ in 0..500 {
        std::thread::sleep(std::time::Duration::from_millis(2));
        sounds = sounds || peak(&bench.play(480, &[], &[480])) > 0.1;
    }
    assert!(sounds, "the note that is held begins in the engine that comes");
    let released = bench.play(9600, &[(0, off(64))], &[480]);
    assert_eq!(peak(&released[4800..]), 0.0);
}

#[test]
fn offline_bounces_are_the_same_however_fast_they_follow() {
    let mut bench = Bench::new(TONES);
    let first = bench.play(2400, &[(0, on(60)), (2000, off(60))], &[480]);
    for cut in [480, 64, 2400] {
        bench.player.reset();
        assert!(bench.play(2400, &[(0, on(60)), (2000, off(60))], &[cut]) == first, "cut by {cut}");
    }
}

#[test]
fn a_document_that_opens_a_port_can_be_edited_reset_and_told_apart() {
    // A port that nobody has now.
    let free = std::net::UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let text = format!(
        "ksmps = 16\nnchnls = 2\n0dbfs = 1\n;@notes off\ngiOsc OSCinit {free}\ninstr 1\n asig init 0.5\n \
         outs asig, asig\nendin\nschedule 1, 0, -1\n"
    );
    if common::PLACE == Place::Apart {
        // A process of its own has no sockets.
        let (_bench, status) = Bench::open(&text);
        let is_said = status.diagnostics.iter().any(|one| one.text.contains("not let use the network"));
        return assert!(status.failed && is_said, "{:?}", status.diagnostics);
    }
    let mut bench = Bench::new(&text);
    assert_eq!(peak(&bench.play(480, &[], &[480])), 0.5);
    let until_it_plays = |bench: &mut Bench, level: f32| {
        (0..1000).any(|_| {
            std::thread::sleep(std::time::Duration::from_millis(2));
            bench.play(480, &[], &[480])[479] == level
        })
    };
    let ticket = bench.control.edit(text.replace("0.5", "0.25"));
    let status = bench.control.wait_for(ticket);
    assert!(
        status.diagnostics.iter().any(|one| one.text.contains("the old engine is stopped first")),
        "{status:?}"
    );
    assert!(until_it_plays(&mut bench, 0.25), "{:?}", bench.control.status());
    let status = bench.control.status();
    assert!(!status.failed && !status.building, "{status:?}");
    // A reset has no spare to take, and gets its engine all the same.
    bench.player.reset();
    assert_eq!(bench.play(480, &[], &[480])[479], 0.25);
    let (_second, status) = Bench::open(&text);
    let told = status.diagnostics.iter().find(|one| one.text.contains("it is in use already"));
    let told = told.unwrap_or_else(|| panic!("{status:?}")).to_string();
    assert!(told.contains(&free.to_string()) && told.contains("another instance"), "{told}");
    assert!(status.failed);
}

/// What there is to read now, lines left out.
fn reports(reader: &mut Subscription) -> impl Iterator<Item = Report> {
    std::iter::from_fn(|| reader.next_notice()).filter_map(|notice| match notice {
        Notice::Report(report) => Some(report),
        Notice::Console(_) => None,
    })
}

#[test]
fn levels_load_and_engines_are_reported_to_everybody_who_reads() {
    let mut bench = Bench::new(TONES);
    let mut readers = [bench.control.subscribe(), bench.control.subscribe()];
    bench.play(9600, &[(0, on(69)), (2000, off(69))], &[480]);
    let read: Vec<Vec<Report>> = readers.iter_mut().map(|reader| reports(reader).collect()).collect();
    assert_eq!(read[0], read[1]);
    let ended = Report::NoteEnded { note: common::note(69) };
    assert_eq!(read[0].iter().filter(|report| **report == ended).count(), 1);
    let loud = |report: &&Report| matches!(report, Report::Level { output: 0, peak, rms } if *peak > 0.2 && rms < peak);
    assert!(read[0].iter().filter(loud).count() > 1, "{:?}", read[0]);
    assert!(
        read[0].iter().any(|report| matches!(report, Report::Load { voices: 1, mean, .. } if *mean > 0.0))
    );
    let ticket = bench.control.edit(format!("{TONES};\n"));
    bench.control.wait_for(ticket);
    bench.play(4800, &[], &[480]);
    let states: Vec<EngineState> = reports(&mut readers[0])
        .filter_map(|report| match report {
            Report::Engine { state, .. } => Some(state),
            _ => None,
        })
        .collect();
    assert!(states.ends_with(&[EngineState::Fading, EngineState::Playing, EngineState::Spent]), "{states:?}");
}

#[test]
fn what_is_played_in_the_window_sounds_as_if_the_host_had_sent_it() {
    let from_host = Bench::new(TONES).play(9600, &[(0, on(69)), (4800, off(69))], &[480]);
    let mut bench = Bench::new(TONES);
    let scope = bench.control.look();
    assert!(bench.control.play_event(on(69)));
    let mut sound = bench.play(4800, &[], &[480]);
    assert!(bench.control.play_event(off(69)));
    sound.extend(bench.play(4800, &[], &[480]));
    assert!(peak(&from_host) > 0.2);
    assert!(sound == from_host);
    let mut latest = vec![[0.0; 2]; 9600];
    assert_eq!(scope.latest(&mut latest), 9600);
    assert!(
        latest.iter().zip(&sound).all(|(frame, sample)| frame[0] == *sample),
        "and whoever looks sees it"
    );
}

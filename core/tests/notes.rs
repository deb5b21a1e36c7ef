//! Seam: notes of a host in the player: who sounds, how long, at what pitch, and what the host is told.

mod common;

use common::{Bench, midi, note, off, on, peak, pitch};
use ksmps_core::event::{EventKind, Expression, NoteName, NoteSelector};

/// A sine per note with a short release. `rules` are directives after `instr tone`.
fn tones(rules: &str) -> String {
    format!(
        "ksmps = 16\nnchnls = 2\n0dbfs = 1\ninstr tone ;@notes {rules}\n pset 0, 0, 0, 440, 0.1, 0, 0\n\
         kfreq = p4\n iamp = p5\n kpress = p6\n ktimbre = p7\n\
         asig = oscili:a(0.1 * (1 + kpress + ktimbre), kfreq) * linsegr:a(0, 0.002, 1, 0.02, 0)\n\
         outs asig, asig\nendin\n"
    )
}

const HALF: usize = 24_000;
const CUT: &[usize] = &[480];

#[test]
fn each_note_ends_and_the_host_hears_of_it() {
    let mut bench = Bench::new(&tones(""));
    bench.play(HALF, &[(0, on(60)), (100, on(64)), (4800, off(60)), (9600, off(64))], CUT);
    assert_eq!(bench.ended.iter().map(|(_, note)| note.key).collect::<Vec<_>>(), [60, 64]);
    let (frame, _) = bench.ended[0];
    assert!((4800 + 960..4800 + 1100).contains(&frame), "after its release of 20 ms: {frame}");
    assert_eq!(bench.player.voice_count(), 0);
}

#[test]
fn overlapping_notes_of_one_key_are_kept_apart() {
    let mut bench = Bench::new(&tones(""));
    bench.play(HALF, &[(0, on(60)), (1000, on(60)), (2000, off(60))], CUT);
    assert_eq!((bench.player.voice_count(), bench.ended.len()), (1, 1), "one off ends one note");
    let still = bench.play(HALF, &[(0, off(60))], CUT);
    assert_eq!((bench.player.voice_count(), peak(&still[HALF / 2..])), (0, 0.0));
}

#[test]
fn a_note_id_names_the_note_whatever_its_key() {
    let named = |id| NoteName { id: Some(id), channel: 0, key: 60 };
    let start = |id| EventKind::NoteOn { note: named(id), velocity: 0.5 };
    let end = |id| EventKind::NoteOff { notes: NoteSelector::from(named(id)), velocity: 0.0 };
    let mut bench = Bench::new(&tones(""));
    bench.play(HALF, &[(0, start(7)), (0, start(8)), (100, end(8))], CUT);
    assert_eq!(bench.ended.iter().map(|(_, note)| note.id).collect::<Vec<_>>(), [Some(8)]);
}

#[test]
fn a_note_that_is_off_in_the_cycle_it_starts_does_not_hang() {
    let mut bench = Bench::new(&tones(""));
    bench.play(HALF, &[(3, on(60)), (5, off(60)), (9, on(62)), (9, off(62))], CUT);
    assert_eq!(bench.player.voice_count(), 0);
    assert_eq!(bench.ended.len(), 2);
}

#[test]
fn the_sustain_pedal_holds_until_it_is_lifted() {
    let (down, up) = (midi([0xb0, 64, 127]), midi([0xb0, 64, 0]));
    let mut bench = Bench::new(&tones("sustain"));
    let held = bench.play(HALF, &[(0, down), (10, on(60)), (1000, off(60))], CUT);
    assert!(peak(&held[HALF / 2..]) > 0.05);
    let lifted = bench.play(HALF, &[(0, up)], CUT);
    assert_eq!(peak(&lifted[HALF / 2..]), 0.0);
}

#[test]
fn all_notes_off_is_silence_and_all_sound_off_is_silence_at_once() {
    for (controller, frames) in [(123, 1100), (120, 64)] {
        let mut bench = Bench::new(&tones("voices=32"));
        let chord: Vec<_> = (40..60).map(|key| (0, on(key))).collect();
        bench.play(HALF, &chord, CUT);
        let sound = bench.play(HALF, &[(0, midi([0xb0, controller, 0]))], CUT);
        assert_eq!(peak(&sound[frames..]), 0.0, "controller {controller}");
        assert_eq!(bench.player.voice_count(), 0);
    }
}

#[test]
fn a_choke_cuts_without_release() {
    let mut bench = Bench::new(&tones(""));
    bench.play(HALF, &[(0, on(60))], CUT);
    let sound = bench.play(HALF, &[(0, EventKind::Choke { notes: NoteSelector::from(note(60)) })], CUT);
    assert_eq!(peak(&sound[64..]), 0.0);
}

#[test]
fn more_notes_than_voices_take_the_oldest() {
    let mut bench = Bench::new(&tones("voices=4"));
    let many: Vec<_> = (0..10).map(|n| (n * 2000, on(50 + n as u8))).collect();
    bench.play(HALF, &many, CUT);
    assert_eq!(bench.player.voice_count(), 4);
    assert_eq!(bench.ended.iter().map(|(_, note)| note.key).collect::<Vec<_>>(), [50, 51, 52, 53, 54, 55]);
}

#[test]
fn ten_thousand_notes_in_one_block_leave_nothing_behind() {
    let mut bench = Bench::new(&tones("voices=16"));
    let flood: Vec<_> = (0..10_000).map(|n| (n % 480, on((n % 128) as u8))).collect();
    bench.play(HALF, &flood, CUT);
    assert!(bench.player.voice_count() <= 32);
    let after = bench.play(HALF, &[(0, midi([0xb0, 123, 0]))], CUT);
    assert_eq!(peak(&after[HALF / 2..]), 0.0);
    assert_eq!(bench.player.voice_count(), 0);
}

#[test]
fn bend_and_tuning_move_the_pitch() {
    let mut bench = Bench::new(&tones("bend=12"));
    let plain = pitch(&bench.play(HALF, &[(0, on(69))], CUT)[2000..]);
    assert!((plain - 440.0).abs() < 0.1, "{plain}");
    let up = pitch(&bench.play(HALF, &[(0, midi([0xe0, 127, 127]))], CUT)[2000..]);
    assert!((up - 880.0).abs() < 0.2, "{up}");
    let tuning =
        EventKind::Expression { notes: NoteSelector::ALL, expression: Expression::Tuning, value: -12.0 };
    let back = pitch(&bench.play(HALF, &[(0, tuning)], CUT)[2000..]);
    assert!((back - 440.0).abs() < 0.1, "{back}");
}

#[test]
fn a_p_field_for_the_bend_takes_it_and_leaves_the_pitch_alone() {
    let text = "ksmps = 16\nnchnls = 2\n0dbfs = 1\ninstr tone ;@notes bend=12\n kfreq = p4\n iamp = p5\n kbend = p6\n\
        asig = oscili:a(0.1, kfreq * semitone(kbend))\n outs asig, asig\nendin\n";
    let mut bench = Bench::new(text);
    let up = bench.play(HALF, &[(0, midi([0xe0, 127, 127])), (0, on(69))], CUT);
    assert!((pitch(&up[2000..]) - 880.0).abs() < 0.2, "{}", pitch(&up[2000..]));
    let down = bench.play(HALF, &[(0, midi([0xe0, 0, 0]))], CUT);
    assert!((pitch(&down[2000..]) - 220.0).abs() < 0.2, "{}", pitch(&down[2000..]));
}

#[test]
fn pressure_and_timbre_reach_their_p_fields() {
    for (event, louder) in [
        (midi([0xd0, 127, 0]), 2.0),
        (midi([0xb0, 74, 127]), 2.0),
        (
            EventKind::Expression { notes: NoteSelector::ALL, expression: Expression::Pressure, value: 0.5 },
            1.5,
        ),
        (
            EventKind::Expression {
                notes: NoteSelector::ALL,
                expression: Expression::Brightness,
                value: 0.5,
            },
            1.5,
        ),
    ] {
        let mut bench = Bench::new(&tones(""));
        bench.play(HALF, &[(0, on(60))], CUT);
        let level = peak(&bench.play(HALF, &[(0, event)], CUT)[2000..]);
        assert!((level - 0.1 * louder).abs() < 0.001, "{event:?}: {level}");
    }
}

#[test]
fn a_mono_rule_plays_the_last_key_and_comes_back() {
    let mut bench = Bench::new(&tones("mono legato"));
    bench.play(HALF, &[(0, on(57))], CUT);
    let second = bench.play(HALF, &[(0, on(69))], CUT);
    assert_eq!(bench.player.voice_count(), 1);
    assert!((pitch(&second[4000..]) - 440.0).abs() < 0.1);
    let back = bench.play(HALF, &[(0, off(69))], CUT);
    assert!((pitch(&back[4000..]) - 220.0).abs() < 0.1, "the held key sounds again");
    bench.play(HALF, &[(0, off(57))], CUT);
    assert_eq!(bench.player.voice_count(), 0);
}

#[test]
fn glide_takes_its_time() {
    let mut bench = Bench::new(&tones("mono legato glide=0.2"));
    bench.play(HALF, &[(0, on(57))], CUT);
    let sound = bench.play(HALF, &[(0, on(69))], CUT);
    let middle = pitch(&sound[4500..5100]);
    assert!((280.0..345.0).contains(&middle), "half way in keys after 0.1 s: {middle}");
    assert!((pitch(&sound[11_000..]) - 440.0).abs() < 0.2);
}

#[test]
fn splits_layers_and_velocities_choose_their_instruments() {
    let text = "ksmps = 16\nnchnls = 2\n0dbfs = 1\n\
        instr low ;@notes key=0..59\n kfreq = p4\n iamp = p5\n outs oscili:a(iamp, 100), oscili:a(iamp, 100)\nendin\n\
        instr high ;@notes key=60..127 vel=64..127\n kfreq = p4\n iamp = p5\n outs oscili:a(iamp, 1000), oscili:a(iamp, 1000)\nendin\n";
    for (key, velocity, expected) in [(40, 0.9, 100.0), (80, 0.9, 1000.0), (80, 0.2, 0.0)] {
        let mut bench = Bench::new(text);
        let start = EventKind::NoteOn { note: note(key), velocity };
        let heard = pitch(&bench.play(HALF, &[(0, start)], CUT)[2000..]);
        assert!((heard - expected).abs() < 1.0, "key {key}, velocity {velocity}: {heard}");
    }
}

#[test]
fn a_choke_group_lets_one_sound_at_a_time() {
    let hat = |name: &str, key: u8| {
        format!(
            "instr {name} ;@notes key={key} choke=hats\n kfreq = p4\n iamp = p5\n outs a(iamp), a(iamp)\nendin\n"
        )
    };
    let text = format!("ksmps = 16\nnchnls = 2\n0dbfs = 1\n{}{}", hat("open", 46), hat("closed", 42));
    let mut bench = Bench::new(&text);
    bench.play(4800, &[(0, on(46)), (2400, on(42))], CUT);
    assert_eq!(bench.player.voice_count(), 1);
    assert_eq!(bench.ended.iter().map(|(_, note)| note.key).collect::<Vec<_>>(), [46]);
}

#[test]
fn a_fixed_length_needs_no_note_off() {
    let mut bench = Bench::new(&tones("dur=0.1"));
    let sound = bench.play(HALF, &[(0, on(60)), (100, off(60))], CUT);
    assert!(peak(&sound[4000..4700]) > 0.05);
    assert_eq!(peak(&sound[4800 + 1100..]), 0.0);
    assert_eq!(bench.ended.len(), 1);
}

#[test]
fn documents_on_midi_opcodes_get_raw_midi() {
    let text = "ksmps = 16\nnchnls = 2\n0dbfs = 1\nmassign 0, 5\ninstr 5\n icps cpsmidi\n iamp ampmidi 0.2\n\
        kmod midictrl 1, 0, 1\n kbend pchbend 0, 12\n asig oscili iamp * (1 - kmod), icps * 2^(kbend/12)\n\
        asig *= linsegr:a(1, 0.01, 0)\n outs asig, asig\nendin\n";
    let mut bench = Bench::new(text);
    let plain = bench.play(HALF, &[(0, on(69))], CUT);
    assert!((pitch(&plain[2000..]) - 440.0).abs() < 0.1);
    let bent = bench.play(HALF, &[(0, midi([0xe0, 127, 127]))], CUT);
    assert!((pitch(&bent[2000..]) - 880.0).abs() < 1.0);
    assert_eq!(peak(&bench.play(HALF, &[(0, midi([0xb0, 1, 127]))], CUT)[2000..]), 0.0);
    bench.play(HALF, &[(0, midi([0xb0, 1, 0])), (1, off(69))], CUT);
    assert_eq!(peak(&bench.play(HALF, &[], CUT)), 0.0);
}

#[test]
fn a_recursive_instrument_does_not_take_the_host_along() {
    let text = "ksmps = 16\nnchnls = 2\n0dbfs = 1\ninstr 1\n schedule 1, 0, 1\nendin\n";
    let (_, status) = Bench::open(text);
    assert!(status.failed);
    assert!(
        status.diagnostics.iter().any(|diagnostic| diagnostic.line == Some(5)),
        "{:?}",
        status.diagnostics
    );
}

#[test]
fn what_is_not_a_number_is_silence() {
    let text = "ksmps = 16\nnchnls = 2\n0dbfs = 1\n;@notes off\ninstr 1\n kzero init 0\n knan = kzero/kzero\n kinf = 1/kzero\n\
        outs a(knan), a(kinf)\nendin\nschedule 1, 0, -1\n";
    let sound = Bench::new(text).play(4800, &[], CUT);
    assert!(sound.iter().all(|sample| sample.is_finite()));
    let mut bench = Bench::new(
        "ksmps = 16\nnchnls = 2\n0dbfs = 1\n;@notes off\ninstr 1\n a1, a2 ins\n outs a1, a2\nendin\nschedule 1, 0, -1\n",
    );
    assert!(bench.play_with(&[f32::NAN; 480], &[], CUT).iter().all(|sample| *sample == 0.0));
}

#[test]
fn a_held_note_shaped_by_p3_gets_its_warning() {
    let text = "0dbfs = 1\nnchnls = 2\ninstr 1\n kfreq = p4\n iamp = p5\n aenv linen iamp, 0.1, p3, 0.1\n outs aenv, aenv\nendin\n";
    let (_, status) = Bench::open(text);
    let warning = status.diagnostics.iter().find(|diagnostic| diagnostic.line == Some(6));
    assert!(warning.is_some_and(|warning| warning.remedy.is_some()), "{:?}", status.diagnostics);
}

/// A document whose instrument is `voice`, with the fields of `tones`.
fn split() -> String {
    let tone = |name: &str, rule: &str| {
        format!(
            "instr {name} ;@notes {rule}\n kfreq = p4\n iamp = p5\n\
             asig = oscili:a(0.1, kfreq) * linsegr:a(0, 0.002, 1, 0.02, 0)\n outs asig, asig\nendin\n"
        )
    };
    format!(
        "ksmps = 16\nnchnls = 2\n0dbfs = 1\n{}{}",
        tone("bass", "key=0..59 mono"),
        tone("bell", "key=60..127")
    )
}

#[test]
fn a_mono_rule_remembers_only_its_own_keys() {
    let mut bench = Bench::new(&split());
    bench.play(HALF, &[(0, on(72)), (1000, on(40)), (2000, off(40))], CUT);
    assert_eq!(bench.player.voice_count(), 1, "the bass is silent, the bell sounds");
    let after = bench.play(HALF, &[(0, off(72))], CUT);
    assert_eq!((bench.player.voice_count(), peak(&after[HALF / 2..])), (0, 0.0));
}

#[test]
fn mono_layers_and_trills_leave_nothing_behind() {
    for rules in ["mono", "mono legato", "mono dur=0.3", "mono voices=1"] {
        let text =
            tones(rules) + &tones(rules).split_once("instr tone").unwrap().1.replacen("", "instr other", 1);
        let mut bench = Bench::new(&text);
        let mut events =
            vec![(0, on(50)), (100, on(55)), (200, off(55)), (300, off(50)), (400, on(60)), (500, on(60))];
        events.extend((0..300).flat_map(|n| [(600 + n * 20, on(64)), (610 + n * 20, off(64))]));
        events.extend([(20_000, off(60)), (20_001, off(60))]);
        let mut most = 0;
        for (frame, event) in events {
            bench.play(16, &[(frame % 16, event)], &[16]);
            most = most.max(bench.player.voice_count());
        }
        let after = bench.play(2 * HALF, &[], CUT);
        assert_eq!((bench.player.voice_count(), peak(&after[HALF..])), (0, 0.0), "{rules}");
        assert!(most <= 2 * 2 * 16, "{rules}: {most} voices");
    }
}

#[test]
fn what_comes_with_a_note_counts_for_it() {
    let tuning =
        EventKind::Expression { notes: NoteSelector::ALL, expression: Expression::Tuning, value: 12.0 };
    for with_it in [tuning, midi([0xe0, 127, 127])] {
        let mut bench = Bench::new(&tones("bend=12"));
        let heard = pitch(&bench.play(HALF, &[(5, on(69)), (7, with_it)], CUT)[2000..]);
        assert!((heard - 880.0).abs() < 0.2, "{with_it:?}: {heard}");
    }
}

#[test]
fn modulation_is_added_to_the_parameter_wherever_it_moves() {
    let text = "ksmps = 16\nnchnls = 2\n0dbfs = 1\n;@param tone.klevel 0..1=0.5 per-note smooth=0\n\
        instr tone\n kfreq = p4\n iamp = p5\n klevel = p6\n outs a(klevel), a(klevel)\nendin\n";
    let mut bench = Bench::new(text);
    let modulation = EventKind::Modulation { notes: NoteSelector::ALL, slot: 0, offset: 0.25 };
    let sound = bench.play(480, &[(3, on(60)), (3, modulation)], CUT);
    assert!((sound[479] - 0.75).abs() < 1e-6, "{}", sound[479]);
    let moved = bench.play(480, &[(0, EventKind::Param { slot: 0, normalized: 0.6 })], CUT);
    assert!((moved[479] - 0.85).abs() < 1e-6, "{}", moved[479]);
}

#[test]
fn a_list_that_steps_beside_a_note_is_what_the_note_gets() {
    let text = "ksmps = 16\nnchnls = 2\n0dbfs = 1\n;@param tone.ishape 0..3=1 int\n\
        instr tone\n kfreq = p4\n iamp = p5\n ishape = p6\n outs a(ishape/10), a(ishape/10)\nendin\n";
    for (param_at, note_at) in [(5, 7), (7, 5), (0, 0)] {
        let mut bench = Bench::new(text);
        let mut events = vec![(param_at, EventKind::Param { slot: 0, normalized: 1.0 }), (note_at, on(60))];
        events.sort_by_key(|(frame, _)| *frame);
        let sound = bench.play(480, &events, CUT);
        assert!((sound[479] - 0.3).abs() < 1e-6, "{param_at}, {note_at}: {}", sound[479]);
    }
}

#[test]
fn a_pedal_survives_an_edit() {
    let (down, up) = (midi([0xb0, 64, 127]), midi([0xb0, 64, 0]));
    for (before, after) in [
        (vec![(0, down), (5, on(60)), (900, off(60))], vec![]),
        (vec![(0, down), (5, on(60))], vec![(0, off(60))]),
    ] {
        let mut bench = Bench::new(&tones(""));
        bench.play(4800, &before, CUT);
        let ticket = bench.control.edit(tones("") + ";\n");
        assert!(!bench.control.wait_for(ticket).failed);
        assert!(peak(&bench.play(HALF, &after, CUT)[HALF / 2..]) > 0.05, "the pedal holds it");
        let lifted = bench.play(HALF, &[(0, up)], CUT);
        assert_eq!((peak(&lifted[HALF / 2..]), bench.player.voice_count()), (0.0, 0));
    }
}

#[test]
fn layers_are_one_note_to_the_host() {
    let text = tones("")
        + &tones("")
            .split_once("instr tone")
            .unwrap()
            .1
            .replacen("", "instr other", 1)
            .replace("0.02, 0)", "0.2, 0)");
    let mut bench = Bench::new(&text);
    bench.play(HALF, &[(0, on(60)), (4800, off(60))], CUT);
    assert_eq!(bench.ended.len(), 1);
    assert!(bench.ended[0].0 > 4800 + 9600, "after the longer release: {:?}", bench.ended);
}

#[test]
fn a_choke_in_the_notes_own_cycle_leaves_no_note() {
    let mut bench = Bench::new(&tones("dur=0.5 choke=h"));
    let sound = bench.play(HALF, &[(3, on(60)), (7, on(72))], CUT);
    assert_eq!(bench.player.voice_count() + bench.ended.len(), 2);
    assert!((pitch(&sound[2000..20_000]) - 523.25).abs() < 0.2, "{}", pitch(&sound[2000..20_000]));
    let mut bench = Bench::new(&tones(""));
    let silent = bench.play(HALF, &[(3, on(60)), (7, EventKind::Choke { notes: NoteSelector::ALL })], CUT);
    assert_eq!((peak(&silent), bench.ended.len()), (0.0, 1));
}

/// A document on Csound's MIDI opcodes.
const MIDI: &str = "ksmps = 16\nnchnls = 2\n0dbfs = 1\nmassign 0, 5\ninstr 5\n icps cpsmidi\n iamp ampmidi 0.2\n\
    kmod midictrl 1, 0, 1\n asig oscili iamp * (1 + kmod), icps\n asig *= linsegr:a(1, 0.01, 0)\n outs asig, asig\nendin\n";

#[test]
fn keys_of_midi_documents_are_counted_and_let_go() {
    for events in [
        vec![(0, on(60)), (2, on(60)), (2000, off(60)), (3000, off(60))],
        vec![(0, on(60)), (2000, midi([0xb0, 120, 0])), (3000, off(60))],
        vec![(0, on(60)), (2000, midi([0xb0, 126, 0]))],
        vec![(0, on(60)), (2000, midi([0xb0, 123, 0]))],
    ] {
        let mut bench = Bench::new(MIDI);
        let sound = bench.play(HALF, &events, CUT);
        assert!(peak(&sound[500..1500]) > 0.05);
        assert_eq!((peak(&sound[HALF / 2..]), bench.player.voice_count()), (0.0, 0), "{events:?}");
    }
}

#[test]
fn a_note_off_waits_for_room_among_the_controllers() {
    let mut bench = Bench::new(MIDI);
    bench.play(480, &[(0, on(60))], CUT);
    let mut flood: Vec<_> = (0..600).map(|n| (0, midi([0xb0, 20, (n % 128) as u8]))).collect();
    flood.push((0, off(60)));
    let sound = bench.play(HALF, &flood, CUT);
    assert_eq!(peak(&sound[HALF / 2..]), 0.0);
}

#[test]
fn a_midi_documents_controllers_survive_an_edit() {
    let mut bench = Bench::new(MIDI);
    bench.play(4800, &[(0, midi([0xb0, 1, 127])), (100, on(60))], CUT);
    let ticket = bench.control.edit(format!("{MIDI};\n"));
    assert!(!bench.control.wait_for(ticket).failed);
    let before_edit = 0.4 * (0.8f32 * 127.0).round() / 127.0;
    let level = peak(&bench.play(HALF, &[], CUT)[HALF / 2..]);
    assert!(level > 0.6 * before_edit, "{level}");
    let after = bench.play(HALF, &[(0, off(60))], CUT);
    assert_eq!(peak(&after[HALF / 2..]), 0.0);
}

#[test]
fn an_e_event_while_playing_costs_no_cycle() {
    let text = "ksmps = 16\nnchnls = 2\n0dbfs = 1\n;@notes off\ninstr 1\n asig phasor 100\n outs asig, asig\nendin\n\
        instr 2\n event_i \"e\", 0\nendin\nschedule 1, 0, -1\nschedule 2, 0.01, 0.1\n";
    let sound = Bench::new(text).play(4800, &[], CUT);
    let step = |pair: &[f32]| (pair[1] - pair[0] - 100.0 / 48_000.0).abs();
    let jumps = sound[16..].windows(2).filter(|pair| step(pair) > 0.001 && pair[1] > 0.01).count();
    assert_eq!(jumps, 0);
}

#[test]
fn a_note_with_an_id_and_one_without_on_the_same_key_end_each_by_its_own_off() {
    let named = |id| NoteName { id, channel: 0, key: 60 };
    let on = |id| EventKind::NoteOn { note: named(id), velocity: 0.8 };
    let off = |id| EventKind::NoteOff { notes: NoteSelector::from(named(id)), velocity: 0.0 };
    for order in [[Some(7), None, Some(9)], [None, Some(9), Some(7)], [Some(9), Some(7), None]] {
        let mut bench = Bench::new(
            "ksmps = 16\nnchnls = 2\n0dbfs = 1\ninstr 1 ;@notes\n ikey = p4\n kenv linsegr 0.1, 0.01, 0\n outs a(kenv), a(kenv)\nendin\n",
        );
        let begin: Vec<(usize, EventKind)> =
            [Some(7), None, Some(9)].map(on).into_iter().enumerate().collect();
        bench.play(480, &begin, &[480]);
        for (gone, id) in (1..).zip(order) {
            bench.play(4800, &[(0, off(id))], &[480]);
            let ended: Vec<Option<i32>> = bench.ended.iter().map(|(_, note)| note.id).collect();
            assert_eq!(ended, order[..gone], "in the order {order:?}");
        }
        assert_eq!(bench.player.voice_count(), 0);
    }
}

#[test]
fn of_mono_keys_with_ids_and_without_each_goes_up_by_its_own_off() {
    let named = |id, key| NoteName { id, channel: 0, key };
    let keys = [named(None, 60), named(Some(7), 60), named(Some(8), 60), named(None, 64)];
    for order in [[2, 0, 1, 3], [1, 2, 0, 3], [0, 1, 2, 3], [3, 2, 0, 1]] {
        let mut bench = Bench::new(
            "ksmps = 16\nnchnls = 2\n0dbfs = 1\ninstr 1 ;@notes mono legato\n kkey = p4\n kenv linsegr 0.1, 0.01, 0\n outs a(kenv), a(kenv)\nendin\n",
        );
        let begin = keys.map(|note| EventKind::NoteOn { note, velocity: 0.8 });
        bench.play(480, &begin.into_iter().enumerate().collect::<Vec<_>>(), &[480]);
        for (gone, key) in (1..).zip(order) {
            let notes = NoteSelector::from(keys[key]);
            bench.play(4800, &[(0, EventKind::NoteOff { notes, velocity: 0.0 })], &[480]);
            assert_eq!(bench.player.voice_count(), usize::from(gone < 4), "after {gone} of {order:?}");
        }
    }
}

#[test]
fn numbers_that_the_document_leaves_free_are_silent() {
    let events: String =
        (1..129).filter(|number| *number != 10).map(|number| format!("schedule {number}, 0, 1\n")).collect();
    let mut bench = Bench::new(&format!(
        "ksmps = 16\nnchnls = 2\n0dbfs = 1\n;@notes off\ninstr 10\nendin\ninstr named\nendin\n{events}"
    ));
    assert_eq!(peak(&bench.play(HALF, &[], CUT)), 0.0);
}

//! Seam: `player`, where another engine takes over: what rings out, what stays, and what is never lost.

mod common;

use common::{Bench, note, off, on, peak};
use ksmps_core::player::{EngineState, HeldNotes, Notice, Report, fade_frames};

/// Notes that ring for 0.3 seconds when they are let go, and say so.
const RINGS: &str = "ksmps = 32\nnchnls = 2\n0dbfs = 1\n;@tail 0.2\ninstr tone\n kfreq = p4\n iamp = p5\n \
    asig = oscili:a(iamp * 0.5, kfreq) * linsegr:a(0, 0.005, 1, 0.3, 0)\n outs asig, asig\nendin\n";

/// A delay of a tenth of a second that comes back, darker each time.
const ECHO: &str = "ksmps = 32\nnchnls = 2\n0dbfs = 1\n;@notes off\n;@tail 2\ninstr 1\n ain inch 1\n again init 0\n \
    again = delay(ain + again * 0.5, 0.1)\n outs ain + again, ain + again\nendin\nschedule 1, 0, -1\n";

/// Builds the same document with another comment, which takes over with the next block.
fn edit(bench: &Bench, text: &str, number: u32) {
    let ticket = bench.control.edit(format!("{text}; {number}\n"));
    let status = bench.control.wait_for(ticket);
    assert!(!status.failed, "{:?}", status.diagnostics);
}

fn furthest(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).fold(0.0, |furthest, (a, b)| furthest.max((a - b).abs()))
}

#[test]
fn a_released_note_rings_out_and_its_end_is_told_once() {
    let mut bench = Bench::new(RINGS);
    let expected = {
        let mut sound = bench.play(4800, &[(0, on(69)), (4000, off(69))], &[480]);
        sound.extend(bench.play(24_000, &[], &[480]));
        sound
    };
    let at = bench.ended.iter().map(|(frame, note)| (*frame, note.key)).collect::<Vec<_>>();
    assert_eq!(at.len(), 1);
    for cut in [480, 64, 1000] {
        let mut bench = Bench::new(RINGS);
        let mut sound = bench.play(4800, &[(0, on(69)), (4000, off(69))], &[cut]);
        edit(&bench, RINGS, 1);
        sound.extend(bench.play(24_000, &[], &[cut]));
        assert!(peak(&sound[6000..15_000]) > 0.05, "it is heard");
        assert!(sound == expected, "cut by {cut}: {}", furthest(&sound, &expected));
        assert_eq!(bench.ended.iter().map(|(frame, note)| (*frame, note.key)).collect::<Vec<_>>(), at);
        assert_eq!(bench.player.voice_count(), 0);
    }
}

#[test]
fn a_note_that_begins_while_another_rings_out_is_heard_beside_it() {
    let play = |swaps: bool| {
        let mut bench = Bench::new(RINGS);
        let mut sound = bench.play(4800, &[(0, on(69)), (4700, off(69))], &[480]);
        if swaps {
            edit(&bench, RINGS, 1);
        }
        sound.extend(bench.play(30_000, &[(2400, on(76)), (9600, off(76))], &[480]));
        let mut ended: Vec<u8> = bench.ended.iter().map(|(_, note)| note.key).collect();
        ended.sort_unstable();
        assert_eq!(ended, [69, 76]);
        sound
    };
    // The two are added as the host's samples, not as Csound's.
    assert!(furthest(&play(true), &play(false)) < 1e-6);
}

#[test]
fn an_echo_goes_on_where_the_input_goes_to_the_next_engine() {
    let input =
        |frames: usize| (0..frames).map(|at| if at % 9000 < 40 { 0.5 } else { 0.0 }).collect::<Vec<f32>>();
    let play = |swaps: bool| {
        let mut bench = Bench::new(ECHO);
        let sound = input(40_000);
        let mut heard = bench.play_with(&sound[..10_000], &[], &[480]);
        if swaps {
            edit(&bench, ECHO, 1);
        }
        heard.extend(bench.play_with(&sound[10_000..], &[], &[480]));
        heard
    };
    let (swapped, expected) = (play(true), play(false));
    assert!(peak(&expected[12_000..16_000]) > 0.05, "there is an echo");
    assert!(furthest(&swapped, &expected) < 1e-4, "{}", furthest(&swapped, &expected));
}

#[test]
fn where_nothing_says_how_long_it_rings_or_a_key_is_down_it_fades_at_once() {
    let quiet_after = |text: &str, events: &[(usize, ksmps_core::event::EventKind)]| {
        let mut bench = Bench::new(text);
        bench.play(4800, events, &[480]);
        edit(&bench, "ksmps = 32\nnchnls = 2\n0dbfs = 1\n;@notes off\ninstr 1\nendin\n", 0);
        let sound = bench.play(9600, &[], &[480]);
        peak(&sound[32 + fade_frames(common::RATE)..]) == 0.0
    };
    let released = [(0, on(69)), (4000, off(69))];
    assert!(!quiet_after(RINGS, &released));
    assert!(quiet_after(&RINGS.replace(";@tail 0.2", ""), &released));
    assert!(quiet_after(RINGS, &[(0, on(69))]));
}

#[test]
fn held_notes_stay_in_the_old_engine_where_the_project_says_so() {
    // It has no tail: what stays is over when its note is.
    let text = RINGS.replace(";@tail 0.2", "");
    let play = |swaps: bool| {
        let mut bench = Bench::new(&text);
        let ticket = bench.control.set_held_notes(HeldNotes::Stay);
        bench.control.wait_for(ticket);
        bench.play(4800, &[], &[480]);
        bench.ended.clear();
        let mut sound = bench.play(4800, &[(0, on(69)), (100, common::midi([0xe0, 0, 80]))], &[480]);
        if swaps {
            edit(&bench, &text, 1);
        }
        sound.extend(bench.play(9600, &[(4000, common::midi([0xe0, 0, 64])), (5000, on(76))], &[480]));
        let down = bench.player.voice_count();
        sound.extend(bench.play(48_000, &[(0, off(69)), (9600, off(76))], &[480]));
        assert_eq!((down, bench.player.voice_count()), (2, 0));
        let mut ended: Vec<u8> = bench.ended.iter().map(|(_, note)| note.key).collect();
        ended.sort_unstable();
        assert_eq!(ended, [69, 76]);
        assert_eq!(bench.control.save()["held_notes"], "stay");
        sound
    };
    let (swapped, expected) = (play(true), play(false));
    assert!(peak(&expected[12_000..]) > 0.2);
    assert!(furthest(&swapped, &expected) < 1e-6, "{}", furthest(&swapped, &expected));
}

#[test]
fn a_third_engine_ends_what_rings_out_and_no_note_is_lost() {
    let mut bench = Bench::new(&RINGS.replace("0.3, 0)", "3, 0)"));
    bench.play(4800, &[(0, on(69)), (4000, off(69))], &[480]);
    let mut reader = bench.control.subscribe();
    let text = RINGS.replace("0.3, 0)", "3, 0)");
    edit(&bench, &text, 1);
    assert!(peak(&bench.play(4800, &[], &[480])[3000..]) > 0.1);
    edit(&bench, &text, 2);
    let sound = bench.play(14_400, &[], &[480]);
    // The third one comes when the second has become the only one.
    assert_eq!(peak(&sound[3 * fade_frames(common::RATE)..]), 0.0);
    assert_eq!(bench.ended.iter().map(|(_, note)| *note).collect::<Vec<_>>(), [note(69)]);
    let states: Vec<EngineState> = std::iter::from_fn(|| reader.next_notice())
        .filter_map(|notice| match notice {
            Notice::Report(Report::Engine { state, .. }) => Some(state),
            _ => None,
        })
        .collect();
    use EngineState::{Fading, Playing, Spent};
    assert_eq!(states, [Fading, Playing, Spent, Fading, Playing, Spent]);
}

#[test]
fn a_text_that_does_not_build_changes_nothing_that_sounds() {
    let play = |breaks: bool| {
        let mut bench = Bench::new(RINGS);
        let mut sound = bench.play(4800, &[(0, on(69))], &[480]);
        if breaks {
            let ticket = bench.control.edit("instr 1\n a1 oscil\nendin\n".into());
            assert!(bench.control.wait_for(ticket).failed);
        }
        sound.extend(bench.play(9600, &[(2000, off(69))], &[480]));
        sound
    };
    assert!(play(true) == play(false));
}

#[test]
fn a_key_that_is_pressed_again_ends_one_of_its_notes_at_a_time() {
    let mut bench = Bench::new(RINGS);
    let ticket = bench.control.set_held_notes(HeldNotes::Stay);
    assert!(!bench.control.wait_for(ticket).failed);
    bench.play(4800, &[(0, on(69))], &[480]);
    edit(&bench, RINGS, 1);
    bench.play(4800, &[(2400, on(69))], &[480]);
    assert_eq!(bench.player.voice_count(), 2, "one in each engine");
    // The first off ends the one that stayed, the second the other.
    let between = bench.play(24_000, &[(7, off(69))], &[480]);
    assert_eq!((bench.player.voice_count(), bench.ended.len()), (1, 1));
    assert!(peak(&between[20_000..]) > 0.05, "the other one sounds on");
    let after = bench.play(24_000, &[(7, off(69))], &[480]);
    assert_eq!((bench.player.voice_count(), bench.ended.len()), (0, 2));
    assert_eq!(peak(&after[20_000..]), 0.0);
}

#[test]
fn every_part_of_an_input_is_heard_once_and_echoes_once() {
    // Noise from before the swap until long after it, in blocks of any length.
    let mut seed = 7_u32;
    let noise: Vec<f32> = (0..30_000)
        .map(|_| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8) as f32 / f32::from(u16::MAX) / 512.0 - 0.25
        })
        .collect();
    for cuts in [[480], [64], [1000], [37]] {
        let play = |swaps: bool| {
            let mut bench = Bench::new(ECHO);
            let mut heard = bench.play_with(&noise[..9_000], &[], &cuts);
            if swaps {
                edit(&bench, ECHO, 1);
            }
            heard.extend(bench.play_with(&noise[9_000..], &[], &cuts));
            heard
        };
        let (swapped, expected) = (play(true), play(false));
        assert!(peak(&expected) > 0.2);
        assert!(furthest(&swapped, &expected) < 1e-5, "{cuts:?}: {}", furthest(&swapped, &expected));
    }
}

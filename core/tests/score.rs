//! Seam: `player`, a document's score and the host's song: positions, jumps, tempo, stops, loops, edits, tables.

mod common;

use common::song::{CUTS, KSMPS, clicks, due, heard, moves, play, stands, wandering};
use common::{Bench, RATE, peak};
use ksmps_core::random::Random;
use ksmps_core::transport::Transport;

/// An instrument whose notes are one sample each, as loud as their p4, and one whose notes are steady.
const CLICKS: &str = "ksmps = 32\nnchnls = 2\n0dbfs = 1\n;@notes off\n\
    instr click\n asig = linseg:a(p4, 1/sr, 0, 1, 0)\n outs asig, asig\nendin\n\
    instr steady\n asig = linsegr:a(p4, 1, p4, 0.005, 0)\n outs asig, asig\nendin\n";

fn document(directive: &str, score: &str) -> String {
    format!(
        "<CsoundSynthesizer>\n<CsInstruments>\n{directive}\n{CLICKS}</CsInstruments>\n<CsScore>\n{score}\n</CsScore>\n\
         </CsoundSynthesizer>\n"
    )
}

fn score_of(clicks: &[(f64, f32)]) -> String {
    clicks.iter().map(|(position, level)| format!("i \"click\" {position} 0.002 {level}\n")).collect()
}

#[test]
fn events_begin_at_their_frames_through_jumps_tempi_and_stops() {
    let legs = wandering();
    let frames = 160_000;
    let expected = due(&clicks(), &legs, frames - KSMPS);
    assert!(expected.len() >= 20, "{}", expected.len());
    for cuts in CUTS {
        let mut bench = Bench::new(&document(";@score follow=beats", &score_of(&clicks())));
        let sound = play(&mut bench, &legs, frames, cuts);
        assert_eq!(heard(&sound), expected, "blocks of {cuts:?}");
    }
}

#[test]
fn seconds_are_those_of_the_scores_own_tempo() {
    // At 240 a minute a beat of the score is a quarter of a second: half a quarter note of the host's, at 120.
    let halved: Vec<(f64, f32)> = clicks().iter().map(|(position, level)| (position / 2.0, *level)).collect();
    let legs =
        [moves(0, 0.2, 120.0), moves(20_011, 0.0, 120.0), stands(50_000, 1.0), moves(50_500, 1.0, 120.0)];
    let expected = due(&halved, &legs, 80_000 - KSMPS);
    for cuts in CUTS {
        let score = format!("t 0 240\n{}", score_of(&clicks()));
        let mut bench = Bench::new(&document(";@score follow=seconds", &score));
        assert_eq!(heard(&play(&mut bench, &legs, 80_000, cuts)), expected, "blocks of {cuts:?}");
    }
    // The option goes before what the score says.
    let text = document(";@score follow=seconds", &format!("t 0 90\n{}", score_of(&clicks())))
        .replace("<CsInstruments>", "<CsOptions>\n-t240\n</CsOptions>\n<CsInstruments>");
    assert_eq!(heard(&play(&mut Bench::new(&text), &legs, 80_000, &[512])), expected);
}

#[test]
fn notes_of_the_score_end_when_the_host_stops_and_when_it_jumps() {
    let mut bench =
        Bench::new(&document(";@score follow=beats", "i \"steady\" 0 64 0.25\ni \"steady\" 8 -1 0.5\n"));
    // The stop is in the midst of a cycle in which the second note has begun.
    let legs = [
        moves(0, 0.0, 120.0),
        stands(10_000, 0.4),
        moves(20_000, 7.9999, 120.0),
        stands(20_007, 8.0002),
        moves(30_000, 7.9, 120.0),
        moves(40_000, 9.0, 120.0),
    ];
    let sound = play(&mut bench, &legs, 50_000, &[512]);
    // The release takes 240 frames.
    assert_eq!(sound[9_999], 0.25);
    assert_eq!(peak(&sound[10_400..32_000]), 0.0);
    assert_eq!(sound[39_999], 0.5);
    assert_eq!(peak(&sound[40_400..]), 0.0);
}

#[test]
fn what_lasts_over_the_place_of_the_start_is_left_out_or_enters() {
    let score = "i \"steady\" 0 4 0.25\ni \"steady\" 0.5 0.5 0.125\n";
    let legs = [moves(0, 1.5, 120.0), moves(96_000, 0.75, 60.0)];
    for (late, levels) in
        [("", [0.0, 0.0, 0.0, 0.0]), (" late=skip", [0.0; 4]), (" late=enter", [0.25, 0.0, 0.375, 0.25])]
    {
        let mut bench = Bench::new(&document(&format!(";@score follow=beats{late}"), score));
        let sound = play(&mut bench, &legs, 150_000, &[512]);
        // The first ends at beat 4: after 60,000 frames, and at the half tempo it would after 156,000. The second ends at
        // beat 1, after 12,000 of those.
        let at = [59_900, 60_500, 96_000 + 11_000, 96_000 + 12_500].map(|frame| sound[frame]);
        assert_eq!(at, levels, "{late}");
        assert_eq!(sound[KSMPS], levels[0], "{late}: it enters in its frame");
    }
}

#[test]
fn a_score_that_repeats_has_a_length_of_whole_events_or_of_its_end() {
    let clicks = [(0.0, 0.25), (0.5, 0.5)];
    for (end, length) in [("", 0.75), ("e 2\n", 2.0)] {
        let score = format!("i \"click\" 0 0.002 0.25\ni \"click\" 0.5 0.25 0.5\n{end}");
        let rounds: Vec<(f64, f32)> = (0..20)
            .flat_map(|round| clicks.map(|(position, level)| (position + f64::from(round) * length, level)))
            .collect();
        let legs = [moves(0, -0.25, 120.0), moves(60_000, 7.3, 133.0)];
        let mut bench = Bench::new(&document(";@score follow=beats loop", &score));
        assert_eq!(heard(&play(&mut bench, &legs, 96_000, &[512])), due(&rounds, &legs, 96_000 - KSMPS));
    }
    // A free one repeats by itself.
    let mut bench = Bench::new(&document(";@score free loop", "i \"click\" 0.1 0.15 0.5\n"));
    let sound = bench.play(60_000, &[], &[480]);
    assert_eq!(heard(&sound), [4800, 16_800, 28_800, 40_800, 52_800].map(|frame| (frame, 0.5)));
}

#[test]
fn a_bounce_from_any_bar_is_the_sound_of_the_whole_from_there() {
    // Nothing lasts over a bar, which is 24,000 frames here: whole cycles.
    let text = "<CsoundSynthesizer>\n<CsInstruments>\n;@score follow=beats\nksmps = 32\nnchnls = 2\n0dbfs = 1\n;@notes off\n\
        instr 1\n aenv = linsegr:a(0, 0.01, p5, 0.1, 0)\n asig = vco2:a(1, p4) + poscil:a(1, p4 * 1.5)\n outs asig * aenv, asig * aenv\nendin\n\
        </CsInstruments>\n<CsScore>\n{ 6 B\n{ 4 N\ni 1 [$B * 4 + $N * 0.87] 0.2 [220 + $N * 30] 0.1\n}\n}\n</CsScore>\n\
        </CsoundSynthesizer>\n";
    let legs = [moves(0, 0.0, 480.0)];
    let whole = play(&mut Bench::new(text), &legs, 6 * 24_000, &[512]);
    assert!(peak(&whole) > 0.1);
    for bar in 0..6_usize {
        for cuts in [&[512][..], &[100]] {
            let legs = [moves(0, 4.0 * bar as f64, 480.0)];
            let part = play(&mut Bench::new(text), &legs, (6 - bar) * 24_000, cuts);
            let first = part.iter().zip(&whole[bar * 24_000..]).position(|(part, whole)| part != whole);
            assert_eq!(first, None, "bar {bar}, blocks of {cuts:?}");
        }
    }
}

#[test]
fn a_score_that_is_off_makes_its_tables_and_plays_nothing() {
    let text = |mode: &str, score: &str| {
        format!(
            "<CsoundSynthesizer>\n<CsInstruments>\n;@score {mode}\nksmps = 32\nnchnls = 2\n0dbfs = 1\n;@notes off\n\
             instr 1\n asig = a(table:k(1, 5) + table:k(1, 6) + table:k(0, 7))\n outs asig, asig\nendin\nschedule 1, 0, -1\n\
             instr 2\n outs a(k(1)), a(k(1))\nendin\n</CsInstruments>\n<CsScore>\n{score}</CsScore>\n</CsoundSynthesizer>\n"
        )
    };
    let score = "f 5 0 2 -2 0 0.25\ni 2 0 100\nf 6 40 2 -2 0 0.125\nf 7 0 2 -2 0.0625 0\ns\nf 5 0 2 -2 0 0.5\ni 2 0 1\n";
    for mode in ["off", "follow=beats", "follow=seconds"] {
        let (mut bench, status) = Bench::open(&text(mode, score));
        let warnings: Vec<String> = status.diagnostics.iter().map(ToString::to_string).collect();
        assert!(!status.failed && warnings.len() == 1 && warnings[0].contains("table 5"), "{warnings:?}");
        let sound = bench.play(9600, &[], &[480]);
        assert!(sound[2 * KSMPS..].iter().all(|sample| *sample == 0.4375), "{mode}: {:?}", &sound[64..70]);
    }
}

#[test]
fn texts_names_fractions_and_ties_reach_their_instruments() {
    let text = "<CsoundSynthesizer>\n<CsInstruments>\n;@score follow=beats\nksmps = 32\nnchnls = 2\n0dbfs = 1\n;@notes off\n\
        instr 1\n Sa = p4\n Sb = p6\n ilevel = strcmp(Sa, \"one \\\"two\\\"\") == 0 && strcmp(Sb, \"three\") == 0 ? p5 : 0.9\n\
        asig = linseg:a(ilevel, 1/sr, 0, 1, 0)\n outs asig, asig\nendin\n\
        instr Named\n Sa = p4\n ilevel = strcmp(Sa, \"four\") == 0 && frac(p1) > 0.24 ? p5 : 0.9\n\
        asig = linseg:a(ilevel, 1/sr, 0, 1, 0)\n outs asig, asig\nendin\n\
        instr Held\n asig = linseg:a(p4, 1, p4)\n outs asig, asig\nendin\n</CsInstruments>\n<CsScore>\n\
        i 1 0.01 0.002 \"one \\\"two\\\"\" 0.25 \"three\"\ni \"Named.25\" 0.02 0.002 \"four\" 0.5\n\
        i \"Held\" 0.1 -1 0.125\ni \"-Held\" 0.2 0 0\n</CsScore>\n</CsoundSynthesizer>\n";
    for _ in 0..2 {
        let mut bench = Bench::new(text);
        let sound = play(&mut bench, &[moves(0, 0.0, 120.0)], 9600, &[100]);
        let heard = heard(&sound);
        assert_eq!(heard[..2], [(240, 0.25), (480, 0.5)]);
        let held: Vec<usize> = heard[2..].iter().map(|(frame, _)| *frame).collect();
        assert_eq!((held[0], held[held.len() - 1]), (2400, 4800 - 1));
        assert!(heard[2..].iter().all(|(_, level)| *level == 0.125));
    }
}

#[test]
fn a_free_score_goes_on_at_its_present_time_after_an_edit() {
    let clicks: String =
        (0..40).map(|n| format!("i \"click\" {} 0.002 0.125\n", f64::from(n) * 0.1)).collect();
    let text = document("", &format!("i \"steady\" 0 3.55 0.25\n{clicks}"));
    for cut in [512, 100] {
        let mut bench = Bench::new(&text);
        let mut sound = Vec::new();
        for edit in 0..5 {
            sound.extend(bench.play(30_011, &[], &[cut]));
            let ticket = bench.control.edit(text.replace("0.005", &format!("0.00{}", edit + 1)));
            assert!(!bench.control.wait_for(ticket).failed);
        }
        sound.extend(bench.play(48_000, &[], &[cut]));
        // It sounds on while engines change; a cycle later than the end of the score's own time nothing does.
        let end = (3.55 * RATE) as usize;
        let base = |sample: f32| sample.min(0.25);
        // The new engine is heard a cycle later, when the fade from the old one has begun.
        assert!(
            sound[KSMPS + 1..end].iter().all(|sample| (base(*sample) - 0.25).abs() < 0.01),
            "blocks of {cut}"
        );
        assert_eq!(peak(&sound[4 * 48_000..]), 0.0);
        let rises: Vec<usize> =
            heard(&sound).into_iter().filter(|(_, level)| *level > 0.3).map(|(at, _)| at).collect();
        assert_eq!(rises, (0..36).map(|n| n * 4800).collect::<Vec<_>>(), "blocks of {cut}");
    }
}

#[test]
fn what_is_over_is_not_played_again_and_late_skip_leaves_out_what_lasts() {
    let text = document(
        ";@score late=skip",
        "i \"steady\" 0 3 0.25\ni \"click\" 0.5 0.002 0.5\ni \"click\" 1 0.002 0.5\n",
    );
    let mut bench = Bench::new(&text);
    bench.play(30_000, &[], &[480]);
    let ticket = bench.control.edit(text.replace("0.005", "0.006"));
    assert!(!bench.control.wait_for(ticket).failed);
    let sound = bench.play(48_000, &[], &[480]);
    let after: Vec<(usize, f32)> = heard(&sound[1024 + KSMPS..]);
    assert_eq!(after, [(48_000 - 30_000 - 1024 - KSMPS, 0.5)]);
}

#[test]
fn after_a_reset_a_score_starts_anew() {
    let mut bench = Bench::new(&document("", "i \"click\" 0.1 0.002 0.5\n"));
    let first = bench.play(9600, &[], &[480]);
    bench.player.reset();
    assert_eq!(bench.play(9600, &[], &[480]), first);
    assert_eq!(heard(&first), [(4800, 0.5)]);
}

#[test]
fn what_follows_the_song_goes_on_after_an_edit_with_what_lasts() {
    let text = document(";@score follow=beats", "i \"steady\" 0 64 0.25\ni \"click\" 2 0.002 0.125\n");
    let mut bench = Bench::new(&text);
    let mut sound = play(&mut bench, &[moves(0, 0.0, 120.0)], 30_000, &[480]);
    let ticket = bench.control.edit(text.replace("0.005", "0.006"));
    assert!(!bench.control.wait_for(ticket).failed);
    let beat = 30_000.0 / 24_000.0;
    sound.extend(play(&mut bench, &[moves(0, beat, 120.0), stands(30_000, 3.0)], 40_000, &[480]));
    assert!(sound[KSMPS..60_000].iter().all(|sample| (sample.min(0.25) - 0.25).abs() < 0.01));
    assert_eq!(sound[48_000 + KSMPS], 0.375);
    assert_eq!(peak(&sound[61_000..]), 0.0);
    // What enters after an edit does not when the host starts.
    let again = play(&mut bench, &[stands(0, 3.0), moves(1000, 3.0, 120.0)], 20_000, &[480]);
    assert_eq!(peak(&again), 0.0);
}

#[test]
fn the_channels_of_the_song_hold_what_was_at_the_first_frame_of_each_cycle() {
    let text = "ksmps = 32\nnchnls = 2\n0dbfs = 1\n;@notes off\n\
        instr 1\n asig = upsamp(chnget:k(\"HOST_PPQ_POS\") + 1000 * chnget:k(\"IS_PLAYING\") + chnget:k(\"HOST_BPM\"))\n\
        outs asig, asig\nendin\nschedule 1, 0, -1\n";
    let legs = [
        stands(0, 3.0),
        moves(1003, 0.0, 120.0),
        moves(5009, 1.0, 120.0),
        moves(9000, 2.0, 90.0),
        stands(12_001, 2.5),
    ];
    let expected = |frame: usize| {
        let leg = legs.iter().rfind(|leg| leg.from <= frame).unwrap();
        let Transport { playing, tempo, position, .. } = leg.at(frame);
        position.unwrap().beats + 1000.0 * f64::from(u8::from(playing)) + tempo
    };
    for cuts in CUTS {
        let sound = play(&mut Bench::new(text), &legs, 16_000, cuts);
        for cycle in 0..16_000 / KSMPS - 1 {
            let (sample, value) = (f64::from(sound[(cycle + 1) * KSMPS]), expected(cycle * KSMPS));
            assert!((sample - value).abs() < 1e-3, "blocks of {cuts:?}, cycle {cycle}: {sample} for {value}");
        }
    }
}

#[test]
fn no_event_is_heard_twice_where_the_document_rings_out() {
    let clicks: String =
        (0..40).map(|n| format!("i \"click\" {} 0.002 0.125\n", f64::from(n) * 0.1)).collect();
    for mode in ["free", "free loop", "follow=seconds"] {
        let text = document(&format!(";@tail 2\n;@score {mode}"), &clicks);
        let mut bench = Bench::new(&text);
        bench.tempo = Some(120.0);
        let mut sound = bench.play(30_000, &[], &[480]);
        let ticket = bench.control.edit(text.replace("0.005", "0.006"));
        assert!(!bench.control.wait_for(ticket).failed);
        sound.extend(bench.play(60_000, &[], &[480]));
        let expected: Vec<(usize, f32)> = (0..19).map(|n| (n * 4800, 0.125)).collect();
        let heard: Vec<(usize, f32)> = heard(&sound).into_iter().filter(|(_, level)| *level > 0.06).collect();
        assert_eq!(heard, expected, "{mode}");
    }
}

#[test]
fn the_time_that_opcodes_are_told_goes_on_with_a_free_score_and_the_headers_events_keep_their_distance() {
    let text = "<CsoundSynthesizer>\n<CsInstruments>\nksmps = 32\nnchnls = 2\n0dbfs = 1\n;@notes off\nschedule \"click\", 0.5, 0.002\n\
        instr click\n asig = linseg:a(0.5, 1/sr, 0, 1, 0)\n outs asig, asig\nendin\n\
        instr 1\n ktime = times:k() / 16\n outs upsamp(ktime), upsamp(ktime)\nendin\n\
        </CsInstruments>\n<CsScore>\ni 1 0 100\n</CsScore>\n</CsoundSynthesizer>\n";
    for cut in [480, 100] {
        let mut bench = Bench::new(text);
        let mut sound = bench.play(10_007, &[], &[cut]);
        for edit in 0..20 {
            let ticket = bench.control.edit(format!("{text}; {edit}\n"));
            assert!(!bench.control.wait_for(ticket).failed);
            sound.extend(bench.play(5_011, &[], &[cut]));
        }
        for (frame, sample) in sound.iter().enumerate().skip(KSMPS) {
            // A cycle holds the time of its end.
            let off = f64::from(*sample) * 16.0 * RATE - frame as f64;
            assert!(off.abs() <= 1.5 * KSMPS as f64, "frame {frame}, blocks of {cut}: {off} frames off");
        }
        let click = bench.play(30_000, &[], &[cut]).iter().position(|sample| *sample > 0.5);
        assert_eq!(click, Some(24_000 - 5_011 + KSMPS), "blocks of {cut}");
    }
}

#[test]
fn whatever_the_song_does_the_sound_is_that_of_any_cut() {
    let mut score = score_of(&clicks());
    score +=
        "i \"steady\" 0.2 1.7 0.03125\ni \"steady\" 1 -2 0.0625\ni \"steady\" 2.6 -1 0.0625\ni -2 3.1 0\n";
    let mut heard = 0;
    for seed in 0..24 {
        let mut random = Random::new(seed);
        let mode =
            ["follow=beats", "follow=beats loop", "follow=beats late=enter", "follow=beats loop late=enter"];
        let text = document(&format!(";@score {}", mode[random.below(4) as usize]), &score);
        let text =
            text.replace("ksmps = 32", &format!("ksmps = {}", [1, 10, 32, 500][random.below(4) as usize]));
        let mut legs = vec![stands(0, 0.0)];
        for _ in 0..12 {
            let from = legs.last().map_or(0, |leg| leg.from) + 1 + random.below(5000) as usize;
            // Where a tempo in the last block could have brought the song counts as no jump: further away.
            let come =
                legs.last().and_then(|leg| leg.at(from).position).map_or(0.0, |position| position.beats);
            let beats = std::iter::repeat_with(|| (random.unit() * 6.0 - 1.0).max(-0.5))
                .find(|beats| (beats - come).abs() > 0.75)
                .unwrap();
            legs.push(match random.below(4) {
                0 => stands(from, beats),
                _ => moves(from, beats, 60.0 + random.unit() * 300.0),
            });
        }
        let frames = legs.last().map_or(0, |leg| leg.from) + 5000;
        let whole = play(&mut Bench::new(&text), &legs, frames, &[frames]);
        heard += usize::from(peak(&whole) > 0.01);
        for cuts in [&[1][..], &[17], &[64], &[3, 700, 1, 45]] {
            let cut = play(&mut Bench::new(&text), &legs, frames, cuts);
            let first = cut.iter().zip(&whole).position(|(cut, whole)| cut != whole);
            assert_eq!(first, None, "seed {seed}, blocks of {cuts:?}");
        }
    }
    // Csound leaves out notes that are shorter than half a cycle.
    assert!(heard >= 18, "{heard} of 24");
}

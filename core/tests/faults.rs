//! Seam: `player`, small documents that once failed. Each stands for a kind.

mod common;

use std::path::PathBuf;

use common::{Bench, on, peak, pitch};

/// Where the inputs lie.
fn fault(name: &str) -> PathBuf {
    common::test_files().join("faults").join(name)
}

#[test]
fn pitches_in_hertz_follow_the_tuning() {
    let sound = Bench::from_file(&fault("notes/a4-432.orc")).play(48_000, &[(0, on(69))], &[512]);
    assert!((pitch(&sound[4800..]) - 432.0).abs() < 0.01, "{}", pitch(&sound[4800..]));
    // Whatever they are called, in every place that fills them; keys and plain tuning as before.
    for (name, a4, hertz) in
        [("freq", 415.0, 415.0), ("hz", 442.0, 442.0), ("cps", 440.0, 440.0), ("pitch", 100.0, 100.0)]
    {
        let text = format!(
            "ksmps = 32\nnchnls = 2\n0dbfs = 1\nA4 = {a4}\ninstr 1\n k{name} = p4\n iamp = p5\n \
             a1 oscili iamp, k{name}\n outs a1, a1\nendin\n"
        );
        let sound = Bench::new(&text).play(48_000, &[(0, on(69))], &[512]);
        assert!((pitch(&sound[4800..]) - hertz).abs() < 0.01, "{name}: {}", pitch(&sound[4800..]));
    }
}

#[test]
fn a_p_field_that_is_read_through_a_macro_is_found() {
    let sound = Bench::from_file(&fault("notes/pfield-by-macro.orc")).play(48_000, &[(0, on(69))], &[512]);
    assert!((pitch(&sound[4800..]) - 440.0).abs() < 0.01);
}

/// What an instance says of itself after a note has arrived.
fn said_of_a_note(bench: &mut Bench, expected: usize) -> Vec<String> {
    bench.play(4800, &[(0, on(60)), (2400, on(62))], &[480]);
    bench.problems(expected)
}

#[test]
fn silence_is_explained_when_a_note_arrives_and_not_before() {
    let mut bench = Bench::from_file(&fault("notes/no-named-pfields.orc"));
    bench.play(4800, &[], &[480]);
    assert!(bench.problems(0).is_empty());
    let said = said_of_a_note(&mut bench, 1);
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].contains("nothing takes notes") && said[0].contains("there is instr 1"), "{}", said[0]);
    assert!(said[0].contains(";@notes 1 p4=key p5=vel"), "{}", said[0]);

    let header = "ksmps = 32\nnchnls = 2\n0dbfs = 1\n";
    let instrument = "instr 7\n a1 oscili p5, p4\n outs a1, a1\nendin\n";
    for (text, parts) in [
        (format!("{header};@notes off\n{instrument}"), ["it says ;@notes off", "take ;@notes off out"]),
        (format!("{header};@notes 7\n{instrument}"), ["fill none of its p-fields up to p5", ";@notes 7 p4="]),
        (format!("{header}a1 = 0\n"), ["there is no instrument", "kfreq = p4"]),
    ] {
        let said = said_of_a_note(&mut Bench::new(&text), 1);
        assert_eq!(said.len(), 1, "{text}: {said:?}");
        assert!(parts.iter().all(|part| said[0].contains(part)), "{text}: {}", said[0]);
    }
    // Where notes are heard, or an instrument needs none of them, there is nothing to say.
    for text in [
        format!("{header}{}", instrument.replace("a1 osc", "ifreq = p4\n iamp = p5\n a1 osc")),
        format!("{header};@notes 7 p4=440 p5=0.1\n{instrument}"),
        format!("{header};@notes 7\n{}", instrument.replace("p5, p4", "0.1, 440")),
        format!("{header}massign 0, 7\n{instrument}"),
    ] {
        assert!(said_of_a_note(&mut Bench::new(&text), 0).is_empty(), "{text}");
    }
}

#[test]
fn parameters_without_a_slot_have_their_defaults() {
    let count = 140;
    let mut text = "ksmps = 32\nnchnls = 2\n0dbfs = 1\n;@notes off\n".to_owned();
    for n in 0..count {
        text += &format!(";@param p{n:03} 0..1=0.25\n");
    }
    text += &format!(
        "instr 1\n asig = a(chnget:k(\"p{:03}\"))\n outs asig, asig\nendin\nschedule 1, 0, -1\n",
        count - 1
    );
    let mut bench = Bench::new(&text);
    assert_eq!(bench.play(480, &[], &[480])[479], 0.25);
    let said = bench.control.status().diagnostics;
    assert!(said.iter().any(|one| one.text.contains("12 parameters found no slot")), "{said:?}");
}

#[test]
fn what_the_header_writes_after_a_hint_holds() {
    let sound = Bench::from_file(&fault("text/chn_k-then-chnset.csd")).play(9600, &[], &[512]);
    assert!((peak(&sound) - 0.45).abs() < 1e-3, "{}", peak(&sound));
    // Before or behind it, computed, set to nothing; a hint alone is a default, and a directive says more than both.
    for (header, level) in [
        ("chnset .75, \"x\"\nchn_k \"x\", 3, 2, .5, 0, 1", 0.75),
        ("chn_k \"x\", 3, 2, .5, 0, 1\nix = 1 / 4\nchnset ix, \"x\"", 0.25),
        ("chn_k \"x\", 3, 2, .5, 0, 1\nchnset 0, \"x\"", 0.0),
        ("chn_k \"x\", 3, 2, .5, 0, 1", 0.5),
        (";@param x 0..1=0.125\nchn_k \"x\", 3, 2, .5, 0, 1\nchnset .9, \"x\"", 0.125),
    ] {
        let text = format!(
            "ksmps = 32\nnchnls = 2\n0dbfs = 1\n;@notes off\n{header}\ninstr 1\n asig = a(chnget:k(\"x\"))\n \
             outs asig, asig\nendin\nschedule 1, 0, -1\n"
        );
        let mut bench = Bench::new(&text);
        assert_eq!(bench.play(480, &[], &[480])[479], level, "{header}");
        let declared = bench.control.declared_params();
        let known = declared[0].1.default;
        assert!(known == Some(f64::from(level)) || header.contains("ix ="), "{header}: {known:?}");
    }
}

#[test]
fn a_value_outside_a_range_is_not_brought_inside_in_silence() {
    let text = "ksmps = 32\nnchnls = 2\n0dbfs = 1\n;@notes off\nchnset 440, \"freq\"\n;@param freq\n";
    let said = Bench::new(text).control.status().diagnostics;
    assert_eq!(said.len(), 1, "{said:?}");
    assert_eq!(said[0].line, Some(6));
    assert!(said[0].text.contains("440, outside the range 0..1"), "{}", said[0]);
}

#[test]
fn a_control_bus_is_moved_by_its_parameter() {
    let header = "ksmps = 32\nnchnls = 2\n0dbfs = 1\n;@notes off\n";
    let plays = |token: &str| {
        format!("instr 1\n asig = a(busin:k({token}))\n outs asig, asig\nendin\nschedule 1, 0, -1\n")
    };
    // By the global that holds the token, and one of its own, whose token is in the channel of that name.
    for (declared, token) in [
        ("gilevel busassign \"control\", 1\n;@param gilevel 0..1=0.25 bus\n", "gilevel"),
        (";@param level 0..1=0.25 bus\n", "chnget:i(\"level\")"),
    ] {
        let mut bench = Bench::new(&format!("{header}{declared}{}", plays(token)));
        assert!(bench.control.status().diagnostics.is_empty(), "{:?}", bench.control.status().diagnostics);
        assert_eq!(bench.play(480, &[], &[480])[479], 0.25, "{declared}");
        bench.play(4800, &[(0, common::param(0, 1.0))], &[480]);
        assert_eq!(bench.play(480, &[], &[480])[479], 1.0, "{declared}");
    }
    let said = Bench::new(&format!("{header}gix = 77\n;@param gix bus\n")).control.status().diagnostics;
    assert!(said.iter().any(|one| one.line == Some(6) && one.text.contains("no control bus")), "{said:?}");
}

/// What the left channel of a document sounds like in its first half second.
fn half_a_second(name: &str) -> (Bench, Vec<f32>) {
    let mut bench = Bench::from_file(&fault(name));
    let sound = bench.play(24_000, &[], &[512]);
    (bench, sound)
}

#[test]
fn csd_files_are_read_as_the_command_line_reads_them() {
    for (name, level) in [
        ("text/text-before-the-first-tag.csd", 0.2),
        ("text/string-over-two-lines-in-score.csd", 0.2),
        // As the command line has it; without its option the sound would reach 0.7.
        ("text/comment-glued-to-an-option.csd", 0.7698),
    ] {
        let (_, sound) = half_a_second(name);
        assert!((peak(&sound) - level).abs() < 2e-3, "{name}: {}", peak(&sound));
    }
}

#[test]
fn a_header_with_a_rate_alone_has_the_cycle_that_csound_makes_of_it() {
    for (name, ksmps) in [("text/only-sr-48000.csd", 11), ("text/only-sr-96000.csd", 22)] {
        let (bench, sound) = half_a_second(name);
        assert_eq!(bench.control.status().info.map(|info| info.ksmps), Some(ksmps), "{name}");
        assert!((peak(&sound) - 0.2).abs() < 2e-3, "{name}");
    }
    let text = std::fs::read_to_string(fault("text/only-sr-48000.csd")).unwrap().replace("sr = 48000\n", "");
    assert_eq!(Bench::new(&text).control.status().info.map(|info| info.ksmps), Some(10));
}

#[test]
fn what_is_wrong_while_it_plays_names_its_line() {
    let mut bench = Bench::from_file(&fault("text/missing-file-while-playing.csd"));
    bench.play(4800, &[], &[480]);
    let said = bench.problems(1);
    assert!(said.iter().any(|one| one.contains("line 11") && one.contains("nofile.wav")), "{said:?}");
}

#[test]
fn a_score_that_csound_gives_up_on_is_refused_with_its_reason_and_line() {
    let (_, status) = Bench::open_file(&fault("text/score-loop-unclosed.csd"));
    assert!(status.failed);
    let said = status.diagnostics;
    assert_eq!(said.len(), 1, "{said:?}");
    assert_eq!((said[0].line, said[0].source.as_deref()), (Some(16), Some("{ 4 I")));
    assert!(said[0].text.contains("{ is never closed"), "{}", said[0]);
    assert!(said[0].remedy.as_deref().is_some_and(|remedy| remedy.contains("write }")), "{}", said[0]);
}

#[test]
fn notes_of_a_fixed_length_are_that_long_wherever_they_start() {
    let text = "<CsoundSynthesizer>\n<CsOptions>\n-d --sample-accurate\n</CsOptions>\n<CsInstruments>\nksmps = 64\n\
                nchnls = 2\n0dbfs = 1\n;@notes 1 dur=0.05\ninstr 1\n a1 = 1\n outs a1, a1\nendin\n\
                </CsInstruments>\n</CsoundSynthesizer>\n";
    // Every place of a cycle, and blocks that do not fit cycles.
    let starts: Vec<usize> = (0..96).map(|at| 100 + at * 2945).collect();
    let notes: Vec<_> = starts.iter().map(|&at| (at, on(60))).collect();
    let sound = Bench::new(text).play(290_000, &notes, &[512, 17, 64, 300]);
    let edges = |from: f32, to: f32| -> Vec<usize> {
        sound.windows(2).enumerate().filter(|(_, pair)| *pair == [from, to]).map(|(at, _)| at + 1).collect()
    };
    let (onsets, ends) = (edges(0.0, 1.0), edges(1.0, 0.0));
    let latency = onsets[0] - starts[0];
    assert!(latency <= 64, "{latency}");
    assert_eq!(onsets, starts.iter().map(|at| at + latency).collect::<Vec<_>>());
    assert_eq!(ends, onsets.iter().map(|at| at + 2400).collect::<Vec<_>>());
}

#[test]
fn a_parameter_that_the_orchestra_writes_is_told_to_the_host() {
    let text = "ksmps = 32\nnchnls = 2\n0dbfs = 1\n;@notes off\n;@param lfo 0..4=1 send\n;@param plain 0..4=1\n\
                instr 1\n chnset 2, \"lfo\"\n chnset 2, \"plain\"\n turnoff\nendin\nschedule 1, 0.01, 1\n";
    let mut bench = Bench::new(text);
    bench.play(4800, &[], &[4800]);
    let written: Vec<(u16, f64)> =
        bench.reports().params.iter().map(|&(_, slot, value)| (slot, value)).collect();
    assert_eq!(written, [(0, 0.5)]);
    let about = "ksmps = 32\n;@about \"Name\" author=Me\ninstr 1\nendin\n";
    let info = Bench::new(about).control.status().info.expect("it plays");
    assert_eq!((info.about.name.as_deref(), info.about.author.as_deref()), (Some("Name"), Some("Me")));
}

#[test]
fn tables_that_a_document_makes_for_vco2_itself_stay_as_they_are() {
    // Eight partials at most, by small tables: those that are made before a first note have hundreds.
    let text = "ksmps = 32\nnchnls = 2\n0dbfs = 1\n;@notes off\ngimade vco2init 1, 100, 2, 16, 16\n\
        instr 1\n asound vco2 0.5, 100\n outs asound, asound\nendin\nschedule 1, 0, -1\n";
    let step = |sound: Vec<f32>| {
        sound[480..].windows(2).fold(0.0_f32, |step, pair| step.max((pair[1] - pair[0]).abs()))
    };
    let own = step(Bench::new(text).play(4800, &[], &[512]));
    let full =
        step(Bench::new(&text.replace("gimade vco2init 1, 100, 2, 16, 16", "")).play(4800, &[], &[512]));
    assert!(own < 0.1 && full > 0.3, "steps of {own} and {full}");
}

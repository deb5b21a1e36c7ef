//! Seam: `;@keep`, tables and channels that go from engine to engine and into the project.

mod common;

use common::{Bench, RATE, off, on, peak};
use ksmps_core::event::EventKind;

/// Each note counts, writes its key into the next place of a table, and adds a letter to a text. The left channel is the count
/// in hundredths, in every cycle.
const COUNTS: &str = "ksmps = 16\nnchnls = 2\n0dbfs = 1\n;@keep table giSteps chan count string word\n\
    giSteps ftgen 0, 0, 8, -2, 0, 0, 0, 0, 0, 0, 0, 0\nchn_S \"word\", 3\n\
    instr count ;@notes p4=key\n  ikey = p4\n  icount chnget \"count\"\n  tableiw ikey, icount % 8, giSteps\n  \
    chnset icount + 1, \"count\"\n  Sword chnget \"word\"\n  Sword strcat Sword, \"x\"\n  chnset Sword, \"word\"\nendin\n\
    instr show\n  kcount chnget \"count\"\n  outs a(kcount / 100), a(kcount / 100)\nendin\nschedule \"show\", 0, -1\n";

/// Frames of a note and the pause behind it.
const NOTE: usize = 960;

fn notes(bench: &mut Bench, keys: &[u8]) -> f32 {
    let events: Vec<(usize, EventKind)> =
        (0..).zip(keys).flat_map(|(at, &key)| [(at * NOTE, on(key)), (at * NOTE + 480, off(key))]).collect();
    let sound = bench.play(keys.len().max(1) * NOTE, &events, &[100]);
    sound[sound.len() - 1]
}

/// What is kept of [`COUNTS`]: the table without the number behind its end, the count, the text.
fn kept(bench: &Bench) -> (Vec<f64>, f64, String) {
    let values = bench.control.kept_values();
    let table = values.table("giSteps").expect("a table");
    let text = values.text("word").expect("a text").to_owned();
    (table[..8].to_vec(), values.channel("count").expect("a number"), text)
}

fn edit(bench: &mut Bench, text: &str) {
    let ticket = bench.control.edit(text.to_owned());
    let status = bench.control.wait_for(ticket);
    assert!(!status.failed, "{:?}", status.diagnostics);
    // The old engine has faded then.
    bench.play(4800, &[], &[480]);
}

#[test]
fn a_state_has_what_the_document_keeps_and_brings_it_back_before_the_score_begins() {
    let mut bench = Bench::new(COUNTS);
    assert_eq!(notes(&mut bench, &[60, 64, 67]), 0.03);
    let expected = (vec![60.0, 64.0, 67.0, 0.0, 0.0, 0.0, 0.0, 0.0], 3.0, "xxx".to_owned());
    assert_eq!(kept(&bench), expected);
    let state = bench.control.save();
    assert_eq!(state["kept"]["channels"]["count"], 3.0, "{state}");
    let (mut again, status) = Bench::restored(&state);
    assert!(!status.failed, "{:?}", status.diagnostics);
    assert_eq!(kept(&again), expected, "before anything was played");
    let sound = again.play(480, &[], &[480]);
    assert!(sound[32..].iter().all(|sample| *sample == 0.03), "from the first cycle on");
    assert_eq!(notes(&mut again, &[72]), 0.04);
    assert_eq!(kept(&again), (vec![60.0, 64.0, 67.0, 72.0, 0.0, 0.0, 0.0, 0.0], 4.0, "xxxx".to_owned()));
}

#[test]
fn it_goes_on_through_edits_resets_and_activations() {
    let mut bench = Bench::new(COUNTS);
    notes(&mut bench, &[60, 61]);
    edit(&mut bench, &format!("{COUNTS}; another text\n"));
    assert_eq!(notes(&mut bench, &[62]), 0.03);
    // A spare is built soon, and has to know what came after.
    std::thread::sleep(std::time::Duration::from_millis(500));
    notes(&mut bench, &[63]);
    bench.player.reset();
    assert_eq!(bench.play(480, &[], &[480])[100], 0.04);
    // The next reset follows before there can be a spare.
    notes(&mut bench, &[64]);
    bench.player.reset();
    assert_eq!(notes(&mut bench, &[]), 0.05);
    for rate in [44_100.0, RATE] {
        bench.player.release();
        bench.control.deactivate();
        assert!(!bench.control.activate(rate).failed);
        bench.player.adopt();
        notes(&mut bench, &[65]);
    }
    let expected = [60.0, 61.0, 62.0, 63.0, 64.0, 65.0, 65.0, 0.0];
    assert_eq!(kept(&bench), (expected.to_vec(), 7.0, "xxxxxxx".to_owned()));
}

#[test]
fn what_is_not_kept_any_more_is_there_when_it_returns() {
    let mut bench = Bench::new(COUNTS);
    notes(&mut bench, &[60, 61]);
    edit(&mut bench, &COUNTS.replace("chan count ", ""));
    assert_eq!(notes(&mut bench, &[62]), 0.01, "without it the channel begins anew");
    let state = bench.control.save();
    assert_eq!(state["kept"]["channels"]["count"], 2.0);
    edit(&mut bench, COUNTS);
    assert_eq!(notes(&mut bench, &[63]), 0.03);
    let (mut again, _) = Bench::restored(&state);
    edit(&mut again, COUNTS);
    assert_eq!(notes(&mut again, &[63]), 0.03);
    assert_eq!(kept(&again).0, [62.0, 61.0, 63.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
}

#[test]
fn another_state_or_document_has_its_own_values() {
    let mut bench = Bench::new(COUNTS);
    notes(&mut bench, &[60]);
    let early = bench.control.save();
    notes(&mut bench, &[61, 62]);
    let ticket = bench.control.restore(&early).unwrap();
    assert_eq!(bench.control.save(), early, "what plays still is of the state before");
    bench.control.wait_for(ticket);
    bench.play(4800, &[], &[480]);
    assert_eq!(notes(&mut bench, &[63]), 0.02);
    let ticket = bench.control.load(COUNTS.replace("/ 100", "/ 10"), None);
    bench.control.wait_for(ticket);
    bench.play(4800, &[], &[480]);
    assert_eq!(notes(&mut bench, &[64]), 0.1);
    assert_eq!(kept(&bench), (vec![64.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], 1.0, "x".to_owned()));
}

/// Its only instrument writes the number of the cycle into every place of a table, in each cycle.
fn fills(length: usize) -> String {
    format!(
        "ksmps = 16\nnchnls = 2\n0dbfs = 1\n;@notes off\n;@keep table giBig chan now\n\
         giBig ftgen 0, 0, {length}, -2, 0\n\
         instr 1\n  know chnget \"now\"\n  know += 1\n  chnset know, \"now\"\n  kplace = (know * 977) % {length}\n  \
         tablew know, kplace, giBig\n  outs a(know / 1000), a(know / 1000)\nendin\nschedule 1, 0, -1\n"
    )
}

#[test]
fn a_large_table_is_carried_whole() {
    const LENGTH: usize = 60_000;
    let text = fills(LENGTH);
    let mut bench = Bench::new(&text);
    bench.play(16_000, &[], &[1000]);
    edit(&mut bench, &format!("{text};\n"));
    // The new one has gone on where the old one was, and has told of all its table since.
    bench.play(16_000, &[], &[100]);
    let values = bench.control.kept_values();
    let (table, now) = (values.table("giBig").unwrap(), values.channel("now").unwrap());
    assert_eq!((table.len(), now), (LENGTH + 1, 2300.0));
    let written = |cycle: usize| table[cycle * 977 % LENGTH];
    for cycle in 1..2000 {
        assert_eq!(written(cycle), cycle as f64);
    }
    // All of it is told when it ends.
    bench.player.release();
    let (mut again, _) = Bench::restored(&bench.control.save());
    again.play(16, &[], &[16]);
    again.player.release();
    let values = again.control.kept_values();
    let table = values.table("giBig").unwrap();
    assert!((1..=2301).all(|cycle| table[cycle * 977 % LENGTH] == cycle as f64));
}

#[test]
fn a_table_that_gets_another_length_keeps_its_first_values() {
    let mut bench = Bench::new(COUNTS);
    notes(&mut bench, &[60, 61, 62]);
    edit(&mut bench, &COUNTS.replace("0, 0, 8, -2, 0, 0, 0, 0, 0, 0, 0, 0", "0, 0, 2, -2, 0, 0"));
    assert_eq!(bench.control.kept_values().table("giSteps").unwrap()[..2], [60.0, 61.0]);
    edit(&mut bench, &COUNTS.replace("0, 0, 8, -2, 0, 0, 0, 0, 0, 0, 0, 0", "0, 0, 4, -2, 7, 7, 7, 7"));
    assert_eq!(bench.control.kept_values().table("giSteps").unwrap()[..4], [60.0, 61.0, 7.0, 7.0]);
}

#[test]
fn what_cannot_be_kept_is_said_and_the_rest_is_kept() {
    let says = |text: &str, line: u32, words: &str| {
        let (bench, status) = Bench::open(text);
        assert!(!status.failed, "{:?}", status.diagnostics);
        let is_said = status.diagnostics.iter().any(|one| one.line == Some(line) && one.text.contains(words));
        assert!(is_said, "{words}: {:?}", status.diagnostics);
        assert_eq!(bench.problems(0), [""; 0], "{words}");
        bench.control.kept_values()
    };
    let kept = says(&fills(70_000), 5, "left of the 65536");
    assert!(kept.table("giBig").is_none() && kept.channel("now").is_some());
    let without =
        "ksmps = 16\n0dbfs = 1\n;@notes off\n;@keep table giNone chan a\ngiNone = 0\ninstr 1\nendin\n";
    assert!(says(without, 4, "no table's number").channel("a").is_some());
    let param = "ksmps = 16\n0dbfs = 1\n;@notes off\n;@keep chan level\n;@param level 0..1\ninstr 1\nendin\n";
    assert!(says(param, 4, "is a parameter").is_empty());
    let other = "ksmps = 16\n0dbfs = 1\n;@notes off\n;@keep chan word\nchn_S \"word\", 3\ninstr 1\nendin\n";
    assert!(says(other, 4, "carries something else").is_empty());
}

#[test]
fn a_document_that_keeps_nothing_saves_nothing() {
    let mut bench = Bench::new(&COUNTS.replace(";@keep", "; keep"));
    notes(&mut bench, &[60]);
    assert_eq!(bench.control.save().get("kept"), None);
    assert!(peak(&bench.play(480, &[], &[480])) > 0.0);
}

//! Seam: `player` and `engine`, cycles that are not performed: none where nothing sounds, none while a document rests that asks
//! for it. Nobody hears it, and whatever happens is there in its own frame.

mod common;

use common::{Bench, RATE, midi, off, on, param, peak, test_files};
use ksmps_core::document::{Document, KeptValues};
use ksmps_core::engine::verbs::prelude::*;
use ksmps_core::engine::{self, BuildRequest};
use ksmps_core::event::{Event, EventKind};
use ksmps_core::needs::Needs;
use ksmps_core::params::{SlotMap, SlotValues};
use ksmps_core::player::{Notice, Report};
use ksmps_core::random::Random;
use ksmps_core::renderer::{Block, Renderer, Reports};
use ksmps_core::route::{HostChannels, Route};
use ksmps_core::transport::{Position, Transport};
use ksmps_core::verbs::{Automation, Sched};
use ksmps_core::watched::{VariableOwner, WatchTarget, WhichVoice};

const KSMPS: usize = 32;
const HEAD: &str = "ksmps = 32\nnchnls = 2\n0dbfs = 1\n";
const SECOND: usize = RATE as usize;
/// Cycles of a second's silence, and the first one, in which a document begins.
const AWAKE: usize = SECOND / KSMPS + 2;

/// Says with each impulse that comes in how many cycles it has been performed, if it is as this directive says.
fn counting(directive: &str, rest: &str) -> String {
    format!(
        "{HEAD}{directive}\n;@param level 0..1=0.5\ninstr 1\n ain inch 1\n kcycles init 0\n kcycles += 1\n \
         asound = ain * kcycles\n outs asound, asound\n{rest}\nendin\nschedule 1, 0, -1\n"
    )
}

/// Plays silence and an impulse behind it; the cycles that were performed up to it.
fn cycles_until(bench: &mut Bench, frames: usize, events: &[(usize, EventKind)]) -> usize {
    let mut input = vec![0.0; frames + KSMPS];
    input[frames] = 1.0;
    let sound = bench.play_with(&input, events, &[480]);
    let said: Vec<_> = sound.iter().enumerate().filter(|(_, sample)| **sample != 0.0).collect();
    // It came in in the last cycle, and is heard in the one behind it.
    assert_eq!(said, []);
    let sound = bench.play(KSMPS, &[], &[KSMPS]);
    assert!(sound[1..].iter().all(|sample| *sample == 0.0), "it is heard on its frame");
    sound[0] as usize
}

#[test]
fn while_a_document_rests_it_is_not_performed() {
    let frames = 20 * SECOND;
    for (directive, awake) in [
        (";@notes off\n;@tail 2 rest", AWAKE + SECOND / KSMPS),
        (";@notes off\n;@tail 0.1 rest", AWAKE),
        (";@notes off\n;@latency 3200\n;@tail 1 rest", AWAKE + 100),
    ] {
        let mut bench = Bench::new(&counting(directive, ""));
        let first = cycles_until(&mut bench, frames, &[]);
        // The impulse's own cycle is one of them.
        assert_eq!(first, awake + 1, "{directive}");
        let second = cycles_until(&mut bench, frames, &[]);
        assert_eq!(second - first, awake, "{directive}: it is awake for as long behind what it has heard");
    }
    for directive in [";@notes off", ";@notes off\n;@tail 2", ";@notes off\n;@tail inf"] {
        let mut bench = Bench::new(&counting(directive, ""));
        assert_eq!(cycles_until(&mut bench, frames, &[]), frames / KSMPS + 1, "{directive}");
    }
}

#[test]
fn the_first_sample_that_comes_in_is_heard_on_its_frame_however_blocks_are_cut() {
    let onset = 3 * SECOND;
    for frame in [0, 1, 17, 31, 32].map(|offset| onset + offset) {
        for cuts in [&[1][..], &[7], &[32], &[64], &[3, 50, 1, 200], &[4096]] {
            let mut bench = Bench::new(&counting(";@notes off\n;@tail 1 rest", ""));
            let mut input = vec![0.0; onset + 200];
            input[frame..frame + 5].fill(0.25);
            let sound = bench.play_with(&input, &[], cuts);
            let heard: Vec<_> = (0..sound.len()).filter(|at| sound[*at] != 0.0).collect();
            assert_eq!(heard, (frame + KSMPS..frame + KSMPS + 5).collect::<Vec<_>>(), "{frame}, {cuts:?}");
            assert!(sound[frame + KSMPS] < 0.25 * 1600.0, "it has rested");
        }
    }
}

/// Everything that reaches a document: input, a parameter, notes, the song, a channel, a table. It has no sound that goes on by
/// itself but for its echo, which is heard once, and comes in the last moment of the tail.
fn everything(rest: &str) -> String {
    format!(
        "{HEAD};@tail 1{rest}\n;@param gain 0..1=0.5\ngiTable ftgen 7, 0, 8, -2, 0\n\
         instr tone ;@notes voices=4\n kfreq = p4\n iamp = p5\n asig = oscili:a(iamp, kfreq) * linsegr:a(0, 0.01, 1, 0.3, 0)\n \
         outs asig, asig\nendin\n\
         instr 90\n asig = linseg:a(0.25, p3, 0)\n outs asig, asig\nendin\n\
         instr 91\n ain inch 1\n alate delay ain, 0.95\n kgain chnget \"gain\"\n kplays chnget \"IS_PLAYING\"\n \
         kmore chnget \"more\"\n ktable = table:k(3, 7)\n \
         asig = ain * kgain + alate * 0.5 + a(kplays) * 0.125 + a(kmore + ktable)\n outs asig, asig\nendin\n\
         schedule 91, 0, -1\nchn_k \"more\", 3\n"
    )
}

/// What is done to an instance, a number of frames after what was done before.
#[derive(Debug, Clone, Copy)]
enum Act {
    Burst,
    Turn(f64),
    Note(u8),
    Song(bool),
    Channel(f64, f64),
    Table(f64),
    Event(f64),
    Line,
    Edit,
    Reset,
    Restore,
}

/// A random history of so many acts, most of them behind a silence that is longer than the tail.
fn history(seed: u64, acts: usize) -> Vec<(usize, Act)> {
    let mut random = Random::new(seed);
    let mut plays = false;
    let act = |random: &mut Random, plays: &mut bool| match random.below(14) {
        0..3 => Act::Burst,
        3 => Act::Turn(random.unit()),
        4 | 5 => Act::Note(60 + random.below(12) as u8),
        6 | 7 => {
            *plays = !*plays;
            Act::Song(*plays)
        }
        // In the moment, or when it rests again.
        8 => Act::Channel([0.0, 0.25][random.below(2) as usize], [0.0, 1.9][random.below(2) as usize]),
        9 => Act::Table([0.0, 0.125][random.below(2) as usize]),
        10 => Act::Event([0.0, 0.01, 2.5][random.below(3) as usize]),
        11 => Act::Line,
        12 => Act::Edit,
        _ if random.below(2) == 0 => Act::Reset,
        _ => Act::Restore,
    };
    let silence = |random: &mut Random| match random.below(3) {
        0 => random.below(SECOND as u64) as usize,
        _ => SECOND + random.below(3 * SECOND as u64) as usize,
    };
    (0..acts).map(|_| (silence(&mut random), act(&mut random, &mut plays))).collect()
}

/// Plays a history; all that is heard.
fn live(text: &str, history: &[(usize, Act)], cuts: &[usize]) -> Vec<f32> {
    let mut bench = Bench::new(text);
    let (mut sound, mut edits, mut song) = (Vec::new(), 0, Transport::default());
    song.position = Some(Position::default());
    for &(silence, act) in history.iter().chain([&(2 * SECOND, Act::Burst)]) {
        let mut quiet = |bench: &mut Bench, frames: usize| {
            for frames in (0..frames).step_by(480).map(|at| 480.min(frames - at)) {
                bench.player.transport(song);
                song = song.after(frames as u32, RATE);
                sound.extend(bench.play(frames, &[], cuts));
            }
        };
        quiet(&mut bench, silence);
        match act {
            Act::Burst => {
                bench.player.transport(song);
                song = song.after(100, RATE);
                let input: Vec<f32> = (0..100).map(|at| 0.5 / (1.0 + at as f32)).collect();
                sound.extend(bench.play_with(&input, &[], cuts));
            }
            Act::Turn(value) => sound.extend(bench.play(64, &[(13, param(0, value))], cuts)),
            Act::Note(key) => sound.extend(bench.play(999, &[(5, on(key)), (901, off(key))], cuts)),
            Act::Song(playing) => song.playing = playing,
            Act::Channel(value, delay) => bench.control.set_channel("more", value, delay).unwrap(),
            Act::Table(value) => bench.control.write_table(7, 3, value, 0.0).unwrap(),
            Act::Event(delay) => _ = bench.control.sched(Sched::new(90).dur(0.1).delay(delay)).unwrap(),
            Act::Line => {
                let line = Automation::new(&[0.0, 0.0, 0.5, 0.25, 0.6, 0.0]).unwrap();
                _ = bench.control.automate_channel("more", &line.delay(1.7)).unwrap();
            }
            Act::Edit => {
                edits += 1;
                let ticket = bench.control.edit(format!("{text}; {edits}\n"));
                assert!(!bench.control.wait_for(ticket).failed);
            }
            Act::Reset => bench.player.reset(),
            Act::Restore => {
                let ticket = bench.control.restore(&bench.control.save()).unwrap();
                assert!(!bench.control.wait_for(ticket).failed);
            }
        }
    }
    sound
}

#[test]
fn whatever_happens_to_a_document_at_rest_sounds_as_if_it_had_not_rested() {
    for seed in 1..=8 {
        let history = history(seed, 24);
        for cuts in [&[480][..], &[1, 31, 200, 7]] {
            // Where an engine that rings out ends depends on the blocks.
            let expected = live(&everything(""), &history, cuts);
            assert!(peak(&expected) > 0.1);
            let heard = live(&everything(" rest"), &history, cuts);
            let apart = (0..expected.len()).find(|at| expected[*at].to_bits() != heard[*at].to_bits());
            assert_eq!(apart, None, "seed {seed}, {cuts:?}, {history:?}");
        }
    }
}

#[test]
fn nothing_rests_that_somebody_needs() {
    let frames = 6 * SECOND;
    let rests = ";@notes off\n;@tail 1 rest";
    let cycles =
        |text: &str, events: &[(usize, EventKind)]| cycles_until(&mut Bench::new(text), frames, events);
    let all = frames / KSMPS + 1;
    assert!(cycles(&counting(rests, ""), &[]) < all / 2);
    // A voice that is held, and not heard.
    let held = format!(
        "{}instr silent ;@notes\n pset 0, 0, 0, 60\n ikey = p4\nendin\n",
        counting(";@tail 1 rest", "")
    );
    assert!(cycles(&held, &[]) < all / 2);
    assert_eq!(cycles(&held, &[(9, on(60))]), all);
    assert!(cycles(&held, &[(9, on(60)), (480, off(60))]) < all / 2, "it has ended");
    // A parameter that is turned every half second.
    let turns: Vec<_> = (0..12).map(|half| (half * SECOND / 2, param(0, half as f64 / 12.0))).collect();
    assert_eq!(cycles(&counting(rests, ""), &turns), all);
    // What acts: notes of its own, and MIDI that is sent.
    let starts = " schedkwhen metro(2), 0, 0, 2, 0, 0.01";
    let silent = "instr 2\n asilent = 0\nendin\n";
    assert_eq!(cycles(&(counting(rests, starts) + silent), &[]), all);
    assert_eq!(
        cycles(&counting(rests, " kcount init 0\n kcount += 1\n midiout 176, 1, 7, (kcount/64) % 128"), &[]),
        all
    );
    // What ends, however late, and what waits for others.
    assert_eq!(cycles(&counting(rests, "").replace("0, -1", "0, 3600"), &[]), all);
    assert_eq!(cycles(&counting(rests, " kkey, kpressed sensekey"), &[]), all);
    assert!(cycles(&counting(rests, "").replace("0, -1", "0, 800000000000"), &[]) < all / 2);
    // The song, where the document reads it.
    let mut bench = Bench::new(&counting(rests, " kbeat chnget \"HOST_PPQ_POS\""));
    bench.tempo = Some(120.0);
    assert_eq!(cycles_until(&mut bench, frames, &[]), all);
    let mut bench = Bench::new(&counting(rests, " ktempo chnget \"HOST_BPM\""));
    bench.tempo = Some(120.0);
    assert!(cycles_until(&mut bench, frames, &[]) < all / 2, "its tempo stays as it is");
}

#[test]
fn who_looks_changes_nothing() {
    let mut bench = Bench::new(&counting(";@notes off\n;@tail 1 rest", ""));
    let first = cycles_until(&mut bench, 6 * SECOND, &[]);
    let mut subscription = bench.control.subscribe();
    let target = WatchTarget::Variable {
        owner: VariableOwner::Instrument("1".to_owned()),
        name: "kcycles".to_owned(),
    };
    bench.control.watch_values(vec![target], WhichVoice::Newest, 480);
    let mut seen = Vec::new();
    for _ in 0..1000 {
        bench.play(480, &[], &[480]);
        while let Some(notice) = subscription.next_notice() {
            if let Notice::Report(Report::Watched(reading)) = notice {
                seen.push(reading);
            }
        }
        if !seen.is_empty() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    assert!(!seen.is_empty());
    let second = cycles_until(&mut bench, 6 * SECOND, &[]);
    assert!(first < 2000 && second - first <= AWAKE, "{first} {second}");
}

#[test]
fn what_happens_while_silence_is_counted_begins_the_count_anew() {
    // A sound that is held and begins long after its start; a pedal that holds a voice; a controller.
    let swells = |directive: &str| {
        format!(
            "{HEAD};@notes off\n{directive}\ninstr 1\n ain inch 1\n outs ain, ain\nendin\ninstr 2\n \
             asound = 0.3 * linseg:a(0, 1.9, 0, 0.5, 1)\n outs asound, asound\nendin\nschedule 1, 0, -1\nschedule 2, 1.5, -1\n"
        )
    };
    let sound = |text: &str| Bench::new(text).play(6 * SECOND, &[], &[480]);
    let expected = sound(&swells(";@tail 2"));
    assert!(peak(&expected) > 0.2);
    assert!(sound(&swells(";@tail 2 rest")) == expected, "a sound that begins slowly");
    let native = |directive: &str| {
        format!(
            "{HEAD};@notes midi\n{directive}\nmassign 0, 2\ninstr 1\n kvalue ctrl7 1, 1, 0, 1\n asound = a(portk(kvalue, 0.5)) * \
             inch(1)\n outs asound, asound\nendin\ninstr 2\n kage timeinsts\n asound = kage > 2.5 ? a(0.1) : a(0)\n outs \
             asound, asound\nendin\nschedule 1, 0, -1\n"
        )
    };
    let held = [(480, midi([0xb0, 64, 127])), (960, midi([0x90, 60, 90])), (1920, midi([0x80, 60, 0]))];
    let moved = [(SECOND - 480, midi([0xb0, 1, 127]))];
    let input = |at: usize| {
        let mut input = vec![0.0; 6 * SECOND];
        input[at..].fill(0.5);
        input
    };
    for (events, input, what) in
        [(&held[..], input(5 * SECOND), "a pedal"), (&moved, input(2 * SECOND - 4800), "a controller")]
    {
        let sound = |directive: &str| Bench::new(&native(directive)).play_with(&input, events, &[480]);
        let expected = sound(";@tail 1");
        assert!(peak(&expected) > 0.05, "{what}");
        assert!(sound(";@tail 1 rest") == expected, "{what}");
    }
}

#[test]
fn an_event_that_is_written_as_text_is_not_lost() {
    // It is gone at once, and its text becomes an event in the cycle after it.
    let text = |keeper: &str| {
        format!(
            "{HEAD};@notes off\ninstr tone\n Sname strget p4\n asound = oscili:a(0.2, strcmp(Sname, \"verse\") == 0 ? 440 : 220)\n \
             outs asound, asound\nendin\ninstr turn\n Sname strget p4\n schedule \"tone\", 0, 0.1, Sname\n \
             schedule \"turn\", 0.5, 0, \"verse\"\n scoreline_i {{{{i \"tone\" 0.2 0.05 \"chorus\"}}}}\nendin\ninstr keeper\nendin\n\
             schedule \"turn\", 0.25, 0, \"chorus\"\n{keeper}"
        )
    };
    let sound = |keeper: &str| Bench::new(&text(keeper)).play(3 * SECOND, &[], &[480]);
    let (kept, alone) = (sound(KEEPER), sound(""));
    let last = kept.iter().rposition(|sample| *sample != 0.0);
    assert!(last > Some(2 * SECOND + SECOND / 2), "{last:?}");
    assert!(alone == kept);
}

#[test]
fn a_template_that_listens_keeps_its_document_from_rest() {
    let text = format!(
        "<CsoundSynthesizer>\n<CsInstruments>\n{HEAD};@notes off\n;@tail 1 rest\n</CsInstruments>\n<KsmpsSession>\ntemplate ear\n \
         ain inch 1\n kcycles init 0\n kcycles += 1\n kkey, kdown sensekey\n outs ain * kcycles, ain * kcycles\nendtemplate\n\
         sched ear\n</KsmpsSession>\n</CsoundSynthesizer>\n"
    );
    let mut bench = Bench::new(&text);
    let said = bench.control.status().diagnostics;
    assert!(said.iter().any(|one| one.text.contains("does not rest: sensekey")), "{said:?}");
    let frames = 4 * SECOND;
    assert!(cycles_until(&mut bench, frames, &[]) >= frames / KSMPS);
}

/// Notes that schedule others for later, a score with gaps, and what they say of Csound's time. Where `keeper` sounds, which has
/// nothing to do, no cycle goes by.
fn with_gaps(notes: &str, keeper: &str) -> String {
    format!(
        "<CsoundSynthesizer>\n<CsInstruments>\n{HEAD}massign 0, \"tone\"\n\
         instr tone {notes}\n asig = oscili:a(0.2, 300 + 7 * p1) * linsegr:a(0, 0.01, 1, 0.1, 0)\n outs asig, asig\n \
         schedule \"late\", 1.7, 0.2\nendin\n\
         instr late\n asig = linseg:a(0, p3 / 2, 0.3, p3 / 2, 0) * (1 + times:k() / 100) + rand:a(0.01)\n \
         outs asig, asig\nendin\n\
         instr keeper\nendin\n{keeper}</CsInstruments>\n<CsScore>\nt 0 90\nf 2 2.5 8 -2 1 2 3\ni \"late\" 0.5 0.1\n\
         i \"late\" 3.25 0.1\ni \"late\" 9.001 0.0501\ne\n</CsScore>\n</CsoundSynthesizer>\n"
    )
}

const KEEPER: &str = "schedule \"keeper\", 0, -1\n";

#[test]
fn where_nothing_sounds_nobody_hears_that_cycles_are_not_performed() {
    let native = ";@notes midi";
    for (notes, is_native) in [(";@notes voices=8", false), (native, true)] {
        let mut random = Random::new(5);
        let mut events = Vec::new();
        for note in 0..16 {
            let at = note * 40_000 + random.below(30_000) as usize;
            let key = 60 + random.below(12) as u8;
            let length = 1 + random.below(9000) as usize;
            match is_native {
                true => events.extend([(at, midi([0x90, key, 90])), (at + length, midi([0x80, key, 0]))]),
                false => events.extend([(at, on(key)), (at + length, off(key))]),
            }
        }
        let frames = 700_000;
        let mut kept = Bench::new(&with_gaps(notes, KEEPER));
        let expected = kept.play(frames, &events, &[480]);
        assert!(peak(&expected) > 0.1);
        for cuts in [&[480][..], &[64], &[1, 31, 200, 7]] {
            let mut bench = Bench::new(&with_gaps(notes, ""));
            let heard = bench.play(frames, &events, cuts);
            let apart = (0..frames).find(|at| expected[*at].to_bits() != heard[*at].to_bits());
            assert_eq!(apart, None, "{notes}, {cuts:?}");
            assert_eq!(bench.ended, kept.ended);
        }
    }
}

/// An engine that plays frames of silence with these events; how many cycles went by.
fn passed(text: &str, frames: usize, events: &[(usize, EventKind)]) -> u64 {
    let document = Document::parse(text, None).unwrap();
    let (mut slots, values) = (SlotMap::default(), SlotValues::default());
    let request = BuildRequest {
        document: &document,
        session: None,
        rate: RATE,
        slots: &mut slots,
        values: &values,
        kept: &KeptValues::default(),
        given: Needs::default(),
    };
    let engine = engine::build(request).unwrap();
    let route = Route::new(engine.info(), &HostChannels { inputs: vec![2], outputs: vec![2] });
    let mut renderer = Renderer::new(engine, route);
    let (mut left, mut right) = (vec![0.0; frames], vec![0.0; frames]);
    let input = vec![0.0; frames];
    let events: Vec<Event> =
        events.iter().map(|&(frame, kind)| Event { frame: frame as u32, kind }).collect();
    let mut block = Block {
        inputs: &[&input[..], &input],
        outputs: &mut [&mut left[..], &mut right],
        frames,
        events: &events,
    };
    renderer.process(&mut block, &mut Reports::default());
    assert_eq!(renderer.engine().frames(), frames as u64, "the engine's time goes on");
    renderer.engine().passed_cycles()
}

#[test]
fn where_nothing_sounds_no_cycle_is_performed() {
    let frames = 10 * SECOND;
    let all = (frames / KSMPS) as u64;
    let tone = format!(
        "{HEAD}instr tone ;@notes\n pset 0, 0, 0, 440\n kfreq = p4\n outs oscili:a(0.1, kfreq), a(0)\nendin\n"
    );
    // But for the first one, in which Csound reads the score.
    assert_eq!(passed(&tone, frames, &[]), all - 1);
    let note = [(SECOND + 5, on(60)), (SECOND + 5 + 10 * KSMPS, off(60))];
    assert_eq!(passed(&tone, frames, &note), all - 1 - 10);
    let score = passed(&with_gaps("", ""), frames, &[]);
    let sounds = (0.1 + 0.1 + 0.0501) / 1.5 * RATE / KSMPS as f64;
    assert!(score > all - sounds as u64 - 20, "{score} of {all}");
    assert_eq!(passed(&with_gaps("", KEEPER), frames, &[]), 0, "something sounds all the time");
    let listens = format!("{HEAD}instr 1\n kkey, kpressed sensekey\nendin\n");
    assert_eq!(passed(&listens, frames, &[]), 0);
}

#[test]
fn no_factory_document_is_performed_while_it_has_nothing_to_do() {
    let folder = test_files().join("../instruments");
    let mut tried = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let Ok(text) = std::fs::read_to_string(path.join(format!("{name}.csd"))) else { continue };
        let line = text.lines().find_map(|line| line.strip_prefix("ksmps = "));
        let ksmps: usize = line.and_then(|number| number.parse().ok()).expect("it says its ksmps");
        let [before, after] = [34, 35].map(|seconds| passed(&text, seconds * SECOND, &[]));
        assert_eq!(after - before, (SECOND / ksmps) as u64, "{name}");
        tried += 1;
    }
    assert!(tried >= 8, "{tried}");
}

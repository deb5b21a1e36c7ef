//! Csound's own MIDI opcodes: a document that uses them gets what a host plays as the csound command line gets a MIDI file,
//! and sounds the same to the bit.

mod common;

use std::path::Path;
use std::process::Command;

use common::{Bench, midi};
use ksmps_core::event::{EventKind, NoteName, NoteSelector};
use ksmps_core::offline::sound_file;
use midly::num::{u15, u24, u28};
use midly::{Format, Header, MetaMessage, Smf, Timing, TrackEvent, TrackEventKind, live::LiveEvent};

/// Frames of a cycle: a millisecond.
const CYCLE: usize = 48;
const CYCLES: usize = 1000;
/// Frames that a note sounds at least.
const HEARD: usize = 4000;

/// A document with this orchestra.
fn document(options: &str, orchestra: &str) -> String {
    format!(
        "<CsoundSynthesizer>\n<CsOptions>\n{options}\n</CsOptions>\n<CsInstruments>\nsr = 48000\nksmps = {CYCLE}\n\
         nchnls = 2\n0dbfs = 1\n{orchestra}\n</CsInstruments>\n<CsScore>\nf 0 1\n</CsScore>\n</CsoundSynthesizer>\n"
    )
}

/// What is played: messages with the cycles in which they come, in order.
type Played = Vec<(usize, [u8; 3])>;

fn is_short(message: [u8; 3]) -> bool {
    matches!(message[0] & 0xf0, 0xc0 | 0xd0)
}

/// A MIDI file of it. An event lies in the midst of its cycle, so that no rounding moves it into another one.
fn write_file(path: &Path, played: &Played) {
    let timing = Timing::Metrical(u15::from(1000));
    let mut track = vec![TrackEvent {
        delta: u28::from(0),
        kind: TrackEventKind::Meta(MetaMessage::Tempo(u24::from(500_000))),
    }];
    let mut last = 0;
    for (cycle, message) in played {
        let at = 2 * *cycle as u32 + 1;
        let bytes = if is_short(*message) { &message[..2] } else { &message[..] };
        let LiveEvent::Midi { channel, message } = LiveEvent::parse(bytes).expect("it is MIDI") else {
            panic!("{bytes:?} is no channel message")
        };
        track.push(TrackEvent {
            delta: u28::from(at - last),
            kind: TrackEventKind::Midi { channel, message },
        });
        last = at;
    }
    let end = TrackEventKind::Meta(MetaMessage::EndOfTrack);
    track.push(TrackEvent { delta: u28::from(2 * CYCLES as u32), kind: end });
    Smf { header: Header { format: Format::SingleTrack, timing }, tracks: vec![track] }
        .save(path)
        .expect("it writes");
}

/// The left channel that the csound command line makes of a document and a MIDI file.
fn command_line(text: &str, played: &Played) -> Vec<f32> {
    let folder = tempfile::tempdir().expect("a folder");
    let [csd, file, wav] = ["x.csd", "x.mid", "x.wav"].map(|name| folder.path().join(name));
    std::fs::write(&csd, text).expect("it writes");
    write_file(&file, played);
    let mut csound = Command::new("csound");
    csound.args(["-d", "-m0", "-W", "--format=double", "-F"]).arg(&file).arg("-o").args([&wav, &csd]);
    let output = csound.output().expect("csound is installed");
    assert!(wav.exists(), "{}", String::from_utf8_lossy(&output.stderr));
    sound_file::read(&wav).expect("sound").samples.iter().step_by(2).map(|sample| *sample as f32).collect()
}

/// What a host sends for a message.
fn event(message: [u8; 3]) -> EventKind {
    let channel = message[0] & 0x0f;
    let (key, velocity) = (message[1], f32::from(message[2]) / 127.0);
    match message[0] & 0xf0 {
        // A note-on without velocity is a note-off.
        0x90 if message[2] > 0 => EventKind::NoteOn { note: NoteName { id: None, channel, key }, velocity },
        0x80 | 0x90 => {
            let notes = NoteSelector { id: None, channel: Some(channel), key: Some(key) };
            EventKind::NoteOff { notes, velocity }
        }
        0xc0 | 0xd0 => EventKind::Midi { bytes: message, len: 2 },
        _ => midi(message),
    }
}

/// A generator of numbers below a bound.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u8 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % bound) as u8
    }
}

/// Notes, controllers, pressure, bends and programs on three channels; what `message` makes of a throw beside notes.
fn played(seed: u64, channels: u64, others: &[u8]) -> Played {
    let mut dice = Dice(seed);
    let mut down: Vec<(u8, u8)> = Vec::new();
    let mut all = Played::new();
    for cycle in (2..CYCLES - 200).step_by(7) {
        let channel = dice.below(channels);
        match dice.below(6) {
            0 | 1 => {
                let key = 40 + dice.below(40);
                if !down.contains(&(channel, key)) {
                    down.push((channel, key));
                    all.push((cycle, [0x90 | channel, key, 1 + dice.below(127)]));
                }
            }
            2 if !down.is_empty() => {
                let (channel, key) = down.remove(usize::from(dice.below(down.len() as u64)));
                all.push((cycle, [0x80 | channel, key, dice.below(128)]));
            }
            _ if !others.is_empty() => {
                let other = others[usize::from(dice.below(others.len() as u64))];
                let data = [dice.below(128), dice.below(128)];
                all.push((
                    cycle,
                    match other {
                        // A controller: its number.
                        number @ 0..128 => [0xb0 | channel, number, data[0]],
                        0xa0 => [0xa0 | channel, down.first().map_or(60, |(_, key)| *key), data[0]],
                        status @ (0xc0 | 0xd0) => [status | channel, data[0] % 8, 0],
                        status => [status | channel, data[0], data[1]],
                    },
                ));
            }
            _ => {}
        }
    }
    for (channel, key) in down {
        all.push((CYCLES - 150, [0x80 | channel, key, 64]));
    }
    all
}

/// Fails where the two sound different; ours is a cycle later.
fn assert_as_command_line(what: &str, text: &str, played: &Played) {
    let reference = command_line(text, played);
    let events: Vec<(usize, EventKind)> =
        played.iter().map(|(cycle, message)| (cycle * CYCLE, event(*message))).collect();
    let mut bench = Bench::new(text);
    let own = bench.play(CYCLES * CYCLE, &events, &[64, 1, 480, 97]);
    let heard = reference.iter().filter(|sample| **sample != 0.0).count();
    assert!(heard > HEARD, "{what}: {heard} frames are heard");
    let first = |sound: &[f32]| sound.iter().position(|sample| *sample != 0.0).expect("it sounds");
    let (late, from) = (first(&own) as i64 - first(&reference) as i64, first(&own));
    // The command line reads a file's event in the cycle after it, or in its own.
    assert!(late == CYCLE as i64 || late == 0, "{what}: {late} frames late");
    let pairs = own[from..].iter().zip(&reference[(from as i64 - late) as usize..]);
    let differs = pairs.enumerate().find(|(_, (own, csound))| own.to_bits() != csound.to_bits());
    assert!(differs.is_none(), "{what}: {differs:?} after the first sound, which is at frame {from}");
}

#[test]
fn every_way_to_read_a_note_is_the_command_lines() {
    for (what, body) in [
        ("cpsmidi ampmidi", "icps cpsmidi\n iamp ampmidi 0.1\n"),
        ("notnum veloc", "ikey notnum\n ivel veloc 0, 1\n icps = cpsmidinn(ikey)\n iamp = ivel * 0.1\n"),
        ("octmidi ampmidid", "ioct octmidi\n icps = cpsoct(ioct)\n iamp ampmidid 0.1, 60\n"),
        (
            "pchmidi ampmidicurve",
            "ipch pchmidi\n icps = cpspch(ipch)\n ivel veloc\n iamp = 0.05\n kcurve ampmidicurve ivel, 0.5, 0.3\n aown = oscili:a(0.1 * kcurve, icps)\n outs aown, aown\n",
        ),
        ("midinoteoncps", "icps init 0\n ivel init 0\n midinoteoncps icps, ivel\n iamp = ivel / 1270\n"),
        (
            "midinoteonkey",
            "ikey init 0\n ivel init 0\n midinoteonkey ikey, ivel\n icps = cpsmidinn(ikey)\n iamp = ivel / 1270\n",
        ),
        (
            "midinoteonoct",
            "ioct init 0\n ivel init 0\n midinoteonoct ioct, ivel\n icps = cpsoct(ioct)\n iamp = ivel / 1270\n",
        ),
        (
            "midinoteonpch",
            "ipch init 0\n ivel init 0\n midinoteonpch ipch, ivel\n icps = cpspch(ipch)\n iamp = ivel / 1270\n",
        ),
        ("midichn", "icps cpsmidi\n ichn midichn\n iamp = ichn / 100\n"),
    ] {
        let envelope = "asig = oscili:a(iamp, icps) * linsegr:a(0, 0.003, 1, 0.05, 0)\n outs asig, asig\n";
        let text = document("", &format!("massign 0, 1\ninstr 1\n {body} {envelope}endin"));
        assert_as_command_line(what, &text, &played(1, 3, &[]));
    }
}

#[test]
fn every_way_to_read_what_moves_is_the_command_lines() {
    let sound = "asig = oscili:a(0.05 * (1 + k1), icps * (1 + k2)) * linsegr:a(0, 0.003, 1, 0.05, 0)\n outs asig, asig\n";
    for (what, body, others) in [
        ("ctrl7 midic7", "k1 ctrl7 1, 1, 0, 1\n k2 midic7 2, 0, 1\n", &[1, 2][..]),
        ("ctrl14 midic14", "k1 ctrl14 1, 1, 33, 0, 1\n k2 midic14 2, 34, 0, 1\n", &[1, 2, 33, 34]),
        (
            "ctrl21 midic21",
            "k1 ctrl21 1, 1, 33, 65, 0, 1\n k2 midic21 2, 34, 66, 0, 1\n",
            &[1, 2, 33, 34, 65, 66],
        ),
        ("midictrl chanctrl", "k1 midictrl 7, 0, 1\n k2 chanctrl 2, 10, 0, 1\n", &[7, 10]),
        (
            "initc7 initc14 initc21",
            "k1 ctrl7 1, 20, 0, 1\n k2 ctrl14 2, 21, 53, 0, 1\n k3 ctrl21 1, 22, 54, 86, 0, 1\n k2 += k3\n",
            &[20, 21, 53, 22, 54, 86],
        ),
        ("pchbend cpsmidib", "k1 pchbend 0, 1\n kcps cpsmidib 2\n k2 = kcps / icps - 1\n", &[0xe0]),
        (
            "octmidib pchmidib",
            "koct octmidib 2\n kpch pchmidib 2\n k1 = koct - 8\n k2 = kpch / 16\n",
            &[0xe0],
        ),
        ("aftouch polyaft", "ikey notnum\n k1 aftouch 0, 1\n k2 polyaft ikey, 0, 1\n", &[0xd0, 0xa0]),
        (
            "midipitchbend midichannelaftertouch",
            "k1 init 0\n k2 init 0\n midipitchbend k1, 0, 1\n midichannelaftertouch k2, 0, 1\n",
            &[0xe0, 0xd0],
        ),
        (
            "midicontrolchange midipolyaftertouch",
            "ikey notnum\n k1 init 0\n k2 init 0\n kcc init 0\n midicontrolchange 1, k1, 0, 1\n midipolyaftertouch ikey, k2, 0, 1\n",
            &[1, 0xa0],
        ),
        (
            "slider8",
            "k1, k2, k3, k4, k5, k6, k7, k8 slider8 1, 1,0,1,0,0, 2,0,1,0,0, 3,0,1,0,0, 4,0,1,0,0, 5,0,1,0,0, 6,0,1,0,0, 7,0,1,0,0, 8,0,1,0,0\n k2 += k3 + k4 + k5 + k6 + k7 + k8\n",
            &[1, 2, 3, 4, 5, 6, 7, 8],
        ),
        ("sustain pedal, all notes off, reset", "k1 init 0\n k2 init 0\n", &[64, 64, 64, 123, 121]),
    ] {
        let header = "massign 0, 1\nctrlinit 2, 10, 30\ninitc7 1, 20, 0.5\ninitc14 2, 21, 53, 0.25\ninitc21 1, 22, 54, 86, 0.75";
        let text = document("", &format!("{header}\ninstr 1\n icps cpsmidi\n {body} {sound}endin"));
        for seed in 1..4 {
            assert_as_command_line(what, &text, &played(seed, 2, others));
        }
    }
}

#[test]
fn assignments_programs_and_raw_messages_are_the_command_lines() {
    let instrument = |name: &str, partial: f64| {
        format!(
            "instr {name}\n icps cpsmidi\n iamp ampmidi 0.05\n asig = oscili:a(iamp, icps * {partial}) * \
             linsegr:a(0, 0.003, 1, 0.03, 0)\n outs asig, asig\nendin\n"
        )
    };
    let both = instrument("1", 1.0) + &instrument("2", 1.5) + &instrument("high", 3.0);
    let child = "massign 0, 1\ninstr 1\n icps cpsmidi\n schedule 2, 0, 0.05, icps\n event_i \"i\", 2, 0.02, 0.03, icps * 2\n\
        endin\ninstr 2\n asig = oscili:a(0.05, p4) * linseg:a(1, p3, 0)\n outs asig, asig\nendin";
    let raw = "massign 0, 0\nalwayson 1\ninstr 1\n kstatus, kchannel, kone, ktwo midiin\n \
        ksum init 0\n ksum += kstatus * 0.0001 + kchannel * 0.001 + kone * 0.00001 + ktwo * 0.000003\n \
        ksum = frac(ksum)\n outs a(ksum), a(ksum)\nendin";
    let program = "massign 0, 1\ninstr 1\n icps cpsmidi\n kprogram init 0\n midiprogramchange kprogram\n asig = \
        oscili:a(0.02 * (1 + kprogram), icps) * linsegr:a(0, 0.003, 1, 0.03, 0)\n outs asig, asig\nendin";
    let extra = "massign 0, 1\ninstr 1\n icps cpsmidi\n xtratim 0.05\n kreleased release\n asig = oscili:a(0.05, icps * (1 + \
        kreleased)) * linsegr:a(0, 0.003, 1, 0.04, 0)\n outs asig, asig\nendin";
    for (what, orchestra, others) in [
        ("massign to channels", format!("massign 0, 0\nmassign 1, 2\nmassign 2, \"high\"\n{both}"), &[7][..]),
        ("without massign", both.clone(), &[7]),
        ("pgmassign", format!("pgmassign 3, \"high\"\npgmassign 4, 2\npgmassign 5, 1\n{both}"), &[0xc0]),
        ("pgmassign of all", format!("pgmassign 0, \"high\"\n{both}"), &[0xc0]),
        ("midiprogramchange", program.to_owned(), &[0xc0]),
        ("midiin", raw.to_owned(), &[1, 33, 0xa0, 0xc0, 0xd0, 0xe0]),
        ("children of notes", child.to_owned(), &[]),
        ("xtratim and release", extra.to_owned(), &[64]),
    ] {
        for seed in 1..4 {
            assert_as_command_line(what, &document("", &orchestra), &played(seed, 2, others));
        }
    }
}

#[test]
fn options_that_fill_p_fields_are_the_command_lines() {
    for (options, pitch, level) in [
        ("--midi-key=4 --midi-velocity=5", "cpsmidinn(p4)", "p5 / 1270"),
        ("--midi-key-cps=4 --midi-velocity-amp=5", "p4", "p5 / 10"),
        ("--midi-key-oct=5 --midi-velocity=4", "cpsoct(p5)", "p4 / 1270"),
        ("--midi-key-pch=6 --midi-velocity-amp=4", "cpspch(p6)", "p4 / 10"),
    ] {
        let body = format!(
            "instr 1\n asig = oscili:a({level}, {pitch}) * linsegr:a(0, 0.003, 1, 0.05, 0)\n outs asig, asig\nendin"
        );
        assert_as_command_line(
            options,
            &document(options, &format!("massign 0, 1\n{body}")),
            &played(7, 3, &[1]),
        );
    }
}

#[test]
fn a_note_that_is_struck_again_is_the_command_lines() {
    let text = document(
        "",
        "massign 0, 1\ninstr 1\n icps cpsmidi\n asig = oscili:a(0.1, icps) * linsegr:a(0, 0.003, 1, 0.1, 0)\n outs asig, asig\nendin",
    );
    let again = vec![
        (10, [0x90, 60, 100]),
        (40, [0x90, 60, 80]),
        (60, [0x80, 60, 0]),
        (200, [0x80, 60, 0]),
        (220, [0x90, 64, 90]),
        (240, [0x90, 64, 0]),
    ];
    assert_as_command_line("struck again", &text, &again);
}

#[test]
fn a_program_without_an_instrument_changes_nothing() {
    let text = document(
        "",
        "massign 0, 10\ninstr 10\n icps cpsmidi\n asig = oscili:a(0.1, icps) * linsegr:a(0, 0.003, 1, 0.003, 0)\n outs asig, asig\nendin",
    );
    let mut bench = Bench::new(&text);
    let mut sound_after = |program: u8| {
        let played = [(0, [0xc0, program, 0]), (CYCLE, [0x90, 69, 100]), (9 * CYCLE, [0x80, 69, 0])];
        bench.play(20 * CYCLE, &played.map(|(frame, message)| (frame, event(message))), &[64])
    };
    let first = sound_after(9);
    assert!(first.iter().any(|sample| *sample != 0.0));
    for program in 0..128 {
        assert!(sound_after(program) == first, "program {program}");
    }
}

//! Seam: `csound`, the wrapper round one instance: when notes start, what performing changes outside.

use ksmps_core::csound::{Instances, Performed, Preparing, Running};

fn start(orchestra: &str) -> Running {
    start_with(orchestra, &[])
}

fn start_with(orchestra: &str, options: &[&str]) -> Running {
    let mut preparing = Preparing::create().unwrap();
    for option in [&["--sample-rate=48000"], options].concat() {
        preparing.option(option).unwrap();
    }
    preparing.compile(orchestra).unwrap();
    preparing.start().unwrap()
}

/// Numbers that look random and are the same each time.
struct Lcg(u64);

impl Lcg {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) as usize % end
    }
}

/// Ways for a click on `a1` to reach the output.
const WAYS_OUT: [&str; 6] = [
    "outs a1, a1",
    "outch 1, a1, 2, a1",
    "outall a1",
    "out a1, a1",
    "gabus += a1",
    "a2 Gain a1\nouts a2, a2",
];

/// A click on the first sample of each note of instrument 1. Instrument 2 schedules it, 3 schedules it by name, and
/// 4 through another.
fn click(out: &str, ksmps: usize) -> String {
    format!(
        "ksmps={ksmps}\nnchnls=2\n0dbfs=1\nmassign 0, 1\nopcode Inner, a, a\nasig xin\nxout asig*0.5\nendop\n\
         opcode Gain, a, a\nasig xin\na2 Inner asig\nxout a2\nendop\n\
         gabus init 0\n\
         instr 1\na1 = mpulse:a(1, 0)\n{out}\nendin\n\
         instr 2\nschedule 1, 0, 0.01\nendin\n\
         instr 3\nevent_i \"i\", \"named\", 0, 0.01\nendin\n\
         instr 4\nschedule 2, 0, 0.01\nendin\n\
         instr named\na1 = mpulse:a(1, 0)\n{out}\nendin\n\
         instr 90\nouts gabus, gabus\ngabus = 0\nendin\nschedule 90, 0, -1\n"
    )
}

/// The frame of the first sound within some cycles, counted from the first of them.
fn onset(running: &mut Running, cycles: usize) -> Option<usize> {
    let channels = running.outputs();
    let mut found = None;
    for cycle in 0..cycles {
        assert_eq!(running.perform(), Performed::Cycle);
        let spout = running.spout();
        let at = spout.chunks(channels).position(|frame| frame.iter().all(|sample| sample.abs() > 0.01));
        if let (None, Some(at)) = (found, at) {
            found = Some(cycle * running.ksmps() + at);
        }
    }
    found
}

/// The frames of the last cycle that click.
fn clicks(running: &Running) -> Vec<usize> {
    let frames = running.spout().chunks(2).enumerate();
    frames.filter(|(_, frame)| frame[0] > 0.01).map(|(at, _)| at).collect()
}

#[test]
fn notes_start_on_their_frame_whatever_the_way_out() {
    let mut random = Lcg(1);
    for ksmps in [8, 16, 32, 64, 128] {
        for out in WAYS_OUT {
            let mut running = start(&click(out, ksmps));
            assert!(running.has_exact_starts());
            running.perform();
            for note in 1..=200 {
                let offset = random.below(ksmps);
                running.start(&[1.0 + f64::from(note) / 1000.0, 0.0, 0.005], offset as u32);
                assert_eq!(onset(&mut running, 2), Some(offset), "{out}, ksmps {ksmps}, note {note}");
                onset(&mut running, 300 / ksmps + 2);
            }
        }
    }
}

/// A number for each frame of a sound: how many of these notes, a frame and a length in frames, sound there.
fn together(notes: &[(usize, usize)], frames: usize) -> Vec<f64> {
    let mut sum = vec![0.0; frames];
    for &(start, length) in notes {
        sum[start..start + length].iter_mut().for_each(|frame| *frame += 1.0);
    }
    sum
}

#[test]
fn notes_of_a_fixed_length_end_on_their_frame_with_sample_accurate() {
    const FRAMES: usize = 64_000;
    // Whole frames all: 0.29 s times 48 kHz is a little less in floating point.
    let lengths = [(0.05, 2400), (1.0 / 48_000.0, 1), (0.001, 48), (0.29, 13_920), (63.0 / 48_000.0, 63)];
    let mut random = Lcg(7);
    for ksmps in [1, 10, 16, 64, 441] {
        for (instrument, out) in [1.0, 2.0, 3.0, 4.0]
            .map(|number| (number, WAYS_OUT[0]))
            .into_iter()
            .chain(WAYS_OUT.map(|out| (1.0, out)))
        {
            let orchestra = click(out, ksmps)
                .replace("mpulse:a(1, 0)", "1")
                .replace("asig*0.5", "asig+asig-asig")
                .replace("0, 0.01", "0, p3");
            let mut running = start_with(&orchestra, &["--sample-accurate"]);
            let mut notes: Vec<(usize, usize)> = Vec::new();
            let mut sound: Vec<f64> = Vec::new();
            for cycle in 0..FRAMES / ksmps {
                let at = cycle * ksmps;
                if at < FRAMES - 16_000 && random.below(600) < ksmps {
                    let offset = if random.below(5) == 0 { 0 } else { random.below(ksmps) };
                    let (seconds, frames) = lengths[random.below(lengths.len())];
                    notes.push((at + offset, frames));
                    let p1 = instrument + notes.len() as f64 / 1000.0;
                    running.start(&[p1, 0.0, seconds], offset as u32);
                }
                assert_eq!(running.perform(), Performed::Cycle);
                sound.extend(running.spout().iter().step_by(2));
            }
            assert!(notes.len() > 50, "{}", notes.len());
            let expected = together(&notes, sound.len());
            let wrong = sound.iter().zip(&expected).position(|(a, b)| (a - b).abs() > 1e-9);
            assert_eq!(
                wrong,
                None,
                "instr {instrument}, {out}, ksmps {ksmps}: {:?}",
                wrong.map(|at| (sound[at], expected[at]))
            );
        }
    }
}

#[test]
fn notes_that_notes_schedule_start_on_the_same_frame() {
    let mut random = Lcg(2);
    for ksmps in [16, 64] {
        for instrument in [2.0, 3.0, 4.0] {
            let mut running = start(&click("outch 1, a1, 2, a1", ksmps));
            running.perform();
            for note in 1..=100 {
                let offset = random.below(ksmps);
                running.start(&[instrument + f64::from(note) / 1000.0, 0.0, 0.001], offset as u32);
                assert_eq!(
                    onset(&mut running, 2),
                    Some(offset),
                    "instr {instrument}, ksmps {ksmps}, note {note}"
                );
                onset(&mut running, 600 / ksmps);
            }
        }
    }
}

#[test]
fn two_parents_in_one_cycle_give_each_child_its_own_frame() {
    let mut running = start(&click("outs a1, a1", 64));
    running.perform();
    running.start(&[2.1, 0.0, 0.01], 10);
    running.start(&[4.1, 0.0, 0.01], 50);
    running.perform();
    assert_eq!(clicks(&running), [10, 50]);
}

#[test]
fn midi_notes_start_on_their_frame() {
    let mut random = Lcg(3);
    for ksmps in [8, 64, 128] {
        for out in WAYS_OUT {
            let mut running = start(&click(out, ksmps));
            running.perform();
            for note in 0..100 {
                let offset = random.below(ksmps);
                running.midi_in([0x90, 60, 100], 3, offset as u32);
                assert_eq!(onset(&mut running, 2), Some(offset), "{out}, ksmps {ksmps}, note {note}");
                running.midi_in([0x80, 60, 0], 3, 0);
                onset(&mut running, 2);
            }
        }
    }
}

#[test]
fn events_of_the_score_keep_their_cycle_when_a_note_starts_beside_them() {
    let mut preparing = Preparing::create().unwrap();
    preparing.option("--sample-rate=48000").unwrap();
    preparing
        .compile("ksmps=48\nnchnls=2\n0dbfs=1\ninstr 1\na1 = mpulse:a(1, 0)\nouts a1, a1\nendin\n")
        .unwrap();
    preparing.read_score("i1 0.01 0.1\n").unwrap();
    let mut running = preparing.start().unwrap();
    for _ in 0..10 {
        running.perform();
    }
    running.start(&[1.5, 0.0, 0.1], 20);
    running.perform();
    assert_eq!(clicks(&running), [0, 20]);
}

#[test]
fn an_instrument_with_its_own_ksmps_starts_on_the_cycle_and_is_counted() {
    let mut running =
        start("ksmps=64\nnchnls=1\n0dbfs=1\ninstr 1\nsetksmps 16\na1 = mpulse:a(1, 0)\nout a1\nendin\n");
    running.perform();
    running.start(&[1.5, 0.0, 0.1], 20);
    assert_eq!(onset(&mut running, 2), Some(0));
    assert_eq!(running.take_inexact_starts(), 1);
}

#[test]
fn p_fields_of_a_sounding_note_are_read_and_written_within_its_bounds() {
    let mut running = start("ksmps=16\nnchnls=1\n0dbfs=1\ninstr 1\nk1 = p5\nout a(k1)\nendin\n");
    running.start(&[1.25, 0.0, -1.0, 0.0, 0.5], 0);
    running.perform();
    assert_eq!(running.pfield(1.25, 5), Some(0.5));
    assert!(running.set_pfield(1.25, 5, 0.75));
    assert!(!running.set_pfield(1.25, 6, 1.0), "the instrument has five");
    assert!(!running.set_pfield(1.5, 5, 1.0), "there is no such note");
    running.perform();
    running.perform();
    assert_eq!(running.spout()[15], 0.75);
}

#[test]
fn writes_inside_a_cycle_reach_every_one_of_many_notes() {
    // More than the index of a cycle has room for.
    const NOTES: usize = 6_400;
    let mut running = start("ksmps=16\nnchnls=1\n0dbfs=1\ninstr 1\nkvalue = p4\nendin\n");
    let p1 = |note: usize| 1.0 + (note + 1) as f64 / 10_000.0;
    for note in 0..NOTES {
        running.start(&[p1(note), 0.0, -1.0, 0.0], 0);
    }
    assert_eq!(running.perform(), Performed::Cycle);
    assert_eq!(running.sounding().count(), NOTES);
    for note in 0..NOTES {
        running.set_pfield_after_init(Instances::Exactly(p1(note)), 4, 1.0 + note as f64);
    }
    assert_eq!(running.perform(), Performed::Cycle);
    let missed = (0..NOTES).filter(|&note| running.pfield(p1(note), 4) != Some(1.0 + note as f64)).count();
    assert_eq!(missed, 0);
}

#[test]
fn the_opcodes_that_an_instance_knows_are_listed_with_their_types() {
    let list = ksmps_core::csound::opcode_list().unwrap();
    let forms = |name: &str| list.iter().filter(|opcode| opcode.name == name).collect::<Vec<_>>();
    assert!(list.len() > 1500, "{}", list.len());
    assert!(list.is_sorted_by(|one, other| one.name <= other.name));
    let oscili = forms("oscili");
    assert!(oscili.len() >= 4 && oscili.iter().any(|form| form.out_types == "a"), "{oscili:?}");
    assert!(!forms("busin").is_empty(), "ours are among them");
    assert!(forms("pgmassign").iter().all(|form| !form.is_deprecated()));
    assert!(list.iter().filter(|form| form.is_deprecated()).count() > 50);
    assert!(std::ptr::eq(ksmps_core::csound::opcode_list().unwrap(), list));
}

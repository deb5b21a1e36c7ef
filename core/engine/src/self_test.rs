//! The proofs, made once in a process, that exact starts and cycles that are not performed work with this Csound.

use std::sync::OnceLock;

use ksmps_csound::{Performed, Preparing, Running};

/// A click on the first sample, through the opcode whose defect is cured and through a user-defined opcode; instrument
/// 2 schedules instrument 1.
const ORCHESTRA: &str = "ksmps = 16\nnchnls = 2\n0dbfs = 1\n\
    opcode KsmpsProof, a, a\n asig xin\n xout asig*0.5\nendop\n\
    instr 1\n a1 = mpulse:a(1, 0)\n a2 KsmpsProof a1\n outch 1, a1, 2, a2\nendin\n\
    instr 2\n schedule 1, 0, 0.01\nendin\n\
    instr 3\n a1 = 1\n outs a1, a1\nendin\n\
    instr 4\nendin\ninstr 5\nendin\ninstr 6\n schedule 5, 0, 0, \"text\"\nendin\ninstr 7\nendin\n";
const RATE: &str = "--sample-rate=48000";
const OFFSET: usize = 11;
/// A length in seconds, and in frames; with the offset it ends inside a cycle.
const LENGTH: (f64, usize) = (0.001, 48);

/// What was found in this process, or what another one has found of the same file: of starts, and of cycles that go by.
static PROOF: OnceLock<Result<(), String>> = OnceLock::new();
static PASSING: OnceLock<Result<(), String>> = OnceLock::new();

/// Takes both as shown, unless this process has looked by itself. `[control]`
pub(super) fn take_as_proven() {
    PROOF.get_or_init(|| Ok(()));
    PASSING.get_or_init(|| Ok(()));
}

/// Whether cycles can go by without being performed; the error says what was seen instead. `[control]`
pub(super) fn passing() -> &'static Result<(), String> {
    PASSING
        .get_or_init(|| prove_passing().map_err(|what| format!("nothing rests: {what} in the start-up test")))
}

/// Whether notes can be started on their frames; the error says what was seen instead. `[control]`
pub(super) fn exact_starts() -> &'static Result<(), String> {
    PROOF.get_or_init(|| {
        for instrument in [1.0001, 2.0001] {
            prove(instrument)?;
        }
        prove_ends()
    })
}

fn failed<T>(what: &str) -> Result<T, String> {
    Err(format!("exact note starts are off: {what} in the start-up test"))
}

fn prove(p1: f64) -> Result<(), String> {
    let Ok(mut running) = start(&[]) else { return failed("the test orchestra did not start") };
    if !running.has_exact_starts() {
        return failed("this build of Csound is not one whose layout is known");
    }
    if running.perform() != Performed::Cycle {
        return failed("Csound did not perform");
    }
    running.start(&[p1, 0.0, -1.0], OFFSET as u32);
    if running.perform() != Performed::Cycle {
        return failed("Csound did not perform");
    }
    let seen = [running.pfield(p1, 1), running.pfield(p1, 3)];
    if p1 < 2.0 && seen != [Some(p1), Some(-1.0)] {
        return failed("the p-fields of a note were not where they should be");
    }
    let onset = |channel: usize| {
        let samples = running.spout().iter().skip(channel).step_by(2);
        samples.enumerate().find(|(_, sample)| sample.abs() > 0.1).map(|(at, _)| at)
    };
    if (onset(0), onset(1)) != (Some(OFFSET), Some(OFFSET)) {
        return failed("a click came on another frame");
    }
    Ok(())
}

/// Csound counts as it is known to; a statement of the score, an event that waits, the text of one, and the end of an instance
/// are each seen in their cycle; and a note behind cycles that went by starts on its frame.
fn prove_passing() -> Result<(), &'static str> {
    /// Cycles from the third one on, and those of them in which something is due: what is sent has its time from there.
    const CYCLES: u64 = 20;
    const DUE: [u64; 6] = [3, 6, 9, 10, 13, 17];
    const CYCLE_S: f64 = 16.0 / 48_000.0;
    let score = "i 4 [5*16/48000] 0\n";
    let mut running = start_with(&[], Some(score)).map_err(|_| "the test orchestra did not start")?;
    running.let_pass();
    // The score is not read before the first cycle.
    if !running.is_anything_due() || running.perform() != Performed::Cycle || !running.counts_as_known() {
        return Err("Csound counted otherwise");
    }
    running.send_event(b'i', &[5.0, 6.0 * CYCLE_S, 0.0]);
    running.send_event(b'i', &[6.0, 9.0 * CYCLE_S, 0.0]);
    running.send_event(b'i', &[7.0, 13.0 * CYCLE_S, 4.0 * CYCLE_S]);
    let before = running.elapsed_frames();
    let mut due = Vec::new();
    for cycle in 0..CYCLES {
        if !running.is_anything_due() {
            running.pass();
            continue;
        }
        due.push(cycle);
        if running.perform() != Performed::Cycle {
            return Err("Csound did not perform");
        }
    }
    if due != DUE || !running.sounds_nothing() {
        return Err("what is due was not seen");
    }
    if running.elapsed_frames() != before + CYCLES * running.ksmps() as u64 || !running.counts_as_known() {
        return Err("Csound's time did not go on");
    }
    running.start(&[1.0001, 0.0, -1.0], OFFSET as u32);
    if !running.is_anything_due() || running.perform() != Performed::Cycle {
        return Err("a note was passed over");
    }
    let onset = running.spout().iter().step_by(2).position(|sample| sample.abs() > 0.1);
    match onset == Some(OFFSET) && !running.sounds_nothing() && running.plays_for_good() {
        true => Ok(()),
        false => Err("a note started on another frame"),
    }
}

/// Of two notes that overlap, the one that ends first is inserted last: their ends change places in Csound's list.
fn prove_ends() -> Result<(), String> {
    let Ok(mut running) = start(&["--sample-accurate"]) else {
        return failed("the test orchestra did not start");
    };
    let mut sound = [0.0; 96];
    let (seconds, frames) = LENGTH;
    for (cycle, frames) in sound.chunks_exact_mut(16).enumerate() {
        if cycle == 0 {
            running.start(&[3.0001, 0.0, seconds], OFFSET as u32);
            running.start(&[3.0002, 0.0, seconds], 0);
        }
        if running.perform() != Performed::Cycle {
            return failed("Csound did not perform");
        }
        for (frame, sample) in frames.iter_mut().zip(running.spout().iter().step_by(2)) {
            *frame = *sample;
        }
    }
    let expected =
        |at: usize| f64::from((0..frames).contains(&at)) + f64::from((OFFSET..OFFSET + frames).contains(&at));
    match sound.iter().enumerate().all(|(at, &sample)| sample == expected(at)) {
        true => Ok(()),
        false => failed("a note with a fixed length ended on another frame"),
    }
}

fn start(options: &[&str]) -> Result<Running, ksmps_csound::Failure> {
    start_with(options, None)
}

fn start_with(options: &[&str], score: Option<&str>) -> Result<Running, ksmps_csound::Failure> {
    let mut preparing = Preparing::create()?;
    for option in [&[RATE], options].concat() {
        preparing.option(option)?;
    }
    preparing.compile(ORCHESTRA)?;
    if let Some(score) = score {
        preparing.read_score(score)?;
    }
    preparing.start()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_proofs_hold_for_the_csound_of_the_tests() {
        ksmps_csound::open().unwrap();
        assert_eq!((exact_starts(), passing()), (&Ok(()), &Ok(())));
    }
}

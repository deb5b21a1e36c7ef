//! Seam: `csound`, the wrapper round one instance. What surprised us about Csound is stated here with numbers.

use ksmps_core::csound::{Performed, Preparing, Running};

fn start(orchestra: &str) -> Running {
    let mut preparing = Preparing::create().unwrap();
    preparing.option("--sample-rate=48000").unwrap();
    preparing.compile(orchestra).unwrap();
    preparing.start().unwrap()
}

/// A click on the first sample of each note, through each way out.
fn click(out: &str, ksmps: usize) -> String {
    format!(
        "ksmps={ksmps}\nnchnls=2\n0dbfs=1\nopcode Gain, a, a\nasig xin\nxout asig*0.5\nendop\n\
         gabus init 0\n\
         instr 1\na1 init 0\nkfirst init 1\na1 = mpulse:a(1, 0)\n{out}\nendin\n\
         instr 2\nschedule 1, 0, 1\nendin\n\
         instr 90\nouts gabus, gabus\ngabus = 0\nendin\nschedule 90, 0, -1\n"
    )
}

fn onset(running: &mut Running, cycles: usize) -> Option<usize> {
    let channels = running.outputs();
    let mut found = None;
    for cycle in 0..cycles {
        assert_eq!(running.perform(), Performed::Cycle);
        let at = running.spout().iter().position(|sample| sample.abs() > 0.01);
        if let (None, Some(at)) = (found, at) {
            found = Some(cycle * running.ksmps() + at / channels);
        }
    }
    found
}

#[test]
fn notes_start_on_their_frame() {
    for ksmps in [8, 16, 64] {
        for out in ["outs a1, a1", "outch 1, a1, 2, a1", "outall a1", "out a1, a1", "gabus += a1", "a2 Gain a1\nouts a2, a2"] {
            for instrument in [1.0, 2.0] {
                let mut running = start(&click(out, ksmps));
                assert!(running.has_exact_starts());
                running.perform();
                for note in 0..20 {
                    let offset = (note * 7 + 3) % ksmps;
                    running.start(&[instrument + (note + 1) as f64 / 1000.0, 0.0, 0.05], offset as u32);
                    assert_eq!(onset(&mut running, 4), Some(offset), "{out}, ksmps {ksmps}, instr {instrument}");
                    onset(&mut running, 4800 / ksmps);
                }
            }
        }
    }
}

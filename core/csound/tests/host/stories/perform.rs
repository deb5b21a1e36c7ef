//! Cycles, buffers, whole scores, and other threads.

use std::thread;
use std::time::Duration;

use ksmps_csound::host::{PerformEnd, Performed, ScoreEvent};

use super::{peak, playing, silent};

const THROUGH: &str = "sr = 48000\nksmps = 4\nnchnls = 2\nnchnls_i = 1\n0dbfs = 1\ninstr 1\n a1 inch 1\n outs a1 * 2, a1 * 3\n\
                       endin\ninstr 2\n outs(a(p4), a(0))\nendin\n";

pub fn cycles_are_performed() {
    let mut csound = playing(THROUGH, "i 1 0 1\n");
    called!(csound.spin()).copy_from_slice(&[0.1, 0.2, 0.3, 0.4]);
    assert!(called!(csound.add_spin_sample(1, 0, 0.5)));
    assert!(called!(csound.set_spin_sample(2, 0, -0.25)));
    assert!(!csound.set_spin_sample(0, 1, 1.0), "there is one channel");
    assert!(!csound.add_spin_sample(4, 0, 1.0), "there are four frames");
    assert_eq!(called!(csound.perform_ksmps()), Performed::Cycle);
    let expected = [0.2, 0.3, 1.4, 2.1, -0.5, -0.75, 0.8, 1.2];
    let spout = called!(csound.spout());
    assert!(spout.iter().zip(expected).all(|(one, other)| (one - other).abs() < 1e-12), "{spout:?}");
    assert_eq!(called!(csound.spout_sample(2, 1)), Some(-0.75));
    assert_eq!(csound.spout_sample(0, 2), None);
    called!(csound.clear_spin());
    csound.perform_ksmps();
    assert_eq!(peak(&csound), 0.0);
    let seconds = called!(csound.score_time());
    assert!((seconds - 8.0 / 48000.0).abs() < 1e-9, "{seconds}");
    // To the score's end, and no further.
    assert_eq!(called!(csound.perform()), PerformEnd::Score);
    assert!((47_900..48_100).contains(&csound.current_time_samples()));
    assert_eq!(csound.perform_ksmps(), Performed::Ended);
    let csound = called!(csound.cleanup());
    assert_eq!(csound.sr(), 48000.0, "it still says what it was");
}

pub fn buffers_are_performed() {
    let mut csound = silent();
    csound.set_option("-b8").expect("Csound knows it");
    called!(csound.set_host_implemented_audio_io(true, 8));
    let mut csound = csound.compile_orc(THROUGH).expect("it compiles");
    csound.read_score("i 1 0 1\n").expect("it is read");
    let mut csound = csound.start().expect("it starts");
    assert_eq!(called!(csound.input_buffer_size()), 8);
    assert_eq!(called!(csound.output_buffer_size()), 16);
    called!(csound.input_buffer()).fill(0.25);
    assert_eq!(called!(csound.perform_buffer()), Performed::Cycle);
    let output = called!(csound.output_buffer());
    assert_eq!(output.len(), 16);
    assert!(output.chunks(2).all(|frame| frame == [0.5, 0.75]), "{output:?}");
    assert_eq!(csound.current_time_samples(), 8, "two cycles");
}

pub fn a_performance_is_stopped_from_another_thread() {
    let mut csound = playing(THROUGH, "f 0 360000\n");
    let remote = csound.remote();
    let stopping = thread::spawn(move || {
        thread::sleep(Duration::from_millis(20));
        called!(remote.stop());
    });
    assert_eq!(csound.perform(), PerformEnd::Stopped);
    stopping.join().expect("it does not panic");
    assert_eq!(csound.perform_ksmps(), Performed::Cycle, "it can go on");
}

pub fn an_instance_that_left_performs_nothing() {
    let mut csound = playing("instr 1\n exitnow\nendin\n", "i 1 0 1\n");
    assert_eq!(csound.perform(), PerformEnd::Left);
    assert_eq!(csound.perform_ksmps(), Performed::Left);
    assert_eq!(csound.perform_buffer(), Performed::Left);
    // Csound has left its lock with this thread; the guard has given it back, so that another one can end the instance.
    thread::spawn(move || drop(csound.cleanup())).join().expect("it does not panic");
}

pub fn other_threads_ask() {
    let mut csound = playing(THROUGH, "f 0 360000\nf 1 0 8 -2 1 2 3 4 5 6 7 8\n");
    csound.perform_ksmps();
    let remote = csound.remote();
    let asking = thread::spawn(move || {
        called!(remote.compile_orc("instr 5\n outs(a(0.5), a(0))\nendin\n"));
        called!(remote.score_event(ScoreEvent::Note, &[5.0, 0.0, 1.0]));
        called!(remote.table_copy_in(1, &[10.0, 20.0]));
        called!(remote.table_copy_out(1))
    });
    let table = asking.join().expect("it does not panic");
    csound.perform_ksmps();
    csound.perform_ksmps();
    assert_eq!(peak(&csound), 0.5);
    assert_eq!(table.recv().expect("there is a table"), [10.0, 20.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]);
    let remote = csound.remote();
    assert!(remote.table_copy_out(77).try_recv().is_err());
    called!(remote.input_message("i 2 0 1 0.25"));
    csound.perform_ksmps();
    csound.perform_ksmps();
    assert_eq!(peak(&csound), 0.75);
    called!(remote.read_score("i 2 0 1 0.125\n"));
    csound.perform_ksmps();
    csound.perform_ksmps();
    assert_eq!(peak(&csound), 0.875);
    // At a frame that is to come: the 2,400th of the performance.
    called!(remote.score_event_absolute(ScoreEvent::Note, &[2.0, 0.0, 0.01, 0.0625], 0.05));
    while csound.current_time_samples() < 2398 {
        csound.perform_ksmps();
        assert_eq!(peak(&csound), 0.875, "at frame {}", csound.current_time_samples());
    }
    csound.perform_ksmps();
    csound.perform_ksmps();
    assert_eq!(peak(&csound), 0.9375);
}

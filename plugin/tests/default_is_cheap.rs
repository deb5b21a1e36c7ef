//! The seam to a host that scans: it makes instances only to look at them.

use std::time::{Duration, Instant};

use ksmps::{Effect, Instrument, MultiOut};
use nice_plug::prelude::Plugin;

fn threads() -> usize {
    std::fs::read_dir("/proc/self/task").map_or(0, Iterator::count)
}

#[test]
fn instances_cost_nearly_nothing_and_start_no_thread() {
    let (began, threads_before) = (Instant::now(), threads());
    for _ in 0..10 {
        let instances = (Instrument::default(), MultiOut::default(), Effect::default());
        assert_eq!(instances.0.params().param_map().len(), 128);
        assert_eq!(threads(), threads_before);
    }
    // Generous for a machine under load: 30 instances in the time that one engine takes to build.
    assert!(began.elapsed() < Duration::from_millis(50), "{:?}", began.elapsed());
}

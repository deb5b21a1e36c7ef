//! What a host's scan costs. A process of its own, because it looks at the whole process.

use std::fs;
use std::time::{Duration, Instant};

use ksmps_harness::bundle::{self, Kind};
use ksmps_harness::host::{Format, Setup};

/// Csound loads its opcode libraries when an instance is created: they are not there as long as there is none.
fn csounds_opcodes_are_loaded() -> bool {
    let maps = fs::read_to_string("/proc/self/maps").expect("Linux says what is mapped");
    maps.contains("/plugins64")
}

fn threads() -> usize {
    fs::read_dir("/proc/self/task").expect("Linux says which threads there are").count()
}

#[test]
fn a_scan_is_quick_and_creates_no_csound() {
    let libraries = Format::BUNDLES
        .map(|format| (format, bundle::library(format).unwrap_or_else(|error| panic!("{error}"))));
    let threads_before = threads();
    for (format, library) in &libraries {
        for _ in 0..3 {
            let began = Instant::now();
            let plugins = format.scan(library).expect("it can be scanned");
            let took = began.elapsed();
            let names: Vec<_> = plugins.iter().map(|plugin| plugin.name.as_str()).collect();
            assert_eq!(names, Kind::ALL.map(Kind::name), "{format:?}");
            // The aim is 50 ms; the rest is for machines that do something else at the same time.
            assert!(took < Duration::from_millis(250), "{format:?}: {took:?}");
            println!("{format:?}: scanned in {took:?}");
        }
        assert!(!csounds_opcodes_are_loaded(), "{format:?}: a scan created a Csound");
        assert_eq!(threads(), threads_before, "{format:?}: a scan left a thread");
    }
    // The same look does see a Csound, once there is one.
    let (format, library) = &libraries[0];
    let mut hosted = format.open(library, Kind::Instrument.name()).expect("it opens");
    let setup = Setup { rate: 48_000.0, block_max: 512, offline: true };
    let processing = hosted.activate(setup).expect("it activates");
    assert!(csounds_opcodes_are_loaded());
    hosted.deactivate(processing).expect("it deactivates");
}

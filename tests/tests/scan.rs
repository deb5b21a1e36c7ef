//! What a host's scan does, and what it must not: make a Csound, or start a thread that stays. A process of its own,
//! because it looks at the whole process.
#![cfg(target_os = "linux")]

use std::fs;

use ksmps_harness::bundle::{self, Kind};
use ksmps_harness::host::{Format, Setup};

/// Whether Csound is in this process: its library, or the opcode libraries that an instance loads.
fn csound_is_loaded() -> bool {
    let maps = fs::read_to_string("/proc/self/maps").expect("Linux says what is mapped");
    maps.contains("libcsound64") || maps.contains("/plugins64")
}

fn threads() -> usize {
    fs::read_dir("/proc/self/task").expect("Linux says which threads there are").count()
}

fn open_files() -> usize {
    fs::read_dir("/proc/self/fd").expect("Linux says which files are open").count()
}

#[test]
fn a_scan_loads_no_csound_and_leaves_no_thread_and_no_file() {
    let libraries = Format::BUNDLES
        .map(|format| (format, bundle::library(format).unwrap_or_else(|error| panic!("{error}"))));
    let before = (threads(), open_files());
    for (format, library) in &libraries {
        for _ in 0..3 {
            let plugins = format.scan(library).expect("it can be scanned");
            let names: Vec<_> = plugins.iter().map(|plugin| plugin.name.as_str()).collect();
            assert_eq!(names, Kind::ALL.map(Kind::name), "{format:?}");
        }
        assert!(!csound_is_loaded(), "{format:?}: a scan loaded Csound");
        assert_eq!((threads(), open_files()), before, "{format:?}: a scan left threads or files");
    }
    // The same look does see a Csound, once there is one.
    let (format, library) = &libraries[0];
    let mut hosted = format.open(library, Kind::Instrument.name()).expect("it opens");
    let setup = Setup { rate: 48_000.0, block_max: 512, offline: true };
    let processing = hosted.activate(setup).expect("it activates");
    assert!(csound_is_loaded());
    hosted.deactivate(processing).expect("it deactivates");
}

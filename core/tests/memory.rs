//! What a render needs of memory does not depend on how long it is.
//!
//! The system tells the largest memory that the whole process has had, so this program has one test alone.
#![cfg(target_os = "linux")]

use std::fs;
use std::path::Path;

use ksmps_core::engine::verbs::prelude::*;
use ksmps_core::offline::OfflineEngine;
use ksmps_core::offline::{RenderOptions, RenderSession as _};
use ksmps_core::session::{Automate, Sched, Session, SessionConfig, Template};
use ksmps_core::verbs::{self, Automation};

/// A voice that starts a note of its own fifty times a second, for as long as it sounds, and says so in a channel.
const STARTS_NOTES: &str = "ktick metro 50\n\
                            schedkwhen ktick, 0, 0, \"ping\", 0, 0.01\n\
                            chnset kgain, \"gain\"\n\
                            outch 1, a(kgain)\n";
const PING: &str = "instr ping\n outch 1, linseg:a(0.1, p3, 0)\nendin\n";
const MINUTE: f64 = 60.0;
/// What the longer renders may have more. Keeping the samples of three minutes takes ten times as much.
const MORE_MAX: u64 = 8 << 20;

/// The largest memory that this process has had, in bytes.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux tells");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("there is a peak");
    let kilobytes: u64 = line.trim().trim_end_matches(" kB").parse().expect("it is a number");
    kilobytes * 1024
}

fn engine(path: &Path, minutes: f64) {
    let builder = OfflineEngine::builder().channels(1).outfile(path);
    let mut engine = builder.build().expect("the engine starts");
    engine.compile(&format!("{PING}instr 100\n kgain = p4\n{STARTS_NOTES}endin\n")).expect("it compiles");
    let length = minutes * MINUTE;
    let voice = verbs::Sched::new(100).dur(length).arg(0.1).unique();
    let id = engine.sched(voice).expect("it is scheduled");
    let line = Automation::new(&[0.0, 0.1, length, 0.2]).expect("it is a line");
    engine.automatep(&id, 4, &line).expect("it moves");
    let job = engine.stop().expect("it renders").expect("something was rendered");
    assert!(job.frames as f64 >= length * f64::from(job.rate));
}

fn session(path: &Path, minutes: f64) {
    let config = SessionConfig { channels: 1, ..SessionConfig::default() };
    let mut session = Session::new(config).expect("the configuration holds");
    session.add_code(PING, false);
    let template = Template::new("voice", format!("|kgain=0.1|\n{STARTS_NOTES}"));
    session.define(template).expect("the template is one");
    let length = minutes * MINUTE;
    let id = session.sched(Sched::new("voice").dur(length)).expect("it is scheduled");
    session.automate(id, "kgain", Automate::new([(0.0, 0.1), (length, 0.2)])).expect("it moves");
    let job = session.render(path, &RenderOptions::default()).expect("it renders");
    assert!(job.seconds() >= length);
}

#[test]
fn four_minutes_need_no_more_memory_than_one() {
    let folder = tempfile::tempdir().expect("there is a temporary folder");
    let path = folder.path().join("long.wav");
    for (what, render) in [("engine", engine as fn(&Path, f64)), ("session", session)] {
        render(&path, 1.0);
        let short = peak();
        render(&path, 4.0);
        let long = peak();
        assert!(long - short < MORE_MAX, "{what}: {short} bytes for a minute, {long} for four");
    }
}

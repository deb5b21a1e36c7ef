//! Engines in processes of their own, in the built plugins, live and offline: whatever a document does, the host goes on, it
//! is said in words, and the last good sound comes back. How soon is measured by `cargo xtask sweep --apart`.
//!
//! Each test runs in a process of its own: what goes wrong here could take it along, and the limits are its environment's.

mod fatal;
mod hostile;

use std::env;
use std::path::Path;
use std::process::Command;

use ksmps_harness::hosts::Host;
use ksmps_harness::trial::Trial;

/// Set in the processes in which the tests run.
const CHILD: &str = "KSMPS_TEST_CHILD";
/// An offline block that takes a second is an endless loop; a live one is waited for as long as a busy machine may need.
const LIMITS: [(&str, &str); 2] = [("KSMPS_OFFLINE_SECONDS", "1"), ("KSMPS_DEADLINE_MS", "10000")];

/// A text, and what is said of it: one of these words.
struct Case<'a> {
    name: &'a str,
    text: String,
    words: &'a [&'a str],
}

/// Whether this is the process of a test; else it is run in one.
fn is_child(test: &str) -> bool {
    if env::var_os(CHILD).is_some() {
        return true;
    }
    let mut child = Command::new(env::current_exe().expect("this program"));
    child.args(["--exact", test, "--nocapture"]).env(CHILD, "1").envs(LIMITS);
    let output = child.output().expect("it starts");
    let told = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && told.contains("1 passed"), "the host: {}\n{told}", output.status);
    false
}

/// Plays each text in both hosts, live and offline. It is said what is wrong, and the good sound comes back; then `holds`
/// is asked.
fn in_each_host(cases: &[Case<'_>], origin: Option<&Path>, holds: impl Fn(&str)) {
    for host in Host::APART {
        for is_offline in [false, true] {
            let mut trial = Trial::new(host, is_offline).unwrap_or_else(|error| panic!("{host:?}: {error}"));
            for Case { name, text, words } in cases {
                let what = format!("{host:?}, {}, {name}", if is_offline { "offline" } else { "live" });
                let outcome = trial.attempt(text, origin).unwrap_or_else(|error| panic!("{what}: {error}"));
                assert!(outcome.good_after.is_some(), "{what}: no good sound, {outcome:?}");
                assert!(words.iter().any(|word| outcome.said.contains(word)), "{what}: {outcome:?}");
                holds(&what);
            }
        }
    }
}

/// An instrument that takes notes, with this body.
fn instrument(body: &str) -> String {
    format!("nchnls = 2\n0dbfs = 1\ninstr 1\n ifreq = p4\n iamp = p5\n{body}\nendin\n")
}

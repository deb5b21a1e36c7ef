//! Seam: many instances of both formats in one process, on two threads. Each sounds as if it were alone.
//! `cargo xtask hosts scale` plays more of them for longer.

use ksmps_harness::crowd::{self, Member};

const MEMBERS: usize = 20;
const SECONDS: u64 = 2;

#[test]
fn instances_of_both_formats_play_at_once_as_each_does_alone() {
    let together = crowd::together(MEMBERS, SECONDS).expect("they play");
    for (index, heard) in together.heard.iter().enumerate() {
        let member = Member(index);
        assert_eq!(heard.problems, [""; 0], "{member:?}");
        assert!(heard.peak > 0.01 && heard.peak < 10.0, "{member:?}: peak {}", heard.peak);
        let alone = crowd::alone(member, SECONDS).expect("it plays");
        assert_eq!(heard.seconds, alone.seconds, "{member:?}: it does not sound as it does alone");
    }
    // A fingerprint that is the same for all would say nothing.
    let mut seconds: Vec<&String> = together.heard.iter().flat_map(|heard| &heard.seconds).collect();
    seconds.sort_unstable();
    seconds.dedup();
    assert_eq!(seconds.len(), MEMBERS * SECONDS as usize, "no two seconds are alike");
}

#[test]
fn a_hundred_instances_play_in_one_process() {
    const HUNDRED: usize = 100;
    let together = crowd::together(HUNDRED, 1).expect("they play");
    assert_eq!(together.heard.len(), HUNDRED);
    for (index, heard) in together.heard.iter().enumerate() {
        let member = Member(index);
        assert_eq!(heard.problems, [""; 0], "{member:?}");
        assert!(heard.peak > 0.01 && heard.peak < 10.0, "{member:?}: peak {}", heard.peak);
        // One of each kind, and of each factory document, alone.
        if index.is_multiple_of(7) {
            let alone = crowd::alone(member, 1).expect("it plays");
            assert_eq!(heard.seconds, alone.seconds, "{member:?}: it does not sound as it does alone");
        }
    }
}

//! The engine's audio thread gets the policy that the host's has, where the system grants it.

mod probe;

use ksmps_process::scheduling::Policy;
use probe::{Ask, Reply, ask, launch};

#[test]
fn the_host_gives_its_policy_to_the_engines_thread_or_is_told_that_it_cannot() {
    let process = launch();
    let Reply::Plays { thread } = ask(&process, &Ask::Play) else { panic!("another reply") };
    assert_eq!(Policy::of(thread), Policy::Ordinary);
    for policy in [Policy::Fifo(7), Policy::RoundRobin(3), Policy::Ordinary] {
        match policy.give_to(thread) {
            Ok(()) => assert_eq!(Policy::of(thread), policy),
            Err(error) => {
                assert_eq!(error.kind(), std::io::ErrorKind::PermissionDenied);
                assert_eq!(Policy::of(thread), Policy::Ordinary, "it stays as it was");
            }
        }
    }
    assert!(Policy::Fifo(1).is_real_time() && !Policy::Ordinary.is_real_time());
}

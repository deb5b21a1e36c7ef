//! The engine's audio thread gets the policy that the host's has, where the system grants it.

mod probe;

use ksmps_process::scheduling::{Awake, Policy, grant, this_thread};
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

#[test]
fn a_process_that_a_real_time_thread_starts_is_ordinary() {
    let policy = Policy::Fifo(7);
    let started = std::thread::spawn(move || {
        let granted = policy.give_to(this_thread());
        assert_eq!(Policy::of_this_thread(), if granted.is_ok() { policy } else { Policy::Ordinary });
        let process = launch();
        let Reply::Found(found) = ask(&process, &Ask::LookAround) else { panic!("another reply") };
        let Reply::Plays { thread } = ask(&process, &Ask::Play) else { panic!("another reply") };
        (found.policy, Policy::of(thread))
    });
    assert_eq!(started.join().expect("a started process"), (Policy::Ordinary, Policy::Ordinary));
}

#[test]
fn what_is_not_granted_says_why() {
    // No thread has this number, so that neither the system nor rtkit can do anything.
    let refused = grant(Policy::Fifo(7), i32::MAX, i32::MAX).expect_err("a thread that is not there");
    assert_eq!(refused.system.raw_os_error(), Some(libc::ESRCH));
    assert!(!refused.rtkit.is_empty() && refused.to_string().contains("; rtkit: "), "{refused}");
}

#[test]
fn who_keeps_processors_awake_shares_the_device() {
    if let Ok(one) = Awake::hold() {
        let other = Awake::hold().expect("what is held already");
        drop(one);
        assert!(open_devices() == 1, "it stays for the other");
        drop(other);
    }
    assert_eq!(open_devices(), 0);
}

/// How often this process has the device open.
fn open_devices() -> usize {
    let files = std::fs::read_dir("/proc/self/fd").expect("its files").flatten();
    files
        .filter(|file| std::fs::read_link(file.path()).is_ok_and(|to| to.ends_with("cpu_dma_latency")))
        .count()
}

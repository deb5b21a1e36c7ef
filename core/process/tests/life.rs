//! Processes: how they begin, how they end, and that nothing of them stays.
//!
//! The tests count this process's files and children, so they take turns.

mod probe;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ksmps_process::exchange::{Patience, Waited};
use ksmps_process::life::{End, LastWords, LaunchError, Process};
use ksmps_process::scheduling::Policy;
use probe::{Ask, Reply, launch, probe_with_build};

const LONG: Duration = Duration::from_secs(20);
const PATIENT: Patience = Patience { at_most: Some(LONG), awake: Duration::ZERO };

static TURN: Mutex<()> = Mutex::new(());

fn turn() -> MutexGuard<'static, ()> {
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

#[test]
fn a_process_begins_with_nothing_of_the_hosts() {
    let _turn = turn();
    let leak = std::fs::File::open("/etc/passwd").unwrap();
    rustix::io::fcntl_setfd(&leak, rustix::io::FdFlags::empty()).unwrap();
    let before = probe::block_signals();
    let process = launch();
    probe::restore_signals(before);
    let Reply::Found(found) = probe::ask(&process, &Ask::LookAround) else { panic!() };
    assert_eq!(found.files, [0, 1, 2, 3, 4, 5]);
    assert_eq!(found.blocked_signals, 0);
    // Rust's own start ignores SIGPIPE, 13.
    assert_eq!(found.ignored_signals, 1 << 12);
    assert_eq!(found.policy, Policy::Ordinary);
    assert_eq!(found.environment, [("LC_ALL".to_owned(), "C".to_owned())]);
    assert_eq!(found.folder, std::path::Path::new("/"));
}

#[test]
fn blocks_go_to_the_process_and_back() {
    let _turn = turn();
    let process = launch();
    let mut end = process.host_end();
    probe::ask(&process, &Ask::Play);
    for round in 0..5000 {
        let input = [round as f32; 32];
        assert!(end.hand_over(&[&input, &input], 0, 32, b""));
        assert_eq!(end.wait(PATIENT), Waited::Answered);
        let mut heard = Vec::new();
        let answer = end.take(2, |_, samples| heard.extend(samples)).unwrap();
        assert_eq!(answer.messages, b"played");
        assert_eq!(heard, [round as f32 * 2.0; 64]);
    }
}

#[test]
fn each_death_is_noticed_and_named() {
    let _turn = turn();
    let deaths = [
        ("segmentation fault", End::Signal(libc::SIGSEGV)),
        ("abort", End::Signal(libc::SIGABRT)),
        ("stack", End::Signal(libc::SIGSEGV)),
        ("forbidden call", End::Signal(libc::SIGSYS)),
        ("status", End::Status(7)),
    ];
    for in_audio in [true, false] {
        for (how, expected) in deaths {
            let process = launch();
            let mut end = process.host_end();
            if how == "forbidden call" {
                probe::restrict(&process, &[], "/tmp".as_ref());
            }
            probe::ask(&process, &Ask::Play);
            if in_audio {
                assert!(end.hand_over(&[], 0, 16, &postcard::to_stdvec(how).unwrap()));
            } else {
                assert!(end.hand_over(&[], 0, 16, &postcard::to_stdvec("hang").unwrap()));
                process.socket().send(&Ask::Die(how.to_owned())).unwrap();
            }
            assert_eq!(end.wait(PATIENT), Waited::Dead, "{how}");
            assert_eq!(process.wait_for_end(LONG), Some(expected), "{how}");
            let LastWords { place, printed } = process.last_words();
            // The system ends a process that makes a forbidden call without asking it.
            assert_eq!(place, if how == "forbidden call" { &b""[..] } else { b"a probe" }, "{how}");
            assert!(
                printed.ends_with(&format!(".\nit dies by {how}\n")) && printed.len() <= 2048,
                "{printed}"
            );
        }
    }
}

#[test]
fn an_endless_loop_is_late_and_can_be_stopped() {
    let _turn = turn();
    let process = launch();
    let mut end = process.host_end();
    probe::ask(&process, &Ask::Play);
    assert!(end.hand_over(&[], 0, 16, &postcard::to_stdvec("hang").unwrap()));
    let patience = Patience { at_most: Some(Duration::from_millis(5)), awake: Duration::ZERO };
    assert_eq!(end.wait(patience), Waited::Late);
    process.kill();
    assert_eq!(end.wait(PATIENT), Waited::Dead);
    assert_eq!(process.wait_for_end(LONG), Some(End::Signal(libc::SIGKILL)));
}

#[test]
fn a_host_that_takes_all_children_or_ignores_them_still_learns_what_happened() {
    let _turn = turn();
    for manner in ["takes", "ignores"] {
        for (how, expected) in [("abort", End::Signal(libc::SIGABRT)), ("status", End::Unknown)] {
            let process = launch();
            let mut end = process.host_end();
            probe::ask(&process, &Ask::Play);
            let as_before = probe::lose_children(manner);
            assert!(end.hand_over(&[], 0, 16, &postcard::to_stdvec(how).unwrap()));
            assert_eq!(end.wait(PATIENT), Waited::Dead, "{manner}, {how}");
            let ended = process.wait_for_end(LONG);
            drop(as_before);
            // Where the status was not lost to the host after all, it is the right one.
            assert!(ended == Some(expected) || how == "status" && ended == Some(End::Status(7)), "{ended:?}");
        }
    }
}

#[test]
fn an_executable_that_does_not_fit_is_an_error_that_says_so() {
    let _turn = turn();
    let other = probe_with_build(probe::PROBE.as_ref(), "another build").unwrap_err();
    assert!(matches!(other, LaunchError::NoAnswer(_)), "{other}");
    assert!(other.to_string().contains("install the plugin again"), "{other}");
    let missing = probe_with_build("/nowhere/engine".as_ref(), probe::BUILD).unwrap_err();
    assert!(matches!(missing, LaunchError::NotStarted { .. }), "{missing}");
    let silent = probe_with_build("/bin/true".as_ref(), probe::BUILD).unwrap_err();
    assert!(matches!(silent, LaunchError::NoAnswer(_)), "{silent}");
}

#[test]
fn nothing_stays_of_a_thousand_engines() {
    let _turn = turn();
    drop(launch());
    let before = (probe::open_files(), probe::children(), probe::threads());
    for round in 0..50 {
        let processes: Vec<Process> = (0..20).map(|_| launch()).collect();
        if round % 2 == 0 {
            processes.iter().for_each(Process::kill);
        }
    }
    assert_eq!((probe::open_files(), probe::children(), probe::threads()), before);
}

#[test]
fn engines_end_with_a_host_that_is_killed() {
    let _turn = turn();
    let (mut host, engines) = probe::host_process("hold");
    host.kill().unwrap();
    host.wait().unwrap();
    probe::assert_all_end(&engines);
}

#[test]
fn a_copy_of_the_host_keeps_no_engine_alive_and_ends_none() {
    let _turn = turn();
    // The copy drops what it has of the engines and lives on; the host plays a block afterwards, or says that it could not.
    let (mut host, engines) = probe::host_process("fork");
    host.kill().unwrap();
    host.wait().unwrap();
    probe::assert_all_end(&engines);
}

/// Not a test of its own: the host that two of the tests start, as another process of this program.
#[test]
fn a_host_of_engines() {
    if let Ok(manner) = std::env::var("KSMPS_TEST_HOST") {
        probe::be_host(&manner);
    }
}

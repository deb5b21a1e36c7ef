//! Starts the probe, and hosts of it, and looks at what they leave.

#![expect(unsafe_code, reason = "signals are blocked, and a host makes a copy of itself, with system calls")]
#![allow(dead_code, reason = "each file of tests uses some of it")]

#[path = "../../probe/asked.rs"]
mod asked;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use ksmps_process::exchange::{Limits, Patience, Waited};
use ksmps_process::life::{Launch, LaunchError, Process};
use ksmps_process::sandbox::{Missing, Needs};

pub use asked::{Ask, BUILD, Reply};

/// The probe's executable.
pub const PROBE: &str = env!("CARGO_BIN_EXE_ksmps-process-probe");

/// A probe that has greeted.
pub fn launch() -> Process {
    probe_with_build(PROBE.as_ref(), BUILD).expect("a probe")
}

pub fn probe_with_build(executable: &Path, build: &str) -> Result<Process, LaunchError> {
    let limits = Limits { inputs: 2, outputs: 2, frames: 64, messages_in: 256, messages_out: 256, places: 2 };
    let environment = &[("LC_ALL", "C")];
    Process::launch(&Launch { executable, folder: "/".as_ref(), environment, limits, build })
}

pub fn ask(process: &Process, ask: &Ask) -> Reply {
    process.socket().send(ask).expect("a probe that listens");
    process.socket().receive(Some(Duration::from_secs(20))).expect("an answer")
}

pub fn restrict(process: &Process, read: &[PathBuf], scratch: &Path) -> Vec<Missing> {
    restrict_with(process, read, scratch, Needs::default())
}

pub fn restrict_with(process: &Process, read: &[PathBuf], scratch: &Path, needs: Needs) -> Vec<Missing> {
    let asked = Ask::Restrict { read: read.to_vec(), scratch: scratch.to_owned(), needs };
    let Reply::Missing(missing) = ask(process, &asked) else { panic!("another reply") };
    missing
}

/// What became of an attempt: `None` where it was refused.
pub fn attempt(process: &Process, what: &str) -> Option<String> {
    let Reply::Attempted(result) = ask(process, &Ask::Attempt(what.to_owned())) else {
        panic!("another reply")
    };
    result
}

pub fn block_signals() -> libc::sigset_t {
    // SAFETY: sets of signals are plain numbers, and this thread's own are changed.
    unsafe {
        let (mut all, mut before) = (std::mem::zeroed(), std::mem::zeroed());
        libc::sigfillset(&mut all);
        libc::pthread_sigmask(libc::SIG_SETMASK, &all, &mut before);
        libc::signal(libc::SIGINT, libc::SIG_IGN);
        before
    }
}

pub fn restore_signals(before: libc::sigset_t) {
    // SAFETY: as above.
    unsafe {
        libc::signal(libc::SIGINT, libc::SIG_DFL);
        libc::pthread_sigmask(libc::SIG_SETMASK, &before, std::ptr::null_mut());
    }
}

/// A host whose children are taken by a thread of its own, or ignored, until this is dropped.
pub struct LosingChildren(std::sync::Arc<std::sync::atomic::AtomicBool>, Option<std::thread::JoinHandle<()>>);

pub fn lose_children(manner: &str) -> LosingChildren {
    let done = std::sync::Arc::<std::sync::atomic::AtomicBool>::default();
    if manner == "ignores" {
        // SAFETY: no handler is installed.
        unsafe { libc::signal(libc::SIGCHLD, libc::SIG_IGN) };
        return LosingChildren(done, None);
    }
    let until = std::sync::Arc::clone(&done);
    let taker = std::thread::spawn(move || {
        while !until.load(std::sync::atomic::Ordering::Relaxed) {
            // SAFETY: the status may be left out.
            unsafe { libc::waitpid(-1, std::ptr::null_mut(), libc::WNOHANG) };
        }
    });
    LosingChildren(done, Some(taker))
}

impl Drop for LosingChildren {
    fn drop(&mut self) {
        self.0.store(true, std::sync::atomic::Ordering::Relaxed);
        // SAFETY: no handler is installed.
        unsafe { libc::signal(libc::SIGCHLD, libc::SIG_DFL) };
        if let Some(taker) = self.1.take() {
            taker.join().expect("the thread");
        }
    }
}

/// How many files this process has open.
pub fn open_files() -> usize {
    std::fs::read_dir("/proc/self/fd").expect("/proc").count()
}

/// How many threads it has; one that has been waited for may be seen a moment longer.
pub fn threads() -> usize {
    std::thread::sleep(Duration::from_millis(20));
    std::fs::read_dir("/proc/self/task").expect("/proc").count()
}

/// The children of all threads of this process, dead ones included.
pub fn children() -> Vec<String> {
    let tasks = std::fs::read_dir("/proc/self/task").expect("/proc").flatten();
    let of =
        |task: std::fs::DirEntry| std::fs::read_to_string(task.path().join("children")).unwrap_or_default();
    tasks.map(of).filter(|children| !children.is_empty()).collect()
}

/// A process of this very test program that is a host of three engines and stays, and their numbers.
pub fn host_process(manner: &str) -> (std::process::Child, Vec<i32>) {
    let mut host = std::process::Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "a_host_of_engines", "--nocapture", "--include-ignored"])
        .env("KSMPS_TEST_HOST", manner)
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("a host");
    let output = BufReader::new(host.stdout.take().expect("its output"));
    let line = output
        .lines()
        .map_while(Result::ok)
        .find_map(|line| line.split_once("engines:").map(|(_, numbers)| numbers.to_owned()));
    let line = line.expect("a host that says which engines it has");
    let engines = line.split_whitespace().map(|number| number.parse().expect("a number")).collect();
    (host, engines)
}

/// What such a process does.
pub fn be_host(manner: &str) -> ! {
    let engines: Vec<Process> = (0..3).map(|_| launch()).collect();
    let numbers: Vec<String> = engines.iter().map(|engine| engine.id().to_string()).collect();
    if manner == "fork" {
        // SAFETY: the copy drops the engines and sleeps; it takes no lock that another thread may have had.
        let copy = unsafe { libc::fork() };
        if copy == 0 {
            for engine in engines {
                engine.kill();
            }
            std::thread::sleep(Duration::from_secs(60));
            // SAFETY: it ends the copy.
            unsafe { libc::_exit(0) }
        }
        std::thread::sleep(Duration::from_millis(200));
        for engine in &engines {
            assert_eq!(engine.end(), None, "the copy has ended an engine of the host's");
            ask(engine, &Ask::Play);
            let mut end = engine.host_end();
            assert!(end.hand_over(&[], 0, 16, b""));
            let patience = Patience { at_most: Some(Duration::from_secs(20)), awake: Duration::ZERO };
            assert_eq!(end.wait(patience), Waited::Answered);
        }
    }
    println!("engines: {}", numbers.join(" "));
    loop {
        std::thread::sleep(Duration::from_secs(60));
    }
}

/// Waits until none of these processes is there any more.
pub fn assert_all_end(processes: &[i32]) {
    assert_eq!(processes.len(), 3);
    let until = Instant::now() + Duration::from_secs(20);
    for process in processes {
        let is_there = || {
            let status = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
            // One that has ended and is not yet taken by the system's first process counts as ended.
            status.contains("ksmps-process-p") && !status.contains(") Z ")
        };
        while is_there() {
            assert!(Instant::now() < until, "engine {process} lives on");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

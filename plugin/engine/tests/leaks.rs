//! Nothing stays of engines that are gone: no process, no file, no shared memory, no folder.
//!
//! `KSMPS_ENGINES` says how many there are (1000: some minutes).

mod common;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use common::{GOOD, Instance, on};

const ENGINES: usize = 40;
/// Set in the process that is a host which is killed.
const HOST: &str = "KSMPS_TEST_HOST";
/// Looks, and the pause between two: far more than anything here takes.
const LOOKS_MAX: u32 = 3000;
const PAUSE: Duration = Duration::from_millis(20);

/// The tests count what this process has, so they take turns.
static TURN: Mutex<()> = Mutex::new(());

/// What a process has of engines.
#[derive(Debug, PartialEq, Eq)]
struct Has {
    files: usize,
    memories: usize,
    processes: usize,
}

impl Has {
    fn now() -> Self {
        let maps = std::fs::read_to_string("/proc/self/maps").expect("/proc");
        Self {
            files: std::fs::read_dir("/proc/self/fd").expect("/proc").count(),
            memories: maps.lines().filter(|line| line.contains("memfd:ksmps")).count(),
            processes: children_of(std::process::id()).len(),
        }
    }
}

/// The processes that have this one for a parent, zombies too.
fn children_of(parent: u32) -> Vec<u32> {
    let numbers = std::fs::read_dir("/proc").expect("/proc").flatten();
    let numbers = numbers.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let is_child = |pid: &u32| {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        // The name is in brackets, and may hold anything.
        let behind = stat.rsplit(')').next().unwrap_or_default();
        behind.split_whitespace().nth(1) == Some(&parent.to_string())
    };
    numbers.filter(is_child).collect()
}

fn scratch_folders(place: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(place).expect("a folder").flatten().map(|entry| entry.path());
    entries.filter(|path| path.to_string_lossy().contains("ksmps-engine-")).collect()
}

/// The folders that this process holds.
fn held_folders() -> Vec<PathBuf> {
    let links = std::fs::read_dir("/proc/self/fd").expect("/proc").flatten();
    let links = links.filter_map(|entry| std::fs::read_link(entry.path()).ok());
    links.filter(|path| path.to_string_lossy().contains("ksmps-engine-")).collect()
}

fn until(what: &str, holds: impl Fn() -> bool) {
    let comes = (0..LOOKS_MAX).any(|_| {
        let holds = holds();
        if !holds {
            std::thread::sleep(PAUSE);
        }
        holds
    });
    assert!(comes, "{what}");
}

#[test]
fn nothing_stays_of_many_engines() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let count = std::env::var("KSMPS_ENGINES").ok().and_then(|count| count.parse().ok()).unwrap_or(ENGINES);
    // What is made once, and stays, is made now.
    drop(Instance::new(GOOD));
    let before = Has::now();
    let crash = "nchnls = 2\n0dbfs = 1\ngiA[] init 4\ngindx = -400000000\ngiA[gindx] = 1\n";
    let mut folders = Vec::new();
    for round in 0..count {
        let mut instance = Instance::new(GOOD);
        folders.extend(held_folders());
        match round % 4 {
            0 => _ = instance.play(&[on(60)]),
            1 => assert!(instance.edit(crash).failed, "it dies while it is built"),
            _ => {}
        }
    }
    until("everything goes", || Has::now() == before);
    assert!(folders.len() >= count, "each has a folder: {}", folders.len());
    assert!(folders.iter().all(|folder| !folder.exists()), "and each goes with its engine");
}

#[test]
fn nothing_stays_of_a_host_that_is_killed() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let place = tempfile::tempdir().expect("a folder");
    let mut host = start_host(place.path());
    let engines = children_of(host.id());
    assert!(engines.len() >= 3, "{engines:?}");
    assert!(scratch_folders(place.path()).len() >= 3);
    host.kill().expect("it lives");
    host.wait().expect("it has ended");
    let lives = |pid: &u32| Path::new(&format!("/proc/{pid}")).exists();
    until("its engines end", || !engines.iter().any(lives));
    let left = scratch_folders(place.path());
    assert!(left.len() >= 3, "nobody could remove them: {left:?}");
    // The next host removes what nobody holds, and not what another one has.
    let mut other = start_host(place.path());
    let held = scratch_folders(place.path());
    assert!(left.iter().all(|folder| !held.contains(folder)), "{left:?} {held:?}");
    let mut third = start_host(place.path());
    assert!(held.iter().all(|folder| folder.exists()), "{held:?}");
    for host in [&mut other, &mut third] {
        host.kill().expect("it lives");
        host.wait().expect("it has ended");
    }
}

/// A host with three engines, which has this folder for what is temporary.
fn start_host(place: &Path) -> Child {
    let mut host = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "a_host_of_engines", "--nocapture"])
        .env(HOST, "1")
        .env("TMPDIR", place)
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let output = BufReader::new(host.stdout.as_mut().expect("its output"));
    let is_ready = output.lines().map_while(Result::ok).any(|line| line.contains("three engines"));
    assert!(is_ready, "the host has its engines");
    host
}

/// Not a test of its own: the host that another one starts.
#[test]
fn a_host_of_engines() {
    if std::env::var_os(HOST).is_some() {
        let _instances = [(); 3].map(|()| Instance::new(GOOD));
        println!("three engines");
        std::thread::sleep(Duration::from_secs(60));
    }
}

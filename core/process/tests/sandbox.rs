//! What a process cannot do any more once it is in the sandbox, and what it still can.

mod probe;

use std::path::PathBuf;

use ksmps_process::life::Process;
use ksmps_process::sandbox::Needs;
use probe::{attempt, launch, restrict_with};

/// A document's folder, a scratch folder and a secret.
struct Stage {
    folder: tempfile::TempDir,
}

impl Stage {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["document", "scratch", "home"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        let stage = Self { folder };
        std::fs::write(stage.at("document/own.txt"), "own").unwrap();
        std::fs::write(stage.at("home/key"), "secret").unwrap();
        std::os::unix::fs::symlink(stage.at("home/key"), stage.at("document/link")).unwrap();
        stage
    }

    fn at(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// A probe in the sandbox.
    fn enter(&self, needs: Needs) -> Process {
        let process = launch();
        let missing = restrict_with(&process, &[self.at("document")], &self.at("scratch"), needs);
        assert!(missing.is_empty(), "this kernel lacks {missing:?}: the tests cannot judge");
        process
    }

    fn attempt(&self, process: &Process, what: &str, path: &str) -> Option<String> {
        attempt(process, &format!("{what} {}", self.at(path).display()))
    }
}

#[test]
fn it_reads_its_own_folder_and_writes_its_scratch_folder() {
    let stage = Stage::new();
    let process = stage.enter(Needs::default());
    assert_eq!(stage.attempt(&process, "read", "document/own.txt").as_deref(), Some("own"));
    assert_eq!(stage.attempt(&process, "list", "document").as_deref(), Some("2"));
    assert!(stage.attempt(&process, "write", "scratch/new").is_some());
    assert_eq!(stage.attempt(&process, "read", "scratch/new").as_deref(), Some("hello"));
    assert!(stage.attempt(&process, "remove", "scratch/new").is_some());
}

#[test]
fn it_reads_and_writes_nothing_else() {
    let stage = Stage::new();
    let process = stage.enter(Needs::default());
    for path in ["home/key", "document/link", "document/../home/key", "scratch/../home/key"] {
        assert_eq!(stage.attempt(&process, "read", path), None, "{path}");
    }
    for path in ["home/key", "home/new", "document/own.txt", "document/new", "document/link"] {
        assert_eq!(stage.attempt(&process, "write", path), None, "{path}");
    }
    assert_eq!(stage.attempt(&process, "list", "home"), None);
    assert_eq!(stage.attempt(&process, "remove", "document/own.txt"), None);
    assert_eq!(stage.attempt(&process, "link", "scratch/link"), None);
    assert_eq!(attempt(&process, "read /etc/passwd"), None);
    assert_eq!(attempt(&process, "read /proc/self/environ"), None);
    assert_eq!(std::fs::read_to_string(stage.at("home/key")).unwrap(), "secret");
    assert_eq!(std::fs::read_to_string(stage.at("document/own.txt")).unwrap(), "own");
}

#[test]
fn it_starts_nothing_and_talks_to_nobody() {
    let stage = Stage::new();
    let process = stage.enter(Needs::default());
    assert_eq!(attempt(&process, "noted"), None);
    for what in ["program /bin/true", "fork", "thread", "socket"] {
        assert_eq!(attempt(&process, what), None, "{what}");
    }
    assert!(attempt(&process, "noted").is_some(), "a refused socket is noted");
    assert_eq!(attempt(&process, "noted"), None, "once");
    assert_eq!(attempt(&process, &format!("kill {}", std::process::id())), None);
    assert!(attempt(&process, "wait 1").is_some(), "it lives on");
}

#[test]
fn it_has_an_end_of_memory_and_of_files() {
    let stage = Stage::new();
    let process = stage.enter(Needs::default());
    assert_eq!(attempt(&process, &format!("memory {}", 100_u64 << 30)), None);
    assert!(attempt(&process, &format!("memory {}", 64 << 20)).is_some());
    let written = stage.attempt(&process, "fill", "scratch/long");
    assert_eq!(written.as_deref(), Some("1048576"), "the file ends at its limit, and the process lives on");
}

#[test]
fn each_permission_gives_what_it_names_and_no_more() {
    let stage = Stage::new();
    let none = Needs::default();
    let able = |needs: Needs| {
        let process = stage.enter(needs);
        let can = [
            stage.attempt(&process, "read", "home/key").is_some(),
            attempt(&process, "socket").is_some(),
            attempt(&process, "program /bin/true").as_deref() == Some("ExitStatus(unix_wait_status(0))"),
            attempt(&process, "fork").is_some(),
            attempt(&process, "thread").is_some(),
        ];
        assert_eq!(attempt(&process, &format!("kill {}", std::process::id())), None, "{needs:?}");
        drop(process);
        can
    };
    assert_eq!(able(none), [false, false, false, false, false]);
    assert_eq!(able(Needs { files: true, ..none }), [true, false, false, false, false]);
    assert_eq!(able(Needs { network: true, ..none }), [false, true, false, false, true]);
    assert_eq!(able(Needs { programs: true, ..none }), [false, false, true, true, true]);
    assert_eq!(able(Needs { python: true, ..none }), [false, false, false, false, true]);
}

#[test]
fn blocks_are_played_inside() {
    let stage = Stage::new();
    let process = stage.enter(Needs::default());
    let mut end = process.host_end();
    let patience = ksmps_process::exchange::Patience {
        at_most: Some(std::time::Duration::from_secs(20)),
        awake: std::time::Duration::ZERO,
    };
    for _ in 0..100 {
        assert!(end.hand_over(&[&[1.0; 16]], 0, 16, b""));
        assert_eq!(end.wait(patience), ksmps_process::exchange::Waited::Answered);
        let mut heard = Vec::new();
        end.take(1, |_, samples| heard.extend(samples)).expect("an answer");
        assert_eq!(heard, [2.0; 16]);
    }
}

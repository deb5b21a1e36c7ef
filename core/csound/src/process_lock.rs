//! One lock for the whole process, also where it has several copies of this code.
//!
//! A host that opens the CLAP and the VST3 bundle has two copies of every static of ours, and both use one libcsound.
//! What both copies find is a file: a lock of a file belongs to the opening, so two openings in one process exclude each
//! other. On Linux it is a file that the kernel makes for each process, so nothing is written anywhere and other
//! processes have another one.

use std::fs::File;
use std::io;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

/// Between threads that run this copy.
static OWN: Mutex<()> = Mutex::new(());

/// The lock, held until dropped.
pub(crate) struct ProcessLock {
    /// `None` where this system has no such file; then this copy locks itself alone.
    file: Option<&'static File>,
    _own: MutexGuard<'static, ()>,
}

/// Waits for the lock. A thread that holds it must not ask for it again. `[control]`
pub(crate) fn lock() -> ProcessLock {
    static FILE: OnceLock<Option<File>> = OnceLock::new();
    let own = OWN.lock().unwrap_or_else(PoisonError::into_inner);
    let file = FILE.get_or_init(|| lock_file().ok()).as_ref().filter(|file| waited(file));
    ProcessLock { file, _own: own }
}

/// Whether the file could be locked; signals that come in between do not count.
fn waited(file: &File) -> bool {
    loop {
        match file.lock() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other.is_ok(),
        }
    }
}

impl Drop for ProcessLock {
    fn drop(&mut self) {
        if let Some(file) = self.file {
            // It cannot fail for a file that is locked, and nothing could be done about it.
            let _ = file.unlock();
        }
    }
}

/// An opening of this process's file.
fn lock_file() -> io::Result<File> {
    if cfg!(target_os = "linux")
        && let Ok(file) = File::open("/proc/self/comm")
    {
        return Ok(file);
    }
    let path = std::env::temp_dir().join(format!("ksmps-{}.lock", std::process::id()));
    File::options().create(true).truncate(false).write(true).open(path)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::Duration;

    use super::*;

    #[test]
    fn another_opening_in_this_process_waits() {
        // As a second copy of this code has it: an opening of its own, no static of this one.
        let other = lock_file().expect("there is a file");
        let held = lock();
        assert!(matches!(other.try_lock(), Err(std::fs::TryLockError::WouldBlock)));
        let freed = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| {
                other.lock().expect("it can be locked");
                let was_freed = freed.load(Ordering::SeqCst);
                other.unlock().expect("it was locked");
                was_freed
            });
            std::thread::sleep(Duration::from_millis(20));
            freed.store(true, Ordering::SeqCst);
            drop(held);
            assert!(waiting.join().expect("it ends"), "the other opening got the lock while it was held");
        });
    }

    #[test]
    fn another_process_has_another_file() {
        let held = lock();
        // A child opens its own file under the same name and is not held up.
        let output = std::process::Command::new(std::env::current_exe().expect("it runs"))
            .args(["--ignored", "process_lock::tests::take_the_lock"])
            .output();
        drop(held);
        let said = String::from_utf8_lossy(&output.expect("it starts").stdout).into_owned();
        assert!(said.contains("1 passed"), "{said}");
    }

    #[test]
    #[ignore = "the child of `another_process_has_another_file`"]
    fn take_the_lock() {
        drop(lock());
    }
}

//! The one thread that notices when an engine's process ends: it says so in the shared memory, wakes the audio thread,
//! and takes the process's status, so that none is left as a zombie.

#![expect(unsafe_code, reason = "the status of a process is taken by a system call")]

use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread::JoinHandle;

use rustix::event::{EventfdFlags, PollFd, PollFlags};
use rustix::process::Pid;

use crate::memory::SharedMemory;
use crate::socket::wait_for;

use super::{End, Ended, declare_dead, with_note};

/// The watcher that exists now.
static CURRENT: Mutex<Weak<Watcher>> = Mutex::new(Weak::new());

/// The thread, for as long as somebody has a process.
#[derive(Debug)]
pub(super) struct Watcher {
    list: Arc<List>,
    thread: Option<JoinHandle<()>>,
    /// The process that has the thread; a copy of it made by `fork` has none.
    host: Pid,
}

#[derive(Debug)]
struct List {
    watched: Mutex<Vec<Watched>>,
    /// Written to when the list has changed.
    changed: OwnedFd,
    quit: std::sync::atomic::AtomicBool,
}

#[derive(Debug, Clone)]
struct Watched {
    handle: Arc<OwnedFd>,
    memory: Arc<SharedMemory>,
    ended: Arc<Ended>,
}

impl Watcher {
    /// The watcher of this process; it is started where there is none. `[control]`
    pub fn get() -> io::Result<Arc<Self>> {
        let mut current = CURRENT.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(watcher) = current.upgrade() {
            return Ok(watcher);
        }
        let changed = rustix::event::eventfd(0, EventfdFlags::CLOEXEC)?;
        let list = Arc::new(List { watched: Mutex::default(), changed, quit: false.into() });
        let watched = Arc::clone(&list);
        let thread =
            std::thread::Builder::new().name("ksmps watcher".to_owned()).spawn(move || watched.watch())?;
        let host = rustix::process::getpid();
        let watcher = Arc::new(Self { list, thread: Some(thread), host });
        *current = Arc::downgrade(&watcher);
        Ok(watcher)
    }

    /// Watches a process until it has ended. `[control]`
    pub fn watch(&self, handle: Arc<OwnedFd>, memory: Arc<SharedMemory>, ended: Arc<Ended>) {
        self.list.lock().push(Watched { handle, memory, ended });
        self.list.tell();
    }
}

impl Drop for Watcher {
    /// Ends with the last process, and waits until that has ended: the code of a plugin may be unloaded after this.
    fn drop(&mut self) {
        if rustix::process::getpid() != self.host {
            return;
        }
        self.list.quit.store(true, std::sync::atomic::Ordering::Release);
        self.list.tell();
        if let Some(thread) = self.thread.take() {
            // It does not panic; if it did, there would be nothing to do about it here.
            drop(thread.join());
        }
    }
}

impl List {
    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Watched>> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self) {
        // It fails only where 2^64 - 1 changes were not looked at.
        let _ = rustix::io::write(&self.changed, &1_u64.to_ne_bytes());
    }

    fn watch(&self) {
        loop {
            let watched = self.lock().clone();
            if watched.is_empty() && self.quit.load(std::sync::atomic::Ordering::Acquire) {
                return;
            }
            let mut files: Vec<PollFd<'_>> =
                watched.iter().map(|one| PollFd::new(&one.handle, PollFlags::IN)).collect();
            files.push(PollFd::new(&self.changed, PollFlags::IN));
            if wait_for(&mut files, None).is_err() {
                // No memory in the kernel: look again a little later.
                std::thread::sleep(std::time::Duration::from_millis(10));
                continue;
            }
            let ready: Vec<bool> = files.iter().map(|file| !file.revents().is_empty()).collect();
            if ready.last() == Some(&true) {
                let _ = rustix::io::read(&self.changed, &mut [0_u8; 8][..]);
            }
            for (one, _) in watched.iter().zip(ready).filter(|(_, ready)| *ready) {
                // First the audio thread, then the status.
                let note = declare_dead(&one.memory);
                one.ended.set(with_note(reap(&one.handle), note));
                self.lock().retain(|other| !Arc::ptr_eq(&other.handle, &one.handle));
            }
        }
    }
}

/// Takes the status of a process that has ended. Where somebody else has taken it, it is not known. `[control]`
pub(super) fn reap(handle: &OwnedFd) -> End {
    // SAFETY: plain numbers, which the call fills in.
    let mut info: libc::siginfo_t = unsafe { std::mem::zeroed() };
    let file = handle.as_raw_fd().cast_unsigned();
    // SAFETY: `info` is there to be written; a pidfd names no process but its own.
    let failed = unsafe { libc::waitid(libc::P_PIDFD, file, &mut info, libc::WEXITED) };
    if failed != 0 {
        return End::Unknown;
    }
    // SAFETY: the call has filled in the fields of a child's end.
    let status = unsafe { info.si_status() };
    if info.si_code == libc::CLD_EXITED { End::Status(status) } else { End::Signal(status) }
}

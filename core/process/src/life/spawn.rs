//! Starting the process: a new program with nothing of the host's but three files.
//!
//! `clone` gives the process and its pidfd in one step, so that nobody can take the number for another process. The child
//! runs on a stack of its own in the host's memory until it is another program, while the calling thread waits: it must
//! not allocate, lock or return. When it ends the host gets SIGCHLD as from any child (a new program always sends it).

#![expect(unsafe_code, reason = "a process is made with system calls, between clone and exec")]

use std::ffi::{CString, c_char, c_int, c_void};
use std::io;
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::ffi::OsStrExt;
use std::ptr;

use rustix::process::Pid;

use crate::inside::{HOST_FILE, MEMORY_FILE, SOCKET_FILE};
use crate::memory::SharedMemory;
use crate::socket::Socket;

use super::Launch;

/// Bytes of the child's stack until it is another program.
const STACK_BYTES: usize = 64 << 10;
/// Files below this number are the child's to fill.
const FILES_ABOVE: RawFd = 16;
/// Highest signal number.
const SIGNALS_MAX: c_int = 64;

/// A process that was started.
pub(super) struct Spawned {
    pub pid: Pid,
    pub handle: OwnedFd,
}

/// What the child needs, made before.
struct Child {
    executable: *const c_char,
    arguments: [*const c_char; 2],
    environment: Vec<*const c_char>,
    folder: *const c_char,
    nothing: RawFd,
    files: [(RawFd, RawFd); 3],
    /// What went wrong in the child, as a system error number.
    error: c_int,
}

/// Starts the program. `[control]`
///
/// # Errors
/// What the system said, the program's own start included.
pub(super) fn spawn(
    launch: &Launch<'_>,
    socket: &Socket,
    memory: &SharedMemory,
    host: &OwnedFd,
) -> io::Result<Spawned> {
    let executable = CString::new(launch.executable.as_os_str().as_bytes())?;
    let folder = CString::new(launch.folder.as_os_str().as_bytes())?;
    let environment: Vec<CString> = launch
        .environment
        .iter()
        .map(|(name, value)| CString::new(format!("{name}={value}")))
        .collect::<Result<_, _>>()?;
    let nothing = std::fs::File::options().read(true).write(true).open("/dev/null")?;
    let lifted = [lift(socket)?, lift(memory.file())?, lift(host)?];
    let nothing = lift(nothing)?;
    let [socket, memory, host] = lifted.each_ref().map(OwnedFd::as_raw_fd);
    let mut child = Child {
        executable: executable.as_ptr(),
        arguments: [executable.as_ptr(), ptr::null()],
        environment: environment.iter().map(|one| one.as_ptr()).chain([ptr::null()]).collect(),
        folder: folder.as_ptr(),
        nothing: nothing.as_raw_fd(),
        files: [(socket, SOCKET_FILE), (memory, MEMORY_FILE), (host, HOST_FILE)],
        error: 0,
    };
    clone(&mut child)
}

/// The same file under a number that the child does not fill.
fn lift(file: impl AsFd) -> io::Result<OwnedFd> {
    Ok(rustix::io::fcntl_dupfd_cloexec(file, FILES_ABOVE)?)
}

fn clone(child: &mut Child) -> io::Result<Spawned> {
    let mut stack = vec![0_u128; STACK_BYTES / size_of::<u128>()];
    let mut handle: c_int = -1;
    let flags = libc::CLONE_VM | libc::CLONE_VFORK | libc::CLONE_PIDFD | libc::SIGCHLD;
    let (mut all, mut before) = (empty_set(), empty_set());
    // SAFETY: `begin` touches what `child` names, which lives here until the call returns, and only makes system calls; the
    // stack's end is given, as it grows downwards. Signals are blocked, so that no handler of the host's runs in the child.
    let pid = unsafe {
        libc::sigfillset(&mut all);
        libc::pthread_sigmask(libc::SIG_SETMASK, &all, &mut before);
        let top = stack.as_mut_ptr_range().end.cast::<c_void>();
        let pid = libc::clone(begin, top, flags, ptr::from_mut(child).cast(), &mut handle);
        let error = io::Error::last_os_error();
        libc::pthread_sigmask(libc::SIG_SETMASK, &before, ptr::null_mut());
        if pid < 0 {
            return Err(error);
        }
        pid
    };
    // SAFETY: the system has just made this file, and nobody else knows its number.
    let handle = unsafe { OwnedFd::from_raw_fd(handle) };
    // SAFETY: the child wrote it, and is another program or gone.
    let error = unsafe { ptr::read_volatile(&child.error) };
    if error != 0 {
        super::watcher::reap(&handle);
        return Err(io::Error::from_raw_os_error(error));
    }
    let pid = Pid::from_raw(pid).ok_or_else(|| io::Error::other("a process without a number"))?;
    Ok(Spawned { pid, handle })
}

fn empty_set() -> libc::sigset_t {
    // SAFETY: a set of signals is plain numbers.
    unsafe { std::mem::zeroed() }
}

/// What the child does until it is another program. System calls alone.
extern "C" fn begin(child: *mut c_void) -> c_int {
    // SAFETY: the parent waits, and what this names stays until then.
    let child = unsafe { &mut *child.cast::<Child>() };
    // SAFETY: plain system calls on numbers and on text that the parent keeps; after `execve` nothing of this is left.
    unsafe {
        // Asked of the kernel itself: the C library does not touch its own two signals.
        let default = [0_u64; 4];
        for signal in 1..=SIGNALS_MAX {
            libc::syscall(libc::SYS_rt_sigaction, signal, default.as_ptr(), ptr::null::<u64>(), 8);
        }
        let ordinary = libc::sched_param { sched_priority: 0 };
        libc::sched_setscheduler(0, libc::SCHED_OTHER, &ordinary);
        let nothing = [(child.nothing, 0), (child.nothing, 1), (child.nothing, 2)];
        for (from, to) in nothing.into_iter().chain(child.files) {
            if libc::dup2(from, to) < 0 {
                return fail(child);
            }
        }
        // Where the system does not have the call, files without the mark to be closed stay open.
        libc::syscall(libc::SYS_close_range, HOST_FILE + 1, u32::MAX, 0);
        if libc::chdir(child.folder) < 0 {
            return fail(child);
        }
        let none = empty_set();
        libc::sigprocmask(libc::SIG_SETMASK, &none, ptr::null_mut());
        libc::execve(child.executable, child.arguments.as_ptr(), child.environment.as_ptr());
    }
    fail(child)
}

/// Leaves the child with what the system has just said.
fn fail(child: &mut Child) -> c_int {
    // SAFETY: `errno` is the thread's own, and the child ends without running anything of the host's.
    unsafe {
        ptr::write_volatile(&mut child.error, *libc::__errno_location());
        libc::_exit(127)
    }
}

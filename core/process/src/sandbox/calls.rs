//! The filter of system calls: a list of what playing needs; everything else fails with "not permitted".
//!
//! Three filters lie over each other, and the sternest answer counts. Opening a socket is refused with a note, so that
//! somebody can say so. A few calls that no engine ever makes end the process.

#![expect(unsafe_code, reason = "a signal handler answers in place of a system call")]

use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};

use libc::c_long;
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
    TargetArch,
};

use super::{Missing, Needs};

/// Files and folders; which ones, the file rules say.
const FILES: &[c_long] = &[
    libc::SYS_read,
    libc::SYS_write,
    libc::SYS_readv,
    libc::SYS_writev,
    libc::SYS_pread64,
    libc::SYS_pwrite64,
    libc::SYS_lseek,
    libc::SYS_openat,
    libc::SYS_close,
    libc::SYS_newfstatat,
    libc::SYS_fstat,
    libc::SYS_statx,
    libc::SYS_statfs,
    libc::SYS_fstatfs,
    libc::SYS_faccessat,
    libc::SYS_faccessat2,
    libc::SYS_readlinkat,
    libc::SYS_getcwd,
    libc::SYS_getdents64,
    libc::SYS_fcntl,
    libc::SYS_dup,
    libc::SYS_ftruncate,
    libc::SYS_fsync,
    libc::SYS_flock,
    libc::SYS_fallocate,
    libc::SYS_unlinkat,
    libc::SYS_mkdirat,
    libc::SYS_renameat2,
];
/// The forms of these calls that only this processor has.
#[cfg(target_arch = "x86_64")]
const OLD_FILES: &[c_long] = &[
    libc::SYS_open,
    libc::SYS_stat,
    libc::SYS_lstat,
    libc::SYS_access,
    libc::SYS_readlink,
    libc::SYS_unlink,
    libc::SYS_mkdir,
    libc::SYS_rmdir,
    libc::SYS_rename,
    libc::SYS_poll,
    libc::SYS_time,
    libc::SYS_arch_prctl,
];
#[cfg(not(target_arch = "x86_64"))]
const OLD_FILES: &[c_long] = &[];
/// Memory.
const MEMORY: &[c_long] = &[
    libc::SYS_brk,
    libc::SYS_mmap,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_madvise,
    libc::SYS_mprotect,
    libc::SYS_membarrier,
];
/// Threads that exist, waiting, signals, the end.
const THREADS: &[c_long] = &[
    libc::SYS_futex,
    libc::SYS_set_robust_list,
    libc::SYS_rseq,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    libc::SYS_restart_syscall,
    libc::SYS_ppoll,
    libc::SYS_nanosleep,
    libc::SYS_clock_nanosleep,
    libc::SYS_sched_yield,
    libc::SYS_exit,
    libc::SYS_exit_group,
];
/// Questions.
const QUESTIONS: &[c_long] = &[
    libc::SYS_clock_gettime,
    libc::SYS_clock_getres,
    libc::SYS_gettimeofday,
    libc::SYS_times,
    libc::SYS_getrusage,
    libc::SYS_getrandom,
    libc::SYS_getpid,
    libc::SYS_gettid,
    libc::SYS_getuid,
    libc::SYS_geteuid,
    libc::SYS_getgid,
    libc::SYS_getegid,
    libc::SYS_uname,
    libc::SYS_sysinfo,
    libc::SYS_sched_getaffinity,
    libc::SYS_sched_getparam,
    libc::SYS_sched_getscheduler,
    libc::SYS_sched_get_priority_max,
    libc::SYS_sched_get_priority_min,
];
/// The control socket, which is open already.
const SOCKET: &[c_long] = &[libc::SYS_recvfrom, libc::SYS_sendto, libc::SYS_recvmsg, libc::SYS_sendmsg];
/// Where the user lets a document use the network.
const NETWORK: &[c_long] = &[
    libc::SYS_socket,
    libc::SYS_socketpair,
    libc::SYS_bind,
    libc::SYS_connect,
    libc::SYS_listen,
    libc::SYS_accept4,
    libc::SYS_getsockname,
    libc::SYS_getpeername,
    libc::SYS_setsockopt,
    libc::SYS_getsockopt,
    libc::SYS_shutdown,
    libc::SYS_recvmmsg,
    libc::SYS_sendmmsg,
    libc::SYS_ioctl,
    // Csound's opcodes for the network listen on threads of their own.
    libc::SYS_clone,
    libc::SYS_clone3,
    libc::SYS_pselect6,
];
/// What makes another process or another program of this one; threads apart, which [`no_programs`] tells by their flags.
const PROGRAMS: &[c_long] = &[libc::SYS_execve, libc::SYS_execveat];
/// The forms of these calls that only this processor has.
#[cfg(target_arch = "x86_64")]
const OLD_PROGRAMS: &[c_long] = &[libc::SYS_fork, libc::SYS_vfork];
#[cfg(not(target_arch = "x86_64"))]
const OLD_PROGRAMS: &[c_long] = &[];
/// What no engine does: other processes' memory, the kernel's doors.
const DEADLY: &[c_long] = &[
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_bpf,
    libc::SYS_kexec_load,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_pivot_root,
    libc::SYS_setns,
    libc::SYS_unshare,
    libc::SYS_io_uring_setup,
    libc::SYS_userfaultfd,
    libc::SYS_keyctl,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_perf_event_open,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_reboot,
];

/// The answer to what is refused.
const NOT_PERMITTED: u32 = libc::EPERM.cast_unsigned();

/// Filters the system calls of every thread of this process from now on. `[control]`
///
/// # Errors
/// Where the handler for refused sockets cannot be installed.
pub fn restrict_calls(needs: Needs) -> io::Result<Vec<Missing>> {
    if !needs.network {
        note_refused_sockets()?;
    }
    Ok(if install(needs).is_ok() { Vec::new() } else { vec![Missing::CallFilter] })
}

/// Whether a socket was refused since the last call. `[any]`
pub fn take_refused_sockets() -> bool {
    REFUSED_SOCKET.swap(false, Ordering::Relaxed)
}

fn install(needs: Needs) -> Result<(), seccompiler::Error> {
    apply(on(DEADLY, SeccompAction::KillProcess)?)?;
    let runs_others = needs.programs || needs.python;
    if !needs.network {
        // A program that was started has no handler for a note: it would end there.
        let refused = if runs_others { SeccompAction::Errno(NOT_PERMITTED) } else { SeccompAction::Trap };
        apply(on(&[libc::SYS_socket], refused)?)?;
    }
    if !needs.programs && (needs.python || needs.network) {
        // The C library asks for threads in the older way then, whose flags can be seen.
        apply(on(&[libc::SYS_clone3], SeccompAction::Errno(libc::ENOSYS.cast_unsigned()))?)?;
        apply(no_programs()?)?;
    }
    // Programs and Python make calls of every kind; file rules hold for them all the same.
    if !runs_others {
        apply(allowed(needs)?)?;
    }
    Ok(())
}

fn apply(filter: SeccompFilter) -> Result<(), seccompiler::Error> {
    seccompiler::apply_filter_all_threads(&BpfProgram::try_from(filter)?)
}

fn architecture() -> Result<TargetArch, seccompiler::BackendError> {
    std::env::consts::ARCH.try_into()
}

/// Some calls have this answer, and all others none.
fn on(calls: &[c_long], action: SeccompAction) -> Result<SeccompFilter, seccompiler::BackendError> {
    let rules = calls.iter().map(|&call| (call, Vec::new())).collect();
    SeccompFilter::new(rules, SeccompAction::Allow, action, architecture()?)
}

/// Programs and processes are refused, and threads are not.
fn no_programs() -> Result<SeccompFilter, seccompiler::BackendError> {
    let calls = PROGRAMS.iter().chain(OLD_PROGRAMS);
    let mut rules: BTreeMap<c_long, Vec<SeccompRule>> = calls.map(|&call| (call, Vec::new())).collect();
    let thread = u64::from(libc::CLONE_THREAD.cast_unsigned());
    let is_process = SeccompCondition::new(0, SeccompCmpArgLen::Qword, SeccompCmpOp::MaskedEq(thread), 0)?;
    rules.insert(libc::SYS_clone, vec![SeccompRule::new(vec![is_process])?]);
    SeccompFilter::new(rules, SeccompAction::Allow, SeccompAction::Errno(NOT_PERMITTED), architecture()?)
}

/// The list of what is allowed.
fn allowed(needs: Needs) -> Result<SeccompFilter, seccompiler::BackendError> {
    let network: &[c_long] = if needs.network { NETWORK } else { &[] };
    let lists = [FILES, OLD_FILES, MEMORY, THREADS, QUESTIONS, SOCKET, network];
    let mut rules: BTreeMap<c_long, Vec<SeccompRule>> =
        lists.into_iter().flatten().map(|&call| (call, Vec::new())).collect();
    // A signal to one of its own threads: how a program aborts.
    let own = u64::from(std::process::id());
    rules.insert(libc::SYS_tgkill, vec![with_argument(0, own)?]);
    // Limits may be asked for, not set: the new value's address is 0.
    rules.insert(libc::SYS_prlimit64, vec![with_argument(2, 0)?]);
    SeccompFilter::new(rules, SeccompAction::Errno(NOT_PERMITTED), SeccompAction::Allow, architecture()?)
}

fn with_argument(number: u8, value: u64) -> Result<SeccompRule, seccompiler::BackendError> {
    let argument = SeccompCondition::new(number, SeccompCmpArgLen::Qword, SeccompCmpOp::Eq, value)?;
    SeccompRule::new(vec![argument])
}

static REFUSED_SOCKET: AtomicBool = AtomicBool::new(false);

/// Has a refused `socket` noted, and answered with "not permitted".
fn note_refused_sockets() -> io::Result<()> {
    // SAFETY: plain numbers; the handler does what a handler may.
    let failed = unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = on_refused_call as *const () as usize;
        action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
        libc::sigaction(libc::SIGSYS, &action, std::ptr::null_mut())
    };
    if failed == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

extern "C" fn on_refused_call(_: libc::c_int, _: *mut libc::siginfo_t, context: *mut libc::c_void) {
    REFUSED_SOCKET.store(true, Ordering::Relaxed);
    let context = context.cast::<libc::ucontext_t>();
    let answer = -i64::from(libc::EPERM);
    // SAFETY: the system hands over the state of the thread at the call; its register for the call's answer is changed.
    unsafe {
        #[cfg(target_arch = "x86_64")]
        {
            (*context).uc_mcontext.gregs[libc::REG_RAX as usize] = answer;
        }
        #[cfg(target_arch = "aarch64")]
        {
            (*context).uc_mcontext.regs[0] = answer.cast_unsigned();
        }
    }
}

//! What a process leaves behind when it dies: the signal's number, what was going on, and what was printed last. All of it
//! lies in the shared memory, which outlives it.

#![expect(unsafe_code, reason = "signals are handled")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering};
use std::{io, mem, ptr};

use crate::exchange::{ANSWER, Control, DEAD, DEATH, Limits, PLACE_BYTES, PRINTED_BYTES};
use crate::memory::SharedMemory;

/// Signals by which a program dies of what it does.
const DEADLY: [libc::c_int; 6] =
    [libc::SIGSEGV, libc::SIGBUS, libc::SIGILL, libc::SIGFPE, libc::SIGABRT, libc::SIGXCPU];
/// Bytes of the stack on which signals are handled: a stack that has overflowed cannot be used.
const SIGNAL_STACK_BYTES: usize = 64 << 10;

/// Where to leave word; set once.
static MEMORY: AtomicPtr<SharedMemory> = AtomicPtr::new(ptr::null_mut());
/// Where in it what a dying process says begins.
static AT: AtomicUsize = AtomicUsize::new(0);
/// What describes what is going on.
static DESCRIBE: AtomicPtr<()> = AtomicPtr::new(ptr::null_mut());
/// It was described: once is enough.
static IS_DESCRIBED: AtomicBool = AtomicBool::new(false);

/// See [`super::Inherited::leave_word_on_death`].
pub(super) fn prepare(
    memory: &Arc<SharedMemory>,
    limits: Limits,
    describe: fn(&mut [u8]) -> usize,
) -> io::Result<()> {
    // The handler may run until the very end: the memory stays.
    let memory: &'static SharedMemory = Box::leak(Box::new(Arc::clone(memory)));
    AT.store(limits.last_words_at(), Ordering::Relaxed);
    DESCRIBE.store(describe as *mut (), Ordering::Relaxed);
    MEMORY.store(ptr::from_ref(memory).cast_mut(), Ordering::Release);
    signal_stack_for_this_thread()?;
    // SAFETY: the function is there as long as the program.
    if unsafe { libc::atexit(on_exit) } != 0 {
        return Err(io::Error::other("the system has no room for what is to be done at exit"));
    }
    for signal in DEADLY {
        // SAFETY: plain numbers; the handler does what a handler may.
        let failed = unsafe {
            let mut action: libc::sigaction = mem::zeroed();
            action.sa_sigaction = on_deadly_signal as *const () as usize;
            // Reset before the handler runs: the signal that it sends itself is the end.
            action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK | libc::SA_RESETHAND;
            libc::sigaction(signal, &action, ptr::null_mut())
        };
        if failed != 0 {
            return Err(io::Error::last_os_error());
        }
    }
    Ok(())
}

fn memory() -> Option<&'static SharedMemory> {
    // SAFETY: it points at memory that stays, or nowhere.
    unsafe { MEMORY.load(Ordering::Acquire).as_ref() }
}

extern "C" fn on_deadly_signal(signal: libc::c_int, _: *mut libc::siginfo_t, _: *mut libc::c_void) {
    if let Some(memory) = memory() {
        let control = Control(memory);
        control.word(DEATH).store(signal.cast_unsigned(), Ordering::SeqCst);
        let answers = control.word(ANSWER);
        answers.fetch_or(DEAD, Ordering::SeqCst);
        // SAFETY: a system call on a word that stays.
        unsafe {
            libc::syscall(libc::SYS_futex, ptr::from_ref(answers), libc::FUTEX_WAKE, libc::c_int::MAX);
        }
        describe(memory);
    }
    // SAFETY: the handler was reset: this is the end.
    unsafe { libc::raise(signal) };
}

/// A document may leave by `exit`, in the middle of anything.
extern "C" fn on_exit() {
    memory().into_iter().for_each(describe);
}

fn describe(memory: &SharedMemory) {
    let describe = DESCRIBE.load(Ordering::Relaxed);
    if describe.is_null() || IS_DESCRIBED.swap(true, Ordering::Relaxed) {
        return;
    }
    // SAFETY: it was stored as a function of this type.
    let describe = unsafe { mem::transmute::<*mut (), fn(&mut [u8]) -> usize>(describe) };
    let mut place = [0; PLACE_BYTES];
    let length = describe(&mut place).min(PLACE_BYTES);
    let at = AT.load(Ordering::Relaxed);
    for (to, byte) in memory.bytes_of(at + 1, PLACE_BYTES).iter().zip(&place[..length]) {
        to.store(*byte, Ordering::Relaxed);
    }
    memory.words(at, 1)[0].store(length as u32, Ordering::Release);
}

/// Keeps what is printed, so that the host can say the end of it when this process has died. `[audio]`
pub fn print(text: &[u8]) {
    let Some(memory) = memory() else { return };
    let at = AT.load(Ordering::Relaxed) + 1 + PLACE_BYTES / 4;
    let count = &memory.words(at, 1)[0];
    let kept = memory.bytes_of(at + 1, PRINTED_BYTES);
    let mut printed = count.load(Ordering::Relaxed);
    for byte in text {
        kept[printed as usize % PRINTED_BYTES].store(*byte, Ordering::Relaxed);
        printed = printed.wrapping_add(1);
    }
    count.store(printed, Ordering::Release);
}

/// Forgets what was printed: it has nothing to do with what comes. `[control]`
pub fn forget_printed() {
    let at = AT.load(Ordering::Relaxed) + 1 + PLACE_BYTES / 4;
    memory().into_iter().for_each(|memory| memory.words(at, 1)[0].store(0, Ordering::Release));
}

/// How many bytes were given to [`print()`], in circles of 2^32. `[any]`
pub fn printed_bytes() -> u32 {
    let at = AT.load(Ordering::Relaxed) + 1 + PLACE_BYTES / 4;
    memory().map_or(0, |memory| memory.words(at, 1)[0].load(Ordering::Relaxed))
}

/// Gives the calling thread a stack for signals, for as long as the process lives. A thread that may overflow its own
/// calls it once. `[control]`
///
/// # Errors
/// Where the system refuses.
pub fn signal_stack_for_this_thread() -> io::Result<()> {
    let stack: &'static mut [u8] = Box::leak(vec![0; SIGNAL_STACK_BYTES].into());
    let stack = libc::stack_t { ss_sp: stack.as_mut_ptr().cast(), ss_flags: 0, ss_size: stack.len() };
    // SAFETY: the memory is leaked, so that it is there as long as the thread.
    let failed = unsafe { libc::sigaltstack(&stack, ptr::null_mut()) };
    if failed == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

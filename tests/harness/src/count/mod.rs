//! How often one thread allocates, frees and locks while it does a piece of work, in Rust and in C alike.
//!
//! A program that calls [`counted`] has `malloc` and its relatives and `pthread_mutex_lock` replaced by
//! `count.c` for the whole process: for Rust, for libcsound and for plugins that it loads. Calls of other
//! threads are not counted. Rust's own `Mutex` takes no pthread lock and is not seen.
//!
//! Only Linux with glibc: [`counted`] gives no counts elsewhere.

use std::collections::BTreeMap;
use std::fmt;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// malloc, calloc, realloc and the aligned ones.
    Allocation,
    /// free of something.
    Release,
    /// pthread_mutex_lock, contended or not.
    Lock,
}

const KINDS: [Kind; 3] = [Kind::Allocation, Kind::Release, Kind::Lock];

/// What one thread did during a piece of work.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// All calls of each kind, in the order of [`Kind`].
    totals: [u64; 3],
    /// Calls by kind, library and function, of the first 4096 calls.
    callers: BTreeMap<(Kind, Caller), u64>,
}

/// Who called; where a function ended by jumping to malloc or lock, the one that had called it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Caller {
    /// File name of the library or program, without its folder.
    library: String,
    /// The nearest exported function, empty where none is known.
    function: String,
}

impl Counts {
    /// All calls of a kind, whoever made them. `[any]`
    pub fn total(&self, kind: Kind) -> u64 {
        self.totals[kind as usize]
    }

    /// Calls of a kind that came from a library whose file name holds `library`. Callers behind the first
    /// 4096 calls are not known and not counted here. `[any]`
    pub fn from(&self, kind: Kind, library: &str) -> u64 {
        let calls = self.callers.iter();
        calls
            .filter(|((of, caller), _)| *of == kind && caller.library.contains(library))
            .map(|(_, n)| n)
            .sum()
    }

    /// The same work's counts added up over several pieces. `[any]`
    pub fn add(&mut self, other: &Self) {
        for (total, more) in self.totals.iter_mut().zip(other.totals) {
            *total += more;
        }
        for (caller, more) in &other.callers {
            *self.callers.entry(caller.clone()).or_default() += more;
        }
    }
}

impl fmt::Display for Counts {
    /// One line for each caller: `12 allocations by csoundReadScore in libcsound64.so.6.0`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.callers.is_empty() {
            return write!(f, "nothing allocated, freed or locked");
        }
        for (index, ((kind, caller), count)) in self.callers.iter().enumerate() {
            let noun = match kind {
                Kind::Allocation => "allocations",
                Kind::Release => "releases",
                Kind::Lock => "locks",
            };
            let separator = if index == 0 { "" } else { "\n" };
            let function = if caller.function.is_empty() { "?" } else { &caller.function };
            write!(f, "{separator}{count} {noun} by {function} in {}", caller.library)?;
        }
        Ok(())
    }
}

/// Does the work and says what it allocated, freed and locked on this thread; `None` where that cannot be
/// counted. Does not nest: work that counts inside ends the outer count. `[any]`
pub fn counted<R>(work: impl FnOnce() -> R) -> (R, Option<Counts>) {
    shim::counted(work)
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[expect(unsafe_code, reason = "the counters are in C, where libc's names can be taken")]
mod shim {
    use std::collections::BTreeMap;
    use std::ffi::{CStr, c_char, c_int};
    use std::path::Path;
    use std::ptr;

    use super::{Caller, Counts, KINDS};

    unsafe extern "C" {
        fn ksmps_count_start();
        fn ksmps_count_stop(totals: *mut [u64; 3]) -> u64;
        fn ksmps_count_caller(index: u64, library: *mut *const c_char, symbol: *mut *const c_char) -> c_int;
    }

    pub fn counted<R>(work: impl FnOnce() -> R) -> (R, Option<Counts>) {
        // SAFETY: takes nothing and touches only this thread's counters.
        unsafe { ksmps_count_start() };
        let result = work();
        let mut totals = [0; 3];
        // SAFETY: `totals` has room for the three kinds that count.c writes.
        let noted = unsafe { ksmps_count_stop(&raw mut totals) };
        let mut callers = BTreeMap::new();
        for index in 0..noted {
            let (mut library, mut symbol) = (ptr::null(), ptr::null());
            // SAFETY: both point to variables of ours; count.c checks the index.
            let kind = unsafe { ksmps_count_caller(index, &raw mut library, &raw mut symbol) };
            let Some(kind) = usize::try_from(kind).ok().and_then(|kind| KINDS.get(kind)) else { continue };
            // SAFETY: what count.c gives is NULL or a string of the loader, which outlives this loop.
            let (library, function) = unsafe { (text(library), text(symbol)) };
            let library = Path::new(&library).file_name().unwrap_or_default().to_string_lossy().into_owned();
            *callers.entry((*kind, Caller { library, function })).or_default() += 1;
        }
        (result, Some(Counts { totals, callers }))
    }

    /// # Safety
    /// `text` is NULL or a C string that stays for the call.
    unsafe fn text(text: *const c_char) -> String {
        if text.is_null() {
            return String::new();
        }
        // SAFETY: the caller's promise.
        unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned()
    }
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
mod shim {
    pub fn counted<R>(work: impl FnOnce() -> R) -> (R, Option<super::Counts>) {
        (work(), None)
    }
}

#[cfg(all(test, target_os = "linux", target_env = "gnu"))]
mod tests {
    use std::ffi::c_void;
    use std::hint::black_box;

    use super::{Kind, counted};

    #[test]
    fn what_rust_allocates_is_seen() {
        let (_, counts) = counted(|| {
            drop(black_box(vec![1_u8; 100]));
            black_box(Box::new(7_u64));
        });
        let counts = counts.unwrap();
        assert_eq!((counts.total(Kind::Allocation), counts.total(Kind::Release)), (2, 2), "{counts}");
    }

    #[test]
    #[expect(unsafe_code, reason = "calls into libcsound as it lies on the system")]
    fn what_a_loaded_library_allocates_and_locks_is_seen() {
        type Create = unsafe extern "C" fn(i32) -> *mut c_void;
        type Use = unsafe extern "C" fn(*mut c_void);
        // SAFETY: libcsound's constructors and these three functions ask for nothing but what csound.h says:
        // a mutex is made, locked once, and unlocked and freed by whoever made it.
        let (counts, csound) = unsafe {
            let csound = libloading::Library::new("libcsound64.so.6.0").unwrap();
            let create = csound.get::<Create>(c"csoundCreateMutex").unwrap();
            let lock = csound.get::<Use>(c"csoundLockMutex").unwrap();
            let unlock = csound.get::<Use>(c"csoundUnlockMutex").unwrap();
            let destroy = csound.get::<Use>(c"csoundDestroyMutex").unwrap();
            let (_, counts) = counted(|| {
                let mutex = create(0);
                lock(mutex);
                unlock(mutex);
                destroy(mutex);
            });
            (counts.unwrap(), csound)
        };
        for kind in [Kind::Allocation, Kind::Release, Kind::Lock] {
            assert_eq!(counts.total(kind), 1, "{kind:?}\n{counts}");
        }
        assert_eq!(counts.from(Kind::Allocation, "libcsound64"), 1, "{counts}");
        drop(csound);
    }

    #[test]
    fn quiet_work_counts_nothing() {
        let mut samples = vec![0.5_f32; 64];
        let (_, counts) =
            counted(|| samples.iter_mut().for_each(|sample| *sample = black_box(*sample * 0.5)));
        assert_eq!(counts.unwrap().to_string(), "nothing allocated, freed or locked");
    }

    #[test]
    fn other_threads_are_not_counted() {
        let (sender, receiver) = std::sync::mpsc::channel::<()>();
        let worker = std::thread::spawn(move || {
            for _ in 0..1000 {
                black_box(vec![0_u8; 1000]);
            }
            drop(sender);
        });
        let (_, counts) =
            counted(|| while receiver.try_recv() != Err(std::sync::mpsc::TryRecvError::Disconnected) {});
        worker.join().unwrap();
        assert_eq!(counts.unwrap().total(Kind::Allocation), 0);
    }
}

//! From an instance to its CLAP host: what changed, said on the host's main thread.

use std::cell::RefCell;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use clap_sys::host::clap_host;

use crate::roster::RosterChange;
use crate::slots::Bank;

thread_local! {
    /// The link of the instance that this thread is making, for [`HostLink::of_the_making`].
    static MAKING: RefCell<Option<Arc<HostLink>>> = const { RefCell::new(None) };
}

/// Names, groups, texts and values are to be read again.
pub(super) const RESCAN: u32 = 1;
/// Critical properties changed.
pub(super) const RESCAN_ALL: u32 = 2;
/// The project has something to save.
pub(super) const MARK_DIRTY: u32 = 4;
/// The latency is another: it may be told while the plugin is being activated.
pub(super) const RESTART: u32 = 8;

/// The way from an instance to its CLAP host: what is asked here is said to the host on its main thread.
pub struct HostLink {
    host: Mutex<Option<HostPointer>>,
    wanted: AtomicU32,
    /// Whose parameters the host sees.
    bank: OnceLock<Weak<Bank>>,
}

/// A host between `init` and `destroy`.
pub(super) struct HostPointer(pub(super) NonNull<clap_host>);

// SAFETY: The only call made through it from any thread is `request_callback`, which CLAP marks thread-safe; the
// others are made in functions that the host calls on its main thread. It is taken away before the host may go.
unsafe impl Send for HostPointer {}

impl HostLink {
    /// Makes an instance with a link of its own: what `make` creates finds it in [`Self::of_the_making`]. [control]
    pub(super) fn around<T>(make: impl FnOnce() -> T) -> (Arc<Self>, T) {
        let link =
            Arc::new(Self { host: Mutex::new(None), wanted: AtomicU32::new(0), bank: OnceLock::new() });
        MAKING.set(Some(Arc::clone(&link)));
        let made = make();
        MAKING.set(None);
        (link, made)
    }

    /// The link of the instance being made on this thread; `None` when it is not made through CLAP. [control]
    pub fn of_the_making() -> Option<Arc<Self>> {
        MAKING.with_borrow(Clone::clone)
    }

    /// Says whose parameters the host sees through this link. [control]
    pub fn serve(&self, bank: &Arc<Bank>) {
        // A link is made with its instance, so that a second bank is not to be expected; the first stays.
        let _ = self.bank.set(Arc::downgrade(bank));
    }

    /// Lets the host read names, texts and values again. [any] but the audio thread
    pub fn rescan(&self, change: RosterChange) {
        self.ask(if change.per_note { RESCAN | RESCAN_ALL } else { RESCAN });
    }

    /// Tells the host that the project has something to save. [any] but the audio thread
    pub fn mark_dirty(&self) {
        self.ask(MARK_DIRTY);
    }

    /// Has the host activate the plugin anew, for another latency. [audio]
    pub fn restart(&self) {
        self.wanted.fetch_or(RESTART, Ordering::AcqRel);
        self.knock();
    }

    /// Gets the host to call `on_main_thread`, without waiting for anything. [audio]
    pub fn knock(&self) {
        // Who holds the lock is asking the same of the host, or about to see it go.
        if let Ok(host) = self.host.try_lock() {
            call_back(host.as_ref());
        }
    }

    fn ask(&self, what: u32) {
        self.wanted.fetch_or(what, Ordering::AcqRel);
        call_back(self.host.lock().unwrap_or_else(PoisonError::into_inner).as_ref());
    }

    /// What was asked among `what`, which is no longer asked then. [control]
    pub(super) fn take(&self, what: u32) -> u32 {
        self.wanted.fetch_and(!what, Ordering::AcqRel) & what
    }

    /// Whether `what` was asked. [control]
    pub(super) fn wants(&self, what: u32) -> bool {
        self.wanted.load(Ordering::Acquire) & what != 0
    }

    /// The host can be spoken to from now on, or no longer. [control]
    pub(super) fn set_host(&self, host: Option<HostPointer>) {
        *self.host.lock().unwrap_or_else(PoisonError::into_inner) = host;
    }

    /// Whose parameters the host sees. [control]
    pub(super) fn bank(&self) -> Option<Arc<Bank>> {
        self.bank.get()?.upgrade()
    }
}

fn call_back(host: Option<&HostPointer>) {
    let Some(HostPointer(host)) = host else { return };
    // SAFETY: The pointer is there from `init` to `destroy`, in which the host keeps it valid, and the lock it was
    // read under keeps `destroy` from getting on during the call. `request_callback` may come from any thread.
    unsafe {
        if let Some(request_callback) = host.as_ref().request_callback {
            request_callback(host.as_ptr());
        }
    }
}

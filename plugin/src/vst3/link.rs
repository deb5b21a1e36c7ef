//! From an instance to its VST3 host: what changed, said while the host's own call is being answered.

use std::cell::RefCell;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use ksmps_core::params::SLOTS;
use vst3::ComPtr;
use vst3::Steinberg::Vst::RestartFlags_::{kParamTitlesChanged, kParamValuesChanged};
use vst3::Steinberg::Vst::{IComponentHandler, IComponentHandlerTrait};

use crate::slots::Bank;

thread_local! {
    /// The link of the instance that this thread is making, for [`Vst3Link::of_the_making`].
    static MAKING: RefCell<Option<Arc<Vst3Link>>> = const { RefCell::new(None) };
}

/// What the exchanged functions of a VST3 object share with its instance.
#[derive(Default)]
pub struct Vst3Link {
    bank: OnceLock<Weak<Bank>>,
    handler: Mutex<Option<ComPtr<IComponentHandler>>>,
    /// The host has read titles or values that hold no longer.
    is_stale: AtomicBool,
    /// The title that the host read last, by slot; empty before the first time.
    titles: Mutex<Vec<String>>,
}

impl Vst3Link {
    /// Makes an instance with a link of its own: what `make` creates finds it in [`Self::of_the_making`]. [control]
    pub(super) fn around<T>(make: impl FnOnce() -> T) -> (Arc<Self>, T) {
        let link = Arc::new(Self::default());
        MAKING.set(Some(Arc::clone(&link)));
        let made = make();
        MAKING.set(None);
        (link, made)
    }

    /// The link of the instance being made on this thread; `None` when it is not made through VST3. [control]
    pub fn of_the_making() -> Option<Arc<Self>> {
        MAKING.with_borrow(Clone::clone)
    }

    /// Says whose parameters the host sees through this link. [control]
    pub fn serve(&self, bank: &Arc<Bank>) {
        // A link is made with its instance, so that a second bank is not to be expected; the first stays.
        let _ = self.bank.set(Arc::downgrade(bank));
    }

    /// Whose parameters the host sees. [control]
    pub(super) fn bank(&self) -> Option<Arc<Bank>> {
        self.bank.get()?.upgrade()
    }

    /// Whom to tell, from now on. [control]
    pub(super) fn set_handler(&self, handler: Option<ComPtr<IComponentHandler>>) {
        *self.handler.lock().unwrap_or_else(PoisonError::into_inner) = handler;
    }

    /// The host is to read titles and values again, when it next gives an occasion. [any] but the audio thread
    pub fn rescan(&self) {
        self.is_stale.store(true, Ordering::Release);
    }

    /// Tells the host if there is something. The interface wants that on the host's main thread. [control]
    pub(super) fn tell(&self) {
        // Without the lock: the host may call back.
        let handler = self.handler.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(handler) = handler
            && self.is_stale.swap(false, Ordering::AcqRel)
        {
            // SAFETY: The handler is counted for as long as we hold it.
            unsafe { handler.restartComponent(kParamTitlesChanged | kParamValuesChanged) };
        }
    }

    /// Notes which title the host has read. [control]
    pub(super) fn note_title(&self, slot: usize, title: &str) {
        let mut titles = self.titles.lock().unwrap_or_else(PoisonError::into_inner);
        titles.resize(SLOTS, String::new());
        if let Some(noted) = titles.get_mut(slot) {
            title.clone_into(noted);
        }
    }

    /// Whether the host knows a slot under this title. [any] but the audio thread
    pub fn knows(&self, slot: usize, title: &str) -> bool {
        let titles = self.titles.lock().unwrap_or_else(PoisonError::into_inner);
        titles.get(slot).is_some_and(|noted| noted == title)
    }
}

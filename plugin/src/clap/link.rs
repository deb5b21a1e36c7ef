//! From an instance to its CLAP host: what changed, said on the host's main thread.

use std::ptr::NonNull;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use clap_sys::events::{
    CLAP_CORE_EVENT_SPACE_ID, CLAP_EVENT_PARAM_GESTURE_BEGIN, CLAP_EVENT_PARAM_GESTURE_END,
    CLAP_EVENT_PARAM_VALUE, clap_event_header, clap_event_param_gesture, clap_event_param_value,
    clap_output_events,
};
use clap_sys::ext::params::{CLAP_EXT_PARAMS, clap_host_params};
use clap_sys::host::clap_host;
use clap_sys::id::clap_id;
use crossbeam_queue::ArrayQueue;
use ksmps_core::params::Param;

use crate::host_link::{EDITS_MAX, HostLink, ParamEdit, ParamMenu};
use crate::instance::Instance;
use crate::param_list::ParamListChange;

/// Names, groups, texts and values are to be read again.
pub(super) const RESCAN: u32 = 1;
/// Critical properties changed.
pub(super) const RESCAN_ALL: u32 = 2;
/// The project has something to save.
pub(super) const MARK_DIRTY: u32 = 4;
/// The plugin is to be activated anew: only then may its latency change.
pub(super) const RESTART: u32 = 8;

/// The orchestra moved parameters, whose values are to be shown.
pub(super) const SHOW_WRITTEN: u32 = 16;

/// The host is to show its menu for a parameter.
pub(super) const SHOW_MENU: u32 = 32;

/// The way from an instance to its CLAP host: what is asked here is said to the host on its main thread.
pub struct ClapLink {
    host: Mutex<Option<HostPointer>>,
    wanted: AtomicU32,
    is_active: AtomicBool,
    is_offline: AtomicBool,
    /// The host has a menu for parameters.
    has_menu: AtomicBool,
    /// The menu that the host is to show; a later one takes its place.
    menu: ArrayQueue<ParamMenu>,
    /// What the user did to parameters in the editor, until the host takes events.
    edits: ArrayQueue<(usize, ParamEdit)>,
    /// Where events of the block at hand go; null between blocks.
    output: AtomicPtr<clap_output_events>,
    /// The framework's numbers of the slots, by slot.
    param_ids: OnceLock<Vec<clap_id>>,
    instance: OnceLock<Weak<Instance>>,
}

/// A host between `init` and `destroy`.
pub(super) struct HostPointer(pub(super) NonNull<clap_host>);

// SAFETY: The only call made through it from any thread is `request_callback`, which CLAP marks thread-safe; the
// others are made in functions that the host calls on its main thread. It is taken away before the host may go.
unsafe impl Send for HostPointer {}

impl HostLink for ClapLink {
    fn attach(&self, instance: &Arc<Instance>) {
        // A link is made with its instance, so that a second is not to be expected; the first stays.
        let _ = self.instance.set(Arc::downgrade(instance));
    }

    fn params_changed(&self, change: ParamListChange) {
        self.ask(if change.per_note { RESCAN | RESCAN_ALL } else { RESCAN });
    }

    fn mark_dirty(&self) {
        self.ask(MARK_DIRTY);
    }

    /// In an activation the host is told by the object; at any other time it is to activate the plugin anew.
    fn latency_changed(&self, _framework: &mut dyn FnMut()) {
        if self.is_active() {
            self.ask_from_audio(RESTART);
        }
    }

    fn send_param(&self, frame: u32, slot: usize, normalized: f64) {
        let id = self.param_ids.get().and_then(|ids| ids.get(slot));
        // SAFETY: The pointer is there during the host's call of `process` alone, on whose thread this is.
        let output = unsafe { self.output.load(Ordering::Relaxed).as_ref() };
        if let (Some(id), Some(output)) = (id, output) {
            // SAFETY: As above.
            unsafe { push_move(output, frame, *id, normalized) };
            self.ask_from_audio(SHOW_WRITTEN);
        }
    }

    fn edit_param(&self, slot: usize, edit: ParamEdit) {
        // An edit too many goes unsaid.
        let _ = self.edits.push((slot, edit));
        if let Some(HostPointer(host)) = self.host.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
            request_flush(*host);
        }
    }

    fn has_menu(&self) -> bool {
        self.has_menu.load(Ordering::Relaxed)
    }

    fn show_menu(&self, menu: ParamMenu) {
        self.menu.force_push(menu);
        self.ask(SHOW_MENU);
    }

    /// CLAP hosts see real names: a text is the value alone.
    fn value_text(&self, _slot: usize, param: Option<&Param>, normalized: f64) -> String {
        param.map_or_else(|| format!("{normalized:.3}"), |param| param.text(normalized))
    }

    fn is_offline(&self) -> bool {
        self.is_offline.load(Ordering::Relaxed)
    }
}

impl Default for ClapLink {
    /// A link of an object that is being made. `[control]`
    fn default() -> Self {
        Self {
            host: Mutex::default(),
            wanted: AtomicU32::new(0),
            is_active: AtomicBool::new(false),
            is_offline: AtomicBool::new(false),
            has_menu: AtomicBool::new(false),
            menu: ArrayQueue::new(1),
            edits: ArrayQueue::new(EDITS_MAX),
            output: AtomicPtr::default(),
            param_ids: OnceLock::new(),
            instance: OnceLock::new(),
        }
    }
}

impl ClapLink {
    /// The host's main thread is to call the plugin. `[any]` but the audio thread
    pub(super) fn ask_to_be_called(&self) {
        self.ask(0);
    }

    /// Says what the user did to parameters in the editor. `[audio]`, in an inactive plugin `[control]`
    ///
    /// # Safety
    /// `output` is null or the host's, during its call.
    pub(super) unsafe fn send_edits(&self, output: *const clap_output_events) {
        // SAFETY: The caller answers for the list.
        let Some(output) = (unsafe { output.as_ref() }) else { return };
        for _ in 0..self.edits.len() {
            let Some((slot, edit)) = self.edits.pop() else { return };
            if let Some(id) = self.param_ids().get(slot) {
                // SAFETY: As above.
                unsafe { push_edit(output, 0, *id, edit) };
            }
        }
    }

    fn ask(&self, what: u32) {
        self.wanted.fetch_or(what, Ordering::AcqRel);
        call_back(self.host.lock().unwrap_or_else(PoisonError::into_inner).as_ref());
    }

    /// As [`Self::ask`], without waiting for anything. `[audio]`
    fn ask_from_audio(&self, what: u32) {
        if self.wanted.fetch_or(what, Ordering::AcqRel) & what != what
            // Who holds the lock is asking the same of the host, or about to see it go.
            && let Ok(host) = self.host.try_lock()
        {
            call_back(host.as_ref());
        }
    }

    /// Where events of the block at hand go; null when it ends. `[audio]`
    pub(super) fn set_output(&self, output: *const clap_output_events) {
        self.output.store(output.cast_mut(), Ordering::Relaxed);
    }

    /// How the framework numbers the slots. Once. `[control]`
    pub(super) fn set_param_ids(&self, ids: Vec<clap_id>) {
        let _ = self.param_ids.set(ids);
    }

    /// How the framework numbers the slots. `[any]`
    pub(super) fn param_ids(&self) -> &[clap_id] {
        self.param_ids.get().map_or(&[], Vec::as_slice)
    }

    /// What was asked among `what`, which is no longer asked then. `[control]`
    pub(super) fn take(&self, what: u32) -> u32 {
        self.wanted.fetch_and(!what, Ordering::AcqRel) & what
    }

    /// Whether `what` was asked. `[control]`
    pub(super) fn wants(&self, what: u32) -> bool {
        self.wanted.load(Ordering::Acquire) & what != 0
    }

    /// The host can be spoken to from now on, or no longer. `[control]`
    pub(super) fn set_host(&self, host: Option<HostPointer>) {
        *self.host.lock().unwrap_or_else(PoisonError::into_inner) = host;
    }

    /// The host has a menu for parameters, or none. `[control]`
    pub(super) fn set_has_menu(&self, has_menu: bool) {
        self.has_menu.store(has_menu, Ordering::Relaxed);
    }

    /// The menu that is to be shown, with the framework's number of its parameter. `[control]`
    pub(super) fn take_menu(&self) -> Option<(clap_id, ParamMenu)> {
        let menu = self.menu.pop()?;
        Some((*self.param_ids().get(menu.slot)?, menu))
    }

    /// The plugin is active from now on, or no longer. `[control]`
    pub(super) fn set_active(&self, is_active: bool) {
        self.is_active.store(is_active, Ordering::Release);
    }

    /// Whether the plugin is active. `[any]`
    pub(super) fn is_active(&self) -> bool {
        self.is_active.load(Ordering::Acquire)
    }

    /// The host renders offline from now on, or no longer. `[control]`
    pub(super) fn set_offline(&self, is_offline: bool) {
        self.is_offline.store(is_offline, Ordering::Relaxed);
    }

    /// Whose host this is. `[control]`
    pub(super) fn instance(&self) -> Option<Arc<Instance>> {
        self.instance.get()?.upgrade()
    }
}

/// A move of a parameter, from the touch to the release.
///
/// # Safety
/// `output` is the host's, during its call of `process`.
unsafe fn push_move(output: &clap_output_events, frame: u32, param_id: clap_id, value: f64) {
    for edit in [ParamEdit::Begin, ParamEdit::Value(value), ParamEdit::End] {
        // SAFETY: The caller answers for the list.
        if !unsafe { push_edit(output, frame, param_id, edit) } {
            return;
        }
    }
}

/// A part of a parameter's move. Whether the host took it.
///
/// # Safety
/// `output` is the host's, during its call.
unsafe fn push_edit(output: &clap_output_events, frame: u32, param_id: clap_id, edit: ParamEdit) -> bool {
    let header = |size: usize, type_: u16| clap_event_header {
        size: size as u32,
        time: frame,
        space_id: CLAP_CORE_EVENT_SPACE_ID,
        type_,
        flags: 0,
    };
    let gesture = |type_| clap_event_param_gesture {
        header: header(size_of::<clap_event_param_gesture>(), type_),
        param_id,
    };
    let value = |value| clap_event_param_value {
        header: header(size_of::<clap_event_param_value>(), CLAP_EVENT_PARAM_VALUE),
        param_id,
        cookie: std::ptr::null_mut(),
        note_id: -1,
        port_index: -1,
        channel: -1,
        key: -1,
        value,
    };
    let Some(push) = output.try_push else { return false };
    // SAFETY: The caller answers for the list; each header is the first field of its event.
    unsafe {
        match edit {
            ParamEdit::Begin => push(output, &gesture(CLAP_EVENT_PARAM_GESTURE_BEGIN).header),
            ParamEdit::Value(normalized) => push(output, &value(normalized).header),
            ParamEdit::End => push(output, &gesture(CLAP_EVENT_PARAM_GESTURE_END).header),
        }
    }
}

/// The host is to take events, also while it does not play.
fn request_flush(host: NonNull<clap_host>) {
    // SAFETY: As in `call_back`; both calls may come from any thread, and the extension is of this type.
    unsafe {
        let params = host.as_ref().get_extension.map(|get| get(host.as_ptr(), CLAP_EXT_PARAMS.as_ptr()));
        let params = params.and_then(|params| params.cast::<clap_host_params>().as_ref());
        if let Some(request_flush) = params.and_then(|params| params.request_flush) {
            request_flush(host.as_ptr());
        }
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

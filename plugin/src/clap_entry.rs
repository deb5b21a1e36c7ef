//! The CLAP entry, written by hand because the framework's own cannot say that a document changed.
//!
//! The framework's wrapper does the work; [`Instance`] stands between it and the host, with the same function
//! table except for a few entries: `params.get_info` tells the document's names, groups and defaults,
//! `on_main_thread` passes on what [`HostLink`] asked for (rescan, mark dirty), `deactivate` is where a host may
//! learn of critical changes. It rests on one property of nice-plug 0.4.2: its functions take nothing from the
//! `clap_plugin` they are given but `plugin_data`. To be read again when the framework is upgraded.

#![expect(unsafe_code, reason = "the CLAP entry is C: raw pointers to and from the host")]

use std::cell::RefCell;
use std::ffi::{CStr, c_char, c_void};
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use clap_sys::entry::clap_plugin_entry;
use clap_sys::ext::params::{
    CLAP_EXT_PARAMS, CLAP_PARAM_IS_HIDDEN, CLAP_PARAM_IS_MODULATABLE_PER_NOTE_ID, CLAP_PARAM_RESCAN_ALL,
    CLAP_PARAM_RESCAN_INFO, CLAP_PARAM_RESCAN_TEXT, CLAP_PARAM_RESCAN_VALUES, clap_host_params,
    clap_param_info, clap_plugin_params,
};
use clap_sys::ext::state::{CLAP_EXT_STATE, clap_host_state};
use clap_sys::factory::plugin_factory::{CLAP_PLUGIN_FACTORY_ID, clap_plugin_factory};
use clap_sys::host::clap_host;
use clap_sys::plugin::{clap_plugin, clap_plugin_descriptor};
use clap_sys::version::CLAP_VERSION;
use ksmps_core::params::Param;
use nice_plug::prelude::ClapPlugin;
use nice_plug::wrapper::clap::{PluginDescriptor, Wrapper};
use nice_plug::wrapper::setup_logger;

use crate::kinds::{Effect, Instrument, MultiOut};
use crate::slots::{Bank, RosterChange};

thread_local! {
    /// The link of the instance that this thread is making, for [`HostLink::of_the_making`].
    static MAKING: RefCell<Option<Arc<HostLink>>> = const { RefCell::new(None) };
}

const RESCAN: u32 = 1;
const RESCAN_ALL: u32 = 2;
const MARK_DIRTY: u32 = 4;

/// The way from an instance to its CLAP host: what is asked here is said to the host on its main thread.
pub struct HostLink {
    host: Mutex<Option<HostPointer>>,
    wanted: AtomicU32,
    bank: OnceLock<Weak<Bank>>,
}

struct HostPointer(NonNull<clap_host>);

// SAFETY: The only call made through it from any thread is `request_callback`, which CLAP marks thread-safe; the
// others are made in functions that the host calls on its main thread. It is taken away before the host may go.
unsafe impl Send for HostPointer {}

impl HostLink {
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

    fn ask(&self, what: u32) {
        self.wanted.fetch_or(what, Ordering::AcqRel);
        let host = self.host.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(HostPointer(host)) = &*host {
            // SAFETY: The pointer is there from `init` to `destroy`, in which the host keeps it valid, and this
            // lock keeps `destroy` from getting on during the call. `request_callback` may come from any thread.
            unsafe {
                if let Some(request_callback) = host.as_ref().request_callback {
                    request_callback(host.as_ptr());
                }
            }
        }
    }

    fn set_host(&self, host: Option<HostPointer>) {
        *self.host.lock().unwrap_or_else(PoisonError::into_inner) = host;
    }

    fn bank(&self) -> Option<Arc<Bank>> {
        self.bank.get()?.upgrade()
    }
}

/// What the host holds as its plugin.
#[repr(C)]
struct Instance {
    /// First, so that the host's pointer to it is a pointer to the instance.
    plugin: clap_plugin,
    params: clap_plugin_params,
    wrapped: clap_plugin,
    wrapped_get_info: GetInfo,
    host: NonNull<clap_host>,
    active: AtomicBool,
    link: Arc<HostLink>,
}

type GetInfo = Option<unsafe extern "C" fn(*const clap_plugin, u32, *mut clap_param_info) -> bool>;

/// # Safety
/// `host` is valid until the instance is destroyed.
unsafe fn create<P: ClapPlugin>(host: NonNull<clap_host>) -> *const clap_plugin {
    let link =
        Arc::new(HostLink { host: Mutex::new(None), wanted: AtomicU32::new(0), bank: OnceLock::new() });
    MAKING.set(Some(Arc::clone(&link)));
    // SAFETY: The host outlives the wrapper, as the caller says.
    let wrapper = unsafe { Wrapper::<P>::new(host.as_ptr()) };
    MAKING.set(None);
    let wrapped = *wrapper.clap_plugin.borrow();
    // The wrapper's `destroy` turns its `plugin_data` back into this `Arc`.
    let _ = Arc::into_raw(wrapper);
    let plugin = clap_plugin {
        init: Some(init),
        destroy: Some(destroy),
        activate: Some(activate),
        deactivate: Some(deactivate),
        get_extension: Some(get_extension),
        on_main_thread: Some(on_main_thread),
        ..wrapped
    };
    let active = AtomicBool::new(false);
    let mut instance =
        Instance { plugin, params: NO_PARAMS, wrapped, wrapped_get_info: None, host, active, link };
    // SAFETY: `get_extension` of the wrapper looks at the id and at `plugin_data`; what it answers for this id is
    // the table of functions inside the wrapper.
    unsafe {
        let params = wrapped.get_extension.map(|get| get(&wrapped, CLAP_EXT_PARAMS.as_ptr()));
        if let Some(params) = params.and_then(|params| params.cast::<clap_plugin_params>().as_ref()) {
            instance.wrapped_get_info = params.get_info;
            instance.params = clap_plugin_params { get_info: Some(get_info), ..*params };
        }
    }
    Box::into_raw(Box::new(instance)).cast()
}

const NO_PARAMS: clap_plugin_params = clap_plugin_params {
    count: None,
    get_info: None,
    get_value: None,
    value_to_text: None,
    text_to_value: None,
    flush: None,
};

/// # Safety
/// `plugin` comes from [`create`] and is not destroyed.
unsafe fn instance<'a>(plugin: *const clap_plugin) -> &'a Instance {
    // SAFETY: The plugin is the first field of a `repr(C)` instance that was boxed in `create`.
    unsafe { &*plugin.cast::<Instance>() }
}

/// # Safety
/// `T` is the type of the host's extension `id`; on the main thread between `init` and `destroy`.
unsafe fn host_extension<'a, T>(host: NonNull<clap_host>, id: &CStr) -> Option<&'a T> {
    // SAFETY: The caller answers for host, thread and type.
    unsafe { host.as_ref().get_extension?(host.as_ptr(), id.as_ptr()).cast::<T>().as_ref() }
}

unsafe extern "C" fn init(plugin: *const clap_plugin) -> bool {
    // SAFETY: The host calls this with the plugin it was given.
    let instance = unsafe { instance(plugin) };
    // SAFETY: The wrapper takes `plugin_data` alone, which is its own.
    let ready = instance.wrapped.init.is_some_and(|init| unsafe { init(plugin) });
    if ready {
        instance.link.set_host(Some(HostPointer(instance.host)));
    }
    ready
}

unsafe extern "C" fn destroy(plugin: *const clap_plugin) {
    // SAFETY: The host calls this once and last, with the plugin that `create` boxed.
    let instance = unsafe { Box::from_raw(plugin.cast_mut().cast::<Instance>()) };
    instance.link.set_host(None);
    if let Some(destroy) = instance.wrapped.destroy {
        // SAFETY: `plugin_data` is the wrapper's; the instance lives until the end of this function.
        unsafe { destroy(&instance.plugin) };
    }
}

unsafe extern "C" fn activate(
    plugin: *const clap_plugin,
    rate: f64,
    frames_min: u32,
    frames_max: u32,
) -> bool {
    // SAFETY: As in `init`.
    let instance = unsafe { instance(plugin) };
    // SAFETY: As in `init`.
    let active = instance
        .wrapped
        .activate
        .is_some_and(|activate| unsafe { activate(plugin, rate, frames_min, frames_max) });
    instance.active.store(active, Ordering::Release);
    active
}

unsafe extern "C" fn deactivate(plugin: *const clap_plugin) {
    // SAFETY: As in `init`.
    let instance = unsafe { instance(plugin) };
    if let Some(deactivate) = instance.wrapped.deactivate {
        // SAFETY: As in `init`.
        unsafe { deactivate(plugin) };
    }
    instance.active.store(false, Ordering::Release);
    // SAFETY: The host deactivates on its main thread.
    unsafe { rescan_all_if_wanted(instance) };
}

/// Critical properties may change in an inactive plugin only; an active one asks to be made so for a moment.
///
/// # Safety
/// On the host's main thread between `init` and `destroy`.
unsafe fn rescan_all_if_wanted(instance: &Instance) {
    if instance.link.wanted.load(Ordering::Acquire) & RESCAN_ALL == 0 {
        return;
    }
    // SAFETY: The caller answers for the thread.
    unsafe {
        if !instance.active.load(Ordering::Acquire) {
            instance.link.wanted.fetch_and(!RESCAN_ALL, Ordering::AcqRel);
            rescan(instance, CLAP_PARAM_RESCAN_ALL);
        } else if let Some(request_restart) = instance.host.as_ref().request_restart {
            request_restart(instance.host.as_ptr());
        }
    }
}

unsafe extern "C" fn get_extension(plugin: *const clap_plugin, id: *const c_char) -> *const c_void {
    // SAFETY: As in `init`.
    let instance = unsafe { instance(plugin) };
    // SAFETY: A host gives a C string.
    if !id.is_null() && unsafe { CStr::from_ptr(id) } == CLAP_EXT_PARAMS {
        return ptr::from_ref(&instance.params).cast();
    }
    // SAFETY: As in `init`.
    instance.wrapped.get_extension.map_or(ptr::null(), |get| unsafe { get(plugin, id) })
}

unsafe extern "C" fn on_main_thread(plugin: *const clap_plugin) {
    // SAFETY: As in `init`.
    let instance = unsafe { instance(plugin) };
    let wanted = instance.link.wanted.fetch_and(RESCAN_ALL, Ordering::AcqRel);
    // SAFETY: This is the main thread by the function's name.
    unsafe {
        if wanted & RESCAN != 0 {
            rescan(instance, CLAP_PARAM_RESCAN_INFO | CLAP_PARAM_RESCAN_TEXT | CLAP_PARAM_RESCAN_VALUES);
        }
        if wanted & MARK_DIRTY != 0
            && let Some(state) = host_extension::<clap_host_state>(instance.host, CLAP_EXT_STATE)
            && let Some(mark_dirty) = state.mark_dirty
        {
            mark_dirty(instance.host.as_ptr());
        }
        rescan_all_if_wanted(instance);
        if let Some(on_main_thread) = instance.wrapped.on_main_thread {
            on_main_thread(plugin);
        }
    }
}

/// # Safety
/// On the host's main thread between `init` and `destroy`.
unsafe fn rescan(instance: &Instance, flags: u32) {
    // SAFETY: `clap_host_params` is the type of this extension; the caller answers for the thread.
    unsafe {
        if let Some(params) = host_extension::<clap_host_params>(instance.host, CLAP_EXT_PARAMS)
            && let Some(rescan) = params.rescan
        {
            rescan(instance.host.as_ptr(), flags);
        }
    }
}

unsafe extern "C" fn get_info(plugin: *const clap_plugin, index: u32, info: *mut clap_param_info) -> bool {
    // SAFETY: As in `init`.
    let instance = unsafe { instance(plugin) };
    let Some(bank) = instance.link.bank() else { return false };
    // SAFETY: The wrapper fills a record that the host made. The framework panics for an index that is just one
    // too high, hence the check before.
    let filled = unsafe {
        instance.params.count.is_some_and(|count| index < count(plugin))
            && instance.wrapped_get_info.is_some_and(|get| get(plugin, index, info))
    };
    // SAFETY: The wrapper checked it and wrote to it.
    if filled && let Some(info) = unsafe { info.as_mut() } {
        describe(info, bank.roster().param(index as usize));
    }
    filled
}

/// What the wrapper cannot know: the document's side of a slot.
fn describe(info: &mut clap_param_info, param: Option<&Param>) {
    if param.is_none_or(|param| param.hidden) {
        info.flags |= CLAP_PARAM_IS_HIDDEN;
    }
    if !param.is_some_and(|param| param.per_note) {
        info.flags &= !CLAP_PARAM_IS_MODULATABLE_PER_NOTE_ID;
    }
    if let Some(param) = param {
        copy_text(&mut info.name, &param.label);
        copy_text(&mut info.module, &param.group);
        info.default_value = param.default.map_or(0.0, |default| param.normalized(default));
    }
}

/// Copies as many whole characters as fit before the closing zero.
fn copy_text(to: &mut [c_char], text: &str) {
    let mut end = text.len().min(to.len().saturating_sub(1));
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    to.fill(0);
    for (to, byte) in to.iter_mut().zip(text[..end].bytes()) {
        *to = byte as c_char;
    }
}

type Create = unsafe fn(NonNull<clap_host>) -> *const clap_plugin;

fn plugins() -> &'static [(PluginDescriptor, Create); 3] {
    static PLUGINS: OnceLock<[(PluginDescriptor, Create); 3]> = OnceLock::new();
    PLUGINS.get_or_init(|| {
        [
            (PluginDescriptor::for_plugin::<Instrument>(), create::<Instrument> as Create),
            (PluginDescriptor::for_plugin::<MultiOut>(), create::<MultiOut>),
            (PluginDescriptor::for_plugin::<Effect>(), create::<Effect>),
        ]
    })
}

unsafe extern "C" fn plugin_count(_factory: *const clap_plugin_factory) -> u32 {
    plugins().len() as u32
}

unsafe extern "C" fn plugin_descriptor(
    _factory: *const clap_plugin_factory,
    index: u32,
) -> *const clap_plugin_descriptor {
    let found = plugins().get(index as usize);
    found.map_or(ptr::null(), |(descriptor, _)| ptr::from_ref(descriptor.clap_plugin_descriptor()))
}

unsafe extern "C" fn create_plugin(
    _factory: *const clap_plugin_factory,
    host: *const clap_host,
    id: *const c_char,
) -> *const clap_plugin {
    let (Some(host), false) = (NonNull::new(host.cast_mut()), id.is_null()) else { return ptr::null() };
    // SAFETY: A host gives a C string.
    let id = unsafe { CStr::from_ptr(id) };
    match plugins().iter().find(|(descriptor, _)| descriptor.clap_id() == id) {
        // SAFETY: CLAP has the host outlive its plugins.
        Some((_, create)) => unsafe { create(host) },
        None => ptr::null(),
    }
}

static FACTORY: clap_plugin_factory = clap_plugin_factory {
    get_plugin_count: Some(plugin_count),
    get_plugin_descriptor: Some(plugin_descriptor),
    create_plugin: Some(create_plugin),
};

unsafe extern "C" fn entry_init(_path: *const c_char) -> bool {
    setup_logger::<Instrument>();
    true
}

unsafe extern "C" fn entry_deinit() {}

unsafe extern "C" fn get_factory(id: *const c_char) -> *const c_void {
    // SAFETY: A host gives a C string.
    if !id.is_null() && unsafe { CStr::from_ptr(id) } == CLAP_PLUGIN_FACTORY_ID {
        ptr::from_ref(&FACTORY).cast()
    } else {
        ptr::null()
    }
}

/// What a CLAP host looks for in the library.
// SAFETY: No other symbol of the library has this name.
#[unsafe(no_mangle)]
#[used]
pub static clap_entry: clap_plugin_entry = clap_plugin_entry {
    clap_version: CLAP_VERSION,
    init: Some(entry_init),
    deinit: Some(entry_deinit),
    get_factory: Some(get_factory),
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_is_cut_between_characters() {
        let mut name = [1; 8];
        for (text, kept) in [("Cutoff", "Cutoff"), ("Resonance", "Resonan"), ("Größößen", "Größ")] {
            copy_text(&mut name, text);
            // SAFETY: `copy_text` closes the text with a zero.
            assert_eq!(unsafe { CStr::from_ptr(name.as_ptr()) }.to_str(), Ok(kept));
        }
    }
}

//! What a CLAP host holds as its plugin: the framework's wrapper with a few functions exchanged.
//!
//! `params.get_info` tells the document's names, groups and defaults; `params.get_value` leaves modulation out;
//! `latency` is told in the very activation that changes it; `on_main_thread` passes on what [`HostLink`] asked for;
//! `deactivate` is where a host may learn of critical changes. It rests on one property of nice-plug 0.4.2: its functions take nothing from the `clap_plugin` they
//! are given but `plugin_data`. To be read again when the framework is upgraded.

use std::ffi::{CStr, c_char, c_void};
use std::ptr::{self, NonNull};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use clap_sys::ext::latency::{CLAP_EXT_LATENCY, clap_host_latency, clap_plugin_latency};
use clap_sys::ext::params::{
    CLAP_EXT_PARAMS, CLAP_PARAM_IS_HIDDEN, CLAP_PARAM_IS_MODULATABLE_PER_NOTE_ID, CLAP_PARAM_RESCAN_ALL,
    CLAP_PARAM_RESCAN_INFO, CLAP_PARAM_RESCAN_TEXT, CLAP_PARAM_RESCAN_VALUES, clap_host_params,
    clap_param_info, clap_plugin_params,
};
use clap_sys::ext::state::{CLAP_EXT_STATE, clap_host_state};
use clap_sys::host::clap_host;
use clap_sys::id::clap_id;
use clap_sys::plugin::clap_plugin;
use ksmps_core::params::{Param, SLOTS};
use nice_plug::prelude::ClapPlugin;
use nice_plug::wrapper::clap::Wrapper;

use super::link::{HostLink, HostPointer, MARK_DIRTY, RESCAN, RESCAN_ALL, RESTART};

/// What the host holds as its plugin.
#[repr(C)]
struct Instance {
    /// First, so that the host's pointer to it is a pointer to the instance.
    plugin: clap_plugin,
    params: clap_plugin_params,
    wrapped: clap_plugin,
    wrapped_params: clap_plugin_params,
    /// The framework's numbers of the slots, by slot.
    ids: Vec<clap_id>,
    host: NonNull<clap_host>,
    active: AtomicBool,
    /// The latency that the host was told.
    latency_frames: AtomicU32,
    link: Arc<HostLink>,
}

/// Makes a plugin for a host. [control]
///
/// # Safety
/// `host` is valid until the instance is destroyed.
pub(super) unsafe fn create<P: ClapPlugin>(host: NonNull<clap_host>) -> *const clap_plugin {
    // SAFETY: The host outlives the wrapper, as the caller says.
    let (link, wrapper) = HostLink::around(|| unsafe { Wrapper::<P>::new(host.as_ptr()) });
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
    // SAFETY: The wrapper lives until the instance is destroyed.
    let wrapped_params = unsafe { params_of(&wrapped) };
    let instance = Instance {
        plugin,
        params: clap_plugin_params { get_info: Some(get_info), get_value: Some(get_value), ..wrapped_params },
        wrapped,
        wrapped_params,
        // SAFETY: As above.
        ids: unsafe { ids_of(&wrapped, &wrapped_params) },
        host,
        active: AtomicBool::new(false),
        latency_frames: AtomicU32::new(0),
        link,
    };
    Box::into_raw(Box::new(instance)).cast()
}

/// # Safety
/// `wrapped` is a framework's plugin that is not destroyed.
unsafe fn params_of(wrapped: &clap_plugin) -> clap_plugin_params {
    // SAFETY: The wrapper looks at the id and at `plugin_data`; what it answers for this id is such a table.
    let params = unsafe { wrapped.get_extension.map(|get| get(wrapped, CLAP_EXT_PARAMS.as_ptr())) };
    // SAFETY: As above.
    params
        .and_then(|params| unsafe { params.cast::<clap_plugin_params>().as_ref() })
        .copied()
        .unwrap_or(NO_PARAMS)
}

/// # Safety
/// As for [`params_of`].
unsafe fn ids_of(wrapped: &clap_plugin, params: &clap_plugin_params) -> Vec<clap_id> {
    let id = |slot: usize| {
        // SAFETY: A record of zeros is a valid one.
        let mut info: clap_param_info = unsafe { std::mem::zeroed() };
        // SAFETY: The wrapper fills the record for an index below the count.
        params.get_info.is_some_and(|get| unsafe { get(wrapped, slot as u32, &mut info) }).then_some(info.id)
    };
    (0..SLOTS).map_while(id).collect()
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
    // SAFETY: The host activates on its main thread.
    unsafe { tell_latency(instance) };
    active
}

/// While a plugin is being activated is the one time at which its latency may change. The framework says so only
/// in the activation after that, which it has to ask for first.
///
/// # Safety
/// On the host's main thread, in `activate`.
unsafe fn tell_latency(instance: &Instance) {
    let Some(bank) = instance.link.bank() else { return };
    let latency_frames = bank.latency_frames();
    if instance.latency_frames.swap(latency_frames, Ordering::AcqRel) == latency_frames {
        return;
    }
    // SAFETY: `clap_host_latency` is the type of this extension; the caller answers for the thread.
    unsafe {
        if let Some(latency) = host_extension::<clap_host_latency>(instance.host, CLAP_EXT_LATENCY)
            && let Some(changed) = latency.changed
        {
            changed(instance.host.as_ptr());
        }
    }
}

unsafe extern "C" fn get_latency(plugin: *const clap_plugin) -> u32 {
    // SAFETY: As in `init`.
    unsafe { instance(plugin) }.latency_frames.load(Ordering::Acquire)
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
    if !instance.link.wants(RESCAN_ALL) {
        return;
    }
    // SAFETY: The caller answers for the thread.
    unsafe {
        if !instance.active.load(Ordering::Acquire) {
            instance.link.take(RESCAN_ALL);
            rescan(instance, CLAP_PARAM_RESCAN_ALL);
        } else if let Some(request_restart) = instance.host.as_ref().request_restart {
            request_restart(instance.host.as_ptr());
        }
    }
}

unsafe extern "C" fn get_extension(plugin: *const clap_plugin, id: *const c_char) -> *const c_void {
    // SAFETY: As in `init`.
    let instance = unsafe { instance(plugin) };
    static LATENCY: clap_plugin_latency = clap_plugin_latency { get: Some(get_latency) };
    if id.is_null() {
        return ptr::null();
    }
    // SAFETY: A host gives a C string.
    let name = unsafe { CStr::from_ptr(id) };
    if name == CLAP_EXT_PARAMS {
        return ptr::from_ref(&instance.params).cast();
    }
    if name == CLAP_EXT_LATENCY {
        return ptr::from_ref(&LATENCY).cast();
    }
    // SAFETY: As in `init`.
    instance.wrapped.get_extension.map_or(ptr::null(), |get| unsafe { get(plugin, id) })
}

unsafe extern "C" fn on_main_thread(plugin: *const clap_plugin) {
    // SAFETY: As in `init`.
    let instance = unsafe { instance(plugin) };
    let wanted = instance.link.take(RESCAN | MARK_DIRTY | RESTART);
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
        if wanted & RESTART != 0
            && let Some(request_restart) = instance.host.as_ref().request_restart
        {
            request_restart(instance.host.as_ptr());
        }
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
    // The framework panics for the index that is just one too high.
    let Some(bank) = instance.link.bank().filter(|_| (index as usize) < instance.ids.len()) else {
        return false;
    };
    // SAFETY: The wrapper fills a record that the host made.
    let filled = instance.wrapped_params.get_info.is_some_and(|get| unsafe { get(plugin, index, info) });
    // SAFETY: The wrapper checked it and wrote to it.
    if filled && let Some(info) = unsafe { info.as_mut() } {
        describe(info, bank.roster().param(index as usize));
    }
    filled
}

/// The framework's own answer has the modulation in it, which a host would take for the knob's position.
unsafe extern "C" fn get_value(plugin: *const clap_plugin, id: clap_id, value: *mut f64) -> bool {
    // SAFETY: As in `init`.
    let instance = unsafe { instance(plugin) };
    let slot = instance.ids.iter().position(|known| *known == id);
    // SAFETY: The host gives a place for one value.
    let (Some(slot), Some(bank), Some(value)) = (slot, instance.link.bank(), unsafe { value.as_mut() })
    else {
        return false;
    };
    *value = f64::from(bank.shown(slot));
    true
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

//! What a CLAP host holds as its plugin: the framework's wrapper with a few functions exchanged.
//!
//! Parameters are in [`super::params`], a block in `process`; `latency` is told in the very activation that changes it; `render` is known at
//! any time and asks for no restart; `on_main_thread` passes on what [`ClapLink`] asked for; `deactivate` is where a
//! host may learn of critical changes. It rests on one property of nice-plug 0.4.2: its functions take nothing from
//! the `clap_plugin` they are given but `plugin_data`. To be read again when the framework is upgraded.

use std::cell::RefCell;
use std::ffi::{CStr, c_char, c_void};
use std::ptr::{self, NonNull};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

use atomic_refcell::AtomicRefCell;
use clap_sys::ext::audio_ports::CLAP_EXT_AUDIO_PORTS;
use clap_sys::ext::audio_ports_activation::{
    CLAP_EXT_AUDIO_PORTS_ACTIVATION, CLAP_EXT_AUDIO_PORTS_ACTIVATION_COMPAT,
};
use clap_sys::ext::audio_ports_config::CLAP_EXT_AUDIO_PORTS_CONFIG;
use clap_sys::ext::configurable_audio_ports::{
    CLAP_EXT_CONFIGURABLE_AUDIO_PORTS, CLAP_EXT_CONFIGURABLE_AUDIO_PORTS_COMPAT,
};
use clap_sys::ext::gui::CLAP_EXT_GUI;
use clap_sys::ext::latency::{CLAP_EXT_LATENCY, clap_host_latency, clap_plugin_latency};
use clap_sys::ext::note_ports::CLAP_EXT_NOTE_PORTS;
use clap_sys::ext::param_indication::{CLAP_EXT_PARAM_INDICATION, CLAP_EXT_PARAM_INDICATION_COMPAT};
use clap_sys::ext::params::{
    CLAP_EXT_PARAMS, CLAP_PARAM_RESCAN_ALL, CLAP_PARAM_RESCAN_INFO, CLAP_PARAM_RESCAN_TEXT,
    CLAP_PARAM_RESCAN_VALUES, clap_host_params,
};
use clap_sys::ext::preset_load::{CLAP_EXT_PRESET_LOAD, CLAP_EXT_PRESET_LOAD_COMPAT};
use clap_sys::ext::render::{
    CLAP_EXT_RENDER, CLAP_RENDER_OFFLINE, CLAP_RENDER_REALTIME, clap_plugin_render, clap_plugin_render_mode,
};
use clap_sys::ext::state::{CLAP_EXT_STATE, clap_host_state};
use clap_sys::ext::surround::{CLAP_EXT_SURROUND, CLAP_EXT_SURROUND_COMPAT};
use clap_sys::ext::tail::{CLAP_EXT_TAIL, clap_host_tail, clap_plugin_tail};
use clap_sys::host::clap_host;
use clap_sys::plugin::clap_plugin;
use nice_plug::wrapper::clap::Wrapper;

use super::descriptor::Descriptor;
use super::gui::GUI;
use super::indication::INDICATION;
use super::link::{ClapLink, HostPointer, MARK_DIRTY, RESCAN, RESCAN_ALL, RESTART, SHOW_MENU, SHOW_WRITTEN};
use super::menu;
use super::note_modulation::HiddenEvents;
use super::note_ports::NOTE_PORTS;
use super::params::ParamFunctions;
use super::ports::{ACTIVATION, CONFIGURABLE, PORTS, Ports, select};
use super::preset_load::PRESET_LOAD;
use super::process::process;
use super::surround::SURROUND;
use crate::editor::View;
use crate::guard::guarded;
use crate::instance::Instance;
use crate::making::{self, Making};
use crate::plugin::Ksmps;

/// What the host holds as its plugin.
#[repr(C)]
pub(super) struct Object {
    /// First, so that the host's pointer to it is a pointer to the object.
    plugin: clap_plugin,
    pub(super) wrapped: clap_plugin,
    pub(super) params: ParamFunctions,
    pub(super) host: NonNull<clap_host>,
    /// Frames per second of the present activation, as bits.
    rate: AtomicU64,
    /// The latency that the host was told.
    latency_frames: AtomicU32,
    /// The tail that the host knows.
    tail_frames: AtomicU32,
    /// The host was asked for a restart and has not deactivated the plugin since.
    is_restart_requested: AtomicBool,
    pub(super) link: Arc<ClapLink>,
    /// Its audio ports. CLAP gives them to the audio thread while the plugin is active, else to the main thread; a host that
    /// breaks that gets its own buffers through, uncompleted.
    pub(super) ports: AtomicRefCell<Ports>,
    /// Events of the block at hand that the framework is not to see. The audio thread's alone.
    pub(super) hidden: AtomicRefCell<HiddenEvents>,
    /// The editor that the host has created. The main thread's alone.
    pub(super) view: RefCell<Option<Rc<View>>>,
}

impl Object {
    /// Frames per second of the present activation. `[any]`
    pub(super) fn rate(&self) -> f64 {
        f64::from_bits(self.rate.load(Ordering::Relaxed))
    }
}

/// Makes a plugin for a host. `[control]`
///
/// # Safety
/// `host` is valid until the plugin is destroyed.
pub(super) unsafe fn create(descriptor: &'static Descriptor, host: NonNull<clap_host>) -> *const clap_plugin {
    let link = Arc::new(ClapLink::default());
    let making = Making { product: descriptor.product, host: Arc::clone(&link) as _ };
    // SAFETY: The host outlives the wrapper, as the caller says.
    let wrapper = making::with(making, || unsafe { Wrapper::<Ksmps>::new(host.as_ptr()) });
    let wrapped = *wrapper.clap_plugin.borrow();
    // The wrapper's `destroy` turns its `plugin_data` back into this `Arc`.
    let _ = Arc::into_raw(wrapper);
    // SAFETY: The wrapper lives until the object is destroyed.
    unsafe { select(&wrapped, descriptor.product.layout.index()) };
    // SAFETY: As above.
    let params = unsafe { ParamFunctions::of(&wrapped) };
    // SAFETY: As above.
    link.set_param_ids(unsafe { params.ids(&wrapped) });
    let object = Object {
        plugin: clap_plugin {
            desc: descriptor.record(),
            init: Some(init),
            destroy: Some(destroy),
            activate: Some(activate),
            deactivate: Some(deactivate),
            process: Some(process),
            get_extension: Some(get_extension),
            on_main_thread: Some(on_main_thread),
            ..wrapped
        },
        wrapped,
        params,
        host,
        rate: AtomicU64::new(0),
        latency_frames: AtomicU32::new(0),
        tail_frames: AtomicU32::new(0),
        is_restart_requested: AtomicBool::new(false),
        link,
        ports: AtomicRefCell::new(Ports::new(descriptor.product.layout)),
        hidden: AtomicRefCell::new(HiddenEvents::new()),
        view: RefCell::new(None),
    };
    Box::into_raw(Box::new(object)).cast()
}

/// # Safety
/// `plugin` comes from [`create`] and is not destroyed.
pub(super) unsafe fn object<'a>(plugin: *const clap_plugin) -> &'a Object {
    // SAFETY: The plugin is the first field of a `repr(C)` object that was boxed in `create`.
    unsafe { &*plugin.cast::<Object>() }
}

/// The instance behind a plugin of this library, for as long as it lives. `[control]`
///
/// # Safety
/// `plugin` was made by this library's factory and is not destroyed.
pub unsafe fn instance_of(plugin: *const clap_plugin) -> Option<Arc<Instance>> {
    // SAFETY: The caller answers for the plugin.
    unsafe { object(plugin) }.link.instance()
}

/// # Safety
/// `T` is the type of the host's extension `id`; between `init` and `destroy`, in calls of the main thread or of `process`.
pub(super) unsafe fn host_extension<'a, T>(host: NonNull<clap_host>, id: &CStr) -> Option<&'a T> {
    // SAFETY: The caller answers for host, thread and type.
    unsafe { host.as_ref().get_extension?(host.as_ptr(), id.as_ptr()).cast::<T>().as_ref() }
}

/// # Safety
/// `T` is the type of a plugin's extension `id`; `wrapped` is a framework's plugin that is not destroyed.
pub(super) unsafe fn framework_extension<'a, T>(wrapped: &clap_plugin, id: &CStr) -> Option<&'a T> {
    // SAFETY: The wrapper looks at the id and at `plugin_data`; its tables live as long as the library.
    unsafe { (wrapped.get_extension?)(wrapped, id.as_ptr()).cast::<T>().as_ref() }
}

unsafe extern "C" fn init(plugin: *const clap_plugin) -> bool {
    guarded(false, || {
        // SAFETY: The host calls this with the plugin it was given.
        let object = unsafe { object(plugin) };
        // SAFETY: The wrapper takes `plugin_data` alone, which is its own.
        let ready = object.wrapped.init.is_some_and(|init| unsafe { init(plugin) });
        if ready {
            object.link.set_host(Some(HostPointer(object.host)));
            // SAFETY: This is the host's main thread, and the host can be spoken to.
            object.link.set_has_menu(unsafe { menu::is_there(object.host) });
        }
        ready
    })
}

unsafe extern "C" fn destroy(plugin: *const clap_plugin) {
    guarded((), || {
        // SAFETY: The host calls this once and last, with the plugin that `create` boxed.
        let object = unsafe { Box::from_raw(plugin.cast_mut().cast::<Object>()) };
        // A host that has not closed the editor loses it here.
        drop(object.view.take());
        object.link.set_host(None);
        if let Some(destroy) = object.wrapped.destroy {
            // SAFETY: `plugin_data` is the wrapper's; the object lives until the end of this function.
            unsafe { destroy(&object.plugin) };
        }
    })
}

unsafe extern "C" fn activate(
    plugin: *const clap_plugin,
    rate: f64,
    frames_min: u32,
    frames_max: u32,
) -> bool {
    guarded(false, || {
        // SAFETY: As in `init`.
        let object = unsafe { object(plugin) };
        // Whatever latency there is after this, the host is told below.
        object.link.take(RESTART);
        object.rate.store(rate.to_bits(), Ordering::Relaxed);
        if let Ok(mut ports) = object.ports.try_borrow_mut() {
            ports.prepare(frames_max as usize);
        }
        // SAFETY: As in `init`.
        let active = object
            .wrapped
            .activate
            .is_some_and(|activate| unsafe { activate(plugin, rate, frames_min, frames_max) });
        object.link.set_active(active);
        // SAFETY: The host activates on its main thread.
        unsafe { tell_latency(object) };
        active
    })
}

/// While a plugin is being activated is the one time at which its latency may change. The framework says so only
/// in the activation after that, which it has to ask for first.
///
/// # Safety
/// On the host's main thread, in `activate`.
unsafe fn tell_latency(object: &Object) {
    let Some(instance) = object.link.instance() else { return };
    let latency_frames = instance.latency_frames();
    if object.latency_frames.swap(latency_frames, Ordering::AcqRel) == latency_frames {
        return;
    }
    // SAFETY: `clap_host_latency` is the type of this extension; the caller answers for the thread.
    unsafe {
        if let Some(latency) = host_extension::<clap_host_latency>(object.host, CLAP_EXT_LATENCY)
            && let Some(changed) = latency.changed
        {
            changed(object.host.as_ptr());
        }
    }
}

unsafe extern "C" fn get_latency(plugin: *const clap_plugin) -> u32 {
    guarded(0, || {
        // SAFETY: As in `init`.
        unsafe { object(plugin) }.latency_frames.load(Ordering::Acquire)
    })
}

/// The document's tail, before the first block too; the framework's is that of the last block's notes.
unsafe extern "C" fn get_tail(plugin: *const clap_plugin) -> u32 {
    guarded(0, || {
        // SAFETY: As in `init`.
        let object = unsafe { object(plugin) };
        let frames = object.link.instance().map_or(0, |instance| instance.tail_frames(object.rate()));
        object.tail_frames.store(frames, Ordering::Relaxed);
        frames
    })
}

/// Tells the host of another tail than it knows. `[audio]`
///
/// # Safety
/// In the host's call of `process`.
pub(super) unsafe fn tell_tail(object: &Object, instance: &Instance) {
    let frames = instance.tail_frames(object.rate());
    if object.tail_frames.swap(frames, Ordering::Relaxed) == frames {
        return;
    }
    // SAFETY: `clap_host_tail` is the type of this extension, which any thread may ask for; the caller answers for the call.
    unsafe {
        if let Some(tail) = host_extension::<clap_host_tail>(object.host, CLAP_EXT_TAIL)
            && let Some(changed) = tail.changed
        {
            changed(object.host.as_ptr());
        }
    }
}

unsafe extern "C" fn has_hard_realtime_requirement(_plugin: *const clap_plugin) -> bool {
    guarded(false, || false)
}

/// The framework would ask for a restart first; this plugin knows the mode at once.
unsafe extern "C" fn set_render_mode(plugin: *const clap_plugin, mode: clap_plugin_render_mode) -> bool {
    guarded(false, || {
        let is_known = mode == CLAP_RENDER_REALTIME || mode == CLAP_RENDER_OFFLINE;
        if is_known {
            // SAFETY: As in `init`.
            unsafe { object(plugin) }.link.set_offline(mode == CLAP_RENDER_OFFLINE);
        }
        is_known
    })
}

unsafe extern "C" fn deactivate(plugin: *const clap_plugin) {
    guarded((), || {
        // SAFETY: As in `init`.
        let object = unsafe { object(plugin) };
        if let Some(deactivate) = object.wrapped.deactivate {
            // SAFETY: As in `init`.
            unsafe { deactivate(plugin) };
        }
        object.link.set_active(false);
        object.is_restart_requested.store(false, Ordering::Release);
        // SAFETY: The host deactivates on its main thread.
        unsafe { rescan_all_or_restart(object) };
    })
}

/// Critical properties and the latency may change in an inactive plugin only; an active one asks, once, to be made so
/// for a moment.
///
/// # Safety
/// On the host's main thread between `init` and `destroy`.
unsafe fn rescan_all_or_restart(object: &Object) {
    let is_active = object.link.is_active();
    // SAFETY: The caller answers for the thread.
    unsafe {
        if !is_active && object.link.take(RESCAN_ALL) != 0 {
            rescan(object, CLAP_PARAM_RESCAN_ALL);
        }
        if is_active
            && object.link.wants(RESCAN_ALL | RESTART)
            && !object.is_restart_requested.swap(true, Ordering::AcqRel)
            && let Some(request_restart) = object.host.as_ref().request_restart
        {
            request_restart(object.host.as_ptr());
        }
    }
}

unsafe extern "C" fn get_extension(plugin: *const clap_plugin, id: *const c_char) -> *const c_void {
    guarded(ptr::null(), || {
        static LATENCY: clap_plugin_latency = clap_plugin_latency { get: Some(get_latency) };
        static TAIL: clap_plugin_tail = clap_plugin_tail { get: Some(get_tail) };
        static RENDER: clap_plugin_render = clap_plugin_render {
            has_hard_realtime_requirement: Some(has_hard_realtime_requirement),
            set: Some(set_render_mode),
        };
        // SAFETY: As in `init`.
        let object = unsafe { object(plugin) };
        if id.is_null() {
            return ptr::null();
        }
        // SAFETY: A host gives a C string.
        let name = unsafe { CStr::from_ptr(id) };
        match name {
            name if name == CLAP_EXT_PARAMS => ptr::from_ref(&object.params.exchanged).cast(),
            name if name == CLAP_EXT_LATENCY => ptr::from_ref(&LATENCY).cast(),
            name if name == CLAP_EXT_TAIL => ptr::from_ref(&TAIL).cast(),
            name if name == CLAP_EXT_GUI => ptr::from_ref(&GUI).cast(),
            name if name == CLAP_EXT_PARAM_INDICATION || name == CLAP_EXT_PARAM_INDICATION_COMPAT => {
                ptr::from_ref(&INDICATION).cast()
            }
            name if name == CLAP_EXT_PRESET_LOAD || name == CLAP_EXT_PRESET_LOAD_COMPAT => {
                ptr::from_ref(&PRESET_LOAD).cast()
            }
            name if name == CLAP_EXT_NOTE_PORTS => ptr::from_ref(&NOTE_PORTS).cast(),
            name if name == CLAP_EXT_SURROUND || name == CLAP_EXT_SURROUND_COMPAT => {
                // Ports of one or two channels are no surround.
                let has_choice = object.ports.try_borrow().is_ok_and(|ports| ports.has_choice());
                if has_choice { ptr::from_ref(&SURROUND).cast() } else { ptr::null() }
            }
            name if name == CLAP_EXT_RENDER => ptr::from_ref(&RENDER).cast(),
            name if name == CLAP_EXT_AUDIO_PORTS => ptr::from_ref(&PORTS).cast(),
            name if name == CLAP_EXT_CONFIGURABLE_AUDIO_PORTS
                || name == CLAP_EXT_CONFIGURABLE_AUDIO_PORTS_COMPAT =>
            {
                // A product that has nothing to choose from does not ask.
                let has_choice = object.ports.try_borrow().is_ok_and(|ports| ports.has_choice());
                if has_choice { ptr::from_ref(&CONFIGURABLE).cast() } else { ptr::null() }
            }
            name if name == CLAP_EXT_AUDIO_PORTS_ACTIVATION
                || name == CLAP_EXT_AUDIO_PORTS_ACTIVATION_COMPAT =>
            {
                ptr::from_ref(&ACTIVATION).cast()
            }
            // The layouts of the other products are none of the host's choices.
            name if name == CLAP_EXT_AUDIO_PORTS_CONFIG => ptr::null(),
            // SAFETY: As in `init`.
            _ => object.wrapped.get_extension.map_or(ptr::null(), |get| unsafe { get(plugin, id) }),
        }
    })
}

unsafe extern "C" fn on_main_thread(plugin: *const clap_plugin) {
    guarded((), || {
        // SAFETY: As in `init`.
        let object = unsafe { object(plugin) };
        // A copy, because the host may call back.
        let view = object.view.borrow().clone();
        if let Some(view) = view {
            view.serve();
        }
        let wanted = object.link.take(RESCAN | MARK_DIRTY | SHOW_WRITTEN | SHOW_MENU);
        if let Some(instance) = object.link.instance().filter(|_| wanted & SHOW_WRITTEN != 0) {
            instance.params().show_written();
        }
        // SAFETY: This is the main thread by the function's name.
        unsafe {
            if wanted & RESCAN != 0 {
                rescan(object, CLAP_PARAM_RESCAN_INFO | CLAP_PARAM_RESCAN_TEXT | CLAP_PARAM_RESCAN_VALUES);
            }
            if wanted & MARK_DIRTY != 0
                && let Some(state) = host_extension::<clap_host_state>(object.host, CLAP_EXT_STATE)
                && let Some(mark_dirty) = state.mark_dirty
            {
                mark_dirty(object.host.as_ptr());
            }
            if wanted & SHOW_MENU != 0
                && let Some((id, wanted)) = object.link.take_menu()
            {
                menu::show(object.host, id, wanted);
            }
            rescan_all_or_restart(object);
            if let Some(on_main_thread) = object.wrapped.on_main_thread {
                on_main_thread(plugin);
            }
        }
    })
}

/// # Safety
/// On the host's main thread between `init` and `destroy`.
unsafe fn rescan(object: &Object, flags: u32) {
    // SAFETY: `clap_host_params` is the type of this extension; the caller answers for the thread.
    unsafe {
        if let Some(params) = host_extension::<clap_host_params>(object.host, CLAP_EXT_PARAMS)
            && let Some(rescan) = params.rescan
        {
            rescan(object.host.as_ptr(), flags);
        }
    }
}

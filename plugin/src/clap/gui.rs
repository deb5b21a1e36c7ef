//! CLAP's gui extension: the editor's window, embedded in the host's with X11.

use std::ffi::{CStr, c_char};
use std::num::NonZeroU32;
use std::ptr::NonNull;
use std::rc::Rc;
use std::sync::Arc;

use clap_sys::ext::gui::{
    CLAP_EXT_GUI, CLAP_WINDOW_API_X11, clap_gui_resize_hints, clap_host_gui, clap_plugin_gui, clap_window,
};
use clap_sys::host::clap_host;
use clap_sys::plugin::clap_plugin;
use ksmps_window::{Host, Parent, Pixels};

use super::link::ClapLink;
use super::object::{host_extension, object};
use crate::editor::View;
use crate::guard::guarded;

/// The functions for the host.
pub(super) static GUI: clap_plugin_gui = clap_plugin_gui {
    is_api_supported: Some(is_api_supported),
    get_preferred_api: Some(get_preferred_api),
    create: Some(create),
    destroy: Some(destroy),
    set_scale: Some(set_scale),
    get_size: Some(get_size),
    can_resize: Some(can_resize),
    get_resize_hints: Some(get_resize_hints),
    adjust_size: Some(adjust_size),
    set_size: Some(set_size),
    set_parent: Some(set_parent),
    set_transient: Some(set_transient),
    suggest_title: Some(suggest_title),
    show: Some(show),
    hide: Some(hide),
};

/// The host, as the window speaks to it on the main thread.
struct WindowHost(NonNull<clap_host>);

impl Host for WindowHost {
    fn request_resize(&mut self, pixels: Pixels) -> bool {
        // SAFETY: `clap_host_gui` is the type of this extension; the window is served on the main thread, and is closed
        // before the plugin is destroyed.
        unsafe {
            host_extension::<clap_host_gui>(self.0, CLAP_EXT_GUI)
                .and_then(|gui| gui.request_resize)
                .is_some_and(|request| request(self.0.as_ptr(), pixels.width, pixels.height))
        }
    }

    fn closed(&mut self, _failure: Option<String>) {
        // SAFETY: As above.
        unsafe {
            if let Some(gui) = host_extension::<clap_host_gui>(self.0, CLAP_EXT_GUI)
                && let Some(closed) = gui.closed
            {
                closed(self.0.as_ptr(), true);
            }
        }
    }
}

/// The view that the host has created. A copy, because what is done with it may have the host call back.
///
/// # Safety
/// `plugin` is one of this library's, on the main thread.
unsafe fn view(plugin: *const clap_plugin) -> Option<Rc<View>> {
    // SAFETY: The caller answers for the plugin.
    unsafe { object(plugin) }.view.borrow().clone()
}

/// # Safety
/// `api` is null or a C string.
unsafe fn is_x11(api: *const c_char) -> bool {
    // SAFETY: The caller answers for it.
    cfg!(target_os = "linux") && !api.is_null() && unsafe { CStr::from_ptr(api) } == CLAP_WINDOW_API_X11
}

unsafe extern "C" fn is_api_supported(
    _plugin: *const clap_plugin,
    api: *const c_char,
    is_floating: bool,
) -> bool {
    guarded(false, || {
        // SAFETY: The host gives a C string.
        !is_floating && unsafe { is_x11(api) }
    })
}

unsafe extern "C" fn get_preferred_api(
    _plugin: *const clap_plugin,
    api: *mut *const c_char,
    is_floating: *mut bool,
) -> bool {
    guarded(false, || {
        if api.is_null() || is_floating.is_null() {
            return false;
        }
        // SAFETY: The host gives places for both.
        unsafe {
            api.write(CLAP_WINDOW_API_X11.as_ptr());
            is_floating.write(false);
        }
        cfg!(target_os = "linux")
    })
}

unsafe extern "C" fn create(plugin: *const clap_plugin, api: *const c_char, is_floating: bool) -> bool {
    guarded(false, || {
        // SAFETY: The host calls this with the plugin it was given.
        let object = unsafe { object(plugin) };
        // SAFETY: The host gives a C string.
        let is_ours = !is_floating && unsafe { is_x11(api) };
        let Some(instance) = object.link.instance().filter(|_| is_ours && object.view.borrow().is_none())
        else {
            return false;
        };
        let view = View::new(&instance);
        let is_there = view.is_some();
        *object.view.borrow_mut() = view;
        is_there
    })
}

unsafe extern "C" fn destroy(plugin: *const clap_plugin) {
    guarded((), || {
        // SAFETY: As above.
        let view = unsafe { object(plugin) }.view.take();
        if let Some(view) = view {
            // Now, also where a call of the view's is under way.
            view.detach();
        }
    })
}

unsafe extern "C" fn set_scale(plugin: *const clap_plugin, scale: f64) -> bool {
    guarded(false, || {
        // SAFETY: As above.
        let view = unsafe { view(plugin) }.filter(|_| scale.is_finite() && scale > 0.0);
        view.map(|view| view.set_scale(scale as f32)).is_some()
    })
}

unsafe extern "C" fn get_size(plugin: *const clap_plugin, width: *mut u32, height: *mut u32) -> bool {
    guarded(false, || {
        // SAFETY: As above.
        let Some(view) = unsafe { view(plugin) }.filter(|_| !width.is_null() && !height.is_null()) else {
            return false;
        };
        let pixels = view.pixels();
        // SAFETY: The host gives places for both.
        unsafe {
            width.write(pixels.width);
            height.write(pixels.height);
        }
        true
    })
}

unsafe extern "C" fn can_resize(_plugin: *const clap_plugin) -> bool {
    guarded(false, || true)
}

unsafe extern "C" fn get_resize_hints(
    _plugin: *const clap_plugin,
    hints: *mut clap_gui_resize_hints,
) -> bool {
    guarded(false, || {
        let any = clap_gui_resize_hints {
            can_resize_horizontally: true,
            can_resize_vertically: true,
            preserve_aspect_ratio: false,
            aspect_ratio_width: 1,
            aspect_ratio_height: 1,
        };
        if hints.is_null() {
            return false;
        }
        // SAFETY: The host gives a place for the record.
        unsafe { hints.write(any) };
        true
    })
}

unsafe extern "C" fn adjust_size(plugin: *const clap_plugin, width: *mut u32, height: *mut u32) -> bool {
    guarded(false, || {
        // SAFETY: As above; the host gives both lengths.
        unsafe {
            let Some(view) = view(plugin).filter(|_| !width.is_null() && !height.is_null()) else {
                return false;
            };
            let pixels = view.adjusted(Pixels { width: width.read(), height: height.read() });
            width.write(pixels.width);
            height.write(pixels.height);
        }
        true
    })
}

unsafe extern "C" fn set_size(plugin: *const clap_plugin, width: u32, height: u32) -> bool {
    guarded(false, || {
        // SAFETY: As above.
        unsafe { view(plugin) }.is_some_and(|view| view.resize(Pixels { width, height }))
    })
}

unsafe extern "C" fn set_parent(plugin: *const clap_plugin, window: *const clap_window) -> bool {
    guarded(false, || {
        // SAFETY: As above; the host gives a record of the system that it asked for, which is X11.
        unsafe {
            let (Some(view), Some(window)) = (view(plugin), window.as_ref()) else { return false };
            if !is_x11(window.api) {
                return false;
            }
            // X11 numbers its windows with 29 bits.
            let number = u32::try_from(window.specific.x11).ok().and_then(NonZeroU32::new);
            let Some(parent) = number.map(Parent) else { return false };
            let object = object(plugin);
            let link: Arc<ClapLink> = Arc::clone(&object.link);
            view.attach(parent, WindowHost(object.host), move || link.ask_to_be_called())
        }
    })
}

unsafe extern "C" fn set_transient(_plugin: *const clap_plugin, _window: *const clap_window) -> bool {
    guarded(false, || false)
}

unsafe extern "C" fn suggest_title(_plugin: *const clap_plugin, _title: *const c_char) {
    guarded((), || {})
}

unsafe extern "C" fn show(plugin: *const clap_plugin) -> bool {
    guarded(false, || {
        // SAFETY: As above.
        unsafe { view(plugin) }.is_some_and(|view| view.show())
    })
}

unsafe extern "C" fn hide(plugin: *const clap_plugin) -> bool {
    guarded(false, || {
        // SAFETY: As above.
        unsafe { view(plugin) }.is_some_and(|view| view.hide())
    })
}

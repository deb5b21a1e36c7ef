//! The host's own menu for a parameter, in the editor's window.

use std::ptr::NonNull;

use clap_sys::ext::context_menu::{
    CLAP_CONTEXT_MENU_TARGET_KIND_PARAM, CLAP_EXT_CONTEXT_MENU, CLAP_EXT_CONTEXT_MENU_COMPAT,
    clap_context_menu_target, clap_host_context_menu,
};
use clap_sys::host::clap_host;
use clap_sys::id::clap_id;

use super::object::host_extension;
use crate::host_link::ParamMenu;

/// The first screen; it counts for floating windows alone.
const SCREEN: i32 = 0;

/// Whether a host shows menus. `[control]`
///
/// # Safety
/// On the main thread between `init` and `destroy`.
pub(super) unsafe fn is_there(host: NonNull<clap_host>) -> bool {
    // SAFETY: The caller answers for host and thread.
    unsafe { menus(host).and_then(|menus| menus.can_popup).is_some_and(|can| can(host.as_ptr())) }
}

/// Has the host show its menu for a parameter. `[control]`
///
/// # Safety
/// As [`is_there`].
pub(super) unsafe fn show(host: NonNull<clap_host>, id: clap_id, ParamMenu { x, y, .. }: ParamMenu) {
    let target = clap_context_menu_target { kind: CLAP_CONTEXT_MENU_TARGET_KIND_PARAM, id };
    // SAFETY: The caller answers for host and thread; the host reads the target during the call.
    unsafe {
        if let Some(popup) = menus(host).and_then(|menus| menus.popup) {
            popup(host.as_ptr(), &target, SCREEN, x, y);
        }
    }
}

/// # Safety
/// As [`is_there`].
unsafe fn menus<'a>(host: NonNull<clap_host>) -> Option<&'a clap_host_context_menu> {
    // SAFETY: Both names stand for this type; the caller answers for the rest.
    unsafe {
        host_extension(host, CLAP_EXT_CONTEXT_MENU)
            .or_else(|| host_extension(host, CLAP_EXT_CONTEXT_MENU_COMPAT))
    }
}

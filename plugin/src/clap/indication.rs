//! What a CLAP host says of its automation: which parameters have some.

use std::ffi::c_char;

use clap_sys::color::clap_color;
use clap_sys::ext::param_indication::{
    CLAP_PARAM_INDICATION_AUTOMATION_PLAYING, CLAP_PARAM_INDICATION_AUTOMATION_PRESENT,
    CLAP_PARAM_INDICATION_AUTOMATION_RECORDING, clap_plugin_param_indication,
};
use clap_sys::id::clap_id;
use clap_sys::plugin::clap_plugin;

use super::object::object;
use crate::guard::guarded;

/// The functions for the host.
pub(super) static INDICATION: clap_plugin_param_indication =
    clap_plugin_param_indication { set_mapping: Some(set_mapping), set_automation: Some(set_automation) };

/// A controller of the host's own hardware: nothing in the editor shows those.
unsafe extern "C" fn set_mapping(
    _plugin: *const clap_plugin,
    _param_id: clap_id,
    _has_mapping: bool,
    _color: *const clap_color,
    _label: *const c_char,
    _description: *const c_char,
) {
    guarded((), || {})
}

unsafe extern "C" fn set_automation(
    plugin: *const clap_plugin,
    param_id: clap_id,
    state: u32,
    _color: *const clap_color,
) {
    guarded((), || {
        // Where the user overrides it, the automation moves nothing for the time being.
        let is_automated = matches!(
            state,
            CLAP_PARAM_INDICATION_AUTOMATION_PRESENT
                | CLAP_PARAM_INDICATION_AUTOMATION_PLAYING
                | CLAP_PARAM_INDICATION_AUTOMATION_RECORDING
        );
        // SAFETY: The host calls this with the plugin it was given.
        let link = unsafe { &object(plugin).link };
        let slot = link.param_ids().iter().position(|id| *id == param_id);
        if let (Some(instance), Some(slot)) = (link.instance(), slot) {
            instance.params().set_automated(slot, is_automated);
        }
    })
}

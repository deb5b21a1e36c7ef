//! A CLAP host loads a preset that it has found, or a document, from its file.

use std::ffi::{CStr, c_char};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use clap_sys::ext::preset_load::{
    CLAP_EXT_PRESET_LOAD, CLAP_EXT_PRESET_LOAD_COMPAT, clap_host_preset_load, clap_plugin_preset_load,
};
use clap_sys::factory::preset_discovery::{
    CLAP_PRESET_DISCOVERY_LOCATION_FILE, clap_preset_discovery_location_kind,
};
use clap_sys::plugin::clap_plugin;
use nice_plug::prelude::nice_warn;

use super::discovery::text;
use super::object::{host_extension, object};
use crate::guard::guarded;
use crate::instance::Instance;
use crate::presets::{self, LoadError};

/// The functions for the host.
pub(super) static PRESET_LOAD: clap_plugin_preset_load =
    clap_plugin_preset_load { from_location: Some(from_location) };

unsafe extern "C" fn from_location(
    plugin: *const clap_plugin,
    kind: clap_preset_discovery_location_kind,
    location: *const c_char,
    key: *const c_char,
) -> bool {
    guarded(false, || {
        // SAFETY: The host calls this with the plugin it was given, and with C strings where there are some.
        let (object, path) = unsafe {
            (object(plugin), (!location.is_null()).then(|| CStr::from_ptr(location).to_string_lossy()))
        };
        let Some(instance) = object.link.instance() else { return false };
        let loaded = catch_unwind(AssertUnwindSafe(|| load(&instance, kind, path.as_deref())));
        let outcome =
            loaded.unwrap_or_else(|_| Err("loading the preset ended in a program error".to_owned()));
        if let Err(why) = &outcome {
            nice_warn!("a preset was not loaded: {why}");
        }
        // SAFETY: The host loads presets on its main thread; the extension is of this type, and reads texts during the call.
        unsafe {
            let host = [CLAP_EXT_PRESET_LOAD, CLAP_EXT_PRESET_LOAD_COMPAT]
                .into_iter()
                .find_map(|id| host_extension::<clap_host_preset_load>(object.host, id));
            match (&outcome, host) {
                (Ok(()), Some(host)) => {
                    if let Some(loaded) = host.loaded {
                        loaded(object.host.as_ptr(), kind, location, key);
                    }
                }
                (Err(why), Some(host)) => {
                    let why = text(why);
                    if let Some(on_error) = host.on_error {
                        on_error(object.host.as_ptr(), kind, location, key, 0, why.as_ptr());
                    }
                }
                (_, None) => {}
            }
        }
        outcome.is_ok()
    })
}

fn load(
    instance: &Instance,
    kind: clap_preset_discovery_location_kind,
    path: Option<&str>,
) -> Result<(), String> {
    let loaded = match (kind, path) {
        (CLAP_PRESET_DISCOVERY_LOCATION_FILE, Some(path)) => presets::load_file(instance, Path::new(path)),
        _ => Err(LoadError::File("the host names no file: presets and documents are files".to_owned())),
    };
    loaded.map_err(|error| error.to_string())
}

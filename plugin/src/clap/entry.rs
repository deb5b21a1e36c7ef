//! What a CLAP host finds in the library: the entry, the factory of plugins with those of the table, and that of presets.

use std::ffi::{CStr, c_char, c_void};
use std::ptr::{self, NonNull};
use std::sync::OnceLock;

use clap_sys::entry::clap_plugin_entry;
use clap_sys::factory::plugin_factory::{CLAP_PLUGIN_FACTORY_ID, clap_plugin_factory};
use clap_sys::factory::preset_discovery::{
    CLAP_PRESET_DISCOVERY_FACTORY_ID, CLAP_PRESET_DISCOVERY_FACTORY_ID_COMPAT,
};
use clap_sys::host::clap_host;
use clap_sys::plugin::{clap_plugin, clap_plugin_descriptor};
use clap_sys::version::CLAP_VERSION;
use nice_plug::wrapper::setup_logger;

use super::descriptor::Descriptor;
use super::{discovery, object};
use crate::guard::guarded;
use crate::plugin::Ksmps;
use crate::products;

fn plugins() -> &'static [Descriptor] {
    static PLUGINS: OnceLock<Vec<Descriptor>> = OnceLock::new();
    PLUGINS.get_or_init(|| products::all().iter().copied().map(Descriptor::new).collect())
}

unsafe extern "C" fn plugin_count(_factory: *const clap_plugin_factory) -> u32 {
    guarded(0, || plugins().len() as u32)
}

unsafe extern "C" fn plugin_descriptor(
    _factory: *const clap_plugin_factory,
    index: u32,
) -> *const clap_plugin_descriptor {
    guarded(ptr::null(), || {
        let found = plugins().get(index as usize);
        found.map_or(ptr::null(), |plugin| ptr::from_ref(plugin.record()))
    })
}

unsafe extern "C" fn create_plugin(
    _factory: *const clap_plugin_factory,
    host: *const clap_host,
    id: *const c_char,
) -> *const clap_plugin {
    guarded(ptr::null(), || {
        let (Some(host), false) = (NonNull::new(host.cast_mut()), id.is_null()) else { return ptr::null() };
        // SAFETY: A host gives a C string.
        let id = unsafe { CStr::from_ptr(id) };
        match plugins().iter().find(|plugin| plugin.id() == id) {
            // SAFETY: CLAP has the host outlive its plugins.
            Some(plugin) => unsafe { object::create(plugin, host) },
            None => ptr::null(),
        }
    })
}

static FACTORY: clap_plugin_factory = clap_plugin_factory {
    get_plugin_count: Some(plugin_count),
    get_plugin_descriptor: Some(plugin_descriptor),
    create_plugin: Some(create_plugin),
};

unsafe extern "C" fn entry_init(_path: *const c_char) -> bool {
    guarded(false, || {
        setup_logger::<Ksmps>();
        true
    })
}

unsafe extern "C" fn entry_deinit() {
    guarded((), || {})
}

unsafe extern "C" fn get_factory(id: *const c_char) -> *const c_void {
    guarded(ptr::null(), || {
        if id.is_null() {
            return ptr::null();
        }
        // SAFETY: A host gives a C string.
        match unsafe { CStr::from_ptr(id) } {
            id if id == CLAP_PLUGIN_FACTORY_ID => ptr::from_ref(&FACTORY).cast(),
            id if id == CLAP_PRESET_DISCOVERY_FACTORY_ID || id == CLAP_PRESET_DISCOVERY_FACTORY_ID_COMPAT => {
                ptr::from_ref(&discovery::FACTORY).cast()
            }
            _ => ptr::null(),
        }
    })
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

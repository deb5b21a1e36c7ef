//! The note ports of a CLAP object: those of the framework, which take MPE keyboards too. Their bends, pressures and zones are
//! heard as they come, channel by channel.

use clap_sys::ext::note_ports::{
    CLAP_EXT_NOTE_PORTS, CLAP_NOTE_DIALECT_MIDI_MPE, clap_note_port_info, clap_plugin_note_ports,
};
use clap_sys::plugin::clap_plugin;

use super::object::{framework_extension, object};
use crate::guard::guarded;

/// The ports, with the dialects that a host sees.
pub(super) static NOTE_PORTS: clap_plugin_note_ports =
    clap_plugin_note_ports { count: Some(count), get: Some(get) };

/// The framework's table.
///
/// # Safety
/// As [`framework_extension`].
unsafe fn framework<'a>(wrapped: &clap_plugin) -> Option<&'a clap_plugin_note_ports> {
    // SAFETY: The table of this id is of this type.
    unsafe { framework_extension(wrapped, CLAP_EXT_NOTE_PORTS) }
}

unsafe extern "C" fn count(plugin: *const clap_plugin, is_input: bool) -> u32 {
    guarded(0, || {
        // SAFETY: The host calls this with the plugin it was given.
        unsafe {
            framework(&object(plugin).wrapped)
                .and_then(|ports| ports.count)
                .map_or(0, |count| count(plugin, is_input))
        }
    })
}

unsafe extern "C" fn get(
    plugin: *const clap_plugin,
    index: u32,
    is_input: bool,
    info: *mut clap_note_port_info,
) -> bool {
    guarded(false, || {
        // SAFETY: As above; the host gives a place for the record.
        let (is_told, info) = unsafe {
            let ports = framework(&object(plugin).wrapped).and_then(|ports| ports.get);
            (ports.is_some_and(|get| get(plugin, index, is_input, info)), info.as_mut())
        };
        if let Some(info) = info.filter(|_| is_told && is_input) {
            info.supported_dialects |= CLAP_NOTE_DIALECT_MIDI_MPE;
        }
        is_told
    })
}

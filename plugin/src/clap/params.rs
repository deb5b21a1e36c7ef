//! The parameters of a CLAP object: the framework's functions, with the document's names, groups and defaults, and
//! values without their modulation.

use std::ffi::c_char;

use clap_sys::events::{clap_input_events, clap_output_events};
use clap_sys::ext::params::{
    CLAP_EXT_PARAMS, CLAP_PARAM_IS_HIDDEN, CLAP_PARAM_IS_MODULATABLE, CLAP_PARAM_IS_MODULATABLE_PER_CHANNEL,
    CLAP_PARAM_IS_MODULATABLE_PER_KEY, CLAP_PARAM_IS_MODULATABLE_PER_NOTE_ID, clap_param_info,
    clap_plugin_params,
};
use clap_sys::id::clap_id;
use clap_sys::plugin::clap_plugin;
use ksmps_core::params::{Param, SLOTS};

use super::note_modulation;
use super::object::{framework_extension, object};
use crate::guard::guarded;

/// The functions that the host gets, and the framework's own.
pub(super) struct ParamFunctions {
    pub exchanged: clap_plugin_params,
    wrapped: clap_plugin_params,
}

impl ParamFunctions {
    /// The functions for the object round a framework's plugin. `[control]`
    ///
    /// # Safety
    /// `wrapped` is a framework's plugin that is not destroyed.
    pub unsafe fn of(wrapped: &clap_plugin) -> Self {
        // SAFETY: The caller answers for the plugin.
        let functions = unsafe { params_of(wrapped) };
        Self {
            exchanged: clap_plugin_params {
                get_info: Some(get_info),
                get_value: Some(get_value),
                flush: Some(flush),
                ..functions
            },
            wrapped: functions,
        }
    }

    /// How the framework numbers the slots, by slot. `[control]`
    ///
    /// # Safety
    /// As for [`Self::of`].
    pub unsafe fn ids(&self, wrapped: &clap_plugin) -> Vec<clap_id> {
        // SAFETY: The caller answers for the plugin.
        unsafe { ids_of(wrapped, &self.wrapped) }
    }
}

/// # Safety
/// `wrapped` is a framework's plugin that is not destroyed.
unsafe fn params_of(wrapped: &clap_plugin) -> clap_plugin_params {
    // SAFETY: The table of this id is of this type.
    unsafe { framework_extension(wrapped, CLAP_EXT_PARAMS) }.copied().unwrap_or(NO_PARAMS)
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

unsafe extern "C" fn get_info(plugin: *const clap_plugin, index: u32, info: *mut clap_param_info) -> bool {
    guarded(false, || {
        // SAFETY: The host calls this with the plugin it was given.
        let object = unsafe { object(plugin) };
        // SAFETY: The wrapper takes `plugin_data` alone, which is its own.
        let count = object.params.wrapped.count.map_or(0, |count| unsafe { count(plugin) });
        // The framework panics for the index that is just one too high.
        let Some(instance) = object.link.instance().filter(|_| index < count) else {
            return false;
        };
        // SAFETY: The wrapper fills a record that the host made.
        let filled = object.params.wrapped.get_info.is_some_and(|get| unsafe { get(plugin, index, info) });
        // SAFETY: The wrapper checked it and wrote to it.
        if filled && let Some(info) = unsafe { info.as_mut() } {
            match index as usize {
                slot if slot < SLOTS => describe(info, instance.params().list().param(slot)),
                // The bypass, which is on or off.
                _ => info.flags &= !(CLAP_PARAM_IS_MODULATABLE | CLAP_PARAM_IS_MODULATABLE_PER_NOTE_ID),
            }
        }
        filled
    })
}

/// The framework's own answer has the modulation in it, which a host would take for the knob's position.
unsafe extern "C" fn get_value(plugin: *const clap_plugin, id: clap_id, value: *mut f64) -> bool {
    guarded(false, || {
        // SAFETY: The host calls this with the plugin it was given.
        let object = unsafe { object(plugin) };
        let Some(slot) = object.link.param_ids().iter().position(|known| *known == id) else {
            // SAFETY: The wrapper takes `plugin_data` alone, which is its own, and checks the place.
            return object.params.wrapped.get_value.is_some_and(|get| unsafe { get(plugin, id, value) });
        };
        // SAFETY: The host gives a place for one value.
        let (Some(instance), Some(value)) = (object.link.instance(), unsafe { value.as_mut() }) else {
            return false;
        };
        *value = f64::from(instance.params().shown(slot));
        true
    })
}

unsafe extern "C" fn flush(
    plugin: *const clap_plugin,
    input: *const clap_input_events,
    output: *const clap_output_events,
) {
    guarded((), || {
        // SAFETY: The host calls this with the plugin it was given, and with its own lists.
        unsafe {
            let object = object(plugin);
            if let Some(flush) = object.params.wrapped.flush {
                // A host calls this while it processes no block.
                match (object.hidden.try_borrow_mut(), object.link.instance()) {
                    (Ok(mut hidden), Some(instance)) => {
                        hidden.hide_modulation(input, note_modulation::slots(object, &instance));
                        flush(plugin, hidden.without(input), output);
                    }
                    _ => flush(plugin, input, output),
                }
            }
            object.link.send_edits(output);
        }
    })
}

/// What the wrapper cannot know: the document's side of a slot.
fn describe(info: &mut clap_param_info, param: Option<&Param>) {
    if param.is_none_or(|param| param.hidden) {
        info.flags |= CLAP_PARAM_IS_HIDDEN;
    }
    if param.is_some_and(|param| param.per_note) {
        info.flags |= CLAP_PARAM_IS_MODULATABLE_PER_KEY | CLAP_PARAM_IS_MODULATABLE_PER_CHANNEL;
    } else {
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
    use std::ffi::CStr;

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

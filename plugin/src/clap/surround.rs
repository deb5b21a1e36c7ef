//! Which speakers the channels of a wide effect are for, in VST3's order, so that a project sounds alike in both formats.

use std::slice;

use clap_sys::ext::surround::{
    CLAP_SURROUND_BL, CLAP_SURROUND_BR, CLAP_SURROUND_FC, CLAP_SURROUND_FL, CLAP_SURROUND_FR,
    CLAP_SURROUND_LFE, CLAP_SURROUND_SL, CLAP_SURROUND_SR, clap_plugin_surround,
};
use clap_sys::plugin::clap_plugin;
use ksmps_core::route::HostChannels;

use super::object::object;
use crate::guard::guarded;
use crate::process::channels;
use crate::products::Layout;

/// The speakers of four, six and eight channels.
const SPEAKERS: [&[u8]; 3] =
    [&[FL, FR, BL, BR], &[FL, FR, FC, LFE, BL, BR], &[FL, FR, FC, LFE, BL, BR, SL, SR]];
const FL: u8 = CLAP_SURROUND_FL as u8;
const FR: u8 = CLAP_SURROUND_FR as u8;
const FC: u8 = CLAP_SURROUND_FC as u8;
const LFE: u8 = CLAP_SURROUND_LFE as u8;
const BL: u8 = CLAP_SURROUND_BL as u8;
const BR: u8 = CLAP_SURROUND_BR as u8;
const SL: u8 = CLAP_SURROUND_SL as u8;
const SR: u8 = CLAP_SURROUND_SR as u8;

/// What a host asks of it.
pub(super) static SURROUND: clap_plugin_surround = clap_plugin_surround {
    is_channel_mask_supported: Some(is_channel_mask_supported),
    get_channel_map: Some(get_channel_map),
};

/// The speakers of so many channels; none where they are not for certain ones. `[any]`
pub(super) fn speakers(width: usize) -> &'static [u8] {
    SPEAKERS.into_iter().find(|speakers| speakers.len() == width).unwrap_or_default()
}

/// Whether a host's wish for the speakers of a port is ours. One that says none has no wish.
///
/// # Safety
/// `map` is null or has `width` channels.
pub(super) unsafe fn is_as_wished(map: *const u8, width: usize) -> bool {
    // SAFETY: The caller answers for the map.
    !speakers(width).is_empty()
        && (map.is_null() || unsafe { slice::from_raw_parts(map, width) } == speakers(width))
}

unsafe extern "C" fn is_channel_mask_supported(_plugin: *const clap_plugin, mask: u64) -> bool {
    guarded(false, || {
        let mask_of = |speakers: &&[u8]| speakers.iter().fold(0_u64, |mask, speaker| mask | 1 << speaker);
        SPEAKERS.iter().any(|speakers| mask_of(speakers) == mask)
    })
}

unsafe extern "C" fn get_channel_map(
    plugin: *const clap_plugin,
    is_input: bool,
    port: u32,
    map: *mut u8,
    capacity: u32,
) -> u32 {
    guarded(0, || {
        // SAFETY: The host calls this with the plugin it was given.
        let object = unsafe { object(plugin) };
        let Ok(ports) = object.ports.try_borrow() else { return 0 };
        let HostChannels { inputs, outputs } = channels(&Layout::ALL[ports.index]);
        let width = (if is_input { inputs } else { outputs }).get(port as usize).copied().unwrap_or(0);
        let speakers = speakers(width);
        if map.is_null() || (capacity as usize) < speakers.len() {
            return 0;
        }
        // SAFETY: The host gives a place for so many numbers.
        unsafe { slice::from_raw_parts_mut(map, speakers.len()) }.copy_from_slice(speakers);
        speakers.len() as u32
    })
}

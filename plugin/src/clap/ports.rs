//! The audio ports of a CLAP object: how many channels an effect has, which ports the host uses, and a block's buffers.

use std::ffi::CStr;

use clap_sys::audio_buffer::clap_audio_buffer;
use clap_sys::ext::audio_ports::{
    CLAP_EXT_AUDIO_PORTS, CLAP_PORT_MONO, CLAP_PORT_STEREO, clap_audio_port_info, clap_plugin_audio_ports,
};
use clap_sys::ext::audio_ports_activation::clap_plugin_audio_ports_activation;
use clap_sys::ext::audio_ports_config::{CLAP_EXT_AUDIO_PORTS_CONFIG, clap_plugin_audio_ports_config};
use clap_sys::ext::configurable_audio_ports::{
    clap_audio_port_configuration_request, clap_plugin_configurable_audio_ports,
};
use clap_sys::ext::surround::CLAP_PORT_SURROUND;
use clap_sys::plugin::clap_plugin;
use ksmps_core::route::HostChannels;

use super::object::{framework_extension, object};
use super::surround::{is_as_wished, speakers};
use crate::bus_buffers::BusBuffers;
use crate::guard::guarded;
use crate::process::channels;
use crate::products::Layout;

/// The ports as they are now.
pub(super) struct Ports {
    layout: Layout,
    /// Which of the framework's layouts is chosen.
    pub index: usize,
    /// Inputs and outputs.
    pub buffers: [BusBuffers<clap_audio_buffer>; 2],
}

impl Ports {
    /// The ports of a product as it comes. `[control]`
    pub fn new(layout: Layout) -> Self {
        let index = layout.index();
        Self { layout, index, buffers: buffers(index) }
    }

    /// Whether a host can have other ports. `[any]`
    pub fn has_choice(&self) -> bool {
        self.layout.choices().count() > 1
    }

    /// Makes room for blocks of this length. `[control]`
    pub fn prepare(&mut self, frames_max: usize) {
        self.buffers.iter_mut().for_each(|buffers| buffers.prepare(frames_max));
    }
}

fn buffers(index: usize) -> [BusBuffers<clap_audio_buffer>; 2] {
    let HostChannels { inputs, outputs } = channels(&Layout::ALL[index]);
    [BusBuffers::new(&inputs), BusBuffers::new(&outputs)]
}

/// The ports, with the channels that a host sees.
pub(super) static PORTS: clap_plugin_audio_ports =
    clap_plugin_audio_ports { count: Some(count), get: Some(get) };

/// A host may have an effect of another width.
pub(super) static CONFIGURABLE: clap_plugin_configurable_audio_ports = clap_plugin_configurable_audio_ports {
    can_apply_configuration: Some(can_apply),
    apply_configuration: Some(apply),
};

/// A host may leave ports unused: each block says so itself.
pub(super) static ACTIVATION: clap_plugin_audio_ports_activation = clap_plugin_audio_ports_activation {
    can_activate_while_processing: Some(can_activate_while_processing),
    set_active: Some(set_active),
};

/// The framework's table.
///
/// # Safety
/// As [`framework_extension`].
unsafe fn framework<'a>(wrapped: &clap_plugin) -> Option<&'a clap_plugin_audio_ports> {
    // SAFETY: The table of this id is of this type.
    unsafe { framework_extension(wrapped, CLAP_EXT_AUDIO_PORTS) }
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
    info: *mut clap_audio_port_info,
) -> bool {
    guarded(false, || {
        // SAFETY: As above; the host gives a place for the record.
        let (object, told, info) = unsafe {
            let object = object(plugin);
            let told = framework(&object.wrapped)
                .and_then(|ports| ports.get)
                .is_some_and(|get| get(plugin, index, is_input, info));
            (object, told, info.as_mut())
        };
        let (Some(info), Ok(ports)) = (info.filter(|_| told), object.ports.try_borrow()) else {
            return false;
        };
        let HostChannels { inputs, outputs } = channels(&Layout::ALL[ports.index]);
        let Some(width) = (if is_input { inputs } else { outputs }).get(index as usize).copied() else {
            return false;
        };
        info.channel_count = width as u32;
        info.port_type = match width {
            1 => CLAP_PORT_MONO.as_ptr(),
            2 => CLAP_PORT_STEREO.as_ptr(),
            width if !speakers(width).is_empty() => CLAP_PORT_SURROUND.as_ptr(),
            _ => std::ptr::null(),
        };
        true
    })
}

unsafe extern "C" fn can_apply(
    plugin: *const clap_plugin,
    requests: *const clap_audio_port_configuration_request,
    request_count: u32,
) -> bool {
    guarded(false, || {
        // SAFETY: The host calls this with the plugin it was given, and with as many requests as it says.
        unsafe { wanted(plugin, requests, request_count) }.is_some()
    })
}

/// All requests or none.
unsafe extern "C" fn apply(
    plugin: *const clap_plugin,
    requests: *const clap_audio_port_configuration_request,
    request_count: u32,
) -> bool {
    guarded(false, || {
        // SAFETY: As above. The host does this while the plugin is not active.
        unsafe {
            let object = object(plugin);
            let (Some(index), false) = (wanted(plugin, requests, request_count), object.link.is_active())
            else {
                return false;
            };
            let Ok(mut ports) = object.ports.try_borrow_mut() else { return false };
            if !select(&object.wrapped, index) {
                return false;
            }
            (ports.index, ports.buffers) = (index, buffers(index));
            true
        }
    })
}

/// The framework's layout that has what is requested; `None` where none has.
///
/// # Safety
/// `plugin` is one of ours, and `requests` are so many.
unsafe fn wanted(
    plugin: *const clap_plugin,
    requests: *const clap_audio_port_configuration_request,
    request_count: u32,
) -> Option<usize> {
    if requests.is_null() {
        return None;
    }
    // SAFETY: The caller answers for both.
    let (object, requests) =
        unsafe { (object(plugin), std::slice::from_raw_parts(requests, request_count as usize)) };
    let layout = object.ports.try_borrow().ok()?.layout;
    let suits = |index: &usize| {
        let HostChannels { inputs, outputs } = channels(&Layout::ALL[*index]);
        requests.iter().all(|request| {
            let buses = if request.is_input { &inputs } else { &outputs };
            let width = buses.get(request.port_index as usize).copied();
            // SAFETY: As above: a type is null or a C string.
            width == Some(request.channel_count as usize) && unsafe { is_of_type(request) }
        })
    };
    layout.choices().find(suits)
}

/// Whether a request's type is one that says no more than the number of its channels, or the speakers that ours are for.
///
/// # Safety
/// Its type is null or a C string, and its details are what the type says.
unsafe fn is_of_type(request: &clap_audio_port_configuration_request) -> bool {
    if request.port_type.is_null() {
        return true;
    }
    // SAFETY: The caller answers for the string.
    let kind = unsafe { CStr::from_ptr(request.port_type) };
    kind.is_empty()
        || (kind == CLAP_PORT_MONO && request.channel_count == 1)
        || (kind == CLAP_PORT_STEREO && request.channel_count == 2)
        || (kind == CLAP_PORT_SURROUND
            // SAFETY: As above: the details of such a port are a map of its channels.
            && unsafe { is_as_wished(request.port_details.cast(), request.channel_count as usize) })
}

/// The framework offers the layouts of all products to choose from; a host is shown those of the product alone.
///
/// # Safety
/// `wrapped` is a framework's plugin that is not destroyed, and not active.
pub(super) unsafe fn select(wrapped: &clap_plugin, index: usize) -> bool {
    // SAFETY: The table of this id is of this type, and its functions take the wrapper's plugin.
    unsafe {
        let config =
            framework_extension::<clap_plugin_audio_ports_config>(wrapped, CLAP_EXT_AUDIO_PORTS_CONFIG);
        config.and_then(|config| config.select).is_some_and(|select| select(wrapped, index as u32))
    }
}

unsafe extern "C" fn can_activate_while_processing(_plugin: *const clap_plugin) -> bool {
    guarded(false, || true)
}

unsafe extern "C" fn set_active(
    plugin: *const clap_plugin,
    is_input: bool,
    index: u32,
    _is_active: bool,
    sample_size: u32,
) -> bool {
    guarded(false, || {
        // SAFETY: The host calls this with the plugin it was given.
        let is_there = index < unsafe { count(plugin, is_input) };
        is_there && matches!(sample_size, 0 | 32)
    })
}

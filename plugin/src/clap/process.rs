//! A block of a CLAP host before the framework gets it: what the host says of its song, and buffers for the ports that have
//! none.

use std::ptr;

use clap_sys::events::{
    CLAP_CORE_EVENT_SPACE_ID, CLAP_EVENT_TRANSPORT, CLAP_TRANSPORT_HAS_BEATS_TIMELINE,
    CLAP_TRANSPORT_HAS_SECONDS_TIMELINE, CLAP_TRANSPORT_HAS_TEMPO, CLAP_TRANSPORT_HAS_TIME_SIGNATURE,
    CLAP_TRANSPORT_IS_LOOP_ACTIVE, CLAP_TRANSPORT_IS_PLAYING, CLAP_TRANSPORT_IS_RECORDING, clap_event_header,
    clap_event_transport, clap_input_events,
};
use clap_sys::fixedpoint::{CLAP_BEATTIME_FACTOR, CLAP_SECTIME_FACTOR};
use clap_sys::plugin::clap_plugin;
use clap_sys::process::{CLAP_PROCESS_ERROR, clap_process, clap_process_status};
use ksmps_core::transport::{HostBar, HostTransport};

use super::note_modulation;
use super::object::{Object, object, tell_tail};
use crate::guard::guarded;
use crate::host_block::HostBlock;
use crate::instance::Instance;

pub(super) unsafe extern "C" fn process(
    plugin: *const clap_plugin,
    process: *const clap_process,
) -> clap_process_status {
    guarded(CLAP_PROCESS_ERROR, || {
        // SAFETY: The host calls this with the plugin it was given.
        let object = unsafe { object(plugin) };
        let instance = object.link.instance();
        // SAFETY: The host gives its own record, valid during the call.
        if let (Some(record), Some(instance)) = (unsafe { process.as_ref() }, &instance) {
            // SAFETY: As above.
            instance.begin_block(|block| unsafe { begin_block(block, record, object, instance) });
            object.link.set_output(record.out_events);
        }
        // SAFETY: As above.
        let status = match (object.wrapped.process, unsafe { process.as_ref() }) {
            // SAFETY: The wrapper takes `plugin_data` alone, which is its own.
            (Some(wrapped), Some(record)) => unsafe { process_completed(object, wrapped, plugin, record) },
            _ => CLAP_PROCESS_ERROR,
        };
        object.link.set_output(ptr::null());
        // SAFETY: As above.
        unsafe {
            if let Some(record) = process.as_ref() {
                object.link.send_edits(record.out_events);
            }
            if let Some(instance) = &instance {
                tell_tail(object, instance);
            }
        }
        status
    })
}

/// Hands the block on with buffers for every port.
///
/// # Safety
/// `wrapped` is the framework's function for `plugin`, and `record` a host's, valid during the call.
unsafe fn process_completed(
    object: &Object,
    wrapped: unsafe extern "C" fn(*const clap_plugin, *const clap_process) -> clap_process_status,
    plugin: *const clap_plugin,
    record: &clap_process,
) -> clap_process_status {
    // SAFETY: The caller answers for the arguments.
    unsafe {
        let mut completed = *record;
        let mut hidden = object.hidden.try_borrow_mut();
        if let Ok(hidden) = &mut hidden {
            completed.in_events = hidden.without(record.in_events);
        }
        let Ok(mut ports) = object.ports.try_borrow_mut() else { return wrapped(plugin, &completed) };
        let frames = record.frames_count as usize;
        let [inputs, outputs] = &mut ports.buffers;
        if let Some(buses) = inputs.complete(record.audio_inputs, record.audio_inputs_count as usize, frames)
        {
            (completed.audio_inputs, completed.audio_inputs_count) = (buses.as_ptr(), buses.len() as u32);
        }
        let host_outputs = record.audio_outputs_count as usize;
        if let Some(buses) = outputs.complete(record.audio_outputs, host_outputs, frames) {
            (completed.audio_outputs, completed.audio_outputs_count) =
                (buses.as_mut_ptr(), buses.len() as u32);
        }
        wrapped(plugin, &completed)
    }
}

/// # Safety
/// `record` is a host's, valid during the call.
unsafe fn begin_block(block: &mut HostBlock, record: &clap_process, object: &Object, instance: &Instance) {
    let Ok(mut hidden) = object.hidden.try_borrow_mut() else { return };
    hidden.clear();
    let (rate, slot) = (object.rate(), note_modulation::slots(object, instance));
    // SAFETY: The caller answers for the record: its pointers are null or valid.
    unsafe {
        block.begin(record.transport.as_ref().map(|event| transport(event, rate)).unwrap_or_default(), rate);
        for (index, header) in events(record.in_events) {
            let known = &*header;
            if known.time >= record.frames_count {
                continue;
            }
            if (known.space_id, known.type_) == (CLAP_CORE_EVENT_SPACE_ID, CLAP_EVENT_TRANSPORT) {
                block.change(known.time, transport(&*header.cast::<clap_event_transport>(), rate));
            } else if let Some(event) = note_modulation::of_header(header, &slot)
                && hidden.hide(index, known)
            {
                block.express(event);
            }
        }
    }
}

/// The events of a host's list, each with its index.
///
/// # Safety
/// `list` is null or a host's list; it and its events are valid as long as what is given.
pub(super) unsafe fn events(
    list: *const clap_input_events,
) -> impl Iterator<Item = (u32, *const clap_event_header)> {
    // SAFETY: The caller answers for the list.
    let functions = unsafe { list.as_ref() }.and_then(|events| Some((events.size?, events.get?)));
    // SAFETY: As above; these are its own functions.
    let count = functions.map_or(0, |(size, _)| unsafe { size(list) });
    let headers = (0..count).filter_map(move |index| {
        // SAFETY: As above.
        functions.map(|(_, get)| (index, unsafe { get(list, index) }))
    });
    headers.filter(|(_, header)| !header.is_null())
}

/// What a transport event says.
fn transport(event: &clap_event_transport, rate: f64) -> HostTransport {
    let has = |flag| event.flags & flag != 0;
    let seconds = event.song_pos_seconds as f64 / CLAP_SECTIME_FACTOR as f64;
    HostTransport {
        playing: has(CLAP_TRANSPORT_IS_PLAYING),
        recording: has(CLAP_TRANSPORT_IS_RECORDING),
        looping: has(CLAP_TRANSPORT_IS_LOOP_ACTIVE),
        tempo: has(CLAP_TRANSPORT_HAS_TEMPO).then_some(event.tempo),
        signature: has(CLAP_TRANSPORT_HAS_TIME_SIGNATURE)
            .then(|| (u32::from(event.tsig_num), u32::from(event.tsig_denom))),
        frames: has(CLAP_TRANSPORT_HAS_SECONDS_TIMELINE).then(|| (seconds * rate).round() as i64),
        beats: has(CLAP_TRANSPORT_HAS_BEATS_TIMELINE)
            .then(|| event.song_pos_beats as f64 / CLAP_BEATTIME_FACTOR as f64),
        bar: has(CLAP_TRANSPORT_HAS_BEATS_TIMELINE).then(|| HostBar {
            start: event.bar_start as f64 / CLAP_BEATTIME_FACTOR as f64,
            number: Some(i64::from(event.bar_number)),
        }),
    }
}

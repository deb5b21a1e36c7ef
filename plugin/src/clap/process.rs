//! A block of a CLAP host before the framework gets it: what the host says of its song.

use std::ptr;

use clap_sys::events::{
    CLAP_CORE_EVENT_SPACE_ID, CLAP_EVENT_TRANSPORT, CLAP_TRANSPORT_HAS_BEATS_TIMELINE,
    CLAP_TRANSPORT_HAS_SECONDS_TIMELINE, CLAP_TRANSPORT_HAS_TEMPO, CLAP_TRANSPORT_HAS_TIME_SIGNATURE,
    CLAP_TRANSPORT_IS_PLAYING, CLAP_TRANSPORT_IS_RECORDING, clap_event_transport,
};
use clap_sys::fixedpoint::{CLAP_BEATTIME_FACTOR, CLAP_SECTIME_FACTOR};
use clap_sys::plugin::clap_plugin;
use clap_sys::process::{CLAP_PROCESS_ERROR, clap_process, clap_process_status};
use ksmps_core::transport::HostTransport;

use super::object::object;
use crate::host_block::HostBlock;

pub(super) unsafe extern "C" fn process(
    plugin: *const clap_plugin,
    process: *const clap_process,
) -> clap_process_status {
    // SAFETY: The host calls this with the plugin it was given.
    let object = unsafe { object(plugin) };
    // SAFETY: The host gives its own record, valid during the call.
    if let (Some(record), Some(instance)) = (unsafe { process.as_ref() }, object.link.instance()) {
        let rate = object.rate();
        // SAFETY: As above.
        instance.begin_block(|block| unsafe { begin_block(block, record, rate) });
        object.link.set_output(record.out_events);
    }
    let status = match object.wrapped.process {
        // SAFETY: The wrapper takes `plugin_data` alone, which is its own.
        Some(wrapped) => unsafe { wrapped(plugin, process) },
        None => CLAP_PROCESS_ERROR,
    };
    object.link.set_output(ptr::null());
    // SAFETY: As above.
    unsafe {
        if let Some(record) = process.as_ref() {
            object.link.send_edits(record.out_events);
        }
    }
    status
}

/// # Safety
/// `record` is a host's, valid during the call.
unsafe fn begin_block(block: &mut HostBlock, record: &clap_process, rate: f64) {
    // SAFETY: The caller answers for the record: its pointers are null or valid.
    unsafe {
        block.begin(record.transport.as_ref().map(|event| transport(event, rate)).unwrap_or_default(), rate);
        let Some(events) = record.in_events.as_ref() else { return };
        let (Some(size), Some(get)) = (events.size, events.get) else { return };
        for index in 0..size(events) {
            let header = get(events, index);
            if let Some(known) = header.as_ref()
                && (known.space_id, known.type_) == (CLAP_CORE_EVENT_SPACE_ID, CLAP_EVENT_TRANSPORT)
                && known.time < record.frames_count
            {
                block.change(known.time, transport(&*header.cast::<clap_event_transport>(), rate));
            }
        }
    }
}

/// What a transport event says.
fn transport(event: &clap_event_transport, rate: f64) -> HostTransport {
    let has = |flag| event.flags & flag != 0;
    let seconds = event.song_pos_seconds as f64 / CLAP_SECTIME_FACTOR as f64;
    HostTransport {
        playing: has(CLAP_TRANSPORT_IS_PLAYING),
        recording: has(CLAP_TRANSPORT_IS_RECORDING),
        tempo: has(CLAP_TRANSPORT_HAS_TEMPO).then_some(event.tempo),
        signature: has(CLAP_TRANSPORT_HAS_TIME_SIGNATURE)
            .then(|| (u32::from(event.tsig_num), u32::from(event.tsig_denom))),
        frames: has(CLAP_TRANSPORT_HAS_SECONDS_TIMELINE).then(|| (seconds * rate).round() as i64),
        beats: has(CLAP_TRANSPORT_HAS_BEATS_TIMELINE)
            .then(|| event.song_pos_beats as f64 / CLAP_BEATTIME_FACTOR as f64),
    }
}

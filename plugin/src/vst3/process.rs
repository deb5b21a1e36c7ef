//! A block of a VST3 host before the framework gets it: buffers for the buses that have none, whether the host renders
//! offline, and what it says of its song.

use std::ptr;
use std::sync::atomic::Ordering;

use ksmps_core::transport::{HostBar, HostTransport};
use vst3::Steinberg::Vst::ProcessContext_::StatesAndFlags_ as Flags;
use vst3::Steinberg::Vst::ProcessModes_::kOffline;
use vst3::Steinberg::Vst::{IAudioProcessor, IAudioProcessorVtbl, ProcessContext, ProcessData, ProcessSetup};
use vst3::Steinberg::{int32, kInternalError, kInvalidArgument, tresult, uint32};

use super::note_expression::note_expressions;
use super::object::{Vtable, table};
use crate::guard::guarded;

pub(super) unsafe extern "system" fn setup_processing(
    this: *mut IAudioProcessor,
    setup: *mut ProcessSetup,
) -> tresult {
    guarded(kInternalError, || {
        // SAFETY: The host calls this for an object of ours, with its own record.
        let (table, setup_record) = unsafe { (table((*this).vtbl), setup.as_ref()) };
        if let Some(setup) = setup_record {
            table.shared.link.set_offline(setup.processMode == kOffline as int32);
            table.shared.rate.store(setup.sampleRate.to_bits(), Ordering::Relaxed);
            if let Ok(mut buses) = table.shared.buses.try_borrow_mut() {
                let frames_max = usize::try_from(setup.maxSamplesPerBlock).unwrap_or(0);
                buses.iter_mut().for_each(|buses| buses.prepare(frames_max));
            }
        }
        // SAFETY: As above.
        unsafe { ((*table.original).setupProcessing)(this, setup) }
    })
}

pub(super) unsafe extern "system" fn process(this: *mut IAudioProcessor, data: *mut ProcessData) -> tresult {
    guarded(kInternalError, || {
        // SAFETY: The host calls this for an object of ours, with its own record.
        unsafe {
            let table = table((*this).vtbl);
            let Some(host) = data.as_ref() else { return kInvalidArgument };
            let link = &table.shared.link;
            link.set_output(host.outputParameterChanges);
            link.programs().take_from(host.inputParameterChanges);
            let result = process_completed(table, this, data, host);
            table.shared.set.clear();
            link.send_edits();
            link.set_output(ptr::null_mut());
            result
        }
    })
}

/// The document's tail, before the first block too; the framework's is that of the last block's notes.
pub(super) unsafe extern "system" fn get_tail_samples(this: *mut IAudioProcessor) -> uint32 {
    guarded(0, || {
        // SAFETY: The host calls this for an object of ours.
        let shared = &unsafe { table((*this).vtbl) }.shared;
        let rate = f64::from_bits(shared.rate.load(Ordering::Relaxed));
        shared.link.instance().map_or(0, |instance| instance.tail_frames(rate))
    })
}

/// # Safety
/// As for [`process`]; `host` is what `data` points to.
unsafe fn process_completed(
    table: &Vtable<IAudioProcessorVtbl>,
    this: *mut IAudioProcessor,
    data: *mut ProcessData,
    host: &ProcessData,
) -> tresult {
    // SAFETY: The caller answers for the arguments.
    unsafe {
        let process = (*table.original).process;
        table.shared.link.set_offline(host.processMode == kOffline as int32);
        if let Some(instance) = table.shared.link.instance() {
            let rate = f64::from_bits(table.shared.rate.load(Ordering::Relaxed));
            let transport = host.processContext.as_ref().map(transport).unwrap_or_default();
            instance.begin_block(|block| {
                block.begin(transport, rate);
                // SAFETY: As above.
                note_expressions(block, host.inputEvents, host.numSamples);
            });
        }
        // Without a main output this is a way to deliver parameters.
        let is_flush = host.numSamples <= 0
            || host.numOutputs <= 0
            || host.outputs.is_null()
            || (*host.outputs).__field0.channelBuffers32.is_null();
        let (Ok(mut buses), false) = (table.shared.buses.try_borrow_mut(), is_flush) else {
            return process(this, data);
        };
        let [inputs, outputs] = &mut *buses;
        let frames = host.numSamples as usize;
        let mut completed = *host;
        let host_inputs = usize::try_from(host.numInputs).unwrap_or(0);
        if let Some(buses) = inputs.complete(host.inputs, host_inputs, frames) {
            (completed.inputs, completed.numInputs) = (buses.as_mut_ptr(), buses.len() as int32);
        }
        if let Some(buses) = outputs.complete(host.outputs, host.numOutputs as usize, frames) {
            (completed.outputs, completed.numOutputs) = (buses.as_mut_ptr(), buses.len() as int32);
        }
        process(this, &mut completed)
    }
}

/// What a host says of its song. The position in frames is always there.
fn transport(context: &ProcessContext) -> HostTransport {
    let has = |flag: u32| context.state & flag != 0;
    let number = |number: int32| u32::try_from(number).unwrap_or(0);
    HostTransport {
        playing: has(Flags::kPlaying),
        recording: has(Flags::kRecording),
        looping: has(Flags::kCycleActive),
        tempo: has(Flags::kTempoValid).then_some(context.tempo),
        signature: has(Flags::kTimeSigValid)
            .then(|| (number(context.timeSigNumerator), number(context.timeSigDenominator))),
        frames: Some(context.projectTimeSamples),
        beats: has(Flags::kProjectTimeMusicValid).then_some(context.projectTimeMusic),
        bar: has(Flags::kBarPositionValid)
            .then_some(HostBar { start: context.barPositionMusic, number: None }),
    }
}

//! Which channels the buses of a VST3 object have. A host may have an effect of another width than it comes with; it sees a
//! sidechain as it is, which the framework takes for a wider one (`crate::products::Layout::ALL`).

use std::sync::PoisonError;

use ksmps_core::route::HostChannels;
use nice_plug::prelude::AudioIOLayout;
use vst3::ComPtr;
use vst3::Steinberg::Vst::BusDirections_::kInput;
use vst3::Steinberg::Vst::MediaTypes_::kAudio;
use vst3::Steinberg::Vst::SpeakerArr::{k40Music, k51, k71Music, kMono, kStereo};
use vst3::Steinberg::Vst::{
    BusDirection, BusInfo, IAudioProcessor, IAudioProcessorTrait, IComponent, MediaType, SpeakerArrangement,
};
use vst3::Steinberg::{int32, kInternalError, kInvalidArgument, kResultFalse, kResultOk, tresult};

use super::object::{Shared, table};
use crate::bus_buffers::BusBuffers;
use crate::guard::guarded;
use crate::process::channels;
use crate::products::Layout;

/// The buses as a host has arranged them: inputs, outputs.
pub(super) type Arrangement = [Vec<SpeakerArrangement>; 2];

/// As the product comes. `[control]`
pub(super) fn first(layout: Layout) -> Arrangement {
    let HostChannels { inputs, outputs } = channels(layout.buses());
    [inputs, outputs].map(|widths| widths.into_iter().map(usual).collect())
}

/// The usual speakers for so many channels.
fn usual(width: usize) -> SpeakerArrangement {
    match width {
        1 => kMono,
        2 => kStereo,
        4 => k40Music,
        6 => k51,
        8 => k71Music,
        _ => (1 << width) - 1,
    }
}

/// Buffers for buses of these widths. `[control]`
pub(super) fn buffers(arrangement: &Arrangement) -> [BusBuffers<vst3::Steinberg::Vst::AudioBusBuffers>; 2] {
    arrangement.each_ref().map(|buses| BusBuffers::new(&buses.iter().map(width).collect::<Vec<_>>()))
}

fn width(speakers: &SpeakerArrangement) -> usize {
    speakers.count_ones() as usize
}

/// Has the framework take one of its layouts, of which it looks at the numbers of channels. `None` where it refuses.
pub(super) fn choose(processor: &ComPtr<IAudioProcessor>, index: usize) -> Option<()> {
    let [mut inputs, mut outputs] = framework(&Layout::ALL[index]);
    let (ins, outs) = (inputs.len() as int32, outputs.len() as int32);
    // SAFETY: The arrays are as long as it is said; the pointer of an empty one is not null, as the framework wants it.
    let result =
        unsafe { processor.setBusArrangements(inputs.as_mut_ptr(), ins, outputs.as_mut_ptr(), outs) };
    (result == kResultOk).then_some(())
}

/// What the framework knows a layout by.
fn framework(layout: &AudioIOLayout) -> Arrangement {
    let speakers = |channels: &std::num::NonZeroU32| usual(channels.get() as usize);
    [
        layout.main_input_channels.iter().chain(layout.aux_input_ports).map(speakers).collect(),
        layout.main_output_channels.iter().chain(layout.aux_output_ports).map(speakers).collect(),
    ]
}

/// Only what the product has: the framework would take the layout of another product.
pub(super) unsafe extern "system" fn set_bus_arrangements(
    this: *mut IAudioProcessor,
    inputs: *mut SpeakerArrangement,
    input_count: int32,
    outputs: *mut SpeakerArrangement,
    output_count: int32,
) -> tresult {
    guarded(kInternalError, || {
        // SAFETY: The host calls this for an object of ours, with lists that are as long as it says.
        unsafe {
            let table = table((*this).vtbl);
            let (Some(inputs), Some(outputs)) = (listed(inputs, input_count), listed(outputs, output_count))
            else {
                return kInvalidArgument;
            };
            let widths = |speakers: &[SpeakerArrangement]| speakers.iter().map(width).collect();
            let wanted = HostChannels { inputs: widths(inputs), outputs: widths(outputs) };
            let layout = table.shared.layout;
            let Some(index) = layout.choices().find(|index| channels(&Layout::ALL[*index]) == wanted) else {
                return kResultFalse;
            };
            let [mut ins, mut outs] = framework(&Layout::ALL[index]);
            let (in_count, out_count) = (ins.len() as int32, outs.len() as int32);
            let set = (*table.original).setBusArrangements;
            let result = set(this, ins.as_mut_ptr(), in_count, outs.as_mut_ptr(), out_count);
            if result == kResultOk {
                table.shared.rearrange([inputs.to_vec(), outputs.to_vec()]);
            }
            result
        }
    })
}

/// A list of the host's; `None` where there is none.
///
/// # Safety
/// `list` is null or as long as `count` says.
unsafe fn listed<'a>(list: *mut SpeakerArrangement, count: int32) -> Option<&'a [SpeakerArrangement]> {
    match usize::try_from(count) {
        Ok(0) => Some(&[]),
        // SAFETY: The caller answers for the list.
        Ok(count) if !list.is_null() => Some(unsafe { std::slice::from_raw_parts(list, count) }),
        _ => None,
    }
}

impl Shared {
    /// The buses are others from now on. `[control]`
    fn rearrange(&self, arrangement: Arrangement) {
        if let Ok(mut buses) = self.buses.try_borrow_mut() {
            let frames_max = buses[0].frames_max();
            *buses = buffers(&arrangement);
            buses.iter_mut().for_each(|buses| buses.prepare(frames_max));
        }
        *self.arrangement.lock().unwrap_or_else(PoisonError::into_inner) = arrangement;
    }

    /// The speakers of a bus.
    fn speakers(&self, direction: BusDirection, index: int32) -> Option<SpeakerArrangement> {
        let arrangement = self.arrangement.lock().unwrap_or_else(PoisonError::into_inner);
        let buses = &arrangement[usize::from(direction != kInput as BusDirection)];
        buses.get(usize::try_from(index).ok()?).copied()
    }
}

pub(super) unsafe extern "system" fn get_bus_arrangement(
    this: *mut IAudioProcessor,
    direction: BusDirection,
    index: int32,
    arrangement: *mut SpeakerArrangement,
) -> tresult {
    guarded(kInternalError, || {
        // SAFETY: The host calls this for an object of ours, with a place for the speakers.
        let (speakers, place) =
            unsafe { (table((*this).vtbl).shared.speakers(direction, index), arrangement.as_mut()) };
        match (speakers, place) {
            (Some(speakers), Some(place)) => {
                *place = speakers;
                kResultOk
            }
            _ => kInvalidArgument,
        }
    })
}

/// The framework's, with the channels that the host has.
pub(super) unsafe extern "system" fn get_bus_info(
    this: *mut IComponent,
    media: MediaType,
    direction: BusDirection,
    index: int32,
    info: *mut BusInfo,
) -> tresult {
    guarded(kInternalError, || {
        // SAFETY: As above, with a place for the record.
        unsafe {
            let table = table((*this).vtbl);
            let result = ((*table.original).getBusInfo)(this, media, direction, index, info);
            if result == kResultOk
                && media == kAudio as MediaType
                && let (Some(speakers), Some(info)) = (table.shared.speakers(direction, index), info.as_mut())
            {
                info.channelCount = width(&speakers) as int32;
            }
            result
        }
    })
}

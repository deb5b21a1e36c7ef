//! The audio side of the VST3 host. Allocates while it warms up, then no more.

use std::ptr;
use std::sync::Arc;

use ksmps_core::event::NoteName;
use vst3::Steinberg::Vst::ProcessContext_::StatesAndFlags_ as Flags;
use vst3::Steinberg::Vst::{
    AudioBusBuffers, AudioBusBuffers__type0, Chord, FrameRate, IAudioProcessor, IAudioProcessorTrait,
    IComponent, IEventList, IParameterChanges, ProcessContext, ProcessData, ProcessModes_,
    SymbolicSampleSizes_, kInfiniteTail,
};
use vst3::Steinberg::{int32, kResultOk};
use vst3::{ComPtr, ComWrapper};

use super::com::{EventList, ParameterChanges};
use super::events::{Translator, note_ids, sent};
use super::library::Module;
use crate::host::{
    Block, Buses, Counters, HostError, HostTransport, Processing, Reports, Setup, Tail, Unused, present_bar,
};

/// A bus that the host leaves unused.
const NO_BUFFERS: AudioBusBuffers = AudioBusBuffers {
    numChannels: 0,
    silenceFlags: 0,
    __field0: AudioBusBuffers__type0 { channelBuffers32: ptr::null_mut() },
};

/// What both sides of the host have of an instance.
#[derive(Clone)]
pub(super) struct Shared {
    pub component: ComPtr<IComponent>,
    pub processor: ComPtr<IAudioProcessor>,
    /// Parameters by slot.
    pub param_ids: Arc<[u32]>,
    /// Parameters by channel and controller.
    pub midi_ids: Arc<[Option<u32>]>,
    pub counters: Arc<Counters>,
    /// Keeps the library loaded. The last field, because the others are the library's objects.
    pub _module: Arc<Module>,
}

/// An activated VST3 plugin.
pub(super) struct Vst3Processing {
    shared: Shared,
    setup: Setup,
    buses: Buses,
    unused: Unused,
    is_processing: bool,
    held: Vec<NoteName>,
    /// A copy of the block's input: a plugin may write there.
    inputs: Vec<Vec<f32>>,
    /// Pointers to the channels of the block, input and output.
    channels: [Vec<*mut f32>; 2],
    /// The buses of the block, input and output.
    ports: [Vec<AudioBusBuffers>; 2],
    events: [ComWrapper<EventList>; 2],
    changes: [ComWrapper<ParameterChanges>; 2],
}

// SAFETY: the raw pointers are filled and read inside one call of `process`; the host's COM objects in here are
// reached by the plugin during that call only; the plugin's own may be called from the audio thread by VST3's
// rules. So one thread at a time is enough, which `Send` without `Sync` says.
unsafe impl Send for Vst3Processing {}

impl Vst3Processing {
    pub fn new(shared: Shared, buses: &Buses, unused: Unused, setup: Setup) -> Self {
        Self {
            shared,
            setup,
            buses: buses.clone(),
            unused,
            is_processing: false,
            held: Vec::new(),
            inputs: vec![Vec::new(); buses.input_channels()],
            channels: Default::default(),
            ports: Default::default(),
            events: [(); 2].map(|()| ComWrapper::new(EventList::default())),
            changes: [(); 2].map(|()| ComWrapper::new(ParameterChanges::default())),
        }
    }

    fn set_processing(&mut self, state: bool) {
        if self.is_processing != state {
            // SAFETY: see the parent module. Its answer is not asked: many plugins have none.
            unsafe { self.shared.processor.setProcessing(state.into()) };
            self.is_processing = state;
        }
    }

    fn translate(&mut self, block: &Block<'_>) {
        for (events, changes) in self.events.iter().zip(&self.changes) {
            events.events.borrow_mut().clear();
            changes.clear();
        }
        let mut translator = Translator {
            param_ids: &self.shared.param_ids,
            midi_ids: &self.shared.midi_ids,
            held: &mut self.held,
            events: &self.events[0],
            changes: &self.changes[0],
        };
        for event in block.events {
            if !translator.push(event) {
                Counters::count(&self.shared.counters.unsent);
            }
        }
    }

    /// Points the buses at this block's channels.
    fn connect(&mut self, block: &mut Block<'_>) {
        for (copy, input) in self.inputs.iter_mut().zip(block.inputs) {
            copy.clear();
            copy.extend_from_slice(&input[..block.frames]);
        }
        let [inputs, outputs] = &mut self.channels;
        inputs.clear();
        inputs.extend(self.inputs.iter_mut().map(|channel| channel.as_mut_ptr()));
        outputs.clear();
        outputs.extend(block.outputs.iter_mut().map(|channel| channel.as_mut_ptr()));
        let counts = [&self.buses.inputs, &self.buses.outputs];
        let unused = &self.unused;
        for (((ports, channels), counts), unused) in
            self.ports.iter_mut().zip(&mut self.channels).zip(counts).zip(unused)
        {
            let mut rest = channels.as_mut_slice();
            ports.clear();
            for (bus, count) in counts.iter().enumerate() {
                let (own, others) = rest.split_at_mut(*count);
                rest = others;
                if unused.contains(&bus) {
                    ports.push(NO_BUFFERS);
                    continue;
                }
                ports.push(AudioBusBuffers {
                    numChannels: own.len() as int32,
                    silenceFlags: 0,
                    __field0: AudioBusBuffers__type0 { channelBuffers32: own.as_mut_ptr() },
                });
            }
        }
    }
}

impl Processing for Vst3Processing {
    fn rate(&self) -> f64 {
        self.setup.rate
    }

    fn process(&mut self, block: &mut Block<'_>) -> Result<Reports, HostError> {
        assert_eq!(block.inputs.len(), self.inputs.len(), "input channels");
        assert_eq!(block.outputs.len(), self.buses.output_channels(), "output channels");
        assert!(block.outputs.iter().all(|channel| channel.len() == block.frames), "length of the outputs");
        self.set_processing(true);
        self.translate(block);
        self.connect(block);
        let mut context = block.transport.as_ref().map(|transport| context(transport, self.setup.rate));
        let mode = if self.setup.offline { ProcessModes_::kOffline } else { ProcessModes_::kRealtime };
        // PANIC: the classes name these interfaces.
        let events = self.events.each_ref().map(|events| events.as_com_ref::<IEventList>().unwrap().as_ptr());
        let changes = self
            .changes
            .each_ref()
            .map(|changes| changes.as_com_ref::<IParameterChanges>().unwrap().as_ptr());
        let [inputs, outputs] = &mut self.ports;
        let mut data = ProcessData {
            processMode: mode as int32,
            symbolicSampleSize: SymbolicSampleSizes_::kSample32 as int32,
            numSamples: block.frames as int32,
            numInputs: inputs.len() as int32,
            numOutputs: outputs.len() as int32,
            inputs: inputs.as_mut_ptr(),
            outputs: outputs.as_mut_ptr(),
            inputParameterChanges: changes[0],
            outputParameterChanges: changes[1],
            inputEvents: events[0],
            outputEvents: events[1],
            processContext: context.as_mut().map_or(ptr::null_mut(), ptr::from_mut),
        };
        // SAFETY: see the parent module; every pointer in `data` is to something that outlives the call.
        let result = unsafe { self.shared.processor.process(&mut data) };
        if result != kResultOk {
            return Err(HostError::refused(format!("to process ({result})")));
        }
        let frames = self.events[1].events.borrow().iter().map(|event| event.sampleOffset as u32).collect();
        let (midi, params) = (sent(&self.events[1]), self.changes[1].points());
        let note_ids = note_ids(&self.events[1]);
        Ok(Reports { ended: Vec::new(), midi, note_ids, params, frames })
    }

    fn reset(&mut self) {
        self.held.clear();
        self.set_processing(false);
        self.set_processing(true);
    }

    fn tail(&mut self) -> Tail {
        // SAFETY: see the parent module.
        match unsafe { self.shared.processor.getTailSamples() } {
            frames if frames == kInfiniteTail => Tail::Infinite,
            frames => Tail::Frames(frames),
        }
    }
}

impl Drop for Vst3Processing {
    /// Stops processing, as VST3 wants it before deactivation.
    fn drop(&mut self) {
        self.set_processing(false);
    }
}

fn context(transport: &HostTransport, rate: f64) -> ProcessContext {
    let (numerator, denominator) = transport.signature.unwrap_or((0, 0));
    let (beats, frames) = (transport.beats.unwrap_or(0.0), transport.frames.unwrap_or(0));
    let said = [
        (transport.playing, Flags::kPlaying),
        (transport.recording, Flags::kRecording),
        (transport.looping, Flags::kCycleActive),
        (transport.tempo.is_some(), Flags::kTempoValid),
        (transport.signature.is_some(), Flags::kTimeSigValid),
        (transport.beats.is_some(), Flags::kProjectTimeMusicValid),
        (transport.beats.is_some(), Flags::kBarPositionValid),
        (true, Flags::kContTimeValid),
    ];
    let state = said.into_iter().filter(|(is_said, _)| *is_said).fold(0, |state, (_, flag)| state | flag);
    ProcessContext {
        state: state as u32,
        sampleRate: rate,
        projectTimeSamples: frames,
        systemTime: 0,
        continousTimeSamples: frames,
        projectTimeMusic: beats,
        barPositionMusic: present_bar(transport).start,
        cycleStartMusic: 0.0,
        cycleEndMusic: 0.0,
        tempo: transport.tempo.unwrap_or(0.0),
        timeSigNumerator: numerator as i32,
        timeSigDenominator: denominator as i32,
        chord: Chord { keyNote: 0, rootNote: 0, chordMask: 0 },
        smpteOffsetSubframes: 0,
        frameRate: FrameRate { framesPerSecond: 0, flags: 0 },
        samplesToNextClock: 0,
    }
}

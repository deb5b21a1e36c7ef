//! A real-time audio device that the host implements.

use std::ffi::{c_char, c_int};

use super::{Slot, callbacks_of};
use crate::host::devices::{AudioDevice, fill_list};
use crate::host::instance::Instance;
use crate::host::state::{BeforeStart, Csound};
use crate::raw::structures::AudioDeviceEntry;
use crate::raw::{CSOUND, HostFunctions, csRtAudioParams};

/// How Csound opens a device.
#[derive(Debug, Clone, PartialEq)]
pub struct AudioParams {
    /// The device's name, where one was given (`-odac:NAME`).
    pub device: Option<String>,
    /// Its number; 1024 where none was given.
    pub number: i32,
    /// Frames of Csound's own buffer (`-b`).
    pub software_frames: u32,
    /// Frames of the device's buffer (`-B`).
    pub hardware_frames: i32,
    /// Channels.
    pub channels: i32,
    /// Frames per second.
    pub rate: f32,
}

type Open = dyn FnMut(&AudioParams) -> bool + Send;
type Play = dyn FnMut(&[f64]) + Send;
type Record = dyn FnMut(&mut [f64]) -> usize + Send;
type Close = dyn FnMut() + Send;
type Devices = dyn FnMut(bool) -> Vec<AudioDevice> + Send;

#[derive(Default)]
pub(in crate::host) struct AudioCallbacks {
    play_open: Slot<Open>,
    record_open: Slot<Open>,
    play: Slot<Play>,
    record: Slot<Record>,
    close: Slot<Close>,
    devices: Slot<Devices>,
}

pub(super) unsafe fn install(more: &HostFunctions, cs: *mut CSOUND, callbacks: &AudioCallbacks) {
    // SAFETY: a live instance; the functions have the signatures that Csound documents for them.
    unsafe {
        if callbacks.play_open.is_set() {
            (more.set_play_open)(cs, on_play_open);
        }
        if callbacks.record_open.is_set() {
            (more.set_record_open)(cs, on_record_open);
        }
        if callbacks.play.is_set() {
            (more.set_rt_play)(cs, on_play);
        }
        if callbacks.record.is_set() {
            (more.set_rt_record)(cs, on_record);
        }
        if callbacks.close.is_set() {
            (more.set_rt_close)(cs, on_close);
        }
        if callbacks.devices.is_set() {
            (more.set_audio_devices_callback)(cs, on_devices);
        }
    }
}

/// The device of a host. Csound asks for it where the output is `dac` or the input `adc`, no module of its own has the
/// name that [`Csound::set_rt_audio_module`] sets, and the host does not have the buffers itself
/// ([`Csound::set_host_implemented_audio_io`]). What a device needs is in the closures.
impl<S: BeforeStart> Csound<S> {
    /// What opens the device for playing; `false`: it cannot be opened. `[control]`
    pub fn set_play_open_callback(&mut self, open: impl FnMut(&AudioParams) -> bool + Send + 'static) {
        self.instance.callbacks().audio.play_open.set(Box::new(open));
        self.install_audio();
    }

    /// What opens the device for recording; `false`: it cannot be opened. `[control]`
    pub fn set_record_open_callback(&mut self, open: impl FnMut(&AudioParams) -> bool + Send + 'static) {
        self.instance.callbacks().audio.record_open.set(Box::new(open));
        self.install_audio();
    }

    /// What plays a buffer: interleaved samples with 1 as full scale. Called by the thread that performs. `[control]`
    pub fn set_rt_play_callback(&mut self, play: impl FnMut(&[f64]) + Send + 'static) {
        self.instance.callbacks().audio.play.set(Box::new(play));
        self.install_audio();
    }

    /// What fills a buffer, and says how many samples of it: interleaved, with 1 as full scale. Called by the thread that
    /// performs. `[control]`
    pub fn set_rt_record_callback(&mut self, record: impl FnMut(&mut [f64]) -> usize + Send + 'static) {
        self.instance.callbacks().audio.record.set(Box::new(record));
        self.install_audio();
    }

    /// What closes the device. `[control]`
    pub fn set_rt_close_callback(&mut self, close: impl FnMut() + Send + 'static) {
        self.instance.callbacks().audio.close.set(Box::new(close));
        self.install_audio();
    }

    /// What lists the devices, of the outputs (`true`) or of the inputs. `[control]`
    pub fn set_audio_dev_list_callback(
        &mut self,
        devices: impl FnMut(bool) -> Vec<AudioDevice> + Send + 'static,
    ) {
        self.instance.callbacks().audio.devices.set(Box::new(devices));
        self.install_audio();
    }

    fn install_audio(&mut self) {
        let instance = &self.instance;
        // SAFETY: live instance owned by this thread.
        unsafe { install(instance.more, instance.cs(), &instance.callbacks().audio) };
    }
}

/// # Safety
/// Csound gives its description of the device to be opened.
unsafe fn open(
    cs: *mut CSOUND,
    params: *const csRtAudioParams,
    slot: fn(&AudioCallbacks) -> &Slot<Open>,
) -> c_int {
    // SAFETY: the caller says so; the name is null or a C string.
    unsafe {
        let (Some(callbacks), Some(params)) = (callbacks_of(cs), params.as_ref()) else { return -1 };
        let params = AudioParams {
            device: Instance::text(params.devName),
            number: params.devNum,
            software_frames: params.bufSamp_SW,
            hardware_frames: params.bufSamp_HW,
            channels: params.nChannels,
            rate: params.sampleRate,
        };
        let opened = slot(&callbacks.audio).call(callbacks, false, |open| open(&params));
        if opened { 0 } else { -1 }
    }
}

unsafe extern "C" fn on_play_open(cs: *mut CSOUND, params: *const csRtAudioParams) -> c_int {
    // SAFETY: called by Csound.
    unsafe { open(cs, params, |audio| &audio.play_open) }
}

unsafe extern "C" fn on_record_open(cs: *mut CSOUND, params: *const csRtAudioParams) -> c_int {
    // SAFETY: called by Csound.
    unsafe { open(cs, params, |audio| &audio.record_open) }
}

unsafe extern "C" fn on_play(cs: *mut CSOUND, samples: *const f64, bytes: c_int) {
    // SAFETY: Csound gives `bytes` readable bytes of samples.
    unsafe {
        let Some(callbacks) = callbacks_of(cs) else { return };
        let count = usize::try_from(bytes).unwrap_or(0) / size_of::<f64>();
        let samples = std::slice::from_raw_parts(samples, count);
        callbacks.audio.play.call(callbacks, (), |play| play(samples));
    }
}

unsafe extern "C" fn on_record(cs: *mut CSOUND, samples: *mut f64, bytes: c_int) -> c_int {
    // SAFETY: Csound gives `bytes` writable bytes of samples.
    unsafe {
        let Some(callbacks) = callbacks_of(cs) else { return 0 };
        let count = usize::try_from(bytes).unwrap_or(0) / size_of::<f64>();
        let samples = std::slice::from_raw_parts_mut(samples, count);
        // Csound asks how much memory it is given; what it is not given is to be silence.
        samples.fill(0.0);
        let written = callbacks.audio.record.call(callbacks, 0, |record| record(samples));
        (written.min(count) * size_of::<f64>()) as c_int
    }
}

unsafe extern "C" fn on_close(cs: *mut CSOUND) {
    // SAFETY: called by Csound.
    if let Some(callbacks) = unsafe { callbacks_of(cs) } {
        callbacks.audio.close.call(callbacks, (), |close| close());
    }
}

unsafe extern "C" fn on_devices(cs: *mut CSOUND, list: *mut AudioDeviceEntry, is_output: c_int) -> c_int {
    // SAFETY: called by Csound, with room for as many entries as it was told, or with null to be told.
    unsafe {
        let Some(callbacks) = callbacks_of(cs) else { return 0 };
        let devices = callbacks.audio.devices.call(callbacks, Vec::new(), |list| list(is_output != 0));
        fill_list(list, &devices)
    }
}

/// A text in a field of a structure, with the zero behind it; cut where it is full.
pub(in crate::host) fn write_text<const N: usize>(field: &mut [c_char; N], text: &str) {
    field.fill(0);
    for (place, byte) in field[..N - 1].iter_mut().zip(text.bytes()) {
        *place = byte as c_char;
    }
}

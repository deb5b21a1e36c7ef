//! Lists of devices and of the modules that reach them.

use std::ffi::{c_char, c_int};

use super::callbacks::write_text;
use super::instance::Instance;
use super::state::{Csound, State};
use crate::raw::structures::{AudioDeviceEntry, MidiDeviceEntry};

/// An audio device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AudioDevice {
    /// Its name.
    pub name: String,
    /// What the option is given: `adc0`, `dac:NAME`.
    pub id: String,
    /// The module that reaches it.
    pub module: String,
    /// The most channels.
    pub channels: i32,
    /// It is an output.
    pub is_output: bool,
}

/// A MIDI device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MidiDevice {
    /// Its name.
    pub name: String,
    /// What it is a part of.
    pub interface: String,
    /// What the option is given.
    pub id: String,
    /// The module that reaches it.
    pub module: String,
    /// It is an output.
    pub is_output: bool,
}

/// A module that reaches devices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Module {
    /// Its name.
    pub name: String,
    /// `audio` or `midi`.
    pub kind: String,
}

/// Modules that Csound has room for; it does not check.
const MODULES_MAX: c_int = 64;
/// Devices that are listed at the most.
const DEVICES_MAX: usize = 4096;

impl<S: State> Csound<S> {
    /// A module by its place in Csound's list; `None` behind its end. `[control]`
    pub fn module(&self, number: usize) -> Option<Module> {
        let number = c_int::try_from(number).ok().filter(|number| *number < MODULES_MAX)?;
        let (mut name, mut kind) = (std::ptr::null_mut(), std::ptr::null_mut());
        let (more, cs) = (self.instance.more, self.instance.cs());
        // SAFETY: live instance; within Csound's list, which has null where there is no module; it writes two C strings.
        unsafe {
            if (more.module)(cs, number, &mut name, &mut kind) != 0 {
                return None;
            }
            Some(Module { name: Instance::text(name)?, kind: Instance::text(kind).unwrap_or_default() })
        }
    }

    /// The audio devices of the module that is set, its outputs or its inputs; what they are is known once an orchestra is
    /// compiled. Asking may take seconds. `[control]`
    pub fn audio_devices(&mut self, outputs: bool) -> Vec<AudioDevice> {
        let (more, cs) = (self.instance.more, self.instance.cs());
        // SAFETY: live instance owned by this thread; the list has room for as many entries as Csound says there are, and
        // the entries have the size that this version writes.
        unsafe { devices(|list| (more.audio_devices)(cs, list, outputs.into())) }
    }

    /// The MIDI devices of the module that is set, its outputs or its inputs. `[control]`
    pub fn midi_devices(&mut self, outputs: bool) -> Vec<MidiDevice> {
        let (more, cs) = (self.instance.more, self.instance.cs());
        // SAFETY: as in `audio_devices`.
        unsafe { devices(|list| (more.midi_devices)(cs, list, outputs.into())) }
    }
}

/// A device, and how Csound has it.
pub(super) trait Device: Sized {
    type Entry: Copy;
    /// # Safety
    /// All bytes zero is a valid entry.
    const EMPTY: Self::Entry;
    fn read(entry: &Self::Entry) -> Self;
    fn write(&self) -> Self::Entry;
}

/// A list that Csound counts first and writes then.
///
/// # Safety
/// `list` with null counts, and with a place writes as many as it has counted.
unsafe fn devices<D: Device>(list: impl Fn(*mut D::Entry) -> c_int) -> Vec<D> {
    let count = usize::try_from(list(std::ptr::null_mut())).unwrap_or(0);
    if count == 0 || count > DEVICES_MAX {
        return Vec::new();
    }
    // A device that comes in between is to have room.
    let mut entries = vec![D::EMPTY; count * 2 + 16];
    let written = usize::try_from(list(entries.as_mut_ptr())).unwrap_or(0);
    entries[..written.min(entries.len())].iter().map(D::read).collect()
}

/// Writes a list as Csound asks for it: with null it only counts. `[control]`
///
/// # Safety
/// `list` is null, or has room for all devices.
pub(super) unsafe fn fill_list<D: Device>(list: *mut D::Entry, devices: &[D]) -> c_int {
    if !list.is_null() {
        for (place, device) in devices.iter().enumerate() {
            // SAFETY: the caller says so.
            unsafe { list.add(place).write(device.write()) };
        }
    }
    devices.len() as c_int
}

fn text(field: &[c_char]) -> String {
    let bytes: Vec<u8> = field.iter().map(|letter| *letter as u8).take_while(|letter| *letter != 0).collect();
    ksmps_data::encoding::text_of(&bytes)
}

impl Device for AudioDevice {
    type Entry = AudioDeviceEntry;
    const EMPTY: AudioDeviceEntry =
        AudioDeviceEntry { name: [0; 128], id: [0; 128], module: [0; 128], channels: 0, is_output: 0 };

    fn read(entry: &AudioDeviceEntry) -> Self {
        Self {
            name: text(&entry.name),
            id: text(&entry.id),
            module: text(&entry.module),
            channels: entry.channels,
            is_output: entry.is_output != 0,
        }
    }

    fn write(&self) -> AudioDeviceEntry {
        let mut entry =
            AudioDeviceEntry { channels: self.channels, is_output: self.is_output.into(), ..Self::EMPTY };
        write_text(&mut entry.name, &self.name);
        write_text(&mut entry.id, &self.id);
        write_text(&mut entry.module, &self.module);
        entry
    }
}

impl Device for MidiDevice {
    type Entry = MidiDeviceEntry;
    const EMPTY: MidiDeviceEntry =
        MidiDeviceEntry { name: [0; 128], interface: [0; 128], id: [0; 128], module: [0; 128], is_output: 0 };

    fn read(entry: &MidiDeviceEntry) -> Self {
        Self {
            name: text(&entry.name),
            interface: text(&entry.interface),
            id: text(&entry.id),
            module: text(&entry.module),
            is_output: entry.is_output != 0,
        }
    }

    fn write(&self) -> MidiDeviceEntry {
        let mut entry = MidiDeviceEntry { is_output: self.is_output.into(), ..Self::EMPTY };
        write_text(&mut entry.name, &self.name);
        write_text(&mut entry.interface, &self.interface);
        write_text(&mut entry.id, &self.id);
        write_text(&mut entry.module, &self.module);
        entry
    }
}

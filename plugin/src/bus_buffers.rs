//! The buses of a block, completed: a bus that a host leaves inactive has no buffers, and the framework skips the
//! whole block for want of them, or reads behind the host's list. Here it gets some: silence for an input, nobody's for an
//! output. Of a bus that is wider than was agreed on, the first channels count.

#![expect(unsafe_code, reason = "buses are a host's records with raw pointers")]

use std::ptr;

use clap_sys::audio_buffer::clap_audio_buffer;
use vst3::Steinberg::Vst::{AudioBusBuffers, AudioBusBuffers__type0};

/// A format's record of one bus.
pub trait Bus: Copy {
    /// A bus of so many channels, 32 bits each.
    fn new(width: usize, channels: *mut *mut f32) -> Self;

    /// How many channels it has.
    fn width(&self) -> usize;

    /// Its channels; null where it has none.
    fn channels(&self) -> *mut *mut f32;

    /// The same with so many channels of these.
    fn with(self, width: usize, channels: *mut *mut f32) -> Self;
}

impl Bus for clap_audio_buffer {
    fn new(width: usize, channels: *mut *mut f32) -> Self {
        Self {
            data32: channels,
            data64: ptr::null_mut(),
            channel_count: width as u32,
            latency: 0,
            constant_mask: 0,
        }
    }

    fn width(&self) -> usize {
        self.channel_count as usize
    }

    fn channels(&self) -> *mut *mut f32 {
        self.data32
    }

    fn with(self, width: usize, channels: *mut *mut f32) -> Self {
        Self { data32: channels, channel_count: width as u32, ..self }
    }
}

impl Bus for AudioBusBuffers {
    fn new(width: usize, channels: *mut *mut f32) -> Self {
        Self {
            numChannels: width as i32,
            silenceFlags: 0,
            __field0: AudioBusBuffers__type0 { channelBuffers32: channels },
        }
    }

    fn width(&self) -> usize {
        usize::try_from(self.numChannels).unwrap_or(0)
    }

    fn channels(&self) -> *mut *mut f32 {
        // SAFETY: Only 32-bit samples are agreed on with the host.
        unsafe { self.__field0.channelBuffers32 }
    }

    fn with(self, width: usize, channels: *mut *mut f32) -> Self {
        Self {
            numChannels: width as i32,
            __field0: AudioBusBuffers__type0 { channelBuffers32: channels },
            ..self
        }
    }
}

/// Buffers for the buses of one direction, for when the host has none.
pub struct BusBuffers<B> {
    /// Channels of each bus.
    widths: Vec<usize>,
    samples: Vec<f32>,
    channels: Vec<*mut f32>,
    /// As the framework gets them; filled anew for each block.
    buses: Vec<B>,
    frames_max: usize,
}

// SAFETY: The pointers are into the buffers' own memory and, in `buses`, to what a host gave for the length of one
// call; they are followed in that call alone.
unsafe impl<B> Send for BusBuffers<B> {}
// SAFETY: As above; nothing is changed through a shared reference.
unsafe impl<B> Sync for BusBuffers<B> {}

impl<B: Bus> BusBuffers<B> {
    /// Buffers for these buses, without room for any frames yet. `[control]`
    pub fn new(widths: &[usize]) -> Self {
        Self {
            widths: widths.to_vec(),
            samples: Vec::new(),
            channels: vec![ptr::null_mut(); widths.iter().sum()],
            buses: vec![B::new(0, ptr::null_mut()); widths.len()],
            frames_max: 0,
        }
    }

    /// Makes room for blocks of this length. `[control]`
    pub fn prepare(&mut self, frames_max: usize) {
        self.samples = vec![0.0; self.channels.len() * frames_max];
        self.frames_max = frames_max;
        for (pointer, channel) in
            self.channels.iter_mut().zip(self.samples.chunks_exact_mut(frames_max.max(1)))
        {
            *pointer = channel.as_mut_ptr();
        }
    }

    /// Frames for which there is room. `[any]`
    pub fn frames_max(&self) -> usize {
        self.frames_max
    }

    /// The host's buses, each that lacks something replaced by one of ours; `None` where the host's own will do, or
    /// where the block is longer than there is room for. `[audio]`
    ///
    /// # Safety
    /// `buses` has `count` records, whose channel pointers are null or valid for the block.
    pub unsafe fn complete(&mut self, buses: *const B, count: usize, frames: usize) -> Option<&mut [B]> {
        let count = if buses.is_null() { 0 } else { count };
        // SAFETY: The caller answers for the records.
        let host = |bus: usize| (bus < count).then(|| unsafe { *buses.add(bus) });
        let is_agreed = |bus: usize, width: usize| {
            // SAFETY: As above.
            host(bus).is_some_and(|host| host.width() == width && unsafe { has(&host, width) })
        };
        if frames > self.frames_max
            || self.widths.iter().enumerate().all(|(bus, width)| is_agreed(bus, *width))
        {
            return None;
        }
        let mut first = 0;
        for (bus, width) in self.widths.iter().enumerate() {
            // SAFETY: As above.
            self.buses[bus] = match host(bus).filter(|host| unsafe { has(host, *width) }) {
                Some(host) => host.with(*width, host.channels()),
                None => B::new(*width, self.channels[first..].as_mut_ptr()),
            };
            first += width;
        }
        Some(&mut self.buses)
    }
}

/// Whether a bus has at least so many channels.
///
/// # Safety
/// As for [`BusBuffers::complete`].
unsafe fn has<B: Bus>(bus: &B, width: usize) -> bool {
    let channels = bus.channels();
    bus.width() >= width
        && !channels.is_null()
        // SAFETY: The host says that there are so many pointers.
        && (0..width).all(|channel| unsafe { !(*channels.add(channel)).is_null() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complete<B: Bus>() {
        let mut buffers = BusBuffers::<B>::new(&[2, 2, 1]);
        buffers.prepare(4);
        let (mut left, mut right) = ([1.0_f32; 4], [2.0_f32; 4]);
        let mut channels = [left.as_mut_ptr(), right.as_mut_ptr()];
        let host = [B::new(2, channels.as_mut_ptr()), B::new(0, ptr::null_mut())];
        // SAFETY: The records and their channels are above.
        unsafe {
            let buses = buffers.complete(host.as_ptr(), 2, 4).expect("two are missing");
            assert_eq!(buses.iter().map(Bus::width).collect::<Vec<_>>(), [2, 2, 1]);
            assert_eq!(*(*buses[0].channels().add(1)), 2.0);
            assert_eq!(**buses[2].channels(), 0.0);
            assert!(buffers.complete(host.as_ptr(), 2, 5).is_none(), "longer than there is room for");
            let mut pair = BusBuffers::<B>::new(&[2]);
            assert!(pair.complete(host.as_ptr(), 2, 0).is_none(), "nothing is missing");
            // Wider than was agreed on: the framework would end the host.
            let mut mono = BusBuffers::<B>::new(&[1]);
            mono.prepare(4);
            let buses = mono.complete(host.as_ptr(), 1, 4).expect("it is cut");
            assert_eq!((buses[0].width(), **buses[0].channels()), (1, 1.0));
        }
    }

    #[test]
    fn a_bus_without_buffers_gets_some() {
        complete::<clap_audio_buffer>();
        complete::<AudioBusBuffers>();
    }
}

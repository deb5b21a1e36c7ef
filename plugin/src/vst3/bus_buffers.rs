//! The buses of a block, completed: a bus that a host leaves inactive has no buffers, and the framework skips the
//! whole block for want of them. Here it gets some: silence for an input, nobody's for an output.

use std::ptr;

use vst3::Steinberg::Vst::{AudioBusBuffers, AudioBusBuffers__type0};

/// Buffers for the buses of one direction, for when the host has none.
pub struct BusBuffers {
    /// Channels of each bus.
    widths: Vec<usize>,
    samples: Vec<f32>,
    channels: Vec<*mut f32>,
    /// As the framework gets them; filled anew for each block.
    buses: Vec<AudioBusBuffers>,
    frames_max: usize,
}

// SAFETY: The pointers are into the buffers' own memory and, in `buses`, to what a host gave for the length of one
// call; they are followed in that call alone.
unsafe impl Send for BusBuffers {}
// SAFETY: As above; nothing is changed through a shared reference.
unsafe impl Sync for BusBuffers {}

impl BusBuffers {
    /// Buffers for these buses, without room for any frames yet. `[control]`
    pub fn new(widths: &[usize]) -> Self {
        let empty = AudioBusBuffers {
            numChannels: 0,
            silenceFlags: 0,
            __field0: AudioBusBuffers__type0 { channelBuffers32: ptr::null_mut() },
        };
        Self {
            widths: widths.to_vec(),
            samples: Vec::new(),
            channels: vec![ptr::null_mut(); widths.iter().sum()],
            buses: vec![empty; widths.len()],
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

    /// The host's buses, each that lacks something replaced by one of ours; `None` where the host's own will do, or
    /// where the block is longer than there is room for. `[audio]`
    ///
    /// # Safety
    /// `buses` has `count` records, whose channel pointers are null or valid for the block.
    pub unsafe fn complete(
        &mut self,
        buses: *mut AudioBusBuffers,
        count: usize,
        frames: usize,
    ) -> Option<&mut [AudioBusBuffers]> {
        let count = if buses.is_null() { 0 } else { count };
        // SAFETY: The caller answers for the records.
        let host = |bus: usize| (bus < count).then(|| unsafe { *buses.add(bus) });
        // SAFETY: As above.
        let is_whole =
            |bus: usize, width: usize| host(bus).is_some_and(|host| unsafe { whole(&host, width) });
        if frames > self.frames_max
            || self.widths.iter().enumerate().all(|(bus, width)| is_whole(bus, *width))
        {
            return None;
        }
        let mut first = 0;
        for (bus, width) in self.widths.iter().enumerate() {
            self.buses[bus] = match host(bus) {
                Some(host) if is_whole(bus, *width) => host,
                _ => AudioBusBuffers {
                    numChannels: *width as i32,
                    silenceFlags: 0,
                    __field0: AudioBusBuffers__type0 {
                        channelBuffers32: self.channels[first..].as_mut_ptr(),
                    },
                },
            };
            first += width;
        }
        Some(&mut self.buses)
    }
}

/// Whether a bus has all its channels.
///
/// # Safety
/// As for [`BusBuffers::complete`].
unsafe fn whole(bus: &AudioBusBuffers, width: usize) -> bool {
    // SAFETY: Only 32-bit samples are agreed on with the host.
    let channels = unsafe { bus.__field0.channelBuffers32 };
    bus.numChannels == width as i32
        && !channels.is_null()
        // SAFETY: The host says that there are so many pointers.
        && (0..width).all(|channel| unsafe { !(*channels.add(channel)).is_null() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bus_without_buffers_gets_some() {
        let mut buffers = BusBuffers::new(&[2, 2, 1]);
        buffers.prepare(4);
        let (mut left, mut right) = ([1.0_f32; 4], [2.0_f32; 4]);
        let mut channels = [left.as_mut_ptr(), right.as_mut_ptr()];
        let bus = |count, pointers| AudioBusBuffers {
            numChannels: count,
            silenceFlags: 0,
            __field0: AudioBusBuffers__type0 { channelBuffers32: pointers },
        };
        let mut host = [bus(2, channels.as_mut_ptr()), bus(0, ptr::null_mut())];
        // SAFETY: The records and their channels are above.
        unsafe {
            let buses = buffers.complete(host.as_mut_ptr(), 2, 4).expect("two are missing");
            let widths: Vec<i32> = buses.iter().map(|bus| bus.numChannels).collect();
            assert_eq!(widths, [2, 2, 1]);
            assert_eq!(*(*buses[0].__field0.channelBuffers32.add(1)), 2.0);
            assert_eq!(**buses[2].__field0.channelBuffers32, 0.0);
            assert!(buffers.complete(host.as_mut_ptr(), 2, 5).is_none(), "longer than there is room for");
            assert!(BusBuffers::new(&[2]).complete(host.as_mut_ptr(), 2, 0).is_none(), "nothing is missing");
        }
    }
}

//! Spectra: channels of `pvsin` and `pvsout`.

use super::channels::{ChannelFailure, PVS, channel_name, kind_of};
use super::state::{Csound, Performing};
use crate::raw::{CSOUND_CHANNEL_TYPE_MASK, PVSDATEXT};

/// One frame of a spectrum.
#[derive(Debug, Clone, PartialEq)]
pub struct PvsFrame {
    /// Frames of sound that one is made of.
    pub fft_size: usize,
    /// Frames of sound between one and the next.
    pub overlap: usize,
    /// Frames of sound that the window covers.
    pub window_size: usize,
    /// The window: 0 is Hamming, 1 von Hann.
    pub window: i32,
    /// What the numbers are: 0 amplitudes and frequencies, 1 amplitudes and phases, 2 complex numbers, 3 tracks.
    pub format: i32,
    /// The number of the frame, from the start on; a number that has not changed is the frame of before.
    pub count: u32,
    /// `fft_size + 2` numbers: amplitude and frequency of each bin.
    pub bins: Vec<f32>,
}

impl PvsFrame {
    /// A silent frame of amplitudes and frequencies, with a window of its own size. `[control]`
    pub fn silent(fft_size: usize, overlap: usize) -> Self {
        let bins = vec![0.0; fft_size + 2];
        Self { fft_size, overlap, window_size: fft_size, window: 1, format: 0, count: 0, bins }
    }
}

/// The largest frame that is exchanged.
const FFT_SIZE_MAX: usize = 1 << 20;

impl Csound<Performing> {
    /// The newest frame that `pvsout` wrote to a channel, which has a number for a name. `[control]`
    ///
    /// # Errors
    /// [`ChannelFailure::Missing`] where nothing was written, [`ChannelFailure::Kind`] where the name belongs to a channel
    /// of another kind.
    pub fn pvs_channel(&mut self, name: &str) -> Result<PvsFrame, ChannelFailure> {
        let name = channel_name(name)?;
        // Csound would make one that is empty, on which `pvsynth` does not end.
        let bits = self.instance.channel_bits(&name).ok_or(ChannelFailure::Missing)?;
        if bits as u32 & CSOUND_CHANNEL_TYPE_MASK != PVS {
            return Err(ChannelFailure::Kind(kind_of(bits)));
        }
        let (more, cs) = (self.instance.more, self.instance.cs());
        let mut frame = PVSDATEXT::default();
        // SAFETY: live instance owned by this thread; without a place for the bins Csound only describes the frame.
        let answer = unsafe { (more.pvs_channel)(cs, &mut frame, name.as_ptr()) };
        let size = usize::try_from(frame.N).unwrap_or(0);
        if answer != 0 || !(1..=FFT_SIZE_MAX).contains(&size) {
            return Err(ChannelFailure::Missing);
        }
        // Csound's function leaves the last bin out (6.18.1), so the bins are copied from the channel itself.
        let place = self.instance.channel_place(&name, PVS)?.cast::<PVSDATEXT>();
        // SAFETY: a pvs channel's value is this structure, and its frame has room for two numbers more than its size; only
        // this thread performs.
        let bins = unsafe {
            let written = place.as_ref().frame;
            if written.is_null() {
                return Err(ChannelFailure::Missing);
            }
            std::slice::from_raw_parts(written, size + 2).to_vec()
        };
        let count = |number: i32| usize::try_from(number).unwrap_or(0);
        Ok(PvsFrame {
            fft_size: size,
            overlap: count(frame.overlap),
            window_size: count(frame.winsize),
            window: frame.wintype,
            format: frame.format,
            count: frame.framecount,
            bins,
        })
    }

    /// Writes a frame to the channel that `pvsin` reads, which has a number for a name. The first one has to be there
    /// before `pvsin` performs: of a channel that nobody has written, `pvsynth` makes a loop without an end (6.18.1).
    /// `[control]`
    ///
    /// # Errors
    /// [`ChannelFailure::Values`] for a frame whose bins do not go with its size, [`ChannelFailure::Kind`] where the name
    /// belongs to a channel of another kind.
    pub fn set_pvs_channel(&mut self, name: &str, frame: &PvsFrame) -> Result<(), ChannelFailure> {
        let name = channel_name(name)?;
        let has_size = (1..=FFT_SIZE_MAX).contains(&frame.fft_size) && frame.overlap > 0;
        if !has_size || frame.bins.len() != frame.fft_size + 2 {
            return Err(ChannelFailure::Values);
        }
        self.instance.channel_place(&name, PVS)?;
        let number = |count: usize| i32::try_from(count).unwrap_or(0);
        let raw = PVSDATEXT {
            N: number(frame.fft_size),
            sliding: 0,
            NB: number(frame.fft_size / 2 + 1),
            overlap: number(frame.overlap),
            winsize: number(frame.window_size),
            wintype: frame.window,
            format: frame.format,
            framecount: frame.count,
            frame: frame.bins.as_ptr().cast_mut(),
        };
        let (more, cs) = (self.instance.more, self.instance.cs());
        // SAFETY: live instance owned by this thread; Csound copies the bins, of which there are two more than the size.
        let answer = unsafe { (more.set_pvs_channel)(cs, &raw, name.as_ptr()) };
        if answer == 0 { Ok(()) } else { Err(ChannelFailure::Values) }
    }
}

//! Performing: cycle by cycle, buffer by buffer, or to the end; and the buffers.

use ksmps_data::verbs::Failure;

use super::state::{Csound, Finished, Performing};
use crate::process::build_turn;
use crate::running::Performed;

/// Why a performance ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PerformEnd {
    /// The score is over.
    Score,
    /// Somebody asked for it ([`Remote::stop`](super::Remote::stop)); it can go on.
    Stopped,
    /// Csound left for good (`exitnow`, a fatal error, a yield callback that said no).
    Left,
}

/// Csound's codes: above 0 the score is over.
fn performed(result: Result<i32, Failure>) -> Performed {
    match result {
        Ok(0) => Performed::Cycle,
        Ok(_) => Performed::Ended,
        Err(_) => Performed::Left,
    }
}

impl Csound<Performing> {
    /// Performs to the end of the score, or until it is stopped. `[audio]` but for its length
    pub fn perform(&mut self) -> PerformEnd {
        loop {
            match self.perform_ksmps() {
                Performed::Cycle if self.instance.remote.take_stop() => return PerformEnd::Stopped,
                Performed::Cycle => {}
                Performed::Ended => {
                    self.let_threads_go();
                    return PerformEnd::Score;
                }
                Performed::Left => return PerformEnd::Left,
            }
        }
    }

    /// csoundPerform alone tells the threads of `-j` that the score is over; that is all it does then.
    fn let_threads_go(&mut self) {
        if self.params().threads > 1 {
            // SAFETY: live, started instance owned by this thread.
            let _ = unsafe { self.instance.guard().perform_with(self.instance.more.perform) };
        }
    }

    /// Performs one cycle: spin goes in, spout comes out. After the score's end it says so and performs nothing, unless
    /// `--daemon` is set. `[audio]`
    pub fn perform_ksmps(&mut self) -> Performed {
        self.carry_out_requests();
        if self.instance.has_left {
            return Performed::Left;
        }
        let (guard, api) = (self.instance.guard(), self.instance.api);
        // SAFETY: live, started instance owned by this thread. Without a known layout there is no frame, and a buffer may be
        // longer than a cycle.
        let result = unsafe {
            match self.instance.layout {
                Some(_) => guard.perform(api),
                None => guard.perform_with(api.perform_ksmps),
            }
        };
        self.remember(performed(result))
    }

    /// Performs as many cycles as fill a buffer: the input buffer goes in, the output buffer comes out. `[audio]`
    pub fn perform_buffer(&mut self) -> Performed {
        self.carry_out_requests();
        if self.instance.has_left {
            return Performed::Left;
        }
        // SAFETY: live, started instance owned by this thread.
        let result = unsafe { self.instance.guard().perform_with(self.instance.api.perform_buffer) };
        self.remember(performed(result))
    }

    fn remember(&mut self, performed: Performed) -> Performed {
        self.instance.has_left = performed == Performed::Left;
        performed
    }

    /// Ends the performance: says what was played, and closes files and devices. `[control]`
    pub fn cleanup(self) -> Csound<Finished> {
        // Without a turn there never was an instance, so there is always one here.
        let _turn = build_turn();
        // Whatever it answers, there is nothing more to close.
        // SAFETY: live, started instance owned by this thread.
        let _ = unsafe { self.instance.guard().call(self.instance.more.cleanup) };
        self.instance.remote.forget();
        self.into_state()
    }

    /// The coming cycle's input, interleaved. `[audio]`
    pub fn spin(&mut self) -> &mut [f64] {
        // SAFETY: live, started instance; the buffer has a cycle of input channels and lives as long as the instance.
        unsafe { slice((self.instance.api.spin)(self.instance.cs()), self.ksmps() * self.nchnls_input()) }
    }

    /// Clears the coming cycle's input. `[audio]`
    pub fn clear_spin(&mut self) {
        self.spin().fill(0.0);
    }

    /// Adds to a sample of the coming cycle's input; `false` where there is no such frame or channel. `[audio]`
    pub fn add_spin_sample(&mut self, frame: usize, channel: usize, sample: f64) -> bool {
        self.spin_sample(frame, channel).map(|place| *place += sample).is_some()
    }

    /// Writes a sample of the coming cycle's input; `false` where there is no such frame or channel. `[audio]`
    pub fn set_spin_sample(&mut self, frame: usize, channel: usize, sample: f64) -> bool {
        self.spin_sample(frame, channel).map(|place| *place = sample).is_some()
    }

    fn spin_sample(&mut self, frame: usize, channel: usize) -> Option<&mut f64> {
        let channels = self.nchnls_input();
        let place = (channel < channels).then(|| frame * channels + channel)?;
        self.spin().get_mut(place)
    }

    /// The last cycle's output, interleaved. `[audio]`
    pub fn spout(&self) -> &[f64] {
        // SAFETY: as in `spin`, for output channels.
        unsafe { slice((self.instance.api.spout)(self.instance.cs()), self.ksmps() * self.nchnls()) }
    }

    /// A sample of the last cycle's output; `None` where there is no such frame or channel. `[audio]`
    pub fn spout_sample(&self, frame: usize, channel: usize) -> Option<f64> {
        let channels = self.nchnls();
        let place = (channel < channels).then(|| frame * channels + channel)?;
        self.spout().get(place).copied()
    }

    /// Samples in the input buffer. `[any]`
    pub fn input_buffer_size(&self) -> usize {
        // SAFETY: live instance.
        usize::try_from(unsafe { (self.instance.more.input_buffer_size)(self.instance.cs()) }).unwrap_or(0)
    }

    /// Samples in the output buffer. `[any]`
    pub fn output_buffer_size(&self) -> usize {
        // SAFETY: live instance.
        usize::try_from(unsafe { (self.instance.more.output_buffer_size)(self.instance.cs()) }).unwrap_or(0)
    }

    /// The coming buffer's input, interleaved; empty where Csound has no input. `[audio]`
    pub fn input_buffer(&mut self) -> &mut [f64] {
        let size = self.input_buffer_size();
        // SAFETY: live, started instance; Csound says how many samples its buffer has.
        unsafe { slice((self.instance.more.input_buffer)(self.instance.cs()), size) }
    }

    /// The last buffer's output, interleaved; empty where Csound has no output. `[audio]`
    pub fn output_buffer(&self) -> &[f64] {
        let size = self.output_buffer_size();
        // SAFETY: as in `input_buffer`.
        unsafe { slice((self.instance.more.output_buffer)(self.instance.cs()), size) }
    }
}

/// A buffer of Csound's; nothing where it has none.
///
/// # Safety
/// `start` is null or has so many samples, which nobody else uses while the slice is there.
unsafe fn slice<'a>(start: *mut f64, count: usize) -> &'a mut [f64] {
    if start.is_null() {
        return &mut [];
    }
    // SAFETY: the caller says so.
    unsafe { std::slice::from_raw_parts_mut(start, count) }
}

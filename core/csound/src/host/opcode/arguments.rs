//! The arguments of a call of an opcode.

use std::cell::Cell;
use std::ffi::CStr;
use std::marker::PhantomData;

use super::{InputRate, OutputRate};
use crate::layout::Active;
use crate::raw::structures::Text;

/// The arguments of a call, and the cycle that it is in. Outputs and inputs are numbered from 0 each.
pub struct Arguments<'a> {
    pub(super) outputs: &'a [*mut f64],
    pub(super) inputs: &'a [*mut f64],
    pub(super) output_rates: &'static [OutputRate],
    pub(super) input_rates: &'static [InputRate],
    pub(super) instance: Active,
    pub(super) rate: f64,
    pub(super) call: PhantomData<&'a mut f64>,
}

impl<'a> Arguments<'a> {
    /// An input that is a number; 0 where there is none. `[audio]`
    pub fn number(&self, input: usize) -> f64 {
        match self.input_rates.get(input) {
            // SAFETY: Csound gives a number for an input that was declared as one.
            Some(InputRate::Init | InputRate::Control) => unsafe { *self.inputs[input] },
            _ => 0.0,
        }
    }

    /// An input that is audio: a cycle, of which the frames of [`Arguments::frames`] count. Nothing where there is none.
    /// `[audio]`
    pub fn audio(&self, input: usize) -> &'a [Cell<f64>] {
        match self.input_rates.get(input) {
            Some(InputRate::Audio) => self.signal(self.inputs[input]),
            _ => &[],
        }
    }

    /// An input that is a text; empty where there is none, and where it is not UTF-8. `[audio]`
    pub fn text(&self, input: usize) -> &'a str {
        if self.input_rates.get(input) != Some(&InputRate::Text) {
            return "";
        }
        // SAFETY: Csound gives a STRINGDAT for an input that was declared as a text; its data is null or a C string that
        // stays while the opcode runs.
        unsafe {
            let data =
                self.inputs[input].cast::<Text>().as_ref().map_or(std::ptr::null_mut(), |text| text.data);
            if data.is_null() { "" } else { CStr::from_ptr(data).to_str().unwrap_or("") }
        }
    }

    /// Writes an output that is a number; nothing happens where there is none. `[audio]`
    pub fn set_number(&mut self, output: usize, value: f64) {
        if let Some(OutputRate::Init | OutputRate::Control) = self.output_rates.get(output) {
            // SAFETY: Csound gives a place for an output that was declared as a number.
            unsafe { *self.outputs[output] = value };
        }
    }

    /// An output that is audio: a cycle. What is written outside of [`Arguments::frames`] becomes silence. It may be the
    /// same as an input. `[audio]`
    pub fn audio_output(&self, output: usize) -> &'a [Cell<f64>] {
        match self.output_rates.get(output) {
            Some(OutputRate::Audio) => self.signal(self.outputs[output]),
            _ => &[],
        }
    }

    /// Frames of a cycle of this note. `[audio]`
    pub fn ksmps(&self) -> usize {
        self.instance.ksmps() as usize
    }

    /// The frames of the cycle in which the note sounds. `[audio]`
    pub fn frames(&self) -> std::ops::Range<usize> {
        let end = self.ksmps().saturating_sub(self.instance.early() as usize);
        (self.instance.offset() as usize).min(end)..end
    }

    /// Frames per second. `[audio]`
    pub fn sr(&self) -> f64 {
        self.rate
    }

    fn signal(&self, samples: *mut f64) -> &'a [Cell<f64>] {
        // SAFETY: Csound gives a cycle of samples for an argument that was declared as audio; cells, since an output may
        // be the same as an input.
        unsafe { std::slice::from_raw_parts(samples.cast(), self.ksmps()) }
    }

    /// Silence where the note does not sound.
    pub(super) fn silence_outside(&self) {
        let sounding = self.frames();
        for output in 0..self.output_rates.len() {
            for (frame, sample) in self.audio_output(output).iter().enumerate() {
                if !sounding.contains(&frame) {
                    sample.set(0.0);
                }
            }
        }
    }
}

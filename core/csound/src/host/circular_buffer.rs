//! Samples from one thread to another, without a lock: Csound's circular buffer, with an end for each thread.
//!
//! It is Rust's own rather than Csound's, whose memory is gone with the instance that made it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

#[derive(Debug)]
struct Ring {
    /// Samples as bits: the place of a number is its count modulo the length.
    samples: Box<[AtomicU64]>,
    /// How many were ever written.
    written: AtomicUsize,
    /// How many were ever read.
    read: AtomicUsize,
}

impl Ring {
    fn place(&self, count: usize) -> &AtomicU64 {
        &self.samples[count % self.samples.len()]
    }
}

/// The end that writes.
#[derive(Debug)]
pub struct CircularWriter(Arc<Ring>);

/// The end that reads.
#[derive(Debug)]
pub struct CircularReader(Arc<Ring>);

/// A buffer for so many samples (at least one), as its two ends. `[control]`
pub fn circular_buffer(samples: usize) -> (CircularWriter, CircularReader) {
    // A power of two, so that counts may go round.
    let samples = samples.max(1).next_power_of_two();
    let ring = Arc::new(Ring {
        samples: (0..samples).map(|_| AtomicU64::new(0)).collect(),
        written: AtomicUsize::new(0),
        read: AtomicUsize::new(0),
    });
    (CircularWriter(Arc::clone(&ring)), CircularReader(ring))
}

impl CircularWriter {
    /// Writes samples as far as there is room, and says how many. `[audio]`
    pub fn write(&mut self, samples: &[f64]) -> usize {
        let ring = &*self.0;
        let written = ring.written.load(Ordering::Relaxed);
        let waiting = written.wrapping_sub(ring.read.load(Ordering::Acquire));
        let count = samples.len().min(ring.samples.len() - waiting);
        for (offset, sample) in samples[..count].iter().enumerate() {
            ring.place(written.wrapping_add(offset)).store(sample.to_bits(), Ordering::Relaxed);
        }
        ring.written.store(written.wrapping_add(count), Ordering::Release);
        count
    }
}

impl CircularReader {
    /// Takes samples as far as there are some, and says how many. `[audio]`
    pub fn read(&mut self, samples: &mut [f64]) -> usize {
        let count = self.peek(samples);
        let read = self.0.read.load(Ordering::Relaxed);
        self.0.read.store(read.wrapping_add(count), Ordering::Release);
        count
    }

    /// As [`CircularReader::read`], without taking them out. `[audio]`
    pub fn peek(&self, samples: &mut [f64]) -> usize {
        let ring = &*self.0;
        let read = ring.read.load(Ordering::Relaxed);
        let waiting = ring.written.load(Ordering::Acquire).wrapping_sub(read);
        let count = samples.len().min(waiting);
        for (offset, sample) in samples[..count].iter_mut().enumerate() {
            *sample = f64::from_bits(ring.place(read.wrapping_add(offset)).load(Ordering::Relaxed));
        }
        count
    }

    /// Drops all samples that wait. `[audio]`
    pub fn flush(&mut self) {
        self.0.read.store(self.0.written.load(Ordering::Acquire), Ordering::Release);
    }
}

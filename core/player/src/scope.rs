//! The sound that goes out, for whoever draws it: the last frames of the first two outputs.
//!
//! The audio side writes while somebody looks, and nothing otherwise. A frame is one 64-bit word, left and right, so that
//! no reader sees half of one; a reader that is slower than the writer sees newer frames at the end of what it copies
//! than at its beginning were, which a picture does not show.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// Frames that are kept, a power of two: a third of a second at 48 kHz.
pub const SCOPE_FRAMES: usize = 16_384;

/// The ring itself.
struct Frames {
    words: Box<[AtomicU64]>,
    /// How many frames were written.
    written: AtomicU64,
    /// How many look.
    readers: AtomicUsize,
}

/// The end that writes. There is one.
pub(super) struct ScopeWriter(Arc<Frames>);

/// Makes readers. `[any]`
pub(super) struct ScopeSource(Arc<Frames>);

/// Looks at the outputs. While there is one, the audio side writes its frames down; dropping the last ends that.
pub struct Scope(Arc<Frames>);

/// The two ends. `[control]`
pub(super) fn scope() -> (ScopeWriter, ScopeSource) {
    let words = (0..SCOPE_FRAMES).map(|_| AtomicU64::new(0)).collect();
    let frames = Arc::new(Frames { words, written: AtomicU64::new(0), readers: AtomicUsize::new(0) });
    (ScopeWriter(Arc::clone(&frames)), ScopeSource(frames))
}

impl ScopeWriter {
    /// Writes a block's first two outputs down where somebody looks; a single one counts for both. `[audio]`
    pub fn write(&mut self, outputs: &[&mut [f32]], frames: usize) {
        if self.0.readers.load(Ordering::Relaxed) == 0 {
            return;
        }
        let Some(left) = outputs.first() else { return };
        let right = outputs.get(1).unwrap_or(left);
        let written = self.0.written.load(Ordering::Relaxed);
        for (at, (left, right)) in (written..).zip(left.iter().zip(right.iter()).take(frames)) {
            let word = u64::from(left.to_bits()) << 32 | u64::from(right.to_bits());
            self.0.words[(at % SCOPE_FRAMES as u64) as usize].store(word, Ordering::Relaxed);
        }
        self.0.written.store(written + frames as u64, Ordering::Release);
    }
}

impl ScopeSource {
    /// Looks from now on. `[any]` but the audio thread
    pub fn look(&self) -> Scope {
        self.0.readers.fetch_add(1, Ordering::Relaxed);
        Scope(Arc::clone(&self.0))
    }
}

impl Scope {
    /// Copies the newest frames, left and right, oldest first, at most [`SCOPE_FRAMES`]; frames that were never written
    /// are silence. How many were written in all: the same number twice means that nothing is new. `[any]`
    pub fn latest(&self, into: &mut [[f32; 2]]) -> u64 {
        let written = self.0.written.load(Ordering::Acquire);
        let first = written.wrapping_sub(into.len() as u64);
        for (at, frame) in into.iter_mut().enumerate() {
            let slot = (first.wrapping_add(at as u64) % SCOPE_FRAMES as u64) as usize;
            let word = self.0.words[slot].load(Ordering::Relaxed);
            *frame = [(word >> 32) as u32, word as u32].map(f32::from_bits);
        }
        written
    }
}

impl Drop for Scope {
    fn drop(&mut self) {
        self.0.readers.fetch_sub(1, Ordering::Relaxed);
    }
}

impl std::fmt::Debug for Scope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scope").field("written", &self.0.written).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(writer: &mut ScopeWriter, left: &mut [f32], right: &mut [f32]) {
        let frames = left.len();
        writer.write(&[left, right], frames);
    }

    #[test]
    fn the_newest_frames_are_there_while_somebody_looks() {
        let (mut writer, source) = scope();
        write(&mut writer, &mut [9.0; 4], &mut [9.0; 4]);
        let scope = source.look();
        let mut latest = [[1.0; 2]; 3];
        assert_eq!((scope.latest(&mut latest), latest), (0, [[0.0; 2]; 3]));
        write(&mut writer, &mut [0.1, 0.2], &mut [-0.1, -0.2]);
        assert_eq!((scope.latest(&mut latest), latest), (2, [[0.0; 2], [0.1, -0.1], [0.2, -0.2]]));
        for block in 0..SCOPE_FRAMES / 64 + 3 {
            write(&mut writer, &mut [block as f32; 64], &mut [-1.0; 64]);
        }
        let last = (SCOPE_FRAMES / 64 + 2) as f32;
        scope.latest(&mut latest);
        assert_eq!(latest, [[last, -1.0]; 3]);
        let mut all = vec![[0.0; 2]; SCOPE_FRAMES];
        scope.latest(&mut all);
        assert_eq!((all[0][0], all[SCOPE_FRAMES - 1][0]), (3.0, last));
        let written = scope.latest(&mut latest);
        drop(scope);
        write(&mut writer, &mut [7.0; 8], &mut [7.0; 8]);
        assert_eq!(source.look().latest(&mut latest), written);
    }

    #[test]
    fn a_single_output_counts_for_both_sides() {
        let (mut writer, source) = scope();
        let scope = source.look();
        writer.write(&[&mut [0.5, 0.25]], 2);
        writer.write(&[], 2);
        let mut latest = [[0.0; 2]; 2];
        assert_eq!((scope.latest(&mut latest), latest), (2, [[0.5; 2], [0.25; 2]]));
    }
}

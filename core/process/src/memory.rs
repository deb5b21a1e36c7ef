//! A piece of memory that two processes share: an anonymous file whose size is sealed, mapped by both.
//!
//! It consists of 32-bit words. The host side touches them through atomics alone, so that whatever the other process
//! does to them cannot be more than a wrong number.

#![expect(unsafe_code, reason = "memory is mapped, and read through the addresses that come of it")]

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};

use rustix::fs::{MemfdFlags, SealFlags};
use rustix::mm::{Advice, MapFlags, ProtFlags};

/// Has the system give the first `count` of zeroed bytes now, or all where they are fewer: zeroed memory is not there until it
/// is written. `[control]`
pub fn have_beginning(zeroed: &mut [u8], count: usize) {
    std::hint::black_box(zeroed).iter_mut().take(count).for_each(|byte| *byte = 0);
}

/// Shared memory, mapped into this process for as long as it is kept.
#[derive(Debug)]
pub struct SharedMemory {
    file: OwnedFd,
    start: NonNull<AtomicU32>,
    words: usize,
}

// SAFETY: the mapping stays until the value is dropped, and it is only reached through atomics, or through the unsafe
// functions below, whose callers answer for it.
unsafe impl Send for SharedMemory {}
// SAFETY: as for `Send`.
unsafe impl Sync for SharedMemory {}

impl SharedMemory {
    /// New memory of so many words, all 0. Nobody can change its size afterwards: not even the process that it is handed
    /// to, whose `ftruncate` would otherwise be a bus error here. A copy of this process made by `fork` does not have it.
    /// `[control]`
    ///
    /// # Errors
    /// Where the system has no room, or no sealed files.
    pub fn create(words: usize) -> io::Result<Self> {
        let file = rustix::fs::memfd_create(c"ksmps", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?;
        rustix::fs::ftruncate(&file, (words * size_of::<u32>()) as u64)?;
        rustix::fs::fcntl_add_seals(&file, SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL)?;
        let memory = Self::map(file, words)?;
        // SAFETY: the range is the mapping that was just made.
        unsafe {
            rustix::mm::madvise(memory.start.as_ptr().cast(), memory.bytes(), Advice::LinuxDontFork)?;
        }
        Ok(memory)
    }

    /// Memory that the other process has made. `[control]`
    ///
    /// # Errors
    /// Where it is not of so many words.
    pub fn open(file: OwnedFd, words: usize) -> io::Result<Self> {
        let found = rustix::fs::fstat(&file)?.st_size;
        if found != (words * size_of::<u32>()) as i64 {
            let text = format!("the shared memory has {found} bytes, and {} are expected", words * 4);
            return Err(io::Error::other(text));
        }
        Self::map(file, words)
    }

    fn map(file: OwnedFd, words: usize) -> io::Result<Self> {
        let (protection, flags) = (ProtFlags::READ | ProtFlags::WRITE, MapFlags::SHARED);
        // SAFETY: a new mapping at an address of the system's choice overlaps nothing.
        let start =
            unsafe { rustix::mm::mmap(std::ptr::null_mut(), words * 4, protection, flags, &file, 0)? };
        let start = NonNull::new(start.cast()).ok_or_else(|| io::Error::other("memory was mapped at 0"))?;
        Ok(Self { file, start, words })
    }

    /// The file behind it, to hand over. `[control]`
    pub fn file(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }

    fn bytes(&self) -> usize {
        self.words * size_of::<u32>()
    }

    /// Some of its words. `[audio]`
    ///
    /// # Panics
    /// Where the range is not inside the memory. Ranges come from a layout that was checked against the size once.
    pub fn words(&self, first: usize, count: usize) -> &[AtomicU32] {
        assert!(first <= self.words && count <= self.words - first, "words outside the shared memory");
        // SAFETY: the range lies inside the mapping, which lives as long as `self`; atomics may be written by others.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr().add(first), count) }
    }

    /// Has the system give the pages of some words now: whoever reads or writes them first would wait for it. Nothing in them
    /// changes. `[control]`
    ///
    /// # Panics
    /// As [`SharedMemory::words`].
    pub(crate) fn have_pages(&self, first: usize, count: usize) {
        // Of the smallest pages.
        const WORDS_OF_PAGE: usize = 1024;
        let words = self.words(first, count);
        for word in words.iter().step_by(WORDS_OF_PAGE).chain(words.last()) {
            // Written with what is there: a plain read would be left out, and so would adding nothing.
            let there = word.load(Ordering::Relaxed);
            let _ = word.compare_exchange(there, there, Ordering::Relaxed, Ordering::Relaxed);
        }
    }

    /// Some of its words as bytes. Each is written as such or read as such, never as part of a word. `[any]`
    ///
    /// # Panics
    /// As [`SharedMemory::words`].
    pub fn bytes_of(&self, first: usize, count: usize) -> &[AtomicU8] {
        let words = self.words(first, count.div_ceil(4));
        // SAFETY: the words are inside the mapping, and hold as many bytes; atomics may be written by others.
        unsafe { std::slice::from_raw_parts(words.as_ptr().cast(), count) }
    }

    /// Some of its words as samples, for the side to which they belong now. `[audio]`
    ///
    /// # Safety
    /// Nobody writes them, in this process or the other one, while the slice lives.
    pub(crate) unsafe fn samples(&self, first: usize, count: usize) -> &[f32] {
        let words = self.words(first, count);
        // SAFETY: the same size and alignment, every bit pattern is a float, and nobody writes (the caller's promise).
        unsafe { std::slice::from_raw_parts(words.as_ptr().cast(), count) }
    }

    /// Some of its words as samples to be written, for the side to which they belong now. `[audio]`
    ///
    /// # Safety
    /// Nobody else reads or writes them, in this process or the other one, while the slice lives.
    #[expect(
        clippy::mut_from_ref,
        reason = "who may write is settled by the protocol, not by who owns the mapping"
    )]
    pub(crate) unsafe fn samples_mut(&self, first: usize, count: usize) -> &mut [f32] {
        let words = self.words(first, count);
        // SAFETY: as in `samples`, and the words are alone ours (the caller's promise).
        unsafe { std::slice::from_raw_parts_mut(words.as_ptr().cast_mut().cast(), count) }
    }
}

impl Drop for SharedMemory {
    fn drop(&mut self) {
        // SAFETY: the mapping is ours, and nothing that was lent from it lives any more.
        let _ = unsafe { rustix::mm::munmap(self.start.as_ptr().cast(), self.bytes()) };
    }
}

/// Writes bytes into words, little end first; the last word is filled up with 0. `[audio]`
pub(crate) fn store_bytes(words: &[AtomicU32], bytes: &[u8]) {
    for (word, bytes) in words.iter().zip(bytes.chunks(4)) {
        let mut four = [0; 4];
        four[..bytes.len()].copy_from_slice(bytes);
        word.store(u32::from_le_bytes(four), Ordering::Relaxed);
    }
}

/// Reads bytes out of words. `[audio]`
pub(crate) fn load_bytes(words: &[AtomicU32], bytes: &mut [u8]) {
    for (word, bytes) in words.iter().zip(bytes.chunks_mut(4)) {
        let four = word.load(Ordering::Relaxed).to_le_bytes();
        bytes.copy_from_slice(&four[..bytes.len()]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_mappings_see_the_same_words() {
        let ours = SharedMemory::create(1000).unwrap();
        let theirs = SharedMemory::open(ours.file().try_clone_to_owned().unwrap(), 1000).unwrap();
        store_bytes(theirs.words(990, 10), b"seven bytes and more");
        let mut bytes = [0; 9];
        load_bytes(ours.words(990, 10), &mut bytes);
        assert_eq!(&bytes, b"seven byt");
    }

    #[test]
    fn nobody_can_change_its_size() {
        let memory = SharedMemory::create(1000).unwrap();
        for size in [0, 1 << 20] {
            assert_eq!(rustix::fs::ftruncate(memory.file(), size), Err(rustix::io::Errno::PERM));
        }
        assert!(SharedMemory::open(memory.file().try_clone_to_owned().unwrap(), 1001).is_err());
    }

    #[test]
    #[should_panic(expected = "outside")]
    fn words_outside_are_never_reached() {
        SharedMemory::create(10).unwrap().words(5, usize::MAX);
    }
}

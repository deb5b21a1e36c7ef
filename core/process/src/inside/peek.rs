//! Copies memory of this process that may not be there.

#![expect(unsafe_code, reason = "the system is asked to read at addresses that nobody answers for")]

use std::io;
use std::os::fd::{AsRawFd, OwnedFd};

/// A way to look at memory without touching it: the system copies it through a pipe, and says so where there is none.
/// One thread, or one signal handler, has it.
#[derive(Debug)]
pub struct Peek {
    from: OwnedFd,
    to: OwnedFd,
}

impl Peek {
    /// Makes the pipe. `[control]`
    ///
    /// # Errors
    /// Where the system has no more files.
    pub fn new() -> io::Result<Self> {
        let (from, to) = rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC)?;
        Ok(Self { from, to })
    }

    /// Copies memory; `false` where any of it is not there. Two system calls; a signal handler may do it. At most 4096 bytes.
    /// `[any]`
    pub fn copy(&self, from: *const u8, to: &mut [u8]) -> bool {
        if to.is_empty() || to.len() > libc::PIPE_BUF {
            return to.is_empty();
        }
        // SAFETY: the system checks the address, and refuses one that is not readable.
        let written = unsafe { libc::write(self.to.as_raw_fd(), from.cast(), to.len()) };
        let Ok(written @ 1..) = usize::try_from(written) else { return false };
        // SAFETY: no more is read than there is room for.
        let read = unsafe { libc::read(self.from.as_raw_fd(), to.as_mut_ptr().cast(), written) };
        read.cast_unsigned() == to.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_that_is_there_is_copied_and_other_memory_is_not() {
        let peek = Peek::new().unwrap();
        let here = *b"something";
        let mut copy = [0; 9];
        assert!(peek.copy(here.as_ptr(), &mut copy));
        assert_eq!(copy, here);
        for nowhere in [0_usize, 8, 1 << 46, usize::MAX - 4] {
            assert!(!peek.copy(std::ptr::without_provenance(nowhere), &mut copy), "{nowhere:x}");
        }
        assert!(peek.copy(here.as_ptr(), &mut copy[..1]), "a refusal leaves nothing behind");
    }
}

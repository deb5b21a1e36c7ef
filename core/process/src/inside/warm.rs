//! What the system gives when it is touched first, touched before the first block: the code of the libraries, and the stack and
//! the heap of the thread that plays.

use std::hint::black_box;

use rustix::mm::Advice;

/// What a thread that plays has of its stack before the first block.
const STACK_BYTES: usize = 128 << 10;
/// Pieces of memory that the thread takes and frees again: they stay with its heap, which keeps less than 128 KB beyond what is
/// used.
const PIECES: usize = 7;
const PIECE_BYTES: usize = 16 << 10;

/// Has the system map all code that is loaded now: it is shared with other processes, and takes no memory of its own. Where that
/// cannot be, the first block pays for it. `[control]`
pub fn have_code() {
    let Ok(maps) = std::fs::read_to_string("/proc/self/maps") else { return };
    for (first, last) in maps.lines().filter_map(code) {
        // A system before Linux 5.14 does not know it.
        // SAFETY: nothing in the range changes: the pages are only mapped as if they had been read.
        let _ = unsafe {
            rustix::mm::madvise(
                std::ptr::with_exposed_provenance_mut(first),
                last - first,
                Advice::LinuxPopulateRead,
            )
        };
    }
}

/// The range of a line of `/proc/self/maps`, where it is code of a file.
fn code(line: &str) -> Option<(usize, usize)> {
    let mut words = line.split_whitespace();
    let (range, rights) = (words.next()?, words.next()?);
    let is_code = rights.starts_with("r-x") && words.nth(3).is_some_and(|file| file.starts_with('/'));
    let (first, last) = range.split_once('-').filter(|_| is_code)?;
    Some((usize::from_str_radix(first, 16).ok()?, usize::from_str_radix(last, 16).ok()?))
}

/// Has the calling thread's stack and its part of the heap there. `[control]`
pub fn have_thread_memory() {
    have_stack();
    let pieces: [Vec<u8>; PIECES] = std::array::from_fn(|_| vec![1; PIECE_BYTES]);
    drop(black_box(pieces));
}

#[inline(never)]
fn have_stack() {
    black_box([1_u8; STACK_BYTES]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_found_among_what_is_mapped() {
        let lines = [
            "7f1000000000-7f1000002000 r-xp 00001000 08:01 77                         /usr/lib/libc.so.6",
            "7f1000002000-7f1000003000 r--p 00003000 08:01 77                         /usr/lib/libc.so.6",
            "7ffd00000000-7ffd00002000 r-xp 00000000 00:00 0                          [vdso]",
            "7f2000000000-7f2000001000 r-xp 00000000 00:00 0",
            "",
        ];
        let found: Vec<_> = lines.iter().filter_map(|line| code(line)).collect();
        assert_eq!(found, [(0x7f10_0000_0000, 0x7f10_0000_2000)]);
        have_code();
        have_thread_memory();
    }
}

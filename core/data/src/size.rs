//! Sizes of memory and files, as people read them.

use std::fmt;

/// So many bytes: `10 B`, `2 KB`, `2.9 MB`; a KB has 1,024 of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bytes(pub u64);

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            bytes @ ..1024 => write!(f, "{bytes} B"),
            bytes @ ..1_048_576 => write!(f, "{} KB", bytes.div_ceil(1024)),
            bytes => write!(f, "{:.1} MB", bytes as f64 / 1_048_576.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_their_unit() {
        let sizes = [0, 10, 1023, 1024, 1500, 1_048_575, 3_000_000].map(|bytes| Bytes(bytes).to_string());
        assert_eq!(sizes, ["0 B", "10 B", "1023 B", "1 KB", "2 KB", "1024 KB", "2.9 MB"]);
    }
}

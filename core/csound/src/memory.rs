//! How much memory an instance has taken.

use std::sync::atomic::{AtomicU64, Ordering};

/// What was taken: how often, and how much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MemoryTaken {
    /// How often memory was taken, or enlarged.
    pub pieces: u64,
    /// How much that was, in bytes.
    pub bytes: u64,
}

impl MemoryTaken {
    /// Both together. `[any]`
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            pieces: self.pieces.saturating_add(other.pieces),
            bytes: self.bytes.saturating_add(other.bytes),
        }
    }

    /// What was taken since there was `earlier`. `[any]`
    #[must_use]
    pub fn since(self, earlier: Self) -> Self {
        Self {
            pieces: self.pieces.saturating_sub(earlier.pieces),
            bytes: self.bytes.saturating_sub(earlier.bytes),
        }
    }

    /// Whether that is nothing. `[any]`
    pub fn is_none(self) -> bool {
        self.pieces == 0
    }
}

/// What one instance has taken since it was made. Opcodes may take some on threads of their own.
#[derive(Default)]
pub(crate) struct MemoryCount {
    pieces: AtomicU64,
    bytes: AtomicU64,
}

impl MemoryCount {
    /// One more piece. `[any]`
    pub fn add(&self, bytes: usize) {
        self.pieces.fetch_add(1, Ordering::Relaxed);
        self.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// All of it. `[any]`
    pub fn taken(&self) -> MemoryTaken {
        MemoryTaken { pieces: self.pieces.load(Ordering::Relaxed), bytes: self.bytes.load(Ordering::Relaxed) }
    }
}

//! The parameter that the host set last on its own thread, until a block has brought its value.
//!
//! While the plugin plays, the framework leaves such a value to the block that follows, and goes on showing the one before:
//! a host that reads back what it has just set would find another.

use std::sync::atomic::{AtomicU64, Ordering};

use vst3::Steinberg::Vst::{ParamID, ParamValue};

/// No parameter has this number, and no value these bits.
const NONE: u64 = u64::MAX;

/// A parameter and its value, or none.
pub(super) struct LastSet(AtomicU64);

impl Default for LastSet {
    fn default() -> Self {
        Self(AtomicU64::new(NONE))
    }
}

impl LastSet {
    /// The host has set a parameter. `[control]`
    pub fn set(&self, id: ParamID, value: ParamValue) {
        self.0.store(u64::from(id) << 32 | u64::from((value as f32).to_bits()), Ordering::Relaxed);
    }

    /// A block has brought what was set. `[audio]`
    pub fn clear(&self) {
        self.0.store(NONE, Ordering::Relaxed);
    }

    /// What the host has set a parameter to. `[any]`
    pub fn value(&self, id: ParamID) -> Option<ParamValue> {
        let last = self.0.load(Ordering::Relaxed);
        (last != NONE && last >> 32 == u64::from(id)).then(|| f32::from_bits(last as u32).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_one_is_known_until_a_block_has_come() {
        let last = LastSet::default();
        assert_eq!(last.value(u32::MAX), None);
        last.set(7, 0.25);
        last.set(9, 1.0);
        assert_eq!((last.value(7), last.value(9)), (None, Some(1.0)));
        last.clear();
        assert_eq!(last.value(9), None);
    }
}

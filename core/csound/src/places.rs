//! Handles to what lives inside an instance: numbers that its own table turns into places.
//!
//! A handle is copied freely, kept beside an engine and sent between threads, so it may outlive its instance or be shown
//! to another one. It says which instance it came from, and no other follows it.

use std::num::NonZeroU32;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU32, Ordering};

/// The number of an instance, which no other one of this process has. (After 2^32 instances numbers come again.)
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct InstanceNumber(NonZeroU32);

impl InstanceNumber {
    /// The next one. `[control]`
    pub fn next() -> Self {
        static LAST: AtomicU32 = AtomicU32::new(0);
        let number = LAST.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
        Self(NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN))
    }
}

/// A place in an instance's table of places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Handle {
    instance: InstanceNumber,
    index: u32,
}

/// Places of one kind inside an instance, which live as long as it does.
pub(crate) struct Places<T> {
    instance: InstanceNumber,
    places: Vec<NonNull<T>>,
}

impl<T> Places<T> {
    /// An empty table. `[control]`
    pub fn new(instance: InstanceNumber) -> Self {
        Self { instance, places: Vec::new() }
    }

    /// The handle of a place; the same place has the same handle. `[control]`
    pub fn handle(&mut self, place: NonNull<T>) -> Handle {
        let index = self.places.iter().position(|known| *known == place).unwrap_or_else(|| {
            self.places.push(place);
            self.places.len() - 1
        });
        Handle { instance: self.instance, index: index as u32 }
    }

    /// The place of a handle; `None` where it belongs to another instance. `[audio]`
    pub fn get(&self, handle: Handle) -> Option<NonNull<T>> {
        if handle.instance != self.instance {
            return None;
        }
        self.places.get(handle.index as usize).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_is_followed_by_its_own_table_alone() {
        let mut numbers = [1.0, 2.0];
        let [first, second] = numbers.each_mut().map(NonNull::from);
        let (mut own, mut other) = (Places::new(InstanceNumber::next()), Places::new(InstanceNumber::next()));
        let handles = [own.handle(first), own.handle(second)];
        assert_eq!(handles.map(|handle| own.get(handle)), [Some(first), Some(second)]);
        assert_eq!(own.handle(first), handles[0], "a place has one handle");
        other.handle(first);
        other.handle(second);
        assert_eq!(handles.map(|handle| other.get(handle)), [None, None]);
    }
}

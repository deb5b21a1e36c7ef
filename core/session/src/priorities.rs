//! Instrument numbers: which template is evaluated when.
//!
//! Csound evaluates instruments in the order of their numbers. Each priority has a range of numbers, and within it
//! instruments get theirs in the order in which they are first used. The ranges become smaller, because most events
//! are sources and few are the last in a chain.

use std::collections::HashMap;

use super::SessionError;

/// The first number of the first priority.
const FIRST: u32 = 50;
/// Numbers of the first priority, and how many fewer the last one has.
const LARGEST: f64 = 500.0;
const SPREAD: f64 = 480.0;

/// Which version of which template.
pub(super) type Version = usize;

/// The numbers of a session's instruments.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Priorities {
    /// The first number of each priority, and behind them the first number after the last.
    starts: Vec<u32>,
    used: Vec<u32>,
    numbers: HashMap<(Version, u32), u32>,
    order: Vec<(Version, u32, u32)>,
}

impl Priorities {
    /// The numbers of a session alone. `[any]`
    pub fn new(count: u32) -> Self {
        Self::starting_at(count, FIRST, &[])
    }

    /// The numbers of a session beside a document whose own instruments come before `first`. Each priority in
    /// `apart` has room for one more. `[any]`
    pub fn starting_at(count: u32, first: u32, apart: &[u32]) -> Self {
        let mut starts = vec![first.max(FIRST)];
        for index in 0..count {
            let way = if count > 1 { f64::from(index) / f64::from(count - 1) } else { 0.0 };
            let more = apart.iter().filter(|priority| **priority == index + 1).count() as u32;
            starts.push(starts[index as usize] + (LARGEST - SPREAD * way.sqrt()) as u32 + more);
        }
        Self { starts, used: vec![0; count as usize], numbers: HashMap::new(), order: Vec::new() }
    }

    /// How many priorities there are. `[any]`
    pub fn count(&self) -> u32 {
        self.used.len() as u32
    }

    /// The first number behind all priorities. `[any]`
    pub fn end(&self) -> u32 {
        // PANIC: `new` puts at least one start there.
        *self.starts.last().expect("there is a first number")
    }

    /// A priority as it is counted from 1; negative ones count from the last. `[any]`
    pub fn normal(&self, given: i32) -> Result<u32, SessionError> {
        let count = self.count();
        let priority = if given < 0 { i64::from(count) + 1 + i64::from(given) } else { i64::from(given) };
        match u32::try_from(priority) {
            Ok(priority) if (1..=count).contains(&priority) => Ok(priority),
            _ => Err(SessionError::Priority { given, count }),
        }
    }

    /// The number of a template at a priority (from 1); its own from the first use on. `[any]`
    pub fn commit(&mut self, version: Version, priority: u32) -> Result<u32, SessionError> {
        if let Some(&number) = self.numbers.get(&(version, priority)) {
            return Ok(number);
        }
        let index = priority as usize - 1;
        let room = self.starts[index + 1] - self.starts[index];
        if self.used[index] == room {
            return Err(SessionError::PriorityFull { priority, room });
        }
        let number = self.starts[index] + self.used[index];
        self.used[index] += 1;
        self.numbers.insert((version, priority), number);
        self.order.push((version, priority, number));
        Ok(number)
    }

    /// What was committed, in order: version, priority, number. `[any]`
    pub fn committed(&self) -> &[(Version, u32, u32)] {
        &self.order
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_priorities_begin_where_the_reference_begins_them() {
        let priorities = Priorities::new(10);
        assert_eq!(priorities.starts, [50, 550, 890, 1163, 1385, 1565, 1707, 1815, 1891, 1938, 1958]);
    }

    #[test]
    fn numbers_follow_first_use_and_negative_priorities_count_from_the_end() {
        let mut priorities = Priorities::new(10);
        let uses = [
            (0, 1, 50),
            (1, 1, 51),
            (0, 2, 550),
            (1, 3, 890),
            (1, 10, 1938),
            (0, 1, 50),
            (0, -1, 1939),
            (0, -2, 1891),
        ];
        for (version, given, number) in uses {
            let priority = priorities.normal(given).unwrap();
            assert_eq!(priorities.commit(version, priority).unwrap(), number, "{version} at {given}");
        }
        for given in [0, 11, -11] {
            assert!(matches!(priorities.normal(given), Err(SessionError::Priority { .. })), "{given}");
        }
    }

    #[test]
    fn what_is_placed_apart_takes_no_room_from_events() {
        let priorities = Priorities::starting_at(10, 100, &[1, 1, 10]);
        assert_eq!(priorities.starts, [100, 602, 942, 1215, 1437, 1617, 1759, 1867, 1943, 1990, 2011]);
    }

    #[test]
    fn a_full_priority_says_so() {
        let mut priorities = Priorities::new(10);
        for version in 0..20 {
            priorities.commit(version, 10).unwrap();
        }
        assert_eq!(priorities.commit(20, 10), Err(SessionError::PriorityFull { priority: 10, room: 20 }));
        assert_eq!(priorities.commit(3, 10), Ok(1941));
    }
}

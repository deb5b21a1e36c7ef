//! Instances that are made before a note needs them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::Running;
use crate::memory::MemoryTaken;

/// Instances of user-defined opcodes that are made in advance for one instance of Csound; what is called more often makes
/// the rest when it begins.
const OPCODE_INSTANCES_MAX: usize = 2048;

/// How many instances of each user-defined opcode one instance needs, by their numbers.
type Needs = BTreeMap<u32, usize>;

impl Running {
    /// Makes instances until so many of each instrument are free, and as many of the user-defined opcodes that they
    /// call; what is free already counts. A note that begins takes the one that was freed last, and a new one only
    /// after all others: it sounds as if nothing had been made. `[control]`
    pub fn make_instances(&mut self, wanted: &[(u32, usize)]) {
        let Some(layout) = self.raw.layout else {
            let lines = wanted.iter().map(|(number, count)| format!("prealloc {number}, {count}\n"));
            // It may fail without harm: then the first note pays for it.
            drop(self.compile(&lines.collect::<String>()));
            return;
        };
        let cs = self.raw.cs.as_ptr();
        let mut needed: Vec<(u32, usize)> = wanted.to_vec();
        let mut known = BTreeMap::new();
        let mut of_opcodes = Needs::new();
        for &(number, count) in wanted {
            // SAFETY: live, compiled instance owned by this thread; the numbers are those of its instruments and of
            // opcodes that were found in them.
            let calls = |number| unsafe { layout.called_opcodes(cs, number) };
            for (opcode, times) in needs(number, &calls, &mut known, &mut Vec::new()) {
                let all = of_opcodes.entry(opcode).or_default();
                *all = all.saturating_add(times.saturating_mul(count));
            }
        }
        let mut room = OPCODE_INSTANCES_MAX;
        for (opcode, count) in of_opcodes {
            let count = count.min(room);
            room -= count;
            needed.push((opcode, count));
        }
        let mut lines = String::new();
        for (number, count) in needed {
            // SAFETY: as above.
            let (free, sounding) =
                unsafe { (layout.free_instances(cs, number), layout.active_instances(cs, number)) };
            if free < count {
                // Csound makes what is above the number of those that sound.
                // PANIC: writing into a string does not fail.
                writeln!(lines, "prealloc {number}, {}", count - free + sounding).expect("text");
            }
        }
        if !lines.is_empty() {
            // It may fail without harm, as above.
            drop(self.compile(&lines));
        }
    }

    /// Makes blocks for so many events that begin in one cycle; nothing where the layout is unknown. `[control]`
    pub fn make_event_blocks(&mut self, count: usize) {
        // SAFETY: live, started instance owned by this thread.
        self.raw
            .layout
            .into_iter()
            .for_each(|layout| unsafe { layout.make_event_blocks(self.raw.cs.as_ptr(), count) });
    }

    /// Makes Csound's own table of a sine; nothing where the layout is unknown. `[control]`
    pub fn make_sine(&mut self) {
        // SAFETY: as above.
        self.raw.layout.into_iter().for_each(|layout| unsafe { layout.make_sine(self.raw.cs.as_ptr()) });
    }

    /// How many instances of an instrument are free: so many notes begin without one being made. `None` where the layout is
    /// unknown. `[control]`
    pub fn free_instances(&self, number: u32) -> Option<usize> {
        if !self.has_instrument(number) {
            return None;
        }
        // SAFETY: live, compiled instance owned by this thread; the instrument is there.
        self.raw.layout.map(|layout| unsafe { layout.free_instances(self.raw.cs.as_ptr(), number) })
    }

    /// The instruments that notes on the MIDI channels start, each once; none where the layout is unknown. `[control]`
    pub fn midi_instruments(&self) -> Vec<u32> {
        // SAFETY: live, started instance owned by this thread.
        self.raw.layout.map_or(Vec::new(), |layout| unsafe { layout.midi_instruments(self.raw.cs.as_ptr()) })
    }

    /// What Csound has taken of memory since the instance was made; nothing where the layout is unknown. `[any]`
    pub fn memory_taken(&self) -> MemoryTaken {
        self.raw.host_ref().memory.taken()
    }
}

/// What one instance of `number` needs of user-defined opcodes, those that these call included. An opcode that calls itself
/// is counted once.
fn needs(
    number: u32,
    calls: &impl Fn(u32) -> Vec<u32>,
    known: &mut BTreeMap<u32, Needs>,
    path: &mut Vec<u32>,
) -> Needs {
    if let Some(needs) = known.get(&number) {
        return needs.clone();
    }
    path.push(number);
    let mut all = Needs::new();
    let mut add = |opcode: u32, times: usize| {
        let sum = all.entry(opcode).or_default();
        *sum = sum.saturating_add(times).min(OPCODE_INSTANCES_MAX);
    };
    for opcode in calls(number) {
        add(opcode, 1);
        if !path.contains(&opcode) {
            needs(opcode, calls, known, path).into_iter().for_each(|(inner, times)| add(inner, times));
        }
    }
    path.pop();
    known.insert(number, all.clone());
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opcodes_that_call_opcodes_need_both() {
        // 1 calls 10 twice and 11 once; 10 calls 11 twice and 12; 12 calls itself.
        let calls = |number: u32| match number {
            1 => vec![10, 10, 11],
            10 => vec![11, 11, 12],
            12 => vec![12],
            _ => vec![],
        };
        let found = needs(1, &calls, &mut BTreeMap::new(), &mut Vec::new());
        assert_eq!(found, Needs::from([(10, 2), (11, 5), (12, 4)]));
        // Where each calls the next one twice, nothing grows without bound.
        let doubled = |number: u32| if number < 64 { vec![number + 1; 2] } else { vec![] };
        let found = needs(1, &doubled, &mut BTreeMap::new(), &mut Vec::new());
        assert_eq!(found[&64], OPCODE_INSTANCES_MAX);
    }
}

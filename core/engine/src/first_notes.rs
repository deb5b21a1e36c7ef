//! What first notes would else wait for is made before the first cycle: instances, blocks for events, and Csound's own tables.
//! No note is played for it, and nothing sounds different. What an init pass itself takes cannot be made in advance: it is
//! counted ([`crate::CycleReport::memory_taken`]).

use ksmps_csound::Running;
use ksmps_document::{Document, NoteRule, Notes, VOICES_DEFAULT};
use serde::{Deserialize, Serialize};

use super::named::Named;

/// Instances of one instrument that are made in advance.
const VOICES_MAX: usize = 64;
/// Instances of all instruments together that MIDI channels start.
const MIDI_VOICES_MAX: usize = 64;
/// Notes that begin in one cycle; a block for one takes 16 KB.
const EVENT_BLOCKS: usize = 16;
/// In the names of the opcodes that take Csound's own sine where they are given no table.
const OSCILLATORS: &str = "oscil";
/// Other instruments that get an instance each, such as one that is always on.
const OTHERS_MAX: usize = 64;

/// How many notes of an instrument begin without an instance being made for them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadeInstances {
    /// Its name, or its number.
    pub instrument: String,
    /// Instances that are free before the first cycle.
    pub instances: usize,
}

/// Makes what first notes need, and says which instances there are for them. `[control]`
pub(super) fn make(running: &mut Running, named: Named<'_>) -> Vec<MadeInstances> {
    let waveforms = named.document.uses.vco2_waveforms;
    if waveforms > 0 {
        // It may fail without harm: then the first note pays for it.
        let _ = running.compile(&format!("giKsmpsVco2 vco2init {waveforms}\n"));
    }
    let played = match &named.document.notes {
        Notes::Sched(rules) => of_rules(running, named, rules),
        Notes::Midi => of_channels(running, named.document),
        Notes::Off | Notes::Undeclared => Vec::new(),
    };
    let mut wanted: Vec<(u32, usize)> = played.iter().map(|(_, number, voices)| (*number, *voices)).collect();
    let names = named.document.instruments.iter().filter_map(|instrument| instrument.names.first());
    for name in names.take(OTHERS_MAX) {
        if let Some(number) = number(running, named, name)
            && wanted.iter().all(|(other, _)| *other != number)
        {
            wanted.push((number, 1));
        }
    }
    running.make_instances(&wanted);
    running.make_event_blocks(EVENT_BLOCKS);
    let texts = std::iter::once(named.document.orchestra.text.as_str()).chain(named.templates.texts());
    if texts.into_iter().any(|text| text.contains(OSCILLATORS)) {
        running.make_sine();
    }
    let made = |(instrument, number, _)| {
        running.free_instances(number).map(|instances| MadeInstances { instrument, instances })
    };
    played.into_iter().filter_map(made).collect()
}

/// The number of an instrument that is compiled.
fn number(running: &mut Running, named: Named<'_>, name: &str) -> Option<u32> {
    let number = named.number(running, name).and_then(|one| u32::try_from(one).ok())?;
    running.has_instrument(number).then_some(number)
}

/// The instruments that rules start: each with its name, its number, and how many notes it is to play.
fn of_rules(running: &mut Running, named: Named<'_>, rules: &[NoteRule]) -> Vec<(String, u32, usize)> {
    let mut played: Vec<(String, u32, usize)> = Vec::new();
    for rule in rules {
        let voices = rule.voices.clamp(1, VOICES_MAX);
        let Some(number) = number(running, named, &rule.instrument) else { continue };
        match played.iter_mut().find(|(_, other, _)| *other == number) {
            Some((_, _, most)) => *most = (*most).max(voices),
            None => played.push((rule.instrument.clone(), number, voices)),
        }
    }
    played
}

/// The instruments that MIDI channels start, in the same way.
fn of_channels(running: &mut Running, document: &Document) -> Vec<(String, u32, usize)> {
    let numbers = running.midi_instruments();
    let voices = (MIDI_VOICES_MAX / numbers.len().max(1)).min(VOICES_DEFAULT);
    let mut name = |number: u32| {
        let mut names = document.instruments.iter().flat_map(|instrument| &instrument.names);
        let own = names.find(|name| running.instrument_number(name) == i32::try_from(number).ok());
        own.cloned().unwrap_or_else(|| number.to_string())
    };
    numbers.into_iter().map(|number| (name(number), number, voices)).collect()
}

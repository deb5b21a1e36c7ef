//! How the names of an engine come together when it is built.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

use ksmps_csound::{ChannelKind, Running};
use ksmps_data::verbs::{Clock, Compatibility, Instr};
use ksmps_document::{ChannelContent, Document};

use super::super::places::ChannelPlaces;
use super::super::players::{self, LivePlayers};
use super::super::templates::NamedTemplates;
use super::{InstrumentTable, Symbols, TextNumbers};

/// The table in which events leave their answers.
const ANSWERS: &str = "gi__responses";

/// The serial number that was given to an engine last.
static LAST_ENGINE: AtomicU64 = AtomicU64::new(0);

/// How the engine of an owner is set up who compiles as it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Growing {
    /// What holds where documents and recordings differ.
    pub compatibility: Compatibility,
    /// Whether the engine has buses.
    pub has_buses: bool,
    /// Whether events start on their frames.
    pub exact: bool,
}

impl Symbols {
    /// Of an instance that plays a document. The places of its channels come behind those that are there. `[control]`
    pub(crate) fn of(
        running: &mut Running,
        document: &Document,
        templates: &NamedTemplates,
        places: &mut ChannelPlaces,
    ) -> Self {
        let mut instruments = InstrumentTable::default();
        instruments.learn(document.instruments.iter().cloned());
        instruments.learn(templates.code().flat_map(ksmps_document::instruments_of));
        let texts = || [document.orchestra.text.as_str()].into_iter().chain(templates.texts());
        let players = add_players(&mut instruments, running);
        instruments.number_all(running, u32::MAX);
        for (number, template) in templates.iter() {
            instruments.learn([template.clone()]);
            template.names.iter().for_each(|name| instruments.give_number(name, number as i32));
        }
        make_named_channels(running, texts());
        let answers = document.orchestra.text.contains(ANSWERS);
        let answers = answers.then(|| running.eval(&format!("return {ANSWERS}\n")).ok()).flatten();
        let numbers = TextNumbers::of(running);
        let mut symbols = Self {
            instruments,
            has_buses: true,
            exact_starts: running.has_exact_starts(),
            answers: answers.filter(|number| *number >= 1.0).map(|number| number as u32),
            ..Self::empty(running, numbers)
        };
        symbols.players = players.unwrap_or(symbols.players);
        symbols.learn_channels(running, places);
        symbols
    }

    /// Of an instance whose owner compiles and makes channels as it goes. `[control]`
    pub(crate) fn growing(running: &mut Running, setup: Growing) -> Self {
        let clock = Clock::new(running.rate(), running.ksmps());
        Self {
            clock: match setup.compatibility {
                Compatibility::Documented => clock,
                Compatibility::Recorded => clock.of_sent_events(),
            },
            compatibility: setup.compatibility,
            has_buses: setup.has_buses,
            exact_starts: setup.exact,
            grows: true,
            players: [players::SAMPLE.into(), players::TEST.into()],
            ..Self::empty(running, TextNumbers::growing())
        }
    }

    fn empty(running: &mut Running, texts: TextNumbers) -> Self {
        Self {
            engine: LAST_ENGINE.fetch_add(1, Ordering::Relaxed) + 1,
            clock: Clock::new(running.rate(), running.ksmps()),
            compatibility: Compatibility::Documented,
            instruments: InstrumentTable::default(),
            channels: HashMap::new(),
            text_channels: HashMap::new(),
            texts,
            outputs: running.outputs(),
            sees_instances: running.can_see_instances(),
            has_buses: false,
            exact_starts: false,
            grows: false,
            answers: None,
            variables_refused: Some("variables can only be watched in an engine that plays".to_owned()),
            players: [Instr::Number(0), Instr::Number(0)],
        }
    }

    /// The same, with the reason why its variables cannot be watched, where they cannot. `[control]`
    pub(crate) fn without_variables(self, variables_refused: Option<String>) -> Self {
        Self { variables_refused, ..self }
    }

    /// Of an engine in another process, as it sent them: it gets a serial number of this process. `[control]`
    pub fn of_another_process(self) -> Self {
        Self { engine: LAST_ENGINE.fetch_add(1, Ordering::Relaxed) + 1, ..self }
    }

    /// Every control channel and text channel.
    fn learn_channels(&mut self, running: &mut Running, places: &mut ChannelPlaces) {
        for channel in running.channels() {
            match channel.kind {
                ChannelKind::Control => {
                    let place = running.control_channel(&channel.name);
                    self.channels.extend(place.map(|place| (channel.name, places.add_number(place))));
                }
                ChannelKind::Text => {
                    let place = running.text_channel_place(&channel.name);
                    self.text_channels.extend(place.map(|place| (channel.name, places.add_text(place))));
                }
                ChannelKind::Audio | ChannelKind::Other => {}
            }
        }
    }
}

/// Compiles the instruments that sound without the document's. Should they not compile, or find no numbers, they are
/// unknown.
fn add_players(instruments: &mut InstrumentTable, running: &mut Running) -> Option<[Instr; 2]> {
    let compiled = running.instrument_numbers();
    let is_taken = |number| compiled.contains(&number) || instruments.known(&Instr::Number(number)).is_some();
    let players = LivePlayers::under_free_numbers(is_taken)?;
    running.compile(&players.text).ok()?;
    instruments.learn(players.instruments);
    Some(players.numbers.map(Instr::Number))
}

/// Makes the channels that the orchestra names, as far as they are not there.
fn make_named_channels<'a>(running: &mut Running, texts: impl Iterator<Item = &'a str>) {
    for (name, carries) in texts.flat_map(ksmps_document::named_channels) {
        // One that is there and carries something else stays as it is.
        match carries {
            ChannelContent::Number => _ = running.control_channel(&name),
            ChannelContent::Text => _ = running.text_channel_place(&name),
        }
    }
}

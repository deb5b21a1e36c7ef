//! What tables and channels hold, for as long as somebody looks at them. The engine answers on the audio thread.

use std::sync::Arc;
use std::time::{Duration, Instant};

use ksmps_core::engine::verbs::{BusVerbs, ChannelVerbs, TableAbout, TableVerbs};
use ksmps_core::named_number::{NamedNumber, NumberOf};
use ksmps_core::player::{Answer, Control, Reading, Status};
use ksmps_core::verbs::{BusKind, BusReading};
use ksmps_editor::model::{BusValue, ChannelContent, ChannelValue, News, TableName};

/// How often channels are asked for.
const CHANNELS_EVERY: Duration = Duration::from_millis(100);
/// How often is asked which tables there are: each question is a command to the engine, and tables are seldom made.
const TABLES_EVERY: Duration = Duration::from_secs(2);
/// Tables that are looked for: numbers that a person chose, and those that Csound gives from 101 on.
const TABLES_MAX: u32 = 256;
/// Values of a table that are shown at most.
const TABLE_VALUES_MAX: usize = 65_536;

/// What is looked at.
#[derive(Default)]
pub(super) struct Values {
    looks: bool,
    channels: Asking<(String, ChannelAnswer)>,
    tables: Asking<(u32, Answer<TableAbout>)>,
    buses: Asking<Answer<Vec<BusReading>>>,
    known_tables: Vec<TableName>,
    wanted: Vec<u32>,
    reading: Vec<(u32, Answer<Vec<f64>>)>,
}

/// Questions of one kind, which are asked together.
struct Asking<T> {
    /// Those under way; `None` where there are none.
    questions: Option<Vec<T>>,
    /// When they were asked last.
    asked: Option<Instant>,
}

impl<T> Default for Asking<T> {
    fn default() -> Self {
        Self { questions: None, asked: None }
    }
}

impl<T> Asking<T> {
    /// Asks where nothing is under way and the last time is long enough ago.
    fn ask(&mut self, every: Duration, questions: impl FnOnce() -> Vec<T>) {
        if self.questions.is_none() && self.asked.is_none_or(|asked| asked.elapsed() >= every) {
            self.asked = Some(Instant::now());
            self.questions = Some(questions());
        }
    }
}

/// The answer of a channel.
enum ChannelAnswer {
    Number(Answer),
    Text(Answer<String>),
}

impl Values {
    /// Looks from now on, or no longer. `[control]`
    pub fn look(&mut self, looks: bool) {
        *self = Self { looks, reading: std::mem::take(&mut self.reading), ..Self::default() };
    }

    /// Reads a table once. `[control]`
    pub fn read_table(&mut self, number: u32) {
        self.wanted.push(number);
    }

    /// Tells what was answered, and asks again. `[control]`
    pub fn tell(&mut self, control: &Control, status: &Status, news: &mut Vec<News>) {
        for number in std::mem::take(&mut self.wanted) {
            // Where nothing plays there is no table, and nothing is shown.
            let asked = control.read_table(number, 0, TABLE_VALUES_MAX);
            self.reading.extend(asked.ok().map(|answer| (number, answer)));
        }
        self.reading.retain(|(number, answer)| match answer.read() {
            Reading::Waiting => true,
            Reading::Nothing => false,
            Reading::Value(values) => {
                news.push(News::Table { number: *number, values: Arc::from(values) });
                false
            }
        });
        if self.looks {
            self.tell_channels(news);
            let named = status.info.as_ref().map_or(&[][..], |info| &info.named_numbers);
            self.tell_tables(named, news);
            self.tell_buses(named, news);
            self.ask(control);
        }
    }

    fn ask(&mut self, control: &Control) {
        self.channels.ask(CHANNELS_EVERY, || {
            let [numbers, texts] = control.channel_names();
            let number = |name: String| {
                let answer = control.control_channel(&name).ok()?;
                Some((name, ChannelAnswer::Number(answer)))
            };
            let text = |name: String| {
                let answer = control.text_channel(&name).ok()?;
                Some((name, ChannelAnswer::Text(answer)))
            };
            numbers.into_iter().filter_map(number).chain(texts.into_iter().filter_map(text)).collect()
        });
        // An engine without buses has none to tell of.
        self.buses.ask(CHANNELS_EVERY, || control.read_buses().into_iter().collect());
        self.tables.ask(TABLES_EVERY, || {
            (1..=TABLES_MAX).filter_map(|number| Some((number, control.about_table(number).ok()?))).collect()
        });
    }

    fn tell_channels(&mut self, news: &mut Vec<News>) {
        let Some(asked) = &self.channels.questions else { return };
        let mut channels = Vec::with_capacity(asked.len());
        for (name, answer) in asked {
            let content = match answer {
                ChannelAnswer::Number(answer) => {
                    reading(answer.read()).map(|now| now.map(ChannelContent::Number))
                }
                ChannelAnswer::Text(answer) => {
                    reading(answer.read()).map(|now| now.map(ChannelContent::Text))
                }
            };
            let Some(content) = content else { return };
            channels.extend(content.map(|content| ChannelValue { name: name.clone(), content }));
        }
        channels.sort_by(|one, other| one.name.cmp(&other.name));
        self.channels.questions = None;
        news.push(News::Channels(channels));
    }

    fn tell_buses(&mut self, named: &[NamedNumber], news: &mut Vec<News>) {
        let Some(asked) = &self.buses.questions else { return };
        let mut buses = Vec::new();
        for answer in asked {
            let Some(readings) = reading(answer.read()) else { return };
            buses.extend(readings.into_iter().flatten().map(|bus| {
                let token = u32::try_from(bus.token.0).unwrap_or_default();
                let name = name_of(named, NumberOf::Bus, token);
                BusValue { token, name, is_audio: bus.kind == BusKind::Audio, value: bus.value }
            }));
        }
        self.buses.questions = None;
        news.push(News::Buses(buses));
    }

    fn tell_tables(&mut self, named: &[NamedNumber], news: &mut Vec<News>) {
        let Some(asked) = &self.tables.questions else { return };
        let mut tables = Vec::new();
        for (number, answer) in asked {
            let Some(about) = reading(answer.read()) else { return };
            tables.extend(about.map(|about| TableName {
                number: *number,
                name: name_of(named, NumberOf::Table, *number),
                length: about.info.length,
            }));
        }
        self.tables.questions = None;
        if tables != self.known_tables {
            self.known_tables.clone_from(&tables);
            news.push(News::Tables(tables));
        }
    }
}

/// The variable that holds a number.
fn name_of(named: &[NamedNumber], of: NumberOf, number: u32) -> Option<String> {
    named.iter().find(|one| one.of == of && one.number == number).map(|one| one.name.clone())
}

/// What was answered; `None` where it is still to come.
fn reading<T>(reading: Reading<T>) -> Option<Option<T>> {
    match reading {
        Reading::Waiting => None,
        Reading::Nothing => Some(None),
        Reading::Value(value) => Some(Some(value)),
    }
}

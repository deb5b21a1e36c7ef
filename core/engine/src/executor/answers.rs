//! What a question comes to.

use ksmps_csound::{Instances, Running};
use ksmps_data::verbs::{BusKind, BusReading, BusToken};

use super::super::command::{BUS_NUMBERS, Question, TABLE_READ_MAX, TEXT_READ_MAX, TableReading, Value};
use super::Executor;

impl Executor {
    /// Answers a question, in the room that came with it. `[audio]`
    pub fn answer(&self, running: &mut Running, question: Question, room: Value) -> Value {
        match (question, room) {
            (Question::ReadTable { table, start, .. }, Value::Numbers(mut room)) => {
                let Some(table) = running.table(table) else { return Value::Nothing };
                let from = table.get(start..).unwrap_or_default();
                let free = (room.capacity() - room.len()).min(TABLE_READ_MAX);
                room.extend_from_slice(&from[..from.len().min(free)]);
                Value::Numbers(room)
            }
            (Question::Buses, Value::Numbers(mut room)) => {
                running.each_bus(|BusReading { token, kind, value }| {
                    if room.capacity() - room.len() >= BUS_NUMBERS {
                        let is_audio = f64::from(u8::from(kind == BusKind::Audio));
                        room.extend_from_slice(&[token.number(), is_audio, value]);
                    }
                });
                Value::Numbers(room)
            }
            (Question::Text(channel), Value::Text(mut room)) => {
                let Some(place) = self.places.text(channel) else { return Value::Nothing };
                let text = running.text_at(place).to_bytes();
                let free = (room.capacity() - room.len()).min(TEXT_READ_MAX);
                room.extend_from_slice(&text[..text.len().min(free)]);
                Value::Text(room)
            }
            (Question::Table(number), _) => table(running, number).map_or(Value::Nothing, Value::Table),
            (question, _) => self.number(running, question).map_or(Value::Nothing, Value::Number),
        }
    }

    fn number(&self, running: &mut Running, question: Question) -> Option<f64> {
        match question {
            Question::Channel(channel) => self.places.number(channel).map(|place| running.channel(place)),
            Question::Bus(bus) => running.read_bus(bus).ok(),
            Question::Pfield(Instances::Exactly(p1), index) => running.pfield(p1, index),
            Question::Pfield(Instances::All(number), index) => {
                let first = running.sounding().find(|(p1, _)| *p1 as i32 == number).map(|(p1, _)| p1);
                first.and_then(|p1| running.pfield(p1, index))
            }
            Question::NewBus { kind, value, persists } => {
                running.assign_bus(kind, value, persists).ok().map(BusToken::number)
            }
            Question::IsTable(number) => Some(f64::from(u8::from(running.table(number).is_some()))),
            Question::ReadTable { .. } | Question::Text(_) | Question::Table(_) | Question::Buses => None,
        }
    }
}

/// What is known of a table.
fn table(running: &mut Running, number: u32) -> Option<TableReading> {
    let length = running.table(number)?.len();
    let sound = running.table_sound(number);
    Some(TableReading {
        number,
        length,
        rate: sound.map_or(0.0, |sound| sound.rate),
        channels: sound.map_or(1, |sound| sound.channels),
        is_sound: running.is_from_file(number),
        full_scale: running.zero_dbfs(),
    })
}

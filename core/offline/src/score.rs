//! Lines of score: what `input_message` understands.

use ksmps_data::score::{Word, words};
use ksmps_data::verbs::{EngineError, Instr, Sched};
use ksmps_document::score_fault;
use ksmps_engine::verbs::EventVerbs as _;

use super::engine::OfflineEngine;

impl OfflineEngine {
    /// Takes a line of score: `i`, `f` or `e`, with numbers and quoted texts, times in seconds from now. An `e` with a
    /// time sets the end marker. Returns p1; 0 where the instrument is named. `[control]`
    ///
    /// # Errors
    /// [`EngineError::ScoreLine`], [`EngineError::UnknownInstrument`], [`EngineError::Stopped`].
    pub fn input_message(&mut self, line: &str) -> Result<f64, EngineError> {
        let refused = |why: &str| EngineError::ScoreLine(format!("{} ({why})", line.trim()));
        let text = line.trim();
        let kind = text.chars().next().ok_or_else(|| refused("it is empty"))?;
        let words = words(&text[kind.len_utf8()..])
            .map_err(|word| refused(&format!("{word} is neither number nor text")))?;
        if let Some(fault) = score_fault(text) {
            let remedy = fault.remedy.map(|remedy| format!("; {remedy}")).unwrap_or_default();
            return Err(refused(&format!("{}{remedy}", fault.text)));
        }
        match kind {
            'i' => self.event_line(text, &words),
            'f' => {
                self.live()?.engine.input_message(text)?;
                Ok(number(&words, 0).unwrap_or(0.0))
            }
            'e' => {
                let end = self.now() + number(&words, 0).unwrap_or(0.0);
                if !words.is_empty() {
                    self.set_end_marker(end)?;
                }
                Ok(0.0)
            }
            _ => Err(refused("only i, f and e statements are taken")),
        }
    }

    fn event_line(&mut self, text: &str, words: &[Word]) -> Result<f64, EngineError> {
        let refused =
            || EngineError::ScoreLine(format!("{text} (an event has an instrument, a time and a length)"));
        let instr = match words.first().ok_or_else(refused)? {
            Word::Number(p1) => Instr::from(*p1),
            Word::Text(name) => Instr::from(name.as_str()),
        };
        let (delay, dur) = number(words, 1).zip(number(words, 2)).ok_or_else(refused)?;
        let p1 = number(words, 0).unwrap_or(0.0);
        let numbers: Option<Vec<f64>> = (3..words.len()).map(|at| number(words, at)).collect();
        match numbers {
            Some(pfields) => {
                self.sched(Sched::new(instr).delay(delay).dur(dur).args(pfields))?;
            }
            // A text stays a text: only Csound's own queue can hold it.
            None => {
                let engine = &mut self.live()?.engine;
                engine.input_message(text)?;
                let end = engine.now() + delay + dur.max(0.0);
                engine.horizon.end = engine.horizon.end.max(end);
                engine.horizon.changed = true;
            }
        }
        Ok(p1)
    }
}

fn number(words: &[Word], at: usize) -> Option<f64> {
    match words.get(at)? {
        Word::Number(number) => Some(*number),
        Word::Text(_) => None,
    }
}

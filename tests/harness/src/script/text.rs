//! Scripts as text: one event a line, read strictly, because a misread test script proves nothing.

use std::str::SplitWhitespace;

use super::Script;
use ksmps_core::event::{EventKind, Expression, NoteName, NoteSelector};

/// A line that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}: `{text}`")]
pub struct ScriptError {
    /// Line of the script, counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub problem: String,
    /// The line.
    pub text: String,
}

impl Script {
    /// Reads a script. Times are seconds at `rate` frames a second, or `@` and frames; `#` starts a comment.
    /// Velocities and controller values are 0..127, keys 0..127, channels 1..16. `[control]`
    ///
    /// ```text
    /// 0.5   note 60 100 1.0 ch=2 id=7     # key, velocity, duration (seconds or @frames)
    /// @480  on 60 100 id=3                # key, velocity
    /// @960  off 60 id=3                   # off: every note; off 60: this key; also id= ch=
    /// 1.0   choke id=3                    # like off, without a release
    /// 1.0   cc 1 64 ch=2                  # controller, value
    /// 1.0   bend -0.5                     # -1..1
    /// 1.0   program 5                     # 0..127
    /// 1.0   pressure 90                   # channel pressure
    /// 1.0   midi 144 60 100               # up to three bytes as they are
    /// 1.0   set cutoff=1200               # a parameter by name, in its own unit; the value may hold spaces
    /// 1.0   param 3 0.25                  # slot, normalized
    /// 1.0   move tuning 0.5 id=3          # a note's expression; also volume pan vibrato expression brightness pressure
    /// 1.0   modulate 3 0.25 id=3          # slot, normalized offset
    /// ```
    ///
    /// # Errors
    /// The first line that is not of this form.
    pub fn parse(text: &str, rate: f64) -> Result<Self, ScriptError> {
        let mut script = Self::new();
        for (index, line) in text.lines().enumerate() {
            let content = line.split('#').next().unwrap_or("").trim();
            if !content.is_empty() {
                read_line(content, rate, &mut script).map_err(|problem| ScriptError {
                    line: index + 1,
                    problem,
                    text: content.to_owned(),
                })?;
            }
        }
        Ok(script)
    }
}

fn read_line(line: &str, rate: f64, script: &mut Script) -> Result<(), String> {
    let (time, rest) = line.split_once(char::is_whitespace).ok_or("a time alone")?;
    let frame = frames(time, rate)?;
    let (verb, rest) = rest.trim().split_once(char::is_whitespace).unwrap_or((rest.trim(), ""));
    if verb == "set" {
        let (name, value) = rest.split_once('=').ok_or("set needs NAME=VALUE")?;
        script.set(frame, name.trim(), value.trim());
        return Ok(());
    }
    let mut words = Words::new(rest)?;
    if verb == "note" {
        let (note, velocity) = (words.note()?, words.midi("velocity")? / 127.0);
        let duration = frames(words.next("duration")?, rate)?;
        script.note(frame, note, velocity, duration);
    } else {
        script.push(frame, words.event(verb)?);
    }
    words.end()
}

/// Seconds at a rate, or `@` and frames.
fn frames(text: &str, rate: f64) -> Result<u64, String> {
    let problem = || format!("`{text}` is no time; write seconds or @frames");
    if let Some(frames) = text.strip_prefix('@') {
        return frames.parse().map_err(|_| problem());
    }
    let seconds: f64 = text.parse().map_err(|_| problem())?;
    if seconds.is_finite() && seconds >= 0.0 { Ok((seconds * rate).round() as u64) } else { Err(problem()) }
}

/// The words behind a verb, with `id=` and `ch=` taken out.
struct Words<'a> {
    words: SplitWhitespace<'a>,
    id: Option<i32>,
    channel: Option<u8>,
}

impl<'a> Words<'a> {
    /// `id=` and `ch=` stand at the end of a line.
    fn new(text: &'a str) -> Result<Self, String> {
        let (mut id, mut channel) = (None, None);
        let named = text.split_whitespace().filter(|word| word.contains('='));
        for word in named {
            match word.split_once('=') {
                Some(("id", value)) => {
                    id = Some(value.parse().map_err(|_| format!("`{word}` is no note id"))?)
                }
                Some(("ch", value)) => {
                    let number = value.parse::<u8>().ok().filter(|number| (1..=16).contains(number));
                    channel = Some(number.ok_or_else(|| format!("`{word}` is no channel 1..16"))? - 1);
                }
                _ => return Err(format!("`{word}` is not known; id= and ch= are")),
            }
        }
        let plain = text.find('=').map_or(text, |at| {
            let start = text[..at].rfind(char::is_whitespace).unwrap_or(0);
            &text[..start]
        });
        Ok(Self { words: plain.split_whitespace(), id, channel })
    }

    fn event(&mut self, verb: &str) -> Result<EventKind, String> {
        Ok(match verb {
            "on" => EventKind::NoteOn { note: self.note()?, velocity: self.midi("velocity")? / 127.0 },
            "off" => EventKind::NoteOff { notes: self.notes()?, velocity: 0.0 },
            "choke" => EventKind::Choke { notes: self.notes()? },
            "cc" => self.message(0xb0, &["controller", "value"])?,
            "program" => self.message(0xc0, &["program"])?,
            "pressure" => self.message(0xd0, &["pressure"])?,
            "bend" => self.bend()?,
            "midi" => self.raw()?,
            "param" => EventKind::Param { slot: self.slot()?, normalized: self.number("value")? },
            "move" => {
                let expression = self.expression()?;
                let value = self.number("value")?;
                EventKind::Expression { notes: self.notes()?, expression, value }
            }
            "modulate" => {
                let (slot, offset) = (self.slot()?, self.number("offset")?);
                EventKind::Modulation { notes: self.notes()?, slot, offset }
            }
            _ => return Err(format!("`{verb}` is no event")),
        })
    }

    fn next(&mut self, what: &str) -> Result<&'a str, String> {
        self.words.next().ok_or_else(|| format!("no {what}"))
    }

    fn number(&mut self, what: &str) -> Result<f64, String> {
        let word = self.next(what)?;
        word.parse().map_err(|_| format!("`{word}` is no {what}"))
    }

    fn byte(&mut self, what: &str, max: u8) -> Result<u8, String> {
        let word = self.next(what)?;
        let byte = word.parse().ok().filter(|byte| *byte <= max);
        byte.ok_or_else(|| format!("`{word}` is no {what} 0..{max}"))
    }

    /// A MIDI value that need not be whole.
    fn midi(&mut self, what: &str) -> Result<f32, String> {
        let value = self.number(what)?;
        if (0.0..=127.0).contains(&value) {
            Ok(value as f32)
        } else {
            Err(format!("{value} is no {what} 0..127"))
        }
    }

    fn slot(&mut self) -> Result<u16, String> {
        let word = self.next("slot")?;
        word.parse().map_err(|_| format!("`{word}` is no slot"))
    }

    fn note(&mut self) -> Result<NoteName, String> {
        Ok(NoteName { id: self.id, channel: self.channel.unwrap_or(0), key: self.byte("key", 127)? })
    }

    /// A key or none, and what `id=` and `ch=` say.
    fn notes(&mut self) -> Result<NoteSelector, String> {
        let key = if self.words.clone().next().is_some() { Some(self.byte("key", 127)?) } else { None };
        Ok(NoteSelector { id: self.id, channel: self.channel, key })
    }

    fn message(&mut self, status: u8, data: &[&str]) -> Result<EventKind, String> {
        let mut bytes = [status | self.channel.unwrap_or(0), 0, 0];
        for (byte, what) in bytes[1..].iter_mut().zip(data) {
            *byte = self.byte(what, 127)?;
        }
        Ok(EventKind::Midi { bytes, len: 1 + data.len() as u8 })
    }

    fn bend(&mut self) -> Result<EventKind, String> {
        let bend = self.number("bend")?;
        if !(-1.0..=1.0).contains(&bend) {
            return Err(format!("{bend} is no bend -1..1"));
        }
        let value = (8192.0 + bend * 8192.0).round().min(16383.0) as u16;
        let bytes = [0xe0 | self.channel.unwrap_or(0), (value & 0x7f) as u8, (value >> 7) as u8];
        Ok(EventKind::Midi { bytes, len: 3 })
    }

    fn raw(&mut self) -> Result<EventKind, String> {
        let (mut bytes, mut len) = ([0; 3], 0);
        while self.words.clone().next().is_some() {
            let place = bytes.get_mut(len).ok_or("more than three bytes")?;
            *place = self.byte("byte", 255)?;
            len += 1;
        }
        if len == 0 { Err("no bytes".to_owned()) } else { Ok(EventKind::Midi { bytes, len: len as u8 }) }
    }

    fn expression(&mut self) -> Result<Expression, String> {
        Ok(match self.next("expression")? {
            "volume" => Expression::Volume,
            "pan" => Expression::Pan,
            "tuning" => Expression::Tuning,
            "vibrato" => Expression::Vibrato,
            "expression" => Expression::Expression,
            "brightness" => Expression::Brightness,
            "pressure" => Expression::Pressure,
            word => return Err(format!("`{word}` is no expression")),
        })
    }

    fn end(&mut self) -> Result<(), String> {
        self.words.next().map_or(Ok(()), |word| Err(format!("`{word}` is too much")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(line: &str) -> (u64, EventKind) {
        let script = Script::parse(line, 1000.0).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(script.events().len(), 1, "{line}");
        script.events()[0]
    }

    #[test]
    fn every_verb_reads_as_its_event() {
        let note = |id, channel, key| NoteName { id, channel, key };
        let midi = |bytes, len| EventKind::Midi { bytes, len };
        let notes = |id, channel, key| NoteSelector { id, channel, key };
        let table = [
            ("0.5 on 60 127", 500, EventKind::NoteOn { note: note(None, 0, 60), velocity: 1.0 }),
            ("@480 on 61 0 id=3 ch=2", 480, EventKind::NoteOn { note: note(Some(3), 1, 61), velocity: 0.0 }),
            ("@9 off", 9, EventKind::NoteOff { notes: NoteSelector::ALL, velocity: 0.0 }),
            (
                "@9 off 60 ch=16",
                9,
                EventKind::NoteOff { notes: notes(None, Some(15), Some(60)), velocity: 0.0 },
            ),
            ("@9 choke id=-4", 9, EventKind::Choke { notes: notes(Some(-4), None, None) }),
            ("1 cc 1 64 ch=3", 1000, midi([0xb2, 1, 64], 3)),
            ("1 program 5", 1000, midi([0xc0, 5, 0], 2)),
            ("1 pressure 90", 1000, midi([0xd0, 90, 0], 2)),
            ("1 bend 0", 1000, midi([0xe0, 0, 0x40], 3)),
            ("1 bend -1", 1000, midi([0xe0, 0, 0], 3)),
            ("1 bend 1", 1000, midi([0xe0, 0x7f, 0x7f], 3)),
            ("1 midi 248", 1000, midi([248, 0, 0], 1)),
            ("1 param 3 0.25", 1000, EventKind::Param { slot: 3, normalized: 0.25 }),
            (
                "1 move tuning 0.5 id=3",
                1000,
                EventKind::Expression {
                    notes: notes(Some(3), None, None),
                    expression: Expression::Tuning,
                    value: 0.5,
                },
            ),
            (
                "1 modulate 3 -0.25 60 # a comment",
                1000,
                EventKind::Modulation { notes: notes(None, None, Some(60)), slot: 3, offset: -0.25 },
            ),
        ];
        for (line, frame, kind) in table {
            assert_eq!(one(line), (frame, kind), "{line}");
        }
    }

    #[test]
    fn a_note_starts_and_ends() {
        let script =
            Script::parse("\n# two\n0.1 note 60 127 0.2\n@50 note 62 127 @10\n", 1000.0).expect("reads");
        let frames: Vec<_> = script.events().iter().map(|(frame, _)| *frame).collect();
        assert_eq!(frames, [50, 60, 100, 300]);
    }

    #[test]
    fn a_setting_keeps_its_spaces() {
        let script = Script::parse("1 set Filter mode = Low pass", 1000.0).expect("reads");
        let setting = &script.settings()[0];
        assert_eq!((setting.frame, &*setting.name, &*setting.value), (1000, "Filter mode", "Low pass"));
    }

    #[test]
    fn a_misread_line_is_an_error_that_names_it() {
        let lines = "1|x on 60 100|-1 on 60 100|inf on 60 1|@1.5 on 60 100|1 on 128 1|1 on 60|1 on 60 128|1 bend 2\
            |1 cc 1|1 cc 1 2 3|1 note 60 100|1 on 60 100 ch=0|1 on 60 100 ch=17|1 on 60 100 no=1|1 fly|1 midi\
            |1 midi 1 2 3 4|1 set cutoff|1 move wah 1";
        for line in lines.split('|') {
            let error = Script::parse(&format!("# first\n{line}"), 1000.0).expect_err(line);
            assert_eq!((error.line, error.text.as_str()), (2, line));
        }
    }
}

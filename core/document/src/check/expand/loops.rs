//! Loops of a score.

use super::super::Fault;
use super::Expander;

impl Expander<'_> {
    /// `{ COUNT NAME` and `}` of a score: what is repeated is read once, with the first count.
    pub(super) fn repeated(&mut self) -> Result<(), Fault> {
        let rest = self.rest();
        if rest[0] == b'}' {
            if self.loops.pop().is_none() {
                return Err(Fault::new(
                    self.line,
                    "this } has no {",
                    "take it out, or write { 2 N before it",
                ));
            }
            self.skip(1);
            return Ok(());
        }
        let end = rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len());
        let count = rest[1..end].trim_ascii_start();
        let digits = count.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let is_zero = count[..digits].iter().all(|&byte| byte == b'0');
        if is_zero && !matches!(count.first(), Some(b'$' | b'[')) {
            let what = "this { does not say how often it repeats";
            return Err(Fault::new(self.line, what, "write { 4 N: the count, and the name of its macro"));
        }
        let mut words = rest[1..end].split(|byte| matches!(byte, b' ' | b'\t'));
        let name = words.rfind(|word| word.first().is_some_and(u8::is_ascii_alphabetic));
        let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        let name: Option<Vec<u8>> = name.map(|word| word.iter().copied().take_while(is_name).collect());
        if let Some(name) = name {
            self.macros.define_argument(name, b"0".to_vec());
        }
        self.loops.push(self.line);
        self.skip(end);
        Ok(())
    }
}

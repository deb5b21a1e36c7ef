//! Constant expressions as Csound folds them while it compiles: one that comes out infinite crashes it later, and so
//! does a division by a constant that is zero, whose result an oscillator may get for its frequency.

/// What the constants of a statement come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ConstantFault {
    /// One is positive infinity.
    Infinite,
    /// Something that is no constant is divided by one that is zero.
    ZeroDivisor,
}

/// What is wrong with the constants of a statement.
///
/// Reads masked code. Variables, calls and macros are unknown, and what meets an unknown is not folded.
pub(super) fn fault(statement: &str) -> Option<ConstantFault> {
    // Only these can get there, and most lines have neither.
    if !statement.contains(['/', '^', '*']) {
        return None;
    }
    let mut folder = Folder { text: statement.as_bytes(), at: 0, found: None, depth: 0 };
    while folder.at < folder.text.len() {
        let before = folder.at;
        folder.whole_expression();
        if folder.at == before {
            folder.at += 1;
            folder.divided_in_place();
        }
    }
    folder.found
}

/// Deeper nesting is left to Csound.
const DEPTH_MAX: usize = 64;

struct Folder<'a> {
    text: &'a [u8],
    at: usize,
    found: Option<ConstantFault>,
    depth: usize,
}

impl Folder<'_> {
    fn peek(&mut self) -> u8 {
        while self.text.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
        self.text.get(self.at).copied().unwrap_or(0)
    }

    fn whole_expression(&mut self) {
        let value = self.expression(0);
        self.settle(value);
    }

    /// A constant that is not folded further is what Csound gets to see.
    fn settle(&mut self, value: Option<f64>) {
        if value == Some(f64::INFINITY) {
            self.found = Some(ConstantFault::Infinite);
        }
    }

    /// Behind the `/` of a `/=`: what it divides by.
    fn divided_in_place(&mut self) {
        if self.text[..self.at].ends_with(b"/") && self.text.get(self.at) == Some(&b'=') {
            self.at += 1;
            let divisor = self.expression(0);
            self.settle(divisor);
            self.divided_by(divisor);
        }
    }

    fn divided_by(&mut self, divisor: Option<f64>) {
        if divisor == Some(0.0) {
            self.found.get_or_insert(ConstantFault::ZeroDivisor);
        }
    }

    fn expression(&mut self, lowest: u8) -> Option<f64> {
        if self.depth >= DEPTH_MAX {
            self.at = self.text.len();
            return None;
        }
        self.depth += 1;
        let mut left = self.operand();
        while let Some((operator, length, strength)) = self.operator().filter(|found| found.2 > lowest) {
            self.at += length;
            let right = self.expression(strength);
            left = match (left, right) {
                (Some(left), Some(right)) => fold(operator, left, right),
                (left, right) => {
                    self.settle(left);
                    self.settle(right);
                    if operator == b'/' {
                        self.divided_by(right);
                    }
                    None
                }
            };
        }
        self.depth -= 1;
        left
    }

    /// The operator here: its first byte, its length and how strongly it binds.
    fn operator(&mut self) -> Option<(u8, usize, u8)> {
        let first = self.peek();
        let second = self.text.get(self.at + 1).copied().unwrap_or(0);
        Some(match (first, second) {
            (b'|', b'|') | (b'&', b'&') => (b'?', 2, 1),
            (b'|', _) => (first, 1, 2),
            (b'&', _) => (first, 1, 3),
            (b'<', b'<') | (b'>', b'>') => (b'?', 2, 5),
            (b'<' | b'>' | b'=' | b'!', b'=') => (b'?', 2, 4),
            (b'<' | b'>', _) => (b'?', 1, 4),
            (b'+' | b'-' | b'*' | b'/' | b'%' | b'^' | b'#', b'=') => return None,
            (b'+' | b'-', _) => (first, 1, 6),
            (b'*' | b'/' | b'%', _) => (first, 1, 7),
            (b'^', _) => (first, 1, 8),
            (b'#', _) => (first, 1, 9),
            _ => return None,
        })
    }

    fn operand(&mut self) -> Option<f64> {
        match self.peek() {
            b'-' => {
                self.at += 1;
                self.nested_operand().map(|value| -value)
            }
            b'+' => {
                self.at += 1;
                self.nested_operand()
            }
            b'~' | b'!' | b'@' => {
                self.at += 1;
                let value = self.nested_operand();
                self.settle(value);
                None
            }
            b'(' => {
                self.at += 1;
                let value = self.expression(0);
                if self.peek() == b')' {
                    self.at += 1;
                    return value;
                }
                self.settle(value);
                None
            }
            b'0'..=b'9' | b'.' => self.number(),
            b'"' => {
                self.at += 1;
                while self.text.get(self.at).is_some_and(|byte| *byte != b'"') {
                    self.at += 1;
                }
                self.at = (self.at + 1).min(self.text.len());
                None
            }
            byte if byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'$') => {
                self.name();
                None
            }
            _ => None,
        }
    }

    fn nested_operand(&mut self) -> Option<f64> {
        if self.depth >= DEPTH_MAX {
            self.at = self.text.len();
            return None;
        }
        self.depth += 1;
        let value = self.operand();
        self.depth -= 1;
        value
    }

    /// A literal; one that runs into letters (`0dbfs`, `5$X`) is a name.
    fn number(&mut self) -> Option<f64> {
        let start = self.at;
        let digits = |folder: &mut Self| {
            while folder.text.get(folder.at).is_some_and(u8::is_ascii_digit) {
                folder.at += 1;
            }
        };
        digits(self);
        if self.text.get(self.at) == Some(&b'.') {
            self.at += 1;
            digits(self);
        }
        if matches!(self.text.get(self.at), Some(b'e' | b'E')) {
            let exponent = self.at;
            self.at += 1;
            if matches!(self.text.get(self.at), Some(b'+' | b'-')) {
                self.at += 1;
            }
            let first = self.at;
            digits(self);
            if self.at == first {
                self.at = exponent;
            }
        }
        let end = self.at;
        if self.text.get(end).is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$'))
        {
            self.name();
            return None;
        }
        std::str::from_utf8(&self.text[start..end]).ok()?.parse().ok()
    }

    /// A name with what belongs to it: `oscili:a(…)`, `kArr[…]`, `$X`.
    fn name(&mut self) {
        while self
            .text
            .get(self.at)
            .is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b':'))
        {
            self.at += 1;
        }
        // Only a bracket that follows directly is the name's own: `print (1)` is no call, but folds the same.
        while let Some(open @ (b'(' | b'[')) = self.text.get(self.at).copied() {
            let close = if open == b'(' { b')' } else { b']' };
            self.at += 1;
            loop {
                let before = self.at;
                self.whole_expression();
                match self.peek() {
                    0 => return,
                    byte if byte == close => break,
                    _ if self.at == before => self.at += 1,
                    _ => {}
                }
            }
            self.at += 1;
        }
    }
}

fn fold(operator: u8, left: f64, right: f64) -> Option<f64> {
    Some(match operator {
        b'+' => left + right,
        b'-' => left - right,
        b'*' => left * right,
        b'/' => left / right,
        b'^' => left.powf(right),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{ConstantFault, fault};

    fn overflows(statement: &str) -> bool {
        fault(statement) == Some(ConstantFault::Infinite)
    }

    #[test]
    fn only_a_divisor_that_is_a_constant_zero_is_found() {
        for text in [
            "k1 = k2 / 0",
            "k1 = k2/00",
            "k1 = chnget:k(\"     \") / 0.0",
            "k1 = mtof:k(kkey + kdetune/00)",
            "k1 = k2 / (2-2)",
            "k1 = k2 / -0",
            "k1 /= 0",
            "kArr[1/i2] /= 1-1",
            "i1 = i2*1/0",
            "a1 = a2/0 + 1",
        ] {
            assert_eq!(fault(text), Some(ConstantFault::ZeroDivisor), "{text}");
        }
        for text in [
            "k1 = k2 / 0.5",
            "k1 = k2 / 0dbfs",
            "k1 = k2 / 0x10",
            "k1 = k2 / 0$X",
            "k1 = k2 % 0",
            "k1 = 0 / k2",
            "k1 = k2 / (k3 - 0)",
            "k1 /= 2",
            "k1 += 0",
            "k1 = k2 / k0",
            "k1 = k2 / (0 + k0)",
        ] {
            assert_eq!(fault(text), None, "{text}");
        }
    }

    #[test]
    fn only_what_csound_folds_to_infinity_is_found() {
        let infinite = [
            "i1 = 1/0",
            "i1 = 5/(2-2)",
            "i1 = 2^5000",
            "a1 oscili 1/0, 440",
            "a1 = oscili(5/(2-2), 440)",
            "i1 = i2+1/0",
            "i1 = 1/0 - 5",
            "i1 = -2^5000",
            "i1 = 0^-1",
            "i2 = 8/4/0",
            "i1 = 1e200*1e200",
            "if p4 == 1/0 then",
            "xout 1/0",
            "k1 = kArr[1/0]",
            "i1 = (1/0)",
        ];
        let fine = [
            "i1 = 1/i1",
            "i1 = 0/0",
            "i1 = -1/0",
            "i1 = i2*1/0",
            "i1 = 5/(1/0)",
            "i1 = 5%0",
            "i1 = 1e400",
            "i1 = 1/0.5",
            "i1 = 1/$X",
            "i1 = 1/0$X",
            "i1 = 1/0dbfs",
            "i1 = 2^10",
            "a1 = a2*0.5/3",
            "S1 = \"1/0\"",
            "i1 = 1/(2-1)",
            "k1 /= 2",
            "i1 = 1 / sr",
            "",
            "((((",
            "i1 = 1/",
        ];
        for text in infinite {
            assert!(overflows(text), "{text}");
        }
        for text in fine {
            assert!(!overflows(text), "{text}");
        }
        assert!(!overflows(&"(".repeat(100_000).replacen('(', "1/(", 1)));
    }
}

//! Macros, as Csound's two preprocessors keep and read them: definitions, calls with arguments, and what they leave.
//!
//! What Csound reads beyond the end of a text ends the process, so every reading here says where it would.

use std::rc::Rc;

/// Csound reads no longer argument of a macro.
const ARGUMENT_BYTES_MAX: usize = 98;

/// One macro.
#[derive(Debug, Clone)]
pub(super) struct Macro {
    pub name: Vec<u8>,
    pub parameters: Vec<Vec<u8>>,
    pub body: Rc<[u8]>,
}

/// The macros that are defined, the newest last.
#[derive(Debug, Clone, Default)]
pub(super) struct Macros(Vec<Macro>);

impl Macros {
    /// Defines a macro; one of the same name goes.
    pub fn define(&mut self, new: Macro) {
        self.undefine(&new.name);
        self.0.push(new);
    }

    /// What a call's argument is called inside the macro's text, above one of an earlier call.
    pub fn define_argument(&mut self, name: Vec<u8>, body: Vec<u8>) {
        self.0.push(Macro { name, parameters: Vec::new(), body: body.into() });
    }

    /// Takes a definition away; whether there was one.
    pub fn undefine(&mut self, name: &[u8]) -> bool {
        let found = self.0.iter().rposition(|one| one.name == name);
        found.map(|at| drop(self.0.remove(at))).is_some()
    }

    /// The macro of this name; inside a macro with arguments a name is first one of its arguments.
    pub fn find(&self, name: &[u8]) -> Option<&Macro> {
        let named = |name: &[u8]| self.0.iter().rev().find(|one| one.name == name);
        named(name).or_else(|| {
            let behind = name.windows(2).skip(1).position(|pair| pair == b"``")? + 3;
            named(&name[behind..])
        })
    }

    /// What Csound takes away behind a call with a bracket of a macro without arguments: as many of the newest
    /// definitions as the newest has arguments.
    pub fn drop_newest(&mut self) {
        let count = self.0.last().map_or(0, |newest| newest.parameters.len());
        self.0.truncate(self.0.len().saturating_sub(count));
    }
}

/// Bytes of a text, read one after the other.
#[derive(Debug, Clone)]
pub(super) struct Reader {
    pub text: Rc<[u8]>,
    pub at: usize,
}

impl Reader {
    pub fn new(text: Rc<[u8]>) -> Self {
        Self { text, at: 0 }
    }

    /// What is still to come.
    pub fn rest(&self) -> &[u8] {
        &self.text[self.at..]
    }

    /// The next byte; `None` at the end.
    pub fn next(&mut self) -> Option<u8> {
        let byte = self.text.get(self.at).copied()?;
        self.at += 1;
        Some(byte)
    }

    /// Goes on behind the end of the line.
    pub fn skip_line(&mut self) {
        while self.next().is_some_and(|byte| byte != b'\n') {}
    }
}

/// A macro's name that a text begins with behind `$`, its length with what is read with it, and whether a bracket
/// follows.
pub(super) fn called(text: &[u8]) -> Option<(&[u8], usize, bool)> {
    let first = usize::from(text.first() == Some(&b'`'));
    if !text.get(first).is_some_and(|&byte| byte.is_ascii_alphabetic() || byte == b'_') {
        return None;
    }
    let is_name = |&byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'`');
    let length = first + text[first..].iter().take_while(|byte| is_name(byte)).count();
    let dot = usize::from(text.get(length) == Some(&b'.'));
    let bracket = text.get(length + dot) == Some(&b'(');
    Some((&text[..length], length + dot + usize::from(bracket), bracket))
}

/// Why a definition cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DefinitionFault {
    /// The text ends in it.
    Open,
    /// There is no name, or something else than its text between two `#`.
    Malformed,
}

/// Reads `NAME(A'B) #text#` behind `#define`.
pub(super) fn definition(reader: &mut Reader) -> Result<Macro, DefinitionFault> {
    while reader.rest().first().is_some_and(|byte| matches!(byte, b' ' | b'\t')) {
        reader.at += 1;
    }
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let name: Vec<u8> = reader.rest().iter().copied().take_while(|&byte| is_name(byte)).collect();
    if name.first().is_none_or(u8::is_ascii_digit) {
        return Err(DefinitionFault::Malformed);
    }
    reader.at += name.len();
    let mut parameters = Vec::new();
    if reader.rest().first() == Some(&b'(') {
        reader.at += 1;
        parameters = self::parameters(reader, &name)?;
    }
    to_body(reader)?;
    let body = body(reader, (!parameters.is_empty()).then_some(&name))?;
    Ok(Macro { name, parameters, body: body.into() })
}

/// The parameters of a definition up to its bracket, each with the name that the macro's text calls it by.
fn parameters(reader: &mut Reader, name: &[u8]) -> Result<Vec<Vec<u8>>, DefinitionFault> {
    let mut parameters = Vec::new();
    let mut next = || reader.next().ok_or(DefinitionFault::Open);
    loop {
        let mut byte = next()?;
        while byte.is_ascii_whitespace() {
            byte = next()?;
        }
        let mut parameter = [b"`", name, b"``"].concat();
        while byte.is_ascii_alphanumeric() || byte == b'_' {
            parameter.push(byte);
            byte = next()?;
        }
        parameters.push(parameter);
        while byte.is_ascii_whitespace() {
            byte = next()?;
        }
        if byte != b'\'' && byte != b'#' {
            // Whatever stands there ends the list; Csound only remarks on it.
            return Ok(parameters);
        }
    }
}

/// Goes on behind the first `#` of a macro's text.
fn to_body(reader: &mut Reader) -> Result<(), DefinitionFault> {
    loop {
        match reader.next().ok_or(DefinitionFault::Open)? {
            b'#' => return Ok(()),
            b';' => reader.skip_line(),
            b'/' => match reader.next().ok_or(DefinitionFault::Open)? {
                b'/' => reader.skip_line(),
                b'*' => {
                    let end = reader.rest().windows(2).position(|pair| pair == b"*/");
                    reader.at += end.ok_or(DefinitionFault::Open)? + 2;
                }
                _ => {}
            },
            byte if byte.is_ascii_whitespace() => {}
            _ => return Err(DefinitionFault::Malformed),
        }
    }
}

/// A macro's text up to its second `#`. In a macro with arguments every name may be one of them.
fn body(reader: &mut Reader, arguments_of: Option<&Vec<u8>>) -> Result<Vec<u8>, DefinitionFault> {
    let mut body = Vec::new();
    let mut next = || reader.next().ok_or(DefinitionFault::Open);
    loop {
        match (next()?, arguments_of) {
            (b'#', _) => return Ok(body),
            (b'$', Some(name)) => body.extend([b"$`", name.as_slice(), b"``"].concat()),
            (b'\\', _) => body.extend([b'\\', next()?]),
            (byte, _) => body.push(byte),
        }
    }
}

/// What a call's arguments turn out to be.
pub(super) enum Call {
    /// All arguments were found.
    Complete(Vec<Vec<u8>>),
    /// Some were not: Csound writes `$error`, so many times, in the place of the call.
    Wrong { arguments: Vec<Vec<u8>>, errors: usize },
    /// Csound would read beyond the end of the text.
    Endless,
}

/// Reads the arguments of a call behind its bracket. `keeps_escapes`: a score keeps a backslash before anything but a
/// bracket, an orchestra only before a bracket.
pub(super) fn arguments(reader: &mut Reader, count: usize, keeps_escapes: bool) -> Call {
    let mut arguments = Vec::new();
    let mut errors = 0;
    let mut depth = 0;
    for index in 0..count {
        let is_last = index + 1 == count;
        let mut argument = Vec::new();
        loop {
            let Some(mut byte) = reader.next() else { return Call::Endless };
            let ends = if is_last { byte == b')' } else { matches!(byte, b'\'' | b'#') };
            if depth == 0 && ends {
                break;
            }
            if depth == 0 && byte == b')' {
                errors += 1;
                break;
            }
            match byte {
                b'(' => depth += 1,
                b')' => depth -= 1,
                b'\\' => {
                    let Some(escaped) = reader.next() else { return Call::Endless };
                    if (escaped == b')') != keeps_escapes {
                        argument.push(byte);
                    }
                    byte = escaped;
                }
                _ => {}
            }
            if argument.len() > ARGUMENT_BYTES_MAX {
                errors += 1;
                break;
            }
            argument.push(byte);
        }
        arguments.push(argument);
    }
    if errors == 0 { Call::Complete(arguments) } else { Call::Wrong { arguments, errors } }
}

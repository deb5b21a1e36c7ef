//! Expressions and lists of them, read from left to right with a stack of what is open: however deep and long they
//! are, nothing here calls itself.

use super::Fault;
use super::grammar::{Parser, is_label};
use super::tokens::{Keyword, Kind};

/// Csound's compiler calls itself for each term: longer expressions overflow every stack.
const TOKENS_MAX: usize = 400_000;

/// What an expression stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Arguments up to the line's end; there may be none.
    List,
    /// One number up to the line's end.
    One,
    /// What `if`, `elseif`, `while` and `until` ask.
    Condition,
    /// Arguments of a function up to its bracket.
    Call,
    /// What stands in square brackets.
    Index,
    /// What stands in round brackets.
    Group,
    /// Between `?` and `:`.
    Then,
    /// Behind `:`.
    Else,
}

/// Csound's grammar tells numbers, strings and arrays from conditions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Value {
    Number,
    Condition,
}

/// An expression that is being read.
#[derive(Debug, Clone, Copy)]
struct Frame {
    role: Role,
    /// Items of the list before this one.
    items: usize,
    /// An operator before the operand wants a number.
    wants_number: bool,
    /// The operand is the right side of a comparison.
    compares: bool,
    /// A condition has to come, because of `!`, `&&`, `||` before it.
    wants_condition: bool,
}

impl Frame {
    fn new(role: Role) -> Self {
        Self { role, items: 0, wants_number: false, compares: false, wants_condition: false }
    }

    fn is_fresh(&self) -> bool {
        !(self.wants_number || self.compares || self.wants_condition)
    }

    /// What the operands up to here are together; begins anew. `None` where they do not fit.
    fn settle(&mut self, value: Value) -> Option<Value> {
        let whole = if self.compares { Value::Condition } else { value };
        let compares_conditions = self.compares && value == Value::Condition;
        let lacks_condition = self.wants_condition && whole == Value::Number;
        *self = Self { items: self.items, ..Self::new(self.role) };
        (!compares_conditions && !lacks_condition).then_some(whole)
    }

    fn settles_as(&mut self, value: Value, wanted: Value) -> bool {
        self.settle(value) == Some(wanted)
    }
}

/// Reads from the parser's place on, up to the token that ends the role; a closing bracket is read with it. The number
/// of items of a list, 1 of anything else.
pub(super) fn expression(parser: &mut Parser<'_>, role: Role) -> Result<usize, Fault> {
    let mut reading = Reading { frames: vec![Frame::new(role)], value: None };
    let first = parser.at;
    loop {
        if parser.at - first > TOKENS_MAX {
            return Err(parser.too_long(first));
        }
        let goes_on = match reading.value {
            None if negates_text(parser) => return Err(parser.negated_text()),
            None => reading.operand(parser),
            Some(value) => reading.behind(parser, value),
        };
        match goes_on {
            Some(Step::On) => {}
            Some(Step::Done(items)) => return Ok(items),
            None => return Err(parser.fault()),
        }
    }
}

/// Functions that give a string.
const TEXT_FUNCTIONS: [&[u8]; 14] = [
    b"strcat(",
    b"strcatk(",
    b"strcpy(",
    b"strcpyk(",
    b"strget(",
    b"strlower(",
    b"strlowerk(",
    b"strsub(",
    b"strsubk(",
    b"strupper(",
    b"strupperk(",
    b"sprintf(",
    b"sprintfk(",
    b"strstrip(",
];

/// Whether a `-` or `~` stands here, and a string behind it.
fn negates_text(parser: &Parser<'_>) -> bool {
    let negates = |at| match parser.kind_at(at) {
        Kind::Sign => parser.text_at(at).starts_with(b"-"),
        kind => kind == Kind::Complement,
    };
    if !negates(parser.at) {
        return false;
    }
    let mut at = parser.at + 1;
    while matches!(parser.kind_at(at), Kind::Sign | Kind::Complement | Kind::Open) {
        at += 1;
    }
    let text = parser.text_at(at);
    match parser.kind_at(at) {
        Kind::Text => true,
        Kind::Word => {
            let is_typed = parser.kind_at(at + 1) == Kind::Colon && parser.text_at(at + 2).starts_with(b"S(");
            is_typed || text.strip_prefix(b"g").unwrap_or(text).starts_with(b"S")
        }
        Kind::Call => TEXT_FUNCTIONS.iter().any(|name| text.starts_with(name)),
        _ => false,
    }
}

enum Step {
    On,
    Done(usize),
}

struct Reading {
    frames: Vec<Frame>,
    /// The operand that was read last; without one, one has to come.
    value: Option<Value>,
}

impl Reading {
    fn frame(&mut self) -> &mut Frame {
        // PANIC: the first frame is taken only when the reading is done.
        self.frames.last_mut().expect("a frame is open")
    }

    /// An operand, or what may stand in its place. `None` where it cannot stand here.
    fn operand(&mut self, parser: &mut Parser<'_>) -> Option<Step> {
        let frame = *self.frame();
        let may_be_empty =
            frame.items == 0 && frame.is_fresh() && matches!(frame.role, Role::List | Role::Call);
        let kind = parser.kind();
        match kind {
            Kind::Sign | Kind::Complement => self.frame().wants_number = true,
            Kind::Not if !frame.wants_number => self.frame().wants_condition = true,
            Kind::Word => {
                parser.uses(parser.at);
                self.value = Some(Value::Number);
                match parser.kind_at(parser.at + 1) {
                    Kind::OpenIndex => {
                        parser.at += 1;
                        self.open(Role::Index);
                    }
                    Kind::Colon if parser.kind_at(parser.at + 2) == Kind::Call && self.is_typed(parser) => {
                        parser.at += 2;
                        self.open(Role::Call);
                    }
                    _ => {}
                }
            }
            Kind::Integer | Kind::Constant | Kind::Text | Kind::Header => self.value = Some(Value::Number),
            Kind::Call => self.open(Role::Call),
            Kind::Open => self.open(Role::Group),
            Kind::Comma if may_be_empty => self.frame().items = 1,
            Kind::Close if may_be_empty && frame.role == Role::Call => return Some(self.close(parser, 0)),
            Kind::Newline if may_be_empty && frame.role == Role::List => return Some(Step::Done(0)),
            Kind::Keyword(_) if frame.items > 0 && frame.is_fresh() && is_label(kind) => {
                self.value = Some(Value::Number);
            }
            _ => return None,
        }
        parser.at += 1;
        Some(Step::On)
    }

    fn open(&mut self, role: Role) {
        self.value = None;
        self.frames.push(Frame::new(role));
    }

    /// What stands behind an operand. `None` where it cannot.
    fn behind(&mut self, parser: &mut Parser<'_>, value: Value) -> Option<Step> {
        let frame = self.frame();
        if frame.wants_number && value == Value::Condition {
            return None;
        }
        let kind = parser.kind();
        match kind {
            Kind::Sign | Kind::Arithmetic if value == Value::Number => frame.wants_number = true,
            Kind::Comparison | Kind::Equal
                if value == Value::Number && !frame.compares && frame.role != Role::Index =>
            {
                frame.compares = true;
                frame.wants_number = false;
            }
            Kind::Logic if frame.settles_as(value, Value::Condition) => frame.wants_condition = true,
            Kind::Question if frame.role != Role::Index => {
                let is_right_side = frame.compares && value == Value::Condition;
                if !is_right_side && !frame.settles_as(value, Value::Condition) {
                    return None;
                }
                self.open(Role::Then);
            }
            Kind::Colon if frame.role == Role::Then => {
                if !frame.settles_as(value, Value::Number) {
                    return None;
                }
                frame.role = Role::Else;
            }
            _ => return self.end(parser, kind, value),
        }
        self.value = None;
        parser.at += 1;
        Some(Step::On)
    }

    /// The end of an item, a bracket, or the whole.
    fn end(&mut self, parser: &mut Parser<'_>, kind: Kind, value: Value) -> Option<Step> {
        let frame = self.frame();
        let (role, items) = (frame.role, frame.items);
        let settled = frame.settle(value)?;
        let is_number = settled == Value::Number;
        match (role, kind) {
            // The last branch ends with whatever ends the expression that it stands in.
            (Role::Else, _) if is_number => {
                self.frames.pop();
                self.value = Some(Value::Number);
                Some(Step::On)
            }
            (Role::List | Role::Call, Kind::Comma) if is_number || items == 0 => {
                self.frame().items += 1;
                self.value = None;
                parser.at += 1;
                Some(Step::On)
            }
            (Role::Call, Kind::Close) if is_number || items == 0 => Some(self.close(parser, items + 1)),
            (Role::Group, Kind::Close) => {
                self.frames.pop();
                self.value = Some(settled);
                parser.at += 1;
                Some(Step::On)
            }
            (Role::Index, Kind::CloseIndex) if is_number => {
                parser.at += 1;
                if self.frames.len() == 1 {
                    return Some(Step::Done(1));
                }
                self.value = Some(Value::Number);
                self.frames.pop();
                if parser.kind() == Kind::OpenIndex {
                    parser.at += 1;
                    self.open(Role::Index);
                }
                Some(Step::On)
            }
            (Role::List, Kind::Newline) if is_number || items == 0 => Some(Step::Done(items + 1)),
            (Role::One, Kind::Newline) if is_number => Some(Step::Done(1)),
            (Role::Condition, Kind::Keyword(Keyword::Then | Keyword::Goto | Keyword::Do)) if !is_number => {
                Some(Step::Done(1))
            }
            _ => None,
        }
    }

    /// A function's closing bracket.
    fn close(&mut self, parser: &mut Parser<'_>, items: usize) -> Step {
        self.frames.pop();
        parser.at += 1;
        if self.frames.is_empty() {
            return Step::Done(items);
        }
        self.value = Some(Value::Number);
        Step::On
    }

    /// Whether `name:type(…)` here is a function with a type, and not the end of the branch between `?` and `:`.
    fn is_typed(&self, parser: &Parser<'_>) -> bool {
        let mut open =
            self.frames.iter().rev().take_while(|frame| matches!(frame.role, Role::Then | Role::Else));
        if !open.any(|frame| frame.role == Role::Then) {
            return true;
        }
        // Then the branch's own colon has to come further on.
        let (mut depth, mut questions) = (1, 0);
        for at in parser.at + 3.. {
            match parser.kind_at(at) {
                Kind::Open | Kind::Call | Kind::OpenIndex => depth += 1,
                Kind::Close | Kind::CloseIndex => {
                    depth -= 1;
                    if depth < 0 {
                        return false;
                    }
                }
                Kind::Question if depth == 0 => questions += 1,
                Kind::Colon if depth == 0 && questions == 0 => return true,
                Kind::Colon if depth == 0 => questions -= 1,
                Kind::Comma if depth == 0 => return false,
                Kind::Newline => return false,
                _ => {}
            }
        }
        false
    }
}

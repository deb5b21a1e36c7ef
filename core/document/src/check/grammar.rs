//! Statements and blocks of an orchestra, by Csound's grammar.
//!
//! Csound's parser goes on behind an error with half a tree, which crashes it in many places; a text with an error in
//! its grammar never plays. So the grammar is checked first. Which words are opcodes is not known here: a name may be
//! either, and what this grammar takes and Csound does not is left to Csound.

use super::Fault;
use super::expand::Expanded;
use super::expression::{Role, expression};
use super::meaning::Said;
use super::tokens::{Keyword, Kind, Token};

/// Something is open until its end word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Block {
    Instrument,
    Opcode,
    If { has_else: bool },
    While,
}

/// A statement with an operator or an opcode.
#[derive(Debug)]
pub(super) struct Statement<'a> {
    /// The line, counted from 0.
    pub line: usize,
    /// What it writes.
    pub targets: Vec<&'a [u8]>,
    /// `=`, `+=`, an opcode.
    pub operator: &'a [u8],
    /// Its first argument where that is a whole number.
    pub first_integer: Option<&'a [u8]>,
    /// Its first argument where that is a string, with its quotes.
    pub first_text: Option<&'a [u8]>,
    pub argument_count: usize,
    /// It certainly writes its targets: an assignment, or something written into an array.
    pub is_assignment: bool,
    /// The instrument or opcode in which it stands.
    pub body: Option<Block>,
}

/// The parser's place in the text.
pub(super) struct Parser<'a> {
    pub expanded: &'a Expanded,
    pub tokens: &'a [Token],
    pub at: usize,
    /// The blocks that are open, each with its first token.
    blocks: Vec<(Block, usize)>,
    said: Said<'a>,
}

/// Reads all statements; the first error where there is one.
pub(super) fn said<'a>(expanded: &'a Expanded, tokens: &'a [Token]) -> Result<Said<'a>, Fault> {
    let mut parser = Parser { expanded, tokens, at: 0, blocks: Vec::new(), said: Said::default() };
    while parser.at < tokens.len() {
        parser.statement()?;
    }
    match parser.blocks.last() {
        Some(&(block, first)) => Err(parser.unclosed(block, first)),
        None => Ok(parser.said),
    }
}

impl<'a> Parser<'a> {
    /// The token here; behind the last one a line end.
    pub fn kind(&self) -> Kind {
        self.kind_at(self.at)
    }

    pub fn kind_at(&self, at: usize) -> Kind {
        self.tokens.get(at).map_or(Kind::Newline, |token| token.kind)
    }

    pub fn text_at(&self, at: usize) -> &'a [u8] {
        self.tokens.get(at).map_or(b"", |token| &self.expanded.text[token.start..token.end])
    }

    /// The line of a token, counted from 0.
    fn line_at(&self, at: usize) -> usize {
        let last = self.tokens.len().saturating_sub(1);
        self.tokens.get(at.min(last)).map_or(0, |token| self.expanded.line(token.start))
    }

    /// The error at the token here.
    pub fn fault(&self) -> Fault {
        let shown = String::from_utf8_lossy(self.text_at(self.at)).trim_end().to_owned();
        let line = self.line_at(self.at);
        let remedy = "look at this line and the end of the one before: a comma, a bracket, a value, `then` or an end \
                      word may be missing";
        if self.kind() == Kind::Newline {
            return Fault::syntax(line, "syntax error: the line ends too early, or lacks something", remedy);
        }
        Fault::syntax(line, format!("syntax error at `{shown}`"), remedy)
    }

    /// The error of an expression that begins at a token.
    pub fn too_long(&self, first: usize) -> Fault {
        let what = "this expression is longer than Csound can compile";
        Fault::new(self.line_at(first), what, "put parts of it into variables")
    }

    /// The error of a sign before a string.
    pub fn negated_text(&self) -> Fault {
        let sign = String::from_utf8_lossy(self.text_at(self.at)).trim_end().to_owned();
        let what = format!("`{sign}` stands before a string, with which Csound crashes");
        Fault::new(self.line_at(self.at), what, "take the sign out")
    }

    /// Remembers a name that is used, where it needs a second look.
    pub fn uses(&mut self, at: usize) {
        if self.text_at(at) == b"p" {
            self.said.bare_p.get_or_insert(self.line_at(at));
        }
    }

    fn unclosed(&self, block: Block, first: usize) -> Fault {
        let (what, end) = match block {
            Block::Instrument => ("instrument", "endin"),
            Block::Opcode => ("opcode", "endop"),
            Block::If { .. } => ("if", "endif"),
            Block::While => ("loop", "od"),
        };
        let what = format!("syntax error: this {what} is never closed");
        Fault::syntax(self.line_at(first), what, format!("write {end} where it ends"))
    }

    fn expect(&mut self, kind: Kind) -> Result<(), Fault> {
        if self.kind() != kind {
            return Err(self.fault());
        }
        self.at += 1;
        Ok(())
    }

    fn statement(&mut self) -> Result<(), Fault> {
        let first = self.at;
        match self.kind() {
            Kind::Newline => self.at += 1,
            Kind::Label => {
                self.said.has_label_p |= self.text_at(first).trim_ascii().starts_with(b"p:");
                self.at += 1;
            }
            Kind::Keyword(keyword) => {
                self.at += 1;
                self.keyword(keyword, first)?;
            }
            Kind::Header if self.blocks.is_empty() => {
                self.at += 1;
                self.expect(Kind::Equal)?;
                expression(self, Role::One)?;
                self.expect(Kind::Newline)?;
            }
            Kind::Call => {
                self.at += 1;
                let count = expression(self, Role::Call)?;
                self.record(first, first, count);
                self.expect(Kind::Newline)?;
            }
            Kind::Word => self.operation()?,
            _ => return Err(self.fault()),
        }
        Ok(())
    }

    fn keyword(&mut self, keyword: Keyword, first: usize) -> Result<(), Fault> {
        let innermost = self.blocks.last().map(|&(block, _)| block);
        let misplaced = |parser: &mut Self| {
            parser.at = first;
            Err(parser.fault())
        };
        match (keyword, innermost) {
            (Keyword::Goto, _) => {
                self.label()?;
                self.expect(Kind::Newline)
            }
            (Keyword::If, _) => {
                expression(self, Role::Condition)?;
                match self.kind() {
                    Kind::Keyword(Keyword::Goto) => {
                        self.at += 1;
                        self.label()?;
                    }
                    Kind::Keyword(Keyword::Then) => {
                        self.at += 1;
                        self.blocks.push((Block::If { has_else: false }, first));
                    }
                    _ => return Err(self.fault()),
                }
                self.expect(Kind::Newline)
            }
            (Keyword::ElseIf, Some(Block::If { has_else: false })) => {
                expression(self, Role::Condition)?;
                self.expect(Kind::Keyword(Keyword::Then))?;
                self.expect(Kind::Newline)
            }
            (Keyword::Else, Some(Block::If { has_else: false })) => {
                if let Some((block, _)) = self.blocks.last_mut() {
                    *block = Block::If { has_else: true };
                }
                Ok(())
            }
            (Keyword::While, _) => {
                expression(self, Role::Condition)?;
                self.expect(Kind::Keyword(Keyword::Do))?;
                self.blocks.push((Block::While, first));
                Ok(())
            }
            (Keyword::Od, Some(Block::While)) => {
                self.blocks.pop();
                Ok(())
            }
            (Keyword::EndIf, Some(Block::If { .. }))
            | (Keyword::EndIn, Some(Block::Instrument))
            | (Keyword::EndOp, Some(Block::Opcode)) => {
                self.blocks.pop();
                self.expect(Kind::Newline)
            }
            (Keyword::Instr, None) => {
                self.instrument_names()?;
                self.blocks.push((Block::Instrument, first));
                Ok(())
            }
            (Keyword::Opcode, None) => {
                self.expect(Kind::Word)?;
                for known in [b"akifSK".as_slice(), b"akifSKjopJOPV"] {
                    self.expect(Kind::Comma)?;
                    self.expect_types(known)?;
                }
                self.expect(Kind::Newline)?;
                self.blocks.push((Block::Opcode, first));
                Ok(())
            }
            // What is open is more likely to lack its end than the end word to be one too many.
            (Keyword::Instr | Keyword::Opcode | Keyword::EndIn | Keyword::EndOp, Some(block)) => {
                let first = self.blocks.last().map_or(first, |&(_, first)| first);
                Err(self.unclosed(block, first))
            }
            _ => misplaced(self),
        }
    }

    /// The types of an opcode's results or arguments: with one that it does not know Csound does not come back.
    fn expect_types(&mut self, known: &[u8]) -> Result<(), Fault> {
        let (at, types) = (self.at, self.text_at(self.at));
        self.expect(Kind::Types)?;
        let mut rest = types;
        while let Some((first, behind)) = rest.split_first() {
            let is_array = behind.starts_with(b"[");
            let known = if is_array { b"akifS".as_slice() } else { known };
            if types != b"0" && !known.contains(first) {
                let what = format!("`{}` are no types of an opcode", String::from_utf8_lossy(types));
                let remedy = "write a, k, i, S or f for each, with [] behind it for an array, or 0 where there are none";
                return Err(Fault::new(self.line_at(at), what, remedy));
            }
            rest = behind;
            while let Some(behind) = rest.strip_prefix(b"[") {
                let Some(behind) = behind.strip_prefix(b"]") else { return Ok(()) };
                rest = behind;
            }
        }
        Ok(())
    }

    fn label(&mut self) -> Result<(), Fault> {
        if !is_label(self.kind()) {
            return Err(self.fault());
        }
        self.at += 1;
        Ok(())
    }

    fn instrument_names(&mut self) -> Result<(), Fault> {
        loop {
            if self.text_at(self.at).starts_with(b"+") {
                self.at += 1;
            }
            self.said.instruments.insert(self.text_at(self.at));
            self.label()?;
            match self.kind() {
                Kind::Comma => self.at += 1,
                _ => return self.expect(Kind::Newline),
            }
        }
    }

    /// A statement that begins with a name: of what it writes, or of an opcode that gives nothing.
    fn operation(&mut self) -> Result<(), Fault> {
        let first = self.at;
        let written = self.assignment();
        if written.is_ok() {
            return written;
        }
        let reached = self.at;
        self.at = first + 1;
        let result = expression(self, Role::List);
        match result {
            Ok(count) if self.kind() == Kind::Newline => {
                self.record(first, first, count);
                self.at += 1;
                Ok(())
            }
            // The reading that comes further says best what is wrong.
            _ if reached > self.at => written,
            Ok(_) => Err(self.fault()),
            Err(fault) => Err(fault),
        }
    }

    /// `targets = …`, `target += …`, `targets opcode …`.
    fn assignment(&mut self) -> Result<(), Fault> {
        let first = self.at;
        let mut is_plain = true;
        loop {
            self.expect(Kind::Word)?;
            while self.kind() == Kind::OpenIndex {
                is_plain = false;
                self.at += 1;
                if self.kind() == Kind::CloseIndex {
                    self.at += 1;
                } else {
                    expression(self, Role::Index)?;
                }
            }
            if self.kind() != Kind::Comma {
                break;
            }
            is_plain = false;
            self.at += 1;
        }
        let operator = self.at;
        let role = match self.kind() {
            Kind::Equal | Kind::Word => Role::List,
            Kind::Change if is_plain => Role::One,
            _ => return Err(self.fault()),
        };
        self.at += 1;
        let count = expression(self, role)?;
        self.expect(Kind::Newline)?;
        self.record(first, operator, count);
        Ok(())
    }

    /// Remembers the statement whose targets are before `operator` and whose arguments are behind it.
    fn record(&mut self, first: usize, operator: usize, argument_count: usize) {
        let mut depth = 0;
        let mut targets = Vec::new();
        for at in first..operator {
            match self.kind_at(at) {
                Kind::OpenIndex => {
                    self.said.arrays.insert(self.text_at(at - 1));
                    depth += 1;
                }
                Kind::Call | Kind::Open => depth += 1,
                Kind::CloseIndex | Kind::Close => depth -= 1,
                Kind::Word if depth == 0 => targets.push(self.text_at(at)),
                _ => {}
            }
        }
        let from = operator + 1;
        let is_indexed = (first..operator).any(|at| self.kind_at(at) == Kind::OpenIndex);
        let is_assignment = is_indexed || matches!(self.kind_at(operator), Kind::Equal | Kind::Change);
        let operator = self.text_at(operator).trim_ascii_end();
        let is_body = |&&(block, _): &&(Block, usize)| matches!(block, Block::Instrument | Block::Opcode);
        let statement = Statement {
            line: self.line_at(first),
            targets,
            operator: operator.strip_suffix(b"(").unwrap_or(operator),
            first_integer: (self.kind_at(from) == Kind::Integer).then(|| self.text_at(from)),
            first_text: (self.kind_at(from) == Kind::Text).then(|| self.text_at(from)),
            is_assignment,
            argument_count,
            body: self.blocks.iter().find(is_body).map(|&(block, _)| block),
        };
        self.said.statements.push(statement);
    }
}

/// Words that may name a place to jump to, keywords among them.
pub(super) fn is_label(kind: Kind) -> bool {
    use Keyword::{Do, ElseIf, EndIf, EndIn, If, Od, Then, While};
    matches!(
        kind,
        Kind::Word | Kind::Integer | Kind::Keyword(If | Then | ElseIf | EndIf | While | Do | Od | EndIn)
    )
}

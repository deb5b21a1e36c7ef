//! The words and signs of an expanded orchestra, as Csound's parser takes them.

/// What a word or a sign is to the grammar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Newline,
    /// A name that is no keyword: of a variable, an opcode, a label.
    Word,
    /// A name with a bracket directly behind it; the bracket belongs to it.
    Call,
    Label,
    /// A number without a point.
    Integer,
    /// Another number, or a string.
    Constant,
    Text,
    /// `sr`, `kr`, `ksmps`, `nchnls`, `nchnls_i`, `0dbfs`, `A4`.
    Header,
    Keyword(Keyword),
    /// `+ -`, which may also stand before an operand.
    Sign,
    /// `~`.
    Complement,
    /// Other operators between numbers.
    Arithmetic,
    Comparison,
    /// `=`, which also compares.
    Equal,
    /// `+= -= *= /=`.
    Change,
    /// `&& ||`.
    Logic,
    Not,
    Question,
    Colon,
    Comma,
    Open,
    Close,
    OpenIndex,
    CloseIndex,
    /// Types of a user-defined opcode's results or arguments.
    Types,
    /// What the parser does not know.
    Unknown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keyword {
    If,
    Then,
    ElseIf,
    Else,
    EndIf,
    While,
    Do,
    Od,
    Goto,
    Instr,
    EndIn,
    Opcode,
    EndOp,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub kind: Kind,
    /// Where it stands in the expanded text.
    pub start: usize,
    pub end: usize,
}

/// Where the reader is: definitions of opcodes have a first line of their own kind.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Code,
    OpcodeName,
    OpcodeTypes,
}

/// Reads all of a text.
pub(super) fn read(text: &[u8]) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut state = State::Code;
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let starts_line = at == 0 || text[at - 1] == b'\n';
        let (kind, length) = match state {
            State::Code => code(rest, starts_line),
            State::OpcodeName => opcode_name(rest),
            State::OpcodeTypes => opcode_types(rest),
        };
        let end = at + length.max(1);
        if let Some(kind) = kind {
            state = match (state, kind) {
                (State::Code, Kind::Keyword(Keyword::Opcode)) => State::OpcodeName,
                (State::OpcodeName, Kind::Word) => State::OpcodeTypes,
                (State::OpcodeTypes, Kind::Newline) => State::Code,
                (same, _) => same,
            };
            tokens.push(Token { kind, start: at, end });
        }
        at = end;
    }
    tokens
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn blanks(rest: &[u8]) -> usize {
    rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count()
}

/// Behind an operator, a comma or an opening bracket a line goes on in the next one.
fn with_line_end(rest: &[u8], length: usize) -> usize {
    let behind = length + blanks(&rest[length..]);
    if rest.get(behind) == Some(&b'\n') { behind + 1 } else { length }
}

fn code(rest: &[u8], starts_line: bool) -> (Option<Kind>, usize) {
    if starts_line && let Some(length) = label_length(rest) {
        return (Some(Kind::Label), length);
    }
    match rest[0] {
        b'\n' => (Some(Kind::Newline), 1),
        b' ' | b'\t' | b'\r' => (None, 1),
        b'"' => (Some(Kind::Text), string_length(rest)),
        b'{' if rest.starts_with(b"{{") => {
            let end = rest.windows(2).skip(2).position(|pair| pair == b"}}");
            (Some(Kind::Text), end.map_or(rest.len(), |at| at + 4))
        }
        byte if byte.is_ascii_digit() || byte == b'.' => number(rest),
        byte if is_name(byte) => name(rest),
        _ => sign(rest),
    }
}

/// `name:` at the start of a line, with the blank or line end behind it.
fn label_length(rest: &[u8]) -> Option<usize> {
    let start = blanks(rest);
    let length = rest[start..].iter().take_while(|byte| is_name(**byte)).count();
    let colon = start + length;
    let is_label = length > 0 && rest.get(colon) == Some(&b':');
    (is_label && matches!(rest.get(colon + 1), Some(b' ' | b'\t' | b'\n'))).then_some(colon + 2)
}

/// A string ends at its line's end where it is not closed.
fn string_length(rest: &[u8]) -> usize {
    let mut at = 1;
    while at < rest.len() {
        match rest[at] {
            b'\\' => at += 2,
            b'"' | b'\n' => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

fn number(rest: &[u8]) -> (Option<Kind>, usize) {
    let digits = |from: usize| rest[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let whole = digits(0);
    if rest.starts_with(b"0dbfs") {
        return (Some(Kind::Header), 5);
    }
    if whole == 1 && rest[0] == b'0' && matches!(rest.get(1), Some(b'x' | b'X')) {
        let hexadecimal = rest[2..].iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        if hexadecimal > 0 {
            return (Some(Kind::Constant), 2 + hexadecimal);
        }
    }
    let mut length = whole;
    if rest.get(length) == Some(&b'.') {
        length += 1 + digits(length + 1);
    }
    if whole == 0 && length == 1 {
        return (Some(Kind::Unknown), 1);
    }
    if matches!(rest.get(length), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(rest.get(length + 1), Some(b'+' | b'-')));
        let exponent = rest.get(length + 1 + sign..).map_or(0, |_| digits(length + 1 + sign));
        if exponent > 0 {
            length += 1 + sign + exponent;
        }
    }
    (Some(if length == whole { Kind::Integer } else { Kind::Constant }), length)
}

fn name(rest: &[u8]) -> (Option<Kind>, usize) {
    let length = rest.iter().take_while(|byte| is_name(**byte)).count();
    let keyword = keyword(&rest[..length]);
    if rest.get(length) == Some(&b'(') {
        // `if(` and `elseif(` are the only keywords before a bracket.
        return match keyword {
            Some(Kind::Keyword(Keyword::If | Keyword::ElseIf)) => (keyword, length),
            _ => (Some(Kind::Call), with_line_end(rest, length + 1)),
        };
    }
    let bracket = length + blanks(&rest[length..]);
    if rest.get(bracket) == Some(&b'(') && FUNCTIONS.contains(&&rest[..length]) {
        return (Some(Kind::Call), with_line_end(rest, bracket + 1));
    }
    (Some(keyword.unwrap_or(Kind::Word)), length)
}

/// Functions between whose name and bracket blanks may stand.
const FUNCTIONS: [&[u8]; 70] = [
    b"int",
    b"frac",
    b"round",
    b"floor",
    b"ceil",
    b"rnd",
    b"birnd",
    b"abs",
    b"exp",
    b"log",
    b"sqrt",
    b"sin",
    b"cos",
    b"tan",
    b"sininv",
    b"cosinv",
    b"taninv",
    b"log10",
    b"log2",
    b"sinh",
    b"cosh",
    b"tanh",
    b"ampdb",
    b"ampdbfs",
    b"dbamp",
    b"dbfsamp",
    b"ftcps",
    b"ftlen",
    b"ftsr",
    b"ftlptim",
    b"ftchnls",
    b"i",
    b"k",
    b"cpsoct",
    b"octpch",
    b"cpspch",
    b"pchoct",
    b"octcps",
    b"nsamp",
    b"powoftwo",
    b"logbtwo",
    b"a",
    b"tb0",
    b"tb1",
    b"tb2",
    b"tb3",
    b"tb4",
    b"tb5",
    b"tb6",
    b"tb7",
    b"tb8",
    b"tb9",
    b"tb10",
    b"tb11",
    b"tb12",
    b"tb13",
    b"tb14",
    b"tb15",
    b"urd",
    b"not",
    b"cent",
    b"octave",
    b"semitone",
    b"cpsmidinn",
    b"octmidinn",
    b"pchmidinn",
    b"db",
    b"p",
    b"qinf",
    b"qnan",
];

fn keyword(name: &[u8]) -> Option<Kind> {
    Some(Kind::Keyword(match name {
        b"if" => Keyword::If,
        b"then" | b"ithen" | b"kthen" => Keyword::Then,
        b"elseif" => Keyword::ElseIf,
        b"else" => Keyword::Else,
        b"endif" | b"fi" => Keyword::EndIf,
        b"until" | b"while" => Keyword::While,
        b"do" => Keyword::Do,
        b"od" | b"enduntil" => Keyword::Od,
        b"goto" | b"igoto" | b"kgoto" => Keyword::Goto,
        b"instr" => Keyword::Instr,
        b"endin" => Keyword::EndIn,
        b"opcode" => Keyword::Opcode,
        b"endop" => Keyword::EndOp,
        b"sr" | b"kr" | b"ksmps" | b"nchnls" | b"nchnls_i" | b"A4" => return Some(Kind::Header),
        _ => return None,
    }))
}

fn sign(rest: &[u8]) -> (Option<Kind>, usize) {
    const SIGNS: [(&[u8], Kind); 32] = [
        (b"!=", Kind::Comparison),
        (b"&&", Kind::Logic),
        (b"||", Kind::Logic),
        (b"<<", Kind::Arithmetic),
        (b">>", Kind::Arithmetic),
        (b"<=", Kind::Comparison),
        (b">=", Kind::Comparison),
        (b"==", Kind::Comparison),
        (b"+=", Kind::Change),
        (b"-=", Kind::Change),
        (b"*=", Kind::Change),
        (b"/=", Kind::Change),
        (b"\xc2\xac", Kind::Complement),
        (b"<", Kind::Comparison),
        (b">", Kind::Comparison),
        (b"=", Kind::Equal),
        (b"+", Kind::Sign),
        (b"-", Kind::Sign),
        (b"*", Kind::Arithmetic),
        (b"/", Kind::Arithmetic),
        (b"%", Kind::Arithmetic),
        (b"^", Kind::Arithmetic),
        (b"|", Kind::Arithmetic),
        (b"&", Kind::Arithmetic),
        (b"#", Kind::Arithmetic),
        (b"~", Kind::Complement),
        (b"\xac", Kind::Complement),
        (b"!", Kind::Not),
        (b"?", Kind::Question),
        (b",", Kind::Comma),
        (b"(", Kind::Open),
        (b"[", Kind::OpenIndex),
    ];
    if rest[0] == b'@' {
        let length = 1 + usize::from(rest.get(1) == Some(&b'@'));
        let length = length + blanks(&rest[length..]);
        let digits = rest[length..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        return if digits > 0 { (Some(Kind::Integer), length + digits) } else { (Some(Kind::Unknown), 1) };
    }
    for (sign, kind) in SIGNS {
        if sign[0] == rest[0] && rest.starts_with(sign) {
            return (Some(kind), with_line_end(rest, sign.len()));
        }
    }
    match rest[0] {
        b')' => (Some(Kind::Close), 1),
        b']' => (Some(Kind::CloseIndex), 1),
        b':' => (Some(Kind::Colon), 1),
        _ => (Some(Kind::Unknown), 1),
    }
}

/// Behind `opcode`: its name; what stands before it is passed over.
fn opcode_name(rest: &[u8]) -> (Option<Kind>, usize) {
    let length = rest.iter().take_while(|byte| is_name(**byte)).count();
    if length > 0 && !rest[0].is_ascii_digit() { (Some(Kind::Word), length) } else { (None, 1) }
}

/// Behind an opcode's name: commas and types to the line's end; what else stands there is passed over.
fn opcode_types(rest: &[u8]) -> (Option<Kind>, usize) {
    match rest[0] {
        b'\n' => (Some(Kind::Newline), 1),
        b',' => (Some(Kind::Comma), with_line_end(rest, 1)),
        b'0' => (Some(Kind::Types), 1),
        _ => {
            let length = rest.iter().take_while(|byte| b"aijkftKOJVPopS[]".contains(byte)).count();
            (if length > 0 { Some(Kind::Types) } else { None }, length.max(1))
        }
    }
}

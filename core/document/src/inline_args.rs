//! The arguments that a template's body declares at its beginning: `|kmidi=60, kamp=0.1|` or `{…}`.
//!
//! Both delimiters mean the same. A declaration may span lines, have comments before and inside, and leave defaults
//! out. What follows the declaration is the body that Csound gets.

use ksmps_data::args::ArgValue;

/// A declared argument, in the order of the text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Declared {
    /// Its name: begins with i, k or S.
    pub name: String,
    /// What it is where nothing is given.
    pub default: ArgValue,
}

/// A declaration and where the body goes on.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Declaration {
    /// The arguments.
    pub args: Vec<Declared>,
    /// Where the rest of the text begins.
    pub end: usize,
}

/// What is wrong with a declaration, and at which byte.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Wrong {
    /// The place in the text.
    pub at: usize,
    /// What is wrong.
    pub reason: String,
}

/// Reads the declaration at the beginning of a body; `None` where there is none.
pub(super) fn read(body: &str) -> Result<Option<Declaration>, Wrong> {
    let start = skip_blank(body, 0);
    let close = match body[start..].chars().next() {
        Some('|') => '|',
        Some('{') if !body[start..].starts_with("{{") => '}',
        _ => return Ok(None),
    };
    let mut args: Vec<Declared> = Vec::new();
    let mut at = start + 1;
    loop {
        at = skip_blank(body, at);
        match body[at..].chars().next() {
            None => {
                return Err(Wrong { at: start, reason: format!("the declaration has no closing {close}") });
            }
            Some(found) if found == close => return Ok(Some(Declaration { args, end: at + 1 })),
            Some(',') if !args.is_empty() => {
                at += 1;
                continue;
            }
            Some(_) => {}
        }
        let (declared, end) = one(body, at, close)?;
        at = end;
        // A name that is declared again keeps its place and takes the later default.
        match args.iter_mut().find(|known| known.name == declared.name) {
            Some(known) => known.default = declared.default,
            None => args.push(declared),
        }
    }
}

fn one(body: &str, at: usize, close: char) -> Result<(Declared, usize), Wrong> {
    let wrong = |reason: String| Err(Wrong { at, reason });
    let length =
        body[at..].find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(body.len() - at);
    let name = &body[at..at + length];
    if !name.starts_with(['i', 'k', 'S']) || name.len() < 2 {
        let shown: String =
            body[at..].chars().take_while(|c| !c.is_whitespace() && *c != ',' && *c != close).collect();
        return wrong(format!("an argument's name begins with i, k or S, {shown:?} does not"));
    }
    let is_text = name.starts_with('S');
    let mut end = skip_blank(body, at + length);
    let mut default = if is_text { ArgValue::Text(String::new()) } else { ArgValue::Number(0.0) };
    if body[end..].starts_with('=') {
        let from = skip_blank(body, end + 1);
        let (value, behind) = value(body, from, close)?;
        if is_text != matches!(value, ArgValue::Text(_)) {
            return wrong(format!(
                "the default of {name} must be a {}",
                if is_text { "text" } else { "number" }
            ));
        }
        default = value;
        end = behind;
    }
    end = skip_blank(body, end);
    if body[end..].starts_with([',', close]) {
        Ok((Declared { name: name.to_owned(), default }, end))
    } else {
        wrong(format!("a comma or {close} is missing after {name}"))
    }
}

fn value(body: &str, at: usize, close: char) -> Result<(ArgValue, usize), Wrong> {
    if let Some(rest) = body[at..].strip_prefix('"') {
        let length =
            rest.find('"').ok_or_else(|| Wrong { at, reason: "the text has no closing quote".into() })?;
        return Ok((ArgValue::Text(rest[..length].to_owned()), at + length + 2));
    }
    let stop = |c: char| c == ',' || c == close || c == ';' || c.is_whitespace();
    let length = body[at..].find(stop).unwrap_or(body.len() - at);
    let text = &body[at..at + length];
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok((ArgValue::Number(number), at + length)),
        _ => Err(Wrong {
            at,
            reason: format!("{text:?} is no number; a default is a plain number or a \"text\""),
        }),
    }
}

/// Where the next thing is that is neither blank nor a comment.
fn skip_blank(body: &str, mut at: usize) -> usize {
    loop {
        let rest = &body[at..];
        let trimmed = rest.trim_start();
        at += rest.len() - trimmed.len();
        if trimmed.starts_with(';') || trimmed.starts_with("//") {
            at += trimmed.find('\n').unwrap_or(trimmed.len());
        } else if trimmed.starts_with("/*") {
            at += trimmed.find("*/").map_or(trimmed.len(), |end| end + 2);
        } else {
            return at;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn declared(body: &str) -> Vec<(String, ArgValue)> {
        read(body).unwrap().unwrap().args.into_iter().map(|arg| (arg.name, arg.default)).collect()
    }

    #[test]
    fn declarations_of_every_form() {
        let number = |name: &str, value: f64| (name.to_owned(), ArgValue::Number(value));
        for body in [
            "|ibus, kamp=0.5, kmidi=60| out 1",
            "\n; a comment\n// another\n/* and\none */ {ibus, kamp=0.5 ; half\n , kmidi = 60\n}\nout 1",
            "|ibus,\n kamp=0.5,\n kmidi=60,\n|",
        ] {
            assert_eq!(
                declared(body),
                [number("ibus", 0.0), number("kamp", 0.5), number("kmidi", 60.0)],
                "{body}"
            );
        }
        let text = ArgValue::Text("a, b|c".into());
        assert_eq!(
            declared("|Smode=\"a, b|c\", kx=-1e-3|"),
            [("Smode".to_owned(), text), number("kx", -1e-3)]
        );
        assert_eq!(declared("|kfreq=1, kfreq=2|"), [number("kfreq", 2.0)]);
    }

    #[test]
    fn the_body_goes_on_behind_the_declaration() {
        let body = "|ka| out a(ka)";
        assert_eq!(&body[read(body).unwrap().unwrap().end..], " out a(ka)");
        assert_eq!(read("kfreq = p5 | 3").unwrap(), None);
        assert_eq!(read("").unwrap(), None);
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (body, said) in [
            ("|ka", "| is missing after ka"),
            ("|amp=1|", "begins with i, k or S"),
            ("|ka=sr/2|", "is no number"),
            ("|Sx=1|", "must be a text"),
            ("|ka kb|", "comma"),
            ("{ka=\"x\"}", "must be a number"),
        ] {
            let wrong = read(body).unwrap_err();
            assert!(wrong.reason.contains(said), "{body}: {}", wrong.reason);
        }
    }
}

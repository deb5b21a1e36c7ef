//! A template that was read: where its arguments are, what its body needs, and what is wrong with it.
//!
//! Arguments are declared at the beginning of the body, or beside it, or named in the body itself (`kfreq = p5`).
//! p4 belongs to the session. What the body says is asked of the document's reader, never guessed here.

use ksmps_data::diagnostic::Diagnostic;

use ksmps_data::args::{Arg, ArgKind, ArgPlace, ArgValue};
use ksmps_data::needs::Needs;
use ksmps_data::template::{Template, TemplateError};

use crate::{Document, Instrument, inline_args};

/// The first p-field of a template's own.
pub const FIRST_FIELD: usize = 5;
/// The table that holds the named controls of all events.
pub const CONTROLS_TABLE: u32 = 1;

/// A template that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Registered {
    template: Template,
    args: Vec<Arg>,
    /// Of the body, without its declaration.
    code: String,
    /// The body's line at which `code` begins, from 1.
    first_line: usize,
    /// Whether the arguments get their values from code of ours, or the body reads its p-fields itself.
    declared: bool,
    highest_field: usize,
}

impl Registered {
    /// Reads a template. `[any]`
    ///
    /// # Errors
    /// [`TemplateError::Body`], [`TemplateError::Compile`] for texts that crash Csound.
    pub fn read(template: Template) -> Result<Self, TemplateError> {
        if template.name.is_empty() || template.name.contains(['"', '\n']) {
            return Err(wrong(&template, 1, "a template needs a name of one line without quotes".into()));
        }
        let declaration = inline_args::read(&template.body)
            .map_err(|found| wrong(&template, line_at(&template.body, found.at), found.reason))?;
        let end = declaration.as_ref().map_or(0, |declaration| declaration.end);
        let code = template.body[end..].to_owned();
        let first_line = line_at(&template.body, end);
        let used = fields_used(&code);
        if let Some(line) = used.iter().find(|(field, _)| *field == 4).map(|(_, line)| *line) {
            let reason = "p4 belongs to the session; a template's own p-fields begin with p5".to_owned();
            return Err(wrong(&template, first_line + line, reason));
        }
        let instrument = instrument(&template, &code, first_line)?;
        let named: Vec<(String, ArgValue)> = match (declaration, template.args.is_empty()) {
            (Some(_), false) => {
                let reason = "arguments are declared in the body or beside it, not both".to_owned();
                return Err(wrong(&template, 1, reason));
            }
            (Some(declaration), true) => {
                declaration.args.into_iter().map(|arg| (arg.name, arg.default)).collect()
            }
            (None, _) => template.args.clone(),
        };
        let declared = !named.is_empty();
        let args = match declared {
            true => placed(&template, named, &used)?,
            false => named_in_body(&instrument),
        };
        let highest_arg = args.iter().filter_map(field_of).max().unwrap_or(0);
        let highest_field = instrument.highest_pfield.max(highest_arg);
        for (alias, argument) in &template.aliases {
            if !args.iter().any(|arg| arg.name == *argument) {
                return Err(wrong(
                    &template,
                    1,
                    format!("the alias {alias} stands for {argument}, which is no argument"),
                ));
            }
        }
        Ok(Self { template, args, code, first_line, declared, highest_field })
    }

    /// As it was written. `[any]`
    pub fn template(&self) -> &Template {
        &self.template
    }

    /// Its arguments in order. `[any]`
    pub fn args(&self) -> &[Arg] {
        &self.args
    }

    /// Its named controls and their defaults, in the order of their places. `[any]`
    pub fn controls(&self) -> impl Iterator<Item = &Arg> {
        self.args.iter().filter(|arg| matches!(arg.place, ArgPlace::Control(_)))
    }

    /// The body without its declaration. `[any]`
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The body's line at which [`Registered::code`] begins, from 1. `[any]`
    pub fn first_line(&self) -> usize {
        self.first_line
    }

    /// The highest p-field it makes use of. `[any]`
    pub fn highest_field(&self) -> usize {
        self.highest_field
    }

    /// An argument by its name or alias. `[any]`
    pub fn arg(&self, name: &str) -> Option<&Arg> {
        let name = self.template.aliases.get(name).map_or(name, String::as_str);
        self.args.iter().find(|arg| arg.name == name)
    }

    /// The names that events can be given. `[any]`
    pub fn names(&self) -> Vec<String> {
        self.args.iter().map(|arg| arg.name.clone()).chain(self.template.aliases.keys().cloned()).collect()
    }

    /// Code that gives the declared arguments their values; `row` is how many controls an event has. `[any]`
    pub fn prologue(&self, row: usize) -> String {
        if !self.declared {
            return String::new();
        }
        let line = |arg: &Arg| match (arg.place, arg.kind) {
            (ArgPlace::Field(field), ArgKind::Text) => format!("{} strget p{field}\n", arg.name),
            (ArgPlace::Field(field), _) => format!("{} = p{field}\n", arg.name),
            (ArgPlace::Control(place), _) => {
                format!("{} tab p4*{row}+{place}, {}\n", arg.name, CONTROLS_TABLE)
            }
        };
        self.args.iter().map(line).collect()
    }
}

fn field_of(arg: &Arg) -> Option<usize> {
    match arg.place {
        ArgPlace::Field(field) => Some(field),
        ArgPlace::Control(_) => None,
    }
}

fn wrong(template: &Template, line: usize, reason: String) -> TemplateError {
    let source_line = template.body.lines().nth(line.saturating_sub(1)).unwrap_or_default().trim().to_owned();
    TemplateError::Body { template: template.name.clone(), line, reason, source_line }
}

/// The line of a byte, from 1.
fn line_at(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

/// The p-fields that code names outside comments and texts, each with its line from 0.
fn fields_used(code: &str) -> Vec<(usize, usize)> {
    let words = crate::code_words(code).into_iter();
    words.filter_map(|(line, word)| Some((word.strip_prefix('p')?.parse().ok()?, line))).collect()
}

/// What a document's reader finds in the body: names, defaults, p-fields, and texts that crash Csound.
fn instrument(template: &Template, code: &str, first_line: usize) -> Result<Instrument, TemplateError> {
    let refused = |mut diagnostics: Vec<Diagnostic>| {
        for one in &mut diagnostics {
            // Line 1 is that of `instr`.
            one.line = one.line.map(|line| first_line as u32 + line.saturating_sub(2));
        }
        TemplateError::Compile { template: template.name.clone(), diagnostics }
    };
    let mut document =
        Document::parse_part(&format!("instr 1\n{code}\nendin\n"), Needs::default()).map_err(refused)?;
    match document.instruments.len() {
        1 => Ok(document.instruments.remove(0)),
        _ => Err(wrong(
            template,
            1,
            "a body is what stands between instr and endin, for one instrument".into(),
        )),
    }
}

/// Gives declared arguments their places: p-fields from p5 on that the body does not use itself, or controls.
fn placed(
    template: &Template,
    named: Vec<(String, ArgValue)>,
    used: &[(usize, usize)],
) -> Result<Vec<Arg>, TemplateError> {
    let mut fields = (FIRST_FIELD..).filter(|field| !used.iter().any(|(own, _)| own == field));
    let mut controls = 0;
    let mut args: Vec<Arg> = Vec::new();
    for (name, default) in named {
        let kind = ArgKind::of(&name);
        if !name.starts_with(['i', 'k', 'S'])
            || (kind == ArgKind::Text) != matches!(default, ArgValue::Text(_))
        {
            let reason = format!("{name}: names begin with i or k for numbers, with S for texts");
            return Err(wrong(template, 1, reason));
        }
        let place = if kind == ArgKind::Dynamic && !template.dynamic_pfields {
            controls += 1;
            ArgPlace::Control(controls - 1)
        } else {
            // PANIC: the numbers from 5 on have no end.
            ArgPlace::Field(fields.next().expect("there is always a next number"))
        };
        args.push(Arg { name, kind, place, default });
    }
    Ok(args)
}

/// Arguments that the body names itself, with the defaults of its `pset`.
fn named_in_body(instrument: &Instrument) -> Vec<Arg> {
    let own = instrument.pfields.iter().filter(|field| field.index >= FIRST_FIELD);
    own.map(|field| {
        let kind = ArgKind::of(&field.name);
        let default = match kind {
            ArgKind::Text => ArgValue::Text(String::new()),
            _ => ArgValue::Number(instrument.pset.get(field.index - 1).copied().unwrap_or(0.0)),
        };
        Arg { name: field.name.clone(), kind, place: ArgPlace::Field(field.index), default }
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Registered {
        Registered::read(Template::new("t", body)).unwrap()
    }

    fn places(registered: &Registered) -> Vec<(&str, ArgPlace, ArgValue)> {
        registered.args().iter().map(|arg| (arg.name.as_str(), arg.place, arg.default.clone())).collect()
    }

    #[test]
    fn arguments_come_from_the_declaration_or_the_body() {
        let field = |name, field, value: f64| (name, ArgPlace::Field(field), ArgValue::Number(value));
        let declared = read("\n|kamp=0.1, kfreq=440|\noutch 1, oscili:a(kamp, kfreq)\n");
        assert_eq!(places(&declared), [field("kamp", 5, 0.1), field("kfreq", 6, 440.0)]);
        assert_eq!(declared.prologue(0), "kamp = p5\nkfreq = p6\n");
        let body = read("pset 0, 0, 0, 0, 300, 0.2\nkfreq = p5\nkamp = p6\nout oscili:a(kamp, kfreq)");
        assert_eq!(places(&body), [field("kfreq", 5, 300.0), field("kamp", 6, 0.2)]);
        assert_eq!(body.prologue(0), "");
        // What the body uses itself is left to it.
        let mixed = read("|kamp=0.1, kfreq=440|\nout oscili:a(kamp, kfreq*p6)");
        assert_eq!(places(&mixed), [field("kamp", 5, 0.1), field("kfreq", 7, 440.0)]);
    }

    #[test]
    fn controls_live_in_the_table_and_fixed_arguments_do_not() {
        let template =
            Template::new("t", "|ibase=1, kval=2, kmul=3|\nout a(ibase+kval*kmul)").controls_in_table();
        let registered = Registered::read(template).unwrap();
        let found: Vec<ArgPlace> = registered.args().iter().map(|arg| arg.place).collect();
        assert_eq!(found, [ArgPlace::Field(5), ArgPlace::Control(0), ArgPlace::Control(1)]);
        assert_eq!(registered.prologue(16), "ibase = p5\nkval tab p4*16+0, 1\nkmul tab p4*16+1, 1\n");
    }

    #[test]
    fn what_cannot_be_read_says_where_and_why() {
        for (body, line, said) in [
            ("\nkfoo = p4\nout a(kfoo)", 2, "p4 belongs to the session"),
            ("|ka=1,\n kb=x|", 2, "is no number"),
            ("endin\ninstr 7\nout 1", 1, "for one instrument"),
        ] {
            match Registered::read(Template::new("t", body)).unwrap_err() {
                TemplateError::Body { line: at, reason, .. } => {
                    assert_eq!(at, line, "{body}");
                    assert!(reason.contains(said), "{reason}");
                }
                other => panic!("{other}"),
            }
        }
        let alias = Template::new("t", "|ka|\nout a(ka)").alias("amp", "kb");
        assert!(Registered::read(alias).is_err());
    }
}

//! What the play surface shows, in which order: from `;@layout` and `;@page` where the document has them, and from the
//! parameters' groups for all the rest. Pure data; nothing here draws.

use ksmps_document::{Directive, Item};

use crate::model::Parameter;
use crate::widgets::units;

/// A page of the play surface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Page {
    /// What `;@page` calls it; empty where there is only one.
    pub name: String,
    /// Its groups in order.
    pub groups: Vec<Group>,
}

/// A frame with a title.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Group {
    /// Its title, may be empty.
    pub name: String,
    /// Its rows; each begins on the left.
    pub rows: Vec<Vec<Control>>,
}

/// One control.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Control {
    /// The parameter by its place among the parameters, or the table's name; of what shows neither, nothing.
    pub what: What,
    /// How it is shown.
    pub kind: Kind,
}

/// What a control is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    /// A parameter, by its place among the parameters.
    Parameter(usize),
    /// A table, by its name or number.
    Table(String),
    /// The sound that goes out, or the keys.
    Output,
}

/// How something is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Knob,
    LargeKnob,
    Slider,
    Switch,
    Menu,
    /// With the other parameter, which goes up.
    Xy(usize),
    Meter,
    Scope,
    Table,
    Keyboard,
}

/// The pages of a document. There is always one.
pub(super) fn pages(parameters: &[Parameter], directives: &[Directive]) -> Vec<Page> {
    let mut pages = vec![Page { name: String::new(), groups: Vec::new() }];
    let mut listed = vec![false; parameters.len()];
    for directive in directives {
        match directive.word.as_str() {
            "page" => {
                let name = directive.items.iter().find_map(text).unwrap_or_default();
                if pages.len() == 1 && pages[0].groups.is_empty() {
                    pages[0].name = name;
                } else {
                    pages.push(Page { name, groups: Vec::new() });
                }
            }
            "layout" => {
                if let Some(page) = pages.last_mut() {
                    add_row(page, &directive.items, parameters, &mut listed);
                }
            }
            _ => {}
        }
    }
    let shown = |at: &usize| !parameters[*at].param.hidden && !listed[*at];
    let rest: Vec<usize> = (0..parameters.len()).filter(shown).collect();
    if let Some(page) = pages.last_mut() {
        add_rest(page, &rest, parameters);
    }
    pages
}

fn text(item: &Item) -> Option<String> {
    match item {
        Item::Text(text) | Item::Word(text) => Some(text.clone()),
        _ => None,
    }
}

/// A `;@layout` line: a row of the group before, or of the groups that it names, each of which begins a row of its own.
fn add_row(page: &mut Page, items: &[Item], parameters: &[Parameter], listed: &mut [bool]) {
    let mut begins_row = true;
    for (at, item) in items.iter().enumerate() {
        let Some(word) = text(item) else { continue };
        if let Some(name) = group_name(&word, at == 0, item, parameters) {
            if page.groups.last().is_none_or(|last| last.name != name) {
                page.groups.push(Group { name, rows: Vec::new() });
            }
            begins_row = true;
            continue;
        }
        let Some(control) = control(&word, parameters, listed) else { continue };
        if page.groups.is_empty() {
            page.groups.push(Group::default());
        }
        let Some(group) = page.groups.last_mut() else { continue };
        if std::mem::take(&mut begins_row) || group.rows.is_empty() {
            group.rows.push(Vec::new());
        }
        if let Some(row) = group.rows.last_mut() {
            row.push(control);
        }
    }
}

/// A group stands in brackets, anywhere in a line; at its beginning also in quotes, or as a word that names no control.
fn group_name(word: &str, is_first: bool, item: &Item, parameters: &[Parameter]) -> Option<String> {
    if let Some(name) = word.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return Some(name.to_owned());
    }
    let is_control =
        word.contains(':') || kind(word, parameters).is_some() || place(word, parameters).is_some();
    (is_first && (matches!(item, Item::Text(_)) || !is_control)).then(|| word.to_owned())
}

fn place(name: &str, parameters: &[Parameter]) -> Option<usize> {
    parameters.iter().position(|one| one.param.name == name)
}

/// `cutoff`, `cutoff:slider`, `cutoff:xy(reso)`, `giwave:table`, `scope`, `scope:out`. Of inputs there is nothing to show.
fn control(word: &str, parameters: &[Parameter], listed: &mut [bool]) -> Option<Control> {
    let (name, wanted) = word.split_once(':').unwrap_or((word, ""));
    if wanted.starts_with("in.") {
        return None;
    }
    let wanted_kind = kind(wanted, parameters).or_else(|| kind(name, parameters));
    let Some(at) = place(name, parameters) else {
        return match wanted_kind? {
            Kind::Table => Some(Control { what: What::Table(name.to_owned()), kind: Kind::Table }),
            kind @ (Kind::Meter | Kind::Scope | Kind::Keyboard) => Some(Control { what: What::Output, kind }),
            _ => None,
        };
    };
    // A control stands at one place only.
    if std::mem::replace(&mut listed[at], true) {
        return None;
    }
    let kind = match wanted_kind {
        Some(Kind::Xy(other)) => {
            listed[other] = true;
            Kind::Xy(other)
        }
        Some(kind @ (Kind::Knob | Kind::LargeKnob | Kind::Slider)) => kind,
        Some(Kind::Switch) if units::is_switch(&parameters[at].param) => Kind::Switch,
        Some(Kind::Menu) if !parameters[at].param.labels.is_empty() => Kind::Menu,
        _ => usual(&parameters[at]),
    };
    Some(Control { what: What::Parameter(at), kind })
}

fn kind(word: &str, parameters: &[Parameter]) -> Option<Kind> {
    if let Some(other) = word.strip_prefix("xy(").and_then(|rest| rest.strip_suffix(')')) {
        return place(other, parameters).map(Kind::Xy);
    }
    Some(match word {
        "knob" => Kind::Knob,
        "xl" => Kind::LargeKnob,
        "slider" => Kind::Slider,
        "switch" => Kind::Switch,
        "menu" => Kind::Menu,
        "meter" => Kind::Meter,
        "scope" => Kind::Scope,
        "table" => Kind::Table,
        "keyboard" => Kind::Keyboard,
        _ => return None,
    })
}

/// How a parameter is shown where the document does not say.
fn usual(parameter: &Parameter) -> Kind {
    let param = &parameter.param;
    if !param.labels.is_empty() {
        Kind::Menu
    } else if units::is_switch(param) {
        Kind::Switch
    } else {
        Kind::Knob
    }
}

/// What no `;@layout` lists, by its groups in the order in which they come.
fn add_rest(page: &mut Page, rest: &[usize], parameters: &[Parameter]) {
    for at in rest {
        let name = &parameters[*at].param.group;
        let item = Control { what: What::Parameter(*at), kind: usual(&parameters[*at]) };
        let at = page.groups.iter().position(|group| group.name == *name);
        let group = match at {
            Some(at) => &mut page.groups[at],
            None => {
                page.groups.push(Group { name: name.clone(), rows: vec![Vec::new()] });
                let last = page.groups.len() - 1;
                &mut page.groups[last]
            }
        };
        match group.rows.last_mut() {
            Some(row) => row.push(item),
            None => group.rows.push(vec![item]),
        }
    }
}

#[cfg(test)]
mod tests {
    use ksmps_data::params::Param;
    use ksmps_document::{Assets, Document};

    use super::*;

    fn parameters(names: &[(&str, &str)]) -> Vec<Parameter> {
        let one = |(slot, (name, group)): (usize, &(&str, &str))| Parameter {
            slot: slot as u16,
            param: Param { group: (*group).to_owned(), ..Param::channel(name) },
            base: 0.0,
            modulation: 0.0,
            automated: false,
            controller: None,
        };
        names.iter().enumerate().map(one).collect()
    }

    /// Pages as text: `page: group(control control/control)`.
    fn shown(names: &[(&str, &str)], lines: &str) -> Vec<String> {
        let parameters = parameters(names);
        let text = format!("{lines}\ninstr 1\nendin\n");
        let document = Document::read(&text, None, &Assets::default()).unwrap();
        let name = |item: &Control| match (&item.what, item.kind) {
            (What::Parameter(at), Kind::Xy(other)) => format!("{}+{}", names[*at].0, names[other].0),
            (What::Parameter(at), Kind::Knob) => names[*at].0.to_owned(),
            (What::Parameter(at), kind) => format!("{}:{kind:?}", names[*at].0),
            (What::Table(name), _) => format!("table {name}"),
            (What::Output, kind) => format!("{kind:?}"),
        };
        let row = |row: &Vec<Control>| row.iter().map(name).collect::<Vec<_>>().join(" ");
        let group = |group: &Group| {
            format!("{}({})", group.name, group.rows.iter().map(row).collect::<Vec<_>>().join("/"))
        };
        pages(&parameters, &document.directives)
            .iter()
            .map(|page| {
                format!("{}: {}", page.name, page.groups.iter().map(group).collect::<Vec<_>>().join(" "))
            })
            .collect()
    }

    #[test]
    fn groups_lay_themselves_out() {
        let names = [("cutoff", "Filter"), ("level", ""), ("reso", "Filter"), ("mix", "")];
        assert_eq!(shown(&names, ""), [": Filter(cutoff reso) (level mix)"]);
        assert_eq!(shown(&[], ""), [": "]);
    }

    #[test]
    fn a_document_lays_out_what_it_wants_and_the_rest_follows() {
        let names = [("cutoff", "Filter"), ("reso", "Filter"), ("level", "Out"), ("x", ""), ("y", "")];
        let lines = ";@page \"Main\"\n;@layout Filter cutoff:xl reso:slider\n;@layout scope giwave:table\n\
                     ;@page \"Pad\"\n;@layout \"The pad\" x:xy(y) nothing:knob";
        assert_eq!(
            shown(&names, lines),
            ["Main: Filter(cutoff:LargeKnob reso:Slider/Scope table giwave)", "Pad: The pad(x+y) Out(level)",]
        );
    }

    #[test]
    fn a_line_can_have_several_groups_and_what_goes_out() {
        let names = [("shape", ""), ("cutoff", ""), ("reso", ""), ("level", "Output")];
        let lines =
            ";@layout [Oscillator] shape [Filter] cutoff:xl reso\n;@layout [See] meter:in.Key scope:out";
        assert_eq!(
            shown(&names, lines),
            [": Oscillator(shape) Filter(cutoff:LargeKnob reso) See(Scope) Output(level)"]
        );
    }

    #[test]
    fn a_control_stands_at_one_place_and_a_kind_that_does_not_fit_is_the_usual_one() {
        let names = [("cutoff", ""), ("reso", "")];
        assert_eq!(shown(&names, ";@layout cutoff:menu cutoff reso:switch"), [": (cutoff reso)"]);
    }
}

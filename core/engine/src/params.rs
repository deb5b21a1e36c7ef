//! The document's parameters in an engine: those it declares, those its channels' hints say, and what each one moves.

use ksmps_csound::{BusKind, BusToken, ChannelKind, Running};
use ksmps_data::diagnostic::Diagnostic;
use ksmps_data::params::{Param, SLOTS, SlotMap, Target};
use ksmps_document::{self, Document};

use super::control::Place;
use super::named::Named;

/// What the document declares, then what its channels' hints say, each with its slot. Those for which there is no slot
/// have their defaults all the same. `[control]`
pub(super) fn of(
    running: &mut Running,
    document: &Document,
    slots: &mut SlotMap,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<(Option<usize>, Param)> {
    let mut params = document.params.clone();
    let written = document.header_writes();
    for channel in running.channels() {
        let (Some(range), ChannelKind::Control) = (&channel.range, channel.kind) else { continue };
        let target = Target::Channel(channel.name.clone());
        let declared = params.iter_mut().find(|param| param.target == target);
        let hint = ksmps_document::param_from_hint(
            &channel.name,
            range.behaviour,
            range.default,
            range.min,
            range.max,
            &range.attributes,
        );
        let left = running.control_channel(&channel.name).map_or(0.0, |id| running.channel(id));
        // Csound does not write a hint's default: what is in the channel, the header wrote. A 0 it wrote is seen in
        // its text alone.
        let is_written = left != 0.0 || written.contains(&channel.name);
        let default = if is_written { Some(left) } else { hint.default };
        match declared {
            Some(param) => param.default = param.default.or(default),
            // A channel that the orchestra only writes is not for the host to move.
            None if channel.output && !channel.input => {}
            None => params.push(Param { default, ..hint }),
        }
    }
    for param in &mut params {
        settle_default(running, document, param, diagnostics);
    }
    let names: Vec<&str> = params.iter().map(|param| param.name.as_str()).collect();
    let assigned = slots.assign(&names);
    let left_out = assigned.iter().filter(|slot| slot.is_none()).count();
    if left_out > 0 {
        let text = format!(
            "{left_out} parameters found no slot, for a plugin has {SLOTS}: they stay at their defaults"
        );
        let remedy = "declare fewer parameters, or let the host move several with one";
        diagnostics.push(Diagnostic::warning(None, text).with_remedy(remedy));
    }
    assigned.into_iter().zip(params).collect()
}

/// The value a parameter starts at: where it has none, what the header left in its channel. One outside its range is
/// brought inside, and a warning says so.
fn settle_default(
    running: &mut Running,
    document: &Document,
    param: &mut Param,
    diagnostics: &mut Vec<Diagnostic>,
) {
    if let (None, Target::Channel(name)) = (param.default, &param.target) {
        let left = running.control_channel(name).map(|channel| running.channel(channel));
        param.default = left;
    }
    let Some(value) = param.default else { return };
    let inside = if value.is_nan() { param.min } else { value.clamp(param.min, param.max) };
    // An untouched channel is 0: a range that does not reach there is no slip.
    let is_slip = inside != value && value != 0.0;
    param.default = Some(inside);
    if is_slip {
        let (name, min, max) = (&param.name, param.min, param.max);
        let text = format!(
            "the header sets {name} to {value}, outside the range {min}..{max} of the parameter, which starts at {inside}"
        );
        let line = (param.line > 0).then_some(param.line);
        let warning = Diagnostic::warning(line, text)
            .with_remedy(format!("write a range that has the value: ;@param {name} {min}..{value}"));
        diagnostics.push(document.located(warning));
    }
}

/// What a parameter moves; `None` where there is nothing. `[control]`
pub(super) fn place(
    running: &mut Running,
    named: Named<'_>,
    param: &Param,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Place> {
    match &param.target {
        Target::Channel(name) => running.control_channel(name).map(Place::Channel),
        Target::Pfield { instrument, pfield } => named
            .pfield(running, instrument, pfield)
            .map(|(instrument, index)| Place::Pfield { instrument, index }),
        Target::Bus(name) => bus(running, named.document, param, name, diagnostics).map(Place::Bus),
    }
}

/// The control bus that a name means: the token that a global variable of this name holds, a token as a number, or a bus
/// of its own, of which the channel of that name tells the token.
fn bus(
    running: &mut Running,
    document: &Document,
    param: &Param,
    name: &str,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<BusToken> {
    let token = match name.parse::<f64>() {
        Ok(number) => Some(number),
        Err(_) => held(running, document, name),
    };
    let Some(token) = token else {
        let made = running.assign_bus(Some(BusKind::Control), None, true);
        if let (Ok(token), Some(channel)) = (&made, running.control_channel(name)) {
            running.set_channel(channel, token.0 as f64);
        }
        return match made {
            Ok(token) => Some(token),
            Err(error) => {
                let warning =
                    Diagnostic::warning(param.line, format!("{name} finds no control bus: {error}"));
                diagnostics
                    .push(document.located(warning.with_remedy("declare fewer parameters with `bus`")));
                None
            }
        };
    };
    let token = BusToken(token as i64);
    match running.read_bus(token) {
        Ok(_) => Some(token),
        Err(error) => {
            let warning = Diagnostic::warning(param.line, format!("{name} is no control bus: {error}"));
            let remedy = format!("write {name} busassign \"control\", 1 in the header");
            diagnostics.push(document.located(warning.with_remedy(remedy)));
            None
        }
    }
}

/// What a global variable of the orchestra holds; `None` where there is none of this name.
fn held(running: &mut Running, document: &Document, name: &str) -> Option<f64> {
    let is_global = name.starts_with("gi") || name.starts_with("gk");
    let words = ksmps_document::code_words(&document.orchestra.text);
    let exists = is_global && words.iter().any(|(_, word)| word == name);
    if exists { running.eval(&format!("return i({name})\n")).ok() } else { None }
}

//! What is watched: its list with the choice of the voice, its words, and the line beside which it stands.

use egui::{Align, Layout};
use egui::{Button, Label, Popup, Rect, RichText, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};

use ksmps_data::watched::Seen;

use crate::model::{Command, Model, VariableOwner, WatchTarget, WatchVoice, Watched};
use crate::state::State;
use crate::theme::{Theme, code, medium, size};
use crate::widgets::table_plot::short;
use crate::widgets::{button, curve, panel};

/// The height of one that is watched: its name, and its value beside its curve.
const ROW: f32 = 54.0;
/// Where the room is less wide than this, a name stands without its line.
const NARROW: f32 = 200.0;
/// The height of its name.
const TITLE: f32 = 20.0;
/// The height of what stands above them, with the panel's edges.
const HEAD: f32 = 60.0;
/// How many lines away a variable is looked for.
const AWAY_MAX: usize = 400;
/// Voices that can be chosen, where no more sound.
const VOICES: u32 = 8;
/// And where more do.
const VOICES_MAX: u32 = 16;

/// The height of a list of so many. `[any]`
pub(super) fn height(count: usize) -> f32 {
    HEAD + ROW * count as f32
}

/// The list, with the choice of the voice above it. `[control]`
pub(super) fn list(state: &mut State, theme: &Theme, ui: &mut Ui) {
    ui.horizontal(|ui| {
        panel::title(ui, theme, "Watched");
        voice(state, theme, ui);
    });
    let mut gone = None;
    let mut shown = None;
    ScrollArea::vertical().id_salt("watched").auto_shrink([false, false]).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for watch in &state.model.watches {
            let (goes, is_shown) = row(state, watch, theme, ui);
            gone = goes.then(|| watch.target.clone()).or(gone.take());
            shown = is_shown.or(shown);
        }
    });
    if let Some(target) = gone {
        state.act(Command::Unwatch(target));
    }
    if let Some(line) = shown {
        state.go_to(line as u32 + 1);
    }
}

/// One that is watched; whether it is watched no longer, and the line to which it leads.
fn row(state: &State, watch: &Watched, theme: &Theme, ui: &mut Ui) -> (bool, Option<usize>) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    let name = name(state, &watch.target);
    let line = line(state, &watch.target);
    let middle = rect.top() + TITLE;
    let right = rect.right() - TITLE;
    let part = rect.left() + (rect.width() * 0.5).min(150.0);
    let bottom = rect.bottom() - size::TIGHT * 2.0;
    ui.spacing_mut().interact_size.y = TITLE;
    ui.spacing_mut().button_padding = vec2(0.0, 0.0);
    let mut leads = false;
    super::within(ui, Rect::from_min_max(rect.min, pos2(right, middle)), |ui| {
        let shown = if rect.width() < NARROW { short_name(&watch.target) } else { name.clone() };
        let text = RichText::new(shown).font(medium(size::TEXT_LABEL)).color(theme.muted);
        // What stands at the right has the text at the left.
        let button = Button::new(text).frame(false).truncate().right_text("");
        let response = ui.add_sized(ui.available_size(), button);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
        leads = response.on_hover_text(&name).clicked();
    });
    let mut goes = false;
    super::within(ui, Rect::from_min_max(pos2(right, rect.top()), pos2(rect.right(), middle)), |ui| {
        let text = RichText::new("×").font(medium(size::TEXT_BODY)).color(theme.muted);
        let response = ui.add_sized(ui.available_size(), Button::new(text).frame(false));
        let label = format!("Remove {name}");
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &label));
        goes = response.on_hover_text("Watch it no longer").clicked();
    });
    let value_rect = Rect::from_min_max(pos2(rect.left(), middle), pos2(part - size::TIGHT, bottom));
    super::within(ui, value_rect, |ui| {
        let colour = if watch.now.seen.has_value() { theme.text } else { theme.faint };
        let value = RichText::new(value(watch)).font(code(size::TEXT_LABEL)).color(colour);
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            ui.add(Label::new(value).truncate()).on_hover_text(about(watch));
        });
    });
    let curve_rect = Rect::from_min_max(pos2(part, middle), pos2(rect.right(), bottom));
    curve::curve(ui, theme, curve_rect, &watch.history);
    (goes, line.filter(|_| leads))
}

/// The choice of the voice.
fn voice(state: &mut State, theme: &Theme, ui: &mut Ui) {
    let chosen = state.model.watch_voice;
    let response = button::compact(ui, &voice_name(chosen));
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::ComboBox, true, "Voice that is watched");
        info.current_text_value = Some(voice_name(chosen));
        info
    });
    let hint = "Of an instrument of which several notes sound, one is watched";
    let response = response.on_hover_text(hint);
    let mut taken = None;
    Popup::menu(&response).width(140.0).show(|ui| {
        let count = state.model.load.voices.clamp(VOICES, VOICES_MAX);
        let all = std::iter::once(WatchVoice::Newest).chain((0..count).map(WatchVoice::Number));
        for one in all {
            if button::toggle(ui, theme, one == chosen, &voice_name(one)).clicked() {
                taken = Some(one);
                ui.close();
            }
        }
    });
    if let Some(voice) = taken {
        state.act(Command::WatchVoice(voice));
    }
}

fn voice_name(voice: WatchVoice) -> String {
    match voice {
        WatchVoice::Newest => "newest".to_owned(),
        WatchVoice::Number(number) => format!("voice {}", number + 1),
    }
}

/// What it holds, in a few letters. `[any]`
pub(super) fn value(watch: &Watched) -> String {
    match (watch.now.shown(), watch.now.seen) {
        (Some(peak), Seen::Sound) => format!("±{}", short(peak)),
        (Some(value), _) => short(value),
        (None, Seen::Unknown) => "unknown".to_owned(),
        (None, Seen::Other) => "no number".to_owned(),
        (None, _) => "–".to_owned(),
    }
}

/// What there is to say of what it holds.
fn about(watch: &Watched) -> String {
    match watch.now.seen {
        Seen::Number => format!("{}", watch.now.value),
        Seen::Sound => format!("from {} to {}", watch.now.range[0], watch.now.range[1]),
        Seen::Silent => "Nothing sounds that has it".to_owned(),
        Seen::Unknown => "What sounds has nothing of this name: build the text".to_owned(),
        Seen::Other => "A text, an array or a spectrum: only numbers and sound can be watched".to_owned(),
    }
}

/// What a watch is called: a variable with where it stands.
fn name(state: &State, target: &WatchTarget) -> String {
    let name = short_name(target);
    line(state, target).map_or(name.clone(), |line| format!("{name}, line {}", line + 1))
}

/// The same without the line.
fn short_name(target: &WatchTarget) -> String {
    match target {
        WatchTarget::Variable { owner, name, .. } => match owner {
            VariableOwner::Global => name.clone(),
            VariableOwner::Instrument(of) => format!("{name} of {of}"),
            VariableOwner::Opcode(of) => format!("{name} of opcode {of}"),
        },
        WatchTarget::Channel(name) => format!("channel {name}"),
        WatchTarget::Bus(token) => format!("bus {token}"),
        WatchTarget::Table(number) => format!("table {number}"),
    }
}

/// The line beside which a variable stands now, from 0.
fn line(state: &State, target: &WatchTarget) -> Option<usize> {
    match target {
        WatchTarget::Variable { name, line, .. } => {
            Some(line_now(state, name, (*line as usize).saturating_sub(1)))
        }
        _ => None,
    }
}

/// The line beside which a variable stands, from 0: where it was, or the nearest one that has its name, since lines move
/// while one types. `[any]`
pub(super) fn line_now(state: &State, name: &str, line: usize) -> usize {
    let buffer = state.code.buffer();
    let count = buffer.line_count();
    let has_it = |at: &usize| *at < count && has_word(&buffer.line(*at), name);
    let nearest = (0..AWAY_MAX).flat_map(|away| [line.checked_sub(away), line.checked_add(away)]);
    nearest.flatten().find(has_it).unwrap_or(line)
}

/// Whether a line has a name as a word of its own.
fn has_word(line: &str, name: &str) -> bool {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    line.match_indices(name).any(|(at, _)| {
        let behind = line[at + name.len()..].chars().next();
        !line[..at].ends_with(is_part) && !behind.is_some_and(is_part)
    })
}

/// What is already watched of the same: a variable is watched at one line, where the user asked first.
fn same(model: &Model, target: &WatchTarget) -> Option<WatchTarget> {
    let is_same = |one: &WatchTarget| match (one, target) {
        (
            WatchTarget::Variable { owner: a, name: b, .. },
            WatchTarget::Variable { owner: c, name: d, .. },
        ) => a == c && b == d,
        _ => one == target,
    };
    model.watches.iter().map(|one| &one.target).find(|one| is_same(one)).cloned()
}

/// What the menu calls watching a variable, or watching it no longer. `[any]`
pub(super) fn words(model: &Model, target: &WatchTarget) -> String {
    let name = match target {
        WatchTarget::Variable { name, .. } => name.as_str(),
        _ => "it",
    };
    match same(model, target) {
        Some(_) => format!("Watch {name} no longer"),
        None => format!("Watch {name}"),
    }
}

/// Watches something, or no longer.
pub(super) fn toggle(state: &mut State, target: WatchTarget) {
    state.act(match same(&state.model, &target) {
        Some(watched) => Command::Unwatch(watched),
        None => Command::Watch(target),
    });
}

//! The play surface: groups of controls, placed by their sizes; only what is seen is drawn.

use egui::{Align2, Pos2, Rect, ScrollArea, Stroke, StrokeKind, Ui, UiBuilder, Vec2, pos2, vec2};

use super::PlayView;
use super::flow::flow;
use super::layout::{Control, Group, Kind, Page, What};
use crate::model::Command;
use crate::state::State;
use crate::theme::{Theme, bold, size};
use crate::widgets::keyboard::{self, KeyAct};
use crate::widgets::value::{Shown, ValueAct};
use crate::widgets::{knob, menu, meter, paint, scope, slider, switch, table_plot, xy};

/// How much larger a large knob is.
const LARGE: f32 = 1.7;
/// The height of a group's title.
const TITLE: f32 = 22.0;
const INSET: f32 = size::NEAR;

/// A group with the places of its controls, relative to its corner.
struct Placed<'a> {
    group: &'a Group,
    places: Vec<Vec<Pos2>>,
    size: Vec2,
}

pub(super) fn show(view: &mut PlayView, state: &mut State, theme: &Theme, page: &Page, ui: &mut Ui) {
    let width = ui.available_width() - size::INSET;
    let placed: Vec<Placed<'_>> = page.groups.iter().map(|group| place(group, width)).collect();
    let sizes: Vec<Vec2> = placed.iter().map(|one| one.size).collect();
    let (corners, all) = flow(&[sizes], width, size::NEAR);
    ScrollArea::vertical().id_salt("surface").auto_shrink([false, false]).show_viewport(ui, |ui, seen| {
        let origin = ui.min_rect().min;
        ui.allocate_space(all);
        for (one, corner) in placed.iter().zip(corners.iter().flatten()) {
            if Rect::from_min_size(*corner, one.size).intersects(seen) {
                group(view, state, theme, one, origin + corner.to_vec2(), ui);
            }
        }
    });
}

fn place(group: &Group, width: f32) -> Placed<'_> {
    let sizes: Vec<Vec<Vec2>> =
        group.rows.iter().map(|row| row.iter().map(|control| cell(control.kind)).collect()).collect();
    let (places, inner) = flow(&sizes, width - 2.0 * INSET, size::TIGHT);
    let title = if group.name.is_empty() { 0.0 } else { TITLE };
    Placed { group, places, size: inner + vec2(2.0 * INSET, 2.0 * INSET + title) }
}

/// How much room a control takes.
fn cell(kind: Kind) -> Vec2 {
    let [width, height] = size::KNOB_CELL;
    match kind {
        Kind::Knob | Kind::Switch => vec2(width, height),
        Kind::LargeKnob => {
            let diameter = size::KNOB_RING * LARGE;
            vec2(width.max(diameter + 16.0), height + diameter - size::KNOB_RING)
        }
        Kind::Slider => vec2(slider::LENGTH, height),
        Kind::Menu => vec2(menu::WIDTH, height),
        Kind::Xy(_) => vec2(xy::WIDTH, xy::HEIGHT),
        Kind::Meter => vec2(width, height),
        Kind::Scope | Kind::Table => vec2(2.0 * width + size::TIGHT, height),
        Kind::Keyboard => vec2(6.0 * width, height),
    }
}

fn group(
    view: &mut PlayView,
    state: &mut State,
    theme: &Theme,
    placed: &Placed<'_>,
    corner: Pos2,
    ui: &mut Ui,
) {
    let rect = Rect::from_min_size(corner, placed.size);
    let edge = Stroke::new(size::LINE, theme.line);
    ui.painter().rect(rect, f32::from(size::RADIUS_PANEL), theme.panel, edge, StrokeKind::Inside);
    let mut inner = corner + vec2(INSET, INSET);
    if !placed.group.name.is_empty() {
        let at = corner + vec2(size::INSET, INSET);
        let font = bold(size::TEXT_LABEL);
        paint::text(ui, at, Align2::LEFT_TOP, &placed.group.name, font, theme.muted, rect.width() - 20.0);
        inner.y += TITLE;
    }
    for (controls, places) in placed.group.rows.iter().zip(&placed.places) {
        for (one, at) in controls.iter().zip(places) {
            let rect = Rect::from_min_size(inner + at.to_vec2(), cell(one.kind));
            if ui.is_rect_visible(rect) {
                ui.scope_builder(UiBuilder::new().max_rect(rect), |ui| control(view, state, theme, one, ui));
            }
        }
    }
}

fn control(view: &mut PlayView, state: &mut State, theme: &Theme, control: &Control, ui: &mut Ui) {
    match &control.what {
        What::Parameter(at) => parameter(state, theme, *at, control.kind, ui),
        What::Table(name) => table(state, theme, name, ui),
        What::Output => output(view, state, theme, control.kind, ui),
    }
}

fn parameter(state: &mut State, theme: &Theme, at: usize, kind: Kind, ui: &mut Ui) {
    let shown = |at: usize| {
        let parameter = state.model.parameters.get(at)?;
        let is_learning = state.model.learning == Some(parameter.slot);
        Some(Shown { parameter, is_learning, host_menu: state.model.host_menu })
    };
    let Some(one) = shown(at) else { return };
    let slot = one.parameter.slot;
    let (mut acts, mut others) = (Vec::new(), Vec::new());
    let mut other_slot = slot;
    match kind {
        Kind::LargeKnob => _ = knob::knob(ui, theme, one, LARGE, &mut acts),
        Kind::Slider => _ = slider::slider(ui, theme, one, &mut acts),
        Kind::Switch => _ = switch::switch(ui, theme, one, &mut acts),
        Kind::Menu => _ = menu::menu(ui, theme, one, &mut acts),
        Kind::Xy(other) => {
            if let Some(other) = shown(other) {
                other_slot = other.parameter.slot;
                xy::xy(ui, theme, [one, other], [&mut acts, &mut others]);
            }
        }
        _ => _ = knob::knob(ui, theme, one, 1.0, &mut acts),
    }
    let pointer = ui.input(|input| input.pointer.latest_pos()).unwrap_or_default();
    let pixels = (pointer.to_vec2() * ui.ctx().pixels_per_point()).round();
    acts.into_iter().for_each(|act| state.act(command(slot, act, pixels)));
    others.into_iter().for_each(|act| state.act(command(other_slot, act, pixels)));
}

/// What the user did to a parameter, as a command, with the pointer at so many pixels.
fn command(slot: u16, act: ValueAct, pointer: Vec2) -> Command {
    match act {
        ValueAct::Begin => Command::BeginGesture { slot },
        ValueAct::Set(normalized) => Command::SetParameter { slot, normalized },
        ValueAct::End => Command::EndGesture { slot },
        ValueAct::HostMenu => Command::HostMenu { slot, x: pointer.x as i32, y: pointer.y as i32 },
        ValueAct::Learn(wanted) => Command::Learn { slot: wanted.then_some(slot) },
        ValueAct::Forget => Command::SetController { slot, controller: None },
    }
}

fn table(state: &mut State, theme: &Theme, name: &str, ui: &mut Ui) {
    let is_called = |table: &&crate::model::TableName| {
        table.name.as_deref() == Some(name) || name.parse() == Ok(table.number)
    };
    let number = state.model.tables.iter().find(is_called).map(|table| table.number);
    let values = number.and_then(|number| state.model.table_values.get(&number)).cloned();
    if let (Some(number), None) = (number, &values) {
        state.read_table(number);
    }
    let area = ui.available_size() - vec2(4.0, 18.0);
    table_plot::table_plot(ui, theme, name, values.as_deref().unwrap_or(&[]), area);
    let at = pos2(ui.max_rect().center().x, ui.max_rect().bottom() - 15.0);
    let font = crate::theme::medium(size::TEXT_LABEL);
    paint::text(ui, at, Align2::CENTER_TOP, name, font, theme.muted, area.x);
}

fn output(view: &mut PlayView, state: &mut State, theme: &Theme, kind: Kind, ui: &mut Ui) {
    let area = ui.available_size() - vec2(4.0, 4.0);
    match kind {
        Kind::Scope => {
            state.look_at_scope();
            scope::scope(ui, theme, &state.model.scope, 1024, area);
        }
        Kind::Keyboard => {
            let mut acts: Vec<KeyAct> = Vec::new();
            let keys = (state.view_state.octave * 12 + 12, state.model.keys);
            keyboard::keyboard(ui, theme, &mut view.layout_keyboard, keys, area.y, &mut acts);
            acts.into_iter().for_each(|act| state.act(super::key_command(act)));
        }
        _ => meters(view, state, theme, area.y, ui),
    }
}

/// The meters of all outputs, as many as there is room for.
pub(super) fn meters(view: &mut PlayView, state: &State, theme: &Theme, height: f32, ui: &mut Ui) {
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        meter::scale(ui, theme, height);
        let room = (ui.available_width() / 12.0).max(1.0) as usize;
        view.holds.resize(state.model.levels.len(), meter::PeakHold::default());
        for (at, (level, hold)) in state.model.levels.iter().zip(&mut view.holds).take(room).enumerate() {
            let name = format!("output {}", at + 1);
            meter::meter(ui, theme, &name, *level, hold, vec2(10.0, height));
        }
    });
}

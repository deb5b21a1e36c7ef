//! What all controls of a parameter have in common: drag, wheel, keys, reset, typed values, the menu, the hover text.

use egui::accesskit::Action;
use egui::{CursorIcon, Event, EventFilter, Id, Key, Modifiers, Response, Ui, Vec2, WidgetInfo};

use super::units;
use crate::model::Parameter;

/// Points of movement for the whole range.
const DRAG_POINTS: f64 = 175.0;
/// How much finer it goes with shift.
const FINE: f64 = 0.1;
/// The step of an arrow key and of the wheel, as a part of the range.
const STEP: f64 = 0.01;
/// The step of a page key.
const PAGE: f64 = 0.1;

/// A parameter for a control to show.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    /// The parameter as it stands.
    pub parameter: &'a Parameter,
    /// Whether it learns a controller now.
    pub is_learning: bool,
    /// Whether the host has a menu for it.
    pub host_menu: bool,
}

/// What the user did to a parameter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ValueAct {
    /// Takes hold of it.
    Begin,
    /// Moves it, 0..=1.
    Set(f64),
    /// Lets go of it.
    End,
    /// Asks for the host's menu.
    HostMenu,
    /// Has it learn a controller, or not any more.
    Learn(bool),
    /// Takes its controller away.
    Forget,
}

/// Along which axis a drag moves the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Axis {
    /// Up is more.
    Vertical,
    /// Right is more.
    Horizontal,
}

/// What a drag has done so far, kept while it lasts: the exact value, which a stepped parameter rounds.
#[derive(Clone, Copy)]
struct Dragging(f64);

/// The value that was copied last, 0..=1.
#[derive(Clone, Copy)]
struct Copied(f64);

/// The text of a value that is being typed.
#[derive(Clone)]
struct Typing(String);

/// One step to a value, as a gesture of its own. `[any]`
pub fn jump(acts: &mut Vec<ValueAct>, normalized: f64) {
    acts.extend([ValueAct::Begin, ValueAct::Set(normalized.clamp(0.0, 1.0)), ValueAct::End]);
}

/// Takes everything that moves a continuous control: drag along `axis`, wheel, keys, double click. `[control]`
pub fn moves(ui: &Ui, response: &Response, shown: Shown<'_>, axis: Axis, acts: &mut Vec<ValueAct>) {
    drag(ui, response, shown, axis, acts);
    if response.double_clicked() {
        jump(acts, shown.parameter.default_normalized());
    }
    wheel(ui, response, shown, acts);
    keys(ui, response, shown, acts);
}

fn drag(ui: &Ui, response: &Response, shown: Shown<'_>, axis: Axis, acts: &mut Vec<ValueAct>) {
    let id = response.id.with("drag");
    if response.drag_started_by(egui::PointerButton::Primary) {
        response.request_focus();
        ui.data_mut(|data| data.insert_temp(id, Dragging(shown.parameter.base)));
        acts.push(ValueAct::Begin);
    }
    let Some(Dragging(value)) = ui.data(|data| data.get_temp(id)) else {
        if response.hovered() {
            ui.ctx().set_cursor_icon(match axis {
                Axis::Vertical => CursorIcon::ResizeVertical,
                Axis::Horizontal => CursorIcon::ResizeHorizontal,
            });
        }
        return;
    };
    let motion = response.drag_motion();
    let points = match axis {
        Axis::Vertical => motion.x * 0.25 - motion.y,
        Axis::Horizontal => motion.x - motion.y * 0.25,
    };
    if points != 0.0 {
        let fine = if ui.input(|input| input.modifiers.shift) { FINE } else { 1.0 };
        let moved = (value + f64::from(points) / DRAG_POINTS * fine).clamp(0.0, 1.0);
        ui.data_mut(|data| data.insert_temp(id, Dragging(moved)));
        acts.push(ValueAct::Set(rounded(shown.parameter, moved)));
    }
    ui.ctx().set_cursor_icon(CursorIcon::None);
    if response.drag_stopped() || !response.dragged() {
        ui.data_mut(|data| data.remove::<Dragging>(id));
        acts.push(ValueAct::End);
    }
}

/// The nearest value that the parameter can have.
fn rounded(parameter: &Parameter, normalized: f64) -> f64 {
    if parameter.param.is_stepped() {
        parameter.param.normalized(parameter.param.plain(normalized))
    } else {
        normalized
    }
}

/// One step up or down: a part of the range, or of a stepped parameter its own step.
fn stepped(parameter: &Parameter, part: f64) -> f64 {
    let param = &parameter.param;
    if !param.is_stepped() {
        return (parameter.base + part).clamp(0.0, 1.0);
    }
    let steps = (part * (param.max - param.min) / param.step).abs().round().max(1.0) * part.signum();
    param.normalized(param.plain(parameter.base) + steps * param.step)
}

fn wheel(ui: &Ui, response: &Response, shown: Shown<'_>, acts: &mut Vec<ValueAct>) {
    if !response.hovered() || !response.enabled() {
        return;
    }
    let (notches, is_fine) = ui.input_mut(|input| {
        // The view behind must not scroll while the wheel turns a control.
        input.smooth_scroll_delta = Vec2::ZERO;
        let notches: f32 = input
            .events
            .iter()
            .filter_map(|event| match event {
                Event::MouseWheel { delta, .. } if delta.y != 0.0 => Some(delta.y.signum()),
                _ => None,
            })
            .sum();
        (notches, input.modifiers.shift)
    });
    if notches != 0.0 {
        let step = if is_fine { STEP * FINE } else { STEP };
        jump(acts, stepped(shown.parameter, f64::from(notches) * step));
    }
}

fn keys(ui: &Ui, response: &Response, shown: Shown<'_>, acts: &mut Vec<ValueAct>) {
    for (action, direction) in [(Action::Increment, STEP), (Action::Decrement, -STEP)] {
        for _ in 0..ui.input(|input| input.num_accesskit_action_requests(response.id, action)) {
            jump(acts, stepped(shown.parameter, direction));
        }
    }
    let wanted = ui.input(|input| {
        let requests = input.accesskit_action_requests(response.id, Action::SetValue);
        requests
            .filter_map(|request| match request.data {
                Some(egui::accesskit::ActionData::NumericValue(value)) => Some(value),
                _ => None,
            })
            .last()
    });
    if let Some(plain) = wanted {
        jump(acts, shown.parameter.param.normalized(plain));
    }
    if !response.has_focus() {
        return;
    }
    let filter = EventFilter { vertical_arrows: true, horizontal_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
    let pressed = |key: Key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    let fine = |key: Key| ui.input_mut(|input| input.consume_key(Modifiers::SHIFT, key));
    for (key, step) in [
        (Key::ArrowUp, STEP),
        (Key::ArrowRight, STEP),
        (Key::ArrowDown, -STEP),
        (Key::ArrowLeft, -STEP),
        (Key::PageUp, PAGE),
        (Key::PageDown, -PAGE),
    ] {
        if pressed(key) {
            jump(acts, stepped(shown.parameter, step));
        } else if fine(key) {
            jump(acts, stepped(shown.parameter, step * FINE));
        }
    }
    if pressed(Key::Home) {
        jump(acts, 0.0);
    }
    if pressed(Key::End) {
        jump(acts, 1.0);
    }
    reset_and_clipboard(ui, response, shown, acts);
    if pressed(Key::Enter) {
        begin_typing(ui, response.id, shown);
    }
}

/// Delete resets; copy and paste work on what has the focus.
pub(super) fn reset_and_clipboard(ui: &Ui, response: &Response, shown: Shown<'_>, acts: &mut Vec<ValueAct>) {
    if !response.has_focus() {
        return;
    }
    let pressed = |key: Key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    if pressed(Key::Delete) || pressed(Key::Backspace) {
        jump(acts, shown.parameter.default_normalized());
    }
    for event in ui.input(|input| input.events.clone()) {
        match event {
            Event::Copy => copy(ui, shown),
            Event::Paste(text) => {
                if let Some(value) = units::parse(&shown.parameter.param, &text) {
                    jump(acts, value);
                }
            }
            _ => {}
        }
    }
}

fn copy(ui: &Ui, shown: Shown<'_>) {
    ui.ctx().copy_text(units::text(&shown.parameter.param, shown.parameter.base));
    ui.data_mut(|data| data.insert_temp(Id::unique("copied value"), Copied(shown.parameter.base)));
}

/// The menu of a parameter, at a secondary click. `[control]`
pub fn menu(response: &Response, shown: Shown<'_>, acts: &mut Vec<ValueAct>) {
    let parameter = shown.parameter;
    response.context_menu(|ui| {
        ui.set_min_width(180.0);
        let default = units::text(&parameter.param, parameter.default_normalized());
        if ui.button(format!("Set to default ({default})")).clicked() {
            jump(acts, parameter.default_normalized());
        }
        if parameter.param.labels.is_empty() && ui.button("Type a value…").clicked() {
            begin_typing(ui, response.id, shown);
        }
        ui.separator();
        if ui.button("Copy value").clicked() {
            copy(ui, shown);
        }
        let copied = ui.data(|data| data.get_temp::<Copied>(Id::unique("copied value")));
        if ui.add_enabled(copied.is_some(), egui::Button::new("Paste value")).clicked() {
            copied.into_iter().for_each(|Copied(value)| jump(acts, value));
        }
        ui.separator();
        let learn = if shown.is_learning { "Stop learning" } else { "Learn controller" };
        if ui.button(learn).clicked() {
            acts.push(ValueAct::Learn(!shown.is_learning));
        }
        if let Some(controller) = parameter.controller
            && ui.button(format!("Forget controller {controller}")).clicked()
        {
            acts.push(ValueAct::Forget);
        }
        if shown.host_menu && ui.button("Host's menu…").clicked() {
            acts.push(ValueAct::HostMenu);
        }
    });
}

/// What stands there after the pointer has rested: name, value, range, channel, controller. `[control]`
pub fn hover(response: Response, shown: Shown<'_>) -> Response {
    if !response.hovered() {
        return response;
    }
    let parameter = shown.parameter;
    let param = &parameter.param;
    let mut lines = vec![format!("{}: {}", param.label, units::text(param, parameter.base))];
    if parameter.modulation != 0.0 {
        let heard = (parameter.base + parameter.modulation).clamp(0.0, 1.0);
        lines.push(format!("with modulation: {}", units::text(param, heard)));
    }
    if param.labels.is_empty() && !units::is_switch(param) {
        lines.push(format!("{} to {}", units::text(param, 0.0), units::text(param, 1.0)));
    }
    lines.push(format!("channel {}", param.name));
    if let Some(controller) = parameter.controller {
        lines.push(format!("MIDI controller {controller}"));
    }
    if parameter.automated {
        lines.push("moved by the host's automation".to_owned());
    }
    response.on_hover_text(lines.join("\n"))
}

/// What accessibility says of a continuous control. `[control]`
pub fn describe(ui: &Ui, response: &Response, shown: Shown<'_>) {
    let param = &shown.parameter.param;
    let plain = param.plain(shown.parameter.base);
    response.widget_info(|| WidgetInfo::slider(response.enabled(), plain, &param.label));
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_min_numeric_value(param.min);
        node.set_max_numeric_value(param.max);
        node.add_action(Action::SetValue);
        node.add_action(Action::Increment);
        node.add_action(Action::Decrement);
    });
}

/// The value is typed from now on, in place of where it is shown. `[control]`
pub fn begin_typing(ui: &Ui, control: Id, shown: Shown<'_>) {
    let text = units::text(&shown.parameter.param, shown.parameter.base);
    ui.data_mut(|data| data.insert_temp(control.with("typing"), Typing(text)));
}

/// The field in which a value is typed, in `rect`; whether there is one. Enter takes it, Escape leaves it. `[control]`
pub fn typing(
    ui: &mut Ui,
    control: Id,
    rect: egui::Rect,
    shown: Shown<'_>,
    acts: &mut Vec<ValueAct>,
) -> bool {
    let id = control.with("typing");
    let Some(Typing(mut text)) = ui.data(|data| data.get_temp(id)) else { return false };
    let field_id = control.with("field");
    let is_new = ui.data(|data| data.get_temp::<bool>(field_id)).is_none();
    let field = egui::TextEdit::singleline(&mut text)
        .id(field_id)
        .margin(Vec2::new(4.0, 2.0))
        .align(egui::Align2::CENTER_CENTER)
        .min_size(rect.size());
    let response = ui.put(rect, field);
    response.widget_info(|| {
        let mut info = WidgetInfo::text_edit(true, "", &text, "");
        info.label = Some(format!("Value of {}", shown.parameter.param.label));
        info
    });
    let keep = |data: &mut egui::util::IdTypeMap| {
        data.insert_temp(id, Typing(text.clone()));
        data.insert_temp(field_id, true);
    };
    if is_new {
        response.request_focus();
        select_all(ui, field_id, &text);
    }
    if is_new || !response.lost_focus() {
        ui.data_mut(keep);
        return true;
    }
    if !ui.input(|input| input.key_pressed(Key::Escape))
        && let Some(value) = units::parse(&shown.parameter.param, &text)
    {
        jump(acts, value);
    }
    ui.data_mut(|data| {
        data.remove::<Typing>(id);
        data.remove::<bool>(field_id);
    });
    true
}

fn select_all(ui: &Ui, field: Id, text: &str) {
    let mut state = egui::TextEdit::load_state(ui.ctx(), field).unwrap_or_default();
    let end = egui::text::CCursor::new(text.chars().count());
    state.cursor.set_char_range(Some(egui::text::CCursorRange::two(egui::text::CCursor::new(0), end)));
    state.store(ui.ctx(), field);
}

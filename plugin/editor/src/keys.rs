//! Which keys are the editor's while a control of it has the keyboard; every other goes to the host.

use egui::{Context, Key, Modifiers};

use crate::code;
use crate::widgets::keyboard;

/// Keys that a control uses by itself or with shift: to change a value, to go on, to leave.
const OF_CONTROLS: [Key; 13] = [
    Key::ArrowUp,
    Key::ArrowDown,
    Key::ArrowLeft,
    Key::ArrowRight,
    Key::PageUp,
    Key::PageDown,
    Key::Home,
    Key::End,
    Key::Delete,
    Key::Backspace,
    Key::Enter,
    Key::Escape,
    Key::Tab,
];

/// Keys that every view uses together with Ctrl.
const SHORTCUTS: [Key; 22] = [
    Key::Num0,
    Key::Num1,
    Key::Num2,
    Key::Num3,
    Key::Num4,
    Key::Num5,
    Key::Num6,
    Key::Num7,
    Key::Enter,
    Key::Period,
    Key::Plus,
    Key::Equals,
    Key::Minus,
    Key::S,
    Key::O,
    Key::Z,
    Key::E,
    Key::C,
    Key::X,
    Key::V,
    Key::Copy,
    Key::Paste,
];

/// Whether text is being typed: then every key is the text's. `[control]`
pub(crate) fn is_typing(ctx: &Context) -> bool {
    ctx.text_edit_focused() || code::has_keyboard(ctx)
}

/// Whether a key is the editor's while a control of it has the keyboard. `[control]`
pub(crate) fn uses(ctx: &Context, key: Key, modifiers: Modifiers) -> bool {
    if is_typing(ctx) {
        return true;
    }
    if modifiers.command {
        return !modifiers.alt && SHORTCUTS.contains(&key);
    }
    if modifiers.alt {
        return false;
    }
    key == Key::F8 || OF_CONTROLS.contains(&key) || (!modifiers.shift && keyboard::uses(ctx, key))
}

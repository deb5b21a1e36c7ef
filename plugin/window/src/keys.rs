//! Keys and what they type, for egui.
//!
//! A shortcut goes by the letter that stands on the key in the user's layout, so Ctrl+Z is where Z is; without a Latin
//! letter on it (a Cyrillic layout, say) by the key's place on an American keyboard. Text is what the layout types.

use egui::Modifiers;
use keyboard_types::{Code, Key, NamedKey};

/// egui's name of a key. `on_key` is the letter that stands on it in the user's layout, where that is known.
pub(crate) fn egui_key(
    key: &Key,
    code: Code,
    on_key: Option<char>,
    modifiers: Modifiers,
) -> Option<egui::Key> {
    let is_shortcut = modifiers.ctrl || modifiers.command || modifiers.alt;
    let letter = on_key.filter(|_| is_shortcut).and_then(letter_key);
    letter.or_else(|| named(key)).or_else(|| on_key.and_then(letter_key)).or_else(|| place(code))
}

/// The text that a pressed key types; `None` for shortcuts and for keys that type nothing.
pub(crate) fn text(key: &Key, modifiers: Modifiers) -> Option<&str> {
    match key {
        Key::Character(text) if !modifiers.ctrl && !modifiers.command && !modifiers.alt => {
            Some(text.as_str()).filter(|text| !text.is_empty() && !text.chars().any(char::is_control))
        }
        _ => None,
    }
}

/// The modifiers that hold after an event which says what held before it.
pub(crate) fn modifiers(before: keyboard_types::Modifiers, changing: Option<(&Key, bool)>) -> Modifiers {
    let mut now = before;
    if let Some((Key::Named(named), is_pressed)) = changing {
        let bit = match named {
            NamedKey::Shift => keyboard_types::Modifiers::SHIFT,
            NamedKey::Control => keyboard_types::Modifiers::CONTROL,
            NamedKey::Alt => keyboard_types::Modifiers::ALT,
            NamedKey::Meta => keyboard_types::Modifiers::META,
            _ => keyboard_types::Modifiers::empty(),
        };
        now.set(bit, is_pressed);
    }
    let is_mac = cfg!(target_os = "macos");
    Modifiers {
        alt: now.alt(),
        ctrl: now.ctrl(),
        shift: now.shift(),
        mac_cmd: is_mac && now.meta(),
        command: if is_mac { now.meta() } else { now.ctrl() },
    }
}

/// What a pressed key asks of the clipboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ClipboardKey {
    Cut,
    Copy,
    Paste,
}

/// What a pressed key asks of the clipboard, by the two customs there are.
pub(crate) fn clipboard(key: egui::Key, modifiers: Modifiers) -> Option<ClipboardKey> {
    use egui::Key;
    let Modifiers { alt, shift, command, .. } = modifiers;
    match key {
        Key::Cut => Some(ClipboardKey::Cut),
        Key::Copy => Some(ClipboardKey::Copy),
        Key::Paste => Some(ClipboardKey::Paste),
        Key::X if command && !shift && !alt => Some(ClipboardKey::Cut),
        Key::C if command && !shift && !alt => Some(ClipboardKey::Copy),
        Key::V if command && !alt => Some(ClipboardKey::Paste),
        Key::Delete if shift && !command && !alt => Some(ClipboardKey::Cut),
        Key::Insert if command && !shift && !alt => Some(ClipboardKey::Copy),
        Key::Insert if shift && !command && !alt => Some(ClipboardKey::Paste),
        _ => None,
    }
}

/// egui and the standard have the same names for named keys, and egui knows signs by themselves.
fn named(key: &Key) -> Option<egui::Key> {
    match key {
        Key::Named(named) => egui::Key::from_name(&named.to_string()),
        Key::Character(text) => {
            let mut letters = text.chars();
            letters.next().filter(|_| letters.next().is_none()).and_then(letter_key)
        }
    }
}

fn letter_key(letter: char) -> Option<egui::Key> {
    egui::Key::from_name(letter.to_ascii_uppercase().encode_utf8(&mut [0; 4]))
}

/// The key at a place of an American keyboard.
fn place(code: Code) -> Option<egui::Key> {
    let name = code.to_string();
    egui::Key::from_name(name.strip_prefix("Key").unwrap_or(&name))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CTRL: Modifiers = Modifiers { ctrl: true, command: true, ..Modifiers::NONE };
    const CTRL_SHIFT: Modifiers = Modifiers { shift: true, ..CTRL };

    fn letter(text: &str) -> Key {
        Key::Character(text.to_owned())
    }

    #[test]
    fn every_key_of_the_keyboard_has_a_name() {
        let letters = ('a'..='z').chain('0'..='9').map(|text| letter(&text.to_string()));
        let signs = ",.-+=;\\/|?![]{}`':".chars().map(|text| letter(&text.to_string()));
        let space = [letter(" ")];
        for key in letters.chain(signs).chain(space) {
            for modifiers in [Modifiers::NONE, Modifiers::SHIFT, CTRL, CTRL_SHIFT] {
                assert!(
                    egui_key(&key, Code::Unidentified, None, modifiers).is_some(),
                    "{key:?} {modifiers:?}"
                );
            }
        }
        use NamedKey::*;
        let function = [F1, F2, F3, F4, F5, F6, F7, F8, F9, F10, F11, F12];
        let moving = [ArrowDown, ArrowLeft, ArrowRight, ArrowUp, Home, End, PageUp, PageDown];
        let others = [Escape, Tab, Backspace, Enter, Insert, Delete];
        for key in function.into_iter().chain(moving).chain(others) {
            assert!(
                egui_key(&Key::Named(key), Code::Unidentified, None, Modifiers::NONE).is_some(),
                "{key:?}"
            );
        }
    }

    #[test]
    fn shortcuts_go_by_the_letter_on_the_key() {
        // The window system names the place on an American keyboard while Ctrl is down.
        let german = egui_key(&letter("y"), Code::KeyY, Some('z'), CTRL_SHIFT);
        assert_eq!(german, Some(egui::Key::Z));
        let russian = egui_key(&letter("z"), Code::KeyZ, Some('я'), CTRL);
        assert_eq!(russian, Some(egui::Key::Z));
        assert_eq!(egui_key(&letter("/"), Code::Slash, Some('/'), CTRL), Some(egui::Key::Slash));
        assert_eq!(egui_key(&letter("Z"), Code::KeyZ, None, Modifiers::SHIFT), Some(egui::Key::Z));
        assert_eq!(
            egui_key(&Key::Named(NamedKey::Enter), Code::NumpadEnter, None, CTRL),
            Some(egui::Key::Enter)
        );
        assert_eq!(egui_key(&letter("я"), Code::KeyZ, Some('я'), Modifiers::NONE), Some(egui::Key::Z));
    }

    #[test]
    fn only_plain_keys_type() {
        assert_eq!(text(&letter("Ä"), Modifiers::SHIFT), Some("Ä"));
        assert_eq!(text(&letter("a"), CTRL), None);
        assert_eq!(text(&letter("\u{1b}"), Modifiers::NONE), None);
        assert_eq!(text(&letter(""), Modifiers::NONE), None);
        assert_eq!(text(&Key::Named(NamedKey::Enter), Modifiers::NONE), None);
    }

    #[test]
    fn a_modifier_holds_as_soon_as_it_is_down() {
        let none = keyboard_types::Modifiers::empty();
        assert!(modifiers(none, Some((&Key::Named(NamedKey::Shift), true))).shift);
        let shift = keyboard_types::Modifiers::SHIFT;
        assert!(!modifiers(shift, Some((&Key::Named(NamedKey::Shift), false))).shift);
        assert!(modifiers(shift, None).shift);
    }

    #[test]
    fn the_clipboard_has_two_customs() {
        assert_eq!(clipboard(egui::Key::V, CTRL), Some(ClipboardKey::Paste));
        assert_eq!(clipboard(egui::Key::Insert, Modifiers::SHIFT), Some(ClipboardKey::Paste));
        assert_eq!(clipboard(egui::Key::X, CTRL), Some(ClipboardKey::Cut));
        assert_eq!(clipboard(egui::Key::C, CTRL_SHIFT), None);
        assert_eq!(clipboard(egui::Key::C, Modifiers::NONE), None);
    }
}

//! The colours by role, in dark and in light.
//!
//! Each text colour stays readable on each surface it is made for: 4.5 to 1 or more, as WCAG asks; the test has the
//! table. Two pairs are below that and are not used: `faint` on `hover`, and a comment on a selection, both in dark;
//! `muted` stands in for them.

use egui::Color32;

/// What the editor is drawn with. Plain data; a view takes `&Theme`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theme {
    /// Whether text is light on dark.
    pub dark: bool,
    /// Behind everything, and what shows between the panels.
    pub window: Color32,
    /// A panel.
    pub panel: Color32,
    /// A control at rest, a popup, a menu.
    pub raised: Color32,
    /// What is written into: code, fields, meters.
    pub well: Color32,
    /// A control under the pointer, a chosen row.
    pub hover: Color32,
    /// Text that is read.
    pub text: Color32,
    /// Labels.
    pub muted: Color32,
    /// Hints and line numbers; not on `hover`.
    pub faint: Color32,
    /// Values, and what is chosen.
    pub accent: Color32,
    /// Text on `accent`.
    pub on_accent: Color32,
    /// How far modulation moves a value.
    pub modulation: Color32,
    /// It is well.
    pub ok: Color32,
    /// It deserves a look: a warning, a peak.
    pub warning: Color32,
    /// It failed.
    pub error: Color32,
    /// Lines between things; decoration, so of low contrast.
    pub line: Color32,
    /// The edge of a control.
    pub border: Color32,
    /// The ring round what has the keyboard.
    pub focus: Color32,
    /// Behind selected text.
    pub selection: Color32,
    /// Behind the line with the caret.
    pub current_line: Color32,
    /// Under popups and menus.
    pub shadow: Color32,
    /// The text of an orchestra, by what a word is.
    pub code: CodeColours,
}

/// The colours of code, by what a word is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeColours {
    /// Names without a colour of their own, and operators.
    pub plain: Color32,
    /// Comments.
    pub comment: Color32,
    /// Strings, and variables that hold one.
    pub string: Color32,
    /// Numbers.
    pub number: Color32,
    /// Opcodes and functions.
    pub opcode: Color32,
    /// `instr`, `if`, `sr` and their kin.
    pub keyword: Color32,
    /// Variables that are set when a note starts, and p-fields.
    pub i_rate: Color32,
    /// Variables with one value in each cycle.
    pub k_rate: Color32,
    /// Variables with a value in each frame.
    pub a_rate: Color32,
    /// Spectral variables, and the tags of a .csd.
    pub tag: Color32,
    /// Macros and what begins with `#`.
    pub preprocessor: Color32,
}

/// `0xrrggbb` as a colour.
const fn rgb(hex: u32) -> Color32 {
    Color32::from_rgb((hex >> 16) as u8, (hex >> 8) as u8, hex as u8)
}

impl Theme {
    /// Light text on dark.
    pub const DARK: Self = Self {
        dark: true,
        window: rgb(0x15181c),
        panel: rgb(0x1b1f24),
        raised: rgb(0x242a31),
        well: rgb(0x101317),
        hover: rgb(0x2e353e),
        text: rgb(0xe4e8ec),
        muted: rgb(0xa3adb8),
        faint: rgb(0x8b96a2),
        accent: rgb(0x5cc2d6),
        on_accent: rgb(0x0c1b1f),
        modulation: rgb(0xf0b35a),
        ok: rgb(0x6fcf8e),
        warning: rgb(0xf2b84b),
        error: rgb(0xff8577),
        line: rgb(0x3a434d),
        border: rgb(0x727e8b),
        focus: rgb(0x8ad8e8),
        selection: rgb(0x173643),
        current_line: rgb(0x20252b),
        shadow: Color32::from_black_alpha(110),
        code: CodeColours {
            plain: rgb(0xe4e8ec),
            comment: rgb(0x8c99a7),
            string: rgb(0xd9b77a),
            number: rgb(0xe39d6f),
            opcode: rgb(0x63c5d8),
            keyword: rgb(0xc99be6),
            i_rate: rgb(0x9fd08b),
            k_rate: rgb(0xf0c36b),
            a_rate: rgb(0xf2938c),
            tag: rgb(0x8fb4ff),
            preprocessor: rgb(0xe58bb5),
        },
    };

    /// Dark text on light.
    pub const LIGHT: Self = Self {
        dark: false,
        window: rgb(0xeceef1),
        panel: rgb(0xf8f9fa),
        raised: rgb(0xffffff),
        well: rgb(0xffffff),
        hover: rgb(0xe3e7eb),
        text: rgb(0x1c2126),
        muted: rgb(0x505a64),
        faint: rgb(0x5e6872),
        accent: rgb(0x0a6a7c),
        on_accent: rgb(0xffffff),
        modulation: rgb(0x985200),
        ok: rgb(0x1a7239),
        warning: rgb(0x865900),
        error: rgb(0xc02a1b),
        line: rgb(0xc3cad1),
        border: rgb(0x7d8791),
        focus: rgb(0x0b7285),
        selection: rgb(0xd3ebf0),
        current_line: rgb(0xf0f3f5),
        shadow: Color32::from_black_alpha(40),
        code: CodeColours {
            plain: rgb(0x1c2126),
            comment: rgb(0x5b6570),
            string: rgb(0x7d5a00),
            number: rgb(0x9c4510),
            opcode: rgb(0x0b6b80),
            keyword: rgb(0x7a35a8),
            i_rate: rgb(0x2f7020),
            k_rate: rgb(0x855600),
            a_rate: rgb(0xb3322a),
            tag: rgb(0x2a55b8),
            preprocessor: rgb(0xa02565),
        },
    };

    /// The dark or the light theme. `[any]`
    pub const fn of(dark: bool) -> Self {
        if dark { Self::DARK } else { Self::LIGHT }
    }
}

/// How far two opaque colours stand apart, from 1 (the same) to 21 (black and white), as WCAG 2 computes it. `[any]`
pub fn contrast(a: Color32, b: Color32) -> f32 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// The relative luminance of an opaque colour, 0 to 1.
fn luminance(colour: Color32) -> f32 {
    let linear = |channel: u8| {
        let value = f32::from(channel) / 255.0;
        if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(colour.r()) + 0.7152 * linear(colour.g()) + 0.0722 * linear(colour.b())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A text colour, a surface, and the contrast that it must have.
    fn check(theme: &str, what: &str, text: Color32, surface: Color32, least: f32) {
        let found = contrast(text, surface);
        assert!(found >= least, "{theme}: {what} has a contrast of {found:.2}, less than {least}");
    }

    #[test]
    fn black_on_white_is_21_and_a_colour_on_itself_is_1() {
        assert!((contrast(Color32::BLACK, Color32::WHITE) - 21.0).abs() < 0.01);
        assert!((contrast(rgb(0x5cc2d6), rgb(0x5cc2d6)) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn every_text_is_readable_on_each_surface_it_is_made_for() {
        for (name, t) in [("dark", Theme::DARK), ("light", Theme::LIGHT)] {
            for (surface_name, surface) in [
                ("window", t.window),
                ("panel", t.panel),
                ("raised", t.raised),
                ("hover", t.hover),
                ("well", t.well),
            ] {
                for (what, colour, least) in [
                    ("text", t.text, 10.0),
                    ("muted", t.muted, 5.4),
                    ("accent", t.accent, 4.95),
                    ("modulation", t.modulation, 4.75),
                    ("ok", t.ok, 4.75),
                    ("warning", t.warning, 4.75),
                    ("error", t.error, 4.6),
                    ("focus", t.focus, if surface_name == "hover" { 4.4 } else { 4.8 }),
                ] {
                    check(name, &format!("{what} on {surface_name}"), colour, surface, least);
                }
                if surface_name != "hover" {
                    check(name, &format!("faint on {surface_name}"), t.faint, surface, 4.5);
                    check(name, &format!("border on {surface_name}"), t.border, surface, 3.1);
                }
            }
            check(name, "text on accent", t.on_accent, t.accent, 6.1);
            check(name, "text on selection", t.text, t.selection, 10.0);
            check(name, "text on the current line", t.text, t.current_line, 12.0);
        }
    }

    #[test]
    fn code_is_readable_on_the_well_the_current_line_and_a_selection() {
        for (name, t) in [("dark", Theme::DARK), ("light", Theme::LIGHT)] {
            let c = t.code;
            for (what, colour) in [
                ("string", c.string),
                ("number", c.number),
                ("opcode", c.opcode),
                ("keyword", c.keyword),
                ("i-rate", c.i_rate),
                ("k-rate", c.k_rate),
                ("a-rate", c.a_rate),
                ("tag", c.tag),
                ("preprocessor", c.preprocessor),
                ("plain", c.plain),
            ] {
                check(name, &format!("{what} on the well"), colour, t.well, 6.0);
                check(name, &format!("{what} on the current line"), colour, t.current_line, 5.3);
                check(name, &format!("{what} on a selection"), colour, t.selection, 4.5);
            }
            check(name, "comment on the well", c.comment, t.well, 5.9);
            check(name, "comment on the current line", c.comment, t.current_line, 5.2);
            check(name, "muted, which a selected comment has", t.muted, t.selection, 4.5);
        }
    }
}

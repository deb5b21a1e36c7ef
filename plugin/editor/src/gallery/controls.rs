//! A page with all controls in their states.

use egui::{ScrollArea, Ui, vec2};

use ksmps_data::params::{Param, Taper};

use crate::model::{Level, Parameter};
use crate::theme::{self, Theme, size};
use crate::widgets::keyboard::KeyboardState;
use crate::widgets::list::{self, ListState, Row};
use crate::widgets::meter::PeakHold;
use crate::widgets::value::Shown;
use crate::widgets::{
    button, curve, field, keyboard, knob, menu, meter, panel, scope, slider, spectrum, switch, table_plot,
    tabs, xy,
};

/// What the page keeps.
#[derive(Default)]
pub(super) struct Controls {
    query: String,
    text: String,
    list: ListState,
    tab: usize,
    keys: KeyboardState,
    hold: PeakHold,
    is_applied: bool,
}

fn parameter(slot: u16, param: Param, base: f64) -> Parameter {
    Parameter { slot, param, base, modulation: 0.0, automated: false, controller: None }
}

fn shown(parameter: &Parameter) -> Shown<'_> {
    Shown { parameter, is_learning: parameter.param.label == "Learns", host_menu: false }
}

impl Controls {
    pub fn show(&mut self, theme: &Theme, ui: &mut Ui) {
        if !std::mem::replace(&mut self.is_applied, true) {
            theme::apply(ui.ctx(), theme);
            ui.ctx().request_repaint();
            return;
        }
        let style = ui.ctx().global_style();
        ui.set_style(style);
        ui.painter().rect_filled(ui.ctx().content_rect(), 0.0, theme.window);
        ScrollArea::vertical().show(ui, |ui| {
            egui::Frame::new().inner_margin(12.0).show(ui, |ui| {
                values(theme, ui);
                ui.add_enabled_ui(false, |ui| values(theme, ui));
                self.others(theme, ui);
            });
        });
    }

    fn others(&mut self, theme: &Theme, ui: &mut Ui) {
        ui.horizontal(|ui| {
            _ = button::primary(ui, theme, "Primary");
            _ = button::plain(ui, "Plain");
            _ = button::compact(ui, "Compact");
            _ = button::toggle(ui, theme, true, "On");
            _ = button::toggle(ui, theme, false, "Off");
            ui.add_enabled_ui(false, |ui| button::plain(ui, "Disabled"));
            tabs::tabs(ui, theme, &["One", "Two", "Three"], &mut self.tab);
        });
        ui.horizontal(|ui| {
            field::search(ui, theme, &mut self.query, "Search", 200.0);
            let what = field::Field { name: "Text", hint: "A line of text", width: 200.0, is_code: false };
            field::text(ui, theme, &mut self.text, what);
        });
        ui.horizontal_top(|ui| {
            meter::scale(ui, theme, 120.0);
            let level = Level { peak: 0.5, rms: 0.2 };
            meter::meter(ui, theme, "output 1", level, &mut self.hold, vec2(18.0, 120.0));
            let over = Level { peak: 1.4, rms: 0.6 };
            meter::meter(ui, theme, "output 2", over, &mut PeakHold::default(), vec2(18.0, 120.0));
            let wave = |at: i32, step: f32| (at as f32 * step).sin() * 0.7;
            let frames: Vec<[f32; 2]> = (0..4096).map(|at| [wave(at, 0.03), wave(at, 0.05)]).collect();
            scope::scope(ui, theme, &frames, 1024, vec2(220.0, 120.0));
            let mut transform = spectrum::Spectrum::default();
            transform.take(&frames);
            spectrum::spectrum(ui, theme, &transform, 48_000.0, vec2(220.0, 120.0));
            let values: Vec<f64> = (0..256).map(|at| (f64::from(at) * 0.05).sin()).collect();
            table_plot::table_plot(ui, theme, "giwave", &values, vec2(200.0, 120.0));
        });
        let (rect, _) = ui.allocate_exact_size(vec2(160.0, 28.0), egui::Sense::hover());
        let history: Vec<[f32; 2]> = (0..100).map(|at| [(at as f32 * 0.2).sin(); 2]).collect();
        curve::curve(ui, theme, rect, &history);
        panel::frame(theme).show(ui, |ui| {
            ui.set_width(320.0);
            let rows = [
                Row { text: "samples", detail: "", is_folder: true },
                Row { text: "glass-keys.csd", detail: "6 KB", is_folder: false },
                Row { text: "far-wall.csd", detail: "3 KB", is_folder: false },
            ];
            list::list(ui, theme, &mut self.list, "files", &rows, Some(1), 90.0);
        });
        keyboard::keyboard(ui, theme, &mut self.keys, (48, 1 << 60 | 1 << 63), 84.0, &mut Vec::new());
    }
}

/// Controls of parameters: plain, modulated, automated, to both sides, learning.
fn values(theme: &Theme, ui: &mut Ui) {
    let named = |label: &str| Param { label: label.to_owned(), ..Param::channel(label) };
    let cutoff = Param {
        min: 40.0,
        max: 16_000.0,
        taper: Taper::Exponential,
        unit: "Hz".to_owned(),
        ..named("Cutoff")
    };
    let pan = Param { min: -1.0, ..named("Pan") };
    let list = Param {
        max: 2.0,
        step: 1.0,
        labels: ["Saw", "Square", "Noise"].map(str::to_owned).to_vec(),
        ..named("Shape")
    };
    let mute = Param { step: 1.0, ..named("Mute") };
    let moved = Parameter { modulation: 0.2, ..parameter(1, named("Modulated"), 0.4) };
    let automated = Parameter { automated: true, ..parameter(2, named("Automated"), 0.7) };
    let mut acts = Vec::new();
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = size::TIGHT;
        for one in [
            parameter(0, cutoff, 0.6),
            moved,
            automated,
            parameter(3, pan, 0.25),
            parameter(4, named("Learns"), 0.5),
        ] {
            knob::knob(ui, theme, shown(&one), 1.0, &mut acts);
        }
        knob::knob(ui, theme, shown(&parameter(5, named("Large"), 0.8)), 1.7, &mut acts);
        slider::slider(ui, theme, shown(&parameter(6, named("Slider"), 0.3)), &mut acts);
        switch::switch(ui, theme, shown(&parameter(7, mute.clone(), 1.0)), &mut acts);
        switch::switch(ui, theme, shown(&parameter(8, mute, 0.0)), &mut acts);
        menu::menu(ui, theme, shown(&parameter(9, list, 0.5)), &mut acts);
        let pair = [parameter(10, named("Across"), 0.3), parameter(11, named("Up"), 0.6)];
        xy::xy(ui, theme, [shown(&pair[0]), shown(&pair[1])], [&mut acts, &mut Vec::new()]);
    });
}

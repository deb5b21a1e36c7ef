//! What news do to the model.

use super::*;

#[test]
fn what_is_as_before_is_not_drawn_again() {
    let mut model = Model::default();
    assert!(model.take(News::Building(true)));
    assert!(!model.take(News::Building(true)));
    let level = News::Level { output: 1, peak: 0.5, rms: 0.1 };
    assert!(model.take(level.clone()));
    assert!(!model.take(level));
    assert_eq!(model.levels.len(), 2);
    assert!(!model.take(News::Value { slot: 9, base: 0.5 }), "no parameter has slot 9");
}

#[test]
fn a_parameter_that_is_still_there_stands_where_it_stood() {
    let mut model = Model::default();
    let cutoff = Param { default: Some(0.25), ..Param::channel("cutoff") };
    model.take(News::Parameters(vec![(0, cutoff.clone()), (1, Param::channel("reso"))]));
    assert_eq!(model.parameter(0).map(|one| one.base), Some(0.25));
    model.take(News::Value { slot: 0, base: 0.75 });
    model.take(News::Modulation { slot: 0, offset: 0.1 });
    model.take(News::Parameters(vec![(1, Param::channel("drive")), (0, cutoff)]));
    assert_eq!(model.parameter(0).map(|one| (one.base, one.modulation)), Some((0.75, 0.1)));
    assert_eq!(model.parameter(1).map(|one| one.base), Some(0.0));
}

#[test]
fn the_console_keeps_its_newest_lines() {
    let mut model = Model::default();
    let line = |at: usize| ConsoleLine { severity: Severity::Note, text: at.to_string() };
    model.take(News::Console((0..CONSOLE_LINES).map(line).collect()));
    model.take(News::Console(vec![line(CONSOLE_LINES)]));
    assert_eq!(model.console.len(), CONSOLE_LINES);
    assert_eq!(model.console.front().map(|line| line.text.as_str()), Some("1"));
    assert!(!model.take(News::Console(Vec::new())));
}

#[test]
fn a_watch_keeps_its_curve_when_another_one_goes() {
    let mut model = Model::default();
    let channel = |name: &str| WatchTarget::Channel(name.to_owned());
    model.take(News::Watches(vec![channel("a"), channel("b")]));
    (0..WATCH_VALUES + 1)
        .for_each(|at| _ = model.take(News::Watched { watch: 1, now: WatchNow::number(at as f64) }));
    model.take(News::Watches(vec![channel("b")]));
    assert_eq!(model.watches[0].history.len(), WATCH_VALUES);
    assert_eq!(model.watches[0].history[0], [1.0; 2]);
    model.take(News::Watched { watch: 0, now: WatchNow::SILENT });
    assert_eq!((model.watches[0].now.shown(), model.watches[0].history.len()), (None, WATCH_VALUES));
    assert!(!model.take(News::Watched { watch: 0, now: WatchNow::SILENT }), "nothing is otherwise");
    assert!(!model.take(News::Watched { watch: 3, now: WatchNow::SILENT }));
}

#[test]
fn what_a_project_says_of_the_window_is_brought_into_bounds() {
    let odd = ViewState { size: [f32::NAN, 10.0], zoom: 99.0, octave: 200, ..ViewState::default() };
    let state = odd.within_bounds();
    assert_eq!((state.size, state.zoom, state.octave), ([960.0, SIZE_MIN[1]], ZOOM_MAX, 8));
    let known: ViewState = serde_json::from_str(r#"{"zoom":1.5,"unknown":3}"#).unwrap();
    assert_eq!(known, ViewState { zoom: 1.5, ..ViewState::default() });
}

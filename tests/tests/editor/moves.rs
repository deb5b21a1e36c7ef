//! What a person does in the built plugins' editor, and what the host sees and hears of it.

use std::rc::Rc;

use ksmps_core::event::EventKind;
use ksmps_core::player::Place;
use ksmps_harness::bounce::Plan;
use ksmps_harness::desktop::{Desktop, DropAnswer, Picture};
use ksmps_harness::host::{EditorSetup, Format, Hosted, Setup};
use ksmps_harness::instance::Instance;
use ksmps_harness::measure::pitch_hz;
use ksmps_harness::script::Script;
use serde_json::{Value, json};

use super::{Opened, desktop, open};

const RATE: f64 = 48_000.0;
const BLOCK: usize = 512;
/// A tone for as long as a key is down; a test changes its pitch by typing.
const DOCUMENT: &str = "giPitch = 440\n0dbfs = 1\nnchnls = 2\nksmps = 32\n;@param level 0..1=0.5\n\
    instr 1\nkKey = p4\niAmp = p5\naSine oscili iAmp*0.3, giPitch\nouts aSine, aSine\nendin\n";

/// Values and what is chosen, in the dark colours.
const ACCENT: [u8; 3] = [0x5c, 0xc2, 0xd6];
/// What is wrong, in the dark colours.
const ERROR: [u8; 3] = [0xff, 0x85, 0x77];
/// Pixels from the top to the controls: above are the header and the buttons of the view.
const BUTTONS: u32 = 96;

/// An instance with this document, and its editor at a view.
fn opened(format: Format, desktop: &Rc<Desktop>, view: &str) -> Opened {
    let mut instance = open(format);
    instance.load(DOCUMENT, None).unwrap();
    let mut state = instance.state().unwrap();
    let editor = json!({ "width": 960, "height": 640, "zoom": 1.0, "views": { "view": view } });
    state.whole["fields"]["editor"] = Value::String(editor.to_string());
    instance.set_state(&state).unwrap();
    instance.activate(RATE, BLOCK).unwrap();
    Opened::of(instance, desktop, (0, 0), EditorSetup::default())
}

impl Opened {
    /// Lets the host play, block by block, until something is so.
    fn play_until(&mut self, what: &str, mut is_so: impl FnMut(&mut Self) -> bool) {
        self.wait(what, |opened| {
            opened.instance.play(&Plan::new(Script::new(), BLOCK as u64)).unwrap();
            is_so(opened)
        });
    }

    fn picture(&self) -> Picture {
        self.desktop.picture(self.child()).unwrap()
    }

    /// The document's level, as the host reads it.
    fn level(&mut self) -> f64 {
        self.instance.param("level").unwrap().map_or(f64::NAN, |(_, info)| info.value)
    }

    /// Whether what is wrong is shown anywhere.
    fn shows_error(&self) -> bool {
        self.picture().places(ERROR).next().is_some()
    }
}

#[test]
fn a_knob_moves_the_hosts_parameter_and_follows_it() {
    let desktop = desktop();
    for format in Format::BUNDLES {
        let mut opened = opened(format, &desktop, "Play");
        let child = opened.child();
        // Of all that the view shows in silence, the arc of a knob alone has this colour.
        let arc = |opened: &Opened| opened.picture().places(ACCENT).filter(|(_, y)| *y > BUTTONS).count();
        opened.play_until("the knob", |opened| arc(opened) > 20);
        let picture = opened.picture();
        let (x, y) = picture.places(ACCENT).find(|(_, y)| *y > BUTTONS).unwrap();
        let (x, y) = (x as i16, y as i16 + 4);
        desktop.point_at(child, x, y).unwrap();
        desktop.press_button(true).unwrap();
        desktop.point_at(child, x, y - 10).unwrap();
        opened.play_until("a move that begins", |opened| opened.instance.hosted().notices().gestures.0 == 1);
        desktop.point_at(child, x, y - 40).unwrap();
        opened.play_until("the host's parameter", |opened| {
            opened.instance.hosted().notices().moves.last().is_some_and(|(_, value)| *value > 0.6)
        });
        desktop.press_button(false).unwrap();
        opened.play_until("a move that ends", |opened| opened.instance.hosted().notices().gestures.1 == 1);
        let (id, value) = *opened.instance.hosted().notices().moves.last().unwrap();
        let (slot, info) = opened.instance.param("level").unwrap().unwrap();
        assert_eq!(info.id, id, "{format:?}");
        assert!((info.value - value).abs() < 1e-6, "{format:?}: the host reads {}, not {value}", info.value);

        // The knob that was moved has the keyboard: what it uses is the editor's, space is the host's.
        opened.wait("the keyboard", |opened| opened.desktop.keyboard_owner().unwrap() == child);
        desktop.host_keys().unwrap();
        desktop.press_keys(&["space"]).unwrap();
        let space = desktop.key_code("space").unwrap();
        opened.wait("space at the host", |opened| {
            opened.desktop.host_keys().unwrap().iter().any(|key| key.code == space && key.is_pressed)
        });
        desktop.press_keys(&["Control", "z"]).unwrap();
        opened.play_until("the value before", |opened| (opened.level() - 0.5).abs() < 1e-6);
        let undo = desktop.key_code("z").unwrap();
        assert!(
            desktop.host_keys().unwrap().iter().all(|key| key.code != undo),
            "{format:?}: not the host's"
        );

        // The host's automation is seen.
        let before = arc(&opened);
        let mut script = Script::new();
        script.push(0, EventKind::Param { slot, normalized: 0.05 });
        opened.instance.play(&Plan::new(script, 4800)).unwrap();
        opened.play_until("the knob's new place", |opened| arc(opened) < before / 2);
        opened.close();
    }
}

#[test]
fn what_is_typed_is_heard_and_an_error_leaves_the_sound() {
    let desktop = desktop();
    for format in Format::BUNDLES {
        let mut opened = opened(format, &desktop, "Edit");
        let child = opened.child();
        assert_eq!(heard(&mut opened.instance), 440.0, "{format:?}");
        assert!(!opened.shows_error(), "{format:?}");
        desktop.click(child, 500, 250).unwrap();
        opened.wait("the keyboard", |opened| opened.desktop.keyboard_owner().unwrap() == child);
        // An error is marked, and the sound goes on.
        desktop.press_keys(&["Control", "Home"]).unwrap();
        desktop.press_keys(&["Shift", "End"]).unwrap();
        desktop.type_text("giPitch = 880 +").unwrap();
        desktop.press_keys(&["Control", "Return"]).unwrap();
        opened.play_until("the error", |opened| !diagnostics(&mut opened.instance).is_empty());
        opened.wait("the mark", |opened| opened.shows_error());
        assert_eq!(heard(&mut opened.instance), 440.0, "{format:?}: the last good sound goes on");
        desktop.press_keys(&["Control", "Home"]).unwrap();
        desktop.press_keys(&["End"]).unwrap();
        desktop.press_keys(&["BackSpace"]).unwrap();
        desktop.press_keys(&["Control", "Return"]).unwrap();
        opened.play_until("no errors", |opened| diagnostics(&mut opened.instance).is_empty());
        opened.play_until("the new pitch", |opened| heard(&mut opened.instance) == 880.0);
        opened.wait("a strip without errors", |opened| !opened.shows_error());
        opened.close();
    }
}

fn diagnostics(instance: &mut Instance) -> Vec<Value> {
    let report = instance.state().unwrap().report().unwrap();
    report["diagnostics"].as_array().unwrap().clone()
}

/// The pitch of a key, to the nearest ten hertz.
fn heard(instance: &mut Instance) -> f64 {
    let mut script = Script::new();
    script.key(480, 60, 0.8, 14_400);
    let sound = instance.play(&Plan::new(script, 19_200)).unwrap();
    (pitch_hz(&sound.channels[0][4800..14_400], RATE).unwrap_or(0.0) / 10.0).round() * 10.0
}

#[test]
fn a_document_that_is_dropped_plays() {
    let desktop = desktop();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().canonicalize().unwrap().join("dropped.orc");
    let text = DOCUMENT.replace("440", "660");
    std::fs::write(&path, &text).unwrap();
    for format in Format::BUNDLES {
        let mut opened = opened(format, &desktop, "Play");
        let answer = desktop.drop_file(opened.window, opened.child(), (480, 300), &path).unwrap();
        assert_eq!(answer, DropAnswer::Taken, "{format:?}");
        opened.play_until("the document", |opened| opened.instance.state().unwrap().document() == text);
        opened.play_until("its pitch", |opened| heard(&mut opened.instance) == 660.0);
        opened.close();
    }
}

#[test]
fn opening_sizing_and_closing_leave_the_sound_alone() {
    let desktop = desktop();
    for format in Format::BUNDLES {
        let mut script = Script::new();
        for note in 0..200 {
            script.key(note * 9600, 48 + (note % 24) as u8, 0.7, 7200);
        }
        let plan = Plan::new(script, 40 * RATE as u64);
        let alone = playing(format).play(&plan).unwrap();
        let (with_editor, ()) = playing(format)
            .play_while(&plan.clone().live_meanwhile(), |hosted| {
                for size in [(700, 500), (1100, 700), (800, 560), (960, 640)] {
                    open_size_and_close(hosted, &desktop, size);
                }
            })
            .unwrap();
        let frames = with_editor.channels[0].len();
        assert!(frames > BLOCK && frames < alone.channels[0].len(), "{format:?}: it sounded all the while");
        for (channel, (expected, found)) in alone.channels.iter().zip(&with_editor.channels).enumerate() {
            let other = expected.iter().zip(found).position(|(a, b)| a.to_bits() != b.to_bits());
            assert_eq!(other, None, "{format:?}: channel {channel}");
        }
        println!("{format:?}: {} late blocks of {}", with_editor.late_blocks, frames.div_ceil(BLOCK));
        assert_eq!(with_editor.waits, 0, "{format:?}: the audio thread waited for something");
    }
}

/// An instance that plays in the host's process, in real time.
fn playing(format: Format) -> Instance {
    let mut instance = open(format);
    instance.load(DOCUMENT, None).unwrap();
    instance.set_place(Place::Together).unwrap();
    instance.activate_for(Setup { rate: RATE, block_max: BLOCK, offline: false }).unwrap();
    instance
}

fn open_size_and_close(hosted: &mut dyn Hosted, desktop: &Desktop, size: (u32, u32)) {
    let mut window = None;
    let wanted = &mut |size| window.insert(desktop.host_window((0, 0), size).unwrap()).id;
    hosted.open_editor(EditorSetup::default(), wanted).unwrap();
    let window = window.unwrap();
    let is_drawn = || Ok(desktop.picture(window.id)?.colours() > 2);
    desktop.wait_for("a picture", || hosted.idle(), is_drawn).unwrap();
    desktop.resize(window, size).unwrap();
    hosted.resize_editor(size).unwrap();
    let child = desktop.children(window).unwrap()[0];
    desktop.wait_for("the size", || hosted.idle(), || Ok(desktop.size(child)? == size)).unwrap();
    hosted.close_editor().unwrap();
    desktop.close(window).unwrap();
}

//! Callbacks while it plays.

use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};

use ksmps_csound::host::{
    InputKind, InputValue, Key, KeyboardEvents, OutputValue, PerformEnd, Performed, ScoreEvent,
};

use super::{peak, playing, silent};

pub fn callbacks_answer_and_hear() {
    let folder = tempfile::tempdir().expect("there is room");
    let file = folder.path().join("steps.txt");
    std::fs::write(&file, "1 2 3 4\n").expect("it can be written");
    let (told, heard) = channel();
    let mut csound = silent();
    csound.set_host_implemented_audio_io(true, 0);
    called!(csound.set_input_channel_callback(|name, wanted| match (name, wanted) {
        ("level", InputKind::Number) => InputValue::Number(0.25),
        ("word", InputKind::Text) => InputValue::Text("loud".to_owned()),
        _ => InputValue::Number(-1.0),
    }));
    let tell = told.clone();
    called!(csound.set_output_channel_callback(move |name, value| {
        let value = match value {
            OutputValue::Number(number) => number.to_string(),
            OutputValue::Text(text) => text.to_owned(),
        };
        tell.send(format!("{name}={value}")).unwrap();
    }));
    called!(csound.set_file_open_callback(move |file| {
        if !file.is_written && file.path.ends_with("steps.txt") {
            told.send("file".to_owned()).unwrap();
        }
    }));
    let cycles = Arc::new(Mutex::new(Vec::new()));
    let counted = Arc::clone(&cycles);
    called!(csound.register_sense_event_callback(move |sensing| {
        counted.lock().unwrap().push(sensing.current_time_samples());
        if counted.lock().unwrap().len() == 2 {
            sensing.set_control_channel(c"sensed", 0.5);
            sensing.score_event(ScoreEvent::Note, &[2.0, 0.0, 1.0]);
        }
    }));
    let order = Arc::clone(&cycles);
    csound.register_sense_event_callback(move |sensing| {
        assert_eq!(
            order.lock().unwrap().last(),
            Some(&sensing.current_time_samples()),
            "in the order of adding"
        );
        assert_eq!(sensing.control_channel(c"nobody's"), None);
    });
    let orchestra = format!(
        "ksmps = 10\n0dbfs = 1\ngi1 ftgen 1, 0, 4, -23, \"{}\"\ninstr 1\n klevel invalue \"level\"\n Sword invalue \"word\"\n\
         outvalue \"heard\", klevel * 4\n outvalue \"said\", Sword\n out(a(klevel))\nendin\ninstr 2\n\
         out(a(chnget:k(\"sensed\")))\nendin\n",
        file.display()
    );
    let mut csound = csound.compile_orc(&orchestra).expect("it compiles");
    csound.read_score("i 1 0 1\n").expect("it is read");
    let mut csound = csound.start().expect("it starts");
    csound.perform_ksmps();
    assert_eq!(peak(&csound), 0.25);
    csound.perform_ksmps();
    csound.perform_ksmps();
    assert_eq!(peak(&csound), 0.75, "an event and a channel of a callback");
    assert_eq!(*cycles.lock().unwrap(), [0, 10, 20]);
    let heard: Vec<String> = heard.try_iter().collect();
    for expected in ["file", "heard=1", "said=loud"] {
        assert!(heard.iter().any(|one| one == expected), "{expected} in {heard:?}");
    }
    assert_eq!(csound.take_panic(), None);
}

pub fn keys_are_pressed() {
    let orchestra = "ksmps = 10\n0dbfs = 1\ninstr 1\n kkey, kdown sensekey\n chnset(kkey, \"key\")\nendin\n";
    let mut csound = playing(orchestra, "i 1 0 10\n");
    called!(csound.key_press(b'q'));
    csound.perform_ksmps();
    assert_eq!(csound.control_channel("key"), Ok(f64::from(b'q')));
    let first =
        called!(csound.register_keyboard_callback(KeyboardEvents::All, |_| Key::Down(u16::from(b'a'))));
    csound.perform_ksmps();
    assert_eq!(csound.control_channel("key"), Ok(f64::from(b'a')));
    let asked = Arc::new(Mutex::new(0));
    let counts = Arc::clone(&asked);
    let second = csound.register_keyboard_callback(KeyboardEvents::Events, move |_| {
        *counts.lock().unwrap() += 1;
        if *counts.lock().unwrap() == 1 { Key::Down(u16::from(b'b')) } else { Key::Ignored }
    });
    csound.perform_ksmps();
    assert_eq!(
        csound.control_channel("key"),
        Ok(f64::from(b'b')),
        "the one that was added last is asked first"
    );
    csound.perform_ksmps();
    assert_eq!(csound.control_channel("key"), Ok(f64::from(b'a')), "it left the question to the other");
    assert!(called!(csound.remove_keyboard_callback(first)));
    assert!(!csound.remove_keyboard_callback(first), "it is gone");
    csound.perform_ksmps();
    assert_eq!(csound.control_channel("key"), Ok(-1.0), "nobody answers");
    assert!(csound.remove_keyboard_callback(second));
    let before = *asked.lock().unwrap();
    csound.perform_ksmps();
    assert_eq!(*asked.lock().unwrap(), before);
}

pub fn graphs_are_drawn() {
    let (told, heard) = channel();
    let mut csound = ksmps_csound::host::Csound::create().expect("Csound is installed");
    csound.set_option("-n").expect("Csound knows it");
    csound.set_option("--displays").expect("Csound knows it");
    assert!(!called!(csound.set_is_graphable(true)));
    assert!(csound.set_is_graphable(true));
    let tell = told.clone();
    called!(csound.set_make_graph_callback(move |graph, name| {
        graph.set_window(7);
        tell.send(format!("make {name}")).unwrap();
    }));
    let tell = told.clone();
    called!(csound.set_draw_graph_callback(move |graph| {
        let (min, max) = graph.range();
        let largest = graph.values().iter().copied().fold(f64::MIN, f64::max);
        let text = format!(
            "draw {} of {} in {}: {max} {largest}",
            graph.caption(),
            graph.values().len(),
            graph.window()
        );
        tell.send(if min <= max { text } else { String::new() }).unwrap();
    }));
    let tell = told.clone();
    called!(
        csound.set_kill_graph_callback(move |graph| tell.send(format!("kill {}", graph.window())).unwrap())
    );
    called!(csound.set_exit_graph_callback(move || told.send("exit".to_owned()).unwrap()));
    csound.set_host_implemented_audio_io(true, 0);
    let mut csound = csound.compile_orc("instr 1\nendin\n").expect("it compiles");
    csound.read_score("f 1 0 64 10 1\nf 0 0.1\n").expect("it is read");
    let mut csound = csound.start().expect("it starts");
    csound.perform_ksmps();
    let csound = csound.cleanup();
    csound.reset().expect("another instance can be made");
    let heard: Vec<String> = heard.try_iter().collect();
    assert!(heard.iter().any(|one| one.starts_with("make ")), "{heard:?}");
    let drawn = heard.iter().find(|one| one.starts_with("draw ")).expect("it was drawn");
    assert!(drawn.contains("of 64 in 7: 1 1"), "{drawn}");
    assert!(heard.iter().any(|one| one == "exit"), "{heard:?}");
}

pub fn a_callback_says_stop() {
    let mut csound = playing("0dbfs = 1\ninstr 1\n out(a(0.5))\nendin\n", "i 1 0 1000\n");
    let mut left = 5;
    called!(csound.set_yield_callback(move || {
        left -= 1;
        left > 0
    }));
    assert_eq!(csound.perform(), PerformEnd::Left);
    assert!(csound.current_time_samples() < 1000, "{}", csound.current_time_samples());
    assert_eq!(csound.perform_ksmps(), Performed::Left);
    // In the first cycle Csound leaves into a frame of its own. Its lock is given back there too.
    let mut csound = playing("instr 1\nendin\n", "f 0 10\n");
    csound.set_yield_callback(|| false);
    assert_eq!(csound.perform_ksmps(), Performed::Left);
    std::thread::spawn(move || drop(csound)).join().expect("it does not panic");
}

pub fn a_callback_that_panics_is_taken_away() {
    let mut csound = silent();
    csound.set_host_implemented_audio_io(true, 0);
    csound.register_sense_event_callback(|sensing| {
        assert!(sensing.current_time_samples() < 10, "this panic is a part of a test");
    });
    let mut csound =
        csound.compile_orc("ksmps = 10\ninstr 1\nendin\n").expect("it compiles").start().expect("it starts");
    assert_eq!(csound.perform_ksmps(), Performed::Cycle);
    assert_eq!(csound.take_panic(), None);
    assert_eq!(csound.perform_ksmps(), Performed::Cycle, "Csound goes on");
    assert!(csound.take_panic().expect("it panicked").contains("a part of a test"));
    assert_eq!(csound.perform_ksmps(), Performed::Cycle);
    assert_eq!(csound.take_panic(), None, "it is not called any more");
}

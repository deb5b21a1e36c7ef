//! The host as a device, and lists of devices.

use std::ffi::CStr;
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};

use ksmps_csound::host::{AudioDevice, Csound, MidiDevice, MidiErrorTexts, PerformEnd};

use super::{compiled, silent};

pub fn a_host_is_the_audio_device() {
    let (told, heard) = channel();
    let mut csound = Csound::create().expect("Csound is installed");
    for option in ["-d", "-m0", "-odac:speaker", "-iadc", "-b16", "-B64"] {
        csound.set_option(option).expect("Csound knows it");
    }
    called!(csound.set_rt_audio_module("a-host")).expect("no module has this name");
    let tell = told.clone();
    called!(csound.set_play_open_callback(move |params| {
        tell.send(format!("play {} {:?}", params.channels, params.device)).is_ok() && params.rate == 44100.0
    }));
    let tell = told.clone();
    called!(csound.set_record_open_callback(move |params| {
        tell.send(format!("record {} {}", params.channels, params.software_frames)).is_ok()
    }));
    let played = Arc::new(Mutex::new(Vec::new()));
    let plays = Arc::clone(&played);
    called!(csound.set_rt_play_callback(move |samples| plays.lock().unwrap().extend_from_slice(samples)));
    called!(csound.set_rt_record_callback(|samples| {
        samples.fill(0.25);
        samples.len()
    }));
    called!(csound.set_rt_close_callback(move || told.send("close".to_owned()).unwrap()));
    let orchestra = "sr = 44100\nksmps = 16\nnchnls = 1\n0dbfs = 1024\ninstr 1\n out(inch(1) * 2)\nendin\n";
    let mut csound = csound.compile_orc(orchestra).expect("it compiles");
    csound.read_score("i 1 0 0.01\n").expect("it is read");
    let mut csound = csound.start().expect("the device is opened");
    assert_eq!(csound.perform(), PerformEnd::Score);
    let csound = csound.cleanup();
    assert_eq!(csound.error_count(), 0);
    let heard: Vec<String> = heard.try_iter().collect();
    assert!(heard.contains(&"play 1 Some(\"speaker\")".to_owned()), "{heard:?}");
    assert!(heard.contains(&"record 1 16".to_owned()), "{heard:?}");
    assert!(heard.contains(&"close".to_owned()), "{heard:?}");
    let played = played.lock().unwrap();
    assert!(played.len() >= 441, "{}", played.len());
    assert!(played[..400].iter().all(|sample| *sample == 0.5), "{:?}", &played[..20]);
}

struct Texts;

impl MidiErrorTexts for Texts {
    fn text(number: i32) -> &'static CStr {
        if number == 3 { c"the cable is out" } else { c"something" }
    }
}

pub fn a_host_is_the_midi_device() {
    let (told, heard) = channel();
    let mut csound = silent();
    csound.set_host_implemented_audio_io(true, 0);
    called!(csound.set_host_implemented_midi_io(true)).expect("Csound knows the option");
    csound.set_option("-Mkeys").expect("Csound knows it");
    csound.set_option("-Qpipes").expect("Csound knows it");
    let tell = told.clone();
    called!(csound.set_external_midi_in_open_callback(move |name| tell.send(format!("in {name}")).is_ok()));
    let tell = told.clone();
    called!(csound.set_external_midi_out_open_callback(move |name| tell.send(format!("out {name}")).is_ok()));
    let mut waiting = vec![0x90, 60, 100];
    called!(csound.set_external_midi_read_callback(move |bytes| {
        let count = waiting.len().min(bytes.len());
        for (place, byte) in bytes.iter_mut().zip(waiting.drain(..count)) {
            *place = byte;
        }
        count
    }));
    let tell = told.clone();
    called!(csound.set_external_midi_write_callback(move |bytes| tell.send(format!("{bytes:?}")).unwrap()));
    let tell = told.clone();
    called!(csound.set_external_midi_in_close_callback(move || tell.send("in closed".to_owned()).unwrap()));
    called!(csound.set_external_midi_out_close_callback(move || told.send("out closed".to_owned()).unwrap()));
    called!(csound.set_external_midi_error_string_callback::<Texts>());
    let orchestra = "0dbfs = 1\nmassign 0, 1\ninstr 1\n midiout_i 176, 2, 7, notnum()\n out(a(0.5))\nendin\n";
    let mut csound =
        csound.compile_orc(orchestra).expect("it compiles").start().expect("the device is opened");
    csound.perform_ksmps();
    csound.perform_ksmps();
    assert_eq!(super::peak(&csound), 0.5, "a note came");
    drop(csound.cleanup());
    let heard: Vec<String> = heard.try_iter().collect();
    for expected in ["in keys", "out pipes", "[177, 7, 60]", "in closed", "out closed"] {
        assert!(heard.iter().any(|one| one == expected), "{expected} in {heard:?}");
    }
}

pub fn devices_are_listed() {
    let mut csound = silent();
    called!(csound.set_midi_module("null")).expect("there is one that does nothing");
    csound.set_rt_audio_module("a-host").expect("no module has this name");
    // Names longer than csound-sys has room for.
    let name = "n".repeat(100);
    let speaker = |is_output| AudioDevice {
        name: name.clone(),
        id: "dac0".to_owned(),
        module: "a-host".to_owned(),
        channels: 8,
        is_output,
    };
    let (output, input) = (speaker(true), speaker(false));
    let listed = (output.clone(), input.clone());
    called!(csound.set_audio_dev_list_callback(move |outputs| {
        if outputs { vec![listed.0.clone(), listed.0.clone()] } else { vec![listed.1.clone()] }
    }));
    let keys = MidiDevice {
        name: "keys".repeat(30),
        interface: "usb".to_owned(),
        id: "0".to_owned(),
        module: "a-host".to_owned(),
        is_output: false,
    };
    let listed = keys.clone();
    called!(csound.set_midi_dev_list_callback(move |outputs| if outputs {
        Vec::new()
    } else {
        vec![listed.clone()]
    }));
    assert_eq!(called!(csound.audio_devices(true)), [output.clone(), output]);
    assert_eq!(csound.audio_devices(false), [input]);
    assert_eq!(called!(csound.midi_devices(false)), [keys]);
    assert_eq!(csound.midi_devices(true), []);

    let csound = compiled("instr 1\nendin\n");
    let modules: Vec<_> = (0..).map_while(|number| called!(csound.module(number))).collect();
    assert!(modules.iter().all(|module| ["audio", "midi"].contains(&&*module.kind)), "{modules:?}");
    assert!(modules.iter().all(|module| !module.name.is_empty()), "{modules:?}");
    assert_eq!(csound.module(10_000), None, "far behind the end of Csound's list");
}

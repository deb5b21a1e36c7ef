//! Created, asked, configured, reset.

use ksmps_csound::host::{Csound, Failure, FileType, Params, SampleFormat};

use super::{compiled, playing, silent};

const HEADER: &str = "sr = 48000\nksmps = 16\nnchnls = 2\nnchnls_i = 1\n0dbfs = 1\nA4 = 442\n";

pub fn an_instance_says_what_it_is() {
    let csound = called!(Csound::create()).expect("Csound is installed");
    assert_eq!(called!(csound.version()) / 1000, 6);
    assert!(called!(csound.api_version()) >= 400);
    assert_eq!(called!(csound.size_of_myflt()), 8);
    assert!(!called!(csound.as_ptr()).is_null());

    let mut csound = playing(&format!("{HEADER}instr 1\nendin\n"), "f 0 10\n");
    assert_eq!(called!(csound.sr()), 48000.0);
    assert_eq!(called!(csound.kr()), 3000.0);
    assert_eq!(called!(csound.ksmps()), 16);
    assert_eq!(called!(csound.nchnls()), 2);
    assert_eq!(called!(csound.nchnls_input()), 1);
    assert_eq!(called!(csound.zero_dbfs()), 1.0);
    assert_eq!(called!(csound.a4()), 442.0);
    assert_eq!(called!(csound.current_time_samples()), 0);
    csound.perform_ksmps();
    csound.perform_ksmps();
    assert_eq!(csound.current_time_samples(), 32);
    assert_eq!(csound.error_count(), 0);

    assert!(!called!(csound.debug()));
    called!(csound.set_debug(true));
    assert!(csound.debug());
    csound.set_debug(false);

    assert!(called!(csound.set_host_data(vec![1, 2])).is_none());
    csound.host_data_mut::<Vec<i32>>().expect("it was set").push(3);
    assert_eq!(called!(csound.host_data::<Vec<i32>>()), Some(&vec![1, 2, 3]));
    assert_eq!(csound.host_data::<String>(), None, "it has another type");
}

pub fn an_instance_is_reset() {
    let mut csound = compiled(&format!("{HEADER}instr 1\nendin\n"));
    csound.set_host_data(7);
    csound.set_control_channel("kept?", 1.0).expect("it can be written");
    let mut csound = called!(csound.reset()).expect("another instance can be made");
    assert_eq!(csound.host_data::<i32>(), Some(&7), "the host's data stay");
    assert!(csound.channels().is_empty(), "nothing else does");
    assert_ne!(csound.sr(), 48000.0);
    csound.set_option("-n").expect("it can be configured");
    let csound = csound.start().expect("it starts without an orchestra");
    csound.cleanup().reset().expect("a finished one is reset too");
}

pub fn options_are_set_before_the_start() {
    let mut csound = silent();
    assert_eq!(called!(csound.set_option("--ksmps=8")), Ok(()));
    assert_eq!(csound.set_option("--no-such-option"), Err(Failure::Jumped));
    assert_eq!(csound.set_option("-n\0"), Err(Failure::Nul));
    let mut params: Params = called!(csound.params());
    assert_eq!((params.ksmps, params.message_level, params.has_graphs), (8, 0, false));
    (params.rate, params.inputs, params.is_sample_accurate) = (22050.0, 1, true);
    called!(csound.set_params(&params));
    assert_eq!(csound.params(), params);
    let csound = csound.compile_orc(HEADER).expect("it compiles").start().expect("it starts");
    assert_eq!((csound.ksmps(), csound.sr(), csound.nchnls_input()), (8, 22050.0, 1));
}

pub fn inputs_and_outputs_have_names() {
    let mut csound = Csound::create().expect("Csound is installed");
    assert_eq!(called!(csound.input_name()), None);
    called!(csound.set_output("sound.aif", Some(FileType::Aiff), Some(SampleFormat::Bits24)))
        .expect("it has a name");
    called!(csound.set_input("in.wav")).expect("it has a name");
    called!(csound.set_midi_input("0")).expect("it has a name");
    called!(csound.set_midi_file_input("song.mid")).expect("it has a name");
    called!(csound.set_midi_output("0")).expect("it has a name");
    called!(csound.set_midi_file_output("out.mid")).expect("it has a name");
    assert_eq!(csound.set_input(""), Err(Failure::Code(-1)), "it would take the next option for its name");
    assert_eq!(called!(csound.output_name()).as_deref(), Some("sound.aif"));
    assert_eq!(csound.input_name().as_deref(), Some("in.wav"));
    assert_eq!(called!(csound.output_format()), ("aiff".to_owned(), "24bit".to_owned()));
}

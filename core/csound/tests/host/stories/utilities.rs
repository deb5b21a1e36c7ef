//! Utilities, memory, buffers, random numbers, time, the environment.

use std::mem;

use ksmps_csound::host::{
    self, Csound, Failure, Language, MersenneTwister, Timer, global_env, set_global_env, set_language,
};

use super::silent;

pub fn utilities_run() {
    let folder = tempfile::tempdir().expect("there is room");
    let path = |name: &str| folder.path().join(name).display().to_string();
    let mut csound = Csound::create().expect("Csound is installed");
    csound.set_output(&path("tone.wav"), None, None).expect("it has a name");
    csound.set_option("-d").expect("Csound knows it");
    let mut csound = csound
        .compile_orc("nchnls = 1\n0dbfs = 1\ninstr 1\n out(oscili(0.5, 440))\nendin\n")
        .expect("it compiles");
    csound.read_score("i 1 0 0.2\n").expect("it is read");
    let mut csound = csound.start().expect("it starts");
    csound.perform();
    let mut csound = csound.cleanup().reset().expect("another instance can be made");

    let utilities = called!(csound.utilities());
    for name in ["sndinfo", "pvanal", "lpanal", "hetro"] {
        assert!(utilities.iter().any(|utility| utility == name), "{name} in {utilities:?}");
        assert!(called!(csound.utility_description(name)).is_some_and(|text| !text.is_empty()), "{name}");
    }
    assert_eq!(csound.utility_description("nothing"), None);
    csound.create_message_buffer(false);
    let mut csound = called!(csound.run_utility("sndinfo", &[&path("tone.wav")])).expect("it runs");
    let said: String =
        std::iter::from_fn(|| csound.pop_first_message()).map(|message| message.text).collect();
    assert!(said.contains("monaural") && said.contains("44100"), "{said}");
    let csound = csound.run_utility("pvanal", &[&path("tone.wav"), &path("tone.pvx")]).expect("it runs");
    assert!(std::fs::metadata(path("tone.pvx")).expect("it was made").len() > 1000);
    let refused = csound.run_utility("no-such-utility", &[]).expect_err("there is none");
    assert_eq!(refused.failure, Failure::Code(-1));
    assert!(refused.csound.run_utility("sndinfo", &[&path("missing.wav")]).is_err());
}

pub fn global_variables_are_shared() {
    let mut csound = silent();
    assert_eq!(called!(csound.create_global_variable("::host", 16)), Ok(()));
    assert_eq!(called!(csound.global_variable("::host")), Some(&[0u8; 16][..]));
    csound.global_variable_mut("::host").expect("it is there")[3] = 9;
    assert_eq!(csound.global_variable("::host").expect("it is there")[3], 9);
    assert!(csound.create_global_variable("::host", 16).is_err(), "the name is used");
    assert!(csound.create_global_variable("::none", 0).is_err(), "no bytes");
    assert_eq!(csound.global_variable("_RTMIDI"), None, "one of Csound's own, of a size that nobody knows");
    assert!(!csound.destroy_global_variable("_RTMIDI"));
    assert!(called!(csound.destroy_global_variable("::host")));
    assert!(!csound.destroy_global_variable("::host"));
    assert_eq!(csound.global_variable("::host"), None);
    assert!(called!(csound.env("SSDIR")).is_none_or(|value| !value.is_empty()));
    csound.set_option("--env:SSDIR=/somewhere").expect("Csound knows it");
    assert_eq!(csound.env("SSDIR").as_deref(), Some("/somewhere"));
    assert_eq!(csound.env("no such name"), None);
}

pub fn samples_pass_a_circular_buffer() {
    let (mut writer, mut reader) = called!(host::circular_buffer(4));
    let mut room = [0.0; 8];
    assert_eq!(called!(writer.write(&[1.0, 2.0, 3.0])), 3);
    assert_eq!(called!(reader.peek(&mut room)), 3);
    assert_eq!(called!(reader.read(&mut room[..2])), 2);
    assert_eq!(room[..3], [1.0, 2.0, 3.0]);
    assert_eq!(writer.write(&[4.0, 5.0, 6.0, 7.0]), 3, "there is room for four");
    assert_eq!(reader.read(&mut room), 4);
    assert_eq!(room[..4], [3.0, 4.0, 5.0, 6.0]);
    writer.write(&[8.0]);
    called!(reader.flush());
    assert_eq!(reader.read(&mut room), 0);
    // Between threads, in order and without a loss.
    let (mut writer, mut reader) = host::circular_buffer(64);
    let samples: Vec<f64> = (0..5_000).map(f64::from).collect();
    let sent = samples.clone();
    let writing = std::thread::spawn(move || {
        let mut rest = &sent[..];
        while !rest.is_empty() {
            let count = writer.write(&rest[..rest.len().min(50)]);
            rest = &rest[count..];
            std::thread::yield_now();
        }
    });
    let mut received = Vec::new();
    while received.len() < samples.len() {
        let count = reader.read(&mut room);
        received.extend_from_slice(&room[..count]);
        if count == 0 {
            std::thread::yield_now();
        }
    }
    writing.join().expect("it does not panic");
    assert_eq!(received, samples);
    called!(mem::drop(reader));
}

pub fn numbers_are_random() {
    let mut seed = 1;
    let numbers: Vec<i32> =
        (0..3).map(|_| called!(host::rand31(&mut seed)).expect("Csound is installed")).collect();
    // seed * 742938285 % 2147483647
    let expected = (0..3).scan(1i64, |seed, _| {
        *seed = *seed * 742_938_285 % 2_147_483_647;
        Some(*seed as i32)
    });
    assert!(expected.eq(numbers.iter().copied()), "{numbers:?}");
    seed = -5;
    assert!(
        host::rand31(&mut seed).expect("Csound is installed") > 0,
        "a seed outside is taken for the nearest"
    );
    // The generator's published first number for the seed 5489.
    let mut twister = called!(MersenneTwister::seed(&[5489])).expect("Csound is installed");
    assert_eq!(called!(twister.next_number()), 3_499_211_612);
    // And for the published list.
    let mut twister = MersenneTwister::seed(&[0x123, 0x234, 0x345, 0x456]).expect("Csound is installed");
    assert_eq!(twister.next_number(), 1_067_595_299);
    assert!(MersenneTwister::seed(&[]).is_err());
    called!(host::random_seed_from_time()).expect("Csound is installed");
}

pub fn time_passes() {
    let timer = called!(Timer::start()).expect("Csound is installed");
    std::thread::sleep(std::time::Duration::from_millis(20));
    let seconds = called!(timer.real_time());
    assert!(seconds >= 0.019, "{seconds}");
    let before = called!(timer.cpu_time());
    let mut sum = 0u64;
    while timer.cpu_time() <= before {
        sum = std::hint::black_box(sum.wrapping_add(1));
    }
    assert!(timer.cpu_time() > before, "{sum}");
}

pub fn the_environment_is_changed() {
    let csound = silent();
    assert_eq!(
        set_global_env("KSMPS_HOST_TEST", Some("x")),
        Err(Failure::Unavailable),
        "there is an instance"
    );
    assert_eq!(set_language(Language::German), Err(Failure::Unavailable));
    drop(csound);
    assert_eq!(called!(host::set_global_env("SSDIR", Some("/of/all"))), Ok(()));
    assert_eq!(called!(host::global_env("SSDIR")).as_deref(), Some("/of/all"));
    assert_eq!(silent().env("SSDIR").as_deref(), Some("/of/all"), "an instance begins with it");
    assert_eq!(set_global_env("SSDIR", None), Ok(()));
    assert_ne!(global_env("SSDIR").as_deref(), Some("/of/all"));
    assert!(set_global_env(&"N".repeat(40), Some("x")).is_err(), "the name is too long");
    assert_eq!(called!(host::set_language(Language::Default)), Ok(()));
}

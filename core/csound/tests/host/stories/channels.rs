//! Channels of every kind.

use ksmps_csound::host::{ChannelFailure, ChannelKind, ControlChannelHints, HintBehaviour, PvsFrame};

use super::{compiled, peak, playing};

pub fn channels_carry_numbers_and_texts() {
    let orchestra = "0dbfs = 1\nchn_k \"level\", 1\nchn_S \"name\", 3\nchn_a \"sound\", 2\ninstr 1\n out(a(chnget:k(\"level\")))\n\
                     chnset(strcat(chnget:S(\"name\"), \"!\"), \"said\")\nendin\n";
    let mut csound = playing(orchestra, "i 1 0.1 1\n");
    let kinds: Vec<_> =
        called!(csound.channels()).into_iter().map(|channel| (channel.name, channel.kind)).collect();
    let expected = [
        ("level".to_owned(), ChannelKind::Control),
        ("name".to_owned(), ChannelKind::Text),
        ("sound".to_owned(), ChannelKind::Audio),
    ];
    assert_eq!(kinds, expected);
    assert_eq!(called!(csound.channel_kind("sound")), Some(ChannelKind::Audio));
    assert_eq!(csound.channel_kind("none"), None);
    called!(csound.set_control_channel("level", 0.25)).expect("it is a number's");
    called!(csound.set_string_channel("name", "somebody with a long name, and more of it"))
        .expect("it is a text's");
    while csound.score_time() < 0.11 {
        csound.perform_ksmps();
    }
    assert_eq!(peak(&csound), 0.25);
    assert_eq!(called!(csound.control_channel("level")), Ok(0.25));
    let said = called!(csound.string_channel("said")).expect("it was written");
    assert_eq!(said, "somebody with a long name, and more of it!");
    assert_eq!(called!(csound.channel_datasize("level")), Ok(8));
    assert!(csound.channel_datasize("name").expect("it is there") > 41);

    assert_eq!(csound.control_channel("none"), Err(ChannelFailure::Missing));
    assert_eq!(csound.control_channel("name"), Err(ChannelFailure::Kind(ChannelKind::Text)));
    assert_eq!(csound.set_control_channel("name", 1.0), Err(ChannelFailure::Kind(ChannelKind::Text)));
    assert_eq!(csound.string_channel("level"), Err(ChannelFailure::Kind(ChannelKind::Control)));
    assert_eq!(csound.set_control_channel("", 1.0), Err(ChannelFailure::Name));
    assert_eq!(csound.channel_kind("none"), None, "nothing of this made one");
    called!(csound.make_channel("new", ChannelKind::Control)).expect("it can be made");
    assert_eq!(csound.control_channel("new"), Ok(0.0));
    assert_eq!(
        csound.make_channel("new", ChannelKind::Text),
        Err(ChannelFailure::Kind(ChannelKind::Control))
    );

    // Its place, under its lock.
    {
        let mut level = called!(csound.lock_channel("level")).expect("it is there");
        *level.control().expect("it is a number") *= 2.0;
        assert!(level.audio().is_none() && level.text().is_none());
    }
    assert_eq!(csound.control_channel("level"), Ok(0.5));
    assert_eq!(
        csound.lock_channel("name").expect("it is there").text().expect("it is a text").count_bytes(),
        41
    );
    assert!(csound.lock_channel("none").is_err());
    csound.perform_ksmps();
    assert_eq!(peak(&csound), 0.5, "the lock was given back");
}

pub fn channels_have_hints() {
    let mut csound =
        compiled("chn_k \"cut\", 1, 3, 1000, 20, 20000, 1, 2, 3, 4, \"unit=Hz\"\nchn_S \"name\", 1\n");
    // Channels of an orchestra are there from the start on.
    csound.make_channel("own", ChannelKind::Control).expect("it can be made");
    let mut csound = csound.start().expect("it starts");
    let hints = called!(csound.control_channel_hints("cut")).expect("it is there").expect("it has hints");
    let expected = ControlChannelHints {
        behaviour: HintBehaviour::Exponential,
        default: 1000.0,
        min: 20.0,
        max: 20000.0,
        x: 1,
        y: 2,
        width: 3,
        height: 4,
        attributes: Some("unit=Hz".to_owned()),
    };
    assert_eq!(hints, expected);
    assert_eq!(csound.control_channel_hints("own"), Ok(None));
    let own = ControlChannelHints {
        behaviour: HintBehaviour::Integer,
        default: 3.0,
        min: 1.0,
        max: 5.0,
        ..expected
    };
    called!(csound.set_control_channel_hints("own", Some(&own))).expect("they make sense");
    assert_eq!(csound.control_channel_hints("own"), Ok(Some(own.clone())));
    let senseless = ControlChannelHints { default: 9.0, ..own };
    assert_eq!(csound.set_control_channel_hints("own", Some(&senseless)), Err(ChannelFailure::Values));
    csound.set_control_channel_hints("own", None).expect("they are taken away");
    assert_eq!(csound.control_channel_hints("own"), Ok(None));
    assert_eq!(csound.control_channel_hints("none"), Err(ChannelFailure::Missing));
    assert_eq!(csound.set_control_channel_hints("none", None), Err(ChannelFailure::Missing));
    assert_eq!(csound.set_control_channel_hints("name", None), Err(ChannelFailure::Kind(ChannelKind::Text)));
}

pub fn channels_carry_audio() {
    let orchestra = "ksmps = 4\n0dbfs = 1\ninstr 1\n out(chnget:a(\"in\"))\n chnset(chnget:a(\"in\") * 2, \"out\")\nendin\n";
    let mut csound = playing(orchestra, "i 1 0 1\n");
    called!(csound.set_audio_channel("in", &[0.1, 0.2, 0.3, 0.4])).expect("it is a cycle");
    csound.perform_ksmps();
    assert_eq!(csound.spout(), [0.1, 0.2, 0.3, 0.4]);
    let mut out = [0.0; 4];
    called!(csound.audio_channel("out", &mut out)).expect("it is there");
    assert_eq!(out, [0.2, 0.4, 0.6, 0.8]);
    let mut guard = csound.lock_channel("in").expect("it is there");
    guard.audio().expect("it is audio").fill(0.5);
    drop(guard);
    csound.perform_ksmps();
    assert_eq!(csound.spout(), [0.5; 4]);
    assert_eq!(csound.set_audio_channel("in", &[0.0; 5]), Err(ChannelFailure::Values), "a cycle has four");
    assert_eq!(csound.audio_channel("in", &mut [0.0; 3]), Err(ChannelFailure::Values));
    assert_eq!(csound.audio_channel("none", &mut out), Err(ChannelFailure::Missing));
}

pub fn channels_carry_spectra() {
    let orchestra = "sr = 44100\nksmps = 64\nnchnls = 1\n0dbfs = 1\ninstr 1\n f1 pvsanal oscili(0.5, 1000), 256, 64, 256, 1\n\
                     pvsout f1, 1\n f2 pvsin 2, 256, 64, 256, 1\n out(pvsynth(f2))\nendin\n";
    let mut csound = playing(orchestra, "i 1 0 10\n");
    csound.set_pvs_channel("2", &PvsFrame::silent(256, 64)).expect("its bins go with its size");
    for _ in 0..40 {
        csound.perform_ksmps();
    }
    assert!(peak(&csound) < 1e-9, "silence was sent to it");
    let mut frame = called!(csound.pvs_channel("1")).expect("it was written");
    assert_eq!((frame.fft_size, frame.overlap, frame.bins.len()), (256, 64, 258));
    let amplitudes = frame.bins.iter().step_by(2);
    let loudest = amplitudes.enumerate().max_by(|one, other| one.1.total_cmp(other.1)).map(|(bin, _)| bin);
    // Bins are 172 Hz apart.
    assert_eq!(loudest, Some(6));
    assert!((frame.bins[13] - 1000.0).abs() < 5.0, "{} Hz", frame.bins[13]);
    for count in 0..80 {
        frame.count = 1000 + count;
        called!(csound.set_pvs_channel("2", &frame)).expect("its bins go with its size");
        csound.perform_ksmps();
    }
    assert!(peak(&csound) > 0.3, "{}", peak(&csound));
    let silent = PvsFrame::silent(256, 64);
    assert_eq!(silent.bins.len(), 258);
    let still = PvsFrame { overlap: 0, ..silent.clone() };
    assert_eq!(csound.set_pvs_channel("2", &still), Err(ChannelFailure::Values));
    let senseless = PvsFrame { fft_size: 512, ..silent };
    assert_eq!(csound.set_pvs_channel("2", &senseless), Err(ChannelFailure::Values));
    csound.set_control_channel("number", 1.0).expect("it can be made");
    assert_eq!(csound.pvs_channel("number"), Err(ChannelFailure::Kind(ChannelKind::Control)));
    assert_eq!(csound.pvs_channel("9"), Err(ChannelFailure::Missing));
}

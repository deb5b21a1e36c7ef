//! The seam between a session and the engine: what is scheduled sounds as it was meant, the csound command line
//! renders the written .csd to the same samples, and nothing fails in silence.

use std::path::Path;
use std::process::Command;

use ksmps_core::offline::sound_file::{self, Encoding};
use ksmps_core::offline::{RenderOptions, RenderSession as _};
use ksmps_core::session::{
    Automate, BusKind, Partials, PartialsSource, PlayPartials, PlaySample, SampleSource, Sched, Session,
    SessionConfig, SessionError, SessionFile, TableSource, Template,
};
use ksmps_core::verbs::Curve;

fn session(channels: u32) -> Session {
    Session::new(SessionConfig { channels, ..SessionConfig::default() }).unwrap()
}

fn dc() -> Template {
    Template::new("dc", "|kval=0.1, kmul=1|\noutch 1, a(kval*kmul)\n")
}

fn float64() -> RenderOptions {
    RenderOptions { encoding: Some(Encoding::Float64), ..RenderOptions::default() }
}

fn render(session: &Session, options: &RenderOptions) -> Vec<f64> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("own.wav");
    let job = session.render(&path, options).unwrap();
    assert_eq!(job.messages, Vec::<String>::new());
    sound_file::read(&path).unwrap().samples
}

/// What the csound command line makes of the written .csd, called from another folder.
fn command_line(session: &Session) -> Vec<f64> {
    let folder = tempfile::tempdir().unwrap();
    let (csd, wav) = (folder.path().join("written.csd"), folder.path().join("csound.wav"));
    session.write_csd(&csd).unwrap();
    let mut csound = Command::new("csound");
    csound.args(["-d", "-m0", "-W", "--format=double", "-o"]).arg(&wav).arg(&csd).current_dir(Path::new("/"));
    let output = csound.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    sound_file::read(&wav).unwrap().samples
}

fn check_same(session: &Session) {
    let (own, csound) = (render(session, &float64()), command_line(session));
    assert_eq!(own.len(), csound.len());
    assert!(own.iter().any(|sample| *sample != 0.0), "it is silent");
    let at = own.iter().zip(&csound).position(|(own, csound)| own.to_bits() != csound.to_bits());
    assert_eq!(at.map(|at| (at, own[at], csound[at])), None);
}

/// Everything a session can hold, but for sound files.
fn piece() -> Session {
    let mut session = session(2);
    session.add_code("gkdepth init 0.5\nopcode Half, a, a\n ain xin\n xout ain*0.5\nendop", false);
    let synth = Template::new(
        "synth",
        "|ibus, Sshape=\"saw\", kfreq=220, kamp=0.2|\nif strcmp(Sshape, \"saw\") == 0 then\n asig vco2 kamp, kfreq\nelse\n asig oscili kamp, kfreq\nendif\naenv linsegr 0, 0.01, 1, 0.05, 0\nbusmix ibus, asig*aenv\n",
    );
    session.define(synth.alias("pitch", "kfreq").init("giunused = 1")).unwrap();
    session.define(Template::new("effect", "{ibus=0, kcutoff=1000}\nasig = busin:a(ibus)\nasig = butterlp(asig, kcutoff)\nouts Half(asig), asig*chnget:k(\"level\")").controls_in_table()).unwrap();
    session.define(Template::new("wave", "|itable=0, icontrol|\nkgain = busin:k(icontrol)\nasig poscil 0.1*kgain, 200, itable\nasig += rand(0.01)\nouts asig, asig")).unwrap();
    let bus = session.assign_bus(Some(BusKind::Audio), None, false).unwrap();
    let gain = session.assign_bus(None, Some(0.8), true).unwrap();
    let small = session.make_table(TableSource::Data(vec![0.0, 1.0, 0.0, -1.0]), 0, 1, 0.0, true).unwrap();
    let sine = (0..4096).map(|at| (f64::from(at) * std::f64::consts::TAU / 4096.0).sin()).collect();
    let large = session.make_table(TableSource::Data(sine), 0, 1, 0.0, true).unwrap();
    session.init_channel("level", Some(0.25.into()), None).unwrap();
    session.set_channel("level", 0.5, 0.3).unwrap();
    let first = session.sched(Sched::new("synth").dur(0.4).with("ibus", bus).with("pitch", 330.0)).unwrap();
    let second =
        session.sched(Sched::new("synth").at(0.113).with("ibus", bus).with("Sshape", "sine")).unwrap();
    let effect = session.sched(Sched::new("effect").dur(0.7).priority(2).with("ibus", bus)).unwrap();
    session.sched(Sched::new("wave").at(0.2).dur(0.2).args([f64::from(small.0), gain.0 as f64])).unwrap();
    session.sched(Sched::new("wave").at(0.35).dur(0.3).args([f64::from(large.0), gain.0 as f64])).unwrap();
    session
        .automate(first, "kfreq", Automate::new([(0.0, 330.0), (0.2, 440.0), (0.4, 110.0)]).curve(Curve::Cos))
        .unwrap();
    session.automate(first, "kamp", Automate::new([(0.0, f64::NAN), (0.3, 0.05)]).at(0.1)).unwrap();
    session.automate(second, "kamp", Automate::new([(0.0, 0.1), (0.15, 0.3)])).unwrap();
    session.set(second, "kfreq", 500.0, 0.3).unwrap();
    session.set(second, "kfreq", 505.0, 0.41).unwrap();
    session.stop(second, 0.52).unwrap();
    session
        .automate(effect, "kcutoff", Automate::new([(0.0, 300.0), (0.6, 5000.0)]).curve(Curve::Expon(2.0)))
        .unwrap();
    session.set(effect, "kcutoff", 900.0, 0.65).unwrap();
    session.automate_bus(gain, Automate::new([(0.0, 0.8), (0.3, 0.1)]).at(0.25)).unwrap();
    session.set_bus(gain, 1.0, 0.6).unwrap();
    session
}

#[test]
fn the_command_line_renders_the_written_csd_to_the_same_samples() {
    check_same(&piece());
}

#[test]
fn a_session_comes_back_from_json_as_it_was() {
    let session = piece();
    let json = session.to_file().to_json().unwrap();
    let back = Session::from_file(&SessionFile::from_json(&json).unwrap()).unwrap();
    assert_eq!(back.to_file(), session.to_file());
    assert_eq!(render(&back, &float64()), render(&session, &float64()));
    assert!(SessionFile::from_json(&json.replace("\"ksmps_session\": 1", "\"ksmps_session\": 9")).is_err());
}

#[test]
fn a_session_that_follows_is_rendered_and_written_as_the_song_has_it_at_120() {
    let of = |beats: f64| {
        let mut session = session(2);
        session.define(dc()).unwrap();
        session.init_channel("level", Some(0.25.into()), None).unwrap();
        session.set_channel("level", 0.5, 0.6 * beats).unwrap();
        session.define(Template::new("level", "outch 2, upsamp(chnget:k(\"level\"))")).unwrap();
        session.sched(Sched::new("level").dur(1.5 * beats)).unwrap();
        let event = session.sched(Sched::new("dc").at(0.25 * beats).dur(0.75 * beats)).unwrap();
        session.automate(event, "kval", Automate::new([(0.0, 0.1), (0.25 * beats, 0.4)])).unwrap();
        session.set(event, "kmul", 0.5, 0.75 * beats).unwrap();
        let stopped = session.sched(Sched::new("dc").at(0.5 * beats)).unwrap();
        session.stop(stopped, 0.875 * beats).unwrap();
        session
    };
    let mut session = of(2.0);
    for play in ["follow=beats", "follow=beats loop late=enter"] {
        session.set_play(play.parse().unwrap());
        assert!(render(&session, &float64()) == render(&of(1.0), &float64()), "{play}");
        check_same(&session);
    }
    session.set_play("off".parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let refused = session.render(folder.path().join("off.wav"), &float64());
    assert!(matches!(refused, Err(SessionError::NothingToRender(_))), "{refused:?}");
}

#[test]
fn the_same_session_renders_twice_to_the_same_samples_and_at_another_rate() {
    let session = piece();
    assert_eq!(render(&session, &float64()), render(&session, &float64()));
    let fast = RenderOptions { sr: Some(96_000), ksmps: Some(10), ..float64() };
    assert_eq!(render(&session, &fast).len() / 2 / 10, 6720);
}

#[test]
fn starttime_and_endtime_cut_the_whole() {
    let session = piece();
    let whole = render(&session, &float64());
    let part = render(&session, &RenderOptions { starttime: 0.2, endtime: Some(0.5), ..float64() });
    let (from, to) = (8820 * 2, 345 * 64 * 2);
    assert_eq!(part, whole[from..to]);
}

#[test]
fn what_is_defined_again_is_new_for_events_to_come() {
    let mut session = session(1);
    assert!(session.define(dc()).unwrap());
    assert!(!session.define(dc()).unwrap());
    session.sched(Sched::new("dc").dur(0.1)).unwrap();
    assert!(session.define(Template::new("dc", "outch 1, a(k(0.7))")).unwrap());
    session.sched(Sched::new("dc").at(0.1).dur(0.1)).unwrap();
    let samples = render(&session, &float64());
    assert!((samples[4000] - 0.1).abs() < 1e-12 && (samples[8000] - 0.7).abs() < 1e-12);
    check_same(&session);
}

#[test]
fn effects_hear_what_comes_before_them_and_nothing_else() {
    for (of_source, of_effect, expected) in [(1, 1, 0.4), (1, -1, 0.4), (2, 1, 0.0)] {
        let mut session = session(1);
        session.define(Template::new("source", "|ibus|\nbusout ibus, a(k(0.4))")).unwrap();
        session.define(Template::new("effect", "|ibus|\noutch 1, busin:a(ibus)")).unwrap();
        let bus = session.assign_bus(Some(BusKind::Audio), None, true).unwrap();
        session.sched(Sched::new("source").dur(0.1).with("ibus", bus).priority(of_source)).unwrap();
        session.sched(Sched::new("effect").dur(0.1).with("ibus", bus).priority(of_effect)).unwrap();
        let own = render(&session, &float64());
        assert!((own[4000] - expected).abs() < 1e-12, "{} at {of_source} and {of_effect}", own[4000]);
        assert_eq!(own, command_line(&session));
    }
}

#[test]
fn partials_sound_at_their_frequencies() {
    let mut session = session(1);
    let rows = [[0.0, 440.0, 0.2, 0.0, 660.0, 0.0, 0.0], [0.5, 440.0, 0.2, 0.0, 660.0, 0.0, 0.0]];
    let partials = Partials::from_rows(rows.map(Vec::from)).unwrap();
    let event = session.play_partials(PartialsSource::Partials(partials), PlayPartials::default()).unwrap();
    assert_eq!(session.event(event).unwrap().dur(), 0.5);
    let samples = render(&session, &float64());
    let crossings = samples[..22050].windows(2).filter(|pair| pair[0] < 0.0 && pair[1] >= 0.0).count();
    assert!((219..=221).contains(&crossings), "{crossings} periods in half a second");
    check_same(&session);
}

#[test]
fn a_looped_sample_goes_on_until_it_is_stopped() {
    let mut session = session(2);
    let samples: Vec<f64> = (0..4410).map(|at| (f64::from(at) * 0.05).sin() * 0.3).collect();
    let source = SampleSource::Samples { samples, rate: 44_100, channels: 1 };
    let play = PlaySample { looped: true, speed: 1.5, ..PlaySample::default() };
    let event = session.play_sample(source, play).unwrap();
    session.stop(event, 0.4).unwrap();
    session.automate(event, "kgain", Automate::new([(0.0, 1.0), (0.4, 0.2)])).unwrap();
    let own = render(&session, &float64());
    assert!(own[30_000..34_000].iter().any(|sample| sample.abs() > 0.01), "it ended with the table");
    check_same(&session);
}

#[test]
fn what_does_not_compile_names_the_template_the_line_and_the_text() {
    let mut session = session(1);
    session.define(Template::new("broken", "|ka=1|\n\nasig oscilii ka, 440\noutch 1, asig")).unwrap();
    session.sched(Sched::new("broken").dur(0.1)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let error = session.render(folder.path().join("x.wav"), &float64()).unwrap_err();
    let SessionError::Compile { place, diagnostics } = &error else { panic!("{error}") };
    assert_eq!(place, "template broken");
    assert_eq!(diagnostics[0].line, Some(3), "{error}");
    assert!(error.to_string().contains("oscilii"), "{error}");
}

#[test]
fn every_mistake_is_an_error_of_its_own() {
    let mut session = session(1);
    session.define(dc()).unwrap();
    session
        .define(Template::new("fixed", "|ifreq=440, Sname=\"x\"|\noutch 1, oscili:a(0.1, ifreq)"))
        .unwrap();
    let event = session.sched(Sched::new("dc").dur(0.1)).unwrap();
    let fixed = session.sched(Sched::new("fixed").dur(0.1)).unwrap();
    let line = || Automate::new([(0.0, 1.0), (1.0, 2.0)]);
    assert!(matches!(session.sched(Sched::new("nope")), Err(SessionError::UnknownTemplate { .. })));
    assert!(matches!(
        session.sched(Sched::new("dc").with("kbogus", 1.0)),
        Err(SessionError::UnknownArgument { .. })
    ));
    assert!(matches!(
        session.sched(Sched::new("dc").with("kval", "x")),
        Err(SessionError::ArgumentKind { .. })
    ));
    assert!(matches!(
        session.sched(Sched::new("dc").with("kval", f64::NAN)),
        Err(SessionError::ArgumentKind { .. })
    ));
    assert!(matches!(session.sched(Sched::new("dc").priority(11)), Err(SessionError::Priority { .. })));
    assert!(matches!(session.sched(Sched::new("dc").at(-1.0)), Err(SessionError::BadTime(_))));
    assert!(matches!(session.set(event, "bogus", 1.0, 0.0), Err(SessionError::UnknownArgument { .. })));
    assert!(matches!(session.set(event, "p99", 1.0, 0.0), Err(SessionError::UnknownArgument { .. })));
    assert!(matches!(session.set(fixed, "ifreq", 1.0, 0.0), Err(SessionError::FixedArgument { .. })));
    assert!(matches!(session.automate(event, "nope", line()), Err(SessionError::UnknownArgument { .. })));
    assert!(matches!(
        session.automate(event, "kval", Automate::new([(1.0, 1.0), (0.0, 2.0)])),
        Err(SessionError::Engine(_))
    ));
    assert!(matches!(session.unsched(77.0, 0.0), Err(SessionError::UnknownP1(_))));
    assert!(matches!(session.assign_bus(Some(BusKind::Audio), Some(1.0), false), Err(SessionError::Bus(_))));
    assert!(matches!(session.init_channel("x", None, None), Err(SessionError::ChannelKind(_))));
    assert!(matches!(
        session.play_sample(SampleSource::File("/no/such.wav".into()), PlaySample::default()),
        Err(SessionError::File { .. })
    ));
    assert_eq!(session.automate(event, "kval", line().at(5.0)), Ok(false));
    assert_eq!(session.set(event, "kval", 1.0, 5.0), Ok(false));
    assert!(matches!(session.render("/no/such/folder/x.wav", &float64()), Err(SessionError::File { .. })));
    let exported = Template::new("only here", "kval pread 1, 5\noutch 1, a(kval)");
    session.define(exported).unwrap();
    session.sched(Sched::new("only here").dur(0.1)).unwrap();
    assert!(session.csd().unwrap_err().to_string().contains("pread"));
}

#[test]
fn ten_thousand_events_have_numbers_of_their_own() {
    let mut session = session(1);
    for name in ["a", "b", "c", "d"] {
        session.define(Template::new(name, "|kamp=0.1, kfreq=440|\noutch 1, oscili:a(kamp, kfreq)")).unwrap();
    }
    for at in 0..10_000 {
        let name = ["a", "b", "c", "d"][at % 4];
        let start = at as f64 * 0.01;
        session.sched(Sched::new(name).at(start).dur(0.1).with("kfreq", 200.0 + at as f64)).unwrap();
    }
    let mut p1: Vec<u64> = session.events().iter().map(|event| event.p1().to_bits()).collect();
    p1.sort_unstable();
    p1.dedup();
    assert_eq!(p1.len(), 10_000, "every event has a p1 of its own");
}

/// The piece in docs/engine.md is one.
#[test]
fn the_documented_json_renders_as_the_command_line_does() {
    let page = include_str!("../../docs/engine.md");
    let (_, rest) = page.split_once("```json\n").unwrap();
    let (json, _) = rest.split_once("```").unwrap();
    let session = Session::from_file(&SessionFile::from_json(json).unwrap()).unwrap();
    assert_eq!(session.render_duration(), 3.5);
    check_same(&session);
}

/// The chain of docs/engine.md.
#[test]
fn the_documented_chain_renders_as_the_command_line_does() {
    let mut session = session(2);
    let saw = "|ibus, kfreq=110|\nbusmix ibus, vco2:a(0.2, kfreq)*linsegr:a(0, 0.01, 1, 0.3, 0)";
    let filter = "|ifrom, ito, kcutoff=1000|\nbusout ito, moogladder2(busin:a(ifrom), kcutoff, 0.7)";
    let room = "|ifrom, kwet=0.3|\nasig = busin:a(ifrom)\n\
                aleft, aright reverbsc asig*kwet, asig*kwet, 0.8, 8000\nouts asig + aleft, asig + aright";
    for (name, body) in [("saw", saw), ("filter", filter), ("room", room)] {
        session.define(Template::new(name, body)).unwrap();
    }
    let dry = session.assign_bus(Some(BusKind::Audio), None, true).unwrap();
    let wet = session.assign_bus(Some(BusKind::Audio), None, true).unwrap();
    for (start, freq) in [(0.0, 110.0), (0.5, 165.0), (1.0, 220.0)] {
        let saw = Sched::new("saw").at(start).dur(0.4).with("ibus", dry).with("kfreq", freq);
        session.sched(saw).unwrap();
    }
    let filter = Sched::new("filter").dur(2.0).priority(2).with("ifrom", dry).with("ito", wet);
    let filter = session.sched(filter).unwrap();
    session.sched(Sched::new("room").dur(4.0).priority(-1).with("ifrom", wet)).unwrap();
    let line = Automate::new([(0.0, 400.0), (1.0, 4000.0), (2.0, 300.0)]).curve(Curve::Cos);
    session.automate(filter, "kcutoff", line).unwrap();
    check_same(&session);
}

/// Texts, tables and buses that come and go while it plays.
#[test]
fn later_matter_comes_at_its_time_in_both() {
    let mut session = session(1);
    session.add_code("chn_S \"mode\", 3\nchnset \"soft\", \"mode\"", true);
    let body = "|itable, ibus|\nSmode chnget \"mode\"\nkgain = (strcmp(Smode, \"loud\") == 0 ? 0.8 : 0.2)\n\
                outch 1, poscil:a(kgain*busin:k(ibus), 300, itable)";
    session.define(Template::new("voice", body)).unwrap();
    session.define(Template::new("writer", "|ibus|\nbusout ibus, line:k(1, p3, 0.5)")).unwrap();
    let table = session.make_table(TableSource::Data(vec![0.0, 1.0, 0.5, -1.0]), 0, 1, 0.1, true).unwrap();
    let bus = session.assign_bus(Some(BusKind::Control), Some(1.0), true).unwrap();
    session.set_channel("mode", "loud", 0.25).unwrap();
    session.release_bus(bus, 0.3).unwrap();
    session.sched(Sched::new("writer").dur(0.35).with("ibus", bus)).unwrap();
    for start in [0.1, 0.25] {
        let voice = Sched::new("voice").at(start).dur(0.1).with("itable", table).with("ibus", bus);
        session.sched(voice).unwrap();
    }
    check_same(&session);
}

/// Csound prints several lines for each event; what matters is among them, and nothing is lost.
#[test]
fn ten_thousand_events_say_what_is_wrong_and_nothing_else() {
    let mut session = session(1);
    session.define(Template::new("tone", "|kamp=0.1, kfreq=440|\noutch 1, oscili:a(kamp, kfreq)")).unwrap();
    session.define(Template::new("broken", "|itable=999|\noutch 1, poscil:a(0.1, 440, itable)")).unwrap();
    for at in 0..10_000 {
        let start = (at / 1000) as f64 * 0.01;
        session.sched(Sched::new("tone").at(start).dur(0.005).with("kfreq", at as f64)).unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let job = session.render(folder.path().join("well.wav"), &float64()).unwrap();
    assert_eq!(job.messages, Vec::<String>::new());
    for at in 0..20 {
        session.sched(Sched::new("broken").at(at as f64 * 0.005).dur(0.005)).unwrap();
    }
    let job = session.render(folder.path().join("ill.wav"), &float64()).unwrap();
    let failed = job.messages.iter().filter(|message| message.contains("INIT ERROR")).count();
    assert_eq!(failed, 20, "{:?}", job.messages);
    assert!(!job.messages.iter().any(|message| message.contains("lost")), "{:?}", job.messages);
}

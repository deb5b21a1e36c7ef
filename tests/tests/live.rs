//! Seam: verbs that reach a playing instance cost the audio thread no memory, and an event of a session as much as any
//! other. Where calls cannot be counted, there is no such test.
#![cfg(all(target_os = "linux", target_env = "gnu"))]

use std::sync::Arc;

use ksmps_core::engine::verbs::prelude::*;
use ksmps_core::event::{Event, EventKind};
use ksmps_core::player::{self, Control, InstanceConfig, Player, Reading};
use ksmps_core::renderer::{Block, Reports};
use ksmps_core::route::HostChannels;
use ksmps_core::session::{
    Automate, BusKind as SessionBus, Sched as Planned, Session, SessionConfig, Template,
};
use ksmps_core::transport::HostTransport;
use ksmps_core::verbs::{Automation, BusKind, Sched};
use ksmps_core::watched::{VariableOwner, WatchTarget, WhichVoice};
use ksmps_harness::count::{Counts, Kind, counted};

const FRAMES: usize = 480;
const DOCUMENT: &str = "ksmps = 16\nnchnls = 1\n0dbfs = 1\n;@notes off\nchn_k \"level\", 3\n\
    giTable ftgen 7, 0, 8, -2, 0\ninstr 10\n kval = p4\n out a(kval)\nendin\n";

/// Plays a block and counts.
fn play(player: &mut Player, reports: &mut Reports) -> Counts {
    let mut sound = [0.0; FRAMES];
    let mut outputs = [&mut sound[..]];
    let mut block = Block { inputs: &[], outputs: &mut outputs, frames: FRAMES, events: &[] };
    counted(|| player.process(&mut block, reports)).1.expect("glibc's calls are counted")
}

fn open(document: &'static str) -> (Arc<Control>, Player) {
    let channels = HostChannels { inputs: vec![], outputs: vec![1] };
    let (control, mut player) = player::pair(InstanceConfig { channels, default_document: document });
    let status = control.activate(48_000.0);
    assert!(!status.failed, "{:?}", status.diagnostics);
    player.adopt();
    (control, player)
}

#[test]
fn writes_and_lines_neither_allocate_nor_free_in_process() {
    let (control, mut player) = open(DOCUMENT);
    let mut reports = Reports::default();
    let id = control.sched(Sched::new(10).arg(0.5).unique()).unwrap();
    play(&mut player, &mut reports);
    let line = Automation::new(&[0.0, 0.0, 0.02, 1.0]).unwrap();
    for round in 0..8 {
        control.setp(&id, [(4, 0.25)], 0.005).unwrap();
        let forgotten = control.automatep(&id, 4, &line).unwrap();
        control.automate_channel("level", &line.clone().delay(0.004)).unwrap();
        control.automate_table(7, 1, &line).unwrap();
        control.set_channel("level", 0.5, 0.001).unwrap();
        control.fill_table(7, vec![0.5; 8]).unwrap();
        control.getp(&id, 4).unwrap();
        // A start that is taken back before Csound hears of it.
        control.sched(Sched::new(10).arg(0.5).delay(0.5)).unwrap();
        control.unsched_future(10).unwrap();
        control.unautomate(forgotten).unwrap();
        let counts = play(&mut player, &mut reports);
        let made = counts.total(Kind::Allocation) + counts.total(Kind::Release);
        assert_eq!(made, 0, "round {round}: {counts}");
    }
}

#[test]
fn a_session_moves_without_memory_in_process() {
    let (control, mut player) = open(DOCUMENT);
    let mut reports = Reports::default();
    let edit = |session: &mut Session| {
        session.define(Template::new("tone", "|klevel=0, kx=0|\nout a(klevel+kx)").controls_in_table())?;
        session.define(Template::new("held", "|klevel=0|\nout a(klevel)"))?;
        let (tone, held) = (session.sched(Planned::new("tone"))?, session.sched(Planned::new("held"))?);
        let bus = session.assign_bus(None, Some(0.5), true)?;
        for at in 1..8 {
            let (at, line) = (f64::from(at) * 0.01, Automate::new([(0.0, 0.0), (0.02, 1.0)]));
            session.automate(tone, "klevel", line.clone().at(at))?;
            session.automate(held, "klevel", line.clone().at(at).overtake())?;
            session.automate_bus(bus, line.at(at))?;
            session.set(tone, "kx", 0.25, at)?;
        }
        session.release_bus(bus, 0.05)?;
        session.stop(held, 10.0)
    };
    let ((), ticket) = control.edit_session(edit).unwrap();
    let status = control.wait_for(ticket);
    assert!(!status.failed, "{:?}", status.diagnostics);
    player.adopt();
    // The first block starts the events, and Csound takes memory for them.
    play(&mut player, &mut reports);
    for round in 1..12 {
        let counts = play(&mut player, &mut reports);
        let made = counts.total(Kind::Allocation) + counts.total(Kind::Release);
        assert_eq!(made, 0, "block {round}: {counts}");
    }
}

/// Texts, channels that are only named, listeners and answers.
const NAMED: &str = "ksmps = 16\nnchnls = 1\n0dbfs = 1\n;@notes off\nchn_S \"name\", 3\n\
    giTable ftgen 7, 0, 8, -2, 0\ngi__responses ftgen 0, 0, -1024, -2, 0\n\
    instr 10\n kdial invalue \"dial\"\n kcount init 0\n kcount += 1\n outvalue \"count\", kcount\n out a(kdial)\nendin\n\
    instr 11\n ktoken = p4\n kcount init 0\n kcount += 1\n if kcount == 40 then\n tabw 0.5, ktoken, gi__responses\n \
    outvalue \"__sync__\", ktoken\n endif\nendin\n";

#[test]
fn texts_listeners_and_answers_neither_allocate_nor_free_in_process() {
    let (control, mut player) = open(NAMED);
    let mut reports = Reports::default();
    control.sched(Sched::new(10)).unwrap();
    control.on_channel("count", |_, _| {}).unwrap();
    play(&mut player, &mut reports);
    play(&mut player, &mut reports);
    let mut awaited = Vec::new();
    for round in 0..8 {
        // The start itself is Csound's: it comes in a block that is not counted.
        awaited.push(control.sched_sync(&Sched::new(11).dur(0.02).unique()).unwrap().1);
        play(&mut player, &mut reports);
        control.str_set(&format!("text {round}")).unwrap();
        control.set_text_channel("name", "some text", 0.004).unwrap();
        control.set_channel("dial", 0.5, 0.002).unwrap();
        control.write_table(7, 0, 0.5, 0.003).unwrap();
        control.set_table_metadata(7, 48_000, 2, 0.0).unwrap();
        let (part, name) = (control.read_table(7, 0, 8).unwrap(), control.text_channel("name").unwrap());
        let told = control.on_channel("dial", |_, _| {}).unwrap();
        control.stop_listening(told).unwrap();
        let counts = play(&mut player, &mut reports);
        let made = counts.total(Kind::Allocation) + counts.total(Kind::Release);
        assert_eq!(made, 0, "round {round}: {counts}");
        assert!(matches!(part.read(), Reading::Value(values) if values.len() == 8));
        assert!(matches!(name.read(), Reading::Value(_)));
    }
    play(&mut player, &mut reports);
    assert!(awaited.iter().all(|answer| answer.read() == Reading::Value(0.5)));
}

/// Variables of all places; sixteen voices of it.
const WATCHED: &str = "ksmps = 16\nnchnls = 1\n0dbfs = 1\n;@notes off\ngkall init 0\ngiTable ftgen 7, 0, 8, -2, 0\n\
    opcode Half, k, k\n kin xin\n kinner = kin*0.5\n xout kinner\nendop\n\
    instr 10\n kown randh p4, 300\n khalf Half kown\n aown oscili kown, 440\n gkall = kown\n chnset kown, \"own\"\n \
    out aown\nendin\n";

#[test]
fn values_that_are_watched_neither_allocate_nor_free_nor_lock_in_process() {
    let (control, mut player) = open(WATCHED);
    let mut reports = Reports::default();
    (0..16).for_each(|_| _ = control.sched(Sched::new(10).arg(0.5).unique()).unwrap());
    let bus = control.assign_bus(BusKind::Audio, None, true).unwrap();
    play(&mut player, &mut reports);
    let Reading::Value(bus) = bus.read() else { panic!("there is room for a bus") };
    let variable = |owner, name: &str| WatchTarget::Variable { owner, name: name.to_owned() };
    let of = |name| variable(VariableOwner::Instrument("10".to_owned()), name);
    let targets = [
        of("kown"),
        of("aown"),
        of("khalf"),
        of("knone"),
        variable(VariableOwner::Opcode("Half".to_owned()), "kinner"),
        variable(VariableOwner::Global, "gkall"),
        WatchTarget::Channel("own".to_owned()),
        WatchTarget::Table { number: 7, index: 0 },
        WatchTarget::Bus(bus.token()),
    ];
    play(&mut player, &mut reports);
    for round in 0..8_u32 {
        // Another list takes the place of the one before, which goes back to be freed.
        let voice = if round % 2 == 0 { WhichVoice::Newest } else { WhichVoice::Number(round) };
        control.watch_values(targets.to_vec(), voice, (round % 3) * 100);
        for _ in 0..2 {
            let counts = play(&mut player, &mut reports);
            let made = counts.total(Kind::Allocation) + counts.total(Kind::Release);
            assert_eq!(made, 0, "round {round}: {counts}");
        }
    }
    let unwatched = {
        control.watch_values(Vec::new(), WhichVoice::Newest, 0);
        play(&mut player, &mut reports);
        play(&mut player, &mut reports)
    };
    control.watch_values(targets.to_vec(), WhichVoice::Newest, 0);
    play(&mut player, &mut reports);
    let watched = play(&mut player, &mut reports);
    assert_eq!(watched.total(Kind::Lock), unwatched.total(Kind::Lock), "{watched}");
}

#[test]
fn the_last_events_of_ten_thousand_cost_no_more_than_the_first() {
    let mut session = Session::new(SessionConfig { channels: 1, ..SessionConfig::default() }).unwrap();
    for name in ["a", "b", "c", "d"] {
        session.define(Template::new(name, "|kamp=0.1, kfreq=440|\noutch 1, oscili:a(kamp, kfreq)")).unwrap();
    }
    let mut thousand = |from: usize| {
        let schedule = || {
            for at in from..from + 1000 {
                let event = Planned::new(["a", "b", "c", "d"][at % 4]).at(at as f64 * 0.01).dur(0.1);
                session.sched(event.with("kfreq", 200.0 + at as f64)).unwrap();
            }
        };
        counted(schedule).1.expect("glibc's calls are counted").total(Kind::Allocation)
    };
    let counts: Vec<u64> = (0..10).map(|thousands| thousand(thousands * 1000)).collect();
    // Lists that grow take memory now and then.
    assert!(counts[0] > 0 && counts[9] <= counts[0] + 100, "{counts:?}");
}

/// An echo that rests, and says with its second output how often it was performed.
const RESTING: &str = "ksmps = 16\nnchnls = 2\n0dbfs = 1\n;@notes off\n;@tail 1 rest\n;@param level 0..1=0.5\n\
    instr 1\n ain inch 1\n kcycles init 0\n kcycles += 1\n outs delay(ain, 0.5), ain * kcycles\nendin\nschedule 1, 0, -1\n";

#[test]
fn a_document_rests_and_wakes_without_memory() {
    let channels = HostChannels { inputs: vec![1], outputs: vec![2] };
    let (control, mut player) = player::pair(InstanceConfig { channels, default_document: RESTING });
    assert!(!control.activate(48_000.0).failed);
    player.adopt();
    let mut reports = Reports::default();
    let mut performed = Vec::new();
    for block in 0..1200 {
        // A click every four seconds, a parameter in between.
        let mut input = [0.0; FRAMES];
        input[7] = if block % 400 == 399 { 1.0 } else { 0.0 };
        let turns = [Event {
            frame: 5,
            kind: EventKind::Param { slot: 0, normalized: 0.1 * f64::from(1 + block / 400) },
        }];
        let events = if block % 400 == 200 { &turns[..] } else { &[] };
        let mut outputs = [[0.0; FRAMES]; 2];
        let mut outputs = outputs.each_mut().map(|channel| &mut channel[..]);
        let mut block_of = Block { inputs: &[&input[..]], outputs: &mut outputs, frames: FRAMES, events };
        let counts =
            counted(|| player.process(&mut block_of, &mut reports)).1.expect("glibc's calls are counted");
        let made = counts.total(Kind::Allocation) + counts.total(Kind::Release);
        assert!(block < 20 || made == 0, "block {block}: {counts}");
        performed.extend(outputs[1].iter().copied().filter(|cycles| *cycles != 0.0));
    }
    // A second behind what is heard at the beginning, behind each click and its echo, and behind each turn, which takes 10 ms.
    let seconds = |cycles: f32| f64::from(cycles) * 16.0 / 48_000.0;
    let [first, second, third] = performed[..] else { panic!("{performed:?}") };
    for (awake, expected) in [(first, 2.0), (second - first, 2.5), (third - second, 2.5)] {
        assert!((seconds(awake) - expected - 0.01).abs() < 0.005, "{performed:?}");
    }
}

/// A score of notes with and without texts, that is played before memory is counted.
const FOLLOWING: &str = "<CsoundSynthesizer>\n<CsInstruments>\n;@score follow=beats loop late=enter\nksmps = 16\nnchnls = 1\n0dbfs = 1\n\
    ;@notes off\ninstr 1\n out linsegr:a(0, 0.01, p4, 0.01, 0)\nendin\n</CsInstruments>\n<CsScore>\n\
    { 40 N\ni 1 [$N * 0.031] 0.05 0.1\n}\ni 1 0 1.2 0.1\ni 1.5 0.1 -1 0.1\ni -1.5 1.1 0\n</CsScore>\n</CsoundSynthesizer>\n";

#[test]
fn a_score_follows_the_song_through_jumps_without_memory() {
    let (_control, mut player) = open(FOLLOWING);
    follow_through_jumps(&mut player, 400);
}

/// A session with the same notes, each moved and set while it sounds, and a bus, a channel, a control and a text that change.
fn following_session() -> Session {
    let config = SessionConfig { sr: 48_000, ksmps: 16, channels: 1, ..SessionConfig::default() };
    let mut session = Session::new(config).unwrap();
    let tone = "|klevel=0.1|\n out linsegr:a(0, 0.01, 1, 0.01, 0) * upsamp(klevel)";
    session.define(Template::new("tone", tone)).unwrap();
    session.define(Template::new("table", "{kgain=0}\n out upsamp(kgain)").controls_in_table()).unwrap();
    let bus = session.assign_bus(Some(SessionBus::Control), Some(0.0), false).unwrap();
    session.automate_bus(bus, Automate::new([(0.0, 0.0), (1.0, 1.0)]).at(0.1)).unwrap();
    session.set_channel("level", 0.5, 0.4).unwrap();
    session.set_channel("word", "later", 0.5).unwrap();
    for index in 0..40 {
        let at = f64::from(index) * 0.031;
        let name = if index % 4 == 0 { ("table", "kgain") } else { ("tone", "klevel") };
        let event = session.sched(Planned::new(name.0).at(at + 0.001).dur(0.05)).unwrap();
        session.set(event, name.1, 0.2, at + 0.01).unwrap();
        session.automate(event, name.1, Automate::new([(0.0, 0.2), (0.02, 0.1)]).at(at + 0.02)).unwrap();
    }
    let held = session.sched(Planned::new("tone").at(0.1)).unwrap();
    session.stop(held, 1.1).unwrap();
    session.set_play("follow=beats loop late=enter".parse().unwrap());
    session
}

#[test]
fn a_session_follows_the_song_through_jumps_without_memory() {
    let (control, mut player) = open("ksmps = 16\nnchnls = 1\n0dbfs = 1\n;@notes off\n");
    control.set_session(following_session().to_file()).unwrap();
    let status = control.activate(48_000.0);
    assert!(!status.failed && status.diagnostics.is_empty(), "{:?}", status.diagnostics);
    player.adopt();
    // Of short notes in many places, chance would bring a few more together at some time.
    follow_through_jumps(&mut player, 93);
}

/// Plays while the song jumps and stops now and then, the same way again after so many blocks, and counts once every instance
/// was made.
fn follow_through_jumps(player: &mut Player, period: i32) {
    let mut reports = Reports::default();
    let (mut beats, mut first) = (0.0, 0);
    for block in 0..400 {
        let turn = block % period;
        // A jump now and then, and a stop.
        if turn % 37 == 36 {
            beats = f64::from(turn) * 0.77;
        }
        let playing = turn % 90 < 80;
        let transport =
            HostTransport { playing, tempo: Some(140.0), beats: Some(beats), ..HostTransport::default() };
        player.transport(transport.complete(48_000.0));
        beats += if playing { FRAMES as f64 / 48_000.0 * 140.0 / 60.0 } else { 0.0 };
        let counts = play(player, &mut reports);
        // By then every instance that sounds at one time was made.
        let made = counts.total(Kind::Allocation) + counts.total(Kind::Release);
        assert!(block < 200 || made == 0, "block {block}: {counts}");
        first += made;
    }
    assert!(first > 0, "notes have begun");
}

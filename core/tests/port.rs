//! Seam: `port`, another program on this machine that speaks to a playing instance over UDP.

mod common;

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::Duration;

use common::{Bench, peak, pitch};
use ksmps_core::player::COMMANDS_MAX;
use ksmps_core::port::{ControlPort, PORTS_TRIED, PortError};

/// Instruments that put out plain values, and one tone.
const LEVELS: &str = ";@about \"Levels\"\nksmps = 16\nnchnls = 2\n0dbfs = 1\n;@notes off\nchn_k \"level\", 3\nchn_S \"name\", 3\n\
    instr level\n outs a(p4), a(p4)\nendin\n\
    instr 10\n kval = chnget:k(\"level\")\n asig upsamp kval\n outs asig, asig\nendin\n\
    instr 11\n asig init p4\n outs asig, asig\nendin\n\
    instr 13\n Stext strget p4\n asig init strlen(Stext)/16\n outs asig, asig\nendin\n\
    instr 14\n Stext chnget \"name\"\n asig init strlen(Stext)/16\n outs asig, asig\nendin\n\
    instr 12\n asig = oscili:a(0.5, p4)\n outs asig, asig\nendin\n";
const KSMPS: usize = 16;
/// Longer than any packet takes on this machine.
const LONG: Duration = Duration::from_secs(10);

/// An instance with a port, and a program that speaks to it.
struct Scene {
    bench: Bench,
    port: ControlPort,
    peer: UdpSocket,
}

impl Scene {
    fn new() -> Self {
        let bench = Bench::new(LEVELS);
        let port = ControlPort::open(Arc::clone(&bench.control), 0).unwrap();
        let peer = peer();
        peer.connect((Ipv4Addr::LOCALHOST, port.number())).unwrap();
        Self { bench, port, peer }
    }

    fn send(&self, packet: impl AsRef<[u8]>) {
        self.peer.send(packet.as_ref()).unwrap();
    }

    /// The next answer.
    fn answer(&self) -> String {
        receive(&self.peer)
    }

    /// Waits until everything that was sent is carried out; packets stay in their order.
    fn settle(&self) {
        self.send(":document");
        assert_eq!(self.answer(), "document::Levels\n", "nothing else is answered");
    }

    /// What is answered where this is refused.
    fn refused(&self, packet: impl AsRef<[u8]>) -> String {
        self.send(packet);
        let answer = self.answer();
        assert!(answer.starts_with("error: ") && answer.ends_with('\n'), "{answer:?}");
        answer
    }

    fn play(&mut self, frames: usize) -> Vec<f32> {
        self.bench.play(frames, &[], &[480])
    }

    /// Whether `Status::problems` says this.
    fn is_noted(&self, text: &str) -> bool {
        self.bench.control.status().problems.iter().any(|problem| problem.to_string().contains(text))
    }
}

fn peer() -> UdpSocket {
    let peer = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    peer.set_read_timeout(Some(LONG)).unwrap();
    peer
}

fn receive(socket: &UdpSocket) -> String {
    let mut buffer = [0; 65_536];
    let length = socket.recv(&mut buffer).expect("an answer within ten seconds");
    String::from_utf8(buffer[..length].to_vec()).unwrap()
}

fn first_sound(sound: &[f32]) -> Option<usize> {
    sound.iter().position(|sample| *sample != 0.0)
}

#[test]
fn score_lines_sound_at_their_frames_and_stop() {
    let mut scene = Scene::new();
    scene.play(480);
    // 1001 frames; the frame of an event sounds a cycle later.
    scene.send(format!("&i 12 {} -1 1000\n", 1001.0 / common::RATE));
    scene.settle();
    let sound = scene.play(9600);
    // The first sample of a sine is 0.
    assert_eq!(first_sound(&sound), Some(1001 + KSMPS + 1));
    let heard = pitch(&sound[1100..]);
    assert!((heard - 1000.0).abs() < 0.1, "{heard} Hz");
    scene.send("$i -12 0 0");
    scene.settle();
    assert_eq!(peak(&scene.play(4800)[2 * KSMPS..]), 0.0);

    // Several lines, a name, a comment, one instance beside another.
    scene.send("$i \"level\" 0 -1 0.25 ; one\n\n; nothing\ni 11.5 0 -1 0.125\ni 11.25 0 -1 0.0625\n");
    scene.settle();
    assert_eq!(scene.play(480)[479], 0.4375);
    scene.send(format!("&i -11.5 {} 0", 160.0 / common::RATE));
    scene.settle();
    let sound = scene.play(480);
    assert_eq!((sound[160], sound[160 + 2 * KSMPS]), (0.4375, 0.3125));
    scene.send("&i \"-level\" 0 0\ni -11 0 0");
    scene.settle();
    assert_eq!(scene.play(480)[479], 0.0);
    assert!(scene.bench.control.status().problems.is_empty());
}

#[test]
fn channels_are_written_and_read() {
    let mut scene = Scene::new();
    scene.send("@level 0.75\n");
    scene.send("&i 10 0 1");
    scene.settle();
    assert_eq!(scene.play(480)[479], 0.75);
    scene.send(":@level");
    scene.play_until_asked();
    assert_eq!(scene.answer(), "level::0.75\n");
    // As Csound does it: to an address, with a zero at the end.
    let other = peer();
    scene.send(format!(":@level 127.0.0.1 {}", other.local_addr().unwrap().port()));
    scene.play_until_asked();
    assert_eq!(receive(&other), "level::0.75\0");
}

#[test]
fn texts_reach_p_fields_and_channels() {
    let mut scene = Scene::new();
    scene.send("&i 13 0 .01 \"a b c\"");
    scene.settle();
    assert_eq!(scene.play(480)[479], 5.0 / 16.0);
    scene.play(480);
    scene.send("%name two words\n");
    scene.send("&i 14 0 .01");
    scene.settle();
    assert_eq!(scene.play(480)[479], 9.0 / 16.0);
    scene.send(":%name");
    scene.play_until_asked();
    assert_eq!(scene.answer(), "name::two words\n");
}

impl Scene {
    /// Plays until the question is with the audio thread and has been answered.
    fn play_until_asked(&mut self) {
        self.settle();
        self.play(480);
    }
}

#[test]
fn the_engines_time_is_told() {
    let mut scene = Scene::new();
    scene.play(4800);
    scene.send(":time");
    assert_eq!(scene.answer(), "time::0.1\n");
    scene.play(2400);
    let other = peer();
    scene.send(format!(":time localhost {}", other.local_addr().unwrap().port()));
    assert_eq!(receive(&other), "time::0.15\0");
}

#[test]
fn what_is_refused_is_answered_and_noted_and_nothing_of_it_sounds() {
    let mut scene = Scene::new();
    for (packet, why) in [
        ("&e 0 0", "the performance is the host's to end"),
        ("&i 11 0 1 0.5\nf 1 0 16 10 1", "makes no table"),
        ("&i 99 0 1", "there is no instrument 99"),
        ("&i \"nobody\" 0 1", "there is no instrument nobody"),
        ("&i 11 -1 1", "-1 is no time"),
        ("&i 11 0 [1+1]", "[1+1] is neither"),
        ("@nowhere 1", "there is no channel nowhere"),
        (":@nowhere", "there is no channel nowhere"),
        (":@level 192.0.2.1 9000", "nothing is sent to 192.0.2.1"),
        ("%nowhere kick.wav", "there is no channel nowhere"),
        ("%level kick.wav", "the channel level is of another kind"),
        ("/csound/event\0\0\0,s\0\0", "OSC is not taken"),
        ("\u{1}\u{2}", "this is no text"),
    ] {
        let answer = scene.refused(packet);
        assert!(answer.contains(why), "{packet}: {answer}");
        assert!(answer.contains("\n    -> "), "a remedy: {answer}");
    }
    assert!(scene.is_noted("control port: there is no instrument 99"));
    assert_eq!(peak(&scene.play(4800)), 0.0);
    // However much is refused, there is room for what goes wrong in the engine.
    for number in 100..130 {
        scene.refused(format!("&i {number} 0 1"));
    }
    assert_eq!(scene.bench.control.status().problems.len(), 10);
}

#[test]
fn code_in_several_packets_is_one_and_is_answered_once() {
    let scene = Scene::new();
    scene.send("{ gka init 1\ngkb in");
    scene.send("it 1\n");
    scene.send("@level 1");
    let answer = scene.refused("}");
    assert!(answer.contains("orchestra code") && answer.contains("gka init 1"), "{answer}");
    scene.settle();
}

#[test]
fn a_full_queue_is_told_to_the_sender() {
    let mut scene = Scene::new();
    let lines: String = (0..=COMMANDS_MAX).map(|_| "i 11 0 1 0\n").collect();
    assert!(scene.refused(format!("&{lines}")).contains("1024 commands wait already"));
    scene.play(480);
    scene.send("@level 1");
    scene.settle();
}

#[test]
fn a_question_that_nobody_answers_is_told_to_the_sender() {
    let scene = Scene::new();
    assert!(scene.refused(":@level").contains("the host does not process"));
    assert!(scene.is_noted("the host does not process"));
}

#[test]
fn without_an_engine_everything_is_refused() {
    let mut scene = Scene::new();
    scene.bench.player.release();
    for packet in ["&i 11 0 1", "@level 1", ":time", ":@level"] {
        assert!(scene.refused(packet).contains("nothing plays"), "{packet}");
    }
}

#[test]
fn another_document_is_played_through_the_same_port() {
    let mut scene = Scene::new();
    let ticket = scene.bench.control.edit(LEVELS.replace("instr 11", "instr 21"));
    assert!(!scene.bench.control.wait_for(ticket).failed);
    scene.play(4800);
    assert!(scene.refused("&i 11 0 1 0.5").contains("no instrument 11"));
    scene.send("&i 21 0 1 0.5");
    scene.settle();
    assert_eq!(scene.play(480)[479], 0.5);
}

#[test]
fn a_port_that_is_dropped_is_free_and_its_thread_is_gone() {
    for _ in 0..20 {
        let Scene { bench, port, peer: _ } = Scene::new();
        let number = port.number();
        drop(port);
        assert_eq!(Arc::strong_count(&bench.control), 1, "its thread has let go");
        // A process that another test is starting has every open socket until it runs its own program.
        let again = (0..10_000).find_map(|_| {
            let opened = ControlPort::open(Arc::clone(&bench.control), number);
            opened.inspect_err(|_| std::thread::sleep(Duration::from_millis(1))).ok()
        });
        let again = again.expect("the port is free");
        assert_eq!((again.number(), again.is_open()), (number, true));
    }
}

#[test]
fn it_closes_when_it_is_told_to_and_the_instance_plays_on() {
    let mut scene = Scene::new();
    scene.send("&i 11 0 -1 0.5");
    scene.send("!!close!!");
    // Its thread closes it when it has read the packet.
    let is_closed = (0..10_000).any(|_| {
        std::thread::sleep(Duration::from_millis(1));
        !scene.port.is_open() && Arc::strong_count(&scene.bench.control) == 1
    });
    assert!(is_closed);
    assert_eq!(scene.play(480)[479], 0.5);
    let console = scene.bench.control.status().console;
    let said =
        |what: &str| console.contains(&format!("control port 127.0.0.1:{} is {what}", scene.port.number()));
    assert!(said("open") && said("closed"), "{console:?}");
}

#[test]
fn a_port_in_use_is_an_error_and_the_next_one_can_be_taken() {
    let scene = Scene::new();
    let number = scene.port.number();
    let refused = ControlPort::open(Arc::clone(&scene.bench.control), number);
    assert!(matches!(&refused, Err(PortError::InUse(taken)) if *taken == number), "{refused:?}");
    let next = ControlPort::open_from(&scene.bench.control, number).unwrap();
    assert!(next.number() > number && next.number() < number + PORTS_TRIED, "{next:?}");
    // At the end of the numbers there are fewer to try.
    let last = peer_at(u16::MAX);
    let refused = ControlPort::open_from(&scene.bench.control, u16::MAX);
    let is_told = matches!(&refused, Err(PortError::AllInUse { first: u16::MAX, last: u16::MAX }));
    assert!(is_told || last.is_none(), "{refused:?}");
}

/// A socket at this port, unless somebody has it: then it is in use all the same.
fn peer_at(port: u16) -> Option<UdpSocket> {
    UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).ok()
}

#[test]
fn it_listens_at_one_address_of_this_machine_alone() {
    let scene = Scene::new();
    // All of 127.0.0.0/8 is this machine: what listens everywhere would hear it here, too.
    let elsewhere = SocketAddr::from(([127, 0, 0, 2], scene.port.number()));
    let peer = peer();
    peer.send_to(b":document", elsewhere).unwrap();
    peer.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    assert!(peer.recv(&mut [0; 64]).is_err());
    scene.settle();
}

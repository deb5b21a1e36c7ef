//! Seam: the control port of the built plugins, as a user switches it on. Each story runs in a process of its own,
//! because the switch is the process's environment.

use std::env;
use std::fs;
use std::net::{Ipv4Addr, UdpSocket};
use std::process::Command;
use std::time::Duration;

use ksmps_harness::bounce::Plan;
use ksmps_harness::bundle::{self, Kind};
use ksmps_harness::host::Format;
use ksmps_harness::instance::Instance;
use ksmps_harness::script::Script;
use serde_json::Value;

const VARIABLE: &str = "KSMPS_PORT";
/// Set in the processes in which the stories run.
const CHILD: &str = "KSMPS_TEST_CHILD";
const DOCUMENT: &str = ";@about \"Levels\"\nksmps = 16\nnchnls = 2\n0dbfs = 1\n;@notes off\n\
    instr 11\n asig init p4\n outs asig, asig\nendin\n";

/// Whether this is the process of a story; else one is run with the variable, or without.
fn is_child(story: &str, value: Option<&str>) -> bool {
    if env::var_os(CHILD).is_some() {
        return true;
    }
    let mut child = Command::new(env::current_exe().expect("this program"));
    child.args(["--exact", story, "--nocapture"]).env(CHILD, "1").env_remove(VARIABLE);
    let output = child.envs(value.map(|value| (VARIABLE, value))).output().expect("it starts");
    let told = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && told.contains("1 passed"), "{told}");
    false
}

fn playing(format: Format) -> (Instance, Value) {
    let library = bundle::library(format).unwrap_or_else(|error| panic!("{error}"));
    let mut instance = Instance::open(format, &library, Kind::Instrument.name()).expect("it opens");
    instance.load(DOCUMENT, None).expect("the document goes in");
    instance.activate(48_000.0, 512).expect("it activates");
    let report = report(&mut instance);
    assert_eq!(report["plays"], true, "{report:#}");
    (instance, report)
}

fn report(instance: &mut Instance) -> Value {
    instance.state().expect("it saves").report().expect("it says how it is")
}

/// The last sample of a tenth of a second.
fn level(instance: &mut Instance) -> f32 {
    let sound = instance.play(&Plan::new(Script::new(), 4800)).expect("it plays");
    sound.channels[0][4799]
}

fn free_port() -> String {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    socket.local_addr().expect("its number").port().to_string()
}

#[test]
fn each_instance_is_played_at_its_port_and_gives_it_back() {
    if !is_child("each_instance_is_played_at_its_port_and_gives_it_back", Some(&free_port())) {
        return;
    }
    let peer = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a socket");
    peer.set_read_timeout(Some(Duration::from_secs(10))).expect("it takes a time-out");
    let mut instances: Vec<_> = Format::BUNDLES.into_iter().map(playing).collect();
    let ports: Vec<u16> =
        instances.iter().map(|(_, report)| report["control_port"].as_u64().expect("a port") as u16).collect();
    assert!(ports[0] < ports[1], "{ports:?}");
    for (index, &port) in ports.iter().enumerate() {
        peer.send_to(b"&i 11 0 -1 0.5\n", (Ipv4Addr::LOCALHOST, port)).expect("it is sent");
        peer.send_to(b":document", (Ipv4Addr::LOCALHOST, port)).expect("it is sent");
        let mut answer = [0; 64];
        let length = peer.recv(&mut answer).expect("an answer");
        assert_eq!(&answer[..length], b"document::Levels\n");
        let levels: Vec<f32> = instances.iter_mut().map(|(instance, _)| level(instance)).collect();
        let expected: Vec<f32> = (0..2).map(|other| if other <= index { 0.5 } else { 0.0 }).collect();
        assert_eq!(levels, expected, "instance {index} and those before it sound");
    }
    let console = report(&mut instances[0].0)["console"].to_string();
    assert!(console.contains(&format!("control port 127.0.0.1:{} is open", ports[0])), "{console}");
    drop(instances);
    for port in ports {
        UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).expect("the port is free again");
    }
}

#[test]
fn without_the_variable_there_is_no_socket_and_no_thread() {
    if !is_child("without_the_variable_there_is_no_socket_and_no_thread", None) {
        return;
    }
    let sockets = || {
        let files = fs::read_dir("/proc/self/fd").expect("Linux says what is open").flatten();
        let targets = files.filter_map(|file| fs::read_link(file.path()).ok());
        targets.filter(|target| target.to_string_lossy().starts_with("socket:")).count()
    };
    let before = sockets();
    let instances: Vec<_> = Format::BUNDLES.into_iter().map(playing).collect();
    assert!(instances.iter().all(|(_, report)| report["control_port"].is_null()));
    assert_eq!(sockets(), before);
    let threads = fs::read_dir("/proc/self/task").expect("Linux says which threads there are").flatten();
    let names: Vec<String> =
        threads.filter_map(|thread| fs::read_to_string(thread.path().join("comm")).ok()).collect();
    let of = |name: &str| names.iter().filter(|known| known.starts_with(name)).count();
    assert_eq!((of("ksmps builder"), of("ksmps control")), (2, 0), "{names:?}");
}

#[test]
fn a_value_that_is_no_port_is_told_and_the_plugin_plays() {
    if !is_child("a_value_that_is_no_port_is_told_and_the_plugin_plays", Some("yes")) {
        return;
    }
    let (_instance, report) = playing(Format::Clap);
    let told = report["control_port_refused"].as_str().unwrap_or_default();
    assert!(report["control_port"].is_null() && told.contains("KSMPS_PORT=yes is no port"), "{report:#}");
}

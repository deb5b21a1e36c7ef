//! What is printed.

use std::net::UdpSocket;
use std::sync::mpsc::channel;
use std::time::Duration;

use ksmps_csound::host::Csound;

use super::{peak, playing};

const ERROR: i32 = 0x1000;

pub fn messages_are_kept() {
    let mut csound = Csound::create().expect("Csound is installed");
    assert_eq!(called!(csound.message_count()), 0, "nobody keeps them");
    called!(csound.create_message_buffer(false));
    called!(csound.message("one\n"));
    called!(csound.message_with_attribute(ERROR, "two %s\n"));
    csound.message("three\0four\n");
    assert_eq!(csound.message_count(), 3);
    assert_eq!(called!(csound.first_message()).as_deref(), Some("one\n"));
    assert_eq!(called!(csound.first_message_attribute()), Some(0));
    assert_eq!(called!(csound.pop_first_message()).map(|message| message.text), Some("one\n".to_owned()));
    assert_eq!(csound.first_message().as_deref(), Some("two %s\n"), "a text is not a format");
    assert_eq!(csound.first_message_attribute(), Some(ERROR));
    csound.pop_first_message();
    assert_eq!(csound.first_message().as_deref(), Some("three"), "a NUL ends it");
    called!(csound.destroy_message_buffer());
    assert_eq!((csound.message_count(), csound.first_message()), (0, None));

    // Or a closure, also over a reset.
    let (told, heard) = channel();
    csound.set_message_callback(move |message| told.send(message.clone()).unwrap());
    let mut csound = csound.reset().expect("another instance can be made");
    csound.message("five\n");
    let texts: String = heard.try_iter().map(|message| message.text).collect();
    assert!(texts.ends_with("five\n"), "{texts}");

    called!(csound.set_message_level(7));
    assert_eq!(called!(csound.message_level()), 7);
    // A buffer that prints too.
    csound.create_message_buffer(true);
    csound.message("this line is printed by a test\n");
    assert_eq!(csound.message_count(), 1);
}

pub fn messages_go_over_udp() {
    let console = UdpSocket::bind("127.0.0.1:0").expect("there is a port");
    console.set_read_timeout(Some(Duration::from_secs(10))).expect("it can be set");
    let port = console.local_addr().expect("it has one").port();
    let mut csound = playing("0dbfs = 1\ninstr 1\n out(a(p4))\nendin\n", "f 0 360000\n");
    called!(csound.udp_console("127.0.0.1", port, false)).expect("it can be set up");
    csound.message("over the net");
    let mut bytes = [0; 4096];
    let count = console.recv(&mut bytes).expect("it comes");
    assert!(String::from_utf8_lossy(&bytes[..count]).starts_with("over the net"));
    called!(csound.stop_udp_console());
    csound.create_message_buffer(false);
    csound.message("at home\n");
    assert_eq!(csound.first_message().as_deref(), Some("at home\n"));

    assert_eq!(called!(csound.udp_server_status()), None);
    let free =
        UdpSocket::bind("127.0.0.1:0").expect("there is a port").local_addr().expect("it has one").port();
    called!(csound.udp_server_start(free)).expect("it can listen");
    assert_eq!(csound.udp_server_status(), Some(free));
    assert!(csound.udp_server_start(free).is_err(), "it listens already");
    let sender = UdpSocket::bind("127.0.0.1:0").expect("there is a port");
    // The thread that listens needs a moment; what is sent again begins a note again.
    for _ in 0..500 {
        sender.send_to(b"&i 1 0 10 0.5\n", ("127.0.0.1", free)).expect("it is sent");
        std::thread::sleep(Duration::from_millis(10));
        csound.perform_ksmps();
        if peak(&csound) > 0.0 {
            break;
        }
    }
    assert!(peak(&csound) >= 0.5, "a note came");
    called!(csound.udp_server_close()).expect("it listens");
    assert_eq!(csound.udp_server_status(), None);
    assert!(csound.udp_server_close().is_err(), "it does not listen any more");
}

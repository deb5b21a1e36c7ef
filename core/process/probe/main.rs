//! An engine that makes no sound, for the tests of this crate: it doubles its input, and does to itself what a document
//! might.

#![expect(unsafe_code, reason = "it crashes on purpose")]

use std::net::UdpSocket;
use std::path::PathBuf;
use std::time::Duration;

use ksmps_process::inside::{self, Inherited};
use ksmps_process::sandbox::{self, Limits, Places};
use ksmps_process::scheduling;
use ksmps_process_probe::{Ask, BUILD, Found, Reply};

#[path = "asked.rs"]
mod ksmps_process_probe;

fn main() {
    let found = look_around();
    let Ok(inherited) = Inherited::take(BUILD) else { std::process::exit(3) };
    if inherited.leave_word_on_death(describe).is_err() {
        std::process::exit(4);
    }
    let mut audio_thread = None;
    while let Ok(Some(ask)) = inherited.next_message::<Ask>() {
        let reply = match ask {
            Ask::LookAround => Reply::Found(found.clone()),
            Ask::Restrict { read, scratch, needs } => {
                let places = Places { read: &read, scratch: &scratch };
                let limits = Limits { file_bytes: 1 << 20, ..Limits::default() };
                let missing = sandbox::restrict(&places, &limits, needs).expect("limits and file rules");
                audio_thread.get_or_insert_with(|| start_audio(&inherited));
                Reply::Missing([missing, sandbox::restrict_calls(needs).expect("a filter")].concat())
            }
            Ask::Play => {
                let thread = audio_thread.get_or_insert_with(|| start_audio(&inherited));
                Reply::Plays { thread: *thread }
            }
            Ask::Attempt(attempt) => Reply::Attempted(attempt_it(&attempt)),
            Ask::Die(how) => die(&how),
        };
        if inherited.socket().send(&reply).is_err() {
            break;
        }
    }
}

/// What is said of this process's death.
fn describe(place: &mut [u8]) -> usize {
    place[..7].copy_from_slice(b"a probe");
    7
}

/// What a new process should have nothing of.
fn look_around() -> Found {
    let mut files: Vec<i32> = std::fs::read_dir("/proc/self/fd")
        .expect("/proc")
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|file| {
            std::fs::read_link(format!("/proc/self/fd/{file}")).is_ok_and(|to| !to.starts_with("/proc"))
        })
        .collect();
    files.sort_unstable();
    let status = std::fs::read_to_string("/proc/self/status").expect("/proc");
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|value| u64::from_str_radix(value.trim(), 16).ok()).expect("a field of signals")
    };
    Found {
        files,
        blocked_signals: field("SigBlk:"),
        ignored_signals: field("SigIgn:"),
        policy: scheduling::Policy::of_this_thread(),
        environment: std::env::vars().collect(),
        folder: std::env::current_dir().expect("a folder"),
    }
}

/// Starts the thread that plays; its number.
fn start_audio(inherited: &Inherited) -> i32 {
    let mut end = inherited.engine_end();
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        inside::signal_stack_for_this_thread().expect("a stack for signals");
        tell.send(scheduling::this_thread()).expect("somebody who waits");
        while let Some(mut request) = end.wait() {
            let orders = request.play::<32, _>(2, |messages, inputs, outputs| {
                for (output, input) in outputs.iter_mut().zip(inputs) {
                    output.iter_mut().zip(*input).for_each(|(out, sample)| *out = sample * 2.0);
                }
                postcard::from_bytes::<String>(messages).ok()
            });
            match orders {
                Some(how) => die(&how),
                None => request.answer(b"played"),
            }
        }
    });
    told.recv().expect("the thread")
}

fn die(how: &str) -> ! {
    if how != "hang" {
        inside::print(&[b'.'; 3000]);
        inside::print(format!("\nit dies by {how}\n").as_bytes());
    }
    // SAFETY: each of these is meant to end the process.
    unsafe {
        match how {
            "segmentation fault" => std::ptr::without_provenance_mut::<u8>(8).write_volatile(1),
            "abort" => libc::abort(),
            "status" => libc::exit(7),
            "stack" => drop(std::hint::black_box(overflow(1))),
            "forbidden call" => drop(libc::syscall(libc::SYS_ptrace, 0, 0, 0, 0)),
            _ => {}
        }
    }
    loop {
        std::hint::spin_loop();
    }
}

#[expect(unconditional_recursion, reason = "it overflows the stack on purpose")]
fn overflow(depth: u64) -> [u64; 64] {
    let deeper = overflow(std::hint::black_box(depth + 1));
    std::hint::black_box([deeper[0] + depth; 64])
}

/// What a hostile document might try: `None` where it was refused.
fn attempt_it(attempt: &str) -> Option<String> {
    let (what, of) = attempt.split_once(' ').unwrap_or((attempt, ""));
    let path = PathBuf::from(of);
    match what {
        "read" => std::fs::read_to_string(path).ok(),
        "list" => std::fs::read_dir(path).ok().map(|entries| entries.count().to_string()),
        "write" => std::fs::write(path, "hello").ok().map(|()| String::new()),
        "fill" => {
            let written = std::fs::write(&path, vec![0; 8 << 20]).is_ok();
            written.then(String::new).or_else(|| Some(std::fs::metadata(path).ok()?.len().to_string()))
        }
        "link" => std::os::unix::fs::symlink("/etc/passwd", path).ok().map(|()| String::new()),
        "remove" => std::fs::remove_file(path).ok().map(|()| String::new()),
        "program" => {
            std::process::Command::new(path).output().ok().map(|output| format!("{:?}", output.status))
        }
        "fork" => {
            // SAFETY: the copy ends at once.
            let child = unsafe { libc::fork() };
            if child == 0 {
                // SAFETY: it ends the copy.
                unsafe { libc::_exit(0) };
            }
            (child > 0).then(String::new)
        }
        "thread" => std::thread::Builder::new().spawn(|| {}).ok().map(|_| String::new()),
        "socket" => UdpSocket::bind("127.0.0.1:0").ok().map(|_| String::new()),
        "noted" => sandbox::take_refused_sockets().then(String::new),
        "kill" => {
            // SAFETY: signal 0 asks whether there could be one.
            (unsafe { libc::kill(of.parse().ok()?, 0) } == 0).then(String::new)
        }
        "memory" => {
            let mut memory: Vec<u8> = Vec::new();
            memory.try_reserve_exact(of.parse().ok()?).ok().map(|()| String::new())
        }
        "wait" => {
            std::thread::sleep(Duration::from_millis(of.parse().ok()?));
            Some(String::new())
        }
        _ => None,
    }
}

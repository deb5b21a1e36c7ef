//! Real-time priority from rtkit, the service that grants it to desktop programs, over the system's D-Bus.

use std::time::Duration;

use dbus::blocking::Connection;
use dbus::blocking::stdintf::org_freedesktop_dbus::Properties;
use rustix::process::{Pid, Resource, Rlimit};

const NAME: &str = "org.freedesktop.RealtimeKit1";
const PATH: &str = "/org/freedesktop/RealtimeKit1";
/// How long one answer is waited for.
const PATIENCE: Duration = Duration::from_millis(500);

/// Makes a thread of another process of this user real time, with this priority or the highest that rtkit grants. The
/// process is limited to the time without waiting that rtkit asks for: a thread that computes longer ends it. `[control]`
///
/// # Errors
/// What is missing, or what it said.
pub(super) fn make_real_time(process: i32, thread: i32, priority: u8) -> Result<(), String> {
    let bus = Connection::new_system().map_err(|error| error.to_string())?;
    ask(&bus, process, thread, priority)
}

fn ask(bus: &Connection, process: i32, thread: i32, priority: u8) -> Result<(), String> {
    let said = |error: dbus::Error| error.to_string();
    let rtkit = bus.with_proxy(NAME, PATH, PATIENCE);
    let highest: i32 = rtkit.get(NAME, "MaxRealtimePriority").map_err(said)?;
    let time_us: i64 = rtkit.get(NAME, "RTTimeUSecMax").map_err(said)?;
    let limit = u64::try_from(time_us).ok();
    let limit = Rlimit { current: limit, maximum: limit };
    rustix::process::prlimit(Pid::from_raw(process), Resource::Rttime, limit)
        .map_err(|error| format!("the process could not be limited in time: {error}"))?;
    let priority = u32::from(priority).min(u32::try_from(highest).unwrap_or(0)).max(1);
    let wanted: (u64, u64, u32) = (process.unsigned_abs().into(), thread.unsigned_abs().into(), priority);
    rtkit.method_call(NAME, "MakeThreadRealtimeWithPID", wanted).map_err(said)
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader};
    use std::process::{Child, Command, Stdio};
    use std::sync::mpsc::{Receiver, channel};

    use dbus::Message;
    use dbus::arg::Variant;
    use dbus::channel::{Channel, MatchingReceiver, Sender};
    use dbus::message::MatchRule;

    use super::*;

    /// A bus of our own; `None` on machines without D-Bus.
    struct Bus {
        daemon: Child,
        address: String,
    }

    impl Bus {
        fn start() -> Option<Self> {
            let mut daemon = Command::new("dbus-daemon")
                .args(["--session", "--nofork", "--print-address"])
                .stdout(Stdio::piped())
                .spawn()
                .ok()?;
            let mut address = String::new();
            let output = daemon.stdout.take().expect("its output");
            BufReader::new(output).read_line(&mut address).expect("an address");
            Some(Self { daemon, address: address.trim().to_owned() })
        }

        fn connect(&self) -> Connection {
            let mut channel = Channel::open_private(&self.address).expect("the bus");
            channel.register().expect("a name on the bus");
            Connection::from(channel)
        }

        /// A service that has rtkit's name, and what it is asked for. It grants 20 at most, and 200 ms.
        fn serve(&self) -> Receiver<(u64, u64, u32)> {
            let service = self.connect();
            service.request_name(NAME, false, true, false).expect("the service's name");
            let (tell, asked) = channel();
            let answer = move |message: Message, bus: &Connection| {
                let reply = message.method_return();
                let reply = match message.get2::<&str, &str>() {
                    (_, Some("MaxRealtimePriority")) => reply.append1(Variant(20_i32)),
                    (_, Some("RTTimeUSecMax")) => reply.append1(Variant(200_000_i64)),
                    _ => {
                        let wanted = message.read3::<u64, u64, u32>().expect("three numbers");
                        // The test may have failed already.
                        let _ = tell.send(wanted);
                        reply
                    }
                };
                bus.send(reply).is_ok()
            };
            service.start_receive(MatchRule::new_method_call(), Box::new(answer));
            std::thread::spawn(move || while service.process(PATIENCE).is_ok() {});
            asked
        }
    }

    impl Drop for Bus {
        fn drop(&mut self) {
            self.daemon.kill().and_then(|()| self.daemon.wait()).expect("the end of the bus");
        }
    }

    #[test]
    fn it_is_asked_for_what_it_grants_and_the_process_is_limited_before() {
        let Some(bus) = Bus::start() else { return };
        let asked = bus.serve();
        let mut process = Command::new("sleep").arg("60").spawn().expect("a process");
        let number = process.id().cast_signed();
        for (wanted, granted) in [(7, 7), (80, 20)] {
            ask(&bus.connect(), number, 12, wanted).expect("a grant");
            assert_eq!(asked.recv_timeout(20 * PATIENCE), Ok((u64::from(process.id()), 12, granted)));
        }
        let limits = std::fs::read_to_string(format!("/proc/{number}/limits")).expect("its limits");
        let line = limits.lines().find(|line| line.starts_with("Max realtime timeout")).expect("a limit");
        assert_eq!(line.split_whitespace().filter(|word| *word == "200000").count(), 2, "{line}");
        process.kill().and_then(|()| process.wait()).expect("its end");
        assert!(ask(&bus.connect(), i32::MAX, 12, 7).expect_err("no such process").contains("limited"));
    }

    #[test]
    fn a_bus_without_it_says_so() {
        let Some(bus) = Bus::start() else { return };
        let error = ask(&bus.connect(), 1, 1, 7).expect_err("nobody is there");
        assert!(error.contains(NAME), "{error}");
    }
}

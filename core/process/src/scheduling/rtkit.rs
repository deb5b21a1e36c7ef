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
    let said = |error: dbus::Error| error.to_string();
    let bus = Connection::new_system().map_err(said)?;
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

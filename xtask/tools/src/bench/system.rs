//! What the system knows of processes: memory and time. Only Linux is asked; others give nothing.

use std::fs;

/// The largest memory that this process has had, in bytes; `None` where the system does not say.
pub fn peak_memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    bytes(&status, "VmHWM:")
}

/// A size that Linux says of a process.
fn bytes(status: &str, name: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    let kilobytes: u64 = line.trim().trim_end_matches("kB").trim_end().parse().ok()?;
    Some(kilobytes * 1024)
}

/// The memory that this process has now, in bytes; `None` where the system does not say.
pub fn memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    bytes(&status, "VmRSS:")
}

/// CPU seconds, user and system, of this process so far, in steps of 10 ms; `None` where the system does not say.
pub fn seconds() -> Option<f64> {
    two_times(14)
}

/// CPU seconds, user and system, of all children of this process that have ended and were waited for, in steps of
/// 10 ms; `None` where the system does not say.
pub fn children_seconds() -> Option<f64> {
    two_times(16)
}

/// The sum of two neighbouring fields of times in Linux's line about this process; the first is field 1.
fn two_times(field: usize) -> Option<f64> {
    /// Linux tells user programs times in hundredths on every machine.
    const TICKS_PER_SECOND: f64 = 100.0;
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // The program's name may have blanks and brackets in it; the third field follows its last bracket.
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(field - 3);
    let mut ticks = || fields.next()?.parse::<f64>().ok();
    Some((ticks()? + ticks()?) / TICKS_PER_SECOND)
}

//! How long an engine of another process may take for what it does.

use std::time::Duration;

/// Names the limit of one build, in seconds.
const BUILD_VARIABLE: &str = "KSMPS_BUILD_SECONDS";
/// Names the processor time for which a build may go in circles, in milliseconds.
const LOOP_VARIABLE: &str = "KSMPS_LOOP_MS";
/// Names the limit of one block of an offline render, in seconds.
const OFFLINE_VARIABLE: &str = "KSMPS_OFFLINE_SECONDS";

/// How long a build may take altogether: what gets on is not disturbed before.
pub(super) fn build() -> Duration {
    Duration::from_secs(number(BUILD_VARIABLE).unwrap_or(20))
}

/// Processor time for which a build may go in circles: see `progress`.
pub(super) fn loops() -> Duration {
    Duration::from_millis(number(LOOP_VARIABLE).unwrap_or(1500))
}

/// How long an offline render waits for one block.
pub(super) fn offline_block() -> Duration {
    Duration::from_secs(number(OFFLINE_VARIABLE).unwrap_or(30))
}

/// What the user has set; at least 1.
fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok().filter(|number| *number > 0)
}

//! The engine's audio thread gets what the host's has, or the status says that it does not.

use ksmps_process::scheduling;

use ksmps_data::diagnostic::Diagnostic;

use super::handle::Handle;

const REMEDY: &str = "allow this user real-time priority (the audio group and `rtprio` in the system's limits, or rtkit), or \
    have the blocks of this instance pipelined";

/// Gives the engine's audio thread the policy of the host's, as soon as that is known; what is to be said where the system
/// does not grant it. `[control]`
pub(super) fn follow_host(engine: &Handle) -> Option<Diagnostic> {
    let policy = engine.take_host_policy().filter(|policy| policy.is_real_time())?;
    match scheduling::grant(policy, engine.process.id(), engine.thread) {
        Ok(()) => {
            engine.set_real_time();
            None
        }
        Err(refused) => {
            let text = format!(
                "the engine plays without real-time priority, which the host's audio thread has ({policy}); whatever else \
                runs can make its blocks late: {refused}"
            );
            Some(Diagnostic::warning(None, text).with_remedy(REMEDY))
        }
    }
}

//! An exchange without work: a block goes to another thread of this process and comes back.

use std::sync::Arc;
use std::sync::mpsc::channel;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use ksmps_process::exchange::{EngineEnd, HostEnd, Limits, Patience, Request};
use ksmps_process::memory::SharedMemory;
use ksmps_process::scheduling::{Policy, this_thread};
use ksmps_process::wake::Futex;

use super::super::failed;
use crate::error::Error;

/// Bytes of a message after which the thread ends.
const END: &[u8] = b"end";

/// Both ends; the other one is a thread's.
pub struct Bare {
    host: HostEnd,
    thread: Option<JoinHandle<()>>,
}

impl Bare {
    /// A thread that answers, with the policy of this one.
    pub fn start() -> Result<Self, Error> {
        let memory = Arc::new(SharedMemory::create(Limits::USUAL.words()).map_err(failed)?);
        let mut engine = EngineEnd::new(Arc::clone(&memory), Limits::USUAL, Futex);
        let (tell, number) = channel();
        let answer = move || {
            // The other side may be gone already.
            let _ = tell.send(this_thread());
            while let Some(request) = engine.wait() {
                let is_end = request.messages() == END;
                Request::answer(request, b"");
                if is_end {
                    return;
                }
            }
        };
        let thread = std::thread::spawn(answer);
        let policy = Policy::of_this_thread();
        if policy.is_real_time() {
            policy.give_to(number.recv().map_err(failed)?).map_err(failed)?;
        }
        Ok(Self { host: HostEnd::new(memory, Limits::USUAL, Futex), thread: Some(thread) })
    }

    /// A block there and back; how long that took.
    pub fn block(&mut self, frames: usize) -> Duration {
        let started = Instant::now();
        self.exchange(frames, b"");
        started.elapsed()
    }

    fn exchange(&mut self, frames: usize, message: &[u8]) {
        let input = [0.0; 512];
        self.host.hand_over(&[&input, &input], 0, frames, message);
        self.host.wait(Patience { at_most: Some(Duration::from_secs(1)), awake: Duration::ZERO });
        self.host.take(2, |_, samples| {
            std::hint::black_box(samples.sum::<f32>());
        });
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        self.exchange(0, END);
        if let Some(thread) = self.thread.take() {
            // It does not panic.
            drop(thread.join());
        }
    }
}

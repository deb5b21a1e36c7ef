//! The run loop that hosts on Linux lend their plugins: an occasion on the host's own thread, a few times a second.
//!
//! Other systems' hosts have none, and not every host on Linux gives it with its context. Then calls of the host have to
//! do ([`super::link`]).

use std::sync::{Arc, Weak};

use vst3::Steinberg::FUnknown;
use vst3::Steinberg::Linux::{IRunLoop, IRunLoopTrait, ITimerHandler, ITimerHandlerTrait};
use vst3::Steinberg::kResultOk;
use vst3::{Class, ComPtr, ComRef, ComWrapper};

use super::link::Vst3Link;

/// How often the host is to call.
const INTERVAL_MS: u64 = 100;

/// A timer of the host's, for as long as this is kept.
pub(super) struct Timer {
    run_loop: ComPtr<IRunLoop>,
    handler: ComPtr<ITimerHandler>,
}

impl Timer {
    /// A timer by which `link` gets to speak to the host; `None` where the host's context gives no run loop. `[control]`
    ///
    /// # Safety
    /// `context` is null or the host's, on the host's own thread.
    pub unsafe fn start(context: *mut FUnknown, link: &Arc<Vst3Link>) -> Option<Self> {
        // SAFETY: The caller answers for the context.
        let run_loop = unsafe { ComRef::from_raw(context) }?.cast::<IRunLoop>()?;
        let handler =
            ComWrapper::new(Handler { link: Arc::downgrade(link) }).to_com_ptr::<ITimerHandler>()?;
        // SAFETY: The handler is counted; the host takes it off its list in `drop`.
        let result = unsafe { run_loop.registerTimer(handler.as_ptr(), INTERVAL_MS) };
        (result == kResultOk).then_some(Self { run_loop, handler })
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        // SAFETY: Both are counted for as long as we hold them.
        unsafe { self.run_loop.unregisterTimer(self.handler.as_ptr()) };
    }
}

struct Handler {
    link: Weak<Vst3Link>,
}

impl Class for Handler {
    type Interfaces = (ITimerHandler,);
}

impl ITimerHandlerTrait for Handler {
    unsafe fn onTimer(&self) {
        if let Some(link) = self.link.upgrade() {
            link.tell();
            link.show_written();
        }
    }
}

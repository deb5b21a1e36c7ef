//! The run loop that hosts on Linux lend their plugins: an occasion on the host's own thread, a few times a second.
//!
//! Other systems' hosts have none, and not every host on Linux gives it with its context. Then calls of the host have to
//! do ([`super::link`]).

use vst3::Steinberg::FUnknown;
use vst3::Steinberg::Linux::{IRunLoop, IRunLoopTrait, ITimerHandler, ITimerHandlerTrait};
use vst3::Steinberg::kResultOk;
use vst3::{Class, ComPtr, ComRef, ComWrapper};

use crate::guard::guarded;

/// How often the host is to call while no editor is open.
pub(super) const INTERVAL_MS: u64 = 100;
/// How often the host is to call while one is.
pub(super) const FRAME_INTERVAL_MS: u64 = 30;

/// A timer of the host's, for as long as this is kept.
pub(super) struct Timer {
    run_loop: ComPtr<IRunLoop>,
    handler: ComPtr<ITimerHandler>,
}

impl Timer {
    /// A timer by which the host calls `call`, on its own thread; `None` where the host's context, or what else `context`
    /// is, gives no run loop. `[control]`
    ///
    /// # Safety
    /// `context` is null or the host's, on the host's own thread.
    pub unsafe fn start(context: *mut FUnknown, interval_ms: u64, call: impl Fn() + 'static) -> Option<Self> {
        // SAFETY: The caller answers for the context.
        let run_loop = unsafe { ComRef::from_raw(context) }?.cast::<IRunLoop>()?;
        let handler = ComWrapper::new(Handler(Box::new(call))).to_com_ptr::<ITimerHandler>()?;
        // SAFETY: The handler is counted; the host takes it off its list in `drop`.
        let result = unsafe { run_loop.registerTimer(handler.as_ptr(), interval_ms) };
        (result == kResultOk).then_some(Self { run_loop, handler })
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        // SAFETY: Both are counted for as long as we hold them.
        unsafe { self.run_loop.unregisterTimer(self.handler.as_ptr()) };
    }
}

struct Handler(Box<dyn Fn()>);

impl Class for Handler {
    type Interfaces = (ITimerHandler,);
}

impl ITimerHandlerTrait for Handler {
    unsafe fn onTimer(&self) {
        guarded((), || {
            (self.0)();
        })
    }
}

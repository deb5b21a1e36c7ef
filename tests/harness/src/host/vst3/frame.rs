//! The host's side of an editor: the frame that it is shown in, with the run loop that hosts on Linux lend.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::{Duration, Instant};

use vst3::Steinberg::Linux::{
    FileDescriptor, IEventHandler, IRunLoop, IRunLoopTrait, ITimerHandler, ITimerHandlerTrait, TimerInterval,
};
use vst3::Steinberg::{
    IPlugFrame, IPlugFrameTrait, IPlugView, IPlugViewTrait, ViewRect, kInvalidArgument, kNotImplemented,
    kResultOk, tresult,
};
use vst3::{Class, ComPtr, ComRef, ComWrapper};

use crate::host::Counters;

/// A frame, as the host keeps it.
pub(super) enum Frame {
    /// With a run loop.
    Full(ComWrapper<RunLoopFrame>),
    /// Without one.
    Bare(ComWrapper<BareFrame>),
}

impl Frame {
    /// A frame for one editor.
    pub fn new(counters: Arc<Counters>, has_run_loop: bool) -> Self {
        let bare = BareFrame { counters };
        match has_run_loop {
            true => Self::Full(ComWrapper::new(RunLoopFrame { bare, timers: RefCell::default() })),
            false => Self::Bare(ComWrapper::new(bare)),
        }
    }

    /// As the plugin gets it.
    pub fn pointer(&self) -> ComPtr<IPlugFrame> {
        // PANIC: both classes name this interface.
        match self {
            Self::Full(frame) => frame.to_com_ptr().unwrap(),
            Self::Bare(frame) => frame.to_com_ptr().unwrap(),
        }
    }

    /// Calls the timers that are due.
    pub fn idle(&self) {
        let Self::Full(frame) = self else { return };
        let now = Instant::now();
        // Copies, because a timer may take itself off the list.
        let due: Vec<ComPtr<ITimerHandler>> = frame
            .timers
            .borrow_mut()
            .iter_mut()
            .filter(|timer| timer.next <= now)
            .map(|timer| {
                timer.next = now + timer.interval;
                timer.handler.clone()
            })
            .collect();
        for handler in due {
            // SAFETY: the handler is counted.
            unsafe { handler.onTimer() };
        }
    }

    /// How many timers the plugin has left running.
    pub fn timers(&self) -> usize {
        match self {
            Self::Full(frame) => frame.timers.borrow().len(),
            Self::Bare(_) => 0,
        }
    }
}

struct Timer {
    handler: ComPtr<ITimerHandler>,
    interval: Duration,
    next: Instant,
}

/// A frame without a run loop.
pub(super) struct BareFrame {
    counters: Arc<Counters>,
}

/// A frame with one.
pub(super) struct RunLoopFrame {
    bare: BareFrame,
    timers: RefCell<Vec<Timer>>,
}

impl Class for BareFrame {
    type Interfaces = (IPlugFrame,);
}

impl Class for RunLoopFrame {
    type Interfaces = (IPlugFrame, IRunLoop);
}

impl IPlugFrameTrait for BareFrame {
    unsafe fn resizeView(&self, view: *mut IPlugView, size: *mut ViewRect) -> tresult {
        // SAFETY: the plugin gives its own view and a record.
        unsafe {
            let (Some(view), Some(rect)) = (ComRef::from_raw(view), size.as_ref()) else {
                return kInvalidArgument;
            };
            let size = ((rect.right - rect.left) as u32, (rect.bottom - rect.top) as u32);
            Counters::keep(&self.counters.resizes, size);
            view.onSize(size_of_view(rect))
        }
    }
}

/// The interface takes what it only reads as something to write to.
fn size_of_view(rect: &ViewRect) -> *mut ViewRect {
    std::ptr::from_ref(rect).cast_mut()
}

impl IPlugFrameTrait for RunLoopFrame {
    unsafe fn resizeView(&self, view: *mut IPlugView, size: *mut ViewRect) -> tresult {
        // SAFETY: as above.
        unsafe { self.bare.resizeView(view, size) }
    }
}

impl IRunLoopTrait for RunLoopFrame {
    unsafe fn registerEventHandler(&self, _: *mut IEventHandler, _: FileDescriptor) -> tresult {
        kNotImplemented
    }

    unsafe fn unregisterEventHandler(&self, _: *mut IEventHandler) -> tresult {
        kNotImplemented
    }

    unsafe fn registerTimer(&self, handler: *mut ITimerHandler, milliseconds: TimerInterval) -> tresult {
        // SAFETY: a handler that is not null is one.
        let Some(handler) = (unsafe { ComRef::from_raw(handler) }) else { return kInvalidArgument };
        let interval = Duration::from_millis(milliseconds);
        let next = Instant::now() + interval;
        self.timers.borrow_mut().push(Timer { handler: handler.to_com_ptr(), interval, next });
        kResultOk
    }

    unsafe fn unregisterTimer(&self, handler: *mut ITimerHandler) -> tresult {
        self.timers.borrow_mut().retain(|timer| timer.handler.as_ptr() != handler);
        kResultOk
    }
}

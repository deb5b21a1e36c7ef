//! VST3's view: the editor's window, embedded in the host's with X11.
//!
//! What is to be done on the host's thread is done by a timer of the run loop that hosts on Linux give with their frame.
//! A host without one still shows the editor, which has a thread of its own; it does not hear of a size that the user
//! chooses inside.

use std::cell::RefCell;
use std::ffi::{CStr, c_void};
use std::num::NonZeroU32;
use std::rc::{Rc, Weak};
use std::sync::Arc;

use ksmps_window::{Host, Parent, Pixels};
use vst3::Steinberg::{
    FIDString, IPlugFrame, IPlugFrameTrait, IPlugView, IPlugViewContentScaleSupport,
    IPlugViewContentScaleSupport_::ScaleFactor, IPlugViewContentScaleSupportTrait, IPlugViewTrait, TBool,
    ViewRect, char16, int16, kInternalError, kInvalidArgument, kPlatformTypeX11EmbedWindowID, kResultFalse,
    kResultOk, kResultTrue, tresult,
};
use vst3::{Class, ComPtr, ComRef, ComWrapper};

use super::link::Vst3Link;
use super::run_loop::{FRAME_INTERVAL_MS, Timer};
use crate::editor::View;
use crate::guard::guarded;

/// What a host holds as the editor. It belongs to the host's own thread.
struct PlugView {
    link: Arc<Vst3Link>,
    view: Rc<View>,
    frame: Rc<RefCell<Option<ComPtr<IPlugFrame>>>>,
    /// This object's own interface, without a reference to itself.
    this: RefCell<Option<Rc<Pointer>>>,
    timer: RefCell<Option<Timer>>,
}

/// A view as an interface, for as long as it is there.
struct Pointer(*mut IPlugView);

impl Class for PlugView {
    type Interfaces = (IPlugView, IPlugViewContentScaleSupport);
}

/// A view of the editor for a host; `None` where no window can be opened here. `[control]`
pub(super) fn create(link: &Arc<Vst3Link>) -> Option<ComPtr<IPlugView>> {
    let view = View::new(&link.instance()?)?;
    let wrapper = ComWrapper::new(PlugView {
        link: Arc::clone(link),
        view,
        frame: Rc::default(),
        this: RefCell::default(),
        timer: RefCell::default(),
    });
    let pointer = wrapper.to_com_ptr::<IPlugView>()?;
    *wrapper.this.borrow_mut() = Some(Rc::new(Pointer(pointer.as_ptr())));
    Some(pointer)
}

/// The host, as the window speaks to it.
struct WindowHost {
    frame: Rc<RefCell<Option<ComPtr<IPlugFrame>>>>,
    view: Weak<Pointer>,
}

impl Host for WindowHost {
    fn request_resize(&mut self, pixels: Pixels) -> bool {
        let frame = self.frame.borrow().clone();
        let (Some(frame), Some(view)) = (frame, self.view.upgrade()) else { return false };
        let mut rect = rect(pixels);
        // SAFETY: The frame is counted; the view is there as long as its pointer is.
        unsafe { frame.resizeView(view.0, &mut rect) == kResultOk }
    }

    /// VST3 has no way to say so: the host's window stays, without ours.
    fn closed(&mut self, _failure: Option<String>) {}
}

fn rect(pixels: Pixels) -> ViewRect {
    ViewRect { left: 0, top: 0, right: pixels.width as i32, bottom: pixels.height as i32 }
}

fn pixels(rect: &ViewRect) -> Option<Pixels> {
    let length = |from, to: i32| u32::try_from(to.checked_sub(from)?).ok().filter(|length| *length > 0);
    Some(Pixels { width: length(rect.left, rect.right)?, height: length(rect.top, rect.bottom)? })
}

/// # Safety
/// `platform` is null or a C string.
unsafe fn is_x11(platform: FIDString) -> bool {
    // SAFETY: The caller answers for it; the other is a constant.
    cfg!(target_os = "linux")
        && !platform.is_null()
        && unsafe { CStr::from_ptr(platform) == CStr::from_ptr(kPlatformTypeX11EmbedWindowID) }
}

impl IPlugViewTrait for PlugView {
    unsafe fn isPlatformTypeSupported(&self, platform: FIDString) -> tresult {
        guarded(kInternalError, || {
            // SAFETY: The host gives a C string.
            if unsafe { is_x11(platform) } { kResultTrue } else { kResultFalse }
        })
    }

    unsafe fn attached(&self, parent: *mut c_void, platform: FIDString) -> tresult {
        guarded(kInternalError, || {
            // SAFETY: As above.
            if !unsafe { is_x11(platform) } {
                return kInvalidArgument;
            }
            // X11 numbers its windows with 29 bits.
            let number = u32::try_from(parent.addr()).ok().and_then(NonZeroU32::new);
            let Some(parent) = number.map(Parent) else { return kInvalidArgument };
            let host = WindowHost {
                frame: Rc::clone(&self.frame),
                view: self.this.borrow().as_ref().map_or_else(Weak::new, Rc::downgrade),
            };
            // The timer looks by itself.
            let is_open = self.view.attach(parent, host, || ()) && self.view.show();
            if is_open { kResultOk } else { kResultFalse }
        })
    }

    unsafe fn removed(&self) -> tresult {
        guarded(kInternalError, || {
            self.view.detach();
            kResultOk
        })
    }

    unsafe fn onWheel(&self, _distance: f32) -> tresult {
        guarded(kInternalError, || kResultFalse)
    }

    /// The window gets its keys from the window system, when it wants them.
    unsafe fn onKeyDown(&self, _key: char16, _code: int16, _modifiers: int16) -> tresult {
        guarded(kInternalError, || kResultFalse)
    }

    unsafe fn onKeyUp(&self, _key: char16, _code: int16, _modifiers: int16) -> tresult {
        guarded(kInternalError, || kResultFalse)
    }

    unsafe fn getSize(&self, size: *mut ViewRect) -> tresult {
        guarded(kInternalError, || {
            if size.is_null() {
                return kInvalidArgument;
            }
            // SAFETY: The host gives a place for the record.
            unsafe { size.write(rect(self.view.pixels())) };
            kResultOk
        })
    }

    unsafe fn onSize(&self, size: *mut ViewRect) -> tresult {
        guarded(kInternalError, || {
            // SAFETY: The host gives a record.
            let size = unsafe { size.as_ref() }.and_then(pixels);
            match size.map(|size| self.view.resize(size)) {
                None => kInvalidArgument,
                Some(true) => kResultOk,
                Some(false) => kResultFalse,
            }
        })
    }

    unsafe fn onFocus(&self, _has_focus: TBool) -> tresult {
        guarded(kInternalError, || kResultOk)
    }

    unsafe fn setFrame(&self, frame: *mut IPlugFrame) -> tresult {
        guarded(kInternalError, || {
            // SAFETY: A frame that is not null is one; this is the host's own thread.
            unsafe {
                let frame = ComRef::from_raw(frame).map(|frame| frame.to_com_ptr());
                let (link, view) = (Arc::downgrade(&self.link), Rc::downgrade(&self.view));
                let this = self.this.borrow().as_ref().map_or_else(Weak::new, Rc::downgrade);
                let timer = frame.as_ref().and_then(|frame| {
                    Timer::start(frame.as_ptr().cast(), FRAME_INTERVAL_MS, move || {
                        if let Some(link) = link.upgrade() {
                            link.tell_in_passing();
                            if let Some(this) = this.upgrade() {
                                link.show_wanted_menu(this.0);
                            }
                        }
                        if let Some(view) = view.upgrade() {
                            view.serve();
                        }
                    })
                });
                let timer = self.timer.replace(timer);
                let frame = self.frame.replace(frame);
                // Without the borrows: the host may call back.
                drop((timer, frame));
            }
            kResultOk
        })
    }

    unsafe fn canResize(&self) -> tresult {
        guarded(kInternalError, || kResultTrue)
    }

    unsafe fn checkSizeConstraint(&self, rect: *mut ViewRect) -> tresult {
        guarded(kInternalError, || {
            // SAFETY: The host gives a record that may be changed.
            let Some((rect, wanted)) =
                unsafe { rect.as_mut() }.and_then(|rect| pixels(rect).map(|size| (rect, size)))
            else {
                return kInvalidArgument;
            };
            let Pixels { width, height } = self.view.adjusted(wanted);
            (rect.right, rect.bottom) = (rect.left + width as i32, rect.top + height as i32);
            kResultTrue
        })
    }
}

impl IPlugViewContentScaleSupportTrait for PlugView {
    unsafe fn setContentScaleFactor(&self, factor: ScaleFactor) -> tresult {
        guarded(kInternalError, || {
            if !factor.is_finite() || factor <= 0.0 {
                return kInvalidArgument;
            }
            self.view.set_scale(factor);
            kResultOk
        })
    }
}

impl Drop for PlugView {
    fn drop(&mut self) {
        // A host that has not removed the view loses the window here.
        self.view.detach();
    }
}

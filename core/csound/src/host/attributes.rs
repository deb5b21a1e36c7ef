//! What an instance is, and the host's own data with it.

use std::any::Any;
use std::ffi::c_void;

use super::state::{Csound, State};

impl<S: State> Csound<S> {
    /// The version of Csound: 6181 is 6.18.1. `[any]`
    pub fn version(&self) -> i32 {
        self.instance.api.version
    }

    /// The version of its interface: 400 is 4.0. `[any]`
    pub fn api_version(&self) -> i32 {
        // SAFETY: it takes nothing.
        unsafe { (self.instance.more.api_version)() }
    }

    /// Bytes of a number: 8, since no other Csound is opened. `[any]`
    pub fn size_of_myflt(&self) -> usize {
        size_of::<f64>()
    }

    /// Frames per second. Before the start it may not be final, as the five below. `[any]`
    pub fn sr(&self) -> f64 {
        // SAFETY: live instance.
        unsafe { (self.instance.api.sr)(self.instance.cs()) }
    }

    /// Cycles per second. `[any]`
    pub fn kr(&self) -> f64 {
        // SAFETY: live instance.
        unsafe { (self.instance.more.kr)(self.instance.cs()) }
    }

    /// Frames in a cycle. `[any]`
    pub fn ksmps(&self) -> usize {
        // SAFETY: live instance.
        unsafe { (self.instance.api.ksmps)(self.instance.cs()) as usize }
    }

    /// Output channels. `[any]`
    pub fn nchnls(&self) -> usize {
        // SAFETY: live instance.
        unsafe { (self.instance.api.nchnls)(self.instance.cs()) as usize }
    }

    /// Input channels; as many as output channels where the orchestra does not say. `[any]`
    pub fn nchnls_input(&self) -> usize {
        // SAFETY: live instance.
        unsafe { (self.instance.api.nchnls_input)(self.instance.cs()) as usize }
    }

    /// The amplitude that is full scale. `[any]`
    pub fn zero_dbfs(&self) -> f64 {
        // SAFETY: live instance.
        unsafe { (self.instance.api.zero_dbfs)(self.instance.cs()) }
    }

    /// The pitch of key 69 in hertz. `[any]`
    pub fn a4(&self) -> f64 {
        // SAFETY: live instance.
        unsafe { (self.instance.api.a4)(self.instance.cs()) }
    }

    /// Frames performed since the start. `[any]`
    pub fn current_time_samples(&self) -> u64 {
        // SAFETY: live instance.
        u64::try_from(unsafe { (self.instance.api.current_time_samples)(self.instance.cs()) }).unwrap_or(0)
    }

    /// How many errors notes have had while they played: what the csound command line ends with. `[any]`
    pub fn error_count(&self) -> usize {
        // SAFETY: live instance.
        usize::try_from(unsafe { (self.instance.more.error_count)(self.instance.cs()) }).unwrap_or(0)
    }

    /// Whether Csound prints what helps to find its own faults. `[any]`
    pub fn debug(&self) -> bool {
        // SAFETY: live instance.
        unsafe { (self.instance.more.debug)(self.instance.cs()) != 0 }
    }

    /// Has Csound print what helps to find its own faults. `[control]`
    pub fn set_debug(&mut self, is_debugged: bool) {
        // SAFETY: live instance owned by this thread.
        unsafe { (self.instance.more.set_debug)(self.instance.cs(), is_debugged.into()) };
    }

    /// The C pointer of the instance, for code that knows other functions of Csound. What that code does with it is not
    /// held back by anything here; the pointer is valid until the next reset. `[any]`
    pub fn as_ptr(&self) -> *mut c_void {
        self.instance.cs().cast()
    }

    /// Keeps a value of the host's with the instance, and gives the one that was kept before. `[any]`
    pub fn set_host_data(&mut self, data: impl Any + Send) -> Option<Box<dyn Any + Send>> {
        self.instance.data.replace(Box::new(data))
    }

    /// The value of the host's; `None` where there is none of this type. `[any]`
    pub fn host_data<T: Any>(&self) -> Option<&T> {
        self.instance.data.as_ref()?.downcast_ref()
    }

    /// As [`Csound::host_data`], to change it. `[any]`
    pub fn host_data_mut<T: Any>(&mut self) -> Option<&mut T> {
        self.instance.data.as_mut()?.downcast_mut()
    }
}

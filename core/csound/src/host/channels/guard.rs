//! The place of a channel's value, under its lock.

use std::ffi::{CStr, c_int};
use std::marker::PhantomData;
use std::ptr::NonNull;

use super::{ChannelFailure, channel_name};
use crate::host::state::{Csound, State};
use crate::raw::structures::Text;
use crate::raw::{CSOUND_AUDIO_CHANNEL, CSOUND_CONTROL_CHANNEL, CSOUND_STRING_CHANNEL, HostFunctions};
use crate::running::ChannelKind;

impl<S: State> Csound<S> {
    /// A channel's value in its place, locked against Csound's own threads (`-j`, `--realtime`) until the guard is
    /// dropped. It must not be held for long: Csound's threads wait for it busily. `[audio]`
    ///
    /// # Errors
    /// [`ChannelFailure::Missing`]; no channel is made.
    pub fn lock_channel(&mut self, name: &str) -> Result<ChannelGuard<'_>, ChannelFailure> {
        let kind = self.channel_kind(name).ok_or(ChannelFailure::Missing)?;
        let name = channel_name(name)?;
        let bits = match kind {
            ChannelKind::Control => CSOUND_CONTROL_CHANNEL,
            ChannelKind::Audio => CSOUND_AUDIO_CHANNEL,
            ChannelKind::Text => CSOUND_STRING_CHANNEL,
            ChannelKind::Other => return Err(ChannelFailure::Kind(kind)),
        };
        let place = self.instance.channel_place(&name, bits)?;
        let more = self.instance.more;
        // SAFETY: live instance owned by this thread; the channel and its lock live as long as it does.
        let lock = unsafe { (more.channel_lock)(self.instance.cs(), name.as_ptr()) };
        let lock = NonNull::new(lock).ok_or(ChannelFailure::Missing)?;
        // SAFETY: one of Csound's locks.
        unsafe { (more.spin_lock)(lock.as_ptr()) };
        Ok(ChannelGuard { more, lock, place, kind, ksmps: self.ksmps(), channel: PhantomData })
    }
}

/// A channel's value, locked.
pub struct ChannelGuard<'a> {
    more: &'static HostFunctions,
    lock: NonNull<c_int>,
    place: NonNull<f64>,
    kind: ChannelKind,
    ksmps: usize,
    channel: PhantomData<&'a mut f64>,
}

impl ChannelGuard<'_> {
    /// The number of a control channel. `[audio]`
    pub fn control(&mut self) -> Option<&mut f64> {
        if self.kind != ChannelKind::Control {
            return None;
        }
        // SAFETY: a control channel's value is a number, which nobody else uses while the lock is held.
        Some(unsafe { self.place.as_mut() })
    }

    /// The cycle of an audio channel. `[audio]`
    pub fn audio(&mut self) -> Option<&mut [f64]> {
        if self.kind != ChannelKind::Audio {
            return None;
        }
        // SAFETY: an audio channel has a cycle of samples, which nobody else uses while the lock is held.
        Some(unsafe { std::slice::from_raw_parts_mut(self.place.as_ptr(), self.ksmps) })
    }

    /// The text of a text channel. `[audio]`
    pub fn text(&self) -> Option<&CStr> {
        if self.kind != ChannelKind::Text {
            return None;
        }
        // SAFETY: a text channel's value is a STRINGDAT, whose data is null or a C string that nobody else changes while
        // the lock is held.
        unsafe {
            let data = self.place.cast::<Text>().as_ref().data;
            Some(if data.is_null() { c"" } else { CStr::from_ptr(data) })
        }
    }
}

impl Drop for ChannelGuard<'_> {
    fn drop(&mut self) {
        // SAFETY: locked by this guard.
        unsafe { (self.more.spin_unlock)(self.lock.as_ptr()) };
    }
}

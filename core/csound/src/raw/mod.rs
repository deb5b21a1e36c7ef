//! What the two C libraries are to this program: functions that are found when the library is opened, and the layouts
//! of what they take and give. Nothing here calls anything, and nothing outside this folder declares a C function of
//! theirs.

mod csound;
mod sndfile;

pub(super) use csound::{EvalFn, Functions, Identity, Internals, MessageFn, OpcodeFn, PlainFn, TextFn};
pub(super) use csound_sys::{
    CSOUND, CSOUND_AUDIO_CHANNEL, CSOUND_CHANNEL_TYPE_MASK, CSOUND_CONTROL_CHANNEL, CSOUND_INPUT_CHANNEL,
    CSOUND_OUTPUT_CHANNEL, CSOUND_STRING_CHANNEL, controlChannelInfo_t,
};
pub(super) use sndfile::{SoundFunctions, SoundInfo};

/// Declares a table of functions: a field for each, with the name it has in the library and its C type.
macro_rules! functions {
    ($(#[$about:meta])* $table:ident { $($field:ident = $symbol:literal : $type:ty;)* }) => {
        $(#[$about])*
        #[derive(Clone, Copy)]
        pub(in super::super) struct $table {
            $(pub $field: $type,)*
        }

        impl $table {
            /// Finds every function in a library; the error is the name of the first that is missing.
            ///
            /// # Safety
            /// The library's functions of these names have these types, and the library stays open as long as the table
            /// is used.
            pub unsafe fn find(library: &libloading::Library) -> Result<Self, &'static str> {
                $(
                    // SAFETY: the caller says so.
                    let $field = unsafe { library.get::<$type>(concat!($symbol, "\0").as_bytes()) };
                )*
                Ok(Self { $($field: *$field.map_err(|_| $symbol)?,)* })
            }
        }
    };
}
use functions;

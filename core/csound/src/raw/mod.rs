//! What Csound's library is to this program: functions that are found when it is opened, and the layouts of what they
//! take and give. Nothing here calls anything, and nothing outside this folder declares a C function of Csound's.

mod csound;
pub(crate) mod structures;

pub(super) use csound::{
    DebugInstance, Debugger, EvalFn, Functions, Identity, Internals, MessageFn, OpcodeFn, PlainFn, TextFn,
};
pub(super) use csound_sys::{
    CSOUND, CSOUND_AUDIO_CHANNEL, CSOUND_CHANNEL_TYPE_MASK, CSOUND_CONTROL_CHANNEL, CSOUND_INPUT_CHANNEL,
    CSOUND_OUTPUT_CHANNEL, CSOUND_STRING_CHANNEL, controlChannelInfo_t, opcodeListEntry,
};

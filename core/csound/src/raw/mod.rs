//! What Csound's library is to this program: functions that are found when it is opened, and the layouts of what they
//! take and give. Nothing here calls anything, and nothing outside this folder declares a C function of Csound's.

mod csound;
mod host;
pub(crate) mod structures;

pub(super) use csound::{
    ArgumentsFn, DebugInstance, Debugger, EvalFn, Functions, Identity, Internals, MessageFn, NothingFn,
    OpcodeFn, ParseFn, PlainFn, TextFn, TreeFn, UtilityFn,
};
pub(super) use csound_sys::{
    CSOUND, CSOUND_AUDIO_CHANNEL, CSOUND_CHANNEL_TYPE_MASK, CSOUND_CONTROL_CHANNEL, CSOUND_INPUT_CHANNEL,
    CSOUND_OUTPUT_CHANNEL, CSOUND_PARAMS, CSOUND_PVS_CHANNEL, CSOUND_STRING_CHANNEL, CsoundRandMTState,
    PVSDATEXT, controlChannelHints_t, controlChannelInfo_t, csRtAudioParams, opcodeListEntry,
};
pub(super) use host::HostFunctions;

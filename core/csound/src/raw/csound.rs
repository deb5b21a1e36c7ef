//! Csound's functions, version 6 of its interface: `csound.h` of 6.18.
//!
//! The types are csound-sys's; its declarations of functions are not used, because they would have to be linked.
//! `.cargo/config.toml` keeps its build script from asking for that.

use std::ffi::{c_char, c_int, c_long, c_void};

use csound_sys::{
    CSOUND, controlChannelInfo_t, csound_channel_callback, csound_ext_midi_close_callback,
    csound_ext_midi_open_callback, csound_ext_midi_read_data_callback, csound_ext_midi_write_data_callback,
    csound_message_callback, opcodeListEntry,
};

use ksmps_library::functions;

/// An init or performance function of an opcode.
pub(crate) type OpcodeFn = unsafe extern "C" fn(*mut CSOUND, *mut c_void) -> c_int;
/// What takes messages as they are formatted; the last argument is a `va_list`, which is only passed through.
type DefaultMessageFn = unsafe extern "C" fn(*mut CSOUND, c_int, *const c_char, *mut c_void);
/// What is called once a cycle, before realtime events are inserted.
type SenseEventFn = extern "C" fn(*mut CSOUND, *mut c_void);
/// A call with the instance alone, and one with a text: the calls that the frame in guard.c makes.
pub(crate) type PlainFn = unsafe extern "C" fn(*mut CSOUND) -> c_int;
pub(crate) type TextFn = unsafe extern "C" fn(*mut CSOUND, *const c_char) -> c_int;
pub(crate) type EvalFn = unsafe extern "C" fn(*mut CSOUND, *const c_char) -> f64;
pub(crate) type MessageFn = unsafe extern "C" fn(*mut CSOUND, *const c_char);
pub(crate) type NothingFn = unsafe extern "C" fn(*mut CSOUND);
pub(crate) type ArgumentsFn = unsafe extern "C" fn(*mut CSOUND, c_int, *mut *const c_char) -> c_int;
pub(crate) type UtilityFn =
    unsafe extern "C" fn(*mut CSOUND, *const c_char, c_int, *mut *mut c_char) -> c_int;
pub(crate) type ParseFn = unsafe extern "C" fn(*mut CSOUND, *const c_char) -> *mut c_void;
pub(crate) type TreeFn = unsafe extern "C" fn(*mut CSOUND, *mut c_void) -> c_int;

functions! {
    /// What a library says of itself; the same in every version.
    Identity {
        version = "csoundGetVersion": unsafe extern "C" fn() -> c_int;
        size_of_myflt = "csoundGetSizeOfMYFLT": unsafe extern "C" fn() -> c_int;
    }
}

functions! {
    /// Csound's documented functions.
    Functions {
        initialize = "csoundInitialize": unsafe extern "C" fn(c_int) -> c_int;
        create = "csoundCreate": unsafe extern "C" fn(*mut c_void) -> *mut CSOUND;
        destroy = "csoundDestroy": unsafe extern "C" fn(*mut CSOUND);
        host_data = "csoundGetHostData": unsafe extern "C" fn(*mut CSOUND) -> *mut c_void;

        set_option = "csoundSetOption": TextFn;
        compile_orc = "csoundCompileOrc": TextFn;
        eval_code = "csoundEvalCode": EvalFn;
        read_score = "csoundReadScore": TextFn;
        start = "csoundStart": PlainFn;
        perform_ksmps = "csoundPerformKsmps": PlainFn;
        perform_buffer = "csoundPerformBuffer": PlainFn;
        input_message = "csoundInputMessage": MessageFn;

        sr = "csoundGetSr": unsafe extern "C" fn(*mut CSOUND) -> f64;
        ksmps = "csoundGetKsmps": unsafe extern "C" fn(*mut CSOUND) -> u32;
        nchnls = "csoundGetNchnls": unsafe extern "C" fn(*mut CSOUND) -> u32;
        nchnls_input = "csoundGetNchnlsInput": unsafe extern "C" fn(*mut CSOUND) -> u32;
        zero_dbfs = "csoundGet0dBFS": unsafe extern "C" fn(*mut CSOUND) -> f64;
        a4 = "csoundGetA4": unsafe extern "C" fn(*mut CSOUND) -> f64;
        current_time_samples = "csoundGetCurrentTimeSamples": unsafe extern "C" fn(*mut CSOUND) -> i64;
        spin = "csoundGetSpin": unsafe extern "C" fn(*mut CSOUND) -> *mut f64;
        spout = "csoundGetSpout": unsafe extern "C" fn(*mut CSOUND) -> *mut f64;

        message = "csoundMessage": unsafe extern "C" fn(*mut CSOUND, *const c_char, ...);
        set_message_level = "csoundSetMessageLevel": unsafe extern "C" fn(*mut CSOUND, c_int);
        set_default_message_callback = "csoundSetDefaultMessageCallback":
            unsafe extern "C" fn(DefaultMessageFn);
        set_message_string_callback = "csoundSetMessageStringCallback":
            unsafe extern "C" fn(*mut CSOUND, csound_message_callback);

        set_host_implemented_audio = "csoundSetHostImplementedAudioIO":
            unsafe extern "C" fn(*mut CSOUND, c_int, c_int);
        set_host_implemented_midi = "csoundSetHostImplementedMIDIIO": unsafe extern "C" fn(*mut CSOUND, c_int);
        set_midi_in_open = "csoundSetExternalMidiInOpenCallback":
            unsafe extern "C" fn(*mut CSOUND, csound_ext_midi_open_callback);
        set_midi_read = "csoundSetExternalMidiReadCallback":
            unsafe extern "C" fn(*mut CSOUND, csound_ext_midi_read_data_callback);
        set_midi_in_close = "csoundSetExternalMidiInCloseCallback":
            unsafe extern "C" fn(*mut CSOUND, csound_ext_midi_close_callback);
        set_midi_out_open = "csoundSetExternalMidiOutOpenCallback":
            unsafe extern "C" fn(*mut CSOUND, csound_ext_midi_open_callback);
        set_midi_write = "csoundSetExternalMidiWriteCallback":
            unsafe extern "C" fn(*mut CSOUND, csound_ext_midi_write_data_callback);
        set_midi_out_close = "csoundSetExternalMidiOutCloseCallback":
            unsafe extern "C" fn(*mut CSOUND, csound_ext_midi_close_callback);
        set_input_channel_callback = "csoundSetInputChannelCallback":
            unsafe extern "C" fn(*mut CSOUND, Option<csound_channel_callback>);
        set_output_channel_callback = "csoundSetOutputChannelCallback":
            unsafe extern "C" fn(*mut CSOUND, Option<csound_channel_callback>);
        register_sense_event_callback = "csoundRegisterSenseEventCallback":
            unsafe extern "C" fn(*mut CSOUND, Option<SenseEventFn>, *mut c_void) -> c_int;

        list_channels = "csoundListChannels":
            unsafe extern "C" fn(*mut CSOUND, *mut *mut controlChannelInfo_t) -> c_int;
        delete_channel_list = "csoundDeleteChannelList":
            unsafe extern "C" fn(*mut CSOUND, *mut controlChannelInfo_t);
        channel_ptr = "csoundGetChannelPtr":
            unsafe extern "C" fn(*mut CSOUND, *mut *mut f64, *const c_char, c_int) -> c_int;
        channel_datasize = "csoundGetChannelDatasize": unsafe extern "C" fn(*mut CSOUND, *const c_char) -> c_int;
        string_channel = "csoundGetStringChannel":
            unsafe extern "C" fn(*mut CSOUND, *const c_char, *mut c_char);
        set_string_channel = "csoundSetStringChannel":
            unsafe extern "C" fn(*mut CSOUND, *const c_char, *mut c_char);

        env = "csoundGetEnv": unsafe extern "C" fn(*mut CSOUND, *const c_char) -> *const c_char;
        score_event = "csoundScoreEvent":
            unsafe extern "C" fn(*mut CSOUND, c_char, *const f64, c_long) -> c_int;
        kill_instance = "csoundKillInstance":
            unsafe extern "C" fn(*mut CSOUND, f64, *const c_char, c_int, c_int) -> c_int;
        table = "csoundGetTable": unsafe extern "C" fn(*mut CSOUND, *mut *mut f64, c_int) -> c_int;
        table_args = "csoundGetTableArgs": unsafe extern "C" fn(*mut CSOUND, *mut *mut f64, c_int) -> c_int;
        set_opcode_folder = "csoundSetOpcodedir": unsafe extern "C" fn(*const c_char);
        new_opcode_list = "csoundNewOpcodeList":
            unsafe extern "C" fn(*mut CSOUND, *mut *mut opcodeListEntry) -> c_int;
        dispose_opcode_list = "csoundDisposeOpcodeList":
            unsafe extern "C" fn(*mut CSOUND, *mut opcodeListEntry);
        append_opcode = "csoundAppendOpcode":
            unsafe extern "C" fn(
                *mut CSOUND,
                *const c_char,
                c_int,
                c_int,
                c_int,
                *const c_char,
                *const c_char,
                Option<OpcodeFn>,
                Option<OpcodeFn>,
                Option<OpcodeFn>,
            ) -> c_int;
    }
}

functions! {
    /// Functions that the library exports beside its documented ones. A build without them plays; what needs the layout
    /// of its structures is then refused.
    Internals {
        find_opcode_exact = "find_opcode_exact":
            unsafe extern "C" fn(*mut CSOUND, *const c_char, *const c_char, *const c_char) -> *mut c_void;
        hash_table_get = "cs_hash_table_get":
            unsafe extern "C" fn(*mut CSOUND, *mut c_void, *const c_char) -> *mut c_void;
        hash_table_remove = "cs_hash_table_remove": unsafe extern "C" fn(*mut CSOUND, *mut c_void, *const c_char);
    }
}

/// `debug_instr_t`: a sounding instance as the debugger sees it.
#[repr(C)]
pub(crate) struct DebugInstance {
    pub pool_head: *const c_void,
    pub variables: *const c_void,
    pub instance: *const c_void,
    pub pfields: [f64; 3],
    pub cycles: u64,
    pub line: c_int,
    pub next: *mut DebugInstance,
}

/// `debug_variable_t`: a variable of an instance as the debugger sees it.
#[repr(C)]
pub(crate) struct DebugVariable {
    pub name: *const c_char,
    pub type_name: *const c_char,
    /// Null for types that it does not know.
    pub data: *const c_void,
    pub next: *mut DebugVariable,
}

functions! {
    /// The debugger's functions, and another way to a variable: what says that the layout of variables is right. They may be
    /// called between cycles, and without starting the debugger.
    Debugger {
        instances = "csoundDebugGetInstrInstances": unsafe extern "C" fn(*mut CSOUND) -> *mut DebugInstance;
        free_instances = "csoundDebugFreeInstrInstances": unsafe extern "C" fn(*mut CSOUND, *mut DebugInstance);
        variables = "csoundDebugGetVariables":
            unsafe extern "C" fn(*mut CSOUND, *mut DebugInstance) -> *mut DebugVariable;
        free_variables = "csoundDebugFreeVariables": unsafe extern "C" fn(*mut CSOUND, *mut DebugVariable);
        find_variable = "csoundFindVariableWithName":
            unsafe extern "C" fn(*mut CSOUND, *mut c_void, *const c_char) -> *mut c_void;
    }
}

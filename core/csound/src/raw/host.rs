//! Csound's functions that only its host API (`crate::host`) needs. `csound.h` of 6.18 declares all of them; csound-sys
//! lacks some (`csoundMessageS`, the spin locks), and has two with undersized structures (the device lists), which are
//! declared in `structures.rs`.

use std::ffi::{c_char, c_int, c_long, c_uint, c_void};

use csound_sys::{
    CSOUND, CSOUND_PARAMS, CsoundRandMTState, PVSDATEXT, controlChannelHints_t, csRtAudioParams,
    csound_ext_midi_error_callback, csound_file_open_callback,
};

use super::csound::{ArgumentsFn, MessageFn, NothingFn, ParseFn, PlainFn, TextFn, TreeFn, UtilityFn};
use super::structures::{AudioDeviceEntry, Clock, GraphData, MidiDeviceEntry};
use ksmps_library::functions;

type OpenFn = unsafe extern "C" fn(*mut CSOUND, *const csRtAudioParams) -> c_int;
type PlayFn = unsafe extern "C" fn(*mut CSOUND, *const f64, c_int);
type RecordFn = unsafe extern "C" fn(*mut CSOUND, *mut f64, c_int) -> c_int;
type AudioDevicesFn = unsafe extern "C" fn(*mut CSOUND, *mut AudioDeviceEntry, c_int) -> c_int;
type MidiDevicesFn = unsafe extern "C" fn(*mut CSOUND, *mut MidiDeviceEntry, c_int) -> c_int;
type KeyboardFn = unsafe extern "C" fn(*mut c_void, *mut c_void, c_uint) -> c_int;
type MakeGraphFn = unsafe extern "C" fn(*mut CSOUND, *mut GraphData, *const c_char);
type GraphFn = unsafe extern "C" fn(*mut CSOUND, *mut GraphData);
type NameFn = unsafe extern "C" fn(*mut CSOUND) -> *const c_char;
type SetIntFn = unsafe extern "C" fn(*mut CSOUND, c_int);
type NumberFn = unsafe extern "C" fn(*mut CSOUND) -> f64;

functions! {
    /// What the host API alone needs.
    HostFunctions {
        api_version = "csoundGetAPIVersion": unsafe extern "C" fn() -> c_int;
        kr = "csoundGetKr": NumberFn;
        params = "csoundGetParams": unsafe extern "C" fn(*mut CSOUND, *mut CSOUND_PARAMS);
        set_params = "csoundSetParams": unsafe extern "C" fn(*mut CSOUND, *mut CSOUND_PARAMS);
        debug = "csoundGetDebug": PlainFn;
        set_debug = "csoundSetDebug": SetIntFn;

        parse_orc = "csoundParseOrc": ParseFn;
        compile_tree = "csoundCompileTree": TreeFn;
        delete_tree = "csoundDeleteTree": unsafe extern "C" fn(*mut CSOUND, *mut c_void);
        compile_args = "csoundCompileArgs": ArgumentsFn;
        compile = "csoundCompile": ArgumentsFn;
        compile_csd = "csoundCompileCsd": TextFn;
        compile_csd_text = "csoundCompileCsdText": TextFn;
        perform = "csoundPerform": PlainFn;
        cleanup = "csoundCleanup": PlainFn;
        error_count = "csoundErrCnt": PlainFn;

        udp_server_start = "csoundUDPServerStart": unsafe extern "C" fn(*mut CSOUND, c_uint) -> c_int;
        udp_server_status = "csoundUDPServerStatus": PlainFn;
        udp_server_close = "csoundUDPServerClose": PlainFn;
        udp_console = "csoundUDPConsole": unsafe extern "C" fn(*mut CSOUND, *const c_char, c_int, c_int) -> c_int;
        stop_udp_console = "csoundStopUDPConsole": NothingFn;

        output_name = "csoundGetOutputName": NameFn;
        input_name = "csoundGetInputName": NameFn;
        set_output = "csoundSetOutput":
            unsafe extern "C" fn(*mut CSOUND, *const c_char, *const c_char, *const c_char);
        output_format = "csoundGetOutputFormat": unsafe extern "C" fn(*mut CSOUND, *mut c_char, *mut c_char);
        set_file_open_callback = "csoundSetFileOpenCallback":
            unsafe extern "C" fn(*mut CSOUND, Option<csound_file_open_callback>);
        set_rt_audio_module = "csoundSetRTAudioModule": MessageFn;
        module = "csoundGetModule":
            unsafe extern "C" fn(*mut CSOUND, c_int, *mut *mut c_char, *mut *mut c_char) -> c_int;
        input_buffer_size = "csoundGetInputBufferSize": unsafe extern "C" fn(*mut CSOUND) -> c_long;
        output_buffer_size = "csoundGetOutputBufferSize": unsafe extern "C" fn(*mut CSOUND) -> c_long;
        input_buffer = "csoundGetInputBuffer": unsafe extern "C" fn(*mut CSOUND) -> *mut f64;
        output_buffer = "csoundGetOutputBuffer": unsafe extern "C" fn(*mut CSOUND) -> *mut f64;

        audio_devices = "csoundGetAudioDevList": AudioDevicesFn;
        set_play_open = "csoundSetPlayopenCallback": unsafe extern "C" fn(*mut CSOUND, OpenFn);
        set_record_open = "csoundSetRecopenCallback": unsafe extern "C" fn(*mut CSOUND, OpenFn);
        set_rt_play = "csoundSetRtplayCallback": unsafe extern "C" fn(*mut CSOUND, PlayFn);
        set_rt_record = "csoundSetRtrecordCallback": unsafe extern "C" fn(*mut CSOUND, RecordFn);
        set_rt_close = "csoundSetRtcloseCallback": unsafe extern "C" fn(*mut CSOUND, NothingFn);
        set_audio_devices_callback = "csoundSetAudioDeviceListCallback":
            unsafe extern "C" fn(*mut CSOUND, AudioDevicesFn);
        set_midi_module = "csoundSetMIDIModule": MessageFn;
        midi_devices = "csoundGetMIDIDevList": MidiDevicesFn;
        set_midi_devices_callback = "csoundSetMIDIDeviceListCallback":
            unsafe extern "C" fn(*mut CSOUND, MidiDevicesFn);
        set_midi_error_string_callback = "csoundSetExternalMidiErrorStringCallback":
            unsafe extern "C" fn(*mut CSOUND, csound_ext_midi_error_callback);

        score_time = "csoundGetScoreTime": NumberFn;
        is_score_pending = "csoundIsScorePending": PlainFn;
        set_score_pending = "csoundSetScorePending": SetIntFn;
        score_offset = "csoundGetScoreOffsetSeconds": NumberFn;
        set_score_offset = "csoundSetScoreOffsetSeconds": unsafe extern "C" fn(*mut CSOUND, f64);
        rewind_score = "csoundRewindScore": NothingFn;

        message_with_attribute = "csoundMessageS":
            unsafe extern "C" fn(*mut CSOUND, c_int, *const c_char, ...);
        message_level = "csoundGetMessageLevel": PlainFn;

        control_channel = "csoundGetControlChannel":
            unsafe extern "C" fn(*mut CSOUND, *const c_char, *mut c_int) -> f64;
        set_control_channel = "csoundSetControlChannel": unsafe extern "C" fn(*mut CSOUND, *const c_char, f64);
        control_channel_hints = "csoundGetControlChannelHints":
            unsafe extern "C" fn(*mut CSOUND, *const c_char, *mut controlChannelHints_t) -> c_int;
        set_control_channel_hints = "csoundSetControlChannelHints":
            unsafe extern "C" fn(*mut CSOUND, *const c_char, controlChannelHints_t) -> c_int;
        channel_lock = "csoundGetChannelLock": unsafe extern "C" fn(*mut CSOUND, *const c_char) -> *mut c_int;
        spin_lock = "csoundSpinLock": unsafe extern "C" fn(*mut c_int);
        spin_unlock = "csoundSpinUnLock": unsafe extern "C" fn(*mut c_int);
        audio_channel = "csoundGetAudioChannel": unsafe extern "C" fn(*mut CSOUND, *const c_char, *mut f64);
        set_audio_channel = "csoundSetAudioChannel": unsafe extern "C" fn(*mut CSOUND, *const c_char, *mut f64);
        pvs_channel = "csoundGetPvsChannel":
            unsafe extern "C" fn(*mut CSOUND, *mut PVSDATEXT, *const c_char) -> c_int;
        set_pvs_channel = "csoundSetPvsChannel":
            unsafe extern "C" fn(*mut CSOUND, *const PVSDATEXT, *const c_char) -> c_int;

        score_event_absolute = "csoundScoreEventAbsolute":
            unsafe extern "C" fn(*mut CSOUND, c_char, *const f64, c_long, f64) -> c_int;
        key_press = "csoundKeyPress": unsafe extern "C" fn(*mut CSOUND, c_char);
        register_keyboard_callback = "csoundRegisterKeyboardCallback":
            unsafe extern "C" fn(*mut CSOUND, KeyboardFn, *mut c_void, c_uint) -> c_int;
        remove_keyboard_callback = "csoundRemoveKeyboardCallback": unsafe extern "C" fn(*mut CSOUND, KeyboardFn);
        set_yield_callback = "csoundSetYieldCallback": unsafe extern "C" fn(*mut CSOUND, PlainFn);

        is_named_gen = "csoundIsNamedGEN": unsafe extern "C" fn(*mut CSOUND, c_int) -> c_int;
        named_gen = "csoundGetNamedGEN": unsafe extern "C" fn(*mut CSOUND, c_int, *mut c_char, c_int);
        named_gens = "csoundGetNamedGens": unsafe extern "C" fn(*mut CSOUND) -> *mut c_void;

        set_is_graphable = "csoundSetIsGraphable": unsafe extern "C" fn(*mut CSOUND, c_int) -> c_int;
        set_make_graph = "csoundSetMakeGraphCallback": unsafe extern "C" fn(*mut CSOUND, MakeGraphFn);
        set_draw_graph = "csoundSetDrawGraphCallback": unsafe extern "C" fn(*mut CSOUND, GraphFn);
        set_kill_graph = "csoundSetKillGraphCallback": unsafe extern "C" fn(*mut CSOUND, GraphFn);
        set_exit_graph = "csoundSetExitGraphCallback": unsafe extern "C" fn(*mut CSOUND, PlainFn);

        env = "csoundGetEnv": unsafe extern "C" fn(*mut CSOUND, *const c_char) -> *const c_char;
        set_global_env = "csoundSetGlobalEnv": unsafe extern "C" fn(*const c_char, *const c_char) -> c_int;
        set_language = "csoundSetLanguage": unsafe extern "C" fn(c_uint);
        create_global_variable = "csoundCreateGlobalVariable":
            unsafe extern "C" fn(*mut CSOUND, *const c_char, usize) -> c_int;
        query_global_variable = "csoundQueryGlobalVariable":
            unsafe extern "C" fn(*mut CSOUND, *const c_char) -> *mut c_void;
        destroy_global_variable = "csoundDestroyGlobalVariable": TextFn;

        run_utility = "csoundRunUtility": UtilityFn;
        utilities = "csoundListUtilities": unsafe extern "C" fn(*mut CSOUND) -> *mut *mut c_char;
        delete_utility_list = "csoundDeleteUtilityList": unsafe extern "C" fn(*mut CSOUND, *mut *mut c_char);
        utility_description = "csoundGetUtilityDescription":
            unsafe extern "C" fn(*mut CSOUND, *const c_char) -> *const c_char;

        rand31 = "csoundRand31": unsafe extern "C" fn(*mut c_int) -> c_int;
        seed_rand_mt = "csoundSeedRandMT": unsafe extern "C" fn(*mut CsoundRandMTState, *const u32, u32);
        rand_mt = "csoundRandMT": unsafe extern "C" fn(*mut CsoundRandMTState) -> u32;
        random_seed_from_time = "csoundGetRandomSeedFromTime": unsafe extern "C" fn() -> u32;
        init_timer = "csoundInitTimerStruct": unsafe extern "C" fn(*mut Clock);
        real_time = "csoundGetRealTime": unsafe extern "C" fn(*mut Clock) -> f64;
        cpu_time = "csoundGetCPUTime": unsafe extern "C" fn(*mut Clock) -> f64;
    }
}

//! Csound's parameters: what its command line sets, as numbers.

use std::ffi::c_int;

use crate::raw::CSOUND_PARAMS;

macro_rules! params {
    ($($(#[$about:meta])* $field:ident: $type:ty = $raw:ident;)*) => {
        /// What the command line sets. Numbers that override are 0 where nothing is overridden.
        #[derive(Debug, Clone, PartialEq, Default)]
        pub struct Params {
            $($(#[$about])* pub $field: $type,)*
        }

        impl From<&CSOUND_PARAMS> for Params {
            fn from(raw: &CSOUND_PARAMS) -> Self {
                Self { $($field: Field::from_raw(raw.$raw),)* }
            }
        }

        impl From<&Params> for CSOUND_PARAMS {
            fn from(params: &Params) -> Self {
                Self { $($raw: params.$field.to_raw(),)* compute_weights: 0 }
            }
        }
    };
}

/// A field, and how C has it.
trait Field<R> {
    fn from_raw(raw: R) -> Self;
    fn to_raw(&self) -> R;
}

impl Field<c_int> for bool {
    fn from_raw(raw: c_int) -> Self {
        raw != 0
    }
    fn to_raw(&self) -> c_int {
        (*self).into()
    }
}

impl Field<c_int> for i32 {
    fn from_raw(raw: c_int) -> Self {
        raw
    }
    fn to_raw(&self) -> c_int {
        *self
    }
}

impl Field<f64> for f64 {
    fn from_raw(raw: f64) -> Self {
        raw
    }
    fn to_raw(&self) -> f64 {
        *self
    }
}

params! {
    /// Prints what the compiler does (`-v`).
    is_debugged: bool = debug_mode;
    /// Frames of the buffers (`-b`).
    buffer_frames: i32 = buffer_frames;
    /// Frames of the device's buffer (`-B`).
    hardware_buffer_frames: i32 = hardware_buffer_frames;
    /// Graphs are made (`-d` takes them away).
    has_graphs: bool = displays;
    /// Graphs are printed with letters (`-g`).
    has_ascii_graphs: bool = ascii_graphs;
    /// Graphs are written to a PostScript file (`-G`).
    has_postscript_graphs: bool = postscript_graphs;
    /// How much is printed (`-m`).
    message_level: i32 = message_level;
    /// Beats per minute of the score (`-t`); 0 leaves the score's own.
    tempo: i32 = tempo;
    /// Rings the bell at the end (`-N`).
    rings_bell: bool = ring_bell;
    /// The score is reworked before it is played (`-C`).
    uses_cscore: bool = use_cscore;
    /// Ends with the MIDI file (`-T`).
    ends_with_midi: bool = terminate_on_midi;
    /// Prints a sign in each buffer (`-H`).
    heartbeat: i32 = heartbeat;
    /// Tables are read from files when they are first used (`-D`).
    defers_files: bool = defer_gen01_load;
    /// The p-field that gets the key of a MIDI note (`--midi-key`).
    midi_key: i32 = midi_key;
    /// Likewise in hertz.
    midi_key_cps: i32 = midi_key_cps;
    /// Likewise as octave and fraction.
    midi_key_oct: i32 = midi_key_oct;
    /// Likewise as octave and semitone.
    midi_key_pch: i32 = midi_key_pch;
    /// The p-field that gets the velocity of a MIDI note (`--midi-velocity`).
    midi_velocity: i32 = midi_velocity;
    /// Likewise as an amplitude.
    midi_velocity_amp: i32 = midi_velocity_amp;
    /// Files are not looked for beside the document (`--no-default-paths`).
    has_no_default_paths: bool = no_default_paths;
    /// Threads that perform (`-j`).
    threads: i32 = number_of_threads;
    /// Only reads the texts (`--syntax-check-only`).
    only_checks_syntax: bool = syntax_check_only;
    /// Errors have the lines of the .csd rather than of the orchestra (`--csd-line-nums`).
    has_csd_lines: bool = csd_line_counts;
    /// Notes are made by a thread of their own (`--realtime`).
    is_realtime: bool = realtime_mode;
    /// Notes start on their frames (`--sample-accurate`).
    is_sample_accurate: bool = sample_accurate;
    /// Frames per second, whatever the orchestra says (`-r`).
    rate: f64 = sample_rate_override;
    /// Cycles per second, whatever the orchestra says (`-k`).
    control_rate: f64 = control_rate_override;
    /// Output channels, whatever the orchestra says (`--nchnls`).
    outputs: i32 = nchnls_override;
    /// Input channels, whatever the orchestra says (`--nchnls_i`).
    inputs: i32 = nchnls_i_override;
    /// The amplitude that is full scale, whatever the orchestra says (`--0dbfs`).
    zero_dbfs: f64 = e0dbfs_override;
    /// Goes on after the score's end (`--daemon`); above 1 also the port of a UDP server (`--port`).
    daemon: i32 = daemon;
    /// Frames in a cycle, whatever the orchestra says (`--ksmps`).
    ksmps: i32 = ksmps_override;
    /// Which library makes Fourier transforms.
    fft_library: i32 = FFT_library;
}

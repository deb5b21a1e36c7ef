//! Offsets in bytes of the fields, from Csound 6.18.1's sources: 64-bit, little-endian, double samples.
//!
//! Only this folder reads or writes through them, and only with a [`Layout`](super::Layout) in hand; what is only looked at
//! from outside ([`seen`]) is copied, and believed by nobody.

/// Offsets in bytes inside `CSOUND`.
pub(super) mod csound {
    pub const KSMPS: usize = 2680;
    pub const SPOUTACTIVE: usize = 2692;
    /// `engineState.varPool`: the global variables.
    pub const GLOBALS: usize = 2376;
    pub const INSTRTXTP: usize = 2408;
    pub const MAXINSNO: usize = 2640;
    pub const STRSMAX: usize = 12176;
    pub const STRSETS: usize = 12184;
    pub const FRSTOFF: usize = 12128;
    pub const SPIN: usize = 12192;
    pub const SPOUT: usize = 12200;
    pub const SPRAW: usize = 12208;
    pub const OPARMS: usize = 12232;
    /// `m_chnbp`: a `MCHNBLK` for each MIDI channel.
    pub const MIDI_CHANNELS: usize = 12240;
    pub const DBFS_TO_FLOAT: usize = 20528;
    pub const EXITJMP: usize = 20560;
    pub const ACTANCHOR: usize = 20784;
    pub const API_LOCK: usize = 38600;
    /// The options themselves, that `OPARMS` points at.
    pub const OPARMS_: usize = 62816;
    pub const STRARG2INSNO: usize = 376;
    pub const FT_NP2_FIND: usize = 480;
    pub const INIT_ERROR: usize = 768;
    pub const PERF_ERROR: usize = 776;
    pub const GET_TYPE_FOR_ARG: usize = 328;
    pub const AUX_ALLOC: usize = 392;
    pub const MALLOC: usize = 400;
    pub const CALLOC: usize = 408;
    pub const REALLOC: usize = 416;
    pub const REGISTER_DEINIT_CALLBACK: usize = 1496;
    pub const APPEND_OPCODE: usize = 1520;
    pub const APPEND_OPCODES: usize = 1528;
    pub const OPCODES: usize = 2824;
    pub const SYMBTAB: usize = 81560;
    pub const INSERT_SCORE_EVENT_AT_SAMPLE: usize = 1568;
    /// Cycles since the start, as opcodes are told it and as events that wait are compared with it.
    pub const KCOUNTER: usize = 2696;
    pub const GLOBAL_KCOUNTER: usize = 2704;
    /// `icurTime`: frames since the start.
    pub const TIME: usize = 2728;
    /// `OrcTrigEvts`: the events that wait.
    pub const WAITING: usize = 22232;
    /// `freeEvtNodes`: blocks for events to come.
    pub const FREE_EVENT_BLOCKS: usize = 22240;
    /// The sorted score: a `CORFIL`.
    pub const SCSTR: usize = 2872;
    /// Quarter notes since the start by the tempo of `-t`, and how many a cycle has.
    pub const CUR_BEAT: usize = 2760;
    pub const CUR_BEAT_INC: usize = 2768;
    /// `lineventStatics.Linebuf` and `Linep`: the texts of events that wait for the next cycle, and their end.
    pub const TEXTS: usize = 57704;
    pub const TEXTS_END: usize = 41624;
    /// Cycles that an `a` statement skips.
    pub const ADVANCE_COUNT: usize = 22256;
    /// Cycles until the score's next statement.
    pub const CYCLES_REMAINING: usize = 22384;
    /// The score's next statement: an `EVTBLK`.
    pub const STATEMENT: usize = 22392;
}

/// Offsets in bytes inside `CORFIL`, a file in memory.
pub(super) mod corfil {
    pub const BODY: usize = 0;
    /// The place that is read next.
    pub const PLACE: usize = 12;
}

/// Offsets in bytes inside `EVTNODE`, an event that waits.
pub(super) mod evtnode {
    pub const NEXT: usize = 0;
    /// The cycle in which it starts.
    pub const START: usize = 8;
    /// The event: an `EVTBLK`.
    pub const EVENT: usize = 16;
    pub const SIZE: usize = EVENT + super::evtblk::SIZE;
}

/// Offsets in bytes inside `EVTBLK`, one event, and its size.
pub(super) mod evtblk {
    pub const STRING_COUNT: usize = 0;
    pub const STRINGS: usize = 8;
    pub const INSTANCE: usize = 16;
    pub const OPCODE: usize = 24;
    pub const PFIELD_COUNT: usize = 26;
    /// p-field n is at `PFIELDS + 8 n`.
    pub const PFIELDS: usize = 48;
    pub const SIZE: usize = 16056;
}

/// Offsets in bytes inside `INSDS`, one sounding instance.
pub(super) mod insds {
    pub const NXTACT: usize = 32;
    pub const NXTOFF: usize = 48;
    pub const XTRATIM: usize = 72;
    pub const INSNO: usize = 96;
    pub const INSTR: usize = 104;
    pub const RELESING: usize = 116;
    pub const OFFTIM: usize = 128;
    pub const KCOUNTER: usize = 152;
    pub const KSMPS: usize = 160;
    pub const OPCOD_DEACT: usize = 248;
    pub const SUBINS_DEACT: usize = 256;
    pub const KSMPS_OFFSET: usize = 272;
    pub const NO_END: usize = 276;
    pub const KSMPS_NO_END: usize = 280;
    pub const SPOUT: usize = 296;
    pub const INIT_DONE: usize = 304;
    pub const TIEFLAG: usize = 308;
    /// `lclbas`: where its variables lie; null where its instrument has no opcode.
    pub const VARIABLES: usize = 328;
    /// The value of p-field n is at `PFIELDS + 16 n`.
    pub const PFIELDS: usize = 352;
}

/// Offsets in bytes inside `OPARMS`, the options.
pub(super) mod oparms {
    pub const BEAT_MODE: usize = 56;
    pub const SAMPLE_ACCURATE: usize = 240;
    pub const REALTIME: usize = 244;
}

/// Offsets in bytes inside `FUNC`, one table.
pub(super) mod func {
    pub const FLEN: usize = 0;
    pub const CVTBAS: usize = 24;
    pub const CPSCVT: usize = 32;
    pub const LOOPMODE1: usize = 40;
    pub const BEGIN1: usize = 44;
    pub const END1: usize = 48;
    pub const SOUNDEND: usize = 60;
    pub const FLENFRMS: usize = 64;
    pub const NCHANLS: usize = 68;
    pub const FNO: usize = 72;
    pub const SAMPLE_RATE: usize = 16080;
    pub const FTABLE: usize = 17112;
}

/// `INSTRTXT.pmax`: how many p-fields an instrument's instances have room for.
pub(super) const INSTRTXT_PMAX: usize = 88;
/// `INSTRTXT.varPool`: its variables by name.
pub(super) const INSTRTXT_POOL: usize = 104;
/// `INSTRTXT.act_instance`: the first of its instances that are free; each has the next one in `INSDS.nxtact`.
pub(super) const INSTRTXT_FREE: usize = 144;
/// `INSTRTXT.active`: how many of its instances sound.
pub(super) const INSTRTXT_ACTIVE: usize = 160;

/// Offsets in bytes inside the lines of a compiled instrument (`OPTXT`) and what they lead to.
pub(super) mod text {
    pub const NEXT_LINE: usize = 0;
    /// `OPTXT.t.oentry`: the line's opcode.
    pub const ENTRY: usize = 24;
    /// `OENTRY.useropinfo`: an `OPCODINFO`, null where the opcode is not user-defined.
    pub const ENTRY_USER_OPCODE: usize = 56;
    /// `OPCODINFO.instno`.
    pub const USER_OPCODE_NUMBER: usize = 0;
}

/// Offsets in bytes inside `MCHNBLK`, what is known of a MIDI channel.
pub(super) mod midi_channel {
    /// The instrument that its notes start, an `int16`; below 1 where there is none.
    pub const INSTRUMENT: usize = 2;
}

/// `UOPCODE.ip`: the instance a user-defined opcode runs in.
pub(super) const UOPCODE_IP: usize = 48;
/// `UOPCODE.parent_ip`: the instance that calls.
pub(super) const UOPCODE_PARENT: usize = 56;
/// `SUBINST.ip`: the instance `subinstr` runs.
pub(super) const SUBINST_IP: usize = 16040;

/// Offsets in bytes inside `CS_VAR_POOL`, variables by name.
pub(super) mod pool {
    /// Its hash table.
    pub const TABLE: usize = 0;
    pub const HEAD: usize = 8;
    pub const COUNT: usize = 40;
}

/// Offsets in bytes inside `CS_VARIABLE`, a variable's name, type and place.
pub(super) mod variable {
    pub const NAME: usize = 0;
    /// A `CS_TYPE`, which begins with its name.
    pub const TYPE: usize = 8;
    /// Of a local one: its place among its instance's variables, in numbers.
    pub const INDEX: usize = 20;
    pub const NEXT: usize = 32;
    /// Of a global one: a `CS_VAR_MEM`.
    pub const MEMORY: usize = 64;
}

/// The address of a variable's type lies so many bytes before its value.
pub(super) const TYPE_BEFORE_VALUE: usize = 8;

/// What `observe` follows.
pub(crate) mod seen {
    use super::{csound, insds};

    /// `CSOUND.mode`: 1 in init passes, 2 in performance.
    pub const MODE: usize = 81728;
    /// `CSOUND.ids`: the opcode of the init pass.
    pub const INIT_OPCODE: usize = 2368;
    /// `CSOUND.op`: the name of the opcode that was called last.
    pub const CALLED: usize = 81720;
    pub const INSTRUMENTS: usize = csound::INSTRTXTP;
    pub const FIRST_ACTIVE: usize = csound::ACTANCHOR + insds::NXTACT;
    pub const NEXT_ACTIVE: usize = insds::NXTACT;
    /// `INSDS.pds`: the opcode that performs.
    pub const PERFORMED_OPCODE: usize = 200;
    pub const P1: usize = insds::PFIELDS + 16;
    pub const INSTRUMENT: usize = insds::INSTR;
    /// In `OPDS`.
    pub const NEXT_PERFORMED: usize = 8;
    pub const OPCODE_TEXT: usize = 32;
    pub const OPCODE_INSTANCE: usize = 40;
    /// In `OPTXT`.
    pub const TEXT_LINE: usize = 8;
    pub const TEXT_NAME: usize = 32;
    /// `INSTRTXT.opcode_info`, and its name.
    pub const USER_OPCODE: usize = 184;
    pub const USER_OPCODE_NAME: usize = 8;
    /// `INSTRTXT.insname`.
    pub const INSTRUMENT_NAME: usize = 192;
}

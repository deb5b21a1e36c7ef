//! Where things lie inside Csound 6.18's structures, and the proof that they do.
//!
//! Exact note starts, p-fields of sounding notes and the guard need fields that Csound's API does not name.
//! Their places were taken from the 6.18.1 sources and hold for 64-bit little-endian builds with double samples.
//! Nothing here is believed because of a version number alone: [`Layout::detect`] compares what it can see through
//! the offsets with what the API says, and an engine's own self-test (`engine::self_test`) starts a note before
//! anything relies on it. Where the proof fails, exact starts are refused with a message and notes start on cycles.

use csound_sys as sys;

/// Offsets in bytes inside `CSOUND`.
mod csound {
    pub const KSMPS: usize = 2680;
    pub const SPOUTACTIVE: usize = 2692;
    pub const INSTRTXTP: usize = 2408;
    pub const MAXINSNO: usize = 2640;
    pub const STRSMAX: usize = 12176;
    pub const STRSETS: usize = 12184;
    pub const SPIN: usize = 12192;
    pub const SPOUT: usize = 12200;
    pub const SPRAW: usize = 12208;
    pub const DBFS_TO_FLOAT: usize = 20528;
    pub const EXITJMP: usize = 20560;
    pub const ACTANCHOR: usize = 20784;
    pub const API_LOCK: usize = 38600;
    pub const STRARG2INSNO: usize = 376;
    pub const FT_NP2_FIND: usize = 480;
    pub const INIT_ERROR: usize = 768;
    pub const PERF_ERROR: usize = 776;
    pub const GET_TYPE_FOR_ARG: usize = 328;
    pub const AUX_ALLOC: usize = 392;
    pub const CALLOC: usize = 408;
    pub const REALLOC: usize = 416;
    pub const REGISTER_DEINIT_CALLBACK: usize = 1496;
    pub const APPEND_OPCODE: usize = 1520;
    pub const APPEND_OPCODES: usize = 1528;
    pub const OPCODES: usize = 2824;
    pub const SYMBTAB: usize = 81560;
}

/// Offsets in bytes inside `INSDS`, one sounding instance.
mod insds {
    pub const NXTACT: usize = 32;
    pub const INSNO: usize = 96;
    pub const INSTR: usize = 104;
    pub const RELESING: usize = 116;
    pub const KCOUNTER: usize = 152;
    pub const KSMPS: usize = 160;
    pub const OPCOD_DEACT: usize = 248;
    pub const SUBINS_DEACT: usize = 256;
    pub const KSMPS_OFFSET: usize = 272;
    pub const KSMPS_NO_END: usize = 280;
    pub const SPOUT: usize = 296;
    pub const TIEFLAG: usize = 308;
    /// The value of p-field n is at `PFIELDS + 16 n`.
    pub const PFIELDS: usize = 352;
}

/// Offsets in bytes inside `FUNC`, one table.
mod func {
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
const INSTRTXT_PMAX: usize = 88;
/// `UOPCODE.ip`: the instance a user-defined opcode runs in.
const UOPCODE_IP: usize = 48;
/// `SUBINST.ip`: the instance `subinstr` runs.
const SUBINST_IP: usize = 16040;

/// How deep chains of called instances are followed.
const CALLEES_MAX: usize = 256;

/// Proof that the offsets of this module hold for an instance of Csound.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Layout(());

/// Reads a field of type `T` at a byte offset.
///
/// # Safety
/// `base + offset` must point at a live, aligned `T`.
unsafe fn read<T: Copy>(base: *const u8, offset: usize) -> T {
    // SAFETY: the caller says so.
    unsafe { base.add(offset).cast::<T>().read() }
}

/// Writes a field of type `T` at a byte offset.
///
/// # Safety
/// `base + offset` must point at a live, aligned `T` that nobody else is using.
unsafe fn write<T: Copy>(base: *mut u8, offset: usize, value: T) {
    // SAFETY: the caller says so.
    unsafe { base.add(offset).cast::<T>().write(value) }
}

impl Layout {
    /// The layout, if this build of Csound is one whose fields are known and whose visible fields agree. [control]
    ///
    /// # Safety
    /// `cs` must be a live instance, used by no other thread.
    pub unsafe fn detect(cs: *mut sys::CSOUND) -> Option<Self> {
        let known_build = cfg!(all(target_pointer_width = "64", target_endian = "little", target_os = "linux"))
            // SAFETY: these two take no instance.
            && unsafe { sys::csoundGetVersion() == 6181 && sys::csoundGetSizeOfMYFLT() == 8 };
        if !known_build {
            return None;
        }
        let base = cs.cast::<u8>();
        // SAFETY: the build is the one whose CSOUND has these fields (81,760 bytes), and `cs` is live.
        let agrees = unsafe {
            read::<u32>(base, csound::KSMPS) == sys::csoundGetKsmps(cs)
                && read::<f64>(base, csound::DBFS_TO_FLOAT) == 1.0 / sys::csoundGet0dBFS(cs)
        };
        agrees.then_some(Self(()))
    }

    /// Whether the audio buffers are where the layout says; they exist once Csound has started. [control]
    ///
    /// # Safety
    /// `cs` must be a live, started instance, used by no other thread.
    pub unsafe fn buffers_agree(self, cs: *mut sys::CSOUND) -> bool {
        // SAFETY: `cs` is live and of the known build.
        unsafe {
            read::<*mut f64>(cs.cast(), csound::SPIN) == sys::csoundGetSpin(cs).cast()
                && read::<*mut f64>(cs.cast(), csound::SPOUT) == sys::csoundGetSpout(cs).cast()
        }
    }

    /// The instance's jump buffer. [any]
    pub fn exitjmp(self, cs: *mut sys::CSOUND) -> *mut std::ffi::c_void {
        cs.cast::<u8>().wrapping_add(csound::EXITJMP).cast()
    }

    /// Where the instance keeps its lock. [any]
    pub fn api_lock(self, cs: *mut sys::CSOUND) -> *mut std::ffi::c_void {
        cs.cast::<u8>().wrapping_add(csound::API_LOCK).cast()
    }

    /// The number of a named instrument, `None` where there is none. [control]
    ///
    /// # Safety
    /// `cs` must be a live instance whose orchestra is compiled, used by no other thread.
    pub unsafe fn instrument_number(self, cs: *mut sys::CSOUND, name: &std::ffi::CStr) -> Option<i32> {
        type StrArg2Insno = unsafe extern "C" fn(*mut sys::CSOUND, *const std::ffi::c_char, i32) -> i32;
        // SAFETY: the field holds this function in the known build; Csound only reads the name.
        let number = unsafe { read::<StrArg2Insno>(cs.cast(), csound::STRARG2INSNO)(cs, name.as_ptr(), 1) };
        // Csound answers with the highest number where there is none.
        (number > 0 && number < i32::MAX).then_some(number)
    }

    /// Whether an instrument with this number is compiled. [any]
    ///
    /// # Safety
    /// As [`Layout::instrument_number`].
    pub unsafe fn has_instrument(self, cs: *mut sys::CSOUND, number: u32) -> bool {
        // SAFETY: part of CSOUND in the known build; the list has an entry for each number up to the highest.
        unsafe {
            let highest = u32::try_from(read::<i32>(cs.cast(), csound::MAXINSNO)).unwrap_or(0);
            let instruments = read::<*const *const u8>(cs.cast(), csound::INSTRTXTP);
            (1..=highest).contains(&number)
                && !instruments.is_null()
                && !(*instruments.add(number as usize)).is_null()
        }
    }

    /// The numbers of all instruments. [control]
    ///
    /// # Safety
    /// As [`Layout::instrument_number`].
    pub unsafe fn instrument_numbers(self, cs: *mut sys::CSOUND) -> Vec<u32> {
        // SAFETY: part of CSOUND in the known build; the caller says the rest.
        unsafe {
            let highest = u32::try_from(read::<i32>(cs.cast(), csound::MAXINSNO)).unwrap_or(0);
            (1..=highest).filter(|number| self.has_instrument(cs, *number)).collect()
        }
    }

    /// The sounding instances, in order of evaluation. [audio]
    ///
    /// # Safety
    /// `cs` must be a live instance that no other thread uses, and the list must not change while iterating.
    pub unsafe fn active(self, cs: *mut sys::CSOUND) -> impl Iterator<Item = Active> {
        // SAFETY: the anchor is part of CSOUND in the known build.
        let first =
            unsafe { read::<*mut u8>(cs.cast::<u8>().wrapping_add(csound::ACTANCHOR), insds::NXTACT) };
        std::iter::successors(Active::new(first), |active| Active::new(active.get::<*mut u8>(insds::NXTACT)))
    }

    /// `InitError(cs, format, …)` of this instance: what an opcode's init returns when it fails. [audio]
    ///
    /// # Safety
    /// `cs` must be a live instance.
    pub unsafe fn init_error(self, cs: *mut sys::CSOUND) -> ErrorFn {
        // SAFETY: the field holds this function in the known build.
        unsafe { read::<ErrorFn>(cs.cast(), csound::INIT_ERROR) }
    }

    /// `PerfError(cs, opds, format, …)` of this instance. [audio]
    ///
    /// # Safety
    /// `cs` must be a live instance.
    pub unsafe fn perf_error(self, cs: *mut sys::CSOUND) -> PerfErrorFn {
        // SAFETY: the field holds this function in the known build.
        unsafe { read::<PerfErrorFn>(cs.cast(), csound::PERF_ERROR) }
    }

    /// Tells Csound that something was already written in this cycle, so that nothing is copied over it. The output
    /// was cleared at the cycle's start. [audio]
    ///
    /// # Safety
    /// `cs` must be a live instance that is performing on this thread.
    pub unsafe fn claim_spout(self, cs: *mut sys::CSOUND) {
        // SAFETY: part of CSOUND in the known build.
        unsafe { write(cs.cast::<u8>(), csound::SPOUTACTIVE, 1i32) }
    }

    /// A table's structure, if it is where it should be and agrees with what the API says.
    ///
    /// # Safety
    /// `cs` must be a live instance, used by no other thread, that has this table.
    unsafe fn table(
        self,
        cs: *mut sys::CSOUND,
        number: u32,
        start: *mut f64,
        length: usize,
    ) -> Option<*mut u8> {
        type Find = unsafe extern "C" fn(*mut sys::CSOUND, *mut f64) -> *mut u8;
        let mut argument = f64::from(number);
        // SAFETY: the field holds this function in the known build; it only reads the number of a table that exists.
        // A FUNC has its fields at these offsets there.
        unsafe {
            let table = read::<Find>(cs.cast(), csound::FT_NP2_FIND)(cs, &mut argument);
            let agrees = !table.is_null()
                && read::<u32>(table, func::FLEN) as usize == length
                && read::<i32>(table, func::FNO).unsigned_abs() == number
                && read::<*mut f64>(table, func::FTABLE) == start;
            agrees.then_some(table)
        }
    }

    /// What a table says about the sound in it. [control]
    ///
    /// # Safety
    /// As [`Layout::set_table_sound`].
    pub unsafe fn table_sound(
        self,
        cs: *mut sys::CSOUND,
        number: u32,
        start: *mut f64,
        length: usize,
    ) -> Option<super::tables::TableSound> {
        // SAFETY: the caller says so; the structure was found to agree.
        unsafe {
            let table = self.table(cs, number, start, length)?;
            let count = |offset| usize::try_from(read::<i32>(table, offset)).unwrap_or(0);
            let channels = count(func::NCHANLS).max(1);
            Some(super::tables::TableSound {
                rate: read::<f64>(table, func::SAMPLE_RATE),
                channels,
                frames: length / channels,
            })
        }
    }

    /// Says what sound is in a table; `false` where the structure is not where it should be. [control]
    ///
    /// # Safety
    /// `cs` must be a live instance, used by no other thread, that has this table with these values.
    pub unsafe fn set_table_sound(
        self,
        cs: *mut sys::CSOUND,
        number: u32,
        (start, length): (*mut f64, usize),
        rate: f64,
        channels: usize,
    ) -> bool {
        // Csound's LOFACT: what turns a rate relative to the orchestra's into an increment.
        const LOFACT: f64 = 1024.0;
        // SAFETY: the caller says so; the structure was found to agree.
        unsafe {
            let Some(table) = self.table(cs, number, start, length) else { return false };
            let channels = channels.max(1);
            let frames = (length / channels) as i32;
            write(table, func::NCHANLS, channels as i32);
            write(table, func::FLENFRMS, frames);
            write(table, func::SOUNDEND, frames);
            write(table, func::SAMPLE_RATE, rate);
            if rate > 0.0 {
                write(table, func::CVTBAS, LOFACT * rate / sys::csoundGetSr(cs));
            }
            true
        }
    }

    /// Says where a described table's sound loops, from a frame to its end, and which MIDI key it is. [control]
    ///
    /// # Safety
    /// As [`Layout::set_table_sound`].
    pub unsafe fn set_table_loop(
        self,
        cs: *mut sys::CSOUND,
        number: u32,
        (start, length): (*mut f64, usize),
        frame: usize,
        key: f64,
    ) {
        // SAFETY: the caller says so; the structure was found to agree.
        unsafe {
            let Some(table) = self.table(cs, number, start, length) else { return };
            let frames = read::<i32>(table, func::FLENFRMS);
            let natural = ((key - 69.0) / 12.0).exp2() * sys::csoundGetA4(cs);
            write(table, func::CPSCVT, read::<f64>(table, func::CVTBAS) / natural);
            write(table, func::LOOPMODE1, i16::from(frame > 0));
            write(table, func::BEGIN1, i32::try_from(frame).unwrap_or(i32::MAX).min(frames));
            write(table, func::END1, frames);
        }
    }

    /// Where the cycle's raw output starts: the base that `INSDS.spout` is measured from. [audio]
    ///
    /// # Safety
    /// `cs` must be a live, started instance.
    pub unsafe fn spraw(self, cs: *mut sys::CSOUND) -> *mut f64 {
        // SAFETY: part of CSOUND in the known build.
        unsafe { read::<*mut f64>(cs.cast(), csound::SPRAW) }
    }
}

/// An init or performance function of an opcode, and the one that is called when its note has ended.
pub(crate) type OpcodeFn = unsafe extern "C" fn(*mut sys::CSOUND, *mut std::ffi::c_void) -> i32;
/// Csound's way of adding opcodes: the instance, the first `OENTRY`, how many.
pub(crate) type AppendOpcodesFn = unsafe extern "C" fn(*mut sys::CSOUND, *const std::ffi::c_void, i32) -> i32;

impl Layout {
    /// Whether the functions that opcodes call are where the layout says. [control]
    ///
    /// # Safety
    /// `cs` must be a live instance.
    pub unsafe fn functions_agree(self, cs: *mut sys::CSOUND) -> bool {
        // SAFETY: part of CSOUND in the known build.
        unsafe {
            read::<usize>(cs.cast(), csound::APPEND_OPCODE) == sys::csoundAppendOpcode as *const () as usize
        }
    }

    /// Has `function` called when the note ends in which `block` is an opcode. [audio]
    ///
    /// # Safety
    /// `block` is an opcode of the live instance `cs`, in its init pass.
    pub unsafe fn register_deinit(
        self,
        cs: *mut sys::CSOUND,
        block: *mut std::ffi::c_void,
        function: OpcodeFn,
    ) {
        type Register = unsafe extern "C" fn(*mut sys::CSOUND, *mut std::ffi::c_void, OpcodeFn) -> i32;
        // SAFETY: the field holds this function in the known build.
        unsafe { read::<Register>(cs.cast(), csound::REGISTER_DEINIT_CALLBACK)(cs, block, function) };
    }

    /// Memory that belongs to Csound, zeroed; `old` is enlarged where there is one. [audio]
    ///
    /// # Safety
    /// `cs` is live; `old` is null or Csound's.
    pub unsafe fn allocate(self, cs: *mut sys::CSOUND, old: *mut u8, bytes: usize) -> *mut u8 {
        type Calloc = unsafe extern "C" fn(*mut sys::CSOUND, usize) -> *mut u8;
        type ReAlloc = unsafe extern "C" fn(*mut sys::CSOUND, *mut u8, usize) -> *mut u8;
        // SAFETY: the fields hold these functions in the known build.
        unsafe {
            match old.is_null() {
                true => read::<Calloc>(cs.cast(), csound::CALLOC)(cs, bytes),
                false => read::<ReAlloc>(cs.cast(), csound::REALLOC)(cs, old, bytes),
            }
        }
    }

    /// Gives an opcode memory of its own, zeroed, which Csound frees with the instance that runs. What it had of another
    /// size goes. [audio]
    ///
    /// # Safety
    /// `cs` is live and in the init pass of the opcode in whose block `memory` is: an `AUXCH`, zeroed at first.
    pub unsafe fn allocate_for_opcode(
        self,
        cs: *mut sys::CSOUND,
        memory: *mut std::ffi::c_void,
        bytes: usize,
    ) {
        type AuxAlloc = unsafe extern "C" fn(*mut sys::CSOUND, usize, *mut std::ffi::c_void);
        // SAFETY: the field holds this function in the known build.
        unsafe { read::<AuxAlloc>(cs.cast(), csound::AUX_ALLOC)(cs, bytes, memory) };
    }

    /// The texts that `strset` has numbered, one place for each number from 0 on; null where there is none. [audio]
    ///
    /// # Safety
    /// `cs` is live and used by no other thread.
    pub unsafe fn numbered_texts(self, cs: *mut sys::CSOUND) -> &'static mut [*mut std::ffi::c_char] {
        // SAFETY: part of CSOUND in the known build: the list has one place more than its highest number. The caller
        // keeps nothing of it beyond its call.
        unsafe {
            let list = read::<*mut *mut std::ffi::c_char>(cs.cast(), csound::STRSETS);
            let highest = usize::try_from(read::<i32>(cs.cast(), csound::STRSMAX)).unwrap_or(0);
            match list.is_null() {
                true => &mut [],
                false => std::slice::from_raw_parts_mut(list, highest + 1),
            }
        }
    }

    /// Whether an opcode's argument is a text. [audio]
    ///
    /// # Safety
    /// `argument` is an argument of an opcode of the live instance `cs`.
    pub unsafe fn is_text(self, cs: *mut sys::CSOUND, argument: *mut f64) -> bool {
        type GetTypeForArg = unsafe extern "C" fn(*mut f64) -> *const *const std::ffi::c_char;
        // SAFETY: the field holds this function in the known build; a type begins with its name.
        unsafe {
            let of = read::<GetTypeForArg>(cs.cast(), csound::GET_TYPE_FOR_ARG)(argument);
            !of.is_null() && !(*of).is_null() && **of == b'S' as std::ffi::c_char
        }
    }

    /// Puts a function in front of the one that adds opcodes, and gives that. [control]
    ///
    /// # Safety
    /// `cs` is live and owned by this thread.
    pub unsafe fn wrap_append_opcodes(
        self,
        cs: *mut sys::CSOUND,
        wrapper: AppendOpcodesFn,
    ) -> AppendOpcodesFn {
        // SAFETY: the field holds this function in the known build.
        unsafe {
            let original = read::<AppendOpcodesFn>(cs.cast(), csound::APPEND_OPCODES);
            write(cs.cast::<u8>(), csound::APPEND_OPCODES, wrapper);
            original
        }
    }

    /// The parser's table of words that are opcodes; null until something was compiled. [control]
    ///
    /// # Safety
    /// `cs` is live.
    pub unsafe fn parser_words(self, cs: *mut sys::CSOUND) -> *mut std::ffi::c_void {
        // SAFETY: part of CSOUND in the known build.
        unsafe { read(cs.cast(), csound::SYMBTAB) }
    }

    /// The instance's table of opcodes by name. [control]
    ///
    /// # Safety
    /// `cs` is live.
    pub unsafe fn opcodes(self, cs: *mut sys::CSOUND) -> *mut std::ffi::c_void {
        // SAFETY: part of CSOUND in the known build.
        unsafe { read(cs.cast(), csound::OPCODES) }
    }
}

/// Csound's way of reporting an init error.
pub(crate) type ErrorFn = unsafe extern "C" fn(*mut sys::CSOUND, *const std::ffi::c_char, ...) -> i32;
/// Csound's way of reporting a performance error.
pub(crate) type PerfErrorFn =
    unsafe extern "C" fn(*mut sys::CSOUND, *mut std::ffi::c_void, *const std::ffi::c_char, ...) -> i32;

/// One sounding instance (`INSDS`). Valid only until Csound runs again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Active(std::ptr::NonNull<u8>);

impl Active {
    fn new(address: *mut u8) -> Option<Self> {
        std::ptr::NonNull::new(address).map(Self)
    }

    /// An instance at an address that Csound handed out (an opcode's `insdshead`). [audio]
    pub fn at(address: *mut std::ffi::c_void) -> Option<Self> {
        Self::new(address.cast())
    }

    fn get<T: Copy>(self, offset: usize) -> T {
        // SAFETY: an `Active` is made only from Csound's own list or from an opcode's instance while Csound does
        // not run, of a build whose INSDS has its fields at these offsets (`Layout::detect`).
        unsafe { read(self.0.as_ptr(), offset) }
    }

    fn set<T: Copy>(self, offset: usize, value: T) {
        // SAFETY: as in `get`; the audio thread is the only user of the instance.
        unsafe { write(self.0.as_ptr(), offset, value) }
    }

    /// p1, with its fraction. [audio]
    pub fn p1(self) -> f64 {
        self.get(insds::PFIELDS + 16)
    }

    /// The instrument's number. [audio]
    pub fn instrument(self) -> i16 {
        self.get(insds::INSNO)
    }

    /// How many p-fields the instance has; what lies behind belongs to other variables. [audio]
    pub fn pfield_count(self) -> usize {
        let instrument: *const u8 = self.get(insds::INSTR);
        if instrument.is_null() {
            return 0;
        }
        // SAFETY: an instance's INSTRTXT lives as long as the instance.
        let pmax: i32 = unsafe { read(instrument, INSTRTXT_PMAX) };
        usize::try_from(pmax).unwrap_or(0)
    }

    /// The value of a p-field, `None` behind the instrument's last. [audio]
    pub fn pfield(self, index: usize) -> Option<f64> {
        (1..=self.pfield_count()).contains(&index).then(|| self.get(insds::PFIELDS + 16 * index))
    }

    /// Writes a p-field; `false` behind the instrument's last. [audio]
    pub fn set_pfield(self, index: usize, value: f64) -> bool {
        let inside = (1..=self.pfield_count()).contains(&index);
        if inside {
            self.set(insds::PFIELDS + 16 * index, value);
        }
        inside
    }

    /// Whether it is in its release. [audio]
    pub fn is_releasing(self) -> bool {
        self.get::<u8>(insds::RELESING) != 0
    }

    /// Whether the event that was last inserted here continued a sounding note. [audio]
    pub fn is_tied(self) -> bool {
        self.get::<i32>(insds::TIEFLAG) != 0
    }

    /// Its own ksmps. [audio]
    pub fn ksmps(self) -> u32 {
        self.get(insds::KSMPS)
    }

    /// The frame of this cycle at which it starts. [audio]
    pub fn offset(self) -> u32 {
        self.get(insds::KSMPS_OFFSET)
    }

    /// How many frames before the end of this cycle it ends. [audio]
    pub fn early(self) -> u32 {
        self.get(insds::KSMPS_NO_END)
    }

    /// Where in the cycle's raw output it writes now. [audio]
    pub fn spout(self) -> *mut f64 {
        self.get(insds::SPOUT)
    }

    /// Marks the instance as one that was here before this cycle's events. Csound sets the field anew before it
    /// performs the instance, so nobody ever reads the mark but [`Active::is_marked`]. [audio]
    pub fn mark(self) {
        self.set(insds::KCOUNTER, u64::MAX);
    }

    /// Whether it carries the mark of this cycle. [audio]
    pub fn is_marked(self) -> bool {
        self.get::<u64>(insds::KCOUNTER) == u64::MAX
    }

    /// Sets the frame at which the instance and the instances it calls start in the coming cycle; `false`, and
    /// nothing is written, where Csound cannot do it: a ksmps of its own in the instrument, or in a called opcode
    /// between 1 and the engine's (6.18.1 would write past an audio variable). [audio]
    pub fn start_at(self, offset: u32, engine_ksmps: u32) -> bool {
        let callable = |ksmps: u32| ksmps == engine_ksmps || ksmps == 1;
        if self.ksmps() != engine_ksmps || !self.callees().all(|callee| callable(callee.ksmps())) {
            return false;
        }
        self.set(insds::KSMPS_OFFSET, offset);
        for callee in self.callees().filter(|callee| callee.ksmps() == engine_ksmps) {
            callee.set(insds::KSMPS_OFFSET, offset);
        }
        true
    }

    /// Takes the offset back from the called instances: Csound itself does so only for the instance on top. [audio]
    pub fn clear_callee_offsets(self) {
        for callee in self.callees() {
            callee.set(insds::KSMPS_OFFSET, 0u32);
        }
    }

    /// The instances of the user-defined opcodes it calls (nested ones are in the same chain), then those of its
    /// `subinstr`s with the opcodes they call.
    fn callees(self) -> impl Iterator<Item = Active> {
        let opcodes = |of: Active| {
            std::iter::successors(of.callee(insds::OPCOD_DEACT, UOPCODE_IP), |callee| {
                callee.callee(insds::OPCOD_DEACT, UOPCODE_IP)
            })
        };
        let subinstruments = std::iter::successors(self.callee(insds::SUBINS_DEACT, SUBINST_IP), |callee| {
            callee.callee(insds::SUBINS_DEACT, SUBINST_IP)
        });
        opcodes(self)
            .chain(subinstruments.flat_map(move |sub| std::iter::once(sub).chain(opcodes(sub))))
            .take(CALLEES_MAX)
    }

    /// Follows one link of a chain: the opcode at `chain`, then the instance it runs.
    fn callee(self, chain: usize, instance: usize) -> Option<Active> {
        let opcode: *const u8 = self.get(chain);
        if opcode.is_null() {
            return None;
        }
        // SAFETY: the chain holds opcodes of a sounding instance, each with the instance it runs at this offset.
        Active::new(unsafe { read::<*mut u8>(opcode, instance) })
    }
}

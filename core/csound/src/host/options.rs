//! Options, before the start: as the command line has them, and by what they are.

use std::ffi::{c_char, c_int};

use ksmps_data::verbs::Failure;

use super::instance::{Instance, c_text};
use super::params::Params;
use super::state::{BeforeStart, Csound, State};
use crate::process::build_turn;
use crate::raw::CSOUND_PARAMS;

/// A type of sound file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the formats say it")]
pub enum FileType {
    Wav,
    Aiff,
    Au,
    Raw,
    Paf,
    Svx,
    Nist,
    Voc,
    Ircam,
    W64,
    Mat4,
    Mat5,
    Pvf,
    Xi,
    Htk,
    Sds,
    Avr,
    Wavex,
    Sd2,
    Flac,
    Caf,
    Wve,
    Ogg,
    Mpc2k,
    Rf64,
}

impl FileType {
    fn name(self) -> &'static std::ffi::CStr {
        match self {
            Self::Wav => c"wav",
            Self::Aiff => c"aiff",
            Self::Au => c"au",
            Self::Raw => c"raw",
            Self::Paf => c"paf",
            Self::Svx => c"svx",
            Self::Nist => c"nist",
            Self::Voc => c"voc",
            Self::Ircam => c"ircam",
            Self::W64 => c"w64",
            Self::Mat4 => c"mat4",
            Self::Mat5 => c"mat5",
            Self::Pvf => c"pvf",
            Self::Xi => c"xi",
            Self::Htk => c"htk",
            Self::Sds => c"sds",
            Self::Avr => c"avr",
            Self::Wavex => c"wavex",
            Self::Sd2 => c"sd2",
            Self::Flac => c"flac",
            Self::Caf => c"caf",
            Self::Wve => c"wve",
            Self::Ogg => c"ogg",
            Self::Mpc2k => c"mpc2k",
            Self::Rf64 => c"rf64",
        }
    }
}

/// How samples are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SampleFormat {
    /// A-law, 8 bits.
    ALaw,
    /// µ-law, 8 bits.
    ULaw,
    /// Signed 8 bits.
    SignedByte,
    /// Unsigned 8 bits.
    UnsignedByte,
    /// 16 bits.
    Short,
    /// 24 bits.
    Bits24,
    /// 32 bits.
    Long,
    /// 32-bit floating point.
    Float,
    /// 64-bit floating point.
    Double,
    /// Compressed, in an Ogg file.
    Vorbis,
}

impl SampleFormat {
    fn name(self) -> &'static std::ffi::CStr {
        match self {
            Self::ALaw => c"alaw",
            Self::ULaw => c"ulaw",
            Self::SignedByte => c"schar",
            Self::UnsignedByte => c"uchar",
            Self::Short => c"short",
            Self::Bits24 => c"24bit",
            Self::Long => c"long",
            Self::Float => c"float",
            Self::Double => c"double",
            Self::Vorbis => c"vorbis",
        }
    }
}

/// Room for the names that Csound writes: its longest has 6 letters.
const NAME_BYTES: usize = 64;

impl<S: BeforeStart> Csound<S> {
    /// Sets an option as the command line knows it, in one word: `-n`, `--ksmps=16`. `[control]`
    ///
    /// # Errors
    /// [`Failure::Jumped`] for one that Csound does not know or that lacks its value.
    pub fn set_option(&mut self, option: &str) -> Result<(), Failure> {
        let option = c_text(option)?;
        let _turn = build_turn()?;
        // SAFETY: live instance owned by this thread.
        unsafe { self.instance.guard().call_with_text(self.instance.api.set_option, &option) }
    }

    /// Sets what the parameters say; a 0 in one of those that override leaves what is set. `[control]`
    pub fn set_params(&mut self, params: &Params) {
        let mut params: CSOUND_PARAMS = params.into();
        // SAFETY: live instance owned by this thread; Csound reads the structure.
        unsafe { (self.instance.more.set_params)(self.instance.cs(), &mut params) };
    }

    /// Where the sound goes: a file, or `dac` for a device; and how, where it is to be said (`-o`). `[control]`
    ///
    /// # Errors
    /// [`Failure::Nul`] for a name with a NUL byte.
    pub fn set_output(
        &mut self,
        name: &str,
        file_type: Option<FileType>,
        format: Option<SampleFormat>,
    ) -> Result<(), Failure> {
        let name = c_text(name)?;
        let file_type = file_type.map_or(std::ptr::null(), |file_type| file_type.name().as_ptr());
        let format = format.map_or(std::ptr::null(), |format| format.name().as_ptr());
        // SAFETY: live instance owned by this thread; the texts outlive the call, and both names are ones it knows.
        unsafe { (self.instance.more.set_output)(self.instance.cs(), name.as_ptr(), file_type, format) };
        Ok(())
    }

    /// Where sound comes from: a file, or `adc` for a device (`-i`). `[control]`
    ///
    /// # Errors
    /// As [`Csound::set_option`].
    pub fn set_input(&mut self, name: &str) -> Result<(), Failure> {
        self.named_option("-i", name)
    }

    /// Which MIDI device is heard (`-M`). `[control]`
    ///
    /// # Errors
    /// As [`Csound::set_option`].
    pub fn set_midi_input(&mut self, name: &str) -> Result<(), Failure> {
        self.named_option("-M", name)
    }

    /// Which MIDI file is played (`-F`). `[control]`
    ///
    /// # Errors
    /// As [`Csound::set_option`].
    pub fn set_midi_file_input(&mut self, name: &str) -> Result<(), Failure> {
        self.named_option("-F", name)
    }

    /// Which MIDI device is written to (`-Q`). `[control]`
    ///
    /// # Errors
    /// As [`Csound::set_option`].
    pub fn set_midi_output(&mut self, name: &str) -> Result<(), Failure> {
        self.named_option("-Q", name)
    }

    /// Which MIDI file is written (`--midioutfile`). `[control]`
    ///
    /// # Errors
    /// As [`Csound::set_option`].
    pub fn set_midi_file_output(&mut self, name: &str) -> Result<(), Failure> {
        self.named_option("--midioutfile=", name)
    }

    /// By an option: the functions of the API for this (6.18.1) write a byte behind the memory that they ask for.
    fn named_option(&mut self, option: &str, name: &str) -> Result<(), Failure> {
        // Without a name the option would take what lies behind it.
        if name.is_empty() {
            return Err(Failure::Code(-1));
        }
        self.set_option(&format!("{option}{name}"))
    }

    /// Leaves audio to the host: Csound opens no file and no device, and the host uses spin and spout, or the buffers. Their
    /// length is the multiple of ksmps that is nearest to so many frames; 0 leaves it. `[control]`
    pub fn set_host_implemented_audio_io(&mut self, is_hosts: bool, buffer_frames: u32) {
        let frames = c_int::try_from(buffer_frames).unwrap_or(0);
        // SAFETY: live instance owned by this thread.
        unsafe {
            (self.instance.api.set_host_implemented_audio)(self.instance.cs(), is_hosts.into(), frames)
        };
    }

    /// Leaves MIDI to the host: its callbacks are used, and no module of Csound's takes their place. `[control]`
    ///
    /// # Errors
    /// As [`Csound::set_option`].
    pub fn set_host_implemented_midi_io(&mut self, is_hosts: bool) -> Result<(), Failure> {
        // SAFETY: live instance owned by this thread.
        unsafe { (self.instance.api.set_host_implemented_midi)(self.instance.cs(), is_hosts.into()) };
        // csoundCompileArgs would let its own module open a device first.
        if is_hosts { self.set_option("-+rtmidi=hostbased") } else { Ok(()) }
    }

    /// Which module reaches audio devices; `null` is none. A name that no module has leaves them to the host's callbacks.
    /// `[control]`
    ///
    /// # Errors
    /// [`Failure::Jumped`] where the module cannot be started.
    pub fn set_rt_audio_module(&mut self, name: &str) -> Result<(), Failure> {
        let name = c_text(name)?;
        let _turn = build_turn()?;
        // SAFETY: live instance owned by this thread.
        unsafe { self.instance.guard().message(self.instance.more.set_rt_audio_module, &name) }
    }

    /// Which module reaches MIDI devices; `null` is none. `[control]`
    ///
    /// # Errors
    /// As [`Csound::set_rt_audio_module`].
    pub fn set_midi_module(&mut self, name: &str) -> Result<(), Failure> {
        let name = c_text(name)?;
        let _turn = build_turn()?;
        // SAFETY: live instance owned by this thread.
        unsafe { self.instance.guard().message(self.instance.more.set_midi_module, &name) }
    }
}

impl<S: State> Csound<S> {
    /// The parameters as they are set. `[any]`
    pub fn params(&self) -> Params {
        let mut params: CSOUND_PARAMS = (&Params::default()).into();
        // SAFETY: live instance; Csound writes the structure.
        unsafe { (self.instance.more.params)(self.instance.cs(), &mut params) };
        (&params).into()
    }

    /// Where the sound goes; `None` where nothing is said. `[control]`
    pub fn output_name(&self) -> Option<String> {
        // SAFETY: live instance; the name is null or a C string.
        unsafe { Instance::text((self.instance.more.output_name)(self.instance.cs())) }
    }

    /// Where sound comes from; `None` where nothing is said. `[control]`
    pub fn input_name(&self) -> Option<String> {
        // SAFETY: as in `output_name`.
        unsafe { Instance::text((self.instance.more.input_name)(self.instance.cs())) }
    }

    /// The type of the output's file and of its samples, in Csound's words; empty where they are not chosen yet.
    /// `[control]`
    pub fn output_format(&self) -> (String, String) {
        let (mut file_type, mut format) = ([0 as c_char; NAME_BYTES], [0 as c_char; NAME_BYTES]);
        // SAFETY: live instance; there is room for the longest of Csound's names, each with a zero behind it.
        unsafe {
            let cs = self.instance.cs();
            (self.instance.more.output_format)(cs, file_type.as_mut_ptr(), format.as_mut_ptr());
            let text = |name: &[c_char]| Instance::text(name.as_ptr()).unwrap_or_default();
            (text(&file_type), text(&format))
        }
    }
}

//! Opcodes that the host brings, written in Rust.

mod arguments;
mod functions;

use std::ffi::{CString, c_int, c_void};

use super::instance::c_text;
use super::state::{Configuring, Csound};
use crate::raw::structures::OpcodeHead;
pub use arguments::Arguments;
use functions::{init, perform};

/// An opcode. A value of the type belongs to one line of one sounding note: it is made in the note's init pass, performs in
/// each cycle, and is dropped when the note has ended.
///
/// ```no_run
/// use ksmps_csound::host::{Arguments, Csound, InputRate, Opcode, OutputRate};
///
/// /// `aout halve ain`
/// struct Halve;
///
/// impl Opcode for Halve {
///     const NAME: &'static str = "halve";
///     const OUTPUTS: &'static [OutputRate] = &[OutputRate::Audio];
///     const INPUTS: &'static [InputRate] = &[InputRate::Audio];
///
///     fn init(_: &mut Arguments<'_>) -> Result<Self, String> {
///         Ok(Self)
///     }
///
///     fn perform(&mut self, arguments: &mut Arguments<'_>) -> Result<(), String> {
///         for (output, input) in arguments.audio_output(0).iter().zip(arguments.audio(0)) {
///             output.set(input.get() / 2.0);
///         }
///         Ok(())
///     }
/// }
///
/// let mut csound = Csound::create().unwrap();
/// csound.append_opcode::<Halve>().unwrap();
/// ```
pub trait Opcode: Send + Sized + 'static {
    /// Its name in orchestras.
    const NAME: &'static str;
    /// Its outputs.
    const OUTPUTS: &'static [OutputRate];
    /// Its inputs.
    const INPUTS: &'static [InputRate];
    /// Whether it does something in each cycle. `false`: it has an init pass alone.
    const PERFORMS: bool = true;

    /// The note's init pass. A note that plays on (a tie) has another one. `[audio]`
    ///
    /// # Errors
    /// In words: the note ends with them as an error of the init pass.
    fn init(arguments: &mut Arguments<'_>) -> Result<Self, String>;

    /// A cycle. `[audio]`
    ///
    /// # Errors
    /// In words: the note ends with them as an error of its performance.
    fn perform(&mut self, _: &mut Arguments<'_>) -> Result<(), String> {
        Ok(())
    }
}

/// What an output is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutputRate {
    /// A number of the init pass.
    Init,
    /// A number of each cycle.
    Control,
    /// Audio.
    Audio,
}

/// What an input is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputRate {
    /// A number of the init pass.
    Init,
    /// A number of each cycle; one of the init pass may stand for it.
    Control,
    /// Audio.
    Audio,
    /// A text.
    Text,
}

impl OutputRate {
    fn letter(self) -> char {
        match self {
            Self::Init => 'i',
            Self::Control => 'k',
            Self::Audio => 'a',
        }
    }
}

impl InputRate {
    fn letter(self) -> char {
        match self {
            Self::Init => 'i',
            Self::Control => 'k',
            Self::Audio => 'a',
            Self::Text => 'S',
        }
    }
}

/// Why an opcode was not added.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpcodeFailure {
    /// The layout of this build of Csound's notes is not known, so nothing could say which frames of a cycle count.
    #[error("this build of Csound is not one whose notes this program knows")]
    Layout,
    /// No opcode can have this name.
    #[error("no opcode can be named {0:?}: letters, digits and _")]
    Name(String),
    /// It has more arguments than [`ARGUMENTS_MAX`].
    #[error("an opcode has {ARGUMENTS_MAX} arguments at the most")]
    Arguments,
    /// Csound has no memory.
    #[error("Csound answered with error {0}")]
    Code(i32),
}

/// Outputs and inputs of an opcode at the most.
pub const ARGUMENTS_MAX: usize = 64;

impl Csound<Configuring> {
    /// Adds an opcode to the instance, until it is reset. Of opcodes of one name the first takes a call whose inputs fit.
    /// `[control]`
    ///
    /// # Errors
    /// See [`OpcodeFailure`].
    pub fn append_opcode<O: Opcode>(&mut self) -> Result<(), OpcodeFailure> {
        self.instance.layout.ok_or(OpcodeFailure::Layout)?;
        let count = O::OUTPUTS.len() + O::INPUTS.len();
        if count > ARGUMENTS_MAX {
            return Err(OpcodeFailure::Arguments);
        }
        let is_name = O::NAME.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && O::NAME.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let name = c_text(O::NAME).ok().filter(|_| is_name);
        let name = name.ok_or_else(|| OpcodeFailure::Name(O::NAME.to_owned()))?;
        let letters = |letters: String| CString::new(letters).unwrap_or_default();
        let outputs = letters(O::OUTPUTS.iter().map(|rate| rate.letter()).collect());
        let inputs = letters(O::INPUTS.iter().map(|rate| rate.letter()).collect());
        let (api, cs) = (self.instance.api, self.instance.cs());
        let perform = O::PERFORMS.then_some(perform::<O> as _);
        // SAFETY: live instance owned by this thread; the functions take a block of this size; the texts are kept as
        // long as the instance is.
        let code = unsafe {
            (api.append_opcode)(
                cs,
                name.as_ptr(),
                block_size(count) as c_int,
                0,
                if O::PERFORMS { 3 } else { 1 },
                outputs.as_ptr(),
                inputs.as_ptr(),
                Some(init::<O>),
                perform,
                None,
            )
        };
        self.instance.texts.extend([name, outputs, inputs]);
        if code == 0 { Ok(()) } else { Err(OpcodeFailure::Code(code)) }
    }
}

/// An opcode's block: Csound's head, a pointer for each argument, and one to the value.
const fn block_size(arguments: usize) -> usize {
    size_of::<OpcodeHead>() + (arguments + 1) * size_of::<*mut c_void>()
}

//! What the opcodes of the Csound layer and the library with the Python interpreter (`ksmps-python`) say to each other: two
//! tables of C functions and plain C types.
//!
//! The library is opened at run time, and only where a document uses Python, so nothing else is linked to it. It exports one
//! function, [`ENTRY`], which gives its [`Library`] table; an engine gives it a [`Host`] table in return. Both sides compare
//! [`VERSION`] first.

#![expect(unsafe_code, reason = "a borrowed text that crosses a C interface is a pointer and a length")]

use std::ffi::{CStr, c_void};

/// The version of everything here, with the sizes of the tables: a library of another build is refused.
pub const VERSION: u32 = (size_of::<Library>() << 16 | size_of::<Host>() << 4 | 1) as u32;
/// The name of the function that the library exports, of the type [`EntryFn`].
pub const ENTRY: &CStr = c"ksmps_python_library";
/// What the library exports.
pub type EntryFn = unsafe extern "C" fn() -> *const Library;

/// A text in UTF-8 that is lent for the length of a call; it has no zero at its end.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct Text {
    start: *const u8,
    len: usize,
}

impl Text {
    /// No text, which is something else than an empty one. `[any]`
    pub const NONE: Self = Self { start: std::ptr::null(), len: 0 };

    /// Lends a text. `[any]`
    pub const fn of(text: &str) -> Self {
        Self { start: text.as_ptr(), len: text.len() }
    }

    /// The text; `None` for [`Text::NONE`] and for what is not UTF-8. `[any]`
    ///
    /// # Safety
    /// Whoever lends the text lends it for `'a`.
    pub unsafe fn get<'a>(self) -> Option<&'a str> {
        if self.start.is_null() {
            return None;
        }
        // SAFETY: a text that is not NONE was made of one that is lent, as the caller says for this long.
        std::str::from_utf8(unsafe { std::slice::from_raw_parts(self.start, self.len) }).ok()
    }
}

/// Numbers that are lent for the length of a call.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct Numbers {
    /// The first one.
    pub start: *mut f64,
    /// How many there are.
    pub len: usize,
}

/// One p-field of an event.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Its number, where it is one.
    pub number: f64,
    /// Its text, else [`Text::NONE`].
    pub text: Text,
}

/// What an opcode does with its text.
#[repr(u32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Runs it: statements.
    Statements = 0,
    /// Runs the file that it names.
    Script = 1,
    /// Evaluates it, and has a number.
    Expression = 2,
    /// Calls the object that it names with numbers, and has numbers.
    Callable = 3,
    /// Gives the variable that it names a number.
    Variable = 4,
}

/// A number that an engine can be asked for.
#[repr(u32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// Frames per second.
    Rate = 0,
    /// Cycles per second.
    ControlRate = 1,
    /// Frames in a cycle.
    Ksmps = 2,
    /// Output channels.
    Outputs = 3,
    /// Input channels.
    Inputs = 4,
    /// Full scale.
    ZeroDbfs = 5,
    /// The frequency of A4 in Hz.
    A4 = 6,
    /// Frames since the start.
    Frames = 7,
    /// Csound's version, 6180 for 6.18.0.
    Version = 8,
}

/// An engine's namespace in the library. Opaque here.
#[repr(C)]
pub struct Engine {
    _private: [u8; 0],
}

/// The namespace of one instance of an instrument. Opaque here.
#[repr(C)]
pub struct Local {
    _private: [u8; 0],
}

/// What an opcode runs, compiled once. Opaque here; it lives as long as its engine, where nothing else is said.
#[repr(C)]
pub struct Code {
    _private: [u8; 0],
}

/// One run of an opcode's code.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct Run {
    /// What it is to work on: arguments of a callable, the value of a variable.
    pub inputs: Numbers,
    /// Where its results go; they are 0 where it fails.
    pub outputs: Numbers,
    /// The namespace of the instance, or null for the engine's alone.
    pub local: *mut Local,
    /// How many seconds it may take before that is told; 0 where it may take as long as it likes.
    pub limit_seconds: f64,
}

/// What the library offers. All functions may be called on any thread; those that take an engine, by one thread at a time.
/// None of them unwinds.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Library {
    /// [`VERSION`].
    pub version: u32,
    /// Starts the interpreter, which is loaded already with its symbols open to all. Adds a folder of packages to its path
    /// where one is given. Once in a process. 0 where it runs.
    pub start: unsafe extern "C" fn(packages: Text) -> i32,
    /// Says the folders in which the interpreter looks for what is imported.
    pub folders: unsafe extern "C" fn(sink: *mut c_void, take: unsafe extern "C" fn(*mut c_void, Text)),
    /// Has it look in one more folder, after all others.
    pub look_in: unsafe extern "C" fn(folder: Text),
    /// Opens a namespace for an engine whose functions these are; they are copied.
    pub open: unsafe extern "C" fn(host: *const Host) -> *mut Engine,
    /// Closes it, with its codes.
    pub close: unsafe extern "C" fn(engine: *mut Engine),
    /// Opens a namespace for an instance of an instrument.
    pub open_local: unsafe extern "C" fn(engine: *mut Engine) -> *mut Local,
    /// Closes it.
    pub close_local: unsafe extern "C" fn(engine: *mut Engine, local: *mut Local),
    /// Compiles what an opcode runs, or finds what was compiled of the same text for an opcode of the same name. What is
    /// wrong with it is told at once, and again nothing is said when it runs.
    pub code: unsafe extern "C" fn(engine: *mut Engine, kind: Kind, opcode: Text, text: Text) -> *const Code,
    /// Compiles what an opcode runs now, whose text changes while it plays. It lives until [`Library::drop_code`].
    pub code_of_now:
        unsafe extern "C" fn(engine: *mut Engine, kind: Kind, opcode: Text, text: Text) -> *const Code,
    /// Lets such a code go.
    pub drop_code: unsafe extern "C" fn(engine: *mut Engine, code: *const Code),
    /// Runs it; 0 where all went well. What goes wrong is told once for each opcode, and counted.
    pub run: unsafe extern "C" fn(engine: *mut Engine, code: *const Code, run: *const Run) -> i32,
}

/// What an engine offers to its Python code. The library calls these only while one of its own functions is called for
/// this engine, on the same thread. None of them unwinds. Those that answer with a number say 0 where it worked.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Host {
    /// [`VERSION`].
    pub version: u32,
    /// What is given to each of the functions.
    pub context: *mut c_void,
    /// Prints a text, which need not be a whole line.
    pub print: unsafe extern "C" fn(context: *mut c_void, text: Text),
    /// A number of the engine's.
    pub ask: unsafe extern "C" fn(context: *mut c_void, what: Ask) -> f64,
    /// The value of a control channel.
    pub control: unsafe extern "C" fn(context: *mut c_void, name: Text, value: *mut f64) -> i32,
    /// Sets a control channel.
    pub set_control: unsafe extern "C" fn(context: *mut c_void, name: Text, value: f64) -> i32,
    /// Says the text of a text channel.
    pub text: unsafe extern "C" fn(
        context: *mut c_void,
        name: Text,
        sink: *mut c_void,
        take: unsafe extern "C" fn(*mut c_void, Text),
    ) -> i32,
    /// Sets a text channel.
    pub set_text: unsafe extern "C" fn(context: *mut c_void, name: Text, value: Text) -> i32,
    /// Lends a table's numbers, without the guard point.
    pub table: unsafe extern "C" fn(context: *mut c_void, number: i32, table: *mut Numbers) -> i32,
    /// Sends an event: its letter, then its p-fields from p1 on, with p2 in seconds from now.
    pub event:
        unsafe extern "C" fn(context: *mut c_void, letter: u8, fields: *const Field, count: usize) -> i32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_crosses_and_no_text_is_none() {
        // SAFETY: the texts are static.
        unsafe {
            assert_eq!(Text::of("naïve").get(), Some("naïve"));
            assert_eq!(Text::of("").get(), Some(""));
            assert_eq!(Text::NONE.get(), None);
        }
    }
}

//! A Python interpreter for the documents of one process: the library behind the `py…` opcodes.
//!
//! It knows no Csound and no documents. Whoever opens it (the opcodes in `ksmps-csound`) has loaded a libpython before, with
//! its symbols open to all, and gets a table of functions, [`Library`]; each engine gives a table of its own in return,
//! [`Host`], through which its Python code reaches it. `ksmps-python-abi` has both.
//!
//! An engine is a namespace like that of a program (`__main__`), with an object `csound` in it
//! (`csound`). What an opcode runs is compiled once (`code`); what goes wrong is told once and counted (`failure`).
//! All engines of a process have one interpreter and its one lock, which is held while Python code runs and no longer
//! (`thread`).

#![expect(unsafe_code, reason = "the C interface of a library that is opened at run time, and Python's own")]

mod code;
mod csound;
mod engine;
mod failure;
mod interpreter;
mod output;
mod thread;

use std::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind};

use ksmps_python_abi::{Code, Engine, Host, Kind, Library, Local, Run, Text, VERSION};

/// The table of this library's functions. `[any]`
#[unsafe(no_mangle)]
pub extern "C" fn ksmps_python_library() -> *const Library {
    &LIBRARY
}

static LIBRARY: Library = Library {
    version: VERSION,
    start,
    folders,
    look_in,
    open,
    close,
    open_local,
    close_local,
    code,
    code_of_now,
    drop_code,
    run,
};

/// What `function` answers; `otherwise` where it panics, which must not reach C.
fn caught<T>(otherwise: T, function: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(function)).unwrap_or(otherwise)
}

unsafe extern "C" fn start(packages: Text) -> i32 {
    // SAFETY: the caller lends the text for the length of this call.
    let packages = unsafe { packages.get() };
    caught(-1, || if interpreter::start(packages).is_ok() { 0 } else { -1 })
}

unsafe extern "C" fn folders(sink: *mut c_void, take: unsafe extern "C" fn(*mut c_void, Text)) {
    caught((), || {
        for folder in interpreter::folders() {
            // SAFETY: the caller's own function and what it is to be called with.
            unsafe { take(sink, Text::of(&folder)) };
        }
    });
}

unsafe extern "C" fn look_in(folder: Text) {
    // SAFETY: the caller lends the text for the length of this call.
    let folder = unsafe { folder.get() };
    caught((), || folder.into_iter().for_each(interpreter::look_in));
}

unsafe extern "C" fn open(host: *const Host) -> *mut Engine {
    caught(std::ptr::null_mut(), || {
        // SAFETY: the caller lends the table for the length of this call.
        let host = unsafe { *host };
        let opened = (host.version == VERSION).then(|| engine::Engine::open(host)).and_then(Result::ok);
        opened.map_or(std::ptr::null_mut(), |engine| Box::into_raw(Box::new(engine)).cast())
    })
}

unsafe extern "C" fn close(engine: *mut Engine) {
    caught((), || {
        // SAFETY: made by `open`, and given back once.
        unsafe { Box::from_raw(engine.cast::<engine::Engine>()) }.close();
    });
}

unsafe extern "C" fn open_local(_: *mut Engine) -> *mut Local {
    caught(std::ptr::null_mut(), || Box::into_raw(Box::new(engine::Local::open())).cast())
}

unsafe extern "C" fn close_local(engine: *mut Engine, local: *mut Local) {
    caught((), || {
        // SAFETY: made by `open`, live, and used by this thread alone.
        let engine = unsafe { &*engine.cast::<engine::Engine>() };
        // SAFETY: made by `open_local`, and given back once.
        engine.close_local(*unsafe { Box::from_raw(local.cast::<engine::Local>()) });
    });
}

unsafe extern "C" fn code(engine: *mut Engine, kind: Kind, opcode: Text, text: Text) -> *const Code {
    caught(std::ptr::null(), || {
        // SAFETY: made by `open`, live, and used by this thread alone; the texts are lent for the length of this call.
        let (engine, opcode, text) = unsafe { (&*engine.cast::<engine::Engine>(), opcode.get(), text.get()) };
        engine.code(kind, opcode.unwrap_or_default(), text.unwrap_or_default()).cast()
    })
}

unsafe extern "C" fn code_of_now(engine: *mut Engine, kind: Kind, opcode: Text, text: Text) -> *const Code {
    caught(std::ptr::null(), || {
        // SAFETY: as in `code`.
        let (engine, opcode, text) = unsafe { (&*engine.cast::<engine::Engine>(), opcode.get(), text.get()) };
        let compiled = engine.compile(kind, opcode.unwrap_or_default(), text.unwrap_or_default());
        Box::into_raw(Box::new(compiled)).cast_const().cast()
    })
}

unsafe extern "C" fn drop_code(engine: *mut Engine, code: *const Code) {
    caught((), || {
        // SAFETY: made by `open`, live, and used by this thread alone.
        let engine = unsafe { &*engine.cast::<engine::Engine>() };
        // SAFETY: made by `code_of_now`, and given back once.
        engine.drop_code(*unsafe { Box::from_raw(code.cast::<code::Code>().cast_mut()) });
    });
}

unsafe extern "C" fn run(engine: *mut Engine, code: *const Code, run: *const Run) -> i32 {
    caught(-1, || {
        // SAFETY: made by `open` and `code`, live, and used by this thread alone.
        let (engine, code) = unsafe { (&*engine.cast::<engine::Engine>(), &*code.cast::<code::Code>()) };
        // SAFETY: the caller lends it, with its numbers and a namespace of this engine's or null, for the length of this call.
        i32::from(!unsafe { engine.run(code, &*run) })
    })
}

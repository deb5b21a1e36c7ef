//! What an engine offers to its Python code: C functions that the library calls while one of our opcodes runs code, on the
//! thread that performs.

use std::ffi::{CStr, CString, c_char, c_void};

use ksmps_data::encoding::text_of;
use ksmps_python_abi::{Ask, Field, Host, Numbers, Text, VERSION};

use crate::layout::{Layout, TextEvent, text_number};
use crate::opcodes::data::data_of;
use crate::raw::{
    CSOUND, CSOUND_CONTROL_CHANNEL, CSOUND_INPUT_CHANNEL, CSOUND_OUTPUT_CHANNEL, CSOUND_STRING_CHANNEL,
};

/// Bytes of one message at most: Csound cuts longer ones.
const MESSAGE_MAX: usize = 512;
/// What Csound has room for in an event.
const FIELDS_MAX: usize = 1990;
/// The answer of a function that could do what was asked, and of one that could not.
const DONE: i32 = 0;
const REFUSED: i32 = -1;

/// What the functions work on.
pub(super) struct Context {
    cs: *mut CSOUND,
    layout: Layout,
    /// Room for an event with texts.
    event: TextEvent,
}

impl Context {
    pub fn new(cs: *mut CSOUND, layout: Layout) -> Self {
        Self { cs, layout, event: TextEvent::new() }
    }

    /// The table of functions; it works as long as this stays where it is.
    pub fn host(&mut self) -> Host {
        Host {
            version: VERSION,
            context: (&raw mut *self).cast(),
            print,
            ask,
            control,
            set_control,
            text,
            set_text,
            table,
            event,
        }
    }

    /// Where a channel of a kind lies; it is made where it does not exist.
    fn channel(&self, name: &CStr, kind: u32) -> Option<*mut f64> {
        let kind = kind | CSOUND_INPUT_CHANNEL | CSOUND_OUTPUT_CHANNEL;
        let mut place = std::ptr::null_mut();
        // SAFETY: live instance on its own thread; so everywhere here.
        let answer =
            unsafe { (self.layout.api().channel_ptr)(self.cs, &mut place, name.as_ptr(), kind as i32) };
        (answer == 0 && !place.is_null()).then_some(place)
    }

    fn send(&mut self, letter: u8, fields: &[Field]) -> Option<()> {
        let count = fields.len();
        // SAFETY: live instance on its own thread; so everywhere here.
        let is_closing = unsafe { data_of(self.cs).is_none_or(|data| (*data).natives.closing) };
        if is_closing || count > FIELDS_MAX {
            return None;
        }
        let mut numbers: Vec<f64> = fields.iter().map(|field| field.number).collect();
        let mut texts = Vec::new();
        let mut text_count = 0;
        for (index, field) in fields.iter().enumerate() {
            // SAFETY: the library lends the texts for the length of this call.
            let Some(text) = (unsafe { field.text.get() }) else { continue };
            let text = CString::new(text).ok()?;
            match index {
                // SAFETY: the orchestra is compiled where Python code of it runs.
                0 => numbers[0] = f64::from(unsafe { self.layout.instrument_number(self.cs, &text) }?),
                _ => {
                    numbers[index] = text_number(text_count);
                    text_count += 1;
                    texts.extend_from_slice(text.to_bytes_with_nul());
                }
            }
        }
        if letter == b'i' && count < 3 {
            return None;
        }
        if text_count == 0 {
            // SAFETY: as in `channel`; Csound copies the p-fields.
            let sent = unsafe {
                (self.layout.api().score_event)(self.cs, letter as c_char, numbers.as_ptr(), count as _)
            };
            return (sent == 0).then_some(());
        }
        if letter != b'i' {
            return None;
        }
        texts.push(0);
        // SAFETY: as in `channel`; opcodes send events in this way too, so it may be done inside a cycle. There are as many
        // texts as are counted, each with its zero.
        unsafe { self.layout.insert(self.cs, &mut self.event, &numbers, &texts, text_count) };
        Some(())
    }
}

/// The context of a call.
///
/// # Safety
/// `context` is that of a [`Host`] whose engine is live, on the thread that performs it, and used by nobody else now.
unsafe fn of<'a>(context: *mut c_void) -> &'a mut Context {
    // SAFETY: the caller says so.
    unsafe { &mut *context.cast() }
}

/// A text as Csound takes it; `None` where it has a zero in it.
///
/// # Safety
/// The text is lent for the length of the call.
unsafe fn c_text(text: Text) -> Option<CString> {
    // SAFETY: the caller says so.
    CString::new(unsafe { text.get() }?).ok()
}

unsafe extern "C" fn print(context: *mut c_void, text: Text) {
    // SAFETY: the library calls this as it must, and lends the text; so everywhere below.
    let (context, text) = unsafe { (of(context), text.get().unwrap_or_default()) };
    let mut rest = text;
    while !rest.is_empty() {
        let part = &rest[..rest.floor_char_boundary(MESSAGE_MAX - 1)];
        rest = &rest[part.len()..];
        let mut message = [0; MESSAGE_MAX];
        for (to, from) in message.iter_mut().zip(part.bytes()) {
            *to = if from == 0 { b' ' } else { from };
        }
        // SAFETY: the format takes one C string, which is a local that ends with a zero.
        unsafe {
            (context.layout.api().message)(context.cs, c"%s".as_ptr(), message.as_ptr().cast::<c_char>());
        };
    }
}

unsafe extern "C" fn ask(context: *mut c_void, what: Ask) -> f64 {
    // SAFETY: as in `print`; the functions only read.
    unsafe {
        let Context { cs, layout, .. } = *of(context);
        let api = layout.api();
        match what {
            Ask::Rate => (api.sr)(cs),
            Ask::ControlRate => (api.sr)(cs) / f64::from((api.ksmps)(cs)),
            Ask::Ksmps => f64::from((api.ksmps)(cs)),
            Ask::Outputs => f64::from((api.nchnls)(cs)),
            Ask::Inputs => f64::from((api.nchnls_input)(cs)),
            Ask::ZeroDbfs => (api.zero_dbfs)(cs),
            Ask::A4 => (api.a4)(cs),
            Ask::Frames => (api.current_time_samples)(cs) as f64,
            Ask::Version => f64::from(api.version),
        }
    }
}

unsafe extern "C" fn control(context: *mut c_void, name: Text, value: *mut f64) -> i32 {
    // SAFETY: as in `print`; a control channel is a number, and so is what the library lends.
    unsafe {
        let Some(place) = c_text(name).and_then(|name| of(context).channel(&name, CSOUND_CONTROL_CHANNEL))
        else {
            return REFUSED;
        };
        *value = *place;
    }
    DONE
}

unsafe extern "C" fn set_control(context: *mut c_void, name: Text, value: f64) -> i32 {
    // SAFETY: as in `control`.
    unsafe {
        let Some(place) = c_text(name).and_then(|name| of(context).channel(&name, CSOUND_CONTROL_CHANNEL))
        else {
            return REFUSED;
        };
        *place = value;
    }
    DONE
}

unsafe extern "C" fn text(
    context: *mut c_void,
    name: Text,
    sink: *mut c_void,
    take: unsafe extern "C" fn(*mut c_void, Text),
) -> i32 {
    // SAFETY: as in `print`; Csound says how large the text can be, and writes no more. `take` is called as it is to be.
    unsafe {
        let (context, Some(name)) = (of(context), c_text(name)) else { return REFUSED };
        if context.channel(&name, CSOUND_STRING_CHANNEL).is_none() {
            return REFUSED;
        }
        let api = context.layout.api();
        let size = (api.channel_datasize)(context.cs, name.as_ptr());
        let mut text = vec![0_u8; usize::try_from(size).unwrap_or(0) + 1];
        (api.string_channel)(context.cs, name.as_ptr(), text.as_mut_ptr().cast());
        let text = CStr::from_bytes_until_nul(&text).map(|text| text_of(text.to_bytes()));
        take(sink, Text::of(&text.unwrap_or_default()));
    }
    DONE
}

unsafe extern "C" fn set_text(context: *mut c_void, name: Text, value: Text) -> i32 {
    // SAFETY: as in `print`; Csound copies the text.
    unsafe {
        let (context, Some(name), Some(value)) = (of(context), c_text(name), c_text(value)) else {
            return REFUSED;
        };
        if context.channel(&name, CSOUND_STRING_CHANNEL).is_none() {
            return REFUSED;
        }
        (context.layout.api().set_string_channel)(context.cs, name.as_ptr(), value.as_ptr().cast_mut());
    }
    DONE
}

unsafe extern "C" fn table(context: *mut c_void, number: i32, found: *mut Numbers) -> i32 {
    // SAFETY: as in `print`; Csound says how long the table is.
    unsafe {
        let context = of(context);
        let mut start = std::ptr::null_mut();
        let len = (context.layout.api().table)(context.cs, &mut start, number);
        match usize::try_from(len) {
            Ok(len) if !start.is_null() => {
                *found = Numbers { start, len };
                DONE
            }
            _ => REFUSED,
        }
    }
}

unsafe extern "C" fn event(context: *mut c_void, letter: u8, fields: *const Field, count: usize) -> i32 {
    // SAFETY: as in `print`; the library lends so many fields.
    unsafe {
        let fields = if count == 0 { &[] } else { std::slice::from_raw_parts(fields, count) };
        if of(context).send(letter, fields).is_some() { DONE } else { REFUSED }
    }
}

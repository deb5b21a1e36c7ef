//! `atstop`: a note that starts when this one has ended.
//!
//! The p-fields are read at the end, so those that are computed in each cycle have their last value. Texts among them
//! are an init error: an event of Csound's API carries numbers.

use super::call::{ARGUMENTS_MAX, Call, Fault, Opcode, Outcome};
use super::{Entry, When, entry};

pub(super) const ENTRIES: &[Entry] = &[
    entry::<AtStop, ARGUMENTS_MAX>(c"atstop.i", c"", c"iN", When::Init),
    entry::<AtStop, ARGUMENTS_MAX>(c"atstop.S", c"", c"SN", When::Init),
];

/// `atstop instr [, idelay=0, idur=-1, p4, …]`
struct AtStop;

/// Most p-fields of a scheduled note.
const PFIELDS_MAX: usize = 256;

// SAFETY: in `iN` or `SN`, told apart by the argument's own type; the state is the instrument's number.
unsafe impl Opcode<ARGUMENTS_MAX> for AtStop {
    type State = f64;

    fn init(call: &mut Call<'_, f64, ARGUMENTS_MAX>) -> Outcome {
        let number = match call.is_text(0) {
            true => call.instrument_number(call.c_text(0)).map(f64::from),
            false => Some(call.number(0)),
        };
        *call.state() = number.ok_or_else(|| Fault::NoInstrument(call.text(0).into()))?;
        if (1..call.arguments()).any(|index| call.is_text(index)) {
            return Err(Fault::Misused("atstop hands on numbers, not texts"));
        }
        if call.arguments() > PFIELDS_MAX {
            return Err(Fault::Misused("atstop has too many p-fields"));
        }
        call.want_end();
        Ok(())
    }

    fn end(call: &mut Call<'_, f64, ARGUMENTS_MAX>) {
        if call.natives().closing {
            return;
        }
        let mut pfields = [0.0; PFIELDS_MAX];
        (pfields[0], pfields[2]) = (*call.state(), -1.0);
        let count = call.arguments().min(PFIELDS_MAX);
        for (index, pfield) in pfields.iter_mut().enumerate().take(count).skip(1) {
            *pfield = call.number(index);
        }
        pfields[1] = pfields[1].max(0.0);
        call.schedule(&pfields[..count.max(3)]);
    }
}

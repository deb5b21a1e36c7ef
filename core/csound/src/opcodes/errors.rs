//! `initerror` and `throwerror`: an orchestra's own error messages.

use super::call::{Call, Fault, Opcode, Outcome};
use super::{Entry, When, entry};

pub(super) const ENTRIES: &[Entry] = &[
    entry::<InitError, 1>(c"initerror", c"", c"S", When::Init),
    entry::<Throw, 2>(c"throwerror.S", c"", c"S", When::Cycles),
    entry::<ThrowAs, 2>(c"throwerror.SS", c"", c"SS", When::Both),
];

fn said<S, const N: usize>(call: &Call<'_, S, N>, index: usize) -> Outcome {
    Err(Fault::Said(call.text(index).into()))
}

/// `initerror Smessage`
struct InitError;

// SAFETY: in `S`.
unsafe impl Opcode<1> for InitError {
    type State = ();

    fn init(call: &mut Call<'_, (), 1>) -> Outcome {
        said(call, 0)
    }
}

/// `throwerror Smessage`
struct Throw;

// SAFETY: in `S`.
unsafe impl Opcode<2> for Throw {
    type State = ();

    fn perform(call: &mut Call<'_, (), 2>) -> Outcome {
        said(call, 0)
    }
}

/// `throwerror Stype, Smessage`: "error" and "init" end the note, "warning" and "info" are only printed.
struct ThrowAs;

// SAFETY: in `SS`.
unsafe impl Opcode<2> for ThrowAs {
    type State = ();

    fn init(call: &mut Call<'_, (), 2>) -> Outcome {
        match call.text(0) {
            "init" => said(call, 1),
            "error" | "warning" | "info" => Ok(()),
            _ => Err(Fault::Misused("throwerror is of type \"error\", \"init\", \"warning\" or \"info\"")),
        }
    }

    fn perform(call: &mut Call<'_, (), 2>) -> Outcome {
        match call.text(0) {
            "error" => said(call, 1),
            "warning" | "info" => {
                call.print(call.text(1));
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

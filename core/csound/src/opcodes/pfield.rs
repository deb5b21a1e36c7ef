//! `pread`, `pwrite`, `uniqinstance`: other notes' p-fields and numbers.
//!
//! A note is named by its p1: with a fraction exactly that note, a whole number is any note of the instrument for
//! reading and all of them for writing. It is looked for in each cycle until it is there; with a negative number once.
//! Only what the instrument reads in each cycle (`kfreq = p5`) follows.

use super::call::{ARGUMENTS_MAX, Call, Fault, Opcode, Outcome};
use super::{Entry, When, entry};
use crate::layout::Active;

pub(super) const ENTRIES: &[Entry] = &[
    entry::<Read, 4>(c"pread.i", c"i", c"iij", When::Init),
    entry::<Read, 4>(c"pread.k", c"k", c"ikJ", When::Both),
    entry::<ReadMany, 4>(c"pread.array", c"i[]", c"ii[]j", When::Init),
    entry::<ReadManyEachCycle, 4>(c"pread.array_k", c"k[]", c"i.[]J", When::Both),
    entry::<WriteOnce, ARGUMENTS_MAX>(c"pwrite.i", c"", c"iim", When::Init),
    entry::<Write, ARGUMENTS_MAX>(c"pwrite.k", c"", c"ikM", When::Both),
    entry::<Unique, 3>(c"uniqinstance.i", c"i", c"ij", When::Init),
    entry::<UniqueNamed, 3>(c"uniqinstance.S", c"i", c"Sj", When::Init),
];

/// The notes that a number stands for.
fn notes<'a, S, const N: usize>(
    call: &Call<'a, S, N>,
    number: f64,
) -> impl Iterator<Item = Active> + use<'a, S, N> {
    let number = number.abs();
    let exactly = number.fract() != 0.0;
    call.active().filter(move |active| match exactly {
        true => active.p1() == number,
        false => f64::from(active.instrument()) == number,
    })
}

/// A p-field's number, as one can be counted.
fn index(number: f64) -> Result<usize, Fault> {
    if number >= 1.0 { Ok(number as usize) } else { Err(Fault::NoPfield(number)) }
}

/// How a search for a note stands.
#[derive(PartialEq)]
enum Search {
    /// It is looked for. The value that zeroed memory has.
    Open = 0,
    /// It was there.
    Found,
    /// It is gone, or was not there and is not looked for again.
    Over,
}

/// `ival pread instrnum, index [, inotfound]` and the same in each cycle
struct Read;

// SAFETY: out `i` or `k`, in `iij` or `ikJ`; Search's first value is 0.
unsafe impl Opcode<4> for Read {
    type State = Search;

    fn init(call: &mut Call<'_, Search, 4>) -> Outcome {
        *call.state() = Search::Open;
        Self::perform(call)
    }

    fn perform(call: &mut Call<'_, Search, 4>) -> Outcome {
        let (number, pfield, not_found) = (call.number(1), call.number(2), call.number(3));
        let found = if *call.state() == Search::Over { None } else { notes(call, number).next() };
        let value = match found {
            Some(note) => note.pfield(index(pfield)?).ok_or(Fault::NoPfield(pfield))?,
            None => not_found,
        };
        if found.is_some() {
            *call.state() = Search::Found;
        } else if *call.state() == Search::Found || number < 0.0 {
            *call.state() = Search::Over;
        }
        call.set(0, value);
        Ok(())
    }
}

/// Reads one note's p-fields into an array.
fn read_many<S>(call: &mut Call<'_, S, 4>) -> Outcome {
    let (number, indexes, not_found) = (call.number(1), call.array(2), call.number(3));
    if call.array(0).len() != indexes.len() {
        call.resize(0, indexes.len());
    }
    let note = notes(call, number).next();
    for (out, pfield) in call.array(0).iter().zip(indexes) {
        out.set(match note {
            Some(note) => note.pfield(index(pfield.get())?).ok_or(Fault::NoPfield(pfield.get()))?,
            None => not_found,
        });
    }
    Ok(())
}

/// `ivals[] pread instrnum, indexes[] [, inotfound]`
struct ReadMany;

// SAFETY: out `i[]`, in `ii[]j`.
unsafe impl Opcode<4> for ReadMany {
    type State = ();

    fn init(call: &mut Call<'_, (), 4>) -> Outcome {
        read_many(call)
    }
}

/// `kvals[] pread instrnum, indexes[] [, inotfound]`
struct ReadManyEachCycle;

// SAFETY: out `k[]`, in `i.[]J`, where the array is of numbers: one of another kind has no such output.
unsafe impl Opcode<4> for ReadManyEachCycle {
    type State = ();

    fn init(call: &mut Call<'_, (), 4>) -> Outcome {
        read_many(call)
    }

    fn perform(call: &mut Call<'_, (), 4>) -> Outcome {
        read_many(call)
    }
}

/// Writes the pairs of index and value behind the first argument; `false` where no note is there.
fn write<S>(call: &Call<'_, S, ARGUMENTS_MAX>) -> Result<bool, Fault> {
    let (number, count) = (call.number(0), call.arguments());
    if count < 3 || count.is_multiple_of(2) {
        return Err(Fault::Misused("pwrite takes an instrument and pairs of index and value"));
    }
    let mut found = false;
    for note in notes(call, number) {
        found = true;
        for pair in (1..count).step_by(2) {
            let pfield = call.number(pair);
            if !note.set_pfield(index(pfield)?, call.number(pair + 1)) {
                return Err(Fault::NoPfield(pfield));
            }
        }
        if number.fract() != 0.0 {
            break;
        }
    }
    Ok(found)
}

/// `pwrite instrnum, index, ivalue, …`
struct WriteOnce;

// SAFETY: in `iim`.
unsafe impl Opcode<ARGUMENTS_MAX> for WriteOnce {
    type State = ();

    fn init(call: &mut Call<'_, (), ARGUMENTS_MAX>) -> Outcome {
        write(call).map(drop)
    }
}

/// `pwrite instrnum, kindex, kvalue, …`
struct Write;

// SAFETY: in `ikM`; Search's first value is 0.
unsafe impl Opcode<ARGUMENTS_MAX> for Write {
    type State = Search;

    fn init(call: &mut Call<'_, Search, ARGUMENTS_MAX>) -> Outcome {
        *call.state() = Search::Open;
        Ok(())
    }

    fn perform(call: &mut Call<'_, Search, ARGUMENTS_MAX>) -> Outcome {
        if *call.state() != Search::Over && !write(call)? && call.number(0) < 0.0 {
            *call.state() = Search::Over;
        }
        Ok(())
    }
}

/// How many instances `uniqinstance` tells apart unless it is told.
const INSTANCES: usize = 10_000;

/// A number with a fraction that no sounding note of an instrument has; -1 where all are taken.
fn unique<S>(call: &Call<'_, S, 3>, instrument: f64) -> f64 {
    let asked = call.number(2);
    let most = if asked >= 2.0 { asked as usize } else { INSTANCES };
    let free = |p1: &f64| call.active().all(|active| (active.p1() - p1).abs() > 0.5 / most as f64);
    (1..most).map(|count| instrument + count as f64 / most as f64).find(free).unwrap_or(-1.0)
}

/// `p1 uniqinstance instrnum [, imax]`
struct Unique;

// SAFETY: out `i`, in `ij`.
unsafe impl Opcode<3> for Unique {
    type State = ();

    fn init(call: &mut Call<'_, (), 3>) -> Outcome {
        let p1 = unique(call, call.number(1).trunc());
        call.set(0, p1);
        Ok(())
    }
}

/// `p1 uniqinstance Sname [, imax]`
struct UniqueNamed;

// SAFETY: out `i`, in `Sj`.
unsafe impl Opcode<3> for UniqueNamed {
    type State = ();

    fn init(call: &mut Call<'_, (), 3>) -> Outcome {
        let number = call.instrument_number(call.c_text(1));
        let number = number.ok_or_else(|| Fault::NoInstrument(call.text(1).into()))?;
        let p1 = unique(call, f64::from(number));
        call.set(0, p1);
        Ok(())
    }
}

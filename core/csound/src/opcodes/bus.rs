//! `busin`, `busout`, `busmix`, `busassign`.
//!
//! Each of them uses its bus from its init to the end of its note, except `busout` at init, which only writes. `busin`
//! without a rate reads either kind: `asig = busin(itoken)` is audio, `kval = busin(itoken)` takes its first sample, and
//! a control bus is a constant cycle. Outside its frames a note that starts or ends within the cycle neither reads nor
//! writes. A token that stands for no bus is an init error.

use std::cell::Cell;

use super::call::{Call, Fault, Opcode, Outcome};
use super::{Entry, When, entry};
use crate::buses::{BusError, BusKind, BusToken};

pub(super) const ENTRIES: &[Entry] = &[
    entry::<Listen, 3>(c"busin.a", c"a", c"iO", When::Both),
    entry::<Watch, 3>(c"busin.k", c"k", c"iO", When::Both),
    entry::<Peek, 3>(c"busin.i", c"i", c"i", When::Init),
    entry::<Peek, 3>(c"busin.i", c"i", c"ii", When::Init),
    entry::<Send<Replace>, 2>(c"busout.a", c"", c"ia", When::Both),
    entry::<Poke, 2>(c"busout.i", c"", c"ii", When::Init),
    entry::<Move, 2>(c"busout.k", c"", c"ik", When::Both),
    entry::<Send<Add>, 2>(c"busmix.a", c"", c"ia", When::Both),
    entry::<Assign, 3>(c"busassign.i", c"i", c"Sj", When::Init),
];

/// A call's use of a bus.
struct Use {
    /// Whether it counts as a user, of `token`.
    entered: bool,
    token: BusToken,
    /// Where the bus is; null without one.
    place: *mut f64,
    /// Whether the bus is audio; its place has a cycle's samples then.
    audio: bool,
}

fn token<S, const N: usize>(call: &Call<'_, S, N>, index: usize) -> Result<BusToken, Fault> {
    let number = call.number(index);
    BusToken::from_number(number).ok_or(Fault::NoToken(number))
}

/// Becomes a user of the bus in argument `index`, or stays one where the init pass is made again.
fn enter<const N: usize>(
    call: &mut Call<'_, Use, N>,
    index: usize,
    count: impl FnOnce(&mut Call<'_, Use, N>, BusToken) -> Result<BusKind, BusError>,
) -> Result<BusToken, Fault> {
    leave(call);
    call.state().place = std::ptr::null_mut();
    let token = token(call, index)?;
    let kind = count(call, token)?;
    *call.state() = Use { entered: true, token, place: std::ptr::null_mut(), audio: kind == BusKind::Audio };
    call.want_end();
    let place = match kind {
        BusKind::Audio => call.buses().audio_place(token),
        BusKind::Control => call.buses().control_place(token),
    };
    call.state().place = place?;
    Ok(token)
}

fn enter_as<const N: usize>(
    call: &mut Call<'_, Use, N>,
    index: usize,
    kind: BusKind,
) -> Result<BusToken, Fault> {
    enter(call, index, |call, token| call.buses().enter(token, kind).map(|()| kind))
}

fn leave<const N: usize>(call: &mut Call<'_, Use, N>) {
    let Use { entered, token, .. } = *call.state();
    if entered {
        call.state().entered = false;
        call.state().place = std::ptr::null_mut();
        call.buses().leave(token);
    }
}

/// The part of an audio bus that belongs to this note's present cycle; empty without a bus.
fn bus_part<'a, const N: usize>(call: &mut Call<'a, Use, N>) -> &'a [Cell<f64>] {
    let (place, ksmps, at) = (call.state().place, call.ksmps(), call.place());
    if place.is_null() {
        return &[];
    }
    // SAFETY: an audio bus has a cycle of the engine, in which `place` and this note's ksmps lie; it stays while this
    // call is its user.
    unsafe { std::slice::from_raw_parts(place.add(at).cast(), ksmps) }
}

/// Reads a control bus; 0 without a bus.
fn bus_value<const N: usize>(call: &mut Call<'_, Use, N>) -> f64 {
    // SAFETY: a control bus is one number, which stays while this call is its user.
    unsafe { call.state().place.as_ref().copied().unwrap_or(0.0) }
}

/// `asig busin itoken`
struct Listen;

// SAFETY: out `a`, in `iO`.
unsafe impl Opcode<3> for Listen {
    type State = Use;

    fn init(call: &mut Call<'_, Use, 3>) -> Outcome {
        enter(call, 1, |call, token| call.buses().enter_any(token, BusKind::Audio))?;
        if !call.state().audio {
            let (default, token) = (default(call), call.state().token);
            call.buses().read_or_set(token, default)?;
        }
        Ok(())
    }

    fn perform(call: &mut Call<'_, Use, 3>) -> Outcome {
        let (out, span) = (call.signal(0), call.span());
        if call.state().audio {
            let bus = bus_part(call);
            for (frame, out) in out.iter().enumerate() {
                let heard = if span.contains(&frame) { bus.get(frame).map_or(0.0, Cell::get) } else { 0.0 };
                out.set(heard);
            }
        } else {
            let value = bus_value(call);
            for (frame, out) in out.iter().enumerate() {
                out.set(if span.contains(&frame) { value } else { 0.0 });
            }
        }
        Ok(())
    }

    fn end(call: &mut Call<'_, Use, 3>) {
        leave(call);
    }
}

/// What a control bus is set to that was never written.
fn default<S>(call: &Call<'_, S, 3>) -> f64 {
    if call.has(2) { call.number(2) } else { 0.0 }
}

/// `kval busin itoken [, idefault]`
struct Watch;

// SAFETY: out `k`, in `iO`.
unsafe impl Opcode<3> for Watch {
    type State = Use;

    fn init(call: &mut Call<'_, Use, 3>) -> Outcome {
        let token = enter_as(call, 1, BusKind::Control)?;
        let default = default(call);
        let value = call.buses().read_or_set(token, default)?;
        call.set(0, value);
        Ok(())
    }

    fn perform(call: &mut Call<'_, Use, 3>) -> Outcome {
        let value = bus_value(call);
        call.set(0, value);
        Ok(())
    }

    fn end(call: &mut Call<'_, Use, 3>) {
        leave(call);
    }
}

/// `ival busin itoken [, idefault]`
struct Peek;

// SAFETY: out `i`, in `i` or `ii`.
unsafe impl Opcode<3> for Peek {
    type State = Use;

    fn init(call: &mut Call<'_, Use, 3>) -> Outcome {
        Watch::init(call)
    }

    fn end(call: &mut Call<'_, Use, 3>) {
        leave(call);
    }
}

/// How a writer's samples and those on the bus become one.
trait Blend {
    fn blend(on_bus: f64, written: f64) -> f64;
}

/// The last writer of the cycle is heard.
struct Replace;

impl Blend for Replace {
    fn blend(_: f64, written: f64) -> f64 {
        written
    }
}

/// All are heard.
struct Add;

impl Blend for Add {
    fn blend(on_bus: f64, written: f64) -> f64 {
        on_bus + written
    }
}

/// `busout itoken, asig` and `busmix itoken, asig`
struct Send<B>(std::marker::PhantomData<B>);

// SAFETY: in `ia`.
unsafe impl<B: Blend> Opcode<2> for Send<B> {
    type State = Use;

    fn init(call: &mut Call<'_, Use, 2>) -> Outcome {
        enter_as(call, 0, BusKind::Audio).map(drop)
    }

    fn perform(call: &mut Call<'_, Use, 2>) -> Outcome {
        let (signal, span) = (call.signal(1), call.span());
        for (bus, signal) in bus_part(call).iter().zip(signal).take(span.end).skip(span.start) {
            bus.set(B::blend(bus.get(), signal.get()));
        }
        Ok(())
    }

    fn end(call: &mut Call<'_, Use, 2>) {
        leave(call);
    }
}

/// `busout itoken, ival`: writes once and is no user.
struct Poke;

// SAFETY: in `ii`.
unsafe impl Opcode<2> for Poke {
    type State = ();

    fn init(call: &mut Call<'_, (), 2>) -> Outcome {
        let (token, value) = (token(call, 0)?, call.number(1));
        Ok(call.buses().write(token, value)?)
    }
}

/// `busout itoken, kval`
struct Move;

// SAFETY: in `ik`.
unsafe impl Opcode<2> for Move {
    type State = Use;

    fn init(call: &mut Call<'_, Use, 2>) -> Outcome {
        enter_as(call, 0, BusKind::Control).map(drop)
    }

    fn perform(call: &mut Call<'_, Use, 2>) -> Outcome {
        let Use { entered, token, .. } = *call.state();
        if entered {
            let value = call.number(1);
            call.buses().write(token, value)?;
        }
        Ok(())
    }

    fn end(call: &mut Call<'_, Use, 2>) {
        leave(call);
    }
}

/// `itoken busassign Skind [, ipersist]`: "a" or "k". The note that assigns a bus is one of its users.
struct Assign;

// SAFETY: out `i`, in `Sj`.
unsafe impl Opcode<3> for Assign {
    type State = Use;

    fn init(call: &mut Call<'_, Use, 3>) -> Outcome {
        leave(call);
        let kind = match call.text(1).as_bytes() {
            [b'a', ..] => BusKind::Audio,
            [b'k' | b'c', ..] => BusKind::Control,
            _ => return Err(Fault::Misused("a bus is of kind \"a\" or \"k\"")),
        };
        let persists = call.number(2) > 0.0;
        let token = call.buses().assign(Some(kind), None, persists)?;
        call.set(0, token.number());
        call.buses().enter(token, kind)?;
        *call.state() =
            Use { entered: true, token, place: std::ptr::null_mut(), audio: kind == BusKind::Audio };
        call.want_end();
        Ok(())
    }

    fn end(call: &mut Call<'_, Use, 3>) {
        leave(call);
    }
}

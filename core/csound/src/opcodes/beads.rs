//! `beosc` and `beadsynt`: band-enhanced partials ([`super::partial`]).
//!
//! Amplitudes and bandwidths go to their new values in the course of a cycle, from silence in a note's first. The noise
//! is the same in each run. Where an array or a table gets shorter while it is played, the partials behind its end fade
//! out; where it gets longer than it was at the note's start, those behind are not heard. A phase is a fraction of a
//! period, for `beosc` radians.

use std::cell::Cell;
use std::f64::consts::TAU;

use super::call::{Call, Fault, Memory, Opcode, Outcome};
use super::partial::{Gains, KEPT, LowPass, Noise, Partial, Period, SINE, Voice, Wave, step};
use super::{Entry, When, entry};

pub(super) const ENTRIES: &[Entry] = &[
    entry::<Beadsynt<Arrays>, 10>(c"beadsynt.arrays", c"a", c".[].[].[]jpPPjj", When::Both),
    entry::<Beadsynt<Tables>, 10>(c"beadsynt.tables", c"a", c"iiijpPPjj", When::Both),
    entry::<Beosc<true>, 6>(c"beosc.a", c"a", c"akjop", When::Both),
    entry::<Beosc<false>, 6>(c"beosc.k", c"a", c"kkjop", When::Both),
];

/// The period of the wave in an argument: a table's, or a sine where the number is negative.
fn period<'a, S, const N: usize>(
    call: &Call<'a, S, N>,
    index: usize,
    opcode: &'static str,
) -> Result<Period<'a>, Fault> {
    let number = call.number(index);
    if number < 0.0 {
        return Ok(Period::Sine(&SINE));
    }
    Ok(Period::Table(table(call, number, "a wave", opcode)?))
}

/// A table that has a number in it at least.
fn table<'a, S, const N: usize>(
    call: &Call<'a, S, N>,
    number: f64,
    what: &'static str,
    opcode: &'static str,
) -> Result<&'a [Cell<f64>], Fault> {
    let found = call.table(number).ok().filter(|numbers| !numbers.is_empty());
    found.ok_or(Fault::NoTableOf { opcode, what, number })
}

/// Noise that no other opcode of the instance has.
fn noise<S, const N: usize>(call: &mut Call<'_, S, N>, normal: bool) -> Noise {
    let noises = &mut call.natives().noises;
    *noises += 1;
    Noise::new(*noises, normal)
}

/// Silences the output; the part of it in which the note sounds.
fn silent_output<'a, S, const N: usize>(call: &Call<'a, S, N>) -> &'a [Cell<f64>] {
    let out = call.signal(0);
    out.iter().for_each(|sample| sample.set(0.0));
    &out[call.span()]
}

/// Where a bank's partials are.
trait Partials {
    /// The numbers of an argument, of which `what` says what they are.
    fn numbers<'a, S>(
        call: &Call<'a, S, 10>,
        index: usize,
        what: &'static str,
    ) -> Result<&'a [Cell<f64>], Fault>;

    /// Frequencies, amplitudes and bandwidths.
    fn all<'a, S>(call: &Call<'a, S, 10>) -> Result<[&'a [Cell<f64>]; 3], Fault> {
        Ok([
            Self::numbers(call, 1, "frequencies")?,
            Self::numbers(call, 2, "amplitudes")?,
            Self::numbers(call, 3, "bandwidths")?,
        ])
    }
}

/// `aout beadsynt xFreqs[], xAmps[], xBws[] [, inumosc=-1, iflags=1, kfreq=1, kbw=1, ifn=-1, iphs=-1]`
struct Arrays;

impl Partials for Arrays {
    fn numbers<'a, S>(
        call: &Call<'a, S, 10>,
        index: usize,
        _: &'static str,
    ) -> Result<&'a [Cell<f64>], Fault> {
        Ok(call.array(index))
    }
}

/// `aout beadsynt ifreqft, iampft, ibwft [, inumosc=-1, iflags=1, kfreq=1, kbw=1, ifn=-1, iphs=-1]`
struct Tables;

impl Partials for Tables {
    fn numbers<'a, S>(
        call: &Call<'a, S, 10>,
        index: usize,
        what: &'static str,
    ) -> Result<&'a [Cell<f64>], Fault> {
        table(call, call.number(index), what, "beadsynt")
    }
}

/// How many partials a note plays: as many as it asks for, or all that are there.
fn count<S>(call: &Call<'_, S, 10>, [freqs, amps, bws]: [&[Cell<f64>]; 3]) -> Result<usize, Fault> {
    let wanted = call.number(4);
    if wanted.is_nan() || wanted < 0.0 {
        let even = freqs.len() == amps.len() && freqs.len() == bws.len() && !freqs.is_empty();
        return if even { Ok(freqs.len()) } else { uneven(freqs, amps, bws) };
    }
    let wanted = wanted as usize;
    for (what, numbers) in [("frequencies", freqs), ("amplitudes", amps), ("bandwidths", bws)] {
        if numbers.len() < wanted {
            return Err(Fault::TooFewForPartials { wanted, have: numbers.len(), what });
        }
    }
    Ok(wanted)
}

fn uneven<T>(freqs: &[Cell<f64>], amps: &[Cell<f64>], bws: &[Cell<f64>]) -> Result<T, Fault> {
    Err(Fault::UnevenPartials(freqs.len(), amps.len(), bws.len()))
}

/// What is asked for in `iflags`.
#[derive(Clone, Copy)]
struct Flags(u8);

impl Flags {
    fn normal_noise(self) -> bool {
        self.0 & 1 != 0
    }

    fn straight_wave(self) -> bool {
        self.0 & 2 != 0
    }

    fn gliding(self) -> bool {
        self.0 & 4 != 0
    }
}

/// Partials that sound together.
struct Bank {
    /// [`KEPT`] numbers for each partial.
    memory: Memory,
    count: usize,
    flags: Flags,
    low_pass: LowPass,
    noise: Noise,
}

/// Where partials begin: somewhere, all at one place, or each at its own.
enum Phases<'a> {
    Anywhere,
    At(f64),
    Each(&'a [Cell<f64>]),
}

impl<'a> Phases<'a> {
    fn of<S>(call: &Call<'a, S, 10>, count: usize) -> Result<Self, Fault> {
        let number = call.number(9);
        if number < 0.0 || number.is_nan() {
            return Ok(Self::Anywhere);
        }
        if number <= 1.0 {
            return Ok(Self::At(number));
        }
        let phases = table(call, number, "phases", "beadsynt")?;
        match phases.len() < count {
            true => Err(Fault::TooFewForPartials { wanted: count, have: phases.len(), what: "phases" }),
            false => Ok(Self::Each(phases)),
        }
    }

    fn of_partial(&self, index: usize, noise: &mut Noise) -> f64 {
        match self {
            Self::Anywhere => noise.phase(),
            Self::At(phase) => *phase,
            Self::Each(phases) => phases.get(index).map_or(0.0, Cell::get),
        }
    }
}

struct Beadsynt<P>(std::marker::PhantomData<P>);

// SAFETY: out `a`, in `.[].[].[]jpPPjj` or `iiijpPPjj`, of which the first three are what `P` reads; arrays of anything
// but numbers count as empty. Of the state, `Memory` is zeroed memory and all else is numbers and a bool, without drop.
unsafe impl<P: Partials> Opcode<10> for Beadsynt<P> {
    type State = Bank;

    fn init(call: &mut Call<'_, Bank, 10>) -> Outcome {
        // Nothing sounds where this does not come to its end.
        call.state().count = 0;
        let count = count(call, P::all(call)?)?;
        period(call, 8, "beadsynt")?;
        let phases = Phases::of(call, count)?;
        let flags = Flags(call.number(5) as u8);
        let mut noise = noise(call, flags.normal_noise());
        let rate = call.rate();
        call.give_memory(|bank| &mut bank.memory, count * KEPT);
        let bank = call.state();
        for (index, kept) in bank.memory.numbers().as_chunks_mut().0.iter_mut().enumerate() {
            *kept = Partial::new(phases.of_partial(index, &mut noise), Gains::new(0.0, 0.0)).kept();
        }
        bank.low_pass = LowPass::new(rate, flags.normal_noise());
        (bank.count, bank.flags, bank.noise) = (count, flags, noise);
        Ok(())
    }

    fn perform(call: &mut Call<'_, Bank, 10>) -> Outcome {
        let [freqs, amps, bws] = P::all(call)?;
        let period = period(call, 8, "beadsynt")?;
        let (scale, bandwidth_scale) = (call.number(6), call.number(7));
        let (out, rate) = (silent_output(call), call.rate());
        let Bank { memory, count, flags, low_pass, noise } = call.state();
        let wave = Wave { period, straight: flags.straight_wave() };
        let there = freqs.len().min(amps.len()).min(bws.len());
        let at = |numbers: &[Cell<f64>], index: usize| numbers.get(index).map_or(0.0, Cell::get);
        for (index, kept) in memory.numbers().as_chunks_mut().0.iter_mut().take(*count).enumerate() {
            let mut partial = Partial::from_kept(kept);
            let (to, gains) = if index < there {
                let gains = Gains::new(at(amps, index), at(bws, index) * bandwidth_scale);
                (step(at(freqs, index) * scale, rate), gains)
            } else {
                (if partial.step.is_nan() { 0.0 } else { partial.step }, Gains::new(0.0, 0.0))
            };
            let gliding = flags.gliding() && !partial.step.is_nan();
            let from = if gliding { partial.step } else { to };
            let rise = (to - from) / out.len().max(1) as f64;
            let steps = (0..).map(|frame| from + rise * f64::from(frame));
            let voice = Voice { wave, noise, low_pass };
            partial.sound(out.len(), steps, gains, voice, |frame, heard| {
                out[frame].set(out[frame].get() + heard);
            });
            partial.step = to;
            *kept = partial.kept();
        }
        Ok(())
    }
}

/// What `beosc` keeps.
struct Single {
    partial: Partial,
    low_pass: LowPass,
    noise: Noise,
}

/// `aout beosc xfreq, kbw [, ifn=-1, iphs=0, inoisetype=1]`, where the frequency is audio or changes with each cycle
struct Beosc<const AUDIO: bool>;

// SAFETY: out `a`, in `akjop` where `AUDIO`, else `kkjop`; the state is numbers and a bool, without drop.
unsafe impl<const AUDIO: bool> Opcode<6> for Beosc<AUDIO> {
    type State = Single;

    fn init(call: &mut Call<'_, Single, 6>) -> Outcome {
        period(call, 3, "beosc")?;
        let normal = call.number(5) != 0.0;
        let partial = Partial::new(call.number(4) / TAU, Gains::new(0.0, 0.0));
        let (noise, low_pass) = (noise(call, normal), LowPass::new(call.rate(), normal));
        *call.state() = Single { partial, low_pass, noise };
        Ok(())
    }

    fn perform(call: &mut Call<'_, Single, 6>) -> Outcome {
        let wave = Wave { period: period(call, 3, "beosc")?, straight: true };
        let gains = Gains::new(1.0, call.number(2));
        let (rate, span, out) = (call.rate(), call.span(), call.signal(0));
        let each_cycle = step(call.number(1), rate);
        let frequency = if AUDIO { &call.signal(1)[span.clone()] } else { &[] };
        // The frequency may be where the output is: its frames are read before they are written.
        out[..span.start].iter().chain(&out[span.end..]).for_each(|sample| sample.set(0.0));
        let out = &out[span];
        let steps = (0..).map(|frame| frequency.get(frame).map_or(each_cycle, |now| step(now.get(), rate)));
        let Single { partial, low_pass, noise } = call.state();
        if partial.step.is_nan() {
            (partial.step, partial.gains) = (0.0, gains);
        }
        let voice = Voice { wave, noise, low_pass };
        partial.sound(out.len(), steps, gains, voice, |frame, heard| out[frame].set(heard));
        Ok(())
    }
}

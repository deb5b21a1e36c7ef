//! `panstereo`, `detectsilence`, `zeroarray`.

use super::call::{Call, Fault, Opcode, Outcome};
use super::{Entry, When, entry};

pub(super) const ENTRIES: &[Entry] = &[
    entry::<PanStereo, 6>(c"panstereo", c"aa", c"aakP", When::Both),
    entry::<DetectSilence, 4>(c"detectsilence", c"k", c"aJJ", When::Both),
    entry::<ZeroNumbers, 1>(c"zeroarray.i", c"", c"i[]", When::Init),
    entry::<ZeroNumbers, 1>(c"zeroarray.k", c"", c"k[]", When::Cycles),
    entry::<ZeroSignals, 2>(c"zeroarray.a", c"", c"a[]", When::Cycles),
    entry::<ZeroMasked, 2>(c"zeroarray.mask_k", c"", c"a[]k[]", When::Cycles),
    entry::<ZeroMasked, 2>(c"zeroarray.mask_i", c"", c"a[]i[]", When::Cycles),
    entry::<ZeroByTable, 2>(c"zeroarray.table", c"", c"a[]k", When::Cycles),
];

/// `aL, aR panstereo aL, aR, kpan [, klevel=1]`: balance with equal power, `kpan` from 0 (left) to 1 (right).
struct PanStereo;

/// The gains of both channels, and whether they are known from a cycle before.
type Gains = ([f64; 2], bool);

// SAFETY: out `aa`, in `aakP`.
unsafe impl Opcode<6> for PanStereo {
    type State = Gains;

    fn init(call: &mut Call<'_, Gains, 6>) -> Outcome {
        *call.state() = ([0.0; 2], false);
        Ok(())
    }

    fn perform(call: &mut Call<'_, Gains, 6>) -> Outcome {
        let (pan, level) = (call.number(4).clamp(0.0, 1.0), call.number(5));
        let target = [(1.0 - pan).sqrt() * level, pan.sqrt() * level];
        let span = call.span();
        let (before, known) = *call.state();
        let before = if known { before } else { target };
        for channel in 0..2 {
            let step = (target[channel] - before[channel]) / span.len().max(1) as f64;
            for (frame, (out, heard)) in call.signal(channel).iter().zip(call.signal(2 + channel)).enumerate()
            {
                let gain = before[channel] + step * (frame.saturating_sub(span.start) + 1) as f64;
                out.set(if span.contains(&frame) { heard.get() * gain } else { 0.0 });
            }
        }
        *call.state() = (target, true);
        Ok(())
    }
}

/// `kout detectsilence asig [, kthresh=0.0001, ktime=0.1]`: 1 when the signal has stayed below for so long.
struct DetectSilence;

// SAFETY: out `k`, in `aJJ`; the state counts frames.
unsafe impl Opcode<4> for DetectSilence {
    type State = u64;

    fn init(call: &mut Call<'_, u64, 4>) -> Outcome {
        *call.state() = 0;
        call.set(0, 0.0);
        Ok(())
    }

    fn perform(call: &mut Call<'_, u64, 4>) -> Outcome {
        let or = |value: f64, default: f64| if value < 0.0 { default } else { value };
        let (threshold, seconds) = (or(call.number(2), 0.0001), or(call.number(3), 0.1));
        for sample in &call.signal(1)[call.span()] {
            let silent = sample.get().abs() <= threshold;
            *call.state() = if silent { *call.state() + 1 } else { 0 };
        }
        let silent = *call.state() as f64 >= seconds * call.rate();
        call.set(0, f64::from(silent));
        Ok(())
    }
}

/// `zeroarray iArr[]` and `zeroarray kArr[]`
struct ZeroNumbers;

// SAFETY: in `i[]` or `k[]`.
unsafe impl Opcode<1> for ZeroNumbers {
    type State = ();

    fn init(call: &mut Call<'_, (), 1>) -> Outcome {
        Self::perform(call)
    }

    fn perform(call: &mut Call<'_, (), 1>) -> Outcome {
        call.array(0).iter().for_each(|element| element.set(0.0));
        Ok(())
    }
}

/// Silences the signals of an array whose mask is above 0; one without a mask is left.
fn silence(call: &Call<'_, (), 2>, mask: impl Iterator<Item = f64>) {
    for (signal, mask) in call.signals(0).zip(mask) {
        if mask > 0.0 {
            signal.iter().for_each(|sample| sample.set(0.0));
        }
    }
}

/// `zeroarray aArr[]`
struct ZeroSignals;

// SAFETY: in `a[]`.
unsafe impl Opcode<2> for ZeroSignals {
    type State = ();

    fn perform(call: &mut Call<'_, (), 2>) -> Outcome {
        silence(call, std::iter::repeat(1.0));
        Ok(())
    }
}

/// `zeroarray aArr[], xMask[]`
struct ZeroMasked;

// SAFETY: in `a[]k[]` or `a[]i[]`.
unsafe impl Opcode<2> for ZeroMasked {
    type State = ();

    fn perform(call: &mut Call<'_, (), 2>) -> Outcome {
        let mask = call.array(1);
        if mask.len() != call.signals(0).count() {
            return Err(Fault::Misused("the mask has another length than the array"));
        }
        silence(call, mask.iter().map(std::cell::Cell::get));
        Ok(())
    }
}

/// `zeroarray aArr[], ktable`
struct ZeroByTable;

// SAFETY: in `a[]k`.
unsafe impl Opcode<2> for ZeroByTable {
    type State = ();

    fn perform(call: &mut Call<'_, (), 2>) -> Outcome {
        // 0 is no table: all are silenced, as without a mask.
        if call.number(1) == 0.0 {
            silence(call, std::iter::repeat(1.0));
            return Ok(());
        }
        let mask = call.table(call.number(1))?;
        silence(call, mask.iter().map(std::cell::Cell::get));
        Ok(())
    }
}

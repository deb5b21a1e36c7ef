//! `interp1d` and `bisect`: from a place between the elements of an array or table to a value, and back.
//!
//! Both clamp to the first and last element. A table may hold rows of several columns: `step` is the length of a row,
//! `offset` the column. The shape between two elements is that of an automation line of the same name, and is set when
//! the note starts.

use std::cell::Cell;

use super::call::{Call, Fault, Opcode, Outcome};
use super::{Entry, When, entry};
use ksmps_data::curve::Curve;

pub(super) const ENTRIES: &[Entry] = &[
    entry::<Interpolate<FromArray, Value>, 6>(c"interp1d.i", c"i", c"ii[]", When::Init),
    entry::<Interpolate<FromArray, Value>, 6>(c"interp1d.i", c"i", c"ii[]S", When::Init),
    entry::<Interpolate<FromArray, Value>, 6>(c"interp1d.i", c"i", c"ii[]Si", When::Init),
    entry::<Interpolate<FromArray, Value>, 6>(c"interp1d.k", c"k", c"k.[]", When::Both),
    entry::<Interpolate<FromArray, Value>, 6>(c"interp1d.k", c"k", c"k.[]SO", When::Both),
    entry::<Interpolate<FromArray, Samples>, 6>(c"interp1d.a", c"a", c"a.[]", When::Both),
    entry::<Interpolate<FromArray, Samples>, 6>(c"interp1d.a", c"a", c"a.[]SO", When::Both),
    entry::<Interpolate<FromArray, Elements>, 6>(c"interp1d.arrays_i", c"i[]", c"i[]i[]", When::Init),
    entry::<Interpolate<FromArray, Elements>, 6>(c"interp1d.arrays_i", c"i[]", c"i[]i[]S", When::Init),
    entry::<Interpolate<FromArray, Elements>, 6>(c"interp1d.arrays_k", c"k[]", c"k[].[]", When::Both),
    entry::<Interpolate<FromArray, Elements>, 6>(c"interp1d.arrays_k", c"k[]", c"k[].[]SO", When::Both),
    entry::<Interpolate<FromTable, Value>, 6>(c"interp1d.table_i", c"i", c"ii", When::Init),
    entry::<Interpolate<FromTable, Value>, 6>(c"interp1d.table_i", c"i", c"iiSpj", When::Init),
    entry::<Interpolate<FromTable, Value>, 6>(c"interp1d.table_k", c"k", c"kk", When::Both),
    entry::<Interpolate<FromTable, Value>, 6>(c"interp1d.table_k", c"k", c"kkSPO", When::Both),
    entry::<Interpolate<FromTable, Samples>, 6>(c"interp1d.table_a", c"a", c"ak", When::Both),
    entry::<Interpolate<FromTable, Samples>, 6>(c"interp1d.table_a", c"a", c"akSPO", When::Both),
    entry::<Interpolate<FromTable, Elements>, 6>(c"interp1d.arrays_table_i", c"i[]", c"i[]i", When::Init),
    entry::<Interpolate<FromTable, Elements>, 6>(c"interp1d.arrays_table_i", c"i[]", c"i[]iSpj", When::Init),
    entry::<Interpolate<FromTable, Elements>, 6>(c"interp1d.arrays_table_k", c"k[]", c"k[]k", When::Both),
    entry::<Interpolate<FromTable, Elements>, 6>(c"interp1d.arrays_table_k", c"k[]", c"k[]kSPO", When::Both),
    entry::<Interpolate<FromPoints, Value>, 6>(c"interp1d.points_i", c"i", c"ii[]i[]", When::Init),
    entry::<Interpolate<FromPoints, Value>, 6>(c"interp1d.points_i", c"i", c"ii[]i[]S", When::Init),
    entry::<Interpolate<FromPoints, Value>, 6>(c"interp1d.points_k", c"k", c"k.[].[]", When::Both),
    entry::<Interpolate<FromPoints, Value>, 6>(c"interp1d.points_k", c"k", c"k.[].[]S", When::Both),
    entry::<Bisect<InArray, Value>, 5>(c"bisect.i", c"i", c"i.[]", When::Init),
    entry::<Bisect<InArray, Value>, 5>(c"bisect.k", c"k", c"k.[]", When::Both),
    entry::<Bisect<InArray, Samples>, 5>(c"bisect.a", c"a", c"a.[]", When::Both),
    entry::<Bisect<InArray, Elements>, 5>(c"bisect.arrays_i", c"i[]", c"i[].[]", When::Init),
    entry::<Bisect<InArray, Elements>, 5>(c"bisect.arrays_k", c"k[]", c"k[].[]", When::Both),
    entry::<Bisect<InTable, Value>, 5>(c"bisect.table_i", c"i", c"iipj", When::Init),
    entry::<Bisect<InTable, Value>, 5>(c"bisect.table_k", c"k", c"kkPO", When::Both),
    entry::<Bisect<InTable, Samples>, 5>(c"bisect.table_a", c"a", c"akPO", When::Both),
    entry::<Bisect<InTable, Elements>, 5>(c"bisect.arrays_table_i", c"i[]", c"i[]ipj", When::Init),
    entry::<Bisect<InTable, Elements>, 5>(c"bisect.arrays_table_k", c"k[]", c"k[]kPO", When::Both),
];

/// Every `step`th number of some, from `offset` on.
#[derive(Clone, Copy)]
struct Column<'a> {
    numbers: &'a [Cell<f64>],
    step: usize,
    offset: usize,
}

impl<'a> Column<'a> {
    fn whole(numbers: &'a [Cell<f64>]) -> Self {
        Self { numbers, step: 1, offset: 0 }
    }

    /// The column that two arguments name: the length of a row and the place in it. A place of -1 is 0.
    fn of<S, const N: usize>(
        call: &Call<'_, S, N>,
        numbers: &'a [Cell<f64>],
        step: usize,
        offset: usize,
    ) -> Self {
        let at = |index: usize, least: f64| {
            if call.has(index) { call.number(index).max(least) as usize } else { least as usize }
        };
        Self { numbers, step: at(step, 1.0), offset: at(offset, 0.0) }
    }

    fn len(self) -> usize {
        self.numbers.len().saturating_sub(self.offset).div_ceil(self.step)
    }

    fn at(self, index: usize) -> f64 {
        self.numbers.get(self.offset + index * self.step).map_or(0.0, Cell::get)
    }

    /// The value at a place between elements.
    fn interpolate(self, place: f64, way: Way) -> f64 {
        let last = self.len().saturating_sub(1);
        let place = place.clamp(0.0, last as f64);
        // A place that is no number stays at the start.
        let left = place as usize;
        if left >= last {
            return self.at(last);
        }
        let (from, to, d) = (self.at(left), self.at(left + 1), place - left as f64);
        match way {
            Way::Curve(shape) => from + (to - from) * shape.at(d),
            Way::Smooth(more) => from + (to - from) * smooth(d, more),
            Way::Cubic => {
                let before = self.at(left.saturating_sub(1));
                let after = self.at((left + 2).min(last));
                cubic([before, from, to, after], d)
            }
        }
    }

    /// The place of a value among elements that rise.
    fn bisect(self, value: f64) -> f64 {
        let last = self.len().saturating_sub(1);
        // The first element that is above the value.
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low + (high - low) / 2;
            if self.at(middle) <= value { low = middle + 1 } else { high = middle }
        }
        if low == 0 {
            return 0.0;
        }
        if low > last {
            return last as f64;
        }
        let (left, right) = (self.at(low - 1), self.at(low));
        (low - 1) as f64 + (value - left) / (right - left)
    }
}

/// How `interp1d` goes from one element to the next.
#[derive(Clone, Copy)]
enum Way {
    /// As an automation line does.
    Curve(Curve),
    /// Smooth steps in one another: one, and so many more. A fraction lies between two counts.
    Smooth(f64),
    /// A curve without corners, through four elements.
    Cubic,
}

/// Most steps of [`Way::Smooth`]; behind these there is only the jump in the middle.
const SMOOTH_MAX: f64 = 16.0;

fn smooth(d: f64, more: f64) -> f64 {
    let more = more.clamp(0.0, SMOOTH_MAX);
    let step = |d: f64| Curve::Smooth.at(d);
    let whole = (0..more as usize).fold(step(d), |d, _| step(d));
    whole + (step(whole) - whole) * more.fract()
}

/// A Catmull-Rom curve: from the second to the third point, in the directions of the chords through their neighbours.
fn cubic([before, from, to, after]: [f64; 4], d: f64) -> f64 {
    let (leaving, arriving) = ((to - before) * 0.5, (after - from) * 0.5);
    let rise = to - from;
    let bend = 3.0 * rise - 2.0 * leaving - arriving;
    let twist = leaving + arriving - 2.0 * rise;
    from + d * (leaving + d * (bend + d * twist))
}

/// What an opcode maps with its curve: one number, a cycle of samples, or the elements of an array.
trait Mapped {
    fn map<S, const N: usize>(call: &mut Call<'_, S, N>, curve: impl Fn(f64) -> f64);
}

struct Value;

impl Mapped for Value {
    fn map<S, const N: usize>(call: &mut Call<'_, S, N>, curve: impl Fn(f64) -> f64) {
        let value = curve(call.number(1));
        call.set(0, value);
    }
}

struct Samples;

impl Mapped for Samples {
    fn map<S, const N: usize>(call: &mut Call<'_, S, N>, curve: impl Fn(f64) -> f64) {
        let span = call.span();
        for (frame, (out, place)) in call.signal(0).iter().zip(call.signal(1)).enumerate() {
            out.set(if span.contains(&frame) { curve(place.get()) } else { 0.0 });
        }
    }
}

struct Elements;

impl Mapped for Elements {
    fn map<S, const N: usize>(call: &mut Call<'_, S, N>, curve: impl Fn(f64) -> f64) {
        let places = call.array(1);
        if call.array(0).len() != places.len() {
            call.resize(0, places.len());
        }
        for (out, place) in call.array(0).iter().zip(places) {
            out.set(curve(place.get()));
        }
    }
}

/// Where `interp1d` finds its curve, and which argument is the shape.
trait Source {
    const SHAPE: usize;
    /// Whether the argument behind the shape is its parameter.
    const HAS_PARAMETER: bool = false;
    fn curve<'a, S>(call: &Call<'a, S, 6>, way: Way)
    -> Result<impl Fn(f64) -> f64 + use<'a, S, Self>, Fault>;
}

/// `interp1d xidx, xarr[] [, Smode, kparam]`
struct FromArray;

impl Source for FromArray {
    const SHAPE: usize = 3;
    const HAS_PARAMETER: bool = true;

    fn curve<'a, S>(call: &Call<'a, S, 6>, way: Way) -> Result<impl Fn(f64) -> f64 + use<'a, S>, Fault> {
        let column = Column::whole(call.array(2));
        Ok(move |place| column.interpolate(place, way))
    }
}

/// `interp1d xidx, xtab [, Smode, kstep, koffset]`
struct FromTable;

impl Source for FromTable {
    const SHAPE: usize = 3;

    fn curve<'a, S>(call: &Call<'a, S, 6>, way: Way) -> Result<impl Fn(f64) -> f64 + use<'a, S>, Fault> {
        let column = Column::of(call, call.table(call.number(2))?, 4, 5);
        Ok(move |place| column.interpolate(place, way))
    }
}

/// `interp1d x, xs[], ys[] [, Smode]`: the value of a line through points.
struct FromPoints;

impl Source for FromPoints {
    const SHAPE: usize = 4;

    fn curve<'a, S>(call: &Call<'a, S, 6>, way: Way) -> Result<impl Fn(f64) -> f64 + use<'a, S>, Fault> {
        let (xs, ys) = (Column::whole(call.array(2)), Column::whole(call.array(3)));
        Ok(move |x| ys.interpolate(xs.bisect(x), way))
    }
}

/// The shape that an argument names; `exp` takes its exponent, and `smooth` its further steps, from its parameter or
/// from behind a `=`.
fn way<F: Source, S>(call: &Call<'_, S, 6>) -> Result<Way, Fault> {
    if !call.has(F::SHAPE) {
        return Ok(Way::Curve(Curve::Linear));
    }
    let name = call.text(F::SHAPE);
    let parameter = (F::HAS_PARAMETER && call.has(F::SHAPE + 1)).then(|| call.number(F::SHAPE + 1));
    match (name, parameter) {
        ("cubic", _) => return Ok(Way::Cubic),
        ("exp" | "expon", parameter) => {
            return Ok(Way::Curve(Curve::Expon(parameter.filter(|given| *given > 0.0).unwrap_or(1.0))));
        }
        ("smooth", Some(more)) if more > 0.0 => return Ok(Way::Smooth(more)),
        _ => {}
    }
    if let Some(more) = name.strip_prefix("smooth=").and_then(|more| more.parse().ok()) {
        return Ok(Way::Smooth(more));
    }
    name.parse().map(Way::Curve).map_err(|_| Fault::NoShape(name.into()))
}

struct Interpolate<F, M>(std::marker::PhantomData<(F, M)>);

/// A way that zeroed memory is a value of.
type KeptWay = Option<Way>;

// SAFETY: each entry's second input is what its Source reads, its output and first input what its Mapped maps.
unsafe impl<F: Source, M: Mapped> Opcode<6> for Interpolate<F, M> {
    type State = KeptWay;

    fn init(call: &mut Call<'_, KeptWay, 6>) -> Outcome {
        *call.state() = Some(way::<F, _>(call)?);
        Self::perform(call)
    }

    fn perform(call: &mut Call<'_, KeptWay, 6>) -> Outcome {
        let Some(way) = *call.state() else { return Ok(()) };
        let curve = F::curve(call, way)?;
        M::map(call, curve);
        Ok(())
    }
}

/// Where `bisect` looks.
trait Place {
    fn column<'a, S>(call: &Call<'a, S, 5>) -> Result<Column<'a>, Fault>;
}

/// `bisect xval, xarr[]`
struct InArray;

impl Place for InArray {
    fn column<'a, S>(call: &Call<'a, S, 5>) -> Result<Column<'a>, Fault> {
        Ok(Column::whole(call.array(2)))
    }
}

/// `bisect xval, xtab [, kstep, koffset]`
struct InTable;

impl Place for InTable {
    fn column<'a, S>(call: &Call<'a, S, 5>) -> Result<Column<'a>, Fault> {
        Ok(Column::of(call, call.table(call.number(2))?, 3, 4))
    }
}

struct Bisect<P, M>(std::marker::PhantomData<(P, M)>);

// SAFETY: as `Interpolate`.
unsafe impl<P: Place, M: Mapped> Opcode<5> for Bisect<P, M> {
    type State = ();

    fn init(call: &mut Call<'_, (), 5>) -> Outcome {
        Self::perform(call)
    }

    fn perform(call: &mut Call<'_, (), 5>) -> Outcome {
        let column = P::column(call)?;
        M::map(call, |value| column.bisect(value));
        Ok(())
    }
}

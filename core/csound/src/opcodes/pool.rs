//! `pool_*`: stacks of numbers, known by number to all instruments, for giving out what is scarce.

use std::collections::HashMap;

use super::call::{Call, Fault, Opcode, Outcome};
use super::{Entry, When, entry};

pub(super) const ENTRIES: &[Entry] = &[
    entry::<New, 2>(c"pool_new", c"i", c"j", When::Init),
    entry::<Generate, 3>(c"pool_gen", c"i", c"i", When::Init),
    entry::<Generate, 3>(c"pool_gen", c"i", c"ii", When::Init),
    entry::<Pop, 3>(c"pool_pop.i", c"i", c"ij", When::Init),
    entry::<Pop, 3>(c"pool_pop.k", c"k", c"iJ", When::Cycles),
    entry::<Push, 3>(c"pool_push.i", c"", c"iij", When::Init),
    entry::<PushEach, 2>(c"pool_push.k", c"", c"ik", When::Cycles),
    entry::<Ask<Size>, 2>(c"pool_size.i", c"i", c"i", When::Init),
    entry::<Ask<Size>, 2>(c"pool_size.k", c"k", c"i", When::Both),
    entry::<Ask<Capacity>, 2>(c"pool_capacity.i", c"i", c"i", When::Init),
    entry::<Ask<Capacity>, 2>(c"pool_capacity.k", c"k", c"i", When::Both),
    entry::<Ask<IsFull>, 2>(c"pool_isfull.i", c"i", c"i", When::Init),
    entry::<Ask<IsFull>, 2>(c"pool_isfull.k", c"k", c"i", When::Both),
    entry::<At, 3>(c"pool_at.i", c"i", c"ii", When::Init),
    entry::<At, 3>(c"pool_at.k", c"k", c"ik", When::Both),
    entry::<Free, 2>(c"pool_free", c"", c"ij", When::Init),
];

/// Most numbers that a pool is made for.
const POOL_MAX: f64 = 16_777_216.0;
/// How many numbers a pool of variable size has room for before it grows.
const ROOM: usize = 128;

struct Pool {
    items: Vec<f64>,
    /// It never holds more.
    capacity: Option<usize>,
}

impl Pool {
    fn push(&mut self, item: f64) -> Outcome {
        if self.capacity.is_some_and(|capacity| self.items.len() >= capacity) {
            return Err(Fault::Misused("the pool is full"));
        }
        self.items.push(item);
        Ok(())
    }
}

/// The pools of an instance.
#[derive(Default)]
pub(crate) struct Pools {
    pools: HashMap<i64, Pool>,
    last: i64,
}

fn pool<'c, S, const N: usize>(call: &'c mut Call<'_, S, N>, index: usize) -> Result<&'c mut Pool, Fault> {
    let number = call.number(index);
    call.natives().pools.pools.get_mut(&(number as i64)).ok_or(Fault::NoPool(number))
}

fn add<S, const N: usize>(call: &mut Call<'_, S, N>, pool: Pool) {
    let pools = &mut call.natives().pools;
    pools.last += 1;
    let number = pools.last;
    pools.pools.insert(number, pool);
    call.set(0, number as f64);
}

/// `ipool pool_new [isize]`: empty; without a size it grows.
struct New;

// SAFETY: out `i`, in `j`.
unsafe impl Opcode<2> for New {
    type State = ();

    fn init(call: &mut Call<'_, (), 2>) -> Outcome {
        let asked = call.number(1).min(POOL_MAX);
        let capacity = (asked >= 1.0).then_some(asked as usize);
        add(call, Pool { items: Vec::with_capacity(capacity.unwrap_or(ROOM)), capacity });
        Ok(())
    }
}

/// `ipool pool_gen isize` and `ipool pool_gen istart, iend`: full, with the numbers from 1 or `istart` on.
struct Generate;

// SAFETY: out `i`, in `i` or `ii`.
unsafe impl Opcode<3> for Generate {
    type State = ();

    fn init(call: &mut Call<'_, (), 3>) -> Outcome {
        let (first, last) = match call.has(2) {
            true => (call.number(1), call.number(2)),
            false => (1.0, call.number(1)),
        };
        let count = last.floor() - first + 1.0;
        if !(1.0..=POOL_MAX).contains(&count) {
            return Err(Fault::Misused("a pool's first number is not above its last"));
        }
        let items: Vec<f64> = (0..count as usize).map(|item| first + item as f64).collect();
        add(call, Pool { capacity: Some(items.len()), items });
        Ok(())
    }
}

/// `xvalue pool_pop ipool [, xifempty=-1]`: the number that was pushed last.
struct Pop;

// SAFETY: out `i` or `k`, in `ij` or `iJ`.
unsafe impl Opcode<3> for Pop {
    type State = ();

    fn init(call: &mut Call<'_, (), 3>) -> Outcome {
        Self::perform(call)
    }

    fn perform(call: &mut Call<'_, (), 3>) -> Outcome {
        let if_empty = call.number(2);
        let item = pool(call, 1)?.items.pop().unwrap_or(if_empty);
        call.set(0, item);
        Ok(())
    }
}

/// `pool_push ipool, ivalue [, iwhen=0]`: 0 now, 1 when the note has ended.
struct Push;

// SAFETY: in `iij`; the default of the last is -1.
unsafe impl Opcode<3> for Push {
    type State = ();

    fn init(call: &mut Call<'_, (), 3>) -> Outcome {
        let item = call.number(1);
        match call.number(2) > 0.0 {
            true => {
                pool(call, 0)?;
                call.want_end();
                Ok(())
            }
            false => pool(call, 0)?.push(item),
        }
    }

    fn end(call: &mut Call<'_, (), 3>) {
        let item = call.number(1);
        // A pool that is full or gone by then has no use for it.
        let _ = pool(call, 0).and_then(|pool| pool.push(item));
    }
}

/// `pool_push ipool, kvalue`
struct PushEach;

// SAFETY: in `ik`.
unsafe impl Opcode<2> for PushEach {
    type State = ();

    fn perform(call: &mut Call<'_, (), 2>) -> Outcome {
        let item = call.number(1);
        pool(call, 0)?.push(item)
    }
}

/// What can be asked of a pool.
trait Question {
    fn answer(pool: &Pool) -> f64;
}

struct Size;

impl Question for Size {
    fn answer(pool: &Pool) -> f64 {
        pool.items.len() as f64
    }
}

struct Capacity;

impl Question for Capacity {
    fn answer(pool: &Pool) -> f64 {
        pool.capacity.unwrap_or(pool.items.capacity()) as f64
    }
}

struct IsFull;

impl Question for IsFull {
    fn answer(pool: &Pool) -> f64 {
        f64::from(pool.capacity == Some(pool.items.len()))
    }
}

/// `x pool_size ipool`, `x pool_capacity ipool`, `x pool_isfull ipool`
struct Ask<Q>(std::marker::PhantomData<Q>);

// SAFETY: out `i` or `k`, in `i`.
unsafe impl<Q: Question> Opcode<2> for Ask<Q> {
    type State = ();

    fn init(call: &mut Call<'_, (), 2>) -> Outcome {
        Self::perform(call)
    }

    fn perform(call: &mut Call<'_, (), 2>) -> Outcome {
        let answer = Q::answer(pool(call, 1)?);
        call.set(0, answer);
        Ok(())
    }
}

/// `xitem pool_at ipool, xindex`
struct At;

// SAFETY: out `i` or `k`, in `ii` or `ik`.
unsafe impl Opcode<3> for At {
    type State = ();

    fn init(call: &mut Call<'_, (), 3>) -> Outcome {
        Self::perform(call)
    }

    fn perform(call: &mut Call<'_, (), 3>) -> Outcome {
        let index = call.number(2);
        let item = if index >= 0.0 { pool(call, 1)?.items.get(index as usize).copied() } else { None };
        call.set(0, item.ok_or(Fault::Misused("the pool has no item at this index"))?);
        Ok(())
    }
}

/// `pool_free ipool [, iwhen=0]`: 0 now, 1 when the note has ended.
struct Free;

// SAFETY: in `ij`; the default of the last is -1.
unsafe impl Opcode<2> for Free {
    type State = ();

    fn init(call: &mut Call<'_, (), 2>) -> Outcome {
        pool(call, 0)?;
        match call.number(1) > 0.0 {
            true => call.want_end(),
            false => Self::end(call),
        }
        Ok(())
    }

    fn end(call: &mut Call<'_, (), 2>) {
        let number = call.number(0) as i64;
        call.natives().pools.pools.remove(&number);
    }
}

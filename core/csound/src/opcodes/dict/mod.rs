//! `dict_*`: dictionaries, known by number to all instruments.
//!
//! A dictionary maps texts or whole numbers to numbers, texts or either. It lives until `dict_free` or the end of the
//! engine. Setting a key that is there does not allocate, a new key does.

mod store;

use super::call::{ARGUMENTS_MAX, Call, Fault, Opcode, Outcome};
use super::{Entry, When, entry};
pub(crate) use store::Dicts;
use store::{Dict, Key, Value};

pub(super) const ENTRIES: &[Entry] = &[
    entry::<New, 3>(c"dict_new", c"i", c"Sj", When::Init),
    entry::<NewFilled, ARGUMENTS_MAX>(c"dict_new", c"i", c"SN", When::Init),
    entry::<NewFilled, ARGUMENTS_MAX>(c"dict_new", c"k", c"SN", When::Cycles),
    entry::<GetNumber<TextKey>, 4>(c"dict_get.sf_k", c"k", c"iSO", When::Both),
    entry::<GetText<TextKey>, 3>(c"dict_get.ss_k", c"S", c"iS", When::Both),
    entry::<GetText<TextKey>, 3>(c"dict_geti", c"S", c"iS", When::Init),
    entry::<GetNumber<TextKey>, 4>(c"dict_get.sf_i", c"i", c"iS", When::Init),
    entry::<GetNumber<TextKey>, 4>(c"dict_get.sf_i", c"i", c"iSi", When::Init),
    entry::<GetNumber<NumberKey>, 4>(c"dict_get.if_k", c"k", c"ikO", When::Both),
    entry::<GetText<NumberKey>, 3>(c"dict_get.is_i", c"S", c"ii", When::Init),
    entry::<GetText<NumberKey>, 3>(c"dict_get.is_k", c"S", c"ik", When::Both),
    entry::<GetNumber<NumberKey>, 4>(c"dict_get.if_i", c"i", c"ii", When::Init),
    entry::<GetNumber<NumberKey>, 4>(c"dict_get.if_i", c"i", c"iii", When::Init),
    entry::<SetText<TextKey>, 3>(c"dict_set.ss", c"", c"iSS", When::Both),
    entry::<SetNumber<TextKey>, 3>(c"dict_set.sf_i", c"", c"iSi", When::Init),
    entry::<SetNumber<TextKey>, 3>(c"dict_set.sf_k", c"", c"iSk", When::Cycles),
    entry::<SetNumber<NumberKey>, 3>(c"dict_set.if_i", c"", c"iii", When::Init),
    entry::<SetNumber<NumberKey>, 3>(c"dict_set.if_k", c"", c"ikk", When::Cycles),
    entry::<SetText<NumberKey>, 3>(c"dict_set.is_i", c"", c"iiS", When::Init),
    entry::<SetText<NumberKey>, 3>(c"dict_set.is_k", c"", c"ikS", When::Cycles),
    entry::<Delete<NumberKey>, 2>(c"dict_del.i", c"", c"ii", When::Init),
    entry::<Delete<NumberKey>, 2>(c"dict_del.k", c"", c"ik", When::Cycles),
    entry::<Delete<TextKey>, 2>(c"dict_del.S", c"", c"iS", When::Cycles),
    entry::<Size, 2>(c"dict_size.k", c"k", c"k", When::Both),
    entry::<Size, 2>(c"dict_size.i", c"i", c"i", When::Init),
    entry::<Exists, 2>(c"dict_exists", c"i", c"i", When::Init),
    entry::<Free, 2>(c"dict_free", c"", c"ip", When::Init),
];

/// Which type of key an opcode has.
trait KeyType {
    fn key<'a, S, const N: usize>(call: &Call<'a, S, N>, index: usize) -> Key<'a>;
}

struct TextKey;

impl KeyType for TextKey {
    fn key<'a, S, const N: usize>(call: &Call<'a, S, N>, index: usize) -> Key<'a> {
        Key::Text(call.text(index))
    }
}

struct NumberKey;

impl KeyType for NumberKey {
    fn key<'a, S, const N: usize>(call: &Call<'a, S, N>, index: usize) -> Key<'a> {
        Key::Number(call.number(index) as i64)
    }
}

fn dict<'c, S, const N: usize>(call: &'c mut Call<'_, S, N>, index: usize) -> Result<&'c mut Dict, Fault> {
    let number = call.number(index);
    call.natives().dicts.get(number).ok_or(Fault::NoDict(number))
}

/// Makes a dictionary of the type in argument 1 and says its number.
fn make<S, const N: usize>(call: &mut Call<'_, S, N>) -> Outcome {
    let kinds = "a dictionary is of type \"sf\", \"ss\", \"sa\", \"if\" or \"is\"";
    let made = Dict::of_type(call.text(1)).ok_or(Fault::Misused(kinds))?;
    let number = call.natives().dicts.add(made);
    call.set(0, number as f64);
    Ok(())
}

/// `idict dict_new Stype [, icapacity]`
struct New;

// SAFETY: out `i`, in `Sj`.
unsafe impl Opcode<3> for New {
    type State = ();

    fn init(call: &mut Call<'_, (), 3>) -> Outcome {
        make(call)
    }
}

/// `xdict dict_new Stype, key, value, …`
struct NewFilled;

// SAFETY: out `i` or `k`, in `SN`; the arguments' own types tell texts from numbers.
unsafe impl Opcode<ARGUMENTS_MAX> for NewFilled {
    type State = ();

    fn init(call: &mut Call<'_, (), ARGUMENTS_MAX>) -> Outcome {
        Self::perform(call)
    }

    fn perform(call: &mut Call<'_, (), ARGUMENTS_MAX>) -> Outcome {
        let count = call.arguments();
        if !count.is_multiple_of(2) {
            return Err(Fault::Misused("dict_new takes pairs of key and value"));
        }
        make(call)?;
        for pair in (2..count).step_by(2) {
            let key = match call.is_text(pair) {
                true => Key::Text(call.text(pair)),
                false => Key::Number(call.number(pair) as i64),
            };
            match call.is_text(pair + 1) {
                true => {
                    let text = call.text(pair + 1);
                    dict(call, 0)?.set_text(&key, text)?;
                }
                false => {
                    let number = call.number(pair + 1);
                    dict(call, 0)?.set_number(&key, number)?;
                }
            }
        }
        Ok(())
    }
}

/// `xvalue dict_get idict, key [, default]`
struct GetNumber<K>(std::marker::PhantomData<K>);

// SAFETY: out `i` or `k`, in `i`, a key of K, and an optional number.
unsafe impl<K: KeyType> Opcode<4> for GetNumber<K> {
    type State = ();

    fn init(call: &mut Call<'_, (), 4>) -> Outcome {
        Self::perform(call)
    }

    fn perform(call: &mut Call<'_, (), 4>) -> Outcome {
        let default = if call.has(3) { call.number(3) } else { 0.0 };
        let key = K::key(call, 2);
        let value = match key.of(&mut dict(call, 1)?.pairs)? {
            Some(Value::Number(number)) => *number,
            Some(Value::Text(_)) => return Err(Fault::Misused("the key's value is a text")),
            None => default,
        };
        call.set(0, value);
        Ok(())
    }
}

/// `Svalue dict_get idict, key`; empty where the key is not there.
struct GetText<K>(std::marker::PhantomData<K>);

// SAFETY: out `S`, in `i` and a key of K.
unsafe impl<K: KeyType> Opcode<3> for GetText<K> {
    type State = ();

    fn init(call: &mut Call<'_, (), 3>) -> Outcome {
        Self::perform(call)
    }

    fn perform(call: &mut Call<'_, (), 3>) -> Outcome {
        let key = K::key(call, 2);
        // The text is lent out of the dictionary while the output is written, then put back.
        let mut text = match key.of(&mut dict(call, 1)?.pairs)? {
            Some(Value::Text(text)) => std::mem::take(text),
            Some(Value::Number(_)) => return Err(Fault::Misused("the key's value is a number")),
            None => String::new(),
        };
        call.set_text(0, &text);
        if let Some(Value::Text(lent)) = key.of(&mut dict(call, 1)?.pairs)? {
            std::mem::swap(lent, &mut text);
        }
        Ok(())
    }
}

/// `dict_set idict, key, xvalue`
struct SetNumber<K>(std::marker::PhantomData<K>);

// SAFETY: in `i`, a key of K, a number.
unsafe impl<K: KeyType> Opcode<3> for SetNumber<K> {
    type State = ();

    fn init(call: &mut Call<'_, (), 3>) -> Outcome {
        Self::perform(call)
    }

    fn perform(call: &mut Call<'_, (), 3>) -> Outcome {
        let (key, number) = (K::key(call, 1), call.number(2));
        dict(call, 0)?.set_number(&key, number)
    }
}

/// `dict_set idict, key, Svalue`
struct SetText<K>(std::marker::PhantomData<K>);

// SAFETY: in `i`, a key of K, a text.
unsafe impl<K: KeyType> Opcode<3> for SetText<K> {
    type State = ();

    fn init(call: &mut Call<'_, (), 3>) -> Outcome {
        Self::perform(call)
    }

    fn perform(call: &mut Call<'_, (), 3>) -> Outcome {
        let (key, text) = (K::key(call, 1), call.text(2));
        dict(call, 0)?.set_text(&key, text)
    }
}

/// `dict_del idict, key`
struct Delete<K>(std::marker::PhantomData<K>);

// SAFETY: in `i` and a key of K.
unsafe impl<K: KeyType> Opcode<2> for Delete<K> {
    type State = ();

    fn init(call: &mut Call<'_, (), 2>) -> Outcome {
        Self::perform(call)
    }

    fn perform(call: &mut Call<'_, (), 2>) -> Outcome {
        let key = K::key(call, 1);
        key.remove(&mut dict(call, 0)?.pairs)
    }
}

/// `xsize dict_size xdict`; -1 without such a dictionary.
struct Size;

// SAFETY: out `i` or `k`, in `i` or `k`.
unsafe impl Opcode<2> for Size {
    type State = ();

    fn init(call: &mut Call<'_, (), 2>) -> Outcome {
        Self::perform(call)
    }

    fn perform(call: &mut Call<'_, (), 2>) -> Outcome {
        let size = dict(call, 1).map_or(-1.0, |dict| dict.len() as f64);
        call.set(0, size);
        Ok(())
    }
}

/// `iexists dict_exists idict`
struct Exists;

// SAFETY: out `i`, in `i`.
unsafe impl Opcode<2> for Exists {
    type State = ();

    fn init(call: &mut Call<'_, (), 2>) -> Outcome {
        let exists = dict(call, 1).is_ok();
        call.set(0, f64::from(exists));
        Ok(())
    }
}

/// `dict_free idict [, iwhen=1]`: 0 now, 1 when the note has ended.
struct Free;

// SAFETY: in `ip`.
unsafe impl Opcode<2> for Free {
    type State = ();

    fn init(call: &mut Call<'_, (), 2>) -> Outcome {
        dict(call, 0)?;
        match call.number(1) == 0.0 {
            true => Self::end(call),
            false => call.want_end(),
        }
        Ok(())
    }

    fn end(call: &mut Call<'_, (), 2>) {
        let number = call.number(0);
        call.natives().dicts.remove(number);
    }
}

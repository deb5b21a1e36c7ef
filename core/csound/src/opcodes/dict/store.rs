//! Dictionaries: texts or whole numbers that map to numbers, texts or either.

use std::collections::HashMap;

use crate::opcodes::call::{Fault, Outcome};

/// What a key maps to.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Number(f64),
    Text(String),
}

/// What a dictionary's values can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holds {
    Numbers,
    Texts,
    Either,
}

/// The pairs, by the type of the keys.
pub(crate) enum Pairs {
    Texts(HashMap<Box<str>, Value>),
    Numbers(HashMap<i64, Value>),
}

pub(crate) struct Dict {
    pub pairs: Pairs,
    holds: Holds,
}

/// The dictionaries of an instance.
#[derive(Default)]
pub(crate) struct Dicts {
    dicts: HashMap<i64, Dict>,
    last: i64,
}

impl Dicts {
    /// Adds a dictionary and gives its number.
    pub fn add(&mut self, dict: Dict) -> i64 {
        self.last += 1;
        self.dicts.insert(self.last, dict);
        self.last
    }

    /// The dictionary of a number as an orchestra has it.
    pub fn get(&mut self, number: f64) -> Option<&mut Dict> {
        self.dicts.get_mut(&(number as i64))
    }

    /// Forgets a dictionary.
    pub fn remove(&mut self, number: f64) {
        self.dicts.remove(&(number as i64));
    }
}

/// How many pairs a dictionary has room for before it grows.
const ROOM: usize = 32;

impl Dict {
    /// A dictionary of a type as orchestras write it: "sf" or "str:float", and so on.
    pub fn of_type(name: &str) -> Option<Self> {
        let texts = || Pairs::Texts(HashMap::with_capacity(ROOM));
        let numbers = || Pairs::Numbers(HashMap::with_capacity(ROOM));
        let (pairs, holds) = match name {
            "sf" | "str:float" => (texts(), Holds::Numbers),
            "ss" | "str:str" => (texts(), Holds::Texts),
            "sa" | "str:any" => (texts(), Holds::Either),
            "if" | "int:float" => (numbers(), Holds::Numbers),
            "is" | "int:str" => (numbers(), Holds::Texts),
            _ => return None,
        };
        Some(Self { pairs, holds })
    }

    /// How many pairs it has.
    pub fn len(&self) -> usize {
        match &self.pairs {
            Pairs::Texts(pairs) => pairs.len(),
            Pairs::Numbers(pairs) => pairs.len(),
        }
    }

    /// Gives a key a number; an error where the dictionary holds texts, or keys of the other type.
    pub fn set_number(&mut self, key: &Key<'_>, number: f64) -> Outcome {
        if self.holds == Holds::Texts {
            return Err(Fault::Misused("the dictionary holds texts"));
        }
        match key.of(&mut self.pairs)? {
            Some(value) => *value = Value::Number(number),
            None => key.insert(&mut self.pairs, Value::Number(number)),
        }
        Ok(())
    }

    /// Gives a key a text, as [`Dict::set_number`].
    pub fn set_text(&mut self, key: &Key<'_>, text: &str) -> Outcome {
        if self.holds == Holds::Numbers {
            return Err(Fault::Misused("the dictionary holds numbers"));
        }
        match key.of(&mut self.pairs)? {
            Some(Value::Text(old)) => {
                if old != text {
                    old.clear();
                    old.push_str(text);
                }
            }
            Some(value) => *value = Value::Text(text.to_owned()),
            None => key.insert(&mut self.pairs, Value::Text(text.to_owned())),
        }
        Ok(())
    }
}

/// A key as an opcode has it.
pub(crate) enum Key<'a> {
    Text(&'a str),
    Number(i64),
}

impl Key<'_> {
    /// The value of the key; an error where the dictionary's keys are of the other type.
    pub fn of<'p>(&self, pairs: &'p mut Pairs) -> Result<Option<&'p mut Value>, Fault> {
        match (self, pairs) {
            (Self::Text(key), Pairs::Texts(pairs)) => Ok(pairs.get_mut(*key)),
            (Self::Number(key), Pairs::Numbers(pairs)) => Ok(pairs.get_mut(key)),
            (Self::Text(_), _) => Err(Fault::Misused("the dictionary's keys are numbers")),
            (Self::Number(_), _) => Err(Fault::Misused("the dictionary's keys are texts")),
        }
    }

    /// Adds the key, where the dictionary's keys are of its type.
    pub fn insert(&self, pairs: &mut Pairs, value: Value) {
        match (self, pairs) {
            (Self::Text(key), Pairs::Texts(pairs)) => drop(pairs.insert((*key).into(), value)),
            (Self::Number(key), Pairs::Numbers(pairs)) => drop(pairs.insert(*key, value)),
            _ => {}
        }
    }

    /// Takes the key away, if it is there.
    pub fn remove(&self, pairs: &mut Pairs) -> Outcome {
        self.of(pairs)?;
        match (self, pairs) {
            (Self::Text(key), Pairs::Texts(pairs)) => drop(pairs.remove(*key)),
            (Self::Number(key), Pairs::Numbers(pairs)) => drop(pairs.remove(key)),
            _ => {}
        }
        Ok(())
    }
}

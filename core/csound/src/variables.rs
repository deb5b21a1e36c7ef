//! Variables of instruments that sound: which are to be read, and what they hold.
//!
//! Names are kept, places are not: after each cycle a name is looked up in the text of the instance that is read, in
//! Csound's own hash table, because an instance's text may be freed and its place be taken by another one whenever the
//! orchestra compiles something. That costs some 20 ns a variable. Nothing is read without a [`VariablesProven`], which
//! `variables_proof` gives where it has seen that everything lies where the layout says.

use std::ffi::CStr;

use ksmps_data::watched::VariableScope;

/// What a variable holds now.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Held<'a> {
    /// A number.
    Number(f64),
    /// A number for each frame of the last cycle; fewer, the last ones, where its instrument has a ksmps of its own.
    Sound(&'a [f64]),
    /// Nothing sounds that has it.
    Silent,
    /// There is none of this name.
    Unknown,
    /// A text, an array, a spectrum.
    Other,
}

/// It was shown in this process that variables lie where the layout says: [`crate::prove_variables`].
#[derive(Debug, Clone, Copy)]
pub struct VariablesProven(pub(crate) ());

/// Variables that are read together, by scopes. Reading them neither allocates nor frees.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Variables {
    scopes: Vec<(VariableScope, Names)>,
}

/// Names of one scope, each with its number.
type Names = Vec<(usize, Box<CStr>)>;

impl Variables {
    /// Those of a list, each with a number of the caller's. `[control]`
    pub fn new(wanted: impl IntoIterator<Item = (usize, VariableScope, Box<CStr>)>) -> Self {
        let mut scopes: Vec<(VariableScope, Names)> = Vec::new();
        for (number, scope, name) in wanted {
            match scopes.iter_mut().find(|(known, _)| *known == scope) {
                Some((_, names)) => names.push((number, name)),
                None => scopes.push((scope, vec![(number, name)])),
            }
        }
        Self { scopes }
    }

    /// Each scope with its names and their numbers. `[audio]`
    pub(crate) fn scopes(
        &self,
    ) -> impl Iterator<Item = (&VariableScope, impl Iterator<Item = (usize, &CStr)>)> {
        self.scopes
            .iter()
            .map(|(scope, names)| (scope, names.iter().map(|(number, name)| (*number, &**name))))
    }
}

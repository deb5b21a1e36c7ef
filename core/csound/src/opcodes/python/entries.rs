//! The names of the family, each with the types of its arguments.

use std::ffi::CStr;

use ksmps_python_abi::Kind;

use super::{AT_INIT, COUNTED, Init, LIST_MAX, LOCAL, Py, TRIGGERED};
use crate::opcodes::{Entry, When, entry};

const STATEMENTS: u32 = Kind::Statements as u32;
const SCRIPT: u32 = Kind::Script as u32;
const EXPRESSION: u32 = Kind::Expression as u32;
const CALLABLE: u32 = Kind::Callable as u32;
const VARIABLE: u32 = Kind::Variable as u32;

/// The outputs of a call with so many results.
const RESULTS: [[&CStr; 2]; 9] = [
    [c"", c""],
    [c"k", c"i"],
    [c"kk", c"ii"],
    [c"kkk", c"iii"],
    [c"kkkk", c"iiii"],
    [c"kkkkk", c"iiiii"],
    [c"kkkkkk", c"iiiiii"],
    [c"kkkkkkk", c"iiiiiii"],
    [c"kkkkkkkk", c"iiiiiiii"],
];

/// One form with at most `N` arguments.
const fn one<const N: usize, const KIND: u32, const OUTPUTS: usize, const FLAGS: u32>(
    name: &'static CStr,
    in_types: &'static CStr,
) -> Entry {
    let (when, rate) = if FLAGS & AT_INIT != 0 { (When::Init, 1) } else { (When::Both, 0) };
    entry::<Py<KIND, OUTPUTS, FLAGS>, N>(name, RESULTS[OUTPUTS][rate], in_types, when)
}

/// A call with so many results, in its six forms: in cycles, triggered and at init, global and local. Csound's list of
/// numbers that may change has one of them at least, so a call without arguments has types of its own.
const fn calls<const OUTPUTS: usize>(names: [&'static CStr; 6]) -> [Entry; 10] {
    [
        one::<10, CALLABLE, OUTPUTS, 0>(names[0], c"S"),
        one::<LIST_MAX, CALLABLE, OUTPUTS, 0>(names[0], c"Sz"),
        one::<10, CALLABLE, OUTPUTS, TRIGGERED>(names[1], c"kS"),
        one::<LIST_MAX, CALLABLE, OUTPUTS, TRIGGERED>(names[1], c"kSz"),
        one::<LIST_MAX, CALLABLE, OUTPUTS, AT_INIT>(names[2], c"Sm"),
        one::<10, CALLABLE, OUTPUTS, LOCAL>(names[3], c"S"),
        one::<LIST_MAX, CALLABLE, OUTPUTS, LOCAL>(names[3], c"Sz"),
        one::<10, CALLABLE, OUTPUTS, { LOCAL | TRIGGERED }>(names[4], c"kS"),
        one::<LIST_MAX, CALLABLE, OUTPUTS, { LOCAL | TRIGGERED }>(names[4], c"kSz"),
        one::<LIST_MAX, CALLABLE, OUTPUTS, { LOCAL | AT_INIT }>(names[5], c"Sm"),
    ]
}

const CALLS_0: [Entry; 10] =
    calls::<0>([c"pycall", c"pycallt", c"pycalli", c"pylcall", c"pylcallt", c"pylcalli"]);
const CALLS_1: [Entry; 10] =
    calls::<1>([c"pycall1", c"pycall1t", c"pycall1i", c"pylcall1", c"pylcall1t", c"pylcall1i"]);
const CALLS_2: [Entry; 10] =
    calls::<2>([c"pycall2", c"pycall2t", c"pycall2i", c"pylcall2", c"pylcall2t", c"pylcall2i"]);
const CALLS_3: [Entry; 10] =
    calls::<3>([c"pycall3", c"pycall3t", c"pycall3i", c"pylcall3", c"pylcall3t", c"pylcall3i"]);
const CALLS_4: [Entry; 10] =
    calls::<4>([c"pycall4", c"pycall4t", c"pycall4i", c"pylcall4", c"pylcall4t", c"pylcall4i"]);
const CALLS_5: [Entry; 10] =
    calls::<5>([c"pycall5", c"pycall5t", c"pycall5i", c"pylcall5", c"pylcall5t", c"pylcall5i"]);
const CALLS_6: [Entry; 10] =
    calls::<6>([c"pycall6", c"pycall6t", c"pycall6i", c"pylcall6", c"pylcall6t", c"pylcall6i"]);
const CALLS_7: [Entry; 10] =
    calls::<7>([c"pycall7", c"pycall7t", c"pycall7i", c"pylcall7", c"pylcall7t", c"pylcall7i"]);
const CALLS_8: [Entry; 10] =
    calls::<8>([c"pycall8", c"pycall8t", c"pycall8i", c"pylcall8", c"pylcall8t", c"pylcall8i"]);

const OTHERS: [Entry; 35] = [
    entry::<Init, 0>(c"pyinit", c"", c"", When::Init),
    one::<2, STATEMENTS, 0, 0>(c"pyrun", c"S"),
    one::<2, STATEMENTS, 0, TRIGGERED>(c"pyrunt", c"kS"),
    one::<2, STATEMENTS, 0, AT_INIT>(c"pyruni", c"S"),
    one::<2, STATEMENTS, 0, LOCAL>(c"pylrun", c"S"),
    one::<2, STATEMENTS, 0, { LOCAL | TRIGGERED }>(c"pylrunt", c"kS"),
    one::<2, STATEMENTS, 0, { LOCAL | AT_INIT }>(c"pylruni", c"S"),
    one::<2, SCRIPT, 0, 0>(c"pyexec", c"S"),
    one::<2, SCRIPT, 0, TRIGGERED>(c"pyexect", c"kS"),
    one::<2, SCRIPT, 0, AT_INIT>(c"pyexeci", c"S"),
    one::<2, SCRIPT, 0, LOCAL>(c"pylexec", c"S"),
    one::<2, SCRIPT, 0, { LOCAL | TRIGGERED }>(c"pylexect", c"kS"),
    one::<2, SCRIPT, 0, { LOCAL | AT_INIT }>(c"pylexeci", c"S"),
    one::<3, EXPRESSION, 1, 0>(c"pyeval", c"S"),
    one::<3, EXPRESSION, 1, TRIGGERED>(c"pyevalt", c"kS"),
    one::<3, EXPRESSION, 1, AT_INIT>(c"pyevali", c"S"),
    one::<3, EXPRESSION, 1, LOCAL>(c"pyleval", c"S"),
    one::<3, EXPRESSION, 1, { LOCAL | TRIGGERED }>(c"pylevalt", c"kS"),
    one::<3, EXPRESSION, 1, { LOCAL | AT_INIT }>(c"pylevali", c"S"),
    one::<3, VARIABLE, 0, 0>(c"pyassign", c"Sk"),
    one::<3, VARIABLE, 0, TRIGGERED>(c"pyassignt", c"kSk"),
    one::<3, VARIABLE, 0, AT_INIT>(c"pyassigni", c"Si"),
    one::<3, VARIABLE, 0, LOCAL>(c"pylassign", c"Sk"),
    one::<3, VARIABLE, 0, { LOCAL | TRIGGERED }>(c"pylassignt", c"kSk"),
    one::<3, VARIABLE, 0, { LOCAL | AT_INIT }>(c"pylassigni", c"Si"),
    one::<3, CALLABLE, 0, COUNTED>(c"pycalln", c"Si"),
    one::<LIST_MAX, CALLABLE, 0, COUNTED>(c"pycalln", c"Siz"),
    one::<3, CALLABLE, 0, { COUNTED | TRIGGERED }>(c"pycallnt", c"kSi"),
    one::<LIST_MAX, CALLABLE, 0, { COUNTED | TRIGGERED }>(c"pycallnt", c"kSiz"),
    one::<LIST_MAX, CALLABLE, 0, { COUNTED | AT_INIT }>(c"pycallni", c"Sim"),
    one::<3, CALLABLE, 0, { COUNTED | LOCAL }>(c"pylcalln", c"Si"),
    one::<LIST_MAX, CALLABLE, 0, { COUNTED | LOCAL }>(c"pylcalln", c"Siz"),
    one::<3, CALLABLE, 0, { COUNTED | LOCAL | TRIGGERED }>(c"pylcallnt", c"kSi"),
    one::<LIST_MAX, CALLABLE, 0, { COUNTED | LOCAL | TRIGGERED }>(c"pylcallnt", c"kSiz"),
    one::<LIST_MAX, CALLABLE, 0, { COUNTED | LOCAL | AT_INIT }>(c"pylcallni", c"Sim"),
];

/// All of the family.
pub(in crate::opcodes) const FAMILY: [&[Entry]; 10] =
    [&OTHERS, &CALLS_0, &CALLS_1, &CALLS_2, &CALLS_3, &CALLS_4, &CALLS_5, &CALLS_6, &CALLS_7, &CALLS_8];

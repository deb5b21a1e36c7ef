//! What a Python opcode costs beside the expression that it evaluates.
//!
//! Cycles with so many `pyeval` and cycles with as many assignments stand beside each other; the expression itself is timed
//! in Python's own way, in the same turn.

use std::time::Instant;

use ksmps_core::csound::{Performed, Preparing, Python, Running};
use ksmps_core::python::PythonSearch;

use super::{RATE, failed, median};
use crate::error::Error;

const KSMPS: usize = 16;
/// Opcodes in a cycle.
const OPCODES: usize = 100;
/// Cycles that one time is taken of.
const CYCLES: usize = 200;
/// Pairs of such times in each turn.
const PAIRS: usize = 8;
/// Expressions, from the least there can be to one that does something.
const EXPRESSIONS: [&str; 3] = ["v1", "v1 * 3 + 1", "sum(x * v1 for x in numbers)"];

/// Measures and prints what a `pyeval` costs.
pub fn opcodes(rounds: usize) -> Result<(), Error> {
    let python = match Python::open(&PythonSearch::of_environment()) {
        Ok(python) => python,
        Err(error) => {
            println!("pyeval was not measured: {error}");
            return Ok(());
        }
    };
    println!(
        "pyeval in each cycle at {RATE} Hz, {OPCODES} of them, {} (median of {rounds} turns)",
        python.file().display()
    );
    for expression in EXPRESSIONS {
        let mut with = start(python, &format!("pyeval \"{expression}\""), expression)?;
        let mut without = start(python, "= p4", expression)?;
        let (mut added, mut alone) = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            let pairs = (0..PAIRS).map(|_| Ok(cycles(&mut with)? - cycles(&mut without)?));
            added.extend(
                pairs.collect::<Result<Vec<f64>, Error>>()?.iter().map(|cycle| cycle / OPCODES as f64),
            );
            with.eval("pyruni \"measure()\"\nreturn 0\n").map_err(failed)?;
            let channel = with.control_channel("alone").ok_or_else(|| failed("no channel"))?;
            alone.push(with.channel(channel));
        }
        let (opcode, alone) = (median(added) * 1e6, median(alone) * 1e6);
        println!(
            "  {expression}: {opcode:.3} us, the expression itself {alone:.3} us: {:.3} us more (target under 2)",
            opcode - alone
        );
    }
    Ok(())
}

/// An engine whose note has so many variables with this value in each cycle.
fn start(python: Python, value: &str, expression: &str) -> Result<Running, Error> {
    let mut preparing = Preparing::create().map_err(failed)?;
    if !preparing.give_python(python) {
        return Err(failed("the engine takes no Python"));
    }
    let opcodes: String = (0..OPCODES).map(|index| format!(" kvalue{index} {value}\n")).collect();
    let orchestra = format!(
        "sr = {RATE}\nksmps = {KSMPS}\nnchnls = 1\n0dbfs = 1\npyruni {{{{\nimport timeit\nv1 = 0.5\nnumbers = [1.0, 2.0, 3.0, 4.0]\ndef \
         measure():\n    took = timeit.timeit('{expression}', globals=globals(), number=20000)\n    \
         csound.setControlChannel('alone', took / 20000)\n}}}}\ninstr 1\n{opcodes}endin\n"
    );
    preparing.compile(&orchestra).map_err(failed)?;
    let mut running = preparing.start().map_err(failed)?;
    running.start(&[1.0, 0.0, -1.0, 0.5], 0);
    Ok(running)
}

/// Performs cycles; seconds for one.
fn cycles(running: &mut Running) -> Result<f64, Error> {
    let start = Instant::now();
    for _ in 0..CYCLES {
        if running.perform() != Performed::Cycle {
            return Err(failed("the engine stopped"));
        }
    }
    Ok(start.elapsed().as_secs_f64() / CYCLES as f64)
}
